"""`tag_file`: the same tables as in memory, piece by piece, whatever the file looks like."""

from __future__ import annotations

import csv
import json
import tempfile
import warnings
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from tests.small_findings import KeywordTagger, reviews
from tpfeedback.batch import plan as planning
from tpfeedback.batch import read_batch, tag_file
from tpfeedback.batch.lines import whole_records
from tpfeedback.batch.sources import open_source, read_blocks, read_piece
from tpfeedback.errors import ColumnError, ReadError, TpfeedbackWarning, WriteError
from tpfeedback.ingest import read_export
from tpfeedback.ingest.files import read_raw
from tpfeedback.mentions import tag_feedback


def tag(path: Path, out: Path, **options):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", TpfeedbackWarning)
        return tag_file(path, out, tagger=KeywordTagger(), **options)


def table_of(out: Path, kind: str) -> pd.DataFrame:
    paths = sorted((out / kind).glob("*.parquet"))
    return pd.concat([pq.read_table(path).to_pandas() for path in paths], ignore_index=True)


def tagged_in_memory(path: Path, **named):
    export = read_export(path, feedback_id=False, **named)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", TpfeedbackWarning)
        return export, tag_feedback(export.feedback, tagger=KeywordTagger(), progress=False)


def dirty_reviews() -> pd.DataFrame:
    table = reviews(3).assign(
        when=["03/04/2024", "25/04/2024", "soon"] * 10,
        city=["Kraków", "Москва", None] * 10,
        age=range(30),
        member=[True, False] * 15,
    )
    table["stars"] = table["stars"].astype(object)
    table.loc[7, "stars"], table.loc[8, "comment"] = "many", "-"
    table.loc[9, "comment"] = 'the courier said "later",\nand\n\nwas bad'
    return table


def write(table: pd.DataFrame, path: Path) -> Path:
    if path.suffix == ".jsonl":
        table.to_json(path, orient="records", lines=True, force_ascii=False)
    elif path.suffix == ".parquet":
        table.assign(stars=table["stars"].astype(str)).to_parquet(path, row_group_size=4)
    else:
        table.to_csv(path, index=False, sep="\t" if path.suffix == ".tsv" else ",")
    return path


