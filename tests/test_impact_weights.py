"""Survey weights and clusters of texts: against statsmodels, and by simulation."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy.special import stdtrit

from tests.impact_cases import quiet, simulate, to_tables
from tpfeedback.errors import ColumnError, ImpactError, TpfeedbackWarning
from tpfeedback.impact import fit_impact, measure_impact
from tpfeedback.impact.design import build_design
from tpfeedback.impact.marks import mark_texts
from tpfeedback.impact.measurement import Options, measure
from tpfeedback.impact.models.linear import estimate_effects, fit_columns

N = 500


@pytest.fixture(scope="module")
def tables():
    feedback, mentions = simulate(N, seed=1)
    random = np.random.default_rng(1)
    feedback["overall"] = feedback["overall"].round().clip(1, 5)
    feedback["weight"] = random.choice([0.5, 1.0, 2.5], N)
    feedback["customer"] = random.integers(0, 120, N)
    return feedback, mentions


def full_columns(design):
    """One row per text, in the order of the design's columns."""
    return pd.DataFrame(
        design.sources.texts[:, : design.columns.shape[1]].toarray(), columns=list(design.names)
    )


@pytest.mark.parametrize("weights", [None, "weight"])
@pytest.mark.parametrize("cluster", [None, "customer"])
def test_coefficients_and_covariance_equal_statsmodels(tables, weights, cluster):
    feedback, mentions = tables
    design = measure(feedback, mentions, Options(weights=weights, cluster=cluster)).design
    columns = full_columns(design)
    kind = {"cov_type": "HC3"}
    if cluster:
        kind = {"cov_type": "cluster", "cov_kwds": {"groups": feedback[cluster]}, "use_t": True}
    weight = 1.0 if weights is None else feedback[weights]
    oracle = sm.WLS(feedback["overall"] - design.outcome_mean, columns, weights=weight).fit(**kind)
    fit = fit_columns(design)
    np.testing.assert_allclose(fit.coefficients, oracle.params, atol=1e-8)
    more = np.ones(len(oracle.params))
    if cluster:
        groups = feedback[cluster].to_numpy()
        seen, degrees = expected_of_sandwich(columns.to_numpy(), np.full(N, weight), groups)
        number = len(np.unique(groups))
        factor = number / (number - 1) * (N - 1) / (N - len(seen))
        more = np.sqrt(np.maximum(1 / seen / factor, 1.0))
        assert 1.01 < more.max() < 1.5
        np.testing.assert_allclose(fit.degrees, np.minimum(degrees, number - 1), rtol=1e-8)
    np.testing.assert_allclose(
        fit.covariance, oracle.cov_params() * np.outer(more, more), atol=1e-8
    )


def expected_of_sandwich(columns, weight, groups):
    """Return the part of each variance that CR0 sees, and its degrees of freedom, by brute force.

    Of independent errors of equal variance, with the matrix of all texts by all texts.
    """
    rows = np.sqrt(weight)[:, None] * columns
    loads = rows @ np.linalg.inv(rows.T @ rows)
    maker = np.eye(len(rows)) - loads @ rows.T
    seen, degrees = [], []
    for load in loads.T:
        own = np.array([maker @ np.where(groups == group, load, 0.0) for group in set(groups)])
        chances = np.linalg.eigvalsh(own @ own.T)
        seen.append(chances.sum() / (load @ load))
        degrees.append(chances.sum() ** 2 / (chances**2).sum())
    return np.array(seen), np.array(degrees)


def test_what_rests_on_eight_of_a_hundred_customers_is_covered():
    covered, told = 0, 0
    for seed in range(80):
        random = np.random.default_rng(seed)
        who = np.repeat(np.arange(100), np.maximum(1, random.poisson(4, 100)))
        late = (who < 8) & (random.random(len(who)) < 0.6)
        mood = random.normal(0, 0.55, 100)[who] + random.normal(0, 0.84, len(who))
        feedback, mentions = to_tables({"delivery": late, "price": random.random(len(who)) < 0.2},
                                       {}, 4 - late + mood)  # fmt: skip
        table = quiet(measure_impact, feedback.assign(customer=who), mentions, cluster="customer")
        row = table.set_index("touchpoint").loc["delivery"]
        covered += row["penalty_low"] <= -1 <= row["penalty_high"]
        told += np.isfinite(row["penalty_low"])
    assert told > 55
    assert 0.92 <= covered / told <= 0.99


def test_shares_and_prize_are_weighted(tables):
    feedback, mentions = tables
    row = quiet(measure_impact, feedback, mentions, weights="weight").set_index("touchpoint")
    bad = mentions[mentions["sentiment"].isin(["negative", "mixed"])]
    late = feedback["feedback_id"].isin(bad[bad["touchpoint"] == "delivery"]["feedback_id"])
    share = np.average(late, weights=feedback["weight"])
    assert row.loc["delivery", "negative"] == late.sum()
    assert row.loc["delivery", "negative_share"] == pytest.approx(share)
    assert row.loc["delivery", "prize"] == pytest.approx(-share * row.loc["delivery", "penalty"])


