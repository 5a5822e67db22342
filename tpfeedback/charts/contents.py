"""What a chart takes from its caller: the columns of the table, the names, the words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from tpfeedback.charts.scales import known_number
from tpfeedback.errors import TableError
from tpfeedback.wording import Wording, load_wording


def read_rows(
    table: pd.DataFrame, chart: str, needed: Sequence[str], optional: Sequence[str] = ()
) -> list[dict[str, Any]]:
    """Return the rows of `table` as plain values; a missing or endless number is None.

    Raises `TableError` where a needed column lacks; an optional one that lacks is None.
    """
    if not isinstance(table, pd.DataFrame):
        raise TableError(
            f"The {chart} is drawn from a pandas DataFrame, given: {type(table).__name__}. "
            f"Pass a table with the columns {', '.join(needed)}."
        )
    lacking = [name for name in needed if name not in table.columns]
    if lacking:
        raise TableError(
            f"The table of the {chart} lacks the columns {', '.join(lacking)}. "
            f"Given: {', '.join(map(str, table.columns)) or '(none)'}. "
            f"Needed: {', '.join(needed)}."
        )
    there = [name for name in (*needed, *optional) if name in table.columns]
    absent = dict.fromkeys(name for name in optional if name not in table.columns)
    columns = [table[name].tolist() for name in there]
    return [
        {**dict(zip(there, map(_plain, row), strict=True)), **absent}
        for row in zip(*columns, strict=True)
    ]


def shown_name(key: Any, names: Mapping[str, str] | None) -> str:
    """Return the name to show for a touchpoint: the key itself where none is known."""
    return str((names or {}).get(key, key))


def spoken(words: Wording | None) -> Wording:
    """Return the words to use: English where none are given."""
    return load_wording() if words is None else words


def first_of(shown: int, total: int, words: Wording) -> list[str]:
    """Return the sentence that says how many rows are left out, if any."""
    if shown >= total:
        return []
    return [words.say("charts", "first_of", shown=words.count(shown), total=words.count(total))]


def interval_text(row: Mapping[str, Any], measure: str, words: Wording, decimals: int) -> str:
    """Return a number with its interval, "0.36 (0.31 … 0.41)"; what is not known is left out."""
    value, low, high = (row[f"{measure}{end}"] for end in ("", "_low", "_high"))
    shown = words.number(value, decimals)
    if value is None or low is None or high is None:
        return shown
    return f"{shown} ({words.number(low, decimals)} … {words.number(high, decimals)})"


def _plain(value: Any) -> Any:
    if isinstance(value, str | bool):
        return value
    if isinstance(value, int | float):
        return value if known_number(value) else None
    return None if pd.isna(value) else value
