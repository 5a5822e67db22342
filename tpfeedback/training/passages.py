"""Texts that nobody has read to the codebook: whole where short, else cut into a few sentences."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from tpfeedback.languages import load_language
from tpfeedback.training.corpus import Corpus, sampled
from tpfeedback.training.data import LabelledText

SENTENCES = (1, 2, 2, 3)  # sentences of a passage, drawn at random


def passages(text: LabelledText, *, longest: int, shortest: int) -> Iterator[LabelledText]:
    """Yield the text if it is short enough, else its passages, with no labels.

    A passage's id tells its place: `id:start:stop`.
    """
    unread = replace(text, touchpoints={}, covers=frozenset(), overall=None)
    if shortest <= len(text.text) <= longest:
        yield unread
    elif len(text.text) > longest:
        for start, stop in runs_of_sentences(text):
            if shortest <= stop - start <= longest:
                piece = text.text[start:stop]
                yield replace(unread, id=f"{text.id}:{start}:{stop}", text=piece)


def runs_of_sentences(text: LabelledText) -> Iterator[tuple[int, int]]:
    """Cut a text after every one to three sentences; the text's id decides where."""
    random = np.random.default_rng(list(text.id.encode()))
    spans = load_language(text.language).sentences(text.text)
    at = 0
    while at < len(spans):
        last = min(at + int(random.choice(SENTENCES)), len(spans)) - 1
        yield spans[at].start, spans[last].stop
        at = last + 1


def unread_passages(corpus: Corpus, options: dict[str, Any]) -> list[LabelledText]:
    """Return passages of the corpora, so many of each source as `options` allow."""
    known = corpus.measured | {text.text for text in corpus.judged + corpus.held_back}
    wanted = [text for text in corpus.untouched if options["more"].get(text.source) != 0]
    cut = [
        passage
        for text in wanted
        for passage in passages(
            text,
            longest=options["longest"][text.language],
            shortest=options["shortest"][text.language],
        )
        if passage.text not in known
    ]
    return sampled(cut, options["per_source"], more=options["more"])