def test_a_text_of_weight_three_counts_as_three_texts():
    feedback, mentions = simulate(300)
    feedback["times"] = 1 + np.arange(300) % 3
    copies = [(feedback[feedback["times"] > i], f"x{i}") for i in range(3)]
    more = pd.concat([part.assign(feedback_id=part["feedback_id"] + end) for part, end in copies])
    own = [mentions[mentions["feedback_id"].isin(part["feedback_id"])] for part, _ in copies]
    said = pd.concat([m.assign(feedback_id=m["feedback_id"] + end)
                      for m, (_, end) in zip(own, copies, strict=True)])  # fmt: skip
    weighted = quiet(measure_impact, feedback, mentions, weights="times")
    repeated = quiet(measure_impact, more, said)
    columns = ["reach", "penalty", "reward", "prize", "importance"]
    np.testing.assert_allclose(weighted[columns], repeated[columns])


def test_equal_weights_of_any_size_change_nothing(tables):
    feedback, mentions = tables
    plain = quiet(measure_impact, feedback, mentions)
    equal = quiet(measure_impact, feedback.assign(w=7.0), mentions, weights="w")
    pd.testing.assert_frame_equal(plain, equal)
    scaled = feedback.assign(w=feedback["weight"] * 1000)
    once = quiet(measure_impact, feedback, mentions, weights="weight")
    pd.testing.assert_frame_equal(once, quiet(measure_impact, scaled, mentions, weights="w"))


def test_a_text_of_weight_zero_says_nothing_about_effects_and_shares(tables):
    feedback, mentions = tables
    zero = feedback.assign(weight=feedback["weight"].where(feedback.index < 400, 0.0))
    table = quiet(measure_impact, zero, mentions, weights="weight")
    kept = feedback[:400]
    own = mentions[mentions["feedback_id"].isin(kept["feedback_id"])]
    without = quiet(measure_impact, kept, own, weights="weight")
    drop = ["mentions", "negative", "positive"]
    pd.testing.assert_frame_equal(table.drop(columns=drop), without.drop(columns=drop))


def test_weights_and_clusters_give_the_same_bytes_whatever_the_order_of_rows(tables):
    feedback, mentions = tables
    feedback = feedback.assign(customer=feedback["customer"].where(feedback["customer"] > 20))
    options = {"weights": "weight", "cluster": "customer"}
    fit = quiet(fit_impact, feedback, mentions, **options)
    shuffled = quiet(fit_impact, feedback.sample(frac=1, random_state=1), mentions, **options)
    pd.testing.assert_frame_equal(fit.table, shuffled.table, check_exact=True)
    np.testing.assert_array_equal(fit.replicates, shuffled.replicates)


def repeated_customers(seed, customers=60, times=6):
    """Customers with a temper of their own, who complain every time or never."""
    random = np.random.default_rng(seed)
    who = np.repeat(np.arange(customers), times)
    late = np.repeat(random.random(customers) < 0.4, times)
    staff = random.random(len(who)) < 0.7
    temper = np.repeat(random.normal(0, 1.0, customers), times)
    outcome = 4 - 1.0 * late - 0.5 * staff + temper + random.normal(0, 0.5, len(who))
    feedback, mentions = to_tables({"delivery": late, "staff": staff}, {}, outcome)
    return feedback.assign(customer=who), mentions


def test_intervals_by_customer_cover_where_those_by_text_do_not():
    covered = np.zeros(2)
    for seed in range(200):
        feedback, mentions = repeated_customers(seed)
        marks, outcome = mark_texts(feedback, mentions), feedback["overall"].to_numpy()
        for i, clusters in enumerate((None, feedback["customer"].to_numpy())):
            effects = estimate_effects(
                build_design(marks, outcome, feedback[[]], clusters=clusters)
            )
            half = stdtrit(effects.degrees[0], 0.975) * np.sqrt(effects.covariance[0, 0])
            covered[i] += abs(effects.values[0] + 1.0) <= half
    assert covered[0] / 200 < 0.75
    assert 0.95 - 3 * 0.0154 < covered[1] / 200 < 0.99


