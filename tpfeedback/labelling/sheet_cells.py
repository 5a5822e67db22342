"""Texts as cells: within a spreadsheet's limits, and never able to run as a formula."""

from __future__ import annotations

import re

LONGEST_CELL = 32_000  # Excel's limit is 32,767, counted in UTF-16 units
_UNFIT = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufffe\uffff]")
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
_BLANKS = r"\s\x00-\x1f\u200b-\u200f\u2060\ufeff"
_SIGNS = r"=+\-@\uff1d\uff0b\uff0d\uff20"
# The reading program chooses where to split: after a separator a sign begins a cell too.
_START = re.compile(rf'((?:\A|[;,\t\r\n])[;,"{_BLANKS}]*)([{_SIGNS}]?)')
_MARKED = re.compile(rf'((?:\A|[;,\t\r\n])[;,"{_BLANKS}]*)\'(?=[{_SIGNS}])')


def fit(text: str) -> str:
    r"""Return `text` as a cell can hold it.

    >>> fit("late\x00\r\nagain\u202e")
    'late\nagain'
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    kept = _LONE_SURROGATE.sub("\ufffd", _UNFIT.sub("", lines))
    if 2 * len(kept) > LONGEST_CELL:
        kept = kept.encode("utf-16-le")[: 2 * LONGEST_CELL].decode("utf-16-le", errors="ignore")
    # xlsxwriter would write what stands between these into the file as markup.
    return f"{kept} " if kept.startswith("<r>") and kept.endswith("</r>") else kept


def harmless(text: str) -> str:
    r"""Return `text` with an apostrophe before each sign that could begin a formula in a CSV file.

    >>> harmless("=1+1"), harmless("late; =1+1"), harmless("well-made")
    ("'=1+1", "late; '=1+1", 'well-made')
    """
    return _START.sub(lambda one: one[1] + (one[2] and f"'{one[2]}"), text)


def bare(text: str) -> str:
    """Return `text` without the apostrophes of `harmless`.

    >>> bare("'=1+1"), bare("late; '=1+1"), bare("'quoted'")
    ('=1+1', 'late; =1+1', "'quoted'")
    """
    return _MARKED.sub(r"\1", text)
