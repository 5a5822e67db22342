"""From text to records: delimiter, quotes, ragged rows. No record is lost on the way."""

from __future__ import annotations

import csv
import re
import threading
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from io import StringIO
from itertools import islice, takewhile

from tpfeedback.ingest.headings import labels_above
from tpfeedback.ingest.names import RATING, TEXT, is_name, matches

DELIMITERS = (",", ";", "\t", "|")
# Stands for "no delimiter": a file with one column, whose texts may hold any of the above.
NO_DELIMITER = "\x1f"
SAMPLE_RECORDS = 300
LONGEST_NAME = 40
SAMPLE_CHARACTERS = 2_000_000
# A cell of more lines than this, in a file whose quotes are broken, is read line by line.
LOOKAHEAD_LINES = 1000
LONGEST_FIELD = 2**31 - 1
LONGEST_LINE = 2**26  # characters; no line of an export is so long, and memory stays bounded
_LIMIT_LOCK = threading.Lock()

NUMBER = re.compile(r"\s*[+-]?\d+(?:[.,]\d+)?\s*")

Record = list[str]


@dataclass(frozen=True)
class Records:
    """Records of a delimited text; `repaired` are indices of records whose quotes were mended,
    `skipped` counts the lines of a title above the table, which are not among the records."""

    records: list[Record]
    delimiter: str
    repaired: tuple[int, ...] = ()
    skipped: int = 0


def split_records(text: str) -> Records:
    r"""Return the records of a delimited text, the header among them.

    >>> split_records("stars;text\r5;\"good; fast\"\r4;\"fine\r").records
    [['stars', 'text'], ['5', 'good; fast'], ['4', 'fine']]
    """
    hint = re.match(r"sep=(.)\r?\n?", text)
    if hint:
        text = text[hint.end() :]
    delimiter = hint.group(1) if hint else find_delimiter(text)
    skipped = _lines_above(_sample(text, delimiter))
    text = _below(text, skipped)
    repaired: tuple[int, ...] = ()
    try:
        records = _read(text, delimiter)
        broken = bool(records) and any(map(_torn, records, [len(records[0])] * len(records)))
    except csv.Error:
        broken = True
    if broken:
        records, repaired = _recover(text, delimiter)
    while records and not any(cell.strip() for cell in records[-1]):
        records.pop()
    return Records(records, delimiter, tuple(i for i in repaired if i < len(records)), skipped)


def has_endless_line(text: str) -> bool:
    """Whether a line is longer than `LONGEST_LINE`: a line break is looked for before each end."""
    start = 0
    while start + LONGEST_LINE < len(text):
        stop = start + LONGEST_LINE
        end = max(text.rfind("\n", start, stop), text.rfind("\r", start, stop))
        if end < 0:
            return True
        start = end + 1
    return False


def find_delimiter(text: str) -> str:
    r"""Return the delimiter that cuts most records into as many fields as the header.

    >>> find_delimiter("a;b\n1,5;x\n2,5;y\n")
    ';'
    """
    best, best_score = _delimiter_of_header(text), (0.0, 0)
    for delimiter in DELIMITERS:
        widths = _sample_widths(text, delimiter)
        if not widths or widths[0] < 2:
            continue
        usual = Counter(widths[1:] or widths).most_common(1)[0][0]
        alike = sum(width == usual for width in widths) / len(widths)
        if usual >= 2 and alike >= 0.5 and (alike, usual) > best_score:
            best, best_score = delimiter, (alike, usual)
    return best if best != NO_DELIMITER else _delimiter_below_title(text)


def _delimiter_below_title(text: str) -> str:
    """A title holds no delimiter: the header and records below it tell."""
    for delimiter in DELIMITERS:
        records = _sample(text, delimiter)
        top = _lines_above(records)
        widths = [len(record) for record in records[top:] if record]
        if top and widths.count(widths[0]) >= 0.9 * len(widths):
            return delimiter
    return NO_DELIMITER


def _lines_above(records: list[Record]) -> int:
    """Count the lines above the header: labels with their values, or a title."""
    return labels_above(records) or _title_lines(records)


