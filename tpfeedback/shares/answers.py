"""What is counted: respondents with the marks of the tagger and of people, stratum by stratum."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from tpfeedback.errors import ColumnError, ImpactError
from tpfeedback.impact.drawn import Sample, take_sample
from tpfeedback.impact.gram import Array, Flags, Places
from tpfeedback.impact.labels import match_labels
from tpfeedback.impact.marks import Marks, mark_texts
from tpfeedback.impact.observations import read_clusters, read_weights
from tpfeedback.impact.readings import take_marks
from tpfeedback.impact.respondents import join_answers
from tpfeedback.shares.strata import Grouping, asked_columns, group_respondents
from tpfeedback.tables import OTHER_LANGUAGE
from tpfeedback.wording import write_note

ALL = "all"
_LANGUAGE = "language"


@dataclass(frozen=True, eq=False)
class Answers:
    """One row per respondent who counts.

    `hand`, `labelled` and `chance` as in `impact.labels.Labels`; without labels `hand` is None
    and nobody is labelled. `outcome`: the rating, NaN where there is none.
    """

    tagger: Marks
    hand: Marks | None
    labelled: Flags
    chance: Array | None
    weights: Array | None
    clusters: Places | None
    outcome: Array
    strata: Grouping
    notes: tuple[str, ...]

    def sample(self, rows: Flags) -> Sample:
        """Return which of these respondents are labelled, with their weights and clusters."""
        clusters = None if self.clusters is None else np.unique(
            self.clusters[rows], return_inverse=True)[1]  # fmt: skip
        return take_sample(
            self.labelled[rows],
            weights=None if self.weights is None else self.weights[rows],
            cluster=clusters,
            chance=None if self.chance is None else self.chance[rows],
        )


@dataclass(frozen=True, eq=False)
class _Respondents:
    """What the feedback table says of every respondent."""

    tagger: Marks
    facts: pd.DataFrame
    outcome: Array
    weights: Array | None
    clusters: Places | None


def read_answers(
    feedback: pd.DataFrame,
    mentions: pd.DataFrame,
    *,
    labels: pd.DataFrame | None,
    by: str | None,
    floor: int,
    weights: str | None,
    cluster: str | None,
) -> Answers:
    """Check the tables, join the answers of each respondent, and put them into strata.

    Left out are respondents of weight 0 and, where nothing is labelled, those who write in a
    language that the tagger does not read: none of them would seem to name anything.
    """
    found = _read(feedback, mentions, by, weights, cluster)
    labelled = np.zeros(len(found.outcome), dtype=bool)
    chance, hand, names = None, None, found.tagger.touchpoints
    rows = np.ones(len(labelled), dtype=bool) if found.weights is None else found.weights > 0
    notes: tuple[str, ...] = ()
    if labels is not None:
        match = match_labels(feedback, labels)
        labelled, chance = match.labelled, match.chance
        names = tuple(sorted({*names, *match.marks.touchpoints}))
        hand = take_marks(match.marks, names, rows)
    elif _LANGUAGE in found.facts:
        unread = (found.facts[_LANGUAGE] == OTHER_LANGUAGE).to_numpy(dtype=bool, na_value=False)
        if (unread & rows).any():
            count = int((unread & rows).sum())
            notes = (write_note("shares_unread", count=count, whole=int(rows.sum())),)
        rows = rows & ~unread
    strata = _strata(found.facts[rows].reset_index(drop=True), by, floor)
    return Answers(
        take_marks(found.tagger, names, rows),
        hand,
        labelled[rows],
        None if chance is None else chance[rows],
        None if found.weights is None else found.weights[rows],
        None if found.clusters is None else found.clusters[rows],
        found.outcome[rows],
        strata,
        (*notes, *strata.notes),
    )


def _read(
    feedback: pd.DataFrame,
    mentions: pd.DataFrame,
    by: str | None,
    weights: str | None,
    cluster: str | None,
) -> _Respondents:
    marks = mark_texts(feedback, mentions)
    columns = [] if by is None else asked_columns(feedback, by)
    if list(feedback.columns).count(_LANGUAGE) == 1:
        columns = list(dict.fromkeys([*columns, _LANGUAGE]))
    facts = feedback[columns].reset_index(drop=True)
    if cluster is not None:
        facts["(cluster)"] = read_clusters(feedback, cluster).to_numpy()
    weight = None if weights is None else read_weights(feedback, weights)
    tagger, outcome, facts = join_answers(feedback, marks, _ratings(feedback), facts)
    if weight is not None:
        weight = join_answers(feedback, marks, weight, feedback[[]])[1]
    codes = None
    if cluster is not None:
        codes = np.asarray(pd.factorize(facts["(cluster)"], sort=True)[0], dtype=np.intp)
    return _Respondents(tagger, facts, outcome, weight, codes)


def _ratings(feedback: pd.DataFrame) -> Array:
    """Return the overall ratings, missing where there are none; shares do not need them."""
    if list(feedback.columns).count("overall") != 1:
        return np.full(len(feedback), np.nan)
    numbers = pd.to_numeric(feedback["overall"], errors="coerce").astype("Float64")
    values = numbers.to_numpy(dtype=float, na_value=np.nan)
    return np.where(np.isfinite(values), values, np.nan)


def _strata(facts: pd.DataFrame, by: str | None, floor: int) -> Grouping:
    if len(facts) == 0:
        raise ImpactError(
            "There are no respondents to count. Allowed: a feedback table with texts in a language "
            "that the tagger reads, not all of weight 0. Pass the table that was tagged."
        )
    if by is None:
        return Grouping(ALL, (ALL,), np.zeros(len(facts), dtype=np.intp), ())
    if facts[by].isna().all():
        raise ColumnError(
            f"Column {by!r} has no values, so the strata are not known. Allowed: a column that "
            "tells the stratum of each text. Give by=None for the shares of all; languages are "
            "filled in by tpfeedback.analyze(...), see its .feedback."
        )
    return group_respondents(facts[by], floor=floor, least=1)
