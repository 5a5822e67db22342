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

MARKS = {"-": 0, "0": 1, "+": 2, "*": 3}
SENTIMENT_OF_MARK = {"-": "negative", "0": "neutral", "+": "positive", "*": "mixed"}
UNKNOWN = -1


@dataclass(frozen=True)
class LabelledText:
    """One text with what its source says of it.

    `touchpoints` maps a key to its mark (`+ - 0 *`, or `?` for presence alone); a key of
    `covers` without a mark is absent; any other key is unknown.
    """

    id: str
    text: str
    language: str
    source: str
    overall: str | None
    touchpoints: dict[str, str]
    covers: frozenset[str]
    translated: bool


@dataclass(frozen=True)
class Targets:
    """Arrays of one row a text: what to learn, and how much each label counts.

    presence (n, k) 0/1 with weights (n, k); polarity (n, k) index into MARKS or -1;
    overall (n,) index into MARKS or -1; label_weight (n,) for polarity and overall.
    """

    presence: NDArray[np.float32]
    presence_weight: NDArray[np.float32]
    polarity: NDArray[np.int64]
    polarity_weight: NDArray[np.float32]
    overall: NDArray[np.int64]
    overall_weight: NDArray[np.float32]


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
    weights: NDArray[np.float32] | None = None,
) -> Targets:
    """Turn labels into arrays; `weights` (n, 3) are for presence, polarity and overall."""
    n, place = len(texts), {key: i for i, key in enumerate(keys)}
    weights = np.ones((n, 3), np.float32) if weights is None else weights
    presence, presence_weight = np.zeros((2, n, len(keys)), np.float32)
    polarity = np.full((n, len(keys)), UNKNOWN, np.int64)
    overall = np.array([MARKS.get(t.overall or "", UNKNOWN) for t in texts], np.int64)
    for i, text in enumerate(texts):
        presence_weight[i, [place[key] for key in text.covers]] = weights[i, 0]
        for key, mark in text.touchpoints.items():
            presence[i, place[key]] = 1
            presence_weight[i, place[key]] = weights[i, 0]
            polarity[i, place[key]] = MARKS.get(mark, UNKNOWN)
    return Targets(presence, presence_weight, polarity, weights[:, 1], overall, weights[:, 2])
