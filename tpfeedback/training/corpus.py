"""What the model is taught with: which texts, how much each label weighs, what is held back."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tpfeedback.errors import TrainingError
from tpfeedback.taxonomy import load_taxonomy
from tpfeedback.training.data import (
    LabelledText,
    fraction,
    read_corpora,
    read_labelled,
    read_written,
)
from tpfeedback.training.labels import read_labels

OWN = Path(__file__).parents[2] / "data"
UNSURE = "unsure"  # source of passages that were read because models were unsure of them
SKILLS = "-skills_"  # in the ids of texts written for single skills
NOT_FREE = ("sentirueval15_rest", "sentirueval15_cars")  # not for commercial use
LONGEST_HALF = {"en": 160, "pl": 160, "ru": 160, "zh": 60}  # characters of a text to be joined
CONTRASTED = 0.7  # share of joined texts of opposite tone that are joined by a word of contrast
CONTRASTS = {
    "en": (", but ", ", though ", ", yet ", ". However, ", " but "),
    "pl": (", ale ", ", lecz ", ", za to ", ". Natomiast ", " ale "),
    "ru": (", но ", ", зато ", ", а вот ", ". Однако ", ", хотя "),
    "zh": ("，但是", "，不过", "，但", "，可是", "，就是"),
}


@dataclass(frozen=True)
class Corpus:
    """What there is to learn from.

    `annotated` and `held_back` texts come with the data, `written` ones are ours, `read` ones are
    passages of the corpora that were read for this project: all of these were judged for every
    touchpoint. `partial` texts carry their source's labels; `untouched` are the training rows
    of all corpora that are free to use, their labels aside. `measured` texts are what nothing may
    be learnt from: the gold ones.
    """

    annotated: list[LabelledText]
    held_back: list[LabelledText]
    written: list[LabelledText]
    read: list[LabelledText]
    partial: list[LabelledText]
    untouched: list[LabelledText]
    measured: frozenset[str]

    @property
    def judged(self) -> list[LabelledText]:
        """Texts to learn from that were judged for every touchpoint."""
        return self.annotated + self.written + self.read


def read_corpus(data: Path, own: Path, settings: dict[str, Any]) -> Corpus:
    """Read all of it; `own` holds our labels (`read`) and texts (`written`).

    Texts that also stand in the annotated or gold sets leave `partial` and `untouched`.
    """
    missing = [folder for folder in (own / "read", own / "written") if not folder.is_dir()]
    if missing:
        raise TrainingError(f"{missing[0]} is no folder. Name the folder it stands in with --own.")
    keys = load_taxonomy("general").keys
    everything = read_labelled(data / "annotated_train.jsonl.gz")
    gold = {text.text for text in read_labelled(data / "gold_dev.jsonl.gz")}
    everything = [text for text in everything if text.text not in gold]
    share = settings["annotated"]["held_back"]
    taken = gold | {text.text for text in everything}
    options = settings["corpora"]
    rows = [text for text in read_corpora(data / "corpora") if text.text not in taken]
    partial = [
        text
        for text in rows
        if text.source not in options["leave_out"]
        and len(text.text) <= options["longest"][text.language]
    ]
    return Corpus(
        annotated=[text for text in everything if fraction(text.id) >= share],
        held_back=[text for text in everything if fraction(text.id) < share],
        written=[
            text
            for path in sorted((own / "written").glob("*.jsonl"))
            for text in read_written(path, keys)
        ],
        read=[
            *read_labels(own / "read", rows, keys),
            *read_labels(own / "read" / UNSURE, rows, keys, source=UNSURE),
        ],
        partial=sampled(partial, options["per_source"]),
        untouched=[text for text in rows if text.source not in NOT_FREE],
        measured=frozenset(gold),
    )


def sampled(
    texts: list[LabelledText], per_source: int, *, more: dict[str, int] | None = None
) -> list[LabelledText]:
    """Keep at most `per_source` texts of each source, chosen by the hash of their id.

    `more` names sources of which another number is kept.
    """
    by_source: dict[str, list[LabelledText]] = defaultdict(list)
    for text in texts:
        by_source[text.source].append(text)
    return [
        text
        for source in sorted(by_source)
        for text in sorted(by_source[source], key=lambda t: fraction(t.id))[
            : (more or {}).get(source, per_source)
        ]
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
    touchpoint was judged may be joined, and no answers: each has a question of its own.
    """
    random = np.random.default_rng(random_state)
    short = [t for t in texts if not t.question and len(t.text) <= LONGEST_HALF[t.language]]
    by_language = {code: [t for t in short if t.language == code] for code in LONGEST_HALF}
    chosen = [short[i] for i in random.integers(len(short), size=number)]
    return [
        _join(first, others[random.integers(len(others))], random)
        for first in chosen
        for others in (by_language[first.language],)
    ]


def _join(first: LabelledText, second: LabelledText, random: np.random.Generator) -> LabelledText:
    keys = first.touchpoints.keys() | second.touchpoints.keys()
    link, continued = " ", second.text
    if first.language == "zh":
        link = "，"
    if {first.overall, second.overall} == {"+", "-"} and random.random() < CONTRASTED:
        links = CONTRASTS[first.language]
        link = links[random.integers(len(links))]
        continued = second.text[:1].lower() + second.text[1:]
    return replace(
        first,
        id=f"{first.id}+{second.id}",
        text=f"{first.text.rstrip('.!。！ ') if link[0] in ',，' else first.text}{link}{continued}",
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
