"""Hand labels of a random sample of texts: what the tagger should have found."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from tpfeedback.errors import ColumnError, ImpactError
from tpfeedback.impact.gram import Array, Flags
from tpfeedback.impact.marks import Marks, mark_texts
from tpfeedback.impact.respondents import join_answers
from tpfeedback.wording import write_note

_COLUMNS = ("feedback_id", "touchpoint", "sentiment")


@dataclass(frozen=True, eq=False)
class Labels:
    """What people found in the texts, or respondents, that they read.

    `labelled` (texts,): who was read. `marks`: what was found; all False where nobody read.
    """

    marks: Marks
    labelled: Flags


def read_labels(feedback: pd.DataFrame, labels: pd.DataFrame) -> Labels:
    """Return the labels of every respondent, in the order of `respondents.join_answers`.

    `labels` has one row per touchpoint found in a labelled text, with `feedback_id, touchpoint,
    sentiment`; a row with a missing touchpoint says: this text was read, and names nothing. A
    respondent who gave several answers counts as labelled when all of them are.

    Raises:
        ColumnError: `labels` lacks a column, or a sentiment is none of the four.
        ImpactError: no text is labelled, or a labelled text is not in the feedback table.

    >>> feedback = pd.DataFrame({"feedback_id": ["a", "b", "c"]})
    >>> labels = pd.DataFrame({"feedback_id": ["a", "b"], "touchpoint": ["price", None],
    ...                        "sentiment": ["negative", None]})
    >>> found = read_labels(feedback, labels)
    >>> found.labelled.tolist(), found.marks.negative.tolist()
    ([True, True, False], [[True], [False], [False]])
    """
    _check(feedback, labels)
    named = labels[labels["touchpoint"].notna()]
    marks = mark_texts(feedback, named)
    ids = feedback["feedback_id"].astype("str")
    read = ids.isin(labels["feedback_id"].astype("str"))
    labelled = np.asarray(read, dtype=np.float64)
    # The mean over the answers of a respondent is 1 only where each of them was read.
    marks, part, _ = join_answers(feedback, marks, labelled, feedback[[]])
    return Labels(marks, np.asarray(part == 1))


def compare_labelled(marks: Marks, outcome: Array, labelled: Flags) -> tuple[str, ...]:
    """Return a note where the labelled rows are no random sample of all of them, as it seems.

    `marks` are the tagger's, `outcome` has no missing values. Compared are the outcome and the
    number of touchpoints named; noted are differences beyond four standard errors.

    >>> none = np.zeros((400, 0), dtype=bool)
    >>> rising, first = np.arange(400.0), np.arange(400) < 50
    >>> compare_labelled(Marks((), none, none, none), rising, first)[0]
    'The labelled texts are no random sample, as it seems: ... outcome is 24.5 in the mean, 224.5...
    """
    if labelled.all() or labelled.sum() < 2:
        return ()
    named = marks.mentioned.sum(axis=1).astype(float)
    found = []
    for key, values in (("labels_outcome", outcome), ("labels_named", named)):
        inside, outside = values[labelled], values[~labelled]
        error = values.std() * np.sqrt(1 / len(inside) + 1 / len(outside))
        if abs(inside.mean() - outside.mean()) > 4 * error:
            found.append(write_note(key, inside=inside.mean(), outside=outside.mean()))
    return (write_note("labels_not_random", differences=found),) if found else ()


def _check(feedback: pd.DataFrame, labels: pd.DataFrame) -> None:
    if not isinstance(labels, pd.DataFrame):
        raise ColumnError(
            f"labels must be a pandas DataFrame, given: {type(labels).__name__}. Give one row per "
            "touchpoint found by hand, with feedback_id, touchpoint and sentiment."
        )
    names = list(labels.columns)
    wrong = [column for column in _COLUMNS if names.count(column) != 1]
    if wrong:
        raise ColumnError(
            f"The labels need each of the columns {', '.join(_COLUMNS)} exactly once, but this is "
            f"not so for {', '.join(wrong)}. Given: {', '.join(map(str, names))}. A labelled text "
            "that names nothing is a row with a missing touchpoint."
        )
    if labels.empty or labels["feedback_id"].isna().any():
        raise ImpactError(
            f"The labels have {len(labels)} rows, {int(labels['feedback_id'].isna().sum())} of "
            "them without feedback_id. Allowed: one row or more for every labelled text, each "
            "with its feedback_id. Leave out labels= where nothing is labelled."
        )
    known = set(feedback["feedback_id"].astype("str")) if "feedback_id" in feedback else set()
    strange = [name for name in labels["feedback_id"].astype("str") if name not in known]
    if strange:
        raise ImpactError(
            f"{len(strange)} labels have a feedback_id that the feedback table does not know, for "
            f"example {strange[0]!r}. Allowed: labels of texts in the feedback table. Add the "
            "labelled texts to it, or leave these labels out."
        )
