"""The outcome that is explained: the overall rating, or any other number of a text."""

from __future__ import annotations

import numpy as np
import pandas as pd

from tpfeedback.errors import ImpactError, unknown_name
from tpfeedback.impact.gram import Array
from tpfeedback.impact.marks import Marks
from tpfeedback.wording import write_note

SIZEABLE = 0.05  # share of complaints from which on a difference is worth a warning
DIFFERENT = 0.1  # the share of rated texts is off that of all by more than this part of it
BEYOND_CHANCE = 3.0  # standard errors between rated and unrated texts


def read_outcome(feedback: pd.DataFrame, outcome: str) -> tuple[Array, tuple[str, ...]]:
    """Return the outcome of every text (NaN where missing) and notes for the reader.

    Raises:
        ImpactError: there is no such column, it holds no numbers, or every value is missing.
    """
    names = list(feedback.columns)
    if names.count(outcome) != 1:
        wrong = (
            unknown_name("outcome column", outcome, names)
            if outcome not in names
            else (f"The feedback table has {names.count(outcome)} columns named {outcome!r}.")
        )
        raise ImpactError(f"{wrong} Name one numeric column with outcome=.")
    values = feedback[outcome]
    if values.dtype == object:  # numbers, or True and False, with None among them
        values = values.convert_dtypes()
    if values.notna().any() and not pd.api.types.is_numeric_dtype(values):
        raise ImpactError(
            f"Outcome {outcome!r} holds {values.dtype} values. Allowed: numbers, or True and "
            "False. Turn them into numbers (pandas.to_numeric) and call again."
        )
    known = values.astype("Float64").to_numpy(dtype=float, na_value=np.nan)
    numbers = np.array(known, dtype=np.float64)
    infinite = np.isinf(numbers)
    numbers[infinite] = np.nan
    if not np.isfinite(numbers).any():
        raise ImpactError(
            f"Outcome {outcome!r} is missing in all {len(numbers)} texts. At least some texts need "
            "a number. Name another column with outcome=, or use the sentiment of the texts."
        )
    if not infinite.any():
        return numbers, ()
    return numbers, (write_note("outcome_infinite", n=infinite.sum(), column=outcome),)


def compare_unrated(
    marks: Marks, outcome: Array, weights: Array | None = None, count: Array | None = None
) -> tuple[str, ...]:
    """Return a note where unrated texts complain more, or less, often than rated ones.

    The difference must be beyond chance: rated texts are a sample. `count`: how many texts each
    row stands for (None: one).
    """
    weight = np.ones(len(outcome)) if weights is None else weights
    times = np.ones(len(outcome)) if count is None else count
    rated, unrated = np.isfinite(outcome) & (weight > 0), np.isnan(outcome) & (weight > 0)
    if not unrated.any():
        return ()
    inside, outside, everywhere = (
        np.average(marks.negative[rows], axis=0, weights=(weight * times)[rows])
        for rows in (rated, unrated, rated | unrated)
    )
    number = 1 / times[rated].sum() + 1 / times[unrated].sum()
    error = np.sqrt(everywhere * (1 - everywhere) * number)
    different = (
        (np.maximum(inside, everywhere) >= SIZEABLE)
        & (np.abs(inside - everywhere) > DIFFERENT * everywhere)
        & (np.abs(inside - outside) > BEYOND_CHANCE * error)
    )
    if not different.any():
        return ()
    cases = [
        write_note(
            "unrated_case", touchpoint=marks.touchpoints[i], rated=inside[i], all=everywhere[i]
        )
        for i in np.flatnonzero(different)
    ]
    return (write_note("unrated", cases=cases),)
