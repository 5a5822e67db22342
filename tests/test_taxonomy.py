"""Taxonomies load, freeze, round-trip, and teach when they are broken."""

from __future__ import annotations

import copy
import dataclasses
import json
import multiprocessing
import re
import subprocess
import sys
import tomllib
from collections import defaultdict
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tpfeedback.errors import TaxonomyError
from tpfeedback.languages import available_languages, load_language
from tpfeedback.taxonomy import (
    CHANNELS,
    STAGES,
    PerLanguage,
    Taxonomy,
    available_taxonomies,
    load_taxonomy,
    to_toml,
)
from tpfeedback.taxonomy.rules import find_problems
from tpfeedback.taxonomy.touchpoints import clean

CODEBOOK = Path(__file__).parents[2] / "shared" / "CODEBOOK.md"
SHIPPED = available_taxonomies()

SCRIPTS = {
    "ru": re.compile(r"[а-яё]", re.IGNORECASE),
    "zh": re.compile(r"[\u4e00-\u9fff]"),
    "pl": re.compile(r"[a-ząćęłńóśźż]", re.IGNORECASE),
    "en": re.compile(r"[a-z]", re.IGNORECASE),
}
FOREIGN = {
    "ru": re.compile(r"\b(?!(?:SMS|PIN|QR)\b)[A-Za-z]+|[\u4e00-\u9fff]"),
    "zh": re.compile(r"[A-Za-zĄ-ž\u0400-\u04ff]"),
    "pl": re.compile(r"[\u0400-\u04ff\u4e00-\u9fff]"),
    "en": re.compile(r"[^\x00-\x7f]"),
}


def bar(**changes: Any) -> dict[str, Any]:
    """Return a small sound taxonomy with `changes` to its head."""
    content = {
        "key": "noodle_bar",
        "version": 3,
        "names": {"en": "Noodle bar", "pl": "Bar z makaronem"},
        "touchpoints": [
            broth(),
            broth(key="toppings", parent="broth", cues={"en": ["spring onion"]}),
        ],
    }
    return content | changes


def broth(**changes: Any) -> dict[str, Any]:
    """Return a sound touchpoint with `changes`; a field changed to `...` is left out."""
    record = {
        "key": "broth",
        "stage": "after",
        "channel": "physical",
        "parent": "product",
        "names": {"en": "Broth", "pl": "Bulion"},
        "descriptions": {"en": "Taste and warmth of the broth."},
        "cues": {"en": ["broth", "soup base"], "pl": ["bulion"]},
    }
    return {field: value for field, value in (record | changes).items() if value is not ...}


# --- every shipped taxonomy -------------------------------------------------------------------


@pytest.fixture(params=SHIPPED)
def shipped(request: pytest.FixtureRequest) -> Taxonomy:
    return load_taxonomy(request.param)


def test_the_general_taxonomy_is_shipped() -> None:
    assert "general" in SHIPPED


def test_a_shipped_file_has_the_name_of_its_taxonomy() -> None:
    assert tuple(load_taxonomy(name).key for name in SHIPPED) == SHIPPED


def test_a_shipped_taxonomy_survives_the_round_trip_through_toml(
    shipped: Taxonomy, tmp_path: Path
) -> None:
    path = tmp_path / "again.toml"
    path.write_text(to_toml(shipped), encoding="utf-8")
    again = load_taxonomy(path)
    assert again == shipped
    assert again.digest == shipped.digest
    assert to_toml(again) == to_toml(shipped)


def test_a_shipped_taxonomy_has_words_in_every_language(shipped: Taxonomy) -> None:
    languages = set(available_languages())
    assert set(shipped.names) == set(shipped.descriptions) == languages
    for touchpoint in shipped:
        assert set(touchpoint.names) == languages, touchpoint.key
        assert set(touchpoint.descriptions) == languages, touchpoint.key
        assert set(touchpoint.cues) == languages, touchpoint.key


def test_the_languages_of_the_script_tests_are_all_there_are() -> None:
    assert set(SCRIPTS) == set(FOREIGN) == set(available_languages())


@pytest.mark.parametrize("language", sorted(SCRIPTS))
def test_words_are_written_in_the_script_of_their_language(
    shipped: Taxonomy, language: str
) -> None:
    words = [shipped.names[language]]
    for touchpoint in shipped:
        words += [touchpoint.names[language], *touchpoint.cues[language]]
    assert [text for text in words if not SCRIPTS[language].search(text)] == []
    assert [text for text in words if FOREIGN[language].search(text)] == []


