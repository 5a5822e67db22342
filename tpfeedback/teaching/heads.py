"""Touchpoints outside the general ones: found by their words, better with examples.

Without examples the log odds that a text speaks of a touchpoint grow with how near it comes and
with the phrases found in it (`Space.presence`). With examples the prototype moves towards them
(Rocchio 1971, "Relevance feedback in information retrieval") and a logistic regression judges
what a text says where it comes nearest.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from tpfeedback.network import Floats
from tpfeedback.teaching.space import Space, cosines_of, in_16_bits, nearness_of
from tpfeedback.vectors import unit

AWAY = 1.0  # how far the prototype moves from texts without the touchpoint, beside towards others
SCALE = 0.1  # of the log odds without examples, as one feature among those of length 1
MOST_ODDS = 80.0  # log odds: beyond, the exponent is no number
AT_ONCE = 2**25  # numbers: so much is held of all texts while heads are taught
FEW = 8  # rows: so small a product is not worth several threads, which would wait for each other
FOLDS = 5
USUAL = 0.6  # the confidence that a mention needs at most
NOT_FAR = 0.05  # of F1


@dataclass(frozen=True, eq=False)
class Head:
    """What examples taught of one touchpoint: weights (d + 1,) and an intercept.

    They give the log odds of `features_of` a text; `least` is the confidence that a mention
    needs by default.
    """

    weights: Floats
    intercept: float
    least: float = 0.5

    @property
    def array(self) -> Floats:
        """All of it in one row, as `head_of` takes it."""
        return np.append(self.weights, np.array([self.intercept, self.least], np.float32))

    def log_odds(self, rows: Floats) -> Floats:
        """Return the log odds (n,) of rows (n, d + 1)."""
        return np.asarray(rows @ self.weights + self.intercept, np.float32)


def head_of(array: Floats) -> Head:
    """Return the head of which `Head.array` was kept."""
    return Head(array[:-2], float(array[-2]), float(array[-1]))


@dataclass(frozen=True, eq=False)
class Heads:
    """What finds touchpoints by their words: prototypes (k, d), and heads where there are any."""

    keys: tuple[str, ...]
    prototypes: Floats
    taught: dict[str, Head]

    def usual(self, space: Space) -> list[float]:
        """Return the confidence that a mention of each touchpoint needs by default."""
        known = {key: head.least for key, head in self.taught.items()}
        return [known.get(key, space.threshold) for key in self.keys]

    def judge(
        self, space: Space, texts: Sequence[Floats], hits: Floats
    ) -> Iterator[tuple[Floats, Floats]]:
        """Yield log odds (k,) and attention (k, t) for the tokens of each text.

        `hits` (n, k) is 1 where a phrase was found.
        """
        if not self.keys:
            yield from ((np.empty(0, np.float32), np.empty((0, len(t)), np.float32)) for t in texts)
            return
        at = [k for k, key in enumerate(self.keys) if key in self.taught]
        weights = np.array([self.taught[self.keys[k]].weights for k in at], np.float32)
        intercepts = np.array([self.taught[self.keys[k]].intercept for k in at], np.float32)
        several = cosines_of(texts, self.prototypes)
        for tokens, cosines, hit in zip(texts, several, hits, strict=True):
            near, attention = nearness_of(cosines)
            odds = log_odds(space, near, hit)
            if at and len(tokens):
                rows = features_of(space, seen_by(attention[at], tokens), odds[at])
                odds[at] = (rows * weights).sum(axis=1) + intercepts
            yield odds, attention


def log_odds(space: Space, near: Floats, hits: Floats) -> Floats:
    """Return the log odds without examples."""
    slope, phrase, intercept = space.presence
    return np.asarray(slope * near + phrase * hits + intercept, np.float32)


def confidence_of(odds: Floats) -> Floats:
    """Return the probabilities of log odds.

    >>> confidence_of(np.array([0.0, -1e9, 1e9], np.float32)).round(2).tolist()
    [0.5, 0.0, 1.0]
    """
    return np.asarray(1 / (1 + np.exp(-np.clip(odds, -MOST_ODDS, MOST_ODDS))), np.float32)


def seen_by(attention: Floats, tokens: Floats) -> Floats:
    """Return the mean token (k, d) that each row of attention (k, t) looks at."""
    return np.concatenate([attention[k : k + FEW] @ tokens for k in range(0, len(attention), FEW)])


def features_of(space: Space, looks: Floats, odds: Floats) -> Floats:
    """Return what heads judge, (k, d + 1): what is looked at, (k, d), and what the words alone
    would say, (k,).
    """
    words = SCALE * np.clip(odds, -6, 6)
    return np.hstack([unit(looks - space.background), words[:, None]]).astype(np.float32)


@dataclass(frozen=True, eq=False)
class Lesson:
    """What heads learn from: `tokens` of texts, `hits` and labels `present`, both (n, k).

    A label is missing (nan) where nobody looked for the touchpoint.
    """

    tokens: Sequence[Floats]
    hits: Floats
    present: Floats


def learn_heads(
    space: Space, heads: Heads, lesson: Lesson, *, least: int, strength: float
) -> Heads:
    """Return heads for touchpoints with at least `least` texts that have it, and some without."""
    has, lacks = lesson.present > 0, lesson.present == 0
    enough = np.flatnonzero((has.sum(axis=0) >= least) & lacks.any(axis=0))
    moved, taught = heads.prototypes.copy(), {}
    together = max(1, AT_ONCE // max(len(lesson.tokens) * moved.shape[1], 1))
    for start in range(0, len(enough), together):
        group = enough[start : start + together]
        moved[group] = in_16_bits(_moved(space, moved[group], lesson, group))
        looks, odds = _looks(space, moved[group], lesson, group)
        for place, k in enumerate(group.tolist()):
            known = has[:, k] | lacks[:, k]
            rows = features_of(space, looks[known, place], odds[known, place])
            taught[heads.keys[k]] = fit_head(rows, has[known, k], strength)
    return Heads(heads.keys, moved, taught)


def _moved(space: Space, prototypes: Floats, lesson: Lesson, group: NDArray[np.int64]) -> Floats:
    """Return the prototypes, nearer to where texts that have the touchpoint speak of it."""
    looks, _ = _looks(space, prototypes, lesson, group)
    moved = []
    for place, k in enumerate(group.tolist()):
        seen, present = unit(looks[:, place] - space.background), lesson.present[:, k]
        towards, away = unit(seen[present > 0].mean(axis=0)), unit(seen[present == 0].mean(axis=0))
        moved.append(unit(prototypes[place] + towards - AWAY * away))
    return np.array(moved)


def _looks(
    space: Space, prototypes: Floats, lesson: Lesson, group: NDArray[np.int64]
) -> tuple[Floats, Floats]:
    """Return what each text says where it comes nearest, (n, k, d), and the log odds (n, k)."""
    looks = np.zeros((len(lesson.tokens), *prototypes.shape), np.float32)
    odds = np.zeros(looks.shape[:2], np.float32)
    several = cosines_of(lesson.tokens, prototypes)
    for row, (tokens, cosines) in enumerate(zip(lesson.tokens, several, strict=True)):
        near, attention = nearness_of(cosines)
        looks[row] = seen_by(attention, tokens)
        odds[row] = log_odds(space, near, lesson.hits[row, group])
    return looks, odds


def fit_head(rows: Floats, has: NDArray[np.bool_], strength: float) -> Head:
    """Return what tells texts that have a touchpoint from others, and how sure it has to be.

    A rare touchpoint hardly comes over one half; what is enough is told by texts held back.
    """
    head = fit_logistic(rows, has, strength)
    folds = min(FOLDS, int(has.sum()), int((~has).sum()))
    if folds < 2:
        return head
    confidence = confidence_of(held_back(rows, has, strength, folds))
    return replace(head, least=float(np.float16(enough(confidence, has))))


def fit_logistic(rows: Floats, has: NDArray[np.bool_], strength: float) -> Head:
    """Return a logistic regression; `strength` is scikit-learn's C."""
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(C=strength, max_iter=300).fit(rows, has)
    return Head(in_16_bits(model.coef_[0]), float(np.float16(model.intercept_[0])))


def held_back(rows: Floats, has: NDArray[np.bool_], strength: float, folds: int) -> Floats:
    """Return the log odds of each row by a regression that was taught with the other folds."""
    from sklearn.model_selection import StratifiedKFold

    odds = np.zeros(len(rows), np.float32)
    for taught, held in StratifiedKFold(folds).split(rows, has):
        odds[held] = fit_logistic(rows[taught], has[taught], strength).log_odds(rows[held])
    return odds


def enough(confidence: Floats, has: NDArray[np.bool_]) -> float:
    """Return the highest threshold, up to `USUAL`, whose F1 is not far below the best.

    Among the texts that will come, fewer may have the touchpoint than among those that somebody
    chose to label; the higher one is wrong about fewer of them.

    >>> enough(np.array([0.1, 0.2, 0.3, 0.4]), np.array([False, False, True, True]))
    0.3
    """
    grid = np.round(np.arange(0.02, USUAL + 0.01, 0.02), 2)
    said = confidence >= grid[:, None]
    scores = 2 * (said & has).sum(axis=1) / (said.sum(axis=1) + has.sum())
    return float(grid[scores >= scores.max() - NOT_FAR].max())
