"""The tables with the customers' texts, personal data masked where they leave for a reader."""

from __future__ import annotations

from typing import Any

import pandas as pd

from tpfeedback.masking import mask_personal

# Names that other tables point at, and values of closed sets: nothing personal is in them.
_LEFT = {"feedback_id", "duplicate_of", "language", "overall_scale", "touchpoint", "sentiment",
         "text"}  # fmt: skip


def masked_texts(
    feedback: pd.DataFrame, mentions: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return both tables with masked texts; `evidence` is cut from the masked text.

    Every other column of texts is masked too: an export may bring a column of addresses.
    `start` and `stop` point into the masked text.
    """
    shown = masked_columns(feedback)
    shown["text"], spans = _masked_with_spans(feedback, mentions)
    told = mentions.assign(
        start=[start for _, start, _ in spans],
        stop=[stop for *_, stop in spans],
        evidence=[evidence for evidence, *_ in spans],
    )
    return shown, told


def masked_columns(table: pd.DataFrame) -> pd.DataFrame:
    """Return `table` with personal data masked in each column of texts."""
    shown = table.copy()
    for place, name in enumerate(table.columns):
        values = table.iloc[:, place]
        if name in _LEFT or pd.api.types.is_numeric_dtype(values.dtype):
            continue
        if any(isinstance(value, str) for value in values):
            shown.isetitem(place, _masked(values))
    return shown


def _masked(values: pd.Series) -> list[Any]:
    known: dict[Any, str] = {}
    for value in values:
        if isinstance(value, str) and value not in known:
            known[value] = mask_personal(value).text
    return [known[value] if isinstance(value, str) else value for value in values]


def _masked_with_spans(
    feedback: pd.DataFrame, mentions: pd.DataFrame
) -> tuple[list[str], list[tuple[str, int, int]]]:
    """Return the masked texts, and evidence, start and stop of each mention in them."""
    places: dict[Any, list[int]] = {}
    for place, key in enumerate(mentions["feedback_id"].tolist()):
        places.setdefault(key, []).append(place)
    starts, stops = mentions["start"].tolist(), mentions["stop"].tolist()
    found = [("", 0, 0)] * len(mentions)
    texts = []
    columns = (feedback[name].tolist() for name in ("feedback_id", "text", "language"))
    for key, text, language in zip(*columns, strict=True):
        here = places.get(key, [])
        spans = tuple((int(starts[place]), int(stops[place])) for place in here)
        masked = mask_personal(text, spans=spans, language=str(language))
        texts.append(masked.text)
        for place, (start, stop) in zip(here, masked.spans, strict=True):
            found[place] = (masked.text[start:stop], start, stop)
    return texts, found
