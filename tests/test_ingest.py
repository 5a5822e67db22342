"""What `read_export` makes of well-formed sources: formats, roles, scales, surveys, notes."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from tpfeedback.errors import ColumnError, ReadError, TableError, TpfeedbackWarning
from tpfeedback.ingest import read_export, read_feedback
from tpfeedback.tables import check_table

RECORDS = [
    {"Отзыв": "Курьер опоздал на два часа", "Оценка": 2, "Дата": "28.02.2024", "Город": "Омск"},
    {"Отзыв": "Вежливый персонал, приду ещё", "Оценка": 5, "Дата": "01.03.2024", "Город": "Тверь"},
    {"Отзыв": "Приложение вылетает", "Оценка": 1, "Дата": "13.03.2024", "Город": "Омск"},
]
TABLE = pd.DataFrame(RECORDS)
TEXTS = TABLE["Отзыв"].tolist()


def write(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def _save_csv(path: Path) -> None:
    TABLE.to_csv(path, index=False)


def _save_json_under_a_key(path: Path) -> None:
    path.write_text(json.dumps({"page": 1, "reviews": {"items": RECORDS}}), encoding="utf-8")


SAVED = {
    "reviews.csv": _save_csv,
    "reviews.tsv": lambda path: TABLE.to_csv(path, index=False, sep="\t"),
    "reviews.xlsx": lambda path: TABLE.to_excel(path, index=False),
    "reviews.jsonl": lambda path: TABLE.to_json(path, orient="records", lines=True),
    "records.json": lambda path: TABLE.to_json(path, orient="records"),
    "columns.json": TABLE.to_json,
    "nested.json": _save_json_under_a_key,
    "reviews.parquet": TABLE.to_parquet,
    "a workbook named.csv": lambda path: TABLE.to_excel(path, index=False, engine="xlsxwriter"),
}


@pytest.mark.parametrize("name", SAVED)
def test_every_file_format_gives_the_same_feedback(tmp_path: Path, name: str) -> None:
    target = tmp_path / name
    if name.endswith("named.csv"):
        SAVED[name](tmp_path / "book.xlsx")
        (tmp_path / "book.xlsx").rename(target)
    else:
        SAVED[name](target)
    export = read_export(target)
    assert export.feedback["text"].tolist() == TEXTS
    assert export.feedback["overall"].tolist() == [2, 5, 1]
    assert export.feedback["date"].dt.strftime("%m-%d").tolist() == ["02-28", "03-01", "03-13"]
    assert export.columns == {"text": "Отзыв", "overall": "Оценка", "date": "Дата"}
    assert export.feedback["Город"].tolist() == ["Омск", "Тверь", "Омск"]
    check_table(export.feedback, "feedback")


@pytest.mark.parametrize(
    "table",
    [TABLE, pl.DataFrame(RECORDS), pl.LazyFrame(RECORDS), pa.Table.from_pylist(RECORDS)],
    ids=["pandas", "polars", "polars lazy", "pyarrow"],
)
def test_any_dataframe_is_read(table: object) -> None:
    assert read_export(table).feedback["text"].tolist() == TEXTS


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("utf-8", "Долго ждали курьера, зато вежливый"),
        ("utf-8-sig", "Долго ждали курьера, зато вежливый"),
        ("utf-16", "Долго ждали курьера, зато вежливый"),
        ("utf-16-le", "Долго ждали курьера, зато вежливый"),
        ("utf-16-be", "送餐太慢，态度也不好，不会再来"),
        ("cp1251", "Долго ждали курьера, зато вежливый"),
        ("koi8_r", "Долго ждали курьера, зато вежливый"),
        ("cp1250", "Przesyłka przyszła za późno, obsługa niemiła, ćwierć ceny"),
        ("iso8859_2", "Przesyłka przyszła za późno, obsługa niemiła, ćwierć ceny"),
        ("gb18030", "送餐太慢，态度也不好，不会再来"),
        ("cp1252", "The café was naïve about its crème brûlée"),
    ],
)
def test_encodings_are_found_from_the_bytes(tmp_path: Path, encoding: str, text: str) -> None:
    lines = ["comment;stars", *[f'"{text} {k}";{k % 5 + 1}' for k in range(30)]]
    path = write(tmp_path, "e.csv", "\r\n".join(lines).encode(encoding))
    feedback = read_export(path).feedback
    assert feedback["text"].tolist() == [f"{text} {k}" for k in range(30)]
    assert feedback["overall_scale"].unique().tolist() == ["1-5"]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_delimiters_and_line_ends_are_found(tmp_path: Path, delimiter: str, end: str) -> None:
    lines = [("comment", "stars"), ('"one, two; three"', "4"), ('"two\nlines"', "5")]
    content = end.join(delimiter.join(line) for line in lines) + end
    export = read_export(write(tmp_path, "d.csv", content))
    assert export.feedback["text"].tolist() == ["one, two; three", "two\nlines"]
    assert export.feedback["overall"].tolist() == [4, 5]


def test_a_file_with_one_column_keeps_the_commas_of_its_texts(tmp_path: Path) -> None:
    path = write(tmp_path, "o.csv", "review\nslow, dear, rude\nfine\ngood food, nice staff\n")
    assert read_export(path).feedback["text"].tolist() == [
        "slow, dear, rude",
        "fine",
        "good food, nice staff",
    ]


def test_the_delimiter_hint_of_excel_is_obeyed(tmp_path: Path) -> None:
    path = write(tmp_path, "h.csv", "sep=|\nreview|stars\nslow; dear, rude|1\n")
    assert read_export(path).feedback["text"].tolist() == ["slow; dear, rude"]


def test_the_title_above_a_table_and_other_sheets_are_skipped_with_a_note(tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    with pd.ExcelWriter(path, engine="xlsxwriter") as book:
        TABLE.to_excel(book, sheet_name="Отзывы", index=False, startrow=2)
        book.sheets["Отзывы"].write(0, 0, "Выгрузка за март")
        TABLE.head(1).to_excel(book, sheet_name="Итог", index=False)
    export = read_export(path)
    assert export.feedback["text"].tolist() == TEXTS
    assert export.feedback["row"].tolist() == [1, 2, 3]
    assert any("'Итог'" in note for note in export.notes)
    assert any("stand above the table" in note for note in export.notes)
    assert len(read_export(path, sheet="Итог").feedback) == 1
    with pytest.raises(ReadError, match="Did you mean 'Итог'"):
        read_export(path, sheet="Итоги")


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (["comment", "stars", "date", "city"], ("comment", "stars", "date")),
        (["Отзыв", "Оценка", "Дата", "Город"], ("Отзыв", "Оценка", "Дата")),
        (["评论", "评分", "日期", "城市"], ("评论", "评分", "日期")),
        (["Opinia", "Ocena", "Data", "Miasto"], ("Opinia", "Ocena", "Data")),
        (["Komentarz klienta", "Liczba gwiazdek", "Data dodania", "Sklep"],
         ("Komentarz klienta", "Liczba gwiazdek", "Data dodania")),
        (["Текст отзыва", "Количество звёзд", "Дата публикации", "Магазин"],
         ("Текст отзыва", "Количество звёзд", "Дата публикации")),
        (["reviewBody", "ratingValue", "datePublished", "x"],
         ("reviewBody", "ratingValue", "datePublished")),
    ],
)  # fmt: skip
def test_roles_are_guessed_from_names_in_four_languages(
    header: list[str], expected: tuple[str, str, str]
) -> None:
    rows = [["Three hours late and nobody called", 2, "2024-03-01", "Omsk"],
            ["Polite staff and a fair price", 5, "2024-03-02", "Tver"]]  # fmt: skip
    export = read_export(pd.DataFrame(rows, columns=header))
    assert tuple(export.columns[role] for role in ("text", "overall", "date")) == expected
    assert export.guessed == ("text", "overall", "date")


@pytest.mark.parametrize(
    "bystander",
    ["review_id", "year", "helpful_votes", "trust_score", "Количество голосов", "点赞数",
     "Liczba ocen", "rating_count", "average_rating"],
)  # fmt: skip
def test_the_overall_guess_never_takes_an_id_a_year_or_a_count(bystander: str) -> None:
    table = pd.DataFrame({"comment": ["Slow and dear", "Quick and fair"], bystander: [1, 5]})
    export = read_export(table)
    assert "overall" not in export.columns
    assert export.feedback["overall"].isna().all()
    assert any("name its column with overall=" in note for note in export.notes)


@pytest.mark.parametrize("name", ["OverallRating", "totalScore", "Общая оценка", "总分", "Rating"])
def test_of_several_ratings_the_overall_one_is_taken(name: str) -> None:
    table = pd.DataFrame({"comfort_rating": [1, 2], "staff_rating": [3, 4], name: [5, 4],
                          "text": ["Fine seats there", "Rude crew here"]})  # fmt: skip
    assert read_export(table).columns["overall"] == name


def test_equal_candidates_for_overall_are_named_and_none_is_taken() -> None:
    table = pd.DataFrame({"comfort_rating": [1, 2], "staff_rating": [3, 4],
                          "text": ["Fine seats there", "Rude crew here"]})  # fmt: skip
    export = read_export(table)
    assert "overall" not in export.columns
    assert any("'comfort_rating', 'staff_rating' fit equally" in note for note in export.notes)


def test_a_label_of_codes_whose_order_nothing_tells_is_not_taken() -> None:
    table = pd.DataFrame({"content": ["Polecam sklep", "Nigdy więcej"] * 40, "label": [1, 3] * 40})
    export = read_export(table)
    assert "overall" not in export.columns
    assert any("'label', it can serve" in note for note in export.notes)
    assert read_export(table, overall="label").feedback["overall_scale"].unique().tolist() == [
        "1-3"
    ]


def test_a_title_is_kept_as_a_segment_and_said_so() -> None:
    comments = ["They lost my parcel twice", "It came on the same day"]
    titles = ["Never again", "Well done"]
    table = pd.DataFrame({"title": titles, "stars": [1, 5], "comment": comments})
    export = read_export(table)
    assert export.columns["text"] == "comment"
    assert export.feedback["title"].tolist() == ["Never again", "Well done"]
    assert any("'title'" in note for note in export.notes)


SURVEY = pd.DataFrame(
    {
        "Отметка времени": ["2024-03-01 10:00", "2024-03-02 11:30", "2024-03-03 12:00"],
        "Насколько вы готовы рекомендовать нас? (0-10)": [3, 9, 7],
        "Что вам понравилось больше всего?": ["Вежливые продавцы", "Низкие цены в магазине", "-"],
        "Что нам стоит улучшить?": ["Слишком долгая доставка", None, ""],
    }
)


@pytest.mark.parametrize(
    ("review", "reply"),
    [
        ("Текст отзыва", "Ответ организации"),
        ("Отзыв", "Ответ"),
        ("Текст", "Ответ владельца"),
        ("Отзыв клиента", "Ответ на отзыв"),
        ("Review", "Response"),
        ("Review text", "Management response"),
        ("Opinia", "Odpowiedź"),
        ("Treść", "Odpowiedź właściciela"),
        ("评论内容", "客服回答"),
    ],
)
def test_what_the_company_answered_is_not_taken_for_the_review(review: str, reply: str) -> None:
    thanks = "Dear guest, we are very sorry for what has happened, please write to our office"
    table = pd.DataFrame({review: ["Late again", "Rude staff", "So slow!"], "Stars": [1, 2, 1]})
    export = read_export(table.assign(**{reply: [f"{thanks} {n}" for n in range(3)]}))
    assert export.columns["text"] == review


@pytest.mark.parametrize("name", ["Ответ", "Answer", "Odpowiedź", "回答"])
def test_what_a_survey_asked_for_is_its_text(name: str) -> None:
    table = pd.DataFrame({"question": ["Why?"] * 3, name: ["Late again", "Rude staff", "Slow!"]})
    assert read_export(table).columns["text"] == name


def test_a_wide_survey_becomes_long_and_keeps_its_questions() -> None:
    export = read_export(SURVEY)
    liked, improve = SURVEY.columns[2:]
    assert export.columns["text"] == (liked, improve)
    feedback = export.feedback
    assert feedback["feedback_id"].tolist() == [f"1:{liked}", f"1:{improve}", f"2:{liked}"]
    assert feedback["question"].tolist() == [liked, improve, liked]
    assert feedback["overall"].tolist() == [3, 3, 9]
    assert feedback["overall_scale"].unique().tolist() == ["0-10"]
    assert export.rejected["row"].tolist() == [3]
    check_table(feedback, "feedback")


def test_numbered_questions_and_a_comment_beside_them_are_a_survey() -> None:
    table = pd.DataFrame({"Q1_NPS": [3, 9], "Q2": ["Friendly staff there", "Prices"],
                          "Q3": ["nothing", "More tills please"],
                          "Comment": ["Thanks for asking me", ""]})  # fmt: skip
    export = read_export(table)
    assert export.columns["text"] == ("Q2", "Q3", "Comment")
    assert export.columns["overall"] == "Q1_NPS"
    assert len(export.feedback) == 5


def test_pros_and_cons_without_a_main_text_are_two_questions() -> None:
    table = pd.DataFrame(
        {"Zalety": ["szybka dostawa", "niska cena"], "Wady": ["brak", "hałas w sali"]}
    )
    assert read_export(table).feedback["text"].tolist() == [
        "szybka dostawa", "brak", "niska cena", "hałas w sali",
    ]  # fmt: skip


def test_a_given_column_overrides_the_guess_and_false_empties_a_role() -> None:
    table = pd.DataFrame({"comment": ["Slow and dear", "Quick"], "note": ["Call back", "Done it"],
                          "stars": [1, 5], "date": ["2024-01-01", "2024-01-02"]})  # fmt: skip
    export = read_export(table, text="note", overall=False, date="date")
    assert export.feedback["text"].tolist() == ["Call back", "Done it"]
    assert export.columns == {"text": "note", "date": "date"}
    assert export.feedback["stars"].tolist() == [1, 5]
    both = read_export(table, text=["comment", "note"]).feedback
    assert both["question"].tolist() == ["comment", "note", "comment", "note"]


def test_segments_keep_their_names_and_clashing_ones_get_a_suffix_and_a_note() -> None:
    table = pd.DataFrame({"comment": ["Slow and dear"], "row": ["A7"], "sentiment": ["bad"],
                          "branch": ["007"], "floor": ["3"]})  # fmt: skip
    export = read_export(table, overall=False)
    feedback = export.feedback
    assert feedback.loc[0, ["row_source", "sentiment_source"]].tolist() == ["A7", "bad"]
    assert feedback.loc[0, ["branch", "floor"]].tolist() == ["007", 3]
    assert feedback["row"].tolist() == [1]
    assert any("'row' is kept as 'row_source'" in note for note in export.notes)


def test_language_channel_and_identifier_columns_are_taken_over() -> None:
    table = pd.DataFrame({"review_id": ["a1", "a2", "a3"], "lang": ["ru-RU", "Polish", "de"],
                          "source": ["app", "web", "app"], "date": ["2024-01-01"] * 3,
                          "text": ["Долго везли", "Szybka dostawa", "Zu teuer"]})  # fmt: skip
    feedback = read_export(table).feedback
    assert feedback["feedback_id"].tolist() == ["a1", "a2", "a3"]
    assert feedback["language"].tolist() == ["ru", "pl", "other"]
    assert feedback["channel"].tolist() == ["app", "web", "app"]
    check_table(feedback, "feedback")


def test_a_given_identifier_that_is_not_unique_gets_the_row_number() -> None:
    table = pd.DataFrame({"client": ["7", "7", None], "text": ["Slow one", "Dear one", "Rude one"]})
    export = read_export(table, feedback_id="client")
    assert export.feedback["feedback_id"].tolist() == ["7", "7-2", "3"]
    assert any("not unique" in note for note in export.notes)


def test_duplicates_are_flagged_whatever_their_case_and_spacing_and_never_removed() -> None:
    long = "The courier came three hours late"
    texts = [
        long,
        "Ok then",
        f"  {long.upper()} ",
        "ok then",
        "送餐太慢了态度也不好啊",
        "送餐太慢了态度也不好啊",
    ]
    feedback = read_export(pd.DataFrame({"text": texts})).feedback
    assert len(feedback) == 6
    assert feedback["duplicate_of"].fillna("").tolist() == ["", "", "1", "", "", "5"]


@pytest.mark.parametrize(
    ("cell", "usable"),
    [("нет", True), ("brak", True), ("无", True), ("None", True), ("ok", True), ("很好👍", True),
     ("", False), ("-", False), ("...", False), ("n/a", False), ("NULL", False), ("👍👍", False),
     ("5/5", False), ("12345", False), ("\u200b", False), ("н/д", False),
     ("该用户没有填写评价。", False)],
)  # fmt: skip
def test_a_text_is_usable_if_it_has_a_letter_and_is_no_placeholder(cell: str, usable: bool) -> None:
    table = pd.DataFrame({"text": [cell, "Another customer wrote this"]})
    export = read_export(table, text="text")
    assert export.feedback["row"].tolist() == ([1, 2] if usable else [2])
    assert export.rejected["row"].tolist() == ([] if usable else [1])


def test_a_row_without_text_is_set_aside_with_its_row_number_reason_and_content() -> None:
    table = pd.DataFrame({"text": ["Slow and dear", None, "!!!"], "stars": [1, 2, 3]})
    rejected = read_export(table).rejected
    assert rejected.to_dict("records") == [
        {"row": 2, "reason": "no text", "content": "2"},
        {"row": 3, "reason": "no letters in the text", "content": "!!! | 3"},
    ]


def test_unreadable_cells_become_missing_and_are_listed_with_their_rows() -> None:
    table = pd.DataFrame({"text": ["Slow one", "Dear one", "Rude one", "Fine one"],
                          "stars": ["5", "many", "4", ""],
                          "date": ["2024-01-05", "2024-01-06", "soon", None]})  # fmt: skip
    export = read_export(table)
    assert export.feedback["overall"].tolist()[::2] == [5, 4]
    assert export.feedback["overall"].isna().tolist() == [False, True, False, True]
    assert export.unreadable.values.tolist() == [[2, "stars", "many"], [3, "date", "soon"]]
    assert any("'many'" in note and "row 2" in note for note in export.notes)
    assert any("'soon'" in note and "row 3" in note for note in export.notes)


def test_the_callers_table_is_left_as_it_was() -> None:
    before = SURVEY.copy(deep=True)
    read_export(SURVEY)
    pd.testing.assert_frame_equal(SURVEY, before)


def test_the_index_of_a_dataframe_does_not_matter() -> None:
    feedback = read_export(TABLE.set_index(pd.Index([9, 9, 2]))).feedback
    assert feedback["row"].tolist() == [1, 2, 3]


def test_an_export_is_frozen_and_tells_what_it_did() -> None:
    table = pd.DataFrame({"<b>text</b>": ["Slow and dear", "-"], "stars": [1, 5]})
    export = read_export(table)
    with pytest.raises(dataclasses.FrozenInstanceError, match="notes"):
        export.notes = ()  # type: ignore[misc]
    assert "2 records read, 1 text kept, 1 record set aside (1 no letters in the text)" in repr(
        export
    )
    assert "overall: stars (guessed)" in repr(export)
    assert "&lt;b&gt;text&lt;/b&gt;" in export._repr_html_()
    assert "<b>" not in export._repr_html_()


def test_read_feedback_warns_with_counts_and_tells_the_guess() -> None:
    table = pd.DataFrame({"text": ["Slow and dear", "-"], "stars": ["1", "x"]})
    with pytest.warns(
        TpfeedbackWarning, match="text='text'.*1 record set aside, 1 unreadable cell"
    ):
        feedback = read_feedback(table)
    pd.testing.assert_frame_equal(feedback, read_export(table).feedback)


def test_read_feedback_is_silent_when_all_was_given_and_nothing_lost() -> None:
    assert len(read_feedback(TABLE, text="Отзыв", overall="Оценка")) == 3


def test_reading_twice_gives_the_same_table(tmp_path: Path) -> None:
    path = tmp_path / "reviews.csv"
    _save_csv(path)
    pd.testing.assert_frame_equal(read_export(path).feedback, read_export(path).feedback)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"text": "Отзывы"}, "Unknown column 'Отзывы'.*Did you mean 'Отзыв'.*Given as text"),
        ({"overall": "stars"}, "Unknown column 'stars'. Known: Город, Дата, Отзыв, Оценка"),
        ({"text": ["Отзыв", "Отзвы"]}, "Did you mean 'Отзыв'"),
        ({"text": False}, "text=False names no column"),
        ({"overall": True}, "overall=True names no column"),
        ({"overall": ["a", "b"]}, "overall=.* names no column"),
        ({"overall": "Город"}, "'Город' cannot be overall: none of its 3 filled cells"),
        ({"date": "Город"}, "'Город' cannot be date"),
    ],
)  # fmt: skip
def test_a_wrong_column_is_an_error_that_names_the_nearest(
    options: dict[str, object], message: str
) -> None:
    with pytest.raises(ColumnError, match=message):
        read_export(TABLE, **options)  # type: ignore[arg-type]


def test_a_column_may_be_named_by_its_number() -> None:
    export = read_export(pd.DataFrame({0: ["Late again and again"], 1: [2]}), text=0, overall=1)
    assert export.feedback[["text", "overall"]].to_numpy().tolist() == [["Late again and again", 2]]


@pytest.mark.parametrize("column", ["overall", "language", "feedback_id"])
def test_a_column_that_is_there_twice_is_refused(column: str) -> None:
    feedback = read_export(pd.DataFrame({"text": ["Rude staff", "Kind staff"]})).feedback
    with pytest.raises(TableError, match=f"several columns named {column}. Allowed: each once"):
        check_table(pd.concat([feedback, feedback[[column]]], axis=1), "feedback")


def test_a_column_that_got_another_role_is_not_told_as_text_left_over():
    table = pd.DataFrame(
        {"comment": ["Late again, nobody called us back", "Kind staff and fair prices"] * 10,
         "question": ["What should we improve?", "What did you like?"] * 10}
    )  # fmt: skip
    export = read_export(table)
    assert export.columns["question"] == "question"
    assert not any("kept as segments" in str(note) for note in export.notes)
