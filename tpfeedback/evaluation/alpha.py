"""Krippendorff's alpha: the agreement of any number of annotators, with missing judgements."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from tpfeedback.errors import TableError
from tpfeedback.evaluation.coefficient import Coefficient, Each, coefficient
from tpfeedback.evaluation.ratios import Array


def krippendorff_alpha(ratings: Any, *, clusters: Each | None = None) -> Coefficient:
    """Return alpha = 1 - Do / De for categories without an order (nominal data).

    `Do` is the disagreement within units, `De` the one expected when all judgements are dealt out
    by chance (Krippendorff 2011, Computing Krippendorff's Alpha-Reliability, section C; units that
    fewer than two annotators judged say nothing). The variance is by a jackknife over clusters
    (Efron & Tibshirani 1993, An Introduction to the Bootstrap, chapter 11), for the interval see
    `coefficient`.

    Args:
        ratings: one row a unit, one column an annotator: a DataFrame, or anything that makes one.
            A category is a text or a number; None or NaN where it was not judged.
        clusters: what units hang together, such as touchpoints of one text: the text of each unit.

    Raises:
        TableError: `ratings` are no table, or there is no cluster for each unit.

    >>> print(krippendorff_alpha([["+", "+", None], ["-", "-", "-"], ["-", "+", "-"]] * 10))
    0.473 (0.100 to 0.727)
    """
    if isinstance(ratings, str) or not hasattr(ratings, "__len__"):
        raise TableError(
            f"The ratings are {ratings!r}. Allowed: a table with a row for each unit and a column "
            "for each annotator. Give a DataFrame, or a list of lists."
        )
    table = pd.DataFrame(ratings)
    if clusters is not None and len(clusters) != len(table):
        raise TableError(
            f"There are {len(clusters)} clusters for {len(table)} units. Give the cluster of each "
            "unit, in order."
        )
    counts = _counts(table)
    judged = counts.sum(axis=1)
    kept = judged >= 2
    counts, judged = counts[kept], judged[kept]
    if not len(counts):
        return coefficient(0, 0, 0, units=0, clusters=0)
    within = (judged**2 - (counts**2).sum(axis=1)) / (judged - 1)
    given = np.arange(len(kept)) if clusters is None else np.asarray(clusters)
    place = pd.factorize(given[kept])[0]
    parts = np.zeros((place.max() + 1, counts.shape[1] + 2))
    np.add.at(parts, place, np.column_stack([within, judged, counts]))
    whole = parts.sum(axis=0, keepdims=True)
    observed, expected = (float(one[0]) for one in _disagreement(whole))
    return coefficient(
        observed, expected, _jackknife(whole - parts), units=len(counts), clusters=len(parts)
    )


def _counts(table: pd.DataFrame) -> Array:
    """Return (units, categories): how many annotators gave the category to the unit."""
    codes, names = pd.factorize(table.to_numpy(dtype=object).reshape(-1))
    counts = np.zeros((len(table), len(names)))
    units = np.repeat(np.arange(len(table)), table.shape[1])
    np.add.at(counts, (units[codes >= 0], codes[codes >= 0]), 1.0)
    return counts


def _disagreement(parts: Array) -> tuple[Array, Array]:
    """Return observed and expected disagreement for rows of sums: within, judged, categories."""
    within, judged, counts = parts[:, 0], parts[:, 1], parts[:, 2:]
    pairs = judged * (judged - 1)
    return within / judged, (pairs - (counts * (counts - 1)).sum(axis=1)) / pairs


def _jackknife(left: Array) -> float:
    """Return the variance of alpha from the sums with one cluster left out at a time."""
    observed, expected = _disagreement(left[left[:, 1] > 1])
    values = 1 - observed[expected > 0] / expected[expected > 0]
    if len(values) < 2:
        return 0.0
    return float((len(values) - 1) * values.var())
