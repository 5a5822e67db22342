"""A mistake in a taxonomy is told with its place and with what to write instead."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from tests.taxonomy_cases import bar, broth
from tpfeedback.errors import TaxonomyError
from tpfeedback.taxonomy import load_taxonomy

# --- in a TOML file: the line -----------------------------------------------------------------

HEAD = 'key = "bar"\nnames = {en = "Bar"}\n'
BROTH = """
[[touchpoints]]
key = "broth"
stage = "after"
channel = "physical"
names.en = "Broth"
cues.en = ["broth", "soup base"]
"""

SYNTAX = [
    ("a text not closed", 'key = "broth', 'Close the text with " on the same line'),
    ("a text without quotes", "key = broth", 'Write quotes around a text: "..."'),
    ("curly quotes", "key = “broth”", "Write straight quotes"),
    ("quotes of another language", "names.ru = «Бульон»", "Write straight quotes"),
    ("no comma between phrases", 'cues.en = ["a" "b"]', "Write a comma between two phrases"),
    ("a comma of Chinese", 'cues.zh = ["汤底"，"浓汤"]', "Write a plain comma"),
    ("a list not opened", 'cues.pl = "a", "b"]', "Open the list with a bracket"),
    ("a backslash", r'names.en = "in\out"', "Write a backslash twice"),
    ("one bracket", "[touchpoints]", "Write [[touchpoints]], two brackets on either side"),
    ("brackets not closed", "[[touchpoints]", "Close it with as many brackets as open it"),
    ("a bracket not closed", "[touchpoints.descriptions", "Close it with a bracket"),
    ("a field twice", 'stage = "after"\nstage = "before"', "delete one of the two"),
    ("a table twice", 'names.pl = "a"\n[touchpoints.names]', "make them one"),
    ("a colon", 'key: "broth"', "Write = in place of the colon"),
    ("a blank before the language", 'names pl = "Bulion"', "Write a dot before the language"),
    ("a field in another alphabet", 'имя = "broth"', "Write the field's English name"),
    ("quotes inside a text", 'names.pl = "the "best" soup"', r"Write quotes inside a text as \""),
    ("quotes inside a phrase", 'cues.pl = ["a "b" c", "d"]', r"Write quotes inside a text as \""),
    ("an apostrophe", "names.pl = 'chef's soup'", "between double quotes"),
    ("slashes", "// the soups", "Begin a remark with #"),
    ("a comma before the bracket", 'names = {pl = "a",}', "without a comma before }"),
    ("a table over two lines", 'names = {pl = "a",\nen = "b"}', "Keep { ... } on one line"),
    ("no value", "parent =", 'Write a value behind =, such as "...", or delete the line'),
    ("a word alone", "parent", "Write = and a value"),
    ("two fields on a line", 'parent = "a", catch_all = true', "each field on a line of its own"),
    ("a semicolon", 'parent = "product";', "Delete what stands behind the value"),
    ("another format", '{"key": "bar"}', "This is another format"),
    ("a character that is not seen", 'parent = "a\x01b"', "write it anew"),
]


@pytest.mark.parametrize(
    ("line", "mending"), [case[1:] for case in SYNTAX], ids=[case[0] for case in SYNTAX]
)
def test_broken_toml_is_told_with_its_line_and_how_to_mend_it(
    tmp_path: Path, line: str, mending: str
) -> None:
    path = tmp_path / "bar.toml"
    path.write_text(HEAD + BROTH + line + "\n", encoding="utf-8")
    with pytest.raises(TaxonomyError) as caught:
        load_taxonomy(path)
    told = str(caught.value)
    numbers = {n for n, one in enumerate((HEAD + BROTH + line).split("\n"), 1) if one in line}
    found = re.search(r"bar\.toml' is not valid TOML: line (\d+), ", told)
    assert found is not None
    assert int(found[1]) in numbers | {3}
    assert mending in told


def test_a_list_that_is_never_closed_is_told_where_the_reading_stops(tmp_path: Path) -> None:
    path = tmp_path / "bar.toml"
    path.write_text(HEAD + '[[touchpoints]]\ncues.en = ["a",\n"b"\n\n', encoding="utf-8")
    with pytest.raises(TaxonomyError, match=r"line 5, '\"b\"': Unclosed array\. Close the list"):
        load_taxonomy(path)


TOML_MISTAKES = """key = "Noodle bar"
version = "1"
extends = "hotel"
title = "Noodles"
names = {en = "Bar", de = "Bar"}

