"""Names and cells of a raw table: each name once, each cell a plain value."""

from __future__ import annotations

import json
from collections import Counter
from decimal import Decimal
from typing import Any

import pandas as pd

from tpfeedback.ingest.encodings import whole_characters


def unique_names(names: list[str]) -> tuple[list[str], list[str]]:
    """Return names of which none comes twice and none is empty, and those that were changed.

    >>> unique_names(["text", "", "text"])
    (['text', 'column_2', 'text_2'], ['text_2'])
    """
    taken: set[str] = set()
    unique_names: list[str] = []
    known, renamed, counts = set(names), [], Counter[str]()
    for position, name in enumerate(names, start=1):
        base = unique = name or f"column_{position}"
        count = 1
        while unique in taken or (count > 1 and unique in known):
            count = counts[base] = max(counts[base], count) + 1
            unique = f"{base}_{count}"
        if count > 1:
            renamed.append(unique)
        taken.add(unique)
        unique_names.append(unique)
    return unique_names, renamed


def plain_cells(values: pd.Series) -> pd.Series:
    """Cells that are lists, bytes or other objects become text; half characters become U+FFFD."""
    if isinstance(values.dtype, pd.CategoricalDtype):
        whole = [_plain(cell) for cell in values]
        values = pd.Series(whole, index=values.index, dtype=object).infer_objects()
    if getattr(values.dtype, "type", None) in (list, dict, bytes):  # columns of Arrow
        values = values.astype(object).where(values.notna(), None)
    if isinstance(values.dtype, pd.ArrowDtype):
        values = _without_arrow(values)
    if values.dtype != object:
        return values
    return pd.Series([_plain(cell) for cell in values], index=values.index, dtype=object)


def _without_arrow(values: pd.Series) -> pd.Series:
    """Pandas cannot calculate with all kinds of Arrow, nor take its timestamps for dates."""
    import pyarrow as pa

    # Whole numbers beside gaps stay whole: a long name is no float.
    plain = pa.array(values.array).to_pandas(integer_object_nulls=True)
    return pd.Series(plain.array, index=values.index)


def _plain(cell: Any) -> Any:
    if isinstance(cell, bytes):
        cell = cell.decode("utf-8", "replace")
    elif isinstance(cell, Decimal):
        cell = float(cell)
    elif isinstance(cell, dict):
        try:
            cell = json.dumps(cell, ensure_ascii=False, default=str)
        except (TypeError, ValueError):  # keys that JSON has not, or a circle
            cell = str(cell)
    elif isinstance(cell, (set, frozenset)):
        cell = "; ".join(sorted(map(str, cell)))
    elif isinstance(cell, (list, tuple)) or type(cell).__name__ == "ndarray":
        cell = "; ".join(str(_plain(item)) for item in cell)
    return whole_characters(cell) if isinstance(cell, str) else cell
