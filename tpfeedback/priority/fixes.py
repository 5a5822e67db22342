"""The best set of fixes under a budget, or the cheapest one that reaches a goal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy.special import ndtr

from tpfeedback.errors import ImpactError
from tpfeedback.impact.gram import Array, Flags, Places
from tpfeedback.priority.costs import (
    Amounts,
    read_amount,
    read_amounts,
    read_number,
    read_share,
    refuse_lacking,
    refuse_no_shares,
)
from tpfeedback.priority.knapsack import Limit, least_set
from tpfeedback.priority.prizes import Prizes, Z, place_of, read_prizes
from tpfeedback.priority.reasons import write_numbers

if TYPE_CHECKING:
    from tpfeedback.priority.prizes import Impact


@dataclass(frozen=True, eq=False, repr=False)
class Fixes:
    """The chosen fixes, and what they gain together.

    `table` has a row for each chosen fix, the greatest gain first: `touchpoint, cost, gain,
    gain_low, gain_high, gain_per_cost` (missing where the cost is 0). `gain` is what the mean
    outcome gains by all of them, with its 95 % interval, in units of the outcome. `mean` is the
    mean before and `new_mean` the one after (NaN where it is not known). `goal_probability` (0-1)
    is how likely the goal is reached; NaN without a goal.
    """

    table: pd.DataFrame
    cost: float
    gain: float
    gain_low: float
    gain_high: float
    mean: float
    budget: float | None
    goal: float | None
    goal_probability: float

    @property
    def chosen(self) -> tuple[str, ...]:
        """The touchpoints to fix, the greatest gain first."""
        return tuple(self.table["touchpoint"])

    @property
    def new_mean(self) -> float:
        """The mean outcome after the fixes."""
        return self.mean + self.gain

    def __repr__(self) -> str:
        if not self.chosen:
            return f"Fix nothing: {self._why_nothing()}."
        low, gain, high = write_numbers(self.gain_low, self.gain, self.gain_high)
        return (
            f"Fix {', '.join(self.chosen)} for {self.cost:g} in all: the mean gains {gain} "
            f"({low} to {high}){self._means()}{self._goal()}."
        )

    def _repr_html_(self) -> str:
        return f"<p>{escape(repr(self))}</p>{self.table.to_html(index=False, na_rep='')}"

    def _why_nothing(self) -> str:
        if self.goal is not None:
            return f"the mean of {self.mean:.2f} reaches the goal of {self.goal:g} as it is"
        return "no fix within the budget gains anything"

    def _means(self) -> str:
        return "" if np.isnan(self.mean) else f", from {self.mean:.2f} to {self.new_mean:.2f}"

    def _goal(self) -> str:
        if self.goal is None:
            return ""
        return (
            f"; the goal of {self.goal:g} is reached with probability {self.goal_probability:.2f}"
        )


def choose_fixes(
    impact: Impact,
    *,
    cost: Amounts,
    budget: float | None = None,
    goal: float | None = None,
    current: float | None = None,
    effort: Amounts | None = None,
    capacity: float | None = None,
    fixed: Mapping[str, float] | None = None,
) -> Fixes:
    """Choose which touchpoints to fix.

    With a `budget` alone: the set that gains most and costs at most the budget. With a `goal`: the
    cheapest set that lifts the mean outcome to the goal (within the budget, if there is one too).
    The choice is exact: a knapsack problem, solved by branch and bound (scipy.optimize.milp; HiGHS,
    Huangfu & Hall 2018, Math. Prog. Comp. 10:119-142). Of sets that gain the same, the cheaper one
    is chosen (with a goal: of sets that cost the same, the one that gains more), then the one that
    comes first by name. Touchpoints whose prize is missing or not above 0 are never chosen.

    What to keep in mind. A set that is expected to just reach the goal reaches it with a
    probability of one half only: look at `goal_probability`, and set the goal higher to be surer.
    Gains are estimates, and the best-looking ones were chosen, so that the total is a little too
    hopeful, the more so the wider the intervals.

    Args:
        impact: the table of `measure_impact`, or the result of `fit_impact`, whose joint replicates
            give a better interval of the sum; from a table, errors are taken as independent.
        cost: cost of fixing each touchpoint, in any one unit (money, days); infinity where it
            cannot be fixed. Needed for every touchpoint with a prize above 0.
        budget: what all fixes together may cost, in the unit of `cost`.
        goal: mean outcome to be reached, in units of the outcome.
        current: mean outcome of today; from a fit it is known.
        effort, capacity: a second price of each fix, such as person-days, and how much of it
            there is.
        fixed: share (0-1) of its complaints that the fix of a touchpoint takes away; all (1)
            unless given.

    Returns:
        The chosen fixes, see `Fixes`. The interval is about the gain that is estimated; costs and
        `fixed` are taken as sure, and the mean of today as known.

    Raises:
        ImpactError: neither budget nor goal is given, a cost is missing or negative, the goal
            cannot be reached (the message says how far one comes), or an amount cannot be used.
        ColumnError: `impact` is no impact table.

    Warns:
        TpfeedbackWarning: a cost names a touchpoint that the impact table does not have.

    >>> from tpfeedback.tables import IMPACT
    >>> impact = pd.DataFrame({"touchpoint": ["price", "delivery"], "prize": [0.1, 0.6],
    ...                        "prize_low": [0.0, 0.5], "prize_high": [0.2, 0.7]})
    >>> impact = impact.reindex(columns=[column.name for column in IMPACT])
    >>> choose_fixes(impact, cost={"price": 10, "delivery": 40}, goal=4.5, current=4)
    Fix delivery for 40 in all: the mean gains 0.60 (0.50 to 0.70), from 4.00 to 4.60; the goal
    of 4.5 is reached with probability 0.97.
    """
    prizes = read_prizes(impact)
    parts = _parts(prizes, fixed)
    gains = prizes.values * parts
    costs = _amounts("cost", cost, prizes, gains)
    budget, goal = read_amount("budget", budget), read_number("goal", goal)
    mean = prizes.mean if current is None else read_number("current", current)
    limits = [] if budget is None else [Limit(costs, budget)]
    if effort is not None or capacity is not None:
        most = _capacity(effort, capacity)
        limits.append(Limit(_amounts("effort", effort or {}, prizes, gains), most))
    chosen = _choose(gains, costs, limits, need=_need(budget, goal, mean))
    if chosen is None:
        best = _choose(gains, costs, limits, need=None)
        raise ImpactError(_too_far(prizes, gains, best, goal=goal, mean=mean))
    return _fixes(prizes, chosen * parts, costs, budget=budget, goal=goal, mean=mean)


def _parts(prizes: Prizes, fixed: Mapping[str, float] | None) -> Array:
    parts = np.ones(len(prizes.touchpoints))
    if fixed is not None:
        refuse_no_shares("fixed", fixed)
    for touchpoint, share in (fixed or {}).items():
        parts[place_of(prizes, touchpoint)] = read_share("fixed", touchpoint, share)
    return parts


def _amounts(name: str, given: Amounts, prizes: Prizes, gains: Array) -> Array:
    """Return the amounts of the touchpoints with a known prize; each that gains needs one."""
    every = read_amounts(name, given, prizes.table["touchpoint"])
    amounts = every.loc[list(prizes.touchpoints)].to_numpy(dtype=float)
    lacking = [prizes.touchpoints[i] for i in np.flatnonzero((gains > 0) & np.isnan(amounts))]
    refuse_lacking(name, lacking)
    return amounts


def _capacity(effort: Amounts | None, capacity: float | None) -> float:
    most = read_amount("capacity", capacity)
    if effort is None or most is None:
        raise ImpactError(
            "effort and capacity belong together, and one of them is missing. Give the effort of "
            "each fix and how much of it there is, or neither."
        )
    return most


def _need(budget: float | None, goal: float | None, mean: float | None) -> float | None:
    """Return what the mean has to gain, or None where there is no goal."""
    if goal is None and budget is None:
        raise ImpactError(
            "Neither a budget nor a goal is given. Say budget=1000 for the best set of fixes, or "
            "goal=4.5 for the cheapest set that lifts the mean to it."
        )
    if goal is None:
        return None
    if mean is None or np.isnan(mean):
        raise ImpactError(
            f"The goal is a mean of {goal:g}, but the impact table does not hold the mean of "
            "today. Pass the result of fit_impact, which knows it, or call choose_fixes with "
            "current=."
        )
    return goal - mean


def _choose(
    gains: Array, costs: Array, limits: Sequence[Limit], *, need: float | None
) -> Flags | None:
    """Return the set that gains most or, where a gain is needed, the cheapest that has it."""
    able = (gains > 0) & np.isfinite(costs)
    for limit in limits:
        able &= np.isfinite(limit.amounts)
    within = [Limit(limit.amounts[able], limit.at_most) for limit in limits]
    objectives = [-gains[able], costs[able]]
    if need is not None:
        within.append(Limit(-gains[able], -need))
        objectives.reverse()
    found = least_set(objectives, within)
    if found is None:
        return None
    chosen = np.zeros(len(gains), dtype=bool)
    chosen[able] = found
    return chosen


def _too_far(
    prizes: Prizes, gains: Array, best: Flags | None, *, goal: float | None, mean: float | None
) -> str:
    chosen = np.zeros(len(gains), dtype=bool) if best is None else best
    names = ", ".join(prizes.touchpoints[i] for i in np.flatnonzero(chosen))
    return (
        f"The goal of {goal:g} cannot be reached: the mean is {mean:.3f} today, and the best that "
        f"the costs and limits allow is to fix {names or 'nothing'}, which lifts it to "
        f"{(mean or 0) + gains @ chosen:.3f}. Lower the goal, or allow for more or stronger fixes."
    )


def _fixes(
    prizes: Prizes,
    parts: Array,
    costs: Array,
    *,
    budget: float | None,
    goal: float | None,
    mean: float | None,
) -> Fixes:
    places = np.flatnonzero(parts > 0)
    gain, error = prizes.gain(parts)
    return Fixes(
        table=_table(prizes, parts, costs, places),
        cost=float(costs[places].sum()),
        gain=gain,
        gain_low=gain - Z * error,
        gain_high=gain + Z * error,
        mean=np.nan if mean is None else mean,
        budget=budget,
        goal=goal,
        goal_probability=_chance(gain - (goal - (mean or 0)), error)
        if goal is not None
        else np.nan,
    )


def _table(prizes: Prizes, parts: Array, costs: Array, places: Places) -> pd.DataFrame:
    gain = (parts * prizes.values)[places]
    half = Z * (parts * np.sqrt(np.diag(prizes.covariance)))[places]
    cost = costs[places]
    table = pd.DataFrame(
        {
            "touchpoint": pd.Series([prizes.touchpoints[i] for i in places], dtype="str"),
            "cost": cost,
            "gain": gain,
            "gain_low": gain - half,
            "gain_high": gain + half,
            "gain_per_cost": gain / np.where(cost > 0, cost, np.nan),
        }
    )
    return table.sort_values(["gain", "touchpoint"], ascending=[False, True], ignore_index=True)


def _chance(beyond: float, error: float) -> float:
    """Return how likely a normal estimate that is `beyond` the goal is beyond it in truth."""
    if error == 0:
        return float(beyond >= 0)
    return float(ndtr(beyond / error))
