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


def test_two_runs_give_the_same_durations():
    text = "Ждал три дня, потом ещё 2 часа"
    assert find_durations(text, "ru") == find_durations(text, "ru")
    assert find_durations(text, "ru")[0] == Duration(5, 12, 4320.0, 4320.0, 4320.0)
