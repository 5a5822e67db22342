"""What a batch lets the impact explain: its rating, or the sentiment of the texts."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from tpfeedback.batch.folder import read_finished
from tpfeedback.batch.parts import part_name
from tpfeedback.batch.patterns import read_columns
from tpfeedback.errors import TpfeedbackWarning
from tpfeedback.impact.gram import Array
from tpfeedback.outcome import (
    LEAST_PAIRS,
    SENTIMENT_SCORES,
    UPSIDE_DOWN,
    Outcome,
    choose_outcome,
)
from tpfeedback.wording import write_note

MOST_PAIRS = 20_000  # distinct ratings with their sentiments: a metric may have as many as texts


def choose_counted_outcome(folder: Path, columns: Mapping[str, Any]) -> Outcome:
    """Return what to explain, and warn of it, as `choose_outcome` does for rows.

    Whether a rating falls as the texts get friendlier is told for ratings of a scale; a business
    metric of more than `MOST_PAIRS` distinct values is not asked for it.
    """
    pairs = _pairs(folder)
    if pairs["overall"].dropna().nunique() < 2:
        distinct = pairs.assign(feedback_id=range(len(pairs)))
        return choose_outcome(distinct, columns)[1]
    name = str(columns.get("overall", "overall"))
    if len(pairs) <= MOST_PAIRS and _falls(pairs):
        warnings.warn(write_note("upside_down", rating=name), TpfeedbackWarning, stacklevel=2)
    scales = pairs["overall_scale"].dropna()
    return Outcome("overall", name, str(scales.iloc[0]) if len(scales) else None, "rating")


def _pairs(folder: Path) -> pd.DataFrame:
    """Return each distinct rating with its scale and sentiment, and their `count`."""
    keys = ["overall", "overall_scale", "sentiment"]
    found = pd.DataFrame({"overall": [], "overall_scale": [], "sentiment": [], "count": []})
    for part in read_finished(folder)["parts"]:
        rows = read_columns(folder / part_name("feedback", part["part"]), keys).assign(count=1)
        if len(found) <= MOST_PAIRS:
            together = pd.concat([found, rows], ignore_index=True) if len(found) else rows
            found = together.groupby(keys, dropna=False, sort=True)["count"].sum().reset_index()
    return found


def _falls(pairs: pd.DataFrame) -> bool:
    """Tell whether rating and sentiment go against one another: Spearman's rank correlation."""
    scores = pairs["sentiment"].map(SENTIMENT_SCORES).astype("float64")
    known = (pairs["overall"].notna() & scores.notna()).to_numpy()
    count = pairs["count"].to_numpy(dtype=np.int64)[known]
    if count.sum() < LEAST_PAIRS:
        return False
    values = (np.asarray(one, dtype=np.float64)[known] for one in (pairs["overall"], scores))
    covariance = np.cov(np.vstack([_ranks(one, count) for one in values]), fweights=count)
    size = float(np.sqrt(covariance[0, 0] * covariance[1, 1]))
    return size > 0 and float(covariance[0, 1]) / size < UPSIDE_DOWN


def _ranks(values: Array, count: Array) -> Array:
    """Return the mean rank of each value among all texts.

    >>> _ranks(np.array([5.0, 1.0]), np.array([3, 1])).tolist()
    [3.0, 1.0]
    """
    distinct, places = np.unique(values, return_inverse=True)
    totals = np.bincount(places, weights=count, minlength=len(distinct))
    return np.asarray((np.cumsum(totals) - (totals - 1) / 2)[places])
