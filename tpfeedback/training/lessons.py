"""What each pass learns: texts, and the labels or beliefs that go with them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from tpfeedback.training.corpus import SKILLS, Corpus, joined, label_weights
from tpfeedback.training.data import LabelledText, Lesson, Targets, chosen, targets, together
from tpfeedback.training.disguise import disguised
from tpfeedback.training.parallel import IN_SEVERAL, PARALLEL, parallel_texts
from tpfeedback.training.passages import unread_passages
from tpfeedback.training.teacher import averaged


def corpora_lesson(corpus: Corpus, settings: dict[str, Any], keys: tuple[str, ...]) -> Lesson:
    """Return the partly labelled texts, mixed with the annotated ones."""
    texts = corpus.partial + corpus.annotated * settings["corpora"]["annotated_copies"]
    weights = np.ones((len(texts), 3), np.float32)
    weights[: len(corpus.partial)] = label_weights(corpus.partial, settings["corpora"])
    return texts, targets(texts, keys, weights=weights)


def taught_lesson(
    corpus: Corpus,
    options: dict[str, Any],
    keys: tuple[str, ...],
    believed: Mapping[str, Callable[[], Lesson]],
) -> Lesson:
    """Return the judged texts, those for single skills and answers to questions more than once,
    and passages with the teacher's beliefs: of each kind the share that `passages` allows, and
    all that stand in several languages.
    """
    seed = options["random_state"]
    random = np.random.default_rng(seed)
    special = [t for t in corpus.written if t.question or SKILLS in t.id]
    texts = corpus.judged + special * (options["copies"] - 1)
    texts += joined(texts, options["joined"], random_state=seed)
    texts += disguised(corpus.judged, options["disguised"], random_state=seed)
    goal = targets(texts, keys)
    for name, share in options["passages"].items():
        passages, belief = believed[name]()
        parallel = np.array([p.source.startswith(IN_SEVERAL) for p in passages])
        kept = np.flatnonzero(parallel | (random.random(len(passages)) < share))
        kept = np.repeat(kept, np.where(parallel[kept], options["parallel_copies"], 1))
        texts = texts + [passages[i] for i in kept]
        goal = together(goal, chosen(belief, kept))
    return texts, goal


def unread_texts(
    corpus: Corpus, settings: dict[str, Any], corpora: Path
) -> dict[str, list[LabelledText]]:
    """Return what nobody read: `unread`, the texts that stand in several languages and passages,
    and `fresh`, further passages.
    """
    groups = [g for g in parallel_texts(corpora, PARALLEL) if g[0].part.endswith("/train")]
    several = [replace(text, covers=frozenset()) for group in groups for text in group]
    unread = several + unread_passages(corpus, settings["unread"])
    known = (text.text for text in unread)
    return {"unread": unread, "fresh": unread_passages(corpus, settings["fresh"], known=known)}


def agreed(texts: list[LabelledText], belief: Targets) -> Targets:
    """Return a belief in which a text that stands in several languages has one for all of them."""
    places = [i for i, text in enumerate(texts) if text.source.startswith(IN_SEVERAL)]
    return averaged(belief, np.array(places, int).reshape(-1, len(PARALLEL)).tolist())
