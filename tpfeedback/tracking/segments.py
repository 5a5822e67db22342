"""Which touchpoints matter for whom: effects of every segment, and whether they really differ."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from tpfeedback.errors import ColumnError, ImpactError, TpfeedbackWarning
from tpfeedback.impact.controls import read_controls
from tpfeedback.impact.observations import Observations, read_observations
from tpfeedback.shares.strata import Grouping, asked_columns, group_respondents
from tpfeedback.tracking.segment_effects import measure_segments, standardised
from tpfeedback.tracking.segment_shares import Errors
from tpfeedback.tracking.segment_tables import (
    Findings,
    priorities_table,
    segment_table,
    table_of_tests,
)
from tpfeedback.tracking.tracked import Source, tables_of
from tpfeedback.wording import write_note


@dataclass(frozen=True, eq=False)
class Segments:
    """What each segment feels; see `segments` for the columns of the tables.

    `by` are the columns that were asked for, `outcome` what is explained, `notes` what was
    warned of.
    """

    table: pd.DataFrame
    tests: pd.DataFrame
    priorities: pd.DataFrame
    by: tuple[str, ...]
    outcome: str
    notes: tuple[str, ...]


def segments(
    source: Source,
    *,
    by: str | Sequence[str],
    outcome: str | None = None,
    floor: int = 10,
    scale_use: bool | None = None,
    errors: Errors | None = None,
    controls: Sequence[str] = (),
    weights: str | None = None,
    cluster: str | None = None,
    random_state: int = 0,
) -> Segments:
    """Tell which touchpoints matter for whom, and where segments deserve priorities of their own.

    Every segment is measured by a regression of its own and, since small ones say little, once
    more drawn towards the others as far as they agree (`pooling.pool`). Priorities are those of
    the segment only where its effects differ beyond chance (`heterogeneity.equality_test`, with
    Benjamini-Hochberg over all touchpoints and columns) and own effects predict the ratings of
    respondents held out better than common ones do (`heterogeneity.held_out_gains`, 5 folds).
    Elsewhere the effects of all are taken, with the segment's own share of complaints.

    Args:
        source: an analysis, or the tuple (feedback, mentions); not changed.
        by: columns of `feedback`, each a set of segments of its own. For combinations make a
            column of them.
        outcome: numeric column of `feedback`; that of the analysis, or "overall", if not given.
        floor: a segment of fewer respondents is never shown: such are pooled as "other", or left
            out where they are fewer together. At least 2.
        scale_use: whether segments may use the scale differently; then effects are also told in
            standard deviations of the segment's own ratings, and priorities are split only where
            those differ too. None: where `by` is a language or a country, by its name.
        errors: how often the tagger errs: segment -> touchpoint (or "overall") -> `recall`,
            `precision`, `flip`, each a number or a pair (lowest, highest); for one column `by`.
        controls: columns to hold fixed, see `measure_impact`.
        weights: column with survey weights.
        cluster: column that tells which texts hang together, such as the customer.
        random_state: seed of the folds.

    Returns:
        `Segments`.

        `.table`, one row per segment and touchpoint: `by, segment, touchpoint`, `respondents` of
        the segment, `rated` of them, `mentions`, `negative` (respondents), `negative_share` (of
        all respondents, with interval `_low, _high`); `penalty`, `reward`, `prize` of the
        segment's own regression with intervals (missing where fewer than five rated respondents
        hold the term, or the segment is too small for a regression); `penalty_pooled`,
        `reward_pooled`, `prize_pooled` with intervals; `penalty_standard`, `reward_standard` with
        intervals, in standard deviations of the segment (with `scale_use`);
        `negative_share_corrected` with its band (with `errors`).

        `.tests`, one row per column and touchpoint, the surest difference first: `by, touchpoint,
        segments` (with an own penalty), `penalty_p_value`, `reward_p_value` (of equal effects),
        `p_value` (of both), `q_value`, `penalty_tau`, `reward_tau` (standard deviation of the true
        effects across segments, Paule & Mandel 1982), `gain` (part of the squared error of
        held-out respondents that own effects save), `split`, `q_value_standard`,
        `scale_may_explain` (the effects differ in points, but not in standard deviations),
        `share_q_value` (of equal negative shares), `tagger_may_explain` (they differ as marked, but
        one true share would fit all, given the errors).

        `.priorities`, one row per column, segment and touchpoint: `by, segment, rank, touchpoint,
        prize` with interval, `effect` ("own", partially pooled, or "common"). The prize is
        -effect x share of the segment's rated respondents who complain.

    Raises:
        ColumnError: a column is lacking or cannot be used, or `errors` name another segment.
        ImpactError: fewer than two segments, or the sample is too small for the regression.

    Warns:
        TpfeedbackWarning: respondents without a segment, small segments, a language or country
            whose tagger errors are not given.

    >>> n = np.arange(800)
    >>> late = n % 4 == 0
    >>> feedback = pd.DataFrame({"feedback_id": n.astype(str), "city": np.where(n < 400, "A", "B"),
    ...                          "overall": 4.0 - 2.0 * (late & (n < 400)) + n % 3 * 0.1})
    >>> mentions = pd.DataFrame({"feedback_id": n[late].astype(str), "touchpoint": "delivery",
    ...                          "sentiment": "negative"})
    >>> found = segments((feedback, mentions), by="city")
    >>> found.tests[["touchpoint", "split"]].values.tolist()
    [['delivery', True]]
    >>> found.priorities[["segment", "prize", "effect"]].round(2).values.tolist()
    [['A', 0.5, 'own'], ['B', 0.0, 'own']]
    """
    feedback, mentions, explained = tables_of(source)
    explained = outcome or explained
    columns = asked_columns(feedback, by)
    _check(floor, errors, columns)
    read_controls(feedback, controls)
    seen = read_observations(
        feedback,
        mentions,
        outcome=explained,
        model="linear",
        controls=[*controls, *columns],
        weights=weights,
        cluster=cluster,
    )
    if not seen.marks.touchpoints:
        raise ImpactError(
            "There are no mentions, so that no touchpoint can be compared between segments. "
            "Allowed: mentions of these texts, such as extract_mentions finds."
        )
    held = seen.controls[list(dict.fromkeys(controls))]
    found = [
        _measure(
            seen,
            group_respondents(seen.controls[name], floor=floor),
            held.drop(columns=name, errors="ignore"),
            errors=errors,
            scale_use=scale_use,
            random_state=random_state,
        )
        for name in columns
    ]
    tests = table_of_tests(found)
    notes = (*seen.notes, *(note for one in found for note in _notes(one, errors)))
    for note in notes:
        warnings.warn(note, TpfeedbackWarning, stacklevel=2)
    return Segments(
        table=pd.concat([segment_table(seen, one) for one in found], ignore_index=True),
        tests=tests,
        priorities=pd.concat(
            [priorities_table(seen, one, tests) for one in found], ignore_index=True
        ),
        by=tuple(columns),
        outcome=explained,
        notes=notes,
    )


def _check(floor: int, errors: Errors | None, columns: list[str]) -> None:
    if not isinstance(floor, int | np.integer) or floor < 2:
        raise ColumnError(
            f"floor is {floor!r}. Allowed: a whole number of 2 or more, so that no segment shows "
            "single persons. Take the number that your privacy rules ask for, such as 10."
        )
    if errors is not None and len(columns) > 1:
        raise ColumnError(
            f"errors= was given for {len(columns)} columns. Allowed: one column with by=, whose "
            "segments the errors name. Call once for each column."
        )


def _measure(
    seen: Observations,
    grouping: Grouping,
    controls: pd.DataFrame,
    *,
    errors: Errors | None,
    scale_use: bool | None,
    random_state: int,
) -> Findings:
    effects = measure_segments(seen, grouping, controls, random_state=random_state)
    wanted = grouping.cultures if scale_use is None else scale_use
    standard = None
    if wanted:
        own = standardised(seen, grouping)
        standard = measure_segments(own, grouping, controls, random_state=random_state)
    return Findings.of(seen, grouping, effects, standard, errors)


def _notes(found: Findings, errors: Errors | None) -> list[str]:
    grouping, notes = found.grouping, list(found.grouping.notes)
    if found.effects.lacking:
        small = [grouping.names[i] for i in found.effects.lacking]
        notes.append(write_note("segment_small", column=str(grouping.column), segments=small))
    if grouping.cultures and errors is None:
        notes.append(write_note("segment_tagger", column=str(grouping.column)))
    return notes
