"""What each touchpoint does to the overall rating: `measure_impact`."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from tpfeedback.errors import TpfeedbackWarning
from tpfeedback.impact.controls import read_controls
from tpfeedback.impact.design import build_design
from tpfeedback.impact.gram import Array
from tpfeedback.impact.marks import Marks, count_marks, mark_texts
from tpfeedback.impact.methods import Method, available_methods, load_method
from tpfeedback.impact.outcome import compare_unrated, read_outcome
from tpfeedback.impact.respondents import join_answers
from tpfeedback.tables import IMPACT
from tpfeedback.taxonomy import Taxonomy, load_taxonomy

__all__ = ["available_methods", "measure_impact"]


def measure_impact(
    feedback: pd.DataFrame,
    mentions: pd.DataFrame,
    *,
    outcome: str = "overall",
    method: str = "penalty_reward",
    taxonomy: str | Path | Taxonomy = "general",
    controls: Sequence[str] = (),
    random_state: int = 0,
) -> pd.DataFrame:
    """Measure what complaints about and praise of each touchpoint do to the outcome.

    The default method fits one joint linear regression: what changes in the expected outcome
    when a text complains about this touchpoint (`penalty`) or praises it (`reward`), all other
    touchpoints held fixed. A touchpoint that is not mentioned has no effect on its text (policy
    "baseline"); texts that name nothing at all have a term of their own, because "Great!" and
    "Never again" say nothing about any touchpoint. A mixed mention counts as a negative and a
    positive one, a neutral one as neither (but it counts in `mentions` and `reach`).

    The unit of observation is the respondent: the answers of one record to several open questions
    (`feedback_id` "<record>:<question>", see `read_export`) are read as one text, so counts and
    shares are of respondents. Where each wrote one text, respondents are texts. The prize is about
    the mean of the rated ones: -penalty x the share of complaints among the rated.

    An effect is an association in these texts, the others held fixed, not the proof of a cause.
    Errors of the tagger are not in the intervals: they pull effects towards zero.

    Args:
        feedback: one row per text, with `feedback_id` and the outcome, and with `question` where
            a respondent answered several; not changed.
        mentions: one row per touchpoint in a text, with `feedback_id, touchpoint, sentiment`;
            ids are compared as text.
        outcome: numeric column of `feedback`; texts where it is missing count in the shares,
            but not in the effects and the prize. Where the answers of one respondent differ in
            it, their mean counts.
        method: "penalty_reward" fills all columns, "shapley" only the importance.
        taxonomy: where `stage` is looked up; name, path or loaded taxonomy.
        controls: columns of `feedback` to hold fixed: text and categories as dummies, numbers
            as they are; of a respondent's first answer, by name. Say ["channel", "city"] where
            channels or cities differ in their ratings.
        random_state: seed of the bootstrap behind the intervals of the importance.

    Returns:
        The impact table (see `tpfeedback.tables.IMPACT`), one row per touchpoint mentioned, by
        `prize` descending, then by name. Shares (0-1) are of all respondents in `feedback`,
        rated or not. Effects are in units of the outcome, intervals are 95 %. Effects are
        missing (NaN), never wild, where fewer than five rated texts hold the term or it cannot be
        told apart from another one.

    Raises:
        ImpactError: the outcome is no number or missing everywhere, a `feedback_id` is repeated,
            missing or unknown, or the method is unknown.
        ColumnError: a table lacks a column, or a control column cannot be used.

    Warns:
        TpfeedbackWarning: no mentions, a constant outcome, a small sample, infinite values,
            touchpoints that cannot be told apart, or unrated texts that complain more or less
            often than the rated ones; says what to do.

    >>> feedback = pd.DataFrame({"feedback_id": range(400), "overall": [2, 5, 4, 1] * 100})
    >>> mentions = pd.DataFrame({"feedback_id": range(0, 400, 4), "touchpoint": "delivery",
    ...                          "sentiment": "negative"})
    >>> with warnings.catch_warnings():
    ...     warnings.simplefilter("ignore", TpfeedbackWarning)
    ...     impact = measure_impact(feedback, mentions)
    >>> impact[["touchpoint", "negative_share", "penalty", "prize"]].round(2).to_dict("records")
    [{'touchpoint': 'delivery', 'negative_share': 0.25, 'penalty': -1.33, 'prize': 0.33}]
    """
    estimate = load_method(method)
    marks = mark_texts(feedback, mentions)
    numbers, notes = read_outcome(feedback, outcome)
    held = read_controls(feedback, controls)
    marks, numbers, held = join_answers(feedback, marks, numbers, held)
    counts = count_marks(marks, _stages(taxonomy))
    effects, more = _effects(estimate, marks, numbers, held, random_state)
    for note in (*notes, *more):
        warnings.warn(note, TpfeedbackWarning, stacklevel=2)
    return _table(counts, effects)


def _effects(
    estimate: Method, marks: Marks, outcome: Array, controls: pd.DataFrame, random_state: int
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    empty = pd.DataFrame(index=list(marks.touchpoints))
    rated = outcome[np.isfinite(outcome)]
    if not marks.touchpoints:
        return empty, (
            "No mentions were given, so the impact table is empty. Extract the mentions with "
            "tpfeedback.extract_mentions, or check that the taxonomy fits these texts.",
        )
    if np.ptp(rated) == 0:
        return empty, (
            f"The outcome is {rated[0]:g} in all {len(rated)} rated texts, so no effect can be "
            "measured: the table holds counts and shares only. Take an outcome that varies.",
        )
    design = build_design(marks, outcome, controls)
    if design.rated <= design.columns.shape[1]:
        return empty, (*design.notes, "Too few texts for any effect: counts and shares only.")
    effects = estimate(design, random_state=random_state)
    unrated = compare_unrated(marks, outcome) if "prize" in effects else ()
    return effects, (*design.notes, *unrated)


def _stages(taxonomy: str | Path | Taxonomy) -> dict[str, str]:
    return {touchpoint.key: touchpoint.stage for touchpoint in load_taxonomy(taxonomy).touchpoints}


def _table(counts: pd.DataFrame, effects: pd.DataFrame) -> pd.DataFrame:
    table = counts.join(effects, on="touchpoint")
    table = table.reindex(columns=[column.name for column in IMPACT])
    kinds = {column.name: "str" if column.kind == "text" else float for column in IMPACT}
    kinds |= {column.name: "int64" for column in IMPACT if column.kind == "count"}
    return table.astype(kinds).sort_values(
        ["prize", "touchpoint"], ascending=[False, True], na_position="last", ignore_index=True
    )
