"""Records of different widths become records of one width; none is lost."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile

from tpfeedback.ingest.delimited import NUMBER, Record, Records
from tpfeedback.ingest.texts import name_rows
from tpfeedback.wording import write_note

SAMPLE_RECORDS = 300


@dataclass(frozen=True)
class Straight:
    """Records as wide as the header. Those in `set_aside` (number -> reason, content) are blank
    in `body`, so that the position of a record stays its number."""

    header: Record
    body: list[Record]
    set_aside: dict[int, tuple[str, str]]
    notes: tuple[str, ...]


def straighten(found: Records, *, above: int = 0) -> Straight:
    """Find the header and give every record its width, or set the record aside with all it holds.

    Missing fields are empty; surplus fields go back into the longest column if the rest then
    fits. The first `above` records only show what is usual: numbers count from the one below.

    >>> table = [["stars", "text"], ["4", "slow and dear"], ["5"], ["5", "good", " fast"]]
    >>> straighten(Records(table, ",")).body
    [['4', 'slow and dear'], ['5', ''], ['5', 'good, fast']]
    """
    notes: list[str] = []
    if found.skipped:
        notes.append(write_note("lines_skipped", lines=found.skipped))
    top = len(list(takewhile(lambda record: not any(map(str.strip, record)), found.records)))
    header, body = found.records[top], found.records[top + 1 :]
    if _is_headless(header, body):
        header, body = [f"column_{k}" for k in range(1, len(header) + 1)], found.records[top:]
        notes.append(write_note("no_header"))
    offset = len(found.records) - len(body) - 1 + above
    mended = [i - offset for i in found.repaired if i > offset]
    if mended:
        notes.append(write_note("quotes_mended", rows=name_rows(mended)))
    header = _widened(header, body)
    return _to_width(header, body, found.delimiter, notes, first=1 - above)


def _is_headless(header: Record, body: list[Record]) -> bool:
    """A number on top of a column of numbers is no name, unless it is a year."""
    sample = body[:SAMPLE_RECORDS]
    for k, cell in enumerate(header):
        if NUMBER.fullmatch(cell) and not re.fullmatch(r"(?:19|20)\d\d", cell):
            below = [row[k] for row in sample if len(row) > k and row[k].strip()]
            numbers = sum(NUMBER.fullmatch(value) is not None for value in below)
            if below and numbers > 0.9 * len(below):
                return True
    return False


def _widened(header: Record, body: list[Record]) -> Record:
    """Nine records in ten wider than the header, and not just by an empty end: more columns."""
    widths = Counter(len(record) for record in body if record)
    usual, count = widths.most_common(1)[0] if widths else (len(header), 0)
    wider = usual > len(header) and count >= 0.9 * len(body) and len(body) > 1
    if wider and any(any(record[len(header) :]) for record in body):
        return header + [""] * (usual - len(header))
    return header


def _to_width(
    header: Record, body: list[Record], delimiter: str, notes: list[str], *, first: int
) -> Straight:
    width = len(header)
    usual = _usual([record for record in body if len(record) == width][:SAMPLE_RECORDS])
    straight: list[Record] = []
    aside: dict[int, tuple[str, str]] = {}
    filled, joined = [], []
    for number, record in enumerate(body, start=first):
        fitted: Record | None = record
        if len(record) < width:
            fitted = record + [""] * (width - len(record))
            if any(record):
                filled.append(number)
        elif len(record) > width and not any(record[width:]):
            fitted = record[:width]
        elif len(record) > width:
            fitted = _rejoined(record, usual, delimiter)
            if fitted is None:
                reason = write_note("rejected_fields", found=len(record), wanted=width)
                aside[number] = (reason, delimiter.join(record))
            else:
                joined.append(number)
        straight.append([""] * width if fitted is None else fitted)
    if filled:
        notes.append(write_note("fields_few", rows=name_rows(filled)))
    if joined:
        notes.append(write_note("fields_many", rows=name_rows(joined)))
    return Straight(header, straight, aside, tuple(notes))


@dataclass(frozen=True)
class _Usual:
    """Records of the right width: which column is the longest, and which hold numbers."""

    width: int
    longest: int
    numbers: tuple[int, ...]


def _usual(records: Sequence[Record]) -> _Usual | None:
    if not records:
        return None
    width = len(records[0])
    lengths = [sum(len(row[k]) for row in records) for k in range(width)]
    longest = lengths.index(max(lengths))
    numbers = (k for k in range(width) if k != longest and _is_number_column(records, k))
    return _Usual(width, longest, tuple(numbers))


def _rejoined(record: Record, usual: _Usual | None, delimiter: str) -> Record | None:
    """Put the surplus fields of `record` back into the longest column, if the rest then fits.

    An unquoted delimiter inside the text makes such a surplus. Returns None when a column that
    holds numbers would get something else.
    """
    if usual is None:
        return None
    surplus, longest = len(record) - usual.width, usual.longest
    middle = delimiter.join(record[longest : longest + surplus + 1])
    joined = [*record[:longest], middle, *record[longest + surplus + 1 :]]
    return joined if all(_is_number(joined[k]) for k in usual.numbers) else None


def _is_number(cell: str) -> bool:
    return not cell.strip() or NUMBER.fullmatch(cell) is not None


def _is_number_column(records: Sequence[Record], k: int) -> bool:
    return sum(_is_number(record[k]) for record in records) >= 0.95 * len(records)
