"""A monitor's counts as series: one column per thing watched, one row per period."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tpfeedback.impact.gram import Array, Flags
from tpfeedback.tracking.control_limits import control_limits
from tpfeedback.tracking.state import MonitorState

Whole = NDArray[np.int64]
COMPLAINTS, FELT = "complaints", "felt"
STREAM = ["measure", "by", "segment", "touchpoint"]


@dataclass(frozen=True, eq=False)
class Streams:
    """Shares that are watched: `count` of `total`, both (periods, streams).

    `names` has a row per stream: `measure`, `by`, `segment`, `touchpoint`. Measures: "complaints"
    (respondents who complain about the touchpoint, of all), "felt" (who complain, of those who
    mention it), "language", "length", "confidence" (texts or mentions of one class, which stands
    in `touchpoint`'s place, of all). `mentions` and `positive` serve the reader.
    """

    periods: pd.DatetimeIndex
    names: pd.DataFrame
    count: Whole
    total: Whole
    mentions: Whole
    positive: Whole

    @property
    def seen(self) -> Flags:
        """Whether a stream had its first count by this period (periods, streams)."""
        return np.maximum.accumulate(self.count + self.mentions > 0, axis=0)


def build_streams(state: MonitorState) -> Streams:
    """Return all streams of a state, without gaps in the calendar."""
    first, last = state.texts["period"].min(), state.texts["period"].max()
    periods = pd.DatetimeIndex(pd.period_range(first, last, freq=state.freq).start_time)
    return _join([_touchpoints(state, periods), *_drifts(state, periods)], periods)


def finished(state: MonitorState, periods: pd.DatetimeIndex) -> int:
    """Return how many periods are over: the newest text is of their last day, or later."""
    if state.last is None:
        return 0
    ends = periods.to_period(state.freq).end_time.normalize()
    return int((ends <= state.last).sum())


def _touchpoints(state: MonitorState, periods: pd.DatetimeIndex) -> Streams:
    """Return complaints and, for all texts together, what is felt by those who mention it."""
    counts, texts = state.counts, state.texts
    names = counts[["by", "segment", "touchpoint"]].drop_duplicates()
    names = names.sort_values(["by", "segment", "touchpoint"], ignore_index=True)
    column = pd.MultiIndex.from_frame(names).get_indexer(
        pd.MultiIndex.from_frame(counts[["by", "segment", "touchpoint"]])
    )
    row = periods.get_indexer(pd.DatetimeIndex(counts["period"]))

    def dense(name: str) -> Whole:
        table = np.zeros((len(periods), len(names)), dtype=np.int64)
        table[row, column] = counts[name].to_numpy()
        return table

    cells = texts[["by", "segment"]].drop_duplicates()
    cell = pd.MultiIndex.from_frame(cells)
    whole = np.zeros((len(periods), len(cells)), dtype=np.int64)
    at = cell.get_indexer(pd.MultiIndex.from_frame(texts[["by", "segment"]]))
    whole[periods.get_indexer(pd.DatetimeIndex(texts["period"])), at] = texts["texts"].to_numpy()
    total = whole[:, cell.get_indexer(pd.MultiIndex.from_frame(names[["by", "segment"]]))]
    mentions, negative, positive = (dense(name) for name in ("mentions", "negative", "positive"))
    complaints = Streams(
        periods, names.assign(measure=COMPLAINTS), negative, total, mentions, positive
    )
    every = (names["by"] == "").to_numpy()
    felt = names[every].assign(measure=FELT)
    own = [table[:, every] for table in (negative, mentions, mentions, positive)]
    return _join([complaints, Streams(periods, felt, *own)], periods)


def _drifts(state: MonitorState, periods: pd.DatetimeIndex) -> list[Streams]:
    """Return the shares of every class of language, length and confidence."""
    found = []
    for measure, rows in state.drift.groupby("measure", sort=True):
        table = rows.pivot(index="period", columns="value", values="count")
        table = table.reindex(periods).fillna(0).sort_index(axis=1)
        count = table.to_numpy(dtype=np.int64)
        names = pd.DataFrame(
            {"measure": measure, "by": "", "segment": "", "touchpoint": list(table.columns)}
        )
        total = np.repeat(count.sum(axis=1, keepdims=True), count.shape[1], axis=1)
        none = np.zeros_like(count)
        found.append(Streams(periods, names, count, total, none, none))
    return found


def _join(parts: list[Streams], periods: pd.DatetimeIndex) -> Streams:
    def beside(name: str) -> Whole:
        return np.concatenate([getattr(part, name) for part in parts], axis=1)

    names = pd.concat([part.names for part in parts], ignore_index=True)[STREAM].astype("str")
    tables = [beside(name) for name in ("count", "total", "mentions", "positive")]
    return Streams(periods, names, *tables)


def series_table(streams: Streams, phases: Whole, done: int) -> pd.DataFrame:
    """Return the series in long form, with control limits for every phase of its own.

    One row per stream and period, in the order of `names`. The unfinished period is shown, but
    its counts are not in the limits.
    """
    periods, width = streams.count.shape
    limits = _limits(streams, phases, done)
    with np.errstate(invalid="ignore", divide="ignore"):
        share = np.where(streams.total > 0, streams.count / streams.total, np.nan)
    columns: dict[str, Array | Whole | Flags] = {
        "texts": streams.total,
        "mentions": streams.mentions,
        "negative": streams.count,
        "positive": streams.positive,
        "share": share,
        **dict(zip(("centre", "low", "high"), limits, strict=True)),
        "phase": phases,
        "beyond": (share < limits[1] - 1e-12) | (share > limits[2] + 1e-12),
    }
    table = streams.names.loc[np.repeat(np.arange(width), periods)].reset_index(drop=True)
    table.insert(0, "period", np.tile(streams.periods, width))
    table = table.assign(**{name: values.T.ravel() for name, values in columns.items()})
    return table.assign(finished=np.tile(np.arange(periods) < done, width))


def _limits(streams: Streams, phases: Whole, done: int) -> tuple[Array, Array, Array]:
    """Return centre, low and high (periods, streams): p'-chart of each stretch of one phase."""
    count, total = streams.count.astype(float), streams.total.astype(float)
    limits = np.full((3, *count.shape), np.nan)
    for phase in range(int(phases.max(initial=0)) + 1):
        inside = phases == phase
        columns = np.flatnonzero(inside.any(axis=0))
        known = inside[:, columns] & (np.arange(len(phases)) < done)[:, None]
        found = control_limits(
            np.where(known, count[:, columns], 0.0),
            np.where(known, total[:, columns], 0.0),
            size=total[:, columns],
        )
        for place, values in enumerate(found):
            limits[place][:, columns] = np.where(
                inside[:, columns], values, limits[place][:, columns]
            )
    return limits[0], limits[1], limits[2]
