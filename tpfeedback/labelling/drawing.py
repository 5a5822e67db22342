"""Drawing by chance: how likely each respondent is to be drawn, and the draw itself."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tpfeedback.impact.gram import Array, Flags, Places

_STEPS = 200  # halvings of the interval that holds the factor: more than the digits there are


@dataclass(frozen=True, eq=False)
class Chances:
    """How the respondents are drawn, and what each label stands for.

    `now` (respondents,): chance of each to be drawn now; 0 for those labelled before. `weight`
    (respondents,): how many a label of each stands for: of those labelled before, and of the
    others if they are drawn. `spread` (respondents,): weight squared times chance, to which the
    variance that labels add is proportional.
    """

    now: Array
    weight: Array
    spread: Array


def spread_chances(
    wish: Array, cost: Array, n: float, *, drawn: Flags, chance: Array | None = None
) -> Chances:
    """Return chances proportional to `wish`, at most 1, so that about `n` texts are drawn.

    Labels of earlier drawings count too. They alone, each by the inverse of its chance, estimate
    without bias; so do all labels if those of before stand for themselves only, and the new ones
    for all who were not labelled before. Any mean of both weights does, whatever the new drawing
    learnt from the earlier labels; taken is the one that makes all labels weigh the same where all
    chances are equal (the weights of a multiple-wave design, Särndal, Swensson & Wretman 1992,
    Model Assisted Survey Sampling, chapter 9).

    Args:
        wish: (respondents,), 0 or more.
        cost: (respondents,) number of texts of each.
        n: texts to draw.
        drawn: (respondents,) who was drawn and labelled before.
        chance: (respondents,) chance with which those were drawn, up to a factor; None where all
            were equally likely.

    >>> nobody = np.zeros(4, dtype=bool)
    >>> spread_chances(np.array([1.0, 1.0, 2.0, 8.0]), np.ones(4), 2, drawn=nobody).now
    array([0.25, 0.25, 0.5 , 1.  ])
    >>> first = np.array([True, False, False, False, False])
    >>> spread_chances(np.ones(5), np.ones(5), 1, drawn=first).weight
    array([2.5, 2.5, 2.5, 2.5, 2.5])
    """
    now = np.where(drawn, 0.0, np.clip(_factor(wish, cost * ~drawn, n) * wish, 0.0, 1.0))
    later = 1 / np.maximum(now, 1e-300)
    size, number = len(wish), int(drawn.sum())
    if not number:
        return Chances(now, later, later)
    rest, expected = size - number, max(float(now.sum()), 1e-300)
    before = np.full(size, size / number) if chance is None else 1 / np.maximum(chance, 1e-300)
    before = before * size / before[drawn].sum()
    old, new = rest / number, rest / expected
    share = min(max((new - 1) / (old + new), 0.0), 1.0) if rest else 1.0
    weight = np.where(drawn, share * before + 1 - share, (1 - share) * later)
    return Chances(now, weight, weight**2 * np.where(drawn, 1.0, now))


def _factor(wish: Array, cost: Array, n: float) -> float:
    """Return the factor with which the chances are expected to take `n` texts, or all."""

    def expected(factor: float) -> float:
        return float(cost @ np.clip(factor * wish, 0.0, 1.0))

    n = min(n, float(cost @ (wish > 0)))
    low, high = 0.0, 1.0
    while expected(high) < n - 1e-9 and high < 1e300:
        high *= 2
    for _ in range(_STEPS):
        middle = (low + high) / 2
        low, high = (middle, high) if expected(middle) < n else (low, middle)
    return high


def draw(chance: Array, *, random: np.random.Generator) -> Places:
    """Return which respondents are drawn, in random order; as many as the chances add up to.

    Systematic sampling from a list in random order (Hartley & Rao 1962, Ann. Math. Stat.
    33:350-374): each is drawn with exactly its chance, and the number drawn is fixed (rounded up
    or down by chance where the sum is no whole number).

    >>> draw(np.array([0.0, 1.0, 0.0, 1.0]), random=np.random.default_rng(0)).tolist()
    [1, 3]
    """
    order = random.permutation(len(chance))
    steps = np.floor(np.cumsum(chance[order]) + 1e-9 + random.random() * (1 - 2e-9))
    taken = np.diff(steps, prepend=0.0) > 0
    return np.asarray(random.permutation(order[taken]), dtype=np.intp)
