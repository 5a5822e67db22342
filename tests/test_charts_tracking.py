"""The charts of tracking show every name whole, every number right, and what is sure as such."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
import pytest

from tests.chart_cases import LONG, TAXONOMY, english_written_as, journey, said, shapes
from tests.test_charts import letters, overlap, text_box
from tpfeedback.charts import (
    gap_chart,
    journey_chart,
    ledger_chart,
    parts_chart,
    rivals_chart,
    to_png,
    to_svg,
    waits_chart,
)
from tpfeedback.charts.ledger import sure_look
from tpfeedback.charts.look import BLUE, INK, VERMILLION
from tpfeedback.charts.parts import PARTS
from tpfeedback.charts.waits import wait_unit
from tpfeedback.errors import TableError
from tpfeedback.wording import load_wording


def curve(longest: float = 30_000.0) -> pd.DataFrame:
    """Return a curve of 25 waits up to the longest, in minutes."""
    table = pd.DataFrame({"minutes": np.linspace(longest / 100, longest, 25)})
    table["effect"] = -1.8 * np.linspace(0, 1, 25)
    table["effect_low"], table["effect_high"] = table["effect"] * 1.3, table["effect"] * 0.7
    return table


def looks(keys: tuple[str, ...] = ("delivery",), number: int = 20) -> pd.DataFrame:
    """Return the looks at one change for each touchpoint: the intervals shrink around -0.1."""
    rows = [
        {"change": place, "date": pd.Timestamp("2024-06-01"), "touchpoint": key,
         "period": pd.Timestamp("2024-06-03") + pd.Timedelta(weeks=week), "estimate": -0.1,
         "low": -0.1 - 0.2 / (week + 1), "high": -0.1 + 0.2 / (week + 1),
         "always_low": -0.1 - 0.65 / (week + 1), "always_high": -0.1 + 0.65 / (week + 1)}
        for place, key in enumerate(keys) for week in range(number)
    ]  # fmt: skip
    return pd.DataFrame(rows)


def parts() -> pd.DataFrame:
    """Return the five sums and two rows of what they consist of."""
    table = pd.DataFrame({"part": [*PARTS, "delivery", "staff"],
                          "kind": [*["sum"] * 5, *["touchpoint"] * 2]})  # fmt: skip
    table["contribution"] = [0.1, -0.3, 0.25, 0.0, 0.05, 0.2, 0.1]
    table["contribution_low"] = table["contribution"] - 0.1
    table["contribution_high"] = table["contribution"] + 0.1
    return table


def gaps(keys: tuple[str, ...] = TAXONOMY.keys) -> pd.DataFrame:
    """Return gaps: the first clearly above 0, the second clearly below, the others not clear."""
    table = pd.DataFrame({"touchpoint": keys, "negative_share_theirs": 0.1})
    table["negative_share_gap"] = [0.09, -0.08, *[0.01] * (len(keys) - 2)]
    table["negative_share_ours"] = table["negative_share_theirs"] + table["negative_share_gap"]
    table["negative_share_gap_low"] = table["negative_share_gap"] - 0.03
    table["negative_share_gap_high"] = table["negative_share_gap"] + 0.03
    return table


def standing(keys: tuple[str | None, ...] = (*TAXONOMY.keys, None)) -> pd.DataFrame:
    """Return wins and losses; the last is said of nothing."""
    counts = range(len(keys))
    return pd.DataFrame({"touchpoint": keys, "wins": [3 * n for n in counts],
                         "losses": [1000 - 30 * n for n in counts], "equal": 1})  # fmt: skip


def waits(table: pd.DataFrame, names: Any = None, **options: Any) -> Any:
    turn = {"breakpoint": 12_557.2, "breakpoint_low": 10_080.0, "breakpoint_high": None}
    return waits_chart(table, names, **{**turn, **options})


@dataclass(frozen=True)
class Case:
    """A chart, a small and a large table for it, and a column it cannot do without."""

    draw: Callable[..., Any]
    small: Callable[[], pd.DataFrame]
    large: Callable[[], pd.DataFrame]
    needed: str


def broken_journey(keys: tuple[str, ...] = TAXONOMY.keys) -> pd.DataFrame:
    """Return the journey with the share of first failures; none at the first touchpoint."""
    return journey(keys).assign(first_share=[number / 400 for number in range(len(keys))])


CASES = {
    "waits": Case(waits, lambda: curve(40.0), curve, "effect_low"),
    "ledger": Case(ledger_chart, lambda: looks(number=1), lambda: looks(TAXONOMY.keys), "period"),
    "parts": Case(parts_chart, lambda: parts().head(1), parts, "contribution"),
    "gaps": Case(gap_chart, lambda: gaps(("delivery", "staff")), gaps, "negative_share_gap"),
    "journey": Case(
        journey_chart, lambda: broken_journey(("delivery", "staff")), broken_journey, "mentions"
    ),
    "rivals": Case(rivals_chart, lambda: standing(("delivery",)), standing, "losses"),
}
EVERY = pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
NAMED = pytest.mark.parametrize("name", ["ledger", "gaps", "rivals"])


@NAMED
@pytest.mark.parametrize("shown", LONG.values(), ids=LONG.keys())
def test_a_name_is_shown_whole_in_every_script(name, shown):
    case = CASES[name]
    svg = to_svg(case.draw(case.small(), {"delivery": shown}))
    assert letters(shown) in letters(said(svg))


@NAMED
def test_all_27_touchpoints_are_named(name):
    case = CASES[name]
    names = {key: TAXONOMY.name_of(key, "ru") for key in TAXONOMY.keys}
    drawn = letters(said(to_svg(case.draw(case.large(), names, top=28))))
    assert [shown for shown in names.values() if letters(shown) not in drawn] == []


@EVERY
@pytest.mark.parametrize("size", ["small", "large"])
@pytest.mark.parametrize("language", ["en", "ru", "zh", "pl"])
def test_no_text_leaves_the_picture_or_covers_another(case, language, size):
    names = {key: TAXONOMY.name_of(key, language) for key in TAXONOMY.keys}
    names["advertising"] = LONG[language]
    chart = case.draw(getattr(case, size)(), names, words=load_wording(language))
    svg = to_svg(chart)
    boxes = [text_box(shape) for shape in shapes(svg) if shape.kind == "text" and shape.said]
    height = float(re.search(r'viewBox="0 0 440 (\d+)"', svg)[1])
    assert [one for one in boxes if one[0] < -8 or one[2] > 432 or one[3] > height] == []
    assert [(a, b) for n, a in enumerate(boxes) for b in boxes[:n] if overlap(a, b)] == []


@EVERY
def test_the_same_table_gives_the_same_bytes(case):
    first, second = (to_svg(case.draw(case.large())) for _ in range(2))
    assert first == second


@EVERY
def test_the_callers_table_stays_as_it_was(case):
    table = case.large()
    before = table.copy(deep=True)
    case.draw(table)
    pd.testing.assert_frame_equal(table, before)


@EVERY
def test_an_empty_table_says_so(case):
    assert said(to_svg(case.draw(case.small().head(0)))) == ["Nothing to show yet."]


@EVERY
def test_a_lacking_column_is_named(case):
    with pytest.raises(TableError, match=f"lacks the columns {case.needed}"):
        case.draw(case.small().drop(columns=case.needed))


@EVERY
def test_missing_and_endless_numbers_do_not_break_the_picture(case):
    table = case.large()
    numbers = table.select_dtypes("number").columns.drop("change", errors="ignore")
    table[numbers] = table[numbers].astype(float)
    table.loc[table.index[1::3], numbers] = np.nan
    table.loc[table.index[2::5], numbers] = np.inf
    drawn = said(to_svg(case.draw(table)))
    assert len(drawn) > 1
    assert not {"nan", "inf", "None"} & set(drawn)


@EVERY
def test_a_chart_becomes_a_png(case):
    assert to_png(case.draw(case.large(), words=english_written_as("ru"))).startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("longest", "unit", "axis"),
    [(180, "minutes", "Time waited, minutes"), (181, "hours", "Time waited, hours"),
     (4320, "hours", "Time waited, hours"), (4321, "days", "Time waited, days")],
)  # fmt: skip
def test_waits_are_written_in_the_unit_that_suits_them(longest, unit, axis):
    assert wait_unit(longest) == unit
    assert axis in said(to_svg(waits_chart(curve(longest))))


def test_the_breakpoint_stands_where_the_line_bends():
    svg = to_svg(waits(curve()))
    upright = min((s for s in shapes(svg) if s.kind == "line" and s.x == s.x2), key=lambda s: s.y)
    told = next(s for s in shapes(svg) if s.said == "8.7 days")
    assert told.x == pytest.approx(upright.x, abs=0.1)
    ticks = {s.said: s.x for s in shapes(svg) if s.anchor == "middle" and s.said in ("0", "20")}
    a_day = (ticks["20"] - ticks["0"]) / 20
    assert told.x == pytest.approx(ticks["0"] + 12_557.2 / 1440 * a_day, abs=1)


def test_without_a_breakpoint_none_is_told():
    for missing in (None, float("nan")):
        drawn = said(to_svg(waits_chart(curve(), breakpoint=missing)))
        assert not any(text.startswith("Upright") for text in drawn)


def test_the_first_sure_look_is_marked_and_no_other():
    sure = sure_look(looks().to_dict("records"))
    assert sure == 6  # 0.65 / 7 < 0.1 < 0.65 / 6
    marked = [s for s in shapes(to_svg(ledger_chart(looks()))) if s.colour == VERMILLION]
    assert len(marked) == 1


def test_an_effect_that_is_never_sure_has_no_mark():
    svg = to_svg(ledger_chart(looks(number=5)))
    assert [s for s in shapes(svg) if s.colour == VERMILLION] == []


def test_each_change_is_told_with_its_day():
    drawn = said(to_svg(ledger_chart(looks(("delivery", "staff")), {"delivery": "Delivery"})))
    assert {"Delivery, Jun 1, 2024", "staff, Jun 1, 2024"} <= set(drawn)


def test_effects_on_shares_are_written_as_percentages():
    drawn = said(to_svg(ledger_chart(looks(), as_share=True)))
    assert any(text.endswith("%") and text.startswith("−") for text in drawn)


def test_changes_left_out_are_counted():
    drawn = said(to_svg(ledger_chart(looks(TAXONOMY.keys[:9]))))
    assert "The first 6 of 9." in drawn


def test_the_parts_lead_from_the_mean_before_to_the_mean_after():
    svg = to_svg(parts_chart(parts(), before=3.7))
    bars = [s for s in shapes(svg) if s.kind == "path" and s.colour in (BLUE, VERMILLION)]
    assert len(bars) == 4 + 1  # a part of 0 is a bar without width
    for one, other in pairwise(bars):
        assert min(abs(a - b) for a in (one.x, one.x2) for b in (other.x, other.x2)) < 0.05
    assert {"3.70", "3.80"} <= set(said(svg))
    colours = [one.colour for one in bars]
    assert colours[:3] == [BLUE, VERMILLION, BLUE]


def test_only_the_sums_are_parts_and_not_what_they_consist_of():
    drawn = said(to_svg(parts_chart(parts())))
    assert "delivery" not in drawn
    assert "How they are felt" in drawn
    assert "+0.10" in drawn  # the change, where the means are not given


def test_a_gap_is_better_worse_or_not_clear_by_colour():
    svg = to_svg(gap_chart(gaps(TAXONOMY.keys[:4])))
    found = [s.colour for s in shapes(svg) if s.kind == "path" and s.colour in (BLUE, VERMILLION)]
    assert sorted(found) == sorted([VERMILLION, BLUE])
    hollow = [s for s in shapes(svg) if s.kind == "path" and s.colour == INK]
    assert len(hollow) == 2


def test_more_praise_than_theirs_is_better_and_more_complaints_are_worse():
    table = gaps(("delivery", "staff")).head(1)
    praise = table.rename(columns=lambda name: name.replace("negative", "positive"))
    for drawn, colour in (
        (gap_chart(table), VERMILLION),
        (gap_chart(praise, measure="positive_share"), BLUE),
    ):
        assert {s.colour for s in shapes(to_svg(drawn))} & {BLUE, VERMILLION} == {colour}


def test_more_reach_is_neither_better_nor_worse():
    table = gaps(("delivery", "staff")).rename(
        columns=lambda n: n.replace("negative_share", "reach")
    )
    svg = to_svg(gap_chart(table, measure="reach"))
    assert not {s.colour for s in shapes(svg)} & {BLUE, VERMILLION}


def test_a_gap_next_to_nothing_has_no_sign():
    table = gaps(("delivery", "staff"))
    table["negative_share_gap_low"] = -0.0001
    assert not any("−0" in text for text in said(to_svg(gap_chart(table))))


def test_wins_stand_right_and_losses_left_of_the_middle():
    table = pd.DataFrame({"rival": ["dhl"], "wins": [2], "losses": [8], "equal": [0]})
    svg = to_svg(rivals_chart(table, by="rival"))
    bars = {s.colour: abs(s.x2 - s.x) for s in shapes(svg) if s.colour in (BLUE, VERMILLION)}
    assert bars[VERMILLION] == pytest.approx(4 * bars[BLUE], rel=0.01)
    assert "8 worse, 2 better, 0 equal" in said(svg)


def test_a_comparison_of_nothing_in_particular_is_named_so():
    assert "Not said of what" in said(to_svg(rivals_chart(standing((None,)))))


def test_where_the_path_breaks_first_stands_below_the_name():
    drawn = said(to_svg(journey_chart(broken_journey())))
    assert sum(text.startswith("◆ first failure:") for text in drawn) == 26
    assert not any("◆" in text for text in said(to_svg(journey_chart(journey()))))
