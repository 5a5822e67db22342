"""What changed: the outcome over time, and complaints in the earlier and the later half.

Everything is counted in respondents, as in the impact table: the answers of one person are one.
A respondent's date is the first of their texts. Survey weights count where the analysis has them.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from scipy.special import ndtri, stdtrit

from tpfeedback.impact.gram import Array, Flags
from tpfeedback.impact.observations import Observations
from tpfeedback.report.records import Facts

LEAST = 30  # dated respondents in each half, fewer say nothing
SHOWN = 6
MOST_PERIODS = 36
FEWEST_MONTHS = 4  # fewer months than this are shown as weeks
PERIODS = {"week": "W", "month": "M", "quarter": "Q", "year": "Y"}
Estimate = tuple[float | None, float | None, float | None]


def measure_changes(observed: Observations, dates: pd.Series) -> Facts | None:
    """Return what changed with time, None where too few respondents have a date.

    `dates` holds one date per respondent. `trend`: mean outcome by period with its 95 % interval
    (t distribution); `before` and `after`: the two halves of the dated respondents, cut between
    two days; `difference`: of the mean outcome, with the interval of Welch (1947, Biometrika
    34:28-35); `touchpoints`: the `SHOWN` largest changes of the share (0-1) that complains, with
    the score interval of Newcombe (1998, Stat. Med. 17:873-890, method 10), widened so that the
    intervals of all touchpoints hold together with 95 % (Bonferroni).
    """
    dated = dates.notna().to_numpy()
    cut = _middle(dates[dated])
    if cut is None:
        return None
    after = dated & (dates >= cut).to_numpy()
    before = dated & ~after
    if min(before.sum(), after.sum()) < LEAST:
        return None
    weight = np.ones(len(dates)) if observed.weights is None else observed.weights
    period, trend = _trend(observed.outcome, weight, dates)
    return {
        "period": period,
        "trend": trend,
        "undated": int((~dated).sum()),
        "before": _half(observed.outcome, weight, dates, before),
        "after": _half(observed.outcome, weight, dates, after),
        "difference": _named(_difference(observed.outcome, weight, before, after)),
        **_complaints(observed, weight, before, after),
    }


def _middle(dates: pd.Series) -> pd.Timestamp | None:
    """Return the first day of the later half: the cut that leaves the halves most alike in size."""
    days = dates.dt.normalize().value_counts().sort_index()
    if len(days) < 2:
        return None
    earlier = days.cumsum().shift(1).iloc[1:]
    cut: pd.Timestamp = (earlier - len(dates) / 2).abs().idxmin()
    return cut


def _trend(outcome: Array, weight: Array, dates: pd.Series) -> tuple[str, list[Facts]]:
    used = dates.notna().to_numpy() & np.isfinite(outcome)
    table = pd.DataFrame({"outcome": outcome, "weight": weight, "date": dates})[used]
    name = _period(table["date"])
    table["period"] = table["date"].dt.to_period(PERIODS[name])
    rows = []
    for period, part in list(table.groupby("period", sort=True))[-MOST_PERIODS:]:
        values = _named(estimate_mean(part["outcome"].to_numpy(), part["weight"].to_numpy()))
        rows.append({"period": _period_name(period, name), **values, "texts": len(part)})
    return name, rows


def _period(dates: pd.Series) -> str:
    """Return the finest period that gives a trend of neither two points nor a hundred."""
    if dates.dt.to_period("M").nunique() < FEWEST_MONTHS:
        return "week"
    for name in ("month", "quarter"):
        if dates.dt.to_period(PERIODS[name]).nunique() <= MOST_PERIODS:
            return name
    return "year"


def _period_name(period: Any, name: str) -> str:
    """Return the first day of a week, "2024-05", "2024-Q2" or "2024"."""
    if name == "week":
        return str(period.start_time.date())
    return f"{period.year}-Q{period.quarter}" if name == "quarter" else str(period)


def _half(outcome: Array, weight: Array, dates: pd.Series, half: Flags) -> Facts:
    days = dates[half].dt.date
    rated = half & np.isfinite(outcome)
    mean = _named(estimate_mean(outcome[rated], weight[rated]))
    return {"first": str(days.min()), "last": str(days.max()), "texts": int(half.sum()), **mean}


def estimate_mean(values: Array, weight: Array) -> Estimate:
    """Return the weighted mean with the ends of its 95 % interval, missing for a single value.

    >>> estimate_mean(np.array([1.0, 2.0, 3.0]), np.ones(3))  # doctest: +ELLIPSIS
    (2.0, -0.484..., 4.484...)
    """
    centre, variance, degrees = _moments(values, weight)
    if centre is None or not variance:
        return centre, None, None
    reach = float(stdtrit(degrees, 0.975)) * variance**0.5
    return centre, centre - reach, centre + reach


def _moments(values: Array, weight: Array) -> tuple[float | None, float, int]:
    """Return mean, variance of the mean and degrees of freedom; robust to unequal weights."""
    count, total = len(values), float(weight.sum())
    if not count or total <= 0:
        return None, 0.0, 0
    centre = float((values * weight).sum() / total)
    squares = float((weight**2 * (values - centre) ** 2).sum()) / total**2
    return centre, squares * count / max(count - 1, 1), count - 1


def _difference(outcome: Array, weight: Array, before: Flags, after: Flags) -> Estimate:
    rated = np.isfinite(outcome)
    early, late = (_moments(outcome[h & rated], weight[h & rated]) for h in (before, after))
    if early[0] is None or late[0] is None:
        return None, None, None
    change, variance = late[0] - early[0], early[1] + late[1]
    if not (early[1] > 0 and late[1] > 0):
        return change, None, None
    degrees = variance**2 / (early[1] ** 2 / early[2] + late[1] ** 2 / late[2])
    reach = float(stdtrit(degrees, 0.975)) * variance**0.5
    return change, change - reach, change + reach


def _complaints(observed: Observations, weight: Array, before: Flags, after: Flags) -> Facts:
    marks = observed.marks
    told = np.flatnonzero(marks.negative[before | after].any(axis=0))
    early, late = (_shares(marks.negative[:, told], weight, half) for half in (before, after))
    low, high = share_difference(*early, *late, level=0.05 / max(len(told), 1))
    rows: list[Facts] = [
        {
            "touchpoint": marks.touchpoints[place],
            "before": float(early[0][i]),
            "after": float(late[0][i]),
            "change": float(late[0][i] - early[0][i]),
            "change_low": float(low[i]),
            "change_high": float(high[i]),
            "sure": bool(low[i] > 0 or high[i] < 0),
        }
        for i, place in enumerate(told)
    ]
    rows.sort(key=lambda row: (-abs(round(row["change"], 12)), row["touchpoint"]))
    return {
        "touchpoints": rows[:SHOWN],
        "compared": len(rows),
        "changed": sum(row["sure"] for row in rows),
    }


def _shares(flags: Flags, weight: Array, half: Flags) -> tuple[Array, float]:
    """Return the weighted share of each column, and how many equal weights would tell as much.

    The effective size is that of Kish (1965, Survey Sampling, section 11.7).
    """
    held = weight[half]
    size = float(held.sum() ** 2 / (held**2).sum()) if held.any() else 0.0
    share = held @ flags[half] / held.sum() if held.any() else np.zeros(flags.shape[1])
    return np.asarray(share), size


def share_difference(
    before: Array, size_before: float, after: Array, size_after: float, *, level: float = 0.05
) -> tuple[Array, Array]:
    """Return the ends of the score interval of `after - before` (shares, 0-1).

    Newcombe (1998, Stat. Med. 17:873-890, method 10), from the intervals of Wilson (1927).

    >>> low, high = share_difference(np.array([0.1]), 100, np.array([0.3]), 100)
    >>> low.round(3), high.round(3)
    (array([0.09]), array([0.306]))
    """
    (low_1, high_1), (low_2, high_2) = (
        _wilson(share, max(size, 1e-9), level)
        for share, size in ((before, size_before), (after, size_after))
    )
    change = after - before
    low = change - np.sqrt((after - low_2) ** 2 + (high_1 - before) ** 2)
    high = change + np.sqrt((high_2 - after) ** 2 + (before - low_1) ** 2)
    return np.asarray(low), np.asarray(high)


def _wilson(share: Array, size: float, level: float) -> tuple[Array, Array]:
    z = float(ndtri(1 - level / 2))
    centre = (share + z**2 / (2 * size)) / (1 + z**2 / size)
    reach = z / (1 + z**2 / size) * np.sqrt(share * (1 - share) / size + z**2 / (4 * size**2))
    return centre - reach, centre + reach


def _named(estimate: Estimate) -> Facts:
    return dict(zip(("value", "low", "high"), estimate, strict=True))
