"""Workbooks that Excel might write: any cells, several sheets."""

from __future__ import annotations

from datetime import datetime
from io import BytesIO
from typing import Any

from fuzzing.exports import check_source
from fuzzing.reading import file_of, parts_of, rows_of
from fuzzing.target import Target
from tpfeedback.labelling.sheet_cells import fit

SEEDS = (
    b"text\tstars\tdate\nlate again\t2\t2024-03-01\nfine\t5\t45000\n\n",
    "Отчёт за май\n\nОтзыв\tОценка\nдолго\t4,5\n-\tTRUE\n\0text\nx\n".encode(),
    "评论\t评分\n很好\t五星\n=1+1\t\n".encode(),
)
WORDS = (b"\t", b"\n", b"\0", b"TRUE", b"1e308", b"-1e-308", b"0001-01-01", b"9999-12-31T23:59:59",
         b"=SUM(A1)", b"'5", b"text", b"stars")  # fmt: skip


def check(data: bytes) -> None:
    """Write the rows to up to three sheets, and read the book."""
    with file_of(book_of(parts_of(data, 3)), "any.xlsx") as path:
        check_source(path)


def book_of(sheets: list[str], names: tuple[str, ...] = ("A", "B", "C")) -> bytes:
    """Return a workbook with the rows of each text on a sheet of its own; empty texts give none."""
    import xlsxwriter

    content = BytesIO()
    options = {"in_memory": True, "nan_inf_to_errors": True, "strings_to_formulas": False,
               "strings_to_urls": False, "remove_timezone": True}  # fmt: skip
    with xlsxwriter.Workbook(content, options) as book:
        day = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        for name, text in zip(names, sheets, strict=True):
            page = book.add_worksheet(name)
            for row, cells in enumerate(rows_of(text) if text else []):
                for place, cell in enumerate(cells):
                    _write(page, row, place, cell, day)
    return content.getvalue()


def _write(page: Any, row: int, place: int, cell: Any, day: Any) -> None:
    if isinstance(cell, datetime) and cell.year < 1900:
        cell = str(cell)
    if isinstance(cell, str):
        page.write_string(row, place, fit(cell))
    else:
        page.write(row, place, cell, day if isinstance(cell, datetime) else None)


TARGET = Target(check, SEEDS, WORDS, quick=15)
