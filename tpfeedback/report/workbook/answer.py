"""The first sheet: the answer in sentences, and native charts beside the numbers they draw."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tpfeedback.report import sentences
from tpfeedback.report.axis_ends import axis_ends
from tpfeedback.report.records import Facts
from tpfeedback.report.scope import scope_line
from tpfeedback.report.speech import Speech
from tpfeedback.report.workbook.cells import fit_text
from tpfeedback.report.workbook.grid import LINE_HEIGHT, write_cell
from tpfeedback.wording import Wording

DRAWN = 12
LAST_COLUMN = 11  # sentences run across the sheet as far as the charts do
CHART_COLUMN, CHART_WIDTH = 5, 720

# Okabe and Ito's blue, pale where the interval reaches zero: a gain that is not certain.
SURE, UNSURE, INK = "#0072B2", "#A6CEE3", "#404040"


@dataclass(frozen=True)
class _Figures:
    """Numbers with 95 % intervals: what a chart draws and the cells beside it hold."""

    heads: tuple[str, str, str, str]
    rows: list[tuple[str, float, float | None, float | None]]
    first: int  # row of the sheet where they begin
    kind: str  # of the numbers

    @property
    def last(self) -> int:
        return self.first + len(self.rows) - 1


def write_answer(
    book: Any, page: Any, facts: Facts, words: Wording, formats: Mapping[str, Any]
) -> None:
    """Write the answer, then prizes and trend, each as cells with a chart of those cells.

    The cells of this sheet carry no filter: a chart of rows that can be sorted would put one
    row's interval on another's bar.
    """
    page.set_column(0, 0, 34)
    page.set_column(1, CHART_COLUMN - 2, 11)
    page.hide_gridlines(2)
    row = _write_sentences(page, facts, words, formats)
    prizes = _prizes(facts, words, row + 1)
    chart = _prize_chart(book, page, prizes, facts, words)
    row = _write_figures(page, prizes, chart, formats)
    trend = _trend(facts, words, row + 1)
    if trend is not None:
        _write_figures(page, trend, _trend_chart(book, page, trend, facts, words), formats)
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 1)


def _write_sentences(page: Any, facts: Facts, words: Wording, formats: Mapping[str, Any]) -> int:
    told = sentences.answer(facts, words)
    lines = [(words.say("headings", "title"), "title"), *((text, "sentence") for text in told)]
    lines.append((scope_line(Speech(facts, words)), "small"))
    for row, (text, look) in enumerate(lines):
        page.set_row(row, sentence_height(text, look))
        page.merge_range(row, 0, row, LAST_COLUMN, "", formats[look])
        page.write_string(row, 0, fit_text(text), formats[look])
    return len(lines)


def sentence_height(text: str, look: str) -> int:
    """Return the height of a row with a sentence that runs across the sheet."""
    if look == "title":
        return 30
    wide = sum(2 if ord(letter) > 0x2E7F else 1 for letter in text)
    if look == "small":
        return LINE_HEIGHT * (1 + wide // 160) + 3
    return 18 * (1 + wide // 130) + 4


def _prizes(facts: Facts, words: Wording, first: int) -> _Figures:
    speech = Speech(facts, words)
    rows = [
        (speech.touchpoint(one["touchpoint"]), one["prize"],
         one["prize_low"], one["prize_high"])
        for one in facts["ranking"][:DRAWN]
        if one["prize"] is not None
    ]  # fmt: skip
    heads = tuple(words.name("columns", name) for name in ("name", "prize", "low", "high"))
    return _Figures(heads, rows, first + 1, "gain")  # type: ignore[arg-type]


def _trend(facts: Facts, words: Wording, first: int) -> _Figures | None:
    changes = facts.get("changes")
    if not changes or not changes["trend"]:
        return None
    rows = [
        (words.date(one["period"]), one["value"], one["low"], one["high"])
        for one in changes["trend"]
        if one["value"] is not None
    ]
    heads = tuple(words.name("columns", name) for name in ("period", "value", "low", "high"))
    return _Figures(heads, rows, first + 1, "effect")  # type: ignore[arg-type]


def _write_figures(
    page: Any, figures: _Figures, chart: tuple[Any, int] | None, formats: Mapping[str, Any]
) -> int:
    """Write the cells with the chart beside them; return the first row below both."""
    if chart is None:
        return figures.first - 1
    head = figures.first - 1
    page.set_row(head, 2 * LINE_HEIGHT)
    for place, text in enumerate(figures.heads):
        page.write_string(head, place, text, formats["head"])
    drawn, height = chart
    page.insert_chart(head, CHART_COLUMN, drawn, {"object_position": 2})
    reaches = zip(*_reaches(figures), strict=True)
    for row, (cells, ends) in enumerate(zip(figures.rows, reaches, strict=True), figures.first):
        for place, value in enumerate(cells):
            kind = figures.kind if place else "text"
            write_cell(page, (row, place), value, kind, formats)
        # Error bars are drawn from cells; these lie behind the chart and show nothing.
        for place, value in enumerate(ends, start=CHART_COLUMN):
            page.write_number(row, place, value, formats["unseen"])
    return max(figures.last + 2, head + height // 20 + 2)


def _prize_chart(
    book: Any, page: Any, figures: _Figures, facts: Facts, words: Wording
) -> tuple[Any, int] | None:
    if not figures.rows:
        return None
    chart = book.add_chart({"type": "bar"})
    series = _series(page, figures)
    fills = [SURE if (low or 0) > 0 else UNSURE for _, _, low, _ in figures.rows]
    chart.add_series(
        {
            **series,
            "gap": 60,
            "fill": {"color": SURE},
            "points": [{"fill": {"color": fill}} for fill in fills],
        }
    )
    height = 130 + 28 * len(figures.rows)
    look = _axis_look(facts["outcome"]["gain_decimals"])
    # A value axis crosses at the far end, which is the bottom of what runs from top to bottom.
    names = {"reverse": True, "crossing": "max", "label_position": "low", "line": {"color": INK}}
    chart.set_y_axis(names)
    ends = _ends(figures, zero=True)
    chart.set_x_axis({**look, **ends, "name": _told(words, "prize_axis", facts)})
    return _finished(chart, words.say("workbook", "prize_chart"), height), height


def _trend_chart(
    book: Any, page: Any, figures: _Figures, facts: Facts, words: Wording
) -> tuple[Any, int]:
    chart = book.add_chart({"type": "line"})
    marker = {"type": "circle", "size": 6, "fill": {"color": SURE}, "border": {"color": SURE}}
    line = {"color": SURE, "width": 2}
    chart.add_series({**_series(page, figures), "line": line, "marker": marker})
    ends = _ends(figures)
    look = _axis_look(facts["outcome"]["decimals"])
    chart.set_y_axis({**look, **ends, "name": _told(words, "trend_axis", facts)})
    return _finished(chart, words.say("workbook", "trend_chart"), 340), 340


def _ends(figures: _Figures, *, zero: bool = False) -> dict[str, float]:
    numbers = [number for _, *numbers in figures.rows for number in numbers]
    found = axis_ends(numbers, zero=zero)
    return {} if found is None else {"min": found[0], "max": found[1]}


def _told(words: Wording, key: str, facts: Facts) -> str:
    return words.say("workbook", key, outcome=Speech(facts, words).outcome())


def _series(page: Any, figures: _Figures) -> dict[str, Any]:
    """Return a series of the cells, its intervals as error bars, with its values as a cache."""
    name, first, last = page.get_name(), figures.first, figures.last
    up, down = _reaches(figures)
    return {
        "name": figures.heads[1],
        "categories": [name, first, 0, last, 0],
        "values": [name, first, 1, last, 1],
        "categories_data": [row[0] for row in figures.rows],
        "values_data": [row[1] for row in figures.rows],
        "y_error_bars": {
            "type": "custom",
            "plus_values": f"='{name}'!$F${first + 1}:$F${last + 1}",
            "minus_values": f"='{name}'!$G${first + 1}:$G${last + 1}",
            "plus_data": up,
            "minus_data": down,
            "line": {"color": INK, "width": 1.5},
        },
    }


def _reaches(figures: _Figures) -> tuple[list[float], list[float]]:
    """Return how far each interval reaches up and down from its value."""
    up = [max(0.0, _or(high, value) - value) for _, value, _, high in figures.rows]
    down = [max(0.0, value - _or(low, value)) for _, value, low, _ in figures.rows]
    return up, down


def _or(end: float | None, value: float) -> float:
    return value if end is None else end


def decimal_format(digits: int) -> str:
    """Return Excel's format for so many digits after the point.

    >>> decimal_format(2), decimal_format(0)
    ('0.00', '0')
    """
    return f"0.{'0' * digits}" if digits else "0"


def _axis_look(digits: int) -> dict[str, Any]:
    lines = {"visible": True, "line": {"color": "#D9D9D9"}}
    return {"num_format": decimal_format(digits), "major_gridlines": lines}


def _finished(chart: Any, title: str, height: int) -> Any:
    chart.set_title({"name": title, "name_font": {"size": 12}, "overlay": False})
    chart.set_legend({"none": True})
    chart.set_size({"width": CHART_WIDTH, "height": height})
    return chart
