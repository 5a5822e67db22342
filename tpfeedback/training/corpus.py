"""What the model is taught with: which texts, how much each label weighs, what is held back."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tpfeedback.training.data import LabelledText, fraction, read_corpora, read_labelled


@dataclass(frozen=True)
class Corpus:
    """Annotated texts to learn from, annotated texts held back, and partly labelled ones."""

    annotated: list[LabelledText]
    held_back: list[LabelledText]
    partial: list[LabelledText]


def read_corpus(data: Path, settings: dict[str, Any]) -> Corpus:
    """Read all of it; texts that also stand in the annotated or gold sets leave `partial`."""
    everything = read_labelled(data / "annotated_train.jsonl.gz")
    gold = {text.text for text in read_labelled(data / "gold_dev.jsonl.gz")}
    everything = [text for text in everything if text.text not in gold]
    share = settings["annotated"]["held_back"]
    taken = gold | {text.text for text in everything}
    options = settings["corpora"]
    partial = [
        text for text in read_corpora(data / "corpora", leave_out=options["leave_out"])
        if text.text not in taken
    ]
    return Corpus(
        annotated=[text for text in everything if fraction(text.id) >= share],
        held_back=[text for text in everything if fraction(text.id) < share],
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
