"""Costs and efforts of fixes, and what the money brings back."""

from __future__ import annotations

import math
import warnings
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from numbers import Real
from typing import TypeAlias

import numpy as np
import pandas as pd

from tpfeedback.errors import ImpactError, TpfeedbackWarning
from tpfeedback.wording import Note, write_note

Amounts: TypeAlias = Mapping[str, float]
_ENDS = ("", "_low", "_high")


def read_amounts(name: str, given: Amounts, touchpoints: pd.Series) -> pd.Series:
    """Return the amount of every touchpoint, missing where none was given.

    An amount is a number of 0 or more; infinity says that it cannot be done. Names that the
    impact table does not have draw a warning: nobody speaks of them, or they are misspelt.

    Raises:
        ImpactError: `given` is no mapping, or an amount is no such number.
    """
    if not isinstance(given, Mapping | pd.Series):
        raise ImpactError(
            f"{name} must name an amount per touchpoint, given: {type(given).__name__}. "
            f"Write {name}={{'delivery': 1000}}."
        )
    amounts = {str(key): _amount(name, str(key), value) for key, value in given.items()}
    for key in sorted(set(amounts) - set(touchpoints)):
        note = _unused(key, sorted(map(str, touchpoints)), name)
        warnings.warn(note, TpfeedbackWarning, stacklevel=4)  # who called the caller
    return pd.Series([amounts.get(key, np.nan) for key in touchpoints], list(touchpoints), float)


def _unused(given: str, known: list[str], amount: str) -> Note:
    told = {"given": given, "known": known, "amount": amount}
    close = get_close_matches(given, known, n=1)
    if close:
        return write_note("amount_misspelt", **told, meant=close[0])
    return write_note("amount_unused", **told)


def _amount(name: str, touchpoint: str, value: object) -> float:
    amount = _float(value)
    if not amount >= 0:
        raise ImpactError(
            f"The {name} of {touchpoint!r} is {value!r}. Allowed: a number of 0 or more; infinity "
            "where it cannot be done. Correct it, or leave the touchpoint out."
        )
    return amount


def refuse_lacking(name: str, touchpoints: Sequence[str]) -> None:
    """Raise `ImpactError` where touchpoints with something to gain have no amount."""
    if touchpoints:
        raise ImpactError(
            f"The {name} is missing for {', '.join(touchpoints)}. Every touchpoint with something "
            f"to gain needs one, infinity where it cannot be fixed. Add it to {name}=."
        )


def read_amount(name: str, value: float | None) -> float | None:
    """Return one amount, or None where none was given.

    Raises:
        ImpactError: it is no finite number of 0 or more.
    """
    amount = None if value is None else _float(value)
    if amount is not None and not 0 <= amount < math.inf:
        raise ImpactError(f"{name} is {value!r}. Allowed: a number of 0 or more.")
    return amount


def read_number(name: str, value: float | None) -> float | None:
    """Return a number in units of the outcome, or None where none was given.

    Raises:
        ImpactError: it is no finite number.
    """
    number = None if value is None else _float(value)
    if number is not None and not math.isfinite(number):
        raise ImpactError(f"{name} is {value!r}. Allowed: a number.")
    return number


def refuse_no_shares(name: str, given: object) -> None:
    """Raise `ImpactError` for what does not name a share per touchpoint."""
    if not isinstance(given, Mapping):
        raise ImpactError(
            f"{name} must name a share per touchpoint, given: {type(given).__name__}. "
            f"Write {{'delivery': 0.3}}."
        )


def read_share(name: str, touchpoint: str, value: float) -> float:
    """Return a share (0-1).

    Raises:
        ImpactError: it is none.
    """
    share = _float(value)
    if not 0 <= share <= 1:
        raise ImpactError(
            f"{name} of {touchpoint!r} is {value!r}. Allowed: a share from 0 to 1 (30 % is 0.3)."
        )
    return share


def _float(value: object) -> float:
    """Return the number, NaN where it is none."""
    return float(value) if isinstance(value, Real) else math.nan


def returns_of(
    table: pd.DataFrame,
    *,
    cost: Amounts | None,
    effort: Amounts | None,
    value_of: float | None,
) -> pd.DataFrame:
    """Return the columns that costs and efforts add to a table with `touchpoint` and `prize`.

    - `cost` and `gain_per_cost` = prize / cost;
    - `effort` and `gain_per_effort` = prize / effort;
    - `roi` = (value_of x prize - cost) / cost, `roi_low` and `roi_high` the same at the ends of the
      interval of the prize: 0 = the money comes back, 1 = twice the money comes back.

    Missing where the amount is not known, and the ratios where it is 0 or infinite.

    Raises:
        ImpactError: an amount cannot be used, or `value_of` is given without `cost`.

    >>> table = pd.DataFrame({"touchpoint": ["staff"], "prize": [0.2], "prize_low": [0.1],
    ...                       "prize_high": [0.3]})
    >>> returns_of(table, cost={"staff": 50}, effort=None, value_of=1000).round(3).values.tolist()
    [[50.0, 0.004, 3.0, 1.0, 5.0]]
    """
    columns: dict[str, pd.Series] = {}
    for name, given in (("cost", cost), ("effort", effort)):
        if given is not None:
            amounts = read_amounts(name, given, table["touchpoint"]).set_axis(table.index)
            columns[name] = amounts
            columns[f"gain_per_{name}"] = table["prize"] / _divisor(amounts)
    worth = read_amount("value_of", value_of)
    if worth is not None:
        if "cost" not in columns:
            raise ImpactError(
                "value_of is given without cost, so there is no return on investment to work out. "
                "Give the cost of each fix too: cost={'delivery': 1000}."
            )
        money = _divisor(columns["cost"])
        columns |= {f"roi{end}": worth * table[f"prize{end}"] / money - 1 for end in _ENDS}
    return pd.DataFrame(columns, index=table.index)


def _divisor(amounts: pd.Series) -> pd.Series:
    return amounts.where((amounts > 0) & np.isfinite(amounts))
