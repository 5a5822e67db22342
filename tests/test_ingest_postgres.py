"""A real PostgreSQL server is read as it is, and nothing is written to it.

Runs where `TPFEEDBACK_POSTGRES` tells psycopg how to connect to a database in which a schema may
be made, such as "host=127.0.0.1 dbname=shop user=me password=mine".
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import Any

import pandas as pd
import pytest

from tpfeedback.errors import ReadError
from tpfeedback.ingest import read_export

ADDRESS = os.environ.get("TPFEEDBACK_POSTGRES", "")
if not ADDRESS:
    pytest.skip("TPFEEDBACK_POSTGRES names no server", allow_module_level=True)
psycopg: Any = pytest.importorskip("psycopg", reason="psycopg is not installed")

Connect = Callable[..., Any]
SCHEMA = "tpfeedback_test"
TABLE = """
CREATE TABLE reviews (id numeric(20), customer bigint, at timestamptz, comment text,
                      stars numeric(2, 1), tags text[], more jsonb, key uuid, address inet);
INSERT INTO reviews VALUES
(12345678901234567890, 9007199254740993, '2024-05-01 23:30+03', 'Rude staff', 1.5,
 '{a,b}', '{"city": "Rome"}', '00000000-0000-0000-0000-000000000001', '10.0.0.1'),
(12345678901234567891, NULL, NULL, 'Долго везли', 'NaN', NULL, '[1, null]', NULL, NULL),
(12345678901234567892, 9007199254740995, '2024-05-02 00:00+00', '很好 = 100%', 5, '{}', 'null',
 NULL, '::1'),
