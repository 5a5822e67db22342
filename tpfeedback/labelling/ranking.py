"""Which texts to label so that the order at the top becomes sure: the strategy "ranking"."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd

from tpfeedback.errors import ImpactError, TpfeedbackWarning
from tpfeedback.impact.correction import Correction, corrected_effects
from tpfeedback.impact.design import Term
from tpfeedback.impact.gram import Array, Flags, invert
from tpfeedback.impact.labels import Labels
from tpfeedback.impact.marks import Marks
from tpfeedback.impact.observations import Observations
from tpfeedback.impact.power_tuning import take_sample
from tpfeedback.impact.readings import Kind, Readings, fill_columns, frequent_kinds
from tpfeedback.labelling.influence import Fitted, Worth, loss_weights, weigh_labels
from tpfeedback.labelling.mark_errors import Checked, confidences, wrong_marks

EQUAL_PART = 0.25
"""Part of the chances that is equal for all texts: no label then stands for more than four times
as many texts as it would in a plain random sample, however wrong the guess where errors are."""

_Z = 1.96


@dataclass(frozen=True, eq=False)
class Wish:
    """Which respondents to label: `wish` (respondents,), mean 1; equal chances where all are 1.

    `pairs`: neighbours at the top, one row each: `touchpoint, next, difference` of their prizes
    (outcome units), `error` of that so far (missing without labels); `worth` of a label for each
    pair, `rated` the respondents it is about. Empty where fewer than two prizes are known.
    """

    wish: Array
    pairs: pd.DataFrame
    worth: Worth | None = None
    rated: Flags | None = None

    def expect(self, spread: Array) -> Array:
        """Return the error expected of each difference, see `drawing.Chances.spread`."""
        if self.worth is None or self.rated is None:
            return np.zeros(0)
        variance = self.worth.all + (spread[self.rated] - 1) @ self.worth.label
        return np.asarray(np.sqrt(np.maximum(variance, 0.0)))


def wish_for_ranking(
    seen: Observations,
    mentions: pd.DataFrame,
    *,
    n: float,
    top: int,
    labels: Labels | None = None,
) -> Wish:
    """Return which respondents' labels are expected to tell most about the order at the top.

    The prizes of the first `top` touchpoints are each compared with the next; so are they by
    `influence.weigh_labels`, and pairs weigh by `influence.loss_weights` at the error expected
    with `n` random labels. A part of the chances (`EQUAL_PART`) is equal for all.
    """
    rated = np.isfinite(seen.outcome)
    kinds = frequent_kinds(seen.marks, rated)
    fitted = _fit(seen, rated, kinds)
    prizes, effects, corrected = _prizes(seen, kinds, fitted, labels)
    order = sorted(
        (i for i, (_, sentiment) in enumerate(kinds)
         if sentiment == "negative" and np.isfinite(prizes[i])),
        key=lambda i: (-prizes[i], kinds[i][0]),
    )[: top + 1]  # fmt: skip
    pairs = list(pairwise(order))
    if not pairs:
        return Wish(np.ones(len(rated)), _no_pairs())
    sure = confidences(mentions, seen.texts, seen.rows, kinds, len(rated))[rated]
    marks = fitted.columns[:, fitted.first :] > 0
    wrong = wrong_marks(
        marks, sure, effects, fitted.residual, checked=_checked(labels, rated, kinds)
    )
    worth = weigh_labels(fitted, wrong, pairs)
    gaps = np.array([prizes[a] - prizes[b] for a, b in pairs])
    even = max(len(rated) / max(n, 1.0), 1.0) - 1
    weights = loss_weights(gaps, worth.all + even * worth.label.sum(axis=0))
    score = np.zeros(len(rated))
    score[rated] = np.sqrt(worth.label @ weights)
    own = score / score.mean() if score.any() else np.ones(len(rated))
    wish = EQUAL_PART + (1 - EQUAL_PART) * own
    table = pd.DataFrame({
        "touchpoint": [kinds[a][0] for a, _ in pairs],
        "next": [kinds[b][0] for _, b in pairs],
        "difference": gaps,
        "error": _errors(corrected, pairs),
    })  # fmt: skip
    return Wish(wish, table, worth, rated)


def settled(pairs: pd.DataFrame) -> pd.Series:
    """Return the pairs whose order the labels so far have made sure (95 %)."""
    return (pairs["difference"] > _Z * pairs["error"]) & pairs["error"].notna()


def never_settled(pairs: pd.DataFrame) -> pd.Series:
    """Return the pairs that would stay open even if every text were labelled.

    Only labels can tell: what the tagger alone makes of a difference is drawn towards zero.
    """
    return (pairs["difference"] <= _Z * pairs["error_all"]) & pairs["error"].notna()


def _no_pairs() -> pd.DataFrame:
    texts = {name: pd.Series([], dtype="str") for name in ("touchpoint", "next")}
    numbers = {name: pd.Series([], dtype=float) for name in ("difference", "error")}
    return pd.DataFrame(texts | numbers)


def _fit(seen: Observations, rated: Flags, kinds: tuple[Kind, ...]) -> Fitted:
    """Fit the tagger's marks of the rated respondents, as the correction will with labels."""
    number = int(rated.sum())
    marks = _rows_of(seen, rated)
    everybody = take_sample(np.ones(number, dtype=bool))
    outcome = seen.outcome[rated]
    readings = Readings(marks, marks, outcome, np.zeros((number, 0)), everybody)
    columns, _ = fill_columns(readings, kinds)
    inverse = invert(columns.T @ columns).matrix
    coefficients = inverse @ (columns.T @ outcome)
    return Fitted(
        columns=columns,
        inverse=inverse,
        residual=outcome - columns @ coefficients,
        coefficients=coefficients,
        shares=columns[:, columns.shape[1] - len(kinds) :].mean(axis=0),
        nothing=1 if columns.shape[1] == len(kinds) + 4 else None,
        named=marks.mentioned.sum(axis=1).astype(float),
    )


