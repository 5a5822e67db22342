"""Feedback from a database: the rows of a query, read like any export, and nothing written."""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from tpfeedback.errors import ReadError
from tpfeedback.ingest import read_export, read_feedback

duckdb: Any = pytest.importorskip("duckdb", reason="the extra 'duckdb' is not installed")

TABLE = pd.DataFrame(
    {
        "comment": ["Rude staff", "50% off, great", None, "Долго везли"],
        "stars": [2, 5, 4, 1],
        "city": ["Rome", None, "Oslo", "Bath"],
    }
)
QUERY = "SELECT comment, stars, city FROM reviews ORDER BY stars"
ROLES = {"text": "comment", "overall": "stars"}


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    with closing(duckdb.connect(str(tmp_path / "file.db"))) as connection:
        connection.register("given", TABLE)
        connection.execute("CREATE TABLE reviews AS SELECT * FROM given")
    return tmp_path / "file.db"


@pytest.fixture
def sqlite() -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(":memory:")) as connection:
        TABLE.to_sql("reviews", connection, index=False)
        yield connection


def expected() -> pd.DataFrame:
    return read_export(TABLE.sort_values("stars"), **ROLES).feedback


@pytest.mark.parametrize(
    "address",
    [
        f"duckdb:///file.db?query={QUERY}",
        "duckdb:///file.db?query=SELECT%20comment,stars,city%20FROM%20reviews%20ORDER%20BY%20stars",
        "duckdb:///file.db?query=SELECT+comment,stars,city+FROM+reviews+ORDER+BY+stars",
    ],
)
def test_a_duckdb_file_is_read_by_its_address(file: Path, address: str) -> None:
    before = file.read_bytes()
    assert_frame_equal(read_export(address, **ROLES).feedback, expected(), check_dtype=False)
    assert file.read_bytes() == before
    assert [path.name for path in file.parent.iterdir()] == ["file.db"]


def test_an_address_may_begin_at_the_root_and_the_query_stand_beside_it(file: Path) -> None:
    found = read_export(f"duckdb:///{file}", query=QUERY, **ROLES)
    assert_frame_equal(found.feedback, expected(), check_dtype=False)


def test_a_percent_sign_of_like_is_no_code(file: Path) -> None:
    address = "duckdb:///file.db?query=SELECT comment FROM reviews WHERE comment LIKE '%20ff%' OR 1"
    assert read_export(address, text="comment").read == 4
    address = address.replace("%20ff%", "50%%").replace(" OR 1", "")
    assert read_export(address, text="comment").feedback["text"].tolist() == ["50% off, great"]


def test_connections_are_read_and_stay_open(file: Path, sqlite: sqlite3.Connection) -> None:
    with closing(duckdb.connect(str(file))) as opened:
        opened.execute("CREATE TEMP TABLE mine AS SELECT * FROM reviews")
        found = read_export(opened, query=QUERY.replace("reviews", "mine"), **ROLES)
        assert opened.execute("SELECT 1").fetchall() == [(1,)]
    assert_frame_equal(found.feedback, expected(), check_dtype=False)
    found = read_export(sqlite, query=QUERY, **ROLES)
    assert_frame_equal(found.feedback, expected(), check_dtype=False)
    assert sqlite.execute("SELECT 1").fetchall() == [(1,)]


class Answering:
    """A connection of DB-API 2, and its own cursor: answers every query by the same rows."""

    def __init__(self, *rows: Any, names: tuple[str, ...] = ("comment", "nps", "day")) -> None:
        self.description: list[tuple[str, None]] = [(name, None) for name in names]
        self.rows = list(rows)
        self.closed = 0

    def cursor(self) -> Answering:
        return self

    def execute(self, query: str) -> None:
        if "nowhere" in query:
            raise RuntimeError('relation "nowhere" does not exist\nLINE 1: ...')

    def fetchmany(self, size: int) -> list[Any]:
        batch, self.rows = self.rows[:1], self.rows[1:]
        assert size > 1
        return batch

    def close(self) -> None:
        self.closed += 1


REVIEWS = (("Rude staff", Decimal("2.5"), date(2024, 5, 1)), ("Cheap", None, None))


def test_decimals_are_numbers_and_dates_dates() -> None:
    connection = Answering(*REVIEWS)
    found = read_export(connection, query="SELECT", text="comment", overall="nps", date="day")
    assert found.feedback["overall"].tolist()[0] == 2.5
    assert found.feedback["overall"].isna().tolist() == [False, True]
    assert found.feedback["date"].iloc[0] == pd.Timestamp("2024-05-01")
    assert connection.closed == 1


