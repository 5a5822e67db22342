"""The ledger chart: what each change did, look by look, however often one looks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd

from tpfeedback.charts.axes import side_axis, side_width
from tpfeedback.charts.contents import first_of, read_rows, shown_name, spoken
from tpfeedback.charts.lettering import wrap
from tpfeedback.charts.look import (
    BLUE,
    DASHES,
    INK,
    LINE,
    VERMILLION,
    WIDTH,
    Mark,
    band,
    curve,
    lines,
    merged,
    nothing,
    picture,
    points,
    text,
)
from tpfeedback.charts.scales import Scale, round_scale
from tpfeedback.charts.time_axis import dates_below, day_place, period_start, time_scale
from tpfeedback.wording import Wording

SHOWN = 6
_ENDS = ("estimate", "low", "high", "always_low", "always_high")
_NEEDED = ("change", "date", "touchpoint", "period", *_ENDS)
_PLOT = 110.0
_WIDEST = 3  # times the last interval: the first looks reach far, and would flatten the rest


def ledger_chart(
    table: pd.DataFrame,
    names: Mapping[str, str] | None = None,
    *,
    words: Wording | None = None,
    decimals: int = 2,
    top: int = SHOWN,
    as_share: bool = False,
    title: str | None = None,
) -> Any:
    """Draw the effect of each change as it stood at every look since, as an altair chart.

    The band holds 95 % however often one looks, the dashed lines at this one look. A diamond marks
    the first look at which the band leaves out 0. Each change has a picture of its own, all with
    the same scale.

    Args:
        table: the rows of one measure of `Ledger.paths`: `change`, `date`, `touchpoint`, `period`,
            `estimate`, `low`, `high`, `always_low`, `always_high`.
        names: the name to show for a touchpoint's key; the key itself where there is none.
        words: the language of the labels; English where none is given.
        decimals: not used: the axis has the digits that its steps need; every chart takes it.
        top: only so many changes are drawn; the chart says so.
        as_share: the effects are shares (0-1), to be written as percentages.
        title: what the effect is; stands under the chart.

    Raises:
        TableError: a column lacks, or a period is no date.

    >>> from tpfeedback.charts import to_svg
    >>> table = pd.DataFrame({"change": 0, "date": "2025-08-01", "touchpoint": "delivery",
    ...                       "period": ["2025-08-04", "2025-08-11"], "estimate": [-0.1, -0.2],
    ...                       "low": -0.3, "high": 0.1, "always_low": -0.5, "always_high": 0.2})
    >>> "Aug 1, 2025" in to_svg(ledger_chart(table))
    True
    """
    told = spoken(words)
    rows = read_rows(table, "ledger chart", _NEEDED)
    if not rows:
        return nothing(told)
    for row in rows:
        row["day"] = period_start(row["period"])
    rows.sort(key=lambda row: row["day"])
    panels: dict[Any, list[dict[str, Any]]] = {key: [] for key in table["change"].tolist()}
    for row in rows:
        panels[row["change"]].append(row)
    shown = list(panels.values())[:top]
    layers, height = _panels(shown, names, told, as_share)
    caption = [*([title] if title else []), told.say("charts", "ledger_marks")]
    caption += first_of(len(shown), len(panels), told)
    return picture(layers, height=height, caption=caption)


def sure_look(rows: list[dict[str, Any]]) -> int | None:
    """Return the place of the first look whose always-valid interval leaves out 0, if any.

    >>> sure_look([{"always_low": -1, "always_high": 1}, {"always_low": -1, "always_high": -0.2}])
    1
    """
    for place, row in enumerate(rows):
        low, high = row["always_low"], row["always_high"]
        if (low is not None and low > 0) or (high is not None and high < 0):
            return place
    return None


def _panels(
    panels: list[list[dict[str, Any]]],
    names: Mapping[str, str] | None,
    words: Wording,
    as_share: bool,
) -> tuple[list[Mark], float]:
    scale = _effect_scale(panels)
    write: Callable[[float], str] = scale.write_shares(words) if as_share else scale.write(words)
    left = side_width(scale, write)
    pictures, y = [], 0.0
    for rows in panels:
        head = f"{shown_name(rows[0]['touchpoint'], names)}, {words.date(_iso(rows[0]['date']))}"
        said = wrap(head, WIDTH, bold=True)
        titles = [{"x": 0, "y": y + LINE * (n + 0.5), "text": one} for n, one in enumerate(said)]
        y += LINE * len(said) + 8
        placed = Scale(scale.low, scale.high, y + _PLOT, y, scale.step)
        time = time_scale(rows, left + 10, WIDTH - 10)
        zero = placed.place(0.0)
        pictures.append(
            [
                text(titles, bold=True),
                *side_axis(placed, write, left=left, right=WIDTH),
                lines([{"x": left, "y": zero, "x2": WIDTH, "y2": zero, "color": INK}], opacity=0.6),
                *_looks(rows, time, placed),
                dates_below(rows, time, words, y + _PLOT + LINE / 2 + 8),
            ]
        )
        y += _PLOT + LINE + 24
    return merged(pictures), y - 12


def _effect_scale(panels: list[list[dict[str, Any]]]) -> Scale:
    """Return a scale of all estimates and of the intervals but the widest early ones."""
    reach = []
    for rows in panels:
        known = [
            row for row in rows if row["always_low"] is not None and row["always_high"] is not None
        ]
        last = known[-1]["always_high"] - known[-1]["always_low"] if known else 0.0
        reach += [row["estimate"] for row in rows]
        reach += [
            row[end]
            for row in known
            if row["always_high"] - row["always_low"] <= _WIDEST * last
            for end in ("always_low", "always_high")
        ]
    return round_scale(reach, 0, 0, ticks=4)


def _looks(rows: list[dict[str, Any]], time: Scale, scale: Scale) -> list[Mark]:
    """Return the band, the lines and the first sure look; what leaves the scale is cut off."""
    place = [
        {"x": day_place(row, time), **{end: _within(row[end], scale) for end in _ENDS}}
        for row in rows
    ]
    since = sure_look(rows)
    first = [] if since is None else [place[since]]
    dots = [{"x": one["x"], "y": one["estimate"], "color": BLUE} for one in place]
    edges = [
        curve([{"x": p["x"], "y": p[end]} for p in place], color=INK, width=1.5, strokeDash=DASHES)
        for end in ("low", "high")
    ]
    return [
        band([{"x": p["x"], "y": p["always_low"], "y2": p["always_high"]} for p in place]),
        *edges,
        curve([{"x": p["x"], "y": p["estimate"]} for p in place]),
        points([one for one in dots if one["y"] is not None] if len(dots) == 1 else [], size=60),
        points(
            [{"x": p["x"], "y": p["estimate"], "color": VERMILLION} for p in first],
            shape="diamond",
            size=120,
        ),
    ]


def _within(value: float | None, scale: Scale) -> float | None:
    return None if value is None else scale.place(min(max(value, scale.low), scale.high))


def _iso(day: Any) -> str:
    return str(day)[:10]
