"""Does a confidence of 0.7 mean that 7 of 10 mentions are right?"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from tpfeedback.evaluation.codes import Flags
from tpfeedback.evaluation.ratios import Array, Estimate, ratio

BINS = 10
LEAST = 0.05  # a confidence below it is none: nobody would name the touchpoint
DRAWS = 1_000
SCALES = np.arange(0, 4.01, 0.02)


def reliability(
    confidence: Array, right: Flags, groups: Mapping[str, Flags], weights: Array | None
) -> pd.DataFrame:
    """Return one row a language and tenth of confidence, from 0.05 on, that holds any mention.

    `confidence` (texts, touchpoints) is NaN where the tagger gave none. Columns: `language`,
    `confidence_from`, `confidence_to` (0-1), `mentions`, `confidence` (their mean) and `right`
    with its interval, the share that was labelled too.
    """
    rows = []
    for language, inside in groups.items():
        own = None if weights is None else weights[inside]
        counted, said, held = _tenths(confidence[inside], right[inside])
        mean, share = ratio(said, counted, own), ratio(held, counted, own)
        facts = {
            "language": language,
            "confidence_from": np.maximum(np.arange(BINS) / BINS, LEAST),
            "confidence_to": np.arange(1, BINS + 1) / BINS,
            "mentions": counted.sum(axis=0).astype(np.int64),
            "confidence": mean.value,
        }
        rows.append(pd.DataFrame({**facts, **share.columns("right")}))
    table = pd.concat(rows, ignore_index=True)
    return table[table["mentions"] > 0].reset_index(drop=True)


def calibration_errors(
    confidence: Array,
    right: Flags,
    groups: Mapping[str, Flags],
    weights: Array | None,
    *,
    random_state: int,
) -> Estimate:
    """Return the expected calibration error of each group, see `calibration_error`."""
    found = []
    for inside in groups.values():
        own = None if weights is None else weights[inside]
        found.append(
            calibration_error(confidence[inside], right[inside], own, random_state=random_state)
        )
    return Estimate(*(np.array(ends) for ends in zip(*found, strict=True)))


def calibration_error(
    confidence: Array, right: Flags, weights: Array | None = None, *, random_state: int = 0
) -> tuple[float, float, float]:
    """Return the expected calibration error (0-1) and its 95 % interval; NaN without mentions.

    That is the mean gap between confidence and share of right mentions over ten equal bins (Guo et
    al. 2017, On calibration of modern neural networks, section 2), of all (text, touchpoint) with
    a confidence of 0.05 or more: the rest are nearly all right, and would hide every error.
    Chance alone makes gaps, so a bootstrap of the error itself would start too high. Interval: the
    errors d x (0 to 4 times the gaps found) under which an error as small, or as large, as the one
    found would come by chance in 2.5 % of cases (Davison & Hinkley 1997, Bootstrap Methods and
    their Application, section 5.6: inverted tests), chance being that of texts drawn anew.

    >>> sure = np.array([[0.9], [0.9], [0.9], [0.9]] * 10)
    >>> found = calibration_error(sure, np.array([[True], [True], [True], [False]] * 10))
    >>> [round(one, 2) for one in found]
    [0.15, 0.0, 0.28]
    """
    counted, said, held = _tenths(confidence, right)
    if not counted.sum():
        return np.nan, np.nan, np.nan
    weight = np.ones(len(counted)) if weights is None else weights
    gaps = np.hstack([said - held, counted.sum(axis=1, keepdims=True)]) * weight[:, None]
    sums = gaps.sum(axis=0)
    found = sums[:-1] / sums[-1]
    random = np.random.default_rng(random_state)
    drawn = random.multinomial(len(gaps), np.full(len(gaps), 1 / len(gaps)), size=DRAWS) @ gaps
    noise = drawn[:, :-1] / np.maximum(drawn[:, -1:], 1e-12) - found
    return _inverted(found, noise)


def _inverted(found: Array, noise: Array) -> tuple[float, float, float]:
    """Return sum |found| and its interval, from the gaps found (bins,) and noise (draws, bins)."""
    value = float(np.abs(found).sum())
    seen = np.array([np.abs(scale * found + noise).sum(axis=1) for scale in SCALES])
    too_small = (seen >= value).mean(axis=1) < 0.025
    too_large = (seen <= value).mean(axis=1) < 0.025
    low = SCALES[too_small].max(initial=0.0)
    high = SCALES[too_large & (SCALES > 1)].min(initial=SCALES[-1])
    return value, float(low) * value, min(float(high) * value, 1.0)


def _tenths(confidence: Array, right: Flags) -> tuple[Array, Array, Array]:
    """Return (texts, bins): mentions, sum of their confidences, and how many of them are right."""
    known = np.nan_to_num(confidence) >= LEAST
    place = np.minimum((np.nan_to_num(confidence) * BINS).astype(int), BINS - 1)
    sums = np.zeros((3, len(confidence), BINS))
    texts, columns = np.nonzero(known)
    where = (texts, place[texts, columns])
    np.add.at(sums[0], where, 1.0)
    np.add.at(sums[1], where, confidence[texts, columns])
    np.add.at(sums[2], where, right[texts, columns].astype(float))
    return sums[0], sums[1], sums[2]
