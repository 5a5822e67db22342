"""Shares of touchpoints: counted, corrected by labels, compared between strata."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from tests.impact_cases import ask_three_questions, quiet, simulate
from tpfeedback.errors import ColumnError, ImpactError, TpfeedbackWarning
from tpfeedback.impact.drawn import take_sample
from tpfeedback.impact.power_tuning import shares_tuned
from tpfeedback.shares import fit_shares, measure_shares, share_differences
from tpfeedback.shares.double_sampling import correct_shares

ENDS = ["share", "share_low", "share_high"]


def texts(n=1200, *, seed=0):
    """Return feedback in two languages, mentions with errors, and what is true of every text."""
    random = np.random.default_rng(seed)
    pl = random.random(n) < 0.4
    feedback = pd.DataFrame(
        {"feedback_id": np.arange(n).astype(str), "language": np.where(pl, "pl", "ru")}
    )
    true = random.random((n, 2)) < [0.2, 0.05]
    found = np.where(true, random.random((n, 2)) < np.where(pl, 0.5, 0.9)[:, None],
                     random.random((n, 2)) < 0.03)  # fmt: skip
    return feedback, table_of(feedback, found), table_of(feedback, true)


def table_of(feedback, flags):
    row, column = np.nonzero(flags)
    names = np.array(["delivery", "price"])[column]
    ids = feedback["feedback_id"].to_numpy()[row]
    return pd.DataFrame({"feedback_id": ids, "touchpoint": names, "sentiment": "negative"})


def read(feedback, true, ids):
    """Return the labels of these texts: what is true of them, or that they name nothing."""
    ids = pd.DataFrame({"feedback_id": list(ids)})
    return ids.merge(true, on="feedback_id", how="left")


@pytest.fixture(scope="module")
def tables():
    return texts()


@pytest.fixture(scope="module")
def labels(tables):
    feedback, _, true = tables
    return read(feedback, true, feedback["feedback_id"].sample(300, random_state=0))


def one(table, touchpoint="delivery", polarity="negative", **more):
    wanted = {"touchpoint": touchpoint, "polarity": polarity, **more}
    return table[(table[list(wanted)] == pd.Series(wanted)).all(axis=1)].iloc[0]


# --- counted


def test_without_labels_shares_are_counts_with_wilsons_interval_and_a_warning(tables):
    feedback, mentions, _ = tables
    with pytest.warns(TpfeedbackWarning, match="the tagger's own counts"):
        table = measure_shares(feedback, mentions)
    assert table.columns.tolist() == [
        "stratum", "touchpoint", "polarity", "texts", "labelled", "found", *ENDS, "raw_share",
        "method",
    ]  # fmt: skip
    assert table["stratum"].unique().tolist() == ["ru", "pl"]
    for row in table.itertuples():
        inside = feedback.loc[feedback["language"] == row.stratum, "feedback_id"]
        chosen = mentions[mentions["touchpoint"] == row.touchpoint]
        number = chosen["feedback_id"].isin(inside).sum() if row.polarity != "positive" else 0
        low, high = proportion_confint(number, len(inside), method="wilson")
        assert row.texts == len(inside)
        assert row.share == row.raw_share == pytest.approx(number / len(inside))
        assert (row.share_low, row.share_high) == pytest.approx((max(low, 0), high))
        assert (row.method, row.labelled, row.found) == ("counted", 0, 0)


def test_mixed_mentions_are_complaints_and_praise_and_neutral_ones_neither():
    feedback = pd.DataFrame({"feedback_id": list("abcd")})
    mentions = pd.DataFrame(
        {"feedback_id": list("abc"), "touchpoint": "price",
         "sentiment": ["mixed", "neutral", "positive"]}
    )  # fmt: skip
    table = quiet(measure_shares, feedback, mentions, by=None)
    found = table.set_index("polarity")["share"]
    assert found.to_dict() == {"any": 0.75, "negative": 0.25, "positive": 0.5}
    assert table["stratum"].unique().tolist() == ["all"]


def test_the_answers_of_one_person_are_one_respondent():
    feedback, mentions = ask_three_questions(*simulate(300))
    table = quiet(measure_shares, feedback, mentions, by=None)
    assert set(table["texts"]) == {300}
    plain = quiet(measure_shares, *simulate(300), by=None)
    assert one(table)["share"] == one(plain)["share"]


def test_languages_that_the_tagger_does_not_read_are_left_out_unless_labelled(tables):
    feedback, mentions, true = tables
    names = [f"cs{i}" for i in range(40)]
    other = pd.DataFrame({"feedback_id": names, "language": "other"})
    both = pd.concat([feedback, other], ignore_index=True)
    found = fit_shares(both, mentions)
    assert [note.key for note in found.notes] == ["shares_unread", "shares_counted"]
    assert "40 of 1,240" in found.notes[0]
    pd.testing.assert_frame_equal(found.table, fit_shares(feedback, mentions).table)
    chosen = read(both, true, [*names, *map(str, range(300))])
    table = quiet(measure_shares, both, mentions, labels=chosen)
    assert one(table, stratum="other")["method"] == "labels only"
    assert one(table, stratum="other")["raw_share"] == 0


def test_small_strata_are_pooled_and_hidden(tables):
    feedback, mentions, _ = tables
    city = pd.Series("Oslo", index=feedback.index).mask(feedback.index < 8, "Bergen")
    feedback = feedback.assign(city=city.mask(feedback.index < 4, "Hamar"))
    found = fit_shares(feedback, mentions, by="city")
    assert found.table["stratum"].unique().tolist() == ["Oslo"]
    assert found.notes[0].key == "segment_hidden"
    pooled = fit_shares(feedback, mentions, by="city", floor=5)
    assert pooled.table["stratum"].unique().tolist() == ["Oslo", "other"]


# --- corrected


def test_corrected_shares_are_the_prediction_powered_mean_of_the_formula(tables, labels):
    feedback, mentions, true = tables
    table = quiet(measure_shares, feedback, mentions, labels=labels)
    assert set(table["method"]) == {"prediction-powered", "labels only"}
    for row in table[table["polarity"] == "negative"].itertuples():
        inside = feedback.loc[feedback["language"] == row.stratum, "feedback_id"]
        seen, right = (
            inside.isin(t.loc[t["touchpoint"] == row.touchpoint, "feedback_id"]).to_numpy()
            for t in (mentions, true)
        )
        known = inside.isin(labels["feedback_id"]).to_numpy()
        a, b = right[known & seen].mean(), right[known & ~seen].mean()
        by_hand = right[known].mean() + (a - b) * (seen.mean() - seen[known].mean())
        sample = take_sample(known)
        tuned = shares_tuned(seen[:, None] * 1.0, right[known][:, None], sample, tuning=a - b)
        assert row.share == pytest.approx(by_hand) == tuned.values[0]
        assert row.raw_share == seen.mean()
        assert (row.texts, row.labelled) == (len(inside), known.sum())
        assert row.found == right[known].sum()
        error = np.sqrt(tuned.covariance[0, 0])
        assert row.share_high - row.share_low == pytest.approx(2 * 1.96 * error, rel=0.15)


def test_correction_makes_alike_what_only_the_tagger_tells_apart():
    feedback, mentions, true = texts(8000)  # the tagger finds half in Polish, 90 % in Russian
    labels = read(feedback, true, feedback["feedback_id"].sample(1000, random_state=1))
    counted, corrected = (
        one(quiet(share_differences, quiet(measure_shares, feedback, mentions, labels=given)))
        for given in (None, labels)
    )
    assert counted["difference_low"] > 0.04  # of a true difference of 0
    assert corrected["difference_low"] < 0 < corrected["difference_high"]


def test_labels_alone_get_jeffreys_interval_from_zero():
    feedback = pd.DataFrame({"feedback_id": np.arange(3000).astype(str), "language": "ru"})
    mentions = table_of(feedback, (np.arange(3000) >= 2900)[:, None])  # none of them is labelled
    labels = read(feedback, table_of(feedback, np.zeros((1, 1))), map(str, range(60)))
    row = one(quiet(measure_shares, feedback, mentions, labels=labels))
    _, high = proportion_confint(0, 60, method="jeffreys")
    assert (row["share"], row["share_low"], row["method"]) == (0, 0, "labels only")
    assert row["share_high"] == pytest.approx(high)
    assert row["raw_share"] == pytest.approx(1 / 30)


def test_no_true_text_among_the_labelled_says_not_that_there_is_none():
    marks = np.arange(3000)[:, None] % 30 == 0  # 100 marked, of which 2 are labelled, both wrong
    found = correct_shares(marks, np.zeros((60, 1), dtype=bool), take_sample(np.arange(3000) < 60))
    assert (found.share[0], found.low[0]) == (0, 0)
    assert 0.04 < found.high[0] < 0.07
    assert found.tagged.tolist() == [True]


def jeffreys(found, size):
    """Return the ends of Jeffreys' interval, from 0 or to 1 where nothing or all was found."""
    low, high = proportion_confint(found, size, method="jeffreys")
    return (low if found else 0.0), (high if found < size else 1.0)


