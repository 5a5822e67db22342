"""Which scale a column of ratings follows."""

from __future__ import annotations

import math
from dataclasses import dataclass

import pandas as pd

from tpfeedback.ingest.ratings import Ratings

# From this many ratings on, steps that nobody chose are taken as not being on the scale.
ENOUGH_RATINGS = 50
# Survey codes such as 99 ("don't know") are rare; more than this share outside is no code.
LARGEST_CODE_SHARE = 0.05
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
    """Return the scale of a column, or None when its numbers follow none (sums, business metrics).

    `name` is the column's header: it may tell that a scale runs from 0 to 10.

    >>> recognise_scale(Ratings(pd.Series([1.0, 4.0, 5.0]), pd.Series([False] * 3))).name
    '1-5'
    """
    values = ratings.values.dropna()
    if values.empty:
        return None
    if ratings.words:
        steps = len(ratings.words)
        return _words_scale(ratings.words, 0 if steps == 2 else 1)
    if ratings.top is not None:
        low = float(min(values.min(), 1)) if values.min() > 0 else 0.0
        return Scale(low if ratings.top <= 10 else 0.0, ratings.top)
    inner = values[(values >= 0) & (values <= 10)]
    if len(values) - len(inner) <= LARGEST_CODE_SHARE * len(values) and len(inner):
        values = inner
    low, high = float(values.min()), float(values.max())
    if set(values) <= {-1.0, 0.0, 1.0} and low < 0:
        return Scale(-1, 1)
    if low < 0 or high > 100:
        return None
    if high > 10:
        return Scale(0, 100) if (values % 1 == 0).mean() > 0.9 else None
    return _small_scale(values, name)


def outside(ratings: Ratings, scale: Scale) -> pd.Series:
    """Return which ratings lie outside the scale: survey codes such as 99 or -1."""
    return (ratings.values < scale.low) | (ratings.values > scale.high)


def _words_scale(words: tuple[str, ...], low: int) -> Scale:
    steps = ", ".join(f"{word} = {step}" for step, word in enumerate(words, start=low))
    return Scale(low, low + len(words) - 1, (f"Its words were read as {steps}.",))


def _small_scale(values: pd.Series, name: str) -> Scale | None:
    low, high = float(values.min()), float(values.max())
    enough = len(values) >= ENOUGH_RATINGS
    halves = bool((values * 2 % 1 == 0).all())
    if not halves and values.nunique() > 21:
        low, high = math.floor(low), math.ceil(high)
    if any(word in name.casefold() for word in NPS_WORDS) and low >= 0:
        return Scale(0, 10)
    if high <= 1:
        return Scale(0, 1, _two_values(values)) if values.nunique() <= 2 else Scale(0, 1)
    if high > 7 or (high > 5 and not enough):
        notes = _two_scales(values)
        return Scale(0 if low < 1 else 1, 10, notes)
    if high > 5:
        return Scale(0 if low < 1 else 1, math.ceil(high))
    if 0 < low < 1:
        return Scale(low, 5)
    if low >= 1:
        return Scale(1, 3 if enough and high <= 3 and values.nunique() == 3 else 5)
    return Scale(0, high if high >= 2 and high % 1 == 0 else 5, _zeros(values, high))


def _two_values(values: pd.Series) -> tuple[str, ...]:
    return ("It has two values: 1 is taken as satisfied (or top box), 0 as not.",)


def _two_scales(values: pd.Series) -> tuple[str, ...]:
    above = int((values > 5).sum())
    if 0 < above < 0.1 * len(values) and len(values) >= ENOUGH_RATINGS:
        return (
            f"Only {above} of {len(values)} ratings are above 5: the column may mix two scales, "
            "1-5 and 1-10. They are kept as found.",
        )
    return ()


def _zeros(values: pd.Series, high: float) -> tuple[str, ...]:
    zeros = int((values == 0).sum())
    if high == 5 and zeros < 0.2 * len(values):
        return (f"{zeros} ratings are 0: check that 0 is a rating there and not 'none given'.",)
    return ()
