"""Shares with their 95 % interval, also where texts are weighted or hang together."""

from __future__ import annotations

import numpy as np

from tpfeedback.impact.gram import Array, Flags, Places
from tpfeedback.impact.observations import Observations


def share_interval(
    flags: Flags,
    *,
    among: Flags | None = None,
    weights: Array | None = None,
    clusters: Places | None = None,
) -> tuple[Array, Array, Array]:
    """Return the shares (0-1) of `flags` (respondents, flags), and the ends of their intervals.

    Shares are of all respondents, or of those with the flag in `among`; missing (NaN) where there
    are none. Interval: Wilson (1927, JASA 22:209-212), which holds where a share is 0 or rare.
    Where respondents are weighted or come in clusters their number is divided by the design
    effect (Kish 1965, Survey Sampling, section 8.2).

    >>> share, low, high = share_interval(np.array([[True]] * 2 + [[False]] * 18))
    >>> share.tolist(), low.round(3).tolist(), high.round(3).tolist()
    ([0.1], [0.028], [0.301])
    """
    from statsmodels.stats.proportion import proportion_confint  # slow to load

    share, size = effective_sizes(flags, among=among, weights=weights, clusters=clusters)
    low, high = np.full_like(share, np.nan), np.full_like(share, np.nan)
    known = size > 0
    if known.any():
        ends = proportion_confint(share[known] * size[known], size[known], method="wilson")
        low[known], high[known] = np.clip(ends, 0.0, 1.0)
    return share, low, high


def share_among(
    seen: Observations, rows: Flags, flags: Flags, *, among: Flags | None = None
) -> tuple[Array, Array, Array]:
    """Return `share_interval` of these respondents, with the weights and clusters they have.

    `flags` and `among` (respondents, flags) are of all respondents.
    """
    weights, clusters = parts_of(seen, rows)
    inside = None if among is None else among[rows]
    return share_interval(flags[rows], among=inside, weights=weights, clusters=clusters)


def parts_of(seen: Observations, rows: Flags) -> tuple[Array | None, Places | None]:
    """Return weights and clusters of these respondents, None where there are none."""
    weights = None if seen.weights is None else seen.weights[rows]
    return weights, None if seen.clusters is None else seen.clusters[rows]


def effective_sizes(
    flags: Flags,
    *,
    among: Flags | None = None,
    weights: Array | None = None,
    clusters: Places | None = None,
) -> tuple[Array, Array]:
    """Return the shares, and of how many independent respondents each of them is worth.

    >>> share, size = effective_sizes(np.array([[True], [False], [True]]),
    ...                               weights=np.array([2.0, 1.0, 1.0]))
    >>> share.tolist(), size.round(2).tolist()
    ([0.75], [2.67])
    """
    weight = np.ones(len(flags)) if weights is None else weights
    mass = (np.ones(flags.shape) if among is None else among) * weight[:, None]
    whole = mass.sum(axis=0)
    known = whole > 0
    safe = np.where(known, whole, 1.0)
    share = np.where(known, (mass * flags).sum(axis=0) / safe, np.nan)
    size = np.where(known, whole**2 / np.maximum((mass**2).sum(axis=0), np.finfo(float).tiny), 0.0)
    if clusters is None or not len(flags):
        return share, size
    sums, masses = np.zeros((2, int(clusters.max()) + 1, flags.shape[1]))
    np.add.at(sums, clusters, mass / safe * (flags - np.nan_to_num(share)))
    np.add.at(masses, clusters, mass / safe)
    variance, simple = (sums**2).sum(axis=0), share * (1 - share)
    # A lone cluster's sum is 0 but for rounding.
    clear = known & (simple > 0) & (variance > np.finfo(float).eps * simple)
    # Where nothing varies, a cluster is worth one respondent: its members may all be alike.
    alike = np.divide(1.0, (masses**2).sum(axis=0), out=size.copy(), where=known)
    worth = np.divide(simple, variance, out=alike, where=clear)
    return share, np.minimum(worth, size)
