"""Taxonomies load and freeze; the shipped ones keep to what their words promise."""

from __future__ import annotations

import copy
import dataclasses
import multiprocessing
import re
import subprocess
import sys
from collections import defaultdict
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.taxonomy_cases import bar, broth
from tpfeedback.errors import TaxonomyError
from tpfeedback.languages import available_languages, load_language
from tpfeedback.taxonomy import (
    CHANNELS,
    STAGES,
    PerLanguage,
    Taxonomy,
    Touchpoint,
    available_taxonomies,
    fallbacks,
    general_parent,
    load_taxonomy,
)

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


# --- every shipped taxonomy -------------------------------------------------------------------


@pytest.fixture(params=SHIPPED)
def shipped(request: pytest.FixtureRequest) -> Taxonomy:
    return load_taxonomy(request.param)


def test_the_general_taxonomy_is_shipped() -> None:
    assert "general" in SHIPPED


def test_a_shipped_file_has_the_name_of_its_taxonomy() -> None:
    assert tuple(load_taxonomy(name).key for name in SHIPPED) == SHIPPED


def own(taxonomy: Taxonomy) -> list[Touchpoint]:
    """Return the touchpoints that the taxonomy's own file holds."""
    return [touchpoint for touchpoint in taxonomy if touchpoint.key not in taxonomy.kept]


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
    long = [touchpoint.names[language] for touchpoint in own(shipped)]
    assert [name for name in long if len(name) > 24] == []
    names = [touchpoint.names[language] for touchpoint in shipped]
    assert [name for name in names if len(name) > 36] == []
    assert len({name.casefold() for name in names}) == len(names)


@pytest.mark.parametrize("language", sorted(SCRIPTS))
def test_a_touchpoint_has_eight_to_twenty_short_cues(shipped: Taxonomy, language: str) -> None:
    for touchpoint in own(shipped):
        cues = touchpoint.cues[language]
        assert 8 <= len(cues) <= 20, touchpoint.key
        assert max(map(len, cues)) <= 40, touchpoint.key


@pytest.mark.parametrize("language", sorted(SCRIPTS))
def test_no_two_touchpoints_claim_a_phrase_in_another_form(
    shipped: Taxonomy, language: str
) -> None:
    known = load_language(language)
    claims: dict[tuple[str, ...], set[str]] = defaultdict(set)
    for touchpoint in own(shipped):
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


# --- what a taxonomy takes from the general one -----------------------------------------------

INDUSTRIES = [name for name in SHIPPED if name != "general"]


def test_the_industries_are_shipped() -> None:
    assert set(INDUSTRIES) >= {
        "airline", "ecommerce", "grocery_delivery", "healthcare", "hotel", "restaurant",
        "retail_bank", "telecom",
    }  # fmt: skip


@pytest.mark.parametrize("name", INDUSTRIES)
def test_every_touchpoint_of_an_industry_has_a_general_parent(name: str) -> None:
    general = load_taxonomy("general")
    industry = load_taxonomy(name)
    assert [t.key for t in industry if t.parent not in general] == []
    assert len(own(industry)) >= 30


@pytest.mark.parametrize("name", INDUSTRIES)
def test_an_industry_reaches_every_general_touchpoint_and_nothing_else(name: str) -> None:
    general, parents = load_taxonomy("general"), general_parent(name)
    assert set(parents.values()) == set(general.keys)
    assert set(fallbacks(name)) == set(general.keys)
    assert {parents[key] == base for base, key in fallbacks(name).items() if key} == {True}
    assert None not in fallbacks(name).values()


def test_the_general_touchpoints_have_no_parent_and_are_their_own_general_ones() -> None:
    general = load_taxonomy("general")
    assert {touchpoint.parent for touchpoint in general} == {None}
    assert general_parent("general") == fallbacks("general") == {key: key for key in general.keys}


