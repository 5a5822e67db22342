"""Before and after: exact sums, oracles, known truth, and what is refused."""

from __future__ import annotations

import warnings
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from scipy.stats import t as student
from scipy.stats import ttest_ind
from statsmodels.stats import proportion
from statsmodels.stats.oaxaca import OaxacaBlinder

from tests.impact_cases import ask_three_questions, quiet, simulate, to_tables, weigh_and_repeat
from tpfeedback import measure_impact
from tpfeedback.errors import ColumnError, ImpactError, TpfeedbackWarning
from tpfeedback.tracking import compare, tables_of
from tpfeedback.tracking.estimates import Estimate, spread
from tpfeedback.tracking.shares import compare_shares
from tpfeedback.wording import load_wording

KINDS = ["reach", "sentiment", "effect", "mix", "rest"]
ENDS = ["contribution", "contribution_low", "contribution_high"]


def both_periods(n=500, *, seed=0, penalties=(-1.2, -0.6, 0.0, -0.3), shares=(0.1, 0.1, 0.15, 0.1)):
    """Return one source of two periods; delivery got better, and the channels have changed."""
    random = np.random.default_rng(seed)
    parts = [simulate(n, seed=2 * seed + 1),
             simulate(n + 40, seed=2 * seed + 2, penalties=penalties, shares=shares)]  # fmt: skip
    tables = []
    for late, (feedback, mentions) in enumerate(parts):
        size = len(feedback)
        app = random.random(size) < (0.3 + 0.3 * late)
        days = pd.to_timedelta(np.arange(size) % 90 + 120 * late, unit="D")
        columns = {
            "feedback_id": f"{late}-" + feedback["feedback_id"],
            "period": ["before", "after"][late],
            "date": pd.Timestamp("2025-01-01") + days,
            "channel": np.where(app, "app", "shop"),
            "age": random.normal(40 + 5 * late, 10, size).round(),
            "customer": random.integers(0, 300, size),
            "weight": random.uniform(0.5, 2.0, size),
            "overall": feedback["overall"] + 0.4 * app,
        }
        named = mentions.assign(feedback_id=f"{late}-" + mentions["feedback_id"])
        tables.append((feedback.assign(**columns), named))
    return tuple(pd.concat(pair, ignore_index=True) for pair in zip(*tables, strict=True))


def part_of(found, part, kind):
    rows = found.parts[(found.parts["part"] == part) & (found.parts["kind"] == kind)]
    assert len(rows) == 1
    return rows.iloc[0]


def add_a_neutral_mention_to_every_text(feedback, mentions):
    neutral = feedback[["feedback_id"]].assign(touchpoint="shop", sentiment="neutral")
    return feedback, pd.concat([mentions, neutral], ignore_index=True)


def flags_of(feedback, mentions, sentiments=("negative", "positive")):
    columns = {}
    for touchpoint in sorted(set(mentions["touchpoint"]) - {"shop"}):
        for sentiment in sentiments:
            rows = mentions[(mentions["touchpoint"] == touchpoint)
                            & mentions["sentiment"].isin([sentiment, "mixed"])]  # fmt: skip
            there = feedback["feedback_id"].isin(rows["feedback_id"])
            columns[touchpoint, sentiment] = there.to_numpy(dtype=float)
    return pd.DataFrame(columns)


@pytest.mark.parametrize("controls", [[], ["channel"], ["channel", "age"]], ids=len)
@pytest.mark.parametrize("options", [{}, {"weights": "weight"}, {"cluster": "customer"}], ids=str)
@pytest.mark.parametrize("n", [60, 500])
def test_the_parts_sum_to_the_change(n, options, controls):
    feedback, mentions = both_periods(n, seed=n)
    found = quiet(compare, (feedback, mentions), by="period", controls=controls, **options)
    parts, change = found.parts, found.change["change"].iloc[0]
    weights = feedback["weight"] if "weights" in options else np.ones(len(feedback))
    means = [np.average(feedback["overall"][rows], weights=weights[rows])
             for rows in (feedback["period"] == name for name in ("before", "after"))]  # fmt: skip
    assert found.change.loc[0, ["before", "after"]].tolist() == pytest.approx(means, abs=1e-9)
    assert parts.loc[parts["kind"] == "sum", "contribution"].sum() == pytest.approx(
        change, abs=1e-9
    )
    assert parts[parts["kind"].isin(KINDS)]["contribution"].sum() == pytest.approx(change, abs=1e-9)
    for kind in KINDS:
        whole = parts.loc[parts["kind"] == kind, "contribution"].sum()
        assert part_of(found, kind, "sum")["contribution"] == pytest.approx(whole, abs=1e-9)
    for name in parts.loc[parts["kind"] == "touchpoint", "part"]:
        rows = parts[(parts["part"] == name) & parts["kind"].isin(KINDS[:3])]
        own = part_of(found, name, "touchpoint")["contribution"]
        assert own == pytest.approx(rows["contribution"].sum(), abs=1e-9)
    mix = part_of(found, "mix", "sum")["contribution"]
    assert found.change["change"].iloc[1] == pytest.approx(change - mix, abs=1e-9)