@pytest.mark.parametrize("language", sorted(SCRIPTS))
def test_names_fit_into_a_chart_and_differ(shipped: Taxonomy, language: str) -> None:
    names = [touchpoint.names[language] for touchpoint in shipped]
    assert [name for name in names if len(name) > 24] == []
    assert len({name.casefold() for name in names}) == len(names)


@pytest.mark.parametrize("language", sorted(SCRIPTS))
def test_a_touchpoint_has_eight_to_twenty_short_cues(shipped: Taxonomy, language: str) -> None:
    for touchpoint in shipped:
        cues = touchpoint.cues[language]
        assert 8 <= len(cues) <= 20, touchpoint.key
        assert max(map(len, cues)) <= 40, touchpoint.key


@pytest.mark.parametrize("language", sorted(SCRIPTS))
def test_no_two_touchpoints_claim_a_phrase_in_another_form(
    shipped: Taxonomy, language: str
) -> None:
    known = load_language(language)
    claims: dict[tuple[str, ...], set[str]] = defaultdict(set)
    for touchpoint in shipped:
        for cue in touchpoint.cues[language]:
            words = known.words(cue)
            forms = tuple(known.normal_form(cue[word.start : word.stop]) for word in words)
            claims[forms].add(touchpoint.key)
    assert [forms for forms, keys in claims.items() if len(keys) > 1] == []


def test_descriptions_are_sentences(shipped: Taxonomy) -> None:
    for touchpoint in shipped:
        for description in touchpoint.descriptions.values():
            assert description.endswith((".", "。"))
            assert 20 <= len(description) <= 240


def test_a_shipped_industry_taxonomy_leads_back_to_the_general_one(shipped: Taxonomy) -> None:
    general = load_taxonomy("general")
    if shipped == general:
        assert {touchpoint.parent for touchpoint in general} == {None}
    for touchpoint in shipped if shipped != general else ():
        assert touchpoint.parent in {*general.keys, *shipped.keys}


# --- the general taxonomy ---------------------------------------------------------------------


@pytest.mark.skipif(not CODEBOOK.exists(), reason="the codebook lies beside the repository")
def test_the_general_taxonomy_has_the_keys_and_stages_of_the_codebook_in_its_order() -> None:
    stages = {
        "Before purchase": "before",
        "Choosing": "choosing",
        "Buying": "buying",
        "Using and after": "after",
    }
    text = CODEBOOK.read_text(encoding="utf-8")
    section = text.split("## Touchpoints")[1].split("## Rules")[0]
    stage, expected = None, []
    for line in section.splitlines():
        stage = stages.get(line, stage)
        if found := re.match(r"- `(\w+)`:", line):
            expected.append((found.group(1), stage))
    general = load_taxonomy("general")
    assert [(t.key, t.stage) for t in general] == expected
    assert len(general) == 27


def test_every_stage_and_channel_is_used_by_the_general_taxonomy() -> None:
    general = load_taxonomy("general")
    assert {touchpoint.stage for touchpoint in general} == set(STAGES)
    assert {touchpoint.channel for touchpoint in general} == set(CHANNELS)


# --- what a taxonomy can be asked -------------------------------------------------------------


def test_a_taxonomy_is_asked_by_key() -> None:
    taxonomy = load_taxonomy(bar())
    assert taxonomy.keys == ("broth", "toppings")
    assert len(taxonomy) == 2
    assert [touchpoint.key for touchpoint in taxonomy] == ["broth", "toppings"]
    assert "broth" in taxonomy
    assert taxonomy.touchpoints[0] in taxonomy
    assert "delivery" not in taxonomy
    assert taxonomy.touchpoint("toppings").parent == "broth"
    assert taxonomy.touchpoint("broth").cues["en"] == ("broth", "soup base")
    assert taxonomy.stage("broth") == "after"
    assert taxonomy.name == "Noodle bar"
    assert taxonomy.version == 3


def test_an_unknown_touchpoint_is_answered_with_the_known_ones() -> None:
    with pytest.raises(TaxonomyError, match=r"'brot'\. Known: broth, toppings.*'broth'\?"):
        load_taxonomy(bar()).touchpoint("brot")


@pytest.mark.parametrize(
    ("language", "name"), [("pl", "Bulion"), ("en", "Broth"), ("ru", "Broth"), ("zh", "Broth")]
)
def test_a_name_is_given_in_the_language_asked_for_or_else_in_english(
    language: str, name: str
) -> None:
    assert load_taxonomy(bar()).name_of("broth", language) == name


