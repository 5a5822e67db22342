"""Shares of respondents who speak of each touchpoint, counted or corrected, with intervals."""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
import pandas as pd

from tpfeedback.errors import ColumnError, ImpactError, TpfeedbackWarning
from tpfeedback.impact.gram import Flags, Places
from tpfeedback.impact.labels import compare_labelled
from tpfeedback.impact.marks import Marks
from tpfeedback.impact.observations import FEW_CLUSTERS, note_clusters
from tpfeedback.impact.readings import take_marks
from tpfeedback.shares.answers import Answers, read_answers
from tpfeedback.shares.double_sampling import correct_shares
from tpfeedback.shares.intervals import share_interval
from tpfeedback.wording import write_note

POLARITIES = ("any", "negative", "positive")
COUNTED, JOINED, LABELS_ONLY = "counted", "prediction-powered", "labels only"
METHODS = (COUNTED, JOINED, LABELS_ONLY)
ADVISED = 100
"""Labelled respondents a stratum: a share of .1 is then known to about .06 either way, by the
labels alone."""


@dataclass(frozen=True, eq=False)
class Shares:
    """The table of `measure_shares`, and the notes that it warns of."""

    table: pd.DataFrame
    notes: tuple[str, ...]


def measure_shares(
    feedback: pd.DataFrame,
    mentions: pd.DataFrame,
    *,
    labels: pd.DataFrame | None = None,
    by: str | None = "language",
    floor: int = 10,
    weights: str | None = None,
    cluster: str | None = None,
) -> pd.DataFrame:
    """Return how many respondents speak of each touchpoint, and how many complain or praise.

    Without labels these are the tagger's counts: their intervals hold the chance of sampling, and
    none of the tagger's own errors. With labels of texts that were drawn by chance, the errors are
    taken out in every stratum by itself, so that languages can be compared although the tagger
    errs more in one than in another (`double_sampling.correct_shares`). The interval then covers
    the true share in about 95 % of samples, also where a touchpoint is rare or was not found
    in any labelled text.

    The answers of one person to several questions are one respondent, see
    `respondents.join_answers`.

    Args:
        feedback: the feedback table; not changed.
        mentions: the mentions found in it; likewise.
        labels: what people found in some of the texts, one row a touchpoint: `feedback_id,
            touchpoint, sentiment` (a text that names nothing: one row without touchpoint), and
            `probability` where `sample_for_labelling` wrote it.
        by: column whose values are the strata, or None for one stratum, "all". Languages are
            filled in by `analyze`, not by `read_feedback`.
        floor: values of fewer respondents are pooled as "other", and left out where they are
            fewer together, so that nobody can be recognised. At least 2.
        weights: column with survey weights.
        cluster: column that tells which texts hang together, such as the customer.

    Returns:
        One row per stratum (the largest first), touchpoint and polarity:

        - `stratum`, `touchpoint`;
        - `polarity`: "negative" and "positive" count mixed mentions too, "any" all mentions;
        - `texts`: respondents in the stratum, `labelled`: how many of them were read by people,
          `found`: how many of those speak so of the touchpoint, as people read them;
        - `share` (0-1) with 95 % interval `share_low`, `share_high`; missing where there are
          labels, but none in the stratum;
        - `raw_share`: the tagger's count;
        - `method`: "counted" (by the tagger), "prediction-powered" (labels and tagger), or
          "labels only" (no labelled text, or every one, has the tagger's mark; or all are
          labelled, or none is).

    Raises:
        ColumnError: a table lacks a column, or a column cannot be used.
        ImpactError: an unknown or repeated `feedback_id`, labels that were not drawn by chance, no
            respondents, all of them in one cluster, or too many strata.

    Warns:
        TpfeedbackWarning: shares are the tagger's counts, labels are few, lacking or no random
            sample, there are few clusters, or respondents are left out.

    >>> feedback = pd.DataFrame({"feedback_id": range(1000), "language": "pl"})
    >>> late = feedback.assign(touchpoint="delivery", sentiment="negative")
    >>> seen, true = late.iloc[::10], late.iloc[::8]  # one in ten, and one in eight
    >>> read = feedback.iloc[:200].merge(true.iloc[:25], how="left")  # 200 texts, 25 of them late
    >>> table = measure_shares(feedback, seen, labels=read).round(3)
    >>> table.loc[[1], "polarity":].values.tolist()
    [['negative', 1000, 200, 25, 0.125, 0.086, 0.177, 0.1, 'prediction-powered']]
    """
    found = fit_shares(
        feedback, mentions, labels=labels, by=by, floor=floor, weights=weights, cluster=cluster
    )
    for note in found.notes:
        warnings.warn(note, TpfeedbackWarning, stacklevel=2)
    return found.table


