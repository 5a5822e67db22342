"""The monitor finds what was planted, soon, and keeps quiet where nothing was."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binom, chi2_contingency, fisher_exact

from tpfeedback.errors import ColumnError, TableError, TpfeedbackWarning
from tpfeedback.ingest import read_export
from tpfeedback.tracking.alarms import PLANS, find_alarms
from tpfeedback.tracking.change_points import date_change
from tpfeedback.tracking.conditional_tails import upper_tail
from tpfeedback.tracking.control_limits import control_limits
from tpfeedback.tracking.monitor import limits_of, monitor, phases_of, watch
from tpfeedback.tracking.overdispersion import usual_overdispersion
from tpfeedback.tracking.past_variation import blocks_of, variation

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def benchmark(load_benchmark):
    return load_benchmark("tracking_monitor")


def texts_of(weeks, per_week, *, share, seed=0, start="2025-01-06"):
    """Return feedback and mentions; `share(week, touchpoint)` of the texts complain."""
    random = np.random.default_rng(seed)
    week = np.repeat(np.arange(weeks), per_week)
    day = week * 7 + random.integers(0, 7, len(week))
    feedback = pd.DataFrame(
        {
            "feedback_id": [f"{i:06}" for i in range(len(week))],
            "text": "some words about it",
            "date": pd.Timestamp(start) + pd.to_timedelta(day, unit="D"),
            "language": "en",
        }
    )  # fmt: skip
    parts = []
    for touchpoint in ("delivery", "price", "staff"):
        shares = np.array([share(w, touchpoint) for w in range(weeks)])
        hit = random.random(len(week)) < shares[week]
        parts.append(
            pd.DataFrame({"feedback_id": feedback["feedback_id"][hit], "touchpoint": touchpoint})
        )
    mentions = pd.concat(parts, ignore_index=True).assign(sentiment="negative", confidence=0.95)
    end = pd.Timestamp(start) + pd.Timedelta(days=7 * weeks - 1)
    last = pd.DataFrame({"feedback_id": ["end"], "text": "x", "date": [end], "language": "en"})
    return pd.concat([feedback, last], ignore_index=True), mentions


def planted(change):
    return lambda week, touchpoint: change(week) if touchpoint == "delivery" else 0.05


@pytest.mark.parametrize(
    ("now", "size", "before", "texts"),
    [(9, 40, 20, 400), (3, 5, 0, 60), (60, 500, 100, 9000), (1, 300, 1, 300), (30, 30, 5, 50),
     (2, 900, 80, 4000)],
)  # fmt: skip
def test_the_tail_of_whole_counts_is_fishers_exact_test(now, size, before, texts):
    table = [[now, size - now], [before, texts - before]]
    found = upper_tail(*(np.array([float(v)]) for v in (now, size, before, texts)))[0]
    assert found == pytest.approx(fisher_exact(table, "greater").pvalue, rel=1e-5)


def test_control_limits_are_those_of_laney_worked_by_hand():
    random = np.random.default_rng(0)
    total = random.integers(50, 200, 30).astype(float)
    count = random.binomial(total.astype(int), random.beta(5, 45, 30)).astype(float)
    whole = count.sum() / total.sum()
    sigma = [(whole * (1 - whole) / n) ** 0.5 for n in total]
    z = [(c / n - whole) / s for c, n, s in zip(count, total, sigma, strict=True)]
    spread = np.mean([abs(b - a) for a, b in pairwise(z)]) / 1.128
    assert spread > 1
    centre, low, high = control_limits(count[:, None], total[:, None])
    assert centre[:, 0] == pytest.approx(whole)
    assert low[:, 0] == pytest.approx(np.maximum(whole - 3 * spread * np.array(sigma), 0))
    assert high[:, 0] == pytest.approx(whole + 3 * spread * np.array(sigma))


def test_limits_step_over_periods_without_texts():
    count, total = np.array([[5.0], [0], [6], [4]]), np.array([[50.0], [0], [50], [50]])
    with_gap = control_limits(count, total)
    without = control_limits(count[[0, 2, 3]], total[[0, 2, 3]])
    assert np.isnan(with_gap[1][1, 0])
    for a, b in zip(with_gap, without, strict=True):
        assert a[[0, 2, 3], 0].tolist() == b[:, 0].tolist()


def test_the_change_is_dated_where_the_likelihood_is_highest():
    random = np.random.default_rng(1)
    for _ in range(20):
        total = random.integers(20, 60, 25)
        count = random.binomial(total, np.where(np.arange(25) < 15, 0.1, 0.3))

        def fit(at, count=count, total=total):
            sides = (count[:at], total[:at]), (count[at:], total[at:])
            return sum(binom.logpmf(c, n, c.sum() / n.sum()).sum() for c, n in sides)

        best = max(range(1, 25), key=fit)
        assert date_change(count.astype(float), total.astype(float)) == best


def test_overdispersion_is_learnt_from_the_other_streams():
    random = np.random.default_rng(0)
    degrees = np.full((2000, 27), 12.0)
    usable = np.ones_like(degrees, dtype=bool)
    same = 2.0 * random.chisquare(12, degrees.shape) / 12
    centre, prior = usual_overdispersion(same, degrees, usable)
    assert np.median(centre) == pytest.approx(2.0, rel=0.02)
    assert np.median(prior) > 100
    unequal = same * 10 / random.chisquare(10, degrees.shape)  # scaled F with d0 = 10
    centre, prior = usual_overdispersion(unequal, degrees, usable)
    assert np.median(centre) == pytest.approx(2.0, rel=0.03)
    assert np.median(prior) == pytest.approx(10, rel=0.25)


@pytest.mark.parametrize("length", [1, 3])
def test_variation_beyond_chance_is_pearsons_over_the_latest_whole_blocks(length):
    random = np.random.default_rng(0)
    total = random.integers(80, 120, 20).astype(float)
    count = random.binomial(total.astype(int), random.beta(4, 12, 20)).astype(float)
    nobody = (np.ones(1), np.zeros(1))  # nothing is learnt from other streams
    usual, degrees = variation([(blocks_of(count, total, length), nobody)])
    kept = 20 // length * length
    hits, texts = (v[-kept:].reshape(-1, length).sum(axis=1) for v in (count, total))
    oracle = chi2_contingency([hits, texts - hits], correction=False)
    assert degrees[0] == oracle.dof
    assert usual[0] == pytest.approx(oracle.statistic / oracle.dof)
    assert usual[0] > 2


def test_few_streams_stand_for_themselves():
    own = np.full((1, 3), 5.0)
    centre, prior = usual_overdispersion(own, own, np.ones_like(own, dtype=bool))
    assert (centre.tolist(), prior.tolist()) == ([1.0], [0.0])


def test_a_spike_is_found_in_its_week_and_leaves_no_trace_in_the_past():
    found = monitor(*texts_of(40, 200, share=planted(lambda w: 0.3 if w == 30 else 0.05)))
    about = found.alerts[found.alerts["touchpoint"] == "delivery"]
    assert about[["kind", "direction"]].to_numpy().tolist() == [["spike", "up"]]
    alert = about.iloc[0]
    assert alert["period"] == pd.Timestamp("2025-01-06") + pd.Timedelta(weeks=30)
    assert alert["expected"] == pytest.approx(0.05, abs=0.01)
    assert alert["low"] < alert["expected"] < alert["high"] < alert["observed"]
    assert alert["negative"] / alert["texts"] == alert["observed"]
    assert alert["p_value"] <= alert["limit"]
    assert len(alert["feedback_ids"]) == 3
    assert found.series.loc[found.series["beyond"] & (found.series["touchpoint"] == "delivery"),
                            "period"].tolist() == [alert["period"]]  # fmt: skip


def test_examples_of_an_alert_are_complaints_of_its_window():
    feedback, mentions = texts_of(40, 200, share=planted(lambda w: 0.3 if w == 30 else 0.05))
    alert = monitor(feedback, mentions).alerts.iloc[0]
    dates = feedback.set_index("feedback_id")["date"]
    about = mentions.set_index("feedback_id")["touchpoint"]
    for name in alert["feedback_ids"]:
        assert about[[name]].eq("delivery").any()
        assert 0 <= (dates[name] - alert["period"]).days < 7


def test_the_examples_of_an_alert_are_those_that_the_tagger_is_surest_of():
    feedback, mentions = texts_of(40, 200, share=planted(lambda w: 0.3 if w == 30 else 0.05))
    mentions["confidence"] = np.random.default_rng(0).uniform(0.9, 1, len(mentions)).round(4)
    alert = monitor(feedback, mentions).alerts.iloc[0]
    week = feedback["date"].between(alert["period"], alert["period"] + pd.Timedelta(days=6))
    there = mentions["feedback_id"].isin(feedback["feedback_id"][week])
    about = mentions[there & (mentions["touchpoint"] == "delivery")]
    surest = about.sort_values("confidence", ascending=False)["feedback_id"].head(3)
    assert list(alert["feedback_ids"]) == surest.tolist()


def test_a_lasting_shift_is_dated_and_the_past_begins_anew():
    found = monitor(*texts_of(60, 200, share=planted(lambda w: 0.10 if w >= 30 else 0.05)))
    about = found.alerts[found.alerts["touchpoint"] == "delivery"].iloc[::-1]
    shifts = about[about["kind"] == "shift"]
    assert len(shifts) == 1
    weeks = (shifts["since"].iloc[0] - pd.Timestamp("2025-01-06")).days / 7
    assert abs(weeks - 30) <= 2
    assert (shifts["period"].iloc[0] - shifts["since"].iloc[0]).days <= 7 * 13
    rows = found.series[
        (found.series["touchpoint"] == "delivery") & (found.series["measure"] == "complaints")
    ]
    centres = rows.groupby("phase")["centre"].first()
    assert centres.to_numpy() == pytest.approx([0.05, 0.10], abs=0.015)


def test_after_a_shift_the_past_is_all_that_came_since_the_share_changed():
    count = np.full((60, 1), 20)
    count[30:], count[50] = 40, 120
    total, plan = np.full((60, 1), 500), PLANS["W"]
    options = {"limit": np.full((60, 1), 1e-6), "groups": np.zeros(1, dtype=int), "plan": plan}
    shift, spike = find_alarms(count, total, **options)
    assert (shift.kind, shift.since, spike.kind, spike.at) == ("shift", 30, "spike", 50)
    assert shift.at > 30
    assert (spike.before, spike.total_before) == (20 * 40, 20 * 500)


def test_good_news_is_told_too():
    found = monitor(*texts_of(50, 200, share=planted(lambda w: 0.03 if w >= 25 else 0.15)))
    about = found.alerts[found.alerts["touchpoint"] == "delivery"]
    assert set(about["direction"]) == {"down"}


def test_a_touchpoint_that_was_rare_and_rises_is_a_new_problem():
    found = monitor(*texts_of(40, 300, share=planted(lambda w: 0.04 if w >= 25 else 0.0)))
    first = found.alerts.iloc[-1]
    assert (first["touchpoint"], first["kind"], first["direction"]) == ("delivery", "new", "up")


@pytest.mark.parametrize(
    ("measure", "column", "value"),
    [("language", "language", "zh"), ("length", "text", "long " * 80)],
)
def test_drift_of_the_texts_is_an_alert(measure, column, value):
    feedback, mentions = texts_of(40, 100, share=planted(lambda w: 0.05))
    late = feedback["date"] >= "2025-08-04"
    feedback.loc[late & (np.arange(len(feedback)) % 2 == 0), column] = value
    alerts = monitor(feedback, mentions).alerts
    assert set(alerts["measure"]) == {measure}
    assert set(alerts["kind"]) == {"drift"}
    assert alerts["feedback_ids"].tolist() == [()] * len(alerts)


def test_drift_of_the_taggers_confidence_is_an_alert():
    feedback, mentions = texts_of(40, 200, share=planted(lambda w: 0.05))
    late = mentions["feedback_id"].map(feedback.set_index("feedback_id")["date"]) >= "2025-08-04"
    mentions.loc[late, "confidence"] = 0.55
    assert set(monitor(feedback, mentions).alerts["measure"]) == {"confidence"}


def test_a_segment_is_watched_on_its_own():
    feedback, mentions = texts_of(40, 300, share=planted(lambda w: 0.05))
    feedback["region"] = np.where(np.arange(len(feedback)) % 10 == 0, "north", "south")
    late = feedback[(feedback["date"] >= "2025-08-04") & (feedback["region"] == "north")]
    extra = pd.DataFrame({"feedback_id": late["feedback_id"].iloc[::2], "touchpoint": "price",
                          "sentiment": "negative", "confidence": 0.9})  # fmt: skip
    found = monitor(feedback, pd.concat([mentions, extra]), by="region")
    about = found.alerts[found.alerts["segment"] == "north"]
    assert set(about["touchpoint"]) == {"price"}
    assert not (found.alerts["segment"] == "south").any()


def test_the_week_that_is_not_over_is_shown_but_not_judged():
    feedback, mentions = texts_of(40, 200, share=planted(lambda w: 0.4 if w == 39 else 0.05))
    cut = feedback["date"] < feedback["date"].max()
    open_week = monitor(
        feedback[cut], mentions[mentions["feedback_id"].isin(feedback["feedback_id"][cut])]
    )
    assert open_week.alerts.empty
    assert not open_week.series.groupby("period")["finished"].all().iloc[-1]
    assert len(monitor(feedback, mentions).alerts) == 1


def test_a_later_look_never_changes_an_earlier_one(benchmark):
    world, change = benchmark.World(300), benchmark.Change(4, 3.0, 26)
    streams = benchmark.simulate(world, np.random.default_rng(3), change)
    whole = watch(streams, freq="W", done=60, false_alarm_rate=0.05)
    assert whole
    for done in range(30, 60, 4):
        part = watch(streams, freq="W", done=done, false_alarm_rate=0.05)
        assert part == [alarm for alarm in whole if alarm.at < done]


@pytest.mark.parametrize(("texts", "weekly"), [(300, 0.0), (300, 0.3)])
def test_few_years_without_change_raise_an_alarm(benchmark, texts, weekly):
    runs = 30
    found = benchmark.false_alarms(benchmark.World(texts, weekly), runs, seed=1)
    assert found <= binom.ppf(0.99, runs, 0.05)


def test_a_season_that_was_seen_twice_is_no_change(benchmark):
    assert benchmark.false_alarms(benchmark.World(season=0.2), 3) == 3
    assert benchmark.false_alarms(benchmark.World(season=0.2, past=104), 6) <= 1


def test_planted_changes_are_found_soon(benchmark):
    for change, share, weeks in (
        (benchmark.Change(8, 6.0, 1), 0.8, 1), (benchmark.Change(4, 2.0, 26), 0.8, 6),
        (benchmark.Change(20, 10.0, 26), 0.8, 8),
    ):  # fmt: skip
        found = benchmark.delays(benchmark.World(300), change, 6)
        assert np.isfinite(found).mean() >= share
        assert np.nanmedian(found) <= weeks


def test_the_limits_of_a_year_of_looks_sum_to_three_quarters_of_the_rate(benchmark):
    streams = benchmark.simulate(benchmark.World(3000), np.random.default_rng(0))
    plan = benchmark.PLANS["W"]
    limits = limits_of(streams, plan, 0.05)
    year = limits[-plan.looks :] * len(plan.windows)
    assert year[:, streams.seen[-1]].sum() == pytest.approx(0.05 * 0.75, rel=0.02)


def test_phases_count_the_shifts(benchmark):
    streams = benchmark.simulate(
        benchmark.World(3000), np.random.default_rng(0), benchmark.Change(0, 3.0, 26)
    )
    alarms = watch(streams, freq="W", done=60, false_alarm_rate=0.05)
    assert phases_of(alarms, streams)[[0, -1], 0].tolist() == [0, 1]


def test_the_better_app_of_the_sample_is_found():
    feedback = read_sample()
    truth = pd.read_csv(ROOT / "data/samples/reviews_truth.csv", dtype=str)
    mentions = truth.rename(columns={"review_id": "feedback_id"})
    mentions = mentions[mentions["feedback_id"].isin(feedback["feedback_id"])]
    with pytest.warns(TpfeedbackWarning, match=r"Texts in a period \(median\): 15"):
        found = monitor(feedback, mentions)
    alert = found.alerts[found.alerts["touchpoint"] == "mobile_app"].iloc[-1]
    assert (alert["kind"], alert["direction"]) == ("shift", "down")
    assert pd.Timestamp("2025-06-16") <= alert["since"] <= pd.Timestamp("2025-08-18")
    assert set(found.alerts["touchpoint"]) == {"mobile_app"}


def read_sample():
    path = ROOT / "data/samples/reviews.csv"
    return read_export(path, text="comment", overall="stars").feedback


def test_a_short_past_is_told():
    with pytest.warns(TpfeedbackWarning, match="Only 5 periods are over"):
        found = monitor(*texts_of(5, 100, share=planted(lambda w: 0.05)))
    assert found.alerts.empty
    assert list(found.alerts.columns[:6]) == [
        "period",
        "since",
        "measure",
        "by",
        "segment",
        "touchpoint",
    ]


@pytest.mark.parametrize("rate", [0, 1, 5, "0.05", None])
def test_a_rate_that_is_no_share_is_told(rate):
    with pytest.raises(ColumnError, match="false_alarm_rate is"):
        monitor(*texts_of(5, 10, share=planted(lambda w: 0.05)), false_alarm_rate=rate)


def test_feedback_without_dates_is_told():
    feedback, mentions = texts_of(5, 10, share=planted(lambda w: 0.05))
    with pytest.raises(ColumnError, match="None of the 51 texts has a date"):
        monitor(feedback.assign(date=pd.NaT), mentions)


@pytest.mark.parametrize("state", ["state.json", {"freq": "W"}])
def test_a_state_that_is_none_is_told_with_how_to_read_one(state):
    with pytest.raises(TableError, match=r"state is .*load_state\(path\)"):
        monitor(*texts_of(5, 10, share=planted(lambda w: 0.05)), state=state)
