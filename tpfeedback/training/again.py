"""The last pass: the network learns once more, from itself and from a new teacher together.

The two err in different places, so that their mean is better than either. What readers said of a
text is taken half for itself and half for what that mean believes, for a network learns hard labels
by heart (Hinton et al. 2015, "Distilling the Knowledge in a Neural Network", section 2).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import reduce
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.special import expit, logit
from tokenizers import Tokenizer
from torch import nn

from tpfeedback.training.corpus import SKILLS, Corpus, joined
from tpfeedback.training.data import LabelledText, Targets, chosen, targets, together
from tpfeedback.training.disguise import disguised
from tpfeedback.training.parallel import IN_SEVERAL, PARALLEL
from tpfeedback.training.teacher import averaged, taught, train_teacher
from tpfeedback.training.train import encode, padded

BATCH = 64  # texts asked about at once
LEAST = 1e-4  # a probability is taken for at least this, and for at most what it leaves of 1
Believe = Callable[[Sequence[LabelledText]], Targets]
Lesson = tuple[list[LabelledText], Targets]


def what_both_believe(
    corpus: Corpus,
    settings: dict[str, Any],
    keys: tuple[str, ...],
    *,
    work: Path,
    network: nn.Module,
    table: nn.Embedding,
) -> Believe:
    """Train the new teacher; return what asks it and the network, as it is now, for their mean."""
    path, options = work / "teacher_again.pt", settings["teacher_again"]
    train_teacher(corpus, options, keys, path, random_state=options["random_state"])
    tokenizer = Tokenizer.from_file(str(work / "tokenizer.json"))

    def believe(texts: Sequence[LabelledText]) -> Targets:
        longest = settings["network"]["max_tokens"]
        own = said_by(network, table, tokenizer, texts, max_tokens=longest)
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
    read, and judged texts, with what to learn of each; `believe` tells what is held of texts.
    """
    seed = options["random_state"]
    random = np.random.default_rng(seed)
    same = [p for p in passages if p.source.startswith(IN_SEVERAL)]
    others = [p for p in passages if not p.source.startswith(IN_SEVERAL)]
    agreed = averaged(believe(same), np.arange(len(same)).reshape(-1, len(PARALLEL)).tolist())
    parts = [(same, sharpened(agreed, options["sharpness"]))] * options["parallel_copies"]
    some = _drawn(others, options["passages"], random)
    parts.append((some, believe(some)))
    plain, answers, skills = _kinds(corpus)
    read = _drawn(corpus.read, options["read"], random)
    for texts, copies in ((plain, options["annotated_copies"]), (skills, 1), (read, 1)):
        goal = mixed(targets(texts, keys), believe(texts), share=options["hard"])
        parts += [(texts, goal)] * copies
    ours = corpus.annotated + corpus.written
    answers += joined(ours, options["joined"], random_state=seed)
    answers += disguised(ours, options["disguised"], random_state=seed)
    parts.append((answers, targets(answers, keys)))
    every = [text for texts, _ in parts for text in texts]
    return every, reduce(together, (goal for _, goal in parts))


def _drawn(
    texts: Sequence[LabelledText], number: int, random: np.random.Generator
) -> list[LabelledText]:
    return [texts[i] for i in sorted(random.permutation(len(texts))[:number])]


def _kinds(corpus: Corpus) -> tuple[list[LabelledText], list[LabelledText], list[LabelledText]]:
    """Return annotated texts without a question, written ones that are learnt as they are labelled,
    and those written for single skills.
    """
    plain = [t for t in corpus.annotated if not t.question]
    skills = [t for t in corpus.written if SKILLS in t.id and not t.question]
    other = [t for t in corpus.written if SKILLS not in t.id or t.question]
    return plain, other, skills


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


def said_by(
    network: nn.Module,
    table: nn.Embedding,
    tokenizer: Tokenizer,
    texts: Sequence[LabelledText],
    *,
    max_tokens: int,
) -> Targets:
    """Return what a network believes of each text."""
    network.eval()
    rows = encode(tokenizer, texts, max_tokens=max_tokens)
    order = np.argsort([len(row) for row in rows], kind="stable")
    starts = range(0, len(order), BATCH)
    with torch.no_grad():
        found = [
            network(table(ids), mask)[:3]
            for start in starts
            for ids, mask in [padded([rows[i] for i in order[start : start + BATCH]])]
        ]
    presence, polarity, overall = (torch.cat(part) for part in zip(*found, strict=True))
    sure = presence.sigmoid().numpy()
    ones = np.ones_like(sure)
    belief = Targets(
        sure, ones, polarity.softmax(-1).numpy(), sure, overall.softmax(-1).numpy(), ones[:, 0]
    )
    return chosen(belief, np.argsort(order))