@pytest.mark.parametrize("chunk", [7, 1000])
@pytest.mark.parametrize("ending", ["csv", "tsv", "jsonl", "parquet"])
def test_the_parts_together_are_the_tables_of_the_whole_file(tmp_path, ending, chunk):
    path = write(dirty_reviews(), tmp_path / f"reviews.{ending}")
    batch = tag(path, tmp_path / "out", chunk=chunk)
    export, tagged = tagged_in_memory(path)
    feedback = table_of(tmp_path / "out", "feedback")
    same = [name for name in tagged.feedback if name not in ("duplicate_of", "language", "age")]
    assert list(feedback.columns[: len(tagged.feedback.columns)]) != []
    assert_frame_equal(feedback[same], tagged.feedback[same], check_dtype=False)
    assert feedback["age"].tolist() == tagged.feedback["age"].tolist()
    assert_frame_equal(table_of(tmp_path / "out", "mentions"), tagged.mentions, check_dtype=False)
    rejected, unreadable = (table_of(tmp_path / "out", k) for k in ("rejected", "unreadable"))
    assert_frame_equal(rejected, export.rejected, check_dtype=False)
    assert sorted(unreadable.itertuples(index=False, name=None)) == sorted(
        export.unreadable.itertuples(index=False, name=None)
    )
    assert (batch.rows, batch.texts, batch.rejected) == (export.read, len(feedback), 1)
    assert batch.parts == -(-30 // chunk)


FILES = {
    "semicolons": "stars;comment\n5;good; really\n1;bad\n2;x\n",
    "carriage returns": "stars;comment\r5;good\r1;bad\r2;worse\r",
    "a title above": "Export of May\n\nstars;comment\n5;good\n1;bad\n",
    "a hint": "sep=;\nstars;comment\n5;good\n1;bad\n",
    "a header of two lines": '"stars";"your\ncomment"\n5;good\n1;bad\n3;fair\n',
    "blank lines between": "stars,comment\n5,good\n\n\n1,bad\n\n",
    "a byte order mark": "\ufeffstars,comment\n5,good\n1,bad\n",
    "NULs": "stars,comment\n5,go\0od\n1,bad\n" + "3,it was fine, as ever\n" * 12,
    "no end of the last line": "stars,comment\n5,good\n1,bad",
    "one column": "comment\ngood, really\nbad; so bad\nit is late, again\n",
    "a stray quote": 'stars,comment\n5,a 5" pipe, no more\n1,bad\n3,fair\n4,quite good\n',
    "an open quote": 'stars,comment\n5,"good\n1,bad\n3,fair\n4,quite good\n',
    "too many fields": "stars,comment\n5,good,x,\n1,bad,7,8\n3,fair\n",
    "too few fields": "stars,comment,city\n5,good\n1,bad,Rome\n",
    "an empty column without name": ",stars,comment\n,5,good\n,1,bad\n",
    "a name twice": "stars,comment,note,note\n5,good,a,b\n1,bad,c,d\n",
    "a name of our own": "stars,comment,row,language_confidence\n5,good,a,b\n1,bad,c,d\n",
}


@pytest.mark.parametrize("chunk", [1, 100])
@pytest.mark.parametrize("name", FILES)
def test_every_shape_of_a_text_file_is_read_as_in_memory(tmp_path, name, chunk):
    path = tmp_path / "reviews.csv"
    path.write_bytes(FILES[name].encode())
    tag(path, tmp_path / "out", chunk=chunk)
    export, tagged = tagged_in_memory(path)
    feedback = table_of(tmp_path / "out", "feedback")
    columns = [name for name in tagged.feedback if name != "language"]
    assert_frame_equal(feedback[columns], tagged.feedback[columns], check_dtype=False)
    rejected = sorted((tmp_path / "out/rejected").iterdir())
    rows = [row for part in rejected for row in pq.read_table(part)["row"].to_pylist()]
    assert rows == export.rejected["row"].tolist()


def test_typed_columns_of_parquet_are_read_as_in_memory(tmp_path):
    table = pd.DataFrame(
        {
            "comment": [f"the courier was bad {n}" for n in range(12)],
            "stars": pd.array([1, None, 3, 4, 5, 2] * 2, dtype="Int64"),
            "date": pd.date_range("2024-01-01", periods=12, tz="Europe/Warsaw"),
            "channel": pd.Categorical(["app", "shop", None] * 4),
            "joined": pd.date_range("2020-01-01", periods=12),
            "visits": pd.array([7, None, 1, 2, 3, 4] * 2, dtype="Int64"),
            "member": [True, None, False] * 4,
            "tags": [["a", "b"], None, []] * 4,
        },
        index=pd.Index([f"R{n}" for n in range(12)], name="order"),
    )
    path = tmp_path / "reviews.parquet"
    table.to_parquet(path, row_group_size=5)
    tag(path, tmp_path / "out", chunk=4)
    _, tagged = tagged_in_memory(path)
    feedback = table_of(tmp_path / "out", "feedback")
    for name in tagged.feedback.columns.drop("language"):
        found, expected = feedback[name], tagged.feedback[name]
        assert found.isna().tolist() == expected.isna().tolist(), name
        known = expected.notna()
        assert found[known].tolist() == expected[known].tolist(), name


@pytest.mark.parametrize("ending", ["parquet", "jsonl"])
def test_customers_with_long_numbers_are_not_taken_for_one(tmp_path, ending):
    customers = [1234567890123456 * 100 + n // 2 for n in range(12)]
    table = pd.DataFrame({"comment": [f"bad staff {n}" for n in range(12)], "customer": customers})
    path = tmp_path / f"reviews.{ending}"
    write(table.assign(stars=3), path)
    tag(path, tmp_path / "out", chunk=5)
    found = table_of(tmp_path / "out", "feedback")["customer"]
    assert found.tolist() == [str(number) for number in customers]


def test_a_survey_has_a_row_for_each_answer(tmp_path):
    path = tmp_path / "survey.csv"
    answers = {
        "What did you like?": ["kind staff", "-", "shoes"],
        "What was bad?": ["price", "", "-"],
    }
    pd.DataFrame(answers).to_csv(path, index=False)
    tag(path, tmp_path / "out", chunk=2, text=list(answers))
    _, tagged = tagged_in_memory(path, text=list(answers))
    feedback = table_of(tmp_path / "out", "feedback")
    assert feedback["feedback_id"].tolist() == tagged.feedback["feedback_id"].tolist()
    assert feedback["question"].tolist() == tagged.feedback["question"].tolist()


def test_letters_far_below_an_english_head_tell_the_encoding(tmp_path, monkeypatch):
    monkeypatch.setattr("tpfeedback.batch.fingerprint.BLOCK", 2_000)
    monkeypatch.setattr("tpfeedback.batch.fingerprint.HEAD_BYTES", 2_000)
    lines = ["stars,comment", *["5,nice and quick"] * 500]
    lines += ["1,Ужасно долго везли и курьер хамил"] * 300
    path = tmp_path / "reviews.csv"
    path.write_bytes("\n".join(lines).encode("cp1251"))
    tag(path, tmp_path / "out", chunk=100)
    assert table_of(tmp_path / "out", "feedback")["text"].iloc[-1] == lines[-1][2:]


# --- what is guessed once


@pytest.fixture
def short_head(monkeypatch):
    monkeypatch.setattr(planning, "HEAD_ROWS", 10)


def piecewise(tmp_path, column, cells, **named):
    path = tmp_path / "reviews.csv"
    texts = [f"the courier was bad again {n}" for n in range(len(cells))]
    pd.DataFrame({"comment": texts, column: cells}).to_csv(path, index=False)
    tag(path, tmp_path / "out", chunk=10, **named)
    return table_of(tmp_path / "out", "feedback")


@pytest.mark.parametrize(
    ("column", "cells"),
    [
        ("stars", ["4/5", "8/10", "5/5", "10/10", "1/5", "4"] * 5 + ["3/5"] * 5),
        ("stars", ["4,5/5", "8/10", "★★★☆☆"] * 10 + ["★★★★☆"] * 5),
        ("when", [f"24-03-{day:02}" for day in range(1, 29)] + ["23-11-02", "25-01-30"] * 2
         + ["24-05-06"] * 3),
        ("when", [f"{day:02}-03-24" for day in range(1, 29)] + ["02-11-23"] * 4 + ["06-05-24"] * 3),
        ("when", [f"03/{day:02}/24" for day in range(1, 29)] + ["11/02/23"] * 4 + ["05/06/24"] * 3),
        ("when", [f"24.03.{day:02}" for day in range(1, 29)] + ["23.11.02"] * 4 + ["24.05.06"] * 3),
    ],
)  # fmt: skip
def test_cells_are_read_as_in_the_whole_file_however_small_the_part(tmp_path, column, cells):
    table = pd.concat([reviews(3), reviews(1).head(5)], ignore_index=True).assign(**{column: cells})
    path = tmp_path / "reviews.csv"
    table.to_csv(path, index=False)
    role = "overall" if column == "stars" else "date"
    named = {"text": "comment", role: column}
    tag(path, tmp_path / "out", chunk=7, **named)
    whole = tagged_in_memory(path, **named)[0].feedback
    parts = table_of(tmp_path / "out", "feedback")
    assert whole[role].notna().sum() > len(cells) * 0.8
    pd.testing.assert_series_equal(parts[role], whole[role], check_dtype=False)


@pytest.mark.parametrize(
    ("cells", "scale", "read"),
    [
        ((["1", "10", "7"], ["2", "3", "5"]), "1-10", [2, 3, 5]),
        ((["1", "5", "4"], ["9", "3", "99"]), "1-5", [None, 3, None]),
        ((["4,5", "3,25", "5"], ["4,333", "1", "2"]), "1-5", [4.333, 1, 2]),
        ((["no", "yes", "yes"], ["positive", "yes", "no"]), "0-1", [None, 1, 0]),
        ((["★★★", "★★★★★", "★★"], ["★", "4", "5 stars"]), "1-5", [1, 4, 5]),
    ],
)
def test_the_scale_of_the_rating_is_that_of_the_head(tmp_path, short_head, cells, scale, read):
    cells = [half[i % 3] for half in cells for i in range(10)]
    feedback = piecewise(tmp_path, "rating", cells, overall="rating")
    assert set(feedback["overall_scale"]) == {scale}
    found = feedback["overall"].iloc[10:13].astype(object)
    assert found.where(found.notna(), None).tolist() == read


@pytest.mark.parametrize(
    ("head", "read"), [("31/12/2023", "2024-04-03"), ("12/31/2023", "2024-03-04")]
)
def test_the_order_of_day_and_month_is_that_of_the_head(tmp_path, short_head, head, read):
    other = "12/31/2023" if head == "31/12/2023" else "31/12/2023"
    feedback = piecewise(tmp_path, "date", [head] * 10 + ["03/04/2024", *[other] * 9], date="date")
    assert str(feedback["date"].iloc[10].date()) == read
    assert str(feedback["date"].iloc[11].date()) == "2023-12-31"


def test_a_segment_of_numbers_stays_one_and_tells_what_is_none(tmp_path, short_head):
    feedback = piecewise(tmp_path, "age", ["7"] * 10 + ["about 30", "8", "", *["9"] * 7])
    assert feedback["age"].iloc[9:14].tolist()[0] == 7
    assert feedback["age"].iloc[10:13].isna().tolist() == [True, False, True]
    unreadable = table_of(tmp_path / "out", "unreadable")
    assert unreadable.values.tolist() == [[11, "age", "about 30"]]


def test_codes_with_zeros_in_front_stay_texts_in_every_part(tmp_path, short_head):
    feedback = piecewise(tmp_path, "shop", ["007"] * 10 + ["12"] * 10)
    assert feedback["shop"].tolist() == ["007"] * 10 + ["12"] * 10


def test_columns_that_only_later_json_records_have_are_left_out_with_a_warning(
    tmp_path, short_head
):
    records = [{"comment": f"bad staff {n}"} for n in range(10)]
    records += [{"comment": "kind staff", "city": "Rome"}]
    path = tmp_path / "reviews.jsonl"
    path.write_text("\n".join(map(json.dumps, records)))
    with pytest.warns(TpfeedbackWarning, match="left out: 'city'") as told:
        tag_file(path, tmp_path / "out", tagger=KeywordTagger(), language=False)
    assert [one.filename for one in told] == [__file__]  # where it was called


def test_bytes_in_another_encoding_are_warned_of_where_it_was_called(tmp_path):
    path = tmp_path / "reviews.csv"
    path.write_bytes("comment\nмилый курьер\n".encode() * 9 + b"\xff\xfe bad staff\n")
    with pytest.warns(TpfeedbackWarning, match="encoding|UTF-8") as told:
        tag_file(path, tmp_path / "out", tagger=KeywordTagger(), language=False)
    assert {one.filename for one in told} == {__file__}


def test_a_broken_line_of_json_is_a_rejected_row(tmp_path):
    path = tmp_path / "reviews.jsonl"
    path.write_text('{"comment": "bad staff"}\n\n{"comment": \n{"comment": "kind staff"}\n')
    batch = tag(path, tmp_path / "out", chunk=1)
    rejected = table_of(tmp_path / "out", "rejected")
    assert rejected.values.tolist() == [[2, "the line is no valid JSON object", '{"comment":']]
    assert (batch.rows, batch.texts) == (3, 2)


# --- what cannot be read so


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("gone.csv", None, r"There is no file .*gone\.csv"),
        ("empty.csv", b"", r"empty\.csv is empty"),
        ("head.csv", b"comment,stars\n", r"only a header"),
        ("book.xlsx", b"PK\x03\x04", r"workbook, which cannot be read piece by piece"),
        ("list.json", b'[{"comment": "late"}]', r"one JSON document, which cannot be read"),
        ("wide.json", b'{\n "comment": "late"}', r"one JSON document, which cannot be read"),
        ("torn.parquet", b"PAR1 and no more", r"no readable Parquet file"),
        ("page.csv", b"<html><body>Sign in</body></html>", r"web page or XML"),
        ("scan.csv", b"%PDF-1.7", r"a PDF document"),
    ],
)
def test_what_cannot_be_read_piece_by_piece_is_refused(tmp_path, name, content, message):
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(ReadError, match=message):
        tag(tmp_path / name, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_column_that_does_not_exist_is_named(tmp_path):
    path = write(reviews(1), tmp_path / "reviews.csv")
    with pytest.raises(ColumnError, match="Unknown column 'remark'"):
        tag(path, tmp_path / "out", text="remark")


def test_an_endless_line_is_refused_before_memory_is_gone(tmp_path, monkeypatch):
    monkeypatch.setattr("tpfeedback.batch.lines.LONGEST_LINE", 1000)
    path = tmp_path / "reviews.csv"
    path.write_text("comment,stars\nbad staff,1\n" + "x" * 2000 + ",3\n")
    with pytest.raises(ReadError, match=r"Line 3 of reviews\.csv is longer than 1,000"):
        tag(path, tmp_path / "out")


@pytest.mark.parametrize("options", [{"chunk": 0}, {"workers": 0}])
def test_no_part_can_be_empty_and_somebody_has_to_work(tmp_path, options):
    path = write(reviews(1), tmp_path / "reviews.csv")
    with pytest.raises(WriteError, match="Allowed: 1 or more of each"):
        tag(path, tmp_path / "out", **options)


CELL = st.text('ab5",;\n\r ☂', max_size=6)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(CELL, CELL, CELL), min_size=1, max_size=12), st.integers(1, 5))
def test_the_records_of_any_table_are_the_same_piece_by_piece(records, size):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "table.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([("comment", "stars", "note"), *records])
            file.write("the end,5,x\n")
        whole = read_raw(path)
        source = open_source(path)
        pieces = [read_piece(source, block) for block in read_blocks(source, size)]
    frame = pd.concat([piece.frame for piece in pieces], ignore_index=True)
    assert len(frame) == whole.read
    assert_frame_equal(frame, whole.frame.reset_index(drop=True))