@pytest.mark.parametrize(
    ("marked", "size_a", "true_a", "size_b", "true_b"),
    [(900, 40, 30, 160, 8), (900, 40, 5, 160, 60), (30, 3, 0, 197, 0), (2500, 150, 150, 50, 2),
     (900, 40, 30, 160, 0), (1500, 100, 50, 100, 50)],
)  # fmt: skip
def test_the_interval_joins_those_of_the_three_shares_it_is_made_of(
    marked, size_a, true_a, size_b, true_b
):
    marks = np.concatenate([np.arange(size_a + size_b) < size_a,
                            np.arange(3000 - size_a - size_b) < marked - size_a])  # fmt: skip
    truth = np.r_[np.arange(size_a) < true_a, np.arange(size_b) < true_b]
    found = correct_shares(
        marks[:, None], truth[:, None], take_sample(np.arange(3000) < size_a + size_b)
    )
    q, a, b = marked / 3000, true_a / size_a, true_b / size_b
    share, below, above = q * a + (1 - q) * b, 0.0, 0.0
    for slope, value, ends in (
        (a - b, q, jeffreys(marked, 3000)),
        (q, a, jeffreys(true_a, size_a)),
        (1 - q, b, jeffreys(true_b, size_b)),
    ):
        moved = sorted(slope * (end - value) for end in ends)
        below, above = below + moved[0] ** 2, above + moved[1] ** 2
    assert found.share[0] == pytest.approx(share)
    assert found.low[0] == pytest.approx(max(share - below**0.5, 0))
    assert found.high[0] == pytest.approx(share + above**0.5)


