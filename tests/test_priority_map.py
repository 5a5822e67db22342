"""The importance-performance map: its intervals, its lines, and what stays undecided."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.impact_cases import quiet, simulate, to_tables
from tests.priority_cases import Fitted
from tpfeedback.errors import ColumnError, ImpactError
from tpfeedback.impact import measure_impact
from tpfeedback.priority import map_performance
from tpfeedback.tables import IMPACT

FOUR = {"fix first", "keep up", "low priority", "possible overkill"}


def impact_of(rows):
    """Build an impact table from (touchpoint, mentions, negative, positive, importance, half)."""
    names = ["touchpoint", "mentions", "negative", "positive", "importance", "half"]
    table = pd.DataFrame(rows, columns=names)
    table["importance_low"] = table["importance"] - table["half"]
    table["importance_high"] = table["importance"] + table["half"]
    return table.reindex(columns=[column.name for column in IMPACT])


CORNERS = [
    ("a", 1000, 900, 100, 0.4, 0.05), ("b", 1000, 100, 900, 0.4, 0.05),
    ("c", 1000, 900, 100, 0.1, 0.05), ("d", 1000, 100, 900, 0.1, 0.05)]  # fmt: skip


def test_the_four_corners_have_the_names_of_martilla_and_james():
    table = map_performance(impact_of(CORNERS[::-1]))
    assert table["touchpoint"].tolist() == ["a", "b", "c", "d"]
    names = ["fix first", "keep up", "low priority", "possible overkill"]
    assert table["quadrant"].tolist() == names
    assert (table["importance_line"] == 0.25).all()
    assert table["performance_line"].tolist() == pytest.approx([0.0] * 4)


@pytest.mark.parametrize(
    "row",
    [("a", 1000, 900, 100, 0.4, 0.2), ("a", 6, 4, 2, 0.4, 0.05), ("a", 6, 4, 2, 0.4, 0.2),
     ("a", 1000, 900, 100, 0.4, np.nan)],
)  # fmt: skip
def test_an_interval_across_a_line_leaves_the_touchpoint_undecided(row):
    table = map_performance(impact_of([row, *CORNERS[1:]])).set_index("touchpoint")
    assert table.loc["a", ["quadrant", "leaning"]].tolist() == ["undecided", "fix first"]
    assert table.loc["b", "quadrant"] == "keep up"


def test_what_lies_on_both_lines_is_important_and_done_well():
    table = map_performance(impact_of(CORNERS[:1]))
    assert table[["leaning", "quadrant"]].values.tolist() == [["keep up", "undecided"]]


def test_without_importance_there_is_no_leaning():
    table = map_performance(impact_of([("a", 50, 40, 10, np.nan, np.nan), *CORNERS[1:]]))
    last = table.iloc[-1]
    assert (last["touchpoint"], last["quadrant"]) == ("a", "undecided")
    assert table["leaning"].isna().tolist() == [False, False, False, True]
    assert table["importance_line"][0] == pytest.approx(0.2)


@pytest.mark.parametrize(("positive", "mentions"), [(0, 4), (3, 10), (55, 60), (40, 40)])
def test_without_mixed_and_neutral_mentions_the_interval_is_wilsons(positive, mentions):
    from statsmodels.stats.proportion import proportion_confint

    row = ("a", mentions, mentions - positive, positive, 1.0, 0.1)
    table = map_performance(impact_of([row]))
    low, high = proportion_confint(positive, mentions, method="wilson")
    assert table["performance"][0] == pytest.approx(2 * positive / mentions - 1)
    assert table["performance_low"][0] == pytest.approx(2 * low - 1)
    assert table["performance_high"][0] == pytest.approx(2 * high - 1)


@pytest.mark.parametrize(
    "chances", [[0.7, 0.3, 0, 0], [0.5, 0.2, 0.2, 0.1], [0.05, 0.9, 0.0, 0.05]]
)
def test_the_interval_of_performance_holds_the_truth(chances):
    random = np.random.default_rng(0)
    counts = random.multinomial(60, chances, size=2000)  # negative, positive, neutral, mixed
    negative, positive = counts[:, 0] + counts[:, 3], counts[:, 1] + counts[:, 3]
    rows = [(f"t{i:04d}", 60, *pair, 0.1, 0.1) for i, pair in
            enumerate(zip(negative, positive, strict=True))]  # fmt: skip
    table = map_performance(impact_of(rows))
    truth = chances[1] - chances[0]
    held = (table["performance_low"] <= truth) & (truth <= table["performance_high"])
    assert held.mean() >= 0.935


@settings(deadline=None, max_examples=40)
@given(
    st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9), st.integers(0, 9)), max_size=6),
    st.sampled_from(["mean", "median", "scale"]),
)
def test_performance_stays_between_minus_one_and_one_in_its_interval(counts, lines):
    rows = [(f"t{i}", max(a, b) + more, a, b, 0.1 * i, 0.05)
            for i, (a, b, more) in enumerate(counts)]  # fmt: skip
    table = map_performance(impact_of(rows), lines=lines)
    known = table[table["performance"].notna()]
    ends = known[["performance_low", "performance", "performance_high"]].to_numpy()
    assert (np.diff(ends, axis=1) >= -1e-12).all()
    assert (np.abs(ends) <= 1 + 1e-12).all()
    assert set(table["quadrant"]) <= FOUR | {"undecided"}
    decided = table[table["quadrant"] != "undecided"]
    assert (decided["quadrant"] == decided["leaning"]).all()


def test_lines_can_be_drawn_elsewhere():
    impact = impact_of(CORNERS[:3])
    assert map_performance(impact)["performance_line"][0] == pytest.approx(-0.8 / 3)
    assert map_performance(impact, lines="median")["performance_line"][0] == pytest.approx(-0.8)
    scale = map_performance(impact, lines="scale")
    assert scale[["performance_line", "importance_line"]].iloc[0].tolist() == pytest.approx(
        [0, 0.3]
    )
    drawn = map_performance(impact, performance_line=-0.9, importance_line=0.04)
    assert drawn["quadrant"].tolist() == ["keep up"] * 3


def test_a_measured_impact_is_mapped_from_the_table_and_from_the_fit_alike():
    impact = measure_impact(*simulate(2000))
    table = map_performance(impact)
    pd.testing.assert_frame_equal(table, map_performance(Fitted(impact, (), np.zeros((0, 0)))))
    assert table.loc[0, ["touchpoint", "leaning"]].tolist() == ["delivery", "fix first"]
    assert table["importance"].is_monotonic_decreasing


def test_mapping_changes_nothing_and_does_not_depend_on_the_order_of_rows():
    impact = impact_of(CORNERS)
    before = impact.copy(deep=True)
    pd.testing.assert_frame_equal(map_performance(impact), map_performance(impact.iloc[::-1]))
    pd.testing.assert_frame_equal(before, impact)


def test_unknown_ways_and_crooked_lines_are_refused():
    impact = impact_of(CORNERS)
    with pytest.raises(ImpactError, match=r"Unknown way to draw the lines 'mode'. Known: mean"):
        map_performance(impact, lines="mode")
    with pytest.raises(ImpactError, match=r"importance_line is nan. Allowed: a number"):
        map_performance(impact, importance_line=float("nan"))
    with pytest.raises(ColumnError, match="lacks the columns importance"):
        map_performance(impact.drop(columns="importance"))


def test_performance_is_that_of_the_customers_whom_the_weights_stand_for():
    random = np.random.default_rng(0)
    old, speaks = np.arange(400) < 80, random.random(400) < 0.6
    outcome = 4 - 1.0 * (speaks & old) + random.normal(size=400)
    feedback, mentions = to_tables(
        {"delivery": speaks & old, "price": random.random(400) < 0.2},
        {"delivery": speaks & ~old, "staff": random.random(400) < 0.2},
        outcome,
    )
    weight = np.where(old, 9.0, 1.0)  # few complain, but they stand for most
    impact = quiet(measure_impact, feedback.assign(weight=weight), mentions, weights="weight")
    row = map_performance(impact).set_index("touchpoint").loc["delivery"]
    net = weight @ (speaks & ~old) - weight @ (speaks & old)
    assert row["performance"] == pytest.approx(net / (weight @ speaks))
    assert row["performance_low"] < row["performance"] < row["performance_high"] < 0
