"""Power-tuned prediction-powered least squares: a few labels joined with many predictions.

Numbers only. `tune` joins any estimate from the labelled rows with the same estimate made from
predictions; `fit_tuned` and `shares_tuned` use it for regression coefficients and for shares.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tpfeedback.impact.drawn import Sample, take_sample
from tpfeedback.impact.gram import Array, Flags, invert

__all__ = [
    "RowFit",
    "Sample",
    "Shared",
    "Tuned",
    "fit_rows",
    "fit_tuned",
    "labels_needed",
    "shares_tuned",
    "take_sample",
    "tune",
]

_LONELY = 1e-9  # a leverage closer to 1 than this: the row determines a coefficient alone
_TINY = np.finfo(float).tiny


@dataclass(frozen=True, eq=False)
class Tuned:
    """Estimates from labels and predictions, and what their errors are made of.

    `values` (columns,); `tuning` (columns,): how much of the predictions is used, 0 = none;
    `degrees` (columns,): degrees of freedom of the t quantile; `known` (columns,): False where
    the labels do not determine the value; `errors` (units, columns): what each unit (row, or
    cluster of rows) adds to the error of each value, so that `errors.T @ errors` is their
    covariance; `label_errors` (units, columns): the part of `errors` that shrinks as more rows
    are labelled, the rest shrinks only as more rows are collected.
    """

    values: Array
    tuning: Array
    degrees: Array
    known: Flags
    errors: Array
    label_errors: Array

    @property
    def covariance(self) -> Array:
        """Covariance of the values (columns, columns)."""
        return np.asarray(self.errors.T @ self.errors)


@dataclass(frozen=True, eq=False)
class Shared:
    """What each row adds to three errors whose common part can be taken out.

    `own` (labelled rows, columns): to that of the value from the labels; `few` (labelled rows,
    columns): to that of the value from the predictions for the labelled rows; `many` (n,
    columns): from the predictions for all rows. `bracket` (columns,): the latter value minus the
    one before. `usable` (columns,): False where the predictions determine no value.
    """

    own: Array
    few: Array
    many: Array
    bracket: Array
    usable: Flags


@dataclass(frozen=True, eq=False)
class RowFit:
    """Least squares, and what each row adds to the error of each coefficient (HC3).

    `loads` (rows, columns): change of the coefficient by the row's outcome, weights aside;
    `gap` (rows,): 1 - leverage; `known` (columns,): False where a single row, or none, determines
    the coefficient.
    """

    values: Array
    errors: Array
    known: Flags
    loads: Array
    gap: Array
    inverse: Array

    def degrees(self, columns: Array, weight: Array) -> Array:
        """Return tr(M)^2 / tr(M^2) of each coefficient's variance, as `hc3.fit_hc3` does.

        With weights, the rows are those of the regression of columns x root of the weight.
        """
        root = np.sqrt(weight)[:, None]
        columns = columns * root
        square = (self.loads * root / self.gap[:, None]) ** 2
        trace = self.gap @ square
        squares = (2 * self.gap - 1) @ square**2
        for j in range(columns.shape[1]):
            turned = self.inverse @ ((columns * square[:, [j]]).T @ columns)
            squares[j] += (turned * turned.T).sum()
        degrees = np.divide(trace**2, squares, out=np.ones_like(trace), where=squares > 0)
        return np.asarray(np.maximum(degrees, 1.0))


def fit_tuned(
    predicted: Array, truth: Array, outcome: Array, sample: Sample, *, tuning: float | None = None
) -> Tuned:
    """Return the coefficients of least squares of the outcome on columns known for few rows.

    Power-tuned prediction-powered estimate (PPI++, Angelopoulos, Duchi & Zrnic 2023,
    arXiv:2311.01453). Here the columns are predicted, not the outcome, so the predictions enter
    as Chen & Chen (2000, JRSS B 62:449-460) and Kluger et al. (2025, arXiv:2501.18577, with their
    diagonal tuning matrix) let them: with g the coefficients on the predicted columns,

        b = b_labelled + tuning x (g_all - g_labelled).

    The bracket is about zero on average however wrong the predictions are, so b has no bias that
    b_labelled has not; and the errors of g_labelled go with those of b_labelled as far as the
    predictions are good. `tuning` (0-1) is chosen per coefficient, see `tune`; it is 0 where the
    predictions for the labelled rows do not determine g.

    Variance by influence functions, each residual divided by 1 - its leverage (HC3, MacKinnon &
    White 1985). Degrees of freedom: those of the labels alone (Bell & McCaffrey 2002, Survey
    Methodology 28:169-181), so that a coefficient that rests on five labelled texts keeps its
    wide interval; with clusters, no more than their effective number (Kish 1965) minus 1.

    Args:
        predicted: (n, columns), for all rows.
        truth: (labelled rows, columns), in their order among the n.
        outcome: (n,).
        sample: which rows are labelled, weights and clusters.
        tuning: one value for all coefficients instead of the chosen ones; 0 = labels only.

    >>> random = np.random.default_rng(0)
    >>> truth = np.column_stack([np.ones(4000), random.random(4000) < 0.3])
    >>> seen = truth * [1, 0.8]  # a tagger whose numbers are wrong but tell much
    >>> outcome = truth @ [4.0, -1.0] + random.normal(size=4000)
    >>> labelled = np.arange(4000) < 400
    >>> few, joined = (fit_tuned(seen, truth[labelled], outcome, take_sample(labelled), tuning=t)
    ...                for t in (0, None))
    >>> [fit.covariance[1, 1].round(4).item() for fit in (few, joined)]
    [0.0139, 0.0012]
    """
    rows, weight, drawn = sample.labelled, sample.weight, sample.label_weight
    own = fit_rows(truth, outcome[rows], drawn)
    few = fit_rows(predicted[rows], outcome[rows], drawn)
    many = fit_rows(predicted, outcome, weight)
    bracket, usable = many.values - few.values, few.known & many.known
    shared = Shared(own.errors, few.errors, many.errors, bracket, usable)
    degrees = np.minimum(own.degrees(truth, drawn), _unit_degrees(own, sample))
    degrees = np.minimum(degrees, _drawn_degrees(own, sample))
    return tune(own.values, shared, sample, tuning=tuning, degrees=degrees, known=own.known)


def shares_tuned(
    predicted: Array, truth: Array, sample: Sample, *, tuning: float | None = None
) -> Tuned:
    """Return the mean of each column, known for few rows and predicted for all.

    The mean estimate of PPI++ (Angelopoulos, Duchi & Zrnic 2023, section 2):
    labelled mean + tuning x (mean prediction of all - mean prediction of the labelled).

    >>> labelled = np.array([True, True, False, False])
    >>> seen = np.array([[1.0], [0.0], [1.0], [1.0]])
    >>> shares_tuned(seen, seen[labelled], take_sample(labelled), tuning=1.0).values
    array([0.75])
    """
    rows, weight, drawn = sample.labelled, sample.weight, sample.label_weight
    values, errors = _mean(truth, drawn)
    few, few_errors = _mean(predicted[rows], drawn)
    many, many_errors = _mean(predicted, weight)
    known = np.ones(len(values), dtype=bool)
    shared = Shared(errors, few_errors, many_errors, many - few, known)
    degrees = np.full(len(values), float(len(errors) - 1))
    if sample.chance is not None:
        degrees = np.minimum(degrees, _effective(drawn[:, None] ** 2))
    return tune(values, shared, sample, tuning=tuning, degrees=degrees, known=known)


def tune(
    values: Array,
    shared: Shared,
    sample: Sample,
    *,
    tuning: float | None,
    degrees: Array,
    known: Flags,
) -> Tuned:
    """Join the `values` from the labels with the predictions.

    The tuning has the least estimated variance of the column (PPI++, section 6, one coordinate
    at a time), clipped to [0, 1]. It is a regression slope, found on the same labelled rows, so
    each row's error is divided by 1 - its leverage in that regression, as HC3 does; where the
    interval would then be wider than with the labels alone, the labels alone are taken.
    """
    own = sample.by_unit(shared.own)
    few = sample.by_unit(shared.few) * shared.usable
    change = sample.by_unit(shared.many) * shared.usable - few
    if tuning is None:
        square = np.maximum((change**2).sum(axis=0), _TINY)
        slope = np.clip(-np.einsum("ij,ij->j", own, change) / square, 0.0, 1.0)
        inflation = 1 / np.maximum(1 - change**2 / square, _TINY)
        joined = ((own + slope * change) * inflation) ** 2
        better = joined.sum(axis=0) < (own**2).sum(axis=0)
        slope, inflation = np.where(better, slope, 0.0), np.where(better, inflation, 1.0)
    else:
        slope, inflation = np.where(shared.usable, tuning, 0.0), np.ones_like(change)
    shift = slope * np.where(shared.usable, shared.bracket, 0.0)
    errors, label_errors = (own + slope * change) * inflation, (own - slope * few) * inflation
    return Tuned(values + shift, slope, degrees, known, errors, label_errors)


def fit_rows(columns: Array, outcome: Array, weight: Array) -> RowFit:
    """Fit weighted least squares to single rows; entangled columns are no trouble.

    >>> columns = np.array([[1.0, 0.0], [1.0, 0.0], [1.0, 1.0], [1.0, 1.0]])
    >>> fit = fit_rows(columns, np.array([4.0, 5.0, 1.0, 2.0]), np.ones(4))
    >>> fit.values.round(2), fit.gap.round(2)
    (array([ 4.5, -3. ]), array([0.5, 0.5, 0.5, 0.5]))
    """
    inverse = invert((columns * weight[:, None]).T @ columns)
    loads = columns @ inverse.matrix
    leverage = weight * np.einsum("ij,ij->i", loads, columns)
    lonely = leverage > 1 - _LONELY
    gap = np.where(lonely, 1.0, 1 - leverage)
    values = loads.T @ (weight * outcome)
    residual = np.where(lonely, 0.0, (outcome - columns @ values) / gap)
    known = ~(np.abs(loads[lonely]) > _LONELY).any(axis=0)
    known[[column for group in inverse.entangled for column in group]] = False
    errors = loads * (weight * residual)[:, None]
    return RowFit(values, errors, known, loads, gap, inverse.matrix)


def labels_needed(errors: Array, label_errors: Array, labelled: int, rows: int) -> Array:
    """Return how many labelled rows in all would halve each interval; NaN where none would.

    The variance is a / labelled + b: a is made by the labelled rows, b by all rows, and the best
    tuning depends on neither number (with predictions taken over all rows). A quarter of the
    variance v is reached with a / (v / 4 - b) labels. It cannot be reached where b alone is more,
    or where more rows would have to be labelled than there are.

    >>> labels_needed(np.array([[2.0]]), np.array([[1.9]]), 400, 5000)
    array([2368.])
    """
    variance, own = (errors**2).sum(axis=0), (label_errors**2).sum(axis=0)
    room = variance / 4 - np.maximum(variance - own, 0.0)
    needed = np.ceil(labelled * own / np.where(room > 0, room, np.nan))
    return np.asarray(np.where(needed <= rows, needed, np.nan))


def _unit_degrees(own: RowFit, sample: Sample) -> Array:
    """Return the effective number of clusters behind each coefficient, minus 1."""
    if sample.units is None:
        return np.full(len(own.values), np.inf)
    return _effective(sample.by_unit(own.loads**2))


def _drawn_degrees(own: RowFit, sample: Sample) -> Array:
    """Return the effective number of labelled rows behind each coefficient, minus 1.

    Rows that were unlikely to be drawn stand for many, so that a few of them can make most of
    the variance.
    """
    if sample.chance is None:
        return np.full(len(own.values), np.inf)
    return _effective((own.loads * sample.label_weight[:, None]) ** 2)


def _effective(size: Array) -> Array:
    """Return how many rows of equal size would vary as much (Kish 1965), minus 1, at least 1."""
    return np.asarray(np.maximum(size.sum(axis=0) ** 2 / (size**2).sum(axis=0) - 1, 1.0))


def _mean(columns: Array, weight: Array) -> tuple[Array, Array]:
    """Return the weighted mean of each column, and what each row adds to its error (HC3)."""
    part = (weight / weight.sum())[:, None]
    mean = (part * columns).sum(axis=0)
    return mean, (columns - mean) * part / np.maximum(1 - part, _TINY)
