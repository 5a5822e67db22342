"""The files that hold sheets: Excel workbooks in and out, CSV in."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

from tpfeedback.errors import TaxonomyError, WriteError
from tpfeedback.languages import available_languages
from tpfeedback.opening import check_workbook, read_file, shown
from tpfeedback.taxonomy.sheets import (
    COLUMN_FIELDS,
    HEAD_SHEET,
    PLAIN_COLUMNS,
    TOUCHPOINTS_SHEET,
    YES,
    Row,
)

LONGEST_CELL = 32_767  # UTF-16 units: Excel's own limit
MOST_ROWS = 1_000
SHORTER = "A taxonomy is a list of touchpoints: is it the right file?"

_OPTIONS = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
# A workbook carries the time it was made; a fixed one keeps the bytes the same.
_CREATED = datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)
_RUNS = re.compile(r"\s*[=+\-@]")
_WIDTHS = {"key": 24, "parent": 18, "catch_all": 10, "stage": 10, "channel": 10, "name": 22,
           "description": 44, "phrases": 30, "field": 18, "value": 40, "column": 18,
           "what to write": 90}  # fmt: skip

COLUMNS_TOLD = (
    ("key", "A short name for the touchpoint, never changed later: small Latin letters, digits and "
     "underscores, such as wifi_in_room. Each once. Must be filled."),
    ("parent", "The wider touchpoint it belongs to: a key of this list or of the general taxonomy, "
     "such as staff. May be empty."),
    ("catch_all", f"{YES}: what is said of its parent and fits none of the parent's other children "
     "goes here. At most one child of a general touchpoint. May be empty."),
    ("stage", "When the customer meets it: before, choosing, buying or after. Must be filled."),
    ("channel", "Where: digital, physical, person, phone, written or media. Must be filled."),
    ("name_en", "What reports and charts call it, in about 24 letters. name_ru, name_zh and "
     "name_pl are the names in the other languages; fill a language for all rows or for none."),
    ("description_en", "What belongs to it and what does not, in a sentence or two. One language "
     "is enough: texts in the others are found too."),
    ("phrases_en", "How customers say it: a few words each, one phrase a line in the cell (or "
     "parted by ;). A phrase belongs to one row only. Fill description, phrases, or both."),
    (f"sheet {HEAD_SHEET}", "What belongs to the whole list: its key, its version (a whole number, "
     "one more after every change), its name in each language. extends = general: the general "
     "touchpoints that this list does not narrow are found too; empty: only this list's are."),
)  # fmt: skip


def read_sheets(path: Path) -> dict[str, Sequence[Row]]:
    """Return the rows of every sheet of a workbook, or of the one in a CSV file."""
    content = read_file(path, limit="settings", then=SHORTER)
    if path.suffix.lower() == ".csv":
        return {path.stem: _rows_of(content.decode("utf-8-sig"), path)}
    from python_calamine import CalamineError, CalamineWorkbook

    check_workbook(content, shown(path.name), limit="settings")
    try:
        book = CalamineWorkbook.from_filelike(BytesIO(content))
        return {
            name: list(book.get_sheet_by_name(name).to_python(skip_empty_area=False))
            for name in book.sheet_names
        }
    except CalamineError as error:
        raise TaxonomyError(
            f"{str(path)!r} is no readable workbook: {error}. Allowed: .xlsx. Save it again with "
            "Excel; a protected workbook needs its password taken off."
        ) from error


def _rows_of(text: str, path: Path) -> list[Row]:
    first = text.partition("\n")[0]
    parted = max(",;\t", key=first.count)
    try:
        return list(csv.reader(StringIO(text, newline=""), delimiter=parted))
    except csv.Error as error:
        raise TaxonomyError(
            f"{str(path)!r} is no readable CSV: {error}. Allowed: cells of up to {LONGEST_CELL:,} "
            "characters, a quote closed for each one opened. Mend it, or save it as .xlsx."
        ) from error


def write_workbook(content: Mapping[str, Any], path: str | Path) -> None:
    """Write a sound taxonomy's plain values as a workbook that reads back to the same.

    Sheets: the touchpoints, what to write in the columns, and what belongs to the whole list.
    Raises `WriteError` for another ending, an absent folder or a text too long for a cell.
    """
    import xlsxwriter

    target = _writable(Path(path))
    with xlsxwriter.Workbook(str(target), _OPTIONS) as book:
        book.set_properties({"title": "Taxonomy", "created": _CREATED})
        looks = _looks(book)
        languages = [*content["names"], *available_languages()]
        columns = _column_names(dict.fromkeys(languages))
        rows = [[_cell(record, name) for name in columns] for record in content["touchpoints"]]
        page = book.add_worksheet(TOUCHPOINTS_SHEET)
        _write_page(page, columns, rows, looks)
        _offer_choices(page, columns)
        _write_page(book.add_worksheet("help"), ["column", "what to write"], COLUMNS_TOLD, looks)
        _write_page(book.add_worksheet(HEAD_SHEET), ["field", "value"], _head_rows(content), looks)


def _writable(path: Path) -> Path:
    if path.suffix.lower() != ".xlsx":
        raise WriteError(
            f"Cannot write {path.name!r} as a workbook. Allowed: a name ending in .xlsx."
        )
    if not path.parent.is_dir():
        raise WriteError(
            f"Cannot write {path.name!r}: there is no folder {str(path.parent)!r}. "
            "Create the folder or name another one."
        )
    return path


def _column_names(languages: Iterable[str]) -> list[str]:
    codes = list(languages)
    return [*PLAIN_COLUMNS, *(f"{name}_{code}" for name in COLUMN_FIELDS for code in codes)]


def _cell(record: Mapping[str, Any], column: str) -> str:
    if column in PLAIN_COLUMNS:
        value = record.get(column, "")
        return YES if value is True else str(value)
    name, _, language = column.rpartition("_")
    words = record.get(COLUMN_FIELDS[name], {}).get(language, "")
    if isinstance(words, str):
        return words
    # One phrase that holds a semicolon is told from two by the line break behind it.
    alone = len(words) == 1 and re.search("[;；]", words[0])
    return "\n".join([*words, ""] if alone else words)


def _head_rows(content: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for field in ("key", "version", "extends"):
        yield field, str(content.get(field, ""))
    for name, field in COLUMN_FIELDS.items():
        yield from ((f"{name}_{code}", text) for code, text in content.get(field, {}).items())


def _write_page(
    page: Any, names: list[str], rows: Iterable[Iterable[str]], looks: Mapping[str, Any]
) -> None:
    page.freeze_panes(1, 1)
    for place, name in enumerate(names):
        page.set_column(place, place, _WIDTHS[name if name in _WIDTHS else name.rpartition("_")[0]])
        page.write_string(0, place, name, looks["head"])
    for number, row in enumerate(rows, 1):
        for place, text in enumerate(row):
            if len(text.encode("utf-16-le")) > 2 * LONGEST_CELL:
                raise WriteError(
                    f"{names[place]} in row {number + 1} has {len(text)} characters. Allowed in a "
                    f"cell: {LONGEST_CELL}. Shorten it, or write TOML with to_toml."
                )
            if text:
                page.write_string(
                    number, place, text, looks["fixed" if _RUNS.match(text) else "text"]
                )


def _looks(book: Any) -> dict[str, Any]:
    text = {"text_wrap": True, "valign": "top"}
    return {
        "text": book.add_format(text),
        # With the quote prefix a text that looks like a formula stays text when it is edited.
        "fixed": book.add_format({**text, "quote_prefix": True}),
        "head": book.add_format({**text, "bold": True, "bg_color": "#DCEAF4"}),
    }


def _offer_choices(page: Any, columns: list[str]) -> None:
    from tpfeedback.taxonomy.touchpoints import CHANNELS, STAGES

    for name, allowed in (("stage", STAGES), ("channel", CHANNELS)):
        place = columns.index(name)
        page.data_validation(
            1, place, MOST_ROWS, place, {"validate": "list", "source": list(allowed)}
        )