@given(st.lists(st.text('ab",;\n', max_size=6).map(lambda line: line + "\n"), max_size=40))
def test_no_line_is_lost_between_records(lines):
    split = [piece for line in lines for piece in line.splitlines(keepends=True)]
    assert "".join(whole_records(iter(split))) == "".join(lines)


def test_a_piece_of_parquet_holds_its_own_texts_alone(tmp_path):
    table = pd.DataFrame({"comment": [f"text {n}" for n in range(40)], "stars": [3] * 40})
    table["city"] = pd.Categorical(["Oslo", "Rome"] * 20)
    table.to_parquet(tmp_path / "rows.parquet", index=False)
    source = open_source(tmp_path / "rows.parquet")
    pieces = [read_piece(source, block).frame for block in read_blocks(source, 15)]
    assert [str(one["comment"].dtype) for one in pieces] == ["str"] * 3
    pd.testing.assert_frame_equal(pd.concat(pieces, ignore_index=True), table)


class Listener(KeywordTagger):
    """Believes the language that it is told."""

    def tag(self, texts, *, languages=None, **options):
        found = super().tag(texts)
        return [replace(one, language=code) for one, code in zip(found, languages, strict=True)]


@pytest.mark.parametrize("chunk", [4, 7, 100])
def test_a_short_text_is_read_in_the_language_of_the_file_not_of_its_part(tmp_path, chunk):
    english = [f"The courier was late again and nobody answered me {n}" for n in range(20)]
    polish = [f"Bardzo dobry sklep, polecam każdemu kto szuka butów {n}" for n in range(9)]
    table = pd.DataFrame({"comment": [*english, *polish, "ok", "super"], "stars": [4] * 31})
    table.to_csv(tmp_path / "rows.csv", index=False)
    tag_file(tmp_path / "rows.csv", tmp_path / "out", tagger=Listener(), chunk=chunk)
    whole = tag_feedback(read_export(table).feedback, tagger=Listener()).feedback
    spoken = table_of(tmp_path / "out", "feedback")["language"]
    assert spoken.tolist() == whole["language"].tolist()
    assert spoken.tolist()[-2:] == ["en", "en"]


def test_a_table_in_memory_is_no_file_to_tag(tmp_path):
    with pytest.raises(ReadError, match=r"The file to tag is given as DataFrame\. Allowed"):
        tag_file(pd.DataFrame({"text": ["Rude staff"]}), tmp_path / "out")
    with pytest.raises(ReadError, match="The tagged folder is given as NoneType"):
        read_batch(None)
    with pytest.raises(WriteError, match=r"chunk=.5. and workers=None cannot be"):
        tag_file(tmp_path / "reviews.csv", tmp_path / "out", chunk="5")
