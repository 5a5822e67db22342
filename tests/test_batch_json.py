"""JSON that is tagged piece by piece: one record a line, and the same values in every piece."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from tests.test_batch import table_of, tag, tagged_in_memory
from tpfeedback.batch import json_lines
from tpfeedback.batch.sources import open_source, read_blocks, read_piece
from tpfeedback.errors import ReadError

RECORDS = [
    {"text": "The courier was two hours late", "stars": 1},
    {"text": "Kind staff, I will come again", "stars": 5},
    {"text": "The app keeps crashing on my phone", "stars": 2},
]
TABLE = pd.DataFrame(RECORDS)
PRODUCT = {"product": "p0", "reviews": RECORDS}


def file_of(folder: Path, content: str, name: str = "reviews.json") -> Path:
    path = folder / name
    path.write_text(content, encoding="utf-8")
    return path


def frames_of(path: Path, size: int) -> list[pd.DataFrame]:
    source = open_source(path)
    return [read_piece(source, block).frame for block in read_blocks(source, size)]


DOCUMENTS = {
    "records under a key": json.dumps({"responses": RECORDS}),
    "records deeper down": json.dumps({"page": {"number": 1, "reviews": RECORDS}}),
    "columns of pandas": TABLE.to_json(),
    "columns with one row": TABLE[:1].to_json(),
    "columns as lists": json.dumps(TABLE.to_dict("list")),
    "split": TABLE.to_json(orient="split"),
    "table": TABLE.to_json(orient="table"),
    "records by key": TABLE.to_json(orient="index"),
    "one product": json.dumps(PRODUCT),
    "a record a line in a document": '{"reviews": [\n'
    + ",\n".join(map(json.dumps, RECORDS))
    + "\n]}",
    "blank lines around": "\n\n" + json.dumps({"responses": RECORDS}) + "\n\n",
    "a list": json.dumps(RECORDS),
    "a list of many lines": json.dumps(RECORDS, indent=1),
    "an object of many lines": json.dumps({"responses": RECORDS}, indent=1),
}


@pytest.mark.parametrize("ending", ["json", "jsonl", "txt"])
@pytest.mark.parametrize("shape", DOCUMENTS)
def test_one_json_document_is_refused_however_it_is_written(tmp_path, shape, ending):
    path = file_of(tmp_path, DOCUMENTS[shape], f"reviews.{ending}")
    with pytest.raises(ReadError, match=r"one JSON document, which cannot be read piece by piece"):
        tag(path, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_document_longer_than_the_head_of_a_file_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(json_lines, "HEAD", 40)
    monkeypatch.setattr("tpfeedback.batch.fingerprint.BLOCK", 40)
    monkeypatch.setattr("tpfeedback.batch.fingerprint.HEAD_BYTES", 40)
    with pytest.raises(ReadError, match="one JSON document"):
        open_source(file_of(tmp_path, json.dumps({"responses": RECORDS})))


RICH = [
    {
        "text": "The courier was late",
        "stars": 1,
        "tags": ["late", "rude"],
        "author": {"name": "Al"},
    },
    {"text": "Kind staff", "tags": [], "photos": [{"url": "a"}, {"url": "b"}], "author": {}},
    {"text": "Kind staff", "replies": [{"text": "Thank you for your kind words, come again"}]},
    {"author": {"id": 1, "name": "Al"}, "review": {"text": "Slow", "stars": 2}},
]


@pytest.mark.parametrize("records", [RICH, *([record] for record in RICH)])
def test_records_with_lists_and_objects_of_their_own_are_read_line_by_line(tmp_path, records):
    lines = "\n".join(map(json.dumps, records))
    frames = frames_of(file_of(tmp_path, lines, "reviews.jsonl"), 100)
    assert [len(frame) for frame in frames] == [len(records)]


def test_a_broken_first_line_makes_no_document_of_records_a_line(tmp_path):
    lines = "\n".join(['{"text": "The cour', *map(json.dumps, RECORDS)])
    [block] = read_blocks(source := open_source(file_of(tmp_path, lines)), 100)
    piece = read_piece(source, block)
    assert list(piece.set_aside) == [1]
    assert piece.frame["text"].tolist()[1:] == TABLE["text"].tolist()


def test_lines_whose_lists_hold_the_records_are_refused_by_the_name_of_the_list(tmp_path):
    lines = "\n".join(json.dumps({**PRODUCT, "product": f"p{n}"}) for n in range(3))
    path = file_of(tmp_path, lines, "products.jsonl")
    with pytest.raises(ReadError, match=r"products\.jsonl has its records in lists.*'reviews'"):
        tag(path, tmp_path / "out")


STORES = [12, 14, "12A", None, True, 12.5]


@pytest.mark.parametrize("chunk", [1, 2, 7, 20, 1000])
def test_a_value_of_json_has_one_name_wherever_the_file_is_cut(tmp_path, chunk):
    cells = [STORES[n % 2] if n > 50 else STORES[n % 6] for n in range(60)]
    cells[::7] = [None] * len(cells[::7])
    lines = [{"comment": f"the courier was bad {n}", "store": cell} for n, cell in enumerate(cells)]
    path = file_of(tmp_path, "\n".join(map(json.dumps, lines)), "reviews.jsonl")
    tag(path, tmp_path / "out", chunk=chunk)
    feedback = table_of(tmp_path / "out", "feedback")
    _, tagged = tagged_in_memory(path)
    wanted = [None if cell is None else str(cell) for cell in cells]
    in_memory = tagged.feedback["store"].astype(object)
    found = feedback["store"].astype(object)
    assert found.where(found.notna(), None).tolist() == wanted
    assert [None if pd.isna(cell) else str(cell) for cell in in_memory] == wanted


@pytest.mark.parametrize(
    "cells", [[7, None, 9], [7, 8, 9], [7.5, None, 9], [True, None, False], [None, None, 4]]
)
def test_plain_numbers_and_flags_of_json_are_those_of_the_whole_file(tmp_path, cells):
    lines = [{"comment": f"the courier was bad {n}", "age": cells[n % 3]} for n in range(30)]
    path = file_of(tmp_path, "\n".join(map(json.dumps, lines)), "reviews.jsonl")
    tag(path, tmp_path / "out", chunk=4)
    _, tagged = tagged_in_memory(path)
    found, wanted = table_of(tmp_path / "out", "feedback")["age"], tagged.feedback["age"]
    assert found.isna().tolist() == wanted.isna().tolist()
    assert found.dropna().tolist() == wanted.dropna().tolist()
