"""From marks, outcome and controls to the design of the regression."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
from scipy import sparse

from tpfeedback.impact.controls import control_columns
from tpfeedback.impact.gram import Array, Flags, Places, invert, pair_products
from tpfeedback.impact.marks import Marks
from tpfeedback.impact.policies import Policy, load_policy
from tpfeedback.impact.regression import MIN_TEXTS, NOTHING, Design, Sources, Term, mixed
from tpfeedback.impact.terms import Rated, choose_terms, find_rated, lay_out, mention_columns
from tpfeedback.wording import write_note

__all__ = ["MIN_TEXTS", "NOTHING", "Design", "Term", "assemble_design", "build_design"]

TEXTS_PER_TERM = 10
"""Fewer texts per term than this draw a warning (Harrell 2015, Regression Modeling Strategies,
section 4.4: 10 to 20 observations per parameter)."""

Columns = dict[str, Array | Flags]
"""Columns by name, one value per text, rated or not."""

_NO_NOTES: tuple[str, ...] = ()


def build_design(
    marks: Marks,
    outcome: Array,
    controls: pd.DataFrame,
    *,
    weights: Array | None = None,
    clusters: Places | None = None,
    count: Array | None = None,
    policy: str = "baseline",
    model: str = "linear",
) -> Design:
    """Return the design for the rated texts, with notes on what cannot be told apart.

    Terms with fewer than `MIN_TEXTS` texts (or clusters) are not estimated; their texts are held
    apart by two pooled columns, so that they do not colour the baseline. `weights` are survey
    weights, `clusters` codes from 0 on; texts of weight 0 do not enter the fit. `count` says how
    many texts each row stands for (None: one).
    """
    rules, rated = load_policy(policy), find_rated(outcome, weights, clusters, count)
    terms, flags, rare = choose_terms(marks, rated, rules)
    held: Columns = {write_note("constant"): np.ones(len(outcome))}
    if rules.nothing:
        held[NOTHING] = np.asarray(~marks.mentioned.any(axis=1))
    held = {name: column for name, column in (held | rare).items() if column[rated.rows].any()}
    added = mention_columns(marks, terms) if rules.mentions else {}
    own = {*held, NOTHING, *rare, *added, *map(str, terms)}
    asked = control_columns(controls, smallest=MIN_TEXTS, rated=rated.rows, count=count)
    held |= {f"{name} (control)" if name in own else name: asked[name] for name in asked}

    def assemble() -> Design:
        columns = {**held, **added, **{str(t): f for t, f in zip(terms, flags.T, strict=True)}}
        design = assemble_design(columns, outcome, rated, terms, rules)
        return replace(design, touchpoints=marks.touchpoints, model=model)

    design, notes = assemble(), _NO_NOTES
    if any(NOTHING in group for group in design.entangled):
        del held[NOTHING]
        design, notes = assemble(), (write_note("no_baseline"),)
    return replace(
        design,
        notes=(*notes, *_small_sample(design), *_entangled(design), *_nothing_to_compare(design)),
    )


def assemble_design(
    columns: Columns, outcome: Array, rated: Rated, terms: tuple[Term, ...], policy: Policy
) -> Design:
    """Return the design of columns that are chosen already; the terms stand last in them."""
    values = np.column_stack([column.astype(float) for column in columns.values()])
    texts = sparse.csr_matrix(values)
    rows, places = _compress(values[rated.rows], outcome[rated.rows], rated.weight)
    count = np.bincount(places, weights=rated.count).astype(float)
    weight, rows_of = rated.weight[rows], rated.rows[rows]
    mean = float((count * weight) @ outcome[rows_of] / (count @ weight))
    first = len(columns) - len(terms) - _number(terms) * policy.mentions
    sources = Sources(
        texts,
        rows_of,
        pair_products(sparse.hstack([texts[rows_of], outcome[rows_of][:, None] - mean])),
        lay_out(first, terms, mentions=policy.mentions),
    )
    gram = sources.gram((count * weight)[:, None])[0]
    mix, contrast = (
        None if change is None else change(gram, sources.layout)
        for change in (policy.mix, policy.contrast)
    )
    matrix = texts[rows_of] if mix is None else texts[rows_of] @ sparse.csr_matrix(mix)
    held = list(columns)[: matrix.shape[1] - len(terms)]
    return Design(
        touchpoints=(),
        terms=terms,
        held=tuple(held),
        columns=sparse.csr_matrix(matrix),
        outcome=outcome[rows_of] - mean,
        count=count,
        weight=weight,
        sources=sources,
        inverse=invert(mixed(gram, mix)[:-1, :-1]),
        outcome_mean=mean,
        clusters=_count_clusters(rated, places),
        mix=mix,
        contrast=contrast,
        policy=policy,
    )


def _number(terms: tuple[Term, ...]) -> int:
    return len({term.touchpoint for term in terms})


def _compress(columns: Array, outcome: Array, weight: Array) -> tuple[Places, Places]:
    """Return where every distinct row is found, and which of them each text is.

    The order of the rows depends on the rows alone, so that shuffled feedback gives the same
    result.
    """
    flags = np.isin(columns, (0.0, 1.0)).all(axis=0)
    packed = np.packbits(columns[:, flags].astype(bool), axis=1)
    numbers = np.column_stack([columns[:, ~flags], outcome, weight]) + 0.0  # -0.0 becomes 0.0
    key = np.column_stack([packed, np.ascontiguousarray(numbers).view(np.uint8)])
    key = np.ascontiguousarray(key).view(np.dtype((np.void, key.shape[1])))[:, 0]
    _, rows, places = np.unique(key, return_index=True, return_inverse=True)
    return rows, places


def _count_clusters(rated: Rated, places: Places) -> sparse.csr_matrix | None:
    if rated.clusters is None:
        return None
    times = np.ones(len(places)) if rated.count is None else rated.count
    return sparse.csr_matrix((times, (rated.clusters, places)))


def _small_sample(design: Design) -> tuple[str, ...]:
    terms = design.columns.shape[1]
    if design.rated >= TEXTS_PER_TERM * terms:
        return ()
    told = {"rated": design.rated, "terms": terms, "advised": TEXTS_PER_TERM * terms}
    return (write_note("small_sample", **told),)


def _entangled(design: Design) -> tuple[str, ...]:
    if not design.entangled:
        return ()
    groups = [write_note("group", parts=group) for group in design.entangled]
    return (write_note("entangled", groups=groups),)


def _nothing_to_compare(design: Design) -> tuple[str, ...]:
    lost = [term.told_as for term in design.terms if not term.told]
    return (write_note("nothing_to_compare", least=MIN_TEXTS, terms=lost),) if lost else ()
