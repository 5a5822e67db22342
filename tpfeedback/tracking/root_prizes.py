"""What fixing each touchpoint would gain, the complaints included that it drags along."""

from __future__ import annotations

import numpy as np
import pandas as pd

from tpfeedback.impact.gram import Array
from tpfeedback.impact.regression import Design
from tpfeedback.tracking.cascades import Costs
from tpfeedback.tracking.estimates import Estimate, spread


def root_prizes(costs: Costs, pairs: list[tuple[str, str]]) -> pd.DataFrame:
    """Return what fixing each touchpoint would gain, its knock-ons included.

    Of the complaints about a symptom B, the share d x (share of A) came with its root A, where d
    is the coefficient of A in a least-squares regression of B's complaint on those of all its
    roots (so that two roots do not count the same complaint twice). That part of B's prize is
    given to A: `prize` -penalty x share of the touchpoint itself, `knock_on` what it drags along
    (of a symptom: what it hands on, negative), `root_prize` their sum; summed over touchpoints the
    root prizes are the prizes. Intervals by the delta method from the influence of each text.
    """
    design, names = costs.design, list(costs.places)
    places = [costs.places[name] for name in names]
    columns = design.sources.texts[design.sources.rows][:, design.sources.layout.terms[places]]
    flags = np.asarray(columns.toarray())
    fit = costs.fit
    effect = Estimate(fit.coefficients[places], fit.scores[:, places])
    mass, share = design.mass, np.zeros(len(names))
    share = mass @ flags / mass.sum()
    shares = Estimate(share, (flags - share) * (design.weight / mass.sum())[:, None])
    prize = -(effect * shares)
    dragged = Estimate(np.zeros(len(names)), np.zeros_like(prize.scores))
    for then in dict.fromkeys(second for _, second in pairs):
        roots = [names.index(first) for first, second in pairs if second == then]
        at = names.index(then)
        extra = _extra_shares(design, flags, shares, roots, at)
        cost = -(effect.take([at] * len(roots)) * extra)
        moved = np.zeros((len(names), len(roots)))
        moved[roots, np.arange(len(roots))] = 1.0
        moved[at] -= 1.0
        dragged = dragged + cost.mix(moved)
    return _tabulate(names, design, (("prize", prize), ("knock_on", dragged),
                                     ("root_prize", prize + dragged)))  # fmt: skip


def _extra_shares(
    design: Design, flags: Array, shares: Estimate, roots: list[int], at: int
) -> Estimate:
    """Return the share of texts whose complaint `at` came with each of the roots."""
    known = np.column_stack([np.ones(len(flags)), flags[:, roots]])
    gram = known.T @ (design.mass[:, None] * known)
    inverse = np.linalg.inv(gram)
    found = inverse @ (known.T @ (design.mass * flags[:, at]))
    residual = flags[:, at] - known @ found
    scores = (known @ inverse)[:, 1:] * (design.weight * residual)[:, None]
    return Estimate(found[1:], scores) * shares.take(roots)


def _tabulate(
    names: list[str], design: Design, measures: tuple[tuple[str, Estimate], ...]
) -> pd.DataFrame:
    columns: dict[str, Array] = {}
    for name, estimate in measures:
        found = spread(estimate, design)
        still = ~np.asarray(estimate.scores).any(axis=0)  # nothing dragged: nothing to be unsure of
        columns[name] = estimate.value
        columns[f"{name}_low"] = np.where(still, estimate.value, found.low)
        columns[f"{name}_high"] = np.where(still, estimate.value, found.high)
    return pd.DataFrame(columns, index=names)
