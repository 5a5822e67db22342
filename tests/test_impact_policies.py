"""What a text says about a touchpoint that it does not mention, under every policy."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from tests.impact_cases import quiet, simulate, to_tables
from tpfeedback.errors import ImpactError, TpfeedbackWarning
from tpfeedback.impact import available_policies, fit_impact, measure_impact, stress_test
from tpfeedback.impact.measurement import Options, measure
from tpfeedback.impact.models.linear import estimate_effects

N = 600
NAMES = ("delivery", "price", "product", "staff")


def with_neutral(n, seed):
    """The usual case, with neutral mentions where there is neither complaint nor praise."""
    feedback, mentions = simulate(n, seed=seed)
    random = np.random.default_rng(seed)
    pairs = pd.MultiIndex.from_frame(mentions[["feedback_id", "touchpoint"]])
    more = pd.MultiIndex.from_product([feedback["feedback_id"], NAMES])
    more = more[random.random(len(more)) < 0.15].difference(pairs).to_frame(index=False)
    more.columns = ["feedback_id", "touchpoint"]
    return feedback, pd.concat([mentions, more.assign(sentiment="neutral")], ignore_index=True)


@pytest.fixture(scope="module")
def tables():
    return with_neutral(N, 4)


def flags(feedback, mentions):
    """Mentioned, negative and positive per touchpoint, built with pandas alone."""
    columns = {}
    for touchpoint in NAMES:
        own = mentions[mentions["touchpoint"] == touchpoint]
        kinds = {
            "m": own,
            "n": own[own["sentiment"].isin(["negative", "mixed"])],
            "p": own[own["sentiment"].isin(["positive", "mixed"])],
        }
        for kind, rows in kinds.items():
            columns[f"{touchpoint} {kind}"] = feedback["feedback_id"].isin(rows["feedback_id"])
    return pd.DataFrame(columns).astype(float)


def within_mentions(columns, touchpoint, this, other, oracle):
    """The contrast of statsmodels: the own coefficient less what the other mentions have."""
    own = {kind: columns[f"{touchpoint} {kind}"] == 1 for kind in "mnp"}
    share = columns.loc[own["m"] & ~own[this], f"{touchpoint} {other}"].mean()
    contrast = pd.Series(0.0, index=oracle.params.index)
    contrast[[f"{touchpoint} {this}", f"{touchpoint} {other}"]] = 1.0, -share
    return oracle.t_test(contrast.to_numpy())


def test_observed_and_imputed_equal_the_contrasts_of_statsmodels(tables):
    feedback, mentions = tables
    columns, filled = flags(*tables), {}
    silent = ~feedback["feedback_id"].isin(mentions["feedback_id"])
    for touchpoint in NAMES:
        mentioned = columns[f"{touchpoint} m"] == 1
        for kind in "np":
            own = columns[f"{touchpoint} {kind}"]
            filled[f"{touchpoint} {kind}"] = own.where(mentioned, own[mentioned].mean())
    regressors = {
        "observed": columns.assign(nothing=silent.astype(float)),
        "imputed": pd.DataFrame(filled),
    }
    for policy, regressor in regressors.items():
        oracle = sm.OLS(feedback["overall"], sm.add_constant(regressor)).fit(cov_type="HC3")
        effects = estimate_effects(measure(*tables, Options(policy=policy)).design)
        expected = [
            within_mentions(columns, touchpoint, *pair, oracle)
            for touchpoint in NAMES
            for pair in ("np", "pn")
        ]
        values, errors = [e.effect[0] for e in expected], [e.sd[0, 0] for e in expected]
        np.testing.assert_allclose(effects.values, values, atol=1e-8)
        np.testing.assert_allclose(np.sqrt(np.diag(effects.covariance)), errors, atol=1e-8)


@pytest.mark.parametrize("policy", ["observed", "imputed"])
def test_a_replicate_is_the_policy_applied_to_the_texts_drawn(tables, policy):
    feedback, mentions = tables
    fit = quiet(fit_impact, feedback, mentions, policy=policy, random_state=1)
    design = measure(feedback, mentions, Options(policy=policy)).design
    times = design.resample(np.random.default_rng(1), 100)[:, 0]
    rows = np.repeat(design.sources.rows, times.astype(int))
    again = feedback.iloc[rows].assign(feedback_id=[f"d{i}" for i in range(len(rows))])
    ids = again["feedback_id"].groupby(feedback["feedback_id"].iloc[rows].to_numpy()).agg(list)
    said = mentions.merge(ids.rename("copies"), left_on="feedback_id", right_index=True)
    said = said.assign(feedback_id=said["copies"]).explode("feedback_id")
    expected = quiet(measure_impact, again, said, policy=policy).set_index("touchpoint")["prize"]
    np.testing.assert_allclose(fit.replicates[0], expected[list(fit.touchpoints)], atol=1e-7)


@pytest.mark.parametrize("policy", ["observed", "imputed"])
def test_without_neutral_mentions_there_is_one_difference_only(policy):
    feedback, mentions = simulate(N, seed=1)
    apart = mentions[mentions["sentiment"] != "mixed"]
    table = quiet(measure_impact, feedback, apart, policy=policy)
    np.testing.assert_allclose(table["penalty"], -table["reward"])
    assert table.set_index("touchpoint").loc["delivery", "q_value"] < 1e-6
    row = table.set_index("touchpoint").loc["delivery"]
    assert row["penalty_low"] < -1.6 < row["penalty_high"]  # the true -1.5 - 0.1


def test_observed_compares_with_other_mentions_where_silence_is_happy():
    random = np.random.default_rng(0)
    happy = random.random(2000) < 0.5
    spoken = ~happy | (random.random(2000) < 0.1)
    late = spoken & (random.random(2000) < 0.4)
    outcome = 3 + 1.5 * happy - 0.5 * late + random.normal(0, 0.5, 2000)
    staff = random.random(2000) < 0.3
    tables = to_tables({"delivery": late, "staff": staff}, {"delivery": spoken & ~late}, outcome)
    penalty = {
        policy: quiet(measure_impact, *tables, policy=policy).set_index("touchpoint")
        for policy in available_policies()
    }
    assert penalty["baseline"].loc["delivery", "penalty_high"] < -1.2
    row = penalty["observed"].loc["delivery"]
    assert row["penalty_low"] < -0.5 < row["penalty_high"]


@pytest.mark.parametrize("policy", ["observed", "imputed"])
def test_a_touchpoint_that_is_only_complained_about_has_nothing_to_compare_with(policy):
    feedback, mentions = simulate(N, seed=1)
    bad = mentions[mentions["touchpoint"] == "price"].assign(sentiment="negative")
    tables = feedback, pd.concat([mentions[mentions["touchpoint"] != "price"], bad])
    with pytest.warns(TpfeedbackWarning, match=r"5 other mentions .* complaints about price"):
        table = measure_impact(*tables, policy=policy).set_index("touchpoint")
    assert np.isnan(table.loc["price", "prize"])
    assert table.drop(index="price")["prize"].notna().all()


def test_observed_and_imputed_agree_where_every_text_mentions_everything():
    random = np.random.default_rng(0)
    bad = random.random((N, 3)) < 0.4
    good = ~bad & (random.random((N, 3)) < 0.6)
    outcome = 4 - bad @ [1.0, 0.5, 0.2] + random.normal(0, 0.5, N)
    tables = to_tables(
        dict(zip("abc", bad.T, strict=True)), dict(zip("abc", good.T, strict=True)), outcome
    )
    silent = [
        tables[0].loc[~(bad | good)[:, i], ["feedback_id"]].assign(touchpoint=name)
        for i, name in enumerate("abc")
    ]
    mentions = pd.concat([tables[1], *(part.assign(sentiment="neutral") for part in silent)])
    observed, imputed = (
        quiet(measure_impact, tables[0], mentions, policy=policy)
        for policy in ("observed", "imputed")
    )
    pd.testing.assert_frame_equal(observed, imputed)
    row = observed.set_index("touchpoint").loc["a"]
    assert row["penalty_low"] < -1.0 < row["penalty_high"]


def test_unknown_policies_and_pairs_that_do_not_go_together_are_refused(tables):
    with pytest.raises(ImpactError, match=r"Unknown policy 'imput'.*Did you mean 'imputed'"):
        measure_impact(*tables, policy="imput")
    again = tables[0].assign(overall=(tables[0]["overall"] > 3).astype(float))
    with pytest.raises(ImpactError, match="'observed' cannot be taken with model='binary_logit'"):
        measure_impact(again, tables[1], model="binary_logit", policy="observed")


def test_a_stress_test_holds_every_policy_and_flags_nothing_where_ranks_are_the_same():
    random = np.random.default_rng(0)
    said = random.random((4000, 3))
    bad, good = said < [0.3, 0.2, 0.1], said > 0.8
    outcome = 4 - bad @ [1.5, 1.0, 0.7] + 0.3 * good.sum(axis=1) + random.normal(0, 0.4, 4000)
    tables = to_tables(
        dict(zip("abc", bad.T, strict=True)), dict(zip("abc", good.T, strict=True)), outcome
    )
    table = quiet(stress_test, *tables)
    assert table["touchpoint"].tolist() == ["a", "b", "c"]
    for policy in available_policies():
        assert table[f"rank_{policy}"].tolist() == [1, 2, 3]
        own = quiet(measure_impact, *tables, policy=policy)
        for end in ("", "_low", "_high"):
            np.testing.assert_allclose(table[f"prize_{policy}{end}"], own[f"prize{end}"])
    assert not table[["flips", "contradicts"]].any(axis=None)
    assert (table["flips_with"] == "").all()


def test_a_stress_test_flags_ranks_that_hang_on_the_policy():
    random = np.random.default_rng(1)
    happy = random.random(3000) < 0.5
    spoken = ~happy | (random.random(3000) < 0.1)
    late = spoken & (random.random(3000) < 0.4)
    staff, shop = random.random((2, 3000)) < [[0.25], [0.02]]
    outcome = 3 + 1.5 * happy - 0.3 * late - 0.8 * staff + random.normal(0, 0.5, 3000)
    praised = {"delivery": spoken & ~late, "staff": ~staff & (random.random(3000) < 0.5),
               "shop": ~shop & (random.random(3000) < 0.1)}  # fmt: skip
    tables = to_tables({"delivery": late, "staff": staff, "shop": shop}, praised, outcome)
    table = quiet(stress_test, *tables).set_index("touchpoint")
    assert table.loc[["delivery", "staff"], "contradicts"].all()
    assert not table.loc["shop", "flips"]
    assert table.loc["delivery", "flips_with"] == "staff"
    shuffled = quiet(stress_test, *(part.sample(frac=1, random_state=0) for part in tables))
    pd.testing.assert_frame_equal(table.reset_index(), shuffled, check_exact=True)


@pytest.mark.parametrize("option", [{"policy": "observed"}, {"method": "shapley"}])
def test_a_stress_test_takes_no_policy_and_no_method_without_prizes(tables, option):
    with pytest.raises(ImpactError, match="takes every policy and compares prizes"):
        stress_test(*tables, **option)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"model": "ordered_logit"}, "stress_test takes every policy, and model='ordered_logit'"),
        ({"labels": pd.DataFrame()}, "stress_test takes every policy, and labels= goes"),
    ],
)
def test_a_stress_test_names_what_goes_with_one_policy_only(tables, options, words):
    with pytest.raises(ImpactError, match=words):
        stress_test(*tables, **options)


def test_a_stress_test_without_mentions_is_an_empty_table(tables):
    feedback, mentions = tables
    assert quiet(stress_test, feedback, mentions.head(0)).empty
