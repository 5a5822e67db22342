"""Taxonomies as sheets: a row is a touchpoint, a column one field in one language.

    key | parent | stage | channel | name_en | name_pl | description_en | phrases_en | ...

Phrases stand in one cell, each on a line of its own, or parted by semicolons. A second sheet named
`taxonomy` may hold what belongs to the whole list, one field a row: key, version, extends, name_en
...; without it the list is named after its file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tpfeedback.errors import TaxonomyError, unknown_name
from tpfeedback.languages import available_languages
from tpfeedback.taxonomy.drafts import Problem, Spot, Writing
from tpfeedback.taxonomy.rules import plain_key

Row = Sequence[Any]
Column = tuple[str, str]
"""A field of a taxonomy, and its language or ""."""

TOUCHPOINTS_SHEET, HEAD_SHEET = "touchpoints", "taxonomy"
COLUMN_FIELDS = {"name": "names", "description": "descriptions", "phrases": "cues"}
"""The field that a column of a sheet fills, by the first part of its name."""
PLAIN_COLUMNS = ("key", "parent", "catch_all", "stage", "channel")
YES = "yes"

_HEAD_FIELDS = ("key", "version", "extends")
_ALSO = {"names": "name", "descriptions": "description", "phrase": "phrases", "cue": "phrases",
         "cues": "phrases"}  # fmt: skip
_ANSWERS = {YES: True, "true": True, "1": True, "x": True, "no": False, "false": False, "0": False}
_IN_SENTENCES = {field: name for name, field in COLUMN_FIELDS.items()}


@dataclass(frozen=True)
class SheetWriting(Writing):
    """A taxonomy in a sheet: `rows` holds the row, from 1, of every touchpoint."""

    rows: Mapping[int, int] = field(default_factory=dict)
    header: int = 1
    yes = YES

    def place(self, spot: Spot) -> str:
        """Return `row 3, column name_pl`; what is said of a column alone stands in its header."""
        number, name, language = spot
        called = self.field(name, language)
        if number:
            return f"row {self.rows[number]}" + (f", column {called}" if name else "")
        return f"sheet {HEAD_SHEET!r}" if name in (*_HEAD_FIELDS, "names") else f"row {self.header}"

    def order(self, spot: Spot) -> int:
        """Return the row."""
        return self.rows[spot[0]] if spot[0] else 0

    def field(self, name: str, language: str = "") -> str:
        """Return the name of the column: `name_pl`."""
        called = _IN_SENTENCES.get(name, name)
        return f"{called}_{language}" if language else called

    def fill(self, name: str, language: str = "") -> str:
        """Return which cell to fill."""
        if name == "touchpoints":
            return "Write a row for each below the names of the columns"
        return f"Fill in {self.field(name, language)}"

    def drop(self, name: str, language: str) -> str:
        """Return which cell to empty."""
        return f"empty {self.field(name, language)}"


@dataclass(frozen=True)
class SheetDraft:
    """What the sheets hold in the shape of a TOML file, where it stands, what is wrong so far."""

    content: dict[str, Any]
    writing: SheetWriting
    problems: tuple[Problem, ...]


def draft_of(sheets: Mapping[str, Sequence[Row]], *, name: str, source: str) -> SheetDraft:
    """Return the taxonomy that the sheets, rows of cells by sheet name, hold.

    `name`, the file's, names the list where no sheet does. Raises `TaxonomyError` where no sheet
    has the columns of a taxonomy.

    >>> rows = [["key", "stage", "channel", "name_en", "phrases_en"],
    ...         ["broth", "after", "physical", "Broth", "broth; soup base"]]
    >>> draft_of({"one": rows}, name="Noodle bar", source="bar.csv").content["touchpoints"]
    [{'key': 'broth', 'stage': 'after', 'channel': 'physical', 'names': {'en': 'Broth'},
      'cues': {'en': ['broth', 'soup base']}}]
    """
    rows, top = _find_table(sheets, source)
    columns, problems = _columns(rows[top])
    touchpoints, places = [], {}
    for at, row in enumerate(rows[top + 1 :], top + 2):
        if any(map(_text, row)):
            touchpoints.append(_record(row, columns))
            places[len(touchpoints)] = at
    named = dict.fromkeys(code for record in touchpoints for code in record.get("names", {}))
    head, more = _head(sheets.get(HEAD_SHEET, ()))
    content = {
        "key": plain_key(name) or name,
        "names": {code: name for code in named if code in available_languages()},
        **head,
        "touchpoints": touchpoints,
    }
    return SheetDraft(content, SheetWriting(places, top + 1), (*problems, *more))


def _find_table(sheets: Mapping[str, Sequence[Row]], source: str) -> tuple[Sequence[Row], int]:
    first = {TOUCHPOINTS_SHEET: sheets.get(TOUCHPOINTS_SHEET, ())}
    for rows in (first | dict(sheets)).values():
        for top, row in enumerate(rows):
            names = {_plain(cell) for cell in row}
            if "key" in names and any(name.startswith(("name", "stage")) for name in names):
                return rows, top
    raise TaxonomyError(
        f"No sheet of {source} has the columns of a taxonomy. Allowed: a row with the names "
        f"{', '.join(PLAIN_COLUMNS)}, name_en, description_en, phrases_en ..., and below it a row "
        'for each touchpoint. load_taxonomy("general").to_excel("mine.xlsx") writes a sheet to '
        "start from."
    )


def _columns(header: Row) -> tuple[dict[int, Column], list[Problem]]:
    """Return the field and language of every column, and what is wrong with their names."""
    columns: dict[int, Column] = {}
    problems: list[Problem] = []
    for place, cell in enumerate(header):
        if not _text(cell):
            continue
        column, wrong = _column(_plain(cell), PLAIN_COLUMNS)
        if not wrong and column in columns.values():
            wrong = f"column {_text(cell)!r} is there twice. Allowed: once. Make them one column."
        if wrong:
            problems.append(Problem((0, "columns", ""), wrong))
        else:
            columns[place] = column
    return columns, problems


def _column(name: str, plain: Sequence[str]) -> tuple[Column, str]:
    """Return the field and language that a name means, or what is wrong with it."""
    if name in plain:
        return (name, ""), ""
    called, _, language = name.rpartition("_")
    called = _ALSO.get(called, called)
    if called in COLUMN_FIELDS and language in available_languages():
        return (COLUMN_FIELDS[called], language), ""
    if called in COLUMN_FIELDS and len(language) <= 3:
        message = unknown_name("language", language, available_languages())
        return ("", ""), f"column {name!r}: {message} Write one of these codes."
    known = [f"{one}_{code}" for one in COLUMN_FIELDS for code in available_languages()]
    return ("", ""), unknown_name("column", name, (*plain, *known), then="Correct or delete it.")


def _record(row: Row, columns: Mapping[int, Column]) -> dict[str, Any]:
    record: dict[str, Any] = {}
    for place, (name, language) in columns.items():
        cell = _text(row[place]) if place < len(row) else ""
        if not cell:
            continue
        if not language:
            record[name] = _value(name, cell.strip())
        else:
            words = list(_phrases(cell)) if name == "cues" else cell
            record.setdefault(name, {})[language] = words
    return record


def _value(name: str, text: str) -> str | bool:
    if name == "catch_all":
        return _ANSWERS.get(text.lower(), text)
    return text.lower() if name in ("stage", "channel") else text


def _phrases(cell: str) -> Iterator[str]:
    """Cut a cell at its line breaks; where it has none, at its semicolons."""
    parts = re.split("[\r\n]+" if "\n" in cell else "[;；]", cell)
    return (part.strip() for part in parts if part.strip())


def _head(rows: Sequence[Row]) -> tuple[dict[str, Any], list[Problem]]:
    """Return what the sheet `taxonomy` says of the whole list."""
    head: dict[str, Any] = {}
    problems: list[Problem] = []
    for row in rows:
        called, value = [*(_text(cell).strip() for cell in row), "", ""][:2]
        if not called or not value or _plain(called) == "field":
            continue
        (name, language), wrong = _column(_plain(called), _HEAD_FIELDS)
        if wrong:
            problems.append(Problem((0, "key", ""), wrong))
        elif language:
            head.setdefault(name, {})[language] = value
        else:
            head[name] = int(value) if name == "version" and value.isdecimal() else value
    return head, problems


def _plain(cell: object) -> str:
    return re.sub(r"[\s.\-]+", "_", _text(cell).strip().lower())


def _text(cell: object) -> str:
    """Return a cell as text, an empty one as ""; 24.0 is what Excel makes of 24."""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    text = "" if cell is None else str(cell)
    return text if text.strip() else ""
