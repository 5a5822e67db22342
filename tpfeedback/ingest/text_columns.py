"""Which columns hold what customers wrote."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from tpfeedback.errors import ColumnError
from tpfeedback.ingest import names
from tpfeedback.ingest.dates import read_dates
from tpfeedback.ingest.names import is_name, is_question, matches
from tpfeedback.ingest.ratings import read_ratings
from tpfeedback.ingest.texts import clean_text, visible_length, why_unusable

# Cells shorter than this on the average are names or codes, unless the header says text
# or asks a question.
SHORTEST_MEAN = 8
# Half for distinct cells, one for length, up to two for the name: less than this is no text.
LOWEST_SCORE = 0.4


@dataclass(frozen=True)
class _TextColumn:
    """A column that may be the text: how well it fits, its mean length, if a question heads it."""

    name: str
    score: float
    length: float
    question: bool


def guess_text(sample: pd.DataFrame) -> tuple[tuple[str, ...], list[str]]:
    """Return the text column, or the open questions of a wide survey, and other columns of text.

    Two columns headed by questions make a survey; a review with a title beside it does not.
    Raises `ColumnError` when no column looks like text.

    >>> guess_text(pd.DataFrame({"title": ["Late again"], "review": ["Three hours late"]}))
    (('review',), ['title'])
    """
    free = list(sample.columns)
    found = [c for c in map(_text_column, free, [sample] * len(free)) if c is not None]
    if max((c.score for c in found), default=0) < LOWEST_SCORE:
        raise ColumnError(
            "No column looks like what customers wrote. Given columns: "
            f"{', '.join(sample.columns)}. Name one with text=."
        )
    found = _without_replies(found)
    best = max(found, key=lambda c: (c.score, -free.index(c.name)))
    questions = _open_questions(found, best)
    if len(questions) >= 2:
        return tuple(c.name for c in questions), []
    others = [c.name for c in found if c.name != best.name]
    others += [name for name in free if is_question(name) and name not in (best.name, *others)]
    return (best.name,), others


def _without_replies(found: Sequence[_TextColumn]) -> list[_TextColumn]:
    """Leave out answers where there are reviews: the company wrote them."""
    answers = [c for c in found if matches(c.name, names.ANSWER) and not c.question]
    reviews = [c for c in found if matches(c.name, names.REVIEW) and c.score > 1.2]
    return [c for c in found if c not in answers or not set(reviews) - set(answers)]


def _open_questions(found: Sequence[_TextColumn], best: _TextColumn) -> list[_TextColumn]:
    """Columns that together make a wide survey: at least two headed by a question."""
    asked = [c for c in found if c.question and c.score > 0.4]
    if len(asked) < 2 and not is_name(best.name, names.TEXT):
        asked = [c for c in found if matches(c.name, names.PROS_AND_CONS)]
    if len(asked) < 2:
        return []
    return [c for c in found if c in asked or (c is best and c.score > 1.2)]


def _text_column(name: str, sample: pd.DataFrame) -> _TextColumn | None:
    column = sample[name]
    usable = _usable_texts(column)
    named = _text_name_bonus(name)
    length = sum(map(visible_length, usable)) / max(len(usable), 1)
    distinct = len(set(usable)) / max(len(usable), 1)
    repeated = distinct < 0.2 and len(usable) > 20
    short = length < SHORTEST_MEAN and not is_question(name)
    if not usable or (named < 1 and (short or repeated)) or _is_other(column):
        # A column that says "comment" is the text even if nobody wrote a word.
        empty_handed = is_name(name, names.TEXT) and not matches(name, names.RATING)
        return _TextColumn(name, LOWEST_SCORE, 0, False) if empty_handed else None
    score = min(length, 200) / 200 + distinct / 2 + named
    return _TextColumn(name, score, length, is_question(name)) if score > -0.5 else None


def _usable_texts(column: pd.Series) -> list[str]:
    """Texts of a column of which a third at least are usable, else none."""
    texts = [clean_text(cell) for cell in column if isinstance(cell, str)]
    usable = [text for text in texts if why_unusable(text) is None]
    return usable if len(usable) > 0.3 * sum(map(bool, texts)) else []


def _is_other(column: pd.Series) -> bool:
    """Ratings, dates or links, not what a customer wrote."""
    links = column.astype("str").str.match("(?:https?:|www[.])", na=False)
    dates = read_dates(column.dropna().head(50)).values
    return _is_rating_column(column) or not dates.isna().any() or bool(links.mean() > 0.5)


def _is_rating_column(column: pd.Series) -> bool:
    return bool(read_ratings(column).values.notna().mean() > 0.5 * column.notna().mean() > 0)


def _text_name_bonus(name: str) -> float:
    if is_question(name):
        return 0.4
    if matches(name, names.NOT_TEXT):
        return -1.5
    if matches(name, names.TITLE):
        return -0.5
    if matches(name, names.PROS_AND_CONS):
        return 0.0
    if is_name(name, names.TEXT):
        return 2.0
    return 1.2 if matches(name, names.TEXT) else 0.0
