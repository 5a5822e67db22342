"""What is guessed of a big file: once, from its head, and then fixed for all of it."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from dataclasses import asdict, dataclass
from typing import Any

import pandas as pd

from tpfeedback.batch.sources import Source, read_blocks, read_piece
from tpfeedback.errors import ReadError
from tpfeedback.ingest import read_export
from tpfeedback.ingest.columns import segment_columns
from tpfeedback.ingest.dates import read_dates
from tpfeedback.ingest.files import read_raw
from tpfeedback.ingest.ratings import read_ratings
from tpfeedback.ingest.roles import Roles
from tpfeedback.ingest.scales import recognise_scale
from tpfeedback.mentions.spoken import detect_languages, usual_language

HEAD_ROWS = 20_000
SEPARATORS = ("/", "-")  # between day and month; where there are dots, the day is always first
NUMBER, FLAG, DATE, TEXT = "number", "flag", "date", "text"
ROLES = ("overall", "date", "channel", "language", "question")


@dataclass(frozen=True)
class Plan:
    """How every piece of the file is read.

    `names`: columns of the source, as `read_raw` names them. `text`, `columns` (role -> column):
    see `Export.columns`. `scale`: low, high and name of the rating's scale, None for a business
    metric; `words`: its ladder, worst first; `decimal_comma`: whether "4,333" is 4.333.
    `day_first`: separator -> whether 2/3 is the second of March. `segments`: column, name in the
    feedback table, kind. `usual`: the language that short texts are read in, None where no text
    of the head is surely in one.
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

    @property
    def record(self) -> dict[str, Any]:
        """Return the plan as plain values."""
        return asdict(self)


def make_plan(source: Source, given: Mapping[str, Any]) -> Plan:
    """Return the plan for a source whose columns are `given`, else guessed.

    Raises `ReadError` or `ColumnError` as `read_export` does.
    """
    with closing(read_blocks(source, HEAD_ROWS)) as blocks:
        block = next(blocks, None)
    frame = pd.DataFrame() if block is None else read_piece(source, block).frame
    if frame.empty:
        raise ReadError(f"{source.path.name} holds no record. Allowed: at least one.")
    raw = read_raw(frame).frame
    # Record numbers are unique over the whole file at no cost; other names may come twice.
    export = read_export(raw, **given, feedback_id=False)
    text = export.columns["text"]
    texts = (text,) if isinstance(text, str) else text
    columns = {role: str(name) for role, name in export.columns.items() if role != "text"}
    return Plan(
        names=tuple(raw.columns),
        text=texts,
        columns=columns,
        **_rating(raw, columns.get("overall")),
        day_first=_orders(raw, columns.get("date")),
        segments=_segments(raw, Roles(texts, columns, frozenset(), ())),
        usual=usual_language(detect_languages(export.feedback)),
    )


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
        return NUMBER
    return DATE if pd.api.types.is_datetime64_any_dtype(values) else TEXT
