"""Importance by Johnson's relative weights: close to `shapley`, whatever the number of terms."""

from __future__ import annotations

import numpy as np
import pandas as pd

from tpfeedback.impact.design import Design
from tpfeedback.impact.explained import ZERO, Players, importance_table
from tpfeedback.impact.gram import Array


def estimate(design: Design, *, random_state: int) -> pd.DataFrame:
    """Return `importance` (0-1, sums to 1) with a 95 % bootstrap interval per touchpoint.

    Relative weights (Johnson 2000, Multivariate Behavioral Research 35:1-19): the terms are
    replaced by the uncorrelated variables closest to them, the outcome is regressed on these, and
    what each explains goes back to the terms in proportion to their squared correlations with it.
    The weights sum to R squared; a touchpoint gets those of its complaints and its praise,
    divided by the sum over touchpoints. What is held fixed (texts that name nothing, rare
    mentions, controls) is taken out first and gets no share.

    With two terms in all, these are the shares of `shapley`, with more terms usually near them.
    They rest on eigenvalues alone, so they are exact for any number of touchpoints, and fast.
    But the closest uncorrelated variables are a convention, not a property of the feedback
    (Thomas, Zumbo, Kwan & Schweitzer 2014, Multivariate Behavioral Research 49:329-338), while
    `shapley` follows from a few axioms: where the two differ, trust `shapley`.

    Interval: see `explained.importance_table`. A touchpoint without any term that can be
    estimated has no importance.
    """
    return importance_table(design, relative_weights, random=np.random.default_rng(random_state))


def relative_weights(stack: Array, players: Players) -> Array:
    """Return the relative weight of every player, for every Gram matrix with the outcome last.

    With R the correlations of the terms, L its symmetric square root and r their correlations
    with the outcome, b = L^-1 r are the coefficients of the uncorrelated variables, and the
    weight of term j is the sum over k of (L_jk b_k)^2 (Johnson 2000, equations 1-7, with the
    singular value decomposition of the data written as the eigenvalues of R). Terms that are sums
    of others are no trouble: L^-1 is then the pseudo-inverse, and equal terms share alike.

    >>> stack = np.array([[[1.0, 0.0, 0.6], [0.0, 1.0, 0.2], [0.6, 0.2, 1.0]]])
    >>> relative_weights(stack, ((0,), (1,))).round(3).tolist()
    [[0.36, 0.04]]
    """
    values, vectors = np.linalg.eigh(stack[:, :-1, :-1])
    size = np.sqrt(np.where(values > ZERO, values, 0.0))
    inverse = np.divide(1.0, size, out=np.zeros_like(size), where=size > 0)
    turned = vectors.swapaxes(-1, -2)
    root = (vectors * size[:, None, :]) @ turned
    outcome = turned @ stack[:, :-1, -1:]
    coefficients = vectors @ (inverse[..., None] * outcome)
    weights = (root**2 @ coefficients**2)[..., 0]
    return np.stack([weights[:, list(player)].sum(axis=1) for player in players], axis=1)
