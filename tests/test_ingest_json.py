"""JSON of any shape gives the records that it holds, or an error that tells what to do."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from tpfeedback.errors import ReadError
from tpfeedback.ingest import read_export
from tpfeedback.ingest.json_records import json_records

TEXTS = [
    "The courier was two hours late",
    "Kind staff, I will come again",
    "The app keeps crashing on my phone",
]
RECORDS: list[dict[str, Any]] = [
    {"text": text, "stars": stars, "date": f"2024-03-0{stars}"}
    for text, stars in zip(TEXTS, [1, 5, 2], strict=True)
]
TABLE = pd.DataFrame(RECORDS)
MANY = [{"note": f"It was visit number {n} of ours", "shop": f"shop {n % 3}"} for n in range(60)]


def read(document: object) -> list[dict[str, Any]]:
    records, broken = json_records(json.dumps(document))
    assert broken == {}
    return records


def by(keys: list[str], records: list[dict[str, Any]] = RECORDS) -> dict[str, Any]:
    return dict(zip(keys, records, strict=True))


# --- records or columns by key


@pytest.mark.parametrize(
    "document",
    [
        json.loads(TABLE.to_json(orient="index")),
        by(["-Mx1", "-Mx2", "-Mx3"]),
        by(["review1", "review2", "review3"]),
        by(["10007", "10009", "10011"]),
        {"data": {"reviews": by(["0", "1", "2"])}},
        {"data": {"message": "It was exported without any error", "reviews": RECORDS}},
        {"message": "It was exported", "data": {"items": RECORDS}, "total": 3},
        {"reviews": by(["-Mx1", "-Mx2", "-Mx3"])},
        {"meta": {"version": 1}, "reviews": by(["-Mx1", "-Mx2", "-Mx3"])},
        {"count": 3, "reviews": by(["-Mx1", "-Mx2", "-Mx3"]), "tags": [{"id": 1}, {"id": 2}]},
        json.loads(TABLE.to_json(orient="columns")),
        json.loads(TABLE.set_axis(["ann", "bob", "eve"]).to_json()),
        json.loads(TABLE.set_axis(["ann", "bob", "eve"]).to_json(orient="index")),
        {"data": json.loads(TABLE.to_json(orient="columns"))},
        TABLE.to_dict("list"),
    ],
)
def test_records_by_key_and_columns_by_key_give_the_same_records(document: object) -> None:
    assert read(document) == RECORDS


def test_one_record_by_its_key_is_one_record() -> None:
    assert read({"-Mx1": RECORDS[0]}) == RECORDS[:1]


@pytest.mark.parametrize(
    "document",
    [{"text": {"0": "Slow"}, "stars": {"0": 5}}, {"text": {"a": "Slow"}, "stars": {"a": 5}}],
)
def test_columns_with_one_row_are_one_record(document: object) -> None:
    assert read(document) == [{"text": "Slow", "stars": 5}]


def test_a_single_column_by_row_has_a_record_for_each_row() -> None:
    table = TABLE[["text"]]
    assert read(json.loads(table.to_json())) == table.to_dict("records")


def test_records_by_key_may_lack_fields() -> None:
    document = by(["a", "b", "c"], [RECORDS[0], {"stars": 4}, RECORDS[2]])
    assert read(document) == [RECORDS[0], {"stars": 4}, RECORDS[2]]


def test_kinds_of_values_tell_records_whose_fields_have_unknown_names() -> None:
    records = [{"q": "Slow", "n": n, "on": n > 1} for n in range(3)]
    assert read(by(["x", "y", "z"], records)) == records
    columns = {"q": dict.fromkeys("xyz", "Slow"), "n": dict.fromkeys("xyz", 7)}
    assert read(columns) == [{"q": "Slow", "n": 7}] * 3


def test_numbers_tell_records_where_names_and_kinds_do_not() -> None:
    records = [{"aa": f"a{n}", "bb": f"b{n}"} for n in range(60)]
    assert read(by([f"k{n}x" for n in range(60)], records)) == records


@pytest.mark.parametrize(
    "document",
    [
        {"p": {"k": "Slow as ever", "l": "Kind"}, "q": {"k": "Dear and bad", "l": "Quick"}},
        {"data": {"p": {"k": "Slow", "l": "Kind"}, "q": {"k": "Dear", "l": "Quick"}}},
        {"q7": {"r1": "The staff was rude to me", "r2": "It came two days too late"}},
        {"n": 2, **{c: {"p": {"k": "S", "l": "K"}, "q": {"k": "D", "l": "Q"}} for c in "xy"}},
    ],
)
def test_what_may_be_records_or_columns_is_refused(document: object) -> None:
    with pytest.raises(ReadError, match=r"may be records or columns.*Allowed: .*a list of objects"):
        read(document)


def test_records_by_key_keep_lists_of_their_own() -> None:
    records = [{**record, "photos": [{"url": "a"}], "tags": ["x", "y"]} for record in RECORDS]
    found = read(by(["-Mx1", "-Mx2", "-Mx3"], records))
    assert found == [{**record, "photos": '{"url": "a"}', "tags": "x; y"} for record in RECORDS]


def test_columns_of_unlike_keys_are_refused_before_memory_is_gone() -> None:
    document = {"text": {f"r{n}": "Slow" for n in range(80_000)}}
    with pytest.raises(ReadError, match="80,000 rows of 801 columns: too much"):
        read(document | {f"c{n}": {"r1": 5} for n in range(800)})


def test_few_objects_that_share_little_are_parts_of_one_record() -> None:
    document = {"review": RECORDS[0], "product": {"name": "Kettle", "stars": 4, "price": 9.5}}
    [found] = read(document)
    assert [name.split(".")[0] for name in found] == ["review"] * 3 + ["product"] * 3


@pytest.mark.parametrize("key", ["review", "отзыв", "content"])
def test_an_object_under_the_name_of_a_column_stays_under_it(key: str) -> None:
    assert read({key: {"text": "Slow", "stars": 5}}) == [{f"{key}.text": "Slow", f"{key}.stars": 5}]


# --- records in lists of other records

PRODUCTS = [{"product": "p0", "reviews": RECORDS}, {"product": "p1", "reviews": RECORDS[:2]}]
FLAT = [{**r, "product": "p0"} for r in RECORDS] + [{**r, "product": "p1"} for r in RECORDS[:2]]


@pytest.mark.parametrize(
    "document",
    [
        PRODUCTS,
        {"products": PRODUCTS},
        {"page": 1, "products": PRODUCTS},
        [{"product": p["product"], "data": {"reviews": p["reviews"]}} for p in PRODUCTS],
        {"p0": PRODUCTS[0], "p1": PRODUCTS[1]},
        {"pages": [{"number": 1, "products": PRODUCTS}]},
        {"pages": [{"products": PRODUCTS[:1]}, {"products": PRODUCTS[1:]}]},
        [{"product": "p0", "reviews": RECORDS}, {"product": "p1", "reviews": RECORDS[0]},
         {"product": "p1", "reviews": RECORDS[1:2]}],
    ],
)  # fmt: skip
def test_records_in_lists_of_records_are_one_record_each(document: object) -> None:
    found = [{k: v for k, v in record.items() if k != "number"} for record in read(document)]
    assert found == FLAT


def test_records_in_lists_of_json_lines_are_one_record_each() -> None:
    lines = [json.dumps(PRODUCTS[0]), "{oops", json.dumps(PRODUCTS[1])]
    records, broken = json_records("\n".join(lines))
    assert records == [*FLAT[:3], {}, *FLAT[3:]]
    assert broken == {4: "{oops"}


def test_pages_of_reviews_are_read_with_ratings_and_dates(tmp_path: Path) -> None:
    path = tmp_path / "pages.json"
    path.write_text(json.dumps({"pages": [{"reviews": RECORDS}, {"reviews": RECORDS[:1]}]}))
    export = read_export(path)
    assert export.columns == {"text": "text", "overall": "stars", "date": "date"}
    assert export.feedback["text"].tolist() == [*TEXTS, TEXTS[0]]
    assert export.feedback["overall"].tolist() == [1, 5, 2, 1]


def test_a_product_without_reviews_stays_one_record() -> None:
    assert read([*PRODUCTS, {"product": "p2", "reviews": []}]) == [*FLAT, {"product": "p2"}]


def test_a_name_on_both_levels_is_that_of_the_review() -> None:
    products = [{"id": 7, "stars": 4.2, "reviews": [{"id": 1, **RECORDS[0]}]}, {"id": 8}]
    both = {"id (again)": 7, "stars (again)": 4.2}
    assert read(products) == [{"id": 1, **RECORDS[0], **both}, {"id (again)": 8}]


def test_rated_reviews_of_described_products_are_the_records() -> None:
    told = {"description": "A kettle of steel that holds two litres of water"}
    found = read([{**told, "reviews": RECORDS}])
    assert found == [{**record, **told} for record in RECORDS]


@pytest.mark.parametrize(
    "more",
    [
        {"photos": [{"url": "a.png", "width": 5}]},
        {"replies": [{"text": "Thank you for your kind words, come again"}]},
        {"tags": ["late", "rude"]},
        {"history": [{"state": "new", "stars": 4}, {"state": "old", "stars": 4}]},
        {"mixed": [{"text": "a text of quite some length"}, 5]},
    ],
)
def test_lists_that_hold_no_feedback_of_their_own_stay_in_their_record(
    more: dict[str, list[object]],
) -> None:
    found = read([{**record, **more} for record in RECORDS])
    assert [record["text"] for record in found] == TEXTS
    name, values = next(iter(more.items()))
    told = [value if isinstance(value, str) else json.dumps(value) for value in values]
    assert found[0][name] == "; ".join(told)


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ([{"description": "A kettle of steel for all", "reviews": [{"text": TEXTS[0]}]}],
         r"texts both in its records and in the lists in their field 'reviews'.*Keep one"),
        ([{"shop": "s", "reviews": RECORDS, "questions": [{"text": "How much does it weigh?"}]}],
         r"in the lists in 'reviews' and 'questions'.*Keep one"),
    ],
)  # fmt: skip
def test_texts_on_two_levels_are_refused_by_the_name_of_the_field(
    document: object, message: str
) -> None:
    with pytest.raises(ReadError, match=message):
        read(document)


def test_wide_records_around_long_lists_are_refused_before_memory_is_gone() -> None:
    wide = {f"k{n}": n for n in range(8_000)}
    with pytest.raises(ReadError, match="64,000,000 cells: too much to be read at once"):
        read([{**wide, "reviews": [{"text": "Slow"}] * 8_000}])


# --- shapes of pandas, and several lists


@pytest.mark.parametrize("orient", ["split", "table"])
@pytest.mark.parametrize("index", [None, ["ann", "bob", "eve"]])
def test_tables_of_pandas_are_read_by_their_columns(orient: str, index: list[str] | None) -> None:
    table = TABLE if index is None else TABLE.set_axis(index)
    found = read(json.loads(table.to_json(orient=orient)))
    left = [{k: v for k, v in record.items() if k != "index"} for record in found]
    assert left == RECORDS
    assert found == RECORDS or index is not None


def test_a_named_index_of_pandas_is_a_column() -> None:
    table = TABLE.set_axis(pd.Index([7, 8, 9], name="order"))
    wanted = table.reset_index().to_dict("records")
    assert read(json.loads(table.to_json(orient="table"))) == wanted
    assert read(table.to_dict("tight")) == wanted


def test_a_split_table_keeps_a_name_that_stands_twice() -> None:
    document = {"columns": ["text", ["a", 1], "text", 5], "data": [["Slow", 1, "Kind", None]]}
    assert read(document) == [{"text": "Slow", "a / 1": 1, "text (again)": "Kind", "5": None}]


def test_the_list_with_texts_is_chosen_whatever_its_length() -> None:
    tags = [{"id": n, "label": f"tag {n}"} for n in range(50)]
    assert read({"tags": tags, "reviews": RECORDS}) == RECORDS
    assert read({"reviews": MANY, "users": RECORDS[0] | {"text": None}}) == MANY


def test_several_lists_with_texts_are_refused_by_name() -> None:
    with pytest.raises(ReadError, match=r"2 lists.*'a\.reviews' \(3\) and 'b' \(60\).*one of them"):
        read({"a": {"reviews": RECORDS}, "b": MANY})


def test_several_lists_without_texts_are_refused_by_name() -> None:
    lists = {"a": [{"stars": 5}, {"stars": 4}], "b": [{"n": 1}]}
    with pytest.raises(ReadError, match=r"2 lists.*'a' \(2\) and 'b' \(1\)"):
        read(lists)


@pytest.mark.parametrize(
    "document",
    [[None, *RECORDS], {"reviews": [None, *RECORDS]}, [{"p": None, "reviews": [None, *RECORDS]}]],
)
def test_gaps_in_a_list_of_records_are_left_out(document: object) -> None:
    assert [{**record, "p": None} for record in read(document)] == [
        {**record, "p": None} for record in RECORDS
    ]


def test_a_single_list_needs_no_texts() -> None:
    assert read({"answers": [{"stars": 5}, {"stars": 4}], "n": 2}) == [{"stars": 5}, {"stars": 4}]


@pytest.mark.parametrize(
    "more",
    [{"photos": [{"url": "a"}, {"url": "b"}]}, {"replies": [{"text": "Thank you, come again"}]},
     {"history": [{"remark": "It was moved to another shelf"}]},
     {"response": {"shop": {"text": "Thank you"}, "bank": {"text": "Thanks"}}}],
)  # fmt: skip
def test_a_record_with_a_text_and_parts_of_its_own_is_one_record(more: dict[str, object]) -> None:
    [found] = read({**RECORDS[0], **more})
    assert {name: found[name] for name in RECORDS[0]} == RECORDS[0]
    assert all(name.split(".")[0] in more for name in found if name not in RECORDS[0])


@pytest.mark.parametrize(
    ("document", "records"),
    [
        ({"reviews": {"text": ["Slow", "Kind"], "stars": [1, 5]}},
         [{"text": "Slow", "stars": 1}, {"text": "Kind", "stars": 5}]),
        ({"text": ["Slow", "Kind"], "who": [{"age": 5}, {"age": 7}]},
         [{"text": "Slow", "who.age": 5}, {"text": "Kind", "who.age": 7}]),
    ],
)  # fmt: skip
def test_lists_of_equal_length_are_columns(document: object, records: object) -> None:
    assert read(document) == records
