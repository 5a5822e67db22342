"""Lengths of time are read in four languages, as the golden files say, in linear time."""

from __future__ import annotations

import math
import re

import pytest
from hypothesis import given, settings

from tests.golden_texts import golden_cases, golden_lines, texts_of
from tpfeedback.durations import Duration, find_durations
from tpfeedback.languages import available_languages

CODES = available_languages()
UNITS = {"s": 1 / 60, "m": 1, "h": 60, "d": 1440, "w": 10080, "M": 43200, "y": 525600}
# {what is found = minutes} or {what is found = minutes, lowest..highest}
MARKED = re.compile(r"\{(?P<found>[^}]+?) = (?P<value>\S+?)(?:, (?P<low>\S+?)\.\.(?P<high>\S+))?\}")


def minutes(written: str) -> float:
    return math.inf if written == "inf" else float(written[:-1]) * UNITS[written[-1]]


def expected(line: str) -> list[tuple[str, float, float, float]]:
    return [
        (found["found"], minutes(found["value"]), minutes(found["low"] or found["value"]),
         minutes(found["high"] or found["value"]))
        for found in MARKED.finditer(line)
    ]  # fmt: skip


def found_in(text: str, code: str) -> list[tuple[str, float, float, float]]:
    return [
        (text[d.start : d.stop], d.minutes, d.minutes_low, d.minutes_high)
        for d in find_durations(text, code)
    ]


@pytest.mark.parametrize(("code", "line"), golden_cases("durations"))
def test_the_durations_in_braces_are_found_and_no_others(code, line):
    found = found_in(MARKED.sub(r"\g<found>", line), code)
    wanted = expected(line)
    assert [one[0] for one in found] == [one[0] for one in wanted]
    assert [one[1:] for one in found] == [pytest.approx(one[1:]) for one in wanted]


@pytest.mark.parametrize("code", CODES)
def test_every_language_has_60_golden_durations_and_20_texts_without(code):
    lines = golden_lines("durations", code)
    assert sum(len(expected(line)) for line in lines) >= 60
    assert sum(not expected(line) for line in lines) >= 20
    assert len(set(lines)) == len(lines)


def test_a_text_in_another_language_has_no_durations():
    assert find_durations("Ich habe 3 Stunden gewartet, 3 hours", "other") == ()


TEXTS = texts_of(
    ["2", "3-4", "1,5", " ", "-", ".", ", ", " hours", "an ", "half ", "and ", "days", "h",
     "полтора ", "часа", " дня", "с половиной ", "недели ", "минут ", "до ", "больше ",
     "pół ", "godziny", "kilka ", "dni", "w ciągu ", "两", "个", "半", "小时", "多", "三四",
     "天", "几", "分钟", "9999999", "½", "1/2", "\ud800", "\x00", "٣", "²", "۴ days"]
)  # fmt: skip


