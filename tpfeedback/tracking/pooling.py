"""Effects of several groups, each drawn towards the others as far as the data say they agree."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr, ndtri

from tpfeedback.impact.gram import Array, Flags

_STEPS = 100  # of the grid over how much the groups differ
_FEWEST = 3.0  # degrees of freedom that a variance is taken to have at least


@dataclass(frozen=True, eq=False)
class Pooled:
    """Pooled `values` (groups,) with 95 % interval and standard `error`."""

    values: Array
    low: Array
    high: Array
    error: Array


def pool(values: Array, variances: Array, degrees: Array) -> Pooled:
    """Return the effects of all groups, pooled; groups without one (NaN) get what is expected.

    The true effects are taken as normal around their mean, with a variance tau^2 that the data
    tell (random effects; the normal-normal model of Morris 1983, JASA 78:47-55). A group of few
    texts is drawn far towards the mean, one of many hardly. Morris' own intervals need four groups
    or more and break where tau^2 is estimated as 0. So tau^2 is not estimated but integrated over,
    with the uniform-shrinkage prior B0 = s0^2 / (s0^2 + tau^2) ~ U(0, 1), s0^2 the harmonic mean
    of the variances (Christiansen & Morris 1997, JASA 92:618-632; Daniels 1999, Canadian J.
    Statistics 27:567-578), which serves for two groups as well. Intervals are quantiles of that
    mixture. A variance with d degrees of freedom is widened by d / (d - 2), as that of Student's t.

    >>> found = pool(np.array([-1.0, -1.2, -0.8, np.nan]), np.full(4, 0.04), np.full(4, 200.0))
    >>> found.values.round(2).tolist(), found.error.round(2).tolist()
    ([-1.0, -1.08, -0.92, -1.0], [0.15, 0.16, 0.16, 0.3])
    """
    known = np.isfinite(values) & np.isfinite(variances) & (variances > 0)
    if not known.any():
        return Pooled(*(np.full(len(values), np.nan) for _ in range(4)))
    at_least = np.maximum(degrees[known], _FEWEST)
    variance = np.full(len(values), np.inf)
    variance[known] = variances[known] / (1 - 2 / at_least)
    given = np.where(known, values, 0.0)
    if known.sum() == 1:
        return _alone(given, variance, known)
    means, errors, chances = _mixture(given, variance)
    value = chances @ means
    error = np.sqrt(chances @ (errors**2 + means**2) - value**2)
    low, high = (_quantile(means, errors, chances, q) for q in (0.025, 0.975))
    return Pooled(value, low, high, error)


def paule_mandel(values: Array, variances: Array) -> float:
    """Return tau^2: the variance of the true effects (0 where chance explains the differences).

    Paule & Mandel (1982, J. Research NBS 87:377-385): the value at which the weighted sum of
    squares is as large as it is expected to be. Missing (NaN) with fewer than two effects.

    >>> round(paule_mandel(np.array([-1.0, 0.0, 1.0]), np.full(3, 0.1)), 6)
    0.9
    """
    from scipy.optimize import brentq

    known = np.isfinite(values) & np.isfinite(variances) & (variances > 0)
    y, v = values[known], variances[known]
    if len(y) < 2:
        return float("nan")

    def excess(tau2: float) -> float:
        weight = 1 / (v + tau2)
        return float(weight @ (y - weight @ y / weight.sum()) ** 2 - (len(y) - 1))

    if excess(0.0) <= 0:
        return 0.0
    return float(brentq(excess, 0.0, 2 * float(np.ptp(y)) ** 2 + 1e-12))


def _alone(values: Array, variance: Array, known: Flags) -> Pooled:
    """Return the one effect that there is; of the other groups nothing is known."""
    value, error = np.where(known, values, np.nan), np.where(known, np.sqrt(variance), np.nan)
    half = ndtri(0.975) * error
    return Pooled(value, value - half, value + half, error)


def _mixture(values: Array, variance: Array) -> tuple[Array, Array, Array]:
    """Return means and errors (steps, groups) given each tau^2, and how likely it is (steps,)."""
    finite = np.isfinite(variance)
    typical = 1 / np.mean(1 / variance[finite])
    shrink = (np.arange(_STEPS) + 0.5) / _STEPS
    tau2 = (typical * (1 - shrink) / shrink)[:, None]
    weight = np.where(finite, 1 / (variance + tau2), 0.0)
    whole = weight.sum(axis=1, keepdims=True)
    mean = (weight * values).sum(axis=1, keepdims=True) / whole
    spread = (weight * (values - mean) ** 2).sum(axis=1)
    logs = 0.5 * np.log(np.where(finite, weight, 1.0)).sum(axis=1) - 0.5 * np.log(whole[:, 0])
    logs = logs - 0.5 * spread
    chances = np.exp(logs - logs.max())
    part = np.where(finite, np.where(finite, variance, 0.0) * weight, 1.0)  # drawn to the mean
    own = np.where(finite, part * tau2, tau2)
    errors = np.sqrt(own + part**2 / whole)
    return (1 - part) * values + part * mean, errors, chances / chances.sum()


def _quantile(means: Array, errors: Array, chances: Array, q: float) -> Array:
    """Return the quantile of the mixture of normal distributions of each group, by bisection."""
    low, high = (means - 12 * errors).min(axis=0), (means + 12 * errors).max(axis=0)
    for _ in range(40):
        middle = (low + high) / 2
        below = chances @ ndtr((middle - means) / errors) < q
        low, high = np.where(below, middle, low), np.where(below, high, middle)
    return np.asarray((low + high) / 2)
