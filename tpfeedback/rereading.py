"""Reads the words of a mention once more, by themselves, where its sentiment is in doubt.

The network reads a text whole, so what is said of one touchpoint colours the next: in "the food was
cold but the waiter lovely" the waiter may come out as mixed. The clause alone tells better. Only
what is in doubt is read again, a mention in ten or so.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from tpfeedback.network import Floats, Network
from tpfeedback.reading import WindowReading, log_odds, logit, logits_of

EVEN = 0.5  # what is less likely than not is no mention and not left unsure either
DOUBTED = 0.8  # a sentiment that is less likely than this is in doubt
ALONE = 0.6  # share that the words by themselves have in what is believed then
APART = 0.8  # share of the window: evidence that is longer tells nothing that the whole did not


@dataclass(frozen=True)
class Doubt:
    """A touchpoint whose sentiment is in doubt, and the words it was read from."""

    text: int
    window: int
    touchpoint: int
    words: str


def read_again(
    network: Network, texts: Sequence[Sequence[WindowReading]], questions: Sequence[str]
) -> list[list[WindowReading]]:
    """Return the windows of each text; sentiments in doubt are those of the text and of the
    evidence by itself together. `questions` are what the texts answer, "" where nothing was asked.
    """
    calibration = network.settings["calibration"]
    doubts = [
        Doubt(at, n, touchpoint, words)
        for at, windows in enumerate(texts)
        for n, window in enumerate(windows)
        for touchpoint, words in doubts_of(window, calibration[window.language])
    ]
    again = network.read(
        network.encode([doubt.words for doubt in doubts]),
        [questions[doubt.text] for doubt in doubts],
    )
    polarity: dict[tuple[int, int], Floats] = {}
    for doubt, alone in zip(doubts, again, strict=True):
        place, k = (doubt.text, doubt.window), doubt.touchpoint
        marks = polarity.setdefault(place, texts[place[0]][place[1]].reading.polarity.copy())
        marks[k] = ALONE * alone.polarity[k] + (1 - ALONE) * marks[k]
    return [
        [
            replace(one, reading=replace(one.reading, polarity=polarity[at, n]))
            if (at, n) in polarity
            else one
            for n, one in enumerate(windows)
        ]
        for at, windows in enumerate(texts)
    ]


def doubts_of(window: WindowReading, calibration: Mapping[str, Any]) -> Iterator[tuple[int, str]]:
    """Yield each touchpoint whose sentiment is in doubt, with its words; none where a window
    speaks of one touchpoint alone or holds nothing but those words.
    """
    presence, start = window.reading.presence, window.window.start
    found = np.flatnonzero(
        log_odds(presence, calibration) >= logit(min(calibration["threshold"], EVEN))
    )
    if len(found) < 2:
        return
    usual = float(logits_of(logit(calibration["threshold"]), calibration))
    for k in found[window.reading.polarity[found].max(axis=1) < DOUBTED].tolist():
        first, stop = window.evidence(k, least=min(usual, float(presence[k])))
        if stop - first <= APART * window.size:
            yield k, window.window.text[first - start : stop - start]
