"""What is guessed of a big file: once, from its head, and then fixed for all of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import closing
from dataclasses import asdict, dataclass
from typing import Any

import pandas as pd

from tpfeedback.batch.sources import Piece, Source, read_blocks, read_piece
from tpfeedback.errors import ReadError
from tpfeedback.ingest import read_export
from tpfeedback.ingest.columns import are_names, segment_columns
from tpfeedback.ingest.dates import read_dates
from tpfeedback.ingest.files import read_raw
from tpfeedback.ingest.ratings import read_ratings
from tpfeedback.ingest.roles import Roles
from tpfeedback.ingest.scales import recognise_scale
from tpfeedback.mentions.spoken import detect_languages, usual_language
from tpfeedback.wording import Note, known_note, write_note

HEAD_ROWS = 20_000
SEPARATORS = ("/", "-")  # between day and month; where there are dots, the day is always first
SELDOM = ("tops", "year_first")
NUMBER, FLAG, DATE, TEXT = "number", "flag", "date", "text"
ROLES = ("overall", "date", "channel", "language", "question")
# Notes of reading that the head alone cannot tell: these are counted over all parts.
COUNTED = frozenset({"duplicates", "column_unreadable", "nothing_usable"})
OF_ALL = frozenset({"names_twice"})  # what the header tells holds of the whole file


@dataclass(frozen=True)
class Plan:
    """How every piece of the file is read.

    `names`: columns of the source, as `read_raw` names them. `text`, `columns` (role -> column):
    see `Export.columns`. `scale`: low, high and name of the rating's scale, None for a business
    metric; `words`: its ladder, worst first; `decimal_comma`: whether "4,333" is 4.333.
    `day_first`: separator -> whether 2/3 is the second of March. `segments`: column, name in the
    feedback table, kind. `usual`: the language that short texts are read in, None where no text
    of the head is surely in one. `tops`: the ends of the rating's scale that cells name, where
    these differ. `year_first`: separators of dates whose two digits of a year stand first.
    `notes`: what to tell of how all this was found.
    """

    names: tuple[str, ...]
    text: tuple[str, ...]
    columns: Mapping[str, str]
    scale: tuple[float, float, str] | None
    words: tuple[str, ...]
    decimal_comma: bool
    day_first: Mapping[str, bool]
    segments: tuple[tuple[str, str, str], ...]
    usual: str | None = None
    tops: tuple[float, ...] = ()
    year_first: tuple[str, ...] = ()
    notes: tuple[Note, ...] = ()

    @property
    def record(self) -> dict[str, Any]:
        """Return as plain values how the file is read, without the notes on it.

        What few files have is left out where it is empty, so that a batch that was begun before it
        was known goes on.
        """
        plain = asdict(self)
        del plain["notes"]
        return {name: value for name, value in plain.items() if value or name not in SELDOM}


def make_plan(source: Source, given: Mapping[str, Any]) -> Plan:
    """Return the plan for a source whose columns are `given`, else guessed.

    Raises `ReadError` or `ColumnError` as `read_export` does.
    """
    with closing(read_blocks(source, HEAD_ROWS)) as blocks:
        block = next(blocks, None)
    head = Piece(pd.DataFrame(), {}) if block is None else read_piece(source, block)
    if head.frame.empty:
        raise ReadError(f"{source.path.name} holds no record. Allowed: at least one.")
    read = read_raw(head.frame)
    raw = read.frame
    # Record numbers are unique over the whole file at no cost; other names may come twice.
    export = read_export(raw, **given, feedback_id=False)
    text = export.columns["text"]
    texts = (text,) if isinstance(text, str) else text
    columns = {role: str(name) for role, name in export.columns.items() if role != "text"}
    noted = [*head.notes, *read.notes, *export.notes]
    return Plan(
        names=tuple(raw.columns),
        text=texts,
        columns=columns,
        **_rating(raw, columns.get("overall")),
        day_first=_orders(raw, columns.get("date")),
        year_first=_short_years(raw, columns.get("date")),
        segments=_segments(raw, Roles(texts, columns, frozenset(), ())),
        usual=usual_language(detect_languages(export.feedback)),
        notes=(*source.notes, *_of_head(noted, len(raw), whole=block is not None and block.last)),
    )


def _of_head(notes: Iterable[str], records: int, *, whole: bool) -> tuple[Note, ...]:
    """Return what reading the head noted; each note says so, unless it holds of the whole file."""
    found = [note if isinstance(note, Note) else known_note(note) for note in notes]
    kept = [note for note in found if COUNTED.isdisjoint(_keys(note.record))]
    if whole:
        return tuple(kept)
    return tuple(
        note if note.key in OF_ALL else write_note("of_first_records", n=records, note=note)
        for note in kept
    )


def _keys(record: Mapping[str, Any]) -> set[str]:
    """Return the key of a note and of the one that it holds."""
    held = record["values"].get("note")
    return {record["key"]} | (_keys(held) if isinstance(held, Mapping) else set())


def _rating(raw: pd.DataFrame, name: str | None) -> dict[str, Any]:
    """Return what the head says of the rating; a neutral probe tells what a comma means."""
    if name is None:
        return {"scale": None, "words": (), "decimal_comma": False}
    ratings = read_ratings(raw[name])
    scale = recognise_scale(ratings, name=name)
    probed = read_ratings(pd.Series([*raw[name].astype(object).dropna(), "4,125"], dtype=object))
    return {
        "scale": None if scale is None else (scale.low, scale.high, scale.name),
        "words": ratings.words,
        "tops": ratings.tops,
        "decimal_comma": bool(probed.values.iloc[-1] < 5),
    }


def _orders(raw: pd.DataFrame, name: str | None) -> dict[str, bool]:
    """Return whether the day comes first; a date that may be read both ways is put to the head."""
    orders = {}
    for separator in SEPARATORS:
        probe = f"02{separator}03{separator}2001"
        cells = [] if name is None else raw[name].dropna().astype(object).tolist()
        read = read_dates(pd.Series([*cells, probe], dtype=object)).values.iloc[-1]
        orders[separator] = bool(read.day == 2)
    return orders


def _short_years(raw: pd.DataFrame, name: str | None) -> tuple[str, ...]:
    """Return the separators of dates such as 24-03-15 that begin with their year."""
    cells = [] if name is None else raw[name].dropna().astype(object).tolist()
    probes = {separator: f"02{separator}03{separator}01" for separator in (*SEPARATORS, ".")}
    return tuple(
        separator
        for separator, probe in probes.items()
        if read_dates(pd.Series([*cells, probe], dtype=object)).values.iloc[-1].year == 2002
    )


def _segments(raw: pd.DataFrame, roles: Roles) -> tuple[tuple[str, str, str], ...]:
    used = {*roles.text, *roles.columns.values()}
    table, _ = segment_columns(raw, roles)
    sources = [name for name in raw.columns if name not in used]
    return tuple(
        (source, str(name), _kind(table[name]))
        for source, name in zip(sources, table.columns, strict=True)
    )


def _kind(values: pd.Series) -> str:
    """Return what a column holds beside missing values."""
    held = pd.api.types.infer_dtype(values, skipna=True)
    if held == "boolean":
        return FLAG
    if held in ("integer", "floating", "mixed-integer-float"):
        return TEXT if are_names(values) else NUMBER
    return DATE if pd.api.types.is_datetime64_any_dtype(values) else TEXT
