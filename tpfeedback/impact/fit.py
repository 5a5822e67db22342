"""Measuring impact: `fit_impact`, the table of it alone (`measure_impact`), and `explain`."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from tpfeedback.errors import ImpactError, TpfeedbackWarning
from tpfeedback.impact.bootstrap import REPLICATES, draw_prizes, replicate_prizes
from tpfeedback.impact.correction import Correction, labels_table
from tpfeedback.impact.gram import Array, Places
from tpfeedback.impact.measurement import Measurement, Options, measure
from tpfeedback.impact.methods.penalty_reward import tabulate_roles
from tpfeedback.impact.parts import Breakdown, no_parts, read_breakdown, split_mean, split_text
from tpfeedback.tables import ROLES
from tpfeedback.taxonomy import Taxonomy


@dataclass(frozen=True, eq=False)
class ImpactFit:
    """Everything that was estimated; `table` is the impact table.

    `replicates` (1000, touchpoints): prizes as if the feedback came once more (Poisson
    bootstrap), in the order of `touchpoints`, which is by name; missing (NaN) for a touchpoint
    without a prize. `roles`: the probability of each role (0-1) of each touchpoint. `outcome_mean`:
    (weighted) mean of the rated. `parts`: that mean as an exact sum, see `parts.split_mean`;
    empty where the model is not linear or labels correct it. `labels`: what the hand labels say,
    see `correction.labels_table`; None without labels. `notes`: what was warned of.
    """

    table: pd.DataFrame
    touchpoints: tuple[str, ...]
    replicates: Array
    roles: pd.DataFrame
    outcome_mean: float
    parts: pd.DataFrame
    outcome: str
    method: str
    model: str
    policy: str
    labels: pd.DataFrame | None
    notes: tuple[str, ...]
    breakdown: Breakdown | None
    texts: pd.Index
    rows: Places

    def _repr_html_(self) -> str:
        return self.table.to_html(index=False, float_format="{:.3f}".format)


def measure_impact(
    feedback: pd.DataFrame,
    mentions: pd.DataFrame,
    *,
    outcome: str = "overall",
    method: str = "penalty_reward",
    model: str = "linear",
    taxonomy: str | Path | Taxonomy = "general",
    controls: Sequence[str] = (),
    weights: str | None = None,
    cluster: str | None = None,
    policy: str = "baseline",
    labels: pd.DataFrame | None = None,
    random_state: int = 0,
) -> pd.DataFrame:
    """Measure what complaints about and praise of each touchpoint do to the outcome.

    The default method fits one joint linear regression: what changes in the expected outcome
    when a text complains about this touchpoint (`penalty`) or praises it (`reward`), all other
    touchpoints held fixed. A touchpoint that is not mentioned has no effect on its text (policy
    "baseline"; `stress_test` tells what hangs on that); texts that name nothing at all have a
    term of their own, because "Great!" and "Never again" say nothing about any touchpoint. A
    mixed mention counts as a negative and a positive one, a neutral one as neither (but it counts
    in `mentions` and `reach`).

    The unit of observation is the respondent: the answers of one record to several open questions
    (`feedback_id` "<record>:<question>", see `read_export`) are read as one text, so counts and
    shares are of respondents. Where each wrote one text, respondents are texts. The prize is about
    the mean of the rated ones: -penalty x the share of complaints among the rated.

    An effect is an association in these texts, the others held fixed, not the proof of a cause.
    Errors of the tagger are not in the intervals: they pull effects towards zero. Hand labels of
    some hundred random texts correct that.

    Args:
        feedback: one row per text, with `feedback_id` and the outcome, and with `question` where
            a respondent answered several; not changed.
        mentions: one row per touchpoint in a text, with `feedback_id, touchpoint, sentiment`;
            ids are compared as text.
        outcome: numeric column of `feedback`; texts where it is missing count in the shares,
            but not in the effects and the prize. Where the answers of one respondent differ in
            it, their mean counts.
        method: "penalty_reward" fills all columns; "shapley", "relative_weights" and
            "correlation" (naive, for comparison) only the importance.
        model: of the outcome. "linear"; "ordered_logit" for ratings of few levels that pile up
            at the end of the scale; "binary_logit" for an outcome such as bought again or not;
            "nps" for answers from 0 to 10, with effects in points of the net promoter score.
        taxonomy: where `stage` is looked up; name, path or loaded taxonomy.
        controls: columns of `feedback` to hold fixed: text and categories as dummies, numbers
            as they are; of a respondent's first answer, by name. Say ["channel", "city"] where
            channels or cities differ in their ratings.
        weights: numeric column of `feedback` with survey weights: how many customers a text
            stands for. Shares, effects, prize and importance are then weighted (weighted least
            squares); a text of weight 0 counts in `mentions`, `negative` and `positive` only.
        cluster: column of `feedback` that tells which texts hang together, such as the customer.
            Intervals then allow for that; a text without a value is a cluster of its own.
        policy: what a text says about a touchpoint that it does not mention. "baseline": nothing,
            it has no effect there. "observed": it is left out, so that a complaint is compared
            with the other mentions of the touchpoint (praise and neutral ones), and not with
            silence. "imputed": it counts as the average of those who mention it, else as
            "observed". Each is one file in `tpfeedback.impact.policies`, which tells its source.
        labels: touchpoints found by hand in a random sample of the texts, one row each with
            `feedback_id, touchpoint, sentiment` (one row without touchpoint: names nothing), and
            `probability` where `sample_for_labelling` wrote it. Effects and prizes are corrected
            for the tagger's errors (`correction.corrected_effects`); counts and shares are not.
        random_state: seed of the bootstrap behind the intervals of the importance.

    Returns:
        The impact table (see `tpfeedback.tables.IMPACT`), one row per touchpoint mentioned, by
        `prize` descending, then by name. Shares (0-1) are of all respondents in `feedback`,
        rated or not. Effects are in units of the outcome, intervals are 95 %. Effects are
        missing (NaN), never wild, where fewer than five rated texts hold the term or it cannot be
        told apart from another one.

    Raises:
        ImpactError: the outcome is no number or missing everywhere, or not such as the model
            needs; a `feedback_id` is repeated, missing or unknown; a weight is negative or
            missing; the method, model or policy is unknown, or they do not go together.
        ColumnError: a table lacks a column, or a column cannot be used as what it was named for.

    Warns:
        TpfeedbackWarning: no mentions, a constant outcome, a small sample, infinite values, few
            clusters, touchpoints that can hardly or not at all be told apart, a touchpoint that
            restates the outcome, an outcome piled up at one end of the scale or collected after
            the text, or unrated texts that complain more or less often than the rated ones; says
            what to do.

    >>> feedback = pd.DataFrame({"feedback_id": range(400), "overall": [2, 5, 4, 1] * 100})
    >>> mentions = pd.DataFrame({"feedback_id": range(0, 400, 4), "touchpoint": "delivery",
    ...                          "sentiment": "negative"})
    >>> with warnings.catch_warnings():
    ...     warnings.simplefilter("ignore", TpfeedbackWarning)
    ...     impact = measure_impact(feedback, mentions)
    >>> impact[["touchpoint", "negative_share", "penalty", "prize"]].round(2).to_dict("records")
    [{'touchpoint': 'delivery', 'negative_share': 0.25, 'penalty': -1.33, 'prize': 0.33}]
    """
    options = Options(
        outcome=outcome,
        method=method,
        model=model,
        taxonomy=taxonomy,
        controls=controls,
        weights=weights,
        cluster=cluster,
        policy=policy,
        labels=labels,
        random_state=random_state,
    )
    measured = measure(feedback, mentions, options)
    _warn(measured)
    return measured.table


def fit_impact(
    feedback: pd.DataFrame,
    mentions: pd.DataFrame,
    *,
    outcome: str = "overall",
    method: str = "penalty_reward",
    model: str = "linear",
    taxonomy: str | Path | Taxonomy = "general",
    controls: Sequence[str] = (),
    weights: str | None = None,
    cluster: str | None = None,
    policy: str = "baseline",
    labels: pd.DataFrame | None = None,
    random_state: int = 0,
) -> ImpactFit:
    """Measure the impact, and keep what ranks, plans and explanations need.

    Arguments, errors and warnings are those of `measure_impact`, whose table is `.table` here.
    The fit also holds what the table cannot: how the errors of the prizes hang together
    (`replicates`, seeded by `random_state`), and the mean outcome as a sum of parts (`parts`).

    >>> feedback = pd.DataFrame({"feedback_id": range(400), "overall": [2, 5, 4, 1] * 100})
    >>> mentions = pd.DataFrame({"feedback_id": range(0, 400, 4), "touchpoint": "delivery",
    ...                          "sentiment": "negative"})
    >>> with warnings.catch_warnings():
    ...     warnings.simplefilter("ignore", TpfeedbackWarning)
    ...     fit = fit_impact(feedback, mentions)
    >>> fit.replicates.shape, fit.outcome_mean
    ((1000, 1), 3.0)
    >>> fit.parts[["part", "kind", "contribution"]].round(2).values.tolist()
    [['baseline', 'baseline', 3.33], ['delivery', 'touchpoint', -0.33],
     ['delivery', 'negative', -0.33]]
    """
    options = Options(
        outcome=outcome,
        method=method,
        model=model,
        taxonomy=taxonomy,
        controls=controls,
        weights=weights,
        cluster=cluster,
        policy=policy,
        labels=labels,
        random_state=random_state,
    )
    measured = measure(feedback, mentions, options)
    _warn(measured)
    return complete(measured, options)


def complete(measured: Measurement, options: Options) -> ImpactFit:
    """Return the fit of a measurement, with its replicates and parts."""
    design, effects, seen = measured.design, measured.effects, measured.observations
    parts, breakdown, labels = no_parts(), None, None
    roles = pd.DataFrame(columns=["touchpoint", *ROLES])
    replicates = np.full((REPLICATES, len(seen.marks.touchpoints)), np.nan)
    if design is not None and effects is not None:
        corrected = isinstance(effects, Correction)
        roles = tabulate_roles(design, effects).rename_axis("touchpoint").reset_index()
        if options.linear and not corrected:
            parts, breakdown = split_mean(design)
            replicates = replicate_prizes(design, effects.known, random_state=options.random_state)
        else:
            replicates = draw_prizes(effects, design, random_state=options.random_state)
        labels = labels_table(effects, design.terms) if isinstance(effects, Correction) else None
    return ImpactFit(
        table=measured.table,
        touchpoints=seen.marks.touchpoints,
        replicates=replicates,
        roles=roles,
        outcome_mean=seen.mean,
        parts=parts,
        outcome=options.outcome,
        method=options.method,
        model=options.model,
        policy=options.policy,
        labels=labels,
        notes=measured.notes,
        breakdown=breakdown,
        texts=seen.texts,
        rows=seen.rows,
    )


def explain(fit: ImpactFit, feedback_id: str) -> pd.DataFrame:
    """Return the expected outcome of one text as a sum: what each of its mentions does to it.

    Where a respondent gave several answers, the sum is that of the respondent. The outcome that
    was really given differs from the sum by what the mentions do not tell. Unrated texts are
    explained too.

    Args:
        fit: the result of `fit_impact`, with a linear model and without labels.
        feedback_id: of a text in the feedback table; compared as text.

    Returns:
        One row per part that the text has: `part` (a touchpoint, "baseline", ...), `kind`
        ("baseline", "negative", "positive", "nothing", "rare", "control"; under the policy
        "observed" also "mention"), `contribution` with 95 % interval, in units of the outcome.
        The contributions sum to the expected outcome.

    Raises:
        ImpactError: the text is unknown, or the fit holds no sum of parts.

    >>> feedback = pd.DataFrame({"feedback_id": range(400), "overall": [2, 5, 4, 1] * 100})
    >>> mentions = pd.DataFrame({"feedback_id": range(0, 400, 4), "touchpoint": "delivery",
    ...                          "sentiment": "negative"})
    >>> with warnings.catch_warnings():
    ...     warnings.simplefilter("ignore", TpfeedbackWarning)
    ...     fit = fit_impact(feedback, mentions)
    >>> explain(fit, 8)[["part", "kind", "contribution"]].round(2).values.tolist()
    [['baseline', 'baseline', 3.33], ['delivery', 'negative', -1.33]]
    """
    breakdown = read_breakdown(fit)
    place = int(fit.texts.get_indexer(pd.Index([str(feedback_id)]))[0])
    if place < 0:
        raise ImpactError(
            f"No text has the feedback_id {str(feedback_id)!r}. Given: {len(fit.texts)} texts, "
            f"the first of them {fit.texts[0]!r}. Pass the feedback_id of one of these texts."
        )
    return split_text(breakdown, int(fit.rows[place]))


def _warn(measured: Measurement) -> None:
    for note in measured.notes:
        warnings.warn(note, TpfeedbackWarning, stacklevel=3)
