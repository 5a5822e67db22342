"""How right the tagger is: of each language, and of each touchpoint."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields

import numpy as np
import pandas as pd

from tpfeedback.evaluation.codes import UNTOLD, Codes, Flags
from tpfeedback.evaluation.ratios import Array, Estimate, f1, macro_f1, ratio

ALL = "all"  # the row of all languages, or of all touchpoints, together
ENOUGH = 10  # labelled texts that name a touchpoint, from which on it counts in a macro-F1


@dataclass(frozen=True, eq=False)
class Counts:
    """What was labelled, said and right in each text (texts, touchpoints); 0 or 1 each.

    The `felt` ones are those whose sentiment is compared too: labels that tell none are left out,
    and right is only what has the labelled sentiment.
    """

    labelled: Array
    said: Array
    right: Array
    felt_labelled: Array
    felt_said: Array
    felt_right: Array
    weights: Array | None

    def of(self, rows: Flags) -> Counts:
        """Return the counts of some texts."""
        weights = None if self.weights is None else self.weights[rows]
        return self._each(lambda part: part[rows], weights)

    def summed(self) -> Counts:
        """Return the counts of all touchpoints together, as if they were one."""
        return self._each(lambda part: part.sum(axis=1, keepdims=True), self.weights)

    def _each(self, change: Callable[[Array], Array], weights: Array | None) -> Counts:
        names = (field.name for field in fields(self) if field.name != "weights")
        return Counts(**{name: change(getattr(self, name)) for name in names}, weights=weights)


def count_right(labelled: Codes, said: Codes, weights: Array | None = None) -> Counts:
    """Compare codes of labels and answers; no text may be unread.

    >>> found = count_right(np.array([[1, 0]], dtype=np.int8), np.array([[3, 3]], dtype=np.int8))
    >>> found.right.tolist(), found.felt_right.tolist()
    ([[1.0, 0.0]], [[0.0, 0.0]])
    """
    true, named, told = labelled > 0, said > 0, labelled != UNTOLD
    return Counts(
        labelled=true.astype(float),
        said=named.astype(float),
        right=(true & named).astype(float),
        felt_labelled=(true & told).astype(float),
        felt_said=(named & told).astype(float),
        felt_right=(true & told & (labelled == said)).astype(float),
        weights=weights,
    )


def language_scores(
    counts: Counts, groups: Mapping[str, Flags], right_overall: Array
) -> pd.DataFrame:
    """Return one row a language; `right_overall` (texts,) is 0 or 1, NaN where not known."""
    rows = []
    for language, rows_of in groups.items():
        own, told = counts.of(rows_of), rows_of & ~np.isnan(right_overall)
        facts = {"language": language, "texts": int(rows_of.sum()), **_totals(own.summed())}
        rows.append(pd.DataFrame({**facts, **_figures(own.summed()), **_macro(own)}))
        weights = None if counts.weights is None else counts.weights[told]
        overall = ratio(right_overall[told][:, None], np.ones((int(told.sum()), 1)), weights)
        rows[-1] = rows[-1].assign(**overall.columns("overall_accuracy"))
    return pd.concat(rows, ignore_index=True)


def touchpoint_scores(
    counts: Counts, groups: Mapping[str, Flags], touchpoints: tuple[str, ...]
) -> pd.DataFrame:
    """Return one row a touchpoint and language, of those that were labelled or said at all."""
    tables = []
    for language, rows in groups.items():
        own = counts.of(rows)
        facts = {"touchpoint": list(touchpoints), "language": language, "texts": int(rows.sum())}
        tables.append(pd.DataFrame({**facts, **_totals(own), **_figures(own)}))
    table = pd.concat(tables, ignore_index=True)
    seen = table.groupby("touchpoint")[["labelled", "said"]].transform("sum").sum(axis=1) > 0
    order = {language: place for place, language in enumerate(groups)}
    return (
        table[seen]
        .sort_values(
            ["language", "touchpoint"],
            key=lambda values: values.map(order) if values.name == "language" else values,
        )
        .reset_index(drop=True)
    )


def human_f1(marks: Mapping[str, Codes], rows: Flags, weights: Array | None) -> Estimate:
    """Return F1 of annotators against each other, of each touchpoint and, last, of all together.

    Every two annotators are compared on the texts (of `rows`) that both read; which one stands
    for the tagger makes no difference to F1.
    """
    names = sorted(marks)
    parts = []
    for place, first in enumerate(names):
        for second in names[place + 1 :]:
            both = rows & (marks[first] >= 0).all(axis=1) & (marks[second] >= 0).all(axis=1)
            one, other = marks[first] > 0, marks[second] > 0
            parts.append(np.stack([one & other, one, other]) & both[:, None])
    if not parts:
        shape = next(iter(marks.values())).shape[1] + 1
        return Estimate(*(np.full(shape, np.nan) for _ in range(3)))
    summed = np.sum(parts, axis=0, dtype=float)
    with_all = np.concatenate([summed, summed.sum(axis=2, keepdims=True)], axis=2)
    return f1(with_all[0], with_all[1], with_all[2], weights)


def _totals(counts: Counts) -> dict[str, Array]:
    """Return how many mentions were labelled, said and right: in these texts, not weighted."""
    sums = {"labelled": counts.labelled, "said": counts.said, "right": counts.right}
    return {name: part.sum(axis=0).astype(np.int64) for name, part in sums.items()}


def _figures(counts: Counts) -> dict[str, Array]:
    true, said, right, weights = counts.labelled, counts.said, counts.right, counts.weights
    felt_true, felt_said, felt_right = counts.felt_labelled, counts.felt_said, counts.felt_right
    return {
        **ratio(right, said, weights).columns("precision"),
        **ratio(right, true, weights).columns("recall"),
        **f1(right, said, true, weights).columns("f1"),
        **f1(felt_right, felt_said, felt_true, weights).columns("sentiment_f1"),
        # Said where the label tells no sentiment is right, and not counted here.
        **ratio(felt_right, right - (said - felt_said), weights).columns("sentiment_accuracy"),
    }


def _macro(counts: Counts) -> dict[str, Array]:
    often = counts.labelled.sum(axis=0) >= ENOUGH
    right, said, true = counts.right, counts.said, counts.labelled
    felt_right, felt_said, felt_true = counts.felt_right, counts.felt_said, counts.felt_labelled
    plain = macro_f1(right[:, often], said[:, often], true[:, often], counts.weights)
    with_sentiment = macro_f1(
        felt_right[:, often], felt_said[:, often], felt_true[:, often], counts.weights
    )
    return {
        "macro_touchpoints": np.array([int(often.sum())]),
        **plain.columns("macro_f1"),
        **with_sentiment.columns("macro_sentiment_f1"),
    }
