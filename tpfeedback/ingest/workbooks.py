"""Excel and OpenDocument workbooks."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from itertools import chain, takewhile
from typing import Any

import pandas as pd

from tpfeedback.errors import ColumnError, ReadError, unknown_name
from tpfeedback.ingest.cells import unique_names
from tpfeedback.ingest.headings import labels_above
from tpfeedback.ingest.names import TEXT, is_name
from tpfeedback.ingest.text_columns import guess_text
from tpfeedback.opening import check_workbook
from tpfeedback.wording import write_note

# A sheet of no more texts gives way to one with so many times more.
FEW_TEXTS, MANY_MORE = 20, 10
TEXTS_READ = 500  # that tell whether a sheet holds texts

Row = list[Any]


def read_workbook(
    content: bytes, *, name: str, sheet: str | int | None = None
) -> tuple[pd.DataFrame, list[str]]:
    """Return a sheet as a table, and remarks on what was left out.

    Without `sheet` (a name, or a position from 0) the first sheet that holds texts is read, else
    the first with records. Empty rows, a title and labels above the table are skipped. Raises
    `ReadError` if there is nothing to read.
    """
    with _readable(name):
        book = _open(content, name)
        chosen, others = _choose_sheet(book, sheet)
        rows = book.get_sheet_by_name(chosen).to_python(skip_empty_area=False)
    while rows and not any(map(_filled, rows[-1])):
        rows.pop()
    if not rows:
        raise ReadError(f"Sheet {chosen!r} of {name} is empty. Allowed: a header and records.")
    frame, top = _as_table(rows)
    notes: list[str] = []
    if others:
        notes.append(write_note("sheet_chosen", sheet=chosen, others=others))
    if top:
        notes.append(write_note("rows_above", n=top))
    return frame, notes


def sheet_names(content: bytes, *, name: str) -> list[str]:
    """Return the names of the sheets; `ReadError` where it is no readable workbook."""
    with _readable(name):
        return list(_open(content, name).sheet_names)


def all_sheets(content: bytes, *, name: str) -> dict[str, list[Row]]:
    """Return the rows of every sheet by its name; `ReadError` as `read_workbook` has it."""
    with _readable(name):
        book = _open(content, name)
        return {
            one: book.get_sheet_by_name(one).to_python(skip_empty_area=False)
            for one in book.sheet_names
        }


def _open(content: bytes, name: str) -> Any:
    from python_calamine import CalamineWorkbook

    check_workbook(content, name)
    return CalamineWorkbook.from_filelike(BytesIO(content))


@contextmanager
def _readable(name: str) -> Iterator[None]:
    """Tell what the reader cannot read, and where it gives up, as a `ReadError`."""
    from python_calamine import CalamineError

    try:
        yield
    except CalamineError as problem:
        raise ReadError(
            f"{name} is no readable workbook: {problem}. Allowed: .xlsx, .xls, .ods. "
            "If it is a zip archive, unpack it first; a protected workbook needs its password "
            "taken off."
        ) from None
    except BaseException as problem:
        if type(problem).__name__ != "PanicException":
            raise
        raise ReadError(
            f"{name} is a damaged workbook: it cannot be read to its end. Allowed: .xlsx, .xls, "
            ".ods. Open it in a spreadsheet program and save it again."
        ) from None


def _choose_sheet(book: Any, sheet: str | int | None) -> tuple[str, list[str]]:
    names = list(book.sheet_names)
    if isinstance(sheet, int) and 0 <= sheet < len(names):
        return names[sheet], []
    if sheet is not None:
        if sheet not in names:
            raise ReadError(unknown_name("sheet", sheet, names, then="Name one with sheet=."))
        return str(sheet), []
    chosen = _sheet_with_texts(book)
    return chosen, [name for name in names if name != chosen]


def _sheet_with_texts(book: Any) -> str:
    """Return the first sheet that holds texts, else the first with records.

    One that holds a few texts gives way to one with many: it explains or sums up the other.
    """
    names = list(book.sheet_names)
    best, most = str(names[0]), -1  # -1: no records, 0: records without texts
    for name in names if len(names) > 1 else ():
        sheet = book.get_sheet_by_name(name)
        if sheet.total_height > 1:
            texts = _count_texts(sheet.to_python(skip_empty_area=False))
            if texts > MANY_MORE * most:
                best, most = name, texts
        if most > FEW_TEXTS:
            break
    return best


def _count_texts(rows: list[Row]) -> int:
    """Count the records of a sheet that holds texts; 0 where it does not, or explains in lines."""
    if not any(map(_filled, chain.from_iterable(rows))):
        return 0
    table, _ = _as_table(rows)
    table.columns = pd.Index(unique_names([str(name) for name in table.columns])[0])
    try:
        columns, _ = guess_text(table.head(TEXTS_READ))
    except ColumnError:
        return 0
    lines = len(table.columns) == 1 and not is_name(columns[0], TEXT)
    return 0 if lines and len(table) <= FEW_TEXTS else len(table)


def _as_table(rows: list[Row]) -> tuple[pd.DataFrame, int]:
    """Return the rows as a table under its header, and how many stand above that."""
    top = labels_above(rows) or _header_row(rows)
    header, body = [str(cell) for cell in rows[top]], rows[top + 1 :]
    columns = {k: [row[k] if _filled(row[k]) else None for row in body] for k in range(len(header))}
    frame = pd.DataFrame(columns)
    frame.columns = pd.Index(header)
    return frame, top


def _header_row(rows: list[Row]) -> int:
    """A title above the table fills one cell; a table of one column has no wider row below."""
    narrow = len(list(takewhile(lambda row: sum(map(_filled, row)) < 2, rows)))
    empty = len(list(takewhile(lambda row: not any(map(_filled, row)), rows)))
    return narrow if narrow < len(rows) else empty


def _filled(cell: object) -> bool:
    return cell is not None and str(cell).strip() != ""
