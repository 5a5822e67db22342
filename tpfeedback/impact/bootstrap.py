"""Joint bootstrap replicates of the prizes, for all that hangs on several of them at once."""

from __future__ import annotations

import numpy as np

from tpfeedback.impact.gram import Array, Flags
from tpfeedback.impact.models import Effects
from tpfeedback.impact.regression import Design, mixed

REPLICATES = 1_000
_CHUNK = 100  # replicates at a time: bounds the memory
_RIDGE = 1e-10  # leaves coefficients as they are, but those that a replicate cannot tell become 0


def replicate_prizes(design: Design, known: Flags, *, random_state: int) -> Array:
    """Return (1000, touchpoints) prizes of a linear model, as if the feedback came once more.

    Poisson bootstrap, see `Design.resample`; effects and shares are estimated anew each time.
    Equal texts are one row, so a replicate is one product, and all are solved at once.
    A touchpoint whose complaints have no `known` (terms,) effect has no prize (NaN); where a
    replicate holds none of its complaints, there is nothing to gain (0).
    """
    random = np.random.default_rng(random_state)
    chunks = []
    for _ in range(REPLICATES // _CHUNK):
        gram = design.sources.gram(design.resample(random, _CHUNK))
        chunks.append(_term_prizes(design, gram))
    return spread_prizes(design, np.concatenate(chunks), known)


def draw_prizes(effects: Effects, design: Design, *, random_state: int) -> Array:
    """Return (1000, touchpoints) draws of the prizes from a normal distribution.

    For models that cannot be fitted a thousand times. The variances are those of the prizes, the
    correlations those of the effects, of which the errors of the prizes mostly consist.
    """
    error = np.sqrt(np.maximum(np.nan_to_num(effects.prize_variance), 0.0))
    covariance = getattr(effects, "prize_covariance", None)
    if covariance is None:
        own = np.sqrt(np.maximum(np.diag(effects.covariance), np.finfo(float).tiny))
        covariance = effects.covariance / np.outer(own, own) * np.outer(error, error)
    values, vectors = np.linalg.eigh(np.nan_to_num(covariance))
    random = np.random.default_rng(random_state)
    normal = random.standard_normal((REPLICATES, len(error)))
    noise = normal @ (vectors * np.sqrt(np.maximum(values, 0.0))).T
    return spread_prizes(design, np.nan_to_num(effects.prizes) + noise, effects.known)


def spread_prizes(design: Design, prizes: Array, known: Flags) -> Array:
    """Return one column per touchpoint, from one column per term."""
    table = np.full((len(prizes), len(design.touchpoints)), np.nan)
    for i, term in enumerate(design.terms):
        if term.sentiment == "negative" and known[i]:
            table[:, design.touchpoints.index(term.touchpoint)] = prizes[:, i]
    return table


def _term_prizes(design: Design, gram: Array) -> Array:
    """Return the prizes of all terms (replicates, terms) from Gram matrices of the sources."""
    layout, policy = design.sources.layout, design.policy
    inner = gram[:, :-1, :-1]
    mix = None if policy.mix is None else policy.mix(inner, layout)
    coefficients = _solve(mixed(gram, mix))
    if policy.contrast is None:
        effects = coefficients[:, coefficients.shape[1] - len(layout.terms) :]
    else:
        effects = np.einsum("rtc,rc->rt", policy.contrast(inner, layout), coefficients)
    found, whole = inner[:, 0, layout.terms], inner[:, 0, :1]
    shares = np.divide(found, whole, out=np.zeros_like(found), where=whole > 0)
    return np.asarray(-effects * shares)


def _solve(gram: Array) -> Array:
    """Return the coefficients (replicates, columns) from Gram matrices with the outcome last."""
    diagonal = np.diagonal(gram, axis1=1, axis2=2)[:, :-1]
    scale = 1 / np.sqrt(np.where(diagonal > 0, diagonal, 1.0))
    unit = gram[:, :-1, :-1] * scale[:, :, None] * scale[:, None, :]
    unit = unit + _RIDGE * np.eye(unit.shape[1])
    solved = np.linalg.solve(unit, (gram[:, :-1, -1] * scale)[:, :, None])[:, :, 0]
    return np.asarray(solved * scale)