[[touchpoints]]
key = "broth"
stage = "later"
channel = "telephone"
parent = "produkt"
names.en = "Broth"
cues.en = ["broth"]

[[touchpoints]]
key = "broth"
stage = "after"
channel = "physical"
description = "Soup."
cues.en = ["Broth"]
cues.zh = []

[[touchpoints]]
key = "rice"
channel = "physical"
parent = "rice"
catch_all = "yes"
names = "Rice"

[[touchpoints]]
stage = "after"
channel = "physical"
names.en = ""
descriptions.en = 7
"""
TOLD = [
    (1, "key is 'Noodle bar'. Allowed: small Latin letters", "Write noodle_bar."),
    (2, "version is '1'. Allowed: a whole number from 1.", "Write version = 1."),
    (3, "extends is 'hotel'. Allowed: general", "Correct or delete it."),
    (4, "Unknown field 'title'.", "Correct or delete it."),
    (5, "names: Unknown language 'de'. Known: en, pl, ru, zh.", "Write one of these codes."),
    (9, "touchpoint 1 'broth': Unknown stage 'later'.", "Write one of these."),
    (10, "touchpoint 1 'broth': Unknown channel 'telephone'.", "Write one of these."),
    (11, "touchpoint 1 'broth': Unknown parent 'produkt'.", "Did you mean 'product'?"),
    (15, "touchpoint 2 'broth': names.en is missing.", 'Write names.en = "..."'),
    (16, "key 'broth' is taken by touchpoint 1 'broth' (line 7).", "Rename one of the two"),
    (19, "Unknown field 'description'.", "Did you mean 'descriptions'?"),
    (20, "the phrase 'Broth' in cues.en is claimed twice", "Keep it where it fits best"),
    (21, "cues.zh is []. Allowed: a list of texts", 'Write cues.zh = ["...", "..."], or delete'),
    (23, "touchpoint 3 'rice': stage is missing. Allowed: before", 'Write stage = "..."'),
    (23, "descriptions and cues are both missing.", 'Write descriptions.en = "..."'),
    (26, "its parents go in a circle: rice -> rice.", "Delete or change one of these parents."),
    (27, "catch_all is 'yes'. Allowed: true or nothing.", "Write one of these."),
    (28, "names is 'Rice'. Allowed: a table from language to words.", "Write names = {en ="),
    (30, "touchpoint 4: key is missing.", 'Write key = "wifi_in_room".'),
    (33, "names.en is ''. Allowed: a text, not empty.", 'Write names.en = "..."'),
    (34, "descriptions.en is 7. Allowed: a text, not empty.", "or delete descriptions.en"),
]


def test_a_toml_file_with_twenty_mistakes_gets_a_message_for_each_with_its_line(
    tmp_path: Path,
) -> None:
    path = tmp_path / "bar.toml"
    path.write_text(TOML_MISTAKES, encoding="utf-8")
    with pytest.raises(TaxonomyError) as caught:
        load_taxonomy(path)
    head, *told = str(caught.value).split("\n")
    lines = [int(found[1]) for one in told if (found := re.search(r"\. line (\d+), ", one))]
    assert len(lines) == len(told)
    assert lines == sorted(lines)
    for line, wrong, mending in TOLD:
        assert [one for one in told if f" line {line}, " in one and wrong in one and mending in one]
    # A name that is no table is no English name either; nothing else is told twice.
    assert len(told) == len(TOLD) + 1
    assert head.endswith(f"bar.toml has {len(told)} problems:")


# --- in a sheet: the row and the column -------------------------------------------------------

HEADER = ["key", "parent", "stage", "channel", "name_en", "name_pl", "phrases_en"]
SOUP = ["soup", "product", "after", "physical", "Soup", "Zupa", "soup"]
RICE = ["rice", "product", "after", "physical", "Rice", "Ryż", "rice"]


def changed(row: list[Any], **cells: Any) -> list[Any]:
    """Return a row of the sheet with some cells changed."""
    return [cells.get(name, cell) for name, cell in zip(HEADER, row, strict=True)]


SHEET_MISTAKES = [
    ("no key", [HEADER, SOUP, changed(RICE, key="")],
     r"row 3, column key, touchpoint 2: key is missing.*Fill in key"),
    ("a key with blanks", [HEADER, changed(SOUP, key="Hot soup")],
     r"row 2, column key, .*key is 'Hot soup'\. Allowed: small Latin.*Write hot_soup\."),
    ("a key used twice", [HEADER, SOUP, [], changed(RICE, key="soup")],
     r"row 4, column key, .*'soup' is taken by touchpoint 1 'soup' \(row 2\)"),
    ("a parent that does not exist", [HEADER, changed(SOUP, parent="produkt")],
     r"row 2, column parent, .*Unknown parent 'produkt'.*mean 'product'\?"),
    ("a wrong stage", [HEADER, changed(SOUP, stage="Po zakupie")],
     r"row 2, column stage, .*Unknown stage 'po zakupie'.*Known: after, before"),
    ("no channel", [HEADER, changed(SOUP, channel=None)],
     r"row 2, column channel, .*channel is missing\. Allowed: digital.*Fill in channel"),
    ("a language for some rows only", [HEADER, SOUP, changed(RICE, name_pl=None)],
     r"row 3, column name_pl, .*name_pl is missing.*Fill in name_pl"),
    ("no words at all", [HEADER, changed(SOUP, phrases_en=" ")],
     r"row 2, touchpoint 1 'soup': .*Fill in description_en, or fill in phrases_en"),
    ("a phrase claimed twice", [HEADER, SOUP, changed(RICE, phrases_en="rice\nSoup")],
     r"row 3, column phrases_en, .*'Soup' in phrases_en is claimed twice, .* \(row 2\)"),
    ("a circle", [HEADER, changed(SOUP, parent="rice"), changed(RICE, parent="soup")],
     r"row 3, column parent, .*circle: rice -> soup -> rice"),
    ("a misspelt column", [[*HEADER, "phrazes_pl"], [*SOUP, "zupa"]],
     r"row 1, .*Unknown column 'phrazes_pl'.*mean 'phrases_pl'\? Correct or delete it"),
    ("an unknown language", [[*HEADER, "name_cn"], [*SOUP, "汤"]],
     r"row 1, .*column 'name_cn': Unknown language 'cn'.*en, pl, ru, zh"),
    ("a column twice", [[*HEADER, "Key"], [*SOUP, "x"]],
     r"row 1, .*column 'Key' is there twice.*Make them one column"),
    ("no rows", [HEADER], r"touchpoints is \[\].*Write a row for each below the names"),
    ("an answer that is none", [[*HEADER, "catch_all"], [*SOUP, "maybe"]],
     r"row 2, column catch_all, .*catch_all is 'maybe'\. Allowed: yes or nothing"),
    ("no columns", [["touchpoint", "words"], ["soup", "hot"]],
     r"No sheet of '.*bar\.xlsx' has the columns.*name_en.*to_excel"),
    ("nothing", [], r"No sheet of '.*bar\.xlsx' has the columns"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("rows", "message"),
    [case[1:] for case in SHEET_MISTAKES],
    ids=[case[0] for case in SHEET_MISTAKES],
)
def test_a_mistake_in_a_sheet_is_told_with_its_row_and_column(
    tmp_path: Path, rows: list[list[Any]], message: str
) -> None:
    with pytest.raises(TaxonomyError, match=message):
        load_taxonomy(write_sheets(tmp_path / "bar.xlsx", touchpoints=rows))


@pytest.mark.parametrize(
    ("head", "message"),
    [
        ([["version", "new"]], r"sheet 'taxonomy', .*version is 'new'\. Allowed: a whole number"),
        ([["key", "Мой бар"]], r"sheet 'taxonomy', .*key is 'Мой бар'\. Allowed: .*Fill in key"),
        ([["colour", "red"]], r"sheet 'taxonomy', .*Unknown column 'colour'\. Known: .*extends"),
        ([["name_cn", "吧"]], r"sheet 'taxonomy', .*Unknown language 'cn'"),
        ([["name_ru", "Бар"]], r"row 2, column name_ru, .*name_ru is missing.*\(ru\)"),
    ],
)
def test_a_mistake_in_the_sheet_of_the_list_is_told(
    tmp_path: Path, head: list[list[Any]], message: str
) -> None:
    path = write_sheets(tmp_path / "bar.xlsx", touchpoints=[HEADER, SOUP], taxonomy=head)
    with pytest.raises(TaxonomyError, match=message):
        load_taxonomy(path)


def write_sheets(path: Path, **sheets: list[list[Any]]) -> Path:
    """Write the rows of each sheet as they are."""
    with xlsxwriter.Workbook(str(path)) as book:
        for name, rows in sheets.items():
            page = book.add_worksheet(name)
            for number, row in enumerate(rows):
                page.write_row(number, 0, row)
    return path


# --- in a mapping: the touchpoint and the key -------------------------------------------------

MISTAKES = [
    ("a key that is no plain name", bar(key="Noodle Bar"),
     r"head of the taxonomy: key is 'Noodle Bar'\. Allowed: small Latin"),
    ("no key", {k: v for k, v in bar().items() if k != "key"},
     r"head of the taxonomy: key is missing"),
    ("no name at all", bar(names={}),
     r"head of the taxonomy: names is {}\. Allowed: a name in one of"),
    ("a version that is no number", bar(version="1.0"),
     r"version is '1\.0'\. Allowed: a whole number"),
    ("a version before the first", bar(version=0),
     r"version is 0\. Allowed: a whole number from 1"),
    ("no touchpoints", bar(touchpoints=[]),
     r"touchpoints is \[\]\. Allowed: a list of at least one"),
    ("touchpoints by key", bar(touchpoints={"broth": broth()}),
     r"touchpoints is {.*Allowed: a list"),
    ("a touchpoint that is a text", bar(touchpoints=["broth"]),
     r"touchpoint 1: it is 'broth'.*a table"),
    ("a misspelt field of the head", bar(name={"en": "Bar"}),
     r"Unknown field 'name'.*mean 'names'\?"),
    ("a misspelt field", bar(touchpoints=[broth(cue=[])]),
     r"touchpoint 1 'broth': Unknown field 'cue'.*mean 'cues'\?"),
    ("a touchpoint's key with capitals", bar(touchpoints=[broth(key="Broth")]),
     r"touchpoint 1 'Broth': key is 'Broth'\. Allowed: small Latin letters.*wifi_in_room"),
    ("a touchpoint without key", bar(touchpoints=[broth(key=...)]),
     r"touchpoint 1: key is missing"),
    ("a key used twice", bar(touchpoints=[broth(), broth(cues=...)]),
     r"touchpoint 2 'broth': key 'broth' is taken by touchpoint 1 'broth'.*Rename"),
    ("an unknown stage", bar(touchpoints=[broth(stage="afer")]),
     r"touchpoint 1 'broth': Unknown stage 'afer'.*Did you mean 'after'\?"),
    ("no stage", bar(touchpoints=[broth(stage=...)]),
     r"stage is missing\. Allowed: before, choosing, buying, after"),
    ("an unknown channel", bar(touchpoints=[broth(channel="telephone")]),
     r"touchpoint 1 'broth': Unknown channel 'telephone'.*Known: digital"),
    ("a missing name", bar(touchpoints=[broth(names={"en": "Broth"})]),
     r"touchpoint 1 'broth': names\.pl is missing\. Allowed: a name in every language.*en, pl"),
    ("an empty name", bar(touchpoints=[broth(names={"en": "Broth", "pl": " "})]),
     r"names\.pl is ' '\. Allowed: a text, not empty"),
    ("names that are one text", bar(touchpoints=[broth(names="Broth")]),
     r"names is 'Broth'\. Allowed: a table from language to words"),
    ("an unknown language", bar(touchpoints=[broth(descriptions={"cn": "汤底"})]),
     r"touchpoint 1 'broth': descriptions: Unknown language 'cn'.*en, pl, ru, zh"),
    ("a language without words", bar(touchpoints=[broth(cues={"en": ["broth"], "zh": []})]),
     r"cues\.zh is \[\]\. Allowed: a list of texts.*delete cues\.zh"),
    ("cues that are one text", bar(touchpoints=[broth(cues={"en": "broth"})]),
     r"cues\.en is 'broth'\. Allowed: a list of texts"),
    ("an empty cue", bar(touchpoints=[broth(cues={"en": ["broth", ""]})]),
     r"cues\.en is \['broth', ''\]\. Allowed"),
    ("no words at all", bar(touchpoints=[broth(descriptions=..., cues=...)]),
     r"descriptions and cues are both missing.*at least one of en, pl, ru, zh"),
    ("a phrase claimed twice",
     bar(touchpoints=[broth(), broth(key="soup", cues={"en": ["Soup  BASE"]})]),
     r"touchpoint 2 'soup': the phrase 'Soup  BASE' in cues\.en is claimed twice, first by "
     r"touchpoint 1 'broth'"),
    ("a phrase written twice", bar(touchpoints=[broth(cues={"en": ["broth", "Broth"]})]),
     r"the phrase 'Broth' in cues\.en is claimed twice"),
    ("a parent that does not exist", bar(touchpoints=[broth(parent="produkt")]),
     r"touchpoint 1 'broth': Unknown parent 'produkt'.*Did you mean 'product'\?"),
    ("a parent that is no text", bar(touchpoints=[broth(parent=["product"])]),
     r"Unknown parent \['product'\]"),
    ("a touchpoint under itself", bar(touchpoints=[broth(parent="broth")]),
     r"touchpoint 1 'broth': its parents go in a circle: broth -> broth"),
    ("a circle of parents",
     bar(touchpoints=[broth(parent="soup"), broth(key="soup", parent="bowl", cues=...),
                      broth(key="bowl", parent="broth", cues=...)]),
     r"touchpoint 3 'bowl': its parents go in a circle: bowl -> broth -> soup -> bowl"),
    ("something else extended", bar(extends="hotel"),
     r"head of the taxonomy: extends is 'hotel'\. Allowed: general, .*Correct or delete it"),
    ("general that extends itself", bar(key="general", extends="general",
                                        touchpoints=[broth(parent=...)]),
     r"extends is 'general'\. Allowed: general, in a taxonomy of another key"),
    ("a general key under another parent",
     bar(extends="general", touchpoints=[broth(key="delivery", parent="product")]),
     r"'delivery' is a touchpoint of the general taxonomy.*Rename .*'delivery_product'"),
    ("catch_all that is no answer", bar(touchpoints=[broth(catch_all="maybe")]),
     r"touchpoint 1 'broth': catch_all is 'maybe'\. Allowed: true or nothing"),
    ("catch_all without a general parent", bar(touchpoints=[broth(catch_all=True, parent=...)]),
     r"catch_all is set, and the parent is None\. Allowed: a general touchpoint"),
    ("two that catch all",
     bar(touchpoints=[broth(catch_all=True), broth(key="soup", cues=..., catch_all=True)]),
     r"touchpoint 2 'soup': catch_all is set, but .*'product' goes to touchpoint 1 'broth'"),
    ("catch_all beside the touchpoint itself",
     bar(touchpoints=[broth(catch_all=True), broth(key="product", cues=..., parent=...)]),
     r"touchpoint 1 'broth': catch_all is set, but .*goes to touchpoint 2 'product'"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("content", "message"),
    [mistake[1:] for mistake in MISTAKES],
    ids=[mistake[0] for mistake in MISTAKES],
)
def test_a_mistake_is_told_with_its_place_and_what_is_allowed(
    content: dict[str, Any], message: str
) -> None:
    with pytest.raises(TaxonomyError, match=message):
        load_taxonomy(content)


def test_all_mistakes_are_told_at_once_and_numbered() -> None:
    content = bar(
        key="Bar",
        touchpoints=[
            broth(stage="never", channel="smoke"),
            broth(parent="nowhere", names={"en": "Broth"}),
        ],
    )
    with pytest.raises(TaxonomyError) as caught:
        load_taxonomy(content)
    lines = str(caught.value).splitlines()
    # The key, the stage, the channel, the name in Polish, the second "broth", its three cues,
    # the parent.
    assert lines[0] == "The taxonomy in the mapping has 9 problems:"
    assert [line.split(".")[0].strip() for line in lines[1:]] == [str(n) for n in range(1, 10)]


def test_of_very_many_mistakes_the_first_fifty_are_told_and_the_others_counted() -> None:
    wrong = [broth(key=f"broth_{n}", names={"en": f"Broth {n}"}, parent="x") for n in range(2_000)]
    with pytest.raises(TaxonomyError) as caught:
        load_taxonomy(bar(touchpoints=wrong))
    head, *told, last = str(caught.value).splitlines()
    count = int(re.search(r"has ([\d,]+) problems:$", head)[1].replace(",", ""))
    assert count >= 2_000
    assert [line.split(".")[0].strip() for line in told] == [str(n) for n in range(1, 51)]
    assert last == f"  … and {count - 50:,} more. Mend these and load it again."


def test_the_file_with_the_mistake_is_named(tmp_path: Path) -> None:
    path = tmp_path / "bar.toml"
    path.write_text('key = "bar"\nnames = {en = "Bar"}\n', encoding="utf-8")
    with pytest.raises(TaxonomyError, match=r"bar\.toml has 1 problem:"):
        load_taxonomy(path)


def test_a_circle_is_told_once_whoever_leads_into_it() -> None:
    content = bar(
        touchpoints=[
            broth(key="a", parent="b", cues=...),
            broth(key="b", parent="a", cues=...),
            broth(key="c", parent="a", cues=...),
        ]
    )
    with pytest.raises(TaxonomyError, match="has 1 problem:") as caught:
        load_taxonomy(content)
    assert "a -> b -> a" in str(caught.value)


@pytest.mark.parametrize(
    "record",
    [
        broth(parent=...),
        broth(parent=""),
        broth(key="product", parent="product"),
        broth(descriptions=...),
        broth(cues=...),
        broth(cues={"zh": ["汤底"]}, descriptions=...),
    ],
    ids=[
        "no parent",
        "an empty parent",
        "a general touchpoint under its own name",
        "cues alone",
        "a description alone",
        "cues of one language alone",
    ],
)
def test_what_may_be_left_out_is_not_asked_for(record: dict[str, Any]) -> None:
    assert len(load_taxonomy(bar(touchpoints=[record]))) == 1


def test_the_same_phrase_may_serve_two_languages() -> None:
    record = broth(cues={"en": ["bulion"], "pl": ["bulion"]})
    assert len(load_taxonomy(bar(touchpoints=[record]))) == 1


def test_a_copy_of_general_needs_no_other_general() -> None:
    content = load_taxonomy("general").to_dict()
    content["touchpoints"] = [t for t in content["touchpoints"] if t["key"] != "delivery"]
    assert len(load_taxonomy(content)) == 26
