"""Reads each text window by window, and finds the words that a touchpoint was read from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from tpfeedback.network import Floats, Network, Reading
from tpfeedback.segmentation import segment
from tpfeedback.windows import Window, windows_of

MOST = 0.75  # share of attention: what holds so much of it has made the mention


@dataclass(frozen=True, eq=False)
class WindowReading:
    """What was read in one window of a text.

    presence (k,) logits; polarity (k, 4) and overall (4,) probabilities in the order negative,
    neutral, positive, mixed.
    """

    window: Window
    language: str
    reading: Reading
    presence: Floats
    polarity: Floats
    overall: Floats

    @property
    def size(self) -> int:
        """Length of the window in characters."""
        return len(self.window.text)

    def evidence(self, touchpoint: int, *, least: float) -> tuple[int, int]:
        """Return where in the text the touchpoint was read: a run of clauses.

        It is the shortest run that holds most of the attention, or without which, as the
        attention of the whole tells, the logit would fall below `least`.
        """
        clauses, places = self._clauses
        if len(clauses) == 1:
            return clauses[0]
        attention = self.reading.attention[:, touchpoint]
        logits = attention * self.reading.logits[:, touchpoint]
        outside = max(1.0 - float(attention.sum()), 0.0)
        rest = float(self.reading.presence[touchpoint]) - float(logits.sum())
        first, last = shortest_run(
            clauses,
            by_clause(places, attention, len(clauses), outside),
            by_clause(places, logits, len(clauses), rest),
            least=least,
        )
        return clauses[first][0], clauses[last][1]

    @cached_property
    def _clauses(self) -> tuple[list[tuple[int, int]], NDArray[np.int64]]:
        """Return the places of the clauses in the whole text, and each token's clause."""
        start = self.window.start
        found = segment(self.window.text, self.language)
        clauses = [(start + c.start, start + c.stop) for c in found]
        if len(clauses) < 2:
            return clauses or [(start, start + self.size)], np.empty(0, np.int64)
        stops = np.array([clause.stop for clause in found])
        ends = self.reading.places[:, 1]
        return clauses, np.minimum(np.searchsorted(stops, ends), len(clauses) - 1)


def by_clause(
    places: NDArray[np.int64], values: Floats, clauses: int, outside: float
) -> list[float]:
    """Return the sum of the tokens' values in each clause, and last what is in no clause.

    >>> by_clause(np.array([0, 0, 1]), np.array([0.5, 0.25, 0.125], np.float32), 2, 0.125)
    [0.75, 0.125, 0.125]
    """
    return [*np.bincount(places, weights=values, minlength=clauses).tolist(), outside]


def shortest_run(
    clauses: Sequence[tuple[int, int]], share: list[float], part: list[float], *, least: float
) -> tuple[int, int]:
    """Return first and last clause of the shortest run that holds most of the attention or whose
    removal takes the logit below `least`; at the worst that is the whole.

    `share` and `part` are each clause's attention and its part of the logit, and last of all
    what is in no clause. What remains is weighed anew.
    """
    runs = []
    for first in range(len(clauses)):
        for last in range(first, len(clauses)):
            left = sum(share[:first]) + sum(share[last + 1 :])
            kept = sum(part[:first]) + sum(part[last + 1 :])
            if left <= 1 - MOST or kept / left < least:
                runs.append((clauses[last][1] - clauses[first][0], first, last))
                break  # a longer run from here on is no better
    return min(runs)[1:] if runs else (0, len(clauses) - 1)


def read_texts(
    network: Network,
    texts: Sequence[str],
    languages: Sequence[str | None],
    questions: Sequence[str] | None = None,
) -> list[list[WindowReading]]:
    """Return the readings of every text's windows; none for a text whose language is None.

    `questions` are what the texts answer, "" where nothing was asked.
    """
    cuts = [
        windows_of(text, code, network.count_tokens) if code is not None else ()
        for text, code in zip(texts, languages, strict=True)
    ]
    asked = questions or [""] * len(texts)
    readings = iter(
        network.read(
            [window.text for windows in cuts for window in windows],
            [question for question, windows in zip(asked, cuts, strict=True) for _ in windows]
            if any(asked)
            else None,
        )
    )
    return [
        [_reading(window, code or "", next(readings)) for window in windows]
        for windows, code in zip(cuts, languages, strict=True)
    ]


def _reading(window: Window, language: str, reading: Reading) -> WindowReading:
    return WindowReading(
        window,
        language,
        reading,
        reading.presence,
        softmax(reading.polarity),
        softmax(reading.overall),
    )


def softmax(logits: Floats) -> Floats:
    """Return probabilities of logits along the last axis.

    >>> softmax(np.zeros(4, np.float32)).tolist()
    [0.25, 0.25, 0.25, 0.25]
    """
    shifted = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return np.asarray(shifted / shifted.sum(axis=-1, keepdims=True), np.float32)
