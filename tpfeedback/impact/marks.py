"""From the mentions table to marks: which text speaks of which touchpoint, and how."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tpfeedback.errors import ColumnError, ImpactError, unknown_name
from tpfeedback.impact.gram import Array, Flags, Places, ordered_sum
from tpfeedback.tables import SENTIMENTS


@dataclass(frozen=True, eq=False)
class Marks:
    """Marks of every text, in the order of the feedback table, or respondent for every touchpoint.

    A mixed mention marks both `negative` and `positive`, a neutral one only `mentioned`.
    """

    touchpoints: tuple[str, ...]
    mentioned: Flags
    negative: Flags
    positive: Flags

    def of(self, sentiment: str) -> Flags:
        """Return the flags of "negative" or "positive"."""
        return self.negative if sentiment == "negative" else self.positive


def mark_texts(feedback: pd.DataFrame, mentions: pd.DataFrame) -> Marks:
    """Return the marks of all texts.

    Two mentions of one touchpoint in one text count once, with both sentiments. A `feedback_id`
    is compared as text, so that 7 in the feedback table is "7" in the mentions.

    Raises:
        ColumnError: a table lacks a column, or a sentiment is none of the four.
        ImpactError: `feedback_id` is missing, repeated or, in the mentions, unknown.

    >>> feedback = pd.DataFrame({"feedback_id": ["a", "b"]})
    >>> mentions = pd.DataFrame({"feedback_id": ["b", "b"], "touchpoint": ["staff", "price"],
    ...                          "sentiment": ["mixed", "neutral"]})
    >>> marks = mark_texts(feedback, mentions)
    >>> marks.touchpoints, marks.negative.tolist(), marks.mentioned.tolist()
    (('price', 'staff'), [[False, False], [False, True]], [[False, False], [True, True]])
    """
    _require(feedback, "feedback", ("feedback_id",))
    _require(mentions, "mentions", ("feedback_id", "touchpoint", "sentiment"))
    rows = _rows_of(feedback["feedback_id"], mentions["feedback_id"])
    sentiment = _sentiments(mentions["sentiment"])
    if mentions["touchpoint"].isna().any():
        raise ColumnError(
            f"{int(mentions['touchpoint'].isna().sum())} mentions have no touchpoint. "
            "Allowed: a key in every row. Drop these rows and call again."
        )
    columns, names = pd.factorize(mentions["touchpoint"].astype(str), sort=True)

    def flags(wanted: tuple[str, ...]) -> Flags:
        found = np.zeros((len(feedback), len(names)), dtype=bool)
        chosen = np.isin(sentiment, wanted)
        found[rows[chosen], columns[chosen]] = True
        return found

    return Marks(
        tuple(map(str, names)),
        flags(SENTIMENTS),
        flags(("negative", "mixed")),
        flags(("positive", "mixed")),
    )


def count_marks(
    marks: Marks,
    stages: Mapping[str, str],
    weights: Array | None = None,
    count: Array | None = None,
) -> pd.DataFrame:
    """Return counts and shares per touchpoint; the denominator of a share is all texts.

    With survey weights, counts are of texts still, but shares are of weight. `count`: how many
    texts each row stands for (None: one).
    """
    kinds = marks.mentioned, marks.negative, marks.positive
    mentions, negative, positive = (count_texts(flags, count).astype(np.int64) for flags in kinds)
    mass = total_weight(weights, count)
    reach, negative_share, positive_share = (share_texts(flags, mass) for flags in kinds)
    return pd.DataFrame(
        {
            "touchpoint": pd.Series(list(marks.touchpoints), dtype="str"),
            "stage": pd.Series([stages.get(t) for t in marks.touchpoints], dtype="str"),
            "mentions": mentions,
            "negative": negative,
            "positive": positive,
            "reach": reach,
            "negative_share": negative_share,
            "positive_share": positive_share,
        }
    )


def count_texts(flags: Flags, count: Array | None) -> Places:
    """Return how many texts hold each flag (rows, flags), each row `count` times (None: once)."""
    return np.asarray(flags.sum(axis=0) if count is None else count @ flags)


def total_weight(weights: Array | None, count: Array | None) -> Array | None:
    """Return what each row weighs with all texts it stands for; None where all are alike."""
    if weights is None or count is None:
        return count if weights is None else weights
    return weights * count


def share_texts(flags: Flags, mass: Array | None) -> Array:
    """Return the share of the texts with each flag, each row by its mass (None: all alike)."""
    if mass is None:
        return np.asarray(flags.sum(axis=0) / max(len(flags), 1))
    whole = ordered_sum(mass)
    return np.array([ordered_sum(mass[flag]) / whole for flag in flags.T])


def covary_marks(
    marks: Marks, names: Sequence[str], weights: Array | None, count: Array | None
) -> Array:
    """Return the covariance of complaints and praise (2 x touchpoints), in the order of the names.

    It is 0 where there are fewer than two respondents: nothing can differ among them.

    Raises:
        ImpactError: the marks do not know a name.
    """
    lacking = [name for name in names if name not in marks.touchpoints]
    if lacking:
        raise ImpactError(
            f"The mentions do not name {', '.join(lacking)}, which the impact table holds. "
            "Pass the feedback and mentions from which the impact was measured."
        )
    places = [marks.touchpoints.index(name) for name in names]
    pairs = np.stack([marks.negative[:, places], marks.positive[:, places]], axis=2)
    pairs = pairs.reshape(len(pairs), -1).astype(float)
    times = None if count is None else count.astype(np.int64)
    if (len(pairs) if times is None else times.sum()) < 2:
        return np.zeros((2 * len(names), 2 * len(names)))
    covariance = np.cov(pairs, rowvar=False, fweights=times, aweights=weights)
    return np.asarray(covariance.reshape(2 * len(names), -1))


def require_table(table: object, name: str) -> None:
    """Raise `ColumnError` for what is no pandas DataFrame."""
    if not isinstance(table, pd.DataFrame):
        raise ColumnError(
            f"The {name} table must be a pandas DataFrame, given: {type(table).__name__}. "
            "Pass the table as tpfeedback returned it."
        )


def _require(table: pd.DataFrame, name: str, columns: tuple[str, ...]) -> None:
    require_table(table, name)
    names = list(table.columns)
    wrong = [column for column in columns if names.count(column) != 1]
    if wrong:
        raise ColumnError(
            f"The {name} table needs each of the columns {', '.join(columns)} exactly once, but "
            f"this is not so for {', '.join(wrong)}. Given: {', '.join(map(str, names))}. "
            "Pass the table as tpfeedback returned it."
        )


def _rows_of(known: pd.Series, wanted: pd.Series) -> Places:
    if known.isna().any():
        raise ImpactError(
            f"{int(known.isna().sum())} rows of the feedback table have no feedback_id. "
            "Allowed: a unique name in every row. Name the texts and call again."
        )
    known, wanted = known.astype("str"), wanted.astype("str")
    if known.duplicated().any():
        twice = known[known.duplicated()].iloc[0]
        raise ImpactError(
            f"feedback_id is repeated in the feedback table: {int(known.duplicated().sum())} rows, "
            f"for example {twice!r}. Allowed: a unique name in every row. Drop the repeated rows "
            "or name them apart."
        )
    rows: Places = pd.Index(known).get_indexer(pd.Index(wanted))
    if (rows < 0).any():
        raise ImpactError(
            f"{int((rows < 0).sum())} mentions have a feedback_id that the feedback table does not "
            f"know, for example {wanted[rows < 0].iloc[0]!r}. "
            "Pass the feedback table from which the mentions were extracted."
        )
    return rows


def _sentiments(values: pd.Series) -> NDArray[np.str_]:
    odd = values[~values.isin(SENTIMENTS)]
    if len(odd):
        raise ColumnError(unknown_name("sentiment", odd.iloc[0], SENTIMENTS))
    return values.to_numpy(dtype=str)
