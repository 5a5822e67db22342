"""Feedback → comparisons table: where customers call us better or worse than others."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from tpfeedback.comparatives import Comparison, every_name, find_comparisons, is_one_of
from tpfeedback.errors import ColumnError
from tpfeedback.mentions.places import Place, nearest_place, texts_with_places
from tpfeedback.tables import COMPARISONS, column_types

_FELT = {"positive": "win", "negative": "loss"}
_TURNED = {"win": "loss", "loss": "win"}


def extract_comparisons(
    feedback: pd.DataFrame, mentions: pd.DataFrame, *, ours: Sequence[str] = ()
) -> pd.DataFrame:
    """Return the comparisons table: one row per comparison with a rival.

    Columns: `feedback_id`; `touchpoint`, as in `extract_waits`; `rival`, its name in small
    letters, missing where none is told ("other shops"); `verdict`: "win" (we are better), "loss"
    or "equal"; `start`, `stop`, `evidence` = text[start:stop]; `language`.

    The words decide the verdict. Only where they leave it open ("unlike other hotels") the
    sentiment of the touchpoint does: positive is a win, negative a loss, and without one of the
    two there is no row. `ours` are names of our own, in any form: who is better than we are makes
    us lose, and who is bad, "unlike" us, makes us win.

    >>> feedback = pd.DataFrame({"feedback_id": ["a"], "text": ["Slower than DHL"],
    ...     "overall": [2.0], "language": ["en"], "date": pd.NaT, "channel": None,
    ...     "question": None})
    >>> mentions = pd.DataFrame({"feedback_id": ["a"], "touchpoint": ["delivery"],
    ...     "sentiment": ["negative"], "score": [-1.0], "confidence": [0.9], "start": [0],
    ...     "stop": [15], "evidence": ["Slower than DHL"], "language": ["en"]})
    >>> extract_comparisons(feedback, mentions)[["touchpoint", "rival", "verdict"]].values.tolist()
    [['delivery', 'dhl', 'loss']]
    """
    if isinstance(ours, str):
        raise ColumnError(f"ours must be a list of names. Write ours=[{ours!r}].")
    own = every_name(ours)
    records = []
    for name, text, language, places in texts_with_places(feedback, mentions):
        for told in find_comparisons(text, language):
            place = nearest_place(text, language, told.start, told.stop, places)
            rival, verdict = _seen_by_us(told, place, own, language)
            if verdict is not None:
                evidence = text[told.start : told.stop]
                touchpoint = None if place is None else place.touchpoint
                row = (name, touchpoint, rival, verdict, told.start, told.stop, evidence, language)
                records.append(row)
    types = column_types(COMPARISONS)
    return pd.DataFrame.from_records(records, columns=list(types)).astype(types)


def _seen_by_us(
    told: Comparison, place: Place | None, own: frozenset[str], language: str
) -> tuple[str | None, str | None]:
    """Return rival and verdict; the verdict is None where nothing tells it."""
    verdict: str | None = told.verdict
    if verdict == "open":
        verdict = None if place is None else _FELT.get(place.sentiment)
    ours = told.rival is not None and is_one_of(told.rival, own, language)
    if ours:  # the text is about another, who is compared with us
        return None, None if verdict is None else _TURNED.get(verdict, verdict)
    return told.rival, verdict
