"""Effects as a comparison among the mentions of a touchpoint."""

from __future__ import annotations

import numpy as np

from tpfeedback.impact.gram import Array
from tpfeedback.impact.policies import Layout


def compare_mentions(gram: Array, layout: Layout, columns: int) -> Array:
    """Return the effects as sums of coefficients: the own one less what other mentions have.

    The other mentions of a touchpoint are those without the term. The share of them that holds
    the touchpoint's other term is read from the Gram matrices of the sources (..., sources,
    sources); the other term's coefficient is taken off in this share. The terms are the last of
    the `columns`; the result is (..., terms, columns).

    >>> gram = np.diag([10.0, 3.0, 6.0])  # ten mentions: three complaints, six times praise
    >>> gram[0, 1:] = gram[1:, 0] = 3.0, 6.0
    >>> layout = Layout(3, np.array([1, 2]), np.array([2, 1]), np.array([0, 0]))
    >>> compare_mentions(gram, layout, 3).round(2).tolist()
    [[0.0, 1.0, -0.86], [0.0, -0.75, 1.0]]
    """
    number = len(layout.terms)
    effects = np.zeros((*gram.shape[:-2], number, columns))
    first, start = columns - number, layout.sources - number
    places = zip(layout.terms, layout.partners, layout.mentions, strict=True)
    for i, (term, partner, mention) in enumerate(places):
        effects[..., i, first + i] = 1.0
        if partner >= 0:
            others = gram[..., mention, mention] - gram[..., mention, term]
            held = gram[..., partner, mention] - gram[..., partner, term]
            share = np.divide(held, others, out=np.zeros_like(held), where=others > 0)
            effects[..., i, first + partner - start] = -share
    return effects