@pytest.mark.parametrize("seed", range(30))
def test_the_parts_sum_to_the_change_whatever_the_tables_hold(seed):
    random = np.random.default_rng(seed)
    n, touchpoints = int(random.integers(30, 200)), np.array(list("tuvwxyz"))
    share = random.choice([0.02, 0.1, 0.5, 0.98], len(touchpoints))
    text, touchpoint = np.nonzero(random.random((n, len(touchpoints))) < share)
    feedback = pd.DataFrame(
        {
            "feedback_id": np.arange(n),
            "overall": np.where(random.random(n) < 0.1, np.nan, random.integers(1, 6, n)),
            "period": random.integers(0, 2, n),
            "city": random.choice(["a", "b", "c", None], n, p=[0.6, 0.2, 0.1, 0.1]),
            "weight": random.choice([0.0, 1.0, 2.5], n),
            "customer": random.integers(0, n // 3, n),
        }
    )
    words = random.choice(["negative", "positive", "neutral", "mixed"], len(text))
    mentions = pd.DataFrame(
        {"feedback_id": text, "touchpoint": touchpoints[touchpoint], "sentiment": words}
    )
    options = [{}, {"controls": ["city"]}, {"weights": "weight"}, {"cluster": "customer"}]
    found = quiet(compare, (feedback, mentions), by="period", **options[seed % 4])
    parts, change = found.parts, found.change["change"].iloc[0]
    for kinds in (["sum"], KINDS):
        whole = parts.loc[parts["kind"].isin(kinds), "contribution"].sum()
        assert whole == pytest.approx(change, abs=1e-9)
    assert not (parts["contribution_low"] > parts["contribution"] + 1e-12).any()


def test_the_sums_are_those_of_oaxaca_and_blinder():
    tables = add_a_neutral_mention_to_every_text(*both_periods(600))
    found = quiet(compare, tables, by="period")
    after = (tables[0]["period"] == "after").to_numpy(dtype=float)
    columns = np.column_stack([flags_of(*tables).to_numpy(), np.ones(len(after)), after])
    oracle = OaxacaBlinder(
        tables[0]["overall"].to_numpy(), columns, columns.shape[1] - 1, hasconst=True, swap=False
    )
    sign = np.sign(found.change["change"].iloc[0]) * np.sign(oracle.gap)
    unexplained, explained, gap = oracle.two_fold(
        two_fold_type="self_submitted", submitted_weight=0.5
    ).params  # fmt: skip
    sums = found.parts[found.parts["kind"] == "sum"].set_index("part")["contribution"]
    assert found.change["change"].iloc[0] == pytest.approx(sign * gap, abs=1e-9)
    assert sums["reach"] + sums["sentiment"] == pytest.approx(sign * explained, abs=1e-9)
    assert sums["effect"] + sums["rest"] == pytest.approx(sign * unexplained, abs=1e-9)
    endowments, coefficients, interaction, _ = oracle.three_fold().params
    assert sums["reach"] + sums["sentiment"] == pytest.approx(
        sign * (endowments + interaction / 2), abs=1e-9
    )
    assert sums["effect"] + sums["rest"] == pytest.approx(
        sign * (coefficients + interaction / 2), abs=1e-9
    )


def test_the_mix_is_that_of_kitagawa():
    feedback, mentions = both_periods(600)
    found = quiet(compare, (feedback, mentions), by="period", controls=["channel"])
    cells = feedback.groupby(["period", "channel"])["overall"].agg(["size", "mean"])
    share = cells["size"] / cells["size"].groupby("period").transform("sum")
    change = (share["after"] - share["before"]) * (cells["mean"]["after"] + cells["mean"]["before"])
    assert part_of(found, "channel", "mix")["contribution"] == pytest.approx(change.sum() / 2)
    same = (share["after"] + share["before"]) / 2
    level = [(same * cells["mean"][period]).sum() for period in ("before", "after")]
    assert found.change.loc[1, ["before", "after"]].tolist() == pytest.approx(level)


def test_shares_at_the_same_mix_are_directly_standardised():
    feedback, mentions = both_periods(600)
    found = quiet(compare, (feedback, mentions), by="period", controls=["channel"])
    late = feedback["feedback_id"].isin(
        mentions[(mentions["touchpoint"] == "delivery") & (mentions["sentiment"] != "positive")]
        ["feedback_id"])  # fmt: skip
    cells = feedback.assign(late=late).groupby(["period", "channel"])["late"].agg(["size", "mean"])
    share = cells["size"] / cells["size"].groupby("period").transform("sum")
    same = (share["after"] + share["before"]) / 2
    expected = (same * (cells["mean"]["after"] - cells["mean"]["before"])).sum()
    row = found.table.set_index("touchpoint").loc["delivery"]
    assert row["negative_share_same_mix"] == pytest.approx(expected, abs=1e-12)
    assert row["negative_share_same_mix"] != pytest.approx(row["negative_share_change"], abs=1e-3)


def test_the_table_holds_what_measure_impact_finds_in_each_period():
    feedback, mentions = both_periods(600)
    table = quiet(compare, (feedback, mentions), by="period").table.set_index("touchpoint")
    for period in ("before", "after"):
        part = feedback[feedback["period"] == period]
        own = mentions[mentions["feedback_id"].isin(part["feedback_id"])]
        impact = measure_impact(part, own).set_index("touchpoint")
        for name in ("mentions", "reach", "negative_share", "penalty", "prize"):
            pd.testing.assert_series_equal(
                table[f"{name}_{period}"].sort_index(), impact[name].sort_index(),
                check_names=False, rtol=1e-9)  # fmt: skip


def test_every_interval_is_as_wide_as_the_bootstrap_says():
    feedback, mentions = both_periods(400, seed=3)
    options = {"by": "period", "controls": ["channel"]}
    found = quiet(compare, (feedback, mentions), **options)
    random = np.random.default_rng(0)
    drawn, drawn_tables = [], []
    for _ in range(70):
        rows = random.integers(0, len(feedback), len(feedback))
        names = pd.DataFrame(
            {"old": feedback["feedback_id"].to_numpy()[rows], "new": np.arange(len(rows))}
        )
        again = names.merge(mentions, left_on="old", right_on="feedback_id")
        sample = feedback.iloc[rows].assign(feedback_id=names["new"].to_numpy())
        one = quiet(compare, (sample, again.assign(feedback_id=again["new"])), **options)
        drawn.append(one.parts.set_index(["part", "kind"])["contribution"])
        drawn_tables.append(one.table.set_index("touchpoint").sort_index())
    parts = found.parts.set_index(["part", "kind"])
    error = pd.concat(drawn, axis=1).std(axis=1)
    width = (parts["contribution_high"] - parts["contribution_low"]) / 3.92
    sized = error > 0.005  # smaller ones are products of two numbers near zero
    assert sized.sum() >= 20
    assert (width[sized] / error[sized]).between(0.75, 1.35).all()
    table = found.table.set_index("touchpoint").sort_index()
    for name in ("reach", "negative_share", "penalty", "prize"):
        error = np.std([one[f"{name}_change"] for one in drawn_tables], axis=0)
        width = (table[f"{name}_change_high"] - table[f"{name}_change_low"]) / 3.92
        assert (width / error).between(0.75, 1.35).all()


def test_a_weight_of_five_is_as_sure_as_five_copies_that_belong_together():
    weighted, repeated = weigh_and_repeat(*both_periods(300))
    options = {"by": "period", "controls": ["channel"], "cluster": "text"}
    one, other = (
        quiet(compare, weighted, weights="weight", **options),
        quiet(compare, repeated, **options),
    )
    for name, key in (("table", "touchpoint"), ("change", "what"), ("parts", ["part", "kind"])):
        first, second = (getattr(found, name).set_index(key).sort_index() for found in (one, other))
        for column in [column for column in first if column.endswith("_low")]:
            stem = column.removesuffix("_low")
            widths = [found[f"{stem}_high"] - found[column] for found in (first, second)]
            pd.testing.assert_series_equal(*widths, rtol=0.06)
            pd.testing.assert_series_equal(first[stem], second[stem])


def test_with_before_and_after_swapped_only_the_signs_turn():
    tables = both_periods(300)
    options = {"by": "period", "controls": ["channel"]}
    one = quiet(compare, tables, **options).parts.set_index(["part", "kind"])
    swapped = quiet(compare, tables, **options, first="after").parts.set_index(["part", "kind"])
    assert one["contribution"].to_numpy() == pytest.approx(-swapped["contribution"].to_numpy())
    assert one["contribution_low"].to_numpy() == pytest.approx(
        -swapped["contribution_high"].to_numpy()
    )


def test_no_part_hangs_on_the_level_that_serves_as_reference():
    feedback, mentions = both_periods(300)
    coded = feedback.assign(channel=(feedback["channel"] == "app").astype(float))
    turned = feedback.assign(channel=(feedback["channel"] == "shop").astype(float) * 7 + 3)
    found = [quiet(compare, (one, mentions), by="period", controls=["channel"]).parts
             for one in (feedback, coded, turned)]  # fmt: skip
    for other in found[1:]:
        pd.testing.assert_frame_equal(found[0], other, rtol=1e-7, atol=1e-9)


def test_two_sources_a_column_and_a_date_give_the_same(tmp_path):
    feedback, mentions = both_periods(200)
    random = np.random.default_rng(1)
    shuffled = feedback.iloc[random.permutation(len(feedback))]
    again = mentions.iloc[random.permutation(len(mentions))]
    late = feedback["period"] == "after"
    sides = [(feedback[rows], mentions[mentions["feedback_id"].isin(feedback["feedback_id"][rows])])
             for rows in (~late, late)]  # fmt: skip
    found = [
        quiet(compare, (feedback, mentions), by="period", controls=["channel"]),
        quiet(compare, (shuffled, again), at="2025-05-01", controls=["channel"]),
        quiet(compare, *sides, controls=["channel"]),
    ]
    for other in found[1:]:
        for name in ("table", "parts", "change"):
            pd.testing.assert_frame_equal(
                getattr(found[0], name), getattr(other, name), rtol=1e-9, atol=1e-12
            )
    assert [one.before.name for one in found] == ["before", "before 2025-05-01", "before"]
    assert all(len(one.after.feedback) == late.sum() for one in found)


def test_the_tables_given_are_left_as_they_were():
    feedback, mentions = both_periods(100)
    copies = feedback.copy(), mentions.copy()
    quiet(compare, (feedback, mentions), by="period", controls=["channel"], cluster="customer")
    pd.testing.assert_frame_equal(feedback, copies[0])
    pd.testing.assert_frame_equal(mentions, copies[1])


def test_answers_of_one_respondent_are_one_observation():
    feedback, mentions = both_periods(200)
    one = quiet(compare, (feedback, mentions), by="period")
    many = quiet(compare, ask_three_questions(feedback, mentions), by="period")
    pd.testing.assert_frame_equal(one.parts, many.parts, rtol=1e-9, atol=1e-12)
    pd.testing.assert_frame_equal(one.table, many.table, rtol=1e-9, atol=1e-12)


def test_texts_copied_out_twice_tell_no_more_when_they_are_clustered():
    feedback, mentions = both_periods(300)
    copied = feedback.assign(copied=range(len(feedback)))
    copies = [[table.assign(feedback_id=f"{i}" + table["feedback_id"])
               for table in (copied, mentions)] for i in (1, 2)]  # fmt: skip
    twice = tuple(pd.concat(pair, ignore_index=True) for pair in zip(*copies, strict=True))
    once, naive = (quiet(compare, tables, by="period") for tables in ((feedback, mentions), twice))
    clustered = quiet(compare, twice, by="period", cluster="copied")
    for table, name in (("parts", "contribution"), ("table", "negative_share_change"),
                        ("table", "prize_change"), ("change", "change")):  # fmt: skip
        single, doubled, honest = (
            (getattr(one, table)[f"{name}_high"] - getattr(one, table)[f"{name}_low"]).to_numpy()
            for one in (once, naive, clustered)
        )
        shown = single > 1e-9
        assert honest[shown] / single[shown] == pytest.approx(1.0, abs=0.08)
        assert doubled[shown] / single[shown] == pytest.approx(0.5**0.5, abs=0.05)


def a_new_problem():
    """Nobody complains about the app before, every fifth does after."""
    random = np.random.default_rng(5)
    n, late = 600, np.arange(600) >= 300
    app, staff = late & (random.random(n) < 0.2), random.random(n) < 0.3
    overall = 4.0 - 1.5 * app - 0.5 * staff + random.normal(size=n)
    feedback, mentions = to_tables({"app": app, "staff": staff}, {}, overall)
    return feedback.assign(period=late.astype(int)), mentions


def test_a_new_problem_is_a_change_of_reach_not_of_its_effect():
    with pytest.warns(TpfeedbackWarning, match="complaints about app.*taken as the same"):
        found = compare(a_new_problem(), by="period")
    told = load_wording("ru").note(found.notes[-1], {"app": "Приложение"})
    assert told.startswith("В одной из групп этого слишком мало")
    assert "жалобы («Приложение»)" in told
    reach, effect = part_of(found, "app", "reach"), part_of(found, "app", "effect")
    assert reach["contribution_high"] < -0.15
    assert effect["contribution"] == 0
    assert np.isnan(
        effect[["contribution_low", "contribution_high", "smallest_change"]].tolist()
    ).all()
    row = found.table.set_index("touchpoint").loc["app"]
    assert np.isnan(row["penalty_before"])
    assert np.isnan(row["penalty_change"])
    assert row["penalty_after"] < -1
    assert row["prize_before"] == 0
    assert row["prize_change_low"] > 0.15
    assert row["negative_share_change_low"] > 0.1
    assert row["q_value"] < 1e-6


def test_mentions_that_always_come_together_are_right_in_sum_and_say_so():
    feedback, mentions = both_periods(200)
    twins = mentions[mentions["touchpoint"] == "delivery"].assign(touchpoint="courier")
    with pytest.warns(TpfeedbackWarning, match="right in sum only"):
        found = compare((feedback, pd.concat([mentions, twins])), by="period")
    assert np.isnan(part_of(found, "courier", "touchpoint")["contribution_low"])
    sums = found.parts.loc[found.parts["kind"] == "sum", "contribution"].sum()
    assert sums == pytest.approx(found.change["change"].iloc[0], abs=1e-9)
    both = [part_of(found, name, "touchpoint") for name in ("courier", "delivery")]
    assert both[0]["contribution"] == pytest.approx(both[1]["contribution"])


def test_an_outcome_that_does_not_move_gives_zeros():
    feedback, mentions = both_periods(100)
    found = quiet(compare, (feedback.assign(overall=3.0), mentions), by="period")
    assert found.parts["contribution"].abs().max() < 1e-12
    assert found.change["change"].abs().max() < 1e-12


def test_texts_without_a_date_are_left_out_and_told():
    feedback, mentions = both_periods(200)
    feedback.loc[[3, 5, 250], "date"] = pd.NaT
    with pytest.warns(TpfeedbackWarning, match="3 of 440 texts have no value in 'date'"):
        found = compare((feedback, mentions), at="2025-05-01")
    assert found.change.loc[0, ["rated_before", "rated_after"]].tolist() == [198, 239]


@pytest.mark.parametrize("kind", ["Int64", "boolean", "string", "object"])
def test_texts_of_neither_group_are_left_out_and_told_whatever_the_kind_of_column(kind):
    feedback, mentions = both_periods(200)
    late = feedback["period"] == "after"
    gaps = feedback.index.isin([3, 5, 250])
    whole = {"Int64": late.astype("Int64"), "boolean": late.astype("boolean")}
    half = whole.get(kind, feedback["period"].astype("string")).mask(gaps, pd.NA)
    half = half.astype(object) if kind == "object" else half
    with pytest.warns(TpfeedbackWarning, match="3 of 440 texts have no value in 'half'"):
        found = compare((feedback.assign(half=half), mentions), by="half")
    plain = feedback[~gaps]
    kept = mentions[mentions["feedback_id"].isin(plain["feedback_id"])]
    told = quiet(compare, (plain, kept), by="period")
    pd.testing.assert_frame_equal(found.table, told.table)


def test_a_day_with_a_time_zone_cuts_dates_without_one_where_it_is_that_day():
    tables = both_periods(200)
    zoned = pd.Timestamp("2025-05-01", tz="Europe/Warsaw")
    for at in (zoned, "2025-05-01T00:00+02:00"):
        found = quiet(compare, tables, at=at)
        plain = quiet(compare, tables, at="2025-05-01")
        pd.testing.assert_frame_equal(found.table, plain.table)
        assert found.after.name == plain.after.name


@pytest.mark.parametrize(
    ("values", "early"),
    [
        (["q2", "q1"], None),
        ([2025, 2024], 2024),
        (["After", "Before"], "Before"),
        (pd.Categorical(["q2", "q1"], categories=["q1", "q2"], ordered=True), "q1"),
        ([True, False], False),
    ],
    ids=["words", "numbers", "before and after", "ordered", "flags"],
)
def test_which_value_comes_first_is_known_or_asked(values, early):
    feedback, mentions = both_periods(100)
    feedback = feedback.drop(columns="date")
    half = pd.Series(values).iloc[np.arange(len(feedback)) % 2].reset_index(drop=True)
    tables = feedback.assign(half=half), mentions
    if early is None:
        with pytest.raises(ImpactError, match="Name it with first="):
            quiet(compare, tables, by="half")
        assert quiet(compare, tables, by="half", first="q2").before.name == "q2"
    else:
        assert quiet(compare, tables, by="half").before.name == str(early)


def test_dates_say_which_value_comes_first():
    feedback, mentions = both_periods(100)
    named = feedback.assign(
        app=feedback["period"].map({"before": "new app", "after": "classic app"})
    )
    assert quiet(compare, (named, mentions), by="app").before.name == "new app"


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({}, ImpactError, "nothing that cuts it in two"),
        ({"by": "date"}, ImpactError, "Give at="),
        ({"by": "perid"}, ColumnError, "Did you mean 'period'"),
        ({"by": "age"}, ImpactError, "Allowed: two, one for each group"),
        ({"by": "channel", "at": "2025-05-01"}, ColumnError, "needs a column of dates"),
        ({"at": "the day after"}, ColumnError, "is no date"),
        ({"at": "01.08.2025"}, ColumnError, "is no date. That may be two days"),
        ({"at": "2031-01-01"}, ImpactError, "No text is from 2031-01-01"),
        ({"by": "period", "first": "later"}, ImpactError, "Unknown first value of 'period'"),
        ({"by": "period", "controls": ["period"]}, ImpactError, "tell the two groups apart"),
        ({"by": "period", "controls": "channel"}, ColumnError, "controls must be a list"),
        ({"by": "period", "controls": ["chanel"]}, ColumnError, "Did you mean 'channel'"),
        ({"by": "period", "outcome": "channel"}, ImpactError, "Allowed: numbers"),
    ],
)
def test_what_cannot_be_compared_is_refused_with_advice(options, error, message):
    with pytest.raises(error, match=message):
        compare(both_periods(60), **options)


