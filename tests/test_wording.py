"""Words, numbers and notes in the report's languages; the translations are level and clean."""

from __future__ import annotations

import copy
import json
import re
import subprocess
import sys
import tomllib
from decimal import Decimal
from importlib.resources import files
from multiprocessing import Pipe
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import tpfeedback
from tests.priority_cases import impact_of
from tpfeedback.errors import TpfeedbackError, TpfeedbackWarning
from tpfeedback.ingest import read_export
from tpfeedback.priority import rank_touchpoints
from tpfeedback.wording import (
    Note,
    available_wordings,
    known_note,
    load_wording,
    note_record,
    write_note,
)

PACKAGE = Path(tpfeedback.__file__).parent
LANGUAGES = ("en", "pl", "ru", "zh")
PLURAL_FORMS = {
    "en": {"one", "other"},
    "pl": {"one", "few", "many", "other"},
    "ru": {"one", "few", "many", "other"},
    "zh": {"other"},
}
# Words that stay as they are in every language: names of methods, commands, columns.
SAME_EVERYWHERE = re.compile(r"^[\W\d]*$|^F1$")


def phrases_of(language):
    """Return every form of every phrase as (section, key, form, text), as the file has it."""
    source = files("tpfeedback") / "phrases" / f"{language}.toml"
    for section, entries in tomllib.loads(source.read_text(encoding="utf-8")).items():
        for key, phrase in entries.items():
            forms = phrase if isinstance(phrase, dict) else {"": phrase}
            for form, text in forms.items():
                yield section, key, form, text


def holes(text):
    return set(re.findall(r"\{(\w+)", text))


def outside_holes(text):
    return re.sub(r"\{[^}]*\}", "", text)


# --- the files


def test_there_are_words_in_four_languages():
    assert available_wordings() == LANGUAGES


def test_an_unknown_language_is_answered_with_the_known_ones():
    with pytest.raises(
        TpfeedbackError, match=r"Unknown report language 'rus'\. Known: en, pl, ru, zh\. Did you"
    ):
        load_wording("rus")


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_language_has_the_phrases_of_english(language):
    def keys(code):
        return {(section, key) for section, key, _, _ in phrases_of(code)}

    assert keys(language) == keys("en")


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_phrase_has_the_holes_that_it_has_in_english(language):
    def all_holes(code):
        found = {}
        for section, key, _, text in phrases_of(code):
            found.setdefault((section, key), set()).update(holes(text) - {"n", "count"})
        return found

    assert all_holes(language) == all_holes("en")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_phrase_with_plural_forms_has_all_of_its_language(language):
    forms = {}
    for section, key, form, _ in phrases_of(language):
        forms.setdefault((section, key), set()).add(form)
    wrong = {name: found for name, found in forms.items() if found != {""}}
    assert {name for name, found in wrong.items() if found != PLURAL_FORMS[language]} == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_phrase_has_a_hole_of_its_own_in_one_plural_form_only(language):
    counted = {}
    for section, key, form, text in phrases_of(language):
        if form not in ("", "one"):
            counted.setdefault((section, key), set()).add(frozenset(holes(text)))
    assert [name for name, found in counted.items() if len(found) > 1] == []


@pytest.mark.parametrize("language", ["ru", "zh", "pl"])
def test_no_phrase_is_left_in_english(language):
    english = {(section, key): text for section, key, _, text in phrases_of("en")}
    left = [
        (section, key)
        for section, key, _, text in phrases_of(language)
        if text == english[section, key]
        and re.search("[A-Za-z]{3}", outside_holes(text))
        and not SAME_EVERYWHERE.match(outside_holes(text))
    ]
    assert left == []


FOREIGN = {"ru": "[ąćęłńóśźż\u4e00-\u9fff]", "pl": "[а-яё\u4e00-\u9fff]", "zh": "[а-яёąćęłńśźż]"}
OWN = {"ru": "[А-Яа-яё]", "pl": "[A-Za-z]", "zh": "[\u4e00-\u9fff]"}


@pytest.mark.parametrize("language", ["ru", "zh", "pl"])
def test_each_phrase_is_in_the_letters_of_its_language(language):
    texts = [outside_holes(text) for _, _, _, text in phrases_of(language)]
    assert [text for text in texts if re.search(FOREIGN[language], text, re.IGNORECASE)] == []
    worded = [text for text in texts if re.search(r"[^\W\d_]{3}", text) and text != "F1"]
    assert [text for text in worded if not re.search(OWN[language], text)] == []