def test_a_perfect_tagger_leaves_the_sampling_of_the_texts_alone():
    marks = np.arange(20_000)[:, None] % 4 == 0
    labelled = np.arange(20_000) < 8000
    found = correct_shares(marks, marks[labelled], take_sample(labelled))
    low, high = stats.beta.interval(0.95, 5000.5, 15_000.5)
    assert found.share[0] == 0.25
    assert found.low[0] == pytest.approx(low, abs=0.001)
    assert found.high[0] == pytest.approx(high, abs=0.001)


def test_a_stratum_where_all_is_labelled_needs_no_tagger(tables):
    feedback, mentions, true = tables
    table = quiet(measure_shares, feedback, mentions,
                  labels=read(feedback, true, feedback["feedback_id"]))  # fmt: skip
    assert set(table["method"]) == {"labels only"}
    row = one(table, stratum="pl")
    assert row["share"] == row["found"] / row["texts"]
    ends = proportion_confint(row["found"], row["texts"], method="jeffreys")
    assert (row["share_low"], row["share_high"]) == pytest.approx(ends)


def test_a_stratum_without_labels_has_no_share_and_few_labels_are_told(tables):
    feedback, mentions, true = tables
    ids = feedback.loc[feedback["language"] == "ru", "feedback_id"].head(50)
    found = fit_shares(feedback, mentions, labels=read(feedback, true, ids))
    assert [note.key for note in found.notes] == ["shares_unlabelled", "shares_few_labels"]
    assert "in pl:" in found.notes[0]
    assert "ru (50)" in found.notes[1]
    polish = found.table[found.table["stratum"] == "pl"]
    assert polish[ENDS].isna().all(axis=None)
    assert (polish["raw_share"].notna() & (polish["method"] == "labels only")).all()
    assert found.table.loc[found.table["stratum"] == "ru", ENDS].notna().all(axis=None)