@pytest.mark.parametrize("code", CODES)
@settings(deadline=None, max_examples=150)
@given(text=TEXTS)
def test_durations_are_in_order_apart_and_within_their_bounds(code, text):
    durations = find_durations(text, code)
    ends = [0, *(end for d in durations for end in (d.start, d.stop)), len(text)]
    assert ends == sorted(ends)
    assert all(text[d.start : d.stop].strip() for d in durations)
    assert all(0 <= d.minutes_low <= d.minutes <= d.minutes_high for d in durations)
    assert all(0 < d.minutes < math.inf for d in durations)


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize(
    "unit",
    ["1", "1 ", "2 hours ", "an ", "half ", "and ", "- ", "час ", "до ", "часа два ", "и ",
     "pół ", "dni ", "天", "两", "个", "半", "多", "三天", " ", "\ud800", "day"],
)  # fmt: skip
def test_100_kb_of_one_thing_are_read(code, unit):
    text = unit * (100_000 // len(unit))
    assert all(0 <= d.start < d.stop <= len(text) for d in find_durations(text, code))


def lengths_in(text: str, code: str) -> list[float | tuple[float, float, float]]:
    """Return minutes of each duration; with both ends where they differ."""
    found = [(d.minutes, d.minutes_low, d.minutes_high) for d in find_durations(text, code)]
    return [one[0] if len(set(one)) == 1 else one for one in found]


@pytest.mark.parametrize(
    ("code", "text", "expected"),
    [
        ("en", "Waited two-and-a-half hours", 150),
        ("en", "A two-and-a-half-hour wait", 150),
        ("en", "Waited 2½ hours", 150),
        ("en", "Waited 2½h", 150),
        ("en", "Waited 2 1/2 hours", 150),
        ("en", "Waited 2-1/2 hours", 150),
        ("en", "Waited 1 3/4 hours", 105),
        ("en", "Waited three quarters of an hour", 45),
        ("en", "Waited three-quarters of an hour", 45),
        ("en", "Waited 3/4 of an hour", 45),
        ("en", "Waited a quarter of an hour", 15),
        ("en", "Waited a quarter hour", 15),
        ("en", "Waited an hour and a quarter", 75),
        ("en", "Waited two and three quarter hours", 165),
        ("en", "Waited an hour, half the food was missing", 60),
        ("en", "Waited half-an-hour", 30),
        ("en", "Waited for half of an hour", 30),
        ("en", "Waited 1/2 hour", 30),
        ("en", "Waited ½ hour", 30),
        ("ru", "Ждали 2½ часа", 150),
        ("ru", "Ждали 1 1/2 часа", 90),
        ("ru", "Ждали 2-х с половиной часов", 150),
        ("ru", "Ждали 3/4 часа", 45),
        ("ru", "Ждали четверть часа", 15),
        ("ru", "Ждали три четверти часа", 45),
        ("pl", "Czekałem 2½ godziny", 150),
        ("pl", "Czekałem 2 1/2 godziny", 150),
        ("pl", "Czekałem ¾ godziny", 45),
        ("pl", "Czekałem trzy czwarte godziny", 45),
        ("pl", "Czekałem ćwierć godziny", 15),
        ("pl", "Czekałem trzy kwadranse", 45),
        ("pl", "Czekałem 2 i 3/4 godziny", 165),
        ("zh", "等了2½小时", 150),
        ("zh", "等了1/2小时", 30),
        ("zh", "等了3/4小时", 45),
    ],
)
def test_a_fraction_is_added_to_the_whole_number_before_it(code, text, expected):
    assert lengths_in(text, code) == [expected]


@pytest.mark.parametrize(
    ("code", "text", "expected"),
    [
        ("en", "It took between 2 and 3 hours", (150, 120, 180)),
        ("en", "It took from 2 to 3 hours", (150, 120, 180)),
        ("en", "It took between five and ten minutes", (7.5, 5, 10)),
        ("en", "It took between 30 minutes and an hour", (45, 30, 60)),
        ("en", "It took between two and a half and three hours", (165, 150, 180)),
        ("en", "It took between 1 hour and 90 minutes", (75, 60, 90)),
        ("en", "It took 1.5 to 2½ hours", (120, 90, 150)),
        ("en", "It took 3/4 days", (5040, 4320, 5760)),
        ("en", "It took 1/2-1 hour", (45, 30, 60)),
        ("pl", "Trwało między 5 a 10 minut", (7.5, 5, 10)),
        ("pl", "Trwało pomiędzy 2 i 3 godziny", (150, 120, 180)),
        ("ru", "Заняло между 5 и 10 минутами", (7.5, 5, 10)),
    ],
)
def test_a_length_between_two_numbers_is_a_range(code, text, expected):
    assert lengths_in(text, code) == [expected]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ждали 2 часа и 20 минут", [140]),
        ("Ждали час и двадцать минут", [80]),
        ("Ушёл почти весь обед: час и двадцать минут", [80]),
        ("Ждали 1 час и 40 минут", [100]),
        ("Час с половиной в очереди", [90]),
        ("Ждали 2 дня и 3 часа", [3060]),
        ("Ждали 5-и минут", [5]),
        ("Ждали 5и минут", [5]),
        ("Ждали 20 минут и 2 часа", [20, 120]),
        ("Ждали 2 часа и половину заказа не привезли", [120]),
        ("Звонили каждый вечер и 20 минут ждали", [20]),
    ],
)
def test_russian_hours_and_minutes_are_one_length(text, expected):
    assert lengths_in(text, "ru") == expected


