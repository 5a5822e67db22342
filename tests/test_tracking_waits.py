"""The cost of waiting, its breakpoint and its intervals, against brute force and planted truth."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from tests.impact_cases import quiet
from tpfeedback.errors import ColumnError, ImpactError, TpfeedbackWarning
from tpfeedback.tracking.kinks import candidates, find_kink, regress, squares
from tpfeedback.tracking.waits import WaitCurve, dose_response

NONE = np.empty((0, 0))


def tables(minutes, overall, **columns) -> tuple[pd.DataFrame, pd.DataFrame]:
    ids = [f"t{i:05d}" for i in range(len(minutes))]
    feedback = pd.DataFrame({"feedback_id": ids, "overall": np.asarray(overall, float), **columns})
    waits = pd.DataFrame({"feedback_id": ids, "touchpoint": "waiting", "minutes": minutes})
    return feedback, waits


def planted(n=400, *, kink=2.0, before=-0.1, after=-0.9, noise=0.8, seed=0):
    """Return minutes and outcome; the slopes are per hour."""
    random = np.random.default_rng(seed)
    hours = np.maximum(np.round(random.gamma(2.0, 1.2, n) * 12) / 12, 1 / 12)
    line = 5 + before * hours + (after - before) * np.maximum(hours - kink, 0)
    return hours * 60, line + noise * random.normal(size=n)


def curve_of(minutes, overall, **options) -> WaitCurve:
    return quiet(dose_response, *tables(minutes, overall), **options)


def none(n: int) -> np.ndarray:
    return np.empty((n, 0))


@pytest.mark.parametrize("seed", range(5))
def test_the_kink_is_where_brute_force_leaves_the_least_squares(seed):
    minutes, overall = planted(seed=seed)
    x = minutes / 60
    places = candidates(x)
    grid = np.linspace(places[0], places[-1], 3001)
    losses = [
        np.linalg.lstsq(
            np.column_stack([np.ones_like(x), x, np.maximum(x - at, 0)]), overall, rcond=None
        )[1][0]
        for at in grid
    ]
    kink = find_kink(x, overall, none(len(x)))
    assert kink is not None
    found = squares(x, overall, none(len(x)), np.array([kink.line.kink]))[0]
    assert found <= min(losses) * (1 + 1e-6)
    assert kink.line.kink == pytest.approx(grid[np.argmin(losses)], abs=0.05)


def test_each_point_of_the_curve_tells_how_many_waited_no_longer():
    minutes, overall = planted()
    curve = curve_of(minutes, overall).curve
    for at, told in curve[["minutes", "respondents"]].itertuples(index=False):
        assert told == (minutes < at + 1e-6).sum()
    assert (np.abs(minutes - curve["minutes"].iat[0]) < 1e-6).any()  # some waited just as long


def test_a_respondent_counts_once_with_the_longest_wait_and_the_mean_outcome():
    minutes, overall = planted()
    feedback, waits = tables(minutes, overall)
    apart = np.random.default_rng(1).normal(size=len(feedback))
    answers = [
        feedback.assign(question=name, feedback_id=feedback["feedback_id"] + f":{name}",
                        overall=feedback["overall"] + sign * apart)
        for name, sign in (("a", -1), ("b", 1))
    ]  # fmt: skip
    told = [waits.assign(feedback_id=waits["feedback_id"] + f":{name}",
                         minutes=waits["minutes"] * part)
            for name, part in (("a", 0.5), ("b", 1.0))]  # fmt: skip
    one = quiet(dose_response, feedback, waits)
    other = quiet(dose_response, pd.concat(answers, ignore_index=True), pd.concat(told))
    assert other.respondents == one.respondents
    pd.testing.assert_frame_equal(one.curve, other.curve)


@pytest.mark.parametrize("clustered", [False, True])
def test_the_regression_is_that_of_statsmodels(clustered):
    import statsmodels.api as sm

    random = np.random.default_rng(1)
    columns = np.column_stack([np.ones(80), random.normal(size=(80, 2))])
    y = columns @ [1.0, 2.0, -1.0] + random.normal(size=80) * (1 + columns[:, 1] ** 2)
    clusters = np.repeat(np.arange(20), 4) if clustered else None
    options = (
        {"cov_type": "cluster", "cov_kwds": {"groups": clusters}}
        if clustered
        else {"cov_type": "HC3"}
    )
    oracle = sm.OLS(y, columns).fit(**options)
    coefficients, covariance, _ = regress(columns, y, clusters)
    assert coefficients == pytest.approx(oracle.params)
    assert covariance == pytest.approx(oracle.cov_params())


def test_many_sums_of_squares_at_once_are_those_of_single_fits():
    minutes, overall = planted(n=60)
    x, controls = minutes / 60, np.random.default_rng(2).normal(size=(60, 2))
    places = np.array([0.5, 1.0, 2.0, 3.0])
    single = [
        np.linalg.lstsq(
            np.column_stack([np.ones_like(x), x, np.maximum(x - at, 0), controls]),
            overall,
            rcond=None,
        )[1][0]
        for at in places
    ]
    assert squares(x, overall, controls, places) == pytest.approx(single)


def test_a_planted_breakpoint_and_both_slopes_come_back():
    curve = curve_of(*planted(n=3000, seed=3), scale="linear")
    assert curve.breakpoint == pytest.approx(120, abs=15)
    assert curve.breakpoint_low < 120 < curve.breakpoint_high
    assert curve.slope_per_hour == pytest.approx(-0.1, abs=0.1)
    assert curve.slope_after == pytest.approx(-0.9, abs=0.1)
    assert curve.p_value < 0.001


def test_intervals_cover_the_planted_truth():
    runs = 60
    inside = np.zeros(3)
    for seed in range(runs):
        curve = curve_of(*planted(n=600, seed=seed), scale="linear")
        high = np.inf if np.isnan(curve.breakpoint_high) else curve.breakpoint_high
        inside += [
            curve.slope_low <= -0.1 <= curve.slope_high,
            curve.slope_after_low <= -0.9 <= curve.slope_after_high,
            not curve.breakpoint_low > 120 and high >= 120,
        ]
    assert (inside >= 0.88 * runs).all(), inside / runs


def test_a_straight_line_is_seldom_bent():
    bent = [
        not np.isnan(curve_of(*planted(before=-0.4, after=-0.4, seed=s), scale="linear").breakpoint)
        for s in range(60)
    ]
    assert sum(bent) <= 7  # 3 expected; more than 7 once in fifty


def test_the_straight_line_is_hc3_of_statsmodels():
    import statsmodels.api as sm

    minutes, overall = planted(n=200, before=-0.4, after=-0.4, seed=5)
    curve = curve_of(minutes, overall, scale="linear")
    fit = sm.OLS(overall, sm.add_constant(minutes / 60)).fit(cov_type="HC3", use_t=True)
    assert np.isnan(curve.breakpoint)
    assert curve.slope_per_hour == pytest.approx(fit.params[1])
    assert [curve.slope_low, curve.slope_high] == pytest.approx(fit.conf_int()[1])
    assert np.isnan(curve.slope_after)


def test_the_better_scale_is_chosen():
    minutes, _ = planted(n=800, seed=7)
    random = np.random.default_rng(8)
    noise = 0.3 * random.normal(size=800)
    assert curve_of(minutes, 5 - np.log(minutes) + noise).scale == "log"
    assert curve_of(minutes, 5 - minutes / 60 + noise).scale == "linear"


def test_the_curve_starts_at_the_reference_and_runs_on_with_the_slopes():
    curve = curve_of(*planted(n=1500, seed=9), scale="linear")
    points = curve.curve
    assert points["effect"].iloc[0] == points["effect_low"].iloc[0] == 0
    assert points["minutes"].iloc[0] == pytest.approx(curve.reference)
    assert points["minutes"].is_monotonic_increasing
    assert (points["effect_low"] <= points["effect"]).all()
    assert (points["effect"] <= points["effect_high"]).all()
    to_kink = points[points["minutes"] <= curve.breakpoint + 1e-6].iloc[-1]
    hours = (curve.breakpoint - curve.reference) / 60
    assert to_kink["effect"] == pytest.approx(curve.slope_per_hour * hours)


def test_the_longest_wait_of_a_respondent_counts():
    minutes, overall = planted(seed=11)
    feedback, waits = tables(minutes, overall)
    shorter = waits.assign(minutes=waits["minutes"] / 2)
    both = pd.concat([shorter, waits], ignore_index=True)
    alone = dose_response(feedback, waits, scale="linear")
    pd.testing.assert_frame_equal(dose_response(feedback, both, scale="linear").curve, alone.curve)


def test_the_answers_of_one_respondent_are_one_observation():
    minutes, overall = planted(seed=12)
    feedback, waits = tables(minutes, overall)
    feedback["question"] = None
    twice = pd.concat(
        [
            feedback.assign(feedback_id=feedback["feedback_id"] + f":{q}", question=q)
            for q in ("Why?", "What else?")
        ],
        ignore_index=True,
    )
    told = waits.assign(feedback_id=waits["feedback_id"] + ":Why?")
    assert dose_response(twice, told, scale="linear").respondents == len(feedback)
    pd.testing.assert_frame_equal(
        dose_response(twice, told, scale="linear").curve,
        dose_response(feedback, waits, scale="linear").curve,
    )


def test_whatever_the_order_of_the_rows_the_first_answer_by_name_tells_the_controls():
    random = np.random.default_rng(0)
    rows = [(f"{i:03}:{q}", q, random.choice(["en", "pl"]), float(i % 5 + 1))
            for i in range(150) for q in ("Why?", "What else?")]  # fmt: skip
    feedback = pd.DataFrame(rows, columns=["feedback_id", "question", "language", "overall"])
    names = [f"{i:03}:Why?" for i in range(150)]
    waits = pd.DataFrame({"feedback_id": names, "touchpoint": "waiting",
                          "minutes": random.exponential(60, 150) + 1})  # fmt: skip
    slopes = {
        quiet(dose_response, table, waits, controls=["language"], scale="linear").slope_per_hour
        for table in (feedback, feedback.iloc[::-1], feedback.sample(frac=1, random_state=1))
    }
    assert len(slopes) == 1


def test_a_control_takes_out_what_goes_with_the_wait():
    minutes, overall = planted(n=1000, before=-0.2, after=-0.2, seed=13)
    phone = minutes > np.median(minutes)
    feedback, waits = tables(minutes, overall - 2 * phone, channel=np.where(phone, "phone", "shop"))
    options = {"scale": "linear", "controls": ["channel"]}
    curve = dose_response(feedback, waits, **options)
    assert curve.slope_low < -0.2 < curve.slope_high
    assert dose_response(feedback, waits, scale="linear").slope_per_hour < curve.slope_per_hour


def test_clusters_widen_the_interval_of_repeated_answers():
    minutes, overall = planted(n=100, before=-0.4, after=-0.4, seed=14)
    customer = np.tile([f"c{i}" for i in range(100)], 4)
    feedback, waits = tables(np.tile(minutes, 4), np.tile(overall, 4), customer=customer)
    plain = dose_response(feedback, waits, scale="linear")
    clustered = dose_response(feedback, waits, scale="linear", cluster="customer")
    assert clustered.slope_high - clustered.slope_low > plain.slope_high - plain.slope_low


def test_only_waits_of_the_touchpoint_count():
    minutes, overall = planted(seed=15)
    feedback, waits = tables(minutes, overall)
    half = waits.assign(touchpoint=np.where(np.arange(len(waits)) % 2, "delivery", None))
    assert dose_response(feedback, half, touchpoint="delivery").respondents == len(waits) // 2
    with pytest.raises(ColumnError, match=r"Unknown touchpoint of a wait 'staff'.*delivery"):
        dose_response(feedback, half, touchpoint="staff")


def test_same_tables_same_numbers_and_nothing_changed():
    feedback, waits = tables(*planted(seed=16))
    before = feedback.copy(), waits.copy()
    one, two = dose_response(feedback, waits), dose_response(feedback, waits)
    pd.testing.assert_frame_equal(one.curve, two.curve)
    pd.testing.assert_frame_equal(feedback, before[0])
    pd.testing.assert_frame_equal(waits, before[1])


def test_few_respondents_are_told_and_too_few_refused():
    minutes, overall = planted(n=40, seed=17)
    with pytest.warns(TpfeedbackWarning, match="Only 40 respondents"):
        curve = dose_response(*tables(minutes, overall))
    assert "Only 40 respondents" in curve.notes[-1]
    with pytest.raises(ImpactError, match="19 respondents tell how long"):
        dose_response(*tables(minutes[:19], overall[:19]))


def test_waits_of_two_lengths_give_a_straight_line_and_a_note():
    minutes, overall = np.repeat([30.0, 60.0], 60), np.tile([3.0, 4.0, 5.0], 40)
    with pytest.warns(TpfeedbackWarning, match="too few different lengths"):
        curve = dose_response(*tables(minutes, overall))
    assert np.isnan(curve.breakpoint)
    assert np.isfinite(curve.slope_per_hour)


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        (lambda f, w: (f, w.drop(columns="minutes")), ColumnError, "lacks the columns minutes"),
        (lambda f, w: (f.iloc[1:], w), ColumnError, "1 waits have a feedback_id"),
        (lambda f, w: (f, w.assign(minutes=5.0)), ImpactError, "1 different waits"),
        (lambda f, w: (f, w.assign(minutes=w["minutes"].astype("str"))), ColumnError, "str values"),
        (
            lambda f, w: (f, w.assign(minutes=pd.to_timedelta(w["minutes"], unit="min"))),
            ColumnError,
            r"minutes of the waits table holds timedelta64\[\w+\] values",
        ),
        (lambda f, w: (f, w.assign(minutes=-w["minutes"])), ColumnError, "Allowed: numbers of 0"),
        (lambda f, w: (f.drop(columns="overall"), w), ImpactError, "Unknown outcome column"),
    ],
)
def test_what_cannot_be_measured_is_refused_with_advice(change, error, message):
    feedback, waits = change(*tables(*planted()))
    with pytest.raises(error, match=message):
        dose_response(feedback, waits)


def test_an_unknown_scale_is_answered_with_the_known_ones():
    with pytest.raises(ColumnError, match=r"Unknown scale 'square'.*linear, log"):
        dose_response(*tables(*planted()), scale="square")


def test_who_did_not_wait_at_all_is_measured_in_minutes_and_refused_in_logarithms():
    minutes, overall = planted()
    minutes[:30] = 0.0
    curve, linear = curve_of(minutes, overall), curve_of(minutes, overall, scale="linear")
    assert curve.scale == "linear"
    assert curve.slope_per_hour == linear.slope_per_hour
    with pytest.raises(ImpactError, match=r"30 respondents waited 0 minutes.*scale='linear'"):
        curve_of(minutes, overall, scale="log")
