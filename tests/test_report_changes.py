"""What changed is told with intervals that hold, and nothing is called a change by chance."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from statsmodels.stats.proportion import confint_proportions_2indep

from tpfeedback.impact.marks import Marks
from tpfeedback.impact.observations import Observations
from tpfeedback.report.assurance import change_lines
from tpfeedback.report.changes import (
    MOST_PERIODS,
    measure_changes,
    share_difference,
    timeline,
)
from tpfeedback.wording import load_wording

TOUCHPOINTS = ("delivery", "price", "staff")


def observed(outcome, negative=None, weights=None) -> Observations:
    """Return observations of respondents; without `negative`, nobody complains."""
    size = len(outcome)
    flags = np.zeros((size, len(TOUCHPOINTS)), dtype=bool) if negative is None else negative
    names = TOUCHPOINTS[: flags.shape[1]] or tuple(f"t{i}" for i in range(flags.shape[1]))
    names = tuple(f"t{i:02d}" for i in range(flags.shape[1])) if flags.shape[1] > 3 else names
    marks = Marks(names, flags, flags, np.zeros_like(flags))
    return Observations(
        marks=marks,
        outcome=np.asarray(outcome, dtype=float),
        controls=pd.DataFrame(index=range(size)),
        weights=weights,
        clusters=None,
        texts=pd.Index([str(i) for i in range(size)]),
        rows=np.arange(size),
        notes=(),
    )


def changes(observations: Observations, dates: pd.Series):
    return measure_changes(timeline(observations, dates))


def days(size: int, step: str = "D") -> pd.Series:
    return pd.Series(pd.date_range("2024-01-01", periods=size, freq=step))


def test_the_difference_of_shares_is_that_of_statsmodels():
    for before, after in (((3, 50), (12, 60)), ((0, 40), (0, 30)), ((40, 40), (1, 31))):
        ours = share_difference(
            np.array([before[0] / before[1]]), before[1], np.array([after[0] / after[1]]), after[1]
        )
        theirs = confint_proportions_2indep(*after, *before, method="newcomb", compare="diff")
        assert np.allclose([end[0] for end in ours], theirs)


def test_the_difference_of_means_is_that_of_welch():
    random = np.random.default_rng(0)
    outcome = np.concatenate([random.normal(3, 1, 50), random.normal(4, 2, 50)])
    found = changes(observed(outcome), days(100))["difference"]
    test = stats.ttest_ind(outcome[50:], outcome[:50], equal_var=False).confidence_interval()
    assert (found["low"], found["high"]) == pytest.approx((test.low, test.high))


def test_a_mean_has_the_interval_of_student():
    outcome = np.random.default_rng(1).normal(3, 1, 80)
    found = changes(observed(outcome), days(80))["before"]
    early = stats.ttest_1samp(outcome[:40], 0).confidence_interval()
    assert (found["low"], found["high"]) == pytest.approx((early.low, early.high))


def test_equal_weights_change_nothing():
    random = np.random.default_rng(2)
    outcome, negative = random.normal(3, 1, 90), random.random((90, 3)) < 0.3
    plain = changes(observed(outcome, negative), days(90))
    weighted = changes(observed(outcome, negative, np.full(90, 2.5)), days(90))
    assert weighted["difference"] == pytest.approx(plain["difference"])
    for one, other in zip(weighted["touchpoints"], plain["touchpoints"], strict=True):
        assert one == pytest.approx(other)


def test_a_weight_counts_as_that_many_customers():
    outcome = np.tile([1.0, 5.0], 40)
    weights = np.tile([3.0, 1.0], 40)
    found = changes(observed(outcome, weights=weights), days(80))
    assert found["before"]["value"] == pytest.approx(2.0)


def test_the_halves_are_cut_between_two_days_and_equal_in_size():
    dates = pd.Series(
        pd.to_datetime(["2020-01-01"] * 5 + ["2024-05-01"] * 40 + ["2024-05-02"] * 45)
    )
    found = changes(observed(np.arange(90.0)), dates)
    assert (found["before"]["texts"], found["after"]["texts"]) == (45, 45)
    assert (found["before"]["last"], found["after"]["first"]) == ("2024-05-01", "2024-05-02")


@pytest.mark.parametrize(
    ("dates", "why"),
    [
        (pd.Series([pd.NaT] * 90, dtype="datetime64[ns]"), "no dates"),
        (pd.Series(pd.to_datetime(["2024-05-01"] * 90)), "one day"),
        (days(40), "too few"),
        (pd.Series(pd.to_datetime(["2024-05-01"] * 80 + ["2024-05-02"] * 10)), "a small half"),
    ],
)
def test_nothing_is_said_of_change_where_nothing_can_be(dates, why):
    assert changes(observed(np.arange(float(len(dates)))), dates) is None


@pytest.mark.parametrize(
    ("step", "period", "first"),
    [
        ("D", "week", "2024-01-01"),
        ("3D", "month", "2024-01"),
        ("20D", "quarter", "2024-Q1"),
        ("100D", "year", "2024"),
    ],
)
def test_the_period_of_the_trend_follows_from_the_time_it_covers(step, period, first):
    found = changes(observed(np.arange(80.0)), days(80, step))
    assert (found["period"], found["trend"][0]["period"]) == (period, first)
    assert len(found["trend"]) <= max(MOST_PERIODS, 44)


def test_a_period_with_one_customer_has_no_interval():
    dates = days(80)
    dates[79] = pd.Timestamp("2024-12-01")
    last = changes(observed(np.arange(80.0)), dates)["trend"][-1]
    assert (last["texts"], last["low"], last["high"]) == (1, None, None)


def test_undated_customers_are_left_out_and_counted():
    dates = days(100)
    dates[:10] = pd.NaT
    found = changes(observed(np.arange(100.0)), dates)
    assert found["undated"] == 10
    assert found["before"]["texts"] + found["after"]["texts"] == 90


def test_a_planted_change_of_complaints_is_found_and_called_sure():
    random = np.random.default_rng(3)
    shares = np.where(np.arange(800)[:, None] < 400, [0.3, 0.1, 0.1], [0.1, 0.1, 0.1])
    found = changes(observed(np.zeros(800), random.random((800, 3)) < shares), days(800, "h"))
    first = found["touchpoints"][0]
    assert (first["touchpoint"], first["sure"], found["changed"]) == ("delivery", True, 1)
    assert first["change_low"] < -0.2 < first["change_high"]


def test_where_nothing_changed_a_change_is_seldom_called_sure():
    random = np.random.default_rng(4)
    alarms = 0
    for _ in range(200):
        negative = random.random((300, 20)) < 0.15
        alarms += changes(observed(np.zeros(300), negative), days(300, "h"))["changed"] > 0
    assert alarms <= 18  # 5 % of 200, and what chance adds to it (99 %)


def test_the_reader_is_told_when_no_change_is_sure():
    random = np.random.default_rng(5)
    negative = random.random((200, 3)) < 0.2
    found = changes(observed(random.normal(3, 1, 200), negative), days(200))
    facts = {
        "outcome": {"decimals": 2, "gain_decimals": 2}, "names": {}, "changes": found,
    }  # fmt: skip
    said = " ".join(change_lines(facts, load_wording()))
    assert "The mean has not changed for sure" in said
    assert "None of 3 touchpoints is complained about surely more or less often" in said
    assert "may be chance" in said
