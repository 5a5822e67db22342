"""Segment columns as columns of the regression."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tpfeedback.errors import ColumnError, ImpactError, unknown_name
from tpfeedback.impact.gram import Array, Places

MAX_LEVELS = 100


def read_controls(
    feedback: pd.DataFrame, controls: Sequence[str], *, outcome: str | None = None
) -> pd.DataFrame:
    """Return the control columns.

    Raises:
        ColumnError: a column is not in the feedback table, is there twice, holds dates, or is the
            `outcome` itself, of which it would leave nothing to explain.
    """
    if isinstance(controls, str):
        raise ColumnError(f"controls must be a list of columns. Write controls=[{controls!r}].")
    if not isinstance(controls, Iterable):
        raise ColumnError(
            f"controls must be a list of columns, given: {controls!r}. Write controls=['region'], "
            "or leave it out."
        )
    names = list(feedback.columns)
    for name in controls:
        if outcome is not None and name == outcome:
            raise ColumnError(
                f"Column {name!r} is the outcome and cannot be held fixed or divide into segments: "
                "nothing would be left to explain. Allowed: any other column. Leave it out."
            )
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
    controls: pd.DataFrame,
    *,
    smallest: int,
    rated: Places | None = None,
    count: Array | None = None,
) -> dict[str, Array]:
    """Return the columns by name: dummies for text and categories, one column for numbers.

    What the columns are is decided by the texts that are `rated` (places; all if not given). The
    most frequent level is the reference; a missing value is a level of its own; levels with fewer
    than `smallest` rated texts are pooled. Numbers are standardised, a missing one becomes the
    mean with a column of its own that marks it. `count`: how many texts each row stands for
    (None: one).

    >>> table = pd.DataFrame({"city": ["Kraków", "Kraków", "Gdańsk"]})
    >>> columns = control_columns(table, smallest=1)
    >>> {name: column.tolist() for name, column in columns.items()}
    {'city = Gdańsk': [0.0, 0.0, 1.0]}
    >>> list(control_columns(table, smallest=1, count=np.array([1.0, 1.0, 3.0])))
    ['city = Kraków']
    """
    columns: dict[str, Array] = {}
    chosen = np.arange(len(controls)) if rated is None else rated
    times = None if count is None else count[chosen]
    for name in controls.columns:
        values = controls[name]
        numeric = pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values)
        if numeric:
            columns |= _number(values, name, chosen, times)
        else:
            columns |= _levels(values, name, chosen, times, smallest)
    return columns


def _levels(
    values: pd.Series, name: str, rated: Places, times: Array | None, smallest: int
) -> dict[str, Array]:
    text = values.astype(object).where(values.notna(), "(missing)").astype(str)
    counts = _count_levels(text.iloc[rated], times)
    text = text.where(text.isin(counts.index[counts >= smallest]), "(rare)")
    counts = _count_levels(text.iloc[rated], times)
    levels = sorted(counts.index, key=lambda level: (-counts[level], level))
    if len(levels) > MAX_LEVELS:
        raise ImpactError(
            f"Control column {name!r} has {len(levels)} levels. Allowed: {MAX_LEVELS}. Group them "
            "(regions instead of cities, months instead of days) or leave the column out."
        )
    return {f"{name} = {level}": (text == level).to_numpy(dtype=float) for level in levels[1:]}


def _count_levels(text: pd.Series, times: Array | None) -> pd.Series:
    if times is None:
        return text.value_counts()
    return pd.Series(times, index=text.to_numpy()).groupby(level=0).sum()


def _number(values: pd.Series, name: str, rated: Places, times: Array | None) -> dict[str, Array]:
    numbers = values.astype("Float64").to_numpy(dtype=np.float64, na_value=np.nan)
    known = np.isfinite(numbers)
    inside = numbers[rated][known[rated]]
    if not len(inside) or np.ptp(inside) == 0:
        return {}
    weights = None if times is None else times[known[rated]]
    filled = np.where(known, numbers, _moments(inside, weights)[0])
    mean, spread = _moments(filled[rated], times)
    columns = {name: (filled - mean) / spread}
    if not known[rated].all():
        columns[f"{name} = (missing)"] = (~known).astype(float)
    return columns


def _moments(values: NDArray[Any], times: Array | None) -> tuple[float, float]:
    """Return mean and standard deviation, to the last bit the same in any order and grouping."""
    distinct, places = np.unique(values, return_inverse=True)
    count = np.bincount(places, weights=times)
    mean = np.average(distinct, weights=count)
    return mean, np.sqrt(np.average((distinct - mean) ** 2, weights=count))
