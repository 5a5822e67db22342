"""Reads a text whole and clause by clause, and puts both together.

The whole tells what a clause alone leaves open; the clause tells what is said of which touchpoint
where a text praises one thing and complains of another, and it is the evidence.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tpfeedback.network import Floats, Network, Reading
from tpfeedback.segmentation import segment
from tpfeedback.windows import Window, windows_of

WHOLE = 2 / 3  # weight of the whole against the clause, chosen on texts held back from training


@dataclass(frozen=True, eq=False)
class WindowReading:
    """What was read in one window of a text.

    presence (k,) logits; polarity (k, 4) and overall (4,) probabilities in the order negative,
    neutral, positive, mixed; spans (k, 2) the place of each touchpoint's evidence in the text;
    `size` the window's length in characters.
    """

    presence: Floats
    polarity: Floats
    overall: Floats
    spans: NDArray[np.int64]
    size: int


def read_texts(
    network: Network, texts: Sequence[str], languages: Sequence[str | None]
) -> list[list[WindowReading]]:
    """Return the readings of every text's windows; none for a text whose language is None."""
    cuts = [
        [_cut(window, code) for window in windows_of(text, code, network.count_tokens)]
        if code is not None
        else []
        for text, code in zip(texts, languages, strict=True)
    ]
    pieces = [piece for windows in cuts for window in windows for piece in window]
    readings = iter(network.read([piece.text for piece in pieces]))
    return [[_together(window, readings) for window in windows] for windows in cuts]


def _cut(window: Window, language: str) -> list[Window]:
    """Return the window and, where it has more than one, its clauses."""
    clauses = segment(window.text, language)
    if len(clauses) < 2:
        return [window]
    return [window, *(Window(clause.text, window.start + clause.start) for clause in clauses)]


def _together(pieces: list[Window], readings: Iterator[Reading]) -> WindowReading:
    whole, *clauses = [next(readings) for _ in pieces]
    size = len(pieces[0].text)
    spans = np.array([(p.start, p.start + len(p.text)) for p in pieces[1:] or pieces], np.int64)
    if not clauses:
        everywhere = np.repeat(spans, len(whole.presence), axis=0)
        return WindowReading(
            whole.presence, softmax(whole.polarity), softmax(whole.overall), everywhere, size
        )
    presence = np.stack([clause.presence for clause in clauses])
    clearest = presence.argmax(axis=0)
    touchpoints = np.arange(len(clearest))
    polarity = np.stack([clause.polarity for clause in clauses])[clearest, touchpoints]
    return WindowReading(
        presence=_mean(whole.presence, presence[clearest, touchpoints]),
        polarity=_mean(softmax(whole.polarity), softmax(polarity)),
        overall=softmax(whole.overall),
        spans=spans[clearest],
        size=size,
    )


def _mean(whole: Floats, clause: Floats) -> Floats:
    return np.asarray(WHOLE * whole + (1 - WHOLE) * clause, np.float32)


def softmax(logits: Floats) -> Floats:
    """Return probabilities of logits along the last axis.

    >>> softmax(np.zeros(4, np.float32)).tolist()
    [0.25, 0.25, 0.25, 0.25]
    """
    powers = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=-1, keepdims=True), np.float32)
