"""Parquet parts: written whole or not at all, and the same bytes for the same rows."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd

from tpfeedback.batch.plan import DATE, FLAG, NUMBER, Plan
from tpfeedback.tables import FEEDBACK, MENTIONS

UNFINISHED = ".unfinished"
KINDS = ("feedback", "mentions", "rejected", "unreadable")
_REJECTED = {"row": "count", "reason": "text", "content": "text"}
_UNREADABLE = {"row": "count", "column": "text", "value": "text"}


def part_name(kind: str, number: int) -> str:
    """Return the name of a part inside the folder, in an order that names keep.

    >>> part_name("mentions", 12)
    'mentions/part-000012.parquet'
    """
    return f"{kind}/part-{number:06}.parquet"


def schemas(plan: Plan) -> dict[str, Any]:
    """Return the Arrow schema of each kind of part: the same for every part of a file."""
    feedback = {column.name: column.kind for column in FEEDBACK}
    feedback |= {"language_confidence": "number", "sentiment": "text"}
    kinds = {NUMBER: "number", FLAG: "flag", DATE: "date"}
    feedback |= {name: kinds.get(kind, "text") for _, name, kind in plan.segments}
    mentions = {column.name: column.kind for column in MENTIONS}
    wanted = (feedback, mentions, _REJECTED, _UNREADABLE)
    return {kind: _schema(columns) for kind, columns in zip(KINDS, wanted, strict=True)}


def _schema(columns: dict[str, str]) -> Any:
    import pyarrow as pa

    types = {
        "text": pa.string(),
        "number": pa.float64(),
        "count": pa.int64(),
        "date": pa.timestamp("us"),
        "flag": pa.bool_(),
    }
    return pa.schema([(name, types[kind]) for name, kind in columns.items()])


def write_part(path: Path, table: pd.DataFrame, schema: Any) -> str:
    """Write a table as one Parquet file and return the SHA-256 of its bytes."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    columns = [
        pa.array(table[field.name], type=field.type, from_pandas=True, safe=False)
        for field in schema
    ]
    whole = pa.Table.from_arrays(columns, schema=schema)
    return write_whole(path, lambda place: pq.write_table(whole, place, compression="zstd"))


def write_whole(path: Path, write: Callable[[Path], object]) -> str:
    """Have a file written beside its place, and put it there when it is safe on the disk.

    Whoever is killed leaves either the whole file or none of this name.
    """
    place = path.with_name(path.name + UNFINISHED)
    write(place)
    with place.open("rb+") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        os.fsync(file.fileno())
    place.replace(path)
    _sync_folder(path.parent)
    return digest


def _sync_folder(folder: Path) -> None:
    """Have the new name reach the disk too, where folders can be opened (not on Windows)."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
