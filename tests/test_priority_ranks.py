"""Ranks from joint replicates, tie groups, and what costs add to the ranking."""

from __future__ import annotations

import warnings
from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.impact_cases import to_tables
from tests.priority_cases import Fitted, Z, fit_of, impact_of
from tpfeedback.errors import ColumnError, ImpactError, TpfeedbackWarning
from tpfeedback.impact import fit_impact
from tpfeedback.priority import choose_fixes, rank_touchpoints
from tpfeedback.priority.comparisons import compare_prizes, share_letters
from tpfeedback.priority.prizes import read_prizes
from tpfeedback.tables import PRIORITIES, check_table

TRUTH = np.array([0.5, 0.45, 0.3, 0.1, 0.02, 0.0])
ERROR = np.array([0.05, 0.08, 0.05, 0.04, 0.01, 0.03])
SHARED = 0.9 * np.outer(ERROR, ERROR) + 0.1 * np.diag(ERROR**2)


def by_name(table):
    return table.sort_values("touchpoint", ignore_index=True)


def test_rank_intervals_from_joint_replicates_hold_the_true_rank():
    rank, hits = np.arange(1, 7), 0
    for seed in range(100):
        seen = np.random.default_rng(seed).multivariate_normal(TRUTH, SHARED)
        table = by_name(rank_touchpoints(fit_of(seen, SHARED, seed=1000 + seed)))
        hits += ((table["rank_low"] <= rank) & (rank <= table["rank_high"])).sum()
    assert hits / 600 >= 0.93


def test_the_whole_way_from_texts_to_ranks_holds_the_true_rank():
    penalty, share = np.array([-1.5, -1.2, -0.5, 0.0]), np.array([0.3, 0.15, 0.15, 0.1])
    rank, hits, runs = np.arange(1, 5), 0, 40
    for seed in range(runs):
        random = np.random.default_rng(seed)
        negative, positive = random.random((500, 4)) < share, random.random((500, 4)) < 0.2
        outcome = 4 + negative @ penalty + positive @ [0.1, 0.3, 0.0, 0.5]
        outcome += random.normal(size=500) * np.where(negative.any(axis=1), 1.2, 0.6)
        flags = [dict(zip("abcd", marks.T, strict=True)) for marks in (negative, positive)]
        table = by_name(rank_touchpoints(fit_impact(*to_tables(*flags, outcome))))
        hits += ((table["rank_low"] <= rank) & (rank <= table["rank_high"])).sum()
    assert hits / (4 * runs) >= 0.93


def test_errors_that_prizes_share_do_not_blur_their_ranks():
    fit = fit_of(TRUTH, SHARED)
    joint, apart = rank_touchpoints(fit), rank_touchpoints(fit.table)
    joint_width = (joint["rank_high"] - joint["rank_low"]).sum()
    assert joint_width < (apart["rank_high"] - apart["rank_low"]).sum()


def test_replicates_are_stretched_to_the_intervals_of_the_table():
    fit = fit_of(TRUTH, SHARED)
    shrunk = Fitted(fit.table, fit.touchpoints, 0.01 * fit.replicates + 5)
    pd.testing.assert_frame_equal(rank_touchpoints(fit), rank_touchpoints(shrunk))


def test_replicates_belong_to_touchpoints_by_name_whatever_their_order():
    fit = fit_of([0.5, 0.3, 0.1], np.array([[4, 3, 0], [3, 9, -1], [0, -1, 1]]) / 1e3)
    turned = Fitted(fit.table, ("c", "a", "b"), fit.replicates[:, [2, 0, 1]])
    one, other = read_prizes(fit), read_prizes(turned)
    assert other.covariance == pytest.approx(one.covariance)
    assert other.noise == pytest.approx(one.noise)
    chosen = other.select(["b", "c"])
    assert chosen.values.tolist() == [0.3, 0.1]
    assert chosen.covariance == pytest.approx(one.covariance[1:, 1:])
    assert chosen.noise == pytest.approx(one.noise[:, 1:])


def test_joint_errors_are_centred_and_as_wide_as_the_table_says():
    covariance = np.array([[4, 3], [3, 9]]) / 1e3
    fit = fit_of([0.5, 0.3], covariance)
    skewed = Fitted(fit.table, fit.touchpoints, np.exp(10 * fit.replicates[:30]))
    prizes = read_prizes(skewed)
    assert prizes.noise.mean(axis=0) == pytest.approx([0.0, 0.0], abs=1e-12)
    assert np.cov(prizes.noise, rowvar=False) == pytest.approx(prizes.covariance)
    assert np.diag(prizes.covariance) == pytest.approx(np.diag(covariance))
    still = read_prizes(Fitted(fit.table, fit.touchpoints, np.ones((30, 2))))
    assert still.covariance == pytest.approx(np.diag(np.diag(covariance)))


