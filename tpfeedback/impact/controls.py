"""Segment columns as columns of the regression."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from tpfeedback.errors import ColumnError, ImpactError, unknown_name
from tpfeedback.impact.gram import Array, Places

MAX_LEVELS = 100


def read_controls(feedback: pd.DataFrame, controls: Sequence[str]) -> pd.DataFrame:
    """Return the control columns.

    Raises:
        ColumnError: a column is not in the feedback table, is there twice, or holds dates.
    """
    if isinstance(controls, str):
        raise ColumnError(f"controls must be a list of columns. Write controls=[{controls!r}].")
    names = list(feedback.columns)
    for name in controls:
        if names.count(name) != 1:
            raise ColumnError(
                unknown_name("control column", name, names)
                if name not in names
                else f"The feedback table has {names.count(name)} columns {name!r}; keep one."
            )
        if pd.api.types.is_datetime64_any_dtype(feedback[name]):
            raise ColumnError(
                f"Control column {name!r} holds dates. Allowed: text, categories, True and False, "
                "numbers. Make months of them (.dt.strftime('%Y-%m')) and call again."
            )
    return feedback[list(dict.fromkeys(controls))]


def control_columns(
    controls: pd.DataFrame, *, smallest: int, rated: Places | None = None
) -> dict[str, Array]:
    """Return the columns by name: dummies for text and categories, one column for numbers.

    What the columns are is decided by the texts that are `rated` (places; all if not given). The
    most frequent level is the reference; a missing value is a level of its own; levels with fewer
    than `smallest` rated texts are pooled. Numbers are standardised, a missing one becomes the
    mean with a column of its own that marks it.

    >>> table = pd.DataFrame({"city": ["Kraków", "Kraków", "Gdańsk"]})
    >>> columns = control_columns(table, smallest=1)
    >>> {name: column.tolist() for name, column in columns.items()}
    {'city = Gdańsk': [0.0, 0.0, 1.0]}
    """
    columns: dict[str, Array] = {}
    chosen = np.arange(len(controls)) if rated is None else rated
    for name in controls.columns:
        values = controls[name]
        numeric = pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values)
        if numeric:
            columns |= _number(values, name, chosen)
        else:
            columns |= _levels(values, name, chosen, smallest)
    return columns


def _levels(values: pd.Series, name: str, rated: Places, smallest: int) -> dict[str, Array]:
    text = values.astype(object).where(values.notna(), "(missing)").astype(str)
    counts = text.iloc[rated].value_counts()
    text = text.where(text.isin(counts.index[counts >= smallest]), "(rare)")
    counts = text.iloc[rated].value_counts()
    levels = sorted(counts.index, key=lambda level: (-counts[level], level))
    if len(levels) > MAX_LEVELS:
        raise ImpactError(
            f"Control column {name!r} has {len(levels)} levels. Allowed: {MAX_LEVELS}. Group them "
            "(regions instead of cities, months instead of days) or leave the column out."
        )
    return {f"{name} = {level}": (text == level).to_numpy(dtype=float) for level in levels[1:]}


def _number(values: pd.Series, name: str, rated: Places) -> dict[str, Array]:
    numbers = values.astype("Float64").to_numpy(dtype=float, na_value=np.nan)
    known = np.isfinite(numbers)
    inside = numbers[rated][known[rated]]
    if not len(inside) or np.ptp(inside) == 0:
        return {}
    filled = np.where(known, numbers, inside.mean())
    columns = {name: (filled - filled[rated].mean()) / filled[rated].std()}
    if not known[rated].all():
        columns[f"{name} = (missing)"] = (~known).astype(float)
    return columns
