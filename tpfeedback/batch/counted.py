"""The impact of patterns with counts: what `fit_impact` gives for the rows they stand for."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from tpfeedback.batch.patterns import Patterns
from tpfeedback.errors import ImpactError
from tpfeedback.impact.fit import ImpactFit, complete
from tpfeedback.impact.gram import Array, Places
from tpfeedback.impact.measurement import Options, measure_observations
from tpfeedback.impact.models import prepare_outcome
from tpfeedback.impact.observations import (
    Observations,
    few_clusters,
    read_clusters,
    read_weights,
)


def fit_patterns(patterns: Patterns, options: Options) -> ImpactFit:
    """Return the fit of `fit_impact` for the rows behind the patterns.

    Equal to it but for rounding, intervals and bootstrap replicates among it; a test holds both
    to 1e-9. It explains no single text (`explain`), since it knows none. Weights and clusters are
    columns of the controls, as the controls are; only those that `options` names are held fixed.
    """
    outcome = prepare_outcome(options.model, patterns.outcome, name=options.outcome)
    weights = None
    if options.weights is not None:
        weights = read_weights(patterns.controls, options.weights)
        outcome = np.where(weights > 0, outcome, np.nan)
    clusters, notes = _clusters(patterns, options.cluster, outcome)
    beside = {options.weights, options.cluster} - {*options.controls}
    seen = Observations(
        marks=patterns.marks,
        outcome=outcome,
        controls=patterns.controls.drop(columns=[one for one in beside if one is not None]),
        weights=weights,
        clusters=clusters,
        texts=pd.Index([], dtype="str"),
        rows=np.empty(0, dtype=np.intp),
        notes=notes,
        count=patterns.count,
    )
    fit = complete(measure_observations(seen, options), options)
    return replace(fit, breakdown=None)


def _clusters(
    patterns: Patterns, column: str | None, outcome: Array
) -> tuple[Places | None, tuple[str, ...]]:
    """Return the code of each pattern's cluster, and a note where there are few."""
    if column is None:
        return None, ()
    table = patterns.controls
    missing = int(patterns.count[table[column].isna()].sum())
    if missing:
        raise ImpactError(
            f"{missing} respondents have no value in {column!r}. Allowed for a batch: one for "
            "each, since equal respondents are counted together. Fill the column and tag the file "
            "again, or leave cluster= out."
        )
    labels = read_clusters(table.assign(feedback_id=range(len(table))), column)
    codes = np.asarray(pd.factorize(labels, sort=True)[0], dtype=np.intp)
    return codes, few_clusters(codes[np.isfinite(outcome)], column)
