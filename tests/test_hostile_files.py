"""Files made to break a reader give a clear error, or a right result with the rest set aside."""

from __future__ import annotations

import hashlib
import json
import os
import re
import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests import hostile_files as hostile
from tests.hostile_files import FEW, HEAD, MIB, TAIL, Bomb
from tpfeedback.batch.sources import open_source, read_blocks, read_piece
from tpfeedback.errors import ReadError, TaggerError, TaxonomyError, TpfeedbackWarning
from tpfeedback.ingest import delimited, files, read_export
from tpfeedback.ingest.delimited import split_records
from tpfeedback.labelling import read_labels
from tpfeedback.opening import Limits, current_limits, raise_limits
from tpfeedback.tagger import load_network_tagger
from tpfeedback.taxonomy import load_taxonomy
from tpfeedback.teaching.estimator import load_tagger

Build = Callable[[Path], Path]
GIB = 2**30
TABLE = "comment,stars\nSlow delivery again,1\nKind staff here,5\n"
TEXTS = ["Slow delivery again", "Kind staff here"]
RUSSIAN = "Долго везли заказ, курьер был груб"
POLISH = "Kurier spóźnił się i był źle ubrany, wstyd"


def file(name: str, content: str | bytes) -> Build:
    def build(folder: Path) -> Path:
        path = folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return build


def pipe(name: str) -> Build:
    def build(folder: Path) -> Path:
        os.mkfifo(folder / name)
        return folder / name

    return build


def loop(folder: Path) -> Path:
    (folder / "a.csv").symlink_to(folder / "b.csv")
    (folder / "b.csv").symlink_to(folder / "a.csv")
    return folder / "a.csv"


def workbook(sheet: str | Bomb | None = None, **more: str | bytes | Bomb) -> Build:
    return lambda folder: hostile.workbook(folder / "reviews.xlsx", sheet, **more)


def document(*rows: str) -> Build:
    return lambda folder: hostile.document(folder / "reviews.ods", "".join(rows))


def sparse(name: str, start: bytes = b"comment,stars\nSlow delivery again,1\n") -> Build:
    return lambda folder: hostile.sparse(folder / name, 10 * GIB, start)


def wide(columns: int, row: str) -> str:
    names = ",".join(f"c{k}" for k in range(columns))
    return f"comment,stars,{names}\n{row}"


def laughs() -> str:
    entities = "".join(f'<!ENTITY a{k} "{f"&a{k - 1};" * 10}">' for k in range(1, 10))
    start = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a0 "ha">{entities}]>'
    return HEAD.replace('<?xml version="1.0"?>', start) + FEW.replace("Slow", "&a9;") + TAIL


def deep(levels: int) -> str:
    return '{"a":' * levels + "1" + "}" * levels


