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
    ("cells", "numbers", "scale"),
    [
        (["4/5", "8/10", "5/5", "10/10", "1/5", "2/10"], [8, 8, 10, 10, 2, 2], "1-10"),
        (["4 из 5", "8 из 10", "0/10"], [8, 8, 0], "0-10"),
        (["4,5/5", "7/10"], [9, 7], "1-10"),
        (["80 %", "4/5", "10/10"], [80, 80, 100], "0-100"),
        (["★★★★☆", "★★★★★", "★☆☆☆☆", "8/10"], [8, 10, 2, 8], "1-10"),
        (["6/7", "5/5", "3/7"], [6, 7, 3], "1-7"),
    ],
)
def test_ratings_out_of_different_tops_are_brought_to_the_larger_one_and_noted(
    cells: list[str], numbers: list[float], scale: str
) -> None:
    ratings = read_ratings(pd.Series(cells))
    assert ratings.values.tolist() == numbers
    assert not ratings.unreadable.any()
    found = recognise_scale(ratings)
    assert found is not None
    assert found.name == scale
    assert "name different ends of the scale" in found.notes[0]


@pytest.mark.parametrize(
    ("cells", "numbers"),
    [
        (["4/5", "8/10", "4"], [8, 8, None]),
        (["4/5", "8/10", "5 stars"], [8, 8, None]),
        (["4/5", "5/5", "3/2024"], [4, 5, None]),
        (["4/5", "5/5", "24/7"], [4, 5, None]),
        (["4/5", "5/5", "3/0"], [4, 5, None]),
        (["4/5", "8/10", "n/a"], [8, 8, None]),
    ],
)
def test_a_number_whose_scale_is_not_told_among_different_ones_is_no_rating(
    cells: list[str], numbers: list[float | None]
) -> None:
    found = read_ratings(pd.Series(cells))
    assert [None if pd.isna(value) else value for value in found.values] == numbers
    assert found.unreadable.tolist()[:2] == [False, False]
    assert found.unreadable.tolist()[2] == (cells[2] != "n/a")


def test_ratings_that_name_one_top_or_none_stay_as_they_are() -> None:
    for cells, numbers in ((["4/5", "3"], [4, 3]), (["120 %", "80 %"], [120, 80])):
        assert read_ratings(pd.Series(cells)).values.tolist() == numbers


@pytest.mark.parametrize(
    ("number", "top", "found"),
    [((4, 5), 10, 8), ((4, 10), 5, 2), ((7, None), 10, 7), ((None, None), 10, None)],
)
def test_a_number_is_brought_to_the_top_of_the_column(
    number: ratings.Number, top: float, found: float | None
) -> None:
    assert ratings.bring_to_top(number, top) == found


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


EACH_DAY = pd.date_range("2023-11-20", "2024-02-10").to_series()
LONG = pd.date_range("2008-01-05", "2023-12-20", freq="11D").to_series()


@pytest.mark.parametrize(
    ("cells", "first"),
    [
        (["24-03-15", "24-03-16", "23-11-02", "24-01-30"], "2024-03-15"),
        (["24/03/15", "24/03/16", "23/11/02", "24/01/30"], "2024-03-15"),
        (["24.03.15 10:20", "24.03.16 10:20", "23.11.02", "24.01.30"], "2024-03-15"),
        (["99-12-05", "99-12-06"], "1999-12-05"),
        (["24-03-11", "24-03-12", "24-03-13", "24-03-14"], "2024-03-11"),
        (["24-03-15", "24-03-16", "23-11-02", "24-01-30", "soon"], "2024-03-15"),
        (["24-03-15", "24-03-16", "24-03-01", "20-03-2024"], "2024-03-15"),
        (EACH_DAY.dt.strftime("%y-%m-%d").tolist(), "2023-11-20"),
        (LONG.dt.strftime("%y-%m-%d").tolist(), "2008-01-05"),
    ],
)
def test_a_year_of_two_digits_that_stands_first_is_a_year(cells: list[str], first: str) -> None:
    found = read_dates(pd.Series(cells))
    assert str(found.values[0])[:10] == first
    assert found.unreadable.tolist() == [cell == "soon" for cell in cells]
    assert "two digits" in found.notes[0]
    assert "read year first" in found.notes[0]


@pytest.mark.parametrize(
    ("cells", "first"),
    [
        (["15-03-24", "16-03-24", "02-11-23", "30-01-24"], "2024-03-15"),
        (["15.03.24", "16.03.24", "02.11.23", "30.01.24"], "2024-03-15"),
        (["01/03/22", "25/12/22"], "2022-03-01"),
        (["03/14/24", "12/25/23"], "2024-03-14"),
        (["15-03-99", "16-03-24"], "1999-03-15"),
        (["5-3-24", "4-7-08"], "2024-03-05"),
        (["15-03-24 г.", "15-07-08 г."], "2024-03-15"),
        (EACH_DAY.dt.strftime("%d-%m-%y").tolist(), "2023-11-20"),
        (EACH_DAY.dt.strftime("%m/%d/%y").tolist(), "2023-11-20"),
        (LONG.dt.strftime("%d.%m.%y").tolist(), "2008-01-05"),
    ],
)
def test_a_year_of_two_digits_that_stands_last_stays_the_year(cells: list[str], first: str) -> None:
    found = read_dates(pd.Series(cells))
    assert str(found.values[0])[:10] == first
    assert not any("two digits" in note for note in found.notes)


MONTHS = pd.date_range("2005-01-01", "2024-12-01", freq="MS").to_series()


@pytest.mark.parametrize(
    ("cells", "first"),
    [
        (["24-03-15"], "2015-03-24"),
        (["24-03-15"] * 50, "2015-03-24"),
        (["12/05/21", "12/09/22", "12/03/23"], "2021-05-12"),
        (["14-03-24", "15-07-09", "14-02-19"], "2024-03-14"),
        (MONTHS.dt.strftime("%d-%m-%y").tolist(), "2005-01-01"),
        ((MONTHS - pd.Timedelta(days=1)).dt.strftime("%d-%m-%y").tolist(), "2004-12-31"),
        (["31-12-20", "31-12-21", "31-12-22", "31-12-23"], "2020-12-31"),
    ],
)
def test_a_year_of_two_digits_that_may_stand_first_or_last_is_told(
    cells: list[str], first: str
) -> None:
    found = read_dates(pd.Series(cells))
    assert str(found.values[0])[:10] == first
    assert "two digits may stand first or last" in found.notes[0]


def test_each_separator_tells_by_itself_where_its_year_stands() -> None:
    cells = ["24-03-15", "24-03-16", "23-11-02", "24-01-30", "15/03/24", "16/03/24", "17/03/24"]
    days = read_dates(pd.Series(cells)).values.dt.strftime("%Y-%m-%d").tolist()
    assert days[0] == days[4] == "2024-03-15"


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
