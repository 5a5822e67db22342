"""Segments: own and pooled effects, tests, splits, and what is never shown."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import sparse, stats
from scipy.integrate import quad
from statsmodels.stats.meta_analysis import combine_effects
from statsmodels.stats.proportion import proportion_confint

from tests.impact_cases import ask_three_questions, quiet, simulate, weigh_and_repeat
from tpfeedback import measure_impact
from tpfeedback.errors import ColumnError, ImpactError, TpfeedbackWarning
from tpfeedback.impact.observations import read_observations
from tpfeedback.shares.intervals import effective_sizes, share_interval
from tpfeedback.shares.strata import group_respondents
from tpfeedback.tracking import segments
from tpfeedback.tracking.heterogeneity import Rows, assign_folds, equality_test, held_out_gains
from tpfeedback.tracking.pooling import paule_mandel, pool
from tpfeedback.tracking.segment_effects import measure_segments, standardised
from tpfeedback.tracking.segment_shares import shares_equal, tagger_may_explain


def two_cities(n=600, *, penalties=(-1.5, -0.6, 0.0, -0.3), scale=1.0, seed=0):
    """Return feedback and mentions of cities A and B; those of B follow the given penalties."""
    parts = [simulate(n, seed=2 * seed), simulate(n, seed=2 * seed + 1, penalties=penalties)]
    tables = []
    for city, (feedback, mentions) in zip("AB", parts, strict=True):
        overall = feedback["overall"] * (scale if city == "B" else 1.0)
        names = {"feedback_id": city + feedback["feedback_id"], "city": city, "overall": overall}
        tables.append((feedback.assign(**names), mentions.assign(
            feedback_id=city + mentions["feedback_id"])))  # fmt: skip
    return tuple(pd.concat(pair, ignore_index=True) for pair in zip(*tables, strict=True))


# --- the tables


def test_a_segments_own_effects_are_those_of_measure_impact_on_its_texts():
    feedback, mentions = two_cities()
    table = quiet(segments, (feedback, mentions), by="city").table
    for city in "AB":
        part = feedback[feedback["city"] == city]
        own = measure_impact(part, mentions[mentions["feedback_id"].isin(part["feedback_id"])])
        found = table[table["segment"] == city].set_index("touchpoint").sort_index()
        names = [f"{name}{end}" for name in ("penalty", "reward", "prize")
                 for end in ("", "_low", "_high")]  # fmt: skip
        expected = own.set_index("touchpoint").sort_index()
        pd.testing.assert_frame_equal(found[names], expected[names], rtol=1e-9)
        for name in ("mentions", "negative", "negative_share"):
            assert found[name].tolist() == pytest.approx(expected[name].tolist())


def test_a_planted_difference_is_split_and_named_first_and_nothing_else():
    found = quiet(segments, two_cities(1500, penalties=(-0.5, -0.6, 0.0, -0.3)), by="city")
    assert found.tests["touchpoint"].iat[0] == "delivery"
    assert found.tests["split"].tolist() == [True, False, False, False]
    own = found.priorities[found.priorities["effect"] == "own"]
    assert set(own["touchpoint"]) == {"delivery"}
    first = found.priorities[found.priorities["rank"] == 1].set_index("segment")["touchpoint"]
    assert first["A"] == "delivery"


def test_without_a_difference_priorities_take_the_effects_of_all():
    feedback, mentions = two_cities(seed=1)
    found = quiet(segments, (feedback, mentions), by="city")
    assert not found.tests["split"].any()
    assert set(found.priorities["effect"]) == {"common"}
    rows = found.priorities.set_index(["segment", "touchpoint"])["prize"]
    shares = {
        city: mentions[mentions["feedback_id"].str.startswith(city)
                       & (mentions["touchpoint"] == "delivery")
                       & mentions["sentiment"].isin(["negative", "mixed"])].shape[0] / 600
        for city in "AB"
    }  # fmt: skip
    assert rows["A", "delivery"] / shares["A"] == pytest.approx(rows["B", "delivery"] / shares["B"])


def test_ranks_count_from_one_in_each_segment():
    found = quiet(segments, two_cities(200), by="city").priorities
    for _, part in found.groupby("segment"):
        assert part["rank"].tolist() == [1, 2, 3, 4]
        assert part["prize"].is_monotonic_decreasing


def test_several_columns_are_corrected_for_together():
    feedback, mentions = two_cities(400)
    feedback["half"] = np.where(np.arange(len(feedback)) % 2, "odd", "even")
    both = quiet(segments, (feedback, mentions), by=["city", "half"])
    assert set(both.tests["by"]) == {"city", "half"}
    expected = stats.false_discovery_control(both.tests["p_value"])
    assert both.tests["q_value"].tolist() == pytest.approx(expected.tolist())


def test_shuffled_rows_and_answers_spread_over_questions_change_nothing():
    feedback, mentions = two_cities(200)
    one = quiet(segments, (feedback, mentions), by="city")
    random = np.random.default_rng(0)
    shuffled = feedback.iloc[random.permutation(len(feedback))], mentions.iloc[::-1]
    for other in (quiet(segments, shuffled, by="city"),
                  quiet(segments, ask_three_questions(feedback, mentions), by="city")):  # fmt: skip
        for name in ("table", "tests", "priorities"):
            pd.testing.assert_frame_equal(
                getattr(one, name), getattr(other, name), rtol=1e-7, atol=1e-9
            )


def test_the_tables_given_are_left_as_they_were():
    feedback, mentions = two_cities(100)
    copies = feedback.copy(), mentions.copy()
    quiet(segments, (feedback, mentions), by="city", scale_use=True)
    pd.testing.assert_frame_equal(feedback, copies[0])
    pd.testing.assert_frame_equal(mentions, copies[1])


def test_texts_copied_out_twice_tell_no_more_when_they_are_clustered():
    feedback, mentions = two_cities(400, penalties=(-1.0, -0.6, 0.0, -0.3))
    copied = feedback.assign(copied=range(len(feedback)))
    copies = [[table.assign(feedback_id=f"{i}" + table["feedback_id"])
               for table in (copied, mentions)] for i in (1, 2)]  # fmt: skip
    twice = tuple(pd.concat(pair, ignore_index=True) for pair in zip(*copies, strict=True))
    once, naive = (quiet(segments, tables, by="city") for tables in ((feedback, mentions), twice))
    honest = quiet(segments, twice, by="city", cluster="copied")
    for name in ("penalty", "penalty_pooled", "negative_share"):
        widths = [(one.table[f"{name}_high"] - one.table[f"{name}_low"]).to_numpy()
                  for one in (once, naive, honest)]  # fmt: skip
        assert widths[2] / widths[0] == pytest.approx(1.0, abs=0.12)
        assert (widths[1] < 0.85 * widths[0]).all()
    p_values = [one.tests.set_index("touchpoint")["p_value"] for one in (once, naive, honest)]
    assert p_values[2]["delivery"] == pytest.approx(p_values[0]["delivery"], rel=0.5)
    assert p_values[1]["delivery"] < p_values[0]["delivery"] / 3


def test_a_weight_of_two_counts_as_two_in_shares_and_effects():
    feedback, mentions = two_cities(300)
    random = np.random.default_rng(0)
    weighted = feedback.assign(weight=random.integers(1, 3, len(feedback)).astype(float))
    rows = np.repeat(np.arange(len(feedback)), weighted["weight"].astype(int))
    again = weighted.iloc[rows].assign(new=[f"n{i}" for i in range(len(rows))])
    said = again[["feedback_id", "new"]].merge(mentions, on="feedback_id")
    repeated = (again.assign(feedback_id=again["new"]), said.assign(feedback_id=said["new"]))
    one = quiet(segments, (weighted, mentions), by="city", weights="weight").table
    other = quiet(segments, repeated, by="city").table
    for name in ("negative_share", "penalty", "reward", "prize"):
        assert one[name].tolist() == pytest.approx(other[name].tolist())


def test_in_which_unit_weights_are_given_changes_nothing():
    feedback, mentions = two_cities(120, penalties=(-0.6, -0.6, 0.0, -0.3))
    weight = np.random.default_rng(1).uniform(0.5, 2.0, len(feedback))
    found = [
        quiet(segments, (feedback.assign(weight=weight * unit), mentions), by="city",
              weights="weight")
        for unit in (1.0, 1e4)
    ]  # fmt: skip
    for name in ("table", "tests", "priorities"):
        pd.testing.assert_frame_equal(getattr(found[0], name), getattr(found[1], name))


def test_a_weight_of_five_is_as_sure_as_five_copies_that_belong_together():
    weighted, repeated = weigh_and_repeat(*two_cities(400, penalties=(-0.9, -0.6, 0.0, -0.3)))
    options = {"by": "city", "cluster": "text", "scale_use": True}
    one = quiet(segments, weighted, weights="weight", **options)
    other = quiet(segments, repeated, **options)
    for name in ("negative_share", "penalty", "prize", "penalty_pooled", "prize_pooled",
                 "penalty_standard"):  # fmt: skip
        widths = [(found.table[f"{name}_high"] - found.table[f"{name}_low"]).to_numpy()
                  for found in (one, other)]  # fmt: skip
        assert widths[0] == pytest.approx(widths[1], rel=0.05), name
        assert one.table[name].tolist() == pytest.approx(other.table[name].tolist(), abs=0.01)
    tests = [found.tests.set_index("touchpoint").sort_index() for found in (one, other)]
    assert tests[0]["gain"].tolist() == pytest.approx(tests[1]["gain"].tolist(), abs=2e-4)
    assert tests[0]["gain"]["delivery"] > 0.005
    prizes = [found.priorities.set_index(["segment", "touchpoint"])["prize"].sort_index()
              for found in (one, other)]  # fmt: skip
    pd.testing.assert_series_equal(*prizes, atol=0.005)


# --- small groups


def test_groups_under_the_floor_are_pooled_and_never_named():
    feedback, mentions = two_cities(200)
    feedback.loc[:8, "city"] = "Smallville"
    feedback.loc[9:17, "city"] = "Tinytown"
    with pytest.warns(TpfeedbackWarning) as told:
        found = segments((feedback, mentions), by="city", floor=10)
    said = " ".join(str(one.message) for one in told)
    assert "fewer than 10 respondents: 2. They are shown together as 'other'" in said
    assert set(found.table["segment"]) == {"A", "B", "other"}
    other = found.table[found.table["segment"] == "other"]
    assert set(other["respondents"]) == {18}
    assert other["penalty"].isna().all()
    assert other["penalty_pooled"].notna().any()
    assert not any("ville" in note for note in found.notes)


def test_a_pool_under_the_floor_is_left_out():
    feedback, mentions = two_cities(200)
    feedback.loc[:5, "city"] = "Smallville"
    feedback.loc[6:9, "city"] = None
    with pytest.warns(TpfeedbackWarning) as told:
        found = segments((feedback, mentions), by="city", floor=10)
    assert set(found.table["segment"]) == {"A", "B"}
    said = " ".join(str(one.message) for one in told)
    assert "Even together they are too few" in said
    assert "without a value in 'city': 4 of 400" in said


def test_pooled_effects_lie_between_the_own_one_and_the_others_and_are_narrower():
    feedback, mentions = two_cities(1000)
    feedback["city"] = np.where(np.arange(len(feedback)) % 12 == 0, "small", feedback["city"])
    table = quiet(segments, (feedback, mentions), by="city").table
    small = table[(table["segment"] == "small") & table["penalty"].notna()]
    assert len(small)
    own = small["penalty_high"] - small["penalty_low"]
    assert (small["penalty_pooled_high"] - small["penalty_pooled_low"] < own).all()


# --- scale use and errors of the tagger


def test_a_country_that_uses_less_of_the_scale_is_not_split_and_it_is_told_why():
    feedback, mentions = two_cities(3000, scale=0.4)
    feedback = feedback.rename(columns={"city": "country"})
    with pytest.warns(TpfeedbackWarning, match="tagger"):
        found = segments((feedback, mentions), by="country")
    row = found.tests.set_index("touchpoint").loc["delivery"]
    assert row["q_value"] < 0.05 < row["q_value_standard"]
    assert row["scale_may_explain"]
    assert not row["split"]
    assert quiet(segments, (feedback, mentions), by="country", scale_use=False).tests["split"].any()


def test_standardised_effects_are_in_deviations_of_the_segment():
    feedback, mentions = two_cities(500)
    table = quiet(segments, (feedback, mentions), by="city", scale_use=True).table
    for city in "AB":
        spread = feedback.loc[feedback["city"] == city, "overall"].std(ddof=0)
        part = table[table["segment"] == city]
        assert (part["penalty"] / spread).tolist() == pytest.approx(
            part["penalty_standard"].tolist()
        )


def test_standardised_ratings_have_weighted_mean_0_and_deviation_1_in_each_segment():
    feedback, mentions = two_cities(60)
    weight = np.random.default_rng(0).uniform(0.2, 5, len(feedback))
    seen = read_observations(
        feedback.assign(w=weight), mentions, outcome="overall", model="linear", controls=["city"],
        weights="w", cluster=None,
    )  # fmt: skip
    grouping = group_respondents(seen.controls["city"], floor=2)
    outcome = standardised(seen, grouping).outcome
    for place in range(2):
        rows = grouping.rows(place)
        mean = np.average(outcome[rows], weights=seen.weights[rows])
        square = np.average(outcome[rows] ** 2, weights=seen.weights[rows])
        assert (mean, square) == pytest.approx((0.0, 1.0), abs=1e-9)


def test_common_effects_of_few_texts_are_as_unsure_as_students_t_says():
    feedback, mentions = two_cities(40)
    seen = read_observations(
        feedback, mentions, outcome="overall", model="linear", controls=["city"], weights=None,
        cluster=None,
    )  # fmt: skip
    found = quiet(
        measure_segments, seen, group_respondents(seen.controls["city"], floor=2),
        seen.controls[[]], random_state=0,
    )  # fmt: skip
    impact = quiet(measure_impact, feedback, mentions, controls=["city"])
    impact = impact.set_index("touchpoint").loc[list(seen.marks.touchpoints)]
    for kind in ("penalty", "reward"):
        half = (impact[f"{kind}_high"] - impact[f"{kind}_low"]) / 2
        assert found.common[kind] == pytest.approx(impact[kind].to_numpy(), nan_ok=True)
        assert 1.959964 * found.common_errors[kind] == pytest.approx(half.to_numpy(), nan_ok=True)
    assert np.isfinite(found.common["penalty"]).any()


def test_shares_are_corrected_as_rogan_and_gladen_do():
    feedback, mentions = two_cities(500)
    errors = {"A": {"overall": {"recall": 0.8, "precision": 0.9, "flip": 0.0}}}
    table = quiet(segments, (feedback, mentions), by="city", errors=errors).table
    part = table[table["segment"] == "A"].set_index("touchpoint")
    marked, true = part["negative_share"], part["negative_share_corrected"]
    assert true.tolist() == pytest.approx((marked * 0.9 / 0.8).tolist())
    assert (part["negative_share_corrected_low"] <= part["negative_share_low"] * 0.95).all()
    assert (part["negative_share_corrected_high"] > true).all()
    assert table.loc[table["segment"] == "B", "negative_share_corrected"].isna().all()


def test_a_difference_that_the_tagger_could_make_alone_is_told():
    feedback, mentions = two_cities(2000)
    random = np.random.default_rng(0)
    missed = mentions["feedback_id"].str.startswith("B") & (random.random(len(mentions)) < 0.4)
    errors = {"A": {"recall": 0.98, "precision": 0.98, "flip": 0.0},
              "B": {"recall": 0.6, "precision": 0.98, "flip": 0.0}}  # fmt: skip
    found = quiet(segments, (feedback, mentions[~missed]), by="city", errors=errors)
    row = found.tests.set_index("touchpoint").loc["delivery"]
    assert row["share_q_value"] < 0.05
    assert row["tagger_may_explain"]
    errors["B"]["recall"] = 0.98
    sure = quiet(segments, (feedback, mentions[~missed]), by="city", errors=errors)
    assert not sure.tests.set_index("touchpoint").loc["delivery", "tagger_may_explain"]


def test_where_nobody_knows_a_band_the_tagger_explains_nothing_by_itself():
    low, high = np.array([[0.1, np.nan], [0.3, 0.2]]), np.array([[0.2, np.nan], [0.4, 0.3]])
    assert tagger_may_explain(low, high).tolist() == [False, True]


# --- the pieces against oracles


def test_the_equality_test_is_near_alexander_and_govern_on_samples():
    random = np.random.default_rng(3)
    samples = [random.normal(0.4 * i, 1 + i, 8 + 4 * i) for i in range(4)]
    means, n = np.array([one.mean() for one in samples]), np.array([len(one) for one in samples])
    variances = np.array([one.var(ddof=1) for one in samples]) / n
    statistic, p = equality_test(means, variances, n - 1.0)
    oracle = stats.alexandergovern(*samples)
    assert statistic == pytest.approx(oracle.statistic, rel=1e-3)
    assert p == pytest.approx(oracle.pvalue, rel=2e-3)


def test_the_equality_test_leaves_out_what_is_missing():
    values, variances = np.array([1.0, np.nan, 0.0]), np.array([0.1, np.nan, 0.1])
    degrees = np.full(3, 20.0)
    both = equality_test(values[[0, 2]], variances[[0, 2]], degrees[:2])
    assert equality_test(values, variances, degrees) == both
    assert np.isnan(equality_test(values[:2], variances[:2], degrees[:2])).all()


@pytest.mark.parametrize("seed", range(4))
def test_tau_is_where_the_weighted_squares_are_as_large_as_expected(seed):
    random = np.random.default_rng(seed)
    values, variances = random.normal(0, 0.6, 6), random.uniform(0.05, 0.3, 6)
    tau2 = paule_mandel(values, variances)
    weight = 1 / (variances + tau2)
    squares = weight @ (values - weight @ values / weight.sum()) ** 2
    assert squares == pytest.approx(5.0) if tau2 > 0 else squares <= 5.0
    assert (tau2 > 0) == (combine_effects(values, variances).q > 5.0)


def test_tau_is_that_of_statsmodels():
    values, variances = np.array([-1.0, 0.3, 0.9, -0.2]), np.array([0.05, 0.1, 0.2, 0.05])
    oracle = combine_effects(values, variances, method_re="iterated", atol=1e-12).tau2
    assert paule_mandel(values, variances) == pytest.approx(oracle, abs=1e-6)


def test_pooled_means_are_those_of_the_whole_integral():
    values, variances = np.array([-1.0, -0.2, -0.7]), np.array([0.02, 0.1, 0.05])
    typical = 1 / np.mean(1 / variances)

    def parts(b0):
        tau2 = typical * (1 - b0) / b0
        weight = 1 / (variances + tau2)
        mean = weight @ values / weight.sum()
        likely = np.sqrt(weight.prod() / weight.sum())
        likely *= np.exp(-0.5 * weight @ (values - mean) ** 2)
        shrink = variances * weight
        return likely, (1 - shrink) * values + shrink * mean

    whole = quad(lambda b: parts(b)[0], 0, 1)[0]
    expected = [quad(lambda b, i=i: parts(b)[0] * parts(b)[1][i], 0, 1)[0] / whole
                for i in range(3)]  # fmt: skip
    assert pool(values, variances, np.full(3, np.inf)).values == pytest.approx(expected, abs=1e-3)


def test_pooled_intervals_hold_the_truth_in_few_and_in_alike_groups():
    random = np.random.default_rng(0)
    for groups, tau in ((2, 0.0), (3, 0.3), (8, 0.1), (8, 0.6)):
        variances = np.linspace(0.01, 0.15, groups)
        hits = []
        for _ in range(150):
            true = random.normal(-0.7, tau, groups)
            found = pool(random.normal(true, np.sqrt(variances)), variances, np.full(groups, 1e6))
            hits.append((found.low <= true) & (true <= found.high))
        assert np.mean(hits) > 0.92, (groups, tau)


def test_a_variance_of_few_degrees_of_freedom_counts_as_that_of_students_t():
    values, variances = np.array([-1.0, -0.2, -0.7]), np.array([0.02, 0.1, 0.05])
    degrees = np.array([5.0, 40.0, 8.0])
    found = pool(values, variances, degrees)
    known = pool(values, stats.t(degrees).var() * variances,
                 np.full(3, np.inf))  # fmt: skip
    for name in ("values", "low", "high", "error"):
        assert getattr(found, name) == pytest.approx(getattr(known, name))


def test_share_intervals_are_wilsons_and_widen_with_weights_and_clusters():
    random = np.random.default_rng(0)
    flags = random.random((400, 3)) < [0.02, 0.2, 0.5]
    share, low, high = share_interval(flags)
    expected = proportion_confint(flags.sum(axis=0), 400, method="wilson")
    assert low == pytest.approx(expected[0])
    assert high == pytest.approx(expected[1])
    twice, who = np.repeat(flags, 2, axis=0), np.repeat(np.arange(400), 2)
    clustered = share_interval(twice, clusters=who)
    assert clustered[0] == pytest.approx(share)
    assert clustered[1] == pytest.approx(low, abs=1e-9)
    uneven = effective_sizes(flags, weights=random.uniform(0.1, 4, 400))[1]
    assert (uneven < 400).all()


@pytest.mark.parametrize("bad", range(1, 20))
def test_respondents_of_a_lone_cluster_are_worth_one_whatever_the_rounding(bad):
    flags = (np.arange(20) < bad)[:, None]
    for rows in (flags, np.random.default_rng(bad).permutation(flags)):
        assert effective_sizes(rows, clusters=np.zeros(20, dtype=int))[1] == pytest.approx(1.0)


def test_equal_shares_are_tested_by_pearsons_chi_square():
    counts = np.array([[20, 80], [45, 105], [9, 41]])
    sizes = counts.sum(axis=1)[:, None].astype(float)
    oracle = stats.chi2_contingency(counts, correction=False).pvalue
    assert shares_equal(counts[:, :1] / sizes, sizes) == pytest.approx([oracle])
    assert np.isnan(shares_equal(np.zeros((2, 1)), np.full((2, 1), 50.0))).all()


def test_the_held_out_gain_is_that_of_brute_force():
    random = np.random.default_rng(0)
    flag, groups = random.random(90) < 0.4, np.arange(90) % 3
    outcome = 4 - flag * np.array([2.0, 0.0, 0.5])[groups] + random.normal(0, 0.5, 90)
    weight, folds = random.uniform(0.5, 2, 90), random.permutation(90) % 5
    columns, tau2 = np.column_stack([np.ones(90), flag]), 0.6
    rows = Rows(sparse.csr_matrix(columns), sparse.csc_matrix(flag[:, None].astype(float)),
                outcome, groups, weight, np.arange(90) // 2, folds)  # fmt: skip
    own = flag[:, None] * (groups[:, None] == np.arange(3))

    def fit(table, penalty, kept):
        root = np.sqrt(weight * kept)[:, None]
        added = np.diag(np.sqrt(penalty))
        left = np.vstack([root * table, added])
        right = np.append(root[:, 0] * outcome, np.zeros(len(added)))
        return outcome - table @ np.linalg.lstsq(left, right, rcond=None)[0]

    def lost(table, penalty):
        return sum((weight * (folds == k)) @ fit(table, penalty, folds != k) ** 2 for k in range(5))

    pairs = (weight * fit(columns, np.zeros(2), np.ones(90))).reshape(45, 2).sum(axis=1)
    variance = pairs @ pairs / weight.sum()
    split = lost(np.column_stack([columns, own]), np.array([0, 0, *[variance / tau2] * 3]))
    expected = 1 - split / lost(columns, np.zeros(2))
    assert expected > 0.1
    assert held_out_gains(rows, [[(0, tau2)], []]) == pytest.approx([expected, 0.0], abs=1e-5)


def test_folds_are_even_and_those_of_a_cluster_are_one():
    names = np.repeat(np.arange(50), 3)
    folds = assign_folds(names, random_state=1)
    assert np.bincount(folds).tolist() == [30] * 5
    assert pd.Series(folds).groupby(names).nunique().max() == 1


def test_segments_of_whole_numbers_beside_gaps_are_named_as_people_write_them():
    feedback, mentions = two_cities(120)
    store = feedback["city"].map({"A": 10, "B": 12}).astype("float64")
    assert store.notna().all()
    store.iloc[:3] = np.nan
    found = quiet(segments, (feedback.assign(store=store), mentions), by="store")
    assert set(found.table["segment"]) == {"10", "12"}


# --- what is refused


@pytest.mark.parametrize(
    ("options", "error", "match"),
    [
        ({"by": []}, ColumnError, "by= names no column"),
        ({"by": "town"}, ColumnError, "Unknown segment column 'town'"),
        ({"by": "date"}, ColumnError, "'date' holds dates"),
        ({"by": "city", "floor": 1}, ColumnError, "floor is 1"),
        ({"by": "city", "floor": 300}, ImpactError, "has 0 segments of at least 300"),
        ({"by": "feedback_id", "floor": 2}, ImpactError, "Group its values"),
        ({"by": ["city", "half"], "errors": {}}, ColumnError, "errors= was given for 2 columns"),
        (
            {"by": "city", "errors": {"C": {"recall": 1, "precision": 1, "flip": 0}}},
            ColumnError,
            "Unknown segment in errors= 'C'",
        ),
        ({"by": "city", "errors": {"A": {"recall": 1}}}, ImpactError, "The rates of"),
    ],
)
def test_what_makes_no_sense_is_refused_with_advice(options, error, match):
    feedback, mentions = two_cities(100)
    feedback = feedback.assign(date=pd.Timestamp("2025-01-01"), half="one")
    with pytest.raises(error, match=match):
        quiet(segments, (feedback, mentions), **options)


# --- simulation


@pytest.fixture(scope="module")
def simulation(load_benchmark):
    return load_benchmark("tracking_segments")


def test_null_segments_are_seldom_split_and_a_planted_one_mostly(simulation):
    null = [simulation.run_once((("null", 1000, 0.0), run)) for run in range(25)]
    assert np.mean([run["any false split"] for run in null]) <= 0.08
    assert np.nanmean([run["own interval"] for run in null]) > 0.92
    assert np.nanmean([run["pooled interval"] for run in null]) > 0.92
    planted = [simulation.run_once((("planted", 4000, 0.8), run)) for run in range(8)]
    assert np.mean([run["planted split (power)"] for run in planted]) >= 0.85


def test_without_mentions_or_with_controls_that_are_no_list_it_is_told():
    feedback, mentions = two_cities(60)
    with pytest.raises(ImpactError, match="no mentions"):
        segments((feedback, mentions.iloc[:0]), by="city")
    with pytest.raises(ColumnError, match=r"must be a list of columns. Write controls=\['city'\]"):
        segments((feedback, mentions), by="city", controls="city")
