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


class Postgres:
    """A connection of DB-API 2 that answers as psycopg does: decimals, dates, several rows."""

    def __init__(self) -> None:
        self.closed: list[str] = []
        self.description: list[tuple[str, None]] | None = [("comment", None), ("nps", None),
                                                           ("day", None)]  # fmt: skip

    def cursor(self) -> Postgres:
        return self

    def execute(self, query: str) -> None:
        if "nowhere" in query:
            raise RuntimeError('relation "nowhere" does not exist\nLINE 1: ...')

    def fetchall(self) -> list[tuple[Any, ...]]:
        return [("Rude staff", Decimal("2.5"), date(2024, 5, 1)), ("Cheap", None, None)]

    def close(self) -> None:
        self.closed.append("cursor")


def test_decimals_are_numbers_and_dates_dates() -> None:
    connection = Postgres()
    found = read_export(connection, query="SELECT", text="comment", overall="nps", date="day")
    assert found.feedback["overall"].tolist()[0] == 2.5
    assert found.feedback["overall"].isna().tolist() == [False, True]
    assert found.feedback["date"].iloc[0] == pd.Timestamp("2024-05-01")
    assert connection.closed == ["cursor"]


def test_a_query_that_fails_is_told_with_the_reason_of_the_database(file: Path) -> None:
    with pytest.raises(ReadError, match=r'failed: relation "nowhere" does not exist\. Given'):
        read_export(Postgres(), query="SELECT * FROM nowhere")
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
        ("duckdb:///file.db?query=DROP TABLE reviews", None, "failed: .*read-only"),
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
        ("  ", "needs the query"),
        ("DELETE FROM reviews WHERE 0", "returns no table"),
    ],
)
def test_a_connection_needs_a_query_that_returns_rows(
    sqlite: sqlite3.Connection, query: str | None, message: str
) -> None:
    with pytest.raises(ReadError, match=message):
        read_export(sqlite, query=query)


def test_a_closed_connection_is_told() -> None:
    connection = sqlite3.connect(":memory:")
    connection.close()
    with pytest.raises(ReadError, match=r"The connection cannot be used: .*closed"):
        read_export(connection, query="SELECT 1")


def test_a_query_is_for_databases_alone() -> None:
    with pytest.raises(ReadError, match="query= cannot be used with DataFrame"):
        read_feedback(TABLE, query="SELECT 1")
