"""Which narrower touchpoint a general mention is about.

The network finds "premises"; whether that is the room, the noise or the wi-fi is told by a
multinomial logistic regression on the mean of the words, one for each general touchpoint. It is
taught with the phrases of the narrower touchpoints and with examples.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tpfeedback.network import Floats, softmax
from tpfeedback.reading import WindowReading
from tpfeedback.teaching.space import in_16_bits

LEAST_ATTENTION = 0.25  # of the touchpoint, in a clause that is asked what it is about
NAMED = 0.8  # how probable it is at least that a clause is about what a phrase in it names
LEAST_SURE = 0.4  # what is less likely than not stays with the rest


@dataclass(frozen=True, eq=False)
class Choice:
    """Weights (d, c) and intercepts (c,) for the keys of one general touchpoint.

    `rest` is the key of what fits none of the others; None where it is not reported.
    """

    keys: tuple[str, ...]
    rest: str | None
    weights: Floats
    intercepts: Floats

    def choose(self, vector: Floats, named: Collection[str] = ()) -> tuple[str | None, float]:
        """Return the key that a clause is about, and how probable that is.

        `named` are the keys of which a phrase stands in the clause: it is about one of them.
        """
        probable = softmax(vector @ self.weights + self.intercepts)
        said = [k for k, key in enumerate(self.keys[:-1]) if key in named]
        if said:
            best = max(said, key=lambda k: float(probable[k]))
            return self.keys[best], max(float(probable[best]), NAMED)
        best = int(probable.argmax())
        if best == len(self.keys) - 1 or probable[best] < LEAST_SURE:
            return self.rest, 1.0 - float(probable[:-1].max())
        return self.keys[best], float(probable[best])


def learn_choice(
    keys: Sequence[str],
    rest: str | None,
    vectors: Floats,
    said: Sequence[str],
    *,
    strength: float,
) -> Choice:
    """Return the choice between `keys`, the last of which is the rest.

    `vectors` (n, d) were said to be of the keys in `said`.
    """
    from sklearn.linear_model import LogisticRegression
    from threadpoolctl import threadpool_limits

    places = [keys.index(key) for key in said]
    model = LogisticRegression(C=strength, class_weight="balanced", max_iter=300, tol=0.001)
    with threadpool_limits(1):  # small matrices: threads would only wait for each other
        model.fit(vectors, places)
    weights, intercepts = model.coef_.T, model.intercept_
    if len(keys) == 2:  # one line tells two classes apart
        weights = np.hstack([np.zeros_like(weights), weights])
        intercepts = np.array([0.0, intercepts[0]])
    return Choice(tuple(keys), rest, in_16_bits(weights), in_16_bits(intercepts))


def clauses_about(
    window: WindowReading, touchpoint: int
) -> list[tuple[tuple[int, int], NDArray[np.int64]]]:
    """Return the clauses in which a general touchpoint is spoken of, and which tokens they hold.

    These are the clauses that hold a fair share of its attention, or the one with most of it.
    """
    clauses, places = window.clauses
    attention = window.reading.attention[:, touchpoint]
    if len(clauses) == 1:
        return [(clauses[0], np.arange(len(attention)))]
    share = np.bincount(places, weights=attention, minlength=len(clauses))
    chosen = sorted({int(share.argmax()), *np.flatnonzero(share >= LEAST_ATTENTION).tolist()})
    return [(clauses[i], np.flatnonzero(places == i)) for i in chosen]
