"""Is something going wrong, now? Series of every touchpoint, watched for change."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from tpfeedback.errors import ColumnError, TableError, TpfeedbackWarning
from tpfeedback.impact.gram import Array, Places
from tpfeedback.tracking.alarms import PLANS, Alarm, Plan, find_alarms
from tpfeedback.tracking.alerts import alerts_table
from tpfeedback.tracking.series import (
    COMPLAINTS,
    FELT,
    Streams,
    Whole,
    build_streams,
    finished,
    series_table,
)
from tpfeedback.tracking.state import MonitorState, merge_states
from tpfeedback.tracking.tallies import tally
from tpfeedback.wording import Note, write_note

TOUCHPOINTS, DRIFT, SEGMENTS = 0, 1, 2
SHARED_OUT = {False: (0.6, 0.15, 0.0), True: (0.45, 0.1, 0.2)}
"""Shares of the false-alarm rate: touchpoints, drift, segments; by whether there are segments.

A quarter is held back: where shares vary beyond chance, their tails are heavier than the test's,
and in simulations (`benchmarks/tracking_monitor.py`) all of it gave 5.6 % of alarms in place of 5.
"""


@dataclass(frozen=True, eq=False)
class Monitor:
    """What the monitor sees.

    `series` has a row per stream and period: `period` (first day), `measure`, `by`, `segment`
    (empty for all texts), `touchpoint`, `texts` (respondents), `mentions`, `negative`, `positive`,
    `share`, `centre, low, high` (control limits), `phase` (a new one begins where a shift was
    found), `beyond` (outside of the control limits), `finished`. Measures:

    - "complaints": `share` = `negative` / `texts`, respondents who complain about the touchpoint;
    - "felt": `share` = `negative` / `mentions` (`texts` holds the mentions): how those who speak of
      it feel;
    - "language", "length" (characters of a text), "confidence" (of the tagger, in a mention):
      share of the class that stands in `touchpoint`.

    `alerts` has a row per alarm, see `monitor`; `false_alarm_rate` is the share of years without
    any change that raise one or more. `state` is to be kept for the next call.
    """

    series: pd.DataFrame
    alerts: pd.DataFrame
    state: MonitorState
    notes: tuple[str, ...]
    false_alarm_rate: float


def monitor(
    feedback: pd.DataFrame,
    mentions: pd.DataFrame,
    *,
    freq: str = "W",
    by: str | Sequence[str] = (),
    state: MonitorState | None = None,
    false_alarm_rate: float = 0.05,
) -> Monitor:
    """Watch every touchpoint for spikes, lasting shifts and new problems, and the texts for drift.

    At the end of every period each share is compared with all of its past, by the exact test of
    two shares: the last period alone (a spike) and the last 4 and 13 weeks (a shift; 7 and 28
    days, 3 and 6 months). Where shares vary more than chance from period to period, that is taken
    into account (`tpfeedback.tracking.overdispersion`), though a season that has not been seen yet
    is a change like any other. All looks of a year share the false-alarm rate out among
    themselves (Bonferroni), so that however many touchpoints there are, at most 5 % of years
    without any change raise an alarm (0.45-0.6 of the rate for touchpoints, 0.1-0.15 for drift,
    0.2 for segments; a quarter is held back). Nothing is judged before 8 weeks (28 days, 6 months)
    of past, and after a shift the past begins anew.

    Args:
        feedback: one row per text, with `feedback_id` and `date`; answers of one respondent count
            as one. Only the new rows, where a `state` is given.
        mentions: the mentions of these texts.
        freq: "D" days, "W" weeks from Monday on, "M" months.
        by: segment columns, each watched on its own (complaints only).
        state: the `.state` of the last call with the same `freq` and `by`. The result is that of
            one call with all rows.
        false_alarm_rate: share (0-1) of years that may raise an alarm though nothing changed.

    `alerts` columns: `period` (the look), `since` (first period of the change, the most likely one
    where it is a shift), `measure, by, segment, touchpoint`, `kind` ("spike", "shift", "new": a
    touchpoint that was rare and rises, "drift" of language, length or confidence), `direction`
    ("up", "down"), `observed`, `expected` (shares), `low, high` (95 % of windows without change
    are between), `negative` of `texts` in the last `periods`, `p_value` (two-sided), `limit` (what
    it had to be under), `feedback_ids` (the surest complaints, a tuple).

    Raises:
        ColumnError: a column is missing or of the wrong kind, `freq` is unknown, or the rate is no
            share.
        ImpactError: `feedback_id` is missing, repeated or unknown.
        TableError: the state is of another monitor, or has counted these texts already.

    >>> days = pd.date_range("2025-01-06", periods=140, freq="D").repeat(10)
    >>> feedback = pd.DataFrame({"feedback_id": [f"t{i:04}" for i in range(1400)], "date": days})
    >>> late = feedback.iloc[[*range(0, 1260, 21), *range(1260, 1400, 2)]]
    >>> mentions = pd.DataFrame({"feedback_id": late["feedback_id"], "touchpoint": "delivery",
    ...                          "sentiment": "negative"})
    >>> found = monitor(feedback, mentions)
    >>> alert = found.alerts.iloc[-1]
    >>> alert["touchpoint"], alert["kind"], alert["period"].date().isoformat(), alert["negative"]
    ('delivery', 'spike', '2025-05-12', np.int64(35))
    """
    columns = (by,) if isinstance(by, str) else tuple(by)
    _check(state, false_alarm_rate)
    today = tally(feedback, mentions, freq=freq, by=columns)
    whole = today if state is None else merge_states(state, today)
    if whole.texts.empty:
        raise ColumnError(
            f"None of the {len(feedback)} texts has a date, so there is no series. Name the column "
            "of dates: tpfeedback.read_feedback(..., date=...)."
        )
    streams = build_streams(whole)
    done = finished(whole, streams.periods)
    alarms = watch(streams, freq=freq, done=done, false_alarm_rate=false_alarm_rate)
    notes = _notes(whole, streams, done)
    for note in notes:
        warnings.warn(note, TpfeedbackWarning, stacklevel=2)
    series = series_table(streams, phases_of(alarms, streams), done)
    return Monitor(series, alerts_table(alarms, streams, whole), whole, notes, false_alarm_rate)


def _check(state: object, false_alarm_rate: object) -> None:
    number = isinstance(false_alarm_rate, (int, float, np.number))
    if not number or not 0 < float(false_alarm_rate) < 1:  # type: ignore[arg-type]
        raise ColumnError(
            f"false_alarm_rate is {false_alarm_rate!r}. Allowed: a share between 0 and 1, such as "
            "0.05."
        )
    if not (state is None or isinstance(state, MonitorState)):
        raise TableError(
            f"state is {state!r:.80}. Allowed: the .state of the last call. Read it from its file "
            "with tpfeedback.tracking.load_state(path)."
        )


def watch(streams: Streams, *, freq: str, done: int, false_alarm_rate: float) -> list[Alarm]:
    """Return the alarms of the first `done` periods, as `monitor` describes them."""
    plan = PLANS[freq]
    return find_alarms(
        streams.count[:done],
        streams.total[:done],
        limit=limits_of(streams, plan, false_alarm_rate)[:done],
        groups=_groups(streams.names),
        plan=plan,
    )


def limits_of(streams: Streams, plan: Plan, rate: float) -> Array:
    """Return the p-value that raises an alarm (periods, streams).

    The rate is shared out over the families, the looks of a year, the windows, and the streams of
    the family that had come up by then.
    """
    families = family_of(streams.names)
    limits = np.ones(streams.count.shape)
    for family, part in enumerate(SHARED_OUT[bool((families == SEGMENTS).any())]):
        inside = families == family
        watched = np.maximum(streams.seen[:, inside].sum(axis=1), 1)
        limits[:, inside] = (rate * part / plan.looks / len(plan.windows) / watched)[:, None]
    return limits


def family_of(names: pd.DataFrame) -> Places:
    """Return the family of each stream: touchpoints, drift or segments."""
    touchpoint = names["measure"].isin((COMPLAINTS, FELT)).to_numpy()
    segment = (names["by"] != "").to_numpy()
    return np.where(segment, SEGMENTS, np.where(touchpoint, TOUCHPOINTS, DRIFT)).astype(np.intp)


def phases_of(alarms: list[Alarm], streams: Streams) -> Whole:
    """Return the phase of every period of every stream, from 0: a shift begins a new one."""
    phases = np.zeros(streams.count.shape, dtype=np.int64)
    for alarm in alarms:
        if alarm.kind == "shift":
            phases[alarm.since :, alarm.stream] += 1
    return phases


def _groups(names: pd.DataFrame) -> Places:
    """Return which streams learn their overdispersion from each other."""
    return np.asarray(names.groupby(["measure", "by"], sort=True).ngroup(), dtype=np.intp)


def _notes(state: MonitorState, streams: Streams, done: int) -> tuple[Note, ...]:
    notes, plan = [], PLANS[state.freq]
    if state.undated:
        notes.append(write_note("monitor_undated", n=state.undated))
    if done <= plan.fewest:
        notes.append(write_note("monitor_early", n=done, fewest=plan.fewest))
    else:
        notes += _hard_to_see(streams, done)
    return tuple(notes)


def _hard_to_see(streams: Streams, done: int) -> list[Note]:
    """Return a note where a period has so few texts that only a landslide could be seen."""
    texts = np.median(streams.total[:done, (streams.names["measure"] == COMPLAINTS).to_numpy()])
    if texts >= 50:
        return []
    return [write_note("monitor_small", texts=texts)]
