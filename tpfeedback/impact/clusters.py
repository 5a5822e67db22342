"""Least squares where texts come in clusters, such as several texts of one customer."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tpfeedback.impact.gram import Array, Flags, invert
from tpfeedback.impact.hc3 import Fit, Solved, lonely_columns, solve
from tpfeedback.impact.regression import LONELY, Design


def fit_clustered(design: Design, contrast: Array | None = None) -> Fit:
    """Fit (weighted) least squares with the cluster-robust covariance, made right for few clusters.

    The errors of the texts of one cluster may hang together in any way (Liang & Zeger 1986,
    Biometrika 73:13-22). Their sandwich, CR1 of statsmodels with cov_type="cluster", is far too
    small for what rests on a few of many clusters. So the variance of each coefficient is divided
    by what the sandwich would see of it were the errors equal and independent, where that is less
    than CR1 allows for, and the degrees of freedom are those of the sandwich then (Bell &
    McCaffrey 2002, Survey Methodology 28:169-181; Young 2016, Improved, nearly exact, statistical
    inference with robust and clustered covariance matrices, London School of Economics), at most
    G - 1 for G clusters (Cameron & Miller 2015, J. Human Resources 50:317-372). What rests on a
    single cluster has no variance: its residuals add up to nothing. `contrast` as in
    `hc3.fit_hc3`.
    """
    assert design.clusters is not None
    solved = solve(design)
    sums = np.eye(len(solved.coefficients)) if contrast is None else contrast
    loads, coefficients = solved.loads @ sums.T, sums @ solved.coefficients
    expected = _expect(design, loads)
    allowed = 1 / design.few_clusters  # what CR1 takes to be seen
    more = np.sqrt(allowed / np.clip(expected.seen, 1 / LONELY, allowed))
    scores = loads * (design.weight * solved.residual)[:, None] * more
    return Fit(
        coefficients,
        design.covary(scores),
        np.minimum(expected.degrees, design.clusters.shape[0] - 1.0),
        scores,
        lonely_columns(loads, solved.alone) | _rest_on_one_cluster(design, solved, sums),
    )


def _rest_on_one_cluster(design: Design, solved: Solved, sums: Array) -> Flags:
    """Return the sums of coefficients that hardly anything tells without one of the clusters.

    Only a cluster whose texts have a leverage of nearly 1 or more together can be so needed, and
    all leverages add up to the number of columns, so that few clusters are tried.
    """
    assert design.clusters is not None
    found, whole = np.zeros(len(sums), dtype=bool), design.inverse.matrix
    told = design.inverse.can_tell(sums)
    for place in np.flatnonzero(design.clusters @ solved.leverage > 1 - 1 / LONELY):
        others = design.count - design.clusters[[place]].toarray()[0]
        rest = invert(design.gram((others * design.weight)[:, None])[0, :-1, :-1])
        more = np.einsum("ti,ij,tj->t", sums, rest.matrix - LONELY * whole, sums) > 0
        found |= told & (more | ~rest.can_tell(sums))
    return found


@dataclass(frozen=True, eq=False)
class _Expected:
    """What the sandwich tells of each coefficient if all errors are equal and independent.

    `seen`: part (0-1) of the variance that it sees; `degrees`: degrees of freedom of its estimate.
    """

    seen: Array
    degrees: Array


def _expect(design: Design, loads: Array) -> _Expected:
    """Return what is expected of the variance of each coefficient, a sum of (v_g'e)^2.

    With rows times the root of their weight, l_g the loads of cluster g (0 elsewhere), q_g = X'l_g
    and P = inv(X'X): v_g = l_g - X P q_g, so that the matrix of all v_g'v_h is D - Q P Q', D the
    diagonal of d_g = l_g'l_g. Its trace, by sum(d), is what is seen, and trace^2 / trace of the
    square are the degrees of freedom. No matrix of clusters by clusters is built.
    """
    assert design.clusters is not None
    inverse, columns = design.inverse.matrix, design.columns
    whole, trace, square = np.zeros((3, loads.shape[1]))
    for i, load in enumerate(loads.T):
        own = design.clusters @ (design.weight * load**2)
        pulls = design.clusters.multiply(design.weight * load).tocsr() @ columns
        inner = inverse @ (pulls.T @ pulls).toarray()
        crossed = inverse @ (pulls.T @ pulls.multiply(own[:, None])).toarray()
        whole[i], trace[i] = own.sum(), own.sum() - np.trace(inner)
        square[i] = own @ own - 2 * np.trace(crossed) + np.einsum("ij,ji->", inner, inner)
    seen = np.divide(trace, whole, out=np.zeros_like(whole), where=whole > 0)
    degrees = np.divide(trace**2, square, out=np.ones_like(square), where=square > 0)
    return _Expected(np.clip(seen, 0.0, 1.0), np.maximum(degrees, 1.0))
