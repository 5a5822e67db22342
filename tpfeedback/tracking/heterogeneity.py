"""Do the groups differ, and would one predict better by taking that into account?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.special import chdtrc, ndtri, stdtr

from tpfeedback.impact.gram import Array, Places

FOLDS = 5
_RIDGE = 1e-8


def equality_test(values: Array, variances: Array, degrees: Array) -> tuple[float, float]:
    """Return statistic and p-value of "all groups have the same effect".

    The approximation of Alexander & Govern (1994, J. Educational Statistics 19:91-101), which
    keeps its size where variances differ and groups are small: the distance of each effect from
    their weighted mean, a Student t with the degrees of freedom of that group, is turned into the
    normal deviate of the same probability, and the squares are summed up. Missing effects (NaN)
    are left out; missing with fewer than two.

    >>> statistic, p = equality_test(np.array([-1.0, -0.2]), np.full(2, 0.02), np.full(2, 50.0))
    >>> round(statistic, 2), round(p, 5)
    (14.7, 0.00013)
    """
    known = np.isfinite(values) & np.isfinite(variances) & (variances > 0)
    if known.sum() < 2:
        return float("nan"), float("nan")
    y, v, df = values[known], variances[known], degrees[known]
    weight = 1 / v
    distance = (y - weight @ y / weight.sum()) / np.sqrt(v)
    tail = np.maximum(stdtr(df, -np.abs(distance)), np.finfo(float).tiny)
    statistic = float((ndtri(tail) ** 2).sum())
    return statistic, float(chdtrc(len(y) - 1, statistic))


def assign_folds(clusters: Places, *, random_state: int, folds: int = FOLDS) -> Places:
    """Return the fold of each row; rows of one cluster (a place from 0 on) share one.

    >>> assign_folds(np.array([1, 0, 1]), random_state=0, folds=2).tolist()
    [1, 0, 1]
    """
    order = np.random.default_rng(random_state).permutation(int(clusters.max()) + 1)
    return np.asarray(order[clusters] % folds, dtype=np.intp)


@dataclass(frozen=True, eq=False)
class Rows:
    """What is predicted: one row per rated respondent.

    `columns` (rows, columns) are those of the common regression, `flags` (rows, terms) its
    terms, `groups` (rows,) the group of each respondent, `weight` its survey weight in any unit.
    Rows of one of the `clusters` (rows,) belong together, and stand in one of the `folds`.
    """

    columns: sparse.csr_matrix
    flags: sparse.csc_matrix
    outcome: Array
    groups: Places
    weight: Array
    clusters: Places
    folds: Places


def held_out_gains(rows: Rows, choices: list[list[tuple[int, float]]]) -> Array:
    """Return how much of the squared error of held-out respondents own effects save.

    `choices`: for each touchpoint its terms (places) and the tau^2 of their effects. Respondents
    are predicted from the other folds, once with common effects, once with group effects of that
    touchpoint drawn towards the common one (ridge with penalty sigma^2 / tau^2, which is the
    random-effects prediction of Henderson 1975, Biometrics 31:423-447; sigma^2 is that of the
    clusters, see `_noise`). The gain is 1 - squared
    error with own / with common effects: above 0 where own effects predict better; 0 where all
    tau^2 are 0, since both predictions are the same.
    """
    places, columns, number = _stack(rows, choices)
    root = np.sqrt(rows.weight)
    outcome = rows.outcome - np.average(rows.outcome, weights=rows.weight)
    whole = sparse.hstack([columns, sparse.csr_matrix(outcome[:, None])]).multiply(root[:, None])
    whole = whole.tocsr()
    folds = [whole[rows.folds == fold] for fold in np.unique(rows.folds)]
    grams = [np.asarray((part.T @ part).toarray()) for part in folds]
    total = np.sum(grams, axis=0)
    plain = list(range(number))
    variance = _noise(rows, whole, _solve(total, plain, {}))
    common = sum(_error(total - gram, gram, plain, {}) for gram in grams)
    gains = np.zeros(len(choices))
    for i, own in enumerate(places):
        penalties = {place: variance / tau2 for place, tau2 in own if tau2 > 0}
        if penalties:
            chosen = [*plain, *penalties]
            split = sum(_error(total - gram, gram, chosen, penalties) for gram in grams)
            gains[i] = 1 - split / common if common > 0 else 0.0
    return gains


def _stack(
    rows: Rows, choices: list[list[tuple[int, float]]]
) -> tuple[list[list[tuple[int, float]]], sparse.csr_matrix, int]:
    """Return where the own effects of each touchpoint stand, all columns, and how many are common.

    An own effect is a column per term and group, 1 where a respondent of the group holds the term.
    """
    groups = int(rows.groups.max()) + 1
    member = sparse.csr_matrix(
        (np.ones(len(rows.groups)), (np.arange(len(rows.groups)), rows.groups)),
        shape=(len(rows.groups), groups),
    )
    blocks, number = [rows.columns], rows.columns.shape[1]
    places: list[list[tuple[int, float]]] = []
    first = number
    for terms in choices:
        own: list[tuple[int, float]] = []
        for term, tau2 in terms:
            if tau2 > 0:
                blocks.append(member.multiply(rows.flags[:, [term]]).tocsr())
                own += [(first + group, tau2) for group in range(groups)]
                first += groups
        places.append(own)
    return places, sparse.hstack(blocks, format="csr"), number


def _solve(gram: Array, chosen: list[int], penalties: dict[int, float]) -> Array:
    inner = gram[np.ix_(chosen, chosen)]
    scale = np.diag(inner).mean() * _RIDGE
    extra = np.array([penalties.get(place, 0.0) for place in chosen]) + scale
    return np.asarray(np.linalg.solve(inner + np.diag(extra), gram[chosen, -1]))


def _error(train: Array, test: Array, chosen: list[int], penalties: dict[int, float]) -> float:
    """Return the squared error in the test fold of what the other folds predict."""
    found = _solve(train, chosen, penalties)
    inner = test[np.ix_(chosen, chosen)]
    return float(test[-1, -1] - 2 * found @ test[chosen, -1] + found @ inner @ found)


def _noise(rows: Rows, whole: sparse.csr_matrix, common: Array) -> float:
    """Return what chance adds to a weighted sum of outcomes, per unit of weight.

    That is the squared sum of weighted residuals within each cluster (Liang & Zeger 1986,
    Biometrika 73:13-22), summed up, over the sum of the weights: a person who counts five times,
    or five rows that belong together, tells no more than one. `whole` (rows, columns + outcome)
    are the rows times the root of their weights, `common` the effects of the first columns.
    """
    residuals = whole[:, [-1]].toarray().ravel() - whole[:, : len(common)] @ common
    sums = np.bincount(rows.clusters, np.sqrt(rows.weight) * residuals)
    return max(float(sums @ sums / rows.weight.sum()), np.finfo(float).tiny)