@pytest.mark.parametrize(
    ("language", "wrong"),
    [
        ("ru", '["“”„]|\\d\\.\\d'),
        ("pl", '["“«»]|\\d\\.\\d'),
        ("zh", '["«»„,;!?]|[\u4e00-\u9fff][.:]|[:.](?=[\u4e00-\u9fff])'),
    ],
)
def test_each_language_has_its_own_quotes_and_stops(language, wrong):
    code = r"\w+=\S*|pandas\.\S+|feedback\.sample\S+|tpfeedback[.\w]*|(?<=\d),(?=\d{3})"
    texts = [re.sub(code, "", outside_holes(text)) for _, _, _, text in phrases_of(language)]
    assert [text for text in texts if re.search(wrong, text)] == []


def specifications():
    """Return (section, key) -> hole -> how the languages want it written."""
    found = {}
    for language in LANGUAGES:
        for section, key, _, text in phrases_of(language):
            for name, spec in re.findall(r"\{(\w+):?([^}]*)\}", text):
                found.setdefault((section, key), {}).setdefault(name, set()).add(spec)
    return found


def sample(specs):
    if any(re.fullmatch(r"[+.\d]*[nfg%]", spec) for spec in specs):
        return 3
    return ["one", "two"] if any(specs) else "one"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_phrase_can_be_filled(language):
    for (section, key), specs in specifications().items():
        filling = {name: sample(wanted) for name, wanted in specs.items()}
        told = load_wording(language).say(section, key, **{**filling, "n": 3})
        assert not re.search(r"[{}]|\['", told), (section, key, told)


# --- numbers


@pytest.mark.parametrize(
    ("language", "shown"),
    [("en", "−1,234.50"), ("zh", "−1,234.50"), ("ru", "−1\xa0234,50"), ("pl", "−1\xa0234,50")],
)
def test_a_number_is_written_as_the_language_does(language, shown):
    assert load_wording(language).number(-1234.5) == shown


@pytest.mark.parametrize(
    ("value", "decimals", "shown"),
    [
        (0.125, 1, "0.1"),
        (-1, 0, "−1"),
        (-0.0001, 2, "0.00"),
        (None, 2, "–"),
        (float("nan"), 2, "–"),
        (float("inf"), 2, "∞"),
        (12345.6, 0, "12,346"),
        (np.float64(0.1), 3, "0.100"),
    ],
)
def test_numbers_have_a_true_minus_and_a_dash_where_they_are_missing(value, decimals, shown):
    assert load_wording().number(value, decimals) == shown


@pytest.mark.parametrize("language", LANGUAGES)
@given(value=st.floats(-1e9, 1e9), decimals=st.integers(0, 6))
def test_a_written_number_reads_back_as_itself(language, value, decimals):
    shown = load_wording(language).number(value, decimals, signed=True)
    plain = shown.replace("−", "-").replace("\xa0", "")
    plain = plain.replace(",", "." if language in ("ru", "pl") else "")
    assert abs(Decimal(plain) - Decimal(repr(value))) <= Decimal(1).scaleb(-decimals) / 2


@pytest.mark.parametrize(
    ("share", "shown"),
    [(1.0, "100"), (0.5, "50"), (0.0949, "9.5"), (0.0001, "<0.1"), (0.0996, "10"), (0.0, "0"),
     (-0.25, "−25")],
)  # fmt: skip
def test_shares_are_written_as_percentages(share, shown):
    assert load_wording().percent(share) == f"{shown}%"
    assert load_wording("ru").percent(share) == f"{shown.replace('.', ',')}\xa0%"


@pytest.mark.parametrize(
    ("language", "day", "month"),
    [
        ("en", "Mar 5, 2024", "Mar 2024"),
        ("ru", "5 мар. 2024 г.", "март 2024 г."),
        ("pl", "5 mar 2024", "mar 2024"),
        ("zh", "2024年3月5日", "2024年3月"),
    ],
)
def test_days_and_months_are_written_as_the_language_does(language, day, month):
    words = load_wording(language)
    told = [words.date("2024-03-05T10:00:00"), words.date("2024-03")]
    assert [" ".join(text.split()) for text in told] == [day, month]
    assert (words.date("2024"), words.date("soon")) == ("2024", "soon")


@pytest.mark.parametrize(
    ("language", "n", "shown"),
    [
        ("en", 1, "1 record read"), ("en", 2, "2 records read"),
        ("ru", 1, "прочитана 1 запись"), ("ru", 3, "прочитано 3 записи"),
        ("ru", 11, "прочитано 11 записей"), ("ru", 21, "прочитана 21 запись"),
        ("ru", 1234, "прочитано 1\xa0234 записи"),
        ("pl", 1, "odczytano 1 rekord"), ("pl", 22, "odczytano 22 rekordy"),
        ("pl", 21, "odczytano 21 rekordów"), ("zh", 1, "读取1条记录"),
    ],
)  # fmt: skip
def test_the_form_of_a_word_follows_its_number(language, n, shown):
    assert load_wording(language).say("notes", "read_records", n=n) == shown


