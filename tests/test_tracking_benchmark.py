"""We against a competitor: gaps, evened mixes, and what must not be compared."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from statsmodels.stats.weightstats import CompareMeans, DescrStatsW

from tests.impact_cases import quiet, simulate, to_tables
from tpfeedback import measure_impact
from tpfeedback.errors import ColumnError, ImpactError, TpfeedbackWarning
from tpfeedback.tracking import benchmark
from tpfeedback.tracking.mixes import even_mix, mix_distance
from tpfeedback.wording import load_wording

MEASURES = ("reach", "negative_share", "positive_share", "outcome", "penalty", "prize")


def two_markets(n=600, *, seed=0, shares=(0.6, 0.2)):
    """Return ours and theirs: the same service, but Russian texts complain more in both."""
    random, sides = np.random.default_rng(seed), []
    for share in shares:
        russian = random.random(n) < share
        late = random.random(n) < np.where(russian, 0.4, 0.1)
        kind = random.random(n) < 0.3
        overall = 4 - 1.2 * late + 0.4 * kind - 0.5 * russian + random.normal(size=n) * 0.7
        feedback, mentions = to_tables({"delivery": late}, {"staff": kind}, overall)
        sides.append((feedback.assign(language=np.where(russian, "ru", "en")), mentions))
    return sides


def test_each_side_has_the_numbers_of_its_own_measurement():
    sides = simulate(500, seed=1), simulate(600, seed=2, shares=(0.1, 0.1, 0.1, 0.1))
    table = quiet(benchmark, *sides).table.set_index("touchpoint")
    for name, side in zip(("ours", "theirs"), sides, strict=True):
        impact = measure_impact(*side).set_index("touchpoint")
        for measure in (
            "mentions",
            "reach",
            "negative_share",
            "positive_share",
            "penalty",
            "prize",
        ):
            pd.testing.assert_series_equal(
                table[f"{measure}_{name}"].sort_index(), impact[measure].sort_index(),
                check_names=False, rtol=1e-9)  # fmt: skip
    for measure in MEASURES:
        gap = table[f"{measure}_ours"] - table[f"{measure}_theirs"]
        assert table[f"{measure}_gap"].to_numpy() == pytest.approx(gap.to_numpy())
        assert (table[f"{measure}_gap_low"] < gap).all()
        assert (table[f"{measure}_gap_high"] > gap).all()
        assert table[f"{measure}_q_value"].between(0, 1).all()


def test_the_worst_gap_in_complaints_stands_first():
    found = quiet(
        benchmark, simulate(900, seed=1), simulate(900, seed=2, shares=(0.05, 0.1, 0.15, 0.2))
    )
    table = found.table
    assert table["touchpoint"].iloc[0] == "delivery"
    assert table["negative_share_gap_low"].iloc[0] > 0.1
    assert table["touchpoint"].iloc[-1] == "staff"
    assert table["negative_share_q_value"].iloc[[0, -1]].max() < 1e-6
    assert table["prize_gap_low"].iloc[0] > 0
    assert [found.ours.name, found.theirs.name] == ["ours", "theirs"]


def test_the_gap_of_the_mean_outcome_is_that_of_welch():
    sides = simulate(400, seed=3), simulate(500, seed=4)
    row = quiet(benchmark, *sides).table.set_index("touchpoint").loc["price"]
    values = [
        feedback["overall"][feedback["feedback_id"].isin(
            mentions.loc[mentions["touchpoint"] == "price", "feedback_id"])]
        for feedback, mentions in sides
    ]  # fmt: skip
    both = CompareMeans(*(DescrStatsW(one) for one in values))
    low, high = both.tconfint_diff(usevar="unequal")
    assert row["outcome_gap"] == pytest.approx(values[0].mean() - values[1].mean())
    assert row["outcome_gap_high"] - row["outcome_gap_low"] == pytest.approx(high - low, rel=0.03)


def test_theirs_are_standardised_to_our_mix():
    ours, theirs = two_markets()
    found = quiet(benchmark, ours, theirs, mix=["language"])
    row = found.table.set_index("touchpoint").loc["delivery"]
    late = theirs[0]["feedback_id"].isin(theirs[1].query("touchpoint == 'delivery'")["feedback_id"])
    rates = late.groupby(theirs[0]["language"]).mean()
    expected = (ours[0]["language"].value_counts(normalize=True) * rates).sum()
    assert row["negative_share_theirs"] == pytest.approx(expected)
    plain = quiet(benchmark, ours, theirs).table.set_index("touchpoint").loc["delivery"]
    assert row["negative_share_ours"] == plain["negative_share_ours"]


def test_a_gap_of_the_mix_alone_goes_away_when_the_mix_is_evened_out():
    hits, found = [], []
    for seed in range(40):
        ours, theirs = two_markets(400, seed=seed)
        with pytest.warns(TpfeedbackWarning, match="The mix of 'language' differs: .* mix="):
            plain = benchmark(ours, theirs).table.set_index("touchpoint").loc["delivery"]
        found.append(plain["negative_share_gap_low"] > 0)
        held = quiet(benchmark, ours, theirs, mix=["language"])
        even = held.table.set_index("touchpoint").loc["delivery"]
        hits.append([even[f"{name}_gap_low"] <= 0 <= even[f"{name}_gap_high"]
                     for name in ("negative_share", "outcome", "penalty")])  # fmt: skip
    assert (np.mean(hits, axis=0) >= 0.86).all()  # 0.95 less 2.5 Monte-Carlo errors
    assert np.mean(found) > 0.7


def test_equal_companies_are_seldom_told_apart():
    found = []
    for seed in range(40):
        ours, theirs = two_markets(200, seed=seed, shares=(0.4, 0.4))
        table = quiet(benchmark, ours, theirs).table
        found.append([(table[f"{name}_q_value"] < 0.05).any() for name in MEASURES])
    assert (np.mean(found, axis=0) <= 0.05 + 2.5 * (0.05 * 0.95 / 40) ** 0.5).all()


def test_cells_that_theirs_lack_are_left_out_and_told():
    ours, theirs = two_markets(300)
    polish = ours[0].copy()
    polish.loc[polish.index[:60], "language"] = "pl"
    with pytest.warns(TpfeedbackWarning, match="20% of our texts have a combination of language"):
        found = benchmark((polish, ours[1]), theirs, mix=["language"])
    rest = polish[polish["language"] != "pl"]
    late = rest["feedback_id"].isin(ours[1].query("touchpoint == 'delivery'")["feedback_id"])
    row = found.table.set_index("touchpoint").loc["delivery"]
    assert row["negative_share_ours"] == pytest.approx(late.mean())


def on_scales(ours, theirs):
    """Return both sides, rated on two scales."""
    return [
        (feedback.assign(overall_scale=scale, score=feedback["overall"]), mentions)
        for (feedback, mentions), scale in ((ours, "1-5"), (theirs, "1-10"))
    ]


def test_ratings_on_different_scales_are_not_compared():
    ours, theirs = two_markets(200)
    sides = on_scales(ours, theirs)
    with pytest.warns(TpfeedbackWarning, match="'theirs' is rated 1-10 and 'ours' is rated 1-5"):
        found = benchmark(*sides, mix=["language"])
    table = found.table
    for name in ("outcome", "penalty", "prize"):
        assert table.filter(regex=f"^{name}_").isna().all(axis=None)
    assert table["negative_share_gap"].notna().all()
    told = load_wording("pl").note(found.notes[0])
    assert "grupa „konkurent” ma skalę 1-10; grupa „my” ma skalę 1-5" in told
    assert told.endswith("udziały można porównywać.")


def test_a_named_outcome_is_taken_to_be_on_one_scale():
    ours, theirs = two_markets(200)
    sides = on_scales(ours, theirs)
    table = quiet(benchmark, *sides, outcome="score", mix=["language"]).table
    assert table["outcome_gap"].notna().all()


def analysis(tables, *, taxonomy):
    plan = SimpleNamespace(key=taxonomy, digest=f"digest of {taxonomy}")
    outcome = SimpleNamespace(column="overall", kind="rating")
    return SimpleNamespace(
        feedback=tables[0], mentions=tables[1], outcome=outcome, taxonomy=plan
    )  # fmt: skip


def test_two_taxonomies_cannot_be_compared():
    ours, theirs = two_markets(100)
    with pytest.raises(
        ImpactError, match=r"'hotel' and 'ours' with 'bank'.*Analyse one of them again"
    ):
        benchmark(analysis(ours, taxonomy="bank"), analysis(theirs, taxonomy="hotel"))
    found = quiet(benchmark, analysis(ours, taxonomy="bank"), analysis(theirs, taxonomy="bank"))
    assert len(found.table) == 2


def test_mentions_without_a_touchpoint_in_common_are_refused():
    ours, theirs = two_markets(100)
    other = theirs[0], theirs[1].assign(touchpoint="room_" + theirs[1]["touchpoint"])
    with pytest.raises(ImpactError, match="No touchpoint is mentioned in both"):
        benchmark(ours, other)


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"mix": "language"}, ImpactError, "mix must be a list"),
        ({"mix": ["langage"]}, ColumnError, "Did you mean 'language'"),
        ({"mix": ["feedback_id"]}, ImpactError, "no combination of feedback_id in common"),
        ({"outcome": "stars"}, ColumnError, "Unknown column of 'theirs' 'stars'"),
        ({"weights": "weight"}, ColumnError, "Unknown column of 'theirs' 'weight'"),
    ],
)
def test_what_cannot_be_asked_is_refused_with_advice(options, error, message):
    ours, (feedback, mentions) = two_markets(60)
    apart = feedback.assign(feedback_id="x" + feedback["feedback_id"])
    theirs = apart, mentions.assign(feedback_id="x" + mentions["feedback_id"])
    with pytest.raises(error, match=message):
        quiet(benchmark, ours, theirs, **options)


def test_a_touchpoint_that_few_of_one_side_mention_has_no_effect_to_compare():
    ours, theirs = two_markets(200)
    rare = theirs[0], theirs[1].groupby("touchpoint").head(3)
    table = quiet(benchmark, ours, rare).table
    assert table[["outcome_gap", "penalty_gap"]].isna().all(axis=None)
    assert table["reach_gap"].notna().all()


def test_the_mix_distance_is_the_part_that_would_have_to_change():
    levels = pd.Series(["ru"] * 6 + ["en"] * 4 + ["ru"] * 2 + ["en"] * 5 + [None] * 3)
    assert mix_distance(levels, np.arange(20) >= 10) == pytest.approx(0.4)


def test_survey_weights_stay_within_their_cells():
    table = pd.DataFrame({"city": list("abab"), "age": [1, 1, 1, 1]})
    given = np.array([1.0, 3.0, 5.0, 5.0])
    weights, lost = even_mix(table, np.array([False, False, True, True]), given)
    assert lost == 0
    assert weights == pytest.approx([2.0, 2.0, 5.0, 5.0])
