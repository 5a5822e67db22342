"""The same texts read twice, by the tagger and by people: two designs with the same columns."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from tpfeedback.errors import ImpactError
from tpfeedback.impact.controls import control_columns
from tpfeedback.impact.design import MIN_TEXTS
from tpfeedback.impact.gram import Array, Flags, Places, invert
from tpfeedback.impact.labels import Labels
from tpfeedback.impact.marks import Marks
from tpfeedback.impact.power_tuning import Sample, take_sample

Kind = tuple[str, str]
"""Touchpoint and sentiment of a term."""


@dataclass(frozen=True, eq=False)
class Readings:
    """Marks of the rated texts by the tagger and by hand, over the same touchpoints."""

    tagger: Marks
    hand: Marks
    outcome: Array
    controls: Array
    sample: Sample


def take_rated(
    tagged: Marks,
    labels: Labels,
    outcome: Array,
    controls: pd.DataFrame,
    *,
    weights: Array | None,
    cluster: Places | None,
) -> Readings:
    """Return what the tagger and people found in the rated texts (those with an outcome).

    Raises:
        ImpactError: no rated text is labelled, or the outcome of the labelled ones is constant.
    """
    rated = np.isfinite(outcome) if weights is None else np.isfinite(outcome) & (weights > 0)
    labelled = labels.labelled[rated]
    names = tuple(sorted({*tagged.touchpoints, *labels.marks.touchpoints}))
    columns = control_columns(controls.loc[rated], smallest=MIN_TEXTS)
    number = int(rated.sum())
    known = outcome[rated]
    if not labelled.any() or np.ptp(known[labelled]) == 0:
        raise ImpactError(
            f"{int(labelled.sum())} rated texts are labelled, and their outcome does not vary. "
            "At least a few dozen labelled texts with different ratings are needed. Label a random "
            "sample of the rated texts (400 is a good start), or leave out labels=."
        )
    sample = take_sample(
        labelled,
        weights=None if weights is None else weights[rated],
        cluster=None if cluster is None else np.unique(cluster[rated], return_inverse=True)[1],
        chance=None if labels.chance is None else labels.chance[rated],
    )
    held = np.column_stack([*columns.values()]) if columns else np.zeros((number, 0))
    return Readings(
        take_marks(tagged, names, rated),
        take_marks(labels.marks, names, rated),
        known,
        held,
        sample,
    )


def take_marks(marks: Marks, names: tuple[str, ...], rows: Flags) -> Marks:
    """Return the marks of these rows, one column per name."""
    places = [names.index(touchpoint) for touchpoint in marks.touchpoints]

    def spread(flags: Flags) -> Flags:
        found = np.zeros((int(rows.sum()), len(names)), dtype=bool)
        found[:, places] = flags[rows]
        return found

    return Marks(names, spread(marks.mentioned), spread(marks.negative), spread(marks.positive))


def frequent_kinds(hand: Marks, labelled: Flags) -> tuple[Kind, ...]:
    """Return the terms that enough labelled texts hold, and enough do not."""
    number, kinds = int(labelled.sum()), []
    for sentiment in ("negative", "positive"):
        found = hand.of(sentiment)[labelled].sum(axis=0)
        fit = (found >= MIN_TEXTS) & (number - found >= MIN_TEXTS)
        kinds += [(hand.touchpoints[i], sentiment) for i in np.flatnonzero(fit)]
    return tuple(sorted(kinds))


def fill_columns(readings: Readings, kinds: tuple[Kind, ...]) -> tuple[Array, Array]:
    """Return the columns of the regression by the tagger (all) and by hand (labelled rows).

    Constant, "names nothing", terms too rare for an own column (complaints, praise), controls,
    terms. Without a text that names nothing or more than one thing, "names nothing" is a sum of
    others: the texts that name nothing are then the baseline.
    """
    rows = readings.sample.labelled
    predicted = _fill(readings.tagger, readings.controls, kinds)
    truth = _fill(readings.hand, readings.controls, kinds)[rows]
    if any(1 in group for group in invert(truth.T @ truth).entangled):
        predicted, truth = np.delete(predicted, 1, axis=1), np.delete(truth, 1, axis=1)
    if len(truth) <= truth.shape[1]:
        raise ImpactError(
            f"{len(truth)} rated texts are labelled, for {truth.shape[1]} columns of the "
            f"regression. At least {truth.shape[1] + 1} are needed, ten times as many advised. "
            "Label more texts, or use a taxonomy with fewer touchpoints."
        )
    return predicted, truth


def _fill(marks: Marks, controls: Array, kinds: tuple[Kind, ...]) -> Array:
    place = {name: i for i, name in enumerate(marks.touchpoints)}
    rare = []
    for sentiment in ("negative", "positive"):
        others = [place[name] for name in place if (name, sentiment) not in kinds]
        rare.append(marks.of(sentiment)[:, others].any(axis=1))
    flags = [marks.of(sentiment)[:, place[name]] for name, sentiment in kinds]
    number, nothing = len(marks.mentioned), ~marks.mentioned.any(axis=1)
    return np.column_stack([np.ones(number), nothing, *rare, controls, *flags]).astype(float)
