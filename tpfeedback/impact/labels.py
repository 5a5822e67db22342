"""Hand labels of texts drawn by chance: what the tagger should have found."""

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
    `chance` (texts,): how likely each was to be drawn for labelling (0-1, up to a factor; 1 where
    nobody read), or None where all were equally likely.
    """

    marks: Marks
    labelled: Flags
    chance: Array | None = None


def match_labels(feedback: pd.DataFrame, labels: pd.DataFrame) -> Labels:
    """Return the labels of every respondent, in the order of `respondents.join_answers`.

    `labels` has one row per touchpoint found in a labelled text, with `feedback_id, touchpoint,
    sentiment`; a row with a missing touchpoint says: this text was read, and names nothing. A
    respondent who gave several answers counts as labelled when all of them are.

    A column `probability` says how likely a text was to be drawn for labelling, as
    `sample_for_labelling` writes it; without it all texts are taken as equally likely.

    Raises:
        ColumnError: `labels` lacks a column, or a sentiment is none of the four.
        ImpactError: no text is labelled, a labelled text is not in the feedback table, several
            people labelled it, or it was picked on purpose (probability 0), not drawn.

    >>> feedback = pd.DataFrame({"feedback_id": ["a", "b", "c"]})
    >>> labels = pd.DataFrame({"feedback_id": ["a", "b"], "touchpoint": ["price", None],
    ...                        "sentiment": ["negative", None]})
    >>> found = match_labels(feedback, labels)
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
    drawn = _chances(ids, labels)
    joined, part, _ = join_answers(feedback, marks, labelled, feedback[[]])
    if drawn is None:
        return Labels(joined, np.asarray(part == 1))
    # The answers of one respondent are drawn together, so their mean is the chance of each.
    _, chance, _ = join_answers(feedback, marks, drawn, feedback[[]])
    return Labels(joined, np.asarray(part == 1), chance)


def compare_labelled(
    marks: Marks, outcome: Array, labelled: Flags, chance: Array | None = None
) -> tuple[str, ...]:
    """Return a note where the labelled rows are not as they were drawn, as it seems.

    `marks` are the tagger's, `outcome` has no missing values, `chance` is that of each labelled
    row. Compared are the outcome and the number of touchpoints named; noted are differences
    beyond four standard errors. Rows drawn with unequal chances are weighted by their inverse
    and compared with all rows.

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
        inside, outside, error = _contrast(values, labelled, chance)
        if abs(inside - outside) > 4 * error:
            found.append(write_note(key, inside=inside, outside=outside))
    return (write_note("labels_not_random", differences=found),) if found else ()


def _contrast(values: Array, labelled: Flags, chance: Array | None) -> tuple[float, float, float]:
    """Return the mean of the labelled, that of the others, and the error of the difference."""
    inside, outside = values[labelled], values[~labelled]
    if chance is None:
        error = values.std() * np.sqrt(1 / len(inside) + 1 / len(outside))
        return float(inside.mean()), float(outside.mean()), float(error)
    part = 1 / chance
    part = part / part.sum()
    mean = float(part @ inside)
    error = np.sqrt(np.sum((part * (inside - mean)) ** 2) + values.var() / len(values))
    return mean, float(values.mean()), float(error)


def _chances(ids: pd.Series, labels: pd.DataFrame) -> Array | None:
    """Return the chance of each text; None where the labels do not tell, or all are equal."""
    if "probability" not in labels.columns:
        return None
    given = pd.to_numeric(labels["probability"], errors="coerce")
    known = given.notna()
    odd = known & ~given.between(0, 1)
    if odd.any() or not (known.all() or not known.any()):
        wrong = f"{given[odd].iloc[0]:g}" if odd.any() else f"{int((~known).sum())} missing values"
        raise ImpactError(
            f"The column 'probability' of the labels holds {wrong}. Allowed: in every row how "
            "likely the text was to be drawn (0-1), as sample_for_labelling wrote it, or no such "
            "column where all texts were equally likely."
        )
    by_text = given.groupby(labels["feedback_id"].astype("str")).max()
    picked = int((by_text == 0).sum())
    if picked:
        raise ImpactError(
            f"{picked} of {len(by_text)} labelled texts were picked on purpose (probability 0), "
            "not drawn by chance: effects corrected by them would be wrong. Such labels serve to "
            "teach and to evaluate. Allowed here: labels of sample_for_labelling with "
            "strategy='random' or strategy='ranking'. Leave the picked texts out of labels=, and "
            "draw again with all texts to choose from."
        )
    if not known.any() or np.ptp(by_text.to_numpy()) < 1e-9:
        return None
    return ids.map(by_text).fillna(1.0).to_numpy(dtype=float)


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
    if "annotator" in names and _read_twice(labels):
        raise ImpactError(
            "Texts were labelled by several annotators, and they may not agree. Allowed: one "
            "reading a text. Settle the labels first: tpfeedback.settle_labels(labels)."
        )
    known = set(feedback["feedback_id"].astype("str")) if "feedback_id" in feedback else set()
    strange = [name for name in labels["feedback_id"].astype("str") if name not in known]
    if strange:
        raise ImpactError(
            f"{len(strange)} labels have a feedback_id that the feedback table does not know, for "
            f"example {strange[0]!r}. Allowed: labels of texts in the feedback table. Add the "
            "labelled texts to it, or leave these labels out."
        )


def _read_twice(labels: pd.DataFrame) -> bool:
    readers = labels.groupby(labels["feedback_id"].astype("str"))["annotator"]
    return bool((readers.nunique(dropna=False) > 1).any())