@pytest.mark.parametrize(
    ("key", "filling", "shown"),
    [
        ("rivals_few", {"decided": 1, "fewest": 6}, "There is 1 win or loss in all."),
        ("rivals_few", {"decided": 0, "fewest": 6}, "There are 0 wins and losses in all."),
        ("compare_no_group", {"count": 1, "whole": 9, "column": "city"},
         "1 of 9 texts has no value in 'city', so it is not known"),
        ("compare_no_group", {"count": 3, "whole": 9, "column": "city"}, "3 of 9 texts have no"),
        ("outcome_constant", {"outcome": 5, "texts": 1}, "The outcome is 5 in the one rated text"),
        ("outcome_constant", {"outcome": 1, "texts": 7}, "The outcome is 1 in all 7 rated texts"),
    ],
)  # fmt: skip
def test_without_n_the_form_follows_the_first_count(key, filling, shown):
    assert load_wording().say("notes", key, **filling).startswith(shown)


COMPARED = {
    ("changes", "no_touchpoint"): {},
    ("tracking", "compare_none"): {},
    ("tracking", "benchmark_none"): {},
    ("tracking", "segments_none"): {"by": "city", "tested": "1"},
}


@pytest.mark.parametrize(("section", "key"), list(COMPARED))
def test_a_single_touchpoint_is_not_told_as_several(section, key):
    told = load_wording().say(section, key, n=1, compared="1", **COMPARED[section, key])
    assert "he one" in told
    assert not re.search(r"\b1 (touchpoints|tests)", told)


# --- notes


NAMES = {"delivery": "Доставка", "price": "Цена"}


def test_a_note_is_its_english_sentence_and_can_be_told_in_another_language():
    note = write_note("praise_of", touchpoint="delivery")
    assert (note, note.key, note.values) == ("praise of delivery", "praise_of",
                                             {"touchpoint": "delivery"})  # fmt: skip
    assert load_wording("ru").note(note, NAMES) == "похвалы («Доставка»)"
    assert load_wording("zh").note(note) == "对“delivery”的称赞"


def test_notes_inside_a_note_are_told_in_its_language_too():
    terms = [write_note("praise_of", touchpoint=key) for key in ("delivery", "price")]
    note = write_note("separated", terms=terms)
    assert "(separation): praise of delivery, praise of price. A logit" in note
    told = load_wording("ru").note(note, NAMES)
    assert "(разделимость): похвалы («Доставка»), похвалы («Цена»). Логит" in told


def test_numbers_of_a_note_are_written_as_its_language_does():
    note = write_note("collinear_pair", first="a", second="b", inflation=12.3, correlation=-0.956)
    assert note == "a with b (variance inflation 12, correlation −0.96)"
    assert "корреляция −0,96" in load_wording("ru").note(note)
    assert (
        load_wording("pl")
        .note(write_note("rating_constant", rating=4.5))
        .startswith("Wszystkie oceny są równe 4,5:")
    )


def test_a_note_outlives_json_a_copy_and_the_way_to_another_process():
    note = write_note("entangled", groups=[write_note("group", parts=["a", np.str_("b")])])
    record = json.loads(json.dumps(note.record))
    here, there = Pipe()
    with here, there:
        here.send(note)
        sent = there.recv()
    for language in LANGUAGES:
        words = load_wording(language)
        told = words.note(note)
        assert told == words.note(record) == words.note(copy.deepcopy(note))
        assert told == words.note(sent)
        assert "a + b" in told


def test_any_other_text_is_told_as_it_is():
    assert load_wording("ru").note("{touchpoint} is late") == "{touchpoint} is late"
    assert note_record("late") == {"text": "late", "key": "", "values": {}}
    assert load_wording("pl").note({"text": "x", "key": "gone", "values": {}}) == "x"


def test_braces_in_a_value_stay_what_they_are():
    note = write_note("rating_label", column="{note} {0} {")
    assert "'{note} {0} {'" in note
    assert "«{note} {0} {»" in load_wording("ru").note(note)


def test_each_phrase_for_a_note_is_told_somewhere():
    source = "".join(path.read_text() for path in PACKAGE.rglob("*.py"))
    keys = tomllib.loads((PACKAGE / "phrases/en.toml").read_text(encoding="utf-8"))["notes"]
    assert [key for key in keys if f'"{key}"' not in source] == []
    written = set(re.findall(r'write_note\(\s*"(\w+)"', source))
    assert len(written) > 40
    assert written - set(keys) == set()


