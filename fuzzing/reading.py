"""Bytes as what a target takes: a text, rows of cells, a file."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

ROW, CELL = "\n", "\t"


def text_of(data: bytes) -> str:
    """Return any bytes as text: halves of characters stay halves, what is no UTF-8 becomes one."""
    try:
        return data.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return data.decode("utf-8", "surrogateescape")


def bytes_of(words: str) -> tuple[bytes, ...]:
    """Return each word of a table that is written as running text."""
    return tuple(word.encode() for word in words.split())


def parts_of(data: bytes, count: int) -> list[str]:
    """Return a text in `count` parts, cut at NULs; what is missing is empty."""
    parts = text_of(data).split("\0", count - 1)
    return [*parts, *[""] * (count - len(parts))]


def rows_of(text: str) -> list[list[Any]]:
    r"""Return the cells of each line; `\n` in a cell is a line break, `\t` a tab.

    A cell may be a number, a date or a truth value, as in a workbook.
    """
    return [[cell_of(cell) for cell in line.split(CELL)] for line in text.split(ROW)]


def cell_of(written: str) -> Any:
    """Return the value that a written cell stands for.

    >>> cell_of("4.5"), cell_of("TRUE"), cell_of("'4.5"), cell_of("2024-03-01"), cell_of("")
    (4.5, True, '4.5', datetime.datetime(2024, 3, 1, 0, 0), None)
    """
    if written in ("TRUE", "FALSE"):
        return written == "TRUE"
    for read in (float, datetime.fromisoformat):
        try:
            return read(written)
        except ValueError:
            continue
    return written.removeprefix("'").replace("\\n", "\n").replace("\\t", "\t") or None


@contextmanager
def file_of(data: bytes, name: str) -> Iterator[Path]:
    """Yield the path of a file with these bytes, which is gone afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(data)
        yield path