def test_rows_may_be_dictionaries() -> None:
    names = ("comment", "nps", "day")
    rows = [dict(zip(names[::-1], row[::-1], strict=True)) for row in REVIEWS]
    found, same = (
        read_export(Answering(*some), query="SELECT", text="comment", overall="nps", date="day")
        for some in (rows, REVIEWS)
    )
    assert_frame_equal(found.feedback, same.feedback)
    with pytest.raises(ReadError, match="two columns have the same name"):
        read_export(Answering(*rows, names=("comment", "nps", "nps")), query="SELECT")


BIG = 2**53 + 1


@pytest.mark.parametrize(
    ("cells", "identifiers"),
    [
        ((BIG, None, BIG + 2), [str(BIG), "2", str(BIG + 2)]),
        ((2**63, None, 5), [str(2**63), "2", "5"]),
        ((Decimal(BIG), Decimal(BIG + 1), None), [str(BIG), str(BIG + 1), "3"]),
        ((Decimal("7"), Decimal("1E+1"), Decimal("0.5")), ["7", "10", "0.5"]),
        ((UUID(int=1), None, UUID(int=2)), [str(UUID(int=1)), "2", str(UUID(int=2))]),
        ((b"a", bytearray(b"b"), memoryview(b"c")), ["a", "b", "c"]),
        (([1, Decimal("2.5")], {"a": None}, None), ["1; 2.5", '{"a": null}', "3"]),
        ((Decimal("1E+999999"), Decimal("NaN"), 1), ["inf", "2", "1"]),
    ],
)
def test_identifiers_keep_every_digit(cells: tuple[Any, ...], identifiers: list[str]) -> None:
    rows = zip(("Rude staff", "Great price", "Late again"), cells, strict=True)
    connection = Answering(*rows, names=("comment", "id"))
    found = read_export(connection, query="SELECT", text="comment", feedback_id="id")
    assert found.feedback["feedback_id"].tolist() == identifiers


def test_a_connection_that_does_not_answer_at_once_is_refused() -> None:
    class Asynchronous(Answering):
        async def close(self) -> None:  # type: ignore[override]
            raise AssertionError

    with pytest.raises(ReadError, match="The Asynchronous is asynchronous"):
        read_export(Asynchronous(), query="SELECT")


def test_a_query_that_fails_is_told_with_the_reason_of_the_database(file: Path) -> None:
    with pytest.raises(ReadError, match=r'failed: relation "nowhere" does not exist\. Given'):
        read_export(Answering(), query="SELECT * FROM nowhere")
    with pytest.raises(ReadError, match=r"The query failed: .*nowhere"):
        read_export("duckdb:///file.db?query=SELECT * FROM nowhere")


@pytest.mark.parametrize(
    ("address", "query", "message"),
    [
        ("duckdb:///other.db?query=SELECT 1", None, "There is no file other.db"),
        ("duckdb:///file.db", None, "Its tables: reviews. Write duckdb:///file.db"),
        ("duckdb:///file.db?query=", None, "Its tables: reviews"),
        ("duckdb:///file.db?query=SELECT 1", "SELECT 1", "given twice"),
        ("duckdb:///file.db?sql=SELECT 1", None, "no address of a DuckDB file"),
        ("duckdb://file.db?query=SELECT 1", None, "no address of a DuckDB file"),
        ("duckdb:///notes.txt?query=SELECT 1", None, "cannot be opened as a DuckDB file"),
        (
            "duckdb:///file.db?query=DROP TABLE reviews",
            None,
            "begins with DROP, which does not read",
        ),
        ("duckdb:///file.db?query=SELECT * FROM 'a.csv'", None, "The query failed"),
        ("duckdb:///file.db?query=SELECT * FROM 'https://a.example/a.csv'", None, "query failed"),
        ("duckdb:///file.db?query=SELECT * FROM reviews WHERE false", None, "only a header"),
    ],
)
def test_what_a_duckdb_file_cannot_give_is_an_error_that_says_why(
    file: Path, address: str, query: str | None, message: str
) -> None:
    (file.parent / "notes.txt").write_text("no database" * 900)
    (file.parent / "a.csv").write_text("comment\nslow\n")
    with pytest.raises(ReadError, match=message):
        read_export(address, query=query)


