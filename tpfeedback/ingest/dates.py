"""Dates in many forms; whether 2/3 is February or March is decided over the whole column, and so
is whether 24-03-15 begins or ends with its year."""

from __future__ import annotations

import math
import re
import unicodedata
from calendar import monthrange
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeGuard

import pandas as pd

from tpfeedback.wording import Note, write_note

# Month names by their first letters, January first; a longer beginning wins over a shorter.
MONTHS_EN = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
MONTHS_RU = ("янв", "фев", "мар", "апр", "ма", "июн", "июл", "авг", "сен", "окт", "ноя", "дек")
MONTHS_PL = ("sty", "lut", "mar", "kwi", "maj", "cze", "lip", "sie", "wrz", "paź", "lis", "gru")
MONTHS_PL_PLAIN = ("sty", "lut", "mar", "kwi", "maj", "cze", "lip", "sie", "wrz", "paz", "lis",
                   "gru")  # fmt: skip
MONTH_TABLES = (MONTHS_EN, MONTHS_RU, MONTHS_PL, MONTHS_PL_PLAIN)

EARLIEST_YEAR, LATEST_YEAR = 1970, 2100
# Two digits of a year: 69 and less are 20xx, as POSIX has it.
PIVOT = 69
# A number that spreads this far counts the days of a month, and one that takes so many values
# more than another is not the year.
WIDE_DAYS, MANY_MORE = 14, 8
LARGEST_SLIP_SHARE = 0.05
# Excel counts days from here (1900 counted as a leap year).
EXCEL_EPOCH = pd.Timestamp("1899-12-30")

_TIME = (
    r"(?:[T,\s]+(?:o\s+|at\s+|в\s+|godz\.?\s+)?(?P<clock>\d{1,2}:\d{2}(?::\d{2})?)"
    r"(?:[.,]\d+)?\s*(?P<half>[ap]\.?m\.?)?\s*(?:Z|UTC|GMT|MSK|CES?T|[+-]\d{2}:?\d{2})?)?"
)
_YEAR_END = r"(?P<end>\s*(?:г\.?|года|r\.?|roku))?"
_WEEKDAY = r"(?:[^\W\d_]{2,}\.?,?\s+)?"
_FORMS = {
    "year first": re.compile(
        rf"(?P<y>\d{{4}})[-/.](?P<m>\d{{1,2}})[-/.](?P<d>\d{{1,2}}){_TIME}", re.I
    ),
    "chinese": re.compile(
        rf"(?P<y>\d{{4}})\s*年\s*(?P<m>\d{{1,2}})\s*月\s*(?P<d>\d{{1,2}})\s*[日号]?{_TIME}", re.I
    ),
    "compact": re.compile(rf"(?P<y>(?:19|20)\d{{2}})(?P<m>\d{{2}})(?P<d>\d{{2}}){_TIME}", re.I),
    "year last": re.compile(
        rf"(?P<a>\d{{1,2}})(?P<sep>[-/.])(?P<b>\d{{1,2}})(?P=sep)(?P<y>\d{{4}}|\d{{2}})"
        rf"{_YEAR_END}{_TIME}",
        re.I,
    ),
    "day name year": re.compile(
        rf"{_WEEKDAY}(?P<d>\d{{1,2}})(?:st|nd|rd|th|-го|\.)?[\s.-]*(?P<word>[^\W\d_]{{3,}})\.?,?"
        rf"[\s.-]*(?P<y>\d{{4}}|\d{{2}}){_YEAR_END}{_TIME}",
        re.I,
    ),
    "name day year": re.compile(
        rf"{_WEEKDAY}(?P<word>[^\W\d_]{{3,}})\.?\s+(?P<d>\d{{1,2}})(?:st|nd|rd|th)?,?\s+"
        rf"(?P<y>\d{{4}}){_TIME}",
        re.I,
    ),
}


@dataclass(frozen=True)
class Dates:
    """Dates of a column (index as given), which cells could not be read, and what was decided."""

    values: pd.Series
    unreadable: pd.Series
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Parts:
    """One date taken apart; `order` is "known", or the separator where day and month may swap.

    `short`: three numbers of two digits each, so that the first may be the year.
    """

    order: str
    year: int
    first: int
    second: int
    clock: str
    short: bool = False

    @property
    def last(self) -> int:
        """The last number as it is written in a short date."""
        return self.year % 100