def fit_shares(
    feedback: pd.DataFrame,
    mentions: pd.DataFrame,
    *,
    labels: pd.DataFrame | None = None,
    by: str | None = "language",
    floor: int = 10,
    weights: str | None = None,
    cluster: str | None = None,
) -> Shares:
    """Return what `measure_shares` does, with its notes instead of warnings."""
    if not isinstance(floor, int | np.integer) or floor < 2:
        raise ColumnError(
            f"floor is {floor!r}. Allowed: a whole number of 2 or more, so that no stratum shows "
            "single persons. Take the number that your privacy rules ask for, such as 10."
        )
    if by is not None and not isinstance(by, str):
        raise ColumnError(
            f"by is {by!r}. Allowed: the name of one column, or None. Make one column of several, "
            "or call once for each."
        )
    seen = read_answers(
        feedback, mentions, labels=labels, by=by, floor=floor, weights=weights, cluster=cluster
    )
    places = range(len(seen.strata.names))
    parts = [_measure(seen, place) for place in places]
    return Shares(pd.concat(parts, ignore_index=True), (*seen.notes, *_notes(seen, cluster)))


def _measure(seen: Answers, place: int) -> pd.DataFrame:
    """Return the rows of one stratum."""
    rows = seen.strata.rows(place)
    names = seen.tagger.touchpoints
    marks = _flags(seen.tagger, rows)
    sample = seen.sample(rows)
    clusters = None if seen.clusters is None else seen.clusters[rows]
    weights = None if seen.weights is None else seen.weights[rows]
    raw, low, high = share_interval(marks, weights=weights, clusters=clusters)
    share, method = raw, np.full(len(raw), COUNTED, dtype=object)
    truth = None if seen.hand is None else _flags(seen.hand, rows)[sample.labelled]
    if truth is not None and len(truth):
        corrected = correct_shares(marks, truth, sample)
        share, low, high = corrected.share, corrected.low, corrected.high
        method = np.where(corrected.tagged, JOINED, LABELS_ONLY)
    elif truth is not None:
        share = low = high = np.full(len(raw), np.nan)
        method = np.full(len(raw), LABELS_ONLY, dtype=object)
    found = np.zeros(len(raw), dtype=np.int64) if truth is None else truth.sum(axis=0)
    text = {
        "stratum": np.repeat(seen.strata.names[place], len(raw)),
        "touchpoint": np.tile(names, len(POLARITIES)),
        "polarity": np.repeat(POLARITIES, len(names)),
    }
    table = pd.DataFrame({name: pd.Series(values, dtype="str") for name, values in text.items()})
    table = table.assign(
        texts=int(rows.sum()),
        labelled=int(sample.labelled.sum()),
        found=found.astype(np.int64),
        share=share,
        share_low=low,
        share_high=high,
        raw_share=raw,
        method=pd.Series(method, dtype="str"),
    )
    return table.sort_values(["touchpoint", "polarity"], ignore_index=True)


def _flags(marks: Marks, rows: Flags) -> Flags:
    """Return the flags of these respondents, all touchpoints of each polarity in turn."""
    return np.hstack([marks.mentioned[rows], marks.negative[rows], marks.positive[rows]])


def _notes(seen: Answers, cluster: str | None) -> tuple[str, ...]:
    strata = [seen.strata.rows(place) for place in range(len(seen.strata.names))]
    notes: list[str] = []
    if seen.clusters is not None:
        parts = [seen.clusters[rows] for rows in strata]
        notes += _clusters(dict(zip(seen.strata.names, parts, strict=True)), str(cluster))
    if seen.hand is None:
        return (*notes, write_note("shares_counted"))
    counts = [int(seen.labelled[rows].sum()) for rows in strata]
    named = list(zip(seen.strata.names, counts, strict=True))
    if none := [name for name, count in named if count == 0]:
        notes.append(write_note("shares_unlabelled", strata=none))
    if few := [f"{name} ({count})" for name, count in named if 0 < count < ADVISED]:
        notes.append(write_note("shares_few_labels", strata=few, advised=ADVISED))
    told = [note for rows in strata for note in _unlike(seen, rows)]
    return (*notes, *dict.fromkeys(told))


def _clusters(strata: dict[str, Places], column: str) -> list[str]:
    """Return notes on strata of few clusters, or of one; raises where all are in the same."""
    if len(np.unique(np.concatenate([*strata.values()]))) == 1:
        raise ImpactError(
            f"All respondents are in one cluster of {column!r}. Allowed: at least two, advised: "
            f"{FEW_CLUSTERS} in each stratum. Name another column with cluster=, or leave it out."
        )
    lone = [name for name, codes in strata.items() if len(np.unique(codes)) == 1]
    notes: list[str] = []
    if lone:
        notes.append(write_note("shares_lone_cluster", column=column, strata=lone))
    several = [codes for name, codes in strata.items() if name not in lone]
    if several:
        notes += note_clusters(min(several, key=lambda c: len(np.unique(c))), column)
    return notes


def _unlike(seen: Answers, rows: Flags) -> tuple[str, ...]:
    """Return a note where the labelled of a stratum are not as they were drawn, as it seems."""
    outcome = seen.outcome
    known: Flags = np.isfinite(outcome)
    if (seen.labelled & rows & known).sum() < 2:  # hardly any ratings: compare the marks alone
        outcome, known = np.zeros(len(outcome)), np.ones(len(outcome), dtype=bool)
    rows = rows & known
    labelled = seen.labelled[rows]
    chance = None if seen.chance is None else seen.chance[rows][labelled]
    marks = take_marks(seen.tagger, seen.tagger.touchpoints, rows)
    return compare_labelled(marks, outcome[rows], labelled, chance)
