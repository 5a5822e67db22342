"""The default model: the expected outcome is a sum, fitted by least squares."""

from __future__ import annotations

import numpy as np

from tpfeedback.impact.clusters import fit_clustered
from tpfeedback.impact.gram import Array
from tpfeedback.impact.hc3 import Fit, fit_hc3
from tpfeedback.impact.models import Effects
from tpfeedback.impact.regression import Design


def estimate_effects(design: Design) -> Effects:
    """Return the effects of joint least squares, with robust covariance.

    All terms at once: one indicator of complaints and one of praise per touchpoint (Brandt 1987;
    Matzler & Sauerwein 2002, Int. J. Service Industry Management 13:314-332), next to what is
    held fixed. So a touchpoint that is only spoken of when another one fails is not blamed for
    it. Covariance and t intervals: see `hc3.fit_hc3`, and `clusters.fit_clustered` where texts
    come in clusters.

    prize = -effect x share, where share is that of the term among the rated texts, whose mean
    the prize is about. Both factors come from the same sample, and the variance takes both into
    account by the delta method (Goodman 1960, JASA 55:708-713): it adds up, text by text, the
    square of share x (what the text adds to the error of the effect)
    + effect x (what it adds to the error of the share).
    """
    fit = fit_terms(design)
    shares = np.array([term.share for term in design.terms])
    layout = design.sources.layout
    flags = design.sources.texts[design.sources.rows][:, layout.terms].toarray()
    error = (flags - shares) * (design.weight / design.mass.sum())[:, None]
    variance = np.diag(design.covary(shares * fit.scores + fit.coefficients * error))
    told = np.array([term.told for term in design.terms], dtype=bool)
    return Effects(
        values=fit.coefficients,
        covariance=fit.covariance,
        degrees=fit.degrees,
        prizes=-fit.coefficients * shares,
        prize_variance=variance,
        known=told & ~fit.lonely & design.inverse.can_tell(design.effects),
    )


def fit_columns(design: Design, contrast: Array | None = None) -> Fit:
    """Fit least squares, and tell it for all columns, or for sums of their coefficients."""
    if design.clusters is None:
        return fit_hc3(design, contrast)
    return fit_clustered(design, contrast)


def fit_terms(design: Design) -> Fit:
    """Fit least squares, and tell it for the effects of the terms."""
    return fit_columns(design, design.effects)
