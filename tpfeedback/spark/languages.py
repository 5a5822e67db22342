"""What the texts of a cluster are written in: told by all of them, as in memory.

A text that says too little to tell its language ("ok", "super") is read in the one that most of
the others are in. No worker sees the others, so the languages are counted first.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from tpfeedback.mentions.spoken import detect_languages, most_spoken
from tpfeedback.spark.rows import read_rows
from tpfeedback.tables import OTHER_LANGUAGE

COUNTED = "language string, sure boolean, open boolean, n bigint"  # null: without feedback_id


@dataclass(frozen=True)
class Spoken:
    """The usual language of all texts (None: no text is sure), how many texts there are, and how
    many are in a language that cannot be read; `nameless`: rows without a feedback_id."""

    usual: str | None
    texts: int
    other: int
    nameless: int


def count_languages(pieces: Iterable[pd.DataFrame]) -> Iterator[pd.DataFrame]:
    """Yield how many texts of each piece have each language, in a worker; see `COUNTED`."""
    for piece in pieces:
        found = detect_languages(read_rows(piece))
        yield found.groupby(["language", "sure", "open"]).size().rename("n").reset_index()
        nameless = int(piece["feedback_id"].isna().sum())
        yield pd.DataFrame({"language": [None], "sure": [False], "open": [False], "n": [nameless]})


def sum_up(counts: Iterable[Sequence[Any]]) -> Spoken:
    """Return what all pieces together tell, from the rows of `COUNTED`.

    >>> sum_up([("pl", True, False, 9), ("en", False, True, 2), ("other", True, False, 1)])
    Spoken(usual='pl', texts=12, other=1, nameless=0)
    """
    rows = list(counts)
    sure: Counter[str] = Counter()
    for code, known, _, n in rows:
        if known:
            sure[code] += n
    usual = most_spoken(sure)
    nameless = sum(n for code, _, _, n in rows if code is None)
    texts = sum(n for _, _, _, n in rows) - nameless
    other = sum(n for code, _, left, n in rows if code == OTHER_LANGUAGE and not (left and usual))
    return Spoken(usual, texts, other, nameless)