def test_a_replicate_without_complaints_has_nothing_to_gain():
    fit = fit_of([0.5, 0.1], np.diag([0.01, 0.01]))
    gone = fit.replicates.copy()
    gone[:10, 1] = np.nan
    zero = np.nan_to_num(gone)
    tables = [rank_touchpoints(Fitted(fit.table, ("a", "b"), one)) for one in (gone, zero)]
    pd.testing.assert_frame_equal(*tables)
    assert tables[0]["rank_high"].notna().all()


def test_a_fit_and_its_table_rank_alike_and_unknown_prizes_stay_last():
    fit = fit_of([0.5, 0.1, 0.3], np.eye(3) * 1e-4)
    table = fit.table.assign(prize=fit.table["prize"].where(fit.table["touchpoint"] != "c"))
    ranked = rank_touchpoints(Fitted(table, fit.touchpoints, fit.replicates))
    assert ranked["touchpoint"].tolist() == ["a", "b", "c"]
    assert ranked["tie_group"].tolist()[:2] == ["a", "b"]
    assert ranked["tie_group"].isna().tolist() == [False, False, True]
    check_table(ranked, "priorities")


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 9), st.integers(0, 2**36 - 1))
def test_rows_share_a_letter_exactly_where_they_are_not_apart(size, bits):
    apart = np.zeros((size, size), dtype=bool)
    for place, (i, j) in enumerate(combinations(range(size), 2)):
        apart[i, j] = apart[j, i] = bool(bits >> place & 1)
    letters = share_letters(apart)
    for i, j in combinations(range(size), 2):
        assert bool(set(letters[i]) & set(letters[j])) != apart[i, j]
    assert all(letters)


def test_letters_go_on_after_z():
    letters = share_letters(~np.eye(28, dtype=bool))
    assert [letters[i] for i in (0, 25, 26, 27)] == ["a", "z", "a2", "b2"]


def test_tie_groups_hold_what_is_not_clearly_apart():
    rows = [("a", 0.9, 0.01), ("b", 0.4, 0.1), ("c", 0.3, 0.1), ("d", 0.2, 0.1)]
    assert rank_touchpoints(impact_of(rows))["tie_group"].tolist() == ["a", "b", "bc", "c"]


def test_under_no_difference_tie_groups_are_split_in_one_of_twenty_samples():
    split, runs = 0, 400
    for seed in range(runs):
        seen = np.random.default_rng(seed).normal(0.3, 0.1, size=6)
        prizes = read_prizes(fit_of(seen, 0.01 * np.eye(6), seed=5000 + seed))
        split += compare_prizes(prizes, random_state=0).apart.any()
    assert split / runs == pytest.approx(0.05, abs=0.022)


@pytest.mark.parametrize(("errors_apart", "clear"), [(1.8, 0), (2.1, 1)])
def test_two_prizes_are_clearly_apart_from_two_errors_of_their_difference_on(errors_apart, clear):
    distance = errors_apart * 0.1 * np.sqrt(2)
    prizes = read_prizes(impact_of([("a", 0.5 + distance, 0.1 * Z), ("b", 0.5, 0.1 * Z)]))
    found = compare_prizes(prizes, random_state=0)
    assert (found.better.tolist(), found.worse.tolist()) == ([0, clear], [clear, 0])
    assert found.apart[0, 1] == clear


def test_a_difference_is_measured_by_its_own_error_beside_far_less_sure_ones():
    together = 0.01 * np.array([[1, 0.99, 0], [0.99, 1, 0], [0, 0, 1]])  # a - b: error 0.014
    found = compare_prizes(read_prizes(fit_of([0.54, 0.5, -2.0], together)), random_state=0)
    assert found.better.tolist() == [0, 1, 2]
    assert found.apart[0, 1]


ROWS = [("a", 0.5, 0.1), ("b", 0.2, 0.1), ("c", 0.1, 0.05), ("d", -0.1, 0.01)]


def test_costs_add_columns_after_the_contract_and_change_no_rank():
    impact = impact_of(ROWS)
    plain = rank_touchpoints(impact)
    table = rank_touchpoints(
        impact, cost={"a": 100, "b": 20, "c": 0}, effort={"a": 5}, value_of=1000
    )
    names = [*(column.name for column in PRIORITIES), "tie_group"]
    pd.testing.assert_frame_equal(table[names], plain)
    added = ["cost", "gain_per_cost", "effort", "gain_per_effort", "roi", "roi_low", "roi_high"]
    assert list(table.columns) == names + added
    roi = table[["gain_per_cost", "roi", "roi_low", "roi_high"]].round(6)
    assert roi.iloc[:2].values.tolist() == [[0.005, 4, 3, 5], [0.01, 9, 4, 14]]
    assert roi.iloc[2:].isna().all(axis=None)


