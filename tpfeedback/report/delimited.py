"""Tables as CSV files that a spreadsheet opens rightly and in which no text can run."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

# What a spreadsheet takes for the beginning of a formula, full-width forms included.
RUNNING = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def runs(text: str) -> bool:
    """Tell whether a spreadsheet would take `text` for a formula.

    >>> runs("=1+1"), runs("  @cmd"), runs("late")
    (True, True, False)
    """
    return text.startswith(RUNNING) or text.lstrip(" ").startswith(RUNNING)


def harmless(value: object) -> object:
    """Return a text that would run with an apostrophe before it; anything else as it is.

    >>> harmless("=1+1"), harmless(-2.5)
    ("'=1+1", -2.5)
    """
    return f"'{value}" if isinstance(value, str) and runs(value) else value


def write_csv(table: pd.DataFrame, path: str | Path) -> None:
    """Write `table` as UTF-8 with a byte order mark, so that Excel reads every script.

    A text cell or a column name that begins like a formula gets an apostrophe before it.
    """
    safe = table.rename(columns=lambda name: harmless(str(name)))
    for position, dtype in enumerate(table.dtypes):
        if not pd.api.types.is_numeric_dtype(dtype):
            cells = [harmless(cell) for cell in table.iloc[:, position].tolist()]
            safe.isetitem(position, pd.Series(cells, index=table.index, dtype="object"))
    safe.to_csv(Path(path), index=False, encoding="utf-8-sig", lineterminator="\r\n")
