"""The rows of an SQL query: from a DuckDB file, or any connection of Python's DB-API 2."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import closing
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import unquote_plus

import pandas as pd

from tpfeedback.errors import ReadError
from tpfeedback.ingest.cursors import check_reads, reading

DUCKDB = "duckdb://"
EXAMPLE = "duckdb:///reviews.db?query=SELECT comment, stars FROM reviews"
ROWS_AT_ONCE = 10_000
LONGEST_WHOLE = 40  # digits: no longer whole numbers are kept as such
PLAIN = (str, int, float, date, bytes, list, tuple, dict, set, frozenset, type(None))


def read_connection(connection: Any, query: str | None) -> pd.DataFrame:
    """Return what a query finds; the connection stays open, and as it was.

    Rows are taken in batches; of psycopg the server holds the rest back. Whole numbers stay
    whole, other decimals become floats, values that pandas has no kind for become text.

    Raises `ReadError` where there is no query, or it is not one that reads, fails, or returns no
    columns.

    >>> import sqlite3
    >>> with closing(sqlite3.connect(":memory:")) as connection:
    ...     read_connection(connection, "SELECT 'Rude staff' AS comment, 2 AS stars")
          comment  stars
    0  Rude staff      2
    """
    if not isinstance(query, str) or not query.strip():
        given = "none" if query is None or query == "" else repr(query)
        raise ReadError(
            f"A {type(connection).__name__} needs the query whose rows are to be read, given: "
            f"{given}. Pass it as text: query='SELECT ...'."
        )
    check_reads(connection, query)
    try:
        with reading(connection) as cursor:
            columns = _answered(cursor, query)
    except ReadError:
        raise
    except Exception as problem:  # each database has its own class of errors
        raise ReadError(
            f"The connection cannot be used: {_reason(problem)} Roll it back or open it anew, "
            "then call again."
        ) from problem
    names = [name for name, _ in columns]
    table = pd.concat([_series(columns.pop(0)[1]) for _ in names], axis=1)
    return table.set_axis(names, axis=1)


def read_duckdb(address: str, query: str | None) -> pd.DataFrame:
    """Return what a query finds in a DuckDB file, which is opened only for reading.

    `address` is `duckdb:///file.db`, with four slashes for a path from the root, and the query
    after `?query=`: as it is, or percent-encoded. The query sees the file and nothing beside it,
    neither other files nor the network.

    Raises `ReadError` for an address of another form, a missing file or package, a missing query,
    and a query that fails or returns no rows.
    """
    path, query = _parts(address, query)
    if not path.is_file():
        raise ReadError(
            f"There is no file {path}. Check the path: {DUCKDB}/file.db is in the folder of the "
            f"program, {DUCKDB}//folder/file.db begins at the root."
        )
    try:
        import duckdb
    except ImportError:
        raise ReadError(
            f"Reading {path.name} needs the package duckdb. Install it: "
            "pip install 'tpfeedback[duckdb]'."
        ) from None
    try:
        connection = duckdb.connect(
            str(path), read_only=True, config={"enable_external_access": "false"}
        )
    except duckdb.Error as problem:
        raise ReadError(
            f"{path.name} cannot be opened as a DuckDB file: {_reason(problem)} Allowed: a "
            "database of DuckDB that no other program has open for writing."
        ) from None
    with closing(connection):
        if query is None:
            found = connection.execute("SHOW TABLES").fetchall()
            tables = ", ".join(name for (name,) in found) or "(none)"
            raise ReadError(
                f"What is to be read from {path.name}? Its tables: {tables}. Write "
                f"{DUCKDB}/{path.name}?query=SELECT ..., or pass query='SELECT ...'."
            )
        return read_connection(connection, query)


def _parts(address: str, query: str | None) -> tuple[Path, str | None]:
    """Return path and query.

    >>> _parts("duckdb:////data/a.db?query=SELECT%201", None)
    (PosixPath('/data/a.db'), 'SELECT 1')
    """
    place, asked, rest = address.removeprefix(DUCKDB).partition("?")
    name, _, told = rest.partition("=")
    if not place.startswith("/") or len(place) < 2 or (asked and name != "query"):
        raise ReadError(
            f"{address[:200]!r} is no address of a DuckDB file. Allowed: {EXAMPLE}. Write it so."
        )
    if asked and query is not None:
        raise ReadError("The query is given twice, in the address and with query=. Give it once.")
    if asked:
        # Whoever encodes a query encodes its blanks; a "%" between blanks is one of LIKE.
        query = told if any(map(str.isspace, told)) else unquote_plus(told)
    return Path(place[1:]), query if query and query.strip() else None


def _answered(cursor: Any, query: str) -> list[tuple[str, list[object]]]:
    """Return each column's name and cells."""
    try:
        cursor.execute(query)
        names = [column[0] for column in cursor.description or ()]
        columns: list[list[object]] = [[] for _ in names]
        while names and (rows := cursor.fetchmany(ROWS_AT_ONCE)):
            for row in _in_order(rows, names):
                for column, cell in zip(columns, row, strict=True):
                    column.append(_plain(cell))
    except Exception as problem:  # each database has its own class of errors
        raise ReadError(
            f"The query failed: {_reason(problem)} Given: {_shown(query)}. Try it in the database, "
            "then call again."
        ) from problem
    if not names:
        raise ReadError(f"The query returns no table. Given: {_shown(query)}. Allowed: a SELECT.")
    return list(zip(names, columns, strict=True))


def _in_order(rows: Sequence[Any], names: list[str]) -> Sequence[Any]:
    """Return the cells of each row, also where a connection gives rows as dictionaries."""
    if not isinstance(rows[0], Mapping):
        return rows
    if len(set(names)) < len(names):
        raise ValueError("two columns have the same name, give one of them another with AS")
    return [[row[name] for name in names] for row in rows]


def _series(cells: list[object]) -> pd.Series:
    """Return a column; a long whole number beside an empty cell keeps all its digits."""
    whole = {int, type(None)} >= set(map(type, cells))
    longest = max((abs(cell) for cell in cells if isinstance(cell, int)), default=0)
    if whole and longest >= 2**53:
        return pd.Series(cells, dtype="Int64" if longest < 2**63 else object)
    return pd.Series(cells)


def _plain(cell: object) -> object:
    if isinstance(cell, PLAIN):
        return cell
    if isinstance(cell, Decimal):
        exponent = cell.as_tuple().exponent
        whole = isinstance(exponent, int) and exponent >= 0 and cell.adjusted() < LONGEST_WHOLE
        return int(cell) if whole else float(cell)
    return bytes(cell) if isinstance(cell, (bytearray, memoryview)) else str(cell)


def _reason(problem: Exception) -> str:
    lines = str(problem).strip().splitlines() or [type(problem).__name__]
    return f"{lines[0].rstrip('.')}."


def _shown(query: str) -> str:
    line = " ".join(query.split())
    return line if len(line) <= 200 else f"{line[:199]}…"
