"""The journey: map, blind spots, complaints per contact, first failures, roots and symptoms."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from statsmodels.stats.contingency_tables import Table2x2
from statsmodels.stats.proportion import proportion_confint

from tests.impact_cases import ask_three_questions, quiet, to_tables, weigh_and_repeat
from tpfeedback import fit_impact, load_taxonomy
from tpfeedback.errors import ColumnError, ImpactError, TpfeedbackWarning
from tpfeedback.impact.design import build_design
from tpfeedback.impact.observations import read_observations
from tpfeedback.tracking import journey
from tpfeedback.tracking.cascades import Complaints, bind, read_costs, table_of_order
from tpfeedback.tracking.exposure import rate_interval, read_contacts
from tpfeedback.tracking.first_failures import first_failures, order_in_texts
from tpfeedback.tracking.root_prizes import root_prizes

SAMPLES = Path(__file__).parents[1] / "data" / "samples"


@pytest.fixture(scope="module")
def simulation(load_benchmark):
    return load_benchmark("tracking_journey")


@pytest.fixture(scope="module")
def cascade(simulation):
    """Return feedback with channels and customers, and mentions, of a planted cascade."""
    random = np.random.default_rng(5)
    feedback, mentions, _ = simulation.simulate("cascade", 1500, random)
    names = "t" + feedback["feedback_id"].astype(str).str.zfill(5)
    feedback = feedback.assign(
        feedback_id=names,
        channel=random.choice(["app", "shop", None], 1500, p=[0.5, 0.4, 0.1]),
        customer=random.integers(0, 700, 1500),
        orders=random.integers(1, 9, 1500),
    )
    return feedback, mentions.assign(feedback_id=names.to_numpy()[mentions["feedback_id"]])


# --- the map


def test_the_map_holds_the_numbers_of_measure_impact_along_the_journey(cascade):
    found = quiet(journey, cascade)
    whole = found.map[found.map["channel"] == ""].set_index("touchpoint")
    impact = quiet(fit_impact, *cascade).table.set_index("touchpoint")
    names = ["mentions", "negative", "positive", "reach", "negative_share",
             "prize", "prize_low", "prize_high"]  # fmt: skip
    pd.testing.assert_frame_equal(
        whole[names].sort_index(), impact[names].sort_index(), check_dtype=False, rtol=1e-9
    )
    assert list(dict.fromkeys(found.map["stage"])) == ["choosing", "after"]


def test_shares_among_mentions_have_wilsons_interval(cascade):
    row = quiet(journey, cascade).map.query("touchpoint == 'delivery' and channel == 'app'").iloc[0]
    low, high = proportion_confint(row["negative"], row["mentions"], method="wilson")
    assert row["negative_among_mentions_low"] == pytest.approx(low)
    assert row["negative_among_mentions_high"] == pytest.approx(high)


def test_a_channel_that_is_a_number_has_the_rows_of_its_name(cascade):
    feedback, mentions = cascade
    number = feedback["channel"].map({"app": 1, "shop": 2})
    named = number.map({1: "1", 2: "2"})
    told = quiet(journey, (feedback.assign(channel=named), mentions)).map
    assert told.loc[told["channel"] == "1", "respondents"].min() > 0
    for one in (
        number,
        number.astype("Int64"),
        number.fillna(1).astype("int64").where(number.notna()).astype(object),
    ):
        found = quiet(journey, (feedback.assign(channel=one), mentions)).map
        pd.testing.assert_frame_equal(found, told)


def test_the_prizes_of_channels_are_parts_of_the_whole_prize(cascade):
    feedback, mentions = cascade
    known = feedback.assign(channel=feedback["channel"].fillna("letter"))
    table = quiet(journey, (known, mentions)).map
    parts = table[table["channel"] != ""].groupby("touchpoint")["prize"].sum()
    whole = table[table["channel"] == ""].set_index("touchpoint")["prize"]
    pd.testing.assert_series_equal(parts, whole.sort_index(), check_names=False)


def test_stages_count_respondents_once_and_sum_up_prizes(cascade):
    _, mentions = cascade
    found = quiet(journey, cascade)
    row = found.stages.query("stage == 'after' and channel == ''").iloc[0]
    after = {"delivery", "product", "call_center", "online_support"}
    bad = mentions[mentions["touchpoint"].isin(after)
                   & mentions["sentiment"].isin(["negative", "mixed"])]  # fmt: skip
    assert row["negative"] == bad["feedback_id"].nunique()
    prizes = found.map[(found.map["channel"] == "") & found.map["touchpoint"].isin(after)]["prize"]
    assert row["prize"] == pytest.approx(prizes.sum())
    assert row["prize_low"] < row["prize"] < row["prize_high"]


def test_blind_spots_are_touchpoints_of_the_taxonomy_that_hardly_anybody_speaks_of(cascade):
    feedback, mentions = cascade
    few = mentions[mentions["touchpoint"] == "price"].head(3).assign(touchpoint="security")
    found = quiet(journey, (feedback, pd.concat([mentions, few], ignore_index=True))).blind_spots
    spoken = {"call_center", "delivery", "online_support", "price", "product", "staff"}
    assert set(found["touchpoint"]) == set(load_taxonomy("general").keys) - spoken
    rows = found.set_index("touchpoint")
    assert rows.at["security", "mentions"] == 3
    exact = proportion_confint(3, 1500, method="beta")[1]
    assert rows.at["security", "reach_high"] == pytest.approx(exact)
    nothing = proportion_confint(0, 1500, method="beta")[1]
    assert rows.at["website", "reach_high"] == pytest.approx(nothing)


def test_the_prize_of_a_channel_is_its_part_of_the_rated_complaints(cascade):
    feedback, mentions = cascade
    app = (feedback["channel"] == "app").to_numpy()
    unrated = app & (np.random.default_rng(0).random(len(app)) < 0.5)
    feedback = feedback.assign(overall=feedback["overall"].mask(unrated))
    table = quiet(journey, (feedback, mentions)).map.set_index(["touchpoint", "channel"])["prize"]
    bad = mentions[mentions["sentiment"].isin(["negative", "mixed"])
                   & (mentions["touchpoint"] == "delivery")]["feedback_id"]  # fmt: skip
    late = feedback["feedback_id"].isin(bad).to_numpy() & ~unrated
    part = (late & app).sum() / late.sum()
    assert table["delivery", "app"] == pytest.approx(part * table["delivery", ""])


def test_the_prize_of_a_stage_is_as_sure_as_its_touchpoints_and_how_they_hang_together(cascade):
    fit = quiet(fit_impact, *cascade)
    names = ["call_center", "delivery", "online_support", "product"]
    drawn = fit.replicates[:, [fit.touchpoints.index(name) for name in names]]
    table = fit.table.set_index("touchpoint").loc[names]
    error = (table["prize_high"] - table["prize_low"]).to_numpy() / 2
    half = np.sqrt(error @ np.corrcoef(drawn, rowvar=False) @ error)
    row = quiet(journey, cascade).stages.query("stage == 'after' and channel == ''").iloc[0]
    assert row["prize_high"] - row["prize"] == pytest.approx(half)
    assert row["prize"] - row["prize_low"] == pytest.approx(half)


def test_the_prize_of_a_stage_of_one_touchpoint_has_the_interval_of_that(cascade):
    feedback, mentions = cascade
    one = mentions[mentions["touchpoint"].isin(["delivery", "price"])]
    found = quiet(journey, (feedback, one))
    ends = ["prize", "prize_low", "prize_high"]
    stages = found.stages[found.stages["channel"] == ""].set_index("stage")[ends]
    alone = found.map[found.map["channel"] == ""].set_index("touchpoint")[ends]
    assert stages.loc["after"].tolist() == alone.loc["delivery"].tolist()


# --- complaints per contact


def test_rates_have_garwoods_interval():
    count, contacts = np.array([0.0, 7.0, 40.0]), np.array([100.0, 1000.0, 5000.0])
    rate, low, high = rate_interval(count, contacts)
    assert rate.tolist() == [0.0, 7.0, 8.0]
    for i, (k, size) in enumerate(zip(count, contacts, strict=True)):
        assert stats.poisson.cdf(k, high[i] * size / 1000) == pytest.approx(0.025)
        if k:
            assert stats.poisson.sf(k - 1, low[i] * size / 1000) == pytest.approx(0.025)


@pytest.mark.parametrize(
    ("exposure", "expected"),
    [
        ({"delivery": 2000, "after": 500}, {"delivery": 2000.0, "product": 500.0}),
        ({"price": 100.0}, {"price": 100.0}),
        (300, {"delivery": 300.0, "product": 300.0, "price": 300.0}),
        ("orders", {"delivery": 6.0, "product": 6.0, "price": 6.0}),
    ],
)
def test_contacts_are_told_by_touchpoint_stage_column_or_one_number(exposure, expected):
    places = {"delivery": "after", "product": "after", "price": "choosing"}
    feedback = pd.DataFrame({"orders": [1, 2, 3]})
    assert read_contacts(exposure, feedback, places)[0] == expected


def test_complaints_per_thousand_contacts_stand_in_the_rows_of_all_channels(cascade):
    found = quiet(journey, cascade, exposure={"delivery": 20_000, "after": 50_000})
    row = found.map.query("touchpoint == 'delivery' and channel == ''").iloc[0]
    assert row["per_1000"] == pytest.approx(row["negative"] / 20)
    stage = found.stages.query("stage == 'after' and channel == ''").iloc[0]
    assert stage["per_1000"] == pytest.approx(stage["negative"] / 50)
    assert found.map.loc[found.map["channel"] != "", "per_1000"].isna().all()
    assert any("Most customers do not write" in note for note in found.notes)


# --- first failures


def test_the_first_failure_is_of_the_earliest_stage_then_of_the_earliest_word():
    mentions = pd.DataFrame(
        [("a", "delivery", "negative", 0), ("a", "price", "mixed", 50),
         ("b", "product", "negative", 9), ("b", "delivery", "negative", 3),
         ("c", "price", "positive", 0), ("c", "product", "negative", 5)],
        columns=["feedback_id", "touchpoint", "sentiment", "start"],
    )  # fmt: skip
    names = ("delivery", "price", "product")
    bad = np.array([[1, 1, 0], [1, 0, 1], [0, 0, 1]], dtype=bool)
    seen = SimpleNamespace(
        marks=SimpleNamespace(touchpoints=names, negative=bad), texts=pd.Index(["a", "b", "c"]),
        rows=np.arange(3), weights=None, clusters=None,
    )  # fmt: skip
    found = first_failures(seen, mentions, {"delivery": 3, "price": 1, "product": 3})
    assert found["first_failures"].tolist() == [1, 1, 1]
    assert found["complaints"].tolist() == [2, 1, 2]
    order = order_in_texts(mentions, names)
    assert order.tolist() == [[0, 1, 1], [0, 0, 0], [0, 0, 0]]


def test_who_wrote_several_texts_failed_first_in_the_earliest_stage():
    mentions = pd.DataFrame(
        [("a:1", "delivery", "negative", 0), ("a:2", "price", "negative", 0)],
        columns=["feedback_id", "touchpoint", "sentiment", "start"],
    )
    seen = SimpleNamespace(
        marks=SimpleNamespace(touchpoints=("delivery", "price"), negative=np.ones((1, 2), bool)),
        texts=pd.Index(["a:1", "a:2"]), rows=np.zeros(2, dtype=int), weights=None, clusters=None,
    )  # fmt: skip
    found = first_failures(seen, mentions, {"delivery": 3, "price": 1})
    assert found["first_failures"].tolist() == [0, 1]


def test_each_who_complains_has_one_first_failure(cascade):
    _, mentions = cascade
    roots = quiet(journey, cascade).roots
    bad = mentions[mentions["sentiment"].isin(["negative", "mixed"])]
    assert roots["first_failures"].sum() == bad["feedback_id"].nunique()
    assert roots["first_share"].sum() == pytest.approx(1.0)


# --- roots and symptoms


def test_risk_ratios_are_those_of_two_by_two_tables():
    random = np.random.default_rng(0)
    flags = random.random((500, 2)) < 0.2
    flags[:, 1] |= flags[:, 0] & (random.random(500) < 0.3)
    known = Complaints(("a", "b"), flags, np.zeros((2, 2)), np.zeros(2, dtype=int), None)
    bonds = bind(known)
    a, b = flags.T
    cells = np.array([[(a & b).sum(), (a & ~b).sum()], [(~a & b).sum(), (~a & ~b).sum()]]) + 0.5
    oracle = Table2x2(cells)
    assert bonds.ratio[0, 1] == pytest.approx(oracle.riskratio)
    assert (bonds.low[0, 1], bonds.high[0, 1]) == pytest.approx(oracle.riskratio_confint())


def test_texts_copied_out_twice_bind_no_more_when_they_are_clustered():
    random = np.random.default_rng(1)
    flags = random.random((800, 3)) < 0.2
    places = np.zeros(3, dtype=int)
    once = bind(Complaints(("a", "b", "c"), flags, np.zeros((3, 3)), places, None))
    twice, who = np.repeat(flags, 2, axis=0), np.repeat(np.arange(800), 2)
    both = bind(Complaints(("a", "b", "c"), twice, np.zeros((3, 3)), places, who))
    off = ~np.eye(3, dtype=bool)
    widths = [np.log(one.high / one.low)[off] for one in (both, once)]
    assert widths[0] / widths[1] == pytest.approx(1.0, abs=0.03)


def test_a_planted_cascade_gives_the_root_the_prize_of_its_symptoms(cascade):
    found = quiet(journey, cascade)
    told = found.order[found.order["verdict"] == "symptom"]
    assert set(zip(told["first"], told["then"], strict=True)) == {
        ("delivery", "call_center"), ("delivery", "online_support")}  # fmt: skip
    assert (told["earlier"] > 0.7).all()
    roots = found.roots.set_index("touchpoint")
    assert roots.index[0] == "delivery"
    assert roots.at["delivery", "root_of"] == "call_center, online_support"
    assert roots.at["call_center", "symptom_of"] == "delivery"
    assert roots["root_prize"].sum() == pytest.approx(roots["prize"].sum())
    assert roots["knock_on"].sum() == pytest.approx(0.0, abs=1e-12)
    assert any("delivery → call_center" in note for note in found.notes)


def test_what_is_dragged_along_is_the_excess_of_complaints_at_the_symptoms_price(cascade):
    found = quiet(journey, cascade)
    feedback, mentions = cascade
    bad = mentions[mentions["sentiment"].isin(["negative", "mixed"])]
    flags = {name: feedback["feedback_id"].isin(bad.loc[bad["touchpoint"] == name, "feedback_id"])
             for name in ("delivery", "call_center", "online_support")}  # fmt: skip
    late = flags["delivery"]
    dragged = 0.0
    for name in ("call_center", "online_support"):
        excess = flags[name][late].mean() - flags[name][~late].mean()
        penalty = found.order[found.order["then"] == name]["penalty"].iat[0]
        dragged -= penalty * excess * late.mean()
    row = found.roots.set_index("touchpoint").loc["delivery"]
    assert row["knock_on"] == pytest.approx(dragged)


def test_the_intervals_of_root_prizes_are_as_wide_as_the_bootstrap_says(simulation):
    random = np.random.default_rng(2)
    drawn, widths = [], []
    for _ in range(40):
        feedback, mentions, _ = simulation.simulate("cascade", 1500, random)
        roots = quiet(journey, (feedback, mentions)).roots.set_index("touchpoint").loc["delivery"]
        drawn.append(roots["root_prize"])
        widths.append((roots["root_prize_high"] - roots["root_prize_low"]) / 3.92)
    assert np.mean(widths) / np.std(drawn) == pytest.approx(1.0, abs=0.3)


def costs_of(feedback, mentions, *, weights=None, cluster=None):
    """Return the costs of complaints in the joint regression."""
    seen = read_observations(feedback, mentions, outcome="overall", model="linear", controls=[],
                             weights=weights, cluster=cluster)  # fmt: skip
    design = build_design(seen.marks, seen.outcome, seen.controls, weights=seen.weights,
                          clusters=seen.clusters)  # fmt: skip
    names = seen.marks.touchpoints
    return read_costs(design, names, np.ones(len(design.terms), dtype=bool))


def test_how_often_a_complaint_comes_with_another_is_as_unsure_as_its_copies_say():
    random = np.random.default_rng(3)
    late = random.random(600) < 0.3
    calls = random.random(600) < np.where(late, 0.5, 0.1)
    ratings = 4.5 - 1.5 * late - 0.2 * calls + random.normal(0, 0.01, 600)  # penalties are sure
    texts = to_tables({"call_center": calls, "delivery": late}, {}, ratings)
    weighted, repeated = weigh_and_repeat(*texts)
    widths = []
    for tables, options in ((weighted, {"weights": "weight", "cluster": "text"}),
                            (repeated, {"cluster": "text"})):  # fmt: skip
        costs = costs_of(*tables, **options)
        _, low, high, *_ = costs.seeming("call_center", "delivery")
        dragged = root_prizes(costs, [("delivery", "call_center")]).loc["delivery"]
        widths.append((high - low, dragged["knock_on_high"] - dragged["knock_on_low"]))
    assert widths[0] == pytest.approx(widths[1], rel=0.02)


def test_two_complaints_that_would_each_explain_the_other_stay_open():
    flags = np.random.default_rng(0).random((400, 1)) < [0.3, 0.3]
    flags[:, 1] = flags[:, 0] ^ (np.arange(400) % 20 == 0)
    known = Complaints(("a", "b"), flags, np.zeros((2, 2)), np.zeros(2, dtype=int), None)
    costs = SimpleNamespace(
        places={"a": 0, "b": 1}, penalty=np.full(2, -0.5), low=np.full(2, -0.6),
        high=np.full(2, -0.4), harms=lambda name: True,
        seeming=lambda then, first: (-1.0, -1.1, -0.9, share[first], 0.4, 0.9, 1e-9),
    )  # fmt: skip
    share = {"a": 0.6, "b": 0.6}
    assert table_of_order(known, bind(known), costs)["verdict"].tolist() == ["open", "open"]
    share["b"] = 0.3
    order = table_of_order(known, bind(known), costs).set_index(["first", "then"])["verdict"]
    assert order.to_dict() == {("a", "b"): "symptom", ("b", "a"): "partly"}


def test_complaints_that_cost_by_themselves_are_no_symptoms(simulation):
    feedback, mentions, _ = simulation.simulate("own", 3000, np.random.default_rng(0))
    order = quiet(journey, (feedback, mentions)).order.set_index(["first", "then"])
    assert order.at[("delivery", "call_center"), "verdict"] in {"partly", "own effect"}
    assert order.at[("delivery", "call_center"), "risk_ratio_low"] > 2
    assert (order["verdict"] != "symptom").all()


def test_on_the_samples_truth_the_call_centre_is_the_symptom_of_the_delivery():
    feedback = pd.read_csv(SAMPLES / "reviews.csv").rename(
        columns={"review_id": "feedback_id", "stars": "overall"}
    )[["feedback_id", "overall"]]
    mentions = pd.read_csv(SAMPLES / "reviews_truth.csv").rename(
        columns={"review_id": "feedback_id"}
    )
    with pytest.warns(TpfeedbackWarning) as told:
        found = journey((feedback, mentions))
    assert any("no column 'start'" in str(one.message) for one in told)
    symptoms = found.order[found.order["verdict"] == "symptom"]
    assert symptoms[["first", "then"]].values.tolist() == [["delivery", "call_center"]]
    assert symptoms["explained"].iat[0] > 0.7


def test_pairs_that_fewer_than_five_texts_complain_of_are_not_judged(cascade):
    feedback = cascade[0].head(500)
    mentions = cascade[1][cascade[1]["feedback_id"].isin(feedback["feedback_id"])]
    bad = mentions[mentions["sentiment"].isin(["negative", "mixed"])]
    flags = pd.crosstab(bad["feedback_id"], bad["touchpoint"]).clip(upper=1)
    both = flags.T @ flags
    assert ((both > 0) & (both < 5)).any(axis=None)
    judged = quiet(journey, (feedback, mentions)).order[["first", "then"]]
    counts = [both.at[first, then] for first, then in judged.itertuples(index=False)]
    assert min(counts) >= 5


def test_a_symptom_is_explained_by_half_and_surely_by_a_quarter(simulation):
    random = np.random.default_rng(0)
    orders = [
        quiet(journey, simulation.simulate("cascade", 500, random)[:2]).order for _ in range(6)
    ]
    order = pd.concat(orders, ignore_index=True)
    mostly, surely = order["explained"] >= 0.5, order["explained_low"] >= 0.25
    symptom = order["verdict"] == "symptom"
    assert (mostly & surely)[symptom].all()
    assert symptom.any()
    partly = order["verdict"] == "partly"
    assert not (mostly & surely)[partly].any()
    assert (mostly & ~surely)[partly].any()


# --- manners


def test_shuffled_rows_and_answers_spread_over_questions_tell_the_same(cascade):
    feedback, mentions = cascade
    one = quiet(journey, cascade)
    random = np.random.default_rng(0)
    shuffled = feedback.iloc[random.permutation(len(feedback))], mentions.iloc[::-1]
    other = quiet(journey, shuffled)
    for name in ("map", "stages", "blind_spots", "order", "roots"):
        pd.testing.assert_frame_equal(
            getattr(one, name), getattr(other, name), rtol=1e-7, atol=1e-9
        )
    answers = quiet(journey, ask_three_questions(feedback, mentions))
    pd.testing.assert_frame_equal(one.map, answers.map, rtol=1e-7, atol=1e-9)


def test_a_weight_of_five_is_as_sure_as_five_copies_that_belong_together(cascade):
    weighted, repeated = weigh_and_repeat(*cascade)
    one = quiet(journey, weighted, weights="weight", cluster="text")
    other = quiet(journey, repeated, cluster="text")
    for name, key, columns in (
        ("map", ["touchpoint", "channel"], ["negative_among_mentions", "prize"]),
        ("order", ["first", "then"], ["penalty", "penalty_alone"]),
        ("roots", "touchpoint", ["first_share", "prize", "knock_on", "root_prize"]),
    ):
        first, second = (getattr(found, name).set_index(key).sort_index() for found in (one, other))
        for column in columns:
            pd.testing.assert_series_equal(first[column], second[column], atol=1e-9)
            widths = [found[f"{column}_high"] - found[f"{column}_low"] for found in (first, second)]
            pd.testing.assert_series_equal(*widths, rtol=0.08, atol=1e-9)


def test_the_tables_given_are_left_as_they_were(cascade):
    copies = cascade[0].copy(), cascade[1].copy()
    quiet(journey, cascade, exposure="orders", cluster="customer")
    pd.testing.assert_frame_equal(cascade[0], copies[0])
    pd.testing.assert_frame_equal(cascade[1], copies[1])


def test_touchpoints_of_another_taxonomy_come_last_and_are_told(cascade):
    feedback, mentions = cascade
    named = mentions.assign(touchpoint=mentions["touchpoint"].replace("product", "noodles"))
    found = quiet(journey, (feedback, named))
    assert found.map["touchpoint"].iat[-1] == "noodles"
    assert any("'general' does not know" in note and "noodles" in note for note in found.notes)
    assert any("Texts without a channel" in note for note in found.notes)


def test_of_an_analysis_the_fit_options_and_taxonomy_are_taken(cascade):
    feedback, mentions = cascade
    fit = quiet(fit_impact, feedback, mentions, controls=["channel"])
    analysis = SimpleNamespace(
        feedback=feedback, mentions=mentions, fit=fit, taxonomy=load_taxonomy("general"),
        outcome=SimpleNamespace(column="overall", kind="rating"),
        settings={"controls": ["channel"], "weights": None, "cluster": None},
    )  # fmt: skip
    found, other = quiet(journey, analysis), quiet(journey, cascade, controls=["channel"])
    for name in ("map", "stages", "blind_spots", "order", "roots"):
        pd.testing.assert_frame_equal(getattr(found, name), getattr(other, name))


def test_what_is_asked_for_goes_before_what_the_analysis_was_made_with(cascade):
    feedback, mentions = cascade
    feedback = feedback.assign(w=np.random.default_rng(0).uniform(0.5, 2, len(feedback)))
    analysis = SimpleNamespace(
        feedback=feedback, mentions=mentions, taxonomy=load_taxonomy("general"),
        fit=quiet(fit_impact, feedback, mentions, controls=["channel"], weights="w"),
        outcome=SimpleNamespace(column="overall", kind="rating"),
        settings={"controls": ["channel"], "weights": "w", "cluster": None},
    )  # fmt: skip
    options = {"controls": [], "cluster": "customer"}
    found = quiet(journey, analysis, **options)
    other = quiet(journey, (feedback, mentions), weights="w", **options)
    for name in ("map", "stages", "order", "roots"):
        pd.testing.assert_frame_equal(getattr(found, name), getattr(other, name))


@pytest.mark.parametrize(
    ("options", "match"),
    [
        ({"exposure": {"deliveri": 5}}, "Unknown touchpoint or stage in exposure= 'deliveri'"),
        ({"exposure": {"delivery": 0}}, "exposure of 'delivery' is 0"),
        ({"exposure": "calls"}, "Unknown exposure column 'calls'"),
        ({"exposure": "channel"}, "exposure column 'channel' holds"),
        ({"rare": 0.0}, "rare is 0.0"),
    ],
)
def test_what_makes_no_sense_is_refused_with_advice(cascade, options, match):
    with pytest.raises(ColumnError, match=match):
        quiet(journey, cascade, **options)


def test_without_mentions_there_is_no_journey(cascade):
    with pytest.raises(ImpactError, match="The journey needs the effects of complaints"):
        quiet(journey, (cascade[0], cascade[1].iloc[:0]))


def test_roots_are_named_and_symptoms_not_invented(simulation):
    runs = [simulation.run_once((("cascade", 3000), run)) for run in range(12)]
    assert np.mean([run["root named: call_center"] for run in runs]) >= 0.9
    assert np.mean([run["knock-ons: prize contains 0"] for run in runs]) >= 0.85
    moody = [simulation.run_once((("mood", 1500), run)) for run in range(12)]
    assert np.mean([run["false symptom"] for run in moody]) == 0.0
