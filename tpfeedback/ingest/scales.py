"""Which scale a column of ratings follows."""

from __future__ import annotations

import math
from dataclasses import dataclass

import pandas as pd

from tpfeedback.ingest.names import RATING, matches
from tpfeedback.ingest.ratings import Ratings
from tpfeedback.wording import write_note

# From this many ratings on, steps that nobody chose are taken as not being on the scale.
ENOUGH_RATINGS = 50
# "Don't know" and "not asked" as surveys code them.
SURVEY_CODES = (-99, -98, -97, -9, -8, -7, -2, -1, 77, 88, 96, 97, 98, 99, 888, 998, 999)
LARGEST_SLIP_SHARE = 0.05
NPS_WORDS = ("nps", "promoter", "0-10", "0–10", "от 0 до 10", "od 0 do 10", "0到10", "0 to 10")


@dataclass(frozen=True)
class Scale:
    """A recognised scale: ends in source units, its name such as "1-5", and remarks on it."""

    low: float
    high: float
    notes: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The ends joined by a hyphen, as `overall_scale` has it."""
        return f"{self.low:g}-{self.high:g}"


def recognise_scale(ratings: Ratings, *, name: str = "") -> Scale | None:
    """Return the scale of a column, or None when its numbers follow none (a business metric).

    `name` is the column's header: it may tell that a scale runs from 0 to 10.

    >>> recognise_scale(Ratings(pd.Series([1.0, 4.0, 5.0]), pd.Series([False] * 3))).name
    '1-5'
    """
    values = ratings.values.dropna()
    if values.empty:
        return None
    if ratings.words:
        return _words_scale(ratings.words)
    if ratings.top is not None:
        low = 1 if ratings.top <= 10 and values.min() >= 1 else 0
        return Scale(low, ratings.top, _several_tops(ratings))
    if set(values) <= {-1.0, 0.0, 1.0} and values.min() < 0:
        return Scale(-1, 1)
    values = _without_codes(values, name)
    if values.min() < 0 or values.max() > 10:
        hundred = values.between(0, 100).all() and matches(name, RATING)
        return Scale(0, 100) if hundred else None
    return _small_scale(values, name)


def _without_codes(values: pd.Series, name: str) -> pd.Series:
    """Leave out survey codes such as 99, and rare slips such as 55, beside ratings of 0 to 10."""
    inner = values[values.between(0, 10)]
    rest = values[~values.between(0, 10)]
    step = 0.5 if matches(name, RATING) else 1  # half stars are ratings, 7.5 may be a price
    stepped = len(inner) > 0 and bool((inner % step == 0).all())
    slips = matches(name, RATING) and len(rest) <= LARGEST_SLIP_SHARE * len(values)
    return inner if stepped and (slips or rest.isin(SURVEY_CODES).all()) else values


def outside(ratings: Ratings, scale: Scale) -> pd.Series:
    """Return which ratings lie outside the scale: survey codes such as 99 or -1."""
    return (ratings.values < scale.low) | (ratings.values > scale.high)


def _several_tops(ratings: Ratings) -> tuple[str, ...]:
    if not ratings.tops:
        return ()
    tops = [f"{top:g}" for top in ratings.tops]
    return (write_note("scale_tops", tops=tops, top=ratings.top),)


def _words_scale(words: tuple[str, ...]) -> Scale:
    low = int(len(words) > 2)
    steps = [f"{word} = {step}" for step, word in enumerate(words, start=low)]
    return Scale(low, low + len(words) - 1, (write_note("scale_words", steps=steps),))


def _small_scale(values: pd.Series, name: str) -> Scale:
    """The scale of numbers between 0 and 10."""
    low, high = float(values.min()), math.ceil(values.max())
    enough = len(values) >= ENOUGH_RATINGS
    if any(word in name.casefold() for word in NPS_WORDS):
        return Scale(0, 10)
    if low == high == 1 and matches(name, RATING):
        return Scale(1, 5)
    if high <= 1:
        two = values.nunique() <= 2
        return Scale(0, 1, (write_note("scale_two_values"),) if two else ())
    if high > 5:
        top = high if high <= 7 and enough else 10
        return Scale(int(low >= 1), top, _two_scales(values) if top == 10 else ())
    if low >= 1:
        return Scale(1, high if enough and high <= 3 and not matches(name, RATING) else 5)
    return Scale(low, 5) if low > 0 else Scale(0, high, _zeros(values, high))


def _two_scales(values: pd.Series) -> tuple[str, ...]:
    above = int((values > 5).sum())
    if 0 < above < 0.1 * len(values) and len(values) >= ENOUGH_RATINGS:
        return (write_note("scale_mixed", above=above, ratings=len(values)),)
    return ()


def _zeros(values: pd.Series, high: float) -> tuple[str, ...]:
    zeros = int((values == 0).sum())
    if high == 5 and zeros < 0.2 * len(values):
        return (write_note("scale_zeros", n=zeros),)
    return ()
