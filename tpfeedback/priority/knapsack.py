"""Best sets of items within limits, exactly, with ties broken by the order of the items."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tpfeedback.impact.gram import Array, Flags

EQUAL = 1e-9  # sums that differ by less than this part of the largest item count as equal
_SCALE = 1e4  # of the objective: the solver stops at a gap of 1e-6, which is 1e-10 of it


@dataclass(frozen=True, eq=False)
class Limit:
    """What the `amounts` (items,) of a set may add up to, at most."""

    amounts: Array
    at_most: float

    @property
    def scale(self) -> float:
        """The largest amount, or 1 where all are 0."""
        return float(np.abs(self.amounts).max(initial=0.0)) or 1.0

    def allows(self, chosen: Flags) -> bool:
        """Tell whether a set keeps the limit."""
        return float(self.amounts @ chosen) <= self.at_most + EQUAL * self.scale


def least_set(objectives: Sequence[Array], limits: Sequence[Limit]) -> Flags | None:
    """Return the set with the least sum of the first objective, or None if none keeps the limits.

    Of equal ones it is the set with the least sum of the second objective, and so on; then the
    one that holds the first item, if any does, then the second, and so on. A 0-1 linear program,
    solved by branch and bound to a gap of zero. The solver takes a number as whole, and a limit as
    kept, within 1e-6; a set that breaks a limit by less is found out here, ruled out, and the
    program solved again.

    >>> least_set([np.array([-3.0, -2.0, -2.0])], [Limit(np.array([4.0, 2.0, 2.0]), 4.0)])
    array([False,  True,  True])
    """
    size = len(objectives[0])
    free = np.array([np.zeros(size), np.ones(size)])
    best: Flags | None = None
    for objective in objectives:
        best = _solve(objective, limits, free)
        if best is None:
            return None
        limits = [*limits, Limit(objective, float(objective @ best))]
    return None if best is None else _first_by_order(best, limits)


def _first_by_order(best: Flags, limits: Sequence[Limit]) -> Flags:
    size = len(best)
    nothing, bounds = np.zeros(size), np.array([np.zeros(size), np.ones(size)])
    if _solve(nothing, limits, bounds, forbidden=(best,)) is None:
        return best
    for i in range(size):
        if not best[i]:
            bounds[0, i] = 1.0
            other = _solve(nothing, limits, bounds)
            best = best if other is None else other
        bounds[:, i] = float(best[i])
    return best


def _solve(
    objective: Array, limits: Sequence[Limit], bounds: Array, *, forbidden: tuple[Flags, ...] = ()
) -> Flags | None:
    from scipy.optimize import Bounds, LinearConstraint, milp  # loads slowly

    if not len(objective):
        none = np.zeros(0, dtype=bool)
        return none if not forbidden and all(limit.allows(none) for limit in limits) else None
    scaled = objective * (_SCALE / Limit(objective, 0.0).scale)
    rows = [limit.amounts / limit.scale for limit in limits]
    tops = [limit.at_most / limit.scale for limit in limits]
    while True:
        # A set other than f holds something that f does not, or lacks something that f has.
        apart = [np.where(chosen, 1.0, -1.0) for chosen in forbidden]
        tops_apart = [float(chosen.sum()) - 1 for chosen in forbidden]
        matrix = np.array([*rows, *apart]).reshape(-1, len(objective))
        result = milp(
            scaled,
            integrality=np.ones(len(objective)),
            bounds=Bounds(bounds[0], bounds[1]),
            constraints=[LinearConstraint(matrix, ub=[*tops, *tops_apart])] if len(matrix) else [],
            options={"mip_rel_gap": 0.0},
        )
        if result.x is None:
            return None
        found = np.asarray(result.x > 0.5)
        if all(limit.allows(found) for limit in limits):
            return found
        forbidden = (*forbidden, found)