def read_dates(values: pd.Series) -> Dates:
    """Return the dates of a column as timestamps without a zone, as the clock stood there.

    >>> dates = read_dates(pd.Series(["28 апр 2022", "2024年3月1日", "3 marca 2024"])).values
    >>> dates.dt.strftime("%Y-%m-%d").tolist()
    ['2022-04-28', '2024-03-01', '2024-03-03']
    """
    if isinstance(values.dtype, pd.DatetimeTZDtype):
        values = values.dt.tz_localize(None)
    if pd.api.types.is_datetime64_any_dtype(values):
        return Dates(values, pd.Series(False, index=values.index))
    present = values.dropna()
    unique = list(dict.fromkeys(present.tolist()))
    cells = {cell: _take_apart(cell) for cell in unique}
    cells, placed = _place_years(cells, [p for cell in present if _may_swap(p := cells[cell])])
    orders, notes = _decide_orders([p for cell in present if _may_swap(p := cells[cell])])
    stamps = {cell: _stamp(parts, orders) for cell, parts in cells.items()}
    found = pd.to_datetime(
        pd.Series([stamps.get(c) for c in values.where(values.notna(), None)], index=values.index)
    ).astype("datetime64[us]")
    blank = pd.Series([not str(cell).strip() for cell in values], index=values.index, dtype=bool)
    return Dates(found, values.notna() & ~blank & found.isna(), placed + notes)


def _may_swap(parts: object) -> TypeGuard[_Parts]:
    return isinstance(parts, _Parts) and parts.order != "known"


def _take_apart(cell: object) -> _Parts | pd.Timestamp | None:
    if isinstance(cell, (int, float)) and not isinstance(cell, bool):
        return _from_number(float(cell))
    if not isinstance(cell, str):
        stamp = pd.to_datetime(str(cell), errors="coerce")
        return stamp.tz_localize(None) if isinstance(stamp, pd.Timestamp) else None
    text = " ".join(unicodedata.normalize("NFKC", cell).split())
    for name, form in _FORMS.items():
        if found := form.fullmatch(text):
            return _parts(name, found)
    return _from_number(float(text)) if re.fullmatch(r"\d{5}|\d{10}|\d{13}", text) else None


def _from_number(number: float) -> _Parts | pd.Timestamp | None:
    """Days of Excel (5 digits), seconds or milliseconds since 1970 (10 or 13 digits), 20240301."""
    if 20_000 <= number < 80_000:
        return (EXCEL_EPOCH + pd.Timedelta(days=number)).round("s")
    if not math.isfinite(number):
        return None
    digits = f"{number:.0f}"
    if len(digits) in (10, 13):
        return pd.Timestamp(number, unit="s" if len(digits) == 10 else "ms")
    found = _FORMS["compact"].fullmatch(digits)
    return _parts("compact", found) if found else None


def _parts(form: str, found: re.Match[str]) -> _Parts | None:
    year = int(found["y"])
    if len(found["y"]) == 2:
        year = _whole_year(year)
    clock = _clock(found["clock"], found["half"])
    if form == "year last":
        short = len(found["a"]) == len(found["b"]) == len(found["y"]) and not found["end"]
        return _Parts(found["sep"], year, int(found["a"]), int(found["b"]), clock, short)
    month = _month(found["word"]) if "name" in form else int(found["m"])
    return _Parts("known", year, int(found["d"]), month, clock) if month else None


def _whole_year(number: int) -> int:
    return number + (2000 if number < PIVOT else 1900)


def _clock(clock: str | None, half: str | None) -> str:
    if not clock:
        return "00:00:00"
    hour, _, rest = clock.partition(":")
    if half:
        hour = str(int(hour) % 12 + (12 if half.lower().startswith("p") else 0))
    return f"{int(hour):02}:{rest}" + ("" if rest.count(":") else ":00")


def _month(word: str) -> int | None:
    word = word.lower()
    for table in MONTH_TABLES:
        for number in sorted(range(12), key=lambda k: (-len(table[k]), k)):
            if word.startswith(table[number]):
                return number + 1
    return None


_Cells = dict[object, _Parts | pd.Timestamp | None]