def test_without_the_package_the_error_says_what_to_install(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "duckdb", None)
    with pytest.raises(ReadError, match=r"pip install 'tpfeedback\[duckdb\]'"):
        read_export("duckdb:///file.db?query=SELECT 1")


@pytest.mark.parametrize(
    ("query", "message"),
    [
        (None, "needs the query"),
        (["SELECT"], r"given: \['SELECT'\]. Pass it as text"),
        ("  ", "needs the query"),
        ("--", "begins with NOTHING"),
    ],
)
def test_a_connection_needs_a_query_that_returns_rows(
    sqlite: sqlite3.Connection, query: Any, message: str
) -> None:
    with pytest.raises(ReadError, match=message):
        read_export(sqlite, query=query)


WRITING = [
    "DELETE FROM reviews",
    "/* SELECT */ -- SELECT\nDELETE FROM reviews",
    "INSERT INTO reviews (stars) VALUES (1) RETURNING stars",
    "WITH old AS (SELECT 1) DELETE FROM reviews",
    "SELECT 1; DELETE FROM reviews",
    "SELECT ';' AS a; DELETE FROM reviews;",
    "SELECT $$;$$ AS a; DELETE FROM reviews",
    "ATTACH 'other.db' AS other",
]


@pytest.mark.parametrize("query", WRITING)
def test_a_query_that_writes_is_refused_and_nothing_is_written(
    file: Path, sqlite: sqlite3.Connection, query: str
) -> None:
    sqlite.execute("CREATE TABLE log (day)")
    with closing(duckdb.connect(str(file))) as opened:
        for connection in (opened, sqlite):
            with pytest.raises(ReadError, match=r"does not read|several statements|failed: .*read"):
                read_export(connection, query=query)
            assert connection.execute("SELECT count(*) FROM reviews").fetchone() == (4,)
    assert not sqlite.in_transaction
    sqlite.execute("INSERT INTO log VALUES (1)")  # its own writing goes on


def test_a_transaction_that_was_begun_goes_on(sqlite: sqlite3.Connection) -> None:
    sqlite.execute("INSERT INTO reviews (comment) VALUES ('Nice shop')")
    assert read_export(sqlite, query="SELECT * FROM reviews", **ROLES).read == 5
    with pytest.raises(ReadError, match="The query failed"):
        read_export(sqlite, query="WITH old AS (SELECT 1) DELETE FROM reviews")
    assert sqlite.in_transaction
    assert sqlite.execute("SELECT count(*) FROM reviews").fetchone() == (5,)


@pytest.mark.parametrize(
    "query",
    [
        "SELECT comment, 'a; b' AS \"c;d\" FROM reviews; -- the end; really",
        "-- all of it;\n(SELECT comment FROM reviews)",
        "with r as (select comment from reviews) select * from r;",
    ],
)
def test_a_query_may_hold_remarks_and_any_text(file: Path, query: str) -> None:
    assert read_export(f"duckdb:///{file}", query=query, text="comment").read == 4


def test_a_backslash_before_a_quote_is_left_to_the_database() -> None:
    query = r"SELECT * FROM reviews WHERE comment = 'it\'s late; rude'"
    assert read_export(Answering(*REVIEWS), query=query, text="comment").read == 2


class Proxy:
    """Holds a connection as SQLAlchemy does."""

    def __init__(self, connection: Any) -> None:
        self.driver_connection = connection
        self.cursor = self.close = connection.cursor


def test_the_connection_that_sqlalchemy_holds_is_read(sqlite: sqlite3.Connection) -> None:
    sqlite.row_factory = sqlite3.Row
    assert read_export(Proxy(sqlite), query="SELECT * FROM reviews", **ROLES).read == 4
    with pytest.raises(ReadError, match="readonly"):
        read_export(Proxy(sqlite), query="WITH old AS (SELECT 1) DELETE FROM reviews")


def test_a_closed_connection_is_told() -> None:
    connection = sqlite3.connect(":memory:")
    connection.close()
    with pytest.raises(ReadError, match=r"The connection cannot be used: .*closed"):
        read_export(connection, query="SELECT 1")


def test_a_query_is_for_databases_alone() -> None:
    with pytest.raises(ReadError, match="query= cannot be used with DataFrame"):
        read_feedback(TABLE, query="SELECT 1")
