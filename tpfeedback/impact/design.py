"""The design of the regression: one row per kind of text, one column per term.

Columns, in this order: the constant, "names nothing", rare complaints, rare praise, the
controls, then the terms: one for complaints and one for praise of each touchpoint.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy import sparse

from tpfeedback.impact.controls import control_columns
from tpfeedback.impact.gram import Array, Flags, Inverse, Places, invert, pair_products
from tpfeedback.impact.marks import Marks

MIN_TEXTS = 5
"""A term needs this many rated texts with it, and as many without it.

Below it, the variance of a coefficient has fewer than about four degrees of freedom, the t
quantile explodes, and (simulated in tests) the interval says nothing that the count does not.
"""
TEXTS_PER_TERM = 10
"""Fewer texts per term than this draw a warning (Harrell 2015, Regression Modeling Strategies,
section 4.4: 10 to 20 observations per parameter)."""

NOTHING = "texts that name nothing"
_NO_NOTES: tuple[str, ...] = ()
_NO_BASELINE = (
    "The texts do not tell what a text without complaint and praise would be rated, for each names "
    "one touchpoint, so the texts that name nothing are the baseline of all effects."
)


@dataclass(frozen=True, eq=False)
class Term:
    """Complaints ("negative") about, or praise ("positive") of, one touchpoint.

    `share` is the share of the rated texts that hold the term.
    """

    touchpoint: str
    sentiment: str
    share: float

    def __str__(self) -> str:
        kind = "complaints about" if self.sentiment == "negative" else "praise of"
        return f"{kind} {self.touchpoint}"


@dataclass(frozen=True, eq=False)
class Design:
    """What a method needs; equal texts with equal outcome are one row, counted in `count`.

    The last `len(terms)` columns are the terms, those before are held fixed but not reported.
    `outcome` is centred. A text stands for all answers of one respondent.
    """

    touchpoints: tuple[str, ...]
    terms: tuple[Term, ...]
    held: tuple[str, ...]
    columns: sparse.csr_matrix
    outcome: Array
    count: Array
    products: sparse.csr_matrix
    inverse: Inverse
    notes: tuple[str, ...] = ()

    @property
    def rated(self) -> int:
        """Number of texts that enter the fit."""
        return int(self.count.sum())

    @property
    def spread(self) -> float:
        """Standard deviation of the outcome over the rated texts."""
        return float(np.sqrt(self.count @ self.outcome**2 / self.rated))

    @property
    def names(self) -> tuple[str, ...]:
        """Name of every column, for messages."""
        return (*self.held, *map(str, self.terms))

    @property
    def entangled(self) -> tuple[tuple[str, ...], ...]:
        """Names of the columns that cannot be told apart, in groups that hold a term.

        Controls that repeat one another do no harm: their effects are not reported.
        """
        groups = (g for g in self.inverse.entangled if max(g) >= len(self.held))
        return tuple(tuple(self.names[i] for i in group) for group in groups)

    def gram(self, weight: Array) -> Array:
        """Return Gram matrices of columns and outcome (last) for weights (rows, replicates)."""
        size = self.columns.shape[1] + 1
        return np.asarray((self.products.T @ weight).T).reshape(-1, size, size)


def build_design(marks: Marks, outcome: Array, controls: pd.DataFrame) -> Design:
    """Return the design for the rated texts, with notes on what cannot be told apart.

    Terms with fewer than `MIN_TEXTS` texts are not estimated; their texts are held apart by two
    pooled columns, so that they do not colour the baseline.
    """
    rated = np.isfinite(outcome)
    terms, flags, rare = _choose_terms(marks, rated)
    held: dict[str, Array | Flags] = {"constant": np.ones(int(rated.sum()))}
    held |= {NOTHING: np.asarray(~marks.mentioned[rated].any(axis=1)), **rare}
    held = {name: column for name, column in held.items() if column.any()}
    held |= control_columns(controls.loc[rated], smallest=MIN_TEXTS)
    columns = np.column_stack([*held.values(), flags]).astype(float)
    rows, count = _compress(columns, outcome[rated])
    ratings = outcome[rated][rows]
    centred = ratings - count @ ratings / count.sum()
    held = {name: column[rows] for name, column in held.items()}

    def assemble() -> Design:
        matrix = np.column_stack([*held.values(), flags[rows]]).astype(float)
        return _assemble(marks, terms, tuple(held), columns=matrix, outcome=centred, count=count)

    design, notes = assemble(), _NO_NOTES
    if any(NOTHING in group for group in design.entangled):
        del held[NOTHING]
        design, notes = assemble(), (_NO_BASELINE,)
    return replace(design, notes=(*notes, *_small_sample(design), *_entangled(design)))


def _choose_terms(marks: Marks, rated: Flags) -> tuple[tuple[Term, ...], Flags, dict[str, Flags]]:
    number = int(rated.sum())
    chosen: list[tuple[int, Term, Flags]] = []
    rare: dict[str, Flags] = {}
    for sentiment in ("negative", "positive"):
        flags = marks.of(sentiment)
        found = flags[rated].sum(axis=0)
        few = (found > 0) & (found < MIN_TEXTS)
        rare[f"rare {sentiment} mentions"] = np.asarray(flags[rated][:, few].any(axis=1))
        for i in np.flatnonzero((found >= MIN_TEXTS) & (number - found >= MIN_TEXTS)):
            term = Term(marks.touchpoints[i], sentiment, float(flags[rated, i].mean()))
            chosen.append((int(i), term, flags[rated, i]))
    chosen.sort(key=lambda item: (item[0], item[1].sentiment))
    stacked = [flag for _, _, flag in chosen]
    matrix = np.column_stack(stacked) if stacked else np.zeros((number, 0), dtype=bool)
    return tuple(term for _, term, _ in chosen), matrix, rare


def _compress(columns: Array, outcome: Array) -> tuple[Places, Array]:
    """Return where every distinct row is found, and how often, in an order of its own.

    The order depends on the rows alone, so that shuffled feedback gives the same result.
    """
    flags = np.isin(columns, (0.0, 1.0)).all(axis=0)
    packed = np.packbits(columns[:, flags].astype(bool), axis=1)
    numbers = np.column_stack([columns[:, ~flags], outcome]) + 0.0  # + 0.0 turns -0.0 into 0.0
    key = np.column_stack([packed, np.ascontiguousarray(numbers).view(np.uint8)])
    key = np.ascontiguousarray(key).view(np.dtype((np.void, key.shape[1])))[:, 0]
    _, rows, count = np.unique(key, return_index=True, return_counts=True)
    return rows, count.astype(float)


def _assemble(
    marks: Marks,
    terms: tuple[Term, ...],
    held: tuple[str, ...],
    *,
    columns: Array,
    outcome: Array,
    count: Array,
) -> Design:
    products = pair_products(sparse.csr_matrix(np.column_stack([columns, outcome])))
    size = columns.shape[1] + 1
    gram = np.asarray(products.T @ count).reshape(size, size)[:-1, :-1]
    return Design(
        marks.touchpoints,
        terms,
        held,
        sparse.csr_matrix(columns),
        outcome,
        count,
        products,
        invert(gram),
    )


def _small_sample(design: Design) -> tuple[str, ...]:
    terms = design.columns.shape[1]
    if design.rated >= TEXTS_PER_TERM * terms:
        return ()
    return (
        f"The sample is small: {design.rated} rated texts for {terms} terms, advised are "
        f"{TEXTS_PER_TERM * terms} or more. Intervals are wide; collect more feedback, or use a "
        "taxonomy with fewer touchpoints.",
    )


def _entangled(design: Design) -> tuple[str, ...]:
    if not design.entangled:
        return ()
    groups = "; ".join(" + ".join(group) for group in design.entangled)
    return (
        f"These cannot be told apart, for they always come together: {groups}. Their "
        "effects are missing in the table; merge the touchpoints, leave out the control, or "
        "collect more feedback.",
    )
