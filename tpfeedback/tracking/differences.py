"""The tables of a comparison: the change of the mean, and what differs at each touchpoint."""

from __future__ import annotations

import numpy as np
import pandas as pd

from tpfeedback.impact.design import MIN_TEXTS
from tpfeedback.impact.discoveries import q_values
from tpfeedback.impact.gram import Array, Flags
from tpfeedback.tracking.decomposition import Moments, group_means, means_at_same_mix
from tpfeedback.tracking.estimates import Estimate, join, spread
from tpfeedback.tracking.pairs import Pair
from tpfeedback.tracking.shares import compare_shares
from tpfeedback.tracking.stacked import Stacked

CAUSES = ("reach", "negative_among_mentions", "penalty")
"""Negative share and prize change only where one of these does, so they are what is tested."""


def tabulate_change(stacked: Stacked, moments: Moments) -> pd.DataFrame:
    """Return the change of the mean outcome, as it is and at the same mix of controls."""
    design = stacked.design
    outcome = design.outcome[:, None]
    means = group_means(stacked, outcome, 0), group_means(stacked, outcome, 1)
    level = means_at_same_mix(stacked, moments)
    first, second = (join(a, b) for a, b in zip(means, level, strict=True))
    change = second - first
    found = spread(change, design, groups=stacked.inside)
    shift = design.outcome_mean
    return pd.DataFrame(
        {
            "what": pd.Series(["mean", "mean at the same mix"], dtype="str"),
            "rated_before": int(design.count @ stacked.inside[0]),
            "rated_after": int(design.count @ stacked.inside[1]),
            "before": first.value + shift,
            "after": second.value + shift,
            "change": change.value,
            "change_low": found.low,
            "change_high": found.high,
            "smallest_change": found.smallest,
            "p_value": found.p_value,
        }
    )


def tabulate_touchpoints(pair: Pair, stacked: Stacked, moments: Moments) -> pd.DataFrame:
    """Return what changed at each touchpoint; the columns are those of `Comparison.table`."""
    marks, seen = pair.seen.marks, pair.seen
    counts = [marks.mentioned[rows].sum(axis=0) for rows in (~pair.second, pair.second)]
    columns = {
        "touchpoint": pd.Series(list(marks.touchpoints), dtype="str"),
        "mentions_before": counts[0].astype("int64"),
        "mentions_after": counts[1].astype("int64"),
    }
    shares = {
        "reach": (marks.mentioned, None),
        "negative_share": (marks.negative, None),
        "negative_among_mentions": (marks.negative, marks.mentioned),
    }
    chances = {}
    for name, (flags, among) in shares.items():
        gap = compare_shares(
            flags, pair.second, among=among, weights=seen.weights, clusters=seen.clusters
        )
        values = (gap.first, gap.second, gap.gap, gap.low, gap.high, gap.smallest)
        columns |= dict(zip(_names(name), values, strict=True))
        chances[name] = gap.p_value
    table = pd.DataFrame(columns).join(tabulate_effects(stacked, moments), on="touchpoint")
    chances["penalty"] = table["penalty_p_value"].to_numpy(dtype=float)
    if len(stacked.mix) > 1:
        chances |= _chances_at_same_mix(stacked, moments)
    table = table.drop(columns=["penalty_p_value", "prize_p_value"])
    table["q_value"] = q_values(bonferroni(np.array([chances[name] for name in CAUSES])))
    size = table["prize_change"].abs()
    order = np.lexsort((table["touchpoint"], -size.fillna(-1.0)))
    return table.iloc[order].reset_index(drop=True)