def test_the_budget_marks_the_chosen_fixes_and_the_reasons_say_so():
    costs = {"a": 100, "b": 20, "c": 60, "d": 5}
    table = rank_touchpoints(impact_of(ROWS), cost=costs, budget=90)
    assert table.loc[table["chosen"], "touchpoint"].tolist() == ["b", "c"]
    ending = " Chosen: one of the 2 fixes that together gain most within the budget of 90."
    assert table["reason"].str.endswith(ending).tolist() == [False, True, True, False]


def test_a_goal_without_costs_takes_the_fewest_fixes():
    fit = Fitted(impact_of(ROWS), tuple("abcd"), np.random.default_rng(0).normal(size=(50, 4)))
    table = rank_touchpoints(fit, goal=4.5)
    assert table.loc[table["chosen"], "touchpoint"].tolist() == ["a", "b"]
    cheap = rank_touchpoints(fit, goal=4.4, effort={"a": 10, "b": 1, "c": 1, "d": 1})
    assert cheap.loc[cheap["chosen"], "touchpoint"].tolist() == ["a"]
    assert cheap["reason"][0].endswith("Chosen: the one fix that reaches the goal of 4.4.")
    amounts = {"cost": {"a": 9, "b": 1, "c": 1, "d": 1}, "effort": {"a": 1, "b": 9, "c": 9, "d": 9}}
    money = rank_touchpoints(fit, goal=4.2, **amounts)
    assert money.loc[money["chosen"], "touchpoint"].tolist() == ["b", "c"]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"budget": 10}, "A budget of 10 is given without cost"),
        ({"value_of": 10}, "value_of is given without cost"),
        ({"cost": {"a": -1}}, "The cost of 'a' is -1. Allowed: a number of 0 or more"),
        ({"cost": {"a": "many"}}, "The cost of 'a' is 'many'"),
        ({"effort": [1, 2]}, "effort must name an amount per touchpoint, given: list"),
        ({"cost": {"a": 1}, "value_of": float("inf")}, "value_of is inf. Allowed"),
        ({"goal": 4.5}, "does not hold the mean of today"),
        ({"goal": 4.5}, r"result of fit_impact, which knows it, or call choose_fixes with current"),
        ({"cost": {"a": 1}, "budget": 1}, "The cost is missing for b, c"),
        ({"effort": {"a": 1}, "goal": 4.5}, r"The effort is missing for b, c.*Add it to effort="),
    ],
)
def test_amounts_that_cannot_be_used_are_refused(options, words):
    with pytest.raises(ImpactError, match=words):
        rank_touchpoints(impact_of(ROWS), **options)


def test_a_misspelt_cost_draws_a_note_with_the_right_name():
    impact = impact_of([("delivery", 0.5, 0.1)])
    with pytest.warns(
        TpfeedbackWarning, match="Did you mean 'delivery'.* cost is not used"
    ) as told:
        rank_touchpoints(impact, cost={"delivry": 3})
    assert told[0].filename == __file__
    with pytest.warns(TpfeedbackWarning, match="'delivry'") as told:
        choose_fixes(impact, cost={"delivry": 3, "delivery": 4}, budget=9)
    assert told[0].filename == __file__


def test_what_is_no_impact_is_refused():
    with pytest.raises(ColumnError, match="result of fit_impact, given: dict"):
        rank_touchpoints({"prize": 1})
    with pytest.raises(ImpactError, match="repeated in the impact table: a"):
        rank_touchpoints(impact_of([("a", 0.1, 0.1), ("a", 0.2, 0.1)]))
    with pytest.raises(ImpactError, match="no replicates for b"):
        rank_touchpoints(Fitted(impact_of(ROWS[:2]), ("a",), np.zeros((5, 1))))


def test_ranking_a_fit_changes_nothing_and_gives_the_same_bytes():
    fit = fit_of(TRUTH, SHARED)
    before, replicates = fit.table.copy(deep=True), fit.replicates.copy()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        tables = [rank_touchpoints(fit, cost={"a": 1.0}) for _ in range(2)]
    pd.testing.assert_frame_equal(*tables, check_exact=True)
    pd.testing.assert_frame_equal(before, fit.table)
    assert np.array_equal(replicates, fit.replicates)
