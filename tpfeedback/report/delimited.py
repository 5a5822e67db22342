"""Tables as CSV files that spreadsheets read in every script, with no text taken for a formula."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pandas as pd

# What a spreadsheet takes for the beginning of a formula, full-width forms included.
SIGNS = r"=+\-@\uff1d\uff0b\uff0d\uff20"
# What may stand before the sign unseen: every Unicode space, controls, zero-width letters.
BLANKS = r"\s\x00-\x1f\u200b-\u200f\u2060\ufeff"

_RUNNING = re.compile(rf"[\t\r\n]|[{BLANKS}]*[{SIGNS}]")
# A quote written in a text does not protect it: where Excel splits at semicolons (Polish and
# Russian settings), a text in the middle of the line may fall apart in spite of its quotes. The
# sign is optional, so that a long run of separators is passed once and not searched again.
_START_OF_A_CELL = re.compile(rf'((?:\A|[;,\t\r\n])[;,"{BLANKS}]*)([{SIGNS}]?)')


def runs(text: str) -> bool:
    r"""Tell whether a spreadsheet would take `text`, alone in its cell, for a formula.

    >>> runs("=1+1"), runs("\xa0 @cmd"), runs("late")
    (True, True, False)
    """
    return _RUNNING.match(text) is not None


def harmless(value: object) -> object:
    r"""Return a text with an apostrophe before each sign that could begin a formula.

    These are = + - @ at the start of the text and, since the reading program chooses where to
    split, after a semicolon, a comma, a tab or a line break, spaces and quotes between them
    allowed. A text that begins with a tab or a line break gets an apostrophe there too; anything
    else stays as it is.

    >>> harmless("=1+1"), harmless("late; =1+1"), harmless("\xa0@cmd"), harmless(-2.5)
    ("'=1+1", "late; '=1+1", "\xa0'@cmd", -2.5)
    """
    if not isinstance(value, str):
        return value
    marked = _START_OF_A_CELL.sub(lambda one: one[1] + (one[2] and f"'{one[2]}"), value)
    return f"'{marked}" if marked.startswith(("\t", "\r", "\n")) else marked


def write_csv(table: pd.DataFrame, path: str | Path) -> None:
    """Write `table` as UTF-8 with a byte order mark, so that Excel reads every script.

    Texts and column names are quoted and marked by `harmless`, so that none is run by a program
    that splits at commas, semicolons or tabs; reading a marked text back gives the apostrophes
    too. Numbers stay numbers, negative ones among them.
    """
    safe = table.rename(columns=lambda name: harmless(str(name)))
    for position, dtype in enumerate(table.dtypes):
        if not pd.api.types.is_numeric_dtype(dtype):
            safe.isetitem(position, [harmless(cell) for cell in table.iloc[:, position].tolist()])
    safe.to_csv(
        Path(path),
        index=False,
        encoding="utf-8-sig",
        lineterminator="\r\n",
        quoting=csv.QUOTE_NONNUMERIC,
    )
