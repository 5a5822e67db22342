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

from tpfeedback.detection import detect_language
from tpfeedback.mentions.tagging import CERTAIN, TOO_SHORT, _alike
from tpfeedback.spark.rows import read_rows
from tpfeedback.tables import LANGUAGES, OTHER_LANGUAGE
from tpfeedback.tagger import with_question

COUNTED = "code string, sure boolean, open boolean, n bigint"  # code null: without feedback_id


@dataclass(frozen=True)
class Spoken:
    """The usual language of all texts (None: no text is sure), how many texts there are, and how
    many are in a language that cannot be read; `nameless`: rows without a feedback_id."""

    usual: str | None
    texts: int
    other: int
    nameless: int


def detect(feedback: pd.DataFrame) -> pd.DataFrame:
    """Return the language `code` of each text, whether it is `sure`, and whether it is `open` to
    the usual language.

    >>> detect(read_rows(pd.DataFrame({"feedback_id": ["1"], "text": ["ok"]}))).values.tolist()
    [['pl', False, True]]
    """
    asked = feedback["question"].astype("object").where(feedback["question"].notna(), None)
    rows = []
    for text, question, code in zip(feedback["text"], asked, feedback["language"], strict=True):
        if isinstance(code, str):
            rows.append((code, True, False))
        else:
            found = detect_language(with_question(text, question))
            sure = found.confidence >= CERTAIN
            rows.append((found.language, sure, not sure and len(text) <= TOO_SHORT))
    types = {"code": "str", "sure": "bool", "open": "bool"}
    return pd.DataFrame(rows, columns=list(types), index=feedback.index).astype(types)


def count_languages(pieces: Iterable[pd.DataFrame]) -> Iterator[pd.DataFrame]:
    """Yield how many texts of each piece have each language, in a worker; see `COUNTED`."""
    for piece in pieces:
        found = detect(read_rows(piece))
        yield found.groupby(list(found.columns)).size().rename("n").reset_index()
        nameless = int(piece["feedback_id"].isna().sum())
        yield pd.DataFrame({"code": [None], "sure": [False], "open": [False], "n": [nameless]})


def sum_up(counts: Iterable[Sequence[Any]]) -> Spoken:
    """Return what all pieces together tell, from the rows of `COUNTED`.

    >>> sum_up([("pl", True, False, 9), ("en", False, True, 2), ("other", True, False, 1)])
    Spoken(usual='pl', texts=12, other=1, nameless=0)
    """
    rows = list(counts)
    sure: Counter[str] = Counter()
    for code, known, _, n in rows:
        if known and code in LANGUAGES:
            sure[code] += n
    usual = max(sorted(sure), key=lambda code: sure[code], default=None)
    nameless = sum(n for code, _, _, n in rows if code is None)
    texts = sum(n for _, _, _, n in rows) - nameless
    other = sum(n for code, _, left, n in rows if code == OTHER_LANGUAGE and not (left and usual))
    return Spoken(usual, texts, other, nameless)


def with_languages(feedback: pd.DataFrame, usual: str | None) -> pd.DataFrame:
    """Return the feedback of a piece with the language of every text filled in."""
    found = detect(feedback)
    read_in = [
        usual if usual is not None and unsure and _alike(usual, code) else code
        for code, unsure in zip(found["code"], found["open"], strict=True)
    ]
    return feedback.assign(language=pd.Series(read_in, index=feedback.index, dtype="str"))
