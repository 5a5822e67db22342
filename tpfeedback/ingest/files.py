"""From a path or a DataFrame to the raw table: every record, no meaning yet."""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import dataclass
from difflib import get_close_matches
from io import BytesIO
from itertools import takewhile
from pathlib import Path
from typing import Any

import pandas as pd

from tpfeedback.errors import ReadError, unknown_name
from tpfeedback.ingest.delimited import (
    NO_DELIMITER,
    NUMBER,
    Record,
    Records,
    rejoin,
    split_records,
)
from tpfeedback.ingest.encodings import REPLACEMENT, decode
from tpfeedback.ingest.json_records import json_records
from tpfeedback.ingest.texts import clean_header, name_rows

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
CONTROL_BYTES = bytes(set(range(1, 32)) - set(b"\t\n\v\f\r\x1a\x1b"))


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


def read_raw(source: object, *, sheet: str | int | None = None) -> RawTable:
    """Return the raw table of a path or of any DataFrame that narwhals knows.

    Raises `ReadError` for what does not exist, is empty or is no table.
    """
    if isinstance(source, (str, os.PathLike)):
        return _read_path(Path(source), sheet)
    return _read_frame(source)


def _read_path(path: Path, sheet: str | int | None) -> RawTable:
    content = _content(path)
    ending = path.suffix.lower()
    if content.startswith(PARQUET_START):
        return _finish(pd.read_parquet(BytesIO(content)), [])
    if content.startswith(WORKBOOK_STARTS):
        return _read_workbook(content, path, sheet)
    for start, kind in BINARY_STARTS.items():
        if content.startswith(start):
            raise ReadError(f"{path.name} is {kind}, not a table. Allowed: {READABLE}.")
    controls = len(content) - len(content.translate(None, CONTROL_BYTES))
    if controls > 0.01 * len(content) and content[:2] not in (b"\xff\xfe", b"\xfe\xff"):
        raise ReadError(
            f"{path.name} looks like a binary file: {controls} of its {len(content)} bytes are "
            f"control characters. Allowed: {READABLE}. Export it again as one of these."
        )
    decoded = decode(content, name=path.name)
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


def _content(path: Path) -> bytes:
    if str(path).startswith(("http:/", "https:/", "s3:/", "gs:/")):
        raise ReadError(f"{path} is a web address. tpfeedback works offline: download the file.")
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


def _read_json(text: str, path: Path, notes: list[str]) -> RawTable:
    records, broken = json_records(text, name=path.name)
    if not records:
        raise ReadError(f"{path.name} holds no records. Allowed: at least one.")
    names = list(dict.fromkeys(key for record in records for key in record))
    frame = pd.DataFrame({name: [record.get(name) for record in records] for name in names})
    aside = {number: ("the line is no valid JSON object", line) for number, line in broken.items()}
    return _finish(frame, notes, aside)


def _read_workbook(content: bytes, path: Path, sheet: str | int | None) -> RawTable:
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        book = CalamineWorkbook.from_filelike(BytesIO(content))
        name, others = _choose_sheet(book, sheet)
        rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
    except CalamineError as problem:
        raise ReadError(
            f"{path.name} is no readable workbook: {problem}. Allowed: {READABLE}. "
            "If it is a zip archive, unpack it first."
        ) from None
    notes = [f"Sheet {name!r} was read; the workbook has also {', '.join(others)}."]
    notes = notes if others else []
    top = len(list(takewhile(lambda row: sum(map(_filled, row)) < 2, rows)))
    # A title above the table fills one cell; a table of one column has no wider row below.
    top = top if top < len(rows) else len(list(takewhile(lambda row: not any(map(_filled, row)), rows)))
    while rows and not any(map(_filled, rows[-1])):
        rows.pop()
    if top >= len(rows):
        raise ReadError(f"Sheet {name!r} of {path.name} is empty. Allowed: a header and records.")
    if top:
        notes.append(f"The first {top} rows stand above the table and were skipped.")
    header, body = [str(cell) for cell in rows[top]], rows[top + 1 :]
    columns = {i: [row[i] if _filled(row[i]) else None for row in body] for i in range(len(header))}
    frame = pd.DataFrame(columns)
    frame.columns = pd.Index(header)
    return _finish(frame, notes)


def _choose_sheet(book: Any, sheet: str | int | None) -> tuple[str, list[str]]:
    names = list(book.sheet_names)
    if isinstance(sheet, int) and 0 <= sheet < len(names):
        return names[sheet], []
    if sheet is not None:
        if sheet not in names:
            raise ReadError(unknown_name("sheet", sheet, names, then="Name one with sheet=."))
        return str(sheet), []
    filled = [name for name in names if book.get_sheet_by_name(name).total_height > 1]
    chosen = (filled or names)[0]
    return chosen, [repr(name) for name in names if name != chosen]


def _filled(cell: object) -> bool:
    return cell is not None and str(cell).strip() != ""


