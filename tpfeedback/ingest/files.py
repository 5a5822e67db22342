"""From a path or a DataFrame to the raw table: every record, no meaning yet."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from tpfeedback.errors import ReadError
from tpfeedback.ingest.cells import plain_cells, unique_names
from tpfeedback.ingest.cursors import is_connection
from tpfeedback.ingest.databases import DUCKDB, read_connection, read_duckdb
from tpfeedback.ingest.delimited import (
    DELIMITERS,
    LONGEST_LINE,
    has_endless_line,
    split_records,
)
from tpfeedback.ingest.encodings import REPLACEMENT, decode, whole_characters
from tpfeedback.ingest.json_records import AGAIN, JsonRecord, json_records
from tpfeedback.ingest.parquet_files import read_parquet
from tpfeedback.ingest.records import straighten
from tpfeedback.ingest.texts import LONGEST_TEXT, clean_header, name_rows
from tpfeedback.ingest.workbooks import read_workbook
from tpfeedback.opening.files import read_file, shown
from tpfeedback.opening.limits import IN_PIECES, refuse_more
from tpfeedback.wording import write_note

READABLE = "CSV or TSV text, Excel (.xlsx, .xls, .ods), JSON, JSON Lines, Parquet"
JSON_ENDINGS = (".json", ".jsonl", ".ndjson")
WORKBOOK_STARTS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
PARQUET_START = b"PAR1"
BINARY_STARTS = {
    b"%PDF": "a PDF document",
    b"\x89PNG": "a PNG picture",
    b"\xff\xd8\xff": "a JPEG picture",
    b"GIF8": "a GIF picture",
    b"\x1f\x8b": "a gzip archive (unpack it first)",
    b"7z\xbc\xaf": "a 7-Zip archive (unpack it first)",
    b"Rar!": "a RAR archive (unpack it first)",
    b"SQLite format": "an SQLite database",
    b"\x7fELF": "a program",
    b"ARROW1": "a Feather file (save it as Parquet)",
    b"FEA1": "a Feather file (save it as Parquet)",
    b"MZ\x90": "a program",
}
CONTROLS = "".join(map(chr, set(range(1, 32)) - set(b"\t\n\v\f\r")))
LARGEST_CONTROL_SHARE = 0.01
FEWER_COLUMNS = "Is a delimiter or a line break missing? Export it again, or fewer columns."


@dataclass(frozen=True)
class RawTable:
    """A source as read: one row a record, in order.

    `frame` has unique text names and the index 1, 2, …, the record number; records in
    `set_aside` (number -> reason and content) are not in it. `read` counts both.
    """

    frame: pd.DataFrame
    read: int
    set_aside: dict[int, tuple[str, str]]
    notes: tuple[str, ...]


def read_raw(
    source: object, *, sheet: str | int | None = None, query: str | None = None
) -> RawTable:
    """Return the raw table of a path, a database, or any DataFrame that narwhals knows.

    Raises `ReadError` for what does not exist, is empty or is no table.
    """
    if isinstance(source, str) and source.startswith(DUCKDB):
        return _finish(read_duckdb(source, query), [])
    if is_connection(source):
        return _finish(read_connection(source, query), [])
    if query is not None:
        raise ReadError(
            f"query= cannot be used with {type(source).__name__}. Allowed: a connection to a "
            f"database, or {DUCKDB}/file.db. Leave it out, or name one of these."
        )
    if isinstance(source, (str, os.PathLike)):
        if "://" in str(source):
            raise ReadError(f"{source} is a web address. tpfeedback works offline: download it.")
        try:
            return _read_path(Path(source), sheet)
        except MemoryError:
            raise ReadError(
                f"Memory ran out while {shown(Path(source).name)} was read. Allowed: a file of "
                f"about a tenth of the free memory. {IN_PIECES}"
            ) from None
    return _read_frame(source)


def _read_path(path: Path, sheet: str | int | None) -> RawTable:
    content = read_file(path, allowed=f"the path of one file: {READABLE}")
    ending, name = path.suffix.lower(), shown(path.name)
    if not content.strip(b"\0 \t\r\n\xef\xbb\xbf\xff\xfe"):
        raise ReadError(f"{name} is empty. Allowed: a table with a header and records.")
    if content.startswith(PARQUET_START):
        return _finish(read_parquet(content, name=name), [])
    if content.startswith(WORKBOOK_STARTS):
        frame, remarks = read_workbook(content, name=name, sheet=sheet)
        return _finish(frame, remarks)
    refuse_other_kinds(content, name)
    decoded = decode(content, name=name)
    _refuse_binary(decoded.text, name)
    start = decoded.text.lstrip()[:300].lower()
    if start.startswith(("<!doctype", "<html", "<?xml", "<table")):
        raise ReadError(
            f"{name} is a web page or XML, whatever its ending says. Allowed: {READABLE}. "
            "Open it in a spreadsheet program and save it as .xlsx or .csv."
        )
    notes: list[str] = [*decoded.notes]
    if ending in JSON_ENDINGS or start.startswith(('{"', "[{", "[\n", "{\n")):
        return _read_json(decoded.text, name, notes)
    return _read_delimited(decoded.text, name, notes)


def refuse_other_kinds(start: bytes, name: str) -> None:
    """Raise `ReadError` for a file that begins as pictures, archives or programs do."""
    for magic, kind in BINARY_STARTS.items():
        if start.startswith(magic):
            raise ReadError(f"{name} is {kind}, not a table. Allowed: {READABLE}.")


def _refuse_binary(text: str, name: str) -> None:
    controls = sum(map(text.count, CONTROLS))
    if controls > LARGEST_CONTROL_SHARE * len(text):
        raise ReadError(
            f"{name} looks like a binary file: {controls} of its {len(text)} characters are "
            f"control characters. Allowed: {READABLE}. Export it again as one of these."
        )


def _read_json(text: str, name: str, notes: list[str]) -> RawTable:
    _refuse_many(text, "{[,", name)
    records, broken = json_records(text, name=name)
    if not records:
        raise ReadError(f"{name} holds no records. Allowed: at least one.")
    frame = as_columns(records, name=name)
    doubled = [key for key in frame.columns if key.endswith(AGAIN)]
    if doubled:
        notes = [*notes, write_note("names_twice", columns=doubled)]
    why = write_note("rejected_json")
    aside: dict[int, tuple[str, str]] = {number: (why, line) for number, line in broken.items()}
    return _finish(frame, notes, aside)


def as_columns(records: Sequence[JsonRecord], *, name: str) -> pd.DataFrame:
    """Return records as a table with every key of theirs, unless it would be too large."""
    names = list(dict.fromkeys(key for record in records for key in record))
    _refuse_size(len(records), len(names), name)
    columns = {key: _column([record.get(key) for record in records]) for key in names}
    return pd.DataFrame(columns, index=range(len(records)))


def _column(cells: list[Any]) -> pd.Series:
    """Return cells as a column whose whole numbers stay whole beside missing ones."""
    column = pd.Series(cells)
    gaps = pd.api.types.is_float_dtype(column) and bool(column.isna().any())
    kept = gaps and not any(isinstance(cell, float) for cell in cells)
    return pd.Series(cells, dtype=object) if kept else column


def _read_delimited(text: str, name: str, notes: list[str]) -> RawTable:
    _refuse_many(text, ("\n", "\r", max(DELIMITERS, key=text.count)), name)
    if has_endless_line(text):
        raise ReadError(
            f"{name} has a line of more than {LONGEST_LINE:,} characters. Allowed: one record a "
            "line. Is a line break or a closing quote missing? Export the file again."
        )
    found = split_records(text)
    if not found.records:
        raise ReadError(f"{name} is empty. Allowed: a table with a header and records.")
    _refuse_size(len(found.records), max(map(len, found.records)), name)
    straight = straighten(found)
    columns = [[cell or None for cell in column] for column in zip(*straight.body, strict=True)]
    columns = columns or [[] for _ in straight.header]
    frame = pd.DataFrame({k: pd.Series(column, dtype="str") for k, column in enumerate(columns)})
    frame.columns = pd.Index(straight.header)
    return _finish(frame, [*notes, *straight.notes], straight.set_aside)


def _refuse_many(text: str, signs: Sequence[str], name: str) -> None:
    """Refuse a text that falls into too many values, before each of them takes memory."""
    values = sum(map(text.count, signs))
    refuse_more(values, "cells", f"{name} holds {values:,} values")


def refuse_columns(columns: int, name: str) -> None:
    """Refuse a table that is wider than any; raises `ReadError`."""
    refuse_more(columns, "columns", f"{name} has {columns:,} columns", then=FEWER_COLUMNS)


def _refuse_size(rows: int, columns: int, name: str) -> None:
    refuse_columns(columns, name)
    refuse_more(rows * columns, "cells", f"{name} has {rows:,} rows of {columns:,} columns")


def _read_frame(source: object) -> RawTable:
    import narwhals as nw

    if isinstance(source, pd.DataFrame):
        return _finish(source, [])
    try:
        table = nw.from_native(source)  # type: ignore[call-overload]
    except TypeError:
        raise ReadError(
            f"Cannot read feedback from {type(source).__name__}. Allowed: the path of a file "
            f"({READABLE}), a DataFrame (pandas, polars, pyarrow and others that narwhals knows), "
            "or a connection to a database (DB-API 2) with query=."
        ) from None
    except nw.exceptions.DuplicateError as problem:
        raise ReadError(
            f"Columns have the same name: {problem}. Allowed: each once. Rename all but one."
        ) from None
    eager = table.collect() if isinstance(table, nw.LazyFrame) else table
    return _finish(_whole_numbers(eager.to_pandas(), eager), [])


def _whole_numbers(frame: pd.DataFrame, source: Any) -> pd.DataFrame:
    """Return a frame in which whole numbers beside gaps are no floats: these round long names."""
    kept = [
        name
        for name, kind in source.schema.items()
        if kind.is_integer() and pd.api.types.is_float_dtype(frame[name])
    ]
    return frame.assign(
        **{name: pd.Series(source[name].to_list(), frame.index, dtype=object) for name in kept}
    )


def _finish(
    frame: pd.DataFrame, notes: list[str], aside: dict[int, tuple[str, str]] | None = None
) -> RawTable:
    aside = aside or {}
    frame = _with_index(frame)
    raw_names = [
        " / ".join(str(part) for part in name if part != "")
        if isinstance(name, tuple)
        else str(name)
        for name in frame.columns
    ]
    longest = max(map(len, raw_names), default=0)
    if longest > LONGEST_TEXT:
        raise ReadError(
            f"The name of a column has {longest:,} characters. Allowed: {LONGEST_TEXT:,}. "
            f"{FEWER_COLUMNS}"
        )
    names, renamed = unique_names([whole_characters(clean_header(name)) for name in raw_names])
    if renamed:
        notes = [*notes, write_note("names_twice", columns=renamed)]
    frame.columns = pd.Index(names)
    frame.index = pd.RangeIndex(1, len(frame) + 1)
    if frame.empty:
        what = f"only a header ({', '.join(names)})" if names else "no columns and no records"
        raise ReadError(f"The source holds {what}. Allowed: a table with at least one record.")
    blank = [n for n, raw in zip(names, raw_names, strict=True) if not clean_header(raw)]
    frame = frame.drop(columns=[name for name in blank if frame[name].isna().all()])
    for name in frame.columns:
        frame[name] = plain_cells(frame[name])
    unreadable = _rows_with(frame, REPLACEMENT)
    if unreadable:
        notes = [
            *notes,
            write_note("unreadable_characters", sign=REPLACEMENT, rows=name_rows(unreadable)),
        ]
    read = len(frame)
    return RawTable(frame.drop(index=list(aside)), read, aside, tuple(notes))


def _with_index(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a copy whose named index levels are columns; one without a name only counts rows."""
    named = [level for level, name in enumerate(frame.index.names) if name is not None]
    if named:
        frame = frame.reset_index(level=named, allow_duplicates=True)
    return frame.reset_index(drop=True)


def _rows_with(frame: pd.DataFrame, character: str) -> list[int]:
    rows: set[int] = set()
    for name in frame.columns:
        column = frame[name]
        if column.dtype == object:
            held = [isinstance(cell, str) and character in cell for cell in column]
            rows.update(frame.index[held])
        elif pd.api.types.is_string_dtype(column):
            rows.update(frame.index[column.str.contains(character, regex=False, na=False)])
    return sorted(rows)
