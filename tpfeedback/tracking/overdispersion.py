"""How much more shares vary from period to period than chance alone would have them."""

from __future__ import annotations

import numpy as np
from scipy.special import digamma, polygamma

from tpfeedback.impact.gram import Array, Flags

FEWEST_PEERS = 4  # streams from which the usual overdispersion can be learnt


def moderate(
    own: Array, degrees: Array, usable: Flags, centre: Array, prior: Array
) -> tuple[Array, Array]:
    """Return overdispersion, at least 1, and its degrees of freedom, of streams among others.

    `own` is Pearson's chi-square / `degrees` of each stream; `centre` and `prior` are what
    `usual_overdispersion` learnt from all (s0 and d0): (d0 s0 + d own) / (d0 + d) with d0 + d
    degrees. A stream too rare to judge (not `usable`) has s0 with d0, and where nothing could be
    learnt 1 (chance alone) with infinite degrees.

    >>> usual, degrees = moderate(np.array([3.0]), np.array([10.0]), np.array([True]),
    ...                           np.array([1.0]), np.array([30.0]))
    >>> usual.tolist(), degrees.tolist()
    ([1.5], [40.0])
    """
    weight = np.where(usable, degrees, 0.0)
    known = np.where(usable, own, 0.0)
    whole = prior + weight
    with np.errstate(invalid="ignore", divide="ignore"):
        mixed = np.where(np.isinf(prior), centre, (prior * centre + weight * known) / whole)
    alone = whole == 0
    return np.maximum(np.where(alone, 1.0, mixed), 1.0), np.where(alone, np.inf, whole)


def usual_overdispersion(own: Array, degrees: Array, usable: Flags) -> tuple[Array, Array]:
    """Return s0 and d0 of every period, from `own` (periods, streams) of the `usable` streams.

    The logarithm of `own` is taken as log of s0 times an F variable with `degrees` and d0 degrees
    of freedom (Smyth 2004, Stat. Appl. Genet. Mol. Biol. 3:3, section 6): the less streams differ,
    the larger d0. It is never more than the degrees of all streams together, for s0 is itself an
    estimate from them, and 0 where fewer than 4 are usable.
    """
    places = np.where(usable, degrees, 2.0).astype(np.intp)  # degrees are whole, so look them up
    halves = np.maximum(np.arange(places.max(initial=2) + 1), 1) / 2
    bias, chance = np.log(halves) - digamma(halves), polygamma(1, halves)
    logs = np.log(np.maximum(np.where(usable, own, 1.0), 1e-3)) + bias[places]
    n = usable.sum(axis=1)
    many = np.maximum(n, 2)
    mean = np.where(usable, logs, 0.0).sum(axis=1) / many
    spread = np.where(usable, (logs - mean[:, None]) ** 2, 0.0).sum(axis=1) / (many - 1)
    excess = spread - np.where(usable, chance[places], 0.0).sum(axis=1) / many
    prior = np.where(excess > 1e-3, 2 * _inverse_trigamma(np.maximum(excess, 1e-3)), np.inf)
    finite = np.where(np.isinf(prior), 2.0, prior) / 2
    shift = np.where(np.isinf(prior), 0.0, digamma(finite) - np.log(finite))
    prior = np.minimum(prior, np.where(usable, degrees, 0.0).sum(axis=1))
    enough = n >= FEWEST_PEERS
    return np.where(enough, np.exp(mean + shift), 1.0), np.where(enough, prior, 0.0)


def _inverse_trigamma(values: Array) -> Array:
    """Return y with trigamma(y) = values, by Newton's method (Smyth 2004, appendix)."""
    y = 0.5 + 1 / values
    for _ in range(15):
        trigamma = polygamma(1, y)
        y = y + trigamma * (1 - trigamma / values) / polygamma(2, y)
    return np.asarray(y)