def test_two_sources_cannot_be_cut_as_well():
    tables = both_periods(60)
    with pytest.raises(ImpactError, match=r"Leave out at, or the second source"):
        compare(tables, tables, at="2025-05-01")


def an_analysis(*, scale="1-5", taxonomy="general", tagger="a1", seed=0):
    feedback, mentions = simulate(200, seed=seed)
    return SimpleNamespace(
        feedback=feedback.assign(overall_scale=scale),
        mentions=mentions,
        outcome=SimpleNamespace(column="overall", kind="rating"),
        taxonomy=SimpleNamespace(key=taxonomy, digest=taxonomy),
        settings={"tagger": tagger},
    )


@pytest.mark.parametrize(
    ("other", "message"),
    [
        ({"scale": "1-10"}, "'before' is rated 1-5 and 'after' is rated 1-10"),
        ({"taxonomy": "bank"}, "taxonomy 'general' and 'after' with 'bank'"),
    ],
)
def test_two_scales_or_taxonomies_are_not_compared(other, message):
    with pytest.raises(ImpactError, match=message):
        compare(an_analysis(), an_analysis(seed=1, **other))


def test_two_taggers_are_told():
    with pytest.warns(TpfeedbackWarning, match="tagger 'a1' and 'after' by 'b2'"):
        compare(an_analysis(), an_analysis(seed=1, tagger="b2"))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = compare(an_analysis(), an_analysis(seed=1))
    assert found.notes == ()


