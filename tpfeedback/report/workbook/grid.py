"""One table on one sheet: two rows of names, filters, colours, and cells row by row."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pandas as pd

from tpfeedback.report.delimited import runs
from tpfeedback.report.passages import Passage, readable
from tpfeedback.report.workbook.cells import fit_text, typed
from tpfeedback.report.workbook.columns import NUMERIC, ShownColumn

# Names for machines stand above names for people: the filter has to touch the rows it filters.
HEAD_ROWS = 2
MOST_ROWS = 1_048_576 - HEAD_ROWS
MOST_COLUMNS = 16_384

MACHINE_ROW, HEAD_ROW = 0, 1
LONGEST_HEAD = 255
LINE_HEIGHT = 15
MOST_LINES = 8  # a taller row hides its neighbours; the cell itself holds the whole text

GAIN, LOSS = "#6DB6E3", "#F0B440"
_COLOURED = {"prize": GAIN, "priority": GAIN, "importance": GAIN, "negative_share": LOSS}
_WIDE = re.compile("[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60"
                   "\U00020000-\U0003fffd]")  # fmt: skip


@dataclass(frozen=True)
class Sheet:
    """One sheet to write: `key` of its name, its table, how to show it, columns kept in view."""

    key: str
    table: pd.DataFrame
    columns: tuple[ShownColumn, ...]
    pinned: int = 0


def write_grid(page: Any, sheet: Sheet, formats: Mapping[str, Any]) -> None:
    """Write `sheet` to an xlsxwriter worksheet, at most `MOST_ROWS` rows of it.

    Row 1 holds the machine names, row 2 the headers with a filter each, and what a column means
    as a comment. Rows are written in order, as constant memory asks.
    """
    table = sheet.table.iloc[:MOST_ROWS, :MOST_COLUMNS]
    columns = sheet.columns[:MOST_COLUMNS]
    _write_heads(page, columns, formats)
    wrapped = [place for place, column in enumerate(columns) if column.kind == "text"]
    for number, row in enumerate(table.itertuples(index=False, name=None), start=HEAD_ROWS):
        lines = max((_lines(row[place], columns[place].width) for place in wrapped), default=1)
        page.set_row(number, LINE_HEIGHT * lines)
        for place, (value, column) in enumerate(zip(row, columns, strict=True)):
            write_cell(page, (number, place), value, column.kind, formats)
    page.freeze_panes(HEAD_ROWS, sheet.pinned)
    if columns:
        last = HEAD_ROWS + max(1, len(table)) - 1
        page.autofilter(HEAD_ROW, 0, last, len(columns) - 1)
        _add_colours(page, columns, last)
    _fit_to_paper(page)


def write_cell(
    page: Any, cell: tuple[int, int], value: Any, kind: str, formats: Mapping[str, Any]
) -> None:
    """Write one value in the format of its column's kind; a text is never taken for a formula."""
    if isinstance(value, Passage):
        _write_passage(page, cell, value, formats)
        return
    told = typed(value)
    if isinstance(told, str):
        page.write_string(*cell, told, formats[_text_kind(told)])
    elif isinstance(told, bool):
        page.write_boolean(*cell, told, formats["text"])
    elif isinstance(told, datetime):
        page.write_datetime(*cell, told, formats[kind if kind == "moment" else "date"])
    elif told is not None:
        page.write_number(*cell, told, formats[kind if kind in NUMERIC else "number"])


def _write_heads(page: Any, columns: tuple[ShownColumn, ...], formats: Mapping[str, Any]) -> None:
    page.set_row(MACHINE_ROW, 12)
    for place, column in enumerate(columns):
        page.set_column(place, place, column.width)
        _write_head(page, (MACHINE_ROW, place), column.name, "machine", formats)
    # A filter's button takes the room of three letters.
    lines = [len(textwrap.wrap(column.head, column.width - 3)) for column in columns]
    page.set_row(HEAD_ROW, min(MOST_LINES, max([2, *lines])) * LINE_HEIGHT + 2)
    for place, column in enumerate(columns):
        _write_head(page, (HEAD_ROW, place), column.head, "head", formats)
        if column.meaning:
            page.write_comment(HEAD_ROW, place, column.meaning, {"x_scale": 2, "author": ""})


def _write_head(
    page: Any, cell: tuple[int, int], text: str, look: str, formats: Mapping[str, Any]
) -> None:
    """Write the name of a column, which may have come with the source."""
    shown = fit_text(readable(text), LONGEST_HEAD)
    page.write_string(*cell, shown, formats[f"quoted_{look}" if runs(shown) else look])


def _write_passage(
    page: Any, cell: tuple[int, int], value: Passage, formats: Mapping[str, Any]
) -> None:
    """Write a quote with its evidence in bold."""
    before, evidence, after = map(fit_text, (value.before, value.evidence, value.after))
    kind = _text_kind(str(value))
    if not evidence or not (before or after):
        whole = formats[f"{kind}_evidence"] if evidence else formats[kind]
        page.write_string(*cell, fit_text(str(value)), whole)
        return
    marked = [formats["evidence"], evidence]
    pieces = [*([before] if before else []), *marked, *([after] if after else [])]
    page.write_rich_string(*cell, *pieces, formats[kind])


def _text_kind(text: str) -> str:
    # A cell marked with the quote prefix stays a text even after it was edited.
    return "quoted" if runs(text) else "text"


def _lines(value: Any, width: int) -> int:
    """Return how many lines a text takes in a column, judged from above without its font."""
    if not isinstance(value, str | Passage):
        return 1
    text, room = str(value)[: MOST_LINES * width], width * 9 // 10
    if 2 * len(text) <= room and "\n" not in text:
        return 1
    rows = (len(line) + len(_WIDE.findall(line)) for line in text.split("\n", MOST_LINES))
    return min(MOST_LINES, sum(1 + max(0, row - 1) // room for row in rows))


def _add_colours(page: Any, columns: tuple[ShownColumn, ...], last: int) -> None:
    """Colour what shows size at a glance: from zero (white; below it too) to the largest.

    No data bars: Excel's older kind draws a bar for zero, readers warn of the newer kind.
    """
    for place, column in enumerate(columns):
        if column.name in _COLOURED and column.kind in NUMERIC:
            look = {"type": "2_color_scale", "min_type": "num", "min_value": 0,
                    "min_color": "#FFFFFF", "max_color": _COLOURED[column.name]}  # fmt: skip
            page.conditional_format(HEAD_ROWS, place, last, place, look)


def _fit_to_paper(page: Any) -> None:
    page.set_landscape()
    page.set_paper(9)  # A4
    page.fit_to_pages(1, 0)
    page.repeat_rows(MACHINE_ROW, HEAD_ROW)
    # A row id is a text that looks like a number: no green corner on each of them.
    page.ignore_errors({"number_stored_as_text": f"A1:XFD{MOST_ROWS}"})
