"""What the texts are written in, where the feedback table does not say.

A text that says too little to tell its language ("ok", "super", a single word that seems foreign)
is read in the one that most of the others are in.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping

import pandas as pd

from tpfeedback.detection import detect_language, words_of
from tpfeedback.tables import LANGUAGES, OTHER_LANGUAGE
from tpfeedback.tagger import with_question

CERTAIN = 0.5  # below it, the letters of a short text do not decide its language
CERTAIN_WORD = 0.9  # the same for a single word in no language of ours: "Queue" seems foreign
TOO_SHORT = 24  # characters; a longer text keeps the language it was found to be in

# A word of other letters is not in the usual language, however unsure its own is.
ALPHABETS = {
    "ru": re.compile(r"[а-яё\W\d_]+"),
    "pl": re.compile(r"[a-ząćęłńóśźż\W\d_]+"),
    "en": re.compile(r"[a-zé\W\d_]+"),
}


def read_languages(feedback: pd.DataFrame, *, usual: str | None = None) -> pd.DataFrame:
    """Return the `language` of every text and the `confidence` in it (0-1, see
    `detect_languages`).

    `usual` is the language that short texts are read in, known of more texts than these; None
    takes the one that most of these are surely in.
    """
    found = detect_languages(feedback)
    if usual is None:
        usual = usual_language(found)
    read_in = [
        usual if usual is not None and unsure and _alike(usual, code, text, confidence) else code
        for code, unsure, text, confidence in zip(
            found["language"], found["open"], feedback["text"], found["confidence"], strict=True
        )
    ]
    return found[["confidence"]].assign(language=pd.Series(read_in, found.index, dtype="str"))


def detect_languages(feedback: pd.DataFrame) -> pd.DataFrame:
    """Return the `language` of every text by itself, the `confidence` in it (0-1; 1 where the
    table names it), whether it is `sure`, and whether it is `open` to the usual language.

    >>> texts = pd.DataFrame({"text": ["ok"], "question": [None], "language": [None]})
    >>> detect_languages(texts)[["language", "sure", "open"]].values.tolist()
    [['pl', False, True]]
    """
    told = list(map(with_question, feedback["text"], asked_questions(feedback)))
    named = [code if isinstance(code, str) else None for code in feedback["language"]]
    unknown = dict.fromkeys(t for t, code in zip(told, named, strict=True) if code is None)
    detected = {text: detect_language(text) for text in unknown}
    rows = []
    for text, whole, code in zip(feedback["text"], told, named, strict=True):
        found, confidence = code, 1.0
        if found is None:
            found, confidence = detected[whole].language, detected[whole].confidence
        sure = confidence >= (CERTAIN_WORD if _is_strange_word(text, found) else CERTAIN)
        rows.append((found, confidence, sure, not sure and len(text) <= TOO_SHORT))
    types = {"language": "str", "confidence": "float64", "sure": "bool", "open": "bool"}
    return pd.DataFrame(rows, columns=list(types), index=feedback.index).astype(types)


def asked_questions(feedback: pd.DataFrame) -> pd.Series:
    """Return the question that every text answers, None where there is none."""
    return feedback["question"].astype("object").where(feedback["question"].notna(), None)


def usual_language(found: pd.DataFrame) -> str | None:
    """Return the language that most texts of `detect_languages` are surely in; None of none."""
    return most_spoken(Counter(found.loc[found["sure"], "language"]))


def most_spoken(sure: Mapping[str, int]) -> str | None:
    """Return the language of the most texts, from how many are surely in each; None of none.

    >>> most_spoken({"pl": 9, "en": 9, "other": 20})
    'en'
    """
    return max(sorted({*sure} & {*LANGUAGES}), key=lambda code: sure[code], default=None)


def _is_strange_word(text: str, code: str) -> bool:
    return code == OTHER_LANGUAGE and len(words_of(text)) == 1


def _alike(usual: str, code: str, text: str, confidence: float) -> bool:
    """Whether a short text found to be `code` may be in the usual language: scripts agree."""
    if confidence >= CERTAIN:
        return usual in ALPHABETS and ALPHABETS[usual].fullmatch(text.lower()) is not None
    return code == OTHER_LANGUAGE or {usual, code} <= {"en", "pl"}
