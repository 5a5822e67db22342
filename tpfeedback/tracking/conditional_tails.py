"""How surprising a share is after another: the exact conditional test, also for scaled counts."""

from __future__ import annotations

from functools import cache

import numpy as np
from scipy.special import betainc, betaincc, betainccinv, betaincinv, betaln, expit, logit

from tpfeedback.impact.gram import Array

_NODES = 160
_NEGLIGIBLE = 1e-7  # part of the tail that may lie outside of what is integrated
_SMALLEST = 1e-290


def upper_tail(count: Array, total: Array, before: Array, total_before: Array) -> Array:
    """Return the one-sided p-value of "the share has risen", element by element.

    `count` of `total` now, `before` of `total_before` earlier. For whole counts this is Fisher's
    exact test, the hypergeometric tail given the sum of both counts, in the form of Altham (1969,
    J. R. Stat. Soc. B 31:261-269): P(A < B) for independent A ~ Beta(count, total - count + 1) and
    B ~ Beta(before + 1, total_before - before). This form also takes counts that were divided by
    their overdispersion.

    >>> from scipy.stats import fisher_exact
    >>> p = upper_tail(*(np.array([float(v)]) for v in (9, 40, 20, 400)))
    >>> bool(abs(p[0] - fisher_exact([[9, 31], [20, 380]], "greater").pvalue) < 1e-9)
    True
    """
    count, total, before, total_before = np.broadcast_arrays(count, total, before, total_before)
    p = np.ones(count.shape)
    told = (count > 0) & (total_before - before > 0)
    if told.any():
        now = count[told], (total - count)[told] + 1
        then = before[told] + 1, (total_before - before)[told]
        p[told] = np.clip(_below(now, then), _SMALLEST, 1.0)
    return p


def _below(now: tuple[Array, Array], then: tuple[Array, Array]) -> Array:
    """Return P(A < B) for A ~ Beta(*now), B ~ Beta(*then), good in the far tail.

    The integral of A's density times P(B > a) over the logit of a, by Gauss and Legendre, between
    points beyond which next to nothing of it can lie.
    """
    middle_now, middle_then = betaincinv(*now, 0.5), betaincinv(*then, 0.5)
    least = np.maximum(betainc(*now, middle_then), _SMALLEST)
    most = np.maximum(betaincc(*then, middle_now), _SMALLEST)
    low = np.maximum(betaincinv(*now, least * _NEGLIGIBLE), _SMALLEST)
    high = np.minimum(betainccinv(*then, most * _NEGLIGIBLE), 1 - 1e-15)
    start, stop = logit(low), logit(np.maximum(high, low))
    nodes, weights = _nodes()
    at = start + (stop - start) * (nodes[:, None] + 1) / 2
    # log of the density of logit(a): a^alpha (1 - a)^beta / B(alpha, beta)
    log_density = -now[0] * np.logaddexp(0, -at) - now[1] * np.logaddexp(0, at) - betaln(*now)
    inside = np.exp(log_density) * betaincc(*then, expit(at))
    return np.asarray((weights[:, None] * inside).sum(axis=0) * (stop - start) / 2)


@cache
def _nodes() -> tuple[Array, Array]:
    return np.polynomial.legendre.leggauss(_NODES)
