"""The cumulative logit on compressed rows, by maximum likelihood.

With two classes it is the binary logit, with more the ordered logit (proportional odds,
McCullagh 1980, JRSS B 42:109-142): P(class <= k) = F(cut_k - columns @ slopes), F the logistic
distribution function. The parameters are the cuts, then the slopes of the columns of the design
without its constant, whose place the cuts take.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.special import expit

from tpfeedback.errors import ImpactError
from tpfeedback.impact.gram import Array, Flags, Inverse, Places, invert
from tpfeedback.impact.regression import Design
from tpfeedback.impact.separation import Walls, find_directions, moves

STEPS = 25
"""Newton steps before separation is looked for.

Each step moves a coefficient that tends to infinity by about one, so that at the end its odds are
e^25; a fit with a finite solution needs far fewer.
"""
MORE_STEPS = 200
FLAT = 1e-7
"""Directions of the parameters in which the texts tell less than this, on average, tell nothing.

What a text tells by a wall is p(1 - p) <= 1/4, p the probability that it lies below it.
"""
_STEP = 1e-9  # largest move of a parameter at which the fit has arrived
_GAIN = 1e-12  # of log-likelihood by text, at which a fit with flat directions has arrived
_ROUNDING = 1e-12  # of the log-likelihood, relative
_RIDGE = 1e-12  # so that a step in a flat direction is no division by zero
_NULL = 1e-10  # see gram.py


@dataclass(frozen=True, eq=False)
class Sample:
    """The rows of a design with their class: row i stands for texts that weigh `mass[i]` together.

    `columns` (rows, columns) are those of the design without its constant, `classes` (rows,) is
    the place of the row's outcome in `values`, ascending. `weight` (rows,) is that of one text.
    """

    columns: sparse.csr_matrix
    classes: Places
    values: Array
    mass: Array
    weight: Array


@dataclass(frozen=True, eq=False)
class CumulativeFit:
    """Maximum likelihood estimates.

    `parameters`: cuts, then slopes. `limits` (rows, cuts): what to add to cut - columns @ slopes,
    zero, or infinite where separation drives it there. `walls` and `slopes`: those of the
    likelihood at its maximum. `information`: minus its second derivatives, `inverse`: their
    inverse, a pseudo-inverse where there are directions in which the data tell nothing.
    """

    parameters: Array
    limits: Array
    walls: Walls
    slopes: Slopes
    information: Array
    inverse: Inverse

    def cut_values(self, sample: Sample) -> Array:
        """Return cut - columns @ slopes for every row and cut."""
        cuts = len(sample.values) - 1
        linear = sample.columns @ self.parameters[cuts:]
        return np.asarray(self.parameters[:cuts] - linear[:, None] + self.limits)


@dataclass(frozen=True, eq=False)
class Slopes:
    """Log-likelihood of all texts, and its derivatives for one text of each row by its two walls.

    First derivatives by the `upper` and the `lower` wall, minus the second ones by the upper, the
    lower and both.
    """

    value: float
    upper: Array
    lower: Array
    bend_upper: Array
    bend_lower: Array
    bend_both: Array


def read_sample(design: Design) -> Sample:
    """Return the rows of the design; classes are the distinct outcomes."""
    values, classes = np.unique(design.outcome, return_inverse=True)
    return Sample(design.columns[:, 1:], classes, values, design.mass, design.weight)


def fit_cumulative(sample: Sample) -> CumulativeFit:
    """Fit by Newton's method, which cannot miss the one maximum (Pratt 1981, JASA 76:103-106).

    Where a column separates the outcomes there is no maximum (Albert & Anderson 1984, Biometrika
    71:1-10). Then the walls that tend to infinity are set there and the rest is fitted, which is
    the limit of the likelihood (Geyer 2009, Electronic J. Statistics 3:259-289).
    """
    walls, limits = _build_walls(sample), np.zeros((len(sample.mass), len(sample.values) - 1))
    parameters, arrived = _climb(walls, sample.mass, _start(sample), STEPS, gain=0.0)
    if not arrived:
        for direction in find_directions(walls):
            limits = np.where(limits == 0, _infinite(sample, direction), limits)
            walls = walls.without(direction)
            parameters = _start(sample)
        parameters, arrived = _climb(walls, sample.mass, parameters, MORE_STEPS, gain=_GAIN)
    if not arrived:
        raise ImpactError(
            f"The logit did not settle in {MORE_STEPS} steps on {len(sample.mass)} kinds of texts "
            f"with {sample.columns.shape[1]} terms. Use model='linear', or fewer controls."
        )
    slopes = _slopes(walls, sample.mass, parameters)
    information = _information(walls, sample.mass, slopes)
    inverse = _invert(information, *_basis(_gram(walls, sample.mass)))
    return CumulativeFit(parameters, limits, walls, slopes, information, inverse)


def _build_walls(sample: Sample) -> Walls:
    cuts, rows = len(sample.values) - 1, np.arange(len(sample.classes))

    def side(cut: Places) -> tuple[sparse.csr_matrix, Flags]:
        there = (cut >= 0) & (cut < cuts)
        ones = (np.ones(there.sum()), (rows[there], cut[there]))
        chosen = sparse.csr_matrix(ones, shape=(len(rows), cuts))
        slopes = -(sparse.diags(there.astype(float)) @ sample.columns)
        return sparse.hstack([chosen, slopes], format="csr"), there

    return Walls(*side(sample.classes), *side(sample.classes - 1))


def _start(sample: Sample) -> Array:
    share = np.bincount(sample.classes, weights=sample.mass) / sample.mass.sum()
    below = np.cumsum(share)[:-1]
    return np.append(np.log(below / (1 - below)), np.zeros(sample.columns.shape[1]))


def _infinite(sample: Sample, direction: Array) -> Array:
    """Return where the direction drives every row and cut: to plus, to minus infinity, nowhere."""
    cuts = len(sample.values) - 1
    moved = direction[:cuts] - (sample.columns @ direction[cuts:])[:, None]
    return np.where(moves(moved), np.copysign(np.inf, moved), 0.0)


def _climb(
    walls: Walls, mass: Array, parameters: Array, steps: int, *, gain: float
) -> tuple[Array, bool]:
    """Return the parameters of the highest likelihood, and whether they were reached."""
    basis, _ = _basis(_gram(walls, mass))
    here = _slopes(walls, mass, parameters)
    for _ in range(steps):
        score = walls.upper.T @ (mass * here.upper) + walls.lower.T @ (mass * here.lower)
        bend = basis.T @ _information(walls, mass, here) @ basis
        step = basis @ np.linalg.solve(bend + _RIDGE * np.eye(len(bend)), basis.T @ score)
        if score @ step < gain * mass.sum():
            return parameters, True
        there = _slopes(walls, mass, parameters + step)
        while not there.value >= here.value - _ROUNDING * abs(here.value):
            step = step / 2
            if np.abs(step).max() < _STEP:
                return parameters, False
            there = _slopes(walls, mass, parameters + step)
        parameters, here = parameters + step, there
        if np.abs(step).max(initial=0.0) < _STEP * (1 + np.abs(parameters).max(initial=0.0)):
            return parameters, True
    return parameters, False


def _slopes(walls: Walls, mass: Array, parameters: Array) -> Slopes:
    """Return the log-likelihood log(F(upper) - F(lower)) and its derivatives.

    F(u) - F(l) = F(u) (1 - F(l)) (1 - exp(l - u)), which loses no digits where both are close.
    """
    upper = np.where(walls.above, walls.upper @ parameters, np.inf)
    lower = np.where(walls.below, walls.lower @ parameters, -np.inf)
    gap = upper - lower
    if not (gap > 0).all():
        nothing = np.zeros(0)
        return Slopes(-np.inf, nothing, nothing, nothing, nothing, nothing)
    value = -np.logaddexp(0, -upper) - np.logaddexp(0, lower) + np.log(-np.expm1(-gap))
    squeeze = np.exp(-gap) / -np.expm1(-gap)
    twist = squeeze * (1 + squeeze)
    return Slopes(
        float(mass @ value),
        expit(-upper) + squeeze,
        -expit(lower) - squeeze,
        expit(upper) * expit(-upper) + twist,
        expit(lower) * expit(-lower) + twist,
        -twist,
    )


def _information(walls: Walls, mass: Array, here: Slopes) -> Array:
    """Return minus the second derivatives of the log-likelihood."""
    crossed = (walls.upper.T @ walls.lower.multiply((mass * here.bend_both)[:, None])).toarray()
    total = (walls.upper.T @ walls.upper.multiply((mass * here.bend_upper)[:, None])).toarray()
    total += (walls.lower.T @ walls.lower.multiply((mass * here.bend_lower)[:, None])).toarray()
    return np.asarray(total + crossed + crossed.T)


def _gram(walls: Walls, mass: Array) -> Array:
    one, none = np.ones_like(mass), np.zeros_like(mass)
    return _information(walls, mass, Slopes(0.0, one, one, one, one, none))


def _basis(gram: Array) -> tuple[Array, Inverse]:
    """Return directions of the parameters, as columns, in which the Gram matrix is one.

    The other directions are the null space of the inverse.
    """
    inverse = invert(gram)
    scaled = gram * np.outer(inverse.scale, inverse.scale)
    values, vectors = np.linalg.eigh(scaled)
    told = values >= _NULL
    return inverse.scale[:, None] * vectors[:, told] / np.sqrt(values[told]), inverse


def _invert(information: Array, basis: Array, gram: Inverse) -> Inverse:
    """Invert the information; the null space is that of the Gram matrix and what is flat."""
    values, vectors = np.linalg.eigh(basis.T @ information @ basis)
    flat = values < FLAT
    known = basis @ vectors[:, ~flat]
    null = np.hstack([gram.null, basis @ vectors[:, flat]]) / gram.scale[:, None]
    null = gram.scale[:, None] * np.linalg.qr(null)[0]
    return Inverse((known / values[~flat]) @ known.T, (), null, gram.scale)
