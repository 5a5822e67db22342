"""Differences of shares between two groups: intervals, tests and what could have been seen."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr, ndtri

from tpfeedback.impact.gram import Array, Flags, Places
from tpfeedback.tracking.estimates import POWER


@dataclass(frozen=True, eq=False)
class ShareGap:
    """Shares (flags,) of the two groups, and the second less the first with 95 % interval.

    `smallest`: the smallest difference that shows in 80 % of such samples, two-sided at 5 %.
    """

    first: Array
    second: Array
    low: Array
    high: Array
    smallest: Array
    p_value: Array

    @property
    def gap(self) -> Array:
        """Difference of the shares."""
        return np.asarray(self.second - self.first)


def compare_shares(
    flags: Flags,
    second: Flags,
    *,
    among: Flags | None = None,
    weights: Array | None = None,
    clusters: Places | None = None,
) -> ShareGap:
    """Compare the shares of `flags` (respondents, flags) between the groups.

    Shares are of all respondents of a group, or of those with the flag in `among` (respondents,
    flags); missing (NaN) where a group has none. Interval: Newcombe (1998, Statistics in Medicine
    17:873-890, method 10), which holds for rare mentions and where a share is 0. Test: score test
    with the correction (N - 1)/N (Campbell 2007, Statistics in Medicine 26:3661-3675). Where
    respondents are weighted or come in clusters, the numbers of respondents are divided by the
    design effect of the difference (Rao & Scott 1992, Biometrics 48:577-585). How a single
    cluster scatters is not known: beside it, all but the shares is missing.

    >>> found = compare_shares(np.array([[True]] * 8 + [[False]] * 72), np.arange(80) % 2 == 0)
    >>> found.gap.tolist(), found.low.round(2).tolist(), found.high.round(2).tolist()
    ([0.0], [-0.14], [0.14])
    """
    from statsmodels.stats.proportion import confint_proportions_2indep  # slow to load

    inside = np.ones(flags.shape, dtype=bool) if among is None else among
    weight = np.ones(len(flags)) if weights is None else weights
    masses = [inside * (weight * group)[:, None] for group in (~second, second)]
    known = np.array([mass.any(axis=0) for mass in masses]).all(axis=0)
    values = np.full((6, flags.shape[1]), np.nan)
    flags, masses = flags[:, known], [mass[:, known] for mass in masses]
    shares = [(mass * flags).sum(axis=0) / mass.sum(axis=0) for mass in masses]
    sizes = [mass.sum(axis=0) ** 2 / (mass**2).sum(axis=0) for mass in masses]
    effect = _design_effect(flags, masses, shares, sizes, clusters)
    a, b = (size / effect for size in sizes)
    low, high = confint_proportions_2indep(
        shares[1] * b, b, shares[0] * a, a, method="newcomb", compare="diff"
    )
    rough = [(share * n + 1) / (n + 2) for share, n in zip(shares, (a, b), strict=True)]
    error = np.sqrt(sum(r * (1 - r) / (n + 2) for r, n in zip(rough, (a, b), strict=True)))
    smallest = (ndtri(0.975) + ndtri(POWER)) * error
    values[:, known] = *shares, low, high, smallest, _score_test(shares, a, b)
    if clusters is not None:
        lone = np.array([_clusters_in(mass, clusters) < 2 for mass in masses]).any(axis=0)
        values[2:, np.flatnonzero(known)[lone]] = np.nan
    return ShareGap(*values)


def _design_effect(
    flags: Flags,
    masses: list[Array],
    shares: list[Array],
    sizes: list[Array],
    clusters: Places | None,
) -> Array:
    """Return variance / variance of independent respondents, for each flag.

    Where nothing varies it is 1, or that of clusters whose members are all alike.
    """
    simple = sum(share * (1 - share) / n for share, n in zip(shares, sizes, strict=True))
    first, second = (
        mass / mass.sum(axis=0) * (flags - share)
        for mass, share in zip(masses, shares, strict=True)
    )
    variance = ((second - first) ** 2).sum(axis=0)
    if clusters is not None:
        numbers = [_clusters_in(mass, clusters) for mass in masses]
        few = [np.sqrt(n / np.maximum(n - 1, 1)) for n in numbers]  # as n - 1 of the textbook
        sums = np.zeros((int(clusters.max()) + 1, flags.shape[1]))
        np.add.at(sums, clusters, second * few[1] - first * few[0])
        variance = (sums**2).sum(axis=0)
    known = (np.asarray(simple) > 0) & (variance > 0)
    alike = np.ones(flags.shape[1]) if clusters is None else _alike(masses, sizes, clusters)
    effect: Array = np.divide(variance, simple, out=alike, where=known)
    return effect


def _alike(masses: list[Array], sizes: list[Array], clusters: Places) -> Array:
    """Return the design effect where all members of a cluster are alike."""
    squares = np.zeros_like(sizes[0])
    for mass in masses:
        sums = np.zeros((int(clusters.max()) + 1, mass.shape[1]))
        np.add.at(sums, clusters, mass / mass.sum(axis=0))
        squares += (sums**2).sum(axis=0)
    return np.asarray(squares / sum(1 / size for size in sizes))


def _clusters_in(mass: Array, clusters: Places) -> Array:
    """Return how many clusters have a respondent with a mass, for each column of `mass`."""
    held = np.zeros((int(clusters.max()) + 1, mass.shape[1]), dtype=bool)
    np.logical_or.at(held, clusters, mass > 0)
    return np.asarray(held.sum(axis=0), dtype=np.float64)


def _score_test(shares: list[Array], a: Array, b: Array) -> Array:
    pooled = (shares[0] * a + shares[1] * b) / (a + b)
    variance = pooled * (1 - pooled) * (1 / a + 1 / b) * (a + b) / np.maximum(a + b - 1, 1)
    gap = np.abs(shares[1] - shares[0])
    ratio = np.divide(gap, np.sqrt(variance), out=np.zeros_like(gap), where=variance > 0)
    return np.asarray(2 * ndtr(-ratio))
