"""Workbooks as bytes: broken archives and what only begins like one."""

from __future__ import annotations

from io import BytesIO

from fuzzing.exports import check_source
from fuzzing.reading import file_of
from fuzzing.target import Target

WORDS = (b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
         b"\xff\xff\xff\xff", b"xl/workbook.xml", b"\0\0\0\0")  # fmt: skip


def _book() -> bytes:
    import xlsxwriter

    content = BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        page = book.add_worksheet("Отзывы")
        for row, cells in enumerate([("text", "stars"), ("late", 2), ("fine", 5)]):
            page.write_row(row, 0, cells)
    return content.getvalue()


def check(data: bytes) -> None:
    """Read the bytes as a workbook."""
    with file_of(data, "any.xlsx") as path:
        check_source(path)


TARGET = Target(
    check, (_book(), b"PK\x03\x04" + bytes(40), WORDS[3] + bytes(600)), WORDS, quick=200
)
