"""Which column is what: guessed from names in four languages and from content."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from tpfeedback.errors import ColumnError, unknown_name
from tpfeedback.ingest import names
from tpfeedback.ingest.dates import read_dates
from tpfeedback.ingest.names import is_name, is_question, matches, words_beside
from tpfeedback.ingest.ratings import read_ratings
from tpfeedback.ingest.scales import recognise_scale
from tpfeedback.ingest.texts import clean_text, visible_length, why_unusable

ROLES = ("text", "overall", "date", "channel", "language", "question", "feedback_id")
# A guess looks at this many records, spread evenly over the source.
SAMPLE_ROWS = 2000
FEWEST_WORDS_LONG_TEXT = 12

Given = str | Sequence[str] | bool | None


@dataclass(frozen=True)
class Roles:
    """Source columns by role; `text` has several in a wide survey. `guessed` were not given."""

    text: tuple[str, ...]
    columns: Mapping[str, str]
    guessed: frozenset[str]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class _TextColumn:
    name: str
    score: float
    length: float
    question: bool


def assign_roles(frame: pd.DataFrame, given: Mapping[str, Given]) -> Roles:
    """Return the roles of the columns: as `given`, else guessed; False keeps a role empty.

    Raises `ColumnError` for a column that does not exist, and when no column looks like text.
    """
    for role, wanted in given.items():
        _check_given(frame, role, wanted)
    sample = frame.iloc[:: max(1, len(frame) // SAMPLE_ROWS)]
    taken = {str(v) for v in given.values() if isinstance(v, str)}
    text = given.get("text")
    if text is None:
        texts, notes = _guess_text(sample, taken)
    else:
        texts, notes = (text,) if isinstance(text, str) else tuple(text), []  # type: ignore[arg-type]
    taken.update(texts)
    columns: dict[str, str] = {}
    guessed = {"text"} if text is None else set()
    for role, guess in _GUESSES.items():
        wanted = given.get(role)
        if isinstance(wanted, str):
            columns[role] = wanted
        elif wanted is None:
            found, remarks = guess(sample.drop(columns=list(taken)))
            notes += remarks
            if found is not None:
                columns[role] = found
                guessed.add(role)
        taken.update(columns.values())
    return Roles(texts, columns, frozenset(guessed), tuple(notes))


def _check_given(frame: pd.DataFrame, role: str, wanted: Given) -> None:
    if wanted is None or (wanted is False and role != "text"):
        return
    columns = [wanted] if isinstance(wanted, str) else wanted
    if isinstance(columns, bool) or not columns or not isinstance(columns, Sequence):
        raise ColumnError(
            f"{role}={wanted!r} names no column. Allowed: the name of a column"
            f"{', or several names for a survey' if role == 'text' else ', or False for none'}: "
            f"{', '.join(frame.columns)}."
        )
    for column in columns:
        if column not in frame.columns:
            raise ColumnError(unknown_name("column", column, frame.columns, then=f"Given as {role}."))


def _guess_text(sample: pd.DataFrame, taken: Iterable[str]) -> tuple[tuple[str, ...], list[str]]:
    free = [column for column in sample.columns if column not in set(taken)]
    found = [c for c in map(_text_column, free, [sample] * len(free)) if c is not None]
    if not found:
        raise ColumnError(
            "No column looks like what customers wrote. Given columns: "
            f"{', '.join(sample.columns)}. Name one with text=."
        )
    best = max(found, key=lambda c: (c.score, -free.index(c.name)))
    questions = _open_questions(found, best)
    if len(questions) >= 2:
        return tuple(c.name for c in questions), []
    others = [c.name for c in found if c.name != best.name and c.length >= 15]
    if not others:
        return (best.name,), []
    kept = ", ".join(map(repr, others))
    return (best.name,), [f"Also text, but kept as segments: {kept} (text= takes several columns)."]


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
    if pd.api.types.is_numeric_dtype(column) or pd.api.types.is_datetime64_any_dtype(column):
        return None
    texts = [clean_text(cell) for cell in column if isinstance(cell, str)]
    usable = [text for text in texts if why_unusable(text) is None]
    named = _text_name_bonus(name)
    if not usable or len(usable) < 0.3 * sum(map(bool, texts)):
        return None
    length = sum(map(visible_length, usable)) / len(usable)
    distinct = len(set(usable)) / len(usable)
    if named < 1 and (length < 8 or (distinct < 0.2 and len(usable) > 20)):
        return None
    if _is_rating_column(name, column) or not read_dates(column.head(50)).values.isna().any():
        return None
    if sum(text.startswith(("http:", "https:", "www.")) for text in usable) > 0.5 * len(usable):
        return None
    score = min(length, 200) / 200 + distinct / 2 + named
    return _TextColumn(name, score, length, is_question(name)) if score > 0.4 else None


def _is_rating_column(name: str, column: pd.Series) -> bool:
    ratings = read_ratings(column)
    return bool(ratings.values.notna().mean() > 0.5 * column.notna().mean() > 0)


def _text_name_bonus(name: str) -> float:
    if is_question(name):
        return 0.4
    if matches(name, names.NOT_TEXT):
        return -1.5
    if matches(name, names.TITLE):
        return -0.5
    if matches(name, names.PROS_AND_CONS):
        return -0.2
    if is_name(name, names.TEXT):
        return 2.0
    return 1.2 if matches(name, names.TEXT) else 0.0


def _guess_overall(sample: pd.DataFrame) -> tuple[str | None, list[str]]:
    scored = {column: _overall_score(column, sample[column]) for column in sample.columns}
    best = max(scored.values(), default=0.0)
    found = [column for column, score in scored.items() if score == best and score > 0]
    if len(found) == 1:
        return found[0], []
    if found:
        several = ", ".join(map(repr, found))
        return None, [f"No overall rating: {several} fit equally. Name one with overall=."]
    like = [c for c in sample.columns if _looks_like_rating(c, sample[c])]
    hint = f" Perhaps {', '.join(map(repr, like[:3]))}?" if like else ""
    return None, [f"No overall rating was found: name its column with overall=.{hint}"]


def _overall_score(name: str, column: pd.Series) -> float:
    """How well a column fits as the overall rating; 0 for not at all."""
    by_name = _overall_name_score(name)
    if by_name <= 0:
        return 0.0
    ratings = read_ratings(column)
    filled = int(column.notna().sum()) - int((~ratings.unreadable & ratings.values.isna()).sum()) + int(column.isna().sum())
    if ratings.values.notna().sum() == 0:
        return by_name / 100 if column.isna().all() and by_name >= 2 else 0.0
    if ratings.unreadable.sum() > 0.3 * max(filled, 1):
        return 0.0
    scale = recognise_scale(ratings, name=name)
    if scale is None:
        return 0.0
    if by_name < 1.0 and not ratings.words:
        steps = sorted(ratings.values.dropna().unique())
        ordered = steps == [float(k) for k in range(int(steps[0]), int(steps[0]) + len(steps))]
        return by_name if ordered and (steps[0] in (0, -1) or len(steps) > 2) else 0.0
    return by_name


def _overall_name_score(name: str) -> float:
    rating, total = matches(name, names.RATING), matches(name, names.TOTAL)
    recommend = matches(name, names.RECOMMEND)
    if matches(name, names.NOT_RATING) and not recommend:
        return 0.0
    beside = words_beside(name, names.RATING, names.TOTAL, names.PLAIN)
    if rating and total:
        return 3.5 - 0.1 * min(beside, 5)
    if rating:
        return 3.0 if beside == 0 else max(2.5 - 0.5 * beside, 1.2)
    if recommend:
        return 1.1 if is_name(name, names.RECOMMEND) else 2.6
    if total and beside == 0:
        return 2.4
    return 0.9 if matches(name, names.LABEL) else 0.0


def _looks_like_rating(name: str, column: pd.Series) -> bool:
    if matches(name, names.NOT_RATING):
        return False
    ratings = read_ratings(column)
    values = ratings.values.dropna()
    return (
        len(values) > 0.5 * len(column)
        and ratings.unreadable.sum() == 0
        and values.nunique() <= 11
        and values.min() >= -1
        and values.max() <= 10
    )


def _guess_date(sample: pd.DataFrame) -> tuple[str | None, list[str]]:
    scored = {column: _date_score(column, sample[column]) for column in sample.columns}
    best = max(scored, key=lambda c: scored[c], default=None)
    if best is not None and scored[best] > 0.5:
        return best, []
    return None, []


def _date_score(name: str, column: pd.Series) -> float:
    typed = pd.api.types.is_datetime64_any_dtype(column)
    named = matches(name, names.DATE)
    if not (typed or named) or (pd.api.types.is_bool_dtype(column)):
        return 0.0
    if column.isna().all():
        return 0.6 if is_name(name, names.DATE) else 0.0
    dates = read_dates(column.dropna())
    if dates.values.notna().mean() < 0.5:
        return 0.0
    score = 1.0 + named + is_name(name, names.DATE) - 1.2 * matches(name, names.NOT_DATE)
    return float(score)


def _by_name(sample: pd.DataFrame, table: names.Names) -> list[str]:
    exact = [column for column in sample.columns if is_name(column, table)]
    return exact + [c for c in sample.columns if matches(c, table) and c not in exact]


def _guess_channel(sample: pd.DataFrame) -> tuple[str | None, list[str]]:
    return _first_category(sample, names.CHANNEL, most=50), []


def _guess_question(sample: pd.DataFrame) -> tuple[str | None, list[str]]:
    return _first_category(sample, names.QUESTION, most=max(50, len(sample) // 5)), []


def _first_category(sample: pd.DataFrame, table: names.Names, *, most: int) -> str | None:
    for column in _by_name(sample, table):
        cells = sample[column].dropna()
        words = cells.map(lambda cell: isinstance(cell, str) and why_unusable(cell) is None)
        if is_name(column, table) and cells.empty:
            return column
        if len(cells) and words.astype(bool).mean() > 0.8 and cells.nunique() <= most:
            return column
    return None


def _guess_language(sample: pd.DataFrame) -> tuple[str | None, list[str]]:
    for column in _by_name(sample, names.LANGUAGE):
        cells = sample[column].dropna()
        if cells.map(read_language).notna().mean() > 0.8 or (
            cells.empty and is_name(column, names.LANGUAGE)
        ):
            return column, []
    return None, []


def read_language(cell: object) -> str | None:
    """Return the code of a language by its code or name, "other" for a known other one.

    >>> [read_language(name) for name in ("ru-RU", "польский", "Deutsch?", "German")]
    ['ru', 'pl', None, 'other']
    """
    name = clean_text(cell).casefold().replace("-", "_")
    for code, known in names.LANGUAGE_NAMES.items():
        if name in known or name.split("_")[0] in known:
            return code
    return None


def _guess_identifier(sample: pd.DataFrame) -> tuple[str | None, list[str]]:
    for column in _by_name(sample, names.IDENTIFIER):
        if is_name(column, names.IDENTIFIER) and sample[column].notna().all():
            if sample[column].is_unique:
                return column, []
    return None, []


_GUESSES = {
    "overall": _guess_overall,
    "date": _guess_date,
    "channel": _guess_channel,
    "language": _guess_language,
    "question": _guess_question,
    "feedback_id": _guess_identifier,
}
