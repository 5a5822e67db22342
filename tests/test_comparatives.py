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


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("en", "No other shop is cheaper"),
        ("en", "No other bank has better rates"),
        ("en", "I have never had better elsewhere"),
        ("en", "You will not find it cheaper elsewhere"),
        ("en", "You won’t find nicer or cheaper elsewhere"),
        ("en", "None of the other hotels was cleaner"),
        ("en", "Few other shops are cheaper"),
        ("en", "Other banks are not really cheaper"),
        ("en", "There is no hotel that is better than Hilton"),
        ("en", "Better than Tesco you will not find"),
        ("en", "Compared to Emirates the food was not good"),
        ("en", "I can't say that it is better than other banks"),
        ("en", "Prices here are never lower than at Lidl"),
        ("en", "Better not go to another shop"),
        ("pl", "U konkurencji nie jest taniej"),
        ("pl", "Konkurencja nie jest lepsza"),
        ("pl", "nie kupisz taniej w innym sklepie"),
        ("pl", "Inne sklepy nie wysyłają szybciej"),
        ("pl", "Nie ma sklepu, który jest tańszy od Biedronki"),
        ("pl", "Taniej niż w Biedronce nie kupisz"),
        ("pl", "Nigdzie nie jest taniej niż w Biedronce"),
        ("pl", "Nie powiem, że jest lepiej niż w innych sklepach"),
        ("pl", "Lepiej nie iść do konkurencji"),
        ("ru", "Не могу сказать, что лучше, чем в других банках"),
        ("ru", "У конкурентов не бывает дешевле"),
        ("ru", "Вы не найдёте дешевле в других магазинах"),
        ("ru", "Дешевле, чем в Ашане, не найдёте"),
        ("ru", "Нигде не дешевле, чем у конкурентов"),
        ("ru", "Нет банка, который был бы лучше Сбера"),
        ("ru", "Лучше не обращаться в другой банк"),
        ("zh", "没有一家比京东好"),
        ("zh", "别家不比你们好"),
        ("zh", "别家没有更便宜"),
        ("zh", "不觉得比别家好"),
        ("zh", "没有比京东更好的了"),
        ("zh", "比京东好的没有"),
        ("zh", "比京东不慢"),
    ],
)
def test_what_its_clause_takes_back_is_no_comparison(code, text):
    assert find_comparisons(text, code) == ()


@pytest.mark.parametrize(
    ("code", "text", "verdict"),
    [
        ("en", "better than Tesco, not only cheaper", "win"),
        ("en", "Not only cheaper than Tesco, also nicer", "win"),
        ("en", "Not cheap but better than Tesco", "win"),
        ("en", "The room was not clean and worse than other hotels", "loss"),
        ("en", "I don't like that it is slower than other shops", "loss"),
        ("en", "I can't believe it is more expensive than Tesco", "loss"),
        ("en", "A few other shops are cheaper", "loss"),
        ("en", "Not recommended better off going to another shop", "loss"),
        ("pl", "Nie tylko taniej niż w Lidlu", "win"),
        ("pl", "Nie podoba mi się, że jest drożej niż w Lidlu", "loss"),
        ("pl", "Nie polecam lepiej iść do konkurencji", "loss"),
        ("pl", "Nigdy nie gorzej niż u konkurencji", "equal"),
        ("ru", "Дешевле, чем в Пятёрочке, не только быстрее", "win"),
        ("ru", "Не нравится, что дороже, чем в магазине", "loss"),
        ("ru", "Приложение не работает, у конкурентов лучше", "loss"),
        ("ru", "Не советую лучше обратиться в другой банк", "loss"),
        ("ru", "Ни капли не хуже, чем в Сбере", "equal"),
        ("ru", "Стоимость не выше, чем у других", "equal"),
        ("zh", "没想到比京东慢", "loss"),
        ("zh", "不得不说比别家便宜", "win"),
        ("zh", "味道不错比别家好", "win"),
        ("zh", "没有包装比别家贵", "loss"),
        ("zh", "不会比别家贵", "equal"),
        ("zh", "没有比别家贵", "equal"),
        ("zh", "并没有比别家便宜", "equal"),
        ("zh", "没比别家便宜", "equal"),
    ],
)
def test_a_negation_elsewhere_or_of_the_form_itself_leaves_the_comparison(code, text, verdict):
    assert [told.verdict for told in find_comparisons(text, code)] == [verdict]


@pytest.mark.parametrize(
    ("text", "verdict", "rival"),
    [
        ("比別家貴", "loss", None),
        ("沒有京東快", "loss", "京东"),
        ("不如美團", "loss", "美团"),
        ("比麥當勞便宜", "win", "麦当劳"),
        ("比競爭對手差", "loss", None),
        ("比臺灣銀行快", "win", "臺灣銀行"),
        ("別家更便宜", "loss", None),
    ],
)
def test_traditional_characters_compare_as_simplified_ones_do(text, verdict, rival):
    [found] = find_comparisons(text, "zh")
    assert (found.verdict, found.rival, found.start, found.stop) == (verdict, rival, 0, len(text))


@pytest.mark.parametrize(
    ("code", "text", "verdicts"),
    [
        ("ru", "По сравнению с другими отелями чище", ["win"]),
        ("ru", "По сравнению с конкурентами всё намного дороже", ["loss"]),
        ("ru", "По сравнению с другими банками не лучше", []),
        ("ru", "По сравнению с прошлым годом лучше", []),
        ("pl", "W porównaniu z innymi hotelami lepiej", ["win"]),
        ("pl", "W porównaniu do konkurencji jest drożej", ["loss"]),
        ("pl", "W porównaniu z innymi bankami nie lepiej", []),
        ("pl", "W porównaniu z zeszłym rokiem lepiej", []),
        ("zh", "与其他平台相比，速度更快", ["win"]),
        ("zh", "对比其他店，这家贵", ["loss"]),
        ("zh", "和其他店相比，不太好", []),
        ("zh", "和以前相比好多了", []),
        ("zh", "其他银行服务更好", ["loss"]),
    ],
)
def test_in_comparison_with_others_tells_who_is_better(code, text, verdicts):
    assert [found.verdict for found in find_comparisons(text, code)] == verdicts


TEXTS = texts_of(
    ["better ", "than ", "other ", "hotels", "not ", "as good ", "as ", "Tesco", ", ", ". ",
     "лучше", " чем", " у ", "конкурентов", "дороже ", "Сбере", "taniej ", "niż ", "w ",
     "Biedronce", "innych ", "sklepach", "比", "京东", "别家", "好", "慢", "不如", "没有", "不",
     "never ", "нет ", "nie ", "\ud800", "\x00", "и ", "«", "»"]
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
     "Сбер ", "lepiej ", "niż ", "od ", "比", "好", "比好", "别家", "没有", " ", "\ud800",
     "not better than Tesco ", "nie lepiej niż w ", "нет лучше Сбера ", "没有比京东好"],
)  # fmt: skip
def test_100_kb_of_one_thing_are_read(code, unit):
    text = unit * (100_000 // len(unit))
    assert all(0 <= c.start < c.stop <= len(text) for c in find_comparisons(text, code))


def test_two_runs_give_the_same_comparisons():
    text = "比京东慢"
    assert find_comparisons(text, "zh") == find_comparisons(text, "zh")
    assert find_comparisons(text, "zh") == (Comparison(0, 4, "loss", "京东"),)
