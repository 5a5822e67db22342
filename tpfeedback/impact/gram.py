"""Gram matrices: all weighted ones by one product, and their inverse."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.special import pdtr

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]
Places = NDArray[np.intp]
_NULL = 1e-10  # smallest eigenvalue of a Gram matrix with unit diagonal that counts as not zero
_VISIBLE = 1e-3  # part of a column, or of an effect, in the null space that counts as not zero


@dataclass(frozen=True, eq=False)
class Inverse:
    """Inverse of a Gram matrix; for entangled columns a pseudo-inverse.

    `entangled` lists groups of columns (positions) of which one is a sum of the others, so that
    no data can tell their effects apart. `null` (columns, dimensions) are the directions in
    which coefficients can be moved without changing the fit, `scale` (columns,) the lengths of
    the columns, inverted.
    """

    matrix: Array
    entangled: tuple[tuple[int, ...], ...]
    null: Array
    scale: Array

    @property
    def rank(self) -> int:
        """Number of columns that are no sum of others."""
        return int(len(self.matrix) - self.null.shape[1])

    def can_tell(self, contrast: Array) -> Flags:
        """Return which sums of coefficients (rows of `contrast`) the data can tell."""
        scaled = contrast * self.scale
        length = np.maximum(np.linalg.norm(scaled, axis=1), np.finfo(float).tiny)
        moved = np.linalg.norm(contrast @ self.null, axis=1)
        return np.asarray(moved <= _VISIBLE * length)


def pair_products(columns: sparse.csr_matrix) -> sparse.csr_matrix:
    """Return all products of two columns, so that any weighted Gram matrix is one product.

    The products of row i, summed with weight w_i, are the upper half of the Gram matrix of the
    weighted rows, row by row: this makes a bootstrap replicate cost a few milliseconds.

    >>> products = pair_products(sparse.csr_matrix([[1.0, 0.0], [1.0, 2.0]]))
    >>> (products.T @ np.array([1.0, 3.0])).tolist()
    [4.0, 6.0, 12.0]
    """
    by_column = columns.tocsc()
    return sparse.hstack(
        [by_column[:, j:].multiply(by_column[:, [j]]) for j in range(columns.shape[1])],
        format="csr",
    )


def unfold(halves: Array, size: int) -> Array:
    """Return symmetric matrices (number, size, size) from their upper halves (number, pairs).

    >>> unfold(np.array([[4.0, 6.0, 12.0]]), 2).tolist()
    [[[4.0, 6.0], [6.0, 12.0]]]
    """
    places = np.zeros((size, size), dtype=np.intp)
    upper = np.triu_indices(size)
    places[upper] = places[upper[::-1]] = np.arange(len(upper[0]))
    return np.asarray(halves[:, places])


def invert(gram: Array) -> Inverse:
    """Invert a Gram matrix, and find the columns that cannot be told apart."""
    scale = 1 / np.sqrt(np.where(np.diag(gram) > 0, np.diag(gram), 1.0))
    values, vectors = np.linalg.eigh(gram * np.outer(scale, scale))
    null = values < _NULL
    inverse = (vectors[:, ~null] / values[~null]) @ vectors[:, ~null].T
    projection = vectors[:, null] @ vectors[:, null].T
    return Inverse(
        inverse * np.outer(scale, scale),
        _groups(np.abs(projection) > _VISIBLE**2),
        scale[:, None] * vectors[:, null],
        scale,
    )


def draw_counts(means: Array, number: int, random: np.random.Generator) -> Array:
    """Return Poisson counts (rows, number) with these means, a whole number for each row.

    Where the mean is 1, as in most rows of a large sample, they are looked up from 16 random
    bits: seven times as fast, with probabilities that are exact to 1/65536.
    """
    counts = np.empty((len(means), number))
    single = means == 1
    bits = random.bytes(2 * int(single.sum()) * number)
    counts[single] = _poisson_table()[np.frombuffer(bits, dtype="<u2")].reshape(-1, number)
    counts[~single] = random.poisson(means[~single, None], (int((~single).sum()), number))
    return counts


@cache
def _poisson_table() -> NDArray[np.uint8]:
    steps = (np.arange(65_536) + 0.5) / 65_536
    return np.searchsorted(pdtr(np.arange(20), 1.0), steps).astype(np.uint8)


def ordered_sum(values: Array) -> float:
    """Return the sum, to the last bit the same in any order of the values.

    >>> ordered_sum(np.array([0.1, 0.2, 0.3])) == ordered_sum(np.array([0.3, 0.2, 0.1]))
    True
    """
    return float(np.sort(values).sum())


def _groups(linked: Flags) -> tuple[tuple[int, ...], ...]:
    number, label = sparse.csgraph.connected_components(sparse.csr_matrix(linked), directed=False)
    involved = linked.diagonal()
    groups = (tuple(np.flatnonzero((label == i) & involved).tolist()) for i in range(number))
    return tuple(group for group in groups if group)
