"""The effect of one change on one measure, and what was known of it at every look."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.stats import t

from tpfeedback.impact.gram import Array, Places
from tpfeedback.tracking.confidence_sequences import always_valid
from tpfeedback.tracking.period_means import Cells, period_means
from tpfeedback.tracking.step_designs import STEP, Plan, build_design, plan_design
from tpfeedback.tracking.step_models import Effect, Means, Noise, fit_noise, fit_step

LEAST_BEFORE = 4  # periods before the change without which there is no estimate
PLANNED = {"D": 91, "W": 13, "M": 3}  # periods after which the confidence sequence is narrowest
POWER = 2.8  # standard errors of an effect that is found in 80 % of cases (z of .975 plus .8)
_AGAIN = (1, 2, 3, 4, 6, 9, 13, 19, 28, 42, 63, 94)  # looks at which the noise is estimated anew


@dataclass(frozen=True, eq=False)
class Path:
    """Estimates at every look: arrays of one length; `period` is the last one a look has seen.

    `low, high` hold at one look chosen beforehand, `always_low, always_high` at all of them.
    """

    period: Places
    estimate: Array
    low: Array
    high: Array
    always_low: Array
    always_high: Array
    p_value: Array

    @property
    def sure_since(self) -> int | None:
        """First look at which the confidence sequence leaves out 0."""
        sure = (self.always_low > 0) | (self.always_high < 0)
        return int(self.period[np.argmax(sure)]) if sure.any() else None


@dataclass(frozen=True)
class Before:
    """What the time before the change tells: mean, periods, and the slope a year with its error.

    `detectable` is the step that would be found in 80 % of cases with the noise of that time, if
    the series went on as long after as before.
    """

    mean: float
    periods: int
    slope: float
    error: float
    degrees: float
    detectable: float


def measure_step(
    cells: Cells,
    *,
    freq: str,
    start: int,
    left_out: Places,
    others: tuple[int, ...],
    compared: bool,
    covariate: Array | None,
) -> tuple[Path, Before, Plan] | None:
    """Return the path of a step from period `start` on, or None where there is too little.

    `left_out` are periods that belong to neither side; `covariate` has a value for every period.
    """
    whole = _without(period_means(cells, start=start, compared=compared), left_out)
    first, looks = whole.periods < start, whole.periods[whole.periods >= start]
    if first.sum() < LEAST_BEFORE or not len(looks):
        return None
    ready = covariate is not None and first.sum() >= 20
    rows, noise = [], Noise(0.0, 0.0)
    planned = np.nan
    for number, look in enumerate(looks, 1):
        means = _without(period_means(cells.upto(look), start=start, compared=compared), left_out)
        seen = tuple(other for other in others if other <= look)
        plan = plan_design(
            freq, means.periods, start=start, others=seen, compared=compared, covariate=ready
        )
        beside = None if covariate is None else covariate[means.periods.astype(int)]
        design = build_design(plan, means.periods, start=start, covariate=beside)
        if np.linalg.matrix_rank(design) < design.shape[1] or len(design) <= design.shape[1]:
            plan = replace(plan, trend=False, waves=0, covariate=False, others=())
            design = build_design(plan, means.periods, start=start, covariate=None)
        if number in _AGAIN:
            noise = fit_noise(means, design)
        if number == 1:
            planned = _planned_error(means, plan, noise, freq, start)
        rows.append(fit_step(means, design, noise, column=STEP))
    return _path(looks, rows, planned), _before(whole, start, freq), plan


def _path(looks: Array, rows: list[Effect], planned: float) -> Path:
    estimate, error, degrees = (
        np.array([getattr(row, name) for row in rows]) for name in ("estimate", "error", "degrees")
    )
    half = t.ppf(0.975, degrees) * error
    always = always_valid(estimate, error, degrees, planned=planned)
    p = 2 * t.sf(np.abs(estimate) / error, degrees)
    return Path(looks.astype(np.intp), estimate, estimate - half, estimate + half, *always, p)


def _planned_error(means: Means, plan: Plan, noise: Noise, freq: str, start: int) -> float:
    """Return the standard error that is to be expected after a while, from what is known at first.

    From the plan and the noise before the change alone, so that no later look can move it.
    """
    known = means.periods < start
    later = start + np.arange(PLANNED[freq], dtype=float)
    periods = np.concatenate([means.periods[known], later])
    typical = float(means.variance[known].mean())
    variance = np.concatenate([means.variance[known], np.full(len(later), typical)])
    design = build_design(replace(plan, covariate=False, others=()), periods, start=start,
                          covariate=None)  # fmt: skip
    empty = np.zeros((len(periods), 0))
    expected = Means(np.zeros(len(periods)), variance, periods, empty, np.zeros((0, 0)))
    return fit_step(expected, design, noise, column=STEP).error


def _before(means: Means, start: int, freq: str) -> Before:
    """Return the mean and the trend of the series before the change."""
    n = int((means.periods < start).sum())
    past = means.first(n)
    mean = float(np.average(past.values, weights=1 / past.variance))
    plan = plan_design(freq, past.periods, start=start, others=(), compared=True, covariate=False)
    slope = np.column_stack([np.ones(n), (past.periods - start) / plan.per_year])
    noise = fit_noise(past, slope)
    trend = fit_step(past, slope, noise, column=1)
    flat = fit_step(past, np.ones((n, 1)), noise, column=0)
    return Before(
        mean, n, trend.estimate, trend.error, trend.degrees, POWER * np.sqrt(2) * flat.error
    )


def _without(means: Means, left_out: Places) -> Means:
    kept = ~np.isin(means.periods, left_out)
    values, variance, periods, slopes = (
        part[kept] for part in (means.values, means.variance, means.periods, means.slopes)
    )
    return Means(values, variance, periods, slopes, means.slope_covariance)
