"""One reading of every text where several people labelled it: `settle_labels`."""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from tpfeedback.errors import TpfeedbackWarning
from tpfeedback.labelling.marks import join_sentiments
from tpfeedback.tables import check_table
from tpfeedback.wording import write_note

_MARKS = ("touchpoint", "sentiment", "overall_sentiment")


def settle_labels(labels: pd.DataFrame) -> pd.DataFrame:
    """Return one reading of every text, by majority of those who labelled it.

    A touchpoint stays if more than half of the annotators of the text found it, and has the
    sentiment that most of them gave it. Where the votes are equal, the annotator who is earlier
    by name decides (among those who found the touchpoint, for its sentiment).

    Args:
        labels: see `tpfeedback.tables.LABELS`; not changed.

    Returns:
        The same table without `annotator`, texts in the order they came in, touchpoints by name.

    Raises:
        TableError: the table does not follow its contract.

    Warns:
        TpfeedbackWarning: how many texts several people labelled, in how many they did not agree,
            and in how many the earlier annotator had to decide.

    >>> labels = pd.DataFrame({"feedback_id": "a", "touchpoint": ["price", None, "price"],
    ...     "sentiment": ["negative", None, "negative"], "annotator": ["Ann", "Bo", "Cy"]})
    >>> with warnings.catch_warnings(action="ignore"):
    ...     settle_labels(labels).to_dict("records")
    [{'feedback_id': 'a', 'touchpoint': 'price', 'sentiment': 'negative'}]
    """
    check_table(labels, "labels")
    if "annotator" not in labels.columns:
        return labels.copy()
    labels = labels.reset_index(drop=True)
    people = labels["annotator"].astype("object").fillna("").astype("str")
    rows: list[dict[str, Any]] = []
    shared = differing = tied = 0
    ids = labels["feedback_id"].astype("str")
    facts = _facts(labels, ids)
    for name, text in labels.groupby(ids, sort=False):
        settled, agreed, decided = _settle(text, people.loc[text.index])
        rows += [{**facts[name], **row} for row in settled]
        shared += people.loc[text.index].nunique() > 1
        differing += not agreed
        tied += decided
    if shared:
        note = write_note("labels_settled", shared=shared, differing=differing, tied=tied)
        warnings.warn(note, TpfeedbackWarning, stacklevel=2)
    return _table(rows, labels)


def _table(rows: list[dict[str, Any]], labels: pd.DataFrame) -> pd.DataFrame:
    """Return settled rows with the columns and types of the labels."""
    kinds = labels.dtypes.drop("annotator")
    if kinds["sentiment"] == "category":  # which may lack "mixed"
        kinds["sentiment"] = np.dtype(object)
    return pd.DataFrame(rows, columns=list(kinds.index)).astype(kinds.to_dict())


def _settle(text: pd.DataFrame, people: pd.Series) -> tuple[list[dict[str, Any]], bool, bool]:
    """Return the marks of one text, whether all agreed, and whether equal votes were decided."""
    readings = [text[people == name] for name in sorted(people.unique())]
    marks = [_marks(one) for one in readings]
    kept: dict[Any, Any] = {}
    tied = False
    for key in sorted({key for one in marks for key in one}):
        named, even = _vote([key in one for one in marks])
        tied |= even
        if named:
            told = [one[key] for one in marks if one.get(key) is not None]
            kept[key], even = _vote(told) if told else (None, False)
            tied |= even
    whole: dict[str, Any] = {}
    agreed = all(one == marks[0] for one in marks)
    if "overall_sentiment" in text:
        given = [one["overall_sentiment"].iloc[0] for one in readings]
        told = [value for value in given if pd.notna(value)]
        whole["overall_sentiment"], even = _vote(told) if told else (None, False)
        tied |= even
        agreed &= len(set(told)) < 2
    pairs = list(kept.items()) or [(None, None)]
    return [{**whole, "touchpoint": k, "sentiment": v} for k, v in pairs], agreed, tied


def _marks(reading: pd.DataFrame) -> dict[str, str | None]:
    """Return the touchpoints of one person; what two rows say of one is joined."""
    found: dict[str, list[str]] = {}
    for key, mark in zip(reading["touchpoint"], reading["sentiment"], strict=True):
        if pd.notna(key):
            found.setdefault(key, []).extend([mark] if pd.notna(mark) else [])
    return {key: join_sentiments(marks) if marks else None for key, marks in found.items()}


def _facts(labels: pd.DataFrame, ids: pd.Series) -> dict[Any, dict[str, Any]]:
    """Return what is told of each text itself, by the first row that tells it.

    Of several chances the highest is right: it knows of a later drawing too.
    """
    names = [name for name in labels.columns if name not in (*_MARKS, "annotator")]
    groups = labels[names].groupby(ids.to_numpy(), sort=False)
    facts = groups.first()
    if "probability" in names:
        facts["probability"] = groups["probability"].max()
    return dict(zip(facts.index, facts.to_dict("records"), strict=True))


def _vote(votes: Sequence[Any]) -> tuple[Any, bool]:
    """Return what most voted for, and whether that was even; then the earliest vote decides.

    >>> _vote(["b", "a"]), _vote(["b", "a", "a"])
    (('b', True), ('a', False))
    """
    counts = Counter(votes)
    most = max(counts.values())
    best = [vote for vote in votes if counts[vote] == most]
    return best[0], len(set(best)) > 1
