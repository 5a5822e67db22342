"""What the past of a stream says about how much its shares vary by themselves."""

from __future__ import annotations

import numpy as np

from tpfeedback.impact.gram import Array, Flags, Places
from tpfeedback.tracking.overdispersion import moderate, usual_overdispersion

JUDGED = 1.0  # complaints, and others, expected a block, from which its variation can be judged
Learnt = tuple[Array, Array]
Blocks = tuple[Array, Array, Array, Array]
"""Sums over blocks of time: counts, texts, blocks with texts, and count squared / texts."""


def window_sums(values: Array, window: int) -> Array:
    """Return the sum of each period and the ones before it, `window` in all."""
    sums = np.vstack([np.zeros((1, values.shape[1])), np.cumsum(values, axis=0)])
    start = np.maximum(np.arange(len(values)) + 1 - window, 0)
    return sums[1:] - sums[start]


def past_sums(values: Array, window: int) -> Array:
    """Return the sum of all periods before the window that ends with each period."""
    sums = np.vstack([np.zeros((1, values.shape[1])), np.cumsum(values, axis=0)])
    return sums[np.maximum(np.arange(len(values)) + 1 - window, 0)]


def past_blocks(count: Array, total: Array, window: int, length: int) -> Blocks:
    """Return the sums over the past of each look, in blocks of `length` periods.

    Blocks are counted backwards from the window of `window` periods; what is left over at the
    start of the past is in none.
    """
    parts = [window_sums(values, length) for values in (count, total)]
    parts += [(parts[1] > 0).astype(float), _squares(*parts)]
    whole = [np.zeros_like(part) for part in parts]  # of the blocks that end with each period
    for end in range(length - 1, len(count)):
        for part, sums in zip(parts, whole, strict=True):
            sums[end] = part[end] + (sums[end - length] if end >= length else 0.0)
    shifted = [np.vstack([np.zeros((window, s.shape[1])), s])[: len(s)] for s in whole]
    return shifted[0], shifted[1], shifted[2], shifted[3]


def blocks_of(count: Array, total: Array, length: int) -> Blocks:
    """Return the same for one past, its periods one after the other."""
    count, total = count[::-1], total[::-1]
    n = len(count) // length * length
    blocks = [values[:n].reshape(-1, length).sum(axis=1) for values in (count, total)]
    sums = (*blocks, (blocks[1] > 0).astype(float), _squares(blocks[0], blocks[1]))
    a, b, c, d = (np.array([values.sum()]) for values in sums)
    return a, b, c, d


def learn(blocks: Blocks, groups: Places) -> Learnt:
    """Return what the streams of each group learn from each other, for every look."""
    own, degrees, usable = _pearson(blocks)
    centre, prior = np.empty_like(own), np.empty_like(own)
    for group in np.unique(groups):
        inside = groups == group
        learnt = usual_overdispersion(own[:, inside], degrees[:, inside], usable[:, inside])
        centre[:, inside], prior[:, inside] = (values[:, None] for values in learnt)
    return centre, prior


def variation(pasts: list[tuple[Blocks, Learnt]]) -> tuple[Array, Array]:
    """Return overdispersion and its degrees: the largest by any length of block.

    Short blocks tell it best where periods are independent; longer ones tell it where they go up
    and down together, such as with the season.
    """
    (blocks, learnt), *longer = pasts
    usual, degrees = moderate(*_pearson(blocks), *learnt)
    for blocks, learnt in longer:
        other, other_degrees = moderate(*_pearson(blocks), *learnt)
        more = other > usual
        usual, degrees = np.where(more, other, usual), np.where(more, other_degrees, degrees)
    return usual, degrees


def _pearson(blocks: Blocks) -> tuple[Array, Array, Flags]:
    """Return Pearson's chi-square / degrees, the degrees, and whether it can be judged."""
    count, total, number, squares = blocks
    share = np.divide(count, total, out=np.zeros_like(count), where=total > 0)
    variance = share * (1 - share)
    degrees = np.maximum(number - 1, 1)
    own = np.divide(squares - share * count, variance * degrees,
                    out=np.ones_like(count), where=variance > 0)  # fmt: skip
    usable = (number >= 3) & (np.minimum(count, total - count) >= JUDGED * number)
    return own, degrees, usable


def _squares(count: Array, total: Array) -> Array:
    return np.divide(count**2, total, out=np.zeros_like(count), where=total > 0)