def _title_lines(records: list[Record]) -> int:
    """Count the lines above the header: one cell at most is filled, and names no text column.

    A title right above the table looks like the header of one column whose texts hold
    delimiters: only known names in the row below tell them apart.
    """
    filled = [sum(bool(cell.strip()) for cell in record) for record in records]
    top = len(list(takewhile(lambda count: count < 2, filled)))
    if not any(filled[:top]) or top + 1 >= len(records):
        return 0
    titles = [cell for record in records[:top] for cell in record if cell.strip()]
    first = all(record[0].strip() for record, n in zip(records, filled[:top], strict=False) if n)
    names = [cell for cell in records[top] if cell]
    header = all(n[0] != " " and len(n) <= LONGEST_NAME and not NUMBER.fullmatch(n) for n in names)
    one_line = not any("\n" in title or "\r" in title for title in titles)
    apart = len(records[top - 1]) != 1  # an empty line, or a title with delimiters behind it
    known = any(matches(name, TEXT) or matches(name, RATING) for name in names)
    table = header and (apart or known) and not is_name(titles[-1], TEXT)
    return top if first and one_line and table else 0


def _below(text: str, lines: int) -> str:
    if not lines:
        return text
    stream = StringIO(text, newline="")
    for _ in range(lines):
        stream.readline()
    return stream.read()


def _delimiter_of_header(text: str) -> str:
    """Where records are too ragged to tell, a first line such as "text;stars" tells."""
    lines = text[:SAMPLE_CHARACTERS].lstrip().splitlines()
    line = lines[0] if lines else ""
    for delimiter in DELIMITERS:
        names = line.split(delimiter)
        if len(names) > 1 and all(0 < len(n) <= LONGEST_NAME and n[0] != " " for n in names):
            return delimiter
    return NO_DELIMITER


def _sample_widths(text: str, delimiter: str) -> list[int]:
    return [len(record) for record in _sample(text, delimiter) if record]


def _sample(text: str, delimiter: str) -> list[Record]:
    return _read(text[:SAMPLE_CHARACTERS], delimiter, strict=False, most=SAMPLE_RECORDS)


def _read(
    text: str, delimiter: str, *, strict: bool = True, most: int | None = None
) -> list[Record]:
    """`csv` refuses cells over 128 kB unless told otherwise, and that limit is the process's own:
    it is raised for this reading and put back."""
    with _LIMIT_LOCK:
        limit = csv.field_size_limit(LONGEST_FIELD)
        try:
            lines = StringIO(text, newline="")
            return list(islice(csv.reader(lines, delimiter=delimiter, strict=strict), most))
        finally:
            csv.field_size_limit(limit)


def _torn(record: Record, width: int) -> bool:
    """A record with a line break and the wrong width: an open quote swallowed its neighbours."""
    return len(record) != width and any("\n" in cell or "\r" in cell for cell in record)


def _recover(text: str, delimiter: str) -> tuple[list[Record], tuple[int, ...]]:
    """Read line by line; a cell may span lines only where quotes and width come out right."""
    lines = list(StringIO(text, newline=""))
    records: list[Record] = []
    repaired: list[int] = []
    width, start = 0, 0
    while start < len(lines):
        stop, record = _whole_record(lines, start, delimiter, width)
        if record is None:
            record = _mend(lines[start].rstrip("\r\n"), delimiter)
            repaired.append(len(records))
            stop = start + 1
        width = width or len(record)
        records.append(record)
        start = stop
    return records, tuple(repaired)


def _whole_record(
    lines: Sequence[str], start: int, delimiter: str, width: int
) -> tuple[int, Record | None]:
    quotes = 0
    for stop in range(start + 1, min(start + LOOKAHEAD_LINES, len(lines)) + 1):
        quotes += lines[stop - 1].count('"')
        if quotes % 2:
            continue
        try:
            found = _read("".join(lines[start:stop]), delimiter)
        except csv.Error:
            return stop, None
        inner = lines[start + 1 : stop]
        swallowed = any(line.count(delimiter) >= max(width - 1, 1) for line in inner)
        fits = len(found) == 1 and (len(found[0]) == width or not (width and swallowed))
        return stop, (found[0] if fits else None)
    return start + 1, None


def _mend(line: str, delimiter: str) -> Record:
    """A quote opens a cell only at its start and closes it only before a delimiter."""
    closing = re.compile(rf'"(?={re.escape(delimiter)}|$)')
    record, position, closes = [], 0, True
    while position <= len(line):
        opened = closes and line.startswith('"', position)
        found = closing.search(line, position + 1) if opened else None
        closes = closes and (found is not None or not opened)  # none here, none further on
        stop = found.start() if found else line.find(delimiter, position)
        stop = len(line) if stop < 0 else stop
        cell = line[position + 1 : stop] if found else line[position:stop]
        if found:
            cell = cell.replace('""', '"')
        elif cell.count('"') == 1 and cell.startswith('"'):
            cell = cell[1:]
        record.append(cell)
        position = stop + (2 if found else 1)
    return record