def test_a_note_that_no_phrase_tells_is_a_mistake():
    with pytest.raises(KeyError, match="nonsense"):
        write_note("nonsense")


def test_why_a_row_was_rejected_is_told_in_each_language(tmp_path):
    path = tmp_path / "reviews.csv"
    path.write_text("text;stars\n+++;5\nlate again;1\nn/a;2\n;3\na;b;c;d\nslow;2\n")
    export = read_export(path, text="text", overall="stars")
    reasons = [str(reason) for reason in export.rejected["reason"]]
    assert reasons == ["no letters in the text", "a placeholder, no answer", "no text",
                       "4 fields where the header has 2"]  # fmt: skip
    told = [load_wording("zh").note(reason) for reason in reasons]
    assert told == [
        "文本中没有字母或汉字",
        "占位内容，不是回答",
        "没有文本",
        "有4个字段，而表头有2个",
    ]
    assert [known_note(reason).key for reason in reasons] == [
        "rejected_no_letters", "rejected_placeholder", "rejected_no_text", "rejected_fields"
    ]  # fmt: skip


@pytest.mark.parametrize("language", ["ru", "zh", "pl"])
def test_no_note_of_a_messy_export_stays_english(language):
    table = pd.DataFrame(
        {
            "Comment": ["late again", "late again, very late, two weeks", "-", "fine"] * 20,
            "Stars": ["4", "many", "5", "0"] * 20,
            "When": ["03/04/2024", "05/04/2024", "soon", "31/12/2023"] * 20,
            "row": range(80),
        }
    )
    export = read_export(table, text="Comment", overall="Stars", date="When")
    assert len(export.notes) >= 4
    for note in (*export.notes, export.summary):
        assert isinstance(note, Note)
        told = load_wording(language).note(note)
        assert told != note
        assert re.search(OWN[language], told)


def test_a_warning_carries_the_note():
    impact = impact_of([("delivery", 0.4, 0.1), ("price", 0.2, 0.1)])
    with pytest.warns(TpfeedbackWarning, match="Unknown touchpoint 'delivry'") as caught:
        rank_touchpoints(impact, cost={"delivry": 3, "price": 1})
    note = caught[0].message.args[0]
    assert note.key == "amount_misspelt"
    assert "Возможно, имелась в виду «delivery»" in load_wording("ru").note(note, NAMES)


# --- reasons


@pytest.mark.parametrize(
    ("language", "reason"),
    [
        ("en", "34% complain about it, each complaint goes with 1.9 points less; without them the "
               "mean would be 0.65 higher (0.52 to 0.78)."),
        ("ru", "Жалуются 34\xa0% клиентов, каждая жалоба связана с потерей 1,9 балла; без жалоб "
               "среднее было бы выше на 0,65 (от 0,52 до 0,78)."),
        ("pl", "Skarży się 34% klientów, każda skarga wiąże się ze stratą 1,9 punktu; bez skarg "
               "średnia byłaby wyższa o 0,65 (od 0,52 do 0,78)."),
        ("zh", "34%的客户抱怨它，每次抱怨对应少1.9分；"
               "没有这些抱怨，平均值将高出0.65（0.52至0.78）。"),
    ],
)  # fmt: skip
def test_a_reason_is_written_in_the_language_asked_for(language, reason):
    impact = impact_of([("delivery", 0.65, 0.13), ("worst", 0.8, 0.1)])
    impact.loc[0, ["negative_share", "penalty"]] = [0.34, -1.91]
    table = rank_touchpoints(impact, language=language).set_index("touchpoint")
    assert table.loc["delivery", "reason"] == reason


def test_a_chosen_fix_is_told_in_the_language_asked_for():
    impact = impact_of([("delivery", 0.4, 0.1), ("price", 0.2, 0.1)])
    table = rank_touchpoints(impact, cost={"delivery": 9.5, "price": 3}, budget=9.5, language="pl")
    assert table["reason"][0].endswith(
        " Wybrano: jedyna poprawka, która daje najwięcej w ramach budżetu 9,5."
    )


def test_reasons_in_an_unknown_language_are_refused():
    with pytest.raises(TpfeedbackError, match="Unknown report language 'de'"):
        rank_touchpoints(impact_of([("a", 0.1, 0.1)]), language="de")


def test_words_load_nothing_slow():
    code = "import sys, tpfeedback.wording; sys.exit('babel' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
