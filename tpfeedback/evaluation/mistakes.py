"""The worst errors, to be read: what was said, what was labelled, and in which words."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from tpfeedback.evaluation.answers import Answers
from tpfeedback.evaluation.codes import UNTOLD, Codes, sentiment_of
from tpfeedback.evaluation.labelled import Labelled

KINDS = ("false mention", "missed", "wrong sentiment")
EXCERPT = 160  # characters
_VALUE = {"negative": -1.0, "neutral": 0.0, "positive": 1.0, "mixed": 0.0}
COLUMNS = ("kind", "feedback_id", "language", "touchpoint", "said", "labelled", "confidence",
           "surprise", "excerpt")  # fmt: skip


def worst_errors(
    labelled: Labelled, marks: Codes, answers: Answers, languages: pd.Series, *, worst: int
) -> pd.DataFrame:
    """Return up to `worst` errors of each kind, the most surprising first.

    Columns: `kind` ("false mention": said and not labelled; "missed": labelled and not said;
    "wrong sentiment"), `feedback_id, language, touchpoint, said, labelled` (sentiments, missing
    where there is none), `confidence` (0-1; missing where it is not known),
    `surprise` (0-1: the confidence in a false mention; what is left to 1 in a missed one; how far
    the score is from the labelled sentiment, -1 to 1, halved, in a wrong sentiment), `excerpt`
    (the words that the tagger names, or would name, among their neighbours, else the beginning).
    """
    confidence, score = (answers.spread(name, labelled) for name in ("confidence", "score"))
    said = answers.marks
    both = (said > 0) & (marks > 0) & (marks != UNTOLD)
    wanted = np.array([0.0, *_VALUE.values(), 0.0])[marks]
    cases = {
        "false mention": ((said > 0) & (marks == 0), np.nan_to_num(confidence)),
        "missed": ((said == 0) & (marks > 0), 1 - np.nan_to_num(confidence)),
        "wrong sentiment": (both & (said != marks), np.abs(np.nan_to_num(score) - wanted) / 2),
    }
    places = _places(answers)
    rows: list[dict[str, Any]] = []
    for kind, (wrong, surprise) in cases.items():
        # Texts and touchpoints stand in order of name or taxonomy, and the sort keeps that order.
        texts, columns = np.nonzero(wrong)
        order = np.argsort(-surprise[texts, columns], kind="stable")[:worst]
        for text, column in zip(texts[order].tolist(), columns[order].tolist(), strict=True):
            name, key = labelled.texts.index[text], labelled.touchpoints[column]
            told = (sentiment_of(int(codes[text, column])) for codes in (said, marks))
            sure = (confidence[text, column], surprise[text, column])
            words = _excerpt(answers.texts["text"].loc[name], places.get((name, key)))
            values = (kind, name, languages.loc[name], key, *told, *sure, words)
            rows.append(dict(zip(COLUMNS, values, strict=True)))
    return pd.DataFrame(rows, columns=list(COLUMNS))


def excerpt(text: str, start: int, stop: int) -> str:
    """Return `text[start:stop]` with what stands around it, 160 characters of it at most.

    >>> excerpt("a " * 200 + "Rude staff." + " b" * 200, 400, 411)[71:90]
    'a a Rude staff. b b'
    """
    spare = max(EXCERPT - (stop - start), 0) // 2
    first, last = max(start - spare, 0), min(max(stop + spare, EXCERPT), len(text))
    first = max(min(first, last - EXCERPT), 0)
    last = min(last, first + EXCERPT)
    cut = " ".join(text[first:last].split())
    return f"{'…' if first else ''}{cut}{'…' if last < len(text) else ''}"


def _places(answers: Answers) -> dict[tuple[str, str], tuple[int, int, str]]:
    columns = ("feedback_id", "touchpoint", "start", "stop", "evidence")
    values = (answers.mentions[name].tolist() for name in columns)
    return {
        (name, key): (start, stop, evidence)
        for name, key, start, stop, evidence in zip(*values, strict=True)
    }


def _excerpt(text: Any, place: tuple[int, int, str] | None) -> str:
    if isinstance(text, str):
        return excerpt(text, *(place[:2] if place else (0, 0)))
    return excerpt(place[2], 0, len(place[2])) if place else ""
