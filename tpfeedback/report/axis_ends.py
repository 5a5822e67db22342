"""Where an axis begins and ends, so that no interval drawn along it is cut off."""

from __future__ import annotations

import math
from collections.abc import Iterable


def axis_ends(values: Iterable[float | None], *, zero: bool = False) -> tuple[float, float] | None:
    """Return round numbers around all `values`, or None where these do not differ.

    Excel and PowerPoint choose an axis by the values alone and cut off the intervals that reach
    beyond it. With `zero` the axis holds zero too, as bars need.

    >>> axis_ends([3.42, 3.09, 3.75, 4.19, None]), axis_ends([0.25, 0.2, 0.3], zero=True)
    ((3.0, 4.2), (0.0, 0.3))
    """
    known = [value for value in values if value is not None]
    known += [0.0] if zero else []
    width = max(known, default=0.0) - min(known, default=0.0)
    if width <= 0:
        return None
    step = 10.0 ** math.floor(math.log10(width / 2))
    # A value on a round number ends there: 0.3 / 0.1 is a little less than 3.
    low = math.floor(round(min(known) / step, 6)) * step
    high = math.ceil(round(max(known) / step, 6)) * step
    return round(low, 12), round(high, 12)
