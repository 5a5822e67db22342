"""The importance-performance map: what matters, and how well it is done."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from tpfeedback.errors import ImpactError, unknown_name
from tpfeedback.impact.gram import Array
from tpfeedback.priority.costs import read_number
from tpfeedback.priority.prizes import Z, impact_table

if TYPE_CHECKING:
    from tpfeedback.priority.prizes import Impact

LINES = ("mean", "median", "scale")
QUADRANTS = ("fix first", "keep up", "low priority", "possible overkill")
UNDECIDED = "undecided"


def map_performance(
    impact: Impact,
    *,
    lines: str = "mean",
    importance_line: float | None = None,
    performance_line: float | None = None,
) -> pd.DataFrame:
    """Place every touchpoint on the importance-performance map (Martilla & James 1977).

    Performance is the share of positive minus the share of negative mentions among the texts that
    speak of the touchpoint: -1 (all complain) to 1 (all praise). It takes praise and complaints
    into account, as a rating of the touchpoint would, and does not depend on how many speak of it,
    which is in the prize already; a mixed or neutral mention counts as 0. Its interval is that of
    Wilson (1927, JASA 22:209-212) for (1 + performance) / 2, which is a mean of numbers between 0
    and 1: exact in kind where all mentions are positive or negative, a little wide where some are
    mixed or neutral. Where the impact was measured with survey weights, performance is weighted
    too; its interval is then that of as many mentions of equal weight, a little narrow.

    Two lines cut the map into four parts (J. Marketing 41(1):77-79):

    - fix first: important, and done worse than the line ("concentrate here");
    - keep up: important, and done well;
    - low priority: not important, done worse;
    - possible overkill: not important, done well.

    Where an interval reaches across its line, the touchpoint is "undecided". Where to draw the
    lines is a matter of judgement: a touchpoint near one changes its part with it. Bacon (2003,
    Int. J. Market Research 45:55-71) compares lines at the means, lines at the middle of the
    scale, and a diagonal, along which priority changes gradually. So take the map as a picture,
    and the order of what to fix from `rank_touchpoints`.

    Args:
        impact: the table of `measure_impact`, or the result of `fit_impact`.
        lines: where the lines are drawn: "mean" or "median" of the touchpoints of the map, or
            "scale": performance 0 (as much praise as complaint) and the mean importance.
        importance_line, performance_line: draw a line here instead, such as at last year's value.

    Returns:
        A table, one row per touchpoint, by importance, the greatest first, then by name:
        `touchpoint, stage, performance, performance_low, performance_high, importance,
        importance_low, importance_high` (0-1), `quadrant` (one of the four or "undecided"),
        `leaning` (the quadrant of the estimates, whatever the intervals; missing where the
        importance is), `performance_line, importance_line` (the same in all rows). Intervals are
        95 %; the lines are taken as given.

    Raises:
        ImpactError: `lines` is none of the three, or a line is no number.
        ColumnError: `impact` is no impact table.

    >>> from tpfeedback.tables import IMPACT
    >>> impact = pd.DataFrame({"touchpoint": ["price", "delivery"], "mentions": [90, 200],
    ...                        "negative": [10, 150], "positive": [70, 40],
    ...                        "importance": [0.2, 0.8], "importance_low": [0.1, 0.7],
    ...                        "importance_high": [0.3, 0.9]})
    >>> impact = impact.reindex(columns=[column.name for column in IMPACT])
    >>> map_performance(impact)[["touchpoint", "performance", "quadrant"]].round(2).values
    array([['delivery', -0.55, 'fix first'],
           ['price', 0.67, 'possible overkill']], dtype=object)
    """
    if lines not in LINES:
        raise ImpactError(unknown_name("way to draw the lines", lines, LINES))
    columns = ["touchpoint", "stage", "importance", "importance_low", "importance_high"]
    found = impact_table(impact)
    table = found[columns].reset_index(drop=True)
    for end, values in zip(("", "_low", "_high"), _performance(found), strict=True):
        table[f"performance{end}"] = values
    given = {"performance": performance_line, "importance": importance_line}
    for name, line in given.items():
        number = read_number(f"{name}_line", line)
        table[f"{name}_line"] = _line(table[name], name, lines) if number is None else number
    table["leaning"] = _leaning(table)
    sure = _clear_of_line(table, "importance") & _clear_of_line(table, "performance")
    table["quadrant"] = table["leaning"].where(sure, UNDECIDED)
    order = [
        *columns[:2],
        *_INTERVALS,
        "quadrant",
        "leaning",
        "performance_line",
        "importance_line",
    ]
    return table[order].sort_values(
        ["importance", "touchpoint"], ascending=[False, True], na_position="last", ignore_index=True
    )


_INTERVALS = tuple(
    f"{name}{end}" for name in ("performance", "importance") for end in ("", "_low", "_high")
)


def _performance(impact: pd.DataFrame) -> tuple[Array, Array, Array]:
    """Return performance (-1 to 1), and the lower and upper end of its interval."""
    number = impact["mentions"].to_numpy(dtype=float)
    number = np.where(number > 0, number, np.nan)
    net = _net(impact, number)
    share, square = (1 + net) / 2, Z**2 / number
    centre = (share + square / 2) / (1 + square)
    half = np.sqrt(square * (share * (1 - share) + square / 4)) / (1 + square)
    return net, 2 * (centre - half) - 1, 2 * (centre + half) - 1


def _net(impact: pd.DataFrame, number: Array) -> Array:
    """Return praise less complaints by mention: by weight, where shares are not those of counts."""
    counted = (impact["positive"] - impact["negative"]).to_numpy(dtype=float) / number
    columns = ["positive_share", "negative_share", "reach"]
    positive, negative, reach = impact[columns].to_numpy(dtype=float).T
    weighed = (positive - negative) / np.where(reach > 0, reach, np.nan)
    equal = np.isnan(reach) | np.isclose(weighed, counted, rtol=0, atol=1e-9)
    return np.where(equal, counted, np.clip(weighed, -1.0, 1.0))


def _line(values: pd.Series, name: str, lines: str) -> float:
    if lines == "scale" and name == "performance":
        return 0.0
    return float(values.median() if lines == "median" else values.mean())


def _leaning(table: pd.DataFrame) -> pd.Series:
    important = table["importance"] >= table["importance_line"]
    well = table["performance"] >= table["performance_line"]
    place = 2 * ~important.to_numpy() + well.to_numpy()
    known = table["importance"].notna() & table["performance"].notna()
    return pd.Series(np.array(QUADRANTS)[place], dtype="str").where(known)


def _clear_of_line(table: pd.DataFrame, name: str) -> pd.Series:
    """Tell where the interval lies on one side of the line; an unknown one does not."""
    line = table[f"{name}_line"]
    return (table[f"{name}_low"] > line) | (table[f"{name}_high"] < line)
