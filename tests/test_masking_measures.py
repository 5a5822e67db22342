"""A size, a weight or a price in three groups of digits is no phone; a phone still is one."""

from __future__ import annotations

import pytest

from tpfeedback.masking import mask_personal

UNIT_FOLLOWS = """
шкаф 200-60-45 см
шкаф 200-60-45см
шкаф (200-60-45 см) не влез
шкаф 200-60-45 (см)
Шкаф 200-60-45 СМ
доска 200-60-45 мм
бак 120-60-45 л.
комната 200-60-45 м
комнаты 200-60-45 кв. м
ящик 300-20-10 кг
ящик 300-20-10 килограммов
sofa 200-60-45 cm
sofa 200-600-4500 mm
sofa 400 600 1000 mm
boxes 300-20-10 kg
boxes 300-20-10 lbs
shelf 200-60-45 inches
szafa 200-60-45 cm
szafa 600-700-800 mm
szafa 22-120-45-30 cm
zbiornik 500-600-700 litrów
柜子200-60-45厘米
柜子200-60-45公分，太大
箱子500-600-700 毫米
木板200-60-45米长
""".strip().splitlines()

WORD_BEFORE = """
cena 600-700-800
Cena: 600 700 800
ceny od 600-700-800
kosztuje 600-700-800
rozmiar 200-60-45
wymiary: 200-60-45
размер 200-60-45
Габариты — 200-60-45
цена 600-70-80, дорого
стоит около 600-70-80
price 800-900-1000
prices from 800-900-1000
size is 200-60-45
Dimensions (200-60-45) are wrong
尺寸：200-60-45
价格600-70-80
""".strip().splitlines()

PHONES = [
    ("шкаф не везут, звоните 200-60-45", "шкаф не везут, звоните [phone]"),
    ("звоните 200-60-45 смело", "звоните [phone] смело"),
    ("123-45-67 метро Таганская", "[phone] метро Таганская"),
    ("123-45-67 м. Таганская", "[phone] м. Таганская"),
    ("123-45-67 лучше не звонить", "[phone] лучше не звонить"),
    ("123-45-67 кв. 12", "[phone] кв. 12"),
    ("Узнать цену: 8-916-123-45-67", "Узнать цену: [phone]"),
    ("цена 916-123-45-67", "цена [phone]"),
    ("размер не тот 200-60-45", "размер не тот [phone]"),
    ("весь день 200-60-45 молчит", "весь день [phone] молчит"),
    ("415-555-2671 in the morning", "[phone] in the morning"),
    ("415-555-2671 m-f only", "[phone] m-f only"),
    ("\"415-555-2671\"", "\"[phone]\""),
    ("a sizeable office, 415-555-2671", "a sizeable office, [phone]"),
    ("501-234-567 metro Wilanowska", "[phone] metro Wilanowska"),
    ("501-234-567 m. 5", "[phone] m. 5"),
    ("cena znana, 501-234-567", "cena znana, [phone]"),
    ("cenaton 501-234-567", "cenaton [phone]"),
    ("打13812345678升级套餐", "打[phone]升级套餐"),
    ("订餐13812345678米饭好吃", "订餐[phone]米饭好吃"),
    ("price 078-05-1120", "price [document]"),
    ("123-45-67 (см. сайт)", "[phone] (см. сайт)"),
    ("415-555-2671 DM me", "[phone] DM me"),
    ("店长 138-1234-5678", "店长 [phone]"),
    ("价格 138-1234-5678", "价格 [phone]"),
]  # fmt: skip


@pytest.mark.parametrize("text", UNIT_FOLLOWS)
def test_figures_before_a_unit_are_no_phone(text):
    assert mask_personal(text).text == text


@pytest.mark.parametrize("text", WORD_BEFORE)
def test_figures_right_after_a_word_of_size_or_price_are_no_phone(text):
    assert mask_personal(text).text == text


@pytest.mark.parametrize(("text", "masked"), PHONES)
def test_a_phone_without_a_sign_of_size_or_price_is_masked(text, masked):
    assert mask_personal(text).text == masked
