"""Logits → calibrated confidences and thresholds, on texts held back from training.

Touchpoints: Platt scaling per language (Platt 1999, "Probabilistic outputs for support vector
machines"), bent outwards (`tpfeedback.reading.log_odds`) and held near to that of all languages
together, and half the best micro-F1 there as threshold (Lipton, Elkan & Naryanaswamy 2014, "Optimal
thresholding of classifiers to maximize F1 measure", theorem 1: with calibrated probabilities no
threshold is better). Overall sentiment: a temperature per language.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import exp
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize, minimize_scalar
from scipy.special import expit, log_softmax

from tpfeedback.errors import TrainingError
from tpfeedback.reading import LEAST, log_odds
from tpfeedback.training.scoring import share_of

Floats = NDArray[np.float32]
HELD = 5.0  # texts: how strongly a language is held near to all languages together
PULLED = 50.0  # how strongly the curve of touchpoints is: an intercept as by 400 even decisions
SHARED = 0.01  # how strongly that of all languages is held near to no change at all
BEND = 5.0  # of the curve: a line, and a stronger bend, cost log loss on the held-back texts
FOLDS = 10
SHARES = (0.8, 0.85, 0.9, 0.95)  # of right mentions that a user may ask for
GRID = np.round(np.arange(0.2, 0.71, 0.02), 2)


def calibrate(
    logits: Floats, presence: Floats, languages: Sequence[str]
) -> dict[str, dict[str, Any]]:
    """Return slope, intercept, thresholds and expected calibration error of each language.

    `logits` and `presence` are (texts, touchpoints); languages in order of name.
    """
    codes = np.asarray(languages)
    confidence = crossed(logits, presence, codes)
    fits = curves(logits, presence, codes, sorted(set(languages)))
    return {
        code: {
            **_calibrate(logits[codes == code], presence[codes == code], fit),
            "calibration_error": round(
                calibration_error(confidence[codes == code], presence[codes == code]), 4
            ),
        }
        for code, fit in fits.items()
    }


def _calibrate(logits: Floats, presence: Floats, fit: dict[str, float]) -> dict[str, Any]:
    confidence = probability(logits, fit)
    scores = [micro_f1(confidence >= t, presence) for t in GRID]
    return {
        **fit,
        "threshold": round(max(scores) / 2, 3),
        "precision": {f"{share}": threshold_for(confidence, presence, share) for share in SHARES},
    }


def calibrate_overall(
    overall: Floats, marks: NDArray[np.int64], languages: Sequence[str]
) -> dict[str, dict[str, float]]:
    """Return the slope that calibrates (texts, 4) probabilities of the overall sentiment.

    A calibrated probability is softmax(slope x log p): temperature scaling (Guo et al. 2017, "On
    Calibration of Modern Neural Networks", ICML, section 4.2), which leaves the likeliest mark as
    it is. A language keeps near to what all of them together ask for, the nearer the fewer texts
    it has.
    """
    logs, codes = np.log(np.maximum(overall, LEAST)), np.asarray(languages)
    shared = _log_slope(logs, marks, 0.0)
    return {
        code: {"slope": round(exp(_log_slope(logs[here], marks[here], shared)), 4)}
        for code in sorted(set(languages))
        for here in [codes == code]
    }


def _log_slope(logs: Floats, marks: NDArray[np.int64], near: float) -> float:
    """Return the log of the slope of the greatest likelihood, held near to a given one."""

    def loss(value: float) -> float:
        told = np.take_along_axis(log_softmax(exp(value) * logs, axis=1), marks[:, None], axis=1)
        return float(HELD * (value - near) ** 2 - told.sum())

    return float(minimize_scalar(loss, bracket=(near - 1, near + 1)).x)


def curves(
    logits: Floats, presence: Floats, codes: NDArray[np.str_], wanted: Iterable[str]
) -> dict[str, dict[str, float]]:
    """Return `slope`, `intercept` and `bend` of the log odds of each language that is wanted.

    A language keeps near to what all of them together ask for, the nearer the fewer texts it has.
    """
    shared = _curve(logits, presence, np.array([1.0, 0.0]), SHARED)
    fits = {}
    for code in wanted:
        own = codes == code
        slope, intercept = _curve(logits[own], presence[own], shared, PULLED).tolist()
        if slope <= 0:
            raise TrainingError(
                f"In {code}, higher logits of touchpoints do not go with more of them: nothing to "
                "calibrate. Look at the labels and at the network."
            )
        fits[code] = {"slope": round(slope, 4), "intercept": round(intercept, 4), "bend": BEND}
    return fits


def _curve(
    logits: Floats, presence: Floats, near: NDArray[np.float64], pulled: float
) -> NDArray[np.float64]:
    """Return slope and intercept of the greatest likelihood, held near to given ones."""
    x = BEND * np.sinh(logits.reshape(-1).astype(float) / BEND)
    y = presence.reshape(-1)

    def loss(fit: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        odds, off = fit[0] * x + fit[1], fit - near
        error = expit(odds) - y
        slopes = np.array([error @ x, error.sum()]) + 2 * pulled * off
        return float((np.logaddexp(0, odds) - y * odds).sum() + pulled * off @ off), slopes

    return np.asarray(minimize(loss, near, jac=True, method="BFGS").x)


def probability(logits: Floats, fit: Mapping[str, float]) -> Floats:
    """Return calibrated confidences."""
    return np.asarray(expit(log_odds(logits, fit)), np.float32)


def threshold_for(confidence: Floats, presence: Floats, share: float) -> float | None:
    """Return the least confidence from which on at least `share` of the mentions are right, with
    the lower end of Wilson's interval above it; None where no confidence promises that.

    >>> sure, right = np.repeat([0.9, 0.4], 50), np.repeat([1.0, 0.0], 50)
    >>> threshold_for(sure, right, 0.9), threshold_for(sure, right, 0.95)
    (0.41, None)
    """
    for threshold in np.round(np.arange(0.05, 0.991, 0.01), 2):
        said = confidence >= threshold
        if said.any() and share_of(presence[said].astype(bool).tolist()).low >= share:
            return float(threshold)
    return None


def crossed(logits: Floats, presence: Floats, codes: NDArray[np.str_]) -> Floats:
    """Return each text's confidences from a fit to the other texts: ten folds, crossed."""
    confidence, fold = np.empty_like(logits), np.arange(len(logits)) % FOLDS
    for judged in (fold == i for i in range(FOLDS)):
        wanted = sorted(set(codes[judged].tolist()))
        fits = curves(logits[~judged], presence[~judged], codes[~judged], wanted)
        for code in wanted:
            some = judged & (codes == code)
            confidence[some] = probability(logits[some], fits[code])
    return confidence


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
