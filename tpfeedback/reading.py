"""Reads each text window by window, and finds the words that a touchpoint was read from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from math import inf, log
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tpfeedback.network import Floats, Network, Reading, softmax
from tpfeedback.segmentation import segment
from tpfeedback.windows import Window, windows_of

LEAST = 1e-6  # a probability is taken for at least this
MOST = 0.75  # share of attention: what holds so much of it has made the mention


@dataclass(frozen=True, eq=False)
class WindowReading:
    """What was read in one window of a text."""

    window: Window
    language: str
    reading: Reading

    @property
    def size(self) -> int:
        """Length of the window in characters."""
        return len(self.window.text)

    def evidence(self, touchpoint: int, *, least: float) -> tuple[int, int]:
        """Return where in the text the touchpoint was read: a run of clauses.

        It is the shortest run that holds most of the attention, or without which, as the
        attention of the whole tells, the logit would fall below `least`.
        """
        attention = self.reading.attention[:, touchpoint]
        logits = attention * self.reading.logits[:, touchpoint]
        presence = float(self.reading.presence[touchpoint])
        return self.evidence_of(attention, logits, presence, least=least)

    def evidence_of(
        self, attention: Floats, logits: Floats, presence: float, *, least: float
    ) -> tuple[int, int]:
        """Return the evidence where `attention` (t,) was paid to the tokens and each of them
        added its part of `logits` (t,) to `presence`.
        """
        clauses, places = self.clauses
        if len(clauses) == 1:
            return clauses[0]
        outside = max(1.0 - float(attention.sum()), 0.0)
        rest = presence - float(logits.sum())
        first, last = shortest_run(
            clauses,
            by_clause(places, attention, len(clauses), outside),
            by_clause(places, logits, len(clauses), rest),
            least=least,
        )
        return clauses[first][0], clauses[last][1]

    @cached_property
    def clauses(self) -> tuple[list[tuple[int, int]], NDArray[np.int64]]:
        """Return the places of the clauses in the whole text, and each token's clause."""
        start = self.window.start
        found = segment(self.window.text, self.language)
        clauses = [(start + c.start, start + c.stop) for c in found]
        if len(clauses) < 2:
            return clauses or [(start, start + self.size)], np.empty(0, np.int64)
        stops = [clause.stop for clause in found[:-1]]  # what ends behind them is in the last one
        return clauses, np.searchsorted(stops, self.reading.ends)


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
    shares, parts = [0.0, *accumulate(share)], [0.0, *accumulate(part)]
    runs = []
    for first in range(len(clauses)):
        for last in range(first, len(clauses)):
            left = shares[-1] - shares[last + 1] + shares[first]
            kept = parts[-1] - parts[last + 1] + parts[first]
            if left <= 1 - MOST or kept / left < least:
                runs.append((clauses[last][1] - clauses[first][0], first, last))
                break  # a longer run from here on is no better
    return min(runs)[1:] if runs else (0, len(clauses) - 1)


def read_texts(
    network: Network,
    texts: Sequence[str],
    languages: Sequence[str | None],
    questions: Sequence[str] | None = None,
    *,
    hidden: bool = False,
) -> list[list[WindowReading]]:
    """Return the readings of every text's windows; none for a text whose language is None.

    `questions` are what the texts answer, "" where nothing was asked. With `hidden`, tokens in
    their context are kept.
    """
    encodings = network.encode(
        [text if code else "" for text, code in zip(texts, languages, strict=True)]
    )
    cuts = [
        windows_of(text, code, [stop for _, stop in encoding.offsets]) if code else ()
        for text, code, encoding in zip(texts, languages, encodings, strict=True)
    ]
    parts = iter(network.encode([w.text for windows in cuts if len(windows) > 1 for w in windows]))
    asked = questions or [""] * len(texts)
    readings = iter(
        network.read(
            [
                encoding if len(windows) == 1 else next(parts)
                for encoding, windows in zip(encodings, cuts, strict=True)
                for _ in windows
            ],
            [question for question, windows in zip(asked, cuts, strict=True) for _ in windows]
            if any(asked)
            else None,
            hidden=hidden,
        )
    )
    return [
        [WindowReading(window, code or "", next(readings)) for window in windows]
        for windows, code in zip(cuts, languages, strict=True)
    ]


def overall_of(windows: Sequence[WindowReading]) -> Floats:
    """Return the probabilities of the whole text's sentiment, in the order of the `Reading`s.

    Windows count by their length. Praise in some and complaint in others make a mixed text: the
    smaller of both goes over to mixed, twice.
    """
    if len(windows) == 1:
        return windows[0].reading.overall
    sizes = [window.size for window in windows]
    overall = np.average([window.reading.overall for window in windows], axis=0, weights=sizes)
    both = min(overall[0], overall[2])
    return np.asarray(overall + np.array([-both, 0, -both, 2 * both]), np.float32)


def log_odds(presence: Floats, calibration: Mapping[str, Any]) -> Floats:
    """Return the log odds of presence logits: slope x bend x sinh(logit / bend) + intercept.

    Logits beyond the bend, either way, are surer than a line would make them.

    >>> entry = {"slope": 0.5, "intercept": -0.5, "bend": 5}
    >>> log_odds(np.array([0.0, 1.0, 10.0]), entry).round(2).tolist()
    [-0.5, 0.0, 8.57]
    """
    bend = calibration["bend"]
    bent = bend * np.sinh(presence / bend)
    return np.asarray(calibration["slope"] * bent + calibration["intercept"])


def logits_of(odds: Floats | float, calibration: Mapping[str, Any]) -> Floats:
    """Return the presence logits that have these `log_odds`.

    >>> logits_of(8.57, {"slope": 0.5, "intercept": -0.5, "bend": 5}).round(2).tolist()
    10.0
    """
    bend = calibration["bend"]
    bent = (np.asarray(odds) - calibration["intercept"]) / calibration["slope"]
    return np.asarray(bend * np.arcsinh(bent / bend))


def usual_logit(calibration: Mapping[str, Any]) -> float:
    """Return the presence logit from which on a touchpoint is usually taken for mentioned.

    >>> entry = {"slope": 2.0, "intercept": -1.0, "bend": 1e3, "threshold": 0.5}
    >>> round(usual_logit(entry), 3)
    0.5
    """
    return float(logits_of(logit(calibration["threshold"]), calibration))


def logit(probability: float) -> float:
    """Return the log odds of a probability between 0 and 1.

    >>> logit(0.5), logit(0.0)
    (0.0, -inf)
    """
    if probability in (0, 1):
        return inf if probability else -inf
    return log(probability / (1 - probability))


def calibrated(overall: Floats, calibration: Mapping[str, Any]) -> Floats:
    """Return softmax(slope x log overall): probabilities that mean what they say.

    >>> overall = np.array([0.5, 0.25, 0.125, 0.125])
    >>> [round(float(p), 2) for p in calibrated(overall, {"slope": 2})]
    [0.73, 0.18, 0.05, 0.05]
    """
    logs = np.log(np.maximum(overall, LEAST))
    return softmax(np.asarray(calibration["slope"] * logs, np.float32))
