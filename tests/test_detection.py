"""The detector tells our languages apart, knows others as other, and doubts where it should."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tpfeedback.detection import Detected, detect_language
from tpfeedback.languages import available_languages

CASES = Path(__file__).parent / "golden" / "detection.txt"
GOLD = Path(__file__).parents[2] / "shared" / "data" / "gold_dev.jsonl.gz"
PAIRS = [
    line.split("\t")
    for line in CASES.read_text(encoding="utf-8").splitlines()
    if not line.startswith("#")
]
OURS = [pair for pair in PAIRS if pair[0] in available_languages()]
OTHERS = [pair for pair in PAIRS if pair[0] not in (*available_languages(), "ru-Latn")]


@pytest.mark.parametrize(("code", "text"), OURS)
def test_a_text_of_three_words_in_our_languages_is_recognised(code, text):
    assert detect_language(text).language == code


def test_nine_of_ten_texts_in_other_languages_are_other():
    wrong = [text for _, text in OTHERS if detect_language(text).language != "other"]
    assert len(wrong) <= len(OTHERS) / 10, wrong


def test_other_alphabets_are_always_other():
    codes = {"ja", "ko", "ar", "he", "el", "th", "hi", "ka", "hy"}
    texts = [text for code, text in OTHERS if code in codes]
    assert {detect_language(text).language for text in texts} == {"other"}


@pytest.mark.parametrize("text", [text for code, text in PAIRS if code == "ru-Latn"])
def test_russian_in_latin_letters_is_never_sure(text):
    detected = detect_language(text)
    assert detected.language == "other" or (detected.language == "ru" and detected.confidence < 0.5)


@pytest.mark.parametrize("text", ["", " \n", "5+", "👍👍", "!!!", "\ud800", "\x00", "1 000,50"])
def test_a_text_without_letters_gives_nothing_to_go_on(text):
    assert detect_language(text) == Detected("other", 0.0)


@pytest.mark.parametrize("text", ["ok", "A+", "xd", "ну", "👍 :D"])
def test_two_letters_are_a_guess(text):
    assert detect_language(text).confidence < 0.55


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("https://shop.example.com/order/items?page=2 заказ не приходит", "ru"),
        ("@супермаркет дорого у вас всё", "ru"),
        ("一直都喜欢@张三，质量好", "zh"),
        ("&amp; &quot; bardzo polecam sklep", "pl"),
        ("kontakt@sklep.example.pl nie odpisuje od tygodnia", "pl"),
        ("ОЧЕНЬ ДОРОГО И ДОЛГО", "ru"),
        ("NIE POLECAM NIKOMU", "pl"),
        ("Купил iPhone 14 Pro Max, батарея держит день", "ru"),
        ("Ｗｉｆｉ很慢，房间小", "zh"),
        ("OK, refund received. Thanks Agnieszka Kowalczyk!", "en"),
    ],
)
def test_addresses_names_and_brands_do_not_mislead(text, code):
    assert detect_language(text).language == code


@settings(deadline=None, max_examples=200)
@given(text=st.text(max_size=80))
def test_any_text_has_a_language_and_a_probability(text):
    detected = detect_language(text)
    assert detected.language in (*available_languages(), "other")
    assert 0 <= detected.confidence <= 1
    assert detect_language(text) == detected


@pytest.mark.parametrize("unit", ["a", "a.", "@", "a@", "&", "语", "я", " ", "\ud800", "#a "])
def test_only_the_start_of_a_megabyte_is_read(unit):
    whole = detect_language(unit * (1_000_000 // len(unit)))
    assert whole == detect_language(unit * (2_000 // len(unit)))


def test_blanks_before_a_text_do_not_hide_its_language():
    assert detect_language(" \n" * 400 + "Rude staff, we waited for hours").language == "en"


@pytest.mark.skipif(not GOLD.exists(), reason="the gold texts lie beside the repository only")
def test_99_of_100_gold_texts_are_recognised_in_each_language():
    with gzip.open(GOLD, "rt", encoding="utf-8") as lines:
        records = [json.loads(line) for line in lines]
    total = Counter(record["lang"] for record in records)
    right = Counter(r["lang"] for r in records if detect_language(r["text"]).language == r["lang"])
    assert all(right[code] >= 0.99 * total[code] for code in available_languages()), right