def test_what_extends_general_keeps_what_its_own_list_leaves() -> None:
    menu = broth(key="menu", parent="assortment", catch_all=True, cues={"en": ["Staff member"]})
    lift = broth(key="premises", parent=..., cues={"en": ["lift"]})
    content = bar(extends="general", touchpoints=[broth(), menu, lift])
    taxonomy = load_taxonomy(content)
    assert taxonomy.keys[:3] == ("broth", "menu", "premises")
    assert set(load_taxonomy("general").keys) - set(taxonomy.kept) == {"assortment", "premises"}
    assert taxonomy.keys[3:] == taxonomy.kept
    # What has children is told from them; what has none is as it was.
    assert taxonomy.name_of("product", "en") == "Product: other"
    assert taxonomy.name_of("delivery") == "Delivery"
    assert taxonomy.touchpoint("delivery").parent == "delivery"
    assert fallbacks(taxonomy)["assortment"] == "menu"
    assert fallbacks(taxonomy)["product"] == "product"
    assert fallbacks(taxonomy)["premises"] == "premises"


def test_a_phrase_of_the_own_list_is_not_claimed_by_what_is_kept() -> None:
    claimed = load_taxonomy("general").touchpoint("delivery").cues["en"][0]
    record = broth(cues={"en": [claimed.upper()]})
    taxonomy = load_taxonomy(bar(extends="general", touchpoints=[record]))
    kept = taxonomy.touchpoint("delivery").cues
    assert claimed not in kept["en"]
    assert len(kept["en"]) == len(load_taxonomy("general").touchpoint("delivery").cues["en"]) - 1
    assert kept["ru"] == load_taxonomy("general").touchpoint("delivery").cues["ru"]


def test_what_extends_nothing_has_its_own_list_alone() -> None:
    taxonomy = load_taxonomy(bar())
    assert taxonomy.kept == ()
    assert {key for key in fallbacks(taxonomy).values() if key} == set()
    assert general_parent(taxonomy) == {"broth": "product", "toppings": "product"}


@pytest.mark.parametrize(
    ("touchpoints", "expected"),
    [
        ([broth(parent=...)], {"broth": None}),
        ([broth(key="delivery", parent=...)], {"delivery": "delivery"}),
        ([broth(key="delivery", parent="delivery")], {"delivery": "delivery"}),
        (
            [broth(key="digital", parent=...), broth(key="website", parent="digital", cues=...)],
            {"digital": None, "website": "website"},
        ),
        (
            [broth(), broth(key="fish", parent="salt", cues=...),
             broth(key="salt", parent="broth", cues=...)],
            {"broth": "product", "fish": "product", "salt": "product"},
        ),
    ],
    ids=["no parent", "a general key", "its own parent", "a group above a general key", "a line"],
)  # fmt: skip
def test_the_general_parent_is_the_first_general_key_on_the_way_up(
    touchpoints: list[dict[str, Any]], expected: dict[str, str | None]
) -> None:
    assert general_parent(load_taxonomy(bar(touchpoints=touchpoints))) == expected


# --- new versions -----------------------------------------------------------------------------


def test_a_touchpoint_more_makes_a_new_version_and_leaves_the_old_one() -> None:
    old = load_taxonomy(bar())
    new = old.with_touchpoint(broth(key="noodles", cues={"en": ["ramen"]}))
    assert (old.keys, old.version) == (("broth", "toppings"), 3)
    assert (new.keys, new.version) == (("broth", "toppings", "noodles"), 4)
    assert new.digest != old.digest
    assert new.touchpoint("noodles").cues["en"] == ("ramen",)


def test_a_touchpoint_may_be_given_as_one_value_or_field_by_field() -> None:
    old = load_taxonomy(bar())
    record = broth(key="noodles", cues={"en": ["ramen"]})
    whole = load_taxonomy(bar(touchpoints=[record])).touchpoint("noodles")
    by_field = old.with_touchpoint(**record)
    assert old.with_touchpoint(whole) == old.with_touchpoint(record) == by_field
    assert old.with_touchpoint(whole, stage="buying").stage("noodles") == "buying"


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        ({}, {"en": "Soup of the day", "pl": "Soup of the day"}),
        ({"pl": "Zupa dnia"}, {"en": "Zupa dnia", "pl": "Zupa dnia"}),
        ({"en": "Daily soup", "ru": "Суп дня"},
         {"en": "Daily soup", "pl": "Daily soup", "ru": "Суп дня"}),
    ],
)  # fmt: skip
def test_a_new_touchpoint_needs_a_name_in_one_language_or_none(
    names: dict[str, str], expected: dict[str, str]
) -> None:
    fields = {"parent": "toppings", "descriptions": {"pl": "Zupa, która zmienia się co dzień."}}
    new = load_taxonomy(bar()).with_touchpoint(key="soup_of_the_day", names=names, **fields)
    assert new.touchpoint("soup_of_the_day").names == expected
    assert new.touchpoint("soup_of_the_day").channel == "physical"


