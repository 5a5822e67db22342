"""Penalties and rewards of every segment: its own, those of all, and whether they differ."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.special import ndtri, stdtrit

from tpfeedback.errors import ImpactError
from tpfeedback.impact.design import build_design
from tpfeedback.impact.gram import Array, Flags, Places
from tpfeedback.impact.marks import Marks
from tpfeedback.impact.models.linear import estimate_effects
from tpfeedback.impact.observations import Observations
from tpfeedback.impact.regression import Design
from tpfeedback.shares.intervals import effective_sizes, parts_of
from tpfeedback.shares.strata import Grouping
from tpfeedback.tracking.differences import bonferroni
from tpfeedback.tracking.heterogeneity import Rows, assign_folds, equality_test, held_out_gains
from tpfeedback.tracking.pooling import Pooled, paule_mandel, pool

KINDS = {"penalty": "negative", "reward": "positive"}
SPARE = 20  # rated respondents that a segment needs beyond the terms of its regression
_Z = float(ndtri(0.975))


@dataclass(frozen=True, eq=False)
class SegmentEffects:
    """Effects of both kinds ("penalty", "reward"); missing (NaN) where they cannot be told.

    Arrays are (segments, touchpoints): `values`, `variances` and `degrees` of the segment's own
    regression, `own_prizes` and their `prize_errors` (half of the interval), `shares` of the rated
    that complain, `worth` how many independent respondents each share is worth, and `sizes`
    (segments,) the rated of each. `pooled` is one per touchpoint, and `common` (touchpoints,) are
    the effects in the regression of all. `tau` (touchpoints,) are standard deviations of the true
    effects. `tests` is the table of tests.
    """

    values: dict[str, Array]
    variances: dict[str, Array]
    degrees: dict[str, Array]
    own_prizes: Array
    prize_errors: Array
    shares: Array
    worth: Array
    sizes: Places
    pooled: dict[str, list[Pooled]]
    common: dict[str, Array]
    common_errors: dict[str, Array]
    tests: pd.DataFrame
    lacking: tuple[int, ...]


def measure_segments(
    seen: Observations, grouping: Grouping, controls: pd.DataFrame, *, random_state: int
) -> SegmentEffects:
    """Return the effects of all segments of a column.

    Raises:
        ImpactError: there are fewer rated respondents than terms.
    """
    inside = grouping.codes >= 0
    outcome = np.where(inside, seen.outcome, np.nan)
    level = np.array([*grouping.names, ""], dtype=object)[grouping.codes]
    held = controls.assign(**{f"segment {grouping.column}": level})
    design = build_design(seen.marks, outcome, held, weights=seen.weights, clusters=seen.clusters)
    if design.rated <= design.columns.shape[1] + 1:
        raise ImpactError(
            f"There are {design.rated} rated respondents for {design.columns.shape[1]} terms. "
            "Allowed: more respondents than terms, advised: ten times as many. Collect more "
            "feedback, or hold fewer controls."
        )
    own = [_of_segment(seen, grouping.rows(i), controls) for i in range(len(grouping.names))]
    found = {
        name: {kind: np.array([getattr(one, name)[kind] for one in own]) for kind in KINDS}
        for name in ("values", "variances", "degrees")
    }
    pooled = {
        kind: [pool(*(found[name][kind][:, j] for name in found))
               for j in range(len(seen.marks.touchpoints))]
        for kind in KINDS
    }  # fmt: skip
    common, errors = _common(design)
    tests = _tests(seen, grouping, design, outcome, found, random_state=random_state)
    return SegmentEffects(
        **found,
        own_prizes=np.array([one.prizes for one in own]),
        prize_errors=np.array([one.prize_halves for one in own]),
        shares=np.array([one.shares for one in own]),
        worth=np.array([one.worth for one in own]),
        sizes=np.array([one.rated for one in own], dtype=np.intp),
        pooled=pooled,
        common=common,
        common_errors=errors,
        tests=tests,
        lacking=tuple(i for i, one in enumerate(own) if not one.measured),
    )


def standardised(seen: Observations, grouping: Grouping) -> Observations:
    """Return the observations with the outcome centred in its segment, in its own deviations.

    Within-culture standardisation (Fischer 2004, J. Cross-Cultural Psychology 35:263-282): where
    people of a country use the whole scale and those of another its middle only, the same
    experience moves the rating by more points in the first.

    A segment whose ratings vary more for another reason (it complains more often, or its ratings
    hang on more that is not told) has a larger deviation too, and seems to feel each thing less.
    A segment in which everybody gave the same rating has no deviation, and no outcome here.
    """
    outcome = np.full(len(seen.outcome), np.nan)
    weight = np.ones(len(outcome)) if seen.weights is None else seen.weights
    for place in range(len(grouping.names)):
        rows = grouping.rows(place) & np.isfinite(seen.outcome) & (weight > 0)
        values, own = seen.outcome[rows], weight[rows]
        if rows.any() and np.ptp(values) > 0:
            mean = np.average(values, weights=own)
            outcome[rows] = (values - mean) / np.sqrt(np.average((values - mean) ** 2, weights=own))
    return replace(seen, outcome=outcome)


@dataclass(frozen=True, eq=False)
class _Own:
    """Effects of one segment; arrays are (touchpoints,)."""

    values: dict[str, Array]
    variances: dict[str, Array]
    degrees: dict[str, Array]
    prizes: Array
    prize_halves: Array
    shares: Array
    worth: Array
    rated: int
    measured: bool


def _of_segment(seen: Observations, rows: Flags, controls: pd.DataFrame) -> _Own:
    marks, outcome = seen.marks, seen.outcome[rows]
    weights, clusters = parts_of(seen, rows)
    number = len(marks.touchpoints)
    empty: dict[str, dict[str, Array]] = {
        name: {kind: np.full(number, np.nan) for kind in KINDS}
        for name in ("values", "variances", "degrees")
    }
    nothing = np.full(number, np.nan)
    rated = np.isfinite(outcome) & (True if weights is None else weights > 0)
    shares, worth = effective_sizes(
        marks.negative[rows][rated],
        weights=None if weights is None else weights[rated],
        clusters=None if clusters is None else clusters[rated],
    )
    blank = _Own(**empty, prizes=nothing, prize_halves=nothing.copy(), shares=shares, worth=worth,
                 rated=int(rated.sum()), measured=False)  # fmt: skip
    if not rated.any() or np.ptp(outcome[rated]) == 0:
        return blank
    own = Marks(marks.touchpoints, *(f[rows] for f in (marks.mentioned, marks.negative,
                                                       marks.positive)))  # fmt: skip
    design = build_design(own, outcome, controls[rows], weights=weights, clusters=clusters)
    lone = design.clusters is not None and design.clusters.shape[0] < 2
    if design.rated < design.columns.shape[1] + SPARE or lone:
        return blank
    return _filled(blank, design, marks.touchpoints)


def _filled(blank: _Own, design: Design, touchpoints: tuple[str, ...]) -> _Own:
    effects = estimate_effects(design)
    kinds = {sentiment: kind for kind, sentiment in KINDS.items()}
    variances = np.diag(effects.covariance)
    for i, term in enumerate(design.terms):
        if not effects.known[i]:
            continue
        kind, place = kinds[term.sentiment], touchpoints.index(term.touchpoint)
        blank.values[kind][place] = effects.values[i]
        blank.variances[kind][place] = variances[i]
        blank.degrees[kind][place] = effects.degrees[i]
        if kind == "penalty":
            half = stdtrit(effects.degrees[i], 0.975) * np.sqrt(max(effects.prize_variance[i], 0.0))
            blank.prizes[place], blank.prize_halves[place] = effects.prizes[i], half
    return replace(blank, measured=True)


def _common(design: Design) -> tuple[dict[str, Array], dict[str, Array]]:
    """Return the effects in the regression of all, and half of their intervals."""
    effects, kinds = estimate_effects(design), {s: kind for kind, s in KINDS.items()}
    values = {kind: np.full(len(design.touchpoints), np.nan) for kind in KINDS}
    errors = {kind: np.full(len(design.touchpoints), np.nan) for kind in KINDS}
    for i, term in enumerate(design.terms):
        if effects.known[i]:
            kind, place = kinds[term.sentiment], design.touchpoints.index(term.touchpoint)
            values[kind][place] = effects.values[i]
            error = np.sqrt(max(effects.covariance[i, i], 0.0))
            errors[kind][place] = stdtrit(effects.degrees[i], 0.975) * error / _Z
    return values, errors


def _tests(
    seen: Observations,
    grouping: Grouping,
    design: Design,
    outcome: Array,
    found: dict[str, dict[str, Array]],
    *,
    random_state: int,
) -> pd.DataFrame:
    """Return one row per touchpoint, with p-values of equal effects and the held-out gain."""
    columns: dict[str, Array] = {}
    for kind in KINDS:
        parts = [found[name][kind].T for name in ("values", "variances", "degrees")]
        pairs = [equality_test(*each) for each in zip(*parts, strict=True)]
        columns[f"{kind}_statistic"], columns[f"{kind}_p_value"] = np.array(pairs).T
        columns[f"{kind}_segments"] = np.isfinite(parts[0]).sum(axis=1)
        tau2 = [paule_mandel(y, v) for y, v in zip(*parts[:2], strict=True)]
        columns[f"{kind}_tau"] = np.sqrt(np.array(tau2))
    chances = np.array([columns[f"{kind}_p_value"] for kind in KINDS])
    columns["p_value"] = bonferroni(chances)
    rows = _rows(seen, grouping, design, outcome, random_state=random_state)
    gains = held_out_gains(rows, _choices(design, columns))
    columns["gain"] = np.where(np.isfinite(columns["p_value"]), gains, np.nan)
    return pd.DataFrame(columns, index=list(seen.marks.touchpoints))


def _rows(
    seen: Observations, grouping: Grouping, design: Design, outcome: Array, *, random_state: int
) -> Rows:
    """Return the rated respondents as they are predicted when held out."""
    weight = np.ones(len(outcome)) if seen.weights is None else seen.weights
    rated = np.flatnonzero(np.isfinite(outcome) & (weight > 0))
    names = pd.Series(seen.texts).groupby(seen.rows).min().to_numpy()
    labels = names if seen.clusters is None else seen.clusters
    clusters = np.unique(np.asarray(labels)[rated], return_inverse=True)[1]
    texts = sparse.csr_matrix(design.sources.texts)[rated]
    return Rows(
        columns=texts,
        flags=sparse.csc_matrix(texts[:, design.sources.layout.terms]),
        outcome=outcome[rated],
        groups=grouping.codes[rated],
        weight=weight[rated],
        clusters=clusters,
        folds=assign_folds(clusters, random_state=random_state),
    )


def _choices(design: Design, columns: dict[str, Array]) -> list[list[tuple[int, float]]]:
    """Return the terms of each touchpoint, and how much their effects differ."""
    kinds = {sentiment: kind for kind, sentiment in KINDS.items()}
    choices: list[list[tuple[int, float]]] = [[] for _ in design.touchpoints]
    for i, term in enumerate(design.terms):
        place = design.touchpoints.index(term.touchpoint)
        tau = columns[f"{kinds[term.sentiment]}_tau"][place]
        choices[place].append((i, float(np.nan_to_num(tau)) ** 2))
    return choices
