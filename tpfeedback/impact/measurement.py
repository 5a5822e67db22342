"""One measurement from the tables to the impact table, with all that was estimated on the way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from tpfeedback.errors import ImpactError
from tpfeedback.impact.cautions import find_cautions, find_later
from tpfeedback.impact.controls import read_controls
from tpfeedback.impact.correction import corrected_effects
from tpfeedback.impact.design import build_design
from tpfeedback.impact.labels import Labels, match_labels
from tpfeedback.impact.marks import count_marks
from tpfeedback.impact.methods import load_method
from tpfeedback.impact.methods.penalty_reward import estimate as penalty_reward
from tpfeedback.impact.models import Effects, load_model
from tpfeedback.impact.models.linear import estimate_effects as linear
from tpfeedback.impact.observations import (
    Observations,
    read_clusters,
    read_observations,
    read_weights,
)
from tpfeedback.impact.outcome import compare_unrated
from tpfeedback.impact.policies import load_policy
from tpfeedback.impact.regression import Design
from tpfeedback.impact.seeds import check_seed
from tpfeedback.tables import IMPACT
from tpfeedback.taxonomy import Taxonomy, load_taxonomy
from tpfeedback.wording import write_note


@dataclass(frozen=True, kw_only=True)
class Options:
    """What `fit_impact` was asked for; see there."""

    outcome: str = "overall"
    method: str = "penalty_reward"
    model: str = "linear"
    taxonomy: str | Path | Taxonomy = "general"
    controls: Sequence[str] = ()
    weights: str | None = None
    cluster: str | None = None
    policy: str = "baseline"
    labels: pd.DataFrame | None = None
    random_state: int = 0

    @property
    def linear(self) -> bool:
        """Whether the model is fitted by least squares, to the outcome or to a recoded one."""
        return load_model(self.model) is linear


@dataclass(frozen=True, eq=False)
class Measurement:
    """The impact table, and what led to it; no `design` where nothing could be estimated.

    `effects` are there where the method is "penalty_reward".
    """

    table: pd.DataFrame
    observations: Observations
    notes: tuple[str, ...]
    design: Design | None = None
    effects: Effects | None = None


def measure(feedback: pd.DataFrame, mentions: pd.DataFrame, options: Options) -> Measurement:
    """Check what was given, and measure."""
    check_options(options)
    seen = read_observations(
        feedback,
        mentions,
        outcome=options.outcome,
        model=options.model,
        controls=options.controls,
        weights=options.weights,
        cluster=options.cluster,
    )
    labels = None if options.labels is None else match_labels(feedback, options.labels)
    measured = measure_observations(seen, options, labels=labels)
    later = () if measured.design is None else find_later(feedback, options.outcome)
    return replace(measured, notes=(*measured.notes, *later))


def measure_observations(
    seen: Observations, options: Options, *, labels: Labels | None = None
) -> Measurement:
    """Measure what was observed, each row as often as its `count` says; `labels`: see `Labels`."""
    stages = {t.key: t.stage for t in load_taxonomy(options.taxonomy).touchpoints}
    counts = count_marks(seen.marks, stages, seen.weights, seen.count)
    empty = pd.DataFrame(index=list(seen.marks.touchpoints))
    nothing = _nothing_to_measure(seen)
    if nothing:
        return Measurement(_table(counts, empty), seen, (*seen.notes, *nothing))
    design = build_design(
        seen.marks,
        seen.outcome,
        seen.controls,
        weights=seen.weights,
        clusters=seen.clusters,
        count=seen.count,
        policy=options.policy,
        model=options.model,
    )
    notes = (*seen.notes, *design.notes)
    if design.rated <= design.columns.shape[1]:
        few = write_note("few_texts")
        return Measurement(_table(counts, empty), seen, (*notes, few))
    effects = _effects(design, seen, labels, options)
    columns = _columns(design, effects, options)
    told = *(effects.notes if effects else ()), *_unrated(seen, columns)
    notes = (*notes, *told, *find_cautions(design, seen))
    return Measurement(_table(counts, columns), seen, notes, design, effects)


def check_request(feedback: pd.DataFrame, options: Options) -> None:
    """Refuse what can be seen to be wrong before anything is found in the texts."""
    check_options(options)
    load_model(options.model)
    read_controls(feedback, options.controls, outcome=options.outcome)
    if options.weights is not None:
        read_weights(feedback, options.weights)
    if options.cluster is not None:
        read_clusters(feedback, options.cluster)


def check_options(options: Options) -> None:
    """Refuse unknown names, and what does not go together."""
    check_seed(options.random_state)
    load_method(options.method)
    load_policy(options.policy)
    if options.policy != "baseline" and not options.linear:
        raise ImpactError(
            f"Policy {options.policy!r} cannot be taken with model={options.model!r}. Allowed: "
            "policy='baseline', or one of the linear models ('linear', 'nps'). Change one of them."
        )
    if options.labels is None:
        return
    given = {"method": options.method, "model": options.model, "policy": options.policy}
    wanted = {"method": ("penalty_reward",), "model": ("linear", "nps"), "policy": ("baseline",)}
    for name, value in given.items():
        if value not in wanted[name]:
            raise ImpactError(
                f"labels= cannot be taken with {name}={value!r}. Allowed: "
                f"{' or '.join(map(repr, wanted[name]))}. Leave out labels=, or {name}=."
            )


def _nothing_to_measure(seen: Observations) -> tuple[str, ...]:
    rated = np.isfinite(seen.outcome)
    known = seen.outcome[rated]
    if not seen.marks.touchpoints:
        return (write_note("no_mentions"),)
    if np.ptp(known) == 0:
        return (write_note("outcome_constant", outcome=known[0], texts=seen.number(rated)),)
    return ()


def _unrated(seen: Observations, columns: pd.DataFrame) -> tuple[str, ...]:
    if "prize" not in columns:
        return ()
    return compare_unrated(seen.marks, seen.outcome, seen.weights, seen.count)


def _effects(
    design: Design, seen: Observations, labels: Labels | None, options: Options
) -> Effects | None:
    if options.method != "penalty_reward":
        return None
    if labels is None:
        return load_model(options.model)(design)
    return corrected_effects(
        design.terms,
        seen.marks,
        labels,
        seen.outcome,
        seen.controls,
        weights=seen.weights,
        cluster=seen.clusters,
    )


def _columns(design: Design, effects: Effects | None, options: Options) -> pd.DataFrame:
    if effects is None:
        return load_method(options.method)(design, random_state=options.random_state)
    return penalty_reward(design, random_state=options.random_state, effects=effects)


def _table(counts: pd.DataFrame, effects: pd.DataFrame) -> pd.DataFrame:
    table = counts.join(effects, on="touchpoint")
    table = table.reindex(columns=[column.name for column in IMPACT])
    kinds = {column.name: "str" if column.kind == "text" else float for column in IMPACT}
    kinds |= {column.name: "int64" for column in IMPACT if column.kind == "count"}
    return table.astype(kinds).sort_values(
        ["prize", "touchpoint"], ascending=[False, True], na_position="last", ignore_index=True
    )
