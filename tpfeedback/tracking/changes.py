"""The list of what was changed, when, for which touchpoint and where."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from tpfeedback.errors import TableError, unknown_name
from tpfeedback.impact.gram import Flags
from tpfeedback.shares.strata import told_values
from tpfeedback.tracking.days import read_days, without_zones


@dataclass(frozen=True)
class Change:
    """On `date`, `touchpoint` was changed; only where `column` is `value`, unless they are None."""

    date: pd.Timestamp
    touchpoint: str
    column: str | None
    value: str | None
    cost: float
    note: str

    @property
    def where(self) -> str:
        """`column=value`, empty where it was everywhere."""
        return "" if self.column is None else f"{self.column}={self.value}"

    def treats(self, feedback: pd.DataFrame) -> Flags:
        """Return which rows the change was for."""
        if self.column is None:
            return np.ones(len(feedback), dtype=bool)
        return np.asarray(told_values(feedback[self.column]) == self.value, dtype=bool)

    def known(self, feedback: pd.DataFrame) -> Flags:
        """Return of which rows it is known whether the change was for them."""
        if self.column is None:
            return np.ones(len(feedback), dtype=bool)
        return np.asarray(feedback[self.column].notna(), dtype=bool)


def read_changes(
    table: pd.DataFrame, feedback: pd.DataFrame, touchpoints: Sequence[str]
) -> list[Change]:
    """Return the changes in the order of the table.

    Raises:
        TableError: the table lacks `date` or `touchpoint`, a date cannot be read or may be two, a
            touchpoint has no mention, or `where` is not column=value of the feedback table.
    """
    if not isinstance(table, pd.DataFrame) or not {"date", "touchpoint"} <= set(table.columns):
        given = ", ".join(map(str, table)) if isinstance(table, pd.DataFrame) else type(table)
        raise TableError(
            "The table of changes needs the columns date and touchpoint; where (column=value), "
            f"cost and note may be there too. Given: {given}."
        )
    dates = read_days(without_zones(table["date"]), name="The date of a change")
    rows = table.assign(date=dates).to_dict("records")
    return [_change({str(k): v for k, v in row.items()}, feedback, touchpoints) for row in rows]


def _change(row: dict[str, object], feedback: pd.DataFrame, touchpoints: Sequence[str]) -> Change:
    touchpoint = str(row["touchpoint"])
    if touchpoint not in touchpoints:
        raise TableError(
            unknown_name("touchpoint", touchpoint, touchpoints, then="A change needs mentions.")
        )
    column, value = _where(row.get("where"), feedback)
    cost, note = row.get("cost"), row.get("note")
    amount = np.nan if cost is None or pd.isna(cost) else _amount(cost)  # type: ignore[call-overload]
    text = "" if note is None or (isinstance(note, float) and np.isnan(note)) else str(note)
    return Change(pd.Timestamp(row["date"]).normalize(), touchpoint, column, value, amount, text)  # type: ignore[arg-type]


def _amount(cost: object) -> float:
    try:
        amount = float(cost)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        amount = np.nan
    if not 0 <= amount < np.inf:
        raise TableError(f"The cost of a change is {cost!r}. Allowed: a number of 0 or more.")
    return amount


def _where(given: object, feedback: pd.DataFrame) -> tuple[str | None, str | None]:
    if not isinstance(given, str) or not given.strip():
        return None, None
    column, equals, value = (part.strip() for part in given.partition("="))
    if not equals or list(feedback.columns).count(column) != 1:
        raise TableError(
            f"where is {given!r}. Allowed: column=value with a column of the feedback table, such "
            f"as region=North. Columns: {', '.join(map(str, feedback.columns))}."
        )
    values = told_values(feedback[column].dropna())
    if value not in set(values):
        raise TableError(unknown_name(f"value of {column}", value, set(values)))
    return column, value
