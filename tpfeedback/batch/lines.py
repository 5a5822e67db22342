"""Lines of a text file of any size, and the lines that make one record."""

from __future__ import annotations

import io
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import Self

from tpfeedback.errors import ReadError
from tpfeedback.ingest.delimited import LOOKAHEAD_LINES

LONGEST_LINE = 2**26  # characters; no line of an export is so long, and memory stays bounded


class Lines(Iterator[str]):
    """The lines of a file with their ends, a byte order mark and NULs taken out.

    `position` tells how many bytes were read. Raises `ReadError` for an endless line.
    """

    def __init__(self, path: Path, encoding: str) -> None:
        self._file = path.open("rb")
        self._text = io.TextIOWrapper(self._file, encoding, errors="replace", newline="")
        self._name, self._number, self._size = path.name, 0, path.stat().st_size

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
                "characters. Allowed: one record a line. Export the file again."
            )
        if self._number == 0:
            line = line.removeprefix("\ufeff")
        self._number += 1
        return line.replace("\0", "") if "\0" in line else line

    @property
    def position(self) -> int:
        """Bytes read so far; all of them at the end."""
        return self._size if self._file.closed else self._file.tell()


def whole_records(lines: Iterator[str]) -> Iterator[str]:
    r"""Yield the lines of each record: a cell in quotes may span several.

    A quote that does not close within `LOOKAHEAD_LINES` opened nothing: its line is a record.

    >>> list(whole_records(iter(['1;"a\n', 'b"\n', '2;5" pipe\n', '3;c\n'])))
    ['1;"a\nb"\n', '2;5" pipe\n', '3;c\n']
    """
    ahead: deque[str] = deque()
    while True:
        line = ahead.popleft() if ahead else next(lines, None)
        if line is None:
            return
        if line.count('"') % 2:
            stop = _closing(ahead, lines)
            line += "".join(ahead.popleft() for _ in range(stop))
        yield line


def _closing(ahead: deque[str], lines: Iterator[str]) -> int:
    """Return how many of the lines ahead belong to the record; 0 where its quote never closes."""
    for number in range(LOOKAHEAD_LINES - 1):
        if number == len(ahead):
            line = next(lines, None)
            if line is None:
                return 0
            ahead.append(line)
        if ahead[number].count('"') % 2:
            return number + 1
    return 0
