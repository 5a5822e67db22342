"""The best set of fixes, against trying every set, and the sums that come with it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.impact_cases import simulate
from tests.priority_cases import Fitted, Z, fit_of, impact_of
from tpfeedback.errors import ImpactError, TpfeedbackWarning
from tpfeedback.impact import fit_impact
from tpfeedback.priority import choose_fixes
from tpfeedback.priority.knapsack import Limit, least_set

NAMES = "abcdefghijkl"
ROWS = [("a", 0.5, 0.1), ("b", 0.2, 0.1), ("c", 0.1, 0.05), ("d", -0.1, 0.01)]
COST = {"a": 100, "b": 20, "c": 60, "d": 5}


def best_by_trying(gains, costs, *, budget=np.inf, need=None):
    """Try every set: the best one, then the cheaper (or richer), then the first by name.

    A set comes first by name if it holds the first touchpoint in which the two differ.
    """
    size = len(gains)
    sets = np.arange(2**size)[:, None] >> np.arange(size) & 1
    gain, cost = sets @ np.array(gains), sets @ np.array(costs)
    keeps = (
        (cost <= budget) & (True if need is None else gain >= need) & ~sets[:, ~able(gains)].any(1)
    )
    if not keeps.any():
        return None
    first, second = (-gain, cost) if need is None else (cost, -gain)
    order = np.lexsort([*(1 - sets).T[::-1], second, first])
    best = next(i for i in order if keeps[i])
    return "".join(NAMES[k] for k in np.flatnonzero(sets[best]))


def able(gains):
    return np.array(gains) > 0


whole = st.integers(-4, 16)
items = st.lists(st.tuples(whole, st.integers(0, 12)), min_size=1, max_size=12)


@settings(deadline=None, max_examples=60)
@given(items, st.integers(0, 60))
def test_the_best_set_under_a_budget_equals_trying_every_set(pairs, budget):
    gains, costs = [g / 16 for g, _ in pairs], [c / 4 for _, c in pairs]
    impact = impact_of([(NAMES[i], gain, 0.1) for i, gain in enumerate(gains)])
    fixes = choose_fixes(impact, cost=dict(zip(NAMES, costs, strict=False)), budget=budget / 4)
    assert "".join(sorted(fixes.chosen)) == best_by_trying(gains, costs, budget=budget / 4)


@settings(deadline=None, max_examples=60)
@given(items, st.integers(1, 40), st.integers(10, 80))
def test_the_cheapest_set_for_a_goal_equals_trying_every_set(pairs, need, budget):
    gains, costs = [g / 16 for g, _ in pairs], [c / 4 for _, c in pairs]
    impact = impact_of([(NAMES[i], gain, 0.1) for i, gain in enumerate(gains)])
    cost = dict(zip(NAMES, costs, strict=False))
    options = {"goal": 3 + need / 16, "current": 3, "budget": budget / 4}
    best = best_by_trying(gains, costs, budget=budget / 4, need=need / 16)
    if best is None:
        with pytest.raises(ImpactError, match=r"cannot be reached: the mean is 3.000 today"):
            choose_fixes(impact, cost=cost, **options)
    else:
        assert "".join(sorted(choose_fixes(impact, cost=cost, **options).chosen)) == best


positive = st.floats(0.001, 1000, allow_subnormal=False)


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(positive, positive), min_size=1, max_size=10), st.floats(0, 1))
@example([(1.0, 48.79723362839218), (1.0, 999.7972336283922), (1.0, 999.8208880367154),
          (1.0, 1.4206939670023075)], 1.0)  # fmt: skip
def test_crooked_numbers_keep_the_budget_and_gain_as_much_as_the_best(pairs, part):
    gains, costs = np.array(pairs).T
    budget = part * costs.sum()
    chosen = least_set([-gains, costs], [Limit(costs, budget)])
    sets = np.arange(2 ** len(gains))[:, None] >> np.arange(len(gains)) & 1
    rounding, near = 1e-9 * costs.max(), 1e-6 * gains.max()
    surely, barely = ((sets @ gains)[sets @ costs <= budget + r].max() for r in (0, rounding))
    assert costs @ chosen <= budget + rounding
    assert surely - near <= gains @ chosen <= barely + near


def test_a_budget_that_is_just_enough_is_enough():
    impact = impact_of([("a", 0.1, 0.1), ("b", 0.1, 0.1), ("c", 0.1, 0.1)])
    fixes = choose_fixes(impact, cost={"a": 0.1, "b": 0.1, "c": 0.1}, budget=0.3)
    assert fixes.chosen == ("a", "b", "c")


def test_a_budget_that_falls_short_by_a_ten_millionth_is_not_enough():
    impact = impact_of([("a", 0.5, 0.1), ("b", 0.2, 0.1)])
    assert choose_fixes(impact, cost={"a": 1, "b": 0.5}, budget=1 - 1e-7).chosen == ("b",)


def test_of_equal_sets_the_first_by_name_is_chosen_whatever_the_order_of_rows():
    impact = impact_of([(name, 0.2, 0.1) for name in "dbca"])
    cost = dict.fromkeys("abcd", 10)
    assert choose_fixes(impact, cost=cost, budget=20).chosen == ("a", "b")
    assert choose_fixes(impact, cost=cost, goal=3.3, current=3).chosen == ("a", "b")


def test_costs_gains_and_interval_add_up():
    fixes = choose_fixes(impact_of(ROWS), cost=COST, budget=130)
    assert fixes.chosen == ("a", "b")
    assert (fixes.cost, fixes.gain) == (120, pytest.approx(0.7))
    half = np.hypot(0.1, 0.1)  # independent errors
    assert fixes.gain_low == pytest.approx(0.7 - half)
    assert fixes.gain_high == pytest.approx(0.7 + half)
    assert fixes.table["gain_per_cost"].tolist() == pytest.approx([0.005, 0.01])
    assert np.isnan([fixes.mean, fixes.new_mean, fixes.goal_probability]).all()


def test_errors_that_fixes_share_widen_the_interval_of_their_sum():
    together = 0.01 * np.array([[1.0, 0.8], [0.8, 1.0]])
    fit = fit_of([0.3, 0.2], together)
    fixes = choose_fixes(fit, cost={"a": 1, "b": 1}, budget=2)
    assert (fixes.gain_high - fixes.gain_low) / (2 * Z) == pytest.approx(np.sqrt(0.036), rel=0.03)
    alone = choose_fixes(fit, cost={"a": 1, "b": 1}, budget=1)
    row = fit.table.set_index("touchpoint").loc["a"]
    assert (alone.gain_low, alone.gain_high) == pytest.approx((row["prize_low"], row["prize_high"]))


def test_the_chance_of_the_goal_is_that_of_the_joint_errors():
    covariance = np.array([[0.010, 0.006], [0.006, 0.010]])
    fit = fit_of([0.3, 0.2], covariance)
    fixes = choose_fixes(fit, cost={"a": 1, "b": 1}, goal=4.3)
    assert fixes.chosen == ("a", "b")
    draws = (
        np.random.default_rng(1).multivariate_normal([0.3, 0.2], covariance, 100_000).sum(axis=1)
    )
    assert fixes.goal_probability == pytest.approx((3.9 + draws >= 4.3).mean(), abs=0.01)
    assert (fixes.mean, fixes.new_mean) == (3.9, pytest.approx(4.4))


def test_a_goal_that_is_just_reached_without_any_doubt_is_certain():
    impact = impact_of([("a", 0.5, 0.0)])
    fixes = choose_fixes(impact, cost={"a": 1}, goal=4.5, current=4)
    assert fixes.goal_probability == 1


def test_the_gain_of_a_chosen_set_holds_the_truth_on_simulated_feedback():
    truth = {"delivery": 0.30, "price": 0.06, "staff": 0.015}  # -penalty x share
    cost, hits, runs = {"delivery": 5, "price": 4, "staff": 90, "product": 90}, 0, 40
    for seed in range(runs):
        fit = fit_impact(*simulate(600, seed=seed))
        fixes = choose_fixes(fit, cost=cost, budget=9)
        assert fixes.chosen == ("delivery", "price")
        hits += fixes.gain_low <= sum(truth[name] for name in fixes.chosen) <= fixes.gain_high
    assert hits / runs >= 0.875  # 95 % of 40 runs, less two standard errors


def test_a_fix_that_takes_a_part_of_the_complaints_gains_that_part():
    fixes = choose_fixes(impact_of(ROWS), cost=COST, budget=200, fixed={"a": 0.2})
    assert fixes.table.set_index("touchpoint")["gain"].to_dict() == pytest.approx(
        {"a": 0.1, "b": 0.2, "c": 0.1}
    )
    half = fixes.table["gain"] - fixes.table["gain_low"]
    assert dict(zip(fixes.table["touchpoint"], half, strict=True)) == pytest.approx(
        {"a": 0.02, "b": 0.1, "c": 0.05}
    )
    assert fixes.gain_high - fixes.gain == pytest.approx(np.sqrt(0.02**2 + 0.1**2 + 0.05**2))


def test_what_a_fix_takes_away_decides_which_one_is_best():
    cost = {"a": 50, "b": 50, "c": 200, "d": 200}
    impact = impact_of(ROWS)
    assert choose_fixes(impact, cost=cost, budget=50).chosen == ("a",)
    assert choose_fixes(impact, cost=cost, budget=50, fixed={"a": 0.2}).chosen == ("b",)


def test_what_cannot_be_fixed_or_gains_nothing_is_never_chosen():
    cost = {**COST, "a": float("inf"), "d": 0}
    assert choose_fixes(impact_of(ROWS), cost=cost, budget=1e9).chosen == ("b", "c")
    effort = {"a": 1, "b": float("inf"), "c": 1}
    options = {"budget": 1e9, "effort": effort, "capacity": 9}
    assert choose_fixes(impact_of(ROWS), cost=COST, **options).chosen == ("a", "c")


def test_the_capacity_limits_the_effort_beside_the_budget():
    effort = {"a": 3, "b": 8, "c": 2}
    fixes = choose_fixes(impact_of(ROWS), cost=COST, budget=500, effort=effort, capacity=6)
    assert fixes.chosen == ("a", "c")


def test_a_goal_that_is_reached_today_needs_no_fix():
    fixes = choose_fixes(impact_of(ROWS), cost=COST, goal=3, current=3.5)
    assert (fixes.chosen, fixes.cost, fixes.gain, fixes.goal_probability) == ((), 0, 0, 1)
    assert repr(fixes) == "Fix nothing: the mean of 3.50 reaches the goal of 3 as it is."
    poor = choose_fixes(impact_of(ROWS), cost=COST, budget=1)
    assert repr(poor) == "Fix nothing: no fix within the budget gains anything."


def test_the_value_reads_as_a_sentence_and_a_table():
    impact = impact_of([("<b>late</b>", 0.5, 0.1), ("b", 0.2, 0.1)])
    fixes = choose_fixes(impact, cost={"<b>late</b>": 0, "b": 20}, goal=4.5, current=4)
    assert repr(fixes) == (
        "Fix <b>late</b> for 0 in all: the mean gains 0.50 (0.40 to 0.60), from 4.00 to 4.50; "
        "the goal of 4.5 is reached with probability 0.50."
    )
    page = fixes._repr_html_()
    assert "<b>" not in page
    assert page.count("&lt;b&gt;late") == 2
    assert "nan" not in page.lower()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"cost": COST}, "Neither a budget nor a goal is given"),
        ({"cost": {"a": 1}, "budget": 9}, "The cost is missing for b, c"),
        ({"cost": COST, "goal": 4.5}, "does not hold the mean of today"),
        ({"cost": COST, "goal": 4.5, "current": 3},
         "goal of 4.5 cannot be reached: .* to fix a, b, c, which lifts it to 3.800"),
        ({"cost": COST, "goal": 3.7, "current": 3, "budget": 100},
         "cannot be reached: .* to fix a, which lifts it to 3.500"),
        ({"cost": COST, "budget": -1}, "budget is -1. Allowed: a number of 0 or more"),
        ({"cost": COST, "goal": "high", "current": 3}, "goal is 'high'. Allowed: a number"),
        ({"cost": COST, "budget": 9, "effort": {"a": 1}}, "effort and capacity belong together"),
        ({"cost": COST, "budget": 9, "effort": {"a": 1}, "capacity": 1},
         "The effort is missing for b, c"),
        ({"cost": COST, "budget": 9, "fixed": {"a": 30}}, "fixed of 'a' is 30. Allowed: a share"),
        ({"cost": COST, "budget": 9, "fixed": {"x": 0.3}}, "Unknown touchpoint 'x'"),
    ],
)  # fmt: skip
def test_a_question_without_an_answer_is_refused(options, words):
    with pytest.raises(ImpactError, match=words):
        choose_fixes(impact_of(ROWS), **options)


def test_choosing_changes_nothing_and_needs_no_gain_at_all():
    impact = impact_of(ROWS)
    before, cost = impact.copy(deep=True), dict(COST)
    choose_fixes(impact, cost=cost, budget=100)
    pd.testing.assert_frame_equal(before, impact)
    assert cost == COST
    with pytest.warns(TpfeedbackWarning, match="Unknown touchpoint 'a'"):
        assert choose_fixes(impact.iloc[:0], cost={"a": 1}, budget=5).chosen == ()
    empty = Fitted(impact.assign(prize=np.nan), tuple("abcd"), np.full((9, 4), np.nan))
    assert choose_fixes(empty, cost={}, budget=5).gain == 0
