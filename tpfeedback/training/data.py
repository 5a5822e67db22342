"""Labelled texts in the uniform corpora format → targets with masks."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

MARKS = {"-": 0, "0": 1, "+": 2, "*": 3}
SENTIMENT_OF_MARK = {"-": "negative", "0": "neutral", "+": "positive", "*": "mixed"}
MARK_OF_SENTIMENT = {sentiment: mark for mark, sentiment in SENTIMENT_OF_MARK.items()}


@dataclass(frozen=True)
class LabelledText:
    """One text with what its source says of it.

    `touchpoints` maps a key to its mark (`+ - 0 *`, or `?` for presence alone); a key of
    `covers` without a mark is absent; any other key is unknown. `question` is what was asked;
    `part` the stretch of its file, a domain and a split, that a row belongs to.
    """

    id: str
    text: str
    language: str
    source: str
    overall: str | None
    touchpoints: dict[str, str]
    covers: frozenset[str]
    translated: bool
    question: str = ""
    part: str = ""


@dataclass(frozen=True)
class Targets:
    """Arrays of one row a text: what to learn, and how much each label counts.

    presence (n, k) 0–1 and its weight (n, k); polarity (n, k, 4), shares of MARKS, and its
    weight (n, k); overall (n, 4), shares of MARKS, and its weight (n,). A label is a share of
    one; what a teacher believes is anything between.
    """

    presence: Floats
    presence_weight: Floats
    polarity: Floats
    polarity_weight: Floats
    overall: Floats
    overall_weight: Floats


Lesson = tuple[list[LabelledText], Targets]
"""Texts, and what to learn of each."""


def together(first: Targets, second: Targets) -> Targets:
    """Return the rows of both."""
    return Targets(
        *(
            np.concatenate([getattr(first, name), getattr(second, name)])
            for name in Targets.__dataclass_fields__
        )
    )


def chosen(goal: Targets, rows: NDArray[np.int64]) -> Targets:
    """Return some of the rows."""
    return Targets(*(getattr(goal, name)[rows] for name in Targets.__dataclass_fields__))


def read_labelled(path: Path) -> list[LabelledText]:
    """Read one file of the format that `shared/data/README.md` describes."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [_labelled(json.loads(line)) for line in lines]


def read_written(path: Path, keys: Iterable[str]) -> list[LabelledText]:
    """Read texts of our own, one JSON object a line: id, lang, text, overall, touchpoints.

    Their writers judged every one of `keys`.
    """
    with path.open(encoding="utf-8") as lines:
        records = [json.loads(line) for line in lines]
    rest = {"source": "written", "translated": False, "covers": list(keys)}
    return [_labelled({**record, **rest}) for record in records]


def _labelled(record: dict[str, object]) -> LabelledText:
    touchpoints, covers = record["touchpoints"], record["covers"]
    assert isinstance(touchpoints, dict)
    assert isinstance(covers, list)
    overall = record["overall"]
    return LabelledText(
        id=str(record["id"]),
        text=str(record["text"]),
        language=str(record["lang"]),
        source=str(record["source"]),
        overall=None if overall is None else str(overall),
        touchpoints=dict(touchpoints),
        covers=frozenset(covers),
        translated=bool(record["translated"]),
        question=str(record.get("question") or ""),
        part=f"{record.get('domain')}/{record.get('split')}",
    )


def read_corpora(folder: Path, *, leave_out: Iterable[str] = ()) -> Iterator[LabelledText]:
    """Yield the training rows of every partly labelled source, sources in order of name."""
    skipped = set(leave_out)
    for path in sorted(folder.glob("*.jsonl.gz")):
        if path.name.removesuffix(".jsonl.gz") not in skipped:
            with gzip.open(path, "rt", encoding="utf-8") as lines:
                records = (json.loads(line) for line in lines)
                yield from (_labelled(r) for r in records if r["split"] == "train")


def fraction(name: str) -> float:
    """Return a number in [0, 1) that depends on the name alone, for splits that never move.

    >>> fraction("ru-0001") == fraction("ru-0001")
    True
    """
    return int(hashlib.sha256(name.encode()).hexdigest()[:8], 16) / 2**32


def targets(
    texts: list[LabelledText],
    keys: tuple[str, ...],
    *,
    weights: Floats | None = None,
) -> Targets:
    """Turn labels into arrays; `weights` (n, 3) are for presence, polarity and overall."""
    n, place = len(texts), {key: i for i, key in enumerate(keys)}
    weights = np.ones((n, 3), np.float32) if weights is None else weights
    presence, presence_weight, polarity_weight = np.zeros((3, n, len(keys)), np.float32)
    polarity = np.zeros((n, len(keys), len(MARKS)), np.float32)
    overall = np.zeros((n, len(MARKS)), np.float32)
    for i, text in enumerate(texts):
        presence_weight[i, [place[key] for key in text.covers]] = weights[i, 0]
        for key, mark in text.touchpoints.items():
            presence[i, place[key]] = 1
            presence_weight[i, place[key]] = weights[i, 0]
            if mark in MARKS:
                polarity[i, place[key], MARKS[mark]] = 1
                polarity_weight[i, place[key]] = weights[i, 1]
        if text.overall in MARKS:
            overall[i, MARKS[text.overall]] = 1
    overall_weight = weights[:, 2] * overall.sum(axis=1)
    return Targets(presence, presence_weight, polarity, polarity_weight, overall, overall_weight)
