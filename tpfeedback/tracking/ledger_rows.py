"""Accounts of the ledger as rows of its tables, and what the reader has to know about them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import stdtr, stdtrit

from tpfeedback.tracking.changes import Change
from tpfeedback.tracking.step_designs import PER_YEAR, SEASON_AFTER, Plan
from tpfeedback.tracking.step_effects import Before, Path
from tpfeedback.wording import Note, write_note

FEW_BEFORE, FEW_AFTER = 8, 4
TEXT = ("touchpoint", "where", "note", "measure", "method")
DATES = ("date", "sure_since", "period")
COUNTS = ("change", "periods_before", "periods_after", "texts_before", "texts_after")
_ENDS = ("", "_low", "_high")
COLUMNS = (
    "change", "date", "touchpoint", "where", "note", "measure", "method", "before", "estimate",
    "low", "high", "p_value", "always_low", "always_high", "sure_since", "periods_before",
    "periods_after", "texts_before", "texts_after", "slope", "slope_low", "slope_high",
    "detectable", "reach", "gain", "gain_low", "gain_high", "value", "value_low", "value_high",
    "cost", "roi", "roi_low", "roi_high",
)  # fmt: skip
PATH = ("change", "date", "touchpoint", "measure", "period", "estimate", "low", "high",
        "always_low", "always_high")  # fmt: skip


@dataclass(frozen=True, eq=False)
class Account:
    """One change and one measure. `found` is None where there is too little to estimate.

    `start` is the first period after the change, `before` the mean of those it was for, `texts`
    their number before and after, `reach` their share, `unknown` the number of respondents of whom
    it is not known whether it was for them, `overlapping` the days of other changes close by.
    """

    number: int
    change: Change
    measure: str
    start: int
    found: tuple[Path, Before, Plan] | None
    before: float
    texts: tuple[int, int]
    reach: float
    unknown: int
    overlapping: tuple[pd.Timestamp, ...]


def ledger_row(
    account: Account, calendar: pd.DatetimeIndex, outcome: str, worth: float | None
) -> dict[str, object]:
    """Return one row of the table; what cannot be told is missing."""
    change = account.change
    row: dict[str, object] = {
        "change": account.number, "date": change.date, "touchpoint": change.touchpoint,
        "where": change.where, "note": change.note, "measure": account.measure,
        "method": "difference" if change.column else "series", "before": account.before,
        "texts_before": account.texts[0], "texts_after": account.texts[1], "reach": account.reach,
        "cost": change.cost, "periods_before": 0, "periods_after": 0,
    }  # fmt: skip
    if account.found is None:
        return row
    path, before, _ = account.found
    names = ("estimate", "low", "high", "always_low", "always_high", "p_value")
    row |= {name: float(getattr(path, name)[-1]) for name in names}
    half = float(stdtrit(before.degrees, 0.975)) * before.error
    since = path.sure_since
    row |= {
        "sure_since": pd.NaT if since is None else calendar[since],
        "periods_before": before.periods, "periods_after": len(path.period),
        "slope": before.slope, "slope_low": before.slope - half, "slope_high": before.slope + half,
        "detectable": before.detectable,
    }  # fmt: skip
    return row | (_money(row, account, worth) if account.measure == outcome else {})


def _money(row: dict[str, object], account: Account, worth: float | None) -> dict[str, object]:
    ends = ("estimate", "low", "high")
    gains = [float(row[end]) * account.reach for end in ends]  # type: ignore[arg-type]
    found: dict[str, object] = {f"gain{e}": g for e, g in zip(_ENDS, gains, strict=True)}
    if worth is not None:
        found |= {f"value{e}": worth * g for e, g in zip(_ENDS, gains, strict=True)}
        if account.change.cost > 0:
            found |= {
                f"roi{e}": worth * g / account.change.cost - 1
                for e, g in zip(_ENDS, gains, strict=True)
            }
    return found


def path_rows(account: Account, calendar: pd.DatetimeIndex) -> list[dict[str, object]]:
    """Return one row per look."""
    if account.found is None:
        return []
    path = account.found[0]
    head = {
        "change": account.number, "date": account.change.date,
        "touchpoint": account.change.touchpoint, "measure": account.measure,
    }  # fmt: skip
    names = ("estimate", "low", "high", "always_low", "always_high")
    return [
        {**head, "period": calendar[period], **{n: float(getattr(path, n)[i]) for n in names}}
        for i, period in enumerate(path.period)
    ]


def tables_of_rows(
    rows: list[dict[str, object]], paths: list[dict[str, object]]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return table and paths, every column of its one type."""
    return _typed(pd.DataFrame(rows, columns=list(COLUMNS))), _typed(
        pd.DataFrame(paths, columns=list(PATH))
    )


