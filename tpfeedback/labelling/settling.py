"""One reading of every text where several people labelled it: `settle_labels`."""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Sequence
from typing import Any

import pandas as pd

from tpfeedback.errors import TpfeedbackWarning
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
    people = labels["annotator"].fillna("").astype("str")
    rows: list[dict[str, Any]] = []
    shared = differing = tied = 0
    for _, text in labels.groupby(labels["feedback_id"].astype("str"), sort=False):
        settled, agreed, decided = _settle(text, people.loc[text.index])
        rows += settled
        shared += people.loc[text.index].nunique() > 1
        differing += not agreed
        tied += decided
    if shared:
        note = write_note("labels_settled", shared=shared, differing=differing, tied=tied)
        warnings.warn(note, TpfeedbackWarning, stacklevel=2)
    columns = [name for name in labels.columns if name != "annotator"]
    table = pd.DataFrame(rows, columns=columns)
    return table.astype({name: labels[name].dtype for name in columns})


def _settle(text: pd.DataFrame, people: pd.Series) -> tuple[list[dict[str, Any]], bool, bool]:
    """Return the rows of one text, whether all agreed, and whether equal votes were decided."""
    names = sorted(people.unique())
    readings = [text[people == name] for name in names]
    found = [dict(zip(one["touchpoint"], one["sentiment"], strict=True)) for one in readings]
    marks = [{key: value for key, value in one.items() if pd.notna(key)} for one in found]
    kept, tied = {}, False
    for key in sorted({key for one in marks for key in one}):
        named, even = _vote([key in one for one in marks])
        tied |= even
        if named:
            kept[key], even = _vote([one[key] for one in marks if key in one])
            tied |= even
    facts = {name: text.iloc[0][name] for name in text.columns if name not in _MARKS}
    facts.pop("annotator")
    agreed = all(one == marks[0] for one in marks)
    if "overall_sentiment" in text:
        given = [one["overall_sentiment"].iloc[0] for one in readings]
        told = [value for value in given if pd.notna(value)]
        facts["overall_sentiment"], even = _vote(told) if told else (None, False)
        tied |= even
        agreed &= len(set(told)) < 2
    pairs = list(kept.items()) or [(None, None)]
    return [{**facts, "touchpoint": k, "sentiment": v} for k, v in pairs], agreed, tied


def _vote(votes: Sequence[Any]) -> tuple[Any, bool]:
    """Return what most voted for, and whether that was even; then the earliest vote decides.

    >>> _vote(["b", "a"]), _vote(["b", "a", "a"])
    (('b', True), ('a', False))
    """
    counts = Counter(votes)
    most = max(counts.values())
    best = [vote for vote in votes if counts[vote] == most]
    return best[0], len(set(best)) > 1
