"""Feedback → waits table: how long things took, and of which touchpoint that is told."""

from __future__ import annotations

import math

import pandas as pd

from tpfeedback.durations import find_durations
from tpfeedback.mentions.places import nearest_place, texts_with_places
from tpfeedback.tables import WAITS, column_types


def extract_waits(feedback: pd.DataFrame, mentions: pd.DataFrame) -> pd.DataFrame:
    """Return the waits table: one row per length of time that a text tells.

    Columns: `feedback_id`; `touchpoint` whose evidence overlaps it, else the nearest one in the
    same clause or sentence, else missing; `start`, `stop`, `evidence` = text[start:stop];
    `minutes`, and between which bounds they lie: `minutes_low`, `minutes_high` ("3-4 days";
    `minutes_high` is missing where none is told: "over two weeks"); `language`. What counts as a
    wait: see `tpfeedback.durations`. Texts in other languages than ru, zh, pl and en have no rows.

    >>> feedback = pd.DataFrame({"feedback_id": ["a"], "text": ["Waited 2 hours"],
    ...     "overall": [1.0], "language": ["en"], "date": pd.NaT, "channel": None,
    ...     "question": None})
    >>> mentions = pd.DataFrame({"feedback_id": ["a"], "touchpoint": ["waiting"],
    ...     "sentiment": ["negative"], "score": [-1.0], "confidence": [0.9], "start": [0],
    ...     "stop": [14], "evidence": ["Waited 2 hours"], "language": ["en"]})
    >>> extract_waits(feedback, mentions)[["touchpoint", "evidence", "minutes"]].values.tolist()
    [['waiting', '2 hours', 120.0]]
    """
    records = []
    for name, text, language, places in texts_with_places(feedback, mentions):
        for told in find_durations(text, language):
            place = nearest_place(text, language, told.start, told.stop, places)
            records.append(
                (
                    name,
                    None if place is None else place.touchpoint,
                    told.start,
                    told.stop,
                    text[told.start : told.stop],
                    told.minutes,
                    told.minutes_low,
                    told.minutes_high if math.isfinite(told.minutes_high) else math.nan,
                    language,
                )
            )
    types = column_types(WAITS)
    return pd.DataFrame.from_records(records, columns=list(types)).astype(types)