def _typed(table: pd.DataFrame) -> pd.DataFrame:
    kinds = dict.fromkeys(table.columns, "float64")
    kinds |= dict.fromkeys(TEXT, "str")
    kinds |= dict.fromkeys(DATES, "datetime64[ns]")
    kinds |= dict.fromkeys(COUNTS, "int64")
    return table.astype({name: kinds[name] for name in table.columns})


def ledger_notes(
    accounts: list[Account], listed: list[Change], calendar: pd.DatetimeIndex, freq: str,
    undated: int,
) -> tuple[Note, ...]:  # fmt: skip
    """Return what the reader has to know, each with advice."""
    notes = []
    if undated:
        notes.append(write_note("ledger_undated", n=undated))
    main = [account for account in accounts if account.measure != "felt"]
    for number in range(len(listed)):
        own = [account for account in main if account.number == number]
        notes += _notes_of(own, listed[number], calendar, freq)
    return tuple(dict.fromkeys(notes))


def _notes_of(
    accounts: list[Account], change: Change, calendar: pd.DatetimeIndex, freq: str
) -> list[Note]:
    name = _name(change)
    unknown = accounts[0].unknown
    told = [write_note("ledger_unknown", change=name, n=unknown, column=change.column)]
    notes = told if unknown else []
    few = {"before": FEW_BEFORE, "after": FEW_AFTER}
    lacking = [account.measure for account in accounts if account.found is None]
    if len(lacking) == len(accounts):
        return [*notes, write_note("ledger_unmeasured", change=name, **few)]
    notes += [
        write_note("ledger_part_unmeasured", change=name, measure=measure, **few)
        for measure in lacking
    ]
    found = [(account, *account.found) for account in accounts if account.found is not None]
    path, before, plan = found[0][1:]
    if before.periods < FEW_BEFORE or len(path.period) < FEW_AFTER:
        counts = {"before": before.periods, "after": len(path.period)}
        counts |= {"enough_before": FEW_BEFORE, "enough_after": FEW_AFTER}
        notes.append(write_note("ledger_short", change=name, **counts))
    notes += _design_notes(name, change, plan, len(calendar), freq)
    close = sorted({other for account, *_ in found for other in account.overlapping})
    if close:
        days = [day.date().isoformat() for day in close]
        notes.append(write_note("ledger_close", change=name, days=days))
    notes += [note for account, _, past, _ in found for note in _trend_note(name, account, past)]
    return notes


def _name(change: Change) -> Note:
    told = {"touchpoint": change.touchpoint, "date": change.date.date().isoformat()}
    if not change.where:
        return write_note("ledger_change", **told)
    return write_note("ledger_change_where", **told, where=change.where)


def _design_notes(name: Note, change: Change, plan: Plan, periods: int, freq: str) -> list[Note]:
    if change.column is not None or plan.waves > 0:
        return []
    years = {"years": periods / PER_YEAR[freq], "enough": SEASON_AFTER[0]}
    return [write_note("ledger_season", change=name, **years)]


def _trend_note(name: Note, account: Account, before: Before) -> list[Note]:
    """Return a note where the groups had been drifting apart before the change."""
    p = 2 * stdtr(before.degrees, -abs(before.slope) / before.error) if before.error > 0 else 1.0
    if account.change.column is None or p > 0.05:
        return []
    measure = account.measure
    if measure == "complaints":
        measure = write_note("ledger_complaints")
    return [
        write_note("ledger_trend", change=name, measure=measure, slope=before.slope, p=float(p))
    ]


def pretrend_seen(account: Account) -> float:
    """Return the p-value of parallel trends, missing where nothing was found."""
    if account.found is None:
        return float("nan")
    before = account.found[1]
    return float(2 * stdtr(before.degrees, -np.abs(before.slope) / before.error))
