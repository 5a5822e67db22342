"""The parts chart: the change of the mean as a waterfall of its exact parts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from tpfeedback.charts.axes import value_axis
from tpfeedback.charts.contents import read_rows, shown_name, spoken
from tpfeedback.charts.look import (
    BLUE,
    INK,
    VERMILLION,
    WIDTH,
    Mark,
    boxes,
    lines,
    nothing,
    picture,
    points,
)
from tpfeedback.charts.rows import Rows, laid_out
from tpfeedback.charts.scales import Scale, round_scale
from tpfeedback.wording import Wording

PARTS = ("reach", "sentiment", "effect", "mix", "rest")
_NEEDED = ("part", "contribution", "contribution_low", "contribution_high")


def parts_chart(
    table: pd.DataFrame,
    names: Mapping[str, str] | None = None,
    *,
    words: Wording | None = None,
    decimals: int = 2,
    before: float | None = None,
    title: str | None = None,
) -> Any:
    """Draw the way from the mean before to the mean after, part by part, as an altair chart.

    Each bar begins where the last one ended: blue to the right what raised the mean, vermillion to
    the left what lowered it; the line through its end is its 95 % interval. The bars add up
    exactly.

    Args:
        table: the `.parts` of a `Comparison`, or other rows with `part`, `contribution`,
            `contribution_low`, `contribution_high`; with a column `kind`, only its "sum" rows.
        names: the name to show for a part; the standard words for the five sums.
        words: the language of the labels; English where none is given.
        decimals: digits of the numbers after the point.
        before: mean before; without it the way begins at 0.
        title: what the axis measures.

    Raises:
        TableError: a column lacks.

    >>> from tpfeedback.charts import to_svg
    >>> table = pd.DataFrame({"part": ["reach", "rest"], "contribution": [0.2, -0.1],
    ...                       "contribution_low": [0.1, -0.2], "contribution_high": [0.3, 0.0]})
    >>> "3.80" in to_svg(parts_chart(table, before=3.7))
    True
    """
    told = spoken(words)
    rows = [
        row
        for row in read_rows(table, "parts chart", _NEEDED, ["kind"])
        if row["kind"] in (None, "sum") and row["contribution"] is not None
    ]
    if not rows:
        return nothing(told)
    start = 0.0 if before is None else before
    at = start
    for row in rows:
        row["from"], at = at, at + row["contribution"]
        row["to"] = at
    shown = {part: told.say("charts", f"part_{part}") for part in PARTS} | dict(names or {})
    written = [(shown_name(row["part"], shown), "", _sign(row, told, decimals)) for row in rows]
    if before is not None:
        first, last = (
            (told.say("charts", key), "", told.number(mean, decimals))
            for key, mean in (("mean_before", start), ("mean_after", at))
        )
        written = [first, *written, last]
    else:
        written.append((told.say("charts", "change"), "", told.number(at, decimals, signed=True)))
    layout = laid_out(written)
    scale = _scale(rows, start)
    axis, bottom = value_axis(
        scale, scale.write(told), top=0, bottom=layout.height, title=title or ""
    )
    layers = [*axis, *_bars(rows, layout, scale, shift=before is not None), *layout.layers]
    return picture(layers, height=bottom, caption=[told.say("charts", "parts_marks")])


def _scale(rows: list[dict[str, Any]], start: float) -> Scale:
    reach = [start, *(row["to"] for row in rows)]
    reach += [
        row["from"] + row[end]
        for row in rows
        for end in ("contribution_low", "contribution_high")
        if row[end] is not None
    ]
    return round_scale(reach, 24, WIDTH - 24, zero=False)


def _sign(row: Mapping[str, Any], words: Wording, decimals: int) -> str:
    value, low, high = (
        words.number(row[name], decimals, signed=True)
        for name in ("contribution", "contribution_low", "contribution_high")
    )
    missing = row["contribution_low"] is None or row["contribution_high"] is None
    return value if missing else f"{value} ({low} … {high})"


def _bars(rows: list[dict[str, Any]], layout: Rows, scale: Scale, *, shift: bool) -> list[Mark]:
    """Return the bars with their intervals, the threads between them, and the two means."""
    middles = layout.middles[1:-1] if shift else layout.middles[:-1]
    bars, whiskers, threads = [], [], []
    for row, y, below in zip(rows, middles, layout.middles[2 if shift else 1 :], strict=True):
        x, x2 = scale.place(row["from"]), scale.place(row["to"])
        colour = BLUE if row["contribution"] > 0 else VERMILLION
        bars.append({"x": x, "y": y - 6, "x2": x2, "y2": y + 6, "color": colour})
        threads.append({"x": x2, "y": y + 6, "x2": x2, "y2": below - 6, "color": INK})
        if row["contribution_low"] is not None and row["contribution_high"] is not None:
            ends = (scale.place(row["from"] + row[f"contribution_{e}"]) for e in ("low", "high"))
            whiskers.append(
                {**dict(zip(("x", "x2"), ends, strict=True)), "y": y, "y2": y, "color": INK}
            )
    means = [(rows[-1]["to"], layout.middles[-1])]
    means += [(rows[0]["from"], layout.middles[0])] if shift else []
    return [
        lines(threads, width=1, opacity=0.35),
        boxes(bars),
        lines(whiskers),
        points([{"x": scale.place(v), "y": y, "color": INK} for v, y in means], size=80),
    ]
