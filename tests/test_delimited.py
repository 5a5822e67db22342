"""A CSV file is read in every script, and no text of it is taken for a formula."""

from __future__ import annotations

import csv
import re

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.nasty_texts import NASTY
from tpfeedback.report import write_csv


@pytest.mark.parametrize("text", NASTY)
def test_no_cell_of_a_csv_begins_like_a_formula(tmp_path, text):
    write_csv(pd.DataFrame({"=head": [text], "penalty": [-1.5]}), tmp_path / "t.csv")
    raw = (tmp_path / "t.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    with (tmp_path / "t.csv").open(encoding="utf-8-sig", newline="") as file:
        head, cells = list(csv.reader(file))
    for cell in (head[0], cells[0]):
        assert not cell.lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r"))
    assert cells[0].lstrip("'") == text.lstrip("'")
    assert cells[1] == "-1.5"


def _starts_of_cells(path):
    """Return what begins each cell wherever a program may split: no quoting is trusted."""
    pieces = re.split(r"[;,\t\r\n]", path.read_bytes().decode("utf-8-sig"))
    return {re.sub(r'^[\s"]+', "", piece)[:1] for piece in pieces}


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("late;=1+1", "late;'=1+1"),
        ('late;"=1+1"', 'late;"\'=1+1"'),
        ("late, -2+3", "late, '-2+3"),
        ("late\t@SUM(1)", "late\t'@SUM(1)"),
        ("late\n+1", "late\n'+1"),
        ("\xa0=1+1", "\xa0'=1+1"),
        ("\u3000＝1+1", "\u3000'＝1+1"),
        ("late;\u2003\xa0=1+1", "late;\u2003\xa0'=1+1"),
        ("\tlate", "'\tlate"),
        ("well-made = good; a@b.example", "well-made = good; a@b.example"),
    ],
)
def test_a_formula_is_marked_wherever_a_cell_may_begin(tmp_path, text, written):
    write_csv(pd.DataFrame({text: [text], "penalty": [-1.5]}), tmp_path / "t.csv")
    with (tmp_path / "t.csv").open(encoding="utf-8-sig", newline="") as file:
        assert list(csv.reader(file)) == [[written, "penalty"], [written, "-1.5"]]


@given(st.text(alphabet="=+-@;, \t\r\n\xa0\u3000\"'a1", max_size=20))
@settings(deadline=None, max_examples=200)
def test_no_split_of_a_csv_begins_like_a_formula(tmp_path_factory, text):
    path = tmp_path_factory.getbasetemp() / "split.csv"
    write_csv(pd.DataFrame({"id": ["f1"], "text": [text], "language": ["en"]}), path)
    assert not set("=+-@") & _starts_of_cells(path)


def test_texts_of_a_csv_are_quoted_and_numbers_are_not(tmp_path):
    table = pd.DataFrame(
        {
            "text": pd.array(["late", None], dtype="str"),
            "penalty": [-1.5, float("nan")],
            "count": pd.array([-2, None], dtype="Int64"),
            "date": pd.to_datetime(["2024-05-01", None]),
        }
    )
    write_csv(table, tmp_path / "t.csv")
    lines = (tmp_path / "t.csv").read_text(encoding="utf-8-sig").splitlines()
    assert lines[:2] == ['"text","penalty","count","date"', '"late",-1.5,-2,"2024-05-01"']
    assert lines[2].replace('"', "") == ",,,"


def test_a_long_run_of_separators_is_written_at_once(tmp_path):
    write_csv(pd.DataFrame({"text": ["\t" * 1_000_000 + "=1"]}), tmp_path / "t.csv")
    assert (tmp_path / "t.csv").read_bytes().endswith(b"\t'=1\"\r\n")


def test_writing_a_csv_leaves_the_table_as_it_was(tmp_path):
    table = pd.DataFrame({"a": ["=1"], "b": [1.0]})
    before = table.copy(deep=True)
    write_csv(table, tmp_path / "t.csv")
    pd.testing.assert_frame_equal(table, before)
