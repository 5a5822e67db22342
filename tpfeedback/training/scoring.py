"""Scores of a tagger against annotated texts, with bootstrap intervals.

Touchpoint F1 is micro over (text, key) pairs, touchpoint+polarity F1 over (text, key, mark),
overall accuracy over the four marks, macro-F1 the mean F1 of the keys with 10 or more examples.
Intervals: percentile bootstrap over texts (Efron & Tibshirani 1993, ch. 13).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

LEAST_EXAMPLES = 10


@dataclass(frozen=True)
class Judged:
    """Truth and answer for one text: marks by key, and the overall mark (None if unknown)."""

    language: str
    true: dict[str, str]
    said: dict[str, str]
    true_overall: str | None
    said_overall: str


@dataclass(frozen=True)
class Score:
    """A value with its 95 % interval."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.value:.3f} ({self.low:.3f}–{self.high:.3f})"


def f1(hits: float, said: float, true: float) -> float:
    """Return 2·hits / (said + true), 0 where nothing was said or true.

    >>> f1(3, 4, 4)
    0.75
    """
    return 2 * hits / (said + true) if said + true else 0.0


def counts(judged: Sequence[Judged], *, polarity: bool) -> NDArray[np.float64]:
    """Return (n, 3): hits, said and true pairs of each text."""
    rows = []
    for text in judged:
        hits = [
            k
            for k in text.said.keys() & text.true.keys()
            if not polarity or text.said[k] == text.true[k]
        ]
        rows.append((len(hits), len(text.said), len(text.true)))
    return np.array(rows, float).reshape(-1, 3)


def bootstrap_f1(table: NDArray[np.float64], *, random_state: int, draws: int = 2000) -> Score:
    """Return micro-F1 of `counts` with its interval."""
    random = np.random.default_rng(random_state)
    weights = random.multinomial(len(table), np.full(len(table), 1 / len(table)), size=draws)
    sums = weights @ table
    values = 2 * sums[:, 0] / np.maximum(sums[:, 1] + sums[:, 2], 1)
    low, high = np.quantile(values, [0.025, 0.975])
    return Score(f1(*table.sum(axis=0)), float(low), float(high))


def accuracy(judged: Sequence[Judged], *, random_state: int, draws: int = 2000) -> Score:
    """Return the share of right overall marks with its interval."""
    right = np.array([t.said_overall == t.true_overall for t in judged if t.true_overall], float)
    random = np.random.default_rng(random_state)
    values = random.binomial(len(right), right.mean(), size=draws) / len(right)
    low, high = np.quantile(values, [0.025, 0.975])
    return Score(float(right.mean()), float(low), float(high))


def share_of(flags: Sequence[bool]) -> Score:
    """Return the share of true flags with its Wilson interval (Wilson 1927).

    >>> print(share_of([True] * 9 + [False]))
    0.900 (0.596–0.982)
    """
    n, p, z = len(flags), sum(flags) / len(flags), 1.959964
    middle = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return Score(p, max(0.0, middle - half), min(1.0, middle + half))


def by_touchpoint(judged: Sequence[Judged]) -> dict[str, tuple[float, int]]:
    """Return F1 and number of true examples of every key that occurs."""
    keys = sorted({k for t in judged for k in t.true.keys() | t.said.keys()})
    result = {}
    for key in keys:
        said = sum(key in t.said for t in judged)
        true = sum(key in t.true for t in judged)
        hits = sum(key in t.said and key in t.true for t in judged)
        result[key] = (f1(hits, said, true), true)
    return result


def by_language(judged: Sequence[Judged]) -> dict[str, dict[str, float]]:
    """Return, for each language, the number of texts and touchpoint F1 with its interval.

    >>> by_language([Judged("en", {"staff": "-"}, {"staff": "+"}, "-", "-")])
    {'en': {'texts': 1, 'f1': 1.0, 'f1_low': 1.0, 'f1_high': 1.0}}
    """
    result = {}
    for language in sorted({text.language for text in judged}):
        mine = [text for text in judged if text.language == language]
        score = bootstrap_f1(counts(mine, polarity=False), random_state=0)
        ends = {"f1": score.value, "f1_low": score.low, "f1_high": score.high}
        result[language] = {"texts": len(mine), **{k: round(float(v), 4) for k, v in ends.items()}}
    return result


def macro_f1(judged: Sequence[Judged]) -> float:
    """Return the mean F1 of the keys with at least ten true examples."""
    often = [value for value, true in by_touchpoint(judged).values() if true >= LEAST_EXAMPLES]
    return float(np.mean(often)) if often else 0.0
