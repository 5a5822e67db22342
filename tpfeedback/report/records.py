"""Values of a table as plain values that JSON can hold."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd

Facts = dict[str, Any]


def plain_records(table: pd.DataFrame) -> list[Facts]:
    """Return one dict a row that JSON can hold: missing is None, dates are ISO texts.

    >>> plain_records(pd.DataFrame({"a": [1.0, float("nan")]}))
    [{'a': 1.0}, {'a': None}]
    """
    columns = {str(name): [plain_value(v) for v in table[name].tolist()] for name in table.columns}
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def plain_value(value: Any) -> Any:
    """Return a value that JSON can hold; what is missing or infinite is None.

    >>> plain_value((np.float64(0.5), float("inf"), pd.Timestamp("2024-05-01")))
    [0.5, None, '2024-05-01T00:00:00']
    """
    if isinstance(value, list | tuple):
        return [plain_value(one) for one in value]
    if isinstance(value, Mapping):
        return {str(key): plain_value(one) for key, one in value.items()}
    if value is None or pd.isna(value) or value in (math.inf, -math.inf):
        return None
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, np.generic):
        value = value.item()
    return value if isinstance(value, bool | str | int | float) else str(value)
