"""JSON objects that are tables: records by key, columns by key, columns and rows apart."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from enum import Enum
from itertools import islice
from typing import Any

from tpfeedback.ingest.json_flat import JsonRecord, with_name
from tpfeedback.ingest.json_looks import is_column, objects_of
from tpfeedback.opening.limits import refuse_more

SAMPLE = 500  # keys that are looked at, on both levels
FAR_MORE = 20  # times as many keys as the other level has tell records from columns
CLEARLY_PURER = 0.1
FEW, LEAST_FILLED = 5, 0.7  # so few objects that share less are parts of one record
PANDAS_INDEX = "index"  # what pandas calls one without a name

_WHOLE = re.compile(r"\d+")
_LIKE_NUMBER = re.compile(r"[-+]?\d+(?:[.,]\d+)?")
_LIKE_DATE = re.compile(r"\d{4}-\d\d-\d\d.*|\d\d?[./]\d\d?[./]\d{4}.*")

Rows = Mapping[str, JsonRecord]


class Way(Enum):
    """What the outer keys of an object of objects name."""

    RECORDS = "records"
    COLUMNS = "columns"
    UNCLEAR = "unclear"


def read_table(node: JsonRecord) -> list[JsonRecord] | None:
    """Return the records of a table as pandas writes it: orient "split", "tight" or "table".

    An index is kept where it has a name.

    >>> read_table({"columns": ["text", "stars"], "index": [0], "data": [["Slow", 1]]})
    [{'text': 'Slow', 'stars': 1}]
    """
    rows, columns, schema = (node.get(key) for key in ("data", "columns", "schema"))
    if not isinstance(rows, list):
        return None
    if isinstance(columns, list) and all(
        isinstance(row, list) and len(row) == len(columns) for row in rows
    ):
        return _split(node, columns, rows)
    fields = schema.get("fields") if isinstance(schema, dict) else None
    if isinstance(fields, list) and all(isinstance(row, dict) for row in rows):
        counted = [row.get(PANDAS_INDEX) for row in rows] == list(range(len(rows)))
        return [_without_index(row) for row in rows] if counted else rows
    return None


def read_lists(node: JsonRecord) -> list[JsonRecord] | None:
    """Return the records of equally long columns, of which one at least is no list of objects.

    >>> read_lists({"text": ["Slow", "Kind"], "stars": [1, 5]})
    [{'text': 'Slow', 'stars': 1}, {'text': 'Kind', 'stars': 5}]
    """
    columns = list(node.values())
    if not columns or not all(isinstance(column, list) for column in columns):
        return None
    same = len({len(column) for column in columns}) == 1
    if not same or not any(map(is_plain, columns)):
        return None
    return [dict(zip(node, values, strict=True)) for values in zip(*columns, strict=True)]


def is_plain(column: object) -> bool:
    """Whether a value is a list, and not one of objects.

    >>> is_plain([1, 5]), is_plain([{"stars": 1}])
    (True, False)
    """
    return isinstance(column, list) and bool(column) and not objects_of(column)


def find_way(node: JsonRecord) -> Way | None:
    """Return what an object of objects is, None where it is no table.

    Told by row labels that count, by names that columns have, by the kinds of values, which are
    one in a column, and by numbers: there are far more records than columns.

    >>> find_way({"-Mx1": {"text": "Slow", "stars": 1}, "-Mx2": {"text": "Kind", "stars": 5}})
    <Way.RECORDS: 'records'>
    >>> find_way({"text": {"0": "Slow", "1": "Kind"}, "stars": {"0": 1, "1": 5}})
    <Way.COLUMNS: 'columns'>
    """
    rows = _sample(node)
    inner = Counter(key for row in rows.values() for key in row)
    if not inner or max(inner.values()) * 2 <= len(rows) or not _has_cells(rows):
        return None
    way = _by_labels(rows, inner)
    filled = inner.total() / (len(rows) * len(inner))
    if way is not Way.COLUMNS and len(rows) < FEW and filled < LEAST_FILLED:
        return None
    ways = {found for found in (_by_names(rows, inner), _by_kinds(rows)) if found}
    way = way or (ways.pop() if len(ways) == 1 else None)
    return way or (None if ways else _by_numbers(node)) or Way.UNCLEAR


def read_keyed(node: JsonRecord, way: Way) -> list[JsonRecord]:
    """Return the records of an object of objects; the keys that name them are left out.

    Raises `ReadError` where they would be too many cells.

    >>> read_keyed({"text": {"0": "Slow", "1": "Kind"}}, Way.COLUMNS)
    [{'text': 'Slow'}, {'text': 'Kind'}]
    """
    if way is Way.RECORDS:
        return list(node.values())
    keys = dict.fromkeys(key for column in node.values() for key in column)
    cells = len(keys) * len(node)
    refuse_more(cells, "cells", f"It has {len(keys):,} rows of {len(node):,} columns")
    return [{name: column.get(key) for name, column in node.items()} for key in keys]


def _split(node: JsonRecord, columns: list[Any], rows: list[list[Any]]) -> list[JsonRecord]:
    names = [_joined(column) for column in columns]
    labels, levels = node.get("index"), node.get("index_names") or []
    index = [name for name in levels if isinstance(name, str)]
    if not isinstance(labels, list) or len(labels) != len(rows) or len(index) != len(levels):
        labels, index = [None] * len(rows), []
    records: list[JsonRecord] = []
    for label, row in zip(labels, rows, strict=True):
        record: JsonRecord = {}
        parts = label if isinstance(label, list) else [label]
        for name, cell in [*zip(index, parts, strict=False), *zip(names, row, strict=True)]:
            with_name(record, name, cell)
        records.append(record)
    return records


def _joined(column: object) -> str:
    return " / ".join(map(str, column)) if isinstance(column, list) else str(column)


def _without_index(row: JsonRecord) -> JsonRecord:
    return {key: cell for key, cell in row.items() if key != PANDAS_INDEX}


def _sample(node: JsonRecord) -> Rows:
    some = islice(node.items(), SAMPLE)
    return {key: dict(islice(row.items(), SAMPLE)) for key, row in some}


def _has_cells(rows: Rows) -> bool:
    """Whether there is a value besides objects: without, tables lie deeper, if anywhere."""
    return any(not isinstance(cell, dict) for row in rows.values() for cell in row.values())


def _by_labels(rows: Rows, inner: Collection[str]) -> Way | None:
    outer_counts, inner_counts = (all(map(_WHOLE.fullmatch, keys)) for keys in (rows, inner))
    if outer_counts == inner_counts:
        return None
    return Way.RECORDS if outer_counts else Way.COLUMNS


def _by_names(rows: Rows, inner: Collection[str]) -> Way | None:
    outer_named, inner_named = (any(map(is_column, keys)) for keys in (rows, inner))
    if outer_named == inner_named:
        return None
    return Way.RECORDS if inner_named else Way.COLUMNS


def _by_kinds(rows: Rows) -> Way | None:
    """Return in which way the values of a column are of one kind more clearly."""
    by_inner: dict[str, list[object]] = {}
    for row in rows.values():
        for key, cell in row.items():
            by_inner.setdefault(key, []).append(cell)
    as_columns = _purity(row.values() for row in rows.values())
    as_records = _purity(by_inner.values())
    best = max(as_columns, as_records)
    apart = abs(as_columns - as_records)
    if not apart or (best < 1 and apart < CLEARLY_PURER):
        return None
    return Way.RECORDS if as_records > as_columns else Way.COLUMNS


def _by_numbers(node: JsonRecord) -> Way | None:
    outer, inner = len(node), max(map(len, node.values()))
    if outer >= FAR_MORE * inner:
        return Way.RECORDS
    return Way.COLUMNS if inner >= FAR_MORE * outer else None


def _purity(columns: Iterable[Iterable[object]]) -> float:
    """Return the share (0-1) of filled cells that are of the usual kind of their column."""
    kinds = [Counter(_kind(cell) for cell in cells if cell is not None) for cells in columns]
    filled = sum(kind.total() for kind in kinds)
    return sum(max(kind.values(), default=0) for kind in kinds) / filled if filled else 1.0


def _kind(cell: object) -> str:
    if isinstance(cell, str):
        if _LIKE_NUMBER.fullmatch(cell):
            return "a number in quotes"
        return "a date" if _LIKE_DATE.fullmatch(cell) else "text"
    number = isinstance(cell, int | float) and not isinstance(cell, bool)
    return "a number" if number else type(cell).__name__
