"""Separation: terms that predict the outcome without exception, so that a logit has no maximum."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from tpfeedback.impact.gram import Array, Flags

_MOVES = 1e-6  # what a wall moves by at least, in a direction whose entries are at most one
_TOLERANCE = 1e-9


@dataclass(frozen=True, eq=False)
class Walls:
    """The two cuts between which the outcome of each row lies, as linear functions.

    `upper @ parameters` and `lower @ parameters` (rows,) are the cut above and the cut below the
    row's class, less the row's linear predictor. `above` and `below` (rows,) tell whether there
    is such a cut; where there is none, its row is zero.
    """

    upper: sparse.csr_matrix
    above: Flags
    lower: sparse.csr_matrix
    below: Flags

    def without(self, direction: Array) -> Walls:
        """Return the walls that stay where they are when the parameters move in the direction."""
        upper = self.above & ~moves(self.upper @ direction)
        lower = self.below & ~moves(self.lower @ direction)
        keep_upper, keep_lower = (sparse.diags(side.astype(float)) for side in (upper, lower))
        return Walls((keep_upper @ self.upper).tocsr(), upper,
                     (keep_lower @ self.lower).tocsr(), lower)  # fmt: skip


def moves(distance: Array) -> Flags:
    """Return whether these are distances that something moves by, and no rounding."""
    return np.asarray(np.abs(distance) > _MOVES)


def find_directions(walls: Walls) -> tuple[Array, ...]:
    """Return the directions in which the likelihood never falls and somewhere rises.

    In such a direction upper walls only rise and lower ones only fall: complete or
    quasi-complete separation (Albert & Anderson 1984, Biometrika 71:1-10), found by linear
    programming (Konis 2007, thesis, University of Oxford). A later direction holds once the walls
    that an earlier one moves are gone.

    >>> one = sparse.csr_matrix([[1.0, 0.0], [1.0, -1.0]])  # cut, minus the column of a term
    >>> none = sparse.csr_matrix((2, 2))
    >>> there = np.array([True, True])
    >>> len(find_directions(Walls(one, there, none, ~there)))  # no text lies above the cut
    1
    """
    directions: list[Array] = []
    while (direction := _direction(walls)) is not None:
        directions.append(direction)
        walls = walls.without(direction)
    return tuple(directions)


def _direction(walls: Walls) -> Array | None:
    from scipy.optimize import linprog  # takes half a second to load

    rules = sparse.vstack([walls.upper[walls.above], -walls.lower[walls.below]], format="csr")
    if not rules.shape[0]:
        return None
    goal, nought = np.asarray(rules.sum(axis=0)).ravel(), np.zeros(rules.shape[0])
    goal = goal / np.abs(goal).max(initial=1.0)
    exact = {"primal_feasibility_tolerance": _TOLERANCE}
    solved = linprog(-goal, A_ub=-rules, b_ub=nought, bounds=(-1, 1), options=exact)
    return np.asarray(solved.x) if moves(rules @ solved.x).any() else None