def test_replicates_by_customer_are_as_wide_as_the_interval_by_customer():
    feedback, mentions = repeated_customers(0, customers=300)
    by_text, by_customer = (
        quiet(fit_impact, feedback, mentions, cluster=cluster) for cluster in (None, "customer")
    )
    place = by_customer.touchpoints.index("delivery")
    row = by_customer.table.set_index("touchpoint").loc["delivery"]
    error = (row["prize_high"] - row["prize_low"]) / 2 / stdtrit(299, 0.975)
    spread = [fit.replicates[:, place].std() for fit in (by_text, by_customer)]
    assert spread[1] == pytest.approx(error, rel=0.1)
    assert spread[0] < 0.7 * error


def test_a_text_without_cluster_is_one_of_its_own(tables):
    feedback, mentions = tables
    numbered = feedback.assign(customer=np.where(np.arange(N) < 100, np.nan, feedback["customer"]))
    named = feedback.assign(
        customer=[f"own {i}" if i < 100 else str(c) for i, c in enumerate(feedback["customer"])]
    )
    tables = [quiet(measure_impact, f, mentions, cluster="customer") for f in (numbered, named)]
    columns = ["penalty_low", "reward_high", "prize_low"]
    np.testing.assert_allclose(tables[0][columns], tables[1][columns])


def test_complaints_of_fewer_than_five_customers_are_not_estimated(tables):
    feedback, mentions = tables
    few = feedback[feedback["customer"].isin([3, 4])]["feedback_id"]
    assert len(few) > 5
    more = pd.DataFrame({"feedback_id": few, "touchpoint": "security", "sentiment": "negative"})
    said = pd.concat([mentions, more])
    by_text = quiet(measure_impact, feedback, said).set_index("touchpoint")
    by_customer = quiet(measure_impact, feedback, said, cluster="customer").set_index("touchpoint")
    assert np.isfinite(by_text.loc["security", "penalty"])
    assert np.isnan(by_customer.loc["security", "penalty"])


def test_few_clusters_draw_a_warning(tables):
    feedback, mentions = tables
    with pytest.warns(TpfeedbackWarning, match=r"only 12 clusters in 'shop', advised are 40"):
        measure_impact(feedback.assign(shop=np.arange(N) % 12), mentions, cluster="shop")


@pytest.mark.parametrize(
    ("column", "options", "error", "match"),
    [
        (-1.0, {"weights": "x"}, ImpactError, "500 weights in 'x' are negative.*example -1"),
        (None, {"weights": "x"}, ColumnError, "'x' are object values"),
        (np.nan, {"weights": "x"}, ImpactError, "negative, infinite or missing"),
        (np.inf, {"weights": "x"}, ImpactError, "negative, infinite or missing"),
        (0.0, {"weights": "x"}, ImpactError, "All 500 weights in 'x' are 0"),
        ("much", {"weights": "x"}, ColumnError, "'x' are str values"),
        (1.0, {"weights": "y"}, ColumnError, "Unknown weights column 'y'"),
        (1.0, {"cluster": "y"}, ColumnError, "Unknown cluster column 'y'"),
        (1.0, {"cluster": "x"}, ImpactError, "All rated texts are in one cluster of 'x'"),
    ],
)
def test_what_cannot_be_a_weight_or_a_cluster_is_refused(tables, column, options, error, match):
    feedback, mentions = tables
    with pytest.raises(error, match=match):
        measure_impact(feedback.assign(x=column), mentions, **options)


def test_rated_texts_that_all_have_weight_zero_are_refused(tables):
    feedback, mentions = tables
    half = feedback.index < 250
    odd = feedback.assign(overall=feedback["overall"].where(half), w=1.0 - half)
    with pytest.raises(ImpactError, match="Every rated text has weight 0 in 'w'"):
        measure_impact(odd, mentions, weights="w")


@pytest.mark.parametrize("model", ["linear", "ordered_logit"])
def test_what_one_customer_alone_tells_apart_is_missing_though_no_text_does_so_alone(model):
    random = np.random.default_rng(0)
    who = np.repeat(np.arange(60), 4)
    late = (random.random(60) < 0.4)[who] & (who > 0)
    call = late | (who == 0)  # only the first customer calls without a late parcel
    outcome = 4 - late - 0.5 * call + random.normal(size=60)[who] + random.normal(size=240) / 2
    flags = {"delivery": late, "call_centre": call, "price": random.random(240) < 0.3}
    feedback, mentions = to_tables(flags, {}, outcome.round().clip(1, 5))
    options = {"cluster": "customer", "model": model}
    fit = quiet(fit_impact, feedback.assign(customer=who), mentions, **options)
    prizes = fit.table.set_index("touchpoint")[["penalty", "prize"]]
    assert prizes.loc[["delivery", "call_centre"]].isna().all(axis=None)
    assert prizes.loc["price"].notna().all()
    second = np.where(call & ~late, np.arange(240) % 4, who)  # now six customers do
    fit = quiet(fit_impact, feedback.assign(customer=second), mentions, **options)
    assert fit.table["penalty"].notna().all()
