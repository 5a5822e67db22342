"""Logits → calibrated confidences and thresholds, on texts held back from training.

Platt scaling per language (Platt 1999, "Probabilistic outputs for support vector machines"),
and the threshold that gives the best micro-F1 there.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

Floats = NDArray[np.float32]
GRID = np.round(np.arange(0.2, 0.71, 0.02), 2)


def calibrate(
    logits: Floats, presence: Floats, languages: Sequence[str]
) -> dict[str, dict[str, float]]:
    """Return slope, intercept, threshold and expected calibration error of each language.

    `logits` and `presence` are (texts, touchpoints); languages in order of name.
    """
    codes = np.asarray(languages)
    return {
        code: _calibrate(logits[codes == code], presence[codes == code])
        for code in sorted(set(languages))
    }


def _calibrate(logits: Floats, presence: Floats) -> dict[str, float]:
    model = LogisticRegression(C=1e6).fit(logits.reshape(-1, 1), presence.reshape(-1))
    slope, intercept = float(model.coef_[0, 0]), float(model.intercept_[0])
    confidence = 1 / (1 + np.exp(-(slope * logits + intercept)))
    scores = [micro_f1(confidence >= t, presence) for t in GRID]
    return {
        "slope": round(slope, 4),
        "intercept": round(intercept, 4),
        "threshold": float(GRID[int(np.argmax(scores))]),
        "calibration_error": round(calibration_error(confidence, presence), 4),
    }


def micro_f1(said: NDArray[np.bool_], presence: Floats) -> float:
    """Return micro-F1 over all (text, touchpoint) pairs."""
    return float(2 * (said * presence).sum() / max(said.sum() + presence.sum(), 1))


def calibration_error(confidence: Floats, presence: Floats, *, bins: int = 10) -> float:
    """Return the expected calibration error over pairs with a confidence of 0.05 or more.

    Pairs that nobody would name (below 0.05) are left out: they are nearly all and nearly all
    right, and would hide every error (Guo et al. 2017, section 2, for the measure itself).
    """
    kept = confidence >= 0.05
    c, y = confidence[kept], presence[kept]
    place = np.minimum((c * bins).astype(int), bins - 1)
    gaps = [
        abs(c[place == b].mean() - y[place == b].mean()) * (place == b).sum()
        for b in range(bins)
        if (place == b).any()
    ]
    return float(sum(gaps) / max(len(c), 1))
