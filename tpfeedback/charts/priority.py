"""The priority chart: what fixing each touchpoint would gain, the largest gain on top."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from tpfeedback.charts.axes import value_axis
from tpfeedback.charts.contents import first_of, interval_text, read_rows, shown_name, spoken
from tpfeedback.charts.look import BLUE, INK, WIDTH, Mark, boxes, lines, nothing, picture, points
from tpfeedback.charts.placing import lanes
from tpfeedback.charts.rows import Rows, laid_out
from tpfeedback.charts.scales import round_scale
from tpfeedback.tables import check_table
from tpfeedback.wording import Wording

SHOWN = 12
_LANE = 7  # from the edge of one tie group to the next


def priority_chart(
    priorities: pd.DataFrame,
    names: Mapping[str, str] | None = None,
    *,
    words: Wording | None = None,
    decimals: int = 2,
    top: int = SHOWN,
    title: str | None = None,
) -> Any:
    """Draw the prizes with their 95 % intervals, the largest on top, as an altair chart.

    Touchpoints whose prizes cannot be told apart (neighbours that share a letter of the column
    `tie_group`, where the table has one) are shaded together.

    Args:
        priorities: the table of `rank_touchpoints`, prizes in units of the outcome.
        names: the name to show for a touchpoint's key; the key itself where there is none.
        words: the language of the labels; English where none is given.
        decimals: digits of the numbers after the point.
        top: only so many are drawn; the chart says so.
        title: what the axis measures, where the standard words do not fit.

    Raises:
        TableError: the table does not follow its contract.

    >>> from tpfeedback.charts import to_svg
    >>> row = {"rank": 1, "rank_low": 1, "rank_high": 1, "touchpoint": "delivery",
    ...        "stage": "after", "prize": 0.2, "prize_low": 0.1, "prize_high": 0.3,
    ...        "priority": 1.0, "reason": "late parcels"}
    >>> chart = priority_chart(pd.DataFrame([row]), {"delivery": "Delivery"})
    >>> "Delivery" in to_svg(chart)
    True
    """
    told = spoken(words)
    check_table(priorities, "priorities")
    ordered = priorities.sort_values(["prize", "touchpoint"], ascending=[False, True])
    rows = read_rows(ordered.head(top), "priority chart", _NEEDED, ["tie_group"])
    if not rows:
        return nothing(told)
    groups = _tie_groups([row["tie_group"] for row in rows])
    left = _LANE * (1 + max((lane for *_, lane in groups), default=-1))
    left += 5 if groups else 0
    layout = laid_out(
        [
            (shown_name(row["touchpoint"], names), "", interval_text(row, "prize", told, decimals))
            for row in rows
        ],
        left=left,
    )
    ends = [row[name] for row in rows for name in _NEEDED[1:]]
    scale = round_scale(ends, left + 8, WIDTH - 24)
    axis, bottom = value_axis(
        scale,
        scale.write(told),
        top=0,
        bottom=layout.height,
        title=told.say("charts", "prize") if title is None else title,
    )
    caption = [told.say("charts", "prize_marks")]
    caption += [told.say("charts", "ties")] if groups else []
    return picture(
        [*_shades(groups, layout), *axis, *interval_bars(rows, layout, scale), *layout.layers],
        height=bottom,
        caption=[*caption, *first_of(len(rows), len(priorities), told)],
    )


_NEEDED = ("touchpoint", "prize", "prize_low", "prize_high")


def interval_bars(rows: list[dict[str, Any]], layout: Rows, scale: Any) -> list[Mark]:
    """Return bars from 0 to the prize, and a line with a dot for its interval."""
    zero = scale.place(0.0)
    bars, whiskers, dots = [], [], []
    for row, y in zip(rows, layout.middles, strict=True):
        if row["prize"] is None:
            continue
        x = scale.place(row["prize"])
        bars.append({"x": zero, "y": y - 6, "x2": x, "y2": y + 6, "color": BLUE})
        dots.append({"x": x, "y": y, "color": INK})
        if row["prize_low"] is not None and row["prize_high"] is not None:
            low, high = scale.place(row["prize_low"]), scale.place(row["prize_high"])
            whiskers.append({"x": low, "y": y, "x2": high, "y2": y, "color": INK})
    return [boxes(bars), lines(whiskers), points(dots, size=60)]


def _tie_groups(letters: Iterable[str | None]) -> list[tuple[int, int, int]]:
    """Return (first row, last row, lane) of every run of two or more rows with one letter."""
    held = [set(one or "") for one in letters]
    runs = []
    for letter in sorted(set().union(*held)):
        start = None
        for number, here in enumerate([*held, set()]):
            if letter in here and start is None:
                start = number
            elif letter not in here and start is not None:
                runs.append((start, number - 1))
                start = None
    runs = sorted({run for run in runs if run[1] > run[0]})
    return [(*run, lane) for run, lane in zip(runs, lanes(runs), strict=True)]


def _shades(groups: list[tuple[int, int, int]], layout: Rows) -> list[Mark]:
    """Return a shade behind each tie group, and its edge in a lane of its own at the left."""
    bottoms = [*layout.tops[1:], layout.height]
    shades, edges = [], []
    for first, last, lane in groups:
        x, y, y2 = lane * _LANE + 1.5, layout.tops[first] + 3, bottoms[last] - 3
        shades.append({"x": x, "y": y, "x2": WIDTH + 6, "y2": y2, "color": INK})
        edges.append({"x": x, "y": y, "x2": x, "y2": y2, "color": INK})
    return [boxes(shades, opacity=0.08), lines(edges, width=3, opacity=0.7)]
