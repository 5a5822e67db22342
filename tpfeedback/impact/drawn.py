"""Which rows were drawn for labelling, and what each of them stands for."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from tpfeedback.impact.gram import Array, Flags, Places


@dataclass(frozen=True, eq=False)
class Sample:
    """Which rows are labelled, what each row stands for, and which rows belong together.

    `labelled` (n,) flags; `weight` (n,) positive; `units` (units, n) adds up rows by cluster, or
    None where each row is a unit of its own; `chance` (labelled rows,): how likely each was to be
    drawn for labelling, up to a factor, or None where all were equally likely.
    """

    labelled: Flags
    weight: Array
    units: sparse.csr_matrix | None = None
    chance: Array | None = None

    @property
    def label_weight(self) -> Array:
        """What each labelled row stands for: its weight, by the chance of being drawn.

        Inverse probability weights (Horvitz & Thompson 1952, JASA 47:663-685): rows that were
        drawn more often than others count for less, so that the labelled stand for all rows.
        """
        weight = self.weight[self.labelled]
        return weight if self.chance is None else weight / self.chance

    def by_unit(self, errors: Array) -> Array:
        """Return the errors of units from those of all rows, or of the labelled rows."""
        if len(errors) < len(self.labelled):
            whole = np.zeros((len(self.labelled), errors.shape[1]))
            whole[self.labelled] = errors
            errors = whole
        return errors if self.units is None else np.asarray(self.units @ errors)


def take_sample(
    labelled: Flags,
    *,
    weights: Array | None = None,
    cluster: Places | None = None,
    chance: Array | None = None,
) -> Sample:
    """Return the sample; `weights`, `cluster` (codes from 0) and `chance` are those of all n rows.

    >>> take_sample(np.array([True, False]), cluster=np.array([0, 0])).by_unit(np.ones((2, 1)))
    array([[2.]])
    """
    number = len(labelled)
    weight = np.ones(number) if weights is None else np.asarray(weights, dtype=float)
    drawn = None if chance is None else chance[labelled]
    if cluster is None:
        return Sample(labelled, weight, chance=drawn)
    places = (np.asarray(cluster), np.arange(number))
    return Sample(labelled, weight, sparse.csr_matrix((np.ones(number), places)), drawn)