STRINGS = Bomb("<sst>", "<si><t>x</t></si>" * (MIB // 17), 4096, "</sst>")
LONG_CELL = '<row r="4"><c r="A4" t="inlineStr"><is><t>'
FAR_ROW = '<row\tr = "4000000000"><c r="CV9"><v>1</v></c></row>'
REFUSED: list[tuple[str, Build, str]] = [
    ("rows unpack to 4 GiB", workbook(hostile.rows_bomb(4)), "unpacks to 4,29.* 1,073,741,824"),
    ("its size is a lie", workbook(hostile.rows_bomb(1, declared=999)), "more than the 999 bytes"),
    ("shared strings of 4 GiB", workbook(**{"xl__sharedStrings.xml": STRINGS}), "unpacks to 4,29"),
    ("one text of 3 GiB", workbook(Bomb(HEAD + LONG_CELL, "slow" * (MIB // 4), 3072, TAIL)),
     "unpacks to 3,22"),
    ("a cell at the far end", workbook(hostile.far_cell("XFD1048576")),
     r"row 1,048,576 and column 16,384.* Allowed: 50,000,000 cells"),
    ("a cell beyond the end", workbook(hostile.far_cell("ZZZ4000000000")), "row 4,000,000,000"),
    ("the same in a row", workbook(f"{HEAD}{FEW}{FAR_ROW}{TAIL}"), "row 4,000,000,000"),
    ("a billion laughs", workbook(laughs()), "declares entities of its own"),
    ("twenty thousand parts", lambda folder: hostile.archive(
        folder / "a.xlsx", {f"{k}.xml": "" for k in range(20_000)}), "an archive of 20,000 parts"),
    ("a row repeated", document(hostile.ods_row("comment"), hostile.ods_row("Slow", rows=10**9)),
     "row 1,000,000,001"),
    ("a cell repeated", document(hostile.ods_row("Slow", columns=10**9)), "column 1,000,000,001"),
    ("an archive of an archive", lambda folder: hostile.nested_zip(folder / "a.zip"),
     "no readable workbook"),
    ("a trillion declared rows", lambda folder: hostile.parquet_with_declared_rows(
        folder / "a.parquet", 10**12), "declares 1,000,000,000,000 rows, and its parts hold 3"),
    ("one long text many times", lambda folder: hostile.parquet_of_long_text(
        folder / "a.parquet", size=2_000_000, rows=1000), "2,000,000,000 bytes in texts"),
    ("a Parquet file cut off", file("a.parquet", b"PAR1" + b"\0x" * 99), "no readable Parquet"),
    ("10 GiB of CSV", sparse("a.csv"), r"10,737,418,240 bytes: too much.* tpfeedback tag FILE"),
    ("10 GiB of Parquet", sparse("a.parquet", b"PAR1"), "tpfeedback tag FILE --out tagged/"),
    ("10 GiB of workbook", sparse("a.xlsx", b"PK\3\4"), "10,737,418,240 bytes: too much"),
    ("10 GiB of JSON", sparse("a.json", b"[{}"), r"raise_limits\(bytes=10737418240\)"),
    ("100,000 columns", file("a.csv", wide(100_000, "Slow,1\n")),
     "100,002 columns: too much.* Allowed: 16,384 columns"),
    ("a wide header over short rows", file("a.csv", wide(9_998, "Slow,1\n" * 9_999)),
     "10,000 rows of 10,000 columns"),
    ("a key of its own in each record", file(
        "a.jsonl", "".join(f'{{"text":"Slow","k{k}":1}}\n' for k in range(9_000))),
     "9,000 rows of 9,001 columns"),
    ("a header of a megabyte", file("a.csv", "slow " * 200_000), "a column has 1,000,000 char"),
    ("JSON in JSON", file("a.json", "[" * 100_000 + "]" * 100_000), "nests JSON too deeply"),
    ("a symbolic link to itself", loop, "Too many levels of symbolic links"),
    ("a named pipe", pipe("a.csv"), "is a named pipe, not a regular file"),
    ("a device without end", lambda _: Path("/dev/zero"), "/dev/zero is a device"),
    ("a folder", lambda folder: folder, "is a folder"),
    ("an empty file", file("a.csv", ""), "a.csv is empty"),
    ("a name with a NUL", lambda folder: folder / "a\0b.csv", "embedded null byte"),
    ("a name without end", lambda folder: folder / ("a" * 5000), "File name too long"),
]  # fmt: skip


@pytest.mark.parametrize(("build", "message"), [case[1:] for case in REFUSED],
                         ids=[case[0] for case in REFUSED])  # fmt: skip
def test_what_cannot_be_read_is_refused_with_the_reason(
    tmp_path: Path, build: Build, message: str
) -> None:
    path = build(tmp_path)
    with pytest.raises(ReadError, match=f"(?s){message}") as caught:
        read_export(path)
    assert re.search("Allowed|Check the path|nests JSON", str(caught.value))


def read(path: Path) -> list[str]:
    return read_export(path).feedback["text"].tolist()


LINKED = (
    f'{HEAD}{FEW}<row r="4"><c r="A4" t="str"><f>[1]Other!A1</f><v>Rude staff</v></c>'
    f'<c r="B4"><f>WEBSERVICE("https://example.org")</f><v>2</v></c></row>{TAIL}'
)
DIMENSION = '<dimension ref="A1:XFD1048576"/><sheetData>'
GHOST = '<row r="1048576"><c r="XFD1048576" s="1"/></row>'
REST = '<table:table-row table:number-rows-repeated="1048573"><table:table-cell ' \
    'table:number-columns-repeated="16384"/></table:table-row>'  # fmt: skip
READ: list[tuple[str, Build, list[str]]] = [
    ("a declared size alone", workbook(f"{HEAD}{FEW}{TAIL}".replace("<sheetData>", DIMENSION)),
     TEXTS),
    ("a styled cell at the far end", workbook(f"{HEAD}{FEW}{GHOST}{TAIL}"), TEXTS),
    ("links to elsewhere, and a macro", workbook(LINKED, **{
        "xl__externalLinks__externalLink1.xml": "<externalLink/>", "xl__connections.xml": "<c/>",
        "xl__vbaProject.bin": b"\xd0\xcf\x11\xe0"}), [*TEXTS, "Rude staff"]),
    ("empty rows to the end", document(
        hostile.ods_row("comment", "stars"), hostile.ods_row(TEXTS[0], "1"), REST), TEXTS[:1]),
    ("a mark of byte order in the middle", file("a.csv", f"\ufeff{TABLE}\ufeffRude staff,2\n"),
     [*TEXTS, "Rude staff"]),
    ("UTF-16", file("a.csv", TABLE.encode("utf-16")), TEXTS),
    ("UTF-16 without a mark", file("a.csv", TABLE.encode("utf-16-be")), TEXTS),
    ("carriage returns alone", file("a.csv", TABLE.replace("\n", "\r")), TEXTS),
    ("NULs", file("a.csv", TABLE.replace("delivery", "deli\0very")), TEXTS),
    ("an open quote on top", file("a.csv", TABLE.replace("Slow", '"Slow') + "Fine,3\n" * 1500),
     [*TEXTS, *["Fine"] * 1500]),
    ("a name that is markup", file("a\n<b>\x1b[31m.csv", TABLE), TEXTS),
    ("not a number", file("a.json", '[{"comment": "Slow delivery", "stars": NaN}]'),
     ["Slow delivery"]),
]  # fmt: skip


@pytest.mark.parametrize(("build", "texts"), [case[1:] for case in READ],
                         ids=[case[0] for case in READ])  # fmt: skip
def test_what_only_looks_hostile_is_read_whole(
    tmp_path: Path, build: Build, texts: list[str]
) -> None:
    assert read(build(tmp_path)) == texts


def test_a_name_of_a_file_reaches_no_terminal_as_it_is(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match=r"^a\ufffd\ufffd.31m<b>\.csv is empty"):
        read_export(file("a\n\x1b[31m<b>.csv", "")(tmp_path))


def test_a_file_that_may_not_be_read_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    path = file("a.csv", TABLE)(tmp_path)
    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(ReadError, match=r"Permission denied.* Check the path and its permissions"):
        read_export(path)


def test_a_line_without_end_and_memory_at_its_end_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = file("a.csv", TABLE + "x" * 90 + "\n")(tmp_path)
    monkeypatch.setattr(delimited, "LONGEST_LINE", 80)
    with pytest.raises(ReadError, match=r"a line of more than .* closing quote missing"):
        read_export(path)
    monkeypatch.setattr(delimited, "LONGEST_LINE", 100)
    assert read(path)[:2] == TEXTS

    def exhaust(_: str) -> None:
        raise MemoryError

    monkeypatch.setattr(files, "split_records", exhaust)
    with pytest.raises(ReadError, match=r"Memory ran out while a.csv was read.* tpfeedback tag"):
        read_export(path)


# --- limits


def test_limits_can_be_raised_and_lowered_for_a_while(tmp_path: Path) -> None:
    path = file("a.csv", TABLE)(tmp_path)
    with raise_limits(bytes=20), pytest.raises(ReadError, match="Allowed: 20 bytes"):
        read_export(path)
    far = workbook(hostile.far_cell("A2000"))(tmp_path)
    with raise_limits(cells=1000):
        with pytest.raises(ReadError, match=r"raise_limits\(cells=4000\)"):
            read_export(far)
        with raise_limits(cells=4000):
            assert read(far)[:2] == TEXTS
    assert current_limits() == Limits()


@pytest.mark.parametrize(
    ("wanted", "message"), [({"byte": 1}, "Did you mean 'bytes'"), ({"cells": 0}, "1 or more")]
)
def test_a_limit_that_cannot_be_is_an_error(wanted: dict[str, int], message: str) -> None:
    with pytest.raises(ReadError, match=message), raise_limits(**wanted):
        pass


def test_a_file_that_grows_while_it_is_read_is_read_to_its_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = file("a.csv", TABLE)(tmp_path)
    true = os.fstat
    monkeypatch.setattr(os, "fstat", lambda one: os.stat_result([*true(one)[:6], 0, 0, 0, 0]))
    assert read(path) == TEXTS


# --- text


@pytest.mark.parametrize(("first", "second"), [("utf-8", "cp1251"), ("cp1251", "utf-8")])
@pytest.mark.parametrize("later", [0, 12_000])
def test_lines_of_two_encodings_are_each_read_in_their_own(
    tmp_path: Path, first: str, second: str, later: int
) -> None:
    texts = [f"{RUSSIAN} {k}" for k in range(20)]
    halves = [texts[:10], ["Plain words only"] * later, texts[10:]]
    content = b"comment\n" + b"".join(
        f'"{text}"\n'.encode(encoding)
        for encoding, half in zip((first, "ascii", second), halves, strict=True)
        for text in half
    )
    path = file("a.csv", content)(tmp_path)
    with pytest.warns(TpfeedbackWarning, match="mixes encodings.* read as cp1251"):
        source = open_source(path)
    blocks = [read_piece(source, block).frame for block in read_blocks(source, 1000)]
    told = pd.concat(blocks)["comment"].tolist()
    assert told == [*halves[0], *halves[1], *halves[2]]
    if not later:
        export = read_export(path)
        assert export.feedback["text"].tolist() == texts
        line = 12 if first == "utf-8" else 2
        assert any(f"10 lines (from line {line} on)" in note for note in export.notes)


def test_polish_of_two_encodings_is_read(tmp_path: Path) -> None:
    content = b"comment\n" + b"".join(
        f'"{POLISH} {k}"\n'.encode("utf-8" if k % 2 else "cp1250") for k in range(40)
    )
    assert read(file("a.csv", content)(tmp_path)) == [f"{POLISH} {k}" for k in range(40)]


def test_bytes_that_no_encoding_fits_are_told_and_cost_no_row(tmp_path: Path) -> None:
    lines = [f'"{RUSSIAN} {k}"'.encode() for k in range(10_000)]
    lines[9_000] = lines[9_000][:20] + b"\xff\xfe" + lines[9_000][20:]
    path = file("a.csv", b"comment\n" + b"\n".join(lines))(tmp_path)
    with pytest.warns(TpfeedbackWarning, match="1 line holds bytes that are no UTF-8"):
        source = open_source(path)
    assert sum(len(read_piece(source, one).frame) for one in read_blocks(source, 5000)) == 10_000


def test_quotes_that_open_again_and_again_take_no_longer_than_the_line() -> None:
    started = time.process_time()
    records = split_records("comment,stars\n" + '"a,' * 100_000 + f"\n{TABLE}").records
    assert time.process_time() - started < 5  # it took hours
    assert [record[0] for record in records[-2:]] == TEXTS


def test_a_cell_that_swallows_the_file_is_cut_with_a_note(tmp_path: Path) -> None:
    content = 'comment,stars\n"' + "slow\n" * 400_000 + '",1\nKind staff here,5\n'
    export = read_export(file("a.csv", content)(tmp_path))
    assert export.feedback["overall"].tolist() == [1, 5]
    assert any("cut to 32767 characters in row 1" in note for note in export.notes)


# --- JSON


def test_numbers_that_no_column_holds_are_kept_as_they_are_written(tmp_path: Path) -> None:
    long, tall = "9" * 5000, "9" * 30
    content = (
        f'[{{"comment": "Slow delivery", "stars": {long}, "order": {tall}, "n": 1e999}},'
        '{"comment": "Kind staff", "stars": 5, "order": 7, "n": -Infinity}]'
    )
    export = read_export(file("a.json", content)(tmp_path))
    assert export.unreadable["value"].tolist() == [long]
    assert export.feedback["order"].astype(str).tolist() == [tall, "7"]
    assert export.feedback["n"].tolist() == ["1e999", "-Infinity"]


def test_a_key_that_stands_twice_loses_nothing(tmp_path: Path) -> None:
    content = '[{"comment": "Slow delivery", "comment": "Rude staff", "stars": 1}]'
    export = read_export(file("a.json", content)(tmp_path), text="comment")
    assert export.feedback["text"].tolist() == ["Slow delivery"]
    assert export.feedback["comment (again)"].tolist() == ["Rude staff"]
    assert any("comment (again)" in note for note in export.notes)


def test_a_broken_line_and_a_deep_one_are_set_aside(tmp_path: Path) -> None:
    lines = ['{"comment": "Slow delivery"}', '{"comment": "Kind', f'{{"x": {deep(5000)}}}',
             f'{{"comment": "Kind staff", "x": {deep(200)}}}']  # fmt: skip
    export = read_export(file("a.jsonl", "\n".join(lines))(tmp_path))
    assert export.feedback["text"].tolist() == ["Slow delivery", "Kind staff"]
    assert export.rejected["row"].tolist() == [2, 3]


# --- Parquet


def test_nested_and_odd_types_of_parquet_are_read(tmp_path: Path) -> None:
    table = pa.table(
        {
            "comment": TEXTS,
            "stars": pa.array([Decimal("1.0"), Decimal("5.0")]),
            "tags": [["late", "rude"], None],
            "who": [{"age": 30, "home": {"city": "Omsk"}}, None],
            "raw": pa.array([b"\xff\x00", None]),
            "kind": pa.array(["new", "old"]).dictionary_encode(),
            "day": pa.array([9 * 10**15, 0], pa.timestamp("ms")),
        }
    )
    pq.write_table(table, tmp_path / "a.parquet")
    feedback = read_export(tmp_path / "a.parquet").feedback
    assert feedback["text"].tolist() == TEXTS
    assert feedback["overall"].tolist() == [1, 5]
    assert feedback["tags"].tolist()[0] == "late; rude"
    assert json.loads(feedback["who"][0]) == {"age": 30, "home": {"city": "Omsk"}}
    assert feedback["kind"].tolist() == ["new", "old"]


def test_rows_and_lists_that_take_no_space_are_counted_before_they_are_read(
    tmp_path: Path,
) -> None:
    rows = hostile.parquet_of_equal_rows(tmp_path / "rows.parquet", 2_000_000)
    items = pa.array(memoryview(bytes(2_000_000)), pa.int8())
    lists = pa.ListArray.from_arrays(pa.array([0, len(items)], pa.int32()), items)
    pq.write_table(pa.table({"comment": ["Slow"], "all": lists}), tmp_path / "lists.parquet")
    with raise_limits(cells=1_000_000):
        with pytest.raises(ReadError, match=r"declares 2,000,000 rows.* tpfeedback tag FILE"):
            read_export(rows)
        with pytest.raises(ReadError, match="1 rows with 2,000,001 values"):
            read_export(tmp_path / "lists.parquet")
        with pytest.raises(ReadError, match=r"2,000,000 values in the lists of .* 'all"):
            open_source(tmp_path / "lists.parquet")
        assert open_source(rows).rows == 2_000_000


# --- piece by piece

PIECES: list[tuple[str, Build, str]] = [
    ("one long text many times", lambda folder: hostile.parquet_of_long_text(
        folder / "a.parquet", size=2_000_000, rows=1000), "2,000,000,000 bytes in texts"),
    ("a trillion declared rows", lambda folder: hostile.parquet_with_declared_rows(
        folder / "a.parquet", 10**12), "its parts hold 3"),
    ("100,000 columns", file("a.csv", wide(100_000, "Slow,1\n")), "100,002 columns"),
    ("nothing but NULs", file("a.csv", b"\0" * 3 * MIB), "begins with .* bytes of nothing"),
    ("a gzip archive", file("a.csv.gz", b"\x1f\x8b" + b"\0" * 99), "gzip archive .unpack it first"),
    ("a named pipe", pipe("a.parquet"), "is a named pipe"),
    ("a device", lambda _: Path("/dev/zero"), "is a device"),
    ("a loop", loop, "Too many levels of symbolic links"),
    ("an empty file", file("a.csv", ""), "is empty"),
    ("a folder", lambda folder: folder, "is a folder"),
]  # fmt: skip


@pytest.mark.parametrize(("build", "message"), [case[1:] for case in PIECES],
                         ids=[case[0] for case in PIECES])  # fmt: skip
def test_a_batch_refuses_what_no_piece_can_hold(tmp_path: Path, build: Build, message: str) -> None:
    path = build(tmp_path)
    with pytest.raises(ReadError, match=message):
        list(read_blocks(open_source(path), 10_000))


# --- taxonomies, labels, taggers

TAXONOMIES: list[tuple[str, Build, str]] = [
    ("lists in lists", file("a.toml", "a = " + "[" * 10_000 + "]" * 10_000), "nests lists too"),
    ("names in names", file("a.toml", "ab." * 50_000 + "b = 1"), "more than 50 names with dots"),
    ("a number without end", file("a.toml", "version = " + "9" * 5000), "a number too long"),
    ("10 GiB", sparse("a.toml", b'key = "x"'), "10,737,418,240 bytes: too much"),
    ("a named pipe", pipe("a.toml"), "There is no file"),
    ("a long cell", file("a.csv", "key,name_en\na," + "x" * 200_000), "field larger than"),
    ("a bomb", lambda folder: hostile.workbook(folder / "a.xlsx", hostile.rows_bomb(1)),
     "unpacks to 1,07.* Allowed: 8,388,608 bytes"),
    ("a far cell", lambda folder: hostile.workbook(
        folder / "a.xlsx", hostile.far_cell("XFD1048576")), "column 16,384"),
]  # fmt: skip


@pytest.mark.parametrize(("build", "message"), [case[1:] for case in TAXONOMIES],
                         ids=[case[0] for case in TAXONOMIES])  # fmt: skip
def test_a_taxonomy_that_is_none_is_refused(tmp_path: Path, build: Build, message: str) -> None:
    path = build(tmp_path)
    with pytest.raises(TaxonomyError, match=f"(?s){message}"):
        load_taxonomy(path)


LABELS: list[tuple[str, Build, str]] = [
    ("a named pipe", pipe("a.json"), "is a named pipe"),
    ("10 GiB of JSON", sparse("a.json", b"[{}"), "10,737,418,240 bytes: too much"),
    ("10 GiB of CSV", sparse("a.csv"), "10,737,418,240 bytes: too much"),
    ("a far cell", workbook(hostile.far_cell("XFD1048576")), "column 16,384"),
    ("a bomb", workbook(hostile.rows_bomb(4)), "unpacks to 4,29"),
    ("JSON in JSON", file("a.json", "[" * 100_000), "nests JSON too deeply|no valid JSON"),
    ("a number without end", file("a.json", '[{"data":{"feedback_id":' + "9" * 5000 + "}}]"),
     "is no labelling sheet"),
]  # fmt: skip


@pytest.mark.parametrize(("build", "message"), [case[1:] for case in LABELS],
                         ids=[case[0] for case in LABELS])  # fmt: skip
def test_labels_that_are_none_are_refused(tmp_path: Path, build: Build, message: str) -> None:
    path = build(tmp_path)
    with pytest.raises(ReadError, match=message):
        read_labels(path)


def saved(folder: Path, arrays: Path) -> Path:
    """Write the head of a tagger around arrays of anybody's making."""
    taxonomy = load_taxonomy("general")
    head = {
        "form": 1, "model": load_network_tagger().digest, "shipped": True, "options": {},
        "taxonomy": {"key": "general", "digest": taxonomy.digest}, "taught": [], "choices": {},
        "arrays": hashlib.sha256(arrays.read_bytes()).hexdigest(),
    }  # fmt: skip
    (folder / "tagger.json").write_text(json.dumps(head), encoding="utf-8")
    return folder


TAGGERS: list[tuple[str, Build, str]] = [
    ("a declared shape", lambda folder: saved(folder, hostile.zipped_array(
        folder / "arrays.npz", (10**15,))), "arrays.npz' is missing or damaged"),
    ("zeros without end", lambda folder: saved(folder, hostile.zipped_array(
        folder / "arrays.npz", (GIB,), mebibytes=2048)), "arrays.npz' is missing or damaged"),
    ("JSON in JSON", lambda folder: file("tagger.json", "[" * 100_000)(folder).parent, "holds no"),
    ("a named pipe", lambda folder: pipe("tagger.json")(folder).parent, "holds no saved tagger"),
    ("10 GiB", lambda folder: sparse("tagger.json", b"{")(folder).parent, "holds no saved tagger"),
]  # fmt: skip


@pytest.mark.parametrize(("build", "message"), [case[1:] for case in TAGGERS],
                         ids=[case[0] for case in TAGGERS])  # fmt: skip
def test_a_tagger_that_is_none_is_refused(tmp_path: Path, build: Build, message: str) -> None:
    path = build(tmp_path)
    with pytest.raises(TaggerError, match=message):
        load_tagger(path)
