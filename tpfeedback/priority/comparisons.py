"""Which prizes are clearly apart: every one against every other, all at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tpfeedback.impact.gram import Array, Flags, Places
from tpfeedback.priority.prizes import Prizes

DRAWS = 4_000
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True, eq=False)
class Comparisons:
    """Per prize: how many are clearly `better` and clearly `worse`; per pair: clearly `apart`.

    `better` and `worse` hold, for one prize and all its comparisons together, with 95 %
    confidence; `apart` (square, symmetric) holds for all pairs of all prizes together.
    """

    better: Places
    worse: Places
    apart: Flags


def compare_prizes(prizes: Prizes, *, random_state: int) -> Comparisons:
    """Compare all prizes by their differences, each in units of its own error.

    The margin of one prize is the 95 % quantile, over the draws, of the largest of its
    differences to all others (Mogstad, Romano, Shaikh & Wilhelm 2024, Rev. Econ. Stud. 91:476-518,
    section 3; two-sided); the margin for `apart` is that of the largest of all differences (the
    same, simultaneously for all ranks). Draws are the joint replicates, where there are any, else
    4,000 independent normal ones.
    """
    value, spread = prizes.values, _spread(prizes.covariance)
    noise = _draws(prizes, random_state)
    better, worse = np.zeros((2, len(value)), dtype=np.intp)
    largest_of_all = np.zeros(len(noise))
    for i in range(len(value)):
        largest = np.max(np.abs(noise - noise[:, [i]]) / spread[i], axis=1)
        largest_of_all = np.maximum(largest_of_all, largest)
        margin = np.quantile(largest, 0.95) * spread[i]
        better[i] = (value - value[i] > margin).sum()
        worse[i] = (value[i] - value > margin).sum()
    distance = np.abs(value[:, None] - value)
    return Comparisons(better, worse, distance > np.quantile(largest_of_all, 0.95) * spread)


def _spread(covariance: Array) -> Array:
    """Return the error of every difference, never quite zero."""
    variance = np.diag(covariance)
    squares = variance[:, None] + variance - 2 * covariance
    least = max(float(variance.max(initial=0.0)) * 1e-18, np.finfo(float).tiny)
    return np.asarray(np.sqrt(np.maximum(squares, least)))


def _draws(prizes: Prizes, random_state: int) -> Array:
    if prizes.noise is not None:
        return prizes.noise
    error = np.sqrt(np.diag(prizes.covariance))
    random = np.random.default_rng(random_state)
    return np.asarray(random.standard_normal((DRAWS, len(error))) * error)


def share_letters(apart: Flags) -> list[str]:
    """Return the letters of every row, so that two rows share a letter unless they are apart.

    This is the compact letter display of Piepho (2004, J. Comput. Graph. Stat. 13:456-466). A row
    may hold several letters. Each letter is a group within which no two are apart, and which no
    further row could join; letters follow the order of the rows. The redundant letters that Piepho
    sweeps away at the end are kept: taking them out leaves gaps ("ac" between "ab" and "bc") that
    are hard to read. After z comes a2.

    >>> share_letters(np.array([[False, False, True], [False, False, False], [True, False, False]]))
    ['a', 'ab', 'b']
    """
    size = len(apart)
    close = [sum(1 << j for j in np.flatnonzero(~row).tolist() if j != i)
             for i, row in enumerate(apart)]  # fmt: skip
    groups = _largest_groups(0, (1 << size) - 1, 0, close) if size else []
    letters = [""] * size
    for number, group in enumerate(sorted(map(_members, groups))):
        for k in group:
            letters[k] += _letter(number)
    return letters


def _largest_groups(inside: int, open_: int, done: int, close: list[int]) -> list[int]:
    """Return all groups that hold `inside` and some of `open_`, all close to one another.

    Sets of rows are bits of a number. Bron & Kerbosch (1973, Comm. ACM 16:575-577), with the
    pivot of Tomita, Tanaka & Takahashi (2006, Theor. Comput. Sci. 363:28-42).
    """
    if not open_:
        return [] if done else [inside]
    pivot = max(_members(open_ | done), key=lambda k: (open_ & close[k]).bit_count())
    groups = []
    for k in _members(open_ & ~close[pivot]):
        groups += _largest_groups(inside | 1 << k, open_ & close[k], done & close[k], close)
        open_, done = open_ & ~(1 << k), done | 1 << k
    return groups


def _members(rows: int) -> list[int]:
    return [k for k in range(rows.bit_length()) if rows >> k & 1]


def _letter(number: int) -> str:
    """Return a, b, ..., z, a2, b2, ...

    >>> _letter(0), _letter(27)
    ('a', 'b2')
    """
    cycle, place = divmod(number, len(_LETTERS))
    return _LETTERS[place] + (str(cycle + 1) if cycle else "")
