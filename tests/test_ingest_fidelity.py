"""No value is lost, moved or read as another on the way into the feedback table."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from pyarrow import parquet

from tpfeedback.ingest import read_export
from tpfeedback.ingest.dates import read_dates
from tpfeedback.ingest.json_records import json_records
from tpfeedback.ingest.ratings import Ratings, read_ratings
from tpfeedback.ingest.scales import recognise_scale

TEXTS = ["Slow delivery again", "Kind and quick staff", "The app keeps crashing"]


@pytest.mark.parametrize("character", ["\u2028", "\u2029", "\u0085"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_a_json_line_ends_only_at_a_line_feed_or_return(character: str, line_end: str) -> None:
    records = [{"text": f"slow{character}dear"}, {"text": "fine"}]
    lines = [json.dumps(record, ensure_ascii=False) for record in records]
    assert json_records(line_end.join(lines)) == (records, {})


@pytest.mark.parametrize(
    ("cells", "numbers"),
    [
        (["4,333", "5", "3,667", "2", "1"], [4.333, 5, 3.667, 2, 1]),
        (["83,333", "100", "66,667"], [83.333, 100, 66.667]),
        (["20,000", "35,500"], [20000, 35500]),
        (["5,000", "4,500"], [5, 4.5]),
        (["1,234", "900"], [1234, 900]),
        (["1,234", "900,5"], [1.234, 900.5]),
        (["0,333", "120"], [0.333, 120]),
        (["1,234", "1,234.5"], [1234, 1234.5]),
        (["1,234", "1,234,567"], [1234, 1234567]),
        (["4,333", None, "n/a"], [4.333, None, None]),
    ],
)
def test_three_digits_after_a_comma_are_read_as_the_whole_column_tells(
    cells: list[str | None], numbers: list[float | None]
) -> None:
    found = read_ratings(pd.Series(cells)).values
    assert [None if pd.isna(value) else value for value in found] == numbers


def test_a_column_of_averages_with_decimal_commas_is_guessed_as_overall() -> None:
    table = pd.DataFrame({"opinia": TEXTS, "ocena": ["4,333", "5", "3,667"]})
    export = read_export(table)
    assert export.columns["overall"] == "ocena"
    assert export.feedback["overall"].tolist() == [4.333, 5, 3.667]


def test_a_categorical_rating_may_have_missing_cells() -> None:
    table = pd.DataFrame({"text": TEXTS, "stars": pd.Categorical([1, 5, None])})
    overall = read_export(table).feedback["overall"]
    assert overall[:2].tolist() == [1, 5]
    assert pd.isna(overall[2])


@pytest.mark.parametrize(
    "name",
    ["sentiment", "sentiment_score", "language_confidence", "negative_touchpoints",
     "positive_touchpoints", "neutral_touchpoints", "mixed_touchpoints"],
)  # fmt: skip
def test_a_column_named_like_one_that_is_filled_later_is_kept_beside_it(name: str) -> None:
    export = read_export(pd.DataFrame({"text": TEXTS, name: ["a", "b", "c"]}))
    assert export.feedback[f"{name}_source"].tolist() == ["a", "b", "c"]
    assert name not in export.feedback
    assert any(f"{name!r} is kept as" in note for note in export.notes)


@pytest.mark.parametrize(
    "title",
    ["Отчёт за март\n\n", "Отчёт за март\n", "Отчёт за март;\n", "Отчёт, март\r\n;\r\n",
     "\nОтчёт за март\nООО Ромашка\n\n"],
)  # fmt: skip
def test_a_title_above_the_table_of_a_csv_is_skipped_with_a_note(
    tmp_path: Path, title: str
) -> None:
    path = tmp_path / "report.csv"
    body = 'Отзыв;Оценка\nДоставка опоздала на час;1\n"Вежливый персонал,\nприду ещё";5\n'
    path.write_text(title + body, encoding="utf-8", newline="")
    export = read_export(path)
    assert export.columns == {"text": "Отзыв", "overall": "Оценка"}
    assert export.feedback["overall"].tolist() == [1, 5]
    assert export.feedback["row"].tolist() == [1, 2]
    assert any("above the table" in note for note in export.notes)


@pytest.mark.parametrize(
    "content",
    ["text\nslow,dear\nkind,quick\n", "Komentarz klienta\nWolno,drogo\nMiło,szybko\n",
     "Отзыв;\nДолго везли;1\nВежливый персонал;5\n",
     ",text\nA,Slow delivery\nB,Kind staff\n", "note\nslow, dear\nkind, quick\n"],
)  # fmt: skip
def test_a_narrow_header_is_no_title(tmp_path: Path, content: str) -> None:
    path = tmp_path / "narrow.csv"
    path.write_text(content, encoding="utf-8")
    export = read_export(path)
    assert export.read == 2
    assert not any("above the table" in note for note in export.notes)


def test_a_named_index_becomes_columns() -> None:
    table = pd.DataFrame({"text": TEXTS, "city": ["Omsk", "Tver", "Omsk"], "shop": [1, 2, 3]})
    found = read_export(table.set_index(["city", "shop"])).feedback
    assert found[["city", "shop"]].to_dict("list") == table[["city", "shop"]].to_dict("list")
    assert "city_2" in read_export(table.set_index("city", drop=False)).feedback


def test_an_index_without_a_name_is_no_column() -> None:
    table = pd.DataFrame({"text": TEXTS}, index=[7, 8, 9])
    assert "index" not in read_export(table).feedback


def test_a_dict_in_a_cell_becomes_json_with_its_values() -> None:
    table = pd.DataFrame({"text": TEXTS, "extra": [{"k": 1}, {"город": "Омск"}, {(1, 2): 3}]})
    found = read_export(table).feedback["extra"]
    assert found.tolist() == ['{"k": 1}', '{"город": "Омск"}', "{(1, 2): 3}"]


def test_the_items_of_a_set_come_in_order() -> None:
    table = pd.DataFrame({"text": TEXTS, "tags": [{"b", "c", "a"}, {"z"}, None]})
    assert read_export(table).feedback["tags"][0] == "a; b; c"


@pytest.mark.parametrize(
    ("kind", "cells", "first"),
    [
        (pa.list_(pa.string()), [["late", "cold"], None, ["kind"]], "late; cold"),
        (pa.struct([("k", pa.int64())]), [{"k": 1}, None, {"k": 2}], '{"k": 1}'),
        (pa.binary(), ["да".encode(), None, b"no"], "да"),
    ],
)
def test_arrow_columns_of_lists_and_structs_become_text(
    kind: pa.DataType, cells: list[object], first: str
) -> None:
    tags = pd.Series(cells, dtype=pd.ArrowDtype(kind))
    found = read_export(pd.DataFrame({"text": TEXTS, "tags": tags})).feedback["tags"]
    assert found[0] == first
    assert pd.isna(found[1])


@pytest.mark.parametrize(
    ("columns", "records"),
    [
        (
            {"text": {"0": "first", "1": "second"}, "stars": {"1": 5, "0": 1}},
            [{"text": "first", "stars": 1}, {"text": "second", "stars": 5}],
        ),
        (
            {"text": {"0": "first", "1": "second"}, "stars": {"1": 5}},
            [{"text": "first", "stars": None}, {"text": "second", "stars": 5}],
        ),
    ],
)
def test_columns_of_json_are_joined_by_their_keys(
    columns: dict[str, object], records: list[dict[str, object]]
) -> None:
    assert json_records(json.dumps(columns)) == (records, {})


def test_json_objects_without_a_common_key_are_no_columns() -> None:
    document = {"page": {"number": 1}, "review": {"text": "slow"}}
    assert json_records(json.dumps(document)) == ([{"page.number": 1, "review.text": "slow"}], {})


def test_a_business_metric_keeps_a_value_that_looks_like_a_survey_code() -> None:
    table = pd.DataFrame({"text": [*TEXTS, "All was well"], "spend": [5, 7.5, 99, 2]})
    export = read_export(table, overall="spend")
    assert export.feedback["overall"].tolist() == [5, 7.5, 99, 2]
    assert export.feedback["overall_scale"].isna().all()


def test_a_survey_code_beside_whole_numbers_is_left_out() -> None:
    ratings = Ratings(pd.Series([5.0, 7, 99, 2]), pd.Series([False] * 4))
    scale = recognise_scale(ratings, name="q1")
    assert scale is not None
    assert scale.name == "1-10"


def test_two_exports_can_be_compared() -> None:
    first, second = (read_export(pd.DataFrame({"text": TEXTS})) for _ in range(2))
    assert first == first  # noqa: PLR0124 - pandas raises where a comparison goes into the tables
    assert first != second


def test_a_text_column_named_twice_is_read_once() -> None:
    export = read_export(pd.DataFrame({"a": TEXTS}), text=("a", "a"))
    assert export.feedback["text"].tolist() == TEXTS
    assert export.feedback["feedback_id"].is_unique


@pytest.mark.parametrize(
    ("cells", "days"),
    [
        (["12/31/2023", "05.04.2024"], ["2023-12-31", "2024-04-05"]),
        (["12/31/2023", "05/04/2024", "05-04-2024"], ["2023-12-31", "2024-05-04", "2024-04-05"]),
        (["31/12/2023", "05/04/2024"], ["2023-12-31", "2024-04-05"]),
        (["12.31.2023", "05.04.2024"], ["2023-12-31", "2024-04-05"]),
    ],
)
def test_each_separator_of_dates_has_its_own_order(cells: list[str], days: list[str]) -> None:
    assert read_dates(pd.Series(cells)).values.dt.strftime("%Y-%m-%d").tolist() == days


REVIEWS = {
    "ru": ["Курьер опоздал на два часа", "Вежливый персонал, приду ещё", "Приложение вылетает"],
    "en": TEXTS,
    "zh": ["送餐太慢，态度也不好", "客服很好，会再来", "手机应用老是闪退"],
}


@pytest.mark.parametrize(
    "name",
    ["locale", "user_locale", "device_language", "App Language", "Язык устройства",
     "język aplikacji", "设备语言", "language of the interface"],
)  # fmt: skip
def test_the_setting_of_a_device_is_not_taken_as_the_language_of_the_text(name: str) -> None:
    table = pd.DataFrame({"text": REVIEWS["ru"], name: ["ru_RU", "kk_KZ", "uk_UA"]})
    export = read_export(table)
    assert "language" not in export.columns
    assert export.feedback["language"].isna().all()
    assert export.feedback[name].tolist() == ["ru_RU", "kk_KZ", "uk_UA"]
    assert any(f"'{name}' tells how a device is set" in note for note in export.notes)


def test_the_language_of_the_text_is_taken_beside_that_of_the_device() -> None:
    table = pd.DataFrame({"text": REVIEWS["ru"], "locale": "en_US", "lang": "ru"})
    export = read_export(table)
    assert export.columns["language"] == "lang"
    assert not any("how a device is set" in note for note in export.notes)


@pytest.mark.parametrize(
    ("written", "codes"),
    [
        ("ru", ["en", "en", "en"]),
        ("ru", ["en-US", "ru-RU", "ru-RU"]),
        ("en", ["ru", "ru", "en"]),
        ("zh", ["en", "en", "en"]),
        ("en", ["zh", "zh", "zh"]),
    ],
)
def test_a_guessed_language_that_the_letters_of_the_texts_deny_is_not_taken(
    written: str, codes: list[str]
) -> None:
    export = read_export(pd.DataFrame({"text": REVIEWS[written], "language": codes}))
    assert "language" not in export.columns
    assert export.feedback["language"].isna().all()
    assert export.feedback["language_source"].tolist() == codes
    assert any("other letters than 'language' says" in note for note in export.notes)


@pytest.mark.parametrize(
    ("texts", "codes"),
    [
        ([*REVIEWS["ru"], *REVIEWS["en"]], ["ru"] * 3 + ["en"] * 3),
        (["ok", "супер", *REVIEWS["ru"]], ["ru"] * 5),
        (["Zu spät geliefert und kalt", *REVIEWS["en"]], ["other", "en", "pl", "en"]),
        ([*REVIEWS["ru"] * 5, "dostavka opozdala na tri chasa"], ["ru"] * 16),
    ],
)
def test_a_guessed_language_that_fits_the_letters_of_the_texts_is_trusted(
    texts: list[str], codes: list[str]
) -> None:
    export = read_export(pd.DataFrame({"text": texts, "lang": codes}))
    assert export.columns["language"] == "lang"
    assert export.feedback["language"].tolist() == codes


@pytest.mark.parametrize("name", ["locale", "language"])
def test_a_language_that_the_user_names_is_trusted_whatever_the_letters_are(name: str) -> None:
    table = pd.DataFrame({"text": REVIEWS["ru"], name: ["en_US"] * 3})
    export = read_export(table, language=name)
    assert export.feedback["language"].tolist() == ["en"] * 3


def test_the_letters_of_all_answers_of_a_survey_are_looked_at() -> None:
    table = pd.DataFrame({"Что понравилось?": ["-", "Вежливый персонал", None],
                          "Что улучшить?": ["Долго ждали курьера", "-", "Цены слишком высокие"],
                          "lang": ["en"] * 3})  # fmt: skip
    assert "language" not in read_export(table).columns


def _written(table: pd.DataFrame, path: Path) -> Path:
    if path.suffix == ".xlsx":
        table.to_excel(path, index=False)
    else:
        table.to_json(path, orient="records", force_ascii=False)
    return path


@pytest.mark.parametrize("ending", ["xlsx", "json", None])
def test_numbers_as_names_beside_gaps_are_whole(tmp_path: Path, ending: str | None) -> None:
    stores = pd.Series([12, None, 7], dtype="Int64" if ending == "json" else "float64")
    table = pd.DataFrame({"text": TEXTS, "stars": [1, 5, 2], "store": stores})
    source = _written(table, tmp_path / f"reviews.{ending}") if ending else table
    channels = read_export(source, channel="store").feedback["channel"]
    assert channels.fillna("none").tolist() == ["12", "none", "7"]


def test_long_numbers_of_json_beside_missing_ones_keep_all_their_digits(tmp_path: Path) -> None:
    numbers = [12345678901234568, 12345678901234569, None]
    records = [
        {"text": text, "stars": 3, "number": number, "customer": number}
        for text, number in zip(TEXTS, numbers, strict=True)
    ]
    path = tmp_path / "reviews.json"
    path.write_text(json.dumps(records), encoding="utf-8")
    feedback = read_export(path, feedback_id="number").feedback
    assert feedback["feedback_id"].tolist() == ["12345678901234568", "12345678901234569", "3"]
    assert feedback["customer"].tolist() == numbers


def test_dates_with_gaps_are_not_told_as_texts() -> None:
    days = ["2024-03-01T10:00:00Z", None, "2024-03-02T11:00:00Z"]
    export = read_export(pd.DataFrame({"text": TEXTS, "stars": [1, 5, 2], "when": days}))
    assert export.columns["date"] == "when"
    assert export.notes == ()


@pytest.mark.parametrize("kind", ["polars", "lazy polars", "arrow", "duckdb", "pandas", "parquet"])
def test_long_numbers_beside_gaps_keep_all_their_digits_wherever_they_come_from(
    kind: str, tmp_path: Path
) -> None:
    first = 9_000_000_000_000_000_001
    table = pa.table({"text": TEXTS, "stars": [1, 5, 2], "number": [first, None, first + 1],
                      "customer": [None, first + 2, first + 3]})  # fmt: skip
    path = tmp_path / "reviews.parquet"
    parquet.write_table(table, path)
    source = {
        "polars": lambda: pl.from_arrow(table),
        "lazy polars": lambda: pl.scan_parquet(path),
        "arrow": lambda: table,
        "duckdb": lambda: pytest.importorskip("duckdb").from_arrow(table),
        "pandas": lambda: table.to_pandas(types_mapper=pd.ArrowDtype),
        "parquet": lambda: path,
    }[kind]()
    feedback = read_export(source, feedback_id="number").feedback
    assert feedback["feedback_id"].tolist() == [str(first), "2", str(first + 1)]
    assert feedback["customer"].tolist() == [None, first + 2, first + 3]


def test_columns_of_arrow_are_read_like_those_of_pandas() -> None:
    table = pd.DataFrame({
        "text": TEXTS, "stars": [1, 5, 2], "when": pd.to_datetime(["2024-03-01"] * 3),
        "weight": [0.5, 1.5, 1.0], "age": [31, None, 40], "shop": ["A", None, "B"],
        "vip": [True, None, False],
    })  # fmt: skip
    arrow = table.convert_dtypes(dtype_backend="pyarrow")
    before = arrow.copy(deep=True)
    found = read_export(arrow).feedback
    pd.testing.assert_frame_equal(found, read_export(table).feedback)
    pd.testing.assert_frame_equal(arrow, before)
