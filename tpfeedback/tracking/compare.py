"""Before and after: what changed at each touchpoint, and what the change of the mean is made of."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from tpfeedback.errors import ImpactError, TpfeedbackWarning
from tpfeedback.tracking.decomposition import estimate_moments, split_change
from tpfeedback.tracking.differences import tabulate_change, tabulate_touchpoints
from tpfeedback.tracking.pairs import (
    Group,
    Pair,
    cut_source,
    different_scales,
    pair_sources,
    read_pair,
)
from tpfeedback.tracking.stacked import Stacked, stack
from tpfeedback.tracking.tracked import Source
from tpfeedback.wording import Note, write_note


@dataclass(frozen=True, eq=False)
class Comparison:
    """What changed; see `compare` for the columns of the tables.

    `before` and `after` are the groups: `name`, `feedback` and `mentions`, for quotes then and
    now. `outcome` is the column that is explained, `notes` what was warned of.
    """

    table: pd.DataFrame
    change: pd.DataFrame
    parts: pd.DataFrame
    before: Group
    after: Group
    outcome: str
    notes: tuple[str, ...]


def compare(
    before: Source,
    after: Source | None = None,
    *,
    by: str | None = None,
    at: Any = None,
    first: Any = None,
    outcome: str | None = None,
    controls: Sequence[str] = (),
    weights: str | None = None,
    cluster: str | None = None,
) -> Comparison:
    """Compare two groups of feedback, such as before and after, touchpoint by touchpoint.

    The change of the mean outcome is an exact sum of what came up more or less often, was felt
    better or worse, weighs more or less, and of the mix; see `decomposition.split_change` for the
    formula and its sources. A part says what the change went along with, not what caused it:
    whatever else happened at the same time is in it. Hold fixed with `controls` what also
    changed, such as channels, regions or the season (months that come in both groups).

    The unit of observation is the respondent, effects are those of joint least squares with
    robust errors, as in `measure_impact`. Errors of the tagger are not in the intervals, but they
    are alike before and after as long as the tagger is the same.

    Args:
        before: an analysis, or the tuple (feedback, mentions); not changed.
        after: the same of later feedback; without it, `before` is cut in two.
        by: column of `feedback` with two values, one for each group. Which comes first is told by
            numbers, ordered categories, the words before and after, the dates, or `first`.
        at: first day that counts as after, in the column `date` (or that named by `by`).
        first: the value of `by` that counts as before.
        outcome: numeric column of `feedback`; that of the analysis, or "overall", if not given.
        controls: columns to hold fixed, whose mix is a part of the change, see `measure_impact`.
        weights: column with survey weights.
        cluster: column that tells which texts hang together, such as the customer, who may be
            in both groups. Intervals allow for that.

    Returns:
        A `Comparison`.

        `.table`, one row per touchpoint, largest change of the prize first: `mentions_before`,
        `mentions_after` (respondents), then for `reach`, `negative_share` (of all respondents),
        `negative_among_mentions` (share of those who mention it that complain), `penalty` and
        `prize` each the values `_before` and `_after`, `_change` with 95 % interval `_change_low`
        and `_change_high`, and `_smallest_change`: the true change that would have shown in 80 %
        of such samples, two-sided at 5 %. `negative_share_same_mix` (`_low`, `_high`): the change
        among the rated, had the mix of controls stayed the same. `q_value`:
        Benjamini-Hochberg over the touchpoints, of reach, negative among mentions and penalty all
        unchanged (Bonferroni over the three); with controls, unchanged at the same mix. Penalties
        are missing (NaN) where a group has fewer than five complaints; the prize then takes the
        penalty of both groups.

        `.change`, one row for the "mean" and one for the "mean at the same mix":
        `rated_before`, `rated_after`, `before`, `after`, `change` with interval,
        `smallest_change`, `p_value`.

        `.parts`: `part, kind, contribution, contribution_low, contribution_high,
        smallest_change`. First the sums, of kind "sum": "reach" (how often touchpoints come up),
        "sentiment" (how they are felt by those who mention them), "effect" (what complaint and
        praise do), "mix" (of the controls) and "rest"; these five sum to the change. Then what
        they consist of, for each touchpoint (its own sum has the kind "touchpoint"), each control,
        and the rest: "baseline" (texts with nothing of this; ratings that moved by themselves),
        texts that name nothing, rare mentions. Units are those of the outcome.

    Raises:
        ImpactError: it is not said where to cut, the taxonomies or scales of two sources differ,
            a group has no rated text, the sample is too small for the regression, or a control
            tells the groups apart.
        ColumnError: a column is lacking or cannot be used as what it was named for.

    Warns:
        TpfeedbackWarning: texts without a date, two taggers, a small sample, mentions too rare in
            one of the groups, touchpoints that cannot be told apart, few clusters.

    >>> feedback = pd.DataFrame({"feedback_id": range(800), "overall": [2, 5, 4, 1] * 200,
    ...                          "period": ["before"] * 400 + ["after"] * 400})
    >>> late = [*range(0, 400, 4), *range(400, 800, 8)]
    >>> mentions = pd.DataFrame({"feedback_id": late, "touchpoint": "delivery",
    ...                          "sentiment": "negative"})
    >>> with warnings.catch_warnings():
    ...     warnings.simplefilter("ignore", TpfeedbackWarning)
    ...     comparison = compare((feedback, mentions), by="period")
    >>> shown = ["negative_share_before", "negative_share_after", "negative_share_change"]
    >>> comparison.table[shown].round(3).values.tolist()
    [[0.25, 0.125, -0.125]]
    """
    groups, explained, notes = _groups(before, after, by=by, at=at, first=first, outcome=outcome)
    scales = different_scales(groups, explained)
    if scales:
        raise ImpactError(scales)
    pair = read_pair(
        groups, explained, controls=controls, weights=weights, cluster=cluster, notes=notes
    )
    stacked = stack_pair(pair)
    moments = estimate_moments(stacked)
    told = (*pair.notes, *stacked.notes)
    for note in told:
        warnings.warn(note, TpfeedbackWarning, stacklevel=2)
    return Comparison(
        table=tabulate_touchpoints(pair, stacked, moments),
        change=tabulate_change(stacked, moments),
        parts=split_change(stacked, moments),
        before=groups[0],
        after=groups[1],
        outcome=explained,
        notes=told,
    )


def stack_pair(pair: Pair) -> Stacked:
    """Return the regression of both groups.

    Raises:
        ImpactError: there are fewer rated respondents than terms.
    """
    seen = pair.seen
    stacked = stack(
        seen.marks,
        seen.outcome,
        pair.second,
        pair.controls,
        weights=seen.weights,
        clusters=seen.clusters,
    )
    design = stacked.design
    if design.rated <= design.columns.shape[1] + 1:
        raise ImpactError(
            f"There are {design.rated} rated texts for {design.columns.shape[1]} terms. Allowed: "
            "more texts than terms, advised: ten times as many. Compare longer periods, or hold "
            "fewer controls."
        )
    return stacked


def _groups(
    before: Source,
    after: Source | None,
    *,
    by: str | None,
    at: Any,
    first: Any,
    outcome: str | None,
) -> tuple[tuple[Group, Group], str, tuple[Note, ...]]:
    if after is None:
        return cut_source(before, by=by, at=at, first=first, outcome=outcome)
    given = [
        name for name, value in (("by", by), ("at", at), ("first", first)) if value is not None
    ]
    if given:
        raise ImpactError(
            f"Two sources were given, and {', '.join(given)} too, which cuts one source in two. "
            f"Allowed: one of both. Leave out {', '.join(given)}, or the second source."
        )
    names = write_note("group_before"), write_note("group_after")
    return pair_sources((before, after), names, outcome=outcome)
