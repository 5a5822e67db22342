"""The clauses of the texts, and which of them the mentions already cover."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import pandas as pd

from tpfeedback.detection import detect_language
from tpfeedback.segmentation import segment
from tpfeedback.tables import LANGUAGES
from tpfeedback.tagged import TaggedText
from tpfeedback.tagger import Tagger
from tpfeedback.themes.space import Places, Space
from tpfeedback.vectors import text_vectors

COLUMNS = ("feedback_id", "respondent", "language", "start", "stop", "text", "touchpoint")
SEVERAL = "*"  # stands for the touchpoint of a clause that several mentions cover
UNSURE = 0.5  # confidence below which letters do not tell the language
SHORT = 24  # characters; the letters of a longer text tell its language alone
Value = TypeVar("Value")


@dataclass(frozen=True)
class Sample:
    """Texts that are read: `feedback` (rows of it) with `language` filled, and their clauses.

    `clauses` has the columns `COLUMNS`, sorted by language, text, feedback_id and start;
    `touchpoint` is that of the mention whose evidence holds the clause, missing where none does.
    """

    feedback: pd.DataFrame
    clauses: pd.DataFrame


def read_clauses(
    feedback: pd.DataFrame, mentions: pd.DataFrame, respondents: pd.Series, *, most: int
) -> Sample:
    """Return the clauses of as many texts as hold `most` of them, chosen by a hash of the text.

    All answers of a respondent come together. Which texts are chosen does not depend on their
    order, and a larger sample holds the smaller one.
    """
    told = feedback.assign(
        feedback_id=feedback["feedback_id"].astype("str"),
        language=fill_languages(feedback, mentions),
        _who=respondents.to_numpy(),
    )
    evidence = _evidence(mentions)
    rows: list[tuple[object, ...]] = []
    chosen: list[str] = []
    groups = {str(name): places for name, places in told.groupby("_who").indices.items()}
    words = told.groupby("_who")["text"].agg(lambda texts: "\n".join(sorted(map(str, texts))))
    for who in sorted(groups, key=lambda name: (_digest(str(words.loc[name])), name)):
        if len(rows) >= most:
            break
        chosen.append(who)
        for at in groups[who]:
            rows += _clauses_of(told.iloc[at], evidence)
    table = pd.DataFrame.from_records(rows, columns=list(COLUMNS))
    order = ["language", "text", "feedback_id", "start"]
    kept = told[told["_who"].isin(chosen)].drop(columns="_who")
    return Sample(kept, table.sort_values(order, ignore_index=True))


def fill_languages(feedback: pd.DataFrame, mentions: pd.DataFrame) -> list[str]:
    """Return the language of each text: as given, as its mentions say, or by its letters.

    A short text whose letters do not tell is read in the language of most others.
    """
    ids = feedback["feedback_id"].astype("str")
    known = dict(zip(mentions["feedback_id"].astype("str"), mentions["language"], strict=True))
    given = feedback["language"] if "language" in feedback else pd.Series(None, ids.index)
    codes = [
        code if isinstance(code, str) else known.get(name)
        for code, name in zip(given, ids, strict=True)
    ]
    usual = Counter(code for code in codes if code in LANGUAGES).most_common()
    common = min(usual, key=lambda pair: (-pair[1], pair[0]))[0] if usual else None
    return [
        code if code is not None else _detected(str(text), common)
        for code, text in zip(codes, feedback["text"], strict=True)
    ]


def _detected(text: str, common: str | None) -> str:
    found = detect_language(text)
    unsure = found.confidence < UNSURE and len(text) <= SHORT
    return common if common and unsure else found.language


def place_texts(
    space: Space, network: object, texts: Sequence[str], languages: Sequence[str]
) -> tuple[Places, Places]:
    """Return place (n, d) and emptiness (n,) of each text; equal texts are read once."""

    def read(distinct: list[tuple[str, str]]) -> list[tuple[Places, float]]:
        words, codes = [text for text, _ in distinct], [code for _, code in distinct]
        vectors = text_vectors(network, words)  # type: ignore[arg-type]
        return list(
            zip(space.place(vectors, codes), space.emptiness(vectors, codes).tolist(), strict=True)
        )

    found = once(list(zip(texts, languages, strict=True)), read)
    size = len(space.mood)
    return (
        np.array([place for place, _ in found]).reshape(len(found), size),
        np.array([empty for _, empty in found]),
    )


def tag_alone(tagger: Tagger, texts: Sequence[str], languages: Sequence[str]) -> list[TaggedText]:
    """Return what the tagger reads in each clause without the text around it."""
    return once(
        list(zip(texts, languages, strict=True)),
        lambda distinct: tagger.tag(
            [text for text, _ in distinct], languages=[code for _, code in distinct]
        ),
    )


def once(
    items: list[tuple[str, str]], work: Callable[[list[tuple[str, str]]], Sequence[Value]]
) -> list[Value]:
    """Return what `work` makes of each item, done once for equal items, in sorted order."""
    distinct = sorted(set(items))
    made = dict(zip(distinct, work(distinct), strict=True)) if distinct else {}
    return [made[item] for item in items]


def _evidence(mentions: pd.DataFrame) -> dict[str, list[tuple[int, int, str]]]:
    found: dict[str, list[tuple[int, int, str]]] = {}
    columns = (mentions[name] for name in ("feedback_id", "start", "stop", "touchpoint"))
    for name, start, stop, touchpoint in zip(*columns, strict=True):
        found.setdefault(str(name), []).append((int(start), int(stop), str(touchpoint)))
    return found


def _clauses_of(
    row: pd.Series, evidence: dict[str, list[tuple[int, int, str]]]
) -> Iterator[tuple[object, ...]]:
    if row["language"] not in LANGUAGES:
        return
    spans = evidence.get(row["feedback_id"], [])
    for clause in segment(str(row["text"]), row["language"]):
        keys = {key for start, stop, key in spans if start < clause.stop and clause.start < stop}
        covered = None if not keys else min(keys) if len(keys) == 1 else SEVERAL
        yield (row["feedback_id"], row["_who"], row["language"], clause.start, clause.stop,
               clause.text.strip(), covered)  # fmt: skip


def _digest(text: str) -> bytes:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()
