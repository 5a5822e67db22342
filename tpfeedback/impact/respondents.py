"""From texts to respondents: the answers of one person to a survey are one observation."""

from __future__ import annotations

import numpy as np
import pandas as pd

from tpfeedback.impact.gram import Array, Flags, Places
from tpfeedback.impact.marks import Marks


def join_answers(
    feedback: pd.DataFrame, marks: Marks, outcome: Array, controls: pd.DataFrame
) -> tuple[Marks, Array, pd.DataFrame]:
    """Return marks, outcome and controls of every respondent, from those of every text.

    `read_export` names the answers to the open questions of one record
    "<record>:<question>": such texts are one respondent, who has the marks of all of them, the
    mean of their outcomes and the controls of the first by name. Any other text is a respondent
    of its own.
    """
    ids = feedback["feedback_id"].astype("str")
    keys = respondents(feedback)
    if keys.is_unique:
        return marks, outcome, controls
    order = np.argsort(ids.to_numpy(dtype=object), kind="stable")
    codes, names = pd.factorize(keys.iloc[order], sort=True)
    first = order[np.unique(codes, return_index=True)[1]]

    def either(flags: Flags) -> Flags:
        found = np.zeros((len(names), flags.shape[1]), dtype=bool)
        np.logical_or.at(found, codes, flags[order])
        return found

    joined = Marks(
        marks.touchpoints, either(marks.mentioned), either(marks.negative), either(marks.positive)
    )
    return joined, _means(outcome[order], codes), controls.iloc[first].reset_index(drop=True)


def respondent_rows(feedback: pd.DataFrame) -> Places:
    """Return the row of each text's respondent in what `join_answers` returns.

    >>> answers = pd.DataFrame({"feedback_id": ["8", "7:Why?", "7:What else?"],
    ...                         "question": [None, "Why?", "What else?"]})
    >>> respondent_rows(answers).tolist()
    [1, 0, 0]
    """
    keys = respondents(feedback)
    if keys.is_unique:
        return np.arange(len(keys))
    return np.asarray(pd.factorize(keys, sort=True)[0], dtype=np.intp)


def respondents(feedback: pd.DataFrame) -> pd.Series:
    """Return who wrote each text: its `feedback_id` without the question that it answers.

    >>> answers = pd.DataFrame({"feedback_id": ["7:Why?", "7:What else?"],
    ...                         "question": ["Why?", "What else?"]})
    >>> respondents(answers).tolist()
    ['7', '7']
    """
    ids = feedback["feedback_id"].astype("str")
    if list(feedback.columns).count("question") != 1:
        return ids
    pairs = zip(ids.tolist(), feedback["question"].tolist(), strict=True)
    names = [
        name.removesuffix(f":{question}") if isinstance(question, str) else name
        for name, question in pairs
    ]
    return pd.Series(names, index=feedback.index, dtype="str")


def _means(values: Array, codes: Places) -> Array:
    """Return the mean of the known values of each code; equal values stay as they are, exactly."""
    groups = pd.Series(values).groupby(codes)
    lowest = groups.min()
    means = groups.mean().where(groups.max() != lowest, lowest)
    return np.asarray(means, dtype=np.float64)
