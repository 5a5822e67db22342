"""Numbers, scales and dates in the many ways that exports spell them."""

from __future__ import annotations

import math
import re

import pandas as pd
import pytest

from tpfeedback.ingest import names, ratings
from tpfeedback.ingest.dates import read_dates
from tpfeedback.ingest.ratings import read_ratings
from tpfeedback.ingest.scales import recognise_scale


@pytest.mark.parametrize(
    ("cells", "numbers"),
    [
        (["1,250 PLN", "900 PLN", "12,500 PLN"], [1250, 900, 12500]),
        (["1,250", "900 PLN"], [1250, 900]),
        (["12,345", "9,870", "90"], [12345, 9870, 90]),
        (["4,333", "5", "3,667"], [4.333, 5, 3.667]),
        (["4,333/5", "5/5"], [4.333, 5]),
    ],
)
def test_a_comma_before_three_digits_is_read_by_the_whole_column(cells, numbers):
    assert read_ratings(pd.Series(cells)).values.tolist() == numbers


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ("4", 4), ("4.5", 4.5), ("4,5", 4.5), ("4,5/5", 4.5), ("5 / 5", 5), ("4 из 5", 4),
        ("4 out of 5", 4), ("80 %", 80), ("8 - Good", 8), ("10 (Extremely likely)", 10),
        ("5 stars", 5), ("5 gwiazdek", 5), ("4 звезды", 4), ("5分", 5), ("４．５", 4.5),
        ("★★★★☆", 4), ("⭐⭐⭐", 3), ("-1", -1), ("1 234,5", 1234.5), ("1,234.5", 1234.5),
        ("1\u00a0234", 1234), ("+3", 3), (".5", 0.5), ("1e1", 10),
    ],
)  # fmt: skip
def test_a_number_is_read_however_it_is_spelt(cell: str, number: float) -> None:
    assert read_ratings(pd.Series([cell])).values.tolist() == [number]


@pytest.mark.parametrize("cell", ["many", "inf", "-inf", "1/2/2024", "4 or 5", "5 5", "e5", "∞"])
def test_what_is_no_number_is_unreadable(cell: str) -> None:
    found = read_ratings(pd.Series([cell, "4"]))
    assert math.isnan(found.values[0])
    assert found.unreadable.tolist() == [True, False]


@pytest.mark.parametrize("cell", [None, "", " ", "-", "n/a", "NaN", "null", "нет оценки", "brak"])
def test_a_missing_rating_is_not_unreadable(cell: str | None) -> None:
    found = read_ratings(pd.Series([cell, "4"]))
    assert math.isnan(found.values[0])
    assert not found.unreadable.any()


@pytest.mark.parametrize(
    ("words", "numbers", "scale"),
    [
        (["很好", "好", "一般", "差"], [5, 4, 3, 2], "1-5"),
        (["非常好", "很好", "好", "一般", "很差"], [5, 4, 3, 2, 1], "1-5"),
        (["非常满意", "不满意"], [5, 2], "1-5"),
        (["Very satisfied", "neutral", "DISSATISFIED "], [5, 3, 2], "1-5"),
        (["отлично", "плохо", "Хорошо"], [5, 2, 4], "1-5"),
        (["bardzo dobrze", "źle"], [5, 2], "1-5"),
        (["Polecam", "Nie polecam"], [1, 0], "0-1"),
        (["да", "нет"], [1, 0], "0-1"),
        (["negative", "positive"], [1, 3], "1-3"),
        (["好评", "差评"], [3, 1], "1-3"),
    ],
)
def test_words_become_steps_of_their_scale(
    words: list[str], numbers: list[float], scale: str
) -> None:
    found = read_ratings(pd.Series(words))
    assert found.values.tolist() == numbers
    recognised = recognise_scale(found)
    assert recognised is not None
    assert recognised.name == scale
    assert "Its words were read as" in recognised.notes[0]


@pytest.mark.parametrize(
    ("values", "name", "scale"),
    [
        ([1, 2, 3, 4, 5], "stars", "1-5"),
        ([4, 5], "stars", "1-5"),
        ([1, 1], "stars", "1-5"),
        ([0.5, 4.5, 5], "stars", "0.5-5"),
        ([1.5, 4.5, 5], "stars", "1-5"),
        ([1, 7, 10], "rating", "1-10"),
        ([0, 7, 10], "score", "0-10"),
        ([6, 7, 8], "rating", "1-10"),
        ([3, 4], "NPS", "0-10"),
        ([3, 4], "Насколько вы готовы рекомендовать нас от 0 до 10?", "0-10"),
        ([0, 1, 2, 3, 4, 5], "rating", "0-5"),
        ([0, 1, 2, 3, 4, 6] * 20, "assessment", "0-6"),
        ([1, 2, 3, 4, 5, 6, 7] * 20, "satisfaction", "1-7"),
        ([0, 1, 2, 3, 4] * 20, "label", "0-4"),
        ([0, 1], "label", "0-1"),
        ([1, 3] * 40, "label", "1-3"),
        ([-1, 0, 1], "sentiment", "-1-1"),
        (["4/5", "5/5"], "rating", "1-5"),
        (["7/10", "0/10"], "rating", "0-10"),
        (["80%", "95%"], "satisfaction", "0-100"),
        ([12, 80, 95], "score", "0-100"),
        ([5, 4, 99, 3, 5, 4, -1], "stars", "1-5"),
        ([5, 4, 3] * 20 + [55], "stars", "1-5"),
    ],
)
def test_scales_are_recognised(values: list[object], name: str, scale: str) -> None:
    found = recognise_scale(read_ratings(pd.Series(values)), name=name)
    assert found is not None
    assert found.name == scale


