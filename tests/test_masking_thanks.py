"""Thanks announce a name, every one of several; brands, roles and things that are thanked stay."""

from __future__ import annotations

import pytest

from tpfeedback.masking import mask_personal

NAMES = {
    "ru": """
Спасибо Вере|Спасибо [имя]
Большое спасибо Роману за помощь|Большое спасибо [имя] за помощь
Спасибо Марку|Спасибо [имя]
Спасибо большое Любови!|Спасибо большое [имя]!
Спасибо, Слава!|Спасибо, [имя]!
Спасибо вам, Вера|Спасибо вам, [имя]
Спасибо Надежде за терпение|Спасибо [имя] за терпение
Спасибо Вере Ивановой|Спасибо [имя]
Спасибо Ивановой Вере|Спасибо [имя]
Благодарю Романа и Веру|Благодарю [имя] и [имя]
Хочу поблагодарить Марка|Хочу поблагодарить [имя]
Выражаю благодарность Свете|Выражаю благодарность [имя]
Спасибо менеджеру Анне и Вере|Спасибо менеджеру [имя] и [имя]
Спасибо Вере, Марку и Роману|Спасибо [имя], [имя] и [имя]
Спасибо Анне, Вере, Марку!|Спасибо [имя], [имя], [имя]!
Спасибо Сберу и Вере|Спасибо Сберу и [имя]
""",
    "en": """
Special thanks to Ahmed and Priya|Special thanks to [name] and [name]
Thanks to Tom, Priya and Ahmed|Thanks to [name], [name] and [name]
Thanks to Tom, Priya, and Ahmed!|Thanks to [name], [name], and [name]!
Thank you Sarah & Tom|Thank you [name] & [name]
Thanks to Sarah Jones and to Tom Brown|Thanks to [name] and to [name]
I spoke with Tom and Priya|I spoke with [name] and [name]
Thanks to Amazon and Priya|Thanks to Amazon and [name]
Thanks to Tom and Priya's team|Thanks to [name] and [name]'s team
""",
    "pl": """
Dziękuję Tomkowi|Dziękuję [imię]
Podziękowania dla Tomka|Podziękowania dla [imię]
Dziękuję bardzo Kasi Nowak|Dziękuję bardzo [imię]
Dziękuję, Marku!|Dziękuję, [imię]!
Dzięki Annie i Tomkowi|Dzięki [imię] i [imię]
Serdeczne podziękowania dla Natalii oraz Kasi|Serdeczne podziękowania dla [imię] oraz [imię]
Dziękujemy pani Ani i Tomkowi|Dziękujemy pani [imię] i [imię]
Dziękuję Annie-Marii|Dziękuję [imię]
""",
    "zh": """
感谢王芳|感谢[姓名]
特别感谢李娜|特别感谢[姓名]
谢谢王芳的帮助|谢谢[姓名]的帮助
感谢张丽华耐心讲解|感谢[姓名]耐心讲解
感谢店员王芳和李娜|感谢店员[姓名]和[姓名]
感谢王芳和李娜|感谢[姓名]和[姓名]
感谢王芳、李娜、陈静|感谢[姓名]、[姓名]、[姓名]
""",
}

STAYS = {
    "ru": """
Спасибо Сберу
Спасибо компании
Спасибо за помощь
Спасибо Детскому Миру
Спасибо Касперскому
Спасибо Яндексу и Магниту
Спасибо Марке за качество
Спасибо, Слава Богу, дошло
Спасибо Марк энд Спенсер
Спасибо, Люди добрые
Спасибо. Вера в людей вернулась
Спасибо менеджерам
Спасибо Почте России
Надежда на возврат была
Благодарю Магазин
""",
    "en": """
Thanks to Amazon
Thanks to Amazon and Google
Thanks to Marks and Spencer
Thanks to TomTom
Thanks to Amazon and Wendy's
Thanks to the driver
Thanks to Amazon, Sydney was sunny
""",
    "pl": """
Dziękuję Allegro
Dziękuję InPost i Allegro
Dzięki Zara
Dziękuję Douglas za perfumy
Dziękuję Adam-Bud
Dziękuję Piotr i Paweł
Dziękuję Jan Niezbędny
Dziękuję firmie
Dziękuję kurierowi
Dziękuję za pomoc
Dziękuję. Ale drogo
Dziękuję, Ale drogo
Podziękowania dla obsługi
Dzięki Bogu
""",
    "zh": """
感谢客服
感谢老板
感谢苏宁
感谢李宁
感谢华为
感谢高德
感谢严选
感谢夏普
感谢周黑鸭
感谢江小白
感谢杨国福
感谢张亮麻辣烫
感谢金华
感谢陆军
感谢金龙鱼
感谢马蜂窝
感谢任天堂
感谢曹操出行
感谢康师傅
感谢店家
谢谢小姐姐
谢谢高丽参
谢谢祝福
""",
}
MASKED = [
    (code, *line.split("|")) for code, lines in NAMES.items() for line in lines.strip().splitlines()
]
KEPT = [(code, line) for code, lines in STAYS.items() for line in lines.strip().splitlines()]


@pytest.mark.parametrize(("language", "text", "masked"), MASKED)
def test_a_name_after_thanks_is_masked(language, text, masked):
    assert mask_personal(text, language=language).text == masked
    assert mask_personal(masked, language=language).text == masked


@pytest.mark.parametrize(("language", "text"), KEPT)
def test_what_is_thanked_and_is_no_person_stays(language, text):
    assert mask_personal(text, language=language).text == text


@pytest.mark.parametrize(
    "piece",
    ["Спасибо Вере, ", "Вере и ", "Thanks to Tom, ", "Tom and ", "Dziękuję Ani i ", "感谢王芳、"],
)
def test_a_hundred_thousand_letters_of_thanks_end_within_the_test_run(piece):
    text = (piece * 20_000)[:100_000]
    assert mask_personal(mask_personal(text).text)
