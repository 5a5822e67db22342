"""What measure_impact promises: its table, its warnings and its errors."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from tests.impact_cases import quiet, simulate, to_tables
from tpfeedback.errors import TpfeedbackWarning
from tpfeedback.impact import available_methods, measure_impact
from tpfeedback.impact.methods import load_method
from tpfeedback.tables import IMPACT, check_table

COLUMNS = [column.name for column in IMPACT]
EFFECTS = COLUMNS[COLUMNS.index("penalty") :]


@pytest.fixture(scope="module")
def tables():
    return simulate(600)


@pytest.fixture(scope="module")
def impact(tables):
    return measure_impact(*tables)


def test_the_impact_table_follows_its_contract(impact):
    assert list(check_table(impact, "impact").columns) == COLUMNS


def test_rows_are_ordered_by_prize_and_then_by_name(impact):
    again = impact.sort_values(["prize", "touchpoint"], ascending=[False, True], ignore_index=True)
    pd.testing.assert_frame_equal(impact, again)
    assert impact["touchpoint"].iloc[0] == "delivery"


def test_counts_and_shares_are_those_of_the_mentions(tables, impact):
    feedback, mentions = tables
    for row in impact.itertuples():
        own = mentions[mentions["touchpoint"] == row.touchpoint]
        assert row.mentions == len(own)
        assert row.negative == own["sentiment"].isin(["negative", "mixed"]).sum()
        assert row.positive == own["sentiment"].isin(["positive", "mixed"]).sum()
        assert row.reach == pytest.approx(len(own) / len(feedback))
        assert row.negative_share == pytest.approx(row.negative / len(feedback))
    assert (impact["prize"] == -impact["penalty"] * impact["negative_share"]).all()


def test_a_stage_comes_from_the_taxonomy_and_is_missing_for_a_stranger():
    feedback, mentions = simulate(300)
    mentions["touchpoint"] = mentions["touchpoint"].replace("price", "zeppelin")
    stage = quiet(measure_impact, feedback, mentions).set_index("touchpoint")["stage"]
    assert stage["delivery"] == "after"
    assert pd.isna(stage["zeppelin"])


def test_importances_sum_to_one_and_lie_in_their_intervals(impact):
    assert impact["importance"].sum() == pytest.approx(1)
    assert (impact["importance_low"] <= impact["importance"]).all()
    assert (impact["importance"] <= impact["importance_high"]).all()


def test_the_callers_tables_stay_as_they_were(tables):
    before = [table.copy(deep=True) for table in tables]
    quiet(measure_impact, *tables)
    for old, new in zip(before, tables, strict=True):
        pd.testing.assert_frame_equal(old, new)


def test_the_same_seed_gives_the_same_bytes_whatever_the_order_of_rows(tables, impact):
    feedback, mentions = (table.sample(frac=1, random_state=3) for table in tables)
    shuffled = measure_impact(feedback[feedback.columns[::-1]], mentions)
    pd.testing.assert_frame_equal(impact, shuffled, check_exact=True)


def test_doubling_every_text_keeps_effects_and_narrows_intervals(tables, impact):
    feedback, mentions = (
        pd.concat([table, table.assign(feedback_id=table["feedback_id"] + "x")]) for table in tables
    )
    double = measure_impact(feedback, mentions)
    for name in ("penalty", "reward", "prize", "importance", "negative_share"):
        np.testing.assert_allclose(double[name], impact[name], atol=1e-10)
    ratio = (double["penalty_high"] - double["penalty_low"]) / (
        impact["penalty_high"] - impact["penalty_low"]
    )
    np.testing.assert_allclose(ratio, 1 / np.sqrt(2), rtol=0.05)


@pytest.mark.parametrize(("factor", "shift"), [(10, 0), (1, 100), (0.01, -3), (1e-7, 0)])
def test_effects_follow_the_scale_of_the_outcome(tables, impact, factor, shift):
    feedback, mentions = tables
    scaled = measure_impact(
        feedback.assign(overall=feedback["overall"] * factor + shift), mentions
    ).set_index("touchpoint")
    plain = impact.set_index("touchpoint").loc[scaled.index]
    for name in ("penalty", "reward_low", "prize_high"):
        np.testing.assert_allclose(scaled[name], plain[name] * factor, rtol=1e-6)
    np.testing.assert_allclose(scaled["importance"], plain["importance"], rtol=1e-6)
    assert scaled["role"].equals(plain["role"])


def test_a_mixed_mention_is_a_negative_and_a_positive_one():
    feedback, mentions = simulate(500)
    mixed = mentions[mentions["sentiment"] == "mixed"]
    apart = pd.concat([
        mentions[mentions["sentiment"] != "mixed"],
        mixed.assign(sentiment="negative"),
        mixed.assign(sentiment="positive"),
    ])  # fmt: skip
    pd.testing.assert_frame_equal(
        quiet(measure_impact, feedback, mentions), quiet(measure_impact, feedback, apart)
    )


def test_a_neutral_mention_counts_in_reach_and_in_no_effect():
    feedback, mentions = simulate(500)
    spoken = mentions["feedback_id"].unique()[:50]
    more = pd.DataFrame({"feedback_id": spoken, "touchpoint": "location", "sentiment": "neutral"})
    plain = quiet(measure_impact, feedback, mentions).set_index("touchpoint")
    table = quiet(measure_impact, feedback, pd.concat([mentions, more])).set_index("touchpoint")
    assert table.loc["location", ["mentions", "negative", "positive"]].tolist() == [50, 0, 0]
    assert table.loc["location", EFFECTS].isna().all()
    pd.testing.assert_frame_equal(table.drop(index="location"), plain)


def test_controls_take_out_what_a_city_does_to_the_rating():
    feedback, mentions = simulate(1500, seed=4)
    random = np.random.default_rng(0)
    late = set(mentions[mentions["touchpoint"].eq("delivery")]["feedback_id"])
    far = feedback["feedback_id"].isin(late).to_numpy() ^ (random.random(1500) < 0.2)
    feedback["city"] = np.where(far, "Gdańsk", "Kraków")
    feedback["overall"] -= 2.0 * far
    tables = (quiet(measure_impact, feedback, mentions, controls=names) for names in ((), ["city"]))
    naive, held = (table.set_index("touchpoint").loc["delivery"] for table in tables)
    assert naive["penalty_high"] < -1.5
    assert held["penalty_low"] < -1.5 < held["penalty_high"]


def test_numeric_and_missing_controls_are_taken_as_they_are():
    feedback, mentions = simulate(500)
    feedback["age"] = np.where(np.arange(500) % 7 == 0, np.nan, np.arange(500) % 50)
    feedback["vip"] = np.arange(500) % 3 == 0
    feedback["nothing"] = None
    table = quiet(measure_impact, feedback, mentions, controls=["age", "vip", "nothing"])
    assert table["penalty"].notna().all()


@pytest.mark.parametrize("name", ["constant", "texts that name nothing", "praise of staff"])
def test_a_control_of_any_name_takes_no_column_away(name):
    feedback, mentions = simulate(500)
    age = np.random.default_rng(0).normal(size=500)
    tables = (
        quiet(measure_impact, feedback.assign(**{column: age}), mentions, controls=[column])
        for column in ("age", name)
    )
    pd.testing.assert_frame_equal(*tables)


@pytest.mark.parametrize("method", available_methods())
def test_every_method_cites_its_source_and_fills_columns_of_the_table(method, tables):
    assert any(c.isdigit() for c in load_method(method).__doc__ or "")
    table = quiet(measure_impact, *tables, method=method)
    assert list(check_table(table, "impact").columns) == COLUMNS
    assert table["importance"].sum() == pytest.approx(1)


def test_a_term_in_fewer_than_five_texts_is_not_estimated_but_stays_in_the_table():
    feedback, mentions = simulate(400)
    few = pd.DataFrame(
        {"feedback_id": feedback["feedback_id"][:4], "touchpoint": "security",
         "sentiment": "negative"}
    )  # fmt: skip
    table = quiet(measure_impact, feedback, pd.concat([mentions, few]))
    row = table.set_index("touchpoint").loc["security"]
    assert row["negative"] == 4
    assert row[EFFECTS].isna().all()


def test_a_constant_outcome_gives_counts_and_a_warning(tables):
    feedback, mentions = tables
    with pytest.warns(TpfeedbackWarning, match="outcome is 5 in all 600 rated texts"):
        table = measure_impact(feedback.assign(overall=5), mentions)
    assert table["negative"].sum() > 0
    assert check_table(table, "impact")[EFFECTS].isna().all(axis=None)


def test_a_small_sample_gives_a_warning_that_names_what_is_needed():
    with pytest.warns(TpfeedbackWarning, match=r"40 rated texts for \d+ terms, advised are \d+"):
        measure_impact(*simulate(40))


def test_fewer_texts_than_terms_give_counts_and_a_warning():
    names = [f"t{i}" for i in range(10)]
    flags = {name: np.random.default_rng(i).random(12) < 0.5 for i, name in enumerate(names)}
    feedback, mentions = to_tables(flags, {}, np.arange(12))
    with pytest.warns(TpfeedbackWarning) as caught:
        table = measure_impact(feedback, mentions)
    assert any("small" in str(w.message) for w in caught)
    assert (table["penalty"].isna() | (table["penalty"].abs() < 100)).all()


def test_no_mentions_give_an_empty_table_and_a_warning(tables):
    feedback, mentions = tables
    with pytest.warns(TpfeedbackWarning, match="No mentions"):
        table = measure_impact(feedback, mentions.iloc[:0])
    assert len(check_table(table, "impact")) == 0
    assert list(table.columns) == COLUMNS


def test_infinite_outcomes_are_missing_and_counted(tables):
    feedback, mentions = tables
    odd = feedback.assign(overall=feedback["overall"].where(feedback.index > 1, np.inf))
    with pytest.warns(TpfeedbackWarning, match="2 infinite values of 'overall'"):
        table = measure_impact(odd, mentions)
    missing = feedback.assign(overall=feedback["overall"].where(feedback.index > 1))
    pd.testing.assert_frame_equal(table, quiet(measure_impact, missing, mentions))


def test_touchpoints_that_always_come_together_are_named_and_not_split():
    feedback, mentions = simulate(500)
    twin = mentions[mentions["touchpoint"] == "delivery"].assign(touchpoint="packaging")
    with pytest.warns(TpfeedbackWarning, match=r"complaints about delivery \+ complaints about"):
        table = measure_impact(feedback, pd.concat([mentions, twin])).set_index("touchpoint")
    assert (
        table.loc[["delivery", "packaging"], ["penalty", "reward", "prize"]].isna().all(axis=None)
    )
    assert table["importance"].sum() == pytest.approx(1)
    alone = quiet(measure_impact, feedback, mentions).set_index("touchpoint")
    rest = ["price", "product", "staff"]
    np.testing.assert_allclose(table.loc[rest, "penalty"], alone.loc[rest, "penalty"])
    np.testing.assert_allclose(table.loc[rest, "prize_low"], alone.loc[rest, "prize_low"])


def test_a_control_that_repeats_a_touchpoint_is_named():
    feedback, mentions = simulate(500)
    calls = set(mentions[mentions["touchpoint"].eq("staff")]["feedback_id"])
    mentions.loc[mentions["touchpoint"].eq("staff"), "sentiment"] = "negative"
    feedback["channel"] = np.where(feedback["feedback_id"].isin(calls), "phone", "web")
    with pytest.warns(TpfeedbackWarning, match=r"channel = phone \+ complaints about staff"):
        table = measure_impact(feedback, mentions, controls=["channel"])
    assert table.set_index("touchpoint").loc["staff", EFFECTS[:3]].isna().all()


def test_controls_that_repeat_one_another_do_no_harm():
    feedback, mentions = simulate(600)
    feedback["city"] = np.where(np.arange(600) % 2, "Kraków", "Gdańsk")
    once = measure_impact(feedback, mentions, controls=["city"])
    twice = measure_impact(feedback.assign(town=feedback["city"]), mentions,
                           controls=["city", "town"])  # fmt: skip
    np.testing.assert_allclose(once["penalty_low"], twice["penalty_low"])
    np.testing.assert_allclose(once["importance"], twice["importance"])


def test_texts_that_name_one_touchpoint_each_are_measured_against_those_that_name_nothing():
    kind = np.arange(300) % 3
    outcome = np.array([2.0, 5.0, 4.0])[kind] + np.random.default_rng(0).normal(0, 0.1, 300)
    tables = to_tables({"delivery": kind == 0}, {"staff": kind == 1}, outcome)
    with pytest.warns(TpfeedbackWarning, match="texts that name nothing are the baseline"):
        table = measure_impact(*tables).set_index("touchpoint")
    assert table.loc["delivery", "penalty"] == pytest.approx(-2, abs=0.05)
    assert table.loc["staff", "reward"] == pytest.approx(1, abs=0.05)


def test_texts_that_name_one_touchpoint_each_and_none_that_names_nothing_cannot_be_measured():
    kind = np.arange(300) % 2
    tables = to_tables({"delivery": kind == 0}, {"staff": kind == 1}, np.where(kind, 5.0, 2.0))
    with pytest.warns(TpfeedbackWarning, match=r"constant \+ complaints about delivery \+ praise"):
        table = measure_impact(*tables)
    assert table[["penalty", "reward"]].isna().all(axis=None)


def test_a_text_with_leverage_one_leaves_the_others_with_finite_intervals():
    feedback, mentions = simulate(300)
    feedback["city"] = ["Oz"] + ["Kraków", "Gdańsk"] * 149 + ["Kraków"]
    lonely = pd.DataFrame(
        {"feedback_id": ["f00000"], "touchpoint": ["security"], "sentiment": ["negative"]}
    )
    table = quiet(measure_impact, feedback, pd.concat([mentions, lonely]), controls=["city"])
    rest = table[table["touchpoint"] != "security"]
    assert np.isfinite(rest[["penalty_low", "reward_high", "prize_low"]]).all(axis=None)


def test_an_outcome_without_noise_is_recovered():
    feedback, mentions = simulate(400)
    negative = mentions[mentions["sentiment"].isin(["negative", "mixed"])]
    hit = feedback["feedback_id"].isin(negative[negative["touchpoint"] == "price"]["feedback_id"])
    table = quiet(measure_impact, feedback.assign(overall=5 - 2.0 * hit), mentions)
    table = table.set_index("touchpoint")
    assert table.loc["price", "penalty"] == pytest.approx(-2)
    assert table.loc["price", "importance"] > 0.95
    assert table.drop(index="price")["penalty"].abs().max() < 1e-9
