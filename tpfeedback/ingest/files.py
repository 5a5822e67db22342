"""From a path or a DataFrame to the raw table: every record, no meaning yet."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from difflib import get_close_matches
from io import BytesIO
from pathlib import Path
from typing import Any

import pandas as pd

from tpfeedback.errors import ReadError
from tpfeedback.ingest.databases import DUCKDB, is_connection, read_connection, read_duckdb
from tpfeedback.ingest.delimited import split_records
from tpfeedback.ingest.encodings import REPLACEMENT, decode, whole_characters
from tpfeedback.ingest.json_records import json_records
from tpfeedback.ingest.records import straighten
from tpfeedback.ingest.texts import clean_header, name_rows
from tpfeedback.ingest.workbooks import read_workbook
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
    b"MZ\x90": "a program",
}
CONTROLS = "".join(map(chr, set(range(1, 32)) - set(b"\t\n\v\f\r")))
LARGEST_CONTROL_SHARE = 0.01


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
        return _read_path(Path(source), sheet)
    return _read_frame(source)


def _read_path(path: Path, sheet: str | int | None) -> RawTable:
    content = _content(path)
    ending = path.suffix.lower()
    if content.startswith(PARQUET_START):
        return _finish(_read_parquet(content, path.name), [])
    if content.startswith(WORKBOOK_STARTS):
        frame, remarks = read_workbook(content, name=path.name, sheet=sheet)
        return _finish(frame, remarks)
    for magic, kind in BINARY_STARTS.items():
        if content.startswith(magic):
            raise ReadError(f"{path.name} is {kind}, not a table. Allowed: {READABLE}.")
    decoded = decode(content, name=path.name)
    _refuse_binary(decoded.text, path.name)
    start = decoded.text.lstrip()[:300].lower()
    if start.startswith(("<!doctype", "<html", "<?xml", "<table")):
        raise ReadError(
            f"{path.name} is a web page or XML, whatever its ending says. Allowed: {READABLE}. "
            "Open it in a spreadsheet program and save it as .xlsx or .csv."
        )
    notes = list(decoded.notes)
    if ending in JSON_ENDINGS or start.startswith(('{"', "[{", "[\n", "{\n")):
        return _read_json(decoded.text, path, notes)
    return _read_delimited(decoded.text, path, notes)


def _refuse_binary(text: str, name: str) -> None:
    controls = sum(map(text.count, CONTROLS))
    if controls > LARGEST_CONTROL_SHARE * len(text):
        raise ReadError(
            f"{name} looks like a binary file: {controls} of its {len(text)} characters are "
            f"control characters. Allowed: {READABLE}. Export it again as one of these."
        )


def _content(path: Path) -> bytes:
    if path.is_dir():
        raise ReadError(f"{path} is a folder. Allowed: the path of one file: {READABLE}.")
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        beside = [p.name for p in path.parent.iterdir()] if path.parent.is_dir() else []
        close = get_close_matches(path.name, beside, n=1)
        hint = f" Did you mean {close[0]!r}?" if close else " Check the path."
        raise ReadError(f"There is no file {path}.{hint}") from None
    except OSError as problem:
        raise ReadError(f"{path} cannot be opened: {problem.strerror}.") from None
    if not content.strip(b"\0 \t\r\n\xef\xbb\xbf\xff\xfe"):
        raise ReadError(f"{path.name} is empty. Allowed: a table with a header and records.")
    return content


def _read_parquet(content: bytes, name: str) -> pd.DataFrame:
    from pyarrow import ArrowException

    try:
        return pd.read_parquet(BytesIO(content))
    except (ArrowException, OSError) as problem:
        reason = str(problem).splitlines()[0]
        raise ReadError(
            f"{name} is no readable Parquet file: {reason}. Allowed: {READABLE}. Export it again."
        ) from None


def _read_json(text: str, path: Path, notes: list[str]) -> RawTable:
    records, broken = json_records(text, name=path.name)
    if not records:
        raise ReadError(f"{path.name} holds no records. Allowed: at least one.")
    names = list(dict.fromkeys(key for record in records for key in record))
    frame = pd.DataFrame({name: [record.get(name) for record in records] for name in names})
    why = write_note("rejected_json")
    aside: dict[int, tuple[str, str]] = {number: (why, line) for number, line in broken.items()}
    return _finish(frame, notes, aside)


def _read_delimited(text: str, path: Path, notes: list[str]) -> RawTable:
    found = split_records(text)
    if not found.records:
        raise ReadError(f"{path.name} is empty. Allowed: a table with a header and records.")
    straight = straighten(found)
    columns = [[cell or None for cell in column] for column in zip(*straight.body, strict=True)]
    columns = columns or [[] for _ in straight.header]
    frame = pd.DataFrame({k: pd.Series(column, dtype="str") for k, column in enumerate(columns)})
    frame.columns = pd.Index(straight.header)
    return _finish(frame, [*notes, *straight.notes], straight.set_aside)


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
    eager = table.collect() if isinstance(table, nw.LazyFrame) else table
    return _finish(eager.to_pandas(), [])


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
    names, renamed = _unique_names([clean_header(name) for name in raw_names])
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
        frame[name] = _plain_cells(frame[name])
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


def _unique_names(names: list[str]) -> tuple[list[str], list[str]]:
    taken: list[str] = []
    renamed = []
    for position, name in enumerate(names, start=1):
        base = unique = name or f"column_{position}"
        count = 1
        while unique in taken or (count > 1 and unique in names):
            count += 1
            unique = f"{base}_{count}"
        if count > 1:
            renamed.append(unique)
        taken.append(unique)
    return taken, renamed


def _plain_cells(values: pd.Series) -> pd.Series:
    """Cells that are lists, bytes or other objects become text; half characters become U+FFFD."""
    if isinstance(values.dtype, pd.CategoricalDtype):
        values = values.astype(object).infer_objects()
    if getattr(values.dtype, "type", None) in (list, dict, bytes):  # columns of Arrow
        values = values.astype(object).where(values.notna(), None)
    if values.dtype != object:
        return values
    return pd.Series([_plain(cell) for cell in values], index=values.index, dtype=object)


def _plain(cell: Any) -> Any:
    if isinstance(cell, bytes):
        cell = cell.decode("utf-8", "replace")
    elif isinstance(cell, dict):
        try:
            cell = json.dumps(cell, ensure_ascii=False, default=str)
        except (TypeError, ValueError):  # keys that JSON has not, or a circle
            cell = str(cell)
    elif isinstance(cell, (set, frozenset)):
        cell = "; ".join(sorted(map(str, cell)))
    elif isinstance(cell, (list, tuple)) or type(cell).__name__ == "ndarray":
        cell = "; ".join(str(_plain(item)) for item in cell)
    return whole_characters(cell) if isinstance(cell, str) else cell


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
