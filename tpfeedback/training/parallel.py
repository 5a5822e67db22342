"""Finds the same text in two languages, where two files keep the order of one original.

M-ABSA holds each review in several languages, but a few rows are missing here and there, so row
numbers drift apart. Rows are matched as Needleman & Wunsch (1970, "A general method applicable to
the search for similarities") match sequences: in order, by how alike two rows are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tpfeedback.training.data import LabelledText, read_labelled

PARALLEL = ("en", "ru", "zh")  # languages in which the same texts stand
IN_SEVERAL = "m_absa_"  # sources of texts that stand in several languages begin so
DRIFT = 60  # rows that the two files may be apart
SURE = 1.0  # rows less alike than this are no pair
NUMBER = re.compile(r"\d+")


def parallel_texts(corpora: Path, languages: Sequence[str]) -> list[tuple[LabelledText, ...]]:
    """Return the texts of M-ABSA that stand in every one of `languages`, in their order."""
    first, *others = (read_labelled(corpora / f"m_absa_{code}.jsonl.gz") for code in languages)
    partners = [dict(_pairs(first, other)) for other in others]
    return [
        (text, *(other[partner[i]] for other, partner in zip(others, partners, strict=True)))
        for i, text in enumerate(first)
        if all(i in partner for partner in partners)
    ]


def _pairs(first: list[LabelledText], second: list[LabelledText]) -> Iterator[tuple[int, int]]:
    """Match file with file, part by part: a part is a run of rows of one domain and split."""
    runs = [_runs(first), _runs(second)]
    for part in runs[0].keys() & runs[1].keys():
        mine, theirs = runs[0][part], runs[1][part]
        matched = align([first[i] for i in mine], [second[i] for i in theirs])
        yield from ((mine[i], theirs[k]) for i, k in matched)


def _runs(texts: list[LabelledText]) -> dict[str, list[int]]:
    places = sorted(range(len(texts)), key=lambda i: texts[i].part)
    return {part: list(run) for part, run in groupby(places, key=lambda i: texts[i].part)}


def align(first: Sequence[LabelledText], second: Sequence[LabelledText]) -> list[tuple[int, int]]:
    """Return the pairs of places that together are most alike, in order in both."""
    ratio = float(
        np.median([len(t.text) for t in second]) / np.median([len(t.text) for t in first])
    )
    alike = np.full((len(first), len(second)), -np.inf, np.float32)
    slope = len(second) / len(first)
    for i, text in enumerate(first):
        middle = round(i * slope)
        for k in range(max(0, middle - DRIFT), min(len(second), middle + DRIFT + 1)):
            alike[i, k] = likeness(text, second[k], ratio)
    return [(i, k) for i, k in _best_path(alike) if alike[i, k] >= SURE]


def likeness(first: LabelledText, second: LabelledText, ratio: float) -> float:
    """Return how alike two rows are: labels, length (`ratio` is usual), numbers in the text."""
    same = first.touchpoints == second.touchpoints and first.overall == second.overall
    labels = (1.5 if first.touchpoints else 0.8) if same else -1.0
    length = abs(np.log(len(second.text) / (ratio * len(first.text))))
    mine, theirs = set(NUMBER.findall(first.text)), set(NUMBER.findall(second.text))
    numbers = 0.0 if not mine | theirs else (1.0 if mine == theirs else -0.5)
    return float(labels - length + numbers)


def _best_path(alike: NDArray[np.float32]) -> list[tuple[int, int]]:
    """Return the in-order pairs with the greatest sum; a row without partner costs nothing."""
    n, m = alike.shape
    total = np.zeros((n + 1, m + 1))
    for i in range(n):
        diagonal = np.maximum(total[i, :-1] + alike[i], total[i, 1:])
        total[i + 1, 1:] = np.maximum.accumulate(diagonal)
    pairs, i, k = [], n, m
    while i and k:
        if total[i, k] == total[i, k - 1]:
            k -= 1
        elif total[i, k] == total[i - 1, k]:
            i -= 1
        else:
            i, k = i - 1, k - 1
            pairs.append((i, k))
    return pairs[::-1]
