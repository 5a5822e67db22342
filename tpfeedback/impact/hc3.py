"""Least squares with HC3 covariance on compressed rows, safe where statsmodels divides by zero.

statsmodels gives the same numbers (a test holds both to 1e-8) but needs one row per text and
returns NaN or infinity for everything as soon as a single text has leverage 1, or an arbitrary
split of the effect when two terms always come together.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tpfeedback.impact.gram import Array, Flags
from tpfeedback.impact.regression import Design

_LONELY = 1e-9  # a leverage closer to 1 than this: the row determines a coefficient alone


@dataclass(frozen=True, eq=False)
class Fit:
    """Coefficients (or sums of them), their robust covariance, and what the intervals need.

    `scores` (rows, coefficients): what one text of that row adds to the error of each.
    `degrees`: degrees of freedom of the t quantile of each.
    `lonely`: those that rest on one single text, so that they have no variance.
    """

    coefficients: Array
    covariance: Array
    degrees: Array
    scores: Array
    lonely: Flags


@dataclass(frozen=True, eq=False)
class Solved:
    """Least squares of the rows, before any covariance.

    `loads` (rows, columns): change of each coefficient by the outcome of a row, weights aside;
    `leverage` and `residual` (rows,); `alone` (rows,): such a row determines a coefficient alone.
    """

    loads: Array
    leverage: Array
    coefficients: Array
    residual: Array
    alone: Flags


def solve(design: Design) -> Solved:
    """Solve (weighted) least squares of the outcome on the columns of the design."""
    columns = design.columns.toarray()
    loads = columns @ design.inverse.matrix
    leverage = design.weight * np.einsum("ij,ij->i", loads, columns)
    coefficients = loads.T @ (design.mass * design.outcome)
    residual = design.outcome - columns @ coefficients
    return Solved(loads, leverage, coefficients, residual, leverage > 1 - _LONELY)


def lonely_columns(loads: Array, alone: Flags) -> Flags:
    """Return which columns (or sums of them) rest on a row that is alone."""
    return np.asarray((np.abs(loads[alone]) > _LONELY).any(axis=0))


def fit_hc3(design: Design, contrast: Array | None = None) -> Fit:
    """Fit least squares to the rows of the design, each of which stands for `count` equal texts.

    Covariance HC3 of MacKinnon & White (1985, J. Econometrics 29:305-325): each residual is
    divided by 1 - its leverage. It holds without equal variances, and errs on the safe side in
    small samples. Degrees of freedom for the t quantile after Satterthwaite (1946), for such
    variances as in Bell & McCaffrey (2002, Survey Methodology 28:169-181) and Imbens & Kolesar
    (2016, Rev. Econ. Stat. 98:701-712): a coefficient that rests on five texts gets the wide
    interval of about four degrees of freedom, however many other texts there are.

    With survey weights w: weighted least squares, that is rows and outcomes times sqrt(w). With
    `contrast` (sums, columns) the fit is told for these sums of coefficients. Where texts come in
    clusters, see `clusters.fit_clustered`.
    """
    solved = solve(design)
    loads, coefficients, alone = solved.loads, solved.coefficients, solved.alone
    gap = np.where(alone, 1.0, 1 - solved.leverage)
    residual = np.where(alone, 0.0, solved.residual / gap)
    if contrast is not None:
        loads, coefficients = loads @ contrast.T, contrast @ coefficients
    scores = loads * (design.weight * residual)[:, None]
    return Fit(
        coefficients,
        scores.T @ (design.count[:, None] * scores),
        _degrees(design, loads, solved.leverage, gap),
        scores,
        lonely_columns(loads, alone),
    )


def _degrees(design: Design, loads: Array, leverage: Array, gap: Array) -> Array:
    """Return tr(M)^2 / tr(M^2), where the variance of a coefficient is e'Me with e the errors.

    M = (I - H) D (I - H), D = diag(load^2 / (1 - leverage)^2), so that with S = X'DX
    tr(M) = sum d(1 - h) and tr(M^2) = sum d^2 (1 - 2h) + tr(A S A S): no n x n matrix is built.
    """
    weight = design.weight[:, None] * (loads / gap[:, None]) ** 2
    trace = (design.count * (1 - leverage)) @ weight
    square = (design.count * (1 - 2 * leverage)) @ weight**2
    inner = design.gram(design.mass[:, None] * weight)[:, :-1, :-1]
    turned = design.inverse.matrix @ inner
    square = square + np.einsum("kij,kji->k", turned, turned)
    degrees: Array = np.divide(trace**2, square, out=np.ones_like(square), where=square > 0)
    return np.asarray(np.maximum(degrees, 1.0))
