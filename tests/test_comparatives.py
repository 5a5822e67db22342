"""Comparisons with rivals are read in four languages, as the golden files say."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings

from tests.golden_texts import golden_cases, golden_lines, texts_of
from tpfeedback.comparatives import Comparison, find_comparisons
from tpfeedback.languages import available_languages

CODES = available_languages()
# {what is found = verdict} or {what is found = verdict rival}
MARKED = re.compile(
    r"\{(?P<found>[^}]+?) = (?P<verdict>win|loss|equal|open)(?: (?P<rival>[^}]+))?\}"
)


def expected(line: str) -> list[tuple[str, str, str | None]]:
    return [(found["found"], found["verdict"], found["rival"]) for found in MARKED.finditer(line)]


@pytest.mark.parametrize(("code", "line"), golden_cases("comparatives"))
def test_the_comparisons_in_braces_are_found_and_no_others(code, line):
    text = MARKED.sub(r"\g<found>", line)
    found = [(text[c.start : c.stop], c.verdict, c.rival) for c in find_comparisons(text, code)]
    assert found == expected(line)


@pytest.mark.parametrize("code", CODES)
def test_every_language_has_40_golden_comparisons_and_12_texts_without(code):
    lines = golden_lines("comparatives", code)
    assert sum(len(expected(line)) for line in lines) >= 40
    assert sum(not expected(line) for line in lines) >= 12
    assert len(set(lines)) == len(lines)


def test_every_verdict_is_in_the_golden_file_of_every_language():
    for code in CODES:
        verdicts = {
            verdict
            for line in golden_lines("comparatives", code)
            for _, verdict, _ in expected(line)
        }
        assert verdicts == {"win", "loss", "equal", "open"}


def test_a_text_in_another_language_has_no_comparisons():
    assert find_comparisons("better than other hotels", "other") == ()


TEXTS = texts_of(
    ["better ", "than ", "other ", "hotels", "not ", "as good ", "as ", "Tesco", ", ", ". ",
     "лучше", " чем", " у ", "конкурентов", "дороже ", "Сбере", "taniej ", "niż ", "w ",
     "Biedronce", "innych ", "sklepach", "比", "京东", "别家", "好", "慢", "不如", "没有",
     "\ud800", "\x00", "и ", "«", "»"]
)  # fmt: skip


@pytest.mark.parametrize("code", CODES)
@settings(deadline=None, max_examples=150)
@given(text=TEXTS)
def test_comparisons_are_in_order_and_apart(code, text):
    found = find_comparisons(text, code)
    ends = [0, *(end for c in found for end in (c.start, c.stop)), len(text)]
    assert ends == sorted(ends)
    assert all(c.start < c.stop and c.verdict in ("win", "loss", "equal", "open") for c in found)


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize(
    "unit",
    ["a", "A", "better ", "than ", "other ", "better than ", "не ", "лучше ", "чем ", "у других ",
     "Сбер ", "lepiej ", "niż ", "od ", "比", "好", "比好", "别家", "没有", " ", "\ud800"],
)  # fmt: skip
def test_100_kb_of_one_thing_are_read(code, unit):
    text = unit * (100_000 // len(unit))
    assert all(0 <= c.start < c.stop <= len(text) for c in find_comparisons(text, code))


def test_two_runs_give_the_same_comparisons():
    text = "比京东慢"
    assert find_comparisons(text, "zh") == find_comparisons(text, "zh")
    assert find_comparisons(text, "zh") == (Comparison(0, 4, "loss", "京东"),)
