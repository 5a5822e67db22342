"""Who is of which segment: the values of a column, none of which shows few respondents."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from tpfeedback.errors import ColumnError, ImpactError, unknown_name
from tpfeedback.impact.gram import Flags, Places
from tpfeedback.wording import write_note

OTHER = "other"
MOST = 50  # segments
_LANGUAGES = ("language", "lang", "locale")
_COUNTRIES = ("country", "market", "nation", "culture")


@dataclass(frozen=True, eq=False)
class Grouping:
    """The segments of one column: `names` by size, `codes` (respondents,) their places, else -1."""

    column: str
    names: tuple[str, ...]
    codes: Places
    notes: tuple[str, ...]

    def rows(self, place: int) -> Flags:
        """Return who is of the segment at this place."""
        return np.asarray(self.codes == place)

    @property
    def speaks(self) -> bool:
        """Whether the segments are languages."""
        return any(word in str(self.column).casefold() for word in _LANGUAGES)

    @property
    def cultures(self) -> bool:
        """Whether the segments are languages or countries, whose use of scales differs."""
        return self.speaks or any(word in str(self.column).casefold() for word in _COUNTRIES)


def asked_columns(feedback: pd.DataFrame, by: str | Sequence[str]) -> list[str]:
    """Return the segment columns.

    Raises:
        ColumnError: none is named, one is not there, there twice, or holds dates.

    >>> asked_columns(pd.DataFrame({"channel": ["app"]}), "channel")
    ['channel']
    """
    columns = [by] if isinstance(by, str) else list(dict.fromkeys(by))
    if not columns:
        raise ColumnError(
            "by= names no column. Allowed: one or more columns of the feedback table, such as "
            "by='channel' or by=['channel', 'city']."
        )
    for name in columns:
        if list(feedback.columns).count(name) != 1:
            raise ColumnError(
                unknown_name("segment column", name, feedback.columns, then="Name it with by=.")
            )
        if pd.api.types.is_datetime64_any_dtype(feedback[name]):
            raise ColumnError(
                f"Segment column {name!r} holds dates. Allowed: text, categories, True and False, "
                "few numbers. Make months of them (.dt.strftime('%Y-%m')), or use compare()."
            )
    return columns


def told_values(values: pd.Series) -> pd.Series:
    """Return the values as text, as people write them; missing ones stay missing.

    >>> told_values(pd.Series([10.0, None, 2.5], name="store")).tolist()
    ['10', nan, '2.5']
    """
    return values.astype(object).map(_told, na_action="ignore")


def _told(value: object) -> str:
    """Return whole numbers without a fraction, which they have from the gaps beside them."""
    return f"{value:.0f}" if isinstance(value, float) and value.is_integer() else str(value)


def group_respondents(values: pd.Series, *, floor: int, least: int = 2) -> Grouping:
    """Return the segments of respondents by their values of a column, the largest first.

    Values of fewer than `floor` respondents are pooled as "other"; where these are fewer than
    `floor` together, they are left out, as are respondents without a value.

    Raises:
        ImpactError: fewer than `least` segments are left, or more than 50.

    >>> cities = pd.Series(["Oslo"] * 2 + ["Bergen"] * 3 + ["Hamar"], name="city")
    >>> group_respondents(cities, floor=2).names
    ('Bergen', 'Oslo')
    """
    column = str(values.name)
    known = values.notna().to_numpy()
    text = told_values(values).where(values.notna(), "").astype(str)
    counts = text[known].value_counts()
    small = [name for name in counts.index if counts[name] < floor]
    text = text.where(~text.isin(small), OTHER)
    counts = text[known].value_counts()
    names = sorted((n for n in counts.index if counts[n] >= floor), key=lambda n: (-counts[n], n))
    if not least <= len(names) <= MOST:
        raise ImpactError(
            f"{column!r} has {len(names)} segments of at least {floor} respondents. Allowed: "
            f"{least} to {MOST}. Group its values (regions instead of cities), name another "
            "column with by=, or collect more feedback."
        )
    places = {name: i for i, name in enumerate(names)}
    codes = np.array([places.get(name, -1) for name in text], dtype=np.intp)
    codes[~known] = -1
    notes = []
    if not known.all():
        told = {"column": column, "count": int((~known).sum()), "whole": len(known)}
        notes.append(write_note("segment_unknown", **told))
    if small:
        key = "segment_pooled" if OTHER in places else "segment_hidden"
        notes.append(write_note(key, column=column, values=len(small), floor=floor))
    return Grouping(column, tuple(names), codes, tuple(notes))
