"""What a monitor remembers: whole-number counts, so that states add up to the byte."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from tpfeedback.errors import TableError

EXAMPLES = 3  # complaints kept per period and touchpoint for all texts; one for each segment
PRINTS = {"D": 16, "W": 64, "M": 256}
"""Fingerprints kept per period: so many that a day of it that comes again is noticed.

Of a month's 30 days, one has none of the smallest 16 in 58 of 100 cases, and none of 256 in 2 of
10,000.
"""

KEYS = {
    "texts": ("period", "by", "segment"),
    "counts": ("period", "by", "segment", "touchpoint"),
    "drift": ("period", "measure", "value"),
    "examples": ("period", "by", "segment", "touchpoint"),
    "prints": ("period",),
}
COUNTED = {
    "texts": ("texts",),
    "counts": ("mentions", "negative", "positive"),
    "drift": ("count",),
    "examples": ("confidence", "feedback_id"),
    "prints": ("print",),
}


@dataclass(frozen=True, eq=False)
class MonitorState:
    """All that `monitor` needs of the past. No text is in it, and no person.

    `freq` and `by` are those of the monitor; `undated` counts the texts without a date; `last` is
    the day of the newest text (missing in an empty state). A `period` is its first day; `by` and
    `segment` are empty for all texts together. Tables, sorted by their first columns:

    - `texts`: period, by, segment, texts (respondents);
    - `counts`: period, by, segment, touchpoint, mentions, negative, positive (respondents);
    - `drift`: period, measure (language, length, confidence), value (class), count;
    - `examples`: the surest complaints: period, by, segment, touchpoint, confidence, feedback_id;
    - `prints`: period, print: fingerprints of a few texts, by which a second count is noticed.
    """

    freq: str
    by: tuple[str, ...]
    undated: int
    last: pd.Timestamp | None
    texts: pd.DataFrame
    counts: pd.DataFrame
    drift: pd.DataFrame
    examples: pd.DataFrame
    prints: pd.DataFrame

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """The tables by name."""
        return {name: getattr(self, name) for name in KEYS}


def merge_states(first: MonitorState, second: MonitorState) -> MonitorState:
    """Return the state of both parts together: what one pass over all texts would have given.

    In any order and any grouping, to the byte. Answers of one respondent belong in one part. Only
    periods that both parts know are counted again, so that a day is added in no time.

    Raises:
        TableError: the states are of different monitors, or both have counted the same texts.
    """
    for name in ("freq", "by"):
        ours, theirs = getattr(first, name), getattr(second, name)
        if ours != theirs:
            raise TableError(
                f"These states are of different monitors: {name} is {ours!r} in one and {theirs!r} "
                f"in the other. Allowed: the same {name}. Call monitor with {name}= as before."
            )
    _refuse_overlap(first.prints, second.prints)
    days = [state.last for state in (first, second) if state.last is not None]
    tables = {
        name: _merge(name, first.tables[name], second.tables[name], first.freq) for name in KEYS
    }
    undated = first.undated + second.undated
    return MonitorState(first.freq, first.by, undated, max(days, default=None), **tables)


def _merge(name: str, first: pd.DataFrame, second: pd.DataFrame, freq: str) -> pd.DataFrame:
    if first.empty or second.empty:
        return second if first.empty else first
    ours, theirs = first["period"].isin(second["period"]), second["period"].isin(first["period"])
    both = pd.concat([first[ours], second[theirs]], ignore_index=True)
    parts = [first[~ours], second[~theirs], settle(name, both, freq)]
    whole = pd.concat([part for part in parts if len(part)])
    return whole.sort_values("period", kind="stable", ignore_index=True)


def settle(name: str, table: pd.DataFrame, freq: str) -> pd.DataFrame:
    """Return the table `name` with equal rows added up, or the first few kept, and sorted."""
    keys = list(KEYS[name])
    if name == "examples":
        order = [*keys, "confidence", "feedback_id"]
        table = table.sort_values(order, ascending=[True] * 4 + [False, True], ignore_index=True)
        rank = table.groupby(keys, sort=False).cumcount()
        kept = table[rank < (table["by"] == "").map({True: EXAMPLES, False: 1})]
        return kept.reset_index(drop=True)
    if name == "prints":
        table = table.drop_duplicates().sort_values(["period", "print"], ignore_index=True)
        kept = table[table.groupby("period").cumcount() < PRINTS[freq]]
        return kept.reset_index(drop=True)
    return table.groupby(keys, sort=True, as_index=False)[list(COUNTED[name])].sum()


def _refuse_overlap(first: pd.DataFrame, second: pd.DataFrame) -> None:
    if first.empty or second.empty:
        return
    twice = first.merge(second, on=["period", "print"])
    if len(twice):
        when = twice["period"].min().date().isoformat()
        raise TableError(
            f"Texts of the period from {when} on are in both parts, and would be counted twice. "
            "Allowed: every text once. Pass only the rows that the state has not seen yet."
        )
