"""Means of every period, as if the mix of customers had always been the same."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tpfeedback.impact.gram import Array, Flags, Places
from tpfeedback.tracking.step_models import Means

_FIRM = 50.0  # respondents after the change at which their own variance counts as much as before's
_SMALLEST = 1e-9  # variance of one respondent


@dataclass(frozen=True, eq=False)
class Cells:
    """Respondents of one period and one group: all that means adjusted for the mix need of them.

    `period` (cells,) is in order, `treated` tells the group; `size` (cells,) counts respondents,
    `sums` (cells, 1 + mix) and `products` (cells, 1 + mix, 1 + mix) are those of the value (first)
    and the columns of the mix.
    """

    period: Places
    treated: Flags
    size: Array
    sums: Array
    products: Array

    def upto(self, period: float) -> Cells:
        """Return the cells of this period and all before it."""
        n = int(np.searchsorted(self.period, period, side="right"))
        return Cells(
            self.period[:n], self.treated[:n], self.size[:n], self.sums[:n], self.products[:n]
        )


def count_cells(values: Array, period: Places, mix: Array, treated: Flags) -> Cells:
    """Return the cells of respondents, who are the rows; `mix` holds dummies."""
    keys, code = np.unique(period * 2 + treated, return_inverse=True)
    table = np.column_stack([values, mix])
    width = table.shape[1]
    totals = [np.bincount(code, column, len(keys)) for column in table.T]
    sums = np.asarray(np.column_stack(totals), dtype=np.float64)
    products = np.empty((len(keys), width, width))
    for i in range(width):
        for j in range(i, width):
            found = np.bincount(code, table[:, i] * table[:, j], len(keys))
            products[:, i, j] = products[:, j, i] = found
    size = np.asarray(np.bincount(code, minlength=len(keys)), dtype=np.float64)
    return Cells(keys // 2, keys % 2 == 1, size, sums, np.asarray(products, dtype=np.float64))


def period_means(cells: Cells, *, start: int, compared: bool) -> Means:
    """Return the mean of every period, or the difference of treated and others if `compared`.

    Values are first freed of the effects of the mix, which are estimated within cells alone
    (Frisch & Waugh 1933, Econometrica 1:387-401), so that a change of the mix from one period to
    the next is no change of the mean. `start` is the first period after the change: respondents
    may vary less, or more, from then on. Periods that lack a group are left out.
    """
    within = cells.products - (
        cells.sums[:, :, None] * cells.sums[:, None, :] / cells.size[:, None, None]
    )
    pooled = within.sum(axis=0)
    inverse = np.linalg.pinv(pooled[1:, 1:], rcond=1e-9)
    slopes = inverse @ pooled[1:, 0]
    degrees = max(cells.size.sum() - len(cells.size) - len(slopes), 1.0)
    noise = max(float(pooled[0, 0] - slopes @ pooled[1:, 0]) / degrees, _SMALLEST)
    centre = cells.sums.sum(axis=0)[1:] / cells.size.sum()
    contrast = np.concatenate([[1.0], -slopes])
    squares = np.einsum("i,cij,j->c", contrast, within, contrast)
    groups = [cells.treated, ~cells.treated] if compared else [np.ones(len(cells.size), dtype=bool)]
    parts = [
        _means(cells, group, squares=squares, slopes=slopes, centre=centre, start=start)
        for group in groups
    ]
    covariance = noise * inverse
    if not compared:
        period, values, variance, average = parts[0]
        return Means(values, variance, period, average, covariance)
    (period, ours, spread, mix), (other, theirs, other_spread, other_mix) = parts
    both, i, j = np.intersect1d(period, other, return_indices=True)
    variance = spread[i] + other_spread[j]
    return Means(ours[i] - theirs[j], variance, both, mix[i] - other_mix[j], covariance)


def _means(
    cells: Cells, group: Flags, *, squares: Array, slopes: Array, centre: Array, start: int
) -> tuple[Array, Array, Array, Array]:
    """Return periods, means, their sampling variance, and the mean mix, of one group."""
    period, size, sums = cells.period[group], cells.size[group], cells.sums[group]
    average = sums[:, 1:] / size[:, None] - centre
    values = sums[:, 0] / size - average @ slopes
    after = period >= start
    own = squares[group]
    before = _ratio(own[~after].sum(), size[~after].sum() - (~after).sum())
    n = max(size[after].sum() - after.sum(), 0.0)
    later = (own[after].sum() + _FIRM * before) / (n + _FIRM)
    spread = np.maximum(np.where(after, later, before), _SMALLEST)
    return period.astype(float), values, spread / size, average


def _ratio(sum_of_squares: float, degrees: float) -> float:
    return float(sum_of_squares / degrees) if degrees > 0 else 0.0
