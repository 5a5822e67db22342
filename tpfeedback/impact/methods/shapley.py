"""Importance: each touchpoint's share of the explained variance (LMG, Shapley value)."""

from __future__ import annotations

from functools import partial
from math import factorial

import numpy as np
import pandas as pd

from tpfeedback.impact.design import Design
from tpfeedback.impact.explained import (
    REPLICATES,
    ZERO,
    Players,
    importance_table,
    sweep_first,
    unit,
)
from tpfeedback.impact.gram import Array, Places

EXACT_PLAYERS = 20  # up to here all 2^p subsets are gone through
ORDERS = 2_000  # beyond: so many random orders
BOOTSTRAP_ORDERS = 60


def estimate(design: Design, *, random_state: int) -> pd.DataFrame:
    """Return `importance` (0-1, sums to 1) with a 95 % bootstrap interval per touchpoint.

    A touchpoint plays with its complaints and its praise as one pair of terms. Its importance is
    what the pair adds to R squared, averaged over all orders in which the touchpoints can enter
    (Lindeman, Merenda & Gold 1980; Groemping 2006, J. Stat. Software 17(1); the Shapley value of
    Lipovetsky & Conklin 2001, Appl. Stoch. Models Bus. Ind. 17:319-330), divided by the sum over
    touchpoints. What is held fixed (texts that name nothing, rare mentions, controls) is taken
    out first and gets no share. Two touchpoints that always come together share alike.

    Exact for up to 20 touchpoints, from 2,000 random orders beyond, half of them the reverse of
    the others. Interval: see `explained.importance_table`; replicates are split on 60 random
    orders common to all, and beyond 20 touchpoints the sampling error of the orders (some
    thousandths) is part of the interval. A touchpoint without any term that can be estimated has
    no importance.
    """
    random = np.random.default_rng(random_state)
    number = len({term.touchpoint for term in design.terms})
    orders = _random_orders(number, BOOTSTRAP_ORDERS, random)
    return importance_table(
        design,
        partial(_over_orders, orders=orders),
        point=partial(_decompose, random=random, exact=EXACT_PLAYERS),
        random=random,
        replicates=REPLICATES,
    )


def decompose(
    gram: Array, players: Players, *, random: np.random.Generator, exact: int = EXACT_PLAYERS
) -> Array:
    """Return what each player adds to R squared, from the Gram matrix with the outcome last.

    `players` holds the columns of each player. The sum is the R squared of all of them.

    >>> gram = np.array([[1.0, 0.0, 0.6], [0.0, 1.0, 0.2], [0.6, 0.2, 1.0]])
    >>> decompose(gram, ((0,), (1,)), random=np.random.default_rng(0)).round(3).tolist()
    [0.36, 0.04]
    """
    return _decompose(unit(gram), players, random=random, exact=exact)[0]


def _decompose(
    gram: Array, players: Players, *, random: np.random.Generator, exact: int
) -> tuple[Array, Array]:
    """Return the gains and their standard error, which is zero where they are exact."""
    if len(players) <= exact:
        return _over_subsets(gram, players), np.zeros(len(players))
    orders = _random_orders(len(players), ORDERS, random)
    gains = [_over_orders(gram[None], players, orders=order[None])[0] for order in orders]
    pairs = np.reshape(gains, (2, len(orders) // 2, len(players))).mean(axis=0)
    return pairs.mean(axis=0), pairs.std(axis=0, ddof=1) / np.sqrt(len(pairs))


def _over_subsets(gram: Array, players: Players) -> Array:
    """Go through all subsets: each player doubles the stack, once left out and once taken in.

    The stack keeps only the columns of players still to come, so that 2^p subsets cost little
    more than 2^p numbers.
    """
    order = [column for player in players for column in player]
    state = gram[np.ix_([*order, -1], [*order, -1])][None]
    for player in players:
        inside = state
        for _ in player:
            inside = sweep_first(inside)
        state = np.concatenate([state[:, len(player) :, len(player) :], inside])
    number = len(players)
    explained = 1 - state[:, 0, 0].reshape((2,) * number)  # axis 0 is the last player
    size = np.zeros((2,) * (number - 1), dtype=int)
    for axis in range(number - 1):
        size = size + np.arange(2).reshape((2,) + (1,) * (number - 2 - axis))
    weight = _subset_weights(number)[size]
    gains = [(np.diff(explained, axis=a).squeeze(a) * weight).sum() for a in range(number)]
    return np.array(gains[::-1])


def _subset_weights(number: int) -> Array:
    whole = factorial(number)
    return np.array([factorial(s) * factorial(number - s - 1) / whole for s in range(number)])


def _random_orders(number: int, pairs: int, random: np.random.Generator) -> Places:
    """Return random orders, each with its reverse, which halves the error at no cost."""
    orders = random.permuted(np.tile(np.arange(number), (pairs // 2, 1)), axis=1)
    return np.concatenate([orders, orders[:, ::-1]])


def _over_orders(stack: Array, players: Players, *, orders: Places) -> Array:
    """Return the mean gain over the orders, for every (unit) Gram matrix of the stack.

    The last row of the Cholesky factor, with the outcome last, holds what each column adds.
    """
    gains = np.zeros((len(stack), len(players)))
    # So small a ridge leaves the gains as they are, but a column that is a sum of others gains 0.
    ridge = np.eye(sum(map(len, players)) + 1) * ZERO
    for order in orders:
        columns = [column for i in order for column in players[i]]
        factor = np.linalg.cholesky(stack[:, [*columns, -1]][:, :, [*columns, -1]] + ridge)
        first = np.cumsum([0, *(len(players[i]) for i in order[:-1])])
        gains[:, order] += np.add.reduceat(factor[:, -1, :-1] ** 2, first, axis=1)
    return gains / len(orders)
