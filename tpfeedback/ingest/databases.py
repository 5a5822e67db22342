"""The rows of an SQL query: from a DuckDB file, or any connection of Python's DB-API 2."""

from __future__ import annotations

from contextlib import closing
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import unquote_plus

import pandas as pd

from tpfeedback.errors import ReadError

DUCKDB = "duckdb://"
EXAMPLE = "duckdb:///reviews.db?query=SELECT comment, stars FROM reviews"


def is_connection(source: object) -> bool:
    """Whether an object is a connection of DB-API 2 (PEP 249), such as that of sqlite3."""
    return callable(getattr(source, "cursor", None)) and callable(getattr(source, "close", None))


def read_connection(connection: Any, query: str | None) -> pd.DataFrame:
    """Return what a query finds; the connection stays open and nothing is committed.

    Raises `ReadError` where there is no query, or it fails or returns no rows.

    >>> import sqlite3
    >>> with closing(sqlite3.connect(":memory:")) as connection:
    ...     read_connection(connection, "SELECT 'Rude staff' AS comment, 2 AS stars")
          comment  stars
    0  Rude staff      2
    """
    if query is None or not query.strip():
        raise ReadError(
            f"A {type(connection).__name__} needs the query whose rows are to be read, given: "
            "none. Pass it with query='SELECT ...'."
        )
    if type(connection).__module__.split(".")[0] in ("duckdb", "_duckdb"):
        # A cursor of DuckDB is another connection: it does not see temporary tables.
        return _run(connection, query)
    with closing(_opened(connection)) as cursor:
        return _run(cursor, query)


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


def _opened(connection: Any) -> Any:
    try:
        return connection.cursor()
    except Exception as problem:  # each database has its own class of errors
        raise ReadError(
            f"The connection cannot be used: {_reason(problem)} Open it anew and call again."
        ) from problem


def _run(cursor: Any, query: str) -> pd.DataFrame:
    try:
        cursor.execute(query)
        names = [column[0] for column in cursor.description or ()]
        rows = cursor.fetchall() if names else []
    except Exception as problem:  # each database has its own class of errors
        raise ReadError(
            f"The query failed: {_reason(problem)} Given: {_shown(query)}. Try it in the database, "
            "then call again."
        ) from problem
    if not names:
        raise ReadError(f"The query returns no table. Given: {_shown(query)}. Allowed: a SELECT.")
    columns = [pd.Series([_plain(row[k]) for row in rows]) for k in range(len(names))]
    table = pd.concat(columns, axis=1) if columns else pd.DataFrame()
    return table.set_axis(names, axis=1)


def _plain(cell: object) -> object:
    return float(cell) if isinstance(cell, Decimal) else cell


def _reason(problem: Exception) -> str:
    lines = str(problem).strip().splitlines() or [type(problem).__name__]
    return f"{lines[0].rstrip('.')}."


def _shown(query: str) -> str:
    line = " ".join(query.split())
    return line if len(line) <= 200 else f"{line[:199]}…"