@pytest.mark.parametrize("kept", [["positive"], ["neutral"], []], ids=str)
def test_feedback_without_complaints_is_compared_as_far_as_it_goes(kept):
    feedback, mentions = both_periods(100)
    found = quiet(compare, (feedback, mentions[mentions["sentiment"].isin(kept)]), by="period")
    sums = found.parts.loc[found.parts["kind"] == "sum", "contribution"].sum()
    assert sums == pytest.approx(found.change["change"].iloc[0], abs=1e-9)
    assert found.table["penalty_change"].isna().all()
    assert len(found.table) == (4 if kept == ["positive"] else 0)


def test_a_group_without_a_rating_is_refused():
    feedback, mentions = both_periods(60)
    feedback.loc[feedback["period"] == "after", "overall"] = np.nan
    with pytest.raises(ImpactError, match="60 and 0 are rated"):
        compare((feedback, mentions), by="period")


def test_too_few_texts_for_the_regression_are_refused():
    feedback, mentions = both_periods(60)
    few = feedback.groupby("period").head(10)
    held = {f"x{i}": np.random.default_rng(i).normal(size=len(few)) for i in range(12)}
    own = mentions[mentions["feedback_id"].isin(few["feedback_id"])]
    with pytest.raises(ImpactError, match="more texts than terms"):
        quiet(compare, (few.assign(**held), own), by="period", controls=list(held))


