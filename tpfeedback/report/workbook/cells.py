"""What Excel gets for a value: typed, within Excel's limits, and never able to run."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Any

import pandas as pd

# Excel counts a cell's length in UTF-16 units, keeps 15 digits of a number, starts in 1900.
LONGEST_CELL = 32_767
LARGEST_COUNT = 10**15
FIRST_YEAR = 1900

# What XML or Excel cannot hold (controls, noncharacters), and marks that turn the direction of
# what follows; tabs and line breaks stay.
_UNFIT = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufffe\uffff]")
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
_ODD = re.compile(f"{_UNFIT.pattern}|{_LONE_SURROGATE.pattern}")


def typed(value: Any) -> Any:
    """Return `value` as a bool, a number, a naive datetime, a harmless text, or None if missing.

    A number that Excel would round (more than 15 digits) or cannot hold becomes a text.

    >>> typed(2.5), typed(float("inf")), typed(12345678901234567890), typed(pd.NaT)
    (2.5, 'inf', '12345678901234567890', None)
    """
    if isinstance(value, str):
        return fit_text(value) or None
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, int | float) and abs(value) < LARGEST_COUNT:  # no NaN, nothing infinite
        return value
    if value is None or (pd.api.types.is_scalar(value) and pd.isna(value)):
        return None
    if isinstance(value, datetime | date) and value.year >= FIRST_YEAR:
        # Local time first: rounded in its zone, the hour that the clocks repeat is an error.
        return pd.Timestamp(value).tz_localize(None).floor("ms").to_pydatetime()
    return fit_text(str(value))


def fit_text(text: str, longest: int = LONGEST_CELL) -> str:
    r"""Return `text` as a cell can hold and show it: at most `longest` UTF-16 units.

    >>> fit_text("late\x00\r\nagain\u202e"), fit_text("\ud800late")
    ('late\nagain', '�late')
    """
    if _ODD.search(text):
        lines = text.replace("\r\n", "\n").replace("\r", "\n")
        text = _LONE_SURROGATE.sub("\ufffd", _UNFIT.sub("", lines))
    if text.startswith("<r>"):
        # xlsxwriter would write what ends with </r> into the file as markup.
        kept = _cut(text, longest - 1)
        return f"{kept} " if kept.endswith("</r>") else kept
    return _cut(text, longest)


def _cut(text: str, longest: int) -> str:
    if 2 * len(text) <= longest:
        return text
    return text.encode("utf-16-le")[: 2 * longest].decode("utf-16-le", errors="ignore")