@pytest.mark.parametrize("values", [[120.5, 80, 3000], [12, 47, 90], [-40, 3, 12], [None, None]])
def test_a_business_metric_follows_no_scale(values: list[float | None]) -> None:
    assert recognise_scale(read_ratings(pd.Series(values)), name="basket") is None


def test_few_ratings_above_five_are_remarked_as_two_scales() -> None:
    found = recognise_scale(read_ratings(pd.Series([1, 2, 3, 4, 5] * 20 + [9, 10])), name="rating")
    assert found is not None
    assert "may mix two scales" in found.notes[0]


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        ("2024-03-01", "2024-03-01 00:00:00"),
        ("2024-03-01T10:20:30Z", "2024-03-01 10:20:30"),
        ("2024-03-01T10:20:30.123+03:00", "2024-03-01 10:20:30"),
        ("2024/3/1 9:05", "2024-03-01 09:05:00"),
        ("20240301", "2024-03-01 00:00:00"),
        ("2024年3月1日", "2024-03-01 00:00:00"),
        ("2024年3月1日 10:20", "2024-03-01 10:20:00"),
        ("11.10.2024", "2024-10-11 00:00:00"),
        ("11.10.24 г.", "2024-10-11 00:00:00"),
        ("28 апр 2022", "2022-04-28 00:00:00"),
        ("28 апреля 2022 г.", "2022-04-28 00:00:00"),
        ("9 мая 2022 года", "2022-05-09 00:00:00"),
        ("1 марта 2022 в 10:20", "2022-03-01 10:20:00"),
        ("3 marca 2024", "2024-03-03 00:00:00"),
        ("7 października 2023 r.", "2023-10-07 00:00:00"),
        ("1 maja 2023", "2023-05-01 00:00:00"),
        ("March 3, 2024", "2024-03-03 00:00:00"),
        ("Mar 3rd, 2024", "2024-03-03 00:00:00"),
        ("3rd March 2024", "2024-03-03 00:00:00"),
        ("Sun, 3 Mar 2024", "2024-03-03 00:00:00"),
        ("03-Mar-24", "2024-03-03 00:00:00"),
        ("3/14/2024 1:05 PM", "2024-03-14 13:05:00"),
        ("3/14/2024 12:05 am", "2024-03-14 00:05:00"),
        ("1709251200", "2024-03-01 00:00:00"),
        ("1709251200000", "2024-03-01 00:00:00"),
        ("45352", "2024-03-01 00:00:00"),
        (45352.5, "2024-03-01 12:00:00"),
        (pd.Timestamp("2024-03-01", tz="Europe/Warsaw"), "2024-03-01 00:00:00"),
    ],
)
def test_a_date_is_read_however_it_is_written(cell: object, day: str) -> None:
    column = pd.Series([cell], dtype=object)
    assert [str(stamp) for stamp in read_dates(column).values] == [day]


@pytest.mark.parametrize(
    "cell", ["soon", "24-Feb", "31.02.2024", "2024-13-01", "yesterday", "99999", "1/1/1", "12:30"]
)
def test_what_is_no_date_is_unreadable(cell: str) -> None:
    found = read_dates(pd.Series([cell, "2024-01-01"]))
    assert found.values.isna().tolist() == [True, False]
    assert found.unreadable.tolist() == [True, False]


@pytest.mark.parametrize(
    ("cells", "first_of_month", "note"),
    [
        (["2/3/2024", "25/3/2024"], "2024-03-02", "day first (1 of 2 show it)"),
        (["2/3/2024", "3/25/2024"], "2024-02-03", "month first (1 of 2 show it)"),
        (["2/3/2024", "4/5/2024"], "2024-03-02", "nothing tells: read day first"),
        (["2/3/2024", "25/3/2024", "26/3/2024", "3/27/2024"], "2024-03-02", "mix day first"),
        (["2.3.2024", "4.5.2024"], "2024-03-02", None),
    ],
)
def test_day_or_month_first_is_decided_over_the_whole_column_and_noted(
    cells: list[str], first_of_month: str, note: str | None
) -> None:
    found = read_dates(pd.Series(cells))
    assert str(found.values[0])[:10] == first_of_month
    assert found.values.notna().all()
    assert (note in found.notes[0]) if note else not found.notes


LATIN, CYRILLIC, CHINESE = "[A-Za-zĄ-ż]", "[А-яЁё]", "[\u3400-\u9fff]"
ALIEN = {"ru": CHINESE, "zh": f"{LATIN}|{CYRILLIC}", "pl": f"{CYRILLIC}|{CHINESE}",
         "en": f"{CYRILLIC}|{CHINESE}"}  # fmt: skip
TABLES = [
    (f"{title} {language}", language, words)
    for title, table in vars(names).items()
    if title.isupper() and isinstance(table, dict) and title != "LANGUAGE_NAMES"
    for language, words in table.items()
] + [
    (f"LADDERS_{language}", language.lower(), sum(getattr(ratings, f"LADDERS_{language}"), ()))
    for language in ("RU", "ZH", "PL", "EN")
]


@pytest.mark.parametrize(("language", "words"), [t[1:] for t in TABLES], ids=[t[0] for t in TABLES])
def test_each_word_table_holds_one_script(language: str, words: tuple[str, ...]) -> None:
    assert [word for word in words if re.search(ALIEN[language], word)] == []