@pytest.mark.parametrize("name", ["general", "hotel"])
def test_a_new_touchpoint_takes_over_the_phrases_of_general_that_it_claims(name: str) -> None:
    old = load_taxonomy(name)
    cues = {"en": ["Out of  stock", "none left"], "pl": ["brak towaru"]}
    fields = {"stage": "choosing", "channel": "physical", "cues": cues}
    new = old.with_touchpoint(key="sold_out", **fields)
    assert new.touchpoint("sold_out").cues["en"] == ("Out of stock", "none left")
    before, after = (one.touchpoint("assortment").cues for one in (old, new))
    assert set(before["en"]) - set(after["en"]) == {"out of stock"}
    assert set(before["pl"]) - set(after["pl"]) == {"brak towaru"}
    assert after["ru"] == before["ru"]
    with pytest.raises(TaxonomyError, match=r"'none left' in cues\.en is claimed twice"):
        new.with_touchpoint(key="gone", **{**fields, "cues": {"en": ["none left"]}})


def test_a_new_touchpoint_is_checked_as_one_of_a_file() -> None:
    with pytest.raises(TaxonomyError, match=r"'soup base' in cues\.en is claimed twice.*'broth'"):
        load_taxonomy(bar()).with_touchpoint(broth(key="soup", cues={"en": ["soup base"]}))
    with pytest.raises(TaxonomyError, match=r"'soup': stage is missing"):
        load_taxonomy(bar()).with_touchpoint(key="soup", descriptions={"en": "Soup."})
    with pytest.raises(TaxonomyError, match=r"key is missing"):
        load_taxonomy(bar()).with_touchpoint()


def test_touchpoints_fewer_make_a_new_version() -> None:
    general = load_taxonomy("general")
    fewer = general.without(["delivery", "packaging"])
    assert fewer.keys == tuple(k for k in general.keys if k not in ("delivery", "packaging"))
    assert (general.version, fewer.version) == (1, 2)
    assert fewer.with_touchpoint(general.touchpoint("delivery")).keys[-1] == "delivery"


def test_children_of_what_goes_belong_to_its_parent() -> None:
    chain = [broth(), broth(key="salt", parent="broth", cues=...),
             broth(key="sea_salt", parent="salt", cues=...)]  # fmt: skip
    taxonomy = load_taxonomy(bar(touchpoints=chain))
    assert taxonomy.without(["salt"]).touchpoint("sea_salt").parent == "broth"
    assert taxonomy.without(["salt", "broth"]).touchpoint("sea_salt").parent == "product"
    grown = load_taxonomy("general").with_touchpoint(broth(names={"en": "Broth"}))
    assert grown.without(["product"]).touchpoint("broth").parent is None


def test_what_is_kept_from_general_can_go_too() -> None:
    hotel = load_taxonomy("hotel")
    fewer = hotel.without(["delivery"])
    assert fewer.keys == tuple(key for key in hotel.keys if key != "delivery")
    assert (fewer.extends, fewer.kept) == (None, ())
    assert hotel.without(["breakfast"]).kept == hotel.kept


def test_a_touchpoint_that_is_not_there_cannot_go() -> None:
    with pytest.raises(TaxonomyError, match=r"Unknown touchpoint of 'noodle_bar' 'brot'.*'broth'"):
        load_taxonomy(bar()).without(["brot"])
    with pytest.raises(TaxonomyError, match=r"touchpoints is \[\]\. Allowed: a list of at least"):
        load_taxonomy(bar()).without(["broth", "toppings"])


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
