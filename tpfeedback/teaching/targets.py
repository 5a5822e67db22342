"""Labels of texts, in whichever form they come → which touchpoint each text has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tpfeedback.errors import TaggerError, unknown_name
from tpfeedback.network import Floats
from tpfeedback.tagged import SENTIMENT_ORDER

ABSENT = ("", None, 0, False)


def present_of(labels: Any, keys: Sequence[str], texts: int) -> Floats:
    """Return (texts, k): 1 where a text has the touchpoint, 0 where not, nan where unknown.

    `labels` are one of: for each text a mapping from touchpoint to sentiment, or a list of
    touchpoints; a table with a column for each touchpoint (a DataFrame, or an array with the
    columns in the order of `keys`) that holds sentiments, or 1 and 0. A touchpoint that no text
    is labelled with was not looked for and is unknown; so is nan.

    Raises `TaggerError` where labels and texts differ in number, or a label is not known.

    >>> present_of([{"price": "negative"}, []], ["delivery", "price"], 2).tolist()
    [[nan, 1.0], [nan, 0.0]]
    >>> present_of(np.array([[0, 1], [0, 0]]), ["delivery", "price"], 2).tolist()
    [[nan, 1.0], [nan, 0.0]]
    """
    columns = getattr(labels, "columns", None)
    rows = labels.to_numpy() if hasattr(labels, "to_numpy") else labels
    if not isinstance(rows, np.ndarray | Sequence) or isinstance(rows, str):
        raise TaggerError(
            f"The labels are a {type(labels).__name__}. Allowed: a list with a mapping from "
            "touchpoint to sentiment or a list of touchpoints for each text, or a table of texts "
            "by touchpoints. Give one of these."
        )
    if len(rows) != texts:
        raise TaggerError(
            f"There are {texts} texts and {len(rows)} labels. Allowed: one label for each text, "
            "an empty one where it names no touchpoint. Give both in the same order."
        )
    if columns is not None:
        found = _from_table(np.asarray(rows, object), [str(name) for name in columns], keys)
    elif isinstance(rows, np.ndarray) and rows.ndim > 1:
        found = _from_table(np.asarray(rows, object), list(keys), keys)
    else:
        found = _from_rows(list(rows), keys)
    found[:, ~(found > 0).any(axis=0)] = np.nan
    return found


def labelled_texts(table: Any) -> tuple[list[str], list[list[str]]]:
    """Return the texts of a labels table, see `tpfeedback.read_labels`, and their touchpoints.

    Raises `TaggerError` where the texts are missing or several people labelled the same ones.
    """
    lost = [name for name in ("feedback_id", "text", "touchpoint") if name not in table.columns]
    if lost:
        raise TaggerError(
            f"The labels have no column {', '.join(lost)}. Allowed: the table that "
            "tpfeedback.read_labels(sheet, feedback=feedback) returns. Give that, or texts and "
            "their touchpoints as two lists."
        )
    people = set(table["annotator"].dropna()) if "annotator" in table.columns else set()
    if len(people) > 1:
        raise TaggerError(
            f"The labels are of several people: {', '.join(sorted(map(str, people)))}. Allowed: "
            "one reading of each text. Settle them first: tpfeedback.settle_labels(labels)."
        )
    texts: dict[str, str] = {}
    said: dict[str, list[str]] = {}
    for name, text, key in zip(
        table["feedback_id"], table["text"], table["touchpoint"], strict=True
    ):
        texts[name] = text
        said.setdefault(name, []).extend([key] if isinstance(key, str) else [])
    return list(texts.values()), list(said.values())


def _from_table(values: NDArray[np.object_], columns: Sequence[str], keys: Sequence[str]) -> Floats:
    if values.ndim != 2 or values.shape[1] != len(columns):
        raise TaggerError(
            f"The labels have the shape {values.shape}. Allowed: a row for each text, a column for "
            f"each of the {len(columns)} touchpoints, in their order. Give such a table, or for "
            "each text a mapping from touchpoint to sentiment."
        )
    found = np.full((len(values), len(keys)), np.nan, np.float32)
    for number, column in enumerate(columns):
        found[:, _place(column, keys)] = [
            _present(value, row + 1) for row, value in enumerate(values[:, number])
        ]
    return found


def _from_rows(rows: Sequence[Any], keys: Sequence[str]) -> Floats:
    found = np.zeros((len(rows), len(keys)), np.float32)
    for number, row in enumerate(rows):
        if isinstance(row, str) or not hasattr(row, "__iter__"):
            raise TaggerError(
                f"Label {number + 1} is {row!r}. Allowed: a mapping from touchpoint to sentiment "
                "such as {'price': 'negative'}, or a list of touchpoints. Write one for each text."
            )
        for key in row:
            value = row[key] if isinstance(row, Mapping) else 1
            found[number, _place(key, keys)] = _present(value, number + 1)
    return found


def _place(key: object, keys: Sequence[str]) -> int:
    if key not in keys:
        raise TaggerError(unknown_name("touchpoint", key, keys, then="Write one of these."))
    return keys.index(str(key))


def _present(value: Any, number: int) -> float:
    if type(value).__name__ == "NAType" or (isinstance(value, float) and np.isnan(value)):
        return float("nan")
    if isinstance(value, np.generic):
        value = value.item()
    if value in ABSENT:
        return 0.0
    if value in (1, True) or value in SENTIMENT_ORDER:
        return 1.0
    raise TaggerError(
        f"Label {number} has {value!r}. Allowed: "
        f"{', '.join(SENTIMENT_ORDER)}, 1 where the text has the "
        "touchpoint, 0 or nothing where it has not. Write one of these."
    )


def micro_f1(said: NDArray[np.int64], present: Floats) -> float:
    """Return micro-F1 of what was said (n, k); where nobody looked (nan) does not count.

    >>> micro_f1(np.array([[1, 1]]), np.array([[1.0, np.nan]]))
    1.0
    """
    known = ~np.isnan(present)
    hits = float((said[known] * present[known]).sum())
    return 2 * hits / max(float(said[known].sum() + present[known].sum()), 1.0)
