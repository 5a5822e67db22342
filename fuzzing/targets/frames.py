"""Tables in memory: columns of any type, cells that are no plain values."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from fuzzing.exports import check_source
from fuzzing.reading import CELL, ROW, text_of
from fuzzing.target import Target

SEEDS = (
    b"text stars:int64 when:date32\nlate\tagain\nfine\n",
    "Отзыв:object город:category\nдолго\tхорошо\nb:x\tn:5\tl:a,b\n".encode(),
    b"comment:large_string n:float64 tags:list who:struct\na b c\td\n1\tnan\tinf\n",
    b"text:binary price:decimal128 ok:bool t:timestamp[ns,UTC]\nx\ty\n",
    b"text:dictionary gone:null how:duration\nx\tx\ty\n",
)
KINDS = ("object", "category", "int64", "uint8", "float64", "bool", "string", "large_string",
         "binary", "list", "struct", "dictionary", "date32", "timestamp[ns,UTC]", "timestamp[s]",
         "duration", "decimal128", "null", "time")  # fmt: skip
WORDS = (*(f":{kind}".encode() for kind in KINDS), b" ", b"\n", b"\t", b"b:", b"n:", b"l:", b"d:",
         b"t:", b"m:", b"s:", b"x:", b"text", b"stars", b"date", b"language")  # fmt: skip


def check(data: bytes) -> None:
    """Make a table of Arrow or pandas from the first line (names and types) and the cells."""
    head, _, body = text_of(data).partition(ROW)
    cells = [cell for line in body.split(ROW) for cell in line.split(CELL)][:40]
    named = [part.rpartition(":") for part in head.split(" ")][:6]
    columns = [(name or kind, kind if name else "object") for name, _, kind in named]
    source: Any = _frame(columns, cells)
    with contextlib.suppress(_UnfitError):
        source = _arrow(columns, cells)
    check_source(source)


class _UnfitError(Exception):
    """Not every column is of a type of Arrow."""


def _frame(columns: list[tuple[str, str]], cells: list[str]) -> Any:
    import pandas as pd

    made = [pd.Series([object_of(c) for c in cells], dtype=object) for _ in columns]
    for place, (_, kind) in enumerate(columns):
        if kind == "category":
            known = list(dict.fromkeys(cells))
            made[place] = pd.Series(pd.Categorical.from_codes(
                [known.index(cell) for cell in cells], pd.Index(known, dtype=object)))  # fmt: skip
    frame = pd.concat(made, axis=1)
    frame.columns = pd.Index([name for name, _ in columns], dtype=object)
    return frame


def object_of(written: str) -> Any:
    """Return what somebody might have put into a cell of Python objects."""
    kind, _, rest = written.partition(":")
    makers: dict[str, Callable[[str], Any]] = {
        "b": lambda text: text.encode("utf-8", "surrogatepass"),
        "n": float,
        "i": int,
        "d": date.fromisoformat,
        "t": lambda text: datetime.fromisoformat(text).replace(tzinfo=UTC),
        "m": Decimal,
        "l": lambda text: text.split(","),
        "s": lambda text: {"of": text, "size": len(text)},
        "x": frozenset,
    }
    try:
        return makers[kind](rest)
    except (KeyError, ValueError, ArithmeticError):
        return written or None


def _arrow(columns: list[tuple[str, str]], cells: list[str]) -> Any:
    import pyarrow as pa

    numbers = [sum(map(ord, cell)) * (-1) ** len(cell) for cell in cells]
    try:
        values = {**_of_texts(cells), **_of_numbers(numbers)}
        arrays = [values[kind] for _, kind in columns]
        return pa.table(arrays, names=[name for name, _ in columns])
    except (KeyError, pa.ArrowException, UnicodeError, OverflowError):
        raise _UnfitError from None


def _of_texts(cells: list[str]) -> dict[str, Any]:
    """Return columns of Arrow by type, all made of the same texts."""
    import pyarrow as pa

    plain = pa.array(cells, pa.string())
    return {
        **{kind: plain.cast(kind) for kind in ("string", "large_string", "binary")},
        "list": pa.array([cell.split(",") for cell in cells], pa.list_(pa.string())),
        "struct": pa.array([{"a": cell, "size": len(cell)} for cell in cells]),
        "dictionary": plain.dictionary_encode(),
        "null": pa.nulls(len(cells)),
    }


def _of_numbers(numbers: list[int]) -> dict[str, Any]:
    """Return columns of Arrow by type, all made of the same numbers."""
    import pyarrow as pa

    ages = [None if n < 0 else n * 10_000_000 for n in numbers]
    return {
        "int64": pa.array(numbers, pa.int64()),
        "uint8": pa.array([n % 256 for n in numbers], pa.uint8()),
        "float64": pa.array([n / 7 for n in numbers]),
        "bool": pa.array([n % 3 == 1 if n % 3 else None for n in numbers]),
        "date32": pa.array(numbers, pa.int32()).cast("date32"),
        "time": pa.array([abs(n) % 86_400 for n in numbers], pa.time32("s")),
        "duration": pa.array([timedelta(seconds=n) for n in numbers]),
        "timestamp[s]": pa.array(ages, pa.timestamp("s")),
        "timestamp[ns,UTC]": pa.array(ages, pa.timestamp("ns", "UTC")),
        "decimal128": pa.array([Decimal(n) / 100 for n in numbers], pa.decimal128(20, 2)),
    }


TARGET = Target(check, SEEDS, WORDS, quick=10)
