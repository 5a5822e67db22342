"""The last passes: the network learns once more, from itself and from a new teacher together.

The two err in different places, so that their mean is better than either. What readers said of a
text is mixed with what that mean believes, for a network learns hard labels by heart (Hinton et al.
2015, "Distilling the Knowledge in a Neural Network", section 2); what was written for training, put
together or disguised is learnt as labelled.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import reduce
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit
from tokenizers import Tokenizer
from torch import nn

from tpfeedback.training.corpus import SKILLS, UNSURE, Corpus, joined
from tpfeedback.training.data import LabelledText, Lesson, Targets, targets, together
from tpfeedback.training.disguise import disguised
from tpfeedback.training.lessons import agreed
from tpfeedback.training.parallel import IN_SEVERAL
from tpfeedback.training.teacher import beliefs_of, taught, train_teacher
from tpfeedback.training.train import LEAST, encode

Believe = Callable[[Sequence[LabelledText]], Targets]
"""Tells what is held of each of some texts."""


def what_both_believe(
    corpus: Corpus,
    settings: dict[str, Any],
    keys: tuple[str, ...],
    *,
    teacher: str,
    work: Path,
    network: nn.Module,
    table: nn.Embedding,
) -> Believe:
    """Train the `teacher` of the settings; return what asks it and the network, as it is when it
    is asked, for their mean.
    """
    path, options = work / f"{teacher}.pt", settings[teacher]
    train_teacher(corpus, options, keys, path, random_state=options["random_state"])
    tokenizer = Tokenizer.from_file(str(work / "tokenizer.json"))

    def believe(texts: Sequence[LabelledText]) -> Targets:
        rows = encode(tokenizer, texts, max_tokens=settings["network"]["max_tokens"])
        own = beliefs_of(network, table, rows)
        return mean_of(taught(texts, keys, path, options), own)

    return believe


def again_lesson(
    corpus: Corpus,
    options: dict[str, Any],
    keys: tuple[str, ...],
    passages: Sequence[LabelledText],
    believe: Believe,
) -> Lesson:
    """Return the texts that stand in several languages, some of the other `passages`, which nobody
    read, and judged texts, with what to learn of each; `believe` tells what is held of texts. Those
    that models were unsure of are seen more often, and as they were read rather than believed.
    """
    random = np.random.default_rng(options["random_state"])
    same = [p for p in passages if p.source.startswith(IN_SEVERAL)]
    others = [p for p in passages if not p.source.startswith(IN_SEVERAL)]
    one_mind = sharpened(agreed(same, believe(same)), options["sharpness"])
    parts = [(same, one_mind)] * options["parallel_copies"]
    some = _drawn(others, options["passages"], random)
    parts.append((some, believe(some)))
    plain = [t for t in corpus.annotated if not t.question]
    skills = [t for t in corpus.written if SKILLS in t.id and not t.question]
    read = _drawn([t for t in corpus.read if t.source != UNSURE], options["read"], random)
    unsure = [t for t in corpus.read if t.source == UNSURE]
    for texts, copies, share in (
        (plain, options["annotated_copies"], options["hard"]),
        (skills, 1, options["hard"]),
        (read, 1, options["hard"]),
        (unsure, options["unsure_copies"], options["unsure_hard"]),
    ):
        if copies:
            goal = mixed(targets(texts, keys), believe(texts), share=share)
            parts += [(texts, goal)] * copies
    exact = _as_labelled(corpus, options)
    parts.append((exact, targets(exact, keys)))
    goal = reduce(together, (goal for _, goal in parts))
    whole = goal.overall_weight * np.float32(options["overall"])
    return [text for texts, _ in parts for text in texts], replace(goal, overall_weight=whole)


def _as_labelled(corpus: Corpus, options: dict[str, Any]) -> list[LabelledText]:
    """Return what is learnt as labelled: answers to questions, for the teacher reads no questions,
    written texts that are not for single skills, for they alone are sure about rare touchpoints,
    and texts that are joined or disguised.
    """
    ours, seed = corpus.annotated + corpus.written, options["random_state"]
    return [
        *[t for t in corpus.written if SKILLS not in t.id and not t.question],
        *[t for t in ours if t.question] * options["answer_copies"],
        *joined(ours, options["joined"], random_state=seed),
        *disguised(ours, options["disguised"], random_state=seed),
    ]


def _drawn(
    texts: Sequence[LabelledText], number: int, random: np.random.Generator
) -> list[LabelledText]:
    return [texts[i] for i in sorted(random.permutation(len(texts))[:number])]


def mean_of(first: Targets, second: Targets) -> Targets:
    """Return the mean of two beliefs."""
    names = Targets.__dataclass_fields__
    return Targets(*((getattr(first, name) + getattr(second, name)) / 2 for name in names))


def mixed(labels: Targets, belief: Targets, *, share: float) -> Targets:
    """Return labels for a `share` and belief for the rest; belief alone where nothing was said."""

    def mix(name: str) -> NDArray[np.float32]:
        said, held = getattr(labels, name), getattr(belief, name)
        known = said.sum(axis=-1, keepdims=True) > 0
        return np.asarray(np.where(known, share * said + (1 - share) * held, held), np.float32)

    presence = share * labels.presence + (1 - share) * belief.presence
    return replace(
        belief,
        presence=presence,
        polarity=mix("polarity"),
        polarity_weight=presence,
        overall=mix("overall"),
    )


def sharpened(belief: Targets, sharpness: float) -> Targets:
    """Return a belief whose log odds of presence are `sharpness` times as large."""
    odds = logit(np.clip(belief.presence, LEAST, 1 - LEAST))
    presence = np.asarray(expit(sharpness * odds), np.float32)
    return replace(belief, presence=presence, polarity_weight=presence)