@pytest.mark.parametrize(
    ("code", "text", "most"),
    [
        ("en", "I never waited more than 5 minutes", 5),
        ("en", "We didn't have to wait more than 10 minutes", 10),
        ("en", "We didn’t wait in line for longer than 10 minutes", 10),
        ("en", "They never made us wait for more than 10 minutes", 10),
        ("en", "I don't think it took more than 10 minutes", 10),
        ("en", "The wait is never over 10 minutes", 10),
        ("en", "The queue never exceeds 10 minutes", 10),
        ("en", "Nobody had to wait 10 minutes or more", 10),
        ("en", "In years I never had to wait in the queue for a table more than an hour", 60),
        ("ru", "Никогда не ждали больше 10 минут", 10),
        ("ru", "Не приходилось ждать заказ дольше 10 минут", 10),
        ("ru", "Ждать больше 5 минут не пришлось", 5),
        ("ru", "Больше 5 минут мы никогда не ждали", 5),
        ("ru", "Очередь никогда не занимала более 5 минут", 5),
        ("pl", "Nigdy nie czekałem dłużej niż 10 minut", 10),
        ("pl", "Nie musieliśmy czekać na stolik więcej niż 10 minut", 10),
        ("pl", "Dłużej niż 10 minut nigdy nie czekałam", 10),
        ("zh", "没有等超过10分钟", 10),
        ("en", "I did not wait any longer than 10 minutes", 10),
        ("zh", "从来没有超过10分钟", 10),
        ("zh", "没等过10分钟以上", 10),
    ],
)  # fmt: skip
def test_never_more_than_is_at_most(code, text, most):
    assert lengths_in(text, code) == [(most, 0, most)]


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("en", "They didn't answer for more than 2 hours"),
        ("en", "I never got my food and waited more than 2 hours"),
        ("en", "I can't believe we waited more than 2 hours"),
        ("en", "Nobody waited on us for more than 2 hours"),
        ("en", "They never took our order for more than 2 hours"),
        ("en", "Never again. Waited more than 2 hours"),
        ("en", "I have never waited this long for a burger more than 2 hours"),
        ("ru", "Не отвечали больше 2 часов"),
        ("ru", "Не понимаю почему ждали больше 2 часов"),
        ("ru", "Заказ больше 2 часов не приходил"),
        ("ru", "Ответа не было больше 2 часов"),
        ("ru", "Никогда не ждал так долго больше 2 часов"),
        ("ru", "Ждали больше 2 часов и не дождались"),
        ("pl", "Nie odbierali dłużej niż 2 godziny"),
        ("pl", "Nie polecam czekałem dłużej niż 2 godziny"),
        ("zh", "没人回复超过2小时"),
        ("zh", "等了超过2小时没人来"),
    ],
)
def test_what_did_not_happen_for_more_than_a_time_is_over_it(code, text):
    assert lengths_in(text, code) == [(120, 120, math.inf)]


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("en", "Parking is £5 for an hour"),
        ("en", "Parking is $15 an hour"),
        ("en", "Parking is 5 euros for 2 hours"),
        ("en", "Parking is £5.50 for up to 2 hours"),
        ("en", "An hour costs £5"),
        ("ru", "Парковка 100 рублей за 2 часа"),
        ("ru", "500 р за час"),
        ("ru", "500р. за час"),
        ("ru", "1 000 руб. за 2 часа"),
        ("ru", "Час стоит 500 рублей"),
        ("pl", "50 zł za godzinę"),
        ("pl", "50zł za 2 godziny"),
        ("pl", "5 euro za godzinę"),
        ("zh", "停车10元一小时"),
        ("zh", "停车10块钱一小时"),
        ("zh", "停车一小时10块钱"),
        ("zh", "等了很久，停车一小时10块钱"),
        ("zh", "一小时收费10元"),
    ],
)
def test_the_time_that_a_price_buys_is_no_wait(code, text):
    assert lengths_in(text, code) == []


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("en", "We waited 2 hours for a 500 rouble pizza"),
        ("en", "I paid $50 for a 2 hour wait"),
        ("en", "We waited 2 hours for £5 burgers"),
        ("ru", "Ждали 2 часа пиццу за 500 рублей"),
        ("ru", "Вернули 500 рублей за 2 часа"),
        ("ru", "Заплатил 500 рублей за 2 часа ожидания"),
        ("pl", "Czekałem 2 godziny na pizzę za 50 zł"),
        ("zh", "等了两小时10块钱的奶茶"),
    ],
)
def test_a_wait_beside_a_price_is_a_wait(code, text):
    assert lengths_in(text, code) == [120]


