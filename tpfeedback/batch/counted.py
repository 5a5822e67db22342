"""The impact of patterns with counts: what `fit_impact` gives for the rows they stand for."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy import sparse

from tpfeedback.batch.cautions import counted_cautions
from tpfeedback.batch.held import held_columns
from tpfeedback.batch.patterns import Patterns
from tpfeedback.impact.design import (
    NOTHING,
    _entangled,
    _nothing_to_compare,
    _small_sample,
    assemble_design,
)
from tpfeedback.impact.fit import ImpactFit, complete
from tpfeedback.impact.gram import Array, Flags, Places, invert, pair_products
from tpfeedback.impact.marks import count_marks
from tpfeedback.impact.measurement import Measurement, Options, _table
from tpfeedback.impact.methods.penalty_reward import estimate
from tpfeedback.impact.models import load_model, prepare_outcome
from tpfeedback.impact.observations import Observations
from tpfeedback.impact.policies import Policy, load_policy
from tpfeedback.impact.regression import Design, mixed
from tpfeedback.impact.terms import Rated, choose_terms, mention_columns
from tpfeedback.taxonomy import load_taxonomy
from tpfeedback.wording import write_note


@dataclass(frozen=True, eq=False)
class Counted(Rated):
    """Rated patterns, each of which stands for `count` texts."""

    count: Array

    def number(self, flags: Flags) -> Places:
        """Return how many texts hold each flag."""
        return np.asarray(self.count @ flags)

    def share(self, flags: Flags) -> Array:
        """Return the share of the texts with each flag."""
        return np.asarray(self.number(flags) / self.count.sum())


def fit_patterns(patterns: Patterns, options: Options) -> ImpactFit:
    """Return the fit of `fit_impact` for the rows behind the patterns.

    Equal to it but for rounding, intervals and bootstrap replicates among it; a test holds both
    to 1e-9. It explains no single text (`explain`), since it knows none.
    """
    outcome = prepare_outcome(options.model, patterns.outcome, name=options.outcome)
    patterns = replace(patterns, outcome=outcome)
    return complete(_measure(patterns, options), options)


def _measure(patterns: Patterns, options: Options) -> Measurement:
    seen = _observations(patterns)
    counts = _counts(patterns, options)
    empty = pd.DataFrame(index=list(patterns.marks.touchpoints))
    nothing = _nothing_to_measure(patterns)
    if nothing:
        return Measurement(_table(counts, empty), seen, nothing)
    design = _build(patterns, load_policy(options.policy), options.model)
    if design.rated <= design.columns.shape[1]:
        few = write_note("few_texts")
        return Measurement(_table(counts, empty), seen, (*design.notes, few))
    effects = load_model(options.model)(design)
    columns = estimate(design, random_state=options.random_state, effects=effects)
    notes = (*design.notes, *effects.notes, *counted_cautions(patterns, design))
    return Measurement(_table(counts, columns), seen, notes, design, effects)


def _observations(patterns: Patterns) -> Observations:
    return Observations(
        patterns.marks, patterns.outcome, patterns.controls, patterns.count, None,
        pd.Index([], dtype="str"), np.empty(0, dtype=np.intp), (),
    )  # fmt: skip


def _counts(patterns: Patterns, options: Options) -> pd.DataFrame:
    """Return counts and shares per touchpoint, as `count_marks` has them."""
    stages = {t.key: t.stage for t in load_taxonomy(options.taxonomy).touchpoints}
    marks, count = patterns.marks, patterns.count
    kinds = {"mentions": marks.mentioned, "negative": marks.negative, "positive": marks.positive}
    numbers = {name: (count @ flags).astype(np.int64) for name, flags in kinds.items()}
    return count_marks(marks, stages, count).assign(**numbers)


def _nothing_to_measure(patterns: Patterns) -> tuple[str, ...]:
    if not patterns.marks.touchpoints:
        return (write_note("no_mentions"),)
    known = np.isfinite(patterns.outcome)
    rated = patterns.outcome[known]
    if np.ptp(rated) == 0:
        texts = int(patterns.count[known].sum())
        return (write_note("outcome_constant", outcome=rated[0], texts=texts),)
    return ()


def _build(patterns: Patterns, policy: Policy, model: str) -> Design:
    """Return the design, as `build_design` does from rows."""
    rows = np.flatnonzero(np.isfinite(patterns.outcome))
    marks, rated = patterns.marks, Counted(rows, np.ones(len(rows)), None, patterns.count[rows])
    terms, flags, rare = choose_terms(marks, rated, policy)
    held: dict[str, Array | Flags] = {write_note("constant"): np.ones(len(patterns.outcome))}
    if policy.nothing:
        held[NOTHING] = np.asarray(~marks.mentioned.any(axis=1))
    held = {name: column for name, column in (held | rare).items() if column[rows].any()}
    held |= held_columns(patterns.controls, rows, rated.count)
    added = mention_columns(marks, terms) if policy.mentions else {}

    def assemble() -> Design:
        columns = {**held, **added, **{str(t): f for t, f in zip(terms, flags.T, strict=True)}}
        values = np.column_stack([column[rows].astype(float) for column in columns.values()])
        distinct, count = _collapse(values, patterns.outcome[rows], rated.count)
        kept = {name: column[rows][distinct] for name, column in columns.items()}
        known, ones = patterns.outcome[rows][distinct], np.ones(len(distinct))
        places = Rated(np.arange(len(distinct)), ones, None)
        bare = assemble_design(kept, known, places, terms, policy)
        return replace(_weigh(bare, known, count), touchpoints=marks.touchpoints, model=model)

    notes: tuple[str, ...] = ()
    design = assemble()
    if any(NOTHING in group for group in design.entangled):
        del held[NOTHING]
        design, notes = assemble(), (write_note("no_baseline"),)
    told = (*_small_sample(design), *_entangled(design), *_nothing_to_compare(design))
    return replace(design, notes=(*notes, *told))


def _collapse(values: Array, outcome: Array, count: Array) -> tuple[Places, Array]:
    """Return where each distinct row of the regression is found first, and its texts."""
    table = np.ascontiguousarray(np.column_stack([values, outcome]) + 0.0)
    key = table.view(np.dtype((np.void, table.shape[1] * table.itemsize)))[:, 0]
    _, first, places = np.unique(key, return_index=True, return_inverse=True)
    return first, np.asarray(np.bincount(places, weights=count), dtype=np.float64)


def _weigh(design: Design, outcome: Array, count: Array) -> Design:
    """Return a design of distinct rows in which each counts as many texts as it stands for."""
    rows, policy = design.sources.rows, design.policy
    count, known = count[rows], outcome[rows]
    mean = float(count @ known / count.sum())
    texts = design.sources.texts[rows]
    centred = sparse.hstack([texts, (known - mean)[:, None]])
    sources = replace(design.sources, products=pair_products(centred))
    gram = sources.gram(count[:, None])[0]
    mix, contrast = (
        None if change is None else change(gram, sources.layout)
        for change in (policy.mix, policy.contrast)
    )
    columns = texts if mix is None else texts @ sparse.csr_matrix(mix)
    return replace(
        design,
        columns=sparse.csr_matrix(columns),
        outcome=known - mean,
        count=count,
        sources=sources,
        inverse=invert(mixed(gram, mix)[:-1, :-1]),
        outcome_mean=mean,
        mix=mix,
        contrast=contrast,
    )
