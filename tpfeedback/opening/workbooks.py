"""Workbooks before they are opened: a few bytes may declare more cells than memory can hold.

Readers of workbooks make room for the whole rectangle between the first and the last cell. So
the places of the cells are looked at first, in `sheets` of Excel and in tables of OpenDocument.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import numpy as np

from tpfeedback.errors import ReadError
from tpfeedback.opening.archives import open_archive, unpack
from tpfeedback.opening.limits import current_limits, refuse_more

ZIP_START = b"PK\x03\x04"
_SPACE = b" \t\r\n"
_WIDEST = 16  # characters of a reference, its closing quote among them; "XFD1048576" has ten
_FILLED = re.compile(
    rb"""<(?:[\w.-]+:)?(?:c|row)\s(?:[^>"']|"[^"]*"|'[^']*')*?(?<=\s)r\s*=\s*["']"""
    rb"""([A-Za-z]*)(\d+)["'](?:[^>"']|"[^"]*"|'[^']*')*(?<!/)>"""
)
_ROW_END = re.compile(rb"</(?:[\w.-]+:)?table-row\s*>")
_CELL = re.compile(rb"<(?:[\w.-]+:)?(?:covered-)?table-cell\b")
_EMPTY = re.compile(rb"<(?:[\w.-]+:)?(?:covered-)?table-cell\b[^<>]*/>\s*")
_COLUMNS = re.compile(rb"number-columns-repeated\s*=\s*[\"'](\d+)")
_ROWS = re.compile(rb"number-rows-repeated\s*=\s*[\"'](\d+)")
_OVERLAP = 4096
LONGEST_ROW = 2**26  # bytes of a row in a document; a cell holds 32,767 characters at most


def check_workbook(content: bytes, name: str, *, limit: str = "bytes") -> None:
    """Refuse a workbook that unpacks to more than is allowed, or whose cells lie too far apart.

    `limit` names what it may unpack to. Anything but a zip archive passes. Raises `ReadError`.
    """
    if not content.startswith(ZIP_START):
        return
    with open_archive(content, name, limit=limit) as archive:
        for part in archive.infolist():
            if part.filename == "content.xml":
                rows, columns = _document_box(unpack(content, part, name), name)
            elif "/media/" in part.filename:
                continue
            else:
                rows, columns = _sheet_box(unpack(content, part, name), name)
                if rows * columns > current_limits().cells:  # perhaps they hold nothing but styles
                    rows, columns = _filled_box(unpack(content, part, name))
            told = f"{name} has a sheet whose cells reach to row {rows:,} and column {columns:,}"
            then = "Delete what stands far from the table, or save the table as .csv."
            refuse_more(rows * columns, "cells", told, then=then)


def _sheet_box(blocks: Iterable[bytes], name: str) -> tuple[int, int]:
    """Return the last row and column of anything with a place, filled or not.

    All attributes `r` of a block are read at once, which takes a tenth of the time of a parser.
    """
    rows = columns = 1
    for block in _overlapping(blocks):
        _refuse_entities(block, name)
        flat = np.frombuffer(block.translate(None, _SPACE) + b" " * _WIDEST, dtype=np.uint8)
        sign = (flat[1:-_WIDEST] == ord("=")) & (flat[: -_WIDEST - 1] == ord("r"))
        starts = np.flatnonzero(sign) + 3
        if len(starts):
            letters, digits = _references(flat, starts[starts + _WIDEST <= len(flat)])
            rows, columns = max(rows, digits), max(columns, letters)
    return rows, columns


def _references(flat: np.ndarray, starts: np.ndarray) -> tuple[int, int]:
    """Return the highest column and row among references that begin at these places."""
    column, row = np.zeros(len(starts)), np.zeros(len(starts))
    going = np.ones(len(starts), dtype=bool)
    for step in range(_WIDEST):
        sign = flat[starts + step].astype(np.int64)
        letter, digit = (sign | 32) - 96, sign - 48
        is_letter, is_digit = (letter >= 1) & (letter <= 26), (digit >= 0) & (digit <= 9)
        going &= is_letter | is_digit
        if not going.any():
            break
        column = np.where(going & is_letter, column * 26 + letter, column)
        row = np.where(going & is_digit, row * 10 + digit, row)
    return int(column.max(initial=1)), int(row.max(initial=1))


def _filled_box(blocks: Iterable[bytes]) -> tuple[int, int]:
    """Return the same of cells that hold something."""
    rows = columns = 1
    for block in _overlapping(blocks):
        found = _FILLED.findall(block)
        numbers = {int(digits[:20]) for digits in {digits for _, digits in found}}
        rows = max(rows, *numbers, 1)
        columns = max(columns, *map(_column, {letters for letters, _ in found}), 1)
    return rows, columns


def _column(letters: bytes) -> int:
    """Return the number of a column: 28 of b"AB"."""
    number = 0
    for letter in letters.upper()[:12]:
        number = number * 26 + letter - 64
    return number


def _document_box(blocks: Iterable[bytes], name: str) -> tuple[int, int]:
    """Return how many rows and columns the tables of an OpenDocument have, repeats written out."""
    rows = width = waiting = 0
    rest = b""
    for block in blocks:
        _refuse_entities(block, name)
        *found, rest = _ROW_END.split(rest + block)
        if len(rest) > LONGEST_ROW:
            raise ReadError(
                f"{name} has a row of more than {LONGEST_ROW:,} bytes. Allowed: rows of cells with "
                "32,767 characters at most. Export it again."
            )
        for row in found:
            waiting += sum(map(_number, _ROWS.findall(row))) or 1
            held = _without_empty_end(row)
            cells = len(_CELL.findall(held))
            if b"</" in held and cells:
                width = max(width, cells + sum(map(_number, _COLUMNS.findall(held))))
                rows, waiting = rows + waiting, 0
    return rows, width


def _without_empty_end(row: bytes) -> bytes:
    """Return a row without the empty cells behind its last filled one."""
    end = len(row.rstrip())
    while True:
        start = row.rfind(b"<", 0, end)
        if start < 0 or not _EMPTY.fullmatch(row, start, end):
            return row[:end]
        end = start


def _number(digits: bytes) -> int:
    return int(digits[:20])


def _refuse_entities(block: bytes, name: str) -> None:
    if b"<!DOCTYPE" in block or b"<!ENTITY" in block:
        raise ReadError(
            f"{name} declares entities of its own (<!DOCTYPE), which no workbook does and which "
            "may unpack without end. Allowed: .xlsx, .xls, .ods as a spreadsheet program saves "
            "them. Open it in one and save it again."
        )


def _overlapping(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the blocks, each with the end of the one before: nothing is cut in two."""
    before = b""
    for block in blocks:
        yield before + block
        before = (before + block)[-_OVERLAP:]
