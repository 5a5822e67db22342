"""Tables of tracking, defined once: as text for the page, as typed cells for the workbook."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from tpfeedback.report.cells import Table
from tpfeedback.report.records import Facts
from tpfeedback.report.speech import Speech
from tpfeedback.report.tracked.writing import WORDS, write
from tpfeedback.wording import NOT_KNOWN

# How a workbook shows what is written so; all else is text.
_CELLS = {
    "number": "effect", "change": "change", "gain": "gain", "gain_change": "gain",
    "share": "share", "points": "share", "size": "share", "times": "share", "count": "count",
    "money": "count", "minutes": "number", "decimal": "decimal", "ratio": "decimal",
}  # fmt: skip


@dataclass(frozen=True)
class Column:
    """A column of facts: its `name` there, how it is written (see `writing`), and its head.

    `ends` tells that a 95 % interval stands in `<name>_low` and `<name>_high`; with `bare` that
    alone is shown.
    """

    name: str
    kind: str = "count"
    ends: bool = False
    head: str = ""
    bare: bool = False


@dataclass(frozen=True)
class Listing:
    """Rows of facts as a table. Each row has a `key`, which ends the names of its figures.

    `name` says what a row is called, `head` is the phrase above these names. `drawn` tells how a
    workbook draws it: "bars" of the first interval, "lines" of its shares, or not at all. `words`
    is the section of the phrases that holds the heads.
    """

    key: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[Facts, ...]
    name: Callable[[Facts], str]
    head: str
    note: str = ""
    drawn: str = ""
    words: str = "tracking"

    def table(self, speech: Speech) -> Table:
        """Return the table as text, its figures named."""
        interval = speech.say("table", "interval")
        heads, numeric = [speech.say(self.words, self.head)], list[bool]()
        for column in self.columns:
            head = self._head(speech, column)
            shown = [] if column.bare else [head]
            if column.ends:
                shown.append(head if column.bare else interval)
            heads += shown
            numeric += [column.kind not in WORDS] * len(shown)
        rows = tuple((self.name(row), *self._texts(speech, row)) for row in self.rows)
        return Table(self.title, self.note, tuple(heads), tuple(numeric), rows)

    def _texts(self, speech: Speech, row: Facts) -> list[str]:
        told = []
        for column in self.columns:
            value, name = row[column.name], f"{self.key}.{column.name}"
            if not column.bare:
                told.append(write(speech, column.kind, f"{name}.{row['key']}", value))
            if column.ends:
                ends = [
                    write(speech, column.kind, f"{name}_{end}.{row['key']}",
                          row[f"{column.name}_{end}"])
                    for end in ("low", "high")
                ]  # fmt: skip
                told.append(NOT_KNOWN if value is None else speech.interval(*ends))
        return told

    def frame(self, speech: Speech) -> tuple[pd.DataFrame, list[tuple[str, str]]]:
        """Return the table with its numbers as numbers, and the head and kind of each column."""
        values: dict[str, list[object]] = {"name": [self.name(row) for row in self.rows]}
        shown = [(speech.say(self.words, self.head), "text")]
        for column in self.columns:
            cell = _CELLS.get(column.kind, "text")
            for end in _ends(column):
                name = f"{column.name}{end}"
                values[name] = [_cell(speech, column, row[name]) for row in self.rows]
                head = self._head(speech, column)
                shown.append(
                    ((f"{head}: {speech.say('tracking', end[1:])}" if end else head), cell)
                )
        return pd.DataFrame(values), shown

    def _head(self, speech: Speech, column: Column) -> str:
        return speech.say(self.words, column.head or column.name)


def _ends(column: Column) -> tuple[str, ...]:
    value = () if column.bare else ("",)
    return (*value, "_low", "_high") if column.ends else value


def _cell(speech: Speech, column: Column, value: object) -> object:
    if column.kind in WORDS and value is not None:
        return write(speech, column.kind, "", value)
    return value
