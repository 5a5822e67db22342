"""The two charts of the report: what can be gained, and what each touchpoint does.

Both take a table of `tpfeedback.tables` and return an altair chart, to be shown in a
notebook or turned into text by `to_svg` with no browser and no network. Every name stands on
a line of its own above its bar, so that no name is ever cut off, whatever its length or
script. Text and axes use `currentColor`: inside a page they follow the page's own colours.

The colours are Okabe and Ito's (2008, "Color Universal Design"), which stay apart for
readers who see red and green alike; shape tells the two ends of the dumbbell apart as well.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

import pandas as pd

from tpfeedback.tables import check_table

GAIN = "#0072B2"
PENALTY = "#D55E00"
REWARD = "#009E73"
SHOWN = 12

_FONT = "system-ui, 'Segoe UI', Roboto, 'Noto Sans', 'Noto Sans CJK SC', sans-serif"
_INK = "currentColor"
_FONT_SIZE = 14
_ROW_HEIGHT = 48
_WIDTH = 440


def priority_chart(
    priorities: pd.DataFrame,
    names: Mapping[str, str] | None = None,
    *,
    title: str = "Prize: gain of the mean, with 95 % interval",
    top: int = SHOWN,
    decimals: int = 2,
) -> Any:
    """Draw the prizes with their intervals, the largest on top, as an `altair.LayerChart`.

    `priorities` is the table of `rank_touchpoints`, prizes in units of the outcome; `names`
    gives the name to show for a key (the key itself where it has none); only the first `top`
    are drawn. Raises `TableError` if the table does not follow its contract.

    >>> row = {"rank": 1, "rank_low": 1, "rank_high": 1, "touchpoint": "delivery",
    ...        "stage": "after", "prize": 0.2, "prize_low": 0.1, "prize_high": 0.3,
    ...        "priority": 1.0, "reason": "late parcels"}
    >>> chart = priority_chart(pd.DataFrame([row]), {"delivery": "Delivery"})
    >>> "Delivery" in to_svg(chart)
    True
    """
    import altair as alt

    check_table(priorities, "priorities")
    ordered = priorities.sort_values(["prize", "touchpoint"], ascending=[False, True])
    rows = _rows(ordered.head(top), names)
    rows["value"] = [_interval_text(row, "prize", decimals) for row in rows.to_dict("records")]
    anchor = alt.Chart(_plain_values(rows)).encode(y=_row_axis())
    layers = [
        anchor.mark_bar(height=12, color=GAIN, yOffset=12).encode(x=_measure_axis("prize", title)),
        anchor.mark_rule(color=_INK, strokeWidth=2, yOffset=12).encode(
            x=_measure_axis("prize_low", title), x2="prize_high:Q"
        ),
        anchor.mark_point(color=_INK, filled=True, size=60, opacity=1, yOffset=12).encode(
            x=_measure_axis("prize", title)
        ),
    ]
    return _finish(layers, anchor, rows)


def penalty_reward_chart(
    impact: pd.DataFrame,
    names: Mapping[str, str] | None = None,
    *,
    title: str = "Effect of one mention on the expected overall",
    top: int = SHOWN,
    decimals: int = 2,
) -> Any:
    """Draw what a bad and a good mention do, as a dumbbell: an `altair.LayerChart`.

    `impact` is the table of `measure_impact`; the `top` touchpoints with the largest prize are
    drawn, in that order. A circle is the penalty, a diamond the reward, thin lines their 95 %
    intervals. Raises `TableError` if the table does not follow its contract.
    """
    import altair as alt

    check_table(impact, "impact")
    ordered = impact.sort_values(["prize", "touchpoint"], ascending=[False, True])
    rows = _rows(ordered.head(top), names)
    rows["value"] = [_both_ends(row, decimals) for row in rows.to_dict("records")]
    anchor = alt.Chart(_plain_values(rows)).encode(y=_row_axis())
    layers = [
        anchor.mark_rule(color=_INK, opacity=0.3, strokeWidth=6, yOffset=12).encode(
            x=_measure_axis("penalty", title), x2="reward:Q"
        )
    ]
    for measure, colour, shape in (("penalty", PENALTY, "circle"), ("reward", REWARD, "diamond")):
        layers.append(
            anchor.mark_rule(color=colour, strokeWidth=2, yOffset=12).encode(
                x=_measure_axis(f"{measure}_low", title), x2=f"{measure}_high:Q"
            )
        )
        layers.append(
            anchor.mark_point(
                color=colour, shape=shape, filled=True, size=110, opacity=1, yOffset=12
            ).encode(x=_measure_axis(measure, title))
        )
    return _finish(layers, anchor, rows)


def to_svg(chart: Any, *, prefix: str = "chart") -> str:
    """Return `chart` as SVG text: same chart, same text; no script, no foreign address.

    The ids inside begin with `prefix`, so that two charts can stand in one page.
    """
    import vl_convert

    svg: str = vl_convert.vegalite_to_svg(chart.to_dict())
    return _renumbered(svg, prefix)


def text_width(text: str, size: float = _FONT_SIZE) -> float:
    """Return the width of `text` in pixels, judged from above: no font has to be installed.

    >>> text_width("配送") == text_width("wwww")
    True
    """
    cells = sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)
    return cells * size * 0.6


def _rows(table: pd.DataFrame, names: Mapping[str, str] | None) -> pd.DataFrame:
    known = names or {}
    rows = table.reset_index(drop=True).copy()
    rows["name"] = [known.get(key, key) for key in rows["touchpoint"]]
    rows["position"] = range(len(rows))
    return rows


def _plain_values(rows: pd.DataFrame) -> pd.DataFrame:
    """Return only what a chart reads; a count is no float and a missing number is None."""
    wanted = [c for c in rows.columns if c in _DRAWN or c.rpartition("_")[0] in _DRAWN]
    return rows[wanted].round(6)


_DRAWN = ("position", "name", "value", "prize", "penalty", "reward")


def _row_axis() -> Any:
    import altair as alt

    return alt.Y("position:O", axis=None, scale=alt.Scale(padding=0))


def _measure_axis(field: str, title: str) -> Any:
    import altair as alt

    axis = alt.Axis(title=title, tickCount=5, labelLimit=0, titleLimit=0)
    return alt.X(f"{field}:Q", axis=axis, scale=alt.Scale(zero=True, nice=True))


def _finish(layers: list[Any], anchor: Any, rows: pd.DataFrame) -> Any:
    """Add names and values above the bars, wide enough for the longest of them."""
    import altair as alt

    needed = [
        text_width(f"{row.name}   {row.value}")
        for row in rows[["name", "value"]].itertuples(index=False)
    ]
    width = max([_WIDTH, *(int(n) + 1 for n in needed)])
    text = {
        "baseline": "middle",
        "dy": -8,
        "fontSize": _FONT_SIZE,
        "limit": 0,
        "color": _INK,
    }
    layers = [
        *layers,
        anchor.mark_text(align="left", fontWeight=600, **text).encode(
            x=alt.value(0), text="name:N"
        ),
        anchor.mark_text(align="right", **text).encode(x=alt.value(width), text="value:N"),
    ]
    chart = alt.layer(*layers).properties(
        width=width, height=max(1, len(rows)) * _ROW_HEIGHT, background="transparent"
    )
    return _themed(chart)


def _themed(chart: Any) -> Any:
    return (
        chart.configure(font=_FONT)
        .configure_view(stroke=None)
        .configure_axis(
            labelColor=_INK,
            titleColor=_INK,
            domainColor=_INK,
            tickColor=_INK,
            gridColor=_INK,
            gridOpacity=0.15,
            labelFontSize=12,
            titleFontSize=13,
            titleFontWeight="normal",
        )
    )


def _interval_text(row: Mapping[Any, Any], measure: str, decimals: int) -> str:
    ends = [row[measure], row[f"{measure}_low"], row[f"{measure}_high"]]
    if pd.isna(ends[0]):
        return "–"
    value, low, high = (_number(end, decimals) for end in ends)
    return value if pd.isna(ends[1]) else f"{value} ({low} … {high})"


def _both_ends(row: Mapping[Any, Any], decimals: int) -> str:
    return f"● {_number(row['penalty'], decimals)}   ◆ {_number(row['reward'], decimals)}"


def _number(value: float, decimals: int) -> str:
    """Return a number with a true minus sign, or a dash for a missing one."""
    if pd.isna(value):
        return "–"
    shown = f"{abs(value):.{decimals}f}"
    return f"−{shown}" if value < 0 and float(shown) else shown


def _renumbered(svg: str, prefix: str) -> str:
    """Replace the ids, which the converter counts on from call to call, by our own count."""
    found = dict.fromkeys(re.findall(r'\bid="([^"]+)"', svg))
    for number, old in enumerate(found):
        new = f"{prefix}-{number}"
        svg = svg.replace(f'id="{old}"', f'id="{new}"').replace(f"url(#{old})", f"url(#{new})")
        svg = svg.replace(f'href="#{old}"', f'href="#{new}"')
    return svg
