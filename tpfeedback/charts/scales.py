"""Where a number stands in a chart, and the round numbers written along an axis."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from tpfeedback.wording import Wording

_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)


@dataclass(frozen=True)
class Scale:
    """A straight scale: the number `low` stands at `start`, `high` at `stop`."""

    low: float
    high: float
    start: float
    stop: float
    step: float

    def place(self, value: float) -> float:
        """Return where a number stands."""
        share = (value - self.low) / (self.high - self.low)
        return self.start + share * (self.stop - self.start)

    @property
    def ticks(self) -> list[float]:
        """The round numbers from end to end."""
        first = math.ceil(self.low / self.step - 1e-9)
        last = math.floor(self.high / self.step + 1e-9)
        return [number * self.step for number in range(first, last + 1)]

    def write(self, words: Wording) -> Callable[[float], str]:
        """Return how the ticks are written: with the digits that their step needs."""
        return lambda value: words.number(value, _digits(self.step))

    def write_shares(self, words: Wording) -> Callable[[float], str]:
        """Return the same for shares (0-1), as percentages."""
        pattern = words.percent(0.1)  # "10 %": where the sign stands in this language
        digits = _digits(self.step * 100)
        return lambda share: pattern.replace("10", words.number(100 * share, digits))


def round_scale(
    values: Iterable[float], start: float, stop: float, *, zero: bool = True, ticks: int = 5
) -> Scale:
    """Return a scale from a round number below all `values` to one above; missing ones aside.

    With `zero` the scale holds 0. No values, or only one and the same, give a scale too.

    >>> round_scale([0.31, 0.02], 0, 100).ticks
    [0.0, 0.1, 0.2, 0.30000000000000004, 0.4]
    """
    known = [float(value) for value in values if known_number(value)]
    low, high = (
        min([*known, *([0.0] * (zero or not known))]),
        max([*known, *([0.0] * zero)], default=1.0),
    )
    if high - low <= 1e-9 * max(abs(low), abs(high), 1e-300):
        low, high = (low, low + 1.0) if low == 0 else (low - abs(low) / 2, high + abs(high) / 2)
    rough = (high - low) / ticks
    size = 10.0 ** math.floor(math.log10(rough))
    step = next(size * one for one in _STEPS if size * one >= rough * (1 - 1e-9))
    return Scale(
        math.floor(low / step + 1e-9) * step,
        math.ceil(high / step - 1e-9) * step,
        start,
        stop,
        step,
    )


def _digits(step: float) -> int:
    return len(f"{step:.12f}".rstrip("0").partition(".")[2])


def known_number(value: Any) -> bool:
    """Tell whether `value` can be drawn: neither missing nor endless."""
    return value is not None and math.isfinite(value)