def _rows_of(seen: Observations, rows: Flags) -> Marks:
    marks = seen.marks
    return Marks(
        marks.touchpoints, marks.mentioned[rows], marks.negative[rows], marks.positive[rows]
    )


def _prizes(
    seen: Observations, kinds: tuple[Kind, ...], fitted: Fitted, labels: Labels | None
) -> tuple[Array, Array, Correction | None]:
    """Return prize and effect of each term: as the labels correct them, else the tagger's."""
    effects = fitted.coefficients[fitted.first :]
    plain = -effects * fitted.shares
    if labels is None or not labels.labelled.any():
        return plain, effects, None
    terms = [
        Term(key, mark, share) for (key, mark), share in zip(kinds, fitted.shares, strict=True)
    ]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", TpfeedbackWarning)
            found = corrected_effects(terms, seen.marks, labels, seen.outcome, seen.controls)
    except ImpactError:  # too few labels yet to correct anything
        return plain, effects, None
    known = found.known
    return np.where(known, found.prizes, plain), np.where(known, found.values, effects), found


def _checked(labels: Labels | None, rated: Flags, kinds: tuple[Kind, ...]) -> Checked | None:
    if labels is None:
        return None
    read = labels.labelled & rated
    place = {name: i for i, name in enumerate(labels.marks.touchpoints)}
    truth = np.zeros((int(read.sum()), len(kinds)), dtype=bool)
    for column, (touchpoint, sentiment) in enumerate(kinds):
        if touchpoint in place:
            truth[:, column] = labels.marks.of(sentiment)[read, place[touchpoint]]
    weight = np.ones(len(truth)) if labels.chance is None else 1 / labels.chance[read]
    return Checked(read[rated], truth, weight / max(weight.mean(), 1e-12)) if len(truth) else None


def _errors(corrected: Correction | None, pairs: list[tuple[int, int]]) -> Array:
    """Return the error of each difference of prizes so far, missing without enough labels."""
    if corrected is None:
        return np.full(len(pairs), np.nan)
    cov = corrected.prize_covariance
    return np.array([np.sqrt(max(cov[a, a] + cov[b, b] - 2 * cov[a, b], 0.0)) for a, b in pairs])
