"""The importance-performance map: what matters, how well it is done, and what is undecided."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import median
from typing import Any

import pandas as pd

from tpfeedback.charts.axes import side_axis, side_width, value_axis
from tpfeedback.charts.contents import read_rows, shown_name, spoken
from tpfeedback.charts.lettering import text_width, wrap
from tpfeedback.charts.look import (
    BLUE,
    DASHES,
    GREEN,
    INK,
    LINE,
    VERMILLION,
    WIDTH,
    Mark,
    boxes,
    lines,
    nothing,
    picture,
    points,
    text,
)
from tpfeedback.charts.placing import Box, beside_points
from tpfeedback.charts.scales import Scale, round_scale
from tpfeedback.wording import Wording

# quadrant: colour, shape, filled
_MARKS: dict[str, tuple[str, str, bool]] = {
    "fix first": (VERMILLION, "triangle-down", True),
    "keep up": (GREEN, "circle", True),
    "low priority": (INK, "square", True),
    "possible overkill": (BLUE, "diamond", True),
    "undecided": (INK, "circle", False),
}
_MEASURES = ("performance", "importance")
_NEEDED = (
    "touchpoint",
    *(f"{m}{end}" for m in _MEASURES for end in ("", "_low", "_high", "_line")),
    "quadrant",
)
_TOP, _BOTTOM = 34.0, 414.0
_POINT = 80


def performance_map_chart(
    table: pd.DataFrame,
    names: Mapping[str, str] | None = None,
    *,
    words: Wording | None = None,
    decimals: int = 2,
) -> Any:
    """Draw the importance-performance map as an altair chart, its numbers explained below.

    Each touchpoint is a numbered point with its 95 % intervals; colour and shape tell its
    part. Hollow points are undecided: an interval reaches across a line. The grey zone
    reaches half the median interval to either side of a line: points in it are seldom decided.

    Args:
        table: the result of `tpfeedback.priority.map_performance`.
        names: the name to show for a touchpoint's key; the key itself where there is none.
        words: the language of the labels; English where none is given.
        decimals: not used: the axes have the digits that their steps need; every chart takes it.

    Raises:
        TableError: a column lacks.

    >>> empty = pd.DataFrame(columns=list(_NEEDED))
    >>> type(performance_map_chart(empty)).__name__
    'LayerChart'
    """
    told = spoken(words)
    rows = read_rows(table, "importance-performance map", _NEEDED)
    if not rows:
        return nothing(told)
    for number, row in enumerate(rows, start=1):
        row["number"] = str(number)
        row["part"] = row["quadrant"] if _is_placed(row) else "not placed"
    drawn = [row for row in rows if _is_placed(row)]
    up = round_scale(_numbers(rows, "importance"), _BOTTOM - 26, _TOP + 26, zero=True)
    shares = up.write_shares(told)
    left = side_width(up, shares)
    across = round_scale(_numbers(rows, "performance"), left + 14, WIDTH - 14, zero=False)
    axis, bottom = value_axis(
        across,
        across.write(told),
        top=_TOP,
        bottom=_BOTTOM,
        title=told.say("charts", "performance"),
    )
    corners, taken = _corners(told, left)
    key, depth = _key(rows, names, told, bottom + 12)
    layers = [
        *_zone(rows, across, up, left),
        *axis,
        *side_axis(up, shares, left=left, right=WIDTH),
        *corners,
        *_crosses(drawn, across, up),
        *_points(drawn, across, up, left, taken),
        text([{"x": 0, "y": 10, "text": told.say("charts", "importance")}]),
        *key,
    ]
    return picture(layers, height=depth, caption=[told.say("charts", "map_marks")])


def _is_placed(row: Mapping[str, Any]) -> bool:
    return row["performance"] is not None and row["importance"] is not None


def _numbers(rows: list[dict[str, Any]], measure: str) -> list[Any]:
    return [row[f"{measure}{end}"] for row in rows for end in ("", "_low", "_high", "_line")]


def _zone(rows: list[dict[str, Any]], across: Scale, up: Scale, left: float) -> list[Mark]:
    """Return the two lines, each with the zone in which the typical interval crosses it."""
    zones, cuts = [], []
    for measure, scale in (("performance", across), ("importance", up)):
        line = rows[0][f"{measure}_line"]
        if line is None:
            continue
        spans = [
            row[f"{measure}_high"] - row[f"{measure}_low"]
            for row in rows
            if row[f"{measure}_high"] is not None and row[f"{measure}_low"] is not None
        ]
        half = median(spans) / 2 if spans else 0.0
        ends = [scale.place(line + sign * half) for sign in (-1, 1)]
        low, high = (WIDTH, left) if measure == "performance" else (_BOTTOM, _TOP)
        low, high = min(low, high), max(low, high)
        a, b = (min(max(end, low), high) for end in ends)
        at = scale.place(line)
        if measure == "performance":
            zones.append({"x": a, "x2": b, "y": _TOP, "y2": _BOTTOM, "color": INK})
            cuts.append({"x": at, "x2": at, "y": _TOP, "y2": _BOTTOM, "color": INK})
        else:
            zones.append({"x": left, "x2": WIDTH, "y": a, "y2": b, "color": INK})
            cuts.append({"x": left, "x2": WIDTH, "y": at, "y2": at, "color": INK})
    return [boxes(zones, opacity=0.09), lines(cuts, width=1.5, strokeDash=DASHES)]


def _corners(words: Wording, left: float) -> tuple[list[Mark], list[Box]]:
    """Return the names of the four parts, each in its corner, and the room they take."""
    room = (WIDTH - left) / 2 - 10
    layers, taken = [], []
    for quadrant, align, is_top in (
        ("fix first", "left", True),
        ("keep up", "right", True),
        ("low priority", "left", False),
        ("possible overkill", "right", False),
    ):
        shown = wrap(_part(quadrant, words), room, bold=True)
        wide, tall = max(text_width(line, bold=True) for line in shown), LINE * len(shown)
        y = _TOP + 2 if is_top else _BOTTOM - 2 - tall
        x = left + 5 if align == "left" else WIDTH - 5
        lines_ = [{"x": x, "y": y + LINE * (n + 0.5), "text": one} for n, one in enumerate(shown)]
        layers.append(text(lines_, align=align, bold=True))
        start = x if align == "left" else x - wide
        taken.append((start, y, start + wide, y + tall))
    return layers, taken


def _crosses(rows: list[dict[str, Any]], across: Scale, up: Scale) -> list[Mark]:
    crosses = []
    for row in rows:
        x, y = across.place(row["performance"]), up.place(row["importance"])
        low, high = row["performance_low"], row["performance_high"]
        if low is not None and high is not None:
            ends = {"x": across.place(low), "x2": across.place(high)}
            crosses.append({**ends, "y": y, "y2": y, "color": INK})
        low, high = row["importance_low"], row["importance_high"]
        if low is not None and high is not None:
            ends = {"y": up.place(low), "y2": up.place(high)}
            crosses.append({**ends, "x": x, "x2": x, "color": INK})
    return [lines(crosses, width=1, opacity=0.3)]


def _points(
    rows: list[dict[str, Any]], across: Scale, up: Scale, left: float, taken: list[Box]
) -> list[Mark]:
    """Return the points and their numbers, each number clear of points and other numbers."""
    places = [(across.place(row["performance"]), up.place(row["importance"])) for row in rows]
    sizes = [(text_width(row["number"]), LINE - 4.0) for row in rows]
    labels = beside_points(places, sizes, (left, _TOP, WIDTH, _BOTTOM), taken)
    leaders = [
        {"x": x, "y": y, "x2": a, "y2": b, "color": INK}
        for (x, y), (a, b) in zip(places, labels, strict=True)
        if abs(x - a) + abs(y - b) > 24
    ]
    numbers = [
        {"x": a, "y": b, "text": row["number"]} for row, (a, b) in zip(rows, labels, strict=True)
    ]
    marked = zip(rows, places, strict=True)
    dots = [{"x": x, "y": y, "part": row["part"]} for row, (x, y) in marked]
    return [lines(leaders, width=1), *_marks(dots), text(numbers, align="center")]


def _marks(dots: Sequence[Mapping[str, Any]]) -> list[Mark]:
    layers = []
    for part, (colour, shape, filled) in _MARKS.items():
        rows = [{"x": d["x"], "y": d["y"], "color": colour} for d in dots if d["part"] == part]
        layers.append(points(rows, shape=shape, size=_POINT, filled=filled, strokeWidth=2))
    return layers


def _key(
    rows: list[dict[str, Any]], names: Mapping[str, str] | None, words: Wording, y: float
) -> tuple[list[Mark], float]:
    """Return the list of numbers and names by part, two beside each other where they fit."""
    heads, dots, listed = [], [], []
    for part in (*_MARKS, "not placed"):
        held = [row for row in rows if row["part"] == part]
        if not held:
            continue
        y += LINE / 2 + 6
        dots.append({"x": 8, "y": y, "part": part})
        shown = wrap(_part(part, words), WIDTH - 22, bold=True)
        for n, line in enumerate(shown):
            heads.append({"x": 22, "y": y + LINE * n, "text": line})
        y += LINE * len(shown)
        lines_, y = _items(
            [(row["number"], shown_name(row["touchpoint"], names)) for row in held], y
        )
        listed += lines_
    return [*_marks(dots), text(heads, bold=True), text(listed)], y


def _items(items: list[tuple[str, str]], y: float) -> tuple[list[dict[str, Any]], float]:
    """Return the lines of numbered names from `y` on, and where the next line would stand."""
    half = WIDTH / 2
    rows: list[dict[str, Any]] = []
    x = 0.0
    for number, name in items:
        narrow = 30 + text_width(name) <= half
        if x and not narrow:
            x, y = 0.0, y + LINE
        rows.append({"x": x, "y": y, "text": number})
        for n, line in enumerate(wrap(name, WIDTH - 30)):
            rows.append({"x": x + 30, "y": y + LINE * n, "text": line})
        if narrow and not x:
            x = half
        else:
            x, y = 0.0, rows[-1]["y"] + LINE
    return rows, y + (LINE if x else 0)


def _part(quadrant: str, words: Wording) -> str:
    return words.say("charts", quadrant.replace(" ", "_"))
