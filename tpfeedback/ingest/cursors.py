"""A cursor that only reads, whatever the query: for each kind of connection what its driver can do.

| connection | what keeps a query from writing |
|---|---|
| psycopg | a cursor of the server, which takes one SELECT; then the transaction is rolled back |
| sqlite3 | `PRAGMA query_only`, put back as it was |
| DuckDB | the kind of statement that its parser finds |
| any other | the query's first word, and that it is one statement |

The last holds for all of them. It keeps from accidents: a database's own rights are the lock.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing, contextmanager
from inspect import iscoroutinefunction
from typing import Any

from tpfeedback.errors import ReadError

READING = ("SELECT", "WITH", "VALUES", "TABLE", "FROM")
ONE_SELECT = "Allowed: one statement that begins with SELECT, WITH, VALUES, TABLE or FROM."
_ASIDE = re.compile(
    r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|`[^`]*`|\$(?P<tag>\w*)\$.*?\$(?P=tag)\$"
    r"|--[^\n]*|/\*.*?\*/",
    re.DOTALL,
)


def is_connection(source: object) -> bool:
    """Whether an object is a connection of DB-API 2 (PEP 249), such as that of sqlite3."""
    return callable(getattr(source, "cursor", None)) and callable(getattr(source, "close", None))


def check_reads(connection: Any, query: str) -> None:
    """Raise `ReadError` for a query that is not one statement that reads.

    >>> check_reads(None, "DELETE FROM reviews")
    Traceback (most recent call last):
    tpfeedback.errors.ReadError: The query begins with DELETE, which does not read. Allowed: ...
    """
    bare = _ASIDE.sub(" ", query)
    first = (re.findall(r"\w+", bare) or ["nothing"])[0].upper()
    if first not in READING:
        raise ReadError(f"The query begins with {first}, which does not read. {ONE_SELECT}")
    whole = not re.search("['\"`]", bare)  # a quote is left: its database quotes in another way
    if whole and ";" in bare.rstrip().rstrip(";"):
        raise ReadError(f"The query holds several statements. {ONE_SELECT} Leave the others out.")
    if _drivers(connection) & {"duckdb", "_duckdb"}:
        kind = _kind_of(connection, query)
        if kind not in ("SELECT", "MULTI"):  # MULTI: a PIVOT
            raise ReadError(f"The query is of the kind {kind}, which does not read. {ONE_SELECT}")


@contextmanager
def reading(connection: Any) -> Iterator[Any]:
    """Give a cursor for one query; the connection is left as it was."""
    connection = getattr(connection, "driver_connection", connection)  # that of SQLAlchemy
    if iscoroutinefunction(connection.close):
        raise ReadError(
            f"The {type(connection).__name__} is asynchronous. Allowed: a connection that answers "
            "at once, as psycopg.connect opens it. Open such a one."
        )
    drivers = _drivers(connection)
    if drivers & {"duckdb", "_duckdb"}:
        # A cursor of DuckDB is another connection: it does not see temporary tables.
        yield connection
    elif "psycopg" in drivers:
        named = {"name": "tpfeedback", "row_factory": lambda _: tuple}
        with connection.transaction(force_rollback=True), connection.cursor(**named) as cursor:
            yield cursor
    elif "sqlite3" in drivers:
        with _sqlite(connection) as cursor:
            yield cursor
    else:
        with closing(connection.cursor()) as cursor:
            yield cursor


@contextmanager
def _sqlite(connection: Any) -> Iterator[Any]:
    begun = connection.in_transaction
    with closing(connection.cursor()) as cursor:
        cursor.row_factory = None
        (before,) = cursor.execute("PRAGMA query_only").fetchone()
        cursor.execute("PRAGMA query_only = 1")
        try:
            yield cursor
        finally:
            cursor.execute(f"PRAGMA query_only = {before}")
            if connection.in_transaction and not begun:
                connection.rollback()


def _drivers(connection: Any) -> set[str]:
    """Return the packages that the connection's class and those it is made from come from."""
    return {one.__module__.partition(".")[0] for one in type(connection).__mro__}


def _kind_of(connection: Any, query: str) -> str:
    """Return what DuckDB takes the query for; SELECT where it cannot, then its run tells why."""
    try:
        return str(connection.extract_statements(query)[-1].type.name)
    except Exception:
        return "SELECT"
