"""Every file in tpfeedback/languages is a language that keeps the contract."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tpfeedback.languages
from tpfeedback.errors import TpfeedbackError
from tpfeedback.languages import Language, Span, available_languages, load_language
from tpfeedback.languages.rules import WINDOW, Mark, cut
from tpfeedback.languages.rules.clauses import contrast, two_full_sides
from tpfeedback.languages.rules.sentences import abbreviation, inside_address, missing_space

FOLDER = Path(tpfeedback.languages.__file__).parent
CODES = available_languages()
SCRIPTS = {"ru": "[а-яё]", "en": "[a-z]", "pl": "[a-ząćęłńóśźż]", "zh": "[\u4e00-\u9fff]"}


def pieces(text: str, spans: list[Span]) -> list[str]:
    return [text[span.start : span.stop] for span in spans]


def test_every_module_of_the_folder_is_found_as_a_language():
    assert set(CODES) == {path.stem for path in FOLDER.glob("*.py")} - {"__init__"}


@pytest.mark.parametrize("code", CODES)
def test_a_language_keeps_the_contract(code):
    language = load_language(code)
    assert isinstance(language, Language)
    assert language.code == code
    assert language.name
    assert len(language.stop_words) >= 50
    text = "4.5 ok"
    assert pieces(text, language.words(text)) == ["4.5", "ok"]
    assert language.sentences("") == language.clauses("") == language.words("") == []
    assert isinstance(language.normal_form("OK"), str)


@pytest.mark.parametrize("code", CODES)
def test_each_word_table_holds_one_script(code):
    letters = "".join(load_language(code).stop_words)
    assert not re.sub(rf"{SCRIPTS[code]}|['’-]", "", letters)


@pytest.mark.parametrize("code", CODES)
@settings(deadline=None, max_examples=60)
@given(text=st.text(max_size=60))
def test_words_are_in_order_and_hold_a_letter_or_digit(code, text):
    spans = load_language(code).words(text)
    bounds = [bound for span in spans for bound in (span.start, span.stop)]
    assert bounds == sorted(bounds)
    assert all(any(c.isalnum() for c in piece) for piece in pieces(text, spans))


@pytest.mark.parametrize("code", CODES)
@settings(deadline=None, max_examples=60)
@given(word=st.text(max_size=20))
def test_any_word_has_a_normal_form(code, word):
    assert isinstance(load_language(code).normal_form(word), str)


@pytest.mark.parametrize(
    ("code", "forms"),
    [
        ("ru", ["курьер", "Курьеры", "курьером", "курьеров"]),
        ("ru", ["ещё", "еще", "Ещё"]),
        ("ru", ["доставка", "доставку", "доставкой"]),
        ("pl", ["zamówienie", "zamowienie", "zamówienia", "Zamówieniem"]),
        ("pl", ["obsługa", "obsluga", "obsługi", "obsłudze", "obsłudze"]),
        ("pl", ["przesyłka", "przesylki", "przesyłce", "przesyłek"]),
        ("pl", ["kurier", "kurierzy", "kurierów", "kurierow"]),
        ("pl", ["czekałem", "czekalam", "czekać", "czekac"]),
        ("pl", ["jakość", "jakosc", "jakości"]),
        ("en", ["delivery", "Deliveries"]),
        ("en", ["refund", "refunds", "refunded", "refunding"]),
        ("zh", ["ＡＰＰ", "app", "App"]),
    ],
)
def test_forms_of_one_word_share_the_normal_form(code, forms):
    assert len({load_language(code).normal_form(form) for form in forms}) == 1


@pytest.mark.parametrize(
    ("code", "text", "words"),
    [
        ("ru", "Wi-Fi не работает, 2,5 часа!", ["Wi-Fi", "не", "работает", "2,5", "часа"]),
        ("pl", "Zł-ota, 15:30 np.", ["Zł-ota", "15:30", "np"]),
        ("en", "don't (ever) pay 4.50", ["don't", "ever", "pay", "4.50"]),
        ("zh", "快递很快，包装不错。", ["快递", "很快", "包装", "不错"]),
    ],
)
def test_words_leave_punctuation_out_and_numbers_whole(code, text, words):
    assert pieces(text, load_language(code).words(text)) == words


@pytest.mark.parametrize("code", ["rus", "", "EN", "rules", "../en"])
def test_an_unknown_language_is_answered_with_the_known_ones(code):
    with pytest.raises(TpfeedbackError, match=r"Unknown language .*Known: en, pl, ru, zh\."):
        load_language(code)


def mark(sign: str, left: str = "word ", right: str = " word") -> Mark:
    return Mark(sign, left, right, piece=left, following=right)


@pytest.mark.parametrize(
    ("rule", "given_mark", "said"),
    [
        (abbreviation(frozenset({"ул"}), frozenset({"руб"})), mark(".", "на ул", " Мира"), False),
        (abbreviation(frozenset({"ул"}), frozenset({"руб"})), mark(".", "5 руб", " за"), False),
        (abbreviation(frozenset({"ул"}), frozenset({"руб"})), mark(".", "5 руб", " Мало"), True),
        (abbreviation(frozenset({"ул"}), frozenset({"руб"})), mark(".", "слово", " Да"), None),
        (inside_address, mark(".", "www", "shop.pl"), False),
        (inside_address, mark(".", "good", "Will"), None),
        (missing_space, mark(".", "Good", "Will buy"), True),
        (missing_space, mark(".", "т", "е"), False),
        (contrast(["but"]), mark(",", "cheap", " but slow"), True),
        (contrast(["but"]), mark(",", "cheap", " butter too"), None),
        (contrast(["but"]), mark(",", "cheap", " but"), None),
        (two_full_sides(frozenset({"a"})), mark(",", "great food", " low price"), True),
        (two_full_sides(frozenset({"a"})), mark(",", "a big", " bright room"), False),
    ],
)
def test_a_rule_says_cut_or_join_or_has_no_opinion(rule, given_mark, said):
    assert rule(given_mark) is said


def test_the_first_rule_with_an_opinion_decides():
    text = "one;two"
    comma = re.compile(";")
    assert len(cut(text, comma, [lambda m: None, lambda m: False, lambda m: True])) == 1
    assert len(cut(text, comma, [lambda m: None, lambda m: True, lambda m: False])) == 2
    assert len(cut(text, comma, [lambda m: None])) == 1


def test_a_rule_sees_no_further_than_the_window():
    seen = []
    cut("a" * 500 + ";" + "b" * 500, re.compile(";"), [seen.append])
    assert all(len(side) == WINDOW for side in (seen[0].left, seen[0].right, seen[0].piece))


def test_languages_load_their_libraries_on_first_use_and_leave_no_trace(tmp_path):
    code = """
import sys
from tpfeedback.languages import available_languages, load_language
for name in available_languages():
    load_language(name).clauses("a, b. c")
print({"jieba", "pymorphy3", "snowballstemmer", "nltk", "numpy"} & set(sys.modules))
for name in available_languages():
    language = load_language(name)
    language.normal_form("x"), language.words("东西很好")
"""
    run = subprocess.run(
        [sys.executable, "-W", "default", "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={"TMPDIR": str(tmp_path), "PATH": "", "PYTHONDONTWRITEBYTECODE": "1"},
    )
    assert (run.stdout, run.stderr) == ("set()\n", "")
    assert list(tmp_path.iterdir()) == []
