"""The penalty-reward chart: what one bad and one good mention do, as a dumbbell."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from tpfeedback.charts.axes import value_axis
from tpfeedback.charts.contents import first_of, read_rows, shown_name, spoken
from tpfeedback.charts.look import (
    DASHES,
    GREEN,
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
from tpfeedback.tables import ROLES, check_table
from tpfeedback.wording import Wording

SHOWN = 12
_MEASURES = ("penalty", "reward")
_NEEDED = ("touchpoint", *(f"{m}{end}" for m in _MEASURES for end in ("", "_low", "_high")), "role")


def penalty_reward_chart(
    impact: pd.DataFrame,
    names: Mapping[str, str] | None = None,
    *,
    words: Wording | None = None,
    decimals: int = 2,
    top: int = SHOWN,
    title: str | None = None,
) -> Any:
    """Draw what a bad and a good mention of each touchpoint do, as an altair chart.

    A circle is the penalty, a diamond the reward, the lines through them their 95 % intervals
    (solid and dashed); the role stands beside, in words. The touchpoints with the largest
    prize are drawn, in that order.

    Args:
        impact: the table of `measure_impact`.
        names: the name to show for a touchpoint's key; the key itself where there is none.
        words: the language of the labels; English where none is given.
        decimals: digits of the numbers after the point.
        top: only so many are drawn; the chart says so.
        title: what the axis measures, where the standard words do not fit.

    Raises:
        TableError: the table does not follow its contract.

    >>> from tpfeedback.tables import IMPACT
    >>> empty = pd.DataFrame(columns=[column.name for column in IMPACT])
    >>> type(penalty_reward_chart(empty)).__name__
    'LayerChart'
    """
    told = spoken(words)
    check_table(impact, "impact")
    ordered = impact.sort_values(["prize", "touchpoint"], ascending=[False, True])
    rows = read_rows(ordered.head(top), "penalty-reward chart", _NEEDED)
    if not rows:
        return nothing(told)
    layout = laid_out(
        [
            (shown_name(row["touchpoint"], names), _role(row, told), _ends(row, told, decimals))
            for row in rows
        ]
    )
    numbers = [row[name] for row in rows for name in _NEEDED[1:-1]]
    scale = round_scale(numbers, 24, WIDTH - 24)
    axis, bottom = value_axis(
        scale,
        scale.write(told),
        top=0,
        bottom=layout.height,
        title=told.say("charts", "effect") if title is None else title,
    )
    return picture(
        [*axis, *_dumbbells(rows, layout, scale), *layout.layers],
        height=bottom,
        caption=[told.say("charts", "effect_marks"), *first_of(len(rows), len(impact), told)],
    )


def _dumbbells(rows: list[dict[str, Any]], layout: Rows, scale: Scale) -> list[Mark]:
    """Return the marks: a bar between the ends, an interval and a point for each."""
    bars = []
    for row, y in zip(rows, layout.middles, strict=True):
        if row["penalty"] is not None and row["reward"] is not None:
            x, x2 = scale.place(row["penalty"]), scale.place(row["reward"])
            bars.append({"x": x, "y": y, "x2": x2, "y2": y, "color": INK})
    layers = [lines(bars, width=5, opacity=0.25)]
    for measure, colour, shape, dash in (
        ("penalty", VERMILLION, "circle", [1, 0]),
        ("reward", GREEN, "diamond", DASHES),
    ):
        spans, dots = [], []
        for row, y in zip(rows, layout.middles, strict=True):
            value, low, high = (row[f"{measure}{end}"] for end in ("", "_low", "_high"))
            if value is not None:
                dots.append({"x": scale.place(value), "y": y, "color": colour})
            if low is not None and high is not None:
                ends = {"x": scale.place(low), "x2": scale.place(high)}
                spans.append({**ends, "y": y, "y2": y, "color": colour})
        layers += [lines(spans, strokeDash=dash), points(dots, shape=shape, size=110)]
    return layers


def _role(row: Mapping[str, Any], words: Wording) -> str:
    return words.say("charts", f"role_{row['role']}") if row["role"] in ROLES else ""


def _ends(row: Mapping[str, Any], words: Wording, decimals: int) -> str:
    penalty, reward = (words.number(row[measure], decimals) for measure in _MEASURES)
    return f"● {penalty}\u00a0\u00a0 ◆ {reward}"
