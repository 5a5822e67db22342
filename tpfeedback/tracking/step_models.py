"""A step in a series of means: its size, with trend, season, other steps and noise of two kinds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.linalg import cho_factor, cho_solve, solve_triangular

from tpfeedback.impact.gram import Array

_SHOCKS = (0.0, 0.1, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 64.0)  # x mean sampling variance
_ECHOES = (0.0, 0.25, 0.5, 0.75)


@dataclass(frozen=True)
class Noise:
    """What moves a period's mean beyond sampling: shocks of this variance, that echo on.

    `echo` is the correlation of the shocks of two successive periods.
    """

    variance: float
    echo: float


@dataclass(frozen=True, eq=False)
class Means:
    """One mean per period: `values`, their sampling `variance`, at `periods` (numbers, in order).

    `slopes` (periods, covariates) and `slope_covariance` are what adjusting for a mix of customers
    has added to the error; with no covariates, no columns.
    """

    values: Array
    variance: Array
    periods: Array
    slopes: Array
    slope_covariance: Array

    def first(self, n: int) -> Means:
        """Return the first n periods."""
        cut = (self.values[:n], self.variance[:n], self.periods[:n], self.slopes[:n])
        return Means(*cut, self.slope_covariance)


@dataclass(frozen=True)
class Effect:
    """A coefficient with its standard error and the degrees of freedom of that."""

    estimate: float
    error: float
    degrees: float


def fit_noise(means: Means, design: Array) -> Noise:
    """Return the most likely noise, by restricted maximum likelihood on a grid.

    Variance of a mean = sampling variance + shocks of one variance, of first-order
    autocorrelation: a random-effects meta-regression over periods (Raudenbush 2009, in The
    Handbook of Research Synthesis, ch. 16), with serially correlated effects.
    """
    scale = float(means.variance.mean())
    candidates = [Noise(0.0, 0.0)]
    candidates += [Noise(size * scale, echo) for size in _SHOCKS[1:] for echo in _ECHOES]
    likelihoods = [_restricted_likelihood(means, design, noise) for noise in candidates]
    return candidates[int(np.argmax(likelihoods))]


def fit_step(means: Means, design: Array, noise: Noise, *, column: int) -> Effect:
    """Return the coefficient of one column by generalised least squares.

    Degrees of freedom are periods - columns, and the error is widened where residuals are larger
    than the noise says, never narrowed (Knapp & Hartung 2003, Stat. Med. 22:2693-2710).
    """
    chol = _factor(means, noise)
    white = solve_triangular(chol, design, lower=True)
    left = solve_triangular(chol, means.values, lower=True)
    inverse = np.linalg.pinv(white.T @ white)
    residual = left - white @ (inverse @ (white.T @ left))
    degrees = max(len(left) - design.shape[1], 1)
    weights = solve_triangular(chol, white @ inverse[:, column], lower=True, trans="T")
    variance = inverse[column, column] * max(1.0, float(residual @ residual) / degrees)
    moved = weights @ means.slopes
    variance += float(moved @ means.slope_covariance @ moved)
    return Effect(float(weights @ means.values), float(np.sqrt(variance)), float(degrees))


def _restricted_likelihood(means: Means, design: Array, noise: Noise) -> float:
    chol = _factor(means, noise)
    white = solve_triangular(chol, design, lower=True)
    left = solve_triangular(chol, means.values, lower=True)
    gram = cho_factor(white.T @ white + 1e-12 * np.eye(design.shape[1]), lower=True)
    residual = left - white @ cho_solve(gram, white.T @ left)
    logs = np.log(np.diag(chol)).sum() + np.log(np.diag(gram[0])).sum()
    return float(-logs - residual @ residual / 2)


def _factor(means: Means, noise: Noise) -> Array:
    """Return the Cholesky factor of the covariance of the means."""
    covariance = np.diag(means.variance)
    if noise.variance > 0:
        apart = np.abs(means.periods[:, None] - means.periods[None, :])
        covariance = covariance + noise.variance * noise.echo**apart
    return np.asarray(np.linalg.cholesky(covariance), dtype=np.float64)
