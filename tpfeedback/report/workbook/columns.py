"""How each column of the workbook is shown: header, what it means, kind and width."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

from tpfeedback.wording import Wording

NUMERIC = ("share", "gain", "effect", "change", "decimal", "count", "number")

_KINDS = {
    **dict.fromkeys(("reach", "negative_share", "positive_share", "priority"), "share"),
    **dict.fromkeys(("confidence", "language_confidence"), "share"),
    **dict.fromkeys(("importance", "importance_low", "importance_high"), "share"),
    **dict.fromkeys(("prize", "prize_low", "prize_high"), "gain"),
    **dict.fromkeys(("penalty", "penalty_low", "penalty_high"), "change"),
    **dict.fromkeys(("reward", "reward_low", "reward_high"), "change"),
    **dict.fromkeys(("score", "q_value"), "decimal"),
    **dict.fromkeys(("rank", "rank_low", "rank_high", "mentions", "negative", "positive"), "count"),
    "row": "count",
}  # fmt: skip
_WIDTHS = {
    "name": 30,
    "reason": 70,
    "quote": 90,
    "evidence": 70,
    "text": 90,
    "content": 60,
    "told": 110,
    "part": 24,
    "item": 28,
    "touchpoint": 24,
    "feedback_id": 16,
    "language": 14,
    "sentiment": 17,
    "stage": 22,
    "role": 16,
    "negative_touchpoints": 34,
    "positive_touchpoints": 34,
}
_NUMBER_WIDTH, _DATE_WIDTH, _TEXT_WIDTH = 14, 12, 20


@dataclass(frozen=True)
class ShownColumn:
    """One column: machine `name`, `head` and `meaning` for people, `kind` (its format), `width`."""

    name: str
    head: str
    meaning: str
    kind: str
    width: int


def shown_columns(
    table: pd.DataFrame, words: Wording, *, foreign: Iterable[object] = ()
) -> list[ShownColumn]:
    """Return how to show each column of `table`; a `foreign` one came with the source.

    A foreign column keeps its own name, whatever our columns of that name mean.
    """
    strange = set(foreign)
    return [
        _shown(name, table.iloc[:, place], words, strange=name in strange)
        for place, name in enumerate(table.columns)
    ]


def _shown(name: object, values: pd.Series, words: Wording, *, strange: bool) -> ShownColumn:
    key = str(name)
    if strange:
        kind = _kind("", values)
        return ShownColumn(key, key, "", kind, _width("", kind))
    meaning = words.name("meanings", key) if key in words.phrases["meanings"] else ""
    kind = _kind(key, values)
    return ShownColumn(key, words.name("columns", key), meaning, kind, _width(key, kind))


def _kind(name: str, values: pd.Series) -> str:
    if pd.api.types.is_datetime64_any_dtype(values):
        present = values.dropna().dt.tz_localize(None)  # not every zone has each midnight
        return "date" if (present.dt.normalize() == present).all() else "moment"
    if pd.api.types.is_bool_dtype(values) or not pd.api.types.is_numeric_dtype(values):
        return "text"
    return _KINDS.get(name, "number")


def _width(name: str, kind: str) -> int:
    if kind in NUMERIC:
        return _NUMBER_WIDTH
    if kind in ("date", "moment"):
        return _DATE_WIDTH if kind == "date" else _DATE_WIDTH + 6
    return _WIDTHS.get(name, _TEXT_WIDTH)
