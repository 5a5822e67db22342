"""Many simulated samples, one after another or on several processes."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from typing import TypeVar

from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

Job = TypeVar("Job")
Run = TypeVar("Run")


def spread(work: Callable[[Job], Run], jobs: Sequence[Job], processes: int) -> Iterator[Run]:
    """Yield what `work` makes of every job in turn, from so many processes of one thread each."""
    if processes == 1:
        with threadpool_limits(1):
            yield from map(work, jobs)
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, context, threadpool_limits, (1,)) as pool:
        yield from pool.map(work, jobs, chunksize=5)
