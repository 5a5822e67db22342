"""The columns of the feedback table beside the text: rating, date, language, names, segments."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pandas as pd

from tpfeedback.errors import ColumnError
from tpfeedback.ingest.dates import read_dates
from tpfeedback.ingest.guesses import read_language
from tpfeedback.ingest.ratings import read_ratings
from tpfeedback.ingest.roles import Roles
from tpfeedback.ingest.scales import outside, recognise_scale
from tpfeedback.ingest.texts import clean_text, name_rows
from tpfeedback.tables import FEEDBACK
from tpfeedback.wording import write_note

# These are filled in later: by the tagger, where it serves as the outcome, and in the workbook.
FILLED_LATER = ("sentiment", "sentiment_score", "language_confidence", "negative_touchpoints",
                "positive_touchpoints", "neutral_touchpoints", "mixed_touchpoints")  # fmt: skip
RESERVED = (*(column.name for column in FEEDBACK), *FILLED_LATER)
CLASH_SUFFIX = "_source"
LARGEST_WHOLE = 2**53  # beyond it a float has no place for every whole number
# Zeros in front mark a code ("007"), sixteen digits are more than a float keeps.
_PLAIN_NUMBER = re.compile(r"-?(?:0|[1-9]\d{0,14})(?:\.\d{1,10})?")


@dataclass(frozen=True)
class FeedbackColumns:
    """Columns by record number, cells that could not be read, and what was decided."""

    table: pd.DataFrame
    unreadable: pd.DataFrame
    notes: tuple[str, ...]


@dataclass(frozen=True)
class _Column:
    values: pd.Series
    unreadable: pd.Series
    notes: tuple[str, ...]
    scale: str | None = None


def feedback_columns(
    frame: pd.DataFrame, roles: Roles, *, explicit: frozenset[str]
) -> FeedbackColumns:
    """Return overall, overall_scale, language, date, channel, question and feedback_id by record.

    Raises `ColumnError` when a column that the caller named (in `explicit`) holds no value of its
    kind.
    """
    readers = {"overall": _overall, "date": _date, "language": _language}
    table = pd.DataFrame(index=frame.index)
    notes: list[str] = []
    lost = [pd.DataFrame({"row": [], "column": [], "value": []})]
    for role, reader in readers.items():
        name = roles.columns.get(role)
        source = frame[name] if name else pd.Series(None, index=frame.index, dtype="str")
        column = reader(source, name or "")
        if name:
            notes += column.notes
            lost.append(_lost(source, column, name, notes, strict=role if role in explicit else ""))
        table[role] = column.values
        if role == "overall":
            table["overall_scale"] = pd.Series(column.scale, index=frame.index, dtype="str")
    for role in ("channel", "question"):
        name = roles.columns.get(role)
        table[role] = pd.Series(
            _cleaned(frame[name]) if name else None, index=frame.index, dtype="str"
        )
    table["feedback_id"], doubled = _identifiers(frame, roles.columns.get("feedback_id"))
    return FeedbackColumns(table, _join(lost), (*notes, *doubled))


def segment_columns(frame: pd.DataFrame, roles: Roles) -> tuple[pd.DataFrame, list[str]]:
    """Return the columns without a role under their own names, and a note on names that clash.

    Columns of plain numbers become numbers; everything else stays as it was.
    """
    used = {*roles.text, *roles.columns.values()}
    segments = frame.drop(columns=list(used))
    names, clashes = {}, []
    for name in segments.columns:
        new = name
        while new in RESERVED or (new != name and new in segments.columns):
            new += CLASH_SUFFIX
        names[name] = new
        if new != name:
            clashes.append(write_note("name_clash", column=name, new=new))
    notes: list[str] = [write_note("names_needed", clashes=clashes)]
    typed = {names[name]: _typed(segments[name]) for name in segments.columns}
    return pd.DataFrame(typed, index=frame.index), notes if clashes else []


def _overall(source: pd.Series, name: str) -> _Column:
    ratings = read_ratings(source)
    scale = recognise_scale(ratings, name=name)
    unreadable, values = ratings.unreadable, ratings.values
    if scale is None:
        read = int(values.notna().sum())
        why = write_note("column_missing" if not read else "column_no_scale")
        return _Column(values, unreadable, _of_column(name, (why,)))
    beyond = outside(ratings, scale)
    notes = _of_column(name, scale.notes)
    return _Column(values.mask(beyond), unreadable | beyond, notes, scale.name)


def _date(source: pd.Series, name: str) -> _Column:
    dates = read_dates(source)
    return _Column(dates.values, dates.unreadable, _of_column(name, dates.notes))


def _of_column(name: str, notes: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(write_note("column_note", column=name, note=note) for note in notes)


def _cleaned(source: pd.Series) -> list[str | None]:
    """Return every cell cleaned, None where nothing is left; of a text, each distinct one once."""
    cells = [_whole(cell) for cell in source.tolist()]
    if source.dtype == object:  # 1 and True are equal, and not the same text
        return [clean_text(cell) or None for cell in cells]
    known = {cell: clean_text(cell) or None for cell in dict.fromkeys(cells)}
    return [known[cell] for cell in cells]


def _language(source: pd.Series, name: str) -> _Column:
    if source.isna().all():
        nothing = pd.Series(False, index=source.index)
        return _Column(pd.Series(None, index=source.index, dtype="str"), nothing, ())
    known = {cell: read_language(cell) for cell in source.dropna().unique()}
    values = pd.Series([known.get(cell) for cell in source], index=source.index, dtype="str")
    filled = pd.Series([bool(clean_text(cell)) for cell in source], index=source.index)
    return _Column(values, filled & values.isna(), ())


def _lost(
    source: pd.Series, column: _Column, name: str, notes: list[str], *, strict: str
) -> pd.DataFrame:
    rows = source.index[column.unreadable]
    cells = [str(cell) for cell in source[column.unreadable]]
    if cells and strict and column.values.notna().sum() == 0:
        raise ColumnError(
            f"Column {name!r} cannot be {strict}: none of its {len(cells)} filled cells can be "
            f"read as one, for example {cells[0][:60]!r} in row {rows[0]}. Name another column, "
            f"or pass {strict}=False to do without."
        )
    if cells:
        few = [cell[:30] for cell in list(dict.fromkeys(cells))[:3]]
        told = {"n": len(cells), "examples": few, "rows": name_rows(rows)}
        notes += _of_column(name, (write_note("column_unreadable", **told),))
    return pd.DataFrame({"row": rows, "column": name, "value": cells})


def _join(lost: list[pd.DataFrame]) -> pd.DataFrame:
    found = pd.concat([part for part in lost if len(part)] or lost[:1], ignore_index=True)
    return found.astype({"row": "int64", "column": "str", "value": "str"})


def _identifiers(frame: pd.DataFrame, name: str | None) -> tuple[pd.Series, list[str]]:
    rows = [str(row) for row in frame.index]
    if name is None:
        return pd.Series(rows, index=frame.index, dtype="str"), []
    given = [clean_text(_whole(cell)) or row for cell, row in zip(frame[name], rows, strict=True)]
    taken: set[str] = set()
    unique, changed = [], []
    for identifier, row in zip(given, rows, strict=True):
        fresh = identifier
        while fresh in taken:
            fresh = f"{fresh}-{row}"
        if fresh != identifier:
            changed.append(row)
        taken.add(fresh)
        unique.append(fresh)
    notes: list[str] = []
    if changed:
        notes = [write_note("id_not_unique", column=name, rows=name_rows(changed))]
    return pd.Series(unique, index=frame.index, dtype="str"), notes


def _whole(cell: object) -> object:
    """Excel has no integers, and no column of numbers has them beside gaps: a name 17.0 is 17."""
    return int(cell) if isinstance(cell, float) and cell.is_integer() else cell


def are_names(values: pd.Series) -> bool:
    """Whether all are whole numbers, and some too large for a column of numbers with gaps.

    >>> are_names(pd.Series([1234567890123456789, None], dtype=object))
    True
    """
    whole = pd.api.types.infer_dtype(values, skipna=True) == "integer"
    return whole and any(abs(int(number)) > LARGEST_WHOLE for number in values.dropna().tolist())


def _typed(values: pd.Series) -> pd.Series:
    present = values.dropna()
    if values.dtype == object and not are_names(values):
        values = values.infer_objects()
        present = values.dropna()
    if pd.api.types.is_float_dtype(values):
        whole = len(present) == len(values) > 0 and bool((present % 1 == 0).all())
        return values.astype("int64") if whole and present.abs().max() < LARGEST_WHOLE else values
    texts = pd.api.types.is_string_dtype(values) and len(present)
    if texts and all(_PLAIN_NUMBER.fullmatch(cell) for cell in present):
        return pd.to_numeric(values)
    return values