def test_a_touchpoint_that_only_people_found_has_its_rows(tables, labels):
    feedback, mentions, _ = tables
    known = mentions[mentions["touchpoint"] != "price"]
    row = one(quiet(measure_shares, feedback, known, labels=labels, by=None), "price")
    assert (row["raw_share"], row["method"]) == (0, "labels only")
    assert row["share"] == pytest.approx(row["found"] / 300)


def test_labels_that_are_no_random_sample_draw_a_warning(tables):
    feedback, mentions, true = tables
    ids = feedback.loc[feedback["feedback_id"].isin(mentions["feedback_id"]), "feedback_id"]
    with pytest.warns(TpfeedbackWarning, match="no random sample, as it seems"):
        measure_shares(feedback, mentions, labels=read(feedback, true, ids.head(150)), by=None)


# --- weights, chances, clusters


def test_equal_weights_or_chances_change_nothing(tables, labels):
    feedback, mentions, _ = tables
    plain = quiet(measure_shares, feedback, mentions, labels=labels)
    weighted = quiet(measure_shares, feedback.assign(w=2.5), mentions, labels=labels, weights="w")
    drawn = quiet(measure_shares, feedback, mentions, labels=labels.assign(probability=0.25))
    pd.testing.assert_frame_equal(weighted, plain, rtol=1e-9)
    pd.testing.assert_frame_equal(drawn, plain, rtol=1e-9)


def test_a_weight_of_two_gives_the_share_of_two_such_texts(tables, labels):
    feedback, mentions, _ = tables
    heavy = np.arange(len(feedback)) % 3 == 0

    def again(table):
        chosen = table[table["feedback_id"].isin(feedback.loc[heavy, "feedback_id"])]
        return pd.concat([table, chosen.assign(feedback_id="again" + chosen["feedback_id"])])

    weighted = quiet(measure_shares, feedback.assign(w=np.where(heavy, 2, 1)), mentions,
                     labels=labels, weights="w")  # fmt: skip
    copied = quiet(measure_shares, *map(again, (feedback, mentions)), labels=again(labels))
    assert weighted["share"].tolist() == pytest.approx(copied["share"].tolist())
    assert weighted["raw_share"].tolist() == pytest.approx(copied["raw_share"].tolist())


def test_respondents_of_weight_zero_do_not_count(tables):
    feedback, mentions, _ = tables
    weights = np.where(feedback["language"] == "pl", 0, 1)
    table = quiet(measure_shares, feedback.assign(w=weights), mentions, weights="w")
    assert table["stratum"].unique().tolist() == ["ru"]


def test_copies_in_one_cluster_tell_no_more_than_one_of_them():
    random = np.random.default_rng(0)
    marks, truth = random.random((2000, 3)) < 0.2, random.random((400, 3)) < 0.2
    labelled = np.arange(2000) < 400
    one_each = correct_shares(marks, truth, take_sample(labelled))
    copies = [np.repeat(part, 2, axis=0) for part in (marks, truth, labelled)]
    sample = take_sample(copies[2], cluster=np.repeat(np.arange(2000), 2))
    both = correct_shares(copies[0], copies[1], sample)
    assert both.share == pytest.approx(one_each.share)
    assert both.low == pytest.approx(one_each.low, rel=0.01)
    assert both.high == pytest.approx(one_each.high, rel=0.01)