@pytest.mark.parametrize("given", [7, (1, 2), (pd.DataFrame(),)], ids=str)
def test_only_an_analysis_or_two_tables_can_be_tracked(given):
    with pytest.raises(ColumnError, match=r"Pass what tpfeedback\.analyze returned"):
        tables_of(given)


def test_an_analysis_is_tracked_by_what_it_explains():
    feedback, mentions = both_periods(60)
    feedback = feedback.assign(question="Why?", sentiment_score=0.0)
    for column, kind, kept in (
        ("sentiment_score", "sentiment", False),
        ("overall", "rating", True),
    ):
        outcome = SimpleNamespace(column=column, kind=kind)
        analysis = SimpleNamespace(feedback=feedback, mentions=mentions, outcome=outcome)
        found = tables_of(analysis)
        assert found[2] == column
        assert ("question" in found[0].columns) == kept


@pytest.mark.parametrize("texts", [1, 4, 20])
def test_an_estimate_has_about_twice_as_many_degrees_of_freedom_as_texts_it_rests_on(texts):
    scores = np.zeros((300, 1))
    scores[:texts] = 0.1
    found = spread(
        Estimate(np.array([1.0]), scores), SimpleNamespace(count=np.ones(300), clusters=None)
    )
    half = student.ppf(0.975, 2 * texts) * 0.1 * np.sqrt(texts)
    assert (found.low[0], found.high[0]) == pytest.approx((1 - half, 1 + half))