def test_a_name_is_given_in_the_first_language_where_there_is_no_english_one() -> None:
    record = broth(names={"pl": "Bulion"}, parent=...)
    taxonomy = load_taxonomy(bar(names={"pl": "Bar"}, touchpoints=[record]))
    assert (taxonomy.name, taxonomy.name_of("broth")) == ("Bar", "Bulion")


def test_a_code_that_is_no_language_is_answered_with_the_known_ones() -> None:
    with pytest.raises(TaxonomyError, match=r"Unknown language 'rus'.*en, pl, ru, zh.*'ru'\?"):
        load_taxonomy(bar()).name_of("broth", "rus")


def test_a_taxonomy_cannot_be_changed() -> None:
    taxonomy = load_taxonomy(bar())
    with pytest.raises(dataclasses.FrozenInstanceError, match="key"):
        taxonomy.key = "other"  # type: ignore[misc]
    with pytest.raises(TypeError, match="item assignment"):
        taxonomy.names["en"] = "Other"  # type: ignore[index]
    with pytest.raises(dataclasses.FrozenInstanceError, match="pairs"):
        taxonomy.names.pairs = ()  # type: ignore[misc]


def test_loading_leaves_the_mapping_as_it_was() -> None:
    content = bar()
    before = copy.deepcopy(content)
    taxonomy = load_taxonomy(content)
    assert content == before
    content["touchpoints"][0]["cues"]["en"].append("later")
    assert taxonomy.touchpoint("broth").cues["en"] == ("broth", "soup base")


def test_equal_content_makes_equal_taxonomies_with_one_hash_and_digest() -> None:
    turned = bar(names={"pl": "Bar z makaronem", "en": "  Noodle   bar "})
    one, other = load_taxonomy(bar()), load_taxonomy(turned)
    assert one == other
    assert hash(one) == hash(other)
    assert one.digest == other.digest
    assert re.fullmatch(r"[0-9a-f]{12}", one.digest)


@pytest.mark.parametrize(
    "changes",
    [
        {"version": 4},
        {"descriptions": {"en": "Noodles."}},
        {"touchpoints": [broth()]},
        {"touchpoints": [broth(stage="buying"), *bar()["touchpoints"][1:]]},
        {"touchpoints": [broth(cues={"en": ["soup"]}), *bar()["touchpoints"][1:]]},
        {"touchpoints": bar()["touchpoints"][::-1]},
    ],
)
def test_the_digest_changes_with_anything_the_taxonomy_says(changes: dict[str, Any]) -> None:
    assert load_taxonomy(bar(**changes)).digest != load_taxonomy(bar()).digest


def sent_to_another_process(taxonomy: Taxonomy) -> Taxonomy:
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        return pool.submit(copy.copy, taxonomy).result()


@pytest.mark.parametrize("again", [copy.copy, copy.deepcopy, sent_to_another_process])
def test_a_taxonomy_can_be_copied_and_sent_to_another_process(again: Any) -> None:
    general = load_taxonomy("general")
    assert again(general) == general
    assert again(general).digest == general.digest


def test_the_digest_is_the_same_in_another_process() -> None:
    code = "from tpfeedback.taxonomy import load_taxonomy; print(load_taxonomy('general').digest)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == load_taxonomy("general").digest


def test_words_in_decomposed_letters_become_the_usual_ones() -> None:
    record = broth(cues={"pl": ["z\u0307le   zapakowane"]})
    taxonomy = load_taxonomy(bar(touchpoints=[record]))
    assert taxonomy.touchpoint("broth").cues["pl"] == ("żle zapakowane",)


def test_words_per_language_behave_as_a_mapping() -> None:
    words = PerLanguage((("en", "Price"), ("pl", "Cena")))
    assert words == {"pl": "Cena", "en": "Price"}
    assert words.get("ru") is None
    with pytest.raises(KeyError, match="ru"):
        words["ru"]


def test_html_shows_a_row_for_each_touchpoint_and_escapes_the_words() -> None:
    record = broth(names={"en": "<script>alert(1)</script>", "pl": "A & B"})
    page = load_taxonomy(bar(touchpoints=[record]))._repr_html_()
    assert page.count("<tr>") == 2
    assert "<script>" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "A &amp; B" in page


# --- where a taxonomy is read from ------------------------------------------------------------


