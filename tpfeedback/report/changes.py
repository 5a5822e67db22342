"""What changed: the outcome over time, and complaints in the earlier and the later half.

Everything is counted in respondents, as in the impact table: the answers of one person are one.
A respondent's date is the first of their texts. Survey weights count where the analysis has them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import ndtri, stdtrit

from tpfeedback.impact.gram import Array
from tpfeedback.impact.observations import Observations
from tpfeedback.report.records import Facts

LEAST = 30  # dated respondents in each half, fewer say nothing
SHOWN = 6
MOST_PERIODS = 36
FEWEST_MONTHS = 4  # fewer months than this are shown as weeks
PERIODS = {"week": "W", "month": "M", "quarter": "Q", "year": "Y"}
Estimate = tuple[float | None, float | None, float | None]


@dataclass(frozen=True, eq=False)
class Timeline:
    """Respondents by day, as far as a report tells of them.

    `cells`: columns `date` (a day, missing where not known), `outcome`, `weight` and `count`, how
    many respondents are alike in these. `complaints`: the weight of those who complain, a row for
    each day and a column for each touchpoint that somebody with a date complains of.
    """

    cells: pd.DataFrame
    complaints: pd.DataFrame


def timeline(observed: Observations, dates: pd.Series) -> Timeline:
    """Return the timeline of respondents; `dates` holds one date per respondent."""
    weight = np.ones(len(dates)) if observed.weights is None else observed.weights
    day, marks = dates.dt.normalize(), observed.marks
    told = np.flatnonzero(marks.negative[day.notna().to_numpy()].any(axis=0))
    told_weight = pd.DataFrame(
        marks.negative[:, told] * weight[:, None], columns=[marks.touchpoints[i] for i in told]
    )
    cells = {"date": day, "outcome": observed.outcome, "weight": weight, "count": 1}
    return Timeline(pd.DataFrame(cells), told_weight.groupby(day.to_numpy()).sum())


def measure_changes(given: Timeline) -> Facts | None:
    """Return what changed with time, None where too few respondents have a date.

    `trend`: mean outcome by period with its 95 % interval (t distribution); `before` and `after`:
    the two halves of the dated respondents, cut between two days; `difference`: of the mean
    outcome, with the interval of Welch (1947, Biometrika 34:28-35); `touchpoints`: the `SHOWN`
    largest changes of the share (0-1) that complains, with the score interval of Newcombe (1998,
    Stat. Med. 17:873-890, method 10), widened so that the intervals of all touchpoints hold
    together with 95 % (Bonferroni).
    """
    dated = given.cells[given.cells["date"].notna()]
    cut = _middle(dated)
    if cut is None:
        return None
    halves = [dated[dated["date"] < cut], dated[dated["date"] >= cut]]
    if min(half["count"].sum() for half in halves) < LEAST:
        return None
    period, trend = _trend(dated)
    before, after = halves
    return {
        "period": period,
        "trend": trend,
        "undated": int(given.cells["count"].sum() - dated["count"].sum()),
        "before": _half(before),
        "after": _half(after),
        "difference": _named(_difference(before, after)),
        **_complaints(given.complaints, before, after),
    }


def _middle(dated: pd.DataFrame) -> pd.Timestamp | None:
    """Return the first day of the later half: the cut that leaves the halves most alike in size."""
    days = dated.groupby("date", sort=True)["count"].sum()
    if len(days) < 2:
        return None
    earlier = days.cumsum().shift(1).iloc[1:]
    cut: Any = (earlier - days.sum() / 2).abs().idxmin()
    return cut  # type: ignore[no-any-return]


def _trend(dated: pd.DataFrame) -> tuple[str, list[Facts]]:
    table = dated[np.isfinite(dated["outcome"])]
    name = _period(table["date"])
    by_period = table.groupby(table["date"].dt.to_period(PERIODS[name]), sort=True)
    rows = []
    for period, part in list(by_period)[-MOST_PERIODS:]:
        values = _named(mean_of(part))
        rows.append(
            {"period": _period_name(period, name), **values, "texts": int(part["count"].sum())}
        )
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


def _half(half: pd.DataFrame) -> Facts:
    days = half["date"].dt.date
    texts = int(half["count"].sum())
    mean = _named(mean_of(half))
    return {"first": str(days.min()), "last": str(days.max()), "texts": texts, **mean}


def rated_cells(cells: pd.DataFrame) -> tuple[Array, Array, Array]:
    """Return outcome, weight and count of the cells that have an outcome."""
    rated = cells[np.isfinite(cells["outcome"])]
    value, weight, count = (
        rated[name].to_numpy(dtype=np.float64) for name in ("outcome", "weight", "count")
    )
    return value, weight, count


def mean_of(cells: pd.DataFrame) -> Estimate:
    """Return the mean outcome of the cells with the ends of its 95 % interval."""
    return estimate_mean(*rated_cells(cells))


def estimate_mean(values: Array, weight: Array, count: Array | None = None) -> Estimate:
    """Return the weighted mean with the ends of its 95 % interval, missing for a single value.

    `count` tells how many respondents each value stands for, one if it is not given.

    >>> estimate_mean(np.array([1.0, 2.0, 3.0]), np.ones(3))  # doctest: +ELLIPSIS
    (2.0, -0.484..., 4.484...)
    """
    count = np.ones(len(values)) if count is None else count
    centre, variance, degrees = _moments(values, weight, count)
    if centre is None or not variance:
        return centre, None, None
    reach = float(stdtrit(degrees, 0.975)) * variance**0.5
    return centre, centre - reach, centre + reach


def _moments(values: Array, weight: Array, count: Array) -> tuple[float | None, float, int]:
    """Return mean, variance of the mean and degrees of freedom; robust to unequal weights."""
    number, total = int(count.sum()), float((weight * count).sum())
    if not number or total <= 0:
        return None, 0.0, 0
    centre = float((values * weight * count).sum() / total)
    squares = float((count * weight**2 * (values - centre) ** 2).sum()) / total**2
    return centre, squares * number / max(number - 1, 1), number - 1


def _difference(before: pd.DataFrame, after: pd.DataFrame) -> Estimate:
    early, late = (_moments(*rated_cells(half)) for half in (before, after))
    if early[0] is None or late[0] is None:
        return None, None, None
    change, variance = late[0] - early[0], early[1] + late[1]
    if not (early[1] > 0 and late[1] > 0):
        return change, None, None
    degrees = variance**2 / (early[1] ** 2 / early[2] + late[1] ** 2 / late[2])
    reach = float(stdtrit(degrees, 0.975)) * variance**0.5
    return change, change - reach, change + reach


def _complaints(complaints: pd.DataFrame, before: pd.DataFrame, after: pd.DataFrame) -> Facts:
    early, late = (_shares(complaints, half) for half in (before, after))
    low, high = share_difference(*early, *late, level=0.05 / max(complaints.shape[1], 1))
    rows: list[Facts] = [
        {
            "touchpoint": touchpoint,
            "before": float(early[0][i]),
            "after": float(late[0][i]),
            "change": float(late[0][i] - early[0][i]),
            "change_low": float(low[i]),
            "change_high": float(high[i]),
            "sure": bool(low[i] > 0 or high[i] < 0),
        }
        for i, touchpoint in enumerate(complaints.columns)
    ]
    rows.sort(key=lambda row: (-abs(round(row["change"], 12)), row["touchpoint"]))
    return {
        "touchpoints": rows[:SHOWN],
        "compared": len(rows),
        "changed": sum(row["sure"] for row in rows),
    }


def _shares(complaints: pd.DataFrame, half: pd.DataFrame) -> tuple[Array, float]:
    """Return the weighted share of each touchpoint, and how many equal weights would tell as much.

    The effective size is that of Kish (1965, Survey Sampling, section 11.7).
    """
    weight, count = (half[name].to_numpy(dtype=np.float64) for name in ("weight", "count"))
    total = float((weight * count).sum())
    if total <= 0:
        return np.zeros(complaints.shape[1]), 0.0
    told = complaints[complaints.index.isin(half["date"])].sum(axis=0).to_numpy(dtype=np.float64)
    return told / total, float(total**2 / (count * weight**2).sum())


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
