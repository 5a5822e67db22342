"""Gram matrices: all weighted ones by one product, and their inverse."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]
Places = NDArray[np.intp]
_NULL = 1e-10  # smallest eigenvalue of a Gram matrix with unit diagonal that counts as not zero


@dataclass(frozen=True, eq=False)
class Inverse:
    """Inverse of a Gram matrix; for entangled columns a pseudo-inverse.

    `entangled` lists groups of columns (positions) of which one is a sum of the others, so that
    no data can tell their effects apart.
    """

    matrix: Array
    entangled: tuple[tuple[int, ...], ...]


def pair_products(columns: sparse.csr_matrix) -> sparse.csr_matrix:
    """Return all products of two columns, so that any weighted Gram matrix is one product.

    The products of row i, summed with weight w_i, are the Gram matrix of the weighted rows:
    this makes a bootstrap replicate cost a few milliseconds.

    >>> products = pair_products(sparse.csr_matrix([[1.0, 0.0], [1.0, 2.0]]))
    >>> (products.T @ np.array([1.0, 3.0])).reshape(2, 2).tolist()
    [[4.0, 6.0], [6.0, 12.0]]
    """
    by_column = columns.tocsc()
    return sparse.hstack(
        [columns.multiply(by_column[:, [j]]) for j in range(columns.shape[1])], format="csr"
    )


def invert(gram: Array) -> Inverse:
    """Invert a Gram matrix, and find the columns that cannot be told apart."""
    scale = 1 / np.sqrt(np.where(np.diag(gram) > 0, np.diag(gram), 1.0))
    values, vectors = np.linalg.eigh(gram * np.outer(scale, scale))
    null = values < _NULL
    inverse = (vectors[:, ~null] / values[~null]) @ vectors[:, ~null].T
    projection = vectors[:, null] @ vectors[:, null].T
    return Inverse(inverse * np.outer(scale, scale), _groups(np.abs(projection) > 1e-6))


def _groups(linked: Flags) -> tuple[tuple[int, ...], ...]:
    number, label = sparse.csgraph.connected_components(sparse.csr_matrix(linked), directed=False)
    involved = linked.diagonal()
    groups = (tuple(np.flatnonzero((label == i) & involved).tolist()) for i in range(number))
    return tuple(group for group in groups if group)
