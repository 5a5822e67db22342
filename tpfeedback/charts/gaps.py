"""The gap chart: where we are better or worse than a competitor, with intervals."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd

from tpfeedback.charts.axes import value_axis
from tpfeedback.charts.contents import first_of, read_rows, shown_name, spoken
from tpfeedback.charts.look import (
    BLUE,
    INK,
    VERMILLION,
    WIDTH,
    Mark,
    lines,
    nothing,
    picture,
    points,
)
from tpfeedback.charts.rows import Rows, laid_out
from tpfeedback.charts.scales import Scale, round_scale
from tpfeedback.wording import Wording

SHOWN = 12
SHARES = ("reach", "negative_share", "positive_share")
WORSE_ABOVE = ("negative_share", "prize")


def gap_chart(
    table: pd.DataFrame,
    names: Mapping[str, str] | None = None,
    *,
    words: Wording | None = None,
    decimals: int = 2,
    measure: str = "negative_share",
    top: int = SHOWN,
    title: str | None = None,
) -> Any:
    """Draw the gap between us and a competitor at each touchpoint, as an altair chart.

    The point is ours less theirs, the line its 95 % interval. A diamond: we are clearly better; a
    filled circle: clearly worse; a hollow circle: the interval holds 0. Touchpoints keep the order
    of the table; those without a gap are left out.

    Args:
        table: the `.table` of a `Benchmark`: `touchpoint` and, of the measure, `_ours`, `_theirs`,
            `_gap`, `_gap_low`, `_gap_high`.
        names: the name to show for a touchpoint's key; the key itself where there is none.
        words: the language of the labels; English where none is given.
        decimals: digits of the numbers after the point.
        measure: "negative_share", "positive_share", "reach", "outcome", "penalty" or "prize".
        top: only so many are drawn; the chart says so.
        title: what the axis measures.

    Raises:
        TableError: a column lacks.

    >>> from tpfeedback.charts import to_svg
    >>> table = pd.DataFrame({"touchpoint": ["delivery"], "prize_ours": [0.3],
    ...                       "prize_theirs": [0.1], "prize_gap": [0.2], "prize_gap_low": [0.1],
    ...                       "prize_gap_high": [0.3]})
    >>> "+0.20 (+0.10 … +0.30)" in to_svg(gap_chart(table, measure="prize"))
    True
    """
    told = spoken(words)
    ends = [f"{measure}_{end}" for end in ("ours", "theirs", "gap", "gap_low", "gap_high")]
    given = [
        _plain(row, ends)
        for row in read_rows(table, "gap chart", ("touchpoint", *ends))
        if row[ends[2]] is not None
    ]
    rows = given[:top]
    if not rows:
        return nothing(told)
    is_share = measure in SHARES
    layout = laid_out(_written(rows, names, told, is_share=is_share, decimals=decimals))
    scale = round_scale([row[end] for row in rows for end in _GAP], 24, WIDTH - 24)
    write: Callable[[float], str] = scale.write_shares(told) if is_share else scale.write(told)
    axis, bottom = value_axis(
        scale,
        write,
        top=0,
        bottom=layout.height,
        title=told.say("charts", "gap") if title is None else title,
    )
    marks = "gap_marks_reach" if measure == "reach" else "gap_marks"
    return picture(
        [*axis, *_dots(rows, layout, scale, measure), *layout.layers],
        height=bottom,
        caption=[told.say("charts", marks), *first_of(len(rows), len(given), told)],
    )


_GAP = ("gap", "gap_low", "gap_high")


def _plain(row: Mapping[str, Any], ends: list[str]) -> dict[str, Any]:
    plain = dict(zip(("ours", "theirs", *_GAP), (row[end] for end in ends), strict=True))
    return {"touchpoint": row["touchpoint"], **plain}


def _written(
    rows: list[dict[str, Any]],
    names: Mapping[str, str] | None,
    words: Wording,
    *,
    is_share: bool,
    decimals: int,
) -> list[tuple[str, str, str]]:
    def level(value: float | None) -> str:
        return words.percent(value) if is_share else words.number(value, decimals)

    def signed(value: float | None) -> str:
        if not is_share or value is None:
            return words.number(value, decimals, signed=True)
        if abs(value) < 0.0005:  # neither "+0.0%" nor "−0.0%"
            return words.percent(0.0)
        return f"{'+' if value > 0 else ''}{words.percent(value)}"

    found = []
    for row in rows:
        gap, low, high = (signed(row[end]) for end in _GAP)
        unknown = row["gap_low"] is None or row["gap_high"] is None
        said = words.say("charts", "gap_ends", ours=level(row["ours"]), theirs=level(row["theirs"]))
        shown = gap if unknown else f"{gap} ({low} … {high})"
        found.append((shown_name(row["touchpoint"], names), said, shown))
    return found


def _dots(rows: list[dict[str, Any]], layout: Rows, scale: Scale, measure: str) -> list[Mark]:
    spans, better, worse, unclear = [], [], [], []
    for row, y in zip(rows, layout.middles, strict=True):
        low, high = row["gap_low"], row["gap_high"]
        spot = {"x": scale.place(row["gap"]), "y": y}
        if low is not None and high is not None:
            span = {"x": scale.place(low), "x2": scale.place(high)}
            spans.append({**span, "y": y, "y2": y, "color": INK})
        if low is None or high is None or low <= 0 <= high:
            unclear.append({**spot, "color": INK})
        elif (row["gap"] > 0) == (measure in WORSE_ABOVE):
            worse.append({**spot, "color": VERMILLION})
        else:
            better.append({**spot, "color": BLUE})
    if measure == "reach":  # more or less spoken of is neither better nor worse
        better, worse = [], [{**one, "color": INK} for one in (*better, *worse)]
    return [
        lines(spans),
        points(better, shape="diamond", size=120),
        points(worse, size=100),
        points([{**one} for one in unclear], size=90, filled=False, strokeWidth=2),
    ]
