"""The charts of the page, as SVG that takes the page's own colours and fonts."""

from __future__ import annotations

from typing import Any

import pandas as pd

from tpfeedback import charts
from tpfeedback.report.records import Facts
from tpfeedback.report.speech import Speech
from tpfeedback.report.tracked import Picture, tracked_sections
from tpfeedback.tables import IMPACT, PRIORITIES
from tpfeedback.wording import Wording

LEAST_MENTIONS = 5  # fewer say nothing about the share of complaints among them
MAPPED = 12


def draw_charts(facts: Facts, words: Wording) -> dict[str, Any]:
    """Return name -> SVG of every chart that has something to show, else None."""
    names = Speech(facts, words).names
    digits = facts["outcome"]["decimals"]
    changes = facts["changes"] or {"trend": []}
    drawn: dict[str, tuple[Any, pd.DataFrame, int]] = {
        "prizes": (charts.priority_chart, _prizes(facts), facts["outcome"]["gain_decimals"]),
        "effects": (charts.penalty_reward_chart, _effects(facts), digits),
        "map": (charts.performance_map_chart, _performance(facts), digits),
        "journey": (charts.journey_chart, _journey(facts), digits),
        "trend": (charts.trend_chart, pd.DataFrame(changes["trend"]), digits),
    }
    return {
        name: _svg(draw(table, names, words=words, decimals=decimals), name) if len(table) else None
        for name, (draw, table, decimals) in drawn.items()
    }


def draw_tracked(facts: Facts, words: Wording) -> dict[str, list[tuple[Any, str]]]:
    """Return section -> SVG and label of each picture of what was tracked."""
    speech = Speech(facts, words)
    return {
        section.key: [
            (_svg(draw_picture(one, speech), f"{section.key}{place}"), one.label)
            for place, one in enumerate(section.pictures)
            if len(one.table)
        ]
        for section in tracked_sections(speech)
    }


def draw_picture(picture: Picture, speech: Speech) -> Any:
    """Return the chart of a picture, with the names and in the words of the report."""
    return picture.draw(picture.table, speech.names, words=speech.words, **picture.options)


def _svg(chart: Any, prefix: str) -> Any:
    """Return a chart that the template may write as it is: the SVG's writer escaped the names."""
    from markupsafe import Markup

    return Markup(charts.to_svg(chart, prefix=prefix))


def _prizes(facts: Facts) -> pd.DataFrame:
    columns = [*(column.name for column in PRIORITIES), "tie_group"]
    return _measured(pd.DataFrame(facts["ranking"], columns=columns))


def _effects(facts: Facts) -> pd.DataFrame:
    return _measured(pd.DataFrame(facts["impact"], columns=[column.name for column in IMPACT]))


def _measured(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table of facts without the rows that have no prize, its numbers as numbers."""
    kinds = {column.name: column.kind for column in (*IMPACT, *PRIORITIES)}
    numbers = [name for name in table if kinds.get(str(name)) == "number"]
    return table.astype(dict.fromkeys(numbers, "float64")).dropna(subset="prize")


def _performance(facts: Facts) -> pd.DataFrame:
    """Return the map of the most important touchpoints: with all of them it cannot be read."""
    table = pd.DataFrame(facts["performance"])
    if table.empty:
        return table
    return table.dropna(subset=["importance", "performance"]).head(MAPPED)


def _journey(facts: Facts) -> pd.DataFrame:
    rows = [
        {
            "stage": one["stage"],
            "touchpoint": one["touchpoint"],
            "mentions": one["mentions"],
            "negative_share": _share_of_mentions(one),
        }
        for one in facts["impact"]
    ]
    return pd.DataFrame(rows)


def _share_of_mentions(one: Facts) -> float | None:
    few = one["mentions"] < LEAST_MENTIONS
    return None if few else min(1.0, one["negative"] / one["mentions"])