def test_ten_shops_of_one_mind_each_are_worth_ten_texts_less_one():
    shop = np.repeat(np.arange(10), 40)
    truth, marks = (shop < 3)[:, None], np.zeros((400, 1), dtype=bool)
    found = correct_shares(marks, truth, take_sample(np.ones(400, dtype=bool), cluster=shop))
    size = 9 * (stats.t.ppf(0.975, 399) / stats.t.ppf(0.975, 9)) ** 2
    ends = proportion_confint(0.3 * size, size, method="jeffreys")
    assert (found.share[0], found.low[0], found.high[0]) == pytest.approx((0.3, *ends))


def test_the_probability_of_a_label_weighs_it(tables, labels):
    feedback, mentions, true = tables
    chance = np.where(feedback["feedback_id"].isin(mentions["feedback_id"]), 0.5, 0.1)
    by_id = pd.Series(chance, index=feedback["feedback_id"])
    drawn = labels.assign(probability=labels["feedback_id"].map(by_id))
    row = one(quiet(measure_shares, feedback, mentions, labels=drawn, by=None), "price")
    seen, right, known = (
        feedback["feedback_id"].isin(ids).to_numpy()
        for ids in (mentions.query("touchpoint == 'price'")["feedback_id"],
                    true.query("touchpoint == 'price'")["feedback_id"], labels["feedback_id"])
    )  # fmt: skip
    a, b = (np.average(right[known & part], weights=1 / chance[known & part])
            for part in (seen, ~seen))  # fmt: skip
    assert row["share"] == pytest.approx(seen.mean() * a + (1 - seen.mean()) * b)
    equal = one(quiet(measure_shares, feedback, mentions, labels=labels, by=None), "price")
    assert row["share"] != pytest.approx(equal["share"])


def test_texts_likelier_to_be_labelled_count_for_less():
    random = np.random.default_rng(1)
    hard = random.random(40_000) < 0.3
    truth = random.random((40_000, 50)) < np.where(hard, 0.4, 0.1)[:, None]
    marks = truth & (random.random((40_000, 50)) < np.where(hard, 0.5, 0.9)[:, None])
    chance = np.where(hard, 0.04, 0.01)
    labelled = random.random(40_000) < chance
    found, naive = (
        correct_shares(marks, truth[labelled], take_sample(labelled, chance=given))
        for given in (chance, None)
    )
    assert found.share.mean() == pytest.approx(0.19, abs=0.006)
    assert naive.share.mean() > 0.2
    held = np.mean((found.low <= 0.19) & (found.high >= 0.19))
    assert held >= 0.9


def test_labels_picked_on_purpose_are_refused(tables, labels):
    feedback, mentions, _ = tables
    with pytest.raises(ImpactError, match="picked on purpose"):
        measure_shares(feedback, mentions, labels=labels.assign(probability=0.0))


def test_few_clusters_are_told(tables):
    feedback, mentions, _ = tables
    found = fit_shares(feedback.assign(shop=feedback.index % 12), mentions, cluster="shop")
    assert found.notes[0].key == "few_clusters"
    shop = np.where(feedback["language"] == "pl", feedback.index % 12, feedback.index)
    found = fit_shares(feedback.assign(shop=shop), mentions, cluster="shop")
    assert "only 12 clusters" in found.notes[0]


