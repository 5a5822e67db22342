"""Days that are written by hand are read as they were meant, or refused."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from tpfeedback.errors import TableError
from tpfeedback.tracking.days import read_days, without_zones


@pytest.mark.parametrize(
    ("given", "days"),
    [
        (["2025-08-01", "2025-08-13"], ["2025-08-01", "2025-08-13"]),
        (["2025-08-01T10:30"], ["2025-08-01"]),
        (["2025-08"], ["2025-08-01"]),
        (["1 Aug 2025"], ["2025-08-01"]),
        (["01.08.2025", "13.09.2025"], ["2025-08-01", "2025-09-13"]),
        (["08/01/2025", "09/13/2025"], ["2025-08-01", "2025-09-13"]),
        (["05.05.2025"], ["2025-05-05"]),
        ([date(2025, 8, 1)], ["2025-08-01"]),
        ([np.datetime64("2025-08-01")], ["2025-08-01"]),
        ([pd.Timestamp("2025-08-01", tz="Europe/Warsaw")], ["2025-08-01"]),
    ],
)
def test_days_are_read_in_the_order_that_fits_all(given, days):
    assert read_days(pd.Series(given), name="at").dt.strftime("%Y-%m-%d").tolist() == days


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (["01.08.2025"], r"at is '01.08.2025'\. That may be two days\. Allowed: a day such as"),
        (["13.01.2025", "01.13.2025"], r"at is '01.13.2025'\. Allowed: a day such as"),
        (["2025-08-01", "soon"], "at is 'soon'"),
        ([None], "at is None"),
    ],
)
def test_a_day_that_cannot_be_read_or_may_be_two_is_refused(given, message):
    with pytest.raises(TableError, match=message):
        read_days(pd.Series(given), name="at")


@pytest.mark.parametrize(
    "given",
    [
        ["2025-03-01T00:00+01:00", "2025-08-01 00:00:00.000Z"],
        [pd.Timestamp("2025-03-01", tz="Europe/Warsaw"), pd.Timestamp("2025-08-01", tz="UTC")],
        pd.to_datetime(["2025-03-01", "2025-08-01"]).tz_localize("Asia/Shanghai"),
        ["2025-03-01", date(2025, 8, 1)],
    ],
    ids=["text", "several zones", "one zone", "no zone"],
)
def test_days_of_any_zone_are_those_that_the_clock_on_the_wall_showed(given):
    days = read_days(without_zones(pd.Series(given)), name="at")
    assert days.dt.strftime("%Y-%m-%d").tolist() == ["2025-03-01", "2025-08-01"]