def _place_years(cells: _Cells, swapping: Sequence[_Parts]) -> tuple[_Cells, tuple[str, ...]]:
    """Return the cells with the year in its place, where two digits of it stand first."""
    first, notes = set(), []
    for separator in sorted({parts.order for parts in swapping if parts.short}):
        same = [parts for parts in swapping if parts.order == separator]
        short = [parts for parts in same if parts.short]
        begins = _year_begins(short)
        if begins:
            first.add(separator)
        if begins or (begins is None and len(short) == len(same)):
            key = "dates_year_first" if begins else "dates_year_unclear"
            one = short[0]
            example = separator.join(f"{n:02}" for n in (one.first, one.second, one.last))
            notes.append(write_note(key, example=example))
    turned = {
        cell: replace(p, order="known", year=_whole_year(p.first), first=p.last)
        for cell, p in cells.items()
        if _may_swap(p) and p.short and p.order in first
    }
    return {**cells, **turned}, tuple(notes)


def _year_begins(short: Sequence[_Parts]) -> bool | None:
    """Whether short dates begin with the year; None where nothing tells.

    Feedback comes from a few years and from all days of a month. What can be read one way only
    tells it too, but for rare slips of the pen.
    """
    readings = [(_may_begin(p), _may_end(p)) for p in short]
    begins, ends = readings.count((True, False)), readings.count((False, True))
    both = [p for p, reading in zip(short, readings, strict=True) if all(reading)]
    spread = _first_keeps(both)
    if spread is not None and (ends if spread else begins) <= LARGEST_SLIP_SHARE * len(short):
        return spread
    return None if begins == ends else begins > ends


def _may_begin(parts: _Parts) -> bool:
    return 1 <= parts.second <= 12 and 1 <= parts.last <= 31


def _may_end(parts: _Parts) -> bool:
    day, month = max(parts.first, parts.second), min(parts.first, parts.second)
    return 1 <= month <= 12 and day <= 31


def _first_keeps(short: Sequence[_Parts]) -> bool | None:
    """Whether the first number keeps to fewer values than the last; None where nothing tells.

    Dates of periods ("01-03-22", "01-04-22") have a few days and many years.
    """
    first, last = {p.first for p in short}, {p.last for p in short}
    period = all(p.first == 1 for p in short) or all(
        p.first == monthrange(p.year, p.second)[1] for p in short
    )
    one_month = len(last) > 2 and len({p.second for p in short}) <= 2
    if _many_more(last, first) and not period and (one_month or _wide(last)):
        return True
    return False if _many_more(first, last) and (len(first) > 2 or _wide(first)) else None


def _many_more(many: set[int], few: set[int]) -> bool:
    return len(many) >= min(2 * len(few), len(few) + MANY_MORE)


def _wide(numbers: set[int]) -> bool:
    return max(numbers, default=0) - min(numbers, default=0) >= WIDE_DAYS


def _decide_orders(swapping: Sequence[_Parts]) -> tuple[dict[str, bool], tuple[str, ...]]:
    """Return by separator whether the day comes first; 12/31/2023 tells nothing about 05.04.2024.

    No country writes the month first with dots.
    """
    orders, notes = {".": True}, []
    for separator in sorted({parts.order for parts in swapping} - {"."}):
        same = [parts for parts in swapping if parts.order == separator]
        orders[separator], note = _decide_order(same)
        notes.append(note)
    return orders, tuple(notes)


def _decide_order(parts: Sequence[_Parts]) -> tuple[bool, Note]:
    """Days over 12 show which number is the day; where all are silent, it is the first."""
    day_first = sum(p.first > 12 >= p.second for p in parts)
    month_first = sum(p.second > 12 >= p.first for p in parts)
    example = f"{parts[0].first}{parts[0].order}{parts[0].second}{parts[0].order}{parts[0].year}"
    if day_first and month_first:
        key = "dates_mixed_day" if day_first >= month_first else "dates_mixed_month"
        counts = {"day_first": day_first, "month_first": month_first}
        return day_first >= month_first, write_note(key, **counts)
    if day_first or month_first:
        key, clear = "dates_day" if day_first else "dates_month", day_first or month_first
        return not month_first, write_note(key, clear=clear, dates=len(parts))
    return True, write_note("dates_unclear", example=example)


def _stamp(parts: object, orders: Mapping[str, bool]) -> datetime | None:
    if not isinstance(parts, _Parts):
        return parts if isinstance(parts, pd.Timestamp) else None
    day, month = parts.first, parts.second
    if _may_swap(parts) and (month > 12 or (day <= 12 and not orders[parts.order])):
        day, month = month, day
    if not EARLIEST_YEAR <= parts.year <= LATEST_YEAR:
        return None
    try:
        return datetime.fromisoformat(f"{parts.year:04}-{month:02}-{day:02} {parts.clock}")
    except ValueError:
        return None
