"""Parquet: a few bytes may stand for a billion rows, or for one text of a megabyte many times."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

import pandas as pd

from tpfeedback.errors import ReadError
from tpfeedback.opening.limits import refuse_more

_ADVICE = "Allowed: CSV or TSV text, Excel, JSON, JSON Lines, Parquet. Export it again."


def read_parquet(content: bytes, *, name: str) -> pd.DataFrame:
    """Return a Parquet file as a table.

    Raises `ReadError` where it is damaged, or holds more than `Limits` allow once unpacked.
    """
    with readable_parquet(name), open_parquet(BytesIO(content), name=name) as (file, schema):
        told, plan = file.metadata, f"{name} declares"
        refuse_more(told.num_columns, "columns", f"{plan} {told.num_columns:,} columns")
        values = _most_values(told)
        refuse_more(values, "cells", f"{plan} {told.num_rows:,} rows with {values:,} values")
        size = sum(told.row_group(k).total_byte_size for k in range(told.num_row_groups))
        refuse_more(size, "bytes", f"{plan} {size:,} bytes once unpacked")
        return _as_frame(plain_texts(file.read(), schema, name=name))


@contextmanager
def readable_parquet(name: str) -> Iterator[None]:
    """Tell what cannot be read as a `ReadError`."""
    from pyarrow import ArrowException

    try:
        yield
    except ReadError:
        raise
    except (ArrowException, OSError, ValueError, KeyError, TypeError, MemoryError) as problem:
        lines = str(problem).splitlines() or [type(problem).__name__]
        raise ReadError(
            f"{name} is no readable Parquet file: {lines[0][:300]}. {_ADVICE}"
        ) from None


@contextmanager
def open_parquet(source: Path | BytesIO, *, name: str) -> Iterator[tuple[Any, Any]]:
    """Yield an open Parquet file whose row groups hold the rows that it declares, and its schema.

    Its texts are read as references to the distinct ones, whatever the schema says: `plain_texts`
    writes them out.
    """
    import pyarrow.parquet as pq

    file = pq.ParquetFile(source)
    told = file.metadata
    groups = [told.row_group(k) for k in range(told.num_row_groups)]
    rows = sum(group.num_rows for group in groups)
    if rows != told.num_rows or any(group.num_rows < 0 for group in groups):
        file.close()
        raise ReadError(
            f"{name} is damaged: it declares {told.num_rows:,} rows, and its parts hold {rows:,}. "
            f"{_ADVICE}"
        )
    texts = [
        column.path
        for column in map(file.schema.column, range(len(file.schema)))
        if column.physical_type == "BYTE_ARRAY" and column.path == column.name
        and not column.max_repetition_level
    ]  # fmt: skip
    schema = file.schema_arrow
    file.close()
    if isinstance(source, BytesIO):
        source.seek(0)
    with pq.ParquetFile(source, read_dictionary=texts) as opened:
        yield opened, schema


def refuse_long_lists(told: Any, name: str) -> None:
    """Refuse a file, to be read piece by piece, in which lists are much longer than the table."""
    for k in range(told.num_row_groups):
        group = told.row_group(k)
        for n in range(group.num_columns):
            column = group.column(n)
            if column.num_values > group.num_rows:
                what = f"{name} holds {column.num_values:,} values in the lists of a column, "
                refuse_more(
                    column.num_values, "cells", f"{what}{column.path_in_schema[:60]!r}",
                    then="Export it without this column.",
                )  # fmt: skip


def plain_texts(table: Any, schema: Any, *, name: str) -> Any:
    """Return a table with the types of `schema`: texts written out, if that is not too much."""
    import pyarrow as pa
    import pyarrow.compute as pc

    size = 0
    for place, column in enumerate(table.columns):
        if not pa.types.is_dictionary(column.type) or not _is_text(column.type.value_type):
            continue
        for chunk in column.chunks if isinstance(column, pa.ChunkedArray) else [column]:
            lengths = pc.cast(pc.binary_length(chunk.dictionary), pa.int64())
            size += pc.sum(lengths.take(chunk.indices)).as_py() or 0
        named = table.schema.field(place).name
        told = f"{name} holds {size:,} bytes in texts, up to its column {named[:60]!r}"
        refuse_more(size, "bytes", told, then="Export it with the long texts cut.")
    wanted = [
        (k, field) for k, field in enumerate(schema) if field.type != table.schema.field(k).type
    ]
    for place, field in wanted:
        table = table.set_column(place, field, table.column(place).cast(field.type))
    return table


def _is_text(kind: Any) -> bool:
    import pyarrow as pa

    return any(
        test(kind)
        for test in (pa.types.is_string, pa.types.is_large_string, pa.types.is_binary,
                     pa.types.is_large_binary)
    )  # fmt: skip


def _most_values(told: Any) -> int:
    """Return how many cells the table has, or how many values its lists, if those are more."""
    groups = [told.row_group(k) for k in range(told.num_row_groups)]
    held = sum(g.column(n).num_values for g in groups for n in range(g.num_columns))
    return int(max(held, told.num_rows * told.num_columns))


def _as_frame(table: Any) -> pd.DataFrame:
    """Return what pandas makes of it; decimals are numbers, and broken notes of pandas are left.

    Whole numbers beside gaps are no floats: these round long names.
    """
    try:
        frame: pd.DataFrame = table.to_pandas(integer_object_nulls=True)
    except (KeyError, TypeError, ValueError, AttributeError):
        frame = without_notes(table).to_pandas(integer_object_nulls=True)
    return plain_numbers(frame)


def without_notes(table: Any) -> Any:
    """Return a table without what pandas noted about its index, and the unnamed index itself."""
    unnamed = [name for name in table.column_names if re.fullmatch(r"__index_level_\d+__", name)]
    return table.drop_columns(unnamed).replace_schema_metadata(None)


def plain_numbers(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a table whose columns of decimals are columns of floats."""
    for place, column in enumerate(frame.columns):
        cells = frame.iloc[:, place]
        first = cells.dropna().head(1)
        if cells.dtype == object and len(first) and isinstance(first.iloc[0], Decimal):
            frame = frame.assign(**{str(column): cells.astype("float64")})
    return frame
