"""Writes the workbook that people label in."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from tpfeedback.labelling.codebook import codebook_head, codebook_rows, rules
from tpfeedback.labelling.sheet_cells import fit
from tpfeedback.labelling.sheet_columns import header_of
from tpfeedback.labelling.sheet_rows import sheet_rows, sheet_words
from tpfeedback.taxonomy import Taxonomy
from tpfeedback.wording import Wording

if TYPE_CHECKING:
    from tpfeedback.labelling.sample import LabellingSample

_OPTIONS = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
# A workbook carries the time it was made; a fixed one keeps the bytes the same.
_CREATED = datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)

WIDTHS = {"feedback_id": 12, "question": 24, "text": 80, "overall_sentiment": 9,
          "touchpoints": 38, "suggested": 30, "comment": 22, "annotator": 14, "language": 9,
          "probability": 13}  # fmt: skip
_TYPED = ("overall_sentiment", "touchpoints", "comment")
_LINE, _MOST_LINES = 15, 26  # a row of Excel is at most 409 points high
_WIDE = re.compile("[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\uff00-\uff60]")

_TOP = {"valign": "top", "text_wrap": True}
_LOOKS: dict[str, dict[str, Any]] = {
    "how": {**_TOP, "bg_color": "#FFF7DF", "font_size": 11},
    "head": {**_TOP, "bold": True, "bg_color": "#DCEAF4", "bottom": 1},
    "text": {**_TOP, "font_size": 11},
    "quoted": {**_TOP, "font_size": 11, "quote_prefix": True},
    # Typed cells are texts: what begins with + or - is no formula there.
    "typed": {**_TOP, "num_format": "@", "bg_color": "#FDFDF4", "border": 1,
              "border_color": "#D9D9C8", "font_size": 11},
    "quiet": {"valign": "top", "font_color": "#8A8A8A", "font_size": 9},
    "key": {**_TOP, "bold": True},
    "rule": {"valign": "top"},
    "done": {"bg_color": "#E3F1E3"},
    "gap": {"bg_color": "#F8D9B0"},
}  # fmt: skip


def write_workbook(
    sample: LabellingSample,
    path: Path,
    *,
    lang: str | None,
    mask: bool,
    suggest: bool,
    annotator: str,
) -> None:
    """Write the sheet to fill and the codebook; see `LabellingSample.to_excel`."""
    import xlsxwriter

    words, languages = sheet_words(sample, lang)
    rows = sheet_rows(sample, mask=mask, suggest=suggest, annotator=annotator)
    with xlsxwriter.Workbook(str(path), _OPTIONS) as book:
        book.set_properties({"created": _CREATED})
        looks = {name: book.add_format(look) for name, look in _LOOKS.items()}
        page = book.add_worksheet(words.say("labelling", "sheet_labels"))
        _write_texts(page, rows, words, looks)
        second = book.add_worksheet(words.say("labelling", "sheet_codebook"))
        _write_codebook(second, sample.taxonomy, words, languages, looks)


def _write_texts(page: Any, rows: pd.DataFrame, words: Wording, looks: dict[str, Any]) -> None:
    """Write how to label, the headers, and a row for each text; both rows stay in view."""
    names = list(rows.columns)
    how = words.say("labelling", "how", none=words.say("labelling", "none"),
                    codebook=words.say("labelling", "sheet_codebook"))  # fmt: skip
    shown = [place for place, name in enumerate(names) if name != "probability"]
    page.merge_range(0, 0, 0, max(shown), how, looks["how"])
    width = sum(WIDTHS[name] for name in names[: max(shown) + 1])
    page.set_row(0, _LINE * (_lines(how, width) + 1))
    page.set_row(1, 2 * _LINE)
    for place, name in enumerate(names):
        page.set_column(place, place, WIDTHS[name])
        page.write_string(1, place, header_of(name, words), looks["head"])
    for number, cells in enumerate(rows.itertuples(index=False, name=None), start=2):
        told = dict(zip(names, cells, strict=True))
        lines = max(_lines(str(told[name]), WIDTHS[name])
                    for name in ("text", "question", "touchpoints") if name in told)  # fmt: skip
        page.set_row(number, _LINE * lines + 3)
        for place, name in enumerate(names):
            _write(page, (number, place), name, told[name], looks)
    page.freeze_panes(2, names.index("text") + 1 if "question" not in names else 1)
    _guide(page, names, len(rows), words, looks)
    page.set_landscape()
    page.set_paper(9)  # A4
    page.fit_to_pages(1, 0)
    page.repeat_rows(1)


def _write(page: Any, cell: tuple[int, int], name: str, value: Any, looks: dict[str, Any]) -> None:
    if name in _TYPED:
        page.write_string(*cell, str(value), looks["typed"]) if value else page.write_blank(
            *cell, None, looks["typed"]
        )
    elif name == "probability":
        page.write_number(*cell, float(value), looks["quiet"])
    elif name in ("text", "question", "suggested"):
        told = fit(str(value))
        page.write_string(*cell, told, looks["quoted" if told[:1] in "=+-@" else "text"])
    else:
        page.write_string(*cell, fit(str(value)), looks["quiet"])


def _guide(page: Any, names: list[str], number: int, words: Wording, looks: dict[str, Any]) -> None:
    """Add what helps while typing: a list for the mark of the whole text, colours of progress."""
    last = 1 + max(number, 1)
    overall, touchpoints = names.index("overall_sentiment"), names.index("touchpoints")
    page.data_validation(2, overall, last, overall, {
        "validate": "list", "source": ["+", "-", "0", "*"], "error_type": "stop",
        "error_title": header_of("overall_sentiment", words),
        "error_message": words.say("labelling", "overall_wrong"),
    })  # fmt: skip
    page.write_comment(1, overall, words.say("labelling", "overall_help"), {"author": ""})
    cell, whole = f"${_letter(touchpoints)}3", f"${_letter(overall)}3"
    filled = {"type": "formula", "criteria": f"=LEN(TRIM({cell}))>0", "format": looks["done"]}
    forgotten = {"type": "formula", "format": looks["gap"],
                 "criteria": f'=AND(LEN(TRIM({cell}))=0,LEN(TRIM({whole}))>0)'}  # fmt: skip
    page.conditional_format(2, overall, last, touchpoints, forgotten)
    page.conditional_format(2, overall, last, touchpoints, filled)
    page.autofilter(1, 0, last, len(names) - 1)
    page.ignore_errors({"number_stored_as_text": f"A1:{_letter(len(names) - 1)}{last + 1}"})


def _write_codebook(
    page: Any, taxonomy: Taxonomy, words: Wording, languages: list[str], looks: dict[str, Any]
) -> None:
    head = codebook_head(words, languages)
    told = rules(words)
    for row, rule in enumerate(told):
        page.write_string(row, 0, f"{row + 1}. {rule}", looks["rule"])
    top = len(told) + 1
    widths = [16, *[20, 60, 50] * len(languages)]
    for place, header in enumerate(head):
        page.set_column(place, place, widths[place])
        page.write_string(top, place, header, looks["head"])
    for row, cells in enumerate(codebook_rows(taxonomy, languages), start=top + 1):
        page.set_row(row, _LINE * max(map(_lines, cells, widths)) + 3)
        for place, cell in enumerate(cells):
            page.write_string(row, place, fit(cell), looks["text" if place else "key"])
    page.freeze_panes(top + 1, 1)
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)


def _lines(text: str, width: int) -> int:
    """Return how many lines a text takes in a column, at most what a row can hold."""
    room = max(width * 9 // 10, 1)
    wide = (len(line) + len(_WIDE.findall(line)) for line in text.split("\n"))
    return min(_MOST_LINES, sum(1 + max(0, size - 1) // room for size in wide))


def _letter(place: int) -> str:
    from xlsxwriter.utility import xl_col_to_name

    return str(xl_col_to_name(place))