def test_a_stratum_in_one_cluster_is_told_and_spoils_no_other(tables, labels):
    feedback, mentions, _ = tables
    polish = feedback["language"] == "pl"
    shop = feedback.assign(shop=np.where(polish, "only", feedback.index.astype(str)))
    for known in (None, labels):
        found = fit_shares(shop, mentions, labels=known, cluster="shop")
        notes = {note.key: note for note in found.notes}
        assert notes["shares_lone_cluster"].values["strata"] == ["pl"]
        plain = fit_shares(feedback, mentions, labels=known).table
        lone, other = (one(found.table, stratum=name) for name in ("pl", "ru"))
        assert lone["share"] == pytest.approx(one(plain, stratum="pl")["share"])
        assert lone["share_high"] - lone["share_low"] > 0.5
        assert other["share_high"] == pytest.approx(
            one(plain, stratum="ru")["share_high"], rel=0.01
        )


# --- differences


def test_the_difference_of_counted_shares_has_newcombes_interval(tables):
    feedback, mentions, _ = tables
    shares = quiet(measure_shares, feedback, mentions)
    with pytest.warns(TpfeedbackWarning, match="the tagger's own counts"):
        table = share_differences(shares)
    row, first, second = one(table), one(shares, stratum="ru"), one(shares, stratum="pl")
    counts = [(round(part["share"] * part["texts"]), part["texts"]) for part in (first, second)]
    low, high = confint_proportions_2indep(*counts[0], *counts[1], method="newcomb", compare="diff")
    assert (row["stratum"], row["against"]) == ("ru", "pl")
    assert row["difference"] == pytest.approx(first["share"] - second["share"])
    assert (row["difference_low"], row["difference_high"]) == pytest.approx((low, high))


def test_a_p_value_is_below_5_percent_just_where_the_interval_leaves_out_0():
    random = np.random.default_rng(2)
    rows = []
    for touchpoint in (f"t{i:03d}" for i in range(200)):
        for stratum in ("a", "b", "c"):
            found, n = random.binomial(100, 0.15), 100
            low, high = proportion_confint(found, n, method="wilson")
            rows.append([stratum, touchpoint, "any", found / n, low, high, "labels only"])
    shares = pd.DataFrame(rows, columns=["stratum", "touchpoint", "polarity", *ENDS, "method"])
    table = share_differences(shares)
    outside = (table["difference_low"] > 0) | (table["difference_high"] < 0)
    assert len(table) == 600
    assert 5 < outside.sum() < 60
    assert ((table["p_value"] < 0.05) == outside).all()
    assert (table["q_value"] >= table["p_value"]).all()
    against = share_differences(shares, against="b")
    assert set(zip(against["stratum"], against["against"], strict=True)) == {
        ("a", "b"),
        ("c", "b"),
    }
    turned = against[against["stratum"] == "a"].reset_index(drop=True)
    same = table[(table["stratum"] == "a") & (table["against"] == "b")].reset_index(drop=True)
    pd.testing.assert_frame_equal(turned.drop(columns="q_value"), same.drop(columns="q_value"))


def test_a_missing_share_has_no_difference(tables):
    feedback, mentions, true = tables
    ids = feedback.loc[feedback["language"] == "ru", "feedback_id"].head(200)
    shares = quiet(measure_shares, feedback, mentions, labels=read(feedback, true, ids))
    table = share_differences(shares)
    assert table[["difference", "difference_low", "p_value", "q_value"]].isna().all(axis=None)


# --- manners


def test_the_order_of_rows_does_not_matter_and_nothing_is_changed(tables, labels):
    before = [table.copy() for table in (*tables, labels)]
    feedback, mentions, _ = tables
    plain = quiet(measure_shares, feedback, mentions, labels=labels)
    mixed = quiet(
        measure_shares,
        feedback.sample(frac=1, random_state=3),
        mentions.sample(frac=1, random_state=4),
        labels=labels.sample(frac=1, random_state=5),
    )
    pd.testing.assert_frame_equal(mixed, plain)
    for table, kept in zip((*tables, labels), before, strict=True):
        pd.testing.assert_frame_equal(table, kept)


