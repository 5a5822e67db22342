"""Texts are cut into clauses that cover them, in linear time, as the golden files say."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tpfeedback.languages import available_languages
from tpfeedback.segmentation import segment

GOLDEN = Path(__file__).parent / "golden"
CODES = (*available_languages(), "other")


def golden_lines(code: str) -> list[str]:
    return (GOLDEN / f"segments_{code}.txt").read_text(encoding="utf-8").splitlines()


def uncut(line: str) -> str:
    return line.replace(" | ", " ").replace("|", "")


GOLDEN_CASES = [
    (code, line.replace("\\n", "\n"))
    for code in available_languages()
    for line in golden_lines(code)
]


@pytest.mark.parametrize(("code", "line"), GOLDEN_CASES)
def test_a_text_is_cut_where_the_golden_file_has_a_bar(code, line):
    expected = [piece.strip() for piece in line.split("|")]
    assert [piece.text for piece in segment(uncut(line), code)] == expected


def test_every_language_has_at_least_25_golden_lines():
    assert all(len(golden_lines(code)) >= 25 for code in available_languages())


# Marks, words and oddities that texts are made of, so that hypothesis meets the rules often.
PARTS = st.one_of(
    st.sampled_from(
        [". ", ".", ", ", "!", "?!", "…", "...", "\n", "\r\n- ", "; ", " - ", ")", ":)", " (", "«",
         " но ", " but ", " ale ", "但是", "不过", "，", "。", "、", "词语",
         "т.е.", "np.", "e.g.", "4.5", "1.",
         "www.a.ru/?b=1,2", "a@b.pl",
         "👍", "👩‍🔬", "\ud800", "\x00", "\x1c", "\u200b", "\u2028", "•",
         "Слово", "слово", "Word", "word", "słowo", "مرحبا", "И", "а", "&amp;"]
    ),
    st.text(max_size=6),
)  # fmt: skip
TEXTS = st.lists(PARTS, max_size=25).map("".join)


@pytest.mark.parametrize("code", CODES)
@settings(deadline=None, max_examples=120)
@given(text=TEXTS)
def test_segments_cover_every_character_but_spaces_once_and_in_order(code, text):
    segments = segment(text, code)
    assert all(text[piece.start : piece.stop] == piece.text for piece in segments)
    assert all(piece.text and piece.text == piece.text.strip() for piece in segments)
    ends = [0, *(bound for piece in segments for bound in (piece.start, piece.stop)), len(text)]
    assert ends == sorted(ends)
    assert not "".join(text[ends[i] : ends[i + 1]] for i in range(0, len(ends), 2)).strip()


@pytest.mark.parametrize("code", CODES)
@settings(deadline=None, max_examples=60)
@given(text=TEXTS)
def test_no_segment_is_without_letter_or_digit_unless_the_text_is(code, text):
    segments = segment(text, code)
    assert len(segments) <= 1 or all(re.search(r"[^\W_]", piece.text) for piece in segments)


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("text", ["", " ", "\n\t \u3000"])
def test_a_text_without_characters_has_no_segments(code, text):
    assert segment(text, code) == []


@pytest.mark.parametrize(
    ("code", "length"), [(code, 100_000 if code == "ru" else 20_000) for code in CODES]
)
@pytest.mark.parametrize(
    "unit",
    ["a", " ", ".", ",", "!", "\n", "-", " - ", "1", "1.", "a.", "а,", "(", ")", ":", "，", "但是",
     "词", "👍", "•", "\ud800", "@", "a@", "but ", " но", "'", '."', "; ", "_", "\x00", "&a;"],
)  # fmt: skip
def test_100_kb_of_one_thing_are_cut_without_adding_a_character(code, length, unit):
    text = unit * (length // len(unit))
    segments = segment(text, code)
    assert sum(len(piece.text.replace(" ", "")) for piece in segments) <= len(text)


def test_an_unknown_language_is_cut_by_what_all_scripts_share():
    pieces = segment("Sehr gute Lieferung, netter Fahrer. Gerne wieder!", "other")
    assert [piece.text for piece in pieces] == [
        "Sehr gute Lieferung,",
        "netter Fahrer.",
        "Gerne wieder!",
    ]


def test_two_runs_give_the_same_segments():
    text = "Доставка быстрая, но дорогая. Курьер вежливый"
    assert segment(text, "ru") == segment(text, "ru")
