"""What every request passes: key, rate, size of the body; and what every answer leaves by.

A body is counted while it arrives, before anything is parsed. What goes wrong further in leaves
as a `Problem`; of a crash the log gets the kind and the place, never the words.
"""

from __future__ import annotations

import asyncio
import logging
import traceback
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any

from tpfeedback.errors import TpfeedbackError
from tpfeedback.service.connections import head_too_large
from tpfeedback.service.keys import ANYBODY, owner_of
from tpfeedback.service.limits import Limits
from tpfeedback.service.metrics import Metrics
from tpfeedback.service.problems import Refused, answer_refusal, busy, refusal
from tpfeedback.service.rates import Rates

LOG = logging.getLogger("tpfeedback.service")
OPEN = ("/healthz", "/openapi.json")
PATHS = (*OPEN, "/v1/tag", "/v1/analyze", "/v1/taxonomies", "/metrics")
DRAINED = 4  # times the largest body is read on after a refusal, so that the client hears of it

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


class Gone(Exception):  # noqa: N818
    """The client hung up."""


@dataclass(frozen=True, eq=False)
class Gate:
    """An ASGI application around `app`; `held` are the bytes of every body that is held."""

    app: Callable[[Message, Receive, Send], Awaitable[None]]
    keys: tuple[bytes, ...]
    limits: Limits
    rates: Rates
    metrics: Metrics
    stopping: asyncio.Event
    held: dict[object, int] = field(default_factory=dict)

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        begun, statuses = perf_counter(), list[int]()

        async def watched(message: Message) -> None:
            if message["type"] == "http.response.start":
                statuses.append(message["status"])
            await send(message)

        try:
            await self._serve(scope, receive, watched)
        except Gone:
            statuses.append(499)
        except Exception as error:
            await _answer_error(error, scope, receive, watched, begun=bool(statuses))
        finally:
            self._note(scope, statuses[0] if statuses else 500, perf_counter() - begun)

    async def _serve(self, scope: Message, receive: Receive, send: Send) -> None:
        headers = _by_name(scope["headers"])
        lines = (len(name) + len(value) + 4 for name, value in scope["headers"])
        asked = len(scope["path"]) + len(scope["query_string"])
        if asked + sum(lines) > self.limits.head_bytes:
            raise head_too_large(self.limits)
        scope["owner"] = ANYBODY
        if scope["path"] not in OPEN:
            scope["owner"] = self._owner(headers)
        if scope["method"] != "POST":
            await self.app(scope, receive, send)
            return
        token = object()
        try:
            body = await self._body(headers, receive, token)
            await self.app(scope, _replayed(body, receive), send)
        finally:
            self.held.pop(token, None)

    async def _body(self, headers: dict[str, str], receive: Receive, token: object) -> bytes:
        """Return the body, held as `token`; `Refused` if it is not taken in."""
        ended: list[bool] = []

        async def watched() -> Message:
            message = await receive()
            if not message.get("more_body", False):
                ended.append(True)
            return message

        try:
            self._admit(headers)
            self.held[token] = 0
            return await self._read(watched, token)
        except Refused:
            if not ended:
                await self._drain(watched)
            raise

    def _owner(self, headers: dict[str, str]) -> bytes:
        """Return whose request it is; `Refused` without a key that is known, or too often."""
        owner = owner_of(headers.get("authorization", ""), self.keys) if self.keys else ANYBODY
        if owner is None:
            raise Refused(
                401,
                "no_key",
                "The header Authorization holds no key that is known. Send `Bearer` and the key.",
                headers={"WWW-Authenticate": "Bearer"},
            )
        wait = self.rates.wait(owner)
        if wait:
            raise Refused(
                429,
                "too_often",
                f"More than {self.limits.rate:g} requests a second. Send several texts in one "
                "request, or wait.",
                retry_after=wait,
            )
        return owner

    def _admit(self, headers: dict[str, str]) -> None:
        """Refuse what can be refused before the body is read."""
        if self.stopping.is_set():
            raise busy("The service is stopping.", retry_after=30)
        if len(self.held) >= self.limits.at_once:
            raise busy(f"{len(self.held)} requests are served already.")
        kind = headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind != "application/json" or headers.get("content-encoding", "identity") != "identity":
            raise Refused(
                415,
                "no_json",
                f"The body is {kind or 'of no type'!r}. Allowed: application/json, not compressed.",
            )
        if headers.get("transfer-encoding", "chunked").strip().lower() != "chunked":
            raise Refused(
                400, "no_json", "The body is encoded. Allowed: a body as it is, or chunked."
            )
        declared = headers.get("content-length", "0")
        if declared.isdecimal():
            self._check_size(int(declared[:18]))

    def _check_size(self, size: int) -> None:
        if size > self.limits.body_bytes:
            raise Refused(
                413,
                "too_large",
                f"The body has more than {self.limits.body_bytes} bytes. Send it in parts, or run "
                "`tpfeedback tag` or `tpfeedback analyze` where the data lie.",
            )

    async def _read(self, receive: Receive, token: object) -> bytes:
        """Return the body; `Refused` where it is too large, too slow, or too much is held."""
        chunks: list[bytes] = []
        try:
            async with asyncio.timeout(self.limits.body_seconds):
                while True:
                    message = await receive()
                    if message["type"] == "http.disconnect":
                        raise Gone
                    chunks.append(message.get("body", b""))
                    self.held[token] += len(chunks[-1])
                    self._check_size(self.held[token])
                    if sum(self.held.values()) > self.limits.held_bytes:
                        raise busy("Too much is being sent.")
                    if not message.get("more_body", False):
                        return b"".join(chunks)
        except TimeoutError as late:
            raise Refused(
                408,
                "too_slow",
                f"The body did not arrive within {self.limits.body_seconds:g} seconds. "
                "Send fewer rows at a time.",
            ) from late

    async def _drain(self, receive: Receive) -> None:
        """Read on for a while: a client that still sends would not hear why it was refused."""
        left = DRAINED * self.limits.body_bytes
        try:
            async with asyncio.timeout(1):
                while left > 0:
                    message = await receive()
                    left -= len(message.get("body", b"")) + 1
                    if message["type"] == "http.disconnect" or not message.get("more_body", False):
                        return
        except TimeoutError:
            return

    def _note(self, scope: Message, status: int, seconds: float) -> None:
        """Count and log an answer; a path that is no route of ours is not repeated."""
        known = scope["path"] if scope["path"] in PATHS else "other"
        route = str(getattr(scope.get("route"), "path", known))
        self.metrics.answered(route, status, seconds)
        LOG.info("%s %s %d %.0f ms", scope["method"], route, status, 1000 * seconds)


def _by_name(lines: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """Return the headers; what stands in several lines is one list, as RFC 9110 has it (5.3)."""
    found: dict[str, list[str]] = {}
    for name, value in lines:
        found.setdefault(name.decode("latin-1"), []).append(value.decode("latin-1"))
    return {name: ", ".join(values) for name, values in found.items()}


async def _answer_error(
    error: Exception, scope: Message, receive: Receive, send: Send, *, begun: bool
) -> None:
    """Answer by a problem what was raised, as long as no other answer has begun."""
    if isinstance(error, TpfeedbackError):
        refused = refusal(error)
    else:
        place = "".join(traceback.format_tb(error.__traceback__))
        LOG.error("%s\n%s", type(error).__name__, place)
        message = "A mistake of ours. Its place is in the service's log. Report it."
        refused = Refused(500, "internal", message)
    if not begun:
        await answer_refusal(refused)(scope, receive, send)


def _replayed(body: bytes, receive: Receive) -> Receive:
    """Return a `receive` that gives the whole body first."""
    left = [body]

    async def again() -> Message:
        if left:
            return {"type": "http.request", "body": left.pop(), "more_body": False}
        return await receive()

    return again
