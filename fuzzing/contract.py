"""What holds for any input: it is read or refused by name, in time, without a stray warning."""

from __future__ import annotations

import time
import traceback
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from fuzzing.target import Target
from tpfeedback.errors import TpfeedbackError, TpfeedbackWarning

OURS = ("tpfeedback", "fuzzing")


@dataclass(frozen=True)
class Crash:
    """An input that broke the contract; crashes of one `place` are one mistake."""

    kind: str
    place: str
    told: str
    data: bytes


def crash_of(target: Target, data: bytes, *, timed: bool = True) -> Crash | None:
    """Return how `data` breaks the contract of `target`, None where it does not."""
    start = time.process_time()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            warnings.simplefilter("ignore", TpfeedbackWarning)
            target.check(data)
    except TpfeedbackError as refused:
        if not str(refused).strip():
            return Crash("SilentError", _place(refused), "an error without a message", data)
    except KeyboardInterrupt:
        raise
    except BaseException as problem:  # a panic of Rust is no Exception
        return Crash(type(problem).__name__, _place(problem), str(problem)[:300], data)
    taken, allowed = time.process_time() - start, target.seconds + target.per_byte * len(data)
    if timed and taken > allowed:
        told = f"{taken:.1f} s for {len(data)} bytes, allowed {allowed:.1f} s"
        return Crash("TooSlow", "(whole check)", told, data)
    return None


@contextmanager
def never_refused(what: str) -> Iterator[None]:
    """Make an error of ours a broken promise: what tpfeedback itself made must be good enough."""
    try:
        yield
    except TpfeedbackError as refused:
        raise AssertionError(f"{what} is refused: {refused}") from refused


def _place(problem: BaseException) -> str:
    """Return the file and line of ours that the error came through last."""
    frames = traceback.extract_tb(problem.__traceback__)
    ours = [one for one in frames if set(Path(one.filename).parts) & set(OURS)]
    last = ours[-1]
    return f"{Path(last.filename).name}:{last.lineno} {last.name}"
