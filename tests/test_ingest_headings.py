"""Where a table begins: lines of labels above it, and sheets in front of the one with texts."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from xlsxwriter import Workbook

from tpfeedback.errors import ColumnError
from tpfeedback.ingest import Export, read_export

TEXTS = [f"Курьер опоздал на {n} часа и не позвонил" for n in range(2, 40)]
REVIEWS = [["Отзыв", "Оценка", "Дата"], *[[text, 3, "01.03.2024"] for text in TEXTS]]
NARROW = [["Отзыв клиента", "Оценка"], *[[text, 3] for text in TEXTS]]
Rows = Sequence[Sequence[object]]


def write_sheets(folder: Path, **sheets: Rows) -> Path:
    path = folder / "book.xlsx"
    with Workbook(path) as book:
        for name, rows in sheets.items():
            page = book.add_worksheet(name)
            for number, row in enumerate(rows):
                page.write_row(number, 0, row)
    return path


def read_sheets(folder: Path, **sheets: Rows) -> Export:
    return read_export(write_sheets(folder, **sheets))


def read_lines(folder: Path, rows: Rows) -> Export:
    path = folder / "rows.csv"
    lines = [";".join(map(str, row)) for row in rows]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return read_export(path)


LABELS = [
    [["Период:", "01.03-31.03.2024"], ["Магазин:", "Центр"], []],
    [["Период:", "01.03-31.03.2024"], ["Магазин:", "Центр"]],
    [["Период", "01.03-31.03.2024"], ["Магазин", "Центр"], []],
    [["Выгрузка за март"], [], ["Магазин：", "Центр"], ["Отзывов:", 38], []],
    [["Отзывы:", 38], []],
]


@pytest.mark.parametrize("labels", LABELS)
@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_lines_of_labels_above_the_table_are_skipped_with_a_note(
    tmp_path: Path, labels: Rows, kind: str
) -> None:
    rows = [*labels, *REVIEWS]
    export = read_sheets(tmp_path, Отзывы=rows) if kind == "xlsx" else read_lines(tmp_path, rows)
    assert export.columns == {"text": "Отзыв", "overall": "Оценка", "date": "Дата"}
    assert export.feedback["text"].tolist() == TEXTS
    assert export.feedback["row"].tolist() == list(range(1, len(TEXTS) + 1))
    assert any("above the table" in note for note in export.notes)


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_labels_above_a_table_of_two_columns_are_skipped_too(tmp_path: Path, kind: str) -> None:
    rows = [["Период:", "01.03-31.03.2024"], ["Магазин:", "Центр"], [], *NARROW]
    export = read_sheets(tmp_path, Отзывы=rows) if kind == "xlsx" else read_lines(tmp_path, rows)
    assert export.columns == {"text": "Отзыв клиента", "overall": "Оценка"}
    assert export.feedback["text"].tolist() == TEXTS


@pytest.mark.parametrize(
    "rows",
    [
        [["Комментарий:", "Оценка:"], *NARROW[1:]],
        [["Комментарий:", "Оценка"], [], *NARROW[1:]],
        [["Что понравилось:", "Что улучшить:"], *[[text, text] for text in TEXTS]],
        [["Текст", "Балл"], [], *REVIEWS[1:]],
        [["Кто:", "Сказал"], *[["Иван", text] for text in TEXTS]],
    ],
)
@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_a_header_of_two_names_is_no_line_of_labels(tmp_path: Path, rows: Rows, kind: str) -> None:
    export = read_sheets(tmp_path, Отзывы=rows) if kind == "xlsx" else read_lines(tmp_path, rows)
    assert not any("above the table" in note for note in export.notes)
    assert set(TEXTS) <= set(export.feedback["text"])


SUMMARY = [["Показатель", "Значение"], ["Всего", 38], ["Средняя", 3.0]]
README = [["Выгрузка из системы"], ["Все отзывы за март по всем магазинам"], ["Вопросы: отдел 5"]]
GUIDE = [["Поле", "Описание"], ["Отзыв", "Что написал покупатель"], ["Оценка", "От 1 до 5"]]


@pytest.mark.parametrize("first", [SUMMARY, README, GUIDE])
@pytest.mark.parametrize("reviews", [REVIEWS, NARROW, [[row[0]] for row in REVIEWS]])
def test_the_sheet_that_holds_the_texts_is_read_with_a_note(
    tmp_path: Path, first: Rows, reviews: Rows
) -> None:
    export = read_sheets(tmp_path, Сводка=first, Отзывы=reviews)
    assert export.feedback["text"].tolist() == TEXTS
    assert any("Sheet 'Отзывы' was read" in n and "'Сводка'" in n for n in export.notes)


def test_a_few_reviews_behind_a_page_of_explanations_are_read(tmp_path: Path) -> None:
    export = read_sheets(tmp_path, Readme=README, Отзывы=REVIEWS[:4])
    assert export.feedback["text"].tolist() == TEXTS[:3]


def test_the_first_sheet_is_read_where_none_holds_texts(tmp_path: Path) -> None:
    with pytest.raises(ColumnError, match="Показатель, Значение"):
        read_sheets(tmp_path, Сводка=SUMMARY, Ещё=SUMMARY[:2])


def test_what_is_missed_in_a_sheet_is_told_with_the_names_of_the_others(tmp_path: Path) -> None:
    with pytest.raises(ColumnError, match=r"'Сводка' was read.* also 'Ещё'\. Name one with sheet="):
        read_sheets(tmp_path, Сводка=SUMMARY, Ещё=SUMMARY[:2])
    path = write_sheets(tmp_path, Сводка=SUMMARY, Отзывы=REVIEWS)
    with pytest.raises(ColumnError, match=r"'Баллы'.* 'Отзывы' was read.* also 'Сводка'"):
        read_export(path, overall="Баллы")


def test_a_sheet_of_blank_cells_in_front_is_passed_over(tmp_path: Path) -> None:
    export = read_sheets(tmp_path, Пусто=[[" "], [" "], [" "]], Отзывы=REVIEWS[:4])
    assert export.feedback["text"].tolist() == TEXTS[:3]


def test_a_sheet_that_the_user_names_is_read_whatever_it_holds(tmp_path: Path) -> None:
    read_sheets(tmp_path, Readme=README, Отзывы=REVIEWS)
    assert read_export(tmp_path / "book.xlsx", sheet="Readme").read == 2


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (REVIEWS[:30], REVIEWS),
        (REVIEWS[:4], REVIEWS[:20]),
        (REVIEWS, SUMMARY),
        (README, SUMMARY),
        ([["Сказано"], *[[text] for text in TEXTS]], GUIDE),
        ([["Отзыв"], *[[text] for text in TEXTS]], REVIEWS),
    ],
)
def test_of_several_sheets_with_texts_the_first_is_read(
    tmp_path: Path, first: Rows, second: Rows
) -> None:
    export = read_sheets(tmp_path, Первый=first, Второй=second)
    assert any("Sheet 'Первый' was read" in note for note in export.notes)
    assert export.read == len(first) - 1
