"""When a share changed: the change point of a series of counts."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.special import xlog1py, xlogy

from tpfeedback.impact.gram import Array


def date_change(count: Array, total: Array) -> int:
    """Return the place of the first period after the change that divides the series best.

    The most likely one by the binomial likelihood; the search is that of `ruptures` (Truong, Oudre
    & Vayatis 2020, Signal Processing 167:107299). At least 1, and the last place at most.

    >>> date_change(np.array([1.0, 0, 2, 1, 9, 11, 8]), np.full(7, 50.0))
    4
    """
    import ruptures

    if len(count) < 3:
        return len(count) - 1
    search = ruptures.Binseg(custom_cost=_binomial_cost(), min_size=1, jump=1)
    found = search.fit(np.column_stack([count, total])).predict(n_bkps=1)
    return int(found[0])


def _binomial_cost() -> Any:
    """Return the cost of a stretch of (count, total): minus twice its largest log likelihood."""
    from ruptures.base import BaseCost

    class BinomialCost(BaseCost):  # type: ignore[misc, unused-ignore]
        """Shares are the same within a stretch."""

        model = "binomial"
        min_size = 1

        def fit(self, signal: Array) -> Any:
            self.signal = signal
            self.sums = np.vstack([np.zeros(2), np.cumsum(signal, axis=0)])
            return self

        def error(self, start: int, end: int) -> float:
            count, total = self.sums[end] - self.sums[start]
            if total == 0:
                return 0.0
            share = min(count / total, 1.0)
            return float(-2 * (xlogy(count, share) + xlog1py(total - count, -share)))

    return BinomialCost()