@pytest.mark.parametrize(
    ("code", "text", "expected"),
    [
        ("en", "We spent 45 minutes waiting in line.", [45]),
        ("en", "I spent 1.5 hours on the phone with support", [90]),
        ("en", "We spent 3 days at the hotel.", []),
        ("en", "We spent 2 hours at the pool, then ate", []),
        ("en", "A nice place to spend an hour waiting for your next flight", []),
        ("ru", "Провёл 2 часа в очереди.", [120]),
        ("ru", "Провели в очереди 3 часа", [180]),
        ("ru", "Провели в отеле 5 дней.", []),
        ("pl", "Spędziłem 2 godziny w kolejce.", [120]),
        ("pl", "Spędziliśmy godzinę na infolinii.", [60]),
        ("pl", "Spędziliśmy 2 dni w hotelu.", []),
        ("ru", "Стояли час на кассе", [60]),
        ("pl", "Staliśmy godzinę przy kasie", [60]),
    ],
)
def test_time_spent_waiting_is_a_wait_and_a_stay_is_none(code, text, expected):
    assert lengths_in(text, code) == expected


@pytest.mark.parametrize(
    ("code", "text", "expected"),
    [
        ("ru", "Ждали час двадцать.", [80]),
        ("ru", "Ждали два часа сорок пять", [165]),
        ("en", "It took an hour twenty!", [80]),
        ("en", "Waited 1h30 for the food", [90]),
        ("ru", "Ехали 2ч15 вместо часа", [135]),
        ("pl", "Czekałem dwie godziny trzydzieści.", [150]),
        ("ru", "Ждали час, 20 человек в очереди", [60]),
        ("en", "Waited an hour 10/10 would not do it again", [60]),
    ],
)
def test_minutes_after_an_hour_need_no_unit_at_the_end(code, text, expected):
    assert lengths_in(text, code) == expected


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("en", "The room is 10 minutes to the beach"),
        ("en", "5 mins from station"),
        ("en", "Called 3 times in 2 days"),
        ("en", "After two weeks it broke, and after 2 weeks it stopped working"),
        ("ru", "Жили 7 дней, всё понравилось"),
        ("ru", "До моря 10 минут"),
        ("ru", "Сломался через неделю"),
        ("ru", "Через 2 дня сломались"),
        ("ru", "Круглосуточно, 24 часа"),
        ("pl", "Hotel jest 5 minut od plaży"),
        ("pl", "Do morza 10 minut"),
        ("zh", "地铁站走路大约10分钟就到"),
        ("zh", "充电五分钟通话两小时"),
        ("zh", "開車10分鐘"),
        ("zh", "24小時營業"),
        ("zh", "說好半小時"),
    ],
)
def test_ways_stays_opening_hours_and_how_long_a_thing_lasted_are_no_waits(code, text):
    assert lengths_in(text, code) == []


def test_two_runs_give_the_same_durations():
    text = "Ждал три дня, потом ещё 2 часа"
    assert find_durations(text, "ru") == find_durations(text, "ru")
    assert find_durations(text, "ru")[0] == Duration(5, 12, 4320.0, 4320.0, 4320.0)
