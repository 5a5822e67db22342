"""Least squares where texts come in clusters, such as several texts of one customer."""

from __future__ import annotations

import numpy as np

from tpfeedback.impact.gram import Array
from tpfeedback.impact.hc3 import Fit, lonely_columns, solve
from tpfeedback.impact.regression import Design


def fit_clustered(design: Design, contrast: Array | None = None) -> Fit:
    """Fit (weighted) least squares with covariance CR1 and t intervals with G - 1 degrees.

    The errors of the texts of one cluster may hang together in any way (Liang & Zeger 1986,
    Biometrika 73:13-22; Cameron & Miller 2015, J. Human Resources 50:317-372, who advise
    t(G - 1) for G clusters). The same as statsmodels with cov_type="cluster"; `contrast` as in
    `hc3.fit_hc3`.
    """
    assert design.clusters is not None
    solved = solve(design)
    loads, coefficients = solved.loads, solved.coefficients
    if contrast is not None:
        loads, coefficients = loads @ contrast.T, contrast @ coefficients
    scores = loads * (design.weight * solved.residual)[:, None]
    return Fit(
        coefficients,
        design.covary(scores),
        np.full(len(coefficients), design.clusters.shape[0] - 1.0),
        scores,
        lonely_columns(loads, solved.alone),
    )
