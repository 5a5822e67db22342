"""Which columns stand beside the step: trend, season, other steps, untouched touchpoints."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tpfeedback.impact.gram import Array

STEP = 1
"""Place of the step that is asked for; 0 is the constant."""
PER_YEAR = {"D": 365.25, "W": 365.25 / 7, "M": 12.0}
ALONE = {"D": 14, "W": 3, "M": 2}  # periods that two steps must be apart to be told apart
TREND_AFTER = 0.95  # years before the change from which on a trend is fitted
SEASON_AFTER = (1.5, 2.0)  # years of data from which one, and two, yearly waves are fitted


@dataclass(frozen=True)
class Plan:
    """What is fitted: decided by how much time there is, never by what the data show."""

    trend: bool
    waves: int
    covariate: bool
    others: tuple[int, ...]
    per_year: float

    @property
    def width(self) -> int:
        """Number of columns."""
        return 2 + self.trend + 2 * self.waves + self.covariate + len(self.others)


def plan_design(
    freq: str, periods: Array, *, start: int, others: tuple[int, ...], compared: bool,
    covariate: bool,
) -> Plan:  # fmt: skip
    """Return the plan for a step from period `start` on; `compared` series need no trend."""
    year = PER_YEAR[freq]
    before = start - periods.min() if len(periods) else 0.0
    span = (periods.max() - periods.min() + 1) / year if len(periods) else 0.0
    waves = 0 if compared else sum(span >= years for years in SEASON_AFTER)
    apart = tuple(
        other
        for other in sorted(set(others))
        if abs(other - start) >= ALONE[freq]
        and ((periods < other).sum() >= ALONE[freq] and (periods >= other).sum() >= ALONE[freq])
    )
    trend = not compared and before / year >= TREND_AFTER
    return Plan(trend, waves, covariate and not compared, apart, year)


def build_design(plan: Plan, periods: Array, *, start: int, covariate: Array | None) -> Array:
    """Return the columns (periods, columns): constant, step, trend, waves, covariate, others."""
    columns = [np.ones(len(periods)), (periods >= start).astype(float)]
    if plan.trend:
        columns.append((periods - start) / plan.per_year)
    for wave in range(1, plan.waves + 1):
        angle = 2 * np.pi * wave * periods / plan.per_year
        columns += [np.sin(angle), np.cos(angle)]
    if plan.covariate and covariate is not None:
        columns.append(covariate - covariate[periods < start].mean())
    columns += [(periods >= other).astype(float) for other in plan.others]
    return np.column_stack(columns)
