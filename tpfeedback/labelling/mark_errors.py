"""Where the tagger may be wrong: how likely each of its marks, and each of its silences, is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from tpfeedback.impact.gram import Array, Flags, Places

RECALL, RIGHT_SENTIMENT, CONFIDENCE = 0.75, 0.93, 0.85
"""What is assumed of a tagger before labels tell: the share of the true marks that it finds, of
those found that have the right sentiment, and its confidence where the mentions hold none."""

_PRIOR = 50.0  # so many labelled texts weigh as much as what is assumed
_MOST = 0.9  # no mark is taken as wrong beyond that
_LARGEST_CLUE = 4.0  # bounds what the outcome may say: a factor of e^4 on the odds


@dataclass(frozen=True, eq=False)
class Checked:
    """Marks of the labelled texts by hand, with what each text stands for (mean 1)."""

    rows: Flags
    truth: Flags
    weight: Array


def wrong_marks(
    predicted: Flags, confidence: Array, effects: Array, residual: Array,
    *, checked: Checked | None = None,
) -> Array:  # fmt: skip
    """Return how likely each mark is to be other than the tagger says, (texts, terms).

    A mark found is wrong as far as its confidence and its sentiment go; of those not found, so
    many are missed as the recall says. Labels correct both rates, the more of them there are. Then
    the outcome speaks: a text that is rated much worse than its marks explain has probably a
    complaint more (Bayes' rule, normal residuals).

    Args:
        predicted: (texts, terms) marks of the tagger.
        confidence: (texts, terms) of each mark found.
        effects: (terms,) what a mark does to the outcome.
        residual: (texts,) outcome less what the tagger's marks explain; missing where unrated.
        checked: what labels say.

    >>> silent = np.zeros((4, 1), dtype=bool)
    >>> silent[0] = True
    >>> residual = np.array([0.0, 0.0, -2.0, 2.0])
    >>> wrong_marks(silent, np.full((4, 1), 0.9), np.array([-2.0]), residual).round(2)[:, 0]
    array([0.07, 0.04, 0.22, 0.01])
    """
    share = predicted.mean(axis=0)
    missed = share * CONFIDENCE * (1 - RECALL) / RECALL / np.maximum(1 - share, 1e-9)
    false = np.where(predicted, 1 - confidence * RIGHT_SENTIMENT, 0.0)
    if checked is not None:
        missed, factor = _learn(missed, false, predicted, checked)
        false = false * factor
    rate = np.clip(np.where(predicted, false, missed), 1e-6, _MOST)
    change = np.where(predicted, -effects, effects)
    known = np.isfinite(residual)
    spread = float(np.var(residual[known])) if known.any() else 1.0
    gap = np.where(known, residual, 0.0)[:, None]
    clue = (2 * gap * change - change**2) / (2 * max(spread, 1e-12))
    odds = rate / (1 - rate) * np.exp(np.clip(clue * known[:, None], -_LARGEST_CLUE, _LARGEST_CLUE))
    return np.asarray(np.minimum(odds / (1 + odds), _MOST))


def confidences(
    mentions: pd.DataFrame, texts: pd.Index, rows: Places, kinds: tuple[tuple[str, str], ...],
    number: int,
) -> Array:  # fmt: skip
    """Return the confidence of each mark, (respondents, terms): the highest of its mentions."""
    found = np.zeros((number, len(kinds)))
    if "confidence" not in mentions.columns:
        return np.full((number, len(kinds)), CONFIDENCE)
    place = rows[texts.get_indexer(pd.Index(mentions["feedback_id"].astype("str")))]
    sure = mentions["confidence"].fillna(CONFIDENCE).to_numpy(dtype=float)
    for column, (touchpoint, sentiment) in enumerate(kinds):
        here = (mentions["touchpoint"] == touchpoint) & mentions["sentiment"].isin(
            [sentiment, "mixed"]
        )
        chosen = here.to_numpy()
        np.maximum.at(found[:, column], place[chosen], sure[chosen])
    return found


def _learn(missed: Array, false: Array, predicted: Flags, checked: Checked) -> tuple[Array, Array]:
    """Return the missed share, and the factor on the false ones, as the labels have them."""
    seen, weight = predicted[checked.rows], checked.weight[:, None]
    silent = (weight * ~seen).sum(axis=0)
    lost = (weight * (~seen & checked.truth)).sum(axis=0)
    rate = (lost + _PRIOR * missed) / (silent + _PRIOR)
    expected = false[checked.rows].sum()
    factor = ((seen & ~checked.truth).sum() + _PRIOR / 5) / (expected + _PRIOR / 5)
    return rate, np.full(len(missed), factor)
