"""The trend chart: a value over time with its interval, control limits and change points."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd

from tpfeedback.charts.axes import side_axis, side_width
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
    band,
    boxes,
    curve,
    lines,
    merged,
    nothing,
    picture,
    points,
    text,
)
from tpfeedback.charts.placing import lanes
from tpfeedback.charts.scales import Scale, round_scale
from tpfeedback.charts.time_axis import dates_below, day_place, period_start, time_scale
from tpfeedback.wording import Wording

SHOWN = 12
_NEEDED = ("period", "value", "low", "high", "texts")
_OPTIONAL = ("touchpoint", "limit_low", "limit_high", "change_point")
_PLOT = 150.0  # height of the lines
_SMALL = 96.0  # the same where there are several touchpoints
_VOLUME = 26.0  # height of the bars below
_MANY_POINTS = 40  # from here on a point for each period only blurs the line


def trend_chart(
    table: pd.DataFrame,
    names: Mapping[str, str] | None = None,
    *,
    words: Wording | None = None,
    decimals: int = 2,
    top: int = SHOWN,
    as_share: bool = False,
    title: str | None = None,
) -> Any:
    """Draw a value over time with its 95 % interval as a band, as an altair chart.

    Control limits are dashed lines, points outside them diamonds; a change point is an upright
    with its period. The bars below are the numbers of texts. With several touchpoints each has
    a picture of its own, all with the same scales.

    Args:
        table: columns `period` (ISO: a day, week "2024-W05", month, quarter "2024-Q1" or year),
            `value`, `low`, `high`, `texts`; optional `touchpoint`, `limit_low`, `limit_high`,
            `change_point` (bool). Where the value is missing, the line breaks.
        names: the name to show for a touchpoint's key; the key itself where there is none.
        words: the language of the labels; English where none is given.
        decimals: not used: the axis has the digits that its steps need; every chart takes it.
        top: only so many touchpoints are drawn; the chart says so.
        as_share: the values are shares (0-1), to be written as percentages.
        title: what the value is; stands under the chart.

    Raises:
        TableError: a column lacks, or a period is none of the above.

    >>> from tpfeedback.charts import to_svg
    >>> table = pd.DataFrame({"period": ["2024-01", "2024-02"], "value": [0.3, 0.4],
    ...                       "low": [0.2, 0.3], "high": [0.4, 0.5], "texts": [90, 80]})
    >>> "Feb 2024" in to_svg(trend_chart(table))
    True
    """
    told = spoken(words)
    rows = read_rows(table, "trend chart", _NEEDED, _OPTIONAL)
    if not rows:
        return nothing(told)
    for row in rows:
        row["day"] = period_start(row["period"])
    rows.sort(key=lambda row: row["day"])
    panels: dict[Any, list[dict[str, Any]]] = {key: [] for key in table.get("touchpoint", [None])}
    for row in rows:
        panels[row["touchpoint"]].append(row)
    shown = dict(list(panels.items())[:top])
    drawn = [row for part in shown.values() for row in part]
    layers, height = _panels(shown, drawn, names, told, as_share)
    caption = [title] if title else []
    if any(row["low"] is not None or row["high"] is not None for row in drawn):
        caption.append(told.say("charts", "trend_band"))
    if any(row["change_point"] for row in drawn):
        caption.append(told.say("charts", "trend_shift"))
    if any(row["limit_low"] is not None or row["limit_high"] is not None for row in drawn):
        caption.append(told.say("charts", "trend_limits"))
    caption.append(_volume_note(drawn, told))
    caption += first_of(len(shown), len(panels), told)
    return picture(layers, height=height, caption=caption)


def _panels(
    panels: Mapping[Any, list[dict[str, Any]]],
    drawn: list[dict[str, Any]],
    names: Mapping[str, str] | None,
    words: Wording,
    as_share: bool,
) -> tuple[list[Mark], float]:
    """Return the layers of one picture for each touchpoint, and the height of all."""
    tall = _PLOT if len(panels) == 1 else _SMALL
    reach = [
        row[end] for row in drawn for end in ("value", "low", "high", "limit_low", "limit_high")
    ]
    scale = round_scale(reach, tall, 0, zero=False, ticks=4 if len(panels) == 1 else 3)
    write: Callable[[float], str] = scale.write_shares(words) if as_share else scale.write(words)
    left = side_width(scale, write)
    time = time_scale(drawn, left + 6, WIDTH - 6)
    most = max((row["texts"] or 0 for row in drawn), default=0)
    pictures, y = [], 0.0
    for key, rows in panels.items():
        title = [] if key is None else wrap(shown_name(key, names), WIDTH, bold=True)
        said = [{"x": 0, "y": y + LINE * (n + 0.5), "text": one} for n, one in enumerate(title)]
        changes, y = _changes(rows, time, words, y + LINE * len(title), tall)
        placed = Scale(scale.low, scale.high, y + tall, y, scale.step)
        below = y + tall + 8
        marks = [text(said, bold=True), *side_axis(placed, write, left=left, right=WIDTH), *changes]
        marks += [*_lines(rows, time, placed), _volumes(rows, time, below, most)]
        y = below + _VOLUME
        marks.append(
            dates_below(rows if len(panels) == 1 else drawn, time, words, y + LINE / 2 + 2)
        )
        y += LINE + 16
        pictures.append(marks)
    return merged(pictures), y - 10


def _lines(rows: list[dict[str, Any]], time: Scale, scale: Scale) -> list[Mark]:
    """Return the band, the line, its points and the control limits."""
    place = [
        {
            "x": day_place(row, time),
            **{end: None if row[end] is None else scale.place(row[end]) for end in _LEVELS},
        }
        for row in rows
    ]
    known = [one for one in place if one["value"] is not None]
    odd = [bool(row["value"] is not None and _is_outside(row)) for row in rows]
    outside = [
        {"x": one["x"], "y": one["value"], "color": VERMILLION}
        for one, is_odd in zip(place, odd, strict=True)
        if is_odd
    ]
    few = len(rows) <= _MANY_POINTS
    dots = [{"x": one["x"], "y": one["value"], "color": BLUE} for one in (known if few else [])]
    limits = [
        curve(
            [{"x": one["x"], "y": one[end]} for one in place],
            color=INK,
            width=1.5,
            strokeDash=DASHES,
        )
        for end in ("limit_low", "limit_high")
    ]
    return [
        band([{"x": one["x"], "y": one["low"], "y2": one["high"]} for one in place]),
        *limits,
        curve([{"x": one["x"], "y": one["value"]} for one in place]),
        points(dots, size=34),
        points(outside, shape="diamond", size=110),
    ]


_LEVELS = ("value", "low", "high", "limit_low", "limit_high")


def _is_outside(row: Mapping[str, Any]) -> bool:
    low, high = row["limit_low"], row["limit_high"]
    return (low is not None and row["value"] < low) or (high is not None and row["value"] > high)


def _changes(
    rows: list[dict[str, Any]], time: Scale, words: Wording, y: float, tall: float
) -> tuple[list[Mark], float]:
    """Return the change points, their labels in as many lines as they need, and the line's top."""
    found = [row for row in rows if row["change_point"]]
    shown = [words.date(str(row["period"])) for row in found]
    wide = [text_width(one) for one in shown]
    starts = [min(day_place(row, time), WIDTH - w) for row, w in zip(found, wide, strict=True)]
    level = lanes([(x, x + w + 8) for x, w in zip(starts, wide, strict=True)])
    bottom = y + LINE * (max(level, default=-1) + 1)
    top = bottom + (4 if found else 10)
    said = [
        {"x": x, "y": bottom - LINE * (lane + 0.5), "text": one}
        for x, lane, one in zip(starts, level, shown, strict=True)
    ]
    rules = [
        {"x": x, "y": top - 4, "x2": x, "y2": top + tall, "color": INK}
        for x in (day_place(row, time) for row in found)
    ]
    return [lines(rules, width=2, opacity=0.8), text(said)], top


def _volumes(rows: list[dict[str, Any]], time: Scale, y: float, most: float) -> Mark:
    """Return a bar for the texts of each period."""
    half = max(0.8, min(6.0, 0.35 * (time.stop - time.start) / max(len(rows), 1)))
    bars = []
    for row in rows:
        x, tall = day_place(row, time), _VOLUME * (row["texts"] or 0) / max(most, 1)
        bars.append({"x": x - half, "x2": x + half, "y": y + _VOLUME - tall, "y2": y + _VOLUME})
    return boxes([{**bar, "color": INK} for bar in bars], opacity=0.4)


def _volume_note(rows: list[dict[str, Any]], words: Wording) -> str:
    known = [row["texts"] for row in rows if row["texts"] is not None]
    if not known:
        return words.say("charts", "volumes_unknown")
    return words.say(
        "charts", "volumes", low=words.count(int(min(known))), high=words.count(int(max(known)))
    )
