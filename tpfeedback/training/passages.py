"""Texts that nobody has read to the codebook: whole where short, else cut into a few sentences."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from tpfeedback.languages import load_language
from tpfeedback.training.corpus import Corpus, sampled
from tpfeedback.training.data import LabelledText

SENTENCES = (1, 2, 2, 3)  # sentences of a passage, drawn at random
OTHERWISE = (1, 1, 2, 3, 4)  # of the passages of a text that is cut once more


def passages(text: LabelledText, *, longest: int, shortest: int) -> Iterator[LabelledText]:
    """Yield the text if it is short enough, else its passages, with no labels.

    A passage's id tells its place: `id:start:stop`.
    """
    if shortest <= len(text.text) <= longest:
        yield replace(text, touchpoints={}, covers=frozenset(), overall=None)
    elif len(text.text) > longest:
        spans = runs_of_sentences(text, SENTENCES)
        yield from (_piece(text, *span) for span in spans if shortest <= _size(span) <= longest)


def cut_again(
    text: LabelledText, turn: int, *, longest: int, shortest: int
) -> Iterator[LabelledText]:
    """Yield parts of a text, short or long, cut in other places in every `turn`."""
    for span in runs_of_sentences(text, OTHERWISE, turn=turn):
        if shortest <= _size(span) <= longest and _size(span) < len(text.text):
            yield _piece(text, *span)


def _piece(text: LabelledText, start: int, stop: int) -> LabelledText:
    return replace(
        text,
        id=f"{text.id}:{start}:{stop}",
        text=text.text[start:stop],
        touchpoints={},
        covers=frozenset(),
        overall=None,
    )


def _size(span: tuple[int, int]) -> int:
    return span[1] - span[0]


def runs_of_sentences(
    text: LabelledText, numbers: tuple[int, ...], *, turn: int = 0
) -> Iterator[tuple[int, int]]:
    """Cut a text after every few sentences; the text's id and the turn decide where."""
    seed = f"{text.id}:{turn}" if turn else text.id
    random = np.random.default_rng(list(seed.encode()))
    spans = load_language(text.language).sentences(text.text)
    at = 0
    while at < len(spans):
        last = min(at + int(random.choice(numbers)), len(spans)) - 1
        yield spans[at].start, spans[last].stop
        at = last + 1


def unread_passages(
    corpus: Corpus, options: dict[str, Any], *, known: Iterable[str] = ()
) -> list[LabelledText]:
    """Return passages of the corpora, so many of each source as `options` allow, none twice.

    `known` are texts to leave out, besides those that were judged or are measured on.
    """
    taken = {*known, *corpus.measured, *(t.text for t in corpus.judged + corpus.held_back)}
    cut: list[LabelledText] = []
    for text in corpus.untouched:
        if options["more"].get(text.source) == 0:
            continue
        sizes = {edge: options[edge][text.language] for edge in ("longest", "shortest")}
        pieces = [*passages(text, **sizes)]
        for turn in range(options.get("cut_again", {}).get(text.language, 0)):
            pieces += cut_again(text, turn + 1, **sizes)
        fresh = {piece.text: piece for piece in pieces if piece.text not in taken}
        taken.update(fresh)
        cut += fresh.values()
    return sampled(cut, options["per_source"], more=options["more"])
