"""What is held fixed, as columns of the regression, where rows stand for many texts."""

from __future__ import annotations

import numpy as np
import pandas as pd

from tpfeedback.errors import ImpactError
from tpfeedback.impact.controls import MAX_LEVELS
from tpfeedback.impact.gram import Array, Flags, Places
from tpfeedback.impact.regression import MIN_TEXTS


def held_columns(controls: pd.DataFrame, rated: Places, count: Array) -> dict[str, Array | Flags]:
    """Return the columns of `impact.controls.control_columns`, counting each row `count` times.

    `count` is that of the `rated` rows.

    >>> table = pd.DataFrame({"city": ["Kraków", "Gdańsk"]})
    >>> held_columns(table, np.arange(2), np.array([5.0, 9.0]))
    {'city = Kraków': array([1., 0.])}
    """
    columns: dict[str, Array | Flags] = {}
    for name in controls.columns:
        values = controls[name]
        numeric = pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values)
        if numeric:
            columns |= _number(values, name, rated, count)
        else:
            columns |= _levels(values, name, rated, count)
    return columns


def _levels(values: pd.Series, name: str, rated: Places, count: Array) -> dict[str, Array]:
    text = values.astype(object).where(values.notna(), "(missing)").astype(str)
    found = _totals(text, rated, count)
    text = text.where(text.isin(found.index[found >= MIN_TEXTS]), "(rare)")
    found = _totals(text, rated, count)
    levels = sorted(found.index, key=lambda level: (-found[level], level))
    if len(levels) > MAX_LEVELS:
        raise ImpactError(
            f"Control column {name!r} has {len(levels)} levels. Allowed: {MAX_LEVELS}. Group them "
            "(regions instead of cities, months instead of days) or leave the column out."
        )
    return {f"{name} = {level}": (text == level).to_numpy(dtype=float) for level in levels[1:]}


def _totals(text: pd.Series, rated: Places, count: Array) -> pd.Series:
    return pd.Series(count, index=text.iloc[rated].to_numpy()).groupby(level=0).sum()


def _number(values: pd.Series, name: str, rated: Places, count: Array) -> dict[str, Array]:
    numbers = values.astype("Float64").to_numpy(dtype=float, na_value=np.nan)
    known = np.isfinite(numbers)
    inside, weight = numbers[rated][known[rated]], count[known[rated]]
    if not len(inside) or np.ptp(inside) == 0:
        return {}
    filled = np.where(known, numbers, np.average(inside, weights=weight))
    mean = np.average(filled[rated], weights=count)
    spread = np.sqrt(np.average((filled[rated] - mean) ** 2, weights=count))
    columns = {name: (filled - mean) / spread}
    if not known[rated].all():
        columns[f"{name} = (missing)"] = (~known).astype(float)
    return columns
