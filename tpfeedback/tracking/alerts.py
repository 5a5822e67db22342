"""Alarms as a table, with the evidence."""

from __future__ import annotations

import pandas as pd

from tpfeedback.tracking.alarms import Alarm
from tpfeedback.tracking.series import COMPLAINTS, FELT, STREAM, Streams
from tpfeedback.tracking.state import EXAMPLES, MonitorState

RARE = 0.005  # share of complaints up to which a touchpoint was no problem before
COLUMNS = (
    "period", "since", "measure", "by", "segment", "touchpoint", "kind", "direction", "observed",
    "expected", "low", "high", "negative", "texts", "periods", "p_value", "limit", "feedback_ids",
)  # fmt: skip


def alerts_table(alarms: list[Alarm], streams: Streams, state: MonitorState) -> pd.DataFrame:
    """Return a row per alarm, the newest first; the columns are defined in `monitor`."""
    rows = [_row(alarm, streams, state) for alarm in alarms]
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    if table.empty:
        return _typed(table)
    order = ["period", "p_value", *STREAM]
    ascending = [False, *[True] * (len(order) - 1)]
    return _typed(table.sort_values(order, ascending=ascending, ignore_index=True))


def _row(alarm: Alarm, streams: Streams, state: MonitorState) -> dict[str, object]:
    names = {name: str(streams.names.at[alarm.stream, name]) for name in STREAM}
    up = alarm.observed > alarm.expected
    return {
        "period": streams.periods[alarm.at],
        "since": streams.periods[alarm.since],
        **names,
        "kind": _kind(alarm, names["measure"], up),
        "direction": "up" if up else "down",
        "observed": alarm.observed,
        "expected": alarm.expected,
        "low": alarm.low,
        "high": alarm.high,
        "negative": int(alarm.count),
        "texts": int(alarm.total),
        "periods": alarm.window,
        "p_value": alarm.p_value,
        "limit": alarm.limit,
        "feedback_ids": _examples(alarm, names, streams, state),
    }


def _kind(alarm: Alarm, measure: str, up: bool) -> str:
    if measure not in (COMPLAINTS, FELT):
        return "drift"
    if measure == COMPLAINTS and up and alarm.expected < RARE:
        return "new"
    return alarm.kind


def _examples(
    alarm: Alarm, names: dict[str, str], streams: Streams, state: MonitorState
) -> tuple[str, ...]:
    """Return the surest complaints of the window, the surest first."""
    if names["measure"] not in (COMPLAINTS, FELT):
        return ()
    table = state.examples
    first = streams.periods[max(alarm.at + 1 - alarm.window, 0)]
    chosen = table["period"].between(first, streams.periods[alarm.at])
    for name in ("by", "segment", "touchpoint"):
        chosen &= table[name] == names[name]
    order = table[chosen].sort_values(["confidence", "feedback_id"], ascending=[False, True])
    return tuple(order["feedback_id"].head(EXAMPLES))


def _typed(table: pd.DataFrame) -> pd.DataFrame:
    numbers = ("observed", "expected", "low", "high", "p_value", "limit")
    kinds: dict[str, str] = dict.fromkeys(("period", "since"), "datetime64[ns]")
    kinds |= dict.fromkeys((*STREAM, "kind", "direction"), "str")
    kinds |= dict.fromkeys(numbers, "float64")
    kinds |= dict.fromkeys(("negative", "texts", "periods"), "int64")
    return table.astype({**kinds, "feedback_ids": "object"})
