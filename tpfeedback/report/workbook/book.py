"""Writes the workbook: the answer, the sheets to filter, the method."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tpfeedback.errors import WriteError
from tpfeedback.report.facts import Findings, report_facts
from tpfeedback.report.records import Facts
from tpfeedback.report.workbook.answer import decimal_format, write_answer
from tpfeedback.report.workbook.grid import MOST_ROWS, write_grid
from tpfeedback.report.workbook.sheets import method_sheet, sheet_names, sheets_to_filter
from tpfeedback.report.workbook.tracked import write_tracked
from tpfeedback.wording import load_wording

MOST_TOLD = 200  # touchpoints with reason and quotes; every one has its row

# Constant memory: rows leave as they are written. Formulas and links are never made of texts.
_OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
# A workbook carries the time it was made; a fixed one keeps the bytes the same.
_CREATED = datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)


def write_workbook(
    findings: Findings, path: str | Path, *, language: str = "en", mask: bool = True
) -> None:
    """Write the answer with charts, then priorities, touchpoints, quotes, mentions, feedback,
    rejected rows and method, names and headers in `language`.

    Row 1 of a sheet holds the machine names of the columns, row 2 the headers to filter by:
    `pandas.read_excel(path, sheet_name=1, skiprows=[1])` reads the table. A text is always a
    text: one that begins like a formula stays text even when its cell is edited. Personal data
    in texts is masked unless `mask` is False. A cell holds at most 32,767 characters, a sheet
    1,048,574 rows below its two header rows; what is longer is cut, and the method sheet says so.
    Raises `WriteError` where the file cannot be made.
    """
    import xlsxwriter

    words = load_wording(language)
    facts = report_facts(findings, ranked=MOST_TOLD, mask=mask)
    names = sheet_names(words)
    sheets = sheets_to_filter(findings, facts, words, mask=mask)
    cut = [names[sheet.key] for sheet in sheets if len(sheet.table) > MOST_ROWS]
    _require_writable(Path(path))
    with xlsxwriter.Workbook(str(path), _OPTIONS) as book:
        book.set_properties({"title": words.say("headings", "title"), "created": _CREATED})
        formats = {name: book.add_format(look) for name, look in _looks(facts).items()}
        first = book.add_worksheet(names["answer"])
        write_answer(book, first, facts, words, formats)
        write_tracked(book, facts, words, formats)
        for sheet in [*sheets, method_sheet(facts, cut, words)]:
            write_grid(book.add_worksheet(names[sheet.key]), sheet, formats)


def _require_writable(path: Path) -> None:
    """Raise `WriteError` where the file cannot be made, before anything is put into it.

    xlsxwriter finds out at the end, with an error that is no `OSError`.
    """
    there = path.exists()
    try:
        path.open("ab").close()
    except OSError as error:
        raise WriteError(
            f"Cannot write {path.name!r}: {error.strerror}. Close it if it is open in another "
            "program, or name another file."
        ) from error
    if not there:
        path.unlink()


def _looks(facts: Facts) -> dict[str, dict[str, Any]]:
    """Return the formats; effects have the digits that matter for the outcome."""
    effect = decimal_format(facts["outcome"]["decimals"])
    top = {"valign": "top"}
    text = {**top, "text_wrap": True, "align": "left", "indent": 1}
    machine = {"align": "left", "indent": 1, "font_size": 8, "font_color": "#707070"}
    head = {**text, "bold": True, "bg_color": "#DCEAF4"}
    return {
        "share": {**top, "num_format": "0.0%"},
        "effect": {**top, "num_format": effect},
        "gain": {**top, "num_format": decimal_format(facts["outcome"]["gain_decimals"])},
        "change": {**top, "num_format": f"+{effect};-{effect};{effect}"},
        "decimal": {**top, "num_format": "0.000"},
        "count": {**top, "num_format": "#,##0"},
        "number": top,
        "date": {**top, "num_format": "yyyy-mm-dd"},
        "moment": {**top, "num_format": "yyyy-mm-dd hh:mm"},
        "text": text,
        "quoted": {**text, "quote_prefix": True},
        "evidence": {"bold": True},
        "text_evidence": {**text, "bold": True},
        "quoted_evidence": {**text, "bold": True, "quote_prefix": True},
        "unseen": {"num_format": ";;;"},
        "machine": machine,
        "quoted_machine": {**machine, "quote_prefix": True},
        "quoted_head": {**head, "quote_prefix": True},
        "head": head,
        "title": {"bold": True, "font_size": 18},
        "sentence": {**top, "text_wrap": True, "font_size": 12},
        "small": {**top, "text_wrap": True, "font_color": "#595959"},
    }
