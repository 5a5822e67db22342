"""The journey chart: a heat map of the touchpoints along the stages of the journey."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from tpfeedback.charts.cells import Cell, cell_layers
from tpfeedback.charts.contents import read_rows, shown_name, spoken
from tpfeedback.charts.lettering import wrap
from tpfeedback.charts.look import INK, LINE, WIDTH, lines, nothing, picture, text
from tpfeedback.wording import Wording

STAGES = ("before", "choosing", "buying", "after")
_CELL = 92.0
_COUNTS = WIDTH - _CELL - 12.0  # where the numbers of mentions end
_NAMES = _COUNTS - 100.0  # where the names end
_ROW = 30.0


def journey_chart(
    table: pd.DataFrame,
    names: Mapping[str, str] | None = None,
    *,
    words: Wording | None = None,
    decimals: int = 2,
) -> Any:
    """Draw how often and how badly each touchpoint is spoken of, stage by stage.

    Every touchpoint is a row of its stage with the number of its mentions and, as a coloured
    cell, its share of bad ones. The stages follow the journey, other ones come after; within a
    stage the rows keep the order of the table. Where the path breaks first stands below the name.

    Args:
        table: columns `stage`, `touchpoint`, `mentions`, `negative_share` (0-1; missing where
            there are too few mentions to tell); optional `first_share`: share (0-1) of all who
            complain about anything whose earliest complaint, along the journey, is this one.
        names: the name to show for a touchpoint's key; the key itself where there is none.
        words: the language of the labels; English where none is given.
        decimals: not used: shares are written as percentages; every chart takes it.

    Raises:
        TableError: a column lacks.

    >>> from tpfeedback.charts import to_svg
    >>> table = pd.DataFrame({"stage": ["after"], "touchpoint": ["delivery"],
    ...                       "mentions": [40], "negative_share": [0.75]})
    >>> "75%" in to_svg(journey_chart(table))
    True
    """
    told = spoken(words)
    needed = ("stage", "touchpoint", "mentions", "negative_share")
    rows = read_rows(table, "journey chart", needed, ["first_share"])
    if not rows:
        return nothing(told)
    head = _column_heads(told)
    y = max(one["y"] for one in head) + LINE / 2
    stages, labels, counts, rules, cells = [], [], [], [], []
    for stage in _in_order([row["stage"] for row in rows]):
        y += 16
        said = (
            told.name("stages", str(stage)) if stage is not None else told.say("charts", "no_stage")
        )
        for line in wrap(said, WIDTH, bold=True):
            stages.append({"x": 0, "y": y, "text": line})
            y += LINE
        rules.append({"x": 0, "y": y - 7, "x2": WIDTH, "y2": y - 7, "color": INK})
        y -= 4
        for row in (row for row in rows if row["stage"] == stage):
            shown = [*wrap(shown_name(row["touchpoint"], names), _NAMES), *_first(row, told)]
            height = max(_ROW, LINE * len(shown) + 10)
            first = y + height / 2 - LINE * (len(shown) - 1) / 2
            labels += [{"x": 0, "y": first + LINE * n, "text": one} for n, one in enumerate(shown)]
            amount = "–" if row["mentions"] is None else told.count(row["mentions"])
            counts.append({"x": _COUNTS, "y": y + height / 2, "text": amount})
            value = row["negative_share"]
            cells.append(Cell(WIDTH - _CELL, y + 1, WIDTH, y + height - 1, value))
            y += height
    layers = [
        text(head, align="right"),
        text(stages, bold=True),
        lines(rules, width=1, opacity=0.5),
        *cell_layers(cells, told.percent, told.say("charts", "too_few")),
        text(labels),
        text(counts, align="right"),
    ]
    caption = [told.say("charts", "journey_cells")]
    if any(row["first_share"] for row in rows):
        caption.append(told.say("charts", "first_failures"))
    return picture(layers, height=y + 4, caption=caption)


def _first(row: Mapping[str, Any], words: Wording) -> list[str]:
    """Return the lines that tell how often the path breaks here first."""
    if not row["first_share"]:
        return []
    share = words.percent(row["first_share"])
    return wrap(words.say("charts", "first_failure", share=share), _NAMES)


def _column_heads(words: Wording) -> list[dict[str, Any]]:
    heads = []
    for key, x, width in (("mentions", _COUNTS, 130.0), ("negative", WIDTH, _CELL)):
        for number, line in enumerate(wrap(words.say("charts", key), width)):
            heads.append({"x": x, "y": LINE * (number + 0.5), "text": line})
    return heads


def _in_order(stages: list[Any]) -> list[Any]:
    """Return each stage once: along the journey, then the others as they come, none at last."""
    found = dict.fromkeys(stages)
    known = [stage for stage in STAGES if stage in found]
    others = [stage for stage in found if stage not in STAGES and stage is not None]
    return [*known, *others, *([None] if None in found else [])]
