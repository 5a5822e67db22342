"""Did the fix work? Every change of the list, its effect, its worth, and how sure that is."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from tpfeedback.errors import ColumnError, TpfeedbackWarning
from tpfeedback.impact.controls import control_columns, read_controls
from tpfeedback.impact.gram import Array, Flags, Places
from tpfeedback.impact.marks import Marks, mark_texts
from tpfeedback.impact.outcome import read_outcome
from tpfeedback.impact.respondents import join_answers
from tpfeedback.priority.costs import read_amount
from tpfeedback.tracking.changes import Change, read_changes
from tpfeedback.tracking.ledger_rows import (
    Account,
    ledger_notes,
    ledger_row,
    path_rows,
    tables_of_rows,
)
from tpfeedback.tracking.period_means import count_cells
from tpfeedback.tracking.step_effects import measure_step
from tpfeedback.tracking.tallies import check_columns, first_days, share_dates

MIX = ("channel", "language")
MEASURES = ("complaints", "felt")
CLOSE = 13  # periods between two changes up to which it is told that they are close
ENOUGH = 5  # respondents a period from which on the mix is taken out
SMALLEST = 20  # respondents below which a level of the mix is pooled with other rare ones


@dataclass(frozen=True, eq=False)
class Ledger:
    """What every change did. See `ledger` for the columns of `table` and `paths`."""

    table: pd.DataFrame
    paths: pd.DataFrame
    notes: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Records:
    """Respondents with a date: their marks, outcome, number of period, facts and mix."""

    marks: Marks
    outcome: Array
    period: Places
    facts: pd.DataFrame
    mix: Array
    calendar: pd.DatetimeIndex


def ledger(
    feedback: pd.DataFrame,
    mentions: pd.DataFrame,
    changes: pd.DataFrame,
    *,
    outcome: str = "overall",
    freq: str = "W",
    controls: Sequence[str] | None = None,
    value_of: float | None = None,
) -> Ledger:
    """Measure what each change did to its touchpoint and to the mean outcome.

    A change with `where` is compared with everybody it was not for: the difference between both
    groups, after less before (difference in differences). A change for everybody is an interrupted
    time series (Bernal, Cummins & Gasparrini 2017, Int. J. Epidemiol. 46:348-355): a step beside a
    trend (from a year of past on), a yearly season (Fourier terms; from 1.5 years of data on)
    and, as control series, the complaints about touchpoints that no change was for. Both are freed
    of changes of the mix of customers (`controls`; from 5 respondents a period on) and of the other
    changes in the list. Periods
    vary beyond sampling, and one like the one before; errors take that into account
    (`tpfeedback.tracking.step_models`).

    Args:
        feedback: one row per text; answers of one respondent count as one.
        mentions: their mentions.
        changes: `date`, `touchpoint`, and if you like `where` ("region=North"), `cost`, `note`.
        outcome: numeric column of the feedback.
        freq: "D", "W" or "M": the length of a look.
        controls: columns of the mix of customers; if not given, channel and language.
        value_of: money that one point more of the mean outcome (of all) brings in over the time
            that counts for you, in the unit of `cost`.

    Returns:
        A ledger. `table` has three rows per change, by `measure`: "complaints" (share of
        respondents who complain about the touchpoint), "felt" (that share among those who mention
        it) and the outcome. Columns: `change` (place in the list, from 0), `date, touchpoint,
        where, note, measure`, `method` ("difference" or "series"), `before` (mean before, of those
        the change was for), `estimate, low, high` (the change; 95 % at one look), `p_value`,
        `always_low, always_high` (95 % however often one looks), `sure_since` (first look at which
        these leave out 0), `periods_before, periods_after, texts_before, texts_after`, `slope,
        slope_low, slope_high` (trend a year before the change, of the difference where there is
        one: parallel trends have 0), `detectable` (step that would be found in 80 % of cases),
        `reach` (share of respondents, since, whom the change was for), `gain, gain_low, gain_high`
        (outcome only: estimate x reach, change of the mean of all), `value, value_low, value_high`
        (x `value_of`), `cost`, `roi, roi_low, roi_high` = (value - cost) / cost.
        `paths` has a row per change, measure and look: `period` (first day), `estimate, low, high,
        always_low, always_high`.

    Raises:
        ColumnError: a column is missing or of the wrong kind.
        ImpactError: ids or the outcome cannot be used, or `value_of` is no amount.
        TableError: the list of changes cannot be used.

    >>> days = pd.date_range("2025-01-06", periods=280, freq="D").repeat(4)
    >>> feedback = pd.DataFrame({"feedback_id": [f"t{i:04}" for i in range(1120)], "date": days})
    >>> late = [*range(0, 560, 4), *range(560, 1120, 16)]
    >>> feedback["overall"] = [1.0 if i in late else 4.0 + i % 2 for i in range(1120)]
    >>> mentions = pd.DataFrame({"feedback_id": feedback["feedback_id"].iloc[late],
    ...                          "touchpoint": "delivery", "sentiment": "negative"})
    >>> changes = pd.DataFrame({"date": ["2025-05-26"], "touchpoint": ["delivery"]})
    >>> with warnings.catch_warnings():
    ...     warnings.simplefilter("ignore", TpfeedbackWarning)
    ...     table = ledger(feedback, mentions, changes).table
    >>> row = table.iloc[0]
    >>> row["measure"], round(float(row["before"]), 2), round(float(row["estimate"]), 2)
    ('complaints', 0.25, -0.19)
    """
    worth = read_amount("value_of", value_of)
    _require_own_name(outcome)
    check_columns(feedback, freq, ())
    feedback = share_dates(feedback)
    records = _records(feedback, mentions, outcome, freq, controls)
    listed = read_changes(changes, records.facts, records.marks.touchpoints)
    accounts = [
        _account(records, listed, number, measure, freq)
        for number in range(len(listed))
        for measure in (*MEASURES, outcome)
    ]
    undated = int(feedback["date"].isna().sum())
    notes = ledger_notes(accounts, listed, records.calendar, freq, undated)
    for note in notes:
        warnings.warn(note, TpfeedbackWarning, stacklevel=2)
    rows = [ledger_row(account, records.calendar, outcome, worth) for account in accounts]
    paths = [row for account in accounts for row in path_rows(account, records.calendar)]
    return Ledger(*tables_of_rows(rows, paths), notes)


def _require_own_name(outcome: str) -> None:
    """Refuse an outcome that could not be told from what is measured beside it."""
    if outcome in MEASURES:
        raise ColumnError(
            f"The outcome is named {outcome!r}, as one of the measures of the ledger is. Allowed: "
            f"any name but {' and '.join(MEASURES)}. Rename the column, and name it with outcome=."
        )


def _records(
    feedback: pd.DataFrame,
    mentions: pd.DataFrame,
    outcome: str,
    freq: str,
    controls: Sequence[str] | None,
) -> Records:
    marks = mark_texts(feedback, mentions)
    values, _ = read_outcome(feedback, outcome)
    marks, values, facts = join_answers(feedback, marks, values, feedback.reset_index(drop=True))
    dated = facts["date"].notna().to_numpy()
    if not dated.any():
        raise ColumnError(
            f"None of the {len(feedback)} texts has a date, so there is no before and after. Name "
            "the column of dates: tpfeedback.read_feedback(..., date=...)."
        )
    facts = facts[dated].reset_index(drop=True)
    chosen = [name for name in MIX if name in facts] if controls is None else list(controls)
    columns = control_columns(read_controls(facts, chosen), smallest=SMALLEST)
    mix = np.column_stack([np.zeros((len(facts), 0)), *columns.values()])
    days = first_days(facts["date"], freq)
    calendar = pd.DatetimeIndex(pd.period_range(days.min(), days.max(), freq=freq).start_time)
    flags = (marks.mentioned[dated], marks.negative[dated], marks.positive[dated])
    period = np.asarray(calendar.get_indexer(pd.DatetimeIndex(days)), dtype=np.intp)
    return Records(Marks(marks.touchpoints, *flags), values[dated], period, facts, mix, calendar)


def _account(
    records: Records, listed: list[Change], number: int, measure: str, freq: str
) -> Account:
    """Return what is known of the effect of one change on one measure.

    A respondent of whom it is not known whether the change was for them is of neither group.
    """
    change = listed[number]
    treated, known = change.treats(records.facts), change.known(records.facts)
    compared = change.column is not None
    start, left_out = _begin(change, records.calendar, freq)
    values, measured = _values(records, change, measure)
    rows = measured & known
    of_change = np.array([one.touchpoint == change.touchpoint for one in listed])
    relevant = [
        (_begin(other, records.calendar, freq)[0], other.date)
        for place, other in enumerate(listed)
        if place != number and (of_change[place] or measure not in MEASURES)
        and (not compared or other.column is not None)
    ]  # fmt: skip
    found = None
    if rows.any():
        mix = _useful(records.mix[rows], records.period[rows])
        group = treated[rows] if compared else np.ones(int(rows.sum()), dtype=bool)
        found = measure_step(
            count_cells(values[rows], records.period[rows], mix, group),
            freq=freq, start=start, left_out=left_out, compared=compared,
            others=tuple(begin for begin, _ in relevant), covariate=_untouched(records, listed),
        )  # fmt: skip
    ours, since = rows & treated, records.period >= start
    earlier = ~since & ~np.isin(records.period, left_out)
    return Account(
        number, change, measure, start, found,
        before=_mean(values[ours & earlier]),
        texts=(int((ours & earlier).sum()), int((ours & since).sum())),
        reach=_mean(treated[since & known].astype(float)),
        unknown=int((~known).sum()),
        overlapping=tuple(
            day for begin, day in relevant
            if 0 < begin < len(records.calendar) and abs(begin - start) < CLOSE
        ),
    )  # fmt: skip


def _begin(change: Change, calendar: pd.DatetimeIndex, freq: str) -> tuple[int, Places]:
    """Return the first whole period after the change, and the one that it cuts in two, if any."""
    first = int(calendar.searchsorted(change.date, side="left"))
    whole = first < len(calendar) and calendar[first] == change.date
    cut = [] if whole or first == 0 or freq == "D" else [first - 1]
    return first, np.array(cut, dtype=np.intp)


def _values(records: Records, change: Change, measure: str) -> tuple[Array, Flags]:
    """Return the values of a measure and who has one."""
    if measure not in MEASURES:
        return records.outcome, np.isfinite(records.outcome)
    place = records.marks.touchpoints.index(change.touchpoint)
    negative = records.marks.negative[:, place].astype(float)
    if measure == "felt":
        return negative, records.marks.mentioned[:, place]
    return negative, np.ones(len(negative), dtype=bool)


def _untouched(records: Records, listed: list[Change]) -> Array | None:
    """Return complaints per respondent, by period, about touchpoints that no change was for.

    None where there are too few of them to guide anything.
    """
    touched = {change.touchpoint for change in listed}
    rest = [i for i, name in enumerate(records.marks.touchpoints) if name not in touched]
    complaints = records.marks.negative[:, rest].sum(axis=1)
    size = np.bincount(records.period, minlength=len(records.calendar))
    total = np.bincount(records.period, complaints, len(records.calendar))
    if complaints.sum() < 10 * len(size):
        return None
    whole = float(complaints.mean())
    return np.where(size > 0, total / np.maximum(size, 1), whole)


def _useful(mix: Array, period: Places) -> Array:
    """Return the columns of the mix that are not the same for all.

    None where a period has too few respondents for effects within periods to be told.
    """
    if len(mix) < ENOUGH * len(np.unique(period)):
        return mix[:, :0]
    return mix[:, np.ptp(mix, axis=0) > 0]


def _mean(values: Array) -> float:
    return float(values.mean()) if len(values) else float("nan")
