"""One regression for two groups, such as before and after: each with effects of its own."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from tpfeedback.errors import ImpactError
from tpfeedback.impact.controls import control_columns
from tpfeedback.impact.design import MIN_TEXTS, NOTHING, assemble_design
from tpfeedback.impact.gram import Array, Flags
from tpfeedback.impact.marks import Marks
from tpfeedback.impact.policies import Layout, Policy
from tpfeedback.impact.policies.baseline import POLICY as BASELINE
from tpfeedback.impact.regression import Design, Term
from tpfeedback.impact.terms import Rated, choose_terms, find_rated
from tpfeedback.tracking.estimates import group_sizes
from tpfeedback.wording import Note, write_note

CONSTANT = "constant"
_SAME = 1e-6  # two flags that differ by less than this are the same
RARE = ("rare negative mentions", "rare positive mentions")


@dataclass(frozen=True, eq=False)
class Stacked:
    """The regression of both groups at once; group 0 is "before", group 1 "after".

    `names` are the regressors of one group: the constant, the controls, "texts that name
    nothing", rare mentions, then one per term. `own`: those with a coefficient in each group; the
    others have one for both. `told`: those whose coefficients can be told. `counts` (2, names):
    how many texts, or clusters, of each group hold the regressor. `groups` (2, names, columns)
    makes the coefficients of each group of those of the design. `values` (rows, names) are the
    regressors and `mentioned` (rows, touchpoints) the mentions of the rows of the design,
    `inside` (2, rows) says which rows are of which group. `mix` are the places of constant and
    controls among the names, `owners` the control that each of them belongs to.
    """

    design: Design
    touchpoints: tuple[str, ...]
    names: tuple[str, ...]
    terms: tuple[Term, ...]
    own: Flags
    told: Flags
    counts: Array
    groups: Array
    values: Array
    mentioned: Array
    inside: Flags
    owners: tuple[str, ...]
    notes: tuple[Note, ...]

    @property
    def mix(self) -> list[int]:
        """Places of the constant and of the controls among the names."""
        return list(range(len(self.owners)))

    @property
    def term_places(self) -> list[int]:
        """Places of the terms among the names."""
        return list(range(len(self.names) - len(self.terms), len(self.names)))

    @property
    def sizes(self) -> Array:
        """How many texts, or clusters, each group has, (2,)."""
        return group_sizes(self.design, self.inside)

    @property
    def unseen(self) -> Array:
        """Variance of the share of each regressor in each group that no text shows, (2, names).

        In a small group nobody may happen to hold one: the share is 0 then, but not surely.
        It is what the variance lacks of that with one text more that holds the regressor and one
        that does not (Wilson 1927, JASA 22:209-212; Agresti & Coull 1998, American Statistician
        52:119-126, with one each as in `shares.compare_shares`).
        """
        shares = np.array([self.mass(g) @ self.values / self.mass(g).sum() for g in (0, 1)])
        size = np.array([_worth(self.design, self.mass(g), self.inside[g]) for g in (0, 1)])[
            :, None
        ]
        rough = (shares * size + 1) / (size + 2)
        extra = rough * (1 - rough) / (size + 2) - shares * (1 - shares) / size
        return np.asarray(np.maximum(extra, 0.0))

    def mass(self, group: int) -> Array:
        """Sum of the weights of the texts of each row that are in the group, else 0."""
        return np.asarray(self.design.mass * self.inside[group])


def _worth(design: Design, mass: Array, inside: Flags) -> float:
    """Return how many texts of equal weight, or equal clusters, a group is worth (Kish)."""
    if design.clusters is None:
        squares = float((design.count * inside) @ design.weight**2)
    else:
        squares = float(((design.clusters @ (design.weight * inside)) ** 2).sum())
    return float(mass.sum()) ** 2 / squares


def stack(
    marks: Marks,
    outcome: Array,
    after: Flags,
    controls: pd.DataFrame,
    *,
    weights: Array | None = None,
    clusters: np.ndarray | None = None,
) -> Stacked:
    """Return the regression of the rated respondents of both groups.

    A regressor has a coefficient in each group where at least `MIN_TEXTS` texts (or clusters)
    with it and without it are in both, else one coefficient for both groups. Least squares with a
    constant in each group reproduce the mean of each group exactly, whatever else is shared. With
    all regressors in both groups it is the same as a regression of its own in each.

    Raises:
        ImpactError: a group has too few rated texts, or a control tells the groups apart.
    """
    rated = find_rated(outcome, weights, clusters)
    terms, flags, rare = choose_terms(marks, rated, BASELINE)
    columns: dict[str, Array] = {CONSTANT: np.ones(len(outcome))}
    owners = [CONSTANT]
    for name in controls.columns:
        added = control_columns(controls[[name]], smallest=MIN_TEXTS, rated=rated.rows)
        columns |= added
        owners += [str(name)] * len(added)
    _check_overlap(columns, after, owners, rated)
    nothing = np.asarray(~marks.mentioned.any(axis=1))
    rest = {NOTHING: nothing, **rare}
    columns |= {n: flag.astype(float) for n, flag in rest.items() if flag[rated.rows].any()}
    columns |= {str(term): flags[:, i].astype(float) for i, term in enumerate(terms)}
    halves = [
        find_rated(np.where(inside, outcome, np.nan), weights, clusters)
        for inside in (~after, after)
    ]
    draft = _Draft(marks, outcome, after, rated, halves, terms, tuple(owners), columns)
    stacked = _fit_own(draft)
    if NOTHING in columns and not stacked.told[list(columns).index(NOTHING)]:
        left = {name: column for name, column in columns.items() if name != NOTHING}
        stacked = _fit_own(replace(draft, columns=left))
    return stacked


@dataclass(frozen=True, eq=False)
class _Draft:
    """What stays the same while it is found out which regressors both groups can tell.

    `halves` are the rated of each group, `columns` the regressors of one group, by name.
    """

    marks: Marks
    outcome: Array
    after: Flags
    rated: Rated
    halves: list[Rated]
    terms: tuple[Term, ...]
    owners: tuple[str, ...]
    columns: dict[str, Array]


def _check_overlap(
    columns: dict[str, Array], after: Flags, owners: list[str], rated: Rated
) -> None:
    """Refuse an empty group, and controls whose sum is the group itself."""
    wanted = after[rated.rows].astype(float)
    if not 0 < wanted.sum() < len(wanted):
        raise ImpactError(
            f"One of the two groups has no rated text: {len(wanted) - int(wanted.sum())} and "
            f"{int(wanted.sum())} are rated. Allowed: rated texts in both. Compare other groups, "
            "or another outcome."
        )
    known = np.column_stack(list(columns.values()))[rated.rows]
    found = known @ np.linalg.lstsq(known, wanted, rcond=None)[0]
    if np.abs(wanted - found).max() < _SAME:
        raise ImpactError(
            f"The controls {', '.join(dict.fromkeys(owners[1:]))} tell the two groups apart, so "
            "that nothing is left to compare: no level is in both groups. Allowed: controls whose "
            "levels come in both. Leave out the control, take coarser levels, or compare the same "
            "months of two years."
        )


def _own(draft: _Draft, half: Rated) -> tuple[Array, Flags]:
    """Return the counts of each regressor in a group, and which can have a coefficient there."""
    own = np.column_stack(list(draft.columns.values()))[half.rows]
    binary = np.isin(own, (0.0, 1.0)).all(axis=0)
    there, lacking = half.number(own != 0), half.number(own == 0)
    varies = np.where(binary, lacking >= MIN_TEXTS, np.ptp(own, axis=0) > 0)
    enough = (there >= MIN_TEXTS) & varies & ~np.isin(list(draft.columns), RARE)
    enough[0] = True  # the constant
    return there.astype(float), np.asarray(enough)


def _fit_own(draft: _Draft) -> Stacked:
    """Assemble, and give up second coefficients that cannot be told, until all can be."""
    counts, enough = zip(*(_own(draft, half) for half in draft.halves), strict=True)
    own = np.logical_and(*enough)
    while True:
        design, groups = _stack(draft, own)
        both = design.inverse.can_tell(groups.reshape(-1, groups.shape[2]))
        told = np.logical_and(*both.reshape(2, -1))
        lost = own & ~told
        lost[0] = False
        if not lost.any():
            break
        own = own & ~lost
    rows = design.sources.rows
    return Stacked(
        design=design,
        touchpoints=draft.marks.touchpoints,
        names=tuple(draft.columns),
        terms=draft.terms,
        own=own,
        told=told,
        counts=np.array(counts),
        groups=groups,
        values=np.column_stack([column[rows] for column in draft.columns.values()]),
        mentioned=draft.marks.mentioned[rows].astype(float),
        inside=np.array([~draft.after[rows], draft.after[rows]]),
        owners=draft.owners,
        notes=_notes(draft, design, own, told),
    )


def _stack(draft: _Draft, own: Flags) -> tuple[Design, Array]:
    """Return the design with the columns of both groups, and what makes coefficients of each."""
    names, second = list(draft.columns), np.flatnonzero(own).tolist()
    added = {f"after: {names[i]}": draft.columns[names[i]] * draft.after for i in second}
    kept = len(names) + len(added)
    spoken = {
        f"mentions of {name}": draft.marks.mentioned[:, i]
        for i, name in enumerate(draft.marks.touchpoints)
    }

    def keep(gram: Array, layout: Layout) -> Array:
        return np.eye(layout.sources)[:, :kept]

    policy = Policy(mentions=False, nothing=True, mix=keep)
    columns: dict[str, Array | Flags] = {**draft.columns, **added, **spoken}
    design = assemble_design(columns, draft.outcome, draft.rated, (), policy)
    groups = np.zeros((2, len(names), kept))
    groups[:, :, : len(names)] = np.eye(len(names))
    groups[1, second, len(names) + np.arange(len(second))] = 1.0
    return design, groups


def _notes(draft: _Draft, design: Design, own: Flags, told: Flags) -> tuple[Note, ...]:
    notes: list[Note] = []
    first = len(draft.columns) - len(draft.terms)
    terms = [(i, term.told_as) for i, term in enumerate(draft.terms, start=first)]
    shared = [name for i, name in terms if not own[i] and told[i]]
    tied = [name for i, name in terms if not told[i]]
    fitted = design.columns.shape[1]
    if design.rated < 10 * fitted:
        counts = {"rated": design.rated, "terms": fitted, "advised": 10 * fitted}
        notes.append(write_note("small_sample", **counts))
    after = draft.after[design.sources.rows]
    if (group_sizes(design, np.array([~after, after])) < 2).any():
        notes.append(
            write_note("compare_alone" if design.clusters is None else "compare_alone_cluster")
        )
    if shared:
        notes.append(write_note("compare_shared", terms=shared))
    if tied:
        notes.append(write_note("compare_tied", terms=tied))
    return tuple(notes)
