"""What failed first: complaints of one respondent, by stage and by place in the text."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from tpfeedback.impact.gram import Array
from tpfeedback.impact.observations import Observations
from tpfeedback.shares.intervals import share_interval

_BAD = ("negative", "mixed")


def order_in_texts(mentions: pd.DataFrame, touchpoints: tuple[str, ...]) -> Array:
    """Return in how many texts the row's complaint stands before the column's.

    (touchpoints, touchpoints); all 0 where the mentions have no places (`start`).

    >>> mentions = pd.DataFrame({"feedback_id": ["a", "a"], "touchpoint": ["price", "staff"],
    ...                          "sentiment": "negative", "start": [7, 0]})
    >>> order_in_texts(mentions, ("price", "staff")).tolist()
    [[0.0, 0.0], [1.0, 0.0]]
    """
    number = len(touchpoints)
    if "start" not in mentions.columns:
        return np.zeros((number, number))
    bad = mentions[mentions["sentiment"].isin(_BAD) & mentions["start"].notna()]
    if bad.empty:
        return np.zeros((number, number))
    texts, touched = (bad[name].astype("str") for name in ("feedback_id", "touchpoint"))
    first = bad["start"].astype(float).groupby([texts, touched]).min().unstack()
    places = first.reindex(columns=list(touchpoints)).to_numpy(dtype=float)
    return np.array([(places[:, [a]] < places).sum(axis=0) for a in range(number)], dtype=float)


def first_failures(
    seen: Observations, mentions: pd.DataFrame, stages: Mapping[str, int]
) -> pd.DataFrame:
    """Return how many complain about each touchpoint, and for how many it is the first failure.

    Columns `touchpoint, complaints, first_failures, first_share` with Wilson interval: the share
    of all respondents who complain about anything. Of the complaints of a respondent the one of
    the earliest stage (a number for each touchpoint) comes first; within a stage, the one that is
    written first.
    """
    marks = seen.marks
    bad = mentions[mentions["sentiment"].isin(_BAD)]
    row = seen.texts.get_indexer(pd.Index(bad["feedback_id"].astype("str")))
    start = bad["start"].to_numpy(dtype=float) if "start" in bad else np.zeros(len(bad))
    touched = bad["touchpoint"].astype("str").to_numpy(dtype=object)
    table = pd.DataFrame(
        {
            "who": seen.rows[row],
            "stage": [stages[name] for name in touched],
            "row": row,
            "start": start,
            "touchpoint": touched,
        }
    )
    first = table.sort_values(["who", "stage", "row", "start", "touchpoint"]).drop_duplicates("who")
    flags = np.zeros(marks.negative.shape, dtype=bool)
    columns = {name: i for i, name in enumerate(marks.touchpoints)}
    flags[first["who"].to_numpy(), [columns[name] for name in first["touchpoint"]]] = True
    anything = marks.negative.any(axis=1)
    share, low, high = share_interval(
        flags[anything],
        weights=None if seen.weights is None else seen.weights[anything],
        clusters=None if seen.clusters is None else seen.clusters[anything],
    )
    found = pd.DataFrame(
        {
            "touchpoint": pd.Series(list(marks.touchpoints), dtype="str"),
            "complaints": marks.negative.sum(axis=0).astype("int64"),
            "first_failures": flags.sum(axis=0).astype("int64"),
            "first_share": share,
            "first_share_low": low,
            "first_share_high": high,
        }
    )
    return found[found["complaints"] > 0].reset_index(drop=True)
