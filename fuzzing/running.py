"""Tries inputs one after another, and counts."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import chain, count
from random import Random

from fuzzing.contract import Crash, crash_of
from fuzzing.found import seeds_found
from fuzzing.mutation import mutated
from fuzzing.target import Target, load_target

STRETCHED = 50
POOL = 100  # inputs that are changed further


@dataclass
class Tally:
    """How many inputs were tried, and the first crash at each place."""

    inputs: int = 0
    crashes: dict[tuple[str, str], Crash] = field(default_factory=dict)

    def try_one(self, target: Target, data: bytes) -> None:
        """Try an input, one in fifty as a long one too."""
        self.note(crash_of(target, data))
        if data and self.inputs % STRETCHED == 0:
            times = -(-target.stretched // len(data))
            self.note(crash_of(target, (data * times)[: target.stretched]))

    def note(self, crash: Crash | None) -> None:
        """Count one more input."""
        self.inputs += 1
        if crash is not None:
            known = self.crashes.get((crash.kind, crash.place))
            if known is None or len(crash.data) < len(known.data):
                self.crashes[crash.kind, crash.place] = crash


def seeds_of(name: str) -> tuple[bytes, ...]:
    """Return the inputs that a target starts from."""
    return (*load_target(name).seeds, *seeds_found(name))


def run_plainly(
    name: str, *, inputs: int | None = None, seconds: float | None = None,
    corpus: tuple[bytes, ...] = (), seed: int = 0,
) -> Tally:  # fmt: skip
    """Try the seeds and changes of them, without looking at what they reach.

    The same inputs are tried each time; which of them lie within `seconds` is the clock's.
    """
    target, tally = load_target(name), Tally()
    pool = [*seeds_of(name), *corpus]
    warm(target, pool)
    is_over = _end(tally, inputs, seconds)
    for data in chain(list(pool), _changed(target, pool, Random(f"{name} {seed}"))):
        if is_over():
            break
        tally.try_one(target, data)
    return tally


def warm(target: Target, seeds: list[bytes]) -> None:
    """Have everything loaded that is loaded on first use: it is no input's time."""
    for data in seeds:
        crash_of(target, data, timed=False)


def _end(tally: Tally, inputs: int | None, seconds: float | None) -> Callable[[], bool]:
    stop = None if seconds is None else time.monotonic() + seconds

    def is_over() -> bool:
        late = stop is not None and time.monotonic() > stop
        return late or (inputs is not None and tally.inputs >= inputs)

    return is_over


def _changed(target: Target, pool: list[bytes], random: Random) -> Iterator[bytes]:
    for _ in count():
        data = mutated(random.choice(pool), random, others=pool, words=target.words,
                       longest=target.longest, change=target.change)  # fmt: skip
        yield data
        if random.random() < 0.2:
            if len(pool) > POOL:
                pool.pop(random.randrange(len(pool) // 2, len(pool)))
            pool.append(data)
