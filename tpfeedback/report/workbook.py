"""The analysis as an Excel workbook: sheets to filter, and no cell that can run."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd

from tpfeedback.report import sentences
from tpfeedback.report.delimited import runs
from tpfeedback.report.facts import Facts, Findings, report_facts
from tpfeedback.report.passages import readable
from tpfeedback.report.wording import load_wording
from tpfeedback.tables import IMPACT, PRIORITIES, Column

# Excel's own limits: characters in a cell, rows in a sheet.
LONGEST_CELL = 32_767
MOST_ROWS = 1_048_576 - 1

NUMERIC = ("count", "number", "share")

_OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "nan_inf_to_errors": False,
    "remove_timezone": True,
}
# A workbook carries the time it was made; a fixed one keeps the bytes the same.
_CREATED = datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)
_WIDTHS = {"text": 60, "reason": 60, "quote": 60, "evidence": 40, "meaning": 80, "value": 80}
_FORMATS = {
    "share": {"num_format": "0.0%"},
    "number": {"num_format": "0.000"},
    "date": {"num_format": "yyyy-mm-dd"},
    "count": {"num_format": "0"},
    "text": {"text_wrap": True, "valign": "top"},
    "plain": {"quote_prefix": True, "text_wrap": True, "valign": "top"},
    "head": {"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"},
}


def write_workbook(findings: Findings, path: str | Path, *, language: str = "en") -> None:
    """Write the sheets priorities, touchpoints, quotes, feedback, rejected and method.

    A text is always a text: one that begins like a formula is marked so that it stays text
    even when the cell is edited. A cell holds at most 32,767 characters, a sheet 1,048,575
    rows below its header; what is longer is cut, and the method sheet says so.
    """
    import xlsxwriter

    facts = report_facts(findings)
    sheets = _sheets(findings, facts, language)
    cut = [name for name, table in sheets.items() if len(table) > MOST_ROWS]
    sheets["method"] = _method(facts, cut, language)
    with xlsxwriter.Workbook(str(path), _OPTIONS) as book:
        book.set_properties({"title": "tpfeedback", "created": _CREATED})
        formats = {name: book.add_format(look) for name, look in _FORMATS.items()}
        for name, table in sheets.items():
            _write_sheet(book.add_worksheet(name), table.head(MOST_ROWS), formats)


def _sheets(findings: Findings, facts: Facts, language: str) -> dict[str, pd.DataFrame]:
    words = load_wording(language)

    def named(table: pd.DataFrame) -> pd.DataFrame:
        names = [sentences.touchpoint_name(facts, key, words) for key in table["touchpoint"]]
        place = list(table.columns).index("touchpoint")
        shown = table.copy()
        shown.insert(place, "name", names)
        return shown

    return {
        "priorities": named(findings.priorities),
        "touchpoints": named(findings.impact),
        "quotes": _quotes(facts, named),
        "feedback": _marked_feedback(findings),
        "rejected": findings.export.rejected,
    }


def _quotes(facts: Facts, named: Callable[[pd.DataFrame], pd.DataFrame]) -> pd.DataFrame:
    rows = [
        {
            "touchpoint": one["touchpoint"],
            "sentiment": sentiment,
            "evidence": quote["evidence"],
            "quote": quote["before"] + quote["evidence"] + quote["after"],
            "language": quote["language"],
            "overall": quote["overall"],
            "row": quote["row"],
            "feedback_id": quote["feedback_id"],
        }
        for part, sentiment in (("ranking", "negative"), ("rewards", "positive"))
        for one in facts[part]
        for quote in one["quotes"]
    ]
    columns = [
        "touchpoint",
        "sentiment",
        "evidence",
        "quote",
        "language",
        "overall",
        "row",
        "feedback_id",
    ]
    return named(pd.DataFrame(rows, columns=columns))


def _marked_feedback(findings: Findings) -> pd.DataFrame:
    """Return the feedback with the touchpoints of each text, good and bad ones apart."""
    table = findings.feedback.copy()
    mentions = findings.mentions
    for sentiment in ("negative", "positive", "mixed", "neutral"):
        chosen = mentions[mentions["sentiment"] == sentiment].sort_values("touchpoint")
        keys = chosen.groupby("feedback_id")["touchpoint"].agg(", ".join)
        table[f"{sentiment}_touchpoints"] = table["feedback_id"].map(keys)
    return table


def _method(facts: Facts, cut: list[str], language: str) -> pd.DataFrame:
    words = load_wording(language)
    sure = facts["sure"]
    rows = [("answer", text) for text in sentences.answer(facts, words)]
    rows += [("sure", text) for text in sentences.sure_lines(facts, words)]
    rows += [("warning", text) for text in sure["warnings"]]
    rows += [("note", text) for text in sure["notes"]]
    rows += [("cut", f"Sheet {name} holds only its first {MOST_ROWS} rows.") for name in cut]
    rows += [("method", text) for text in sentences.method_paragraphs(facts, words)]
    rows += [
        (f"column {one['role']}", sentences.column_source(one, words)) for one in facts["columns"]
    ]
    rows += [
        (f"setting {key}", sentences.setting_value(value))
        for key, value in facts["settings"].items()
    ]
    rows += [(f"version of {key}", value) for key, value in facts["versions"].items()]
    rows += [(column.name, column.meaning) for column in _explained()]
    return pd.DataFrame(rows, columns=["part", "value"])


def _explained() -> list[Column]:
    seen = {column.name: column for column in (*PRIORITIES, *IMPACT)}
    return list(seen.values())


def _write_sheet(sheet: Any, table: pd.DataFrame, formats: dict[str, Any]) -> None:
    """Write one table row by row: in constant memory, Excel's rows have to come in order."""
    names = [str(name) for name in table.columns]
    looks = [_look(name, table.iloc[:, place]) for place, name in enumerate(names)]
    for place, name in enumerate(names):
        sheet.set_column(place, place, _width(name, looks[place]))
        sheet.write_string(0, place, readable(name)[:255], formats["head"])
    for number, row in enumerate(table.itertuples(index=False, name=None), start=1):
        for place, (cell, look) in enumerate(zip(row, looks, strict=True)):
            value, dress = _cell(cell, look)
            if value is not None:
                sheet.write(number, place, value, formats[dress])
    sheet.freeze_panes(1, 0)
    if names:
        sheet.autofilter(0, 0, max(1, len(table)), len(names) - 1)


def _look(name: str, values: pd.Series) -> str:
    if pd.api.types.is_datetime64_any_dtype(values):
        return "date"
    if not pd.api.types.is_numeric_dtype(values):
        return "text"
    if name in ("reach", "priority", "q_value") or name.endswith("_share"):
        return "share" if name != "q_value" else "number"
    whole = values.dropna()
    return "count" if (whole % 1 == 0).all() else "number"


def _width(name: str, look: str) -> int:
    if look == "text":
        return _WIDTHS.get(name, 20)
    return max(11, min(18, len(name) + 3))


def _cell(cell: Any, look: str) -> tuple[Any, str]:
    """Return what Excel gets for a value, typed, and the format it is shown in."""
    if cell is None or pd.isna(cell):
        return None, look
    if look == "date" and cell.year >= 1900:
        return cell.to_pydatetime(), look
    if look in NUMERIC and math.isfinite(cell):
        return cell, look
    text = str(cell)[:LONGEST_CELL]
    return text, "plain" if runs(text) else "text"