@pytest.mark.parametrize(("lacking", "known"), [(4, False), (5, True)])
def test_a_term_that_nearly_all_texts_have_has_no_effect_of_its_own(lacking, known):
    random = np.random.default_rng(0)
    late = np.arange(400) >= 200
    bad = np.where(late, np.arange(400) < 400 - lacking, np.arange(400) % 2 == 0)
    feedback, mentions = to_tables({"app": bad}, {}, random.normal(4, 1, 400) - bad)
    row = quiet(compare, (feedback.assign(year=2024 + late), mentions), by="year").table.iloc[0]
    assert np.isfinite(row["penalty_change"]) == known


@pytest.mark.parametrize(("texts", "known"), [(4, False), (5, True)])
def test_a_term_needs_five_texts_in_each_group_for_an_effect_of_its_own(texts, known):
    random = np.random.default_rng(0)
    late = np.arange(400) >= 200
    bad = np.where(late, np.arange(400) < 200 + texts, np.arange(400) % 4 == 0)
    feedback, mentions = to_tables({"app": bad}, {}, random.normal(4, 1, 400) - bad)
    row = quiet(compare, (feedback.assign(year=2024 + late), mentions), by="year").table.iloc[0]
    assert np.isfinite(row["penalty_change"]) == known


@pytest.mark.parametrize("later", [{"app": 6, "shop": 6}, {"app": 11, "shop": 3}], ids=str)
def test_the_interval_of_a_share_at_the_same_mix_is_that_of_its_cells_and_of_the_mix(later):
    sizes, spoken = {"app": 12, "shop": 36}, ({"app": 3, "shop": 3}, later)  # of 12 texts
    rows = [(late, channel, i % 12 < spoken[late][channel])
            for late in (0, 1) for channel, size in sizes.items() for i in range(size)]  # fmt: skip
    table = pd.DataFrame(rows, columns=["late", "channel", "bad"])
    outcome = np.random.default_rng(0).normal(4, 1, len(table))
    feedback, mentions = to_tables({"app": table["bad"].to_numpy()}, {}, outcome)
    feedback = feedback.assign(late=table["late"], channel=table["channel"])
    row = quiet(compare, (feedback, mentions), by="late", controls=["channel"]).table.iloc[0]
    share = {name: size / 48 for name, size in sizes.items()}
    gap = {name: (later[name] - 3) / 12 for name in sizes}
    assert row["negative_share_same_mix"] == pytest.approx(sum(share[n] * gap[n] for n in sizes))
    variance = sum(share[name] ** 2 * p * (1 - p) * n / (n - 1) ** 2  # HC3 of the mean of a cell
                   for name, n in sizes.items() for p in (0.25, later[name] / 12))  # fmt: skip
    variance += (gap["app"] - gap["shop"]) ** 2 * share["app"] * share["shop"] / 48 / 2
    half = (row["negative_share_same_mix_high"] - row["negative_share_same_mix_low"]) / 2
    assert half == pytest.approx(student.ppf(0.975, 120) * np.sqrt(variance), rel=0.015)


