"""The change of a mean as an exact sum: what comes up, how it is felt, what it does, the mix."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from tpfeedback.impact.design import NOTHING
from tpfeedback.impact.gram import Array, Flags, invert
from tpfeedback.impact.hc3 import solve
from tpfeedback.tracking.estimates import Estimate, half, join, spread
from tpfeedback.tracking.stacked import RARE, Stacked

KINDS = ("reach", "sentiment", "effect", "mix", "rest")
SUM, TOUCHPOINT, BASELINE = "sum", "touchpoint", "baseline"
COLUMNS = ("part", "kind", "contribution", "contribution_low", "contribution_high",
           "smallest_change")  # fmt: skip


@dataclass(frozen=True, eq=False)
class Moments:
    """What the change is made of, each for the groups 0 and 1, in the order of the names.

    `effects`: coefficients. `means`: of the regressors, then of the mentions of each touchpoint.
    `level`: the same at the mix of controls that is the mean of both groups. `totals`: what
    constant and controls do to the outcome, directly and through what their texts speak of.
    """

    effects: tuple[Estimate, Estimate]
    means: tuple[Estimate, Estimate]
    level: tuple[Estimate, Estimate]
    totals: tuple[Estimate, Estimate]


def estimate_moments(stacked: Stacked) -> Moments:
    """Fit the regression, and one of every flag on the controls, group by group."""
    effects = _effects(stacked)
    flags = np.hstack([stacked.values, stacked.mentioned])
    means = group_means(stacked, flags, 0), group_means(stacked, flags, 1)
    mix = half(means[0], means[1]).take(stacked.mix)
    level = _levels(stacked, flags, mix)
    return Moments(
        effects, means, level, (_totals(stacked, effects, 0), _totals(stacked, effects, 1))
    )


def _effects(stacked: Stacked) -> tuple[Estimate, Estimate]:
    """Return the coefficients of each group by least squares.

    Scores are those of HC3 (see `hc3.fit_hc3`), with clusters those of CR1: residuals as they are.
    """
    design, solved = stacked.design, solve(stacked.design)
    gap = np.where(solved.alone, 1.0, 1 - solved.leverage)
    enlarged = np.where(solved.alone, 0.0, solved.residual / gap)
    residual = enlarged if design.clusters is None else solved.residual
    loads = solved.loads * (design.weight * residual)[:, None]
    first, second = (
        Estimate(turn @ solved.coefficients, loads @ turn.T) for turn in stacked.groups
    )
    return first, second


def group_means(stacked: Stacked, flags: Array, group: int) -> Estimate:
    """Return the means of columns (rows of the design, columns) over the texts of a group.

    Scores are those of HC2 (MacKinnon & White 1985, J. Econometrics 29:305-325), which makes the
    variance that of the textbook, with n - 1; with clusters likewise of those of the group.
    """
    design, mass = stacked.design, stacked.mass(group)
    mean = mass @ flags / mass.sum()
    weight = design.weight * stacked.inside[group] / mass.sum()
    if design.clusters is None:
        weight = weight / np.sqrt(np.maximum(1 - weight, _NONE))
    else:
        own, every = stacked.sizes[group], design.clusters.shape[0]
        weight = weight * np.sqrt(own * (every - 1) / (max(own - 1, _NONE) * every))
    return Estimate(mean, (flags - mean) * weight[:, None])


def _regress(stacked: Stacked, flags: Array) -> tuple[Array, Array, Array]:
    """Regress flags (rows, flags) on the constant and the controls of each group.

    Returns the coefficients (2, mix, flags), what one text of a row adds to the error of each by
    one unit of residual (2, rows, mix), and the residuals (rows, flags), enlarged as by HC3.
    """
    design, mix = stacked.design, stacked.mix
    chosen = np.flatnonzero(stacked.groups[:, mix].any(axis=(0, 1)))
    columns = design.columns[:, chosen].toarray()
    loads = columns @ invert(columns.T @ (design.mass[:, None] * columns)).matrix
    coefficients = loads.T @ (design.mass[:, None] * flags)
    leverage = design.weight * np.einsum("ij,ij->i", loads, columns)
    residuals = (flags - columns @ coefficients) / np.maximum(1 - leverage, 1e-9)[:, None]
    turn = stacked.groups[:, mix][:, :, chosen]
    scores = np.einsum("gmc,rc->grm", turn, loads * design.weight[:, None])
    return turn @ coefficients, scores, residuals


def _levels(stacked: Stacked, flags: Array, mix: Estimate) -> tuple[Estimate, Estimate]:
    """Return the means of the flags that each group would have with this mix of controls."""
    coefficients, loads, residuals = _regress(stacked, flags)
    first, second = (
        Estimate(
            mix.value @ coefficients[g],
            (loads[g] @ mix.value)[:, None] * residuals + mix.scores @ coefficients[g],
        )
        for g in (0, 1)
    )
    return first, second


def _totals(stacked: Stacked, effects: tuple[Estimate, Estimate], group: int) -> Estimate:
    """Return what constant and controls do to the outcome of a group in all.

    The direct effect, and that through what the texts of a level speak of more often.
    """
    own, others = effects[group], np.arange(len(stacked.mix), len(stacked.names))
    flags = stacked.values[:, others]
    index = flags @ own.value[others]
    coefficients, loads, residuals = _regress(stacked, np.column_stack([index, flags]))
    found = coefficients[group]
    scores = loads[group] * residuals[:, :1] + own.scores[:, others] @ found[:, 1:].T
    return own.take(stacked.mix) + Estimate(found[:, 0], scores)


def means_at_same_mix(stacked: Stacked, moments: Moments) -> tuple[Estimate, Estimate]:
    """Return the mean outcome of each group at the mix of controls that is the mean of both.

    This is direct standardisation, by regression where there are several controls.
    """
    whole = np.ones((1, len(stacked.mix)))
    mix = half(*moments.means).take(stacked.mix)
    first, second = ((mix * total).mix(whole) for total in moments.totals)
    return first, second


@dataclass(frozen=True, eq=False)
class _Rows:
    """Rows of the table of parts; `sure` is False where no interval can be given.

    `unseen` is the variance that comes from mentions which a group may have by chance lacked.
    """

    names: list[tuple[str, str]]
    values: Estimate
    sure: Flags
    unseen: Array


def split_change(stacked: Stacked, moments: Moments) -> pd.DataFrame:
    """Return the parts of the change of the mean; see `compare` for what they mean.

    The mean of a group is a sum of products, and the change of a product xb is exactly
    (change of x) x (mean b) + (mean x) x (change of b), means being those of both groups
    (Kitagawa 1955, JASA 50:1168-1194; of regressions: Oaxaca 1973, Int. Econ. Rev. 14:693-709;
    Blinder 1973, J. Human Resources 8:436-455; both groups as reference alike: Reimers 1983, Rev.
    Econ. Stat. 65:570-579). This is done three times, one within the other:

    1. mean = sum of mix x what a level of the controls does in all. The first term is the mix,
       the second the change at the same mix.
    2. At the same mix, mean = baseline + sum of share x effect, shares being those of complaints
       and of praise. The second term is the effect.
    3. share = reach x share of the mentions: reach and sentiment.

    So every product term is shared out evenly and the order does not matter: with before and
    after swapped, only the signs turn. Nested like this the parts are Owen values (Owen 1977, in
    Essays in Mathematical Economics and Game Theory, 76-88).

    What controls do at the same mix is no row of its own, for it depends on which level is the
    reference (Yun 2005, Economic Inquiry 43:766-772). In sum with the constant it does not, and
    that sum is the row "baseline". A touchpoint that is not mentioned needs no such choice: not
    being mentioned is its zero.
    """
    names = stacked.names
    others = [i for i, name in enumerate(names) if name == NOTHING or name in RARE]
    rows = _join(
        _touchpoint_rows(stacked, moments), _mix_rows(stacked, moments),
        _baseline_row(stacked, moments), *(_other_row(stacked, moments, i) for i in others),
    )  # fmt: skip
    return _table(stacked, _with_sums(rows))


def _touchpoint_rows(stacked: Stacked, moments: Moments) -> _Rows:
    """Return reach, sentiment and effect of every touchpoint, and their sum."""
    terms, touchpoints = stacked.term_places, list(stacked.touchpoints)
    home = np.array([touchpoints.index(term.touchpoint) for term in stacked.terms], dtype=np.intp)
    weight = half(*moments.effects).take(terms)
    shares = [level.take(terms) for level in moments.level]
    reaches = [level.take(len(stacked.names) + home) for level in moments.level]
    sentiment = _felt(shares, reaches) * weight
    kinds = (
        (shares[1] - shares[0]) * weight - sentiment,
        sentiment,
        half(*shares) * (moments.effects[1].take(terms) - moments.effects[0].take(terms)),
    )
    own, told = stacked.own[terms], stacked.told[terms]
    lacked = weight.value**2 * stacked.unseen[:, terms].sum(axis=0)
    both = np.array([reach.value > _NONE for reach in reaches]).all(axis=0)
    names: list[tuple[str, str]] = []
    sums, sure, unseen = [], [], []
    for place in dict.fromkeys(home.tolist()):
        member = home == place
        for which, kind in enumerate((TOUCHPOINT, *KINDS[:3])):
            parts = np.zeros((3, len(home)))
            parts[slice(None) if which == 0 else which - 1] = member
            names.append((touchpoints[place], kind))
            sums.append(parts.ravel())
            known = bool(told[member].all())
            sure.append(known and (kind != "effect" or bool(own[member].any())))
            at = {"reach": member & ~both, "sentiment": member & both, TOUCHPOINT: member}
            unseen.append(float(lacked[at[kind]].sum()) if kind in at else 0.0)
    matrix = np.array(sums).reshape(len(sums), 3 * len(home))
    return _Rows(
        names, join(*kinds).mix(matrix), np.array(sure, dtype=bool), np.array(unseen, dtype=float)
    )


def _felt(shares: list[Estimate], reaches: list[Estimate]) -> Estimate:
    """Return the change of shares that comes from the share among the mentions, at mean reach.

    Where a touchpoint came up in one group only, all of the change is that of its reach.
    """
    there = (reaches[0].value > _NONE) & (reaches[1].value > _NONE)
    one = Estimate(np.ones(len(there)), np.zeros_like(reaches[0].scores))
    inside = [a / b.where(there, one) for a, b in zip(shares, reaches, strict=True)]
    felt = half(*reaches) * (inside[1] - inside[0])
    nothing = Estimate(np.zeros(len(there)), np.zeros_like(felt.scores))
    return felt.where(there, nothing)


_NONE = 1e-12  # reach from which on a touchpoint comes up


def _mix_rows(stacked: Stacked, moments: Moments) -> _Rows:
    change = (moments.means[1] - moments.means[0]).take(stacked.mix) * half(*moments.totals)
    controls = list(dict.fromkeys(stacked.owners[1:]))
    members = np.array([[owner == name for owner in stacked.owners] for name in controls], float)
    matrix = members.reshape(len(controls), len(stacked.owners))
    names = [(name, "mix") for name in controls]
    return _Rows(names, change.mix(matrix), np.ones(len(controls), dtype=bool),
                 np.zeros(len(controls)))  # fmt: skip


def _baseline_row(stacked: Stacked, moments: Moments) -> _Rows:
    mix = stacked.mix
    change = moments.effects[1].take(mix) - moments.effects[0].take(mix)
    whole = (half(*moments.means).take(mix) * change).mix(np.ones((1, len(mix))))
    return _Rows([(BASELINE, "rest")], whole, np.ones(1, dtype=bool), np.zeros(1))


def _other_row(stacked: Stacked, moments: Moments, place: int) -> _Rows:
    """Return the part of texts that name nothing, or of rare mentions: share and effect in one."""
    at = [place]
    shares = [level.take(at) for level in moments.level]
    effects = [effect.take(at) for effect in moments.effects]
    found = (shares[1] - shares[0]) * half(*effects) + half(*shares) * (effects[1] - effects[0])
    return _Rows([(stacked.names[place], "rest")], found, stacked.told[at], np.zeros(1))


def _join(*rows: _Rows) -> _Rows:
    return _Rows(
        [name for one in rows for name in one.names],
        join(*(one.values for one in rows)),
        np.concatenate([one.sure for one in rows]),
        np.concatenate([one.unseen for one in rows]),
    )


def _with_sums(rows: _Rows) -> _Rows:
    """Put the sum of every kind first; all kinds sum to the change."""
    members = np.array([[kind == own for _, own in rows.names] for kind in KINDS], float)
    sums = _Rows([(kind, SUM) for kind in KINDS], rows.values.mix(members),
                 np.ones(len(KINDS), dtype=bool), members @ rows.unseen)  # fmt: skip
    return _join(sums, rows)


def _table(stacked: Stacked, rows: _Rows) -> pd.DataFrame:
    found = spread(rows.values, stacked.design, groups=stacked.inside, unseen=rows.unseen)
    hidden = np.where(rows.sure, 0.0, np.nan)
    table = {
        "part": pd.Series([part for part, _ in rows.names], dtype="str"),
        "kind": pd.Series([kind for _, kind in rows.names], dtype="str"),
        "contribution": rows.values.value,
        "contribution_low": found.low + hidden,
        "contribution_high": found.high + hidden,
        "smallest_change": found.smallest + hidden,
    }
    return pd.DataFrame(table)[list(COLUMNS)]
