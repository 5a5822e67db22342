"""What fixing a part of the complaints changes, against the regression's own prediction."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.impact_cases import NAMES, simulate, to_tables
from tests.priority_cases import Fitted, Z, fit_of, impact_of
from tpfeedback.errors import ImpactError
from tpfeedback.impact import fit_impact, measure_impact
from tpfeedback.priority import what_if

ROWS = [("a", 0.5, 0.1), ("b", 0.2, 0.05), ("c", np.nan, np.nan)]


def flags_of(feedback, mentions, sentiment):
    hit = mentions[mentions["sentiment"].isin([sentiment, "mixed"])]
    table = pd.crosstab(hit["feedback_id"], hit["touchpoint"]) > 0
    return table.reindex(index=feedback["feedback_id"], columns=list(NAMES), fill_value=False)


def test_the_gain_equals_what_the_regression_predicts_for_the_changed_texts():
    import statsmodels.api as sm

    feedback, mentions = simulate(500)
    bad, good = (
        flags_of(feedback, mentions, kind).astype(float) for kind in ("negative", "positive")
    )
    silent = (bad.sum(axis=1) + good.sum(axis=1) == 0).to_numpy(dtype=float)
    rated = feedback["overall"].to_numpy()
    now = np.column_stack([np.ones(500), silent, bad, good])
    model = sm.OLS(rated, now).fit()
    bad["delivery"] *= 0.7
    bad["price"] *= 0.5
    good["staff"] += 0.1
    then = np.column_stack([np.ones(500), silent, bad, good])
    told = what_if(
        measure_impact(feedback, mentions),
        {"delivery": 0.3, "price": 0.5},
        praised={"staff": 0.1},
        current=rated.mean(),
    )
    assert told.gain == pytest.approx((model.predict(then) - model.predict(now)).mean(), abs=1e-10)
    assert told.new_mean == pytest.approx(model.predict(then).mean(), abs=1e-10)


@settings(deadline=None, max_examples=30)
@given(st.floats(0, 1), st.floats(0, 1))
def test_gains_add_up_and_grow_with_the_share(share, other):
    impact = impact_of(ROWS)
    both = what_if(impact, {"a": share, "b": other})
    assert both.gain == pytest.approx(0.5 * share + 0.2 * other)
    assert both.gain_high - both.gain == pytest.approx(np.hypot(0.1 * share, 0.05 * other))
    assert both.table["gain"].sum() == pytest.approx(both.gain)


def test_fixing_all_of_one_touchpoint_gains_its_prize_with_the_interval_of_the_table():
    fit = fit_of([0.5, 0.2], 0.01 * np.array([[1.0, 0.9], [0.9, 1.0]]))
    told, row = what_if(fit, {"a": 1}), fit.table.set_index("touchpoint").loc["a"]
    prize = tuple(row[["prize", "prize_low", "prize_high"]])
    assert (told.gain, told.gain_low, told.gain_high) == pytest.approx(prize)
    assert (told.mean, told.new_mean) == (3.9, pytest.approx(4.4))


def test_errors_that_touchpoints_share_count_in_the_sum():
    fit = fit_of([0.5, 0.2], 0.01 * np.array([[1.0, 0.9], [0.9, 1.0]]))
    told = what_if(fit, {"a": 0.3, "b": 0.6})
    error = 0.1 * np.sqrt(0.09 + 0.36 + 2 * 0.9 * 0.18)
    assert told.gain_high - told.gain == pytest.approx(Z * error, rel=0.03)
    shifted = Fitted(fit.table, fit.touchpoints, fit.replicates + 7.0)
    assert what_if(shifted, {"a": 0.3, "b": 0.6}).gain_low == pytest.approx(told.gain_low)


def test_the_interval_of_a_sum_holds_the_truth_on_texts_that_complain_of_many_things():
    hits, runs, shares = 0, 50, {"a": 0.5, "b": 1.0, "c": 0.2}
    penalty = np.array([-1.0, -0.5, -0.8])
    for seed in range(runs):
        random = np.random.default_rng(seed)
        angry = random.random((400, 1)) < 0.3  # complaints come together
        negative = random.random((400, 3)) < np.where(angry, 0.5, 0.1)
        outcome = 4 + negative @ penalty + random.normal(size=400)
        flags = dict(zip("abc", negative.T, strict=True))
        told = what_if(fit_impact(*to_tables(flags, {}, outcome)), shares)
        truth = -(penalty * [0.5, 1.0, 0.2]).sum() * 0.22
        hits += told.gain_low <= truth <= told.gain_high
    assert hits / runs >= 0.95 - 2 * np.sqrt(0.95 * 0.05 / runs)


def test_the_table_has_a_row_for_each_change_and_says_how_many_respondents_it_touches():
    impact = impact_of(ROWS)
    impact[["reward", "reward_low", "reward_high"]] = [1.0, 0.5, 1.5]
    told = what_if(impact, {"b": 0.3}, praised={"c": 0.1, "b": 0.02})
    columns = ["touchpoint", "sentiment", "share", "respondents"]
    assert told.table[columns].values.tolist() == [
        ["c", "positive", 0.1, 0.1], ["b", "negative", 0.3, pytest.approx(0.03)],
        ["b", "positive", 0.02, 0.02]]  # fmt: skip
    assert told.gain == pytest.approx(0.06 + 0.1 + 0.02)
    assert told.gain_high - told.gain == pytest.approx(np.hypot(0.015, np.hypot(0.05, 0.01)))
    assert told.table["gain_low"].tolist() == pytest.approx([0.05, 0.045, 0.01])


def test_the_value_reads_as_a_sentence_and_a_table_with_a_total():
    impact = impact_of([("<i>a</i>", 0.5, 0.1), ("b", 0.2, 0.1)])
    told = what_if(impact, {"<i>a</i>": 0.3, "b": 0.07}, current=3.9)
    assert repr(told) == (
        "If 30 % of the complaints about <i>a</i> are gone and 7 % of the complaints about b are "
        "gone: the mean gains 0.16 (0.13 to 0.19), from 3.90 to 4.06."
    )
    page = told._repr_html_()
    assert "<i>" not in page
    assert "total" in page
    assert "nan" not in page.lower()
    assert repr(what_if(impact, {})) == "If nothing changes: the mean gains 0.0 (0.0 to 0.0)."
    assert "total" in what_if(impact, {})._repr_html_()


@pytest.mark.parametrize(
    ("fixed", "praised", "words"),
    [
        ({"a": 1.2}, {}, "fixed of 'a' is 1.2. Allowed: a share from 0 to 1"),
        ({"a": -0.1}, {}, "fixed of 'a' is -0.1"),
        ({"a": float("nan")}, {}, "fixed of 'a' is nan"),
        ({"a": "30 %"}, {}, "fixed of 'a' is '30 %'"),
        ({"delivery": 0.3}, {}, "Unknown touchpoint 'delivery'. Known: a, b, c"),
        ({"c": 0.3}, {}, "What complaints about 'c' cost is not known"),
        (["a"], {}, "fixed must name a share per touchpoint, given: list"),
        ({}, ["a"], "praised must name a share per touchpoint, given: list"),
        ({}, {"x": 0.1}, "Unknown touchpoint 'x'"),
        ({}, {"a": 0.97}, "only 0.960 of the respondents do not praise it yet"),
        ({}, {"a": 2}, "praised of 'a' is 2. Allowed"),
    ],
)
def test_a_change_that_cannot_be_is_refused(fixed, praised, words):
    with pytest.raises(ImpactError, match=words):
        what_if(impact_of(ROWS), fixed, praised=praised)


def test_praise_of_unknown_worth_and_a_mean_that_is_no_number_are_refused():
    impact = impact_of(ROWS).assign(reward=np.nan)
    with pytest.raises(ImpactError, match="What praise of 'a' brings is not known"):
        what_if(impact, {}, praised={"a": 0.1})
    with pytest.raises(ImpactError, match=r"current is 'good'. Allowed: a number"):
        what_if(impact, {"a": 0.1}, current="good")


def test_asking_changes_nothing():
    impact, fixed = impact_of(ROWS), {"b": 0.1, "a": 0.2}
    before = impact.copy(deep=True)
    tables = [what_if(impact, given).table for given in (fixed, {"a": 0.2, "b": 0.1})]
    pd.testing.assert_frame_equal(*tables)
    pd.testing.assert_frame_equal(before, impact)
    assert fixed == {"b": 0.1, "a": 0.2}