(12345678901234567893, 9007199254740997, '1969-12-31', NULL, NULL, '{NULL}', NULL, NULL, NULL);
"""
ROLES = {"text": "comment", "overall": "stars", "date": "at", "feedback_id": "id"}
WRITING = [
    "DELETE FROM reviews",
    "SELECT 1; DELETE FROM reviews",
    "WITH gone AS (DELETE FROM reviews RETURNING *) SELECT * FROM gone",
    "SELECT * INTO more_reviews FROM reviews",
    r"SELECT E'it\'s' AS a; DELETE FROM reviews",
]


@pytest.fixture
def connect() -> Iterator[Connect]:
    opened: list[Any] = []

    def one(**options: Any) -> Any:
        options = {"options": f"-c search_path={SCHEMA}", **options}
        opened.append(psycopg.connect(ADDRESS, **options))
        return opened[-1]

    made = one(autocommit=True)
    made.execute(f"CREATE SCHEMA {SCHEMA}")
    made.execute(TABLE)
    yield one
    for connection in opened[1:]:
        connection.close()
    made.execute(f"DROP SCHEMA {SCHEMA} CASCADE")
    made.close()


def status(connection: Any) -> str:
    return str(connection.info.transaction_status.name)


@pytest.mark.parametrize(
    ("zone", "first", "third"),
    [
        ("UTC", "2024-05-01 20:30", "2024-05-02 00:00"),
        ("Europe/Warsaw", "2024-05-01 22:30", "2024-05-02 02:00"),
        ("Asia/Shanghai", "2024-05-02 04:30", "2024-05-02 08:00"),
    ],
)
def test_every_kind_of_value_is_read_as_it_is_and_times_by_the_clock_of_the_session(
    connect: Connect, zone: str, first: str, third: str
) -> None:
    connection = connect(options=f"-c search_path={SCHEMA} -c timezone={zone}")
    found = read_export(connection, query="SELECT * FROM reviews ORDER BY id", **ROLES)
    table = found.feedback
    assert table["feedback_id"].tolist() == [f"1234567890123456789{k}" for k in range(3)]
    assert table["text"].tolist() == ["Rude staff", "Долго везли", "很好 = 100%"]
    assert table["overall"].tolist()[::2] == [1.5, 5]
    assert table["date"].tolist() == [pd.Timestamp(first), pd.NaT, pd.Timestamp(third)]
    assert table["customer"].tolist()[::2] == [9007199254740993, 9007199254740995]
    assert table["tags"].tolist()[0] == "a; b"
    assert table["more"].tolist()[:2] == ['{"city": "Rome"}', "1; None"]
    assert table["key"].tolist()[0] == "00000000-0000-0000-0000-000000000001"
    assert table["address"].tolist()[::2] == ["10.0.0.1", "::1"]
    assert (found.read, len(found.rejected)) == (4, 1)
    assert status(connection) == "IDLE"


@pytest.mark.parametrize("autocommit", [True, False])
@pytest.mark.parametrize("query", WRITING)
def test_no_query_writes(connect: Connect, query: str, autocommit: bool) -> None:
    connection = connect(autocommit=autocommit)
    with pytest.raises(ReadError, match=r"does not read|several|query failed"):
        read_export(connection, query=query)
    assert status(connection) == "IDLE"
    connection.commit()
    tables = connection.execute(
        "SELECT count(*) FROM pg_tables WHERE schemaname = %s", [SCHEMA]
    ).fetchone()
    assert tables == (1,)
    assert connection.execute("SELECT count(*) FROM reviews").fetchone() == (4,)


def test_what_a_function_writes_is_taken_back(connect: Connect) -> None:
    connection = connect(autocommit=True)
    connection.execute(
        "CREATE FUNCTION wipe() RETURNS text LANGUAGE sql AS $$ DELETE FROM reviews; "
        "SELECT 'Rude staff' $$"
    )
    assert read_export(connection, query="SELECT wipe() AS comment", text="comment").read == 1
    assert connection.execute("SELECT count(*) FROM reviews").fetchone() == (4,)


def test_a_transaction_that_was_begun_goes_on_even_after_a_mistake(connect: Connect) -> None:
    connection = connect()
    connection.execute("INSERT INTO reviews (comment) VALUES ('Nice shop')")
    with pytest.raises(ReadError, match=r'failed: relation "nowhere" does not exist\. Given'):
        read_export(connection, query="SELECT * FROM nowhere")
    assert read_export(connection, query="SELECT * FROM reviews", **ROLES).read == 5
    assert status(connection) == "INTRANS"


@pytest.mark.parametrize("rows", ["dict_row", "namedtuple_row", "tuple_row"])
def test_rows_may_be_of_any_form(connect: Connect, rows: str) -> None:
    from psycopg import rows as forms  # type: ignore[import-not-found,unused-ignore]

    connection = connect(row_factory=getattr(forms, rows))
    assert read_export(connection, query="TABLE reviews", **ROLES).read == 4


def test_more_rows_than_are_taken_at_once_are_all_read(connect: Connect) -> None:
    query = "SELECT k AS id, 'Text ' || k AS comment FROM generate_series(1, 25001) k ORDER BY k"
    found = read_export(connect(), query=query, text="comment", feedback_id="id").feedback
    assert found["feedback_id"].tolist() == [str(k) for k in range(1, 25_002)]


def test_a_connection_that_the_server_ended_is_told(connect: Connect) -> None:
    connection, other = connect(), connect(autocommit=True)
    other.execute("SELECT pg_terminate_backend(%s)", [connection.info.backend_pid])
    with pytest.raises(ReadError, match=r"cannot be used: .*Roll it back or open it anew"):
        read_export(connection, query="SELECT 1")


def test_a_transaction_that_failed_is_told(connect: Connect) -> None:
    connection = connect()
    with pytest.raises(psycopg.Error):
        connection.execute("SELECT nonsense")
    with pytest.raises(ReadError, match=r"cannot be used: current transaction is aborted"):
        read_export(connection, query="SELECT 1")


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("SELECT 'infinity'::timestamptz AS at", "failed: timestamp too large"),
        ("SELECT 1 / (3 - k) FROM generate_series(1, 5) k", "failed: division by zero"),
        ("SELECT FROM reviews", "returns no table"),
        ("SELECT * FROM reviews WHERE false", "only a header"),
        ("SELECT pg_sleep(9)", "failed: canceling statement due to statement timeout"),
    ],
)
def test_what_cannot_be_read_is_told_with_the_reason(
    connect: Connect, query: str, message: str
) -> None:
    connection = connect(options=f"-c search_path={SCHEMA} -c statement_timeout=300")
    with pytest.raises(ReadError, match=message):
        read_export(connection, query=query)
    assert status(connection) == "IDLE"
