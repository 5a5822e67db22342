"""The waits chart: what waiting does to the outcome, and from when on it hurts more or less."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from tpfeedback.charts.axes import side_axis, side_width, value_axis
from tpfeedback.charts.contents import read_rows, spoken
from tpfeedback.charts.lettering import text_width
from tpfeedback.charts.look import (
    INK,
    LINE,
    WIDTH,
    Mark,
    band,
    boxes,
    curve,
    lines,
    nothing,
    picture,
    text,
)
from tpfeedback.charts.scales import Scale, round_scale
from tpfeedback.wording import Wording

UNITS = {"minutes": 1.0, "hours": 60.0, "days": 1440.0}
_FROM = {"minutes": 0.0, "hours": 180.0, "days": 4320.0}  # longest wait from which a unit is taken
_NEEDED = ("minutes", "effect", "effect_low", "effect_high")
_PLOT = 180.0


def waits_chart(
    table: pd.DataFrame,
    names: Mapping[str, str] | None = None,
    *,
    words: Wording | None = None,
    decimals: int = 1,
    breakpoint: float | None = None,
    breakpoint_low: float | None = None,
    breakpoint_high: float | None = None,
    title: str | None = None,
) -> Any:
    """Draw how the outcome falls with the time waited, as an altair chart.

    The band is the 95 % interval. The breakpoint is an upright with its time, the strip around
    it its interval; an end that the data do not bound reaches to the edge.

    Args:
        table: the `curve` of a `WaitCurve`: `minutes`, `effect`, `effect_low`, `effect_high`.
        names: not used; every chart takes it.
        words: the language of the labels; English where none is given.
        decimals: digits of the breakpoint after the point.
        breakpoint, breakpoint_low, breakpoint_high: in minutes; none is drawn where it is missing.
        title: what the curve is; stands under the chart.

    Raises:
        TableError: a column lacks.

    >>> from tpfeedback.charts import to_svg
    >>> table = pd.DataFrame({"minutes": [10.0, 90.0], "effect": [0.0, -1.0],
    ...                       "effect_low": [0.0, -1.4], "effect_high": [0.0, -0.6]})
    >>> "60 min" in to_svg(waits_chart(table, breakpoint=60, decimals=0))
    True
    """
    told = spoken(words)
    rows = [
        row
        for row in read_rows(table, "waits chart", _NEEDED)
        if row["minutes"] is not None and row["effect"] is not None
    ]
    if not rows:
        return nothing(told)
    rows.sort(key=lambda row: row["minutes"])
    unit = wait_unit(rows[-1]["minutes"])
    effect = round_scale([row[end] for row in rows for end in _NEEDED[1:]], 0, 0)
    left = side_width(effect, effect.write(told)) + 6
    time = round_scale([row["minutes"] / UNITS[unit] for row in rows], left, WIDTH - 24)
    at = [_known(one, unit) for one in (breakpoint, breakpoint_low, breakpoint_high)]
    turn = told.say("charts", f"at_{unit}", time=told.number(at[0], decimals))
    top = LINE + 6 if at[0] is not None else 8.0
    placed = Scale(effect.low, effect.high, top + _PLOT, top, effect.step)
    bottom = top + _PLOT
    axis, below = value_axis(
        time, time.write(told), top=top, bottom=bottom, title=told.say("charts", f"wait_{unit}")
    )
    layers = [
        *axis,
        *side_axis(placed, effect.write(told), left=left, right=WIDTH),
        lines([_level(placed.place(0.0), left)], width=1, opacity=0.6),
        *_turn(at, time, top=top, bottom=bottom, shown=turn),
        *_line(rows, unit, time, placed),
    ]
    caption = [*([title] if title else []), told.say("charts", "wait_marks")]
    caption += [told.say("charts", "wait_turn")] if at[0] is not None else []
    return picture(layers, height=below, caption=caption)


def wait_unit(minutes: float) -> str:
    """Return the unit to write waits of up to so many minutes in.

    >>> wait_unit(45), wait_unit(600), wait_unit(20000)
    ('minutes', 'hours', 'days')
    """
    return next(unit for unit in reversed(UNITS) if minutes > _FROM[unit] or unit == "minutes")


def _known(minutes: float | None, unit: str) -> float | None:
    return None if minutes is None or pd.isna(minutes) else minutes / UNITS[unit]


def _level(y: float, left: float) -> dict[str, Any]:
    return {"x": left, "y": y, "x2": WIDTH, "y2": y, "color": INK}


def _line(rows: list[dict[str, Any]], unit: str, time: Scale, effect: Scale) -> list[Mark]:
    place = [
        {
            "x": time.place(row["minutes"] / UNITS[unit]),
            **{end: None if row[end] is None else effect.place(row[end]) for end in _NEEDED[1:]},
        }
        for row in rows
    ]
    around = [{"x": p["x"], "y": p["effect_low"], "y2": p["effect_high"]} for p in place]
    return [band(around), curve([{"x": one["x"], "y": one["effect"]} for one in place])]


def _turn(
    at: list[float | None], time: Scale, *, top: float, bottom: float, shown: str
) -> list[Mark]:
    """Return the breakpoint with its time, `shown`, above it, and the strip of its interval."""
    where, low, high = at
    if where is None:
        return []
    reach = [time.low if low is None else low, time.high if high is None else high]
    left, right = (time.place(min(max(one, time.low), time.high)) for one in reach)
    x, half = time.place(where), text_width(shown) / 2
    middle = min(max(x, half), WIDTH - half)
    return [
        boxes([{"x": left, "y": top, "x2": right, "y2": bottom, "color": INK}], opacity=0.1),
        lines([{"x": x, "y": top - 4, "x2": x, "y2": bottom, "color": INK}], opacity=0.8),
        text([{"x": middle, "y": LINE / 2, "text": shown}], align="center"),
    ]
