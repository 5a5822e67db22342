"""What holds for any input: no record is lost, and what comes out follows the contract."""

from __future__ import annotations

import csv
import io
import tempfile
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tpfeedback.errors import TpfeedbackError
from tpfeedback.ingest import Export, read_export
from tpfeedback.ingest.dates import read_dates
from tpfeedback.ingest.delimited import split_records
from tpfeedback.ingest.ratings import read_ratings
from tpfeedback.ingest.texts import clean_text
from tpfeedback.tables import check_table

CHEAP = settings(deadline=None, max_examples=60)
COMMON = ["нет", "-", "n/a", "5", "很好", "", '"', "a,b", "2024-03-01", "inf"]
CELL = st.one_of(st.text(max_size=30), st.sampled_from(COMMON))
DATE_FORMS = ["%Y-%m-%d", "%d.%m.%Y", "%Y年%m月%d日", "%d %b %Y", "%B %d, %Y", "%Y%m%d"]
FIELD = st.text(st.characters(exclude_characters="\0\r", exclude_categories=["Cs"]), max_size=12)


def check(export: Export) -> None:
    kept, aside = set(export.feedback["row"]), set(export.rejected["row"])
    assert not kept & aside
    assert kept | aside == set(range(1, export.read + 1))
    assert export.feedback["feedback_id"].is_unique
    check_table(export.feedback, "feedback")


@CHEAP
@given(st.lists(st.tuples(CELL, CELL, CELL), min_size=1, max_size=12))
def test_every_record_of_a_table_is_kept_or_set_aside(rows: list[tuple[str, str, str]]) -> None:
    table = pd.DataFrame(rows, columns=["comment", "rating", "date"], dtype=object)
    check(read_export(table))
    survey = table.set_axis(["What did you like?", "What should we change?", "nps"], axis=1)
    check(read_export(survey, text=["What did you like?", "What should we change?"]))


@CHEAP
@given(
    st.lists(st.lists(FIELD, min_size=2, max_size=4), min_size=2, max_size=12),
    st.sampled_from(",;\t"),
)
def test_a_well_written_csv_is_read_as_it_was_written(
    rows: list[list[str]], delimiter: str
) -> None:
    table = [["text", "stars", "city", "shop"], *[row + ["x"] * (4 - len(row)) for row in rows]]
    table.append(["blank records at the end", "are", "no", "records"])
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, quoting=csv.QUOTE_ALL).writerows(table)
    assert split_records(out.getvalue()).records == table


@CHEAP
@given(st.lists(st.text(st.sampled_from('ab,"\n '), max_size=15), min_size=1, max_size=15))
def test_quotes_and_commas_in_any_order_lose_no_character(lines: list[str]) -> None:
    text = "text,stars\n" + "\n".join(lines)
    records = split_records(text).records
    letters = [c for record in records[1:] for cell in record for c in cell if c in "ab"]
    assert sorted(letters) == sorted(c for line in lines for c in line if c in "ab")


@CHEAP
@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused_by_name(content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "any.csv"
        path.write_bytes(content)
        try:
            export = read_export(path)
        except TpfeedbackError:
            return  # anything else that is raised fails this test
        check(export)


@CHEAP
@given(st.lists(CELL, min_size=1, max_size=10))
def test_a_cell_is_a_number_or_missing_or_unreadable(cells: list[str]) -> None:
    column = pd.Series(cells, dtype=object)
    for found in (read_ratings(column), read_dates(column)):
        assert not (found.values.notna() & found.unreadable).any()
    assert read_ratings(column).values.abs().max() != float("inf")


@CHEAP
@given(st.dates(date(1990, 1, 1), date(2068, 12, 31)), st.sampled_from(DATE_FORMS))
def test_a_written_date_is_read_back(day: date, form: str) -> None:
    assert read_dates(pd.Series([day.strftime(form)])).values.dt.date.tolist() == [day]


@CHEAP
@given(st.text(max_size=40))
def test_cleaning_a_text_twice_changes_nothing(text: str) -> None:
    assert clean_text(clean_text(text)) == clean_text(text)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "cp1251"])
def test_the_same_file_in_another_encoding_is_the_same_feedback(
    tmp_path: Path, encoding: str
) -> None:
    content = "Отзыв;Оценка\n" + "".join(
        f"Долго везли заказ номер {k};{k % 5 + 1}\n" for k in range(9)
    )
    path = tmp_path / "e.csv"
    path.write_bytes(content.encode(encoding))
    assert read_export(path).feedback["overall"].sum() == 25
