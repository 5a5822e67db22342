"""We against a competitor: the gap at every touchpoint, on the same taxonomy."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from tpfeedback.errors import ImpactError, TpfeedbackWarning
from tpfeedback.impact.design import MIN_TEXTS
from tpfeedback.impact.discoveries import q_values
from tpfeedback.tracking.compare import stack_pair
from tpfeedback.tracking.decomposition import estimate_moments, group_means
from tpfeedback.tracking.differences import tabulate_effects
from tpfeedback.tracking.estimates import spread
from tpfeedback.tracking.mixes import UNLIKE, even_mix, mix_distance
from tpfeedback.tracking.pairs import Group, Pair, different_scales, pair_sources, read_pair
from tpfeedback.tracking.shares import compare_shares
from tpfeedback.tracking.stacked import Stacked
from tpfeedback.tracking.tracked import Source
from tpfeedback.wording import Note, write_note

SHARES = ("reach", "negative_share", "positive_share")
OUTCOMES = ("outcome", "penalty", "prize")
_ENDS = ("theirs", "ours", "gap", "gap_low", "gap_high", "q_value")
_USUAL = ("language", "channel")


@dataclass(frozen=True, eq=False)
class Benchmark:
    """How we stand against a competitor; see `benchmark` for the columns of the table.

    `ours` and `theirs` hold the tables, for quotes; `notes` is what was warned of.
    """

    table: pd.DataFrame
    ours: Group
    theirs: Group
    outcome: str
    notes: tuple[str, ...]


def benchmark(
    ours: Source,
    theirs: Source,
    *,
    outcome: str | None = None,
    mix: Sequence[str] = (),
    controls: Sequence[str] = (),
    weights: str | None = None,
    cluster: str | None = None,
) -> Benchmark:
    """Compare our feedback with that of a competitor, touchpoint by touchpoint.

    Both must have been read with the same taxonomy. A gap tells how the authors of these two sets
    of texts differ, which are seldom samples of all customers: take the same kind of source for
    both, and even out with `mix` what differs, such as the languages.

    Args:
        ours: an analysis, or the tuple (feedback, mentions); not changed.
        theirs: the same of the competitor.
        outcome: numeric column of both feedback tables; that of the analyses, else "overall".
        mix: columns in which theirs are given our mix by direct standardisation, such as
            ["language", "channel"]; see `mixes.even_mix`. Our mix is taken as given.
        controls: columns to hold fixed in the effects, see `measure_impact`.
        weights: column with survey weights, in both.
        cluster: column that tells which texts hang together, such as the customer.

    Returns:
        A `Benchmark` whose `.table` has one row per touchpoint, where we lose most on complaints
        first: `mentions_ours`, `mentions_theirs` (respondents), then for `reach`,
        `negative_share`, `positive_share` (shares of all respondents), `outcome` (mean outcome of
        those who mention it), `penalty` and `prize` each `_theirs`, `_ours`, `_gap` (ours less
        theirs) with 95 % interval `_gap_low`, `_gap_high`, and `_q_value` (Benjamini-Hochberg over
        the touchpoints). What rests on fewer than five texts of a group is missing (NaN).

    Raises:
        ImpactError: the taxonomies differ, no touchpoint is in both, a group has no rated text,
            the sample is too small, or nothing of the mix is in both.
        ColumnError: a column is lacking in one of them.

    Warns:
        TpfeedbackWarning: the scales differ (outcome, penalty and prize are then missing), the
            mixes of languages or channels differ, or what `compare` warns of.

    >>> def texts(complaints):
    ...     feedback = pd.DataFrame({"feedback_id": range(200), "overall": [2.0, 5, 4, 1] * 50})
    ...     return feedback, pd.DataFrame({"feedback_id": range(complaints),
    ...                                    "touchpoint": "delivery", "sentiment": "negative"})
    >>> found = benchmark(texts(60), texts(20))
    >>> found.table[["negative_share_ours", "negative_share_theirs"]].values.tolist()
    [[0.3, 0.1]]
    """
    names = write_note("group_theirs"), write_note("group_ours")
    groups, explained, read = pair_sources((theirs, ours), names, outcome=outcome)
    pair, notes = _read(groups, explained, mix, controls, (weights, cluster))
    scales = different_scales(groups, explained)
    stacked = stack_pair(pair)
    table = _table(pair, stacked)
    if scales:
        scales = write_note("benchmark_scales", note=scales)
        table[[f"{name}_{end}" for name in OUTCOMES for end in _ENDS]] = np.nan
    told = (*read, *pair.notes, *([scales] if scales else []), *notes, *stacked.notes)
    for note in told:
        warnings.warn(note, TpfeedbackWarning, stacklevel=2)
    return Benchmark(table, groups[1], groups[0], explained, told)


def _read(
    groups: tuple[Group, Group],
    outcome: str,
    mix: Sequence[str],
    controls: Sequence[str],
    columns: tuple[str | None, str | None],
) -> tuple[Pair, tuple[Note, ...]]:
    """Return the respondents of both, theirs weighted to our mix where asked for, and notes."""
    if isinstance(mix, str):
        raise ImpactError(f"mix must be a list of columns. Write mix=[{mix!r}].")
    usual = [n for n in _USUAL if all(n in group.feedback.columns for group in groups)]
    extra = [name for name in dict.fromkeys([*mix, *usual]) if name not in controls]
    pair = read_pair(
        groups, outcome, controls=[*controls, *extra], weights=columns[0], cluster=columns[1]
    )
    held = pair.controls
    _require_common(pair)
    apart = {n: mix_distance(held[n], pair.second) for n in usual if n not in mix}
    notes = [
        write_note("benchmark_mix", column=name, share=share)
        for name, share in apart.items()
        if share > UNLIKE
    ]
    seen = pair.seen
    if mix:
        weights, lost = even_mix(held[list(mix)], pair.second, seen.weights)
        outcomes = np.where(weights > 0, seen.outcome, np.nan)
        seen = replace(seen, weights=weights, outcome=outcomes)
        if lost:
            notes.append(write_note("benchmark_lost", share=lost, columns=list(mix)))
    kept = held[list(dict.fromkeys(controls))]
    return replace(pair, seen=seen, controls=kept), tuple(notes)


def _table(pair: Pair, stacked: Stacked) -> pd.DataFrame:
    seen, marks = pair.seen, pair.seen.marks
    theirs, ours = (marks.mentioned[rows].sum(axis=0) for rows in (~pair.second, pair.second))
    columns = {
        "touchpoint": pd.Series(list(marks.touchpoints), dtype="str"),
        "mentions_ours": ours.astype("int64"),
        "mentions_theirs": theirs.astype("int64"),
    }
    for name, flags in zip(SHARES, (marks.mentioned, marks.negative, marks.positive), strict=True):
        gap = compare_shares(flags, pair.second, weights=seen.weights, clusters=seen.clusters)
        values = (gap.first, gap.second, gap.gap, gap.low, gap.high, q_values(gap.p_value))
        columns |= {f"{name}_{end}": one for end, one in zip(_ENDS, values, strict=True)}
    table = pd.DataFrame(columns).join(_outcomes(stacked), on="touchpoint")
    table = table.join(_effects(stacked), on="touchpoint")
    order = np.lexsort((table["touchpoint"], -table["negative_share_gap"]))
    return table.iloc[order].reset_index(drop=True)


def _outcomes(stacked: Stacked) -> pd.DataFrame:
    """Return the mean outcome of those who mention a touchpoint, and the gap."""
    enough = [(stacked.design.count * inside) @ stacked.mentioned >= MIN_TEXTS
              for inside in stacked.inside]  # fmt: skip
    chosen = np.flatnonzero(enough[0] & enough[1])
    flags = stacked.mentioned[:, chosen]
    theirs, ours = (
        group_means(stacked, flags * stacked.design.outcome[:, None], group)
        / group_means(stacked, flags, group)
        for group in (0, 1)
    )
    gap = ours - theirs
    found = spread(gap, stacked.design, groups=stacked.inside)
    shift = stacked.design.outcome_mean
    values = (theirs.value + shift, ours.value + shift, gap.value, found.low, found.high,
              q_values(found.p_value))  # fmt: skip
    named = {f"outcome_{end}": one for end, one in zip(_ENDS, values, strict=True)}
    return pd.DataFrame(named, index=[stacked.touchpoints[i] for i in chosen])


def _effects(stacked: Stacked) -> pd.DataFrame:
    effects = tabulate_effects(stacked, estimate_moments(stacked))
    table = {}
    for name in ("penalty", "prize"):
        old = ("before", "after", "change", "change_low", "change_high")
        for end, known in zip(_ENDS[:5], old, strict=True):
            table[f"{name}_{end}"] = effects[f"{name}_{known}"]
        table[f"{name}_q_value"] = pd.Series(
            q_values(effects[f"{name}_p_value"].to_numpy(dtype=float)), index=effects.index
        )
    return pd.DataFrame(table)


def _require_common(pair: Pair) -> None:
    marks = pair.seen.marks
    found = [marks.mentioned[rows].any(axis=0) for rows in (~pair.second, pair.second)]
    if not (found[0] & found[1]).any():
        named = [", ".join(np.array(marks.touchpoints)[one][:5]) or "(none)" for one in found]
        raise ImpactError(
            f"No touchpoint is mentioned in both. Ours: {named[1]}. Theirs: {named[0]}. Allowed: "
            "mentions of the same taxonomy. Extract both with the same taxonomy."
        )
