"""Gathers places into groups: small kernels first, then kernels that lie together.

A kernel is a k-means cluster of a few dozen clauses. Most kernels hold nothing in particular:
they stay as background, so that a clause which is nearer to them joins no group. The others are
linked by average linkage (Sokal & Michener 1958, Univ. Kansas Sci. Bull. 38:1409-1438).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tpfeedback.themes.space import Places, unit

Indices = NDArray[np.intp]

CLAUSES_PER_KERNEL = 30
KERNELS = (8, 200)
SMALLEST = 5  # clauses; a kernel of fewer is background, unless it lies beside a larger one
COHERENT = 0.68  # mean cosine of a kernel's clauses to its centre; one below is background
JOINED = 0.45  # mean cosine between the kernels of two groups that become one
EMPTY = 0.6  # mean cosine of a kernel's clauses to filler; one above is background
NEW = 0.2  # share of new clauses among all that lie in a kernel; one below is background
RADIUS = 0.55  # cosine; a clause farther from the centre of its kernel joins no group
NONE = -1
BLOCK = 4096  # places compared with the kernels at once: keeps memory flat


@dataclass(frozen=True, eq=False)
class Groups:
    """Kernels, and which group each belongs to.

    `centres` (kernels, d) of length 1; `owners` (kernels,): number of the group, from 0, or -1
    for background.
    """

    centres: Places
    owners: Indices

    @property
    def number(self) -> int:
        """How many groups there are."""
        return int(self.owners.max(initial=NONE)) + 1

    def assign(self, places: Places, *, radius: float = RADIUS) -> tuple[Indices, Places]:
        """Return the group of each place, (n,), -1 for none, and its cosine to the kernel."""
        if not len(self.centres) or not len(places):
            return np.full(len(places), NONE), np.zeros(len(places))
        nearest, closeness = np.zeros(len(places), np.intp), np.zeros(len(places))
        for start in range(0, len(places), BLOCK):
            rows = slice(start, start + BLOCK)
            cosines = places[rows] @ self.centres.T
            nearest[rows], closeness[rows] = cosines.argmax(axis=1), cosines.max(axis=1)
        return np.where(closeness >= radius, self.owners[nearest], NONE), closeness

    def with_others(self, others: Groups) -> Groups:
        """Return these groups and then the others, their numbers moved up."""
        moved = np.where(others.owners >= 0, others.owners + self.number, NONE)
        if not len(self.centres):
            return others
        return Groups(
            np.vstack([self.centres, others.centres]), np.concatenate([self.owners, moved])
        )


def no_groups(size: int) -> Groups:
    """Return groups without any kernel, in a space of `size` dimensions."""
    return Groups(np.zeros((0, size)), np.zeros(0, np.intp))


def group(
    places: Places,
    *,
    weights: Places | None = None,
    emptiness: Places | None = None,
    against: Places | None = None,
    joined: float = JOINED,
    per_kernel: int = CLAUSES_PER_KERNEL,
    random_state: int = 0,
) -> Groups:
    """Return the groups of places (n, d) of length 1, given in an order of their own.

    `weights` (n,): how often each was said. A kernel whose mean `emptiness` (n,) is above
    `EMPTY` is background. `against` (m, d): places of what is named already; a kernel that holds
    more of these than `NEW` allows is background. The same places in the same order give the
    same groups.

    >>> around = np.repeat(np.eye(3), 40, axis=0) + np.tile([[0.1, 0, 0], [0, 0.1, 0]], (60, 1))
    >>> found = group(unit(around))
    >>> found.number, sorted(set(found.assign(unit(around))[0].tolist()))
    (3, [0, 1, 2])
    """
    if len(places) < SMALLEST:
        return no_groups(places.shape[1])
    centres, labels = _kernels(places, weights, per_kernel, random_state)
    counts = np.bincount(labels, minlength=len(centres))
    near = np.einsum("nd,nd->n", places, centres[labels])
    coherence = np.bincount(labels, weights=near, minlength=len(centres)) / np.maximum(counts, 1)
    chosen = coherence >= COHERENT
    if emptiness is not None:
        held = np.bincount(labels, weights=emptiness, minlength=len(centres))
        chosen &= held / np.maximum(counts, 1) < EMPTY
    if against is not None:
        lone = Groups(centres, np.arange(len(centres)))
        named = np.bincount(lone.assign(against)[0] + 1, minlength=len(centres) + 1)[1:]
        own = np.bincount(labels, weights=weights, minlength=len(centres))
        chosen &= own / (own + named) >= NEW
    large, small = chosen & (counts >= SMALLEST), chosen & (counts < SMALLEST)
    owners = np.full(len(centres), NONE)
    owners[large] = _linked(centres[large], joined)
    owners[small] = Groups(centres[large], owners[large]).assign(centres[small], radius=COHERENT)[0]
    return Groups(centres, owners)


def _kernels(
    places: Places, weights: Places | None, per_kernel: int, random_state: int
) -> tuple[Places, Indices]:
    """Return the centres of k-means and the kernel of each place; no thread adds out of turn."""
    from sklearn.cluster import KMeans
    from threadpoolctl import threadpool_limits

    distinct = len(np.unique(places.round(9), axis=0))
    number = int(np.clip(len(places) / per_kernel, *KERNELS))
    with threadpool_limits(1):
        found = KMeans(min(number, distinct), n_init=1, random_state=random_state).fit(
            places, sample_weight=weights
        )
    labels = found.labels_.astype(np.intp)
    centres = np.zeros_like(found.cluster_centers_)
    np.add.at(centres, labels, places if weights is None else places * weights[:, None])
    return unit(centres), labels


def _linked(centres: Places, joined: float) -> Indices:
    """Return the group of each kernel, groups numbered by their first kernel."""
    if len(centres) < 2:
        return np.zeros(len(centres), np.intp)
    from scipy.cluster.hierarchy import fcluster, linkage

    tree = linkage(centres, method="average", metric="cosine")
    raw = fcluster(tree, 1 - joined, criterion="distance")
    _, first = np.unique(raw, return_index=True)
    order = np.argsort(first)
    numbers = {int(raw[first[at]]): number for number, at in enumerate(order)}
    return np.array([numbers[int(code)] for code in raw], np.intp)
