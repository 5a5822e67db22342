"""What a design is: one row per kind of text, one column per term; `design.py` builds it.

Columns, in this order: the constant, "names nothing", rare complaints, rare praise, the
controls, what the policy adds, then the terms: one for complaints and one for praise of each
touchpoint.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from scipy import sparse

from tpfeedback.impact.gram import Array, Inverse, Places, draw_counts, unfold
from tpfeedback.impact.policies import Layout, Policy
from tpfeedback.impact.policies.baseline import POLICY as BASELINE
from tpfeedback.wording import Note, write_note

MIN_TEXTS = 5
"""A term needs this many rated texts with it, and as many without it.

Below it, the variance of a coefficient has fewer than about four degrees of freedom, the t
quantile explodes, and (simulated in tests) the interval says nothing that the count does not.
"""

LONELY = 20.0
"""A quantity rests on one text, or one cluster of them, if its variance without would be so many
times as large."""

NOTHING = write_note("nothing_named")


@dataclass(frozen=True, eq=False)
class Term:
    """Complaints ("negative") about, or praise ("positive") of, one touchpoint.

    `share` is the share of the rated texts that hold the term. `told` is False where too few
    other texts are left to compare with, so that the term is only held fixed.
    """

    touchpoint: str
    sentiment: str
    share: float
    told: bool = True

    def __str__(self) -> str:
        return self.told_as

    @property
    def told_as(self) -> Note:
        """What the term is, in words."""
        key = "complaints_about" if self.sentiment == "negative" else "praise_of"
        return write_note(key, touchpoint=self.touchpoint)


@dataclass(frozen=True, eq=False)
class Sources:
    """What the texts say, before a policy makes columns of the regression from it.

    `texts` (respondents, sources) holds all respondents, rated or not; `rows` says which of them
    stands for each row of the design; `products` are those of the rows, with the outcome last,
    see `gram.pair_products`.
    """

    texts: sparse.csr_matrix
    rows: Places
    products: sparse.csr_matrix
    layout: Layout

    def gram(self, weight: Array) -> Array:
        """Return Gram matrices of sources and outcome (last) for weights (rows, replicates)."""
        return unfold(np.asarray((self.products.T @ weight).T), self.layout.sources + 1)


@dataclass(frozen=True, eq=False)
class Design:
    """What a method needs; equal texts with equal outcome are one row, counted in `count`.

    The last `len(terms)` columns are the terms, those before are held fixed but not reported.
    `outcome` is centred on `outcome_mean`. A text stands for all answers of one respondent.
    `weight` is the survey weight of one text of the row, 1 on average over the texts.
    `clusters` (clusters, rows) counts the texts of each cluster; None where every text is
    independent of the others. `mix` (sources, columns) made the columns, and `contrast` (terms,
    columns) makes effects of coefficients; None where there is nothing to make. `model` names
    the model of the outcome that the caller chose.
    """

    touchpoints: tuple[str, ...]
    terms: tuple[Term, ...]
    held: tuple[str, ...]
    columns: sparse.csr_matrix
    outcome: Array
    count: Array
    weight: Array
    sources: Sources
    inverse: Inverse
    outcome_mean: float
    clusters: sparse.csr_matrix | None = None
    mix: Array | None = None
    contrast: Array | None = None
    policy: Policy = field(default=BASELINE)
    model: str = "linear"
    notes: tuple[str, ...] = ()

    @property
    def rated(self) -> int:
        """Number of texts that enter the fit."""
        return int(self.count.sum())

    @property
    def mass(self) -> Array:
        """Sum of the weights of the texts of each row; their number where none are given."""
        return np.asarray(self.count * self.weight)

    @property
    def spread(self) -> float:
        """Standard deviation of the outcome over the rated texts."""
        return float(np.sqrt(self.mass @ self.outcome**2 / self.mass.sum()))

    @property
    def names(self) -> tuple[str, ...]:
        """Name of every column, for messages."""
        return (*self.held, *(term.told_as for term in self.terms))

    @property
    def effects(self) -> Array:
        """Return the effects of the terms as sums of coefficients, (terms, columns)."""
        if self.contrast is not None:
            return self.contrast
        return np.eye(self.columns.shape[1])[len(self.held) :]

    @property
    def entangled(self) -> tuple[tuple[str, ...], ...]:
        """Names of the columns that cannot be told apart, in groups that hold a lost effect.

        Controls that repeat one another do no harm: their effects are not reported, nor are those
        of terms with nothing to compare with.
        """
        given_up = np.array([not term.told for term in self.terms], dtype=bool)
        told = self.inverse.can_tell(self.effects) | given_up
        told = np.append(np.ones(len(self.held), dtype=bool), told)
        groups = (group for group in self.inverse.entangled if not told[list(group)].all())
        return tuple(tuple(self.names[i] for i in group) for group in groups)

    def gram(self, weight: Array) -> Array:
        """Return Gram matrices of columns and outcome (last) for weights (rows, replicates)."""
        return mixed(self.sources.gram(weight), self.mix)

    def covary(self, scores: Array) -> Array:
        """Return the covariance of sums over texts, to which one text of a row adds its `scores`.

        Texts of one cluster are added up first: CR1, the sandwich of Liang & Zeger (1986,
        Biometrika 73:13-22) with the factor `few_clusters`.
        """
        if self.clusters is None:
            return np.asarray(scores.T @ (self.count[:, None] * scores))
        sums = self.clusters @ scores
        return np.asarray(sums.T @ sums * self.few_clusters)

    @property
    def few_clusters(self) -> float:
        """The small-sample factor G/(G - 1) x (n - 1)/(n - columns) of CR1, for G clusters."""
        assert self.clusters is not None
        number = self.clusters.shape[0]
        return float(number / (number - 1) * (self.rated - 1) / (self.rated - self.inverse.rank))

    def resample(self, random: np.random.Generator, number: int) -> Array:
        """Return row weights (rows, number) of Poisson bootstrap replicates.

        Every text, or cluster of texts, counts Poisson(1) times: the bootstrap without a fixed
        sample size (Chamandy, Muralidharan, Najmi & Naidu 2012, Estimating uncertainty for
        massive data streams, Google). So a row of k equal texts counts Poisson(k) times.
        """
        if self.clusters is None:
            times = draw_counts(self.count, number, random)
        else:
            times = self.clusters.T @ draw_counts(np.ones(self.clusters.shape[0]), number, random)
        return np.asarray(times if (self.weight == 1).all() else times * self.weight[:, None])


def mixed(gram: Array, mix: Array | None) -> Array:
    """Return the Gram matrices of the columns, from those of the sources, outcome last."""
    if mix is None:
        return gram
    wide = np.zeros((*mix.shape[:-2], mix.shape[-2] + 1, mix.shape[-1] + 1))
    wide[..., :-1, :-1], wide[..., -1, -1] = mix, 1.0
    return np.asarray(np.swapaxes(wide, -1, -2) @ gram @ wide)
