"""Lays the tokens of texts into rows, and rows into the batches that the network reads."""

from __future__ import annotations

from collections.abc import Sequence

BEGIN, END = 1, 2
LONGEST_QUESTION = 40  # tokens of the question that the text answers
BATCH_TOKENS = 1024  # tokens of one run, padding included: so much stays in a processor's cache
STRIDE = 2  # tokens that the network reads at one place
STEP = 2 * STRIDE  # a row is padded to a multiple of it, whatever its neighbours are


def row_of(question: Sequence[int], text: Sequence[int], *, longest: int) -> list[int]:
    """Return the tokens as the network wants them: begin, question, end, text, end.

    Of a long question the end counts: what is asked stands there.

    >>> row_of([], [7, 8], longest=10), row_of([5], [7, 8], longest=6)
    ([1, 7, 8, 2], [1, 5, 2, 7, 8, 2])
    """
    start = [BEGIN, *question[-LONGEST_QUESTION:], END] if question else [BEGIN]
    return [*start, *text[: longest - len(start) - 1], END]


def first_of(question: Sequence[int]) -> int:
    """Return where the text begins in `row_of`."""
    return min(len(question), LONGEST_QUESTION) + 2 if question else 1


def padded(length: int, step: int = STEP) -> int:
    """Return the length that a row is padded to, by its own alone.

    >>> padded(3), padded(8), padded(9)
    (4, 8, 12)
    """
    return -(-length // step) * step


def batches_by_length(lengths: Sequence[int]) -> list[list[int]]:
    """Group positions whose rows are padded to one length, so that none is padded for another.

    >>> batches_by_length([3, 9, 2])
    [[0, 2], [1]]
    """
    batches: list[list[int]] = []
    for i in sorted(range(len(lengths)), key=lambda i: (padded(lengths[i]), i)):
        width = padded(lengths[i])
        fits = batches and padded(lengths[batches[-1][0]]) == width
        if fits and (len(batches[-1]) + 1) * width <= BATCH_TOKENS:
            batches[-1].append(i)
        else:
            batches.append([i])
    return batches
