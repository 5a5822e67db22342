"""Where labels stand so that none covers another."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

Box = tuple[float, float, float, float]


def lanes(spans: Sequence[tuple[float, float]]) -> list[int]:
    """Return a lane for each span (first, last), so that spans that meet share none.

    >>> lanes([(0, 2), (1, 3), (3, 4)])
    [0, 1, 0]
    """
    taken: list[float] = []
    given = [0] * len(spans)
    for number in sorted(range(len(spans)), key=lambda n: (spans[n], n)):
        first, last = spans[number]
        lane = next((n for n, end in enumerate(taken) if end < first), len(taken))
        taken[lane:] = [last, *taken[lane + 1 :]]
        given[number] = lane
    return given


def spread(wanted: Sequence[float], heights: Sequence[float]) -> list[float]:
    """Return middles near the `wanted` ones, in the same order, that leave room for `heights`.

    Labels that would overlap are pushed apart as one block, to the mean of where they want to
    be (pooling of adjacent violators).

    >>> spread([10, 12, 60], [20, 20, 20])
    [1.0, 21.0, 60.0]
    """
    order = sorted(range(len(wanted)), key=lambda n: (wanted[n], n))
    offsets, total = [], 0.0
    for number in order:
        offsets.append(total + heights[number] / 2)
        total += heights[number]
    blocks: list[tuple[float, int]] = []  # (start, how many)
    for number, offset in zip(order, offsets, strict=True):
        start, size = wanted[number] - offset, 1
        while blocks and blocks[-1][0] > start:
            before, count = blocks.pop()
            start = (before * count + start * size) / (count + size)
            size += count
        blocks.append((start, size))
    starts = [start for start, size in blocks for _ in range(size)]
    placed = [0.0] * len(wanted)
    for number, start, offset in zip(order, starts, offsets, strict=True):
        placed[number] = float(start + offset)
    return placed


def beside_points(
    points: Sequence[tuple[float, float]],
    sizes: Sequence[tuple[float, float]],
    frame: Box,
    avoid: Sequence[Box] = (),
) -> list[tuple[float, float]]:
    """Return the middle of a label for each point, near it, clear of points and other labels.

    Each label in turn takes the place with the least overlap out of 16 directions and four
    distances, the nearest where several are free, and never so close beside another label that
    both read as one; `frame` and the boxes to `avoid` are (left, top, right, bottom).

    >>> beside_points([(50, 50)], [(10, 10)], (0, 0, 100, 100))
    [(63.0, 50.0)]
    """
    taken = [*avoid, *((x - _DOT, y - _DOT, x + _DOT, y + _DOT) for x, y in points)]
    placed = []
    for (x, y), (width, height) in zip(points, sizes, strict=True):
        best, least = (x, y), math.inf
        for distance, angle in itertools.product(_DISTANCES, range(_DIRECTIONS)):
            turn = 2 * math.pi * angle / _DIRECTIONS
            a = round(x + math.cos(turn) * (distance + width / 2), 6)
            b = round(y + math.sin(turn) * (distance + height / 2), 6)
            box = (a - width / 2, b - height / 2, a + width / 2, b + height / 2)
            cost = sum(_overlap(box, other) for other in taken) + 4 * _outside(box, frame)
            if cost < least - 1e-6:
                best, least = (a, b), cost
        placed.append(best)
        a, b = best
        beside = width / 2 + _APART
        taken.append((a - beside, b - height / 2, a + beside, b + height / 2))
    return placed


_DOT = 6.0
_APART = 7.0  # from a label to the next one on its line
_DIRECTIONS = 16
_DISTANCES = (8.0, 16.0, 28.0, 44.0)


def _overlap(one: Box, other: Box) -> float:
    width = min(one[2], other[2]) - max(one[0], other[0])
    height = min(one[3], other[3]) - max(one[1], other[1])
    return width * height if width > 0 and height > 0 else 0.0


def _outside(box: Box, frame: Box) -> float:
    """Return the part of a box that lies outside the frame."""
    return (box[2] - box[0]) * (box[3] - box[1]) - _overlap(box, frame)
