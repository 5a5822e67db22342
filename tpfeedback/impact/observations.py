"""What is observed of every respondent: marks, outcome, controls, weight and cluster."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from tpfeedback.errors import ColumnError, ImpactError, unknown_name
from tpfeedback.impact.controls import read_controls
from tpfeedback.impact.gram import Array, Flags, Places, ordered_sum
from tpfeedback.impact.marks import Marks, mark_texts, total_weight
from tpfeedback.impact.models import prepare_outcome
from tpfeedback.impact.outcome import read_outcome
from tpfeedback.impact.respondents import join_answers, respondent_rows
from tpfeedback.wording import write_note

FEW_CLUSTERS = 40
"""Below so many clusters the covariance CR1 is too small (Cameron, Gelbach & Miller 2008, Rev.
Econ. Stat. 90:414-427; Angrist & Pischke 2009, section 8.2.3, give 42 as a rule of thumb)."""


@dataclass(frozen=True, eq=False)
class Observations:
    """One row per respondent; `weights` and `clusters` (codes from 0) are None if not given.

    `texts` are the feedback_ids of all texts, `rows` the respondent of each. The outcome of a
    respondent of weight 0 counts as missing. `count` says how many equal respondents each row
    stands for; None: one.
    """

    marks: Marks
    outcome: Array
    controls: pd.DataFrame
    weights: Array | None
    clusters: Places | None
    texts: pd.Index
    rows: Places
    notes: tuple[str, ...]
    count: Array | None = None

    @property
    def mean(self) -> float:
        """(Weighted) mean outcome of the rated."""
        rated = np.isfinite(self.outcome)
        mass = total_weight(self.weights, self.count)
        mass = np.ones(len(rated)) if mass is None else mass
        return ordered_sum((self.outcome * mass)[rated]) / ordered_sum(mass[rated])

    def number(self, rows: Flags) -> int:
        """Return how many respondents these rows stand for."""
        return int(rows.sum() if self.count is None else self.count[rows].sum())


def read_observations(
    feedback: pd.DataFrame,
    mentions: pd.DataFrame,
    *,
    outcome: str,
    model: str,
    controls: Sequence[str],
    weights: str | None,
    cluster: str | None,
) -> Observations:
    """Check the tables and join the answers of each respondent.

    A respondent has the mean weight of their texts, and the cluster of the first text by name.
    """
    marks = mark_texts(feedback, mentions)
    numbers, notes = read_outcome(feedback, outcome)
    numbers = prepare_outcome(model, numbers, name=outcome)
    held = read_controls(feedback, controls, outcome=outcome)
    weight = None if weights is None else read_weights(feedback, weights)
    label = None if cluster is None else read_clusters(feedback, cluster)
    joined, numbers, held = join_answers(feedback, marks, numbers, held)
    if weight is not None:
        weight = join_answers(feedback, marks, weight, feedback[[]])[1]
        numbers = np.where(weight > 0, numbers, np.nan)
        if not np.isfinite(numbers).any():
            raise ImpactError(
                f"Every rated text has weight 0 in {weights!r}. Allowed: weights above 0 for those "
                "that are to count. Name another column with weights=."
            )
    codes = None
    if label is not None:
        labels = join_answers(feedback, marks, np.zeros(len(label)), label.to_frame())[2]
        codes = np.asarray(pd.factorize(labels.iloc[:, 0], sort=True)[0], dtype=np.intp)
        notes = (*notes, *few_clusters(codes[np.isfinite(numbers)], str(cluster)))
    texts = pd.Index(feedback["feedback_id"].astype("str"))
    rows = respondent_rows(feedback)
    return Observations(joined, numbers, held, weight, codes, texts, rows, notes)


def read_weights(feedback: pd.DataFrame, column: str) -> Array:
    """Return the survey weight of every text.

    Raises:
        ColumnError: there is no such column, or it holds no numbers.
        ImpactError: a weight is negative, infinite or missing, or all are 0.

    >>> read_weights(pd.DataFrame({"w": [1.0, -1.0]}), "w")
    Traceback (most recent call last):
    ...
    tpfeedback.errors.ImpactError: 1 weights in 'w' are negative, infinite or missing...
    """
    values = _column(feedback, column, "weights")
    if not pd.api.types.is_numeric_dtype(values) or pd.api.types.is_bool_dtype(values):
        raise ColumnError(
            f"The weights in {column!r} are {values.dtype} values. Allowed: numbers, such as how "
            "many customers a respondent stands for. Name a numeric column with weights=."
        )
    numbers = values.astype("Float64").to_numpy(dtype=float, na_value=np.nan)
    odd = ~(np.isfinite(numbers) & (numbers >= 0))
    if odd.any():
        raise ImpactError(
            f"{int(odd.sum())} weights in {column!r} are negative, infinite or missing, for "
            f"example {numbers[odd][0]:g}. Allowed: a number of 0 or more in every row. Give a "
            "weight to every text (1 where nothing is known), or drop these rows."
        )
    if len(numbers) and not numbers.any():
        raise ImpactError(
            f"All {len(numbers)} weights in {column!r} are 0. Allowed: weights above 0 for those "
            "that are to count. Name another column with weights=."
        )
    return np.array(numbers, dtype=np.float64)


def read_clusters(feedback: pd.DataFrame, column: str) -> pd.Series:
    """Return the label of every text's cluster; a text without one is a cluster of its own.

    >>> table = pd.DataFrame({"feedback_id": ["a", "b", "c"], "customer": [7, None, 7]})
    >>> read_clusters(table, "customer").nunique()
    2
    """
    values = _column(feedback, column, "cluster")
    own = "text " + feedback["feedback_id"].astype("str")
    labels = ("cluster " + values.astype("str")).where(values.notna(), own)
    return labels.rename("cluster")


def _column(feedback: pd.DataFrame, column: str, option: str) -> pd.Series:
    names = list(feedback.columns)
    if names.count(column) != 1:
        wrong = (
            unknown_name(f"{option} column", column, names)
            if column not in names
            else f"The feedback table has {names.count(column)} columns {column!r}; keep one."
        )
        raise ColumnError(f"{wrong} Name one column of the feedback table with {option}=.")
    return feedback[column]


def few_clusters(codes: Places, column: str) -> tuple[str, ...]:
    """Return a note where there are few clusters; raises `ImpactError` where there is one."""
    if len(np.unique(codes)) == 1:
        raise ImpactError(
            f"All rated texts are in one cluster of {column!r}. Allowed: at least two, advised: "
            f"{FEW_CLUSTERS}. Name another column with cluster=, or leave it out."
        )
    return note_clusters(codes, column)


def note_clusters(codes: Places, column: str) -> tuple[str, ...]:
    """Return a note where there are few clusters."""
    number = len(np.unique(codes))
    if number >= FEW_CLUSTERS:
        return ()
    told = {"clusters": number, "column": column, "advised": FEW_CLUSTERS}
    return (write_note("few_clusters", **told),)
