"""What the model is taught with: which texts, how much each label weighs, what is held back."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tpfeedback.taxonomy import load_taxonomy
from tpfeedback.training.data import (
    LabelledText,
    fraction,
    read_corpora,
    read_labelled,
    read_written,
)

LONGEST_HALF = {"en": 160, "pl": 160, "ru": 160, "zh": 60}  # characters of a text to be joined


@dataclass(frozen=True)
class Corpus:
    """Annotated texts to learn from, annotated texts held back, texts written for training,
    and partly labelled ones.
    """

    annotated: list[LabelledText]
    held_back: list[LabelledText]
    written: list[LabelledText]
    partial: list[LabelledText]


def read_corpus(data: Path, written: Path, settings: dict[str, Any]) -> Corpus:
    """Read all of it; texts that also stand in the annotated or gold sets leave `partial`."""
    everything = read_labelled(data / "annotated_train.jsonl.gz")
    gold = {text.text for text in read_labelled(data / "gold_dev.jsonl.gz")}
    everything = [text for text in everything if text.text not in gold]
    share = settings["annotated"]["held_back"]
    taken = gold | {text.text for text in everything}
    options = settings["corpora"]
    partial = [
        text
        for text in read_corpora(data / "corpora", leave_out=options["leave_out"])
        if text.text not in taken and len(text.text) <= options["longest"][text.language]
    ]
    return Corpus(
        annotated=[text for text in everything if fraction(text.id) >= share],
        held_back=[text for text in everything if fraction(text.id) < share],
        written=[
            text
            for path in sorted(written.glob("*.jsonl"))
            for text in read_written(path, load_taxonomy("general").keys)
        ],
        partial=sampled(partial, options["per_source"]),
    )


def sampled(texts: list[LabelledText], per_source: int) -> list[LabelledText]:
    """Keep at most `per_source` texts of each source, chosen by the hash of their id."""
    by_source: dict[str, list[LabelledText]] = defaultdict(list)
    for text in texts:
        by_source[text.source].append(text)
    return [
        text
        for source in sorted(by_source)
        for text in sorted(by_source[source], key=lambda t: fraction(t.id))[:per_source]
    ]


def label_weights(texts: list[LabelledText], options: dict[str, Any]) -> NDArray[np.float32]:
    """Return (n, 3) weights for presence, polarity and overall labels of partial sources."""
    weights = np.tile(
        [options["presence_weight"], options["polarity_weight"], options["overall_weight"]],
        (len(texts), 1),
    )
    weights[[text.translated for text in texts]] *= options["translated_factor"]
    return weights.astype(np.float32)


def joined(texts: list[LabelledText], number: int, *, random_state: int) -> list[LabelledText]:
    """Return `number` texts made of two short ones of a language, with the labels of both.

    They teach that a text may praise one thing and complain of another. Only texts whose every
    touchpoint was judged may be joined.
    """
    random = np.random.default_rng(random_state)
    short = [text for text in texts if len(text.text) <= LONGEST_HALF[text.language]]
    by_language = {code: [t for t in short if t.language == code] for code in LONGEST_HALF}
    chosen = [short[i] for i in random.integers(len(short), size=number)]
    return [
        _join(first, others[random.integers(len(others))])
        for first in chosen
        for others in (by_language[first.language],)
    ]


def _join(first: LabelledText, second: LabelledText) -> LabelledText:
    space = "，" if first.language == "zh" else " "
    keys = first.touchpoints.keys() | second.touchpoints.keys()
    return replace(
        first,
        id=f"{first.id}+{second.id}",
        text=f"{first.text}{space}{second.text}",
        overall=joint_mark(first.overall, second.overall),
        touchpoints={
            key: str(joint_mark(first.touchpoints.get(key), second.touchpoints.get(key)))
            for key in sorted(keys)
        },
    )


def joint_mark(first: str | None, second: str | None) -> str | None:
    """Return the mark of two statements together: a judgement outweighs a bare mention.

    >>> joint_mark("+", "-"), joint_mark("0", "-"), joint_mark(None, "+")
    ('*', '-', '+')
    """
    judged = {mark for mark in (first, second) if mark not in (None, "0")}
    if len(judged) > 1:
        return "*"
    return judged.pop() if judged else first or second
