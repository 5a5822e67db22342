"""The segment chart: a matrix of touchpoints and segments, in blocks that fit a phone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from tpfeedback.charts.cells import Cell, cell_layers
from tpfeedback.charts.contents import read_rows, shown_name, spoken
from tpfeedback.charts.lettering import longest_word, text_width, wrap
from tpfeedback.charts.look import INK, LINE, WIDTH, lines, nothing, picture, text
from tpfeedback.wording import Wording

_NARROWEST, _WIDEST = 66.0, 140.0  # of a segment's column
_CELL = 26.0


def segment_chart(
    table: pd.DataFrame,
    names: Mapping[str, str] | None = None,
    *,
    words: Wording | None = None,
    decimals: int = 2,
    as_share: bool = False,
    title: str | None = None,
) -> Any:
    """Draw one number for each touchpoint and segment as a matrix of coloured cells.

    A touchpoint's name stands above its cells. Segments that find no room beside each other go
    on in a further block below. Touchpoints and segments keep the order of the table.

    Args:
        table: columns `segment`, `touchpoint`, `value`, `texts` (how many are behind the
            value). A missing value means too few texts to tell, and is shown so; so is a pair
            that the table does not have.
        names: the name to show for a touchpoint's key; the key itself where there is none.
        words: the language of the labels; English where none is given.
        decimals: digits of the numbers after the point.
        as_share: the values are shares (0-1), to be written as percentages.
        title: what the numbers are; stands under the chart.

    Raises:
        TableError: a column lacks.

    >>> from tpfeedback.charts import to_svg
    >>> table = pd.DataFrame({"segment": ["app"], "touchpoint": ["delivery"],
    ...                       "value": [None], "texts": [2]})
    >>> "too few" in to_svg(segment_chart(table))
    True
    """
    told = spoken(words)
    rows = read_rows(table, "segment chart", ("segment", "touchpoint", "value", "texts"))
    if not rows:
        return nothing(told)
    values = {(row["segment"], row["touchpoint"]): row["value"] for row in rows}
    touchpoints = list(dict.fromkeys(row["touchpoint"] for row in rows))
    segments = list(dict.fromkeys(row["segment"] for row in rows))
    too_few = told.say("charts", "too_few")

    def write(value: float) -> str:
        return told.percent(value) if as_share else told.number(value, decimals)

    shown = [too_few, *(write(value) for value in values.values() if value is not None)]
    columns = _columns([_segment_name(one, told) for one in segments], shown)
    heads, labels, rules, cells, y = [], [], [], [], 0.0
    for start in range(0, len(segments), columns):
        block = segments[start : start + columns]
        y, head = _block_head([_segment_name(one, told) for one in block], columns, y)
        heads += head
        rules.append({"x": 0, "y": y, "x2": WIDTH, "y2": y, "color": INK})
        for touchpoint in touchpoints:
            y += 5
            for line in wrap(shown_name(touchpoint, names), WIDTH):
                labels.append({"x": 0, "y": y + LINE / 2, "text": line})
                y += LINE
            for number, segment in enumerate(block):
                left, right = _edges(number, columns)
                value = values.get((segment, touchpoint))
                cells.append(Cell(left, y + 1, right, y + _CELL, value))
            y += _CELL + 3
        y += 16
    layers = [
        text(heads, align="center", bold=True),
        lines(rules, width=1, opacity=0.5),
        *cell_layers(cells, write, too_few),
        text(labels),
    ]
    caption = [*([title] if title else []), told.say("charts", "segment_cells")]
    return picture(layers, height=y - 12, caption=caption)


def _segment_name(segment: Any, words: Wording) -> str:
    return words.say("charts", "no_segment") if segment is None else str(segment)


def _columns(names: list[str], shown: list[str]) -> int:
    """Return how many columns stand beside each other, wide enough for what stands in them."""
    widest = max(text_width(one) for one in shown)
    word = min(_WIDEST, max(longest_word(name, bold=True) for name in names))
    fitting = max(1, int(WIDTH // max(_NARROWEST, widest + 8, word + 8)))
    blocks = -(-len(names) // fitting)
    return -(-len(names) // blocks)  # blocks of like size: no lone last column


def _edges(number: int, columns: int) -> tuple[float, float]:
    width = WIDTH / max(columns, 2)
    return number * width + 2, (number + 1) * width - 2


def _block_head(names: list[str], columns: int, y: float) -> tuple[float, list[dict[str, Any]]]:
    """Return where the head of a block ends, and its lines."""
    head, deepest = [], 1
    for number, name in enumerate(names):
        left, right = _edges(number, columns)
        shown = wrap(name, right - left, bold=True)
        deepest = max(deepest, len(shown))
        head += [
            {"x": (left + right) / 2, "y": y + LINE * (n + 0.5), "text": line}
            for n, line in enumerate(shown)
        ]
    return y + LINE * deepest + 3, head
