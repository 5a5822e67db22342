"""Which touchpoint a stretch of a text belongs to: by overlap, else by nearness."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import pandas as pd

from tpfeedback.detection import detect_language
from tpfeedback.errors import TableError
from tpfeedback.languages import load_language
from tpfeedback.segmentation import segment
from tpfeedback.tables import LANGUAGES, check_table


@dataclass(frozen=True, slots=True)
class Place:
    """A touchpoint that is spoken of in `text[start:stop]`."""

    touchpoint: str
    sentiment: str
    start: int
    stop: int


def texts_with_places(
    feedback: pd.DataFrame, mentions: pd.DataFrame
) -> Iterator[tuple[str, str, str, Sequence[Place]]]:
    """Yield `feedback_id`, text, language and places of every text in one of `LANGUAGES`.

    Raises TableError where a table breaks its contract, or the mentions are of other texts.
    """
    check_table(feedback, "feedback")
    check_table(mentions, "mentions")
    _require_known(mentions["feedback_id"], feedback["feedback_id"])
    places = _places_by_text(mentions)
    texts = feedback["feedback_id"].astype(str), feedback["text"].astype(str)
    for name, text, language in zip(*texts, _known_languages(feedback), strict=True):
        if language in LANGUAGES:
            yield name, text, language, places.get(name, ())


def _require_known(mentioned: pd.Series, known: pd.Series) -> None:
    lost = mentioned[~mentioned.astype(str).isin(known.astype(str))]
    if len(lost):
        raise TableError(
            f"The mentions name texts that the feedback table does not hold ({lost.nunique()}), "
            f"for example {lost.iloc[0]!r}. Allowed: mentions of these texts. Pass the feedback "
            "table that they were found in, or keep those of its rows alone."
        )


def nearest_place(
    text: str, language: str, start: int, stop: int, places: Sequence[Place]
) -> Place | None:
    """Return the place that `text[start:stop]` belongs to, or None.

    It is the one whose evidence overlaps it; of several, the one with the shortest evidence.
    Else it is the nearest one in the same clause, else in the same sentence. Ties go by name.

    >>> text = "Rude staff. The parcel was late: three days"
    >>> places = [Place("staff", "negative", 0, 10), Place("delivery", "negative", 16, 31)]
    >>> nearest_place(text, "en", 33, 43, places).touchpoint
    'delivery'
    """
    over = [place for place in places if place.start < stop and start < place.stop]
    if over:
        return min(over, key=lambda place: (place.stop - place.start, place.touchpoint))
    if not places:
        return None
    for pieces in _clauses_and_sentences(text, language):
        around = [(a, b) for a, b in pieces if a < stop and start < b]
        beside = [place for place in places if _touches(place, around)]
        if beside:
            return min(beside, key=lambda place: (_gap(place, start, stop), place.touchpoint))
    return None


@lru_cache(maxsize=1)
def _clauses_and_sentences(text: str, language: str) -> tuple[list[tuple[int, int]], ...]:
    """Return where both lie; kept, for a long text may tell many waits, one after another."""
    clauses = [(piece.start, piece.stop) for piece in segment(text, language)]
    sentences = [(span.start, span.stop) for span in load_language(language).sentences(text)]
    return clauses, sentences


def _places_by_text(mentions: pd.DataFrame) -> dict[str, list[Place]]:
    columns = ["feedback_id", "touchpoint", "sentiment", "start", "stop"]
    places: dict[str, list[Place]] = {}
    for name, *place in mentions[columns].itertuples(index=False, name=None):
        places.setdefault(str(name), []).append(Place(*place))
    return places


def _known_languages(feedback: pd.DataFrame) -> list[str]:
    """Return the language of every text: the table's, else the one its letters tell."""
    return [
        code if isinstance(code, str) else detect_language(text).language
        for text, code in zip(feedback["text"].astype(str), feedback["language"], strict=True)
    ]


def _touches(place: Place, pieces: Sequence[tuple[int, int]]) -> bool:
    return any(place.start < stop and start < place.stop for start, stop in pieces)


def _gap(place: Place, start: int, stop: int) -> int:
    return max(place.start - stop, start - place.stop)
