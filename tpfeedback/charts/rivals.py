"""The rivals chart: who wins where customers compare us with others."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from tpfeedback.charts.axes import value_axis
from tpfeedback.charts.contents import first_of, read_rows, shown_name, spoken
from tpfeedback.charts.look import BLUE, INK, VERMILLION, WIDTH, boxes, nothing, picture
from tpfeedback.charts.rows import laid_out
from tpfeedback.charts.scales import round_scale
from tpfeedback.wording import Wording

SHOWN = 12
_COUNTS = ("wins", "losses", "equal")


def rivals_chart(
    table: pd.DataFrame,
    names: Mapping[str, str] | None = None,
    *,
    words: Wording | None = None,
    decimals: int = 0,
    by: str = "touchpoint",
    top: int = SHOWN,
    title: str | None = None,
) -> Any:
    """Draw how often we win and lose where customers compare, as an altair chart.

    A vermillion bar to the left are the respondents who find us worse, a blue one to the right
    those who find us better. Rows keep the order of the table.

    Args:
        table: `.table` of a `Standing`, or `.named` with by="rival": the key, `wins`, `losses`,
            `equal`; a missing key is shown as not told.
        names: the name to show for a key; the key itself where there is none.
        words: the language of the labels; English where none is given.
        decimals: not used: they are counts; every chart takes it.
        by: column of the key, "touchpoint" or "rival".
        top: only so many are drawn; the chart says so.
        title: what is counted; stands under the chart.

    Raises:
        TableError: a column lacks.

    >>> from tpfeedback.charts import to_svg
    >>> table = pd.DataFrame({"touchpoint": ["delivery"], "wins": [2], "losses": [7], "equal": [1]})
    >>> "7 worse, 2 better, 1 equal" in to_svg(rivals_chart(table))
    True
    """
    told = spoken(words)
    given = read_rows(table, "rivals chart", (by, *_COUNTS))
    rows = given[:top]
    if not rows:
        return nothing(told)
    unknown = told.say("charts", "not_told")
    layout = laid_out(
        [
            (
                unknown if row[by] is None else shown_name(row[by], names),
                told.say("charts", "verdicts", **{n: told.count(row[n] or 0) for n in _COUNTS}),
                "",
            )
            for row in rows
        ]
    )
    most = max(max(row["wins"] or 0, row["losses"] or 0) for row in rows)
    scale = round_scale([-most, most, -4, 4], 24, WIDTH - 24, ticks=4)
    axis, bottom = value_axis(
        scale,
        lambda value: told.count(round(abs(value))),
        top=0,
        bottom=layout.height,
        title=told.say("charts", "verdict_axis"),
    )
    zero, bars = scale.place(0.0), []
    for row, y in zip(rows, layout.middles, strict=True):
        for count, side, colour in (("losses", -1, VERMILLION), ("wins", 1, BLUE)):
            x = scale.place(side * (row[count] or 0))
            bars.append({"x": zero, "y": y - 6, "x2": x, "y2": y + 6, "color": colour})
    return picture(
        [*axis, boxes(bars, stroke=INK, strokeOpacity=0.3), *layout.layers],
        height=bottom,
        caption=[*([title] if title else []), *first_of(len(rows), len(given), told)],
    )