def small_second_group(n, *, seed, truth=0.0):
    """Return 300 ratings before and n after, one complaint in three."""
    random = np.random.default_rng(seed)
    ids = [f"{i:03}" for i in range(300 + n)]
    feedback = pd.DataFrame({"feedback_id": ids, "period": ["before"] * 300 + ["after"] * n,
                             "overall": random.normal(3, 1, 300 + n)})  # fmt: skip
    feedback.loc[feedback["period"] == "after", "overall"] += truth
    late = [id_ for i, id_ in enumerate(ids) if i % 3 == 0]
    return feedback, pd.DataFrame({"feedback_id": late, "touchpoint": "delivery",
                                   "sentiment": "negative"})  # fmt: skip


def test_a_change_to_a_group_of_three_is_covered_in_95_of_100_cases():
    rows = [quiet(compare, small_second_group(3, seed=seed), by="period").change.iloc[0]
            for seed in range(100)]  # fmt: skip
    covered = np.mean([row["change_low"] <= 0 <= row["change_high"] for row in rows])
    assert 0.91 <= covered <= 0.99


@pytest.mark.parametrize(("n", "wider"), [(4, 1.3), (100, 1.01)])
def test_the_change_of_the_mean_is_at_least_as_unsure_as_welch_says(n, wider):
    feedback, mentions = small_second_group(n, seed=1)
    row = quiet(compare, (feedback, mentions), by="period").change.iloc[0]
    before, after = (feedback.loc[feedback["period"] == name, "overall"]
                     for name in ("before", "after"))  # fmt: skip
    wanted = ttest_ind(after, before, equal_var=False).confidence_interval(0.95)
    width = (row["change_high"] - row["change_low"]) / (wanted.high - wanted.low)
    assert 1 - 1e-9 <= width <= wider


def test_a_group_of_one_has_no_interval_and_it_is_said():
    found = quiet(compare, small_second_group(1, seed=1), by="period")
    assert any("a single rated respondent" in note for note in found.notes)
    row = found.change.iloc[0]
    assert np.isfinite(row["change"])
    assert row[["change_low", "change_high", "smallest_change", "p_value"]].isna().all()
    assert found.parts[["contribution_low", "contribution_high"]].isna().all(axis=None)


def test_a_group_of_one_cluster_has_no_interval_and_it_is_said():
    feedback, mentions = small_second_group(60, seed=1)
    store = np.where(feedback["period"] == "after", 99, np.arange(360) % 40)
    tables = feedback.assign(store=store), mentions
    found = quiet(compare, tables, by="period", cluster="store")
    assert any("are of a single cluster" in note for note in found.notes)
    assert found.change[["change_low", "change_high"]].isna().all(axis=None)
    ends = ["negative_share_change_low", "negative_share_change_high"]
    assert found.table[ends].isna().all(axis=None)


def test_nobody_who_complains_in_a_small_group_is_no_proof_that_nobody_would():
    covered, known = [], 0
    for seed in range(100):
        random = np.random.default_rng(seed)
        late = random.random(1530) < 0.05
        ids = np.array([f"{i:04}" for i in range(1530)])
        rating = 4 - 2.0 * late + random.normal(0, 0.7, 1530)
        period = np.where(np.arange(1530) < 1500, "before", "after")
        feedback = pd.DataFrame({"feedback_id": ids, "overall": rating, "period": period})
        dear = random.random(1530) < 0.5
        told = [pd.DataFrame({"feedback_id": ids[who], "touchpoint": name})
                for who, name in ((late, "delivery"), (dear, "price"))]  # fmt: skip
        mentions = pd.concat(told).assign(sentiment="negative")
        found = quiet(compare, (feedback, mentions), by="period")
        row = found.table.set_index("touchpoint").loc["delivery"]
        reach = part_of(found, "delivery", "reach")
        covered.append([row["prize_change_low"] <= 0 <= row["prize_change_high"],
                        reach["contribution_low"] <= 0 <= reach["contribution_high"]])  # fmt: skip
        known += row["negative_share_after"] == 0
    assert known > 8
    assert (np.mean(covered, axis=0) >= 0.92).all()


def test_shares_are_compared_as_in_the_textbooks():
    random = np.random.default_rng(0)
    second = np.arange(500) >= 200
    flags = random.random((500, 4)) < [0.0, 0.02, 0.3, 0.9]
    found = compare_shares(flags, second)
    for i in range(4):
        a, b = int(flags[second, i].sum()), int(flags[~second, i].sum())
        low, high = proportion.confint_proportions_2indep(
            a, 300, b, 200, method="newcomb", compare="diff"
        )
        assert (found.low[i], found.high[i]) == pytest.approx((low, high))
        assert found.low[i] < found.gap[i] < found.high[i]
        if a + b:
            p = proportion.test_proportions_2indep(
                a, 300, b, 200, method="score", compare="diff"
            ).pvalue
            assert found.p_value[i] == pytest.approx(p, abs=1e-9)
    assert found.p_value[0] == 1


