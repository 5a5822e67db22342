"""Days that somebody wrote by hand, where a day read wrongly moves a before and an after."""

from __future__ import annotations

import re
import warnings
from datetime import datetime

import pandas as pd

from tpfeedback.errors import TableError

ADVICE = "Allowed: a day such as 2025-08-01."
_ZONE = re.compile(r"(\d\d:\d\d\S*?)\s*(Z|[+-]\d\d:?\d\d)$")


def read_days(given: pd.Series, *, name: str) -> pd.Series:
    """Return the days; `name` says in an error what they are.

    Where they do not begin with the year, both orders of "01.08.2025" and its like are tried on
    all of them: the one in which all can be read is taken, and where both can be and are not the
    same nothing is guessed.

    Raises:
        TableError: a day cannot be read, or may be two.

    >>> read_days(pd.Series(["01.08.2025", "13.09.2025"]), name="The date of a change").tolist()
    [Timestamp('2025-08-01 00:00:00'), Timestamp('2025-09-13 00:00:00')]
    """
    usual = pd.to_datetime(given, errors="coerce", format="ISO8601")
    if usual.notna().all():
        return usual
    orders = [_in_order(given, day_first=day_first) for day_first in (False, True)]
    full = [days for days in orders if days.notna().all()]
    if not full:
        odd = given[min(orders, key=lambda days: days.isna().sum()).isna()].iloc[0]
        raise TableError(f"{name} is {odd!r}. {ADVICE}")
    differs = full[0] != full[-1]
    if differs.any():
        raise TableError(f"{name} is {given[differs].iloc[0]!r}. That may be two days. {ADVICE}")
    return full[0]


def without_zones(given: pd.Series) -> pd.Series:
    """Return the days as the clock on the wall showed them, as reading feedback takes its dates.

    >>> without_zones(pd.Series(["2025-03-01T00:00+01:00", "2025-08-01 00:00:00Z"])).tolist()
    ['2025-03-01T00:00', '2025-08-01 00:00:00']
    """
    return given.map(_without_zone, na_action="ignore")


def _without_zone(day: object) -> object:
    if isinstance(day, str):
        return _ZONE.sub(r"\1", day)
    return day.replace(tzinfo=None) if isinstance(day, datetime) else day


def _in_order(given: pd.Series, *, day_first: bool) -> pd.Series:
    """Return the days as dates; one that cannot be read in this order is missing."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # that an order does not fit is what we ask
        return pd.to_datetime(given, errors="coerce", dayfirst=day_first)
