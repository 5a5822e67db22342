"""Numbers that know what every text adds to their error, so that formulas carry intervals."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import stdtr, stdtrit

from tpfeedback.impact.gram import Array, Flags
from tpfeedback.impact.regression import Design

POWER = 0.8
"""The smallest change that a sample shows is the one it would show in four of five samples."""


@dataclass(frozen=True, eq=False)
class Estimate:
    """Estimated numbers `value` (k,) with `scores` (rows, k): what one text of a row adds to the
    error of each.

    Sums, products and quotients carry the scores along by the delta method (the influence
    functions of van der Vaart 1998, Asymptotic Statistics, chapter 20), so that the scores of a
    formula are right however the numbers in it hang together. All must be of the same rows.

    >>> a = Estimate(np.array([2.0]), np.array([[0.1]]))
    >>> b = Estimate(np.array([3.0]), np.array([[1.0]]))
    >>> (a * b).value.tolist(), (a * b).scores.round(2).tolist()
    ([6.0], [[2.3]])
    """

    value: Array
    scores: Array

    def __add__(self, other: Estimate) -> Estimate:
        return Estimate(self.value + other.value, self.scores + other.scores)

    def __sub__(self, other: Estimate) -> Estimate:
        return Estimate(self.value - other.value, self.scores - other.scores)

    def __neg__(self) -> Estimate:
        return Estimate(-self.value, -self.scores)

    def __mul__(self, other: Estimate) -> Estimate:
        scores = self.scores * other.value + self.value * other.scores
        return Estimate(self.value * other.value, scores)

    def __truediv__(self, other: Estimate) -> Estimate:
        ratio = self.value / other.value
        return Estimate(ratio, (self.scores - ratio * other.scores) / other.value)

    def mix(self, parts: Array) -> Estimate:
        """Return sums of the numbers: `parts` (sums, k) tells how much of each."""
        return Estimate(parts @ self.value, self.scores @ parts.T)

    def take(self, places: Array | list[int] | np.ndarray) -> Estimate:
        """Return the numbers at these places."""
        chosen = np.asarray(places, dtype=np.intp)
        return Estimate(self.value[chosen], self.scores[:, chosen])

    def where(self, known: Array | np.ndarray, other: Estimate) -> Estimate:
        """Return these numbers where `known` (k,), else the others."""
        return Estimate(
            np.where(known, self.value, other.value), np.where(known, self.scores, other.scores)
        )


def half(a: Estimate, b: Estimate) -> Estimate:
    """Return the mean of both."""
    return Estimate((a.value + b.value) / 2, (a.scores + b.scores) / 2)


def join(*estimates: Estimate) -> Estimate:
    """Return all numbers one after the other."""
    return Estimate(
        np.concatenate([one.value for one in estimates]),
        np.hstack([one.scores for one in estimates]),
    )


@dataclass(frozen=True, eq=False)
class Spread:
    """95 % interval of every number, the smallest change it would show, and its p-value for 0."""

    low: Array
    high: Array
    smallest: Array
    p_value: Array


def spread(
    estimate: Estimate,
    design: Design,
    *,
    groups: Flags | None = None,
    unseen: Array | None = None,
) -> Spread:
    """Return the intervals of estimates whose scores are of the rows of this design.

    The variance is the sum of the squared scores of all texts, or clusters of texts
    (`Design.covary`). How many degrees of freedom such a sum has follows from its second moment
    (Satterthwaite 1946, Biometrics Bulletin 2:110-114): 2 (sum of s^2)^2 / sum of s^4, which is
    about twice the number of texts on which the estimate really rests. With clusters there are at
    most as many as clusters, less one. `smallest` is (t(0.975) + t(0.8)) x standard error: a true
    change of this size shows in 80 % of samples, two-sided at 5 % (Bloom 1995, Evaluation Review
    19:547-556).

    Where the rows are of several `groups` (groups, rows), there are no more degrees of freedom
    than Welch (1947, Biometrika 34:28-35) gives the difference of means of groups of such sizes,
    and nothing is known of the spread of a group of one: all but the value is missing (NaN).
    `unseen` (k,) is variance to add that no score holds.
    """
    units, count, factor = estimate.scores, design.count, 1.0
    most = max(float(count.sum()) - 2, 1.0)
    if design.clusters is not None:
        number = design.clusters.shape[0]
        units, count = np.asarray(design.clusters @ units), np.ones(number)
        factor = number / (number - 1)
        most = number - 1.0
    square, fourth = count @ units**2, count @ units**4
    degrees = np.divide(2 * square**2, fourth, out=np.full(len(square), most), where=fourth > 0)
    degrees = np.clip(degrees, 1.0, most)
    if groups is not None:
        degrees = np.minimum(degrees, _welch(estimate.scores, design, groups))
    error = np.sqrt(square * factor + (0.0 if unseen is None else unseen))
    error = np.where(np.isfinite(degrees), error, np.nan)
    margin = stdtrit(degrees, 0.975) * error
    ratio = np.divide(estimate.value, error, out=np.zeros_like(error), where=error > 0)
    return Spread(
        estimate.value - margin,
        estimate.value + margin,
        margin + stdtrit(degrees, POWER) * error,
        np.where(np.isnan(error), np.nan, 2 * stdtr(degrees, -np.abs(ratio))),
    )


def group_sizes(design: Design, groups: Flags) -> Array:
    """Return how many texts, or clusters, each of the groups (groups, rows) has."""
    if design.clusters is None:
        return np.asarray(groups @ design.count, dtype=np.float64)
    return np.asarray([(design.clusters @ rows > 0).sum() for rows in groups], dtype=np.float64)


def _welch(scores: Array, design: Design, groups: Flags) -> Array:
    """Return Welch's degrees of freedom of each number, at least 1; NaN beside a group of one."""
    sizes = group_sizes(design, groups)
    if (sizes < 2).any():
        return np.full(scores.shape[1], np.nan)
    parts = [scores * rows[:, None] for rows in groups]
    if design.clusters is not None:
        squares = np.array([((design.clusters @ part) ** 2).sum(axis=0) for part in parts])
    else:
        squares = np.array([design.count @ part**2 for part in parts])
    whole, loose = squares.sum(axis=0) ** 2, (squares**2 / (sizes[:, None] - 1)).sum(axis=0)
    degrees = np.divide(whole, loose, out=np.full(len(whole), np.inf), where=loose > 0)
    return np.asarray(np.clip(degrees, 1.0, sizes.sum()))
