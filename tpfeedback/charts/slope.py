"""The slope chart: each touchpoint before and after, and which changes are clear."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from tpfeedback.charts.contents import first_of, read_rows, shown_name, spoken
from tpfeedback.charts.lettering import text_width, wrap
from tpfeedback.charts.look import (
    BLUE,
    DASHES,
    INK,
    LINE,
    VERMILLION,
    WIDTH,
    Mark,
    lines,
    nothing,
    picture,
    points,
    text,
)
from tpfeedback.charts.placing import spread
from tpfeedback.charts.scales import round_scale
from tpfeedback.wording import Wording

SHOWN = 12
_NEEDED = ("touchpoint", "before", "after")
_ENDS = ("before_low", "before_high", "after_low", "after_high")
_PLOT = 104.0  # between the two uprights
_LEADER = 12.0  # from an upright to its labels
_GAP = 6.0


def slope_chart(
    table: pd.DataFrame,
    names: Mapping[str, str] | None = None,
    *,
    words: Wording | None = None,
    decimals: int = 2,
    top: int = SHOWN,
    as_share: bool = False,
    title: str | None = None,
) -> Any:
    """Draw how each touchpoint changed from before to after, as an altair chart.

    A clear rise is a solid blue line, a clear fall a dashed vermillion one, a change that is not
    clear a thin line. Clear is a change whose 95 % interval leaves out 0; it is made from the
    intervals of the two ends (square-and-add: Newcombe 1998, Statistics in Medicine
    17:873-890). Where they are not given, no change is called clear. The touchpoints with the
    largest change are drawn.

    Args:
        table: columns `touchpoint`, `before`, `after`; optional `before_low`, `before_high`,
            `after_low`, `after_high`, the 95 % intervals.
        names: the name to show for a touchpoint's key; the key itself where there is none.
        words: the language of the labels; English where none is given.
        decimals: digits of the numbers after the point.
        top: only so many are drawn; the chart says so.
        as_share: the values are shares (0-1), to be written as percentages.
        title: what the numbers are; stands under the chart.

    Raises:
        TableError: a column lacks.

    >>> from tpfeedback.charts import to_svg
    >>> table = pd.DataFrame({"touchpoint": ["delivery"], "before": [-0.5], "after": [0.25]})
    >>> "−0.50" in to_svg(slope_chart(table))
    True
    """
    told = spoken(words)
    given = read_rows(table, "slope chart", _NEEDED, _ENDS)
    known = [row for row in given if row["before"] is not None and row["after"] is not None]
    known.sort(key=lambda row: (-abs(row["after"] - row["before"]), str(row["touchpoint"])))
    rows = known[:top]
    if not rows:
        return nothing(told)

    def write(value: float) -> str:
        return told.percent(value) if as_share else told.number(value, decimals)

    layers, height = _drawn(rows, names, write, told)
    caption = [*([title] if title else []), told.say("charts", "slope_lines")]
    caption += first_of(len(rows), len(known), told)
    return picture(layers, height=height, caption=caption)


def change_is_clear(row: Mapping[str, Any]) -> bool:
    """Tell whether the 95 % interval of after - before leaves out 0."""
    if any(row[end] is None for end in _ENDS):
        return False
    change = row["after"] - row["before"]
    down = math.hypot(row["after"] - row["after_low"], row["before_high"] - row["before"])
    up = math.hypot(row["after_high"] - row["after"], row["before"] - row["before_low"])
    return bool(change - down > 0 or change + up < 0)


def _drawn(
    rows: list[dict[str, Any]],
    names: Mapping[str, str] | None,
    write: Callable[[float], str],
    words: Wording,
) -> tuple[list[Mark], float]:
    """Return the layers of the slopes with their labels, and the height they take."""
    befores, afters = ([write(row[end]) for row in rows] for end in ("before", "after"))
    left = max(text_width(one) for one in befores) + _LEADER + 6
    right = left + _PLOT
    value = right + _LEADER + 4
    name = value + max(text_width(one) for one in afters) + 8
    shown = [wrap(shown_name(row["touchpoint"], names), WIDTH - name) for row in rows]
    levels = _levels(rows, [LINE * len(one) + _GAP for one in shown])
    starts, stops, from_y, to_y = levels.starts, levels.stops, levels.befores, levels.afters
    slopes = [
        {"x": left, "y": y, "x2": right, "y2": y2} for y, y2 in zip(starts, stops, strict=True)
    ]
    leaders = [
        {"x": x, "y": y, "x2": x + step, "y2": y2, "color": INK}
        for x, step, ends in ((left, -_LEADER, (starts, from_y)), (right, _LEADER, (stops, to_y)))
        for y, y2 in zip(*ends, strict=True)
    ]
    uprights = [
        {"x": x, "y": levels.top, "x2": x, "y2": levels.bottom, "color": INK} for x in (left, right)
    ]
    labels = [
        {"x": name, "y": y + LINE * (n - (len(one) - 1) / 2), "text": line}
        for one, y in zip(shown, to_y, strict=True)
        for n, line in enumerate(one)
    ]
    return [
        lines(uprights, width=1, opacity=0.5),
        lines(leaders, width=1, opacity=0.5),
        *_slopes(rows, slopes),
        text(_column(befores, left - _LEADER - 3, from_y), align="right"),
        text(_column(afters, value, to_y)),
        text(labels),
        text(_column([words.say("charts", "before")], left + 4, [LINE / 2]), align="right"),
        text(_column([words.say("charts", "after")], right - 4, [LINE / 2])),
    ], levels.height


@dataclass(frozen=True)
class _Levels:
    """How far down everything stands: ends of the slopes, their labels, the uprights."""

    starts: list[float]
    stops: list[float]
    befores: list[float]
    afters: list[float]
    top: float
    bottom: float
    height: float


def _levels(rows: list[dict[str, Any]], tall: list[float]) -> _Levels:
    """Place the slopes and their labels, which are `tall` on the right, below the heads."""
    span = max(160.0, sum(tall) * 0.85)
    ends = [row[end] for row in rows for end in ("before", "after")]
    scale = round_scale(ends, span, 0, zero=False)
    starts, stops = ([scale.place(row[end]) for row in rows] for end in ("before", "after"))
    befores, afters = spread(starts, [LINE] * len(rows)), spread(stops, tall)
    reach = [
        *((y - LINE / 2, y + LINE / 2) for y in befores),
        *((y - one / 2, y + one / 2) for y, one in zip(afters, tall, strict=True)),
        (-4.0, span + 4),
    ]
    lift = LINE * 1.5 - min(top for top, _ in reach)
    a, b, c, d = ([y + lift for y in one] for one in (starts, stops, befores, afters))
    height = lift + max(bottom for _, bottom in reach) + 6
    return _Levels(a, b, c, d, top=lift - 4, bottom=lift + span + 4, height=height)


def _column(texts: list[str], x: float, levels: list[float]) -> list[dict[str, Any]]:
    return [{"x": x, "y": y, "text": one} for y, one in zip(levels, texts, strict=True)]


def _slopes(rows: list[dict[str, Any]], slopes: list[dict[str, Any]]) -> list[Mark]:
    kinds: dict[str, list[dict[str, Any]]] = {"rose": [], "fell": [], "unclear": []}
    colours = {"rose": BLUE, "fell": VERMILLION, "unclear": INK}
    dots = []
    for row, slope in zip(rows, slopes, strict=True):
        kind = "rose" if row["after"] > row["before"] else "fell"
        kind = kind if change_is_clear(row) else "unclear"
        kinds[kind].append({**slope, "color": colours[kind]})
        dots += [
            {"x": slope[x], "y": slope[y], "color": colours[kind]}
            for x, y in (("x", "y"), ("x2", "y2"))
        ]
    return [
        lines(kinds["unclear"], width=1.5, opacity=0.6),
        lines(kinds["fell"], width=3, strokeDash=DASHES),
        lines(kinds["rose"], width=3),
        points(dots, size=60),
    ]
