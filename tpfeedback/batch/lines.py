"""Lines of a text file of any size, and the lines that make one record."""

from __future__ import annotations

import io
import re
from collections import deque
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Self

from tpfeedback.errors import ReadError
from tpfeedback.ingest.delimited import LONGEST_LINE, LOOKAHEAD_LINES
from tpfeedback.ingest.encodings import decode_line
from tpfeedback.opening import open_file, shown


class Lines(Iterator[str]):
    """The lines of a file with their ends, a byte order mark and NULs taken out.

    With an `other` encoding, lines that are not UTF-8 are in that one. `position` tells how many
    bytes were read. Raises `ReadError` for an endless line.
    """

    def __init__(self, path: Path, encoding: str, other: str | None = None) -> None:
        self._file, self._other = open_file(path), other
        # In Latin-1 every byte is a character: lines are cut, and decoded one by one.
        cut = "latin-1" if other else encoding
        self._text = io.TextIOWrapper(self._file, cut, errors="replace", newline="")
        self._name, self._number, self._size = shown(path.name), 0, path.stat().st_size

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._text.close()

    def __next__(self) -> str:
        line = "" if self._text.closed else self._text.readline(LONGEST_LINE)
        if not line:
            self._text.close()
            raise StopIteration
        if len(line) == LONGEST_LINE:
            raise ReadError(
                f"Line {self._number + 1} of {self._name} is longer than {LONGEST_LINE:,} "
                "characters. Allowed: one record a line. Is a line break or a closing quote "
                "missing? Export the file again."
            )
        if self._other:
            line = decode_line(line.encode("latin-1"), self._other)
        if self._number == 0:
            line = line.removeprefix("\ufeff")
        self._number += 1
        return line.replace("\0", "") if "\0" in line else line

    @property
    def position(self) -> int:
        """Bytes read so far; all of them at the end."""
        return self._size if self._file.closed else self._file.tell()


def whole_records(lines: Iterator[str], delimiter: str = ",") -> Iterator[str]:
    r"""Yield the lines of each record: a cell in quotes may span several.

    Only a quote at the start of a cell opens one; where none closes it within `LOOKAHEAD_LINES`,
    it opened nothing: its line is a record.

    >>> list(whole_records(iter(['1;"a\n', 'b"\n', '2;5" pipe\n', '3;"c\n']), ";"))
    ['1;"a\nb"\n', '2;5" pipe\n', '3;"c\n']
    """
    ahead: deque[str] = deque()
    while True:
        line = ahead.popleft() if ahead else next(lines, None)
        if line is None:
            return
        if line.count('"') % 2 and _ends_inside(line, delimiter, inside=False):
            stop = _closing(ahead, lines, delimiter)
            line += "".join(ahead.popleft() for _ in range(stop))
        yield line


def _closing(ahead: deque[str], lines: Iterator[str], delimiter: str) -> int:
    """Return how many of the lines ahead belong to the record; 0 where its quote never closes."""
    for number in range(LOOKAHEAD_LINES - 1):
        if number == len(ahead):
            line = next(lines, None)
            if line is None:
                return 0
            ahead.append(line)
        if not _ends_inside(ahead[number], delimiter, inside=True):
            return number + 1
    return 0


def _ends_inside(line: str, delimiter: str, *, inside: bool) -> bool:
    """Whether a line ends inside a cell in quotes, where it begins `inside` of one or not."""
    rest, cells = _patterns(delimiter)
    start = 0
    if inside:
        closed = rest.match(line)
        if closed is None:
            return True
        start = closed.end()
    whole = cells.match(line, start)
    return whole is None or whole.end() < len(line)


@cache
def _patterns(delimiter: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Return the rest of a cell in quotes, and any cells, each with what ends it."""
    sign = re.escape(delimiter)
    rest = rf'(?:[^"]|"")*+"[^{sign}\r\n]*+(?:[{sign}\r\n]|\Z)'
    plain = rf'(?:[^"{sign}\r\n][^{sign}\r\n]*+)?+(?:[{sign}\r\n]|\Z)'
    return re.compile(rest), re.compile(rf'(?:"{rest}|{plain})*')
