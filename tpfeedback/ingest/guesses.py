"""Which columns hold the rating, the date and the other roles, guessed from names and content."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pandas as pd

from tpfeedback.ingest import names
from tpfeedback.ingest.dates import read_dates
from tpfeedback.ingest.names import is_name, matches, words_beside
from tpfeedback.ingest.ratings import read_ratings
from tpfeedback.ingest.scales import recognise_scale
from tpfeedback.ingest.texts import clean_text, why_unusable
from tpfeedback.wording import write_note

Guess = tuple[str | None, list[str]]

# The letters that each language is written in, as what is left of a text without the others.
SCRIPTS = {
    "cyrillic": re.compile("[^Ѐ-ԯ]+"),
    "latin": re.compile("[^A-Za-zÀ-ɏ]+"),
    "chinese": re.compile("[^\u3400-\u9fff]+"),
}
WRITTEN_IN = {"ru": "cyrillic", "zh": "chinese", "pl": "latin", "en": "latin"}
# A Chinese character says about as much as four letters; fewer letters may be a brand.
WEIGHTS, LEAST_LETTERS = {"cyrillic": 1, "latin": 1, "chinese": 4}, 12
# A few texts may be Russian in Latin letters, or hold many brands.
LARGEST_SHARE_AGAINST = 0.1


def _guess_overall(sample: pd.DataFrame) -> Guess:
    scored = {column: _overall_score(column, sample[column]) for column in sample.columns}
    best = max(scored.values(), default=0.0)
    found = [column for column, score in scored.items() if score == best and score > 0]
    if len(found) == 1:
        return found[0], _label_note(found[0]) if not matches(found[0], names.RATING) else []
    if found and len({re.sub(r"_\d+$", "", column) for column in found}) == 1:
        return found[0], []  # doubles of one name: the first has it
    if found:
        return None, [write_note("rating_several", columns=found)]
    like = [c for c in sample.columns if _looks_like_rating(c, sample[c])]
    if like:
        return None, [write_note("rating_perhaps", column=like[0])]
    return None, [write_note("rating_none")]


def _label_note(name: str) -> list[str]:
    return [write_note("rating_label", column=name)]


def _overall_score(name: str, column: pd.Series) -> float:
    """How well a column fits as the overall rating; 0 for not at all."""
    by_name = _overall_name_score(name)
    if by_name <= 0:
        return 0.0
    ratings = read_ratings(column)
    read, unreadable = int(ratings.values.notna().sum()), int(ratings.unreadable.sum())
    if read == 0:
        return by_name / 100 if unreadable == 0 and by_name >= 2 else 0.0
    if unreadable > (0.7 if by_name >= 2.5 else 0.3) * (read + unreadable):
        return 0.0
    scale = recognise_scale(ratings, name=name)
    if scale is None:
        return 0.0
    if by_name < 1.0 and not ratings.words:
        steps = sorted(ratings.values.dropna().unique())
        ordered = steps == [float(k) for k in range(int(steps[0]), int(steps[0]) + len(steps))]
        return by_name if ordered and (steps[0] in (0, -1) or len(steps) > 2) else 0.0
    return by_name


def _overall_name_score(name: str) -> float:  # noqa: PLR0911 - a table of cases
    rating, total = matches(name, names.RATING), matches(name, names.TOTAL)
    recommend = matches(name, names.RECOMMEND)
    stars = matches(name, names.STAR_COUNT)
    if matches(name, names.NOT_RATING) and not (recommend or stars):
        return 0.0
    if stars:
        return 3.0
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


def _guess_date(sample: pd.DataFrame) -> Guess:
    scored = {column: _date_score(column, sample[column]) for column in sample.columns}
    best = max(scored, key=lambda c: scored[c], default=None)
    if best is not None and scored[best] > 0.5:
        return best, []
    return None, []


def _date_score(name: str, column: pd.Series) -> float:
    typed = pd.api.types.is_datetime64_any_dtype(column)
    named = matches(name, names.DATE) or name.lower() == "at"  # Google Play's name for it
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


def _guess_channel(sample: pd.DataFrame) -> Guess:
    return _first_category(sample, names.CHANNEL, most=50), []


def _guess_question(sample: pd.DataFrame) -> Guess:
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


def _guess_language(sample: pd.DataFrame) -> Guess:
    settings: list[str] = []
    for column in _by_name(sample, names.LANGUAGE):
        cells = sample[column].dropna()
        if cells.map(read_language).notna().mean() > 0.8 or (
            cells.empty and is_name(column, names.LANGUAGE)
        ):
            if not matches(column, names.NOT_LANGUAGE):
                return column, []
            settings.append(column)
    return None, [write_note("language_of_device", column=column) for column in settings[:1]]


def confirm_language(sample: pd.DataFrame, column: str, *, texts: Sequence[str]) -> Guess:
    """Return a guessed column of languages, or None and a note where the texts deny it.

    `texts` are the columns that hold what customers wrote. A text denies a language of other
    letters than its own; of a language in no letters of ours nothing can be told.

    >>> table = pd.DataFrame({"text": ["Долго ждали курьера"], "lang": ["en"]})
    >>> confirm_language(table, "lang", texts=["text"])[0] is None
    True
    """
    written = [_written_in(cells) for cells in sample[list(texts)].to_numpy().tolist()]
    named = [WRITTEN_IN.get(read_language(cell) or "") for cell in sample[column]]
    pairs = [(own, said) for own, said in zip(written, named, strict=True) if own and said]
    against = sum(own != said for own, said in pairs)
    if against <= LARGEST_SHARE_AGAINST * len(pairs):
        return column, []
    told = {"column": column, "against": against, "texts": len(pairs)}
    return None, [write_note("language_denied", **told)]


def _written_in(cells: Sequence[object]) -> str | None:
    """Return the script of nearly all letters of a record's texts; None where nothing tells."""
    text = " ".join(cell for cell in cells if isinstance(cell, str))
    letters = {one: WEIGHTS[one] * len(rest.sub("", text)) for one, rest in SCRIPTS.items()}
    most = max(letters, key=lambda one: letters[one])
    total = sum(letters.values())
    return most if total >= LEAST_LETTERS and letters[most] > 0.8 * total else None


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


def _guess_identifier(sample: pd.DataFrame) -> Guess:
    for column in _by_name(sample, names.IDENTIFIER):
        cells = sample[column]
        if is_name(column, names.IDENTIFIER) and cells.notna().all() and cells.is_unique:
            return column, []
    return None, []


GUESSES = {
    "overall": _guess_overall,
    "date": _guess_date,
    "channel": _guess_channel,
    "language": _guess_language,
    "question": _guess_question,
    "feedback_id": _guess_identifier,
}