def _read_delimited(text: str, path: Path, notes: list[str]) -> RawTable:
    found = split_records(text)
    top = len(list(takewhile(lambda record: not any(map(str.strip, record)), found.records)))
    records = found.records[top:]
    if not records:
        raise ReadError(f"{path.name} is empty. Allowed: a table with a header and records.")
    header, body = records[0], records[1:]
    if _is_headless(header, body):
        body, header = records, [f"column_{k}" for k in range(1, len(header) + 1)]
        notes.append("The first line looks like data, so columns were named column_1, column_2, …")
    offset = len(found.records) - len(body) - 1
    mended = [i - offset for i in found.repaired if i - offset >= 1]
    if mended:
        notes.append(f"Unclosed or stray quotes were mended in {name_rows(mended)}.")
    header, body, aside = _straighten(header, body, found, notes)
    columns = [[cell or None for cell in column] for column in zip(*body, strict=True)]
    columns = columns or [[] for _ in header]
    frame = pd.DataFrame({k: pd.Series(column, dtype="str") for k, column in enumerate(columns)})
    frame.columns = pd.Index(header)
    return _finish(frame, notes, aside)


def _is_headless(header: Record, body: list[Record]) -> bool:
    """A number on top of a column of numbers is no name (years over wide tables excepted)."""
    sample = body[:200]
    for k, cell in enumerate(header):
        if NUMBER.fullmatch(cell) and not (len(cell) == 4 and cell.startswith(("19", "20"))):
            below = [row[k] for row in sample if len(row) > k and row[k].strip()]
            if below and sum(NUMBER.fullmatch(value) is not None for value in below) > 0.9 * len(
                below
            ):
                return True
    return False


def _straighten(
    header: Record, body: list[Record], found: Records, notes: list[str]
) -> tuple[Record, list[Record], dict[int, tuple[str, str]]]:
    """Give every record the header's width, or set it aside with all it holds."""
    header, width = _widen(header, body)
    usual = [record for record in body if len(record) == width][:300]
    straight: list[Record] = []
    aside: dict[int, tuple[str, str]] = {}
    filled, joined = [], []
    for number, record in enumerate(body, start=1):
        fitted: Record | None = record
        if len(record) < width:
            fitted = record + [""] * (width - len(record))
            if any(record):
                filled.append(number)
        elif len(record) > width:
            fitted = record[:width] if not any(record[width:]) else None
            if fitted is None and (fitted := rejoin(record, usual, found.delimiter)):
                joined.append(number)
        if fitted is None:
            reason = f"{len(record)} fields where the header has {width}"
            aside[number] = (reason, found.delimiter.join(record))
        straight.append(fitted or [""] * width)
    if filled:
        notes.append(f"Too few fields in {name_rows(filled)}: the rest is taken as empty.")
    if joined:
        notes.append(f"Too many fields in {name_rows(joined)}: the surplus went into the text.")
    return header, straight, aside


def _widen(header: Record, body: list[Record]) -> tuple[Record, int]:
    """Nine records in ten wider than the header, and not just by an empty end: name the rest."""
    widths = Counter(len(record) for record in body if record)
    usual, count = widths.most_common(1)[0] if widths else (len(header), 0)
    if usual > len(header) and count >= 0.9 * len(body) and len(body) > 1:
        if any(any(record[len(header) :]) for record in body):
            header = header + [""] * (usual - len(header))
    return header, len(header)


def _read_frame(source: object) -> RawTable:
    import narwhals as nw

    if isinstance(source, pd.DataFrame):
        return _finish(source.reset_index(drop=True), [])
    try:
        table = nw.from_native(source)  # type: ignore[call-overload]
    except TypeError:
        raise ReadError(
            f"Cannot read feedback from {type(source).__name__}. Allowed: the path of a file "
            f"({READABLE}) or a DataFrame (pandas, polars, pyarrow and others that narwhals knows)."
        ) from None
    eager = table.collect() if isinstance(table, nw.LazyFrame) else table
    return _finish(eager.to_pandas().reset_index(drop=True), [])


def _finish(
    frame: pd.DataFrame, notes: list[str], aside: dict[int, tuple[str, str]] | None = None
) -> RawTable:
    aside = aside or {}
    frame = frame.copy(deep=False)
    raw_names = [" / ".join(map(str, n)) if isinstance(n, tuple) else str(n) for n in frame.columns]
    names, renamed = _unique_names([clean_header(name) for name in raw_names])
    if renamed:
        notes = [*notes, f"Column names stand twice: the later ones are {', '.join(renamed)}."]
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
        notes = [*notes, f"Unreadable characters, shown as {REPLACEMENT}, in {name_rows(unreadable)}."]
    read = len(frame)
    return RawTable(frame.drop(index=list(aside)), read, aside, tuple(notes))


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
        values = values.astype(values.cat.categories.dtype)
    if values.dtype != object:
        return values
    return pd.Series([_plain(cell) for cell in values], index=values.index, dtype=object)


def _plain(cell: Any) -> Any:
    if isinstance(cell, bytes):
        cell = cell.decode("utf-8", "replace")
    elif isinstance(cell, (list, tuple, set, dict)) or type(cell).__name__ == "ndarray":
        cell = "; ".join(map(str, cell))
    if isinstance(cell, str):
        return cell if cell.isascii() else cell.encode("utf-16", "surrogatepass").decode(
            "utf-16", "replace"
        )
    return cell


def _rows_with(frame: pd.DataFrame, character: str) -> list[int]:
    rows: set[int] = set()
    for name in frame.columns:
        if frame[name].dtype == object or pd.api.types.is_string_dtype(frame[name]):
            held = [isinstance(cell, str) and character in cell for cell in frame[name]]
            rows.update(frame.index[held])
    return sorted(rows)


__all__ = ["NO_DELIMITER", "RawTable", "read_raw"]
