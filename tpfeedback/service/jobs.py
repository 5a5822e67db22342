"""Large tables: a job each, one after another; results are kept in memory for a while.

The id of a job cannot be guessed, and only the key that sent the table may ask for it.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from time import monotonic

from tpfeedback.service.limits import Limits
from tpfeedback.service.problems import Problem, Refused, busy

LOG = logging.getLogger("tpfeedback.service")
CRASHED = Problem(
    error="internal",
    message="The analysis failed by a mistake of ours. Its place is in the service's log.",
)


@dataclass(frozen=True, repr=False)
class Job:
    """One large table: `body` until it has run, then `result` or `problem`.

    `ended` is by the clock of `Jobs`; `fetched` tells whether its end was asked for.
    """

    owner: bytes
    body: bytes
    status: str = "waiting"
    result: bytes = b""
    problem: Problem | None = None
    ended: float = 0.0
    fetched: bool = False


@dataclass(frozen=True, eq=False)
class Jobs:
    """The jobs by id, oldest first; `run` makes the result of a body, or raises `Refused`."""

    limits: Limits
    run: Callable[[bytes], Awaitable[bytes]]
    clock: Callable[[], float] = monotonic
    kept: dict[str, Job] = field(default_factory=dict)
    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    running: dict[str, asyncio.Future[bytes]] = field(default_factory=dict)

    def count(self, *statuses: str) -> int:
        """Return how many jobs have one of these statuses."""
        return sum(job.status in statuses for job in self.kept.values())

    @property
    def idle(self) -> bool:
        """Tell whether every job has ended and its end was asked for."""
        return all(job.fetched for job in self.kept.values())

    def accept(self, owner: bytes, body: bytes) -> str:
        """Return the id of a new job; `Refused` where too many wait."""
        self._forget_old()
        if self.count("waiting") >= self.limits.jobs_waiting:
            raise busy(f"{self.count('waiting')} jobs wait already.", retry_after=30)
        name = secrets.token_urlsafe(24)
        self.kept[name] = Job(owner, body)
        self.arrived.set()
        return name

    def find(self, owner: bytes, name: str) -> Job:
        """Return a job of this owner; to others it does not exist."""
        self._forget_old()
        job = self.kept.get(name)
        if job is None or job.owner != owner:
            raise Refused(
                404,
                "unknown_job",
                f"There is no such job. Results are kept for {self.limits.kept_seconds:g} seconds "
                "at most. Send the table again to /v1/analyze.",
            )
        if job.status in ("done", "failed"):
            self.kept[name] = replace(job, fetched=True)
        return job

    def forget(self, owner: bytes, name: str) -> None:
        """Drop a job and what it holds; one that runs is ended."""
        self.find(owner, name)
        del self.kept[name]
        if name in self.running:
            self.running[name].cancel()

    async def work(self) -> None:
        """Run what arrives, for ever, one job at a time."""
        while True:
            await self.arrived.wait()
            name = next((n for n, job in self.kept.items() if job.status == "waiting"), None)
            if name is None:
                self.arrived.clear()
            else:
                await self._run(name)

    async def _run(self, name: str) -> None:
        begun = self.kept[name] = replace(self.kept[name], status="running")
        under_way = self.running[name] = asyncio.ensure_future(self.run(begun.body))
        try:
            ended = replace(begun, status="done", result=await under_way)
        except asyncio.CancelledError:
            if name in self.kept:  # not the job was dropped, the service ends
                raise
            return
        except Refused as refused:
            ended = replace(begun, status="failed", problem=refused.problem)
        except Exception as error:
            LOG.error("a job failed: %s", type(error).__name__)
            ended = replace(begun, status="failed", problem=CRASHED)
        finally:
            del self.running[name]
        if name in self.kept:
            self.kept[name] = replace(ended, body=b"", ended=self.clock())
        self._forget_old()

    def _forget_old(self) -> None:
        """Drop what is kept for too long; and the oldest, until the others are within limits."""
        ended = [name for name, job in self.kept.items() if job.status in ("done", "failed")]
        latest = self.clock() - self.limits.kept_seconds
        size = sum(len(self.kept[name].result) for name in ended)
        for left, name in zip(range(len(ended), 0, -1), ended, strict=True):
            job = self.kept[name]
            too_many = left > self.limits.jobs_kept or size > self.limits.kept_bytes
            if job.ended < latest or too_many:
                size -= len(job.result)
                del self.kept[name]
