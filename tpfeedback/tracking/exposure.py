"""Complaints per 1,000 contacts: orders, calls or visits beside what was written about them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

import numpy as np
import pandas as pd
from scipy.special import chdtri

from tpfeedback.errors import ColumnError, unknown_name
from tpfeedback.impact.gram import Array

Exposure: TypeAlias = float | str | Mapping[str, float]
"""Number of contacts: one for all, a column of the feedback table, or by touchpoint or stage."""


def rate_interval(count: Array, contacts: Array) -> tuple[Array, Array, Array]:
    """Return events per 1,000 contacts with exact 95 % interval; missing without contacts.

    Garwood (1936, Biometrika 28:437-442): the Poisson means that the count does not contradict.

    >>> rate, low, high = rate_interval(np.array([0.0, 10.0]), np.array([1000.0, 2000.0]))
    >>> rate.tolist(), low.round(2).tolist(), high.round(2).tolist()
    ([0.0, 5.0], [0.0, 2.4], [3.69, 9.2])
    """
    some = np.maximum(count, 1)
    low = np.where(count > 0, chdtri(2 * some, 0.975) / 2, 0.0)
    high = chdtri(2 * (count + 1), 0.025) / 2
    return (1000 * count / contacts, 1000 * low / contacts, 1000 * high / contacts)


def read_contacts(
    exposure: Exposure | None, feedback: pd.DataFrame, places: Mapping[str, str | None]
) -> tuple[dict[str, float], dict[str, float]]:
    """Return the number of contacts of every touchpoint, and of every stage, that it is told for.

    `places`: touchpoint -> stage. A number for a stage is that of each of its touchpoints that
    have none of their own.

    Raises:
        ColumnError: a key is no touchpoint or stage, or a number is not above 0.

    >>> places = {"delivery": "after", "product": "after", "price": "choosing"}
    >>> read_contacts({"after": 500, "product": 400}, pd.DataFrame(), places)
    ({'delivery': 500.0, 'product': 400.0}, {'after': 500.0})
    """
    stages = dict.fromkeys(stage for stage in places.values() if stage is not None)
    if exposure is None:
        return {}, {}
    if isinstance(exposure, Mapping):
        known = [*places, *stages]
        for key in exposure:
            if key not in known:
                raise ColumnError(
                    unknown_name("touchpoint or stage in exposure=", key, known,
                                 then="Give the number of contacts of these.")
                )  # fmt: skip
        given = {key: _above_zero(value, key) for key, value in exposure.items()}
    else:
        whole = _column(feedback, exposure) if isinstance(exposure, str) else exposure
        given = dict.fromkeys(stages, _above_zero(whole, "all"))
        given |= dict.fromkeys(places, _above_zero(whole, "all"))
    touchpoints = {
        name: given.get(name, given.get(stage or ""))
        for name, stage in places.items()
        if name in given or stage in given
    }
    return (
        {name: float(value) for name, value in touchpoints.items() if value is not None},
        {name: given[name] for name in stages if name in given},
    )


def _column(feedback: pd.DataFrame, name: str) -> float:
    """Return the sum of a column that holds the number of contacts of each respondent."""
    if list(feedback.columns).count(name) != 1:
        raise ColumnError(
            unknown_name("exposure column", name, feedback.columns, then="Name it with exposure=.")
        )
    values = feedback[name]
    if not pd.api.types.is_numeric_dtype(values) or pd.api.types.is_bool_dtype(values):
        raise ColumnError(
            f"The exposure column {name!r} holds {values.dtype} values. Allowed: numbers, such as "
            "the orders of a customer. Name a numeric column, or give the total as a number."
        )
    return float(values.astype("Float64").sum())


def _above_zero(value: object, key: str) -> float:
    try:
        number = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        number = float("nan")
    if not (np.isfinite(number) and number > 0):
        raise ColumnError(
            f"exposure of {key!r} is {value!r}. Allowed: a number of contacts above 0, such as the "
            "orders of the same period. Leave the key out where the number is not known."
        )
    return number
