"""The columns of a labelling sheet, by the headers that people see."""

from __future__ import annotations

from collections.abc import Iterable

from tpfeedback.labelling.names import plain
from tpfeedback.wording import Wording, available_wordings, load_wording

COLUMNS = (
    "feedback_id",
    "question",
    "text",
    "overall_sentiment",
    "touchpoints",
    "comment",
    "annotator",
    "language",
    "probability",
)
"""Machine names, in the order of the sheet."""

NEEDED = ("feedback_id", "touchpoints")


def header_of(column: str, words: Wording) -> str:
    """Return the header of a column in a language.

    >>> header_of("text", load_wording("pl"))
    'Tekst'
    """
    return words.say("labelling", f"column_{column}")


def find_columns(headers: Iterable[object]) -> dict[str, int]:
    """Return where each column stands, by its machine name or its header in any language.

    Headers of other columns are passed over; the first of two equal ones counts.

    >>> find_columns(["No.", "TEXT", "Touchpoints", "feedback_id"])
    {'text': 1, 'touchpoints': 2, 'feedback_id': 3}
    """
    known = _headers()
    found: dict[str, int] = {}
    for place, header in enumerate(headers):
        column = known.get(plain(str(header)))
        if column is not None and column not in found:
            found[column] = place
    return found


def _headers() -> dict[str, str]:
    known = {}
    for code in available_wordings():
        for column in COLUMNS:
            known[plain(header_of(column, load_wording(code)))] = column
    return known | {plain(column): column for column in COLUMNS}
