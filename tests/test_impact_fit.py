"""What fit_impact keeps beyond the table: exact sums, explanations, joint replicates, notes."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from tests.impact_cases import ask_three_questions, quiet, simulate
from tpfeedback.errors import ImpactError, TpfeedbackWarning
from tpfeedback.impact import available_policies, explain, fit_impact, measure_impact
from tpfeedback.impact.measurement import Options, measure
from tpfeedback.impact.parts import WITHIN

N = 500


@pytest.fixture(scope="module")
def tables():
    feedback, mentions = simulate(N, seed=2)
    feedback["overall"] = feedback["overall"].round().clip(1, 5)
    feedback["city"] = np.array(["Łódź", "Gdańsk", "Kraków"])[np.arange(N) % 3]
    feedback["weight"] = 0.5 + np.arange(N) % 4
    rare = pd.DataFrame({"feedback_id": ["f00001", "f00002"], "touchpoint": "security"})
    neutral = mentions[:60].assign(touchpoint="staff", sentiment="neutral")
    return feedback, pd.concat([mentions, rare.assign(sentiment="negative"), neutral])


@pytest.fixture(scope="module")
def fit(tables):
    return quiet(fit_impact, *tables, controls=["city"])


def top(parts):
    return parts[~parts["kind"].isin(WITHIN)]


def test_the_table_of_the_fit_is_that_of_measure_impact(tables, fit):
    pd.testing.assert_frame_equal(
        fit.table, quiet(measure_impact, *tables, controls=["city"]), check_exact=True
    )


@pytest.mark.parametrize("policy", available_policies())
@pytest.mark.parametrize("weights", [None, "weight"])
def test_the_mean_is_the_exact_sum_of_its_parts(tables, policy, weights):
    feedback, mentions = tables
    feedback = feedback.assign(overall=feedback["overall"].where(np.arange(N) % 9 > 0))
    options = {"policy": policy, "weights": weights, "controls": ["city"]}
    fit = quiet(fit_impact, feedback, mentions, **options)
    rated = feedback[feedback["overall"].notna()]
    mean = np.average(rated["overall"], weights=None if weights is None else rated[weights])
    assert fit.outcome_mean == pytest.approx(mean, abs=1e-12)
    assert top(fit.parts)["contribution"].sum() == pytest.approx(mean, abs=1e-9)
    kinds = {"baseline", "touchpoint", "rare", "control"}
    assert set(top(fit.parts)["kind"]) == (kinds if policy == "imputed" else {*kinds, "nothing"})
    inside = fit.parts[fit.parts["kind"].isin(WITHIN)].groupby("part")["contribution"].sum()
    together = fit.parts[fit.parts["kind"] == "touchpoint"].set_index("part")["contribution"]
    np.testing.assert_allclose(together, inside[together.index], atol=1e-12)


def test_the_negative_part_of_a_touchpoint_is_its_prize_reversed(fit):
    negative = fit.parts[fit.parts["kind"] == "negative"].set_index("part")
    table = fit.table.set_index("touchpoint").loc[negative.index]
    np.testing.assert_allclose(negative["contribution"], -table["prize"])
    np.testing.assert_allclose(negative["contribution_low"], -table["prize_high"])


def test_intervals_of_the_parts_are_as_wide_as_a_bootstrap_of_texts_says(tables):
    feedback, mentions = tables
    fit = quiet(fit_impact, feedback, mentions)
    design = measure(feedback, mentions, Options()).design
    texts, outcome = design.sources.texts.toarray(), feedback["overall"].to_numpy()
    random, drawn = np.random.default_rng(0), []
    for _ in range(400):
        rows = random.integers(0, N, N)
        solved = np.linalg.lstsq(texts[rows], outcome[rows], rcond=None)[0]
        drawn.append(solved * texts[rows].mean(axis=0))
    drawn = np.array(drawn)
    place = {name: i for i, name in enumerate(design.names)}
    delivery = [place["complaints about delivery"], place["praise of delivery"]]
    expected = {
        "baseline": drawn[:, 0].std(),
        "delivery": drawn[:, delivery].sum(axis=1).std(),
        "texts that name nothing": drawn[:, place["texts that name nothing"]].std(),
    }
    parts = top(fit.parts).set_index("part")
    half = (parts["contribution_high"] - parts["contribution_low"]) / 2 / 1.965
    np.testing.assert_allclose(half[list(expected)], list(expected.values()), rtol=0.15)


def test_parts_that_only_count_together_have_no_interval_but_keep_the_sum(tables):
    feedback, mentions = tables
    twin = mentions[mentions["touchpoint"] == "delivery"].assign(touchpoint="packaging")
    fit = quiet(fit_impact, feedback, pd.concat([mentions, twin]))
    parts = top(fit.parts).set_index("part")
    assert parts["contribution"].sum() == pytest.approx(fit.outcome_mean, abs=1e-9)
    assert parts.loc[["delivery", "packaging"], "contribution_low"].isna().all()
    assert parts.loc["price", "contribution_low"] < parts.loc["price", "contribution_high"]
    assert np.isnan(fit.replicates[:, [fit.touchpoints.index("delivery")]]).all()


def test_an_explanation_sums_to_what_statsmodels_expects(tables):
    feedback, mentions = tables
    rated = np.arange(N) % 5 > 0
    unrated = feedback.assign(overall=feedback["overall"].where(rated))
    fit = quiet(fit_impact, unrated, mentions, controls=["city"])
    design = measure(unrated, mentions, Options(controls=["city"])).design
    texts = design.sources.texts.toarray()
    oracle = sm.OLS(feedback["overall"][rated], texts[rated]).fit()
    for i in range(0, N, 17):
        parts = explain(fit, f"f{i:05d}")
        assert parts["contribution"].sum() == pytest.approx(oracle.predict(texts[i])[0], abs=1e-9)
        own = mentions[mentions["feedback_id"] == f"f{i:05d}"]
        named = set(own[own["sentiment"].isin(["negative", "mixed"])]["touchpoint"]) - {"security"}
        assert set(parts[parts["kind"] == "negative"]["part"]) == named


def test_the_interval_of_an_explained_mention_is_that_of_the_penalty(tables, fit):
    late = tables[1].query("touchpoint == 'delivery' and sentiment == 'negative'")
    part = explain(fit, late["feedback_id"].iloc[0]).query("part == 'delivery'").iloc[0]
    row = fit.table.set_index("touchpoint").loc["delivery"]
    expected = row[["penalty", "penalty_low", "penalty_high"]].to_numpy(float)
    np.testing.assert_allclose(part.iloc[2:].to_numpy(float), expected)


def test_every_answer_of_a_respondent_has_the_explanation_of_the_respondent():
    feedback, mentions = simulate(200)
    answers, spread = ask_three_questions(feedback, mentions)
    whole = quiet(fit_impact, feedback, mentions)
    parts = quiet(fit_impact, answers, spread)
    expected = explain(whole, "f00007")
    for name in ("f00007:What was good?", "f00007:Anything else?"):
        pd.testing.assert_frame_equal(explain(parts, name), expected)


def test_what_cannot_be_explained_is_refused(tables, fit):
    with pytest.raises(ImpactError, match=r"No text has the feedback_id 'zebra'.*500 texts"):
        explain(fit, "zebra")
    shares = quiet(fit_impact, *tables, method="shapley")
    with pytest.raises(ImpactError, match=r"method 'shapley', model 'linear'.*no sum of parts"):
        explain(shares, "f00001")
    assert list(shares.parts.columns) == list(fit.parts.columns)
    assert len(shares.parts) == 0


def test_replicates_equal_weighted_fits_of_statsmodels(tables):
    feedback, mentions = tables
    fit = quiet(fit_impact, feedback, mentions, weights="weight", random_state=3)
    design = measure(feedback, mentions, Options(weights="weight")).design
    weight = design.resample(np.random.default_rng(3), 100)
    columns = design.columns.toarray()
    for i in (0, 99):
        oracle = sm.WLS(design.outcome, columns, weights=weight[:, i]).fit()
        place = design.names.index("complaints about delivery")
        share = np.average(columns[:, place], weights=weight[:, i])
        found = fit.replicates[i, fit.touchpoints.index("delivery")]
        assert found == pytest.approx(-oracle.params[place] * share, abs=1e-8)


def test_replicates_are_as_wide_as_the_interval_and_missing_without_a_prize(tables, fit):
    assert fit.replicates.shape == (1000, len(fit.touchpoints))
    assert list(fit.touchpoints) == sorted(fit.touchpoints)
    table = fit.table.set_index("touchpoint").loc[list(fit.touchpoints)]
    missing = np.isnan(fit.replicates).any(axis=0)
    assert (missing == table["prize"].isna()).all()
    assert missing.tolist() == [touchpoint == "security" for touchpoint in fit.touchpoints]
    error = (table["prize_high"] - table["prize_low"]) / 2 / 1.97
    np.testing.assert_allclose(fit.replicates.std(axis=0)[~missing], error[~missing], rtol=0.12)
    np.testing.assert_allclose(fit.replicates.mean(axis=0)[~missing], table["prize"][~missing],
                               atol=0.01)  # fmt: skip


def test_replicates_of_a_logit_follow_its_intervals(tables):
    fit = quiet(fit_impact, *tables, model="ordered_logit")
    table = fit.table.set_index("touchpoint").loc[list(fit.touchpoints)]
    known = table["prize"].notna().to_numpy()
    error = (table["prize_high"] - table["prize_low"]) / 2 / 1.96
    np.testing.assert_allclose(fit.replicates.std(axis=0)[known], error[known], rtol=0.1)
    assert len(fit.parts) == 0


def test_the_same_seed_gives_the_same_bytes_whatever_the_order_of_rows(tables, fit):
    feedback, mentions = (table.sample(frac=1, random_state=3) for table in tables)
    shuffled = quiet(fit_impact, feedback[feedback.columns[::-1]], mentions, controls=["city"])
    np.testing.assert_array_equal(fit.replicates, shuffled.replicates)
    pd.testing.assert_frame_equal(fit.parts, shuffled.parts, check_exact=True)
    other = quiet(fit_impact, *tables, controls=["city"], random_state=1)
    assert (other.replicates[:, 0] != fit.replicates[:, 0]).any()


def test_the_role_of_the_table_is_the_one_with_a_probability_above_one_half(fit):
    chances = fit.roles.set_index("touchpoint")
    assert set(chances.index) == set(fit.table["touchpoint"])
    for touchpoint, role in fit.table.set_index("touchpoint")["role"].items():
        row = chances.loc[touchpoint]
        if touchpoint == "security":  # two complaints: nothing is known
            assert row.isna().all()
            assert pd.isna(role)
        else:
            assert row.sum() == pytest.approx(1)
            assert role == row.idxmax() if row.max() > 0.5 else pd.isna(role)


def test_nothing_measured_leaves_an_empty_fit(tables):
    feedback, mentions = tables
    for given in ((feedback.assign(overall=5), mentions), (feedback, mentions[:0])):
        fit = quiet(fit_impact, *given)
        assert fit.replicates.shape == (1000, len(fit.touchpoints))
        assert np.isnan(fit.replicates).all()
        assert len(fit.parts) == 0


def test_the_notes_of_the_fit_are_what_was_warned_of(tables):
    with pytest.warns(TpfeedbackWarning) as caught:
        fit = fit_impact(tables[0].assign(overall=5), tables[1])
    assert [str(warning.message) for warning in caught] == list(fit.notes) != []


def test_labels_correct_the_table_and_the_replicates():
    feedback, mentions = simulate(2000, seed=1)
    seen = mentions[np.random.default_rng(0).random(len(mentions)) < 0.7]
    read = feedback["feedback_id"][:600]
    found = mentions[mentions["feedback_id"].isin(read)]
    silent = pd.DataFrame({"feedback_id": read[~read.isin(found["feedback_id"])]})
    fit = quiet(fit_impact, feedback, seen, labels=pd.concat([found, silent]))
    row = fit.table.set_index("touchpoint").loc["delivery"]
    assert row["penalty_low"] < -1.5 < row["penalty_high"]
    assert row["prize_low"] < 1.5 * 0.2 < row["prize_high"]
    plain = quiet(measure_impact, feedback, seen).set_index("touchpoint").loc["delivery"]
    assert plain["prize_high"] < 1.5 * 0.2
    place = fit.touchpoints.index("delivery")
    error = (row["prize_high"] - row["prize_low"]) / 2 / 1.96
    assert fit.replicates[:, place].std() == pytest.approx(error, rel=0.1)
    assert {"touchpoint", "labels_to_halve"} <= set(fit.labels.columns)
    with pytest.raises(ImpactError, match=r"with labels.* holds no sum of parts"):
        explain(fit, "f00001")


@pytest.mark.parametrize(
    ("option", "value"), [("method", "shapley"), ("policy", "observed"), ("model", "binary_logit")]
)
def test_labels_are_refused_where_they_cannot_be_used(option, value):
    feedback, mentions = simulate(300)
    feedback["overall"] = (feedback["overall"] > 3).astype(float)
    with pytest.raises(ImpactError, match=f"labels= cannot be taken with {option}='{value}'"):
        measure_impact(feedback, mentions, labels=mentions, **{option: value})


def test_what_is_no_fit_is_not_explained(fit):
    with pytest.raises(ImpactError, match="needs the result of fit_impact, given: DataFrame"):
        explain(fit.table, "f00000")
