"""Bad input gives a clear error, or a result with a clear note. One sentence a test."""

from __future__ import annotations

import csv
import gzip
import math
import random
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tpfeedback.errors import ReadError
from tpfeedback.ingest import read_export
from tpfeedback.ingest.texts import LONGEST_TEXT
from tpfeedback.tables import check_table


def write(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


NOISE = random.Random(0).randbytes(4000)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("empty.csv", "", "empty.csv is empty"),
        ("blank.csv", "\ufeff \r\n\r\n", "blank.csv is empty"),
        ("header.csv", "text,stars\n", "only a header \\(text, stars\\)"),
        ("noise.csv", NOISE, "binary file"),
        ("picture.csv", b"\x89PNG\r\n\x1a\n" + NOISE, "a PNG picture, not a table"),
        ("zip.csv", b"PK\x03\x04" + NOISE, "no readable workbook"),
        ("packed.csv", gzip.compress(b"text\nslow", mtime=0), "unpack it first"),
        ("reviews.feather", b"ARROW1\0\0" + NOISE, "a Feather file .save it as Parquet"),
        ("controls.csv", "text\n" + "a\x01b\x02" * 50, "control characters"),
        ("page.xls", "<html><table></table></html>", "a web page or XML"),
        ("damaged.parquet", b"PAR1" + NOISE, "damaged.parquet is no readable Parquet file"),
        ("broken.json", '{"text": ', "no valid JSON"),
        ("number.json", "5", "no records"),
        ("list.json", "[]", "no records"),
        ("deep.json", "[" * 100_000, "JSON"),
        ("numbers.csv", "id,stars\n1,5\n2,4\n", "No column looks like what customers wrote"),
    ],
)
def test_a_file_that_is_no_table_of_texts_is_an_error_that_says_what_it_is(
    tmp_path: Path, name: str, content: str | bytes, message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        read_export(write(tmp_path, name, content))


@pytest.mark.parametrize(
    ("source", "message"),
    [
        (None, "Cannot read feedback from NoneType"),
        (["slow"], "Cannot read feedback from list"),
        (pd.Series(["slow"]), "Cannot read feedback from Series"),
        (pd.DataFrame(), "no columns and no records"),
        (pd.DataFrame({"text": []}), "only a header"),
        ("https://example.org/a.csv", "https://example.org/a.csv is a web address"),
    ],
)
def test_an_object_that_is_no_table_is_an_error(source: object, message: str) -> None:
    with pytest.raises(ReadError, match=message):
        read_export(source)


def test_a_missing_file_is_an_error_that_names_the_nearest(tmp_path: Path) -> None:
    write(tmp_path, "reviews.csv", "text\nslow")
    with pytest.raises(ReadError, match=r"Did you mean 'reviews.csv'"):
        read_export(tmp_path / "review.csv")
    with pytest.raises(ReadError, match="is a folder"):
        read_export(tmp_path)


def test_a_text_of_a_megabyte_is_cut_with_a_note(tmp_path: Path) -> None:
    text = "долго везли " * 90_000
    export = read_export(write(tmp_path, "long.csv", f'text,stars\n"{text}",1\nFine shop,5\n'))
    assert export.feedback["text"].str.len().tolist() == [LONGEST_TEXT, 9]
    assert any("cut to 32767 characters in row 1" in note for note in export.notes)


def test_reading_a_long_cell_leaves_the_process_limit_of_csv_alone(tmp_path: Path) -> None:
    before = csv.field_size_limit()
    read_export(write(tmp_path, "long.csv", "text,stars\n" + "word " * 60_000 + ",1\n"))
    assert csv.field_size_limit() == before


def test_ratings_that_are_all_missing_give_texts_and_a_note(tmp_path: Path) -> None:
    export = read_export(write(tmp_path, "m.csv", "text,stars\nSlow one,\nDear one,\n"))
    assert export.feedback["overall"].isna().all()
    assert any("'stars': all its cells are missing" in note for note in export.notes)


def test_a_constant_rating_is_noted() -> None:
    export = read_export(pd.DataFrame({"text": ["Slow one", "Dear one"], "stars": [5, 5]}))
    assert any("Every rating is 5" in note for note in export.notes)


@pytest.mark.parametrize("stars", [[5, np.nan, np.inf, 4], ["5", "NaN", "inf", "4"]])
def test_nan_is_missing_and_infinity_is_unreadable(stars: list[object]) -> None:
    table = pd.DataFrame({"text": ["Slow one", "Dear one", "Rude one", "Good one"], "stars": stars})
    export = read_export(table)
    assert export.feedback["overall"].isna().tolist() == [False, True, True, False]
    assert not np.isinf(export.feedback["overall"]).any()
    assert export.unreadable[["row", "value"]].values.tolist() == [[3, "inf"]]


def test_duplicate_column_names_get_a_number_and_a_note(tmp_path: Path) -> None:
    path = write(tmp_path, "d.csv", "text,stars,text,,stars\nSlow one,2,Dear one,x,5\n")
    export = read_export(path)
    assert export.columns == {"text": "text", "overall": "stars"}
    later = export.feedback.loc[0, ["text_2", "column_4", "stars_2"]]
    assert later.tolist() == ["Dear one", "x", 5]
    assert any("renamed: text_2, stars_2" in note for note in export.notes)


@pytest.mark.parametrize(
    ("cell", "kept"),
    [
        ("zero\u200bwidth\ufeff and soft\u00adhyphen", "zerowidth and softhyphen"),
        ("joined\u200d letters", "joined letters"),
        ("family 👨\u200d👩\u200d👧 trip", "family 👨\u200d👩\u200d👧 trip"),
        ("flag 🏴\U000e0067\U000e007f stays", "flag 🏴\U000e0067\U000e007f stays"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("שירות איטי מאוד", "שירות איטי מאוד"),
        ("\u202eabc\u202c", "\u202eabc\u202c"),
        ("bell\x07 and escape\x1b[31m", "bell and escape[31m"),
        (" \t outer space\u00a0\n", "outer space"),
        ("two\r\nlines", "two\r\nlines"),
    ],
)  # fmt: skip
def test_texts_lose_only_what_nobody_can_see(cell: str, kept: str) -> None:
    assert read_export(pd.DataFrame({"text": [cell]})).feedback["text"].tolist() == [kept]


def test_nul_bytes_are_taken_out_with_a_note(tmp_path: Path) -> None:
    export = read_export(write(tmp_path, "n.csv", "text,stars\nslow\0 and dear,5\nqui\0ck,4\n"))
    assert export.feedback["text"].tolist() == ["slow and dear", "quick"]
    assert any("2 NUL characters" in note for note in export.notes)


def test_half_characters_do_not_break_the_table(tmp_path: Path) -> None:
    path = write(tmp_path, "s.jsonl", '{"text": "nice \\ud800 place"}\n{"text": "dear one"}\n')
    export = read_export(path)
    assert export.feedback["text"].tolist() == ["nice \ufffd place", "dear one"]


def test_a_few_spoilt_bytes_do_not_turn_english_into_another_script(tmp_path: Path) -> None:
    lines = [b"The McCaf\x92\xa9 was shut again,1", b"****\xce_****,1", b"Su\x8a\x97_ And so,2"]
    export = read_export(write(tmp_path, "m.csv", b"text,stars\n" + b"\n".join(lines)))
    assert "Read as cp1252, guessed from the bytes." in export.notes


def test_undecodable_bytes_are_reported_with_their_row(tmp_path: Path) -> None:
    lines = [f"Долго везли заказ {k},1".encode() for k in range(20)]
    lines[6] = "Плохо".encode() + b"\xff\xfe" + b",2"
    export = read_export(write(tmp_path, "u.csv", b"text,stars\n" + b"\n".join(lines)))
    assert export.feedback["text"][6] == "Плохо\ufffd\ufffd"
    assert any(
        note.startswith("Unreadable characters") and "row 7" in note for note in export.notes
    )


@pytest.mark.parametrize(
    ("rows", "texts"),
    [
        (['"dear one,5,Omsk', "quick,4,Tver", 'fine,3,"Perm"'], ["dear one", "quick", "fine"]),
        (["quick,4,Tver", '"slow and dear,5,Omsk'], ["quick", "slow and dear"]),
        (['"slow "and" dear",5,Omsk', "quick,4,Tver"], ['slow "and" dear', "quick"]),
        (['5" pipe broke,2,Omsk', "quick,4,Tver"], ['5" pipe broke', "quick"]),
        (['"a ""good"" one",2,Omsk', '"open,4,Tver'], ['a "good" one', "open"]),
        (['"two\nlines",2,Omsk', '"open,4,Tver', "fine,1,Perm"], ["two\nlines", "open", "fine"]),
    ],
)  # fmt: skip
def test_unclosed_quotes_cost_no_record(tmp_path: Path, rows: list[str], texts: list[str]) -> None:
    path = write(tmp_path, "q.csv", "\n".join(["text,stars,city", *rows]) + "\n")
    export = read_export(path)
    assert export.feedback["text"].tolist() == texts
    assert export.feedback["overall"].notna().all()


def test_ragged_rows_are_mended_or_set_aside_with_all_they_hold(tmp_path: Path) -> None:
    rows = ["slow one,5,Omsk", "slow, dear and rude,1,Omsk", "short", "quick,4", "a,b,c,d,e,f",
            "fine one,3,Tver,,"]  # fmt: skip
    export = read_export(write(tmp_path, "r.csv", "\n".join(["text,stars,city", *rows])))
    assert export.feedback["row"].tolist() == [1, 2, 3, 4, 6]
    assert export.feedback["text"][1] == "slow, dear and rude"
    assert export.rejected.values.tolist() == [
        [5, "6 fields where the header has 3", "a,b,c,d,e,f"]
    ]
    assert any("Too few fields in rows 3 and 4" in note for note in export.notes)


def test_blank_lines_count_as_records_so_that_row_numbers_stay_true(tmp_path: Path) -> None:
    export = read_export(write(tmp_path, "b.csv", "text,stars\n\nslow one,3\n\nquick one,4\n\n\n"))
    assert export.feedback["row"].tolist() == [2, 4]
    assert export.rejected["row"].tolist() == [1, 3]


def test_a_file_without_a_header_keeps_its_first_record(tmp_path: Path) -> None:
    export = read_export(write(tmp_path, "n.csv", "5,Great place to be\n1,Awful and rude staff\n"))
    assert export.columns["text"] == "column_2"
    assert export.feedback["row"].tolist() == [1, 2]
    assert any("looks like data" in note for note in export.notes)


def test_a_broken_json_line_is_set_aside(tmp_path: Path) -> None:
    path = write(tmp_path, "l.jsonl", '{"text": "slow one"}\n{oops\n{"text": "dear one"}\n')
    export = read_export(path)
    assert export.feedback["row"].tolist() == [1, 3]
    assert export.rejected.values.tolist() == [[2, "the line is no valid JSON object", "{oops"]]


def test_a_source_without_any_usable_text_gives_an_empty_table_and_a_note() -> None:
    export = read_export(pd.DataFrame({"text": ["-", None], "stars": [1, 2]}))
    assert export.feedback.empty
    assert len(export.rejected) == 2
    assert any("No record holds usable text" in note for note in export.notes)
    check_table(export.feedback, "feedback")


def test_odd_column_types_are_read() -> None:
    table = pd.DataFrame(
        {
            "text": pd.Categorical(["Slow one", "Dear one"]),
            "stars": pd.array([4, None], dtype="Int64"),
            "date": pd.to_datetime(["2024-01-01", "2024-02-02"], utc=True),
            "tags": [["a", "b"], None],
            "raw": [b"ab", b"\xff"],
            5: [True, False],
        }
    )
    feedback = read_export(table).feedback
    assert feedback["overall"].tolist()[0] == 4
    assert math.isnan(feedback["overall"][1])
    assert feedback["date"].dt.tz is None
    assert feedback["tags"][0] == "a; b"
    assert feedback["5"].tolist() == [True, False]


def test_a_hundred_thousand_rows_are_read_without_losing_one(tmp_path: Path) -> None:
    lines = [
        f"{k},0{k % 9 + 1}.03.2024,{k % 5 + 1},slow delivery number {k}" for k in range(100_000)
    ]
    path = write(tmp_path, "big.csv", "\n".join(["id,date,stars,comment", *lines]))
    assert len(read_export(path).feedback) == 100_000
