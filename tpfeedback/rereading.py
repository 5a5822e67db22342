"""Reads the words of a mention once more, by themselves, where its sentiment is in doubt.

The network reads a text whole, so what is said of one touchpoint colours the next: in "the food was
cold but the waiter lovely" the waiter may come out as mixed. The clause alone tells better. Only
what is in doubt is read again, some seven mentions in a hundred texts; longer texts, where it would
take a third as long again, are left as they are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from tpfeedback.network import Network
from tpfeedback.reading import WindowReading, log_odds, logit, usual_logit

EVEN = 0.5  # what is less likely than not is no mention and not left unsure either
DOUBTED = 0.7  # a sentiment that is less likely than this is in doubt
ALONE = 0.6  # share that the words by themselves have in what is believed then
APART = 0.8  # share of the text: evidence that is longer tells nothing that the whole did not


@dataclass(frozen=True)
class Doubt:
    """A touchpoint whose sentiment is in doubt, and the words it was read from."""

    window: WindowReading
    touchpoint: int
    words: str
    question: str


def read_again(
    network: Network, texts: Sequence[Sequence[WindowReading]], questions: Sequence[str]
) -> None:
    """Let sentiments in doubt be those of the text and of the evidence by itself together.

    The polarity of the readings is changed in place. `questions` are what the texts answer, ""
    where nothing was asked.
    """
    calibration = network.settings["calibration"]
    doubts = [
        Doubt(windows[0], touchpoint, words, question)
        for windows, question in zip(texts, questions, strict=True)
        if len(windows) == 1
        for touchpoint, words in doubts_of(windows[0], calibration[windows[0].language])
    ]
    again = network.read(
        network.encode([doubt.words for doubt in doubts]), [doubt.question for doubt in doubts]
    )
    for doubt, alone in zip(doubts, again, strict=True):
        marks, k = doubt.window.reading.polarity, doubt.touchpoint
        marks[k] = ALONE * alone.polarity[k] + (1 - ALONE) * marks[k]


def doubts_of(window: WindowReading, calibration: Mapping[str, Any]) -> Iterator[tuple[int, str]]:
    """Yield each touchpoint whose sentiment is in doubt, with its words; none where a window
    speaks of one touchpoint alone or holds nothing but those words.
    """
    presence, start = window.reading.presence, window.window.start
    least = logit(min(calibration["threshold"], EVEN))
    found = np.flatnonzero(log_odds(presence, calibration) >= least)
    if len(found) < 2:
        return
    usual = usual_logit(calibration)
    for k in found[window.reading.polarity[found].max(axis=1) < DOUBTED].tolist():
        first, stop = window.evidence(k, least=min(usual, float(presence[k])))
        if stop - first <= APART * window.size:
            yield k, window.window.text[first - start : stop - start]
