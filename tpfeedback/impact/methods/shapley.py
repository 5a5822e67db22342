"""Importance: each touchpoint's share of the explained variance (LMG, Shapley value)."""

from __future__ import annotations

from math import factorial

import numpy as np
import pandas as pd

from tpfeedback.impact.design import Design
from tpfeedback.impact.gram import Array

EXACT_PLAYERS = 16  # up to here all 2^p subsets are gone through (some hundredths of a second)
ORDERS = 2_000  # beyond: so many random orders
BOOTSTRAP_ORDERS = 60
REPLICATES = 400
_ZERO = 1e-10  # share of a column's variance below which it is a sum of others

Players = tuple[tuple[int, ...], ...]


def estimate(design: Design, *, random_state: int) -> pd.DataFrame:
    """Return `importance` (0-1, sums to 1) with a 95 % bootstrap interval per touchpoint.

    A touchpoint plays with its complaints and its praise as one pair of terms. Its importance is
    what the pair adds to R squared, averaged over all orders in which the touchpoints can enter
    (Lindeman, Merenda & Gold 1980; Groemping 2006, J. Stat. Software 17(1); the Shapley value of
    Lipovetsky & Conklin 2001, Appl. Stoch. Models Bus. Ind. 17:319-330), divided by the sum over
    touchpoints. What is held fixed (texts that name nothing, rare mentions, controls) is taken
    out first and gets no share. Two touchpoints that always come together share alike.

    Exact for up to 16 touchpoints, from 2,000 random orders and their reverses beyond. Interval:
    Poisson bootstrap of the texts (Chamandy et al. 2012), 400 replicates, on random orders common
    to all replicates. A touchpoint without any term that can be estimated has no importance.
    """
    players = _players(design)
    table = pd.DataFrame(
        np.nan,
        index=list(design.touchpoints),
        columns=["importance", "importance_low", "importance_high"],
    )
    known = [i for i, player in enumerate(players) if player]
    gram = _hold_fixed(design.gram(design.count[:, None]), len(design.held))
    if not known or gram[0, -1, -1] <= _ZERO:
        return table
    random = np.random.default_rng(random_state)
    playing = tuple(players[i] for i in known)
    shares = _shares(decompose(gram[0], playing, random=random)[None])[0]
    low, high = _bootstrap(design, gram, playing, random)
    low, high = np.clip(shares + low, 0, shares), np.clip(shares + high, shares, 1)
    table.iloc[known] = np.column_stack([shares, low, high])
    return table


def decompose(
    gram: Array, players: Players, *, random: np.random.Generator, exact: int = EXACT_PLAYERS
) -> Array:
    """Return what each player adds to R squared, from the Gram matrix with the outcome last.

    `players` holds the columns of each player. The sum is the R squared of all of them.

    >>> gram = np.array([[1.0, 0.0, 0.6], [0.0, 1.0, 0.2], [0.6, 0.2, 1.0]])
    >>> decompose(gram, ((0,), (1,)), random=np.random.default_rng(0)).round(3).tolist()
    [0.36, 0.04]
    """
    if len(players) <= exact:
        return _over_subsets(_unit(gram), players)
    orders = _random_orders(len(players), ORDERS, random)
    gains = [_over_orders(_unit(gram)[None], players, order[None])[0] for order in orders]
    return np.asarray(np.mean(gains, axis=0))


def _players(design: Design) -> Players:
    where: dict[str, list[int]] = {touchpoint: [] for touchpoint in design.touchpoints}
    for i, term in enumerate(design.terms):
        where[term.touchpoint].append(i)
    return tuple(tuple(columns) for columns in where.values())


def _shares(gains: Array) -> Array:
    total = gains.sum(axis=-1, keepdims=True)
    return np.divide(gains, total, out=np.zeros_like(gains), where=total > _ZERO)


def _unit(gram: Array) -> Array:
    diagonal = np.diagonal(gram, axis1=-2, axis2=-1)
    scale = 1 / np.sqrt(np.where(diagonal > 0, diagonal, 1.0))
    return np.asarray(gram * scale[..., :, None] * scale[..., None, :])


def _sweep_first(stack: Array) -> Array:
    """Return the Gram matrices of the other columns with the first taken out of them."""
    pivot = stack[..., :1, :1]
    weight = np.divide(stack[..., 1:, :1], pivot, out=np.zeros_like(stack[..., 1:, :1]),
                       where=pivot > _ZERO)  # fmt: skip
    return np.asarray(stack[..., 1:, 1:] - weight * stack[..., :1, 1:])


def _hold_fixed(stack: Array, number: int) -> Array:
    stack = _unit(stack)
    for _ in range(number):
        stack = _sweep_first(stack)
    return stack


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
            inside = _sweep_first(inside)
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


def _random_orders(
    number: int, pairs: int, random: np.random.Generator
) -> np.ndarray[tuple[int, int], np.dtype[np.intp]]:
    """Return random orders, each with its reverse, which halves the error at no cost."""
    orders = random.permuted(np.tile(np.arange(number), (pairs // 2, 1)), axis=1)
    return np.concatenate([orders, orders[:, ::-1]])


def _over_orders(
    stack: Array, players: Players, orders: np.ndarray[tuple[int, int], np.dtype[np.intp]]
) -> Array:
    """Return the mean gain over the orders, for every (unit) Gram matrix of the stack.

    The last row of the Cholesky factor, with the outcome last, holds what each column adds.
    """
    owner = np.repeat(np.arange(len(players)), [len(player) for player in players])
    gains = np.zeros((len(stack), len(players)))
    ridge = np.eye(stack.shape[-1]) * _ZERO  # keeps columns that are sums of others at zero gain
    for order in orders:
        columns = [column for i in order for column in players[i]]
        chosen = [*columns, stack.shape[-1] - 1]
        factor = np.linalg.cholesky(stack[:, chosen][:, :, chosen] + ridge)
        added = factor[:, -1, :-1] ** 2
        member = owner[np.argsort(np.concatenate([players[i] for i in range(len(players))]))]
        np.add.at(gains, (slice(None), member[columns]), added)
    return gains / len(orders)


def _bootstrap(
    design: Design, gram: Array, players: Players, random: np.random.Generator
) -> tuple[Array, Array]:
    """Return the 2.5 and 97.5 % quantiles of replicate minus sample, on common random orders."""
    orders = _random_orders(len(players), BOOTSTRAP_ORDERS, random)
    sample = _shares(_over_orders(_unit(gram), players, orders))
    replicates = []
    for _ in range(REPLICATES // 50):
        weight = random.poisson(design.count[:, None], (len(design.count), 50)).astype(float)
        held = _hold_fixed(design.gram(weight), len(design.held))
        replicates.append(_shares(_over_orders(_unit(held), players, orders)))
    deviation = np.concatenate(replicates) - sample
    low, high = np.quantile(deviation, [0.025, 0.975], axis=0)
    return low, high
