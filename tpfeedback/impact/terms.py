"""Which terms a regression can have: who is rated, and which mentions are frequent enough."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from tpfeedback.impact.gram import Array, Flags, Places, ordered_sum
from tpfeedback.impact.marks import Marks, count_texts, share_texts, total_weight
from tpfeedback.impact.policies import Layout, Policy
from tpfeedback.impact.regression import MIN_TEXTS, Term
from tpfeedback.wording import write_note

_RARE = {"negative": "rare_complaints", "positive": "rare_praise"}


@dataclass(frozen=True, eq=False)
class Rated:
    """The texts that enter the fit.

    `rows` are their places among all texts, `weight` their survey weights, 1 on average, and
    `clusters` the codes of their clusters (None where every text is independent of the others).
    `count` says how many texts each of these rows stands for (None: one).
    """

    rows: Places
    weight: Array
    clusters: Places | None
    count: Array | None = None

    def number(self, flags: Flags) -> Places:
        """Return how many texts, or clusters of texts, hold each flag (rated texts, flags)."""
        if self.clusters is None:
            return count_texts(flags, self.count)
        places = self.clusters, np.arange(len(flags))
        members = sparse.csr_matrix((np.ones(len(flags)), places))
        return np.asarray((members @ flags.astype(float) > 0).sum(axis=0))

    def share(self, flags: Flags) -> Array:
        """Return the weighted share of the texts with each flag."""
        return share_texts(flags, total_weight(self.weight, self.count))


def find_rated(
    outcome: Array,
    weights: Array | None,
    clusters: Places | None,
    count: Array | None = None,
) -> Rated:
    """Return the texts with an outcome (not NaN) and a weight above zero.

    `count`: how many texts each row stands for (None: one).
    """
    weight = np.ones(len(outcome)) if weights is None else weights
    rows = np.flatnonzero(np.isfinite(outcome) & (weight > 0))
    times = np.ones(len(rows)) if count is None else count[rows]
    weight = weight[rows] * (times.sum() / ordered_sum(weight[rows] * times))
    codes = None if clusters is None else np.unique(clusters[rows], return_inverse=True)[1]
    return Rated(rows, weight, codes, None if count is None else times)


def choose_terms(
    marks: Marks, rated: Rated, policy: Policy
) -> tuple[tuple[Term, ...], Flags, dict[str, Flags]]:
    """Return the terms, their flags (all texts, terms), and pooled flags of the rarer mentions."""
    chosen: list[tuple[int, Term, Flags]] = []
    rare: dict[str, Flags] = {}
    for sentiment in ("negative", "positive"):
        flags = marks.of(sentiment)
        own = flags[rated.rows]
        found, share = rated.number(own), rated.share(own)
        others = ~own & marks.mentioned[rated.rows] if policy.mentions else ~own
        few, told = (found > 0) & (found < MIN_TEXTS), rated.number(others) >= MIN_TEXTS
        rare[write_note(_RARE[sentiment])] = np.asarray(flags[:, few].any(axis=1))
        for i in np.flatnonzero((found >= MIN_TEXTS) & (rated.number(~own) >= MIN_TEXTS)):
            term = Term(marks.touchpoints[i], sentiment, float(share[i]), bool(told[i]))
            chosen.append((int(i), term, flags[:, i]))
    chosen.sort(key=lambda item: (item[0], item[1].sentiment))
    matrix = np.zeros((len(marks.negative), len(chosen)), dtype=bool)
    for place, (_, _, flag) in enumerate(chosen):
        matrix[:, place] = flag
    return tuple(term for _, term, _ in chosen), matrix, rare


def mention_columns(marks: Marks, terms: tuple[Term, ...]) -> dict[str, Flags]:
    """Return a column per touchpoint with a term: which texts mention it, in whatever way."""
    names = dict.fromkeys(term.touchpoint for term in terms)
    places = {name: marks.touchpoints.index(name) for name in names}
    return {
        write_note("mentions_of", touchpoint=name): marks.mentioned[:, place]
        for name, place in places.items()
    }


def lay_out(held: int, terms: tuple[Term, ...], *, mentions: bool) -> Layout:
    """Return where the columns stand: `held` ones, those of the mentions, the terms.

    >>> terms = (Term("price", "negative", 0.1), Term("price", "positive", 0.2))
    >>> layout = lay_out(2, terms, mentions=True)
    >>> layout.mentions.tolist(), layout.terms.tolist(), layout.partners.tolist()
    ([2, 2], [3, 4], [4, 3])
    """
    names = list(dict.fromkeys(term.touchpoint for term in terms)) if mentions else []
    first = held + len(names)
    places = {(term.touchpoint, term.sentiment): first + i for i, term in enumerate(terms)}
    other = {"negative": "positive", "positive": "negative"}
    return Layout(
        sources=first + len(terms),
        terms=np.arange(first, first + len(terms)),
        partners=np.array(
            [places.get((t.touchpoint, other[t.sentiment]), -1) for t in terms], dtype=np.intp
        ),
        mentions=np.array(
            [held + names.index(t.touchpoint) if mentions else -1 for t in terms], dtype=np.intp
        ),
    )