def test_a_taxonomy_is_read_from_a_name_a_path_a_mapping_or_itself(tmp_path: Path) -> None:
    path = tmp_path / "bar.toml"
    path.write_text(to_toml(load_taxonomy(bar())), encoding="utf-8")
    expected = load_taxonomy(bar())
    for source in (path, str(path), bar(), expected.to_dict(), expected):
        assert load_taxonomy(source) == expected
    assert load_taxonomy(expected) is expected
    assert load_taxonomy("general") is load_taxonomy("general")


def test_a_file_saved_with_a_byte_order_mark_is_read(tmp_path: Path) -> None:
    path = tmp_path / "bar.toml"
    path.write_text(to_toml(load_taxonomy(bar())), encoding="utf-8-sig")
    assert load_taxonomy(path) == load_taxonomy(bar())


def test_an_unknown_name_is_answered_with_the_known_ones_and_how_to_pass_a_file() -> None:
    with pytest.raises(
        TaxonomyError, match=r"Unknown taxonomy 'generel'.*Did you mean 'general'\?.*\.toml"
    ):
        load_taxonomy("generel")


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("absent.toml", None, r"There is no file '.*absent\.toml'\. Allowed: .*Check the path"),
        ("list.xlsx", b"PK", r"cannot be read from '.*list\.xlsx'.*\.toml"),
        ("cp1251.toml", "names = {ru = 'Бар'}".encode("cp1251"), r"not UTF-8.*Save it again"),
        ("broken.toml", b"key = 'a'\nnames = {en = \n", r"not valid TOML.*line 2.*Correct"),
        ("twice.toml", b"key = 'a'\nkey = 'b'\n", r"not valid TOML.*line 2"),
    ],
)
def test_an_unreadable_file_is_named_with_what_to_do(
    tmp_path: Path, name: str, content: bytes | None, message: str
) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(TaxonomyError, match=message):
        load_taxonomy(path)


@pytest.mark.parametrize("source", [None, 7, [bar()], b"general"])
def test_something_that_is_no_taxonomy_is_refused_with_what_is_allowed(source: Any) -> None:
    with pytest.raises(TaxonomyError, match=r"cannot be read from \w+\. Allowed: the name"):
        load_taxonomy(source)


# --- what is wrong with a taxonomy ------------------------------------------------------------

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
     r"touchpoint 1: is 'broth'.*a table"),
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
     r"touchpoint 1 'broth', descriptions: Unknown language 'cn'.*en, pl, ru, zh"),
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
     r"touchpoint 'broth': its parents go in a circle: broth -> broth"),
    ("a circle of parents",
     bar(touchpoints=[broth(parent="soup"), broth(key="soup", parent="bowl", cues=...),
                      broth(key="bowl", parent="broth", cues=...)]),
     r"touchpoint 'bowl': its parents go in a circle: bowl -> broth -> soup -> bowl"),
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


# --- anything that parses ---------------------------------------------------------------------

WORDS = st.text(min_size=1, max_size=30).filter(str.strip)


@given(
    name=WORDS,
    description=WORDS,
    cues=st.lists(WORDS, min_size=1, max_size=4),
    language=st.sampled_from(available_languages()),
)
@settings(deadline=None, max_examples=80)
def test_any_words_survive_the_round_trip_through_toml(
    name: str, description: str, cues: list[str], language: str
) -> None:
    unique = {clean(cue).casefold(): cue for cue in cues}
    record = {
        "key": "broth",
        "stage": "after",
        "channel": "physical",
        "names": {language: name},
        "descriptions": {language: description},
        "cues": {language: list(unique.values())},
    }
    taxonomy = load_taxonomy({"key": "bar", "names": {language: name}, "touchpoints": [record]})
    assert load_taxonomy(tomllib.loads(to_toml(taxonomy))) == taxonomy
    assert load_taxonomy(json.loads(json.dumps(taxonomy.to_dict()))) == taxonomy


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["key", "stage", "names", "cues", "en", "parent", "touchpoints"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(
    st.fixed_dictionaries(
        {"touchpoints": st.lists(ANYTHING, max_size=3) | ANYTHING},
        optional={"key": ANYTHING, "names": ANYTHING, "version": ANYTHING},
    )
)
@settings(deadline=None, max_examples=150)
def test_no_content_whatever_breaks_the_check_itself(content: dict[str, Any]) -> None:
    if find_problems(content, general_keys=load_taxonomy("general").keys):
        with pytest.raises(TaxonomyError, match=r"Allowed|Known"):
            load_taxonomy(content)
    else:
        assert len(load_taxonomy(content)) > 0