def test_shares_among_mentions_are_those_of_the_mentions_alone():
    random = np.random.default_rng(3)
    second, weights = np.arange(400) >= 150, random.uniform(0.5, 2, 400)
    clusters = random.integers(0, 80, 400)
    among = random.random((400, 3)) < [0.3, 0.6, 0.01]
    among[:, 2] &= second
    flags = among & (random.random((400, 3)) < 0.4)
    found = compare_shares(flags, second, among=among, weights=weights, clusters=clusters)
    for i in range(2):
        rows = among[:, i]
        alone = compare_shares(
            flags[rows][:, [i]], second[rows], weights=weights[rows],
            clusters=np.unique(clusters[rows], return_inverse=True)[1],
        )  # fmt: skip
        assert found.gap[i] == pytest.approx(alone.gap[0])
        assert found.low[i] == pytest.approx(alone.low[0], abs=0.004)  # clusters without mention
    assert np.isnan([found.gap[2], found.low[2], found.p_value[2]]).all()


def test_a_change_of_feeling_is_found_where_its_share_of_all_texts_is_small():
    random = np.random.default_rng(4)
    late = np.arange(800) >= 400
    spoken = random.random(800) < 0.12
    bad = spoken & (random.random(800) < np.where(late, 0.25, 0.75))
    feedback, mentions = to_tables({"app": bad}, {"app": spoken & ~bad}, random.normal(size=800))
    row = quiet(compare, (feedback.assign(year=2024 + late), mentions), by="year").table.iloc[0]
    assert row["negative_among_mentions_before"] == bad[~late].sum() / spoken[~late].sum()
    assert row["negative_among_mentions_change_high"] < -0.2
    assert row["q_value"] < 0.001


@pytest.mark.parametrize("share", [0.01, 0.1, 0.5])
def test_equal_shares_are_told_apart_in_at_most_five_percent(share):
    random = np.random.default_rng(1)
    found = compare_shares(random.random((700, 3000)) < share, np.arange(700) < 250)
    missed = (found.low > 0) | (found.high < 0)
    assert missed.mean() < 0.06
    assert (found.p_value < 0.05).mean() < 0.06


def test_the_smallest_change_shows_in_four_of_five_samples():
    random = np.random.default_rng(2)
    second = np.arange(1000) >= 500
    planted = compare_shares(random.random((1000, 1)) < 0.2, second).smallest[0]
    shares = np.where(second, 0.2 + planted, 0.2)[:, None]
    found = compare_shares(random.random((1000, 2000)) < shares, second)
    assert (found.low > 0).mean() == pytest.approx(0.8, abs=0.06)


@pytest.fixture(scope="module")
def simulation(load_benchmark):
    return load_benchmark("tracking_compare")


def test_the_truth_of_the_simulation_is_what_a_large_sample_shows(simulation):
    random = np.random.default_rng(0)
    tables = [simulation.simulate(world, 30_000, random)
              for world in (simulation.BEFORE, simulation.FIXED)]  # fmt: skip
    found = quiet(compare, *tables, controls=["channel", "month"])
    truth = simulation.truth_of(simulation.BEFORE, simulation.FIXED)
    for kind in ("reach", "sentiment", "effect", "touchpoint"):
        rows = (
            found.parts[found.parts["kind"] == kind].set_index("part").loc[list(simulation.NAMES)]
        )
        half = (rows["contribution_high"] - rows["contribution_low"]) / 2
        assert (np.abs(rows["contribution"] - truth[kind]) <= 2 * half + 1e-3).all()
    assert truth["touchpoint"][simulation.DELIVERY] > 0.1
    assert abs(truth["mean"][0] - truth["touchpoint"][simulation.DELIVERY]) > 0.02


def test_a_fix_is_recovered_with_season_and_mix_shift_and_nothing_is_found_in_nothing(
    simulation, capsys
):
    simulation.main(["--runs", "30", "--sizes", "400", "--processes", "1"])
    head, _, *rows = capsys.readouterr().out.splitlines()
    names = [name.strip() for name in head.strip("|").split("|")]
    table = pd.DataFrame([[c.strip() for c in row.strip("|").split("|")] for row in rows],
                         columns=names)  # fmt: skip
    asked = table[table["asked"] != ""]
    assert len(asked) == 21
    assert "fails" not in set(asked["verdict"])
    assert set(asked["verdict"]) <= {"holds", "undecided"}


def test_what_the_mix_alone_has_moved_is_not_called_a_change_when_it_is_held(simulation):
    random = np.random.default_rng(11)
    sides = [simulation.simulate(world, 4000, random)
             for world in (simulation.BEFORE, simulation.SHIFTED)]  # fmt: skip
    plain, held = (
        quiet(compare, *sides, controls=controls).table for controls in ([], ["channel", "month"])
    )
    app = plain.set_index("touchpoint").loc["mobile_app"]
    assert app["reach_change_low"] > 0.02
    assert app["q_value"] < 0.001
    assert held["q_value"].min() > 0.05


def test_mentions_of_other_texts_are_refused_and_not_lost():
    feedback, mentions = both_periods(100)
    others = mentions.assign(feedback_id="x" + mentions["feedback_id"])
    with pytest.raises(ImpactError, match="feedback_id"):
        compare((feedback, others), by="period")
    with pytest.raises(ColumnError, match="touchpoint"):
        compare((feedback, mentions.drop(columns="touchpoint")), by="period")