def test_labels_of_enough_random_texts_draw_no_warning(tables, labels):
    feedback, mentions, _ = tables
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        measure_shares(feedback, mentions, labels=labels)


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"by": "city"}, ColumnError, "Unknown segment column 'city'"),
        ({"by": ["language"]}, ColumnError, r"by is \['language'\]\. Allowed: the name of one"),
        ({"by": "empty"}, ColumnError, "'empty' has no values.*by=None"),
        ({"floor": 2000}, ImpactError, "has 0 segments of at least 2000 respondents"),
        ({"floor": 1}, ColumnError, "floor is 1. Allowed: a whole number of 2 or more"),
        ({"weights": "language"}, ColumnError, "weights in 'language' are"),
        ({"cluster": "nobody"}, ColumnError, "Unknown cluster column 'nobody'"),
        ({"cluster": "same"}, ImpactError, "in one cluster"),
    ],
)
def test_what_cannot_be_measured_is_refused(tables, options, error, message):
    feedback, mentions, _ = tables
    feedback = feedback.assign(empty=None, same="x")
    with pytest.raises(error, match=message):
        measure_shares(feedback, mentions, **options)


def test_no_respondents_are_refused(tables):
    feedback, mentions, _ = tables
    with pytest.raises(ImpactError, match="There are no respondents to count"):
        measure_shares(feedback.iloc[:0], mentions.iloc[:0])


@pytest.mark.parametrize(
    ("change", "options", "message"),
    [
        (lambda t: t.drop(columns="share_low"), {}, "The shares lack share_low"),
        (lambda t: t[t["stratum"] == "ru"], {}, "The shares are of one stratum, 'ru'"),
        (lambda t: t.iloc[:0], {}, "The table of shares is empty"),
        (lambda t: t, {"against": "zh"}, "Unknown stratum 'zh'. Known: pl, ru"),
        (lambda t: None, {}, "The shares lack stratum"),
    ],
)
def test_differences_need_the_shares_of_two_strata(tables, change, options, message):
    feedback, mentions, _ = tables
    shares = quiet(measure_shares, feedback, mentions)
    with pytest.raises(ColumnError, match=message):
        share_differences(change(shares), **options)


# --- coverage


@pytest.fixture(scope="module")
def benchmark(load_benchmark):
    return load_benchmark("shares")


def test_intervals_cover_though_the_tagger_errs_otherwise_in_each_language(benchmark):
    cells = [benchmark.Cell("plain", share, 400, 2000) for share in (0.02, 0.1, 0.4)]
    found = benchmark.run_all(cells, 8, processes=1)
    often = found[found["expected"].isin(["5 to 20", "20 or more"])]
    rare = found[~found.index.isin(often.index)]
    assert 0.93 < often["corrected"].mean() < 0.97
    assert rare["corrected"].mean() > 0.94
    assert 0.93 < found["gap_corrected"].mean() < 0.995
    assert found["counted"].mean() < 0.7  # the tagger's own count
    assert rare["tuned"].mean() < 0.9  # estimate plus or minus its error
    assert (found["width"] / found["own"]).mean() < 0.8  # against labels alone


@pytest.mark.parametrize("kind", ["weights", "clusters", "picked", "shunned"])
def test_intervals_cover_with_weights_clusters_and_unequal_chances(benchmark, kind):
    cells = [benchmark.Cell(kind, share, 400, 2000) for share in (0.1, 0.4)]
    found = benchmark.run_all(cells, 4, processes=1)
    assert found["corrected"].mean() > 0.94
    assert found["counted"].mean() < 0.8


def test_the_benchmark_prints_a_row_for_each_value(benchmark, capsys):
    benchmark.main(["--processes", "1", "--runs", "50", "--texts", "500", "--kinds", "plain"])
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("| what | covered | lowest |")
    assert [line.split("|")[1].strip() for line in lines[2:8]] == [
        "plain", "plain, share 0.005", "plain, share 0.02", "plain, share 0.1", "plain, share 0.4",
        "plain, labels 100",
    ]  # fmt: skip
    assert len(lines) == 2 + 1 + 4 + 4 + 1 + 4 + 4
