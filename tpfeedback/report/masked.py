"""The tables with the customers' texts, personal data masked where they leave for a reader."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import fields, is_dataclass, replace
from typing import Any

import pandas as pd

from tpfeedback.masking import mask_personal
from tpfeedback.report.certainty import masked_record
from tpfeedback.wording import Note, note_record

# Names that other tables point at, and values of closed sets: nothing personal is in them.
_LEFT = {"feedback_id", "duplicate_of", "language", "overall_scale", "sentiment", "text"}
# The last word or number of an excerpt that was cut: half an address is no longer known as one.
_CUT = re.compile(r"(?:\+?[\d()\-. ]*|[\w.%+@-]*)…$", re.ASCII)
_GROUPS = ("segment", "channel")  # columns of results that name groups of customers


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


def masked_rejected(rejected: pd.DataFrame) -> pd.DataFrame:
    """Return the rows set aside with personal data masked, that cut in an excerpt's end too."""
    if "content" not in rejected:
        return masked_columns(rejected)
    whole = [_CUT.sub("…", one) if isinstance(one, str) else one for one in rejected["content"]]
    return masked_columns(rejected.assign(content=whole))


def masked_notes(notes: Iterable[str]) -> tuple[str, ...]:
    """Return notes with personal data masked; each can still be told in every language."""
    records = (masked_record(note_record(note)) for note in notes)
    return tuple(Note(one["text"], one["key"], one["values"]) for one in records)


def masked_groups(result: Any) -> Any:
    """Return a result of tracking with personal data masked in the names of its groups.

    Customers may be told apart by who served them. Groups stay apart: of two that would be
    called the same, each has a number.
    """
    if not is_dataclass(result) or isinstance(result, type):
        return result
    tables = {
        field.name: table
        for field in fields(result)
        if isinstance(table := getattr(result, field.name), pd.DataFrame)
    }
    columns = [table[name] for table in tables.values() for name in _GROUPS if name in table]
    names = _apart({one for column in columns for one in column if isinstance(one, str)})
    if not names:
        return result
    changed = {
        key: table.assign(
            **{name: [names.get(one, one) for one in table[name]]
               for name in _GROUPS if name in table}
        )
        for key, table in tables.items()
    }  # fmt: skip
    return replace(result, **changed)


def _apart(groups: set[str]) -> dict[str, str]:
    """Return the masked name of each group that has personal data in its own, no two the same."""
    shown = {one: mask_personal(one).text for one in sorted(groups)}
    taken = [name for one, name in shown.items() if name == one]
    alike: dict[str, list[str]] = {}
    for one, name in shown.items():
        if name != one:
            alike.setdefault(name, []).append(one)
    return {
        one: f"{name} {place}" if len(ones) > 1 or name in taken else name
        for name, ones in alike.items()
        for place, one in enumerate(ones, start=1)
    }


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