def _chances_at_same_mix(stacked: Stacked, moments: Moments) -> dict[str, Array]:
    """Return p-values of reach, and of the negative share of it, unchanged at the same mix.

    The second one is missing where a group has fewer than five mentions or there is no term.
    """
    first = len(stacked.names)
    reaches = [level.take(first + np.arange(len(stacked.touchpoints))) for level in moments.level]
    gap = spread(reaches[1] - reaches[0], stacked.design, groups=stacked.inside)
    found = {"reach": gap.p_value}
    there = np.array([(stacked.design.count * rows) @ stacked.mentioned for rows in stacked.inside])
    terms = [
        (place, stacked.touchpoints.index(term.touchpoint))
        for place, term in zip(stacked.term_places, stacked.terms, strict=True)
        if term.sentiment == "negative"
    ]
    kept = [(place, home) for place, home in terms if (there[:, home] >= MIN_TEXTS).all()]
    places, homes = [place for place, _ in kept], [home for _, home in kept]
    felt = [level.take(places) / reach.take(homes)
            for level, reach in zip(moments.level, reaches, strict=True)]  # fmt: skip
    chances = np.full(len(stacked.touchpoints), np.nan)
    gap = spread(felt[1] - felt[0], stacked.design, groups=stacked.inside)
    chances[homes] = gap.p_value
    return found | {"negative_among_mentions": chances}


def tabulate_effects(stacked: Stacked, moments: Moments) -> pd.DataFrame:
    """Return penalty and prize of both groups and their change, one row per touchpoint.

    `penalty_p_value` and `prize_p_value` are those of no change; `negative_share_same_mix` see
    `compare`.
    """
    terms = [
        (place, term)
        for place, term in zip(stacked.term_places, stacked.terms, strict=True)
        if term.sentiment == "negative" and stacked.told[place]
    ]
    places = [place for place, _ in terms]
    effects = [one.take(places) for one in moments.effects]
    prizes = [-(e * m.take(places)) for e, m in zip(effects, moments.means, strict=True)]
    own, enough = stacked.own[places], stacked.counts[:, places] >= MIN_TEXTS
    level = moments.level[1].take(places) - moments.level[0].take(places)
    unseen = stacked.unseen[:, places]
    found = spread(level, stacked.design, groups=stacked.inside, unseen=unseen.sum(axis=0))
    squares = np.array([effect.value for effect in effects]) ** 2
    columns = {
        **_changes("penalty", effects, stacked, known=enough, own=own),
        **_changes("prize", prizes, stacked, unseen=(squares * unseen).sum(axis=0)),
        "negative_share_same_mix": level.value,
        "negative_share_same_mix_low": found.low,
        "negative_share_same_mix_high": found.high,
    }
    return pd.DataFrame(columns, index=[term.touchpoint for _, term in terms])


def _changes(
    measure: str,
    pair: list[Estimate],
    stacked: Stacked,
    *,
    known: Flags | None = None,
    own: Flags | None = None,
    unseen: Array | None = None,
) -> dict[str, Array]:
    """Return the columns of a measure; of values only the `known`, of changes only the `own`."""
    change = pair[1] - pair[0]
    found = spread(change, stacked.design, groups=stacked.inside, unseen=unseen)
    values = np.array([pair[0].value, pair[1].value, change.value, found.low, found.high,
                       found.smallest, found.p_value])  # fmt: skip
    if known is not None:
        values[:2] = np.where(known, values[:2], np.nan)
    if own is not None:
        values[2:] = np.where(own, values[2:], np.nan)
    return dict(zip([*_names(measure), f"{measure}_p_value"], values, strict=True))


def _names(measure: str) -> list[str]:
    ends = ("before", "after", "change", "change_low", "change_high", "smallest_change")
    return [f"{measure}_{end}" for end in ends]


def bonferroni(chances: Array) -> Array:
    """Return the p-values of "none of these differs", from the p-values (tests, touchpoints).

    >>> bonferroni(np.array([[0.01, np.nan], [0.5, np.nan]])).tolist()
    [0.02, nan]
    """
    tested = np.isfinite(chances)
    lowest = np.where(tested, chances, 1.0).min(axis=0)
    joint = np.minimum(lowest * tested.sum(axis=0), 1.0)
    return np.where(tested.any(axis=0), joint, np.nan)
