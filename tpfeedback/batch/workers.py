"""All cores: each worker process loads the tagger once and makes whole parts.

Processes and not threads: half of the work is Python (languages, clauses, evidence), which
threads of one process do in turns; `benchmarks/batch.py workers` measures both.
"""

from __future__ import annotations

import os
import signal
import threading
import warnings
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing import connection, get_context, parent_process
from pathlib import Path
from typing import Any

from tpfeedback.batch.parts import KINDS, part_name, schemas, write_part
from tpfeedback.batch.plan import Plan
from tpfeedback.batch.reading import ReadPiece, read_by_plan
from tpfeedback.batch.sources import Piece
from tpfeedback.errors import TpfeedbackWarning, WriteError
from tpfeedback.mentions import Tagged, tag_feedback
from tpfeedback.tables import LANGUAGES, OTHER_LANGUAGE
from tpfeedback.tagger import Tagger
from tpfeedback.taxonomy import Taxonomy
from tpfeedback.teaching.ready import tagger_of

AHEAD = 2  # parts read before a worker is free for them


def cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@dataclass(frozen=True)
class Work:
    """All that making a part takes, beside its records; `tagger` None loads the shipped one."""

    folder: Path
    plan: Plan
    taxonomy: Taxonomy
    tagger: Tagger | None
    options: dict[str, float | None]


@dataclass(frozen=True)
class Task:
    """The records of one part; `first` is the number of the first one in the file."""

    number: int
    first: int
    piece: Piece


def make_part(work: Work, tagger: Tagger, task: Task) -> dict[str, Any]:
    """Read, tag and write one part; return what the manifest tells of it."""
    read = read_by_plan(task.piece, work.plan, first=task.first)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", TpfeedbackWarning)  # told once, of the whole file
        tagged = tag_feedback(
            read.feedback,
            taxonomy=work.taxonomy,
            tagger=tagger,
            progress=False,
            usual=work.plan.usual,
            **work.options,
        )
    files = _write_files(work, task.number, read, tagged)
    spoken = tagged.feedback["language"].value_counts()
    return {
        "part": task.number,
        "rows": [task.first, task.first + len(task.piece.frame) - 1],
        "texts": len(tagged.feedback),
        "mentions": len(tagged.mentions),
        "rejected": len(read.rejected),
        "unreadable": len(read.unreadable),
        "languages": {c: int(spoken[c]) for c in (*LANGUAGES, OTHER_LANGUAGE) if c in spoken},
        "left_out": list(read.left_out),
        "files": files,
    }


def _write_files(work: Work, number: int, read: ReadPiece, tagged: Tagged) -> dict[str, str]:
    """Write feedback and mentions, and the rejected and unreadable where there are any."""
    tables = (tagged.feedback, tagged.mentions, read.rejected, read.unreadable)
    wanted = schemas(work.plan)
    return {
        name: write_part(work.folder / name, table, wanted[kind])
        for kind, table in zip(KINDS, tables, strict=True)
        for name in [part_name(kind, number)]
        if len(table) or kind in KINDS[:2]
    }


def make_parts(work: Work, tasks: Iterable[Task], *, workers: int) -> Iterator[dict[str, Any]]:
    """Yield every part as soon as it is made; no more tasks are taken than workers can hold."""
    if workers == 1:
        tagger = work.tagger or tagger_of(work.taxonomy)
        yield from (make_part(work, tagger, task) for task in tasks)
        return
    pool = ProcessPoolExecutor(
        workers, mp_context=get_context("spawn"), initializer=_prepare, initargs=(work,)
    )
    try:
        yield from _as_made(pool, tasks, workers + AHEAD)
    except BrokenProcessPool:
        raise WriteError(
            "A worker process ended before its part was made: out of memory, killed, or the "
            "script that calls tag_file has no `if __name__ == '__main__':` around the call. Mend "
            "that and call again: what is done stays done. workers=1 needs no other process."
        ) from None
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _as_made(
    pool: ProcessPoolExecutor, tasks: Iterable[Task], most: int
) -> Iterator[dict[str, Any]]:
    under_way: set[Future[dict[str, Any]]] = set()
    for task in tasks:
        under_way.add(pool.submit(_make, task))
        if len(under_way) >= most:
            done, under_way = wait(under_way, return_when=FIRST_COMPLETED)
            yield from (one.result() for one in done)
    while under_way:
        done, under_way = wait(under_way, return_when=FIRST_COMPLETED)
        yield from (one.result() for one in done)


_maker: Callable[[Task], dict[str, Any]] | None = None


def _prepare(work: Work) -> None:
    """Load the tagger once for this process, which is to end with the one that started it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C: the parent ends us, parts stay whole
    global _maker  # noqa: PLW0603 - the one place where a worker process keeps what it loaded
    threading.Thread(target=_end_with_parent, daemon=True).start()
    tagger = work.tagger or tagger_of(work.taxonomy, threads=1)
    _maker = lambda task: make_part(work, tagger, task)  # noqa: E731


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        connection.wait([parent.sentinel])
        os._exit(1)


def _make(task: Task) -> dict[str, Any]:
    assert _maker is not None  # `_prepare` ran before
    return _maker(task)
