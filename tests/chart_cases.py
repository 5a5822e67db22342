"""Tables for every chart, and what an SVG shows: its texts, lines and points with their places."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from tests.small_findings import impact_table, priorities_table
from tpfeedback.charts import (
    journey_chart,
    language_chart,
    penalty_reward_chart,
    performance_map_chart,
    priority_chart,
    segment_chart,
    slope_chart,
    trend_chart,
)
from tpfeedback.priority import map_performance
from tpfeedback.taxonomy import load_taxonomy
from tpfeedback.wording import Wording, load_wording

TAXONOMY = load_taxonomy("general")
LONG = {
    "pl": "Zażółć gęślą jaźń: obsługa posprzedażowa i reklamacje w sklepie i w całej sieci",
    "zh": "呼叫中心电话支持与售后服务以及投诉处理" * 4,
    "ru": "Послепродажное обслуживание, рекламации и замена неисправных деталей за рубежом",
    "en": "After-sales service, complaints and the replacement of faulty parts, also abroad",
    "one word": "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft",
    "markup": '<b>&"\' id="x" fill="currentColor" url(#x)',
}


def many_priorities() -> pd.DataFrame:
    """Return 27 touchpoints, the prizes from very large to very small, in three tie groups."""
    row = priorities_table().iloc[0]
    table = pd.DataFrame([{**row, "touchpoint": key} for key in TAXONOMY.keys])
    table["prize"] = [1000.0 / 4**number for number in range(len(table))]
    table["prize_low"], table["prize_high"] = table["prize"] * 0.5, table["prize"] * 1.5
    table["tie_group"] = ["a", "ab", "b", "c", None, "d", "d", *["e"] * 20]
    return table


def many_effects() -> pd.DataFrame:
    """Return the impact of 27 touchpoints, every role among them."""
    row = impact_table().iloc[0].to_dict()
    table = pd.DataFrame([{**row, "touchpoint": key} for key in TAXONOMY.keys])
    roles = ["basic", "performance", "excitement", "minor"]
    table["role"] = [roles[number % 4] for number in range(27)]
    table["importance"] = [0.002 * number for number in range(1, 28)]
    table["importance_low"], table["importance_high"] = (
        table["importance"] * f for f in (0.6, 1.4)
    )
    table["mentions"] = [40 + 7 * number for number in range(27)]
    table["positive"] = [(number * 11) % 37 for number in range(27)]
    table["negative"] = [(number * 17) % 31 for number in range(27)]
    return table


def journey(keys: tuple[str, ...] = TAXONOMY.keys) -> pd.DataFrame:
    """Return touchpoints with their stage; the second has too few mentions."""
    table = pd.DataFrame({"stage": map(TAXONOMY.stage, keys), "touchpoint": keys})
    table["mentions"] = [1000 * number + 5 for number in range(len(keys))]
    table["negative_share"] = [number / len(keys) for number in range(len(keys))]
    table.loc[1, "negative_share"] = None
    return table


def weeks(number: int = 100) -> pd.DataFrame:
    """Return a value for each of some weeks, with limits, two gaps and two changes."""
    days = pd.date_range("2022-01-03", periods=number, freq="W-MON").strftime("%Y-%m-%d")
    table = pd.DataFrame(
        {"period": days, "value": [0.3 + 0.1 * (n % 7) / 7 for n in range(number)]}
    )
    table["low"], table["high"] = table["value"] - 0.05, table["value"] + 0.05
    table["texts"] = [10 + n for n in range(number)]
    table["limit_low"], table["limit_high"] = 0.25, 0.37
    table["change_point"] = [n in (60, 63) for n in range(number)]
    table.loc[table.index % 40 == 20, ["value", "low", "high"]] = None
    return table


def months(keys: tuple[str, ...] = TAXONOMY.keys[:3]) -> pd.DataFrame:
    """Return a year of months for each of some touchpoints."""
    rows = [
        {"touchpoint": key, "period": f"2024-{month:02}", "value": -month / 7, "low": -month / 6,
         "high": -month / 8, "texts": 10 * month}
        for key in keys for month in range(1, 13)
    ]  # fmt: skip
    return pd.DataFrame(rows)


def changes(keys: tuple[str, ...] = TAXONOMY.keys) -> pd.DataFrame:
    """Return touchpoints before and after: a clear rise, a clear fall, and unclear ones."""
    table = pd.DataFrame({"touchpoint": keys, "before": [0.01 * n for n in range(len(keys))]})
    table["after"] = table["before"] + [1.0, -1.0, *[0.05] * (len(keys) - 2)]
    for end in ("before", "after"):
        table[f"{end}_low"], table[f"{end}_high"] = table[end] - 0.1, table[end] + 0.1
    return table


def matrix(keys: tuple[str, ...] = TAXONOMY.keys[:5]) -> pd.DataFrame:
    """Return a number for each of some touchpoints in seven segments, some with too few texts."""
    segments = (
        "iOS",
        "Android",
        "Warszawa Śródmieście",
        "Санкт-Петербург",
        "上海",
        "web",
        "shop 7",
    )
    rows = [
        {"segment": segment, "touchpoint": key, "value": 0.1 * (a - b), "texts": 9}
        for a, key in enumerate(keys) for b, segment in enumerate(segments)
    ]  # fmt: skip
    table = pd.DataFrame(rows)
    table.loc[table.index % 6 == 5, "value"] = None
    return table


def mix() -> pd.DataFrame:
    """Return texts by language."""
    counts = {"other": 3, "pl": 500, "ru": 120345, "zh": 80211, "en": 0}
    return pd.DataFrame({"language": list(counts), "count": list(counts.values())})


@dataclass(frozen=True)
class Case:
    """A chart, a small and a large table for it, and a column it cannot do without."""

    draw: Callable[..., Any]
    small: Callable[[], pd.DataFrame]
    large: Callable[[], pd.DataFrame]
    needed: str


CASES = {
    "priority": Case(priority_chart, priorities_table, many_priorities, "prize"),
    "penalty_reward": Case(penalty_reward_chart, impact_table, many_effects, "penalty"),
    "performance_map": Case(
        performance_map_chart,
        lambda: map_performance(impact_table()),
        lambda: map_performance(many_effects()),
        "importance_line",
    ),
    "journey": Case(journey_chart, lambda: journey(("delivery", "staff")), journey, "mentions"),
    "trend": Case(trend_chart, lambda: weeks(1), weeks, "texts"),
    "trends": Case(
        trend_chart, lambda: months(("delivery",)), lambda: months(TAXONOMY.keys), "period"
    ),
    "slope": Case(slope_chart, lambda: changes(("delivery", "staff")), changes, "after"),
    "segments": Case(
        segment_chart, lambda: matrix(("delivery",)), lambda: matrix(TAXONOMY.keys), "segment"
    ),
    "languages": Case(language_chart, lambda: mix().head(1), mix, "count"),
}


def english_written_as(language: str) -> Wording:
    """Return English words with the numbers and dates of another language."""
    return replace(load_wording(language), phrases=load_wording("en").phrases)


@dataclass(frozen=True)
class Shape:
    """One text, line or point of an SVG: its place in the picture, and what it says."""

    kind: str
    x: float
    y: float
    x2: float
    y2: float
    colour: str
    said: str = ""
    anchor: str = "start"
    bold: bool = False


def shapes(svg: str) -> list[Shape]:
    """Return the texts, straight lines and outlines of `svg`, top to bottom in the file."""
    return [found for node in ET.fromstring(svg).iter() if (found := _shape(node)) is not None]


def said(svg: str) -> list[str]:
    """Return the texts of `svg`."""
    return [shape.said for shape in shapes(svg) if shape.kind == "text"]


def _shape(node: ET.Element) -> Shape | None:
    kind = node.tag.rpartition("}")[2]
    if kind not in ("text", "line", "path") or node.get("class"):
        return None
    place = re.search(r"translate\(([-\d.]+),([-\d.]+)\)", node.get("transform", ""))
    x, y = (float(place[1]), float(place[2])) if place else (0.0, 0.0)
    x2, y2 = x + float(node.get("x2", 0)), y + float(node.get("y2", 0))
    colour = node.get("fill") if node.get("fill") not in (None, "none") else node.get("stroke")
    if kind == "path":
        x, y, x2, y2 = _box(node.get("d", ""), x, y)
    return Shape(
        kind, x, y, x2, y2, colour or "", node.text or "", node.get("text-anchor", "start"),
        node.get("font-weight") == "600",
    )  # fmt: skip


def _box(path: str, x: float, y: float) -> tuple[float, float, float, float]:
    """Return the corners of a box or the first and last point of another outline."""
    box = re.fullmatch(r"M([-\d.]+),([-\d.]+)h([-\d.]+)v([-\d.]+)h[-\d.]+Z", path)
    if box:
        left, top, wide, tall = map(float, box.groups())
        return x + left, y + top, x + left + wide, y + top + tall
    return x, y, x, y
