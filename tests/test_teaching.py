"""A touchpoint of the user's own is found from its words; an industry's rolls up exactly."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tpfeedback as tp
from tests.nasty_texts import NASTY
from tests.teaching_cases import LANGUAGES, SAYINGS, bar, taxonomy_in, touchpoint
from tpfeedback.errors import TpfeedbackWarning
from tpfeedback.tagged import SENTIMENT_ORDER, TaggedText
from tpfeedback.tagger import load_network_tagger
from tpfeedback.taxonomy import available_taxonomies, general_parent, load_taxonomy
from tpfeedback.teaching.estimator import TouchpointTagger
from tpfeedback.teaching.heads import Head
from tpfeedback.teaching.retaught import corrected, judged_by
from tpfeedback.teaching.space import load_space
from tpfeedback.teaching.tagging import TEXTS_AT_ONCE

SAMPLE = Path(__file__).parents[1] / "data" / "samples" / "reviews.csv"
INDUSTRIES = [name for name in available_taxonomies() if name != "general"]


def found(tagger: TouchpointTagger, text: str) -> dict[str, str]:
    return {m.touchpoint: m.sentiment for m in tagger.tag([text])[0].mentions}


# --- general touchpoints, taught anew ---------------------------------------------------------


def test_a_head_that_repeats_the_network_changes_nothing_another_has_the_last_word() -> None:
    reader, space = load_network_tagger(), load_space("general")
    [read] = reader.read(["Far too expensive, but the courier was kind"], hidden=True)
    vectors, _ = judged_by(reader, space, read.windows[0])
    repeats = np.append(np.zeros(vectors.shape[1], np.float32), np.float32(1))
    heads = {"staff": Head(repeats, 0.0), "price": Head(0 * repeats, -1.5)}
    told = corrected(reader, space, read, heads)
    before, after = (
        {m.touchpoint: m.confidence for m in reader.judge(one, {"en": 0.0}).mentions}
        for one in (read, told)
    )
    assert after["staff"] == pytest.approx(before["staff"], abs=1e-4)
    assert after["price"] == pytest.approx(1 / (1 + np.exp(1.5)), abs=1e-4)
    assert after.keys() == before.keys()


# --- touchpoints without a parent -------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_description_in_one_language_is_found_in_all_four(language: str) -> None:
    tagger = TouchpointTagger(taxonomy_in(language))
    told = {code: found(tagger, SAYINGS["couriers"][code]) for code in LANGUAGES}
    assert told == {code: {"couriers": "negative"} for code in LANGUAGES}


@pytest.mark.parametrize("language", LANGUAGES)
def test_of_several_touchpoints_the_one_that_is_meant_is_surest(language: str) -> None:
    tagger = TouchpointTagger(taxonomy_in(language))
    pairs = list(product(SAYINGS, LANGUAGES))
    probable = tagger.predict_proba([SAYINGS[key][code] for key, code in pairs])
    best = [tagger.touchpoints[k] for k in probable.argmax(axis=1)]
    assert best == [key for key, _ in pairs]


@pytest.mark.parametrize(
    "text", ["Rude waiter", "Суп был холодный", "Bardzo smaczne jedzenie", "价格太贵了", "All good"]
)
def test_what_no_touchpoint_is_about_has_no_mention(text: str) -> None:
    assert found(TouchpointTagger(taxonomy_in("en")), text) == {}


@pytest.mark.parametrize(
    ("language", "phrase", "text"),
    [
        ("en", "spring roll", "We ordered SPRING ROLLS, they were soggy"),
        ("pl", "gorąca herbata", "Podali gorącą herbatę z cytryną"),
        ("ru", "зелёный чай", "Принесли зелёного чая и счёт"),
        ("zh", "春卷", "春卷很好吃"),
    ],
)
def test_a_phrase_is_found_in_any_form_of_its_words(language: str, phrase: str, text: str) -> None:
    cued = touchpoint("snack", language, cues={language: [phrase]})
    bare = touchpoint("snack", language, descriptions={language: phrase})
    with_phrase, without = (
        TouchpointTagger({"key": "x", "names": {language: "X"}, "touchpoints": [one]})
        .predict_proba([text])
        .item()
        for one in (cued, bare)
    )
    assert with_phrase / (1 - with_phrase) > 4 * without / (1 - without)


def test_a_taxonomy_may_add_its_own_to_the_general_ones() -> None:
    both = TouchpointTagger(bar(extends="general"))
    text = "The courier was late, and there was nowhere to park the car in the car park"
    told = {m.touchpoint for m in both.tag([text])[0].mentions}
    general = {m.touchpoint for m in tp.load_tagger().tag([text])[0].mentions}
    assert general <= told
    assert "parking" in told


# --- narrower touchpoints ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("taxonomy", "text", "expected"),
    [
        ("hotel", "The breakfast buffet was delicious", {"breakfast": "positive"}),
        ("hotel", "Завтраки шикарные", {"breakfast": "positive"}),
        ("hotel", "早餐很好吃", {"breakfast": "positive"}),
        ("hotel", "Śniadanie było pyszne", {"breakfast": "positive"}),
    ],
)
def test_a_general_mention_is_given_to_what_it_is_about(
    taxonomy: str, text: str, expected: dict[str, str]
) -> None:
    assert found(TouchpointTagger(taxonomy), text) == expected


def test_children_of_a_mixed_mention_have_the_feeling_of_their_own_clause() -> None:
    text = "The breakfast was excellent, but the mattress was awful."
    (general,) = tp.load_tagger().tag([text])[0].mentions
    told = TouchpointTagger("hotel").tag([text])[0].mentions
    assert (general.touchpoint, general.sentiment) == ("product", "mixed")
    assert {m.touchpoint: m.sentiment for m in told} == {"breakfast": "positive", "bed": "negative"}
    assert [text[m.start : m.stop] for m in told] == ["The breakfast was excellent,", text[29:]]


def test_what_stands_far_apart_in_a_long_text_is_narrowed_each_for_itself() -> None:
    days = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday") * 2
    way = "".join(f"On {day} it rained until the evening, so we read and slept. " for day in days)
    text = f"The breakfast was delicious. {way}The mattress in our bed was excellent too."
    told = {
        m.touchpoint: text[m.start : m.stop]
        for m in TouchpointTagger("hotel").tag([text])[0].mentions
    }
    assert told.keys() == {"breakfast", "bed"}
    assert told["breakfast"].strip() == "The breakfast was delicious."
    assert told["bed"].strip() == "The mattress in our bed was excellent too."


@pytest.fixture(scope="module")
def sample() -> pd.DataFrame:
    """Return the sample texts, and some that speak of several things at length."""
    told = pd.read_csv(SAMPLE, dtype=str)["comment"].dropna()
    few = told.iloc[::5].tolist()
    long = [" ".join(few[i : i + 8]) for i in range(0, len(few), 8)]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", TpfeedbackWarning)
        return tp.read_feedback(pd.DataFrame({"text": [*few, *long]}), text="text")


@pytest.fixture(scope="module")
def general_mentions(sample: pd.DataFrame) -> pd.DataFrame:
    return tp.extract_mentions(sample)


def whole(mentions: pd.DataFrame) -> list[tuple[str, str, str]]:
    columns = ["feedback_id", "touchpoint", "sentiment"]
    return sorted(mentions[columns].itertuples(index=False, name=None))


@pytest.mark.parametrize("industry", INDUSTRIES)
def test_what_an_industry_finds_rolls_up_to_the_general_mentions(
    industry: str, sample: pd.DataFrame, general_mentions: pd.DataFrame
) -> None:
    mentions = tp.extract_mentions(sample, taxonomy=industry, tagger=TouchpointTagger(industry))
    assert whole(tp.roll_up(mentions, industry)) == whole(general_mentions)
    keys = ["feedback_id", "touchpoint"]
    assert not mentions.duplicated(keys).any()
    narrowed = set(mentions["touchpoint"]) - set(load_taxonomy())
    assert narrowed <= set(load_taxonomy(industry).keys)
    assert narrowed
    leading = mentions["touchpoint"].map(general_parent(industry))
    parents = mentions.assign(touchpoint=leading).merge(general_mentions, on=keys)
    assert len(parents) == len(mentions)
    assert (parents["confidence_x"] <= parents["confidence_y"] + 1e-6).all()
    split = parents["sentiment_x"] != parents["sentiment_y"]
    assert (parents.loc[split, "sentiment_y"] == "mixed").all()
    assert (parents.loc[~split, "score_x"] - parents.loc[~split, "score_y"]).abs().max() < 1e-5


@pytest.mark.parametrize("industry", ["hotel", "retail_bank"])
@pytest.mark.parametrize("option", [{"min_confidence": 0.3}, {"min_confidence": 0.9}])
def test_they_roll_up_at_every_confidence(
    industry: str, option: dict[str, float], sample: pd.DataFrame
) -> None:
    few = sample.iloc[::4]
    tagger = TouchpointTagger(industry)
    mentions = tp.extract_mentions(few, taxonomy=industry, tagger=tagger, **option)
    general = tp.extract_mentions(few, **option)
    assert whole(tp.roll_up(mentions, industry)) == whole(general)


# --- whatever the text ------------------------------------------------------------------------

STRANGE = [
    "",
    " \n\t",
    "x" * 100_000,
    "😀🎉" * 40,
    "\ud800",
    "a\udfff b \ud800 parking",
    "\u200b",
    "\u0301\u0301",
    "\x00\x00",
    "=1+1",
    "." * 2000,
    "Das Essen war gut, und der Kellner war sehr freundlich zu uns",
    *NASTY,
]


def assert_sound(tagged: TaggedText, text: str, keys: Sequence[str]) -> None:
    assert tagged.text == text
    said = [*tagged.mentions, *tagged.unsure]
    assert len({m.touchpoint for m in said}) == len(said)
    for m in said:
        assert m.touchpoint in keys
        assert m.sentiment in SENTIMENT_ORDER
        assert 0 <= m.confidence <= 1
        assert -1 <= m.score <= 1
        assert 0 <= m.start < m.stop <= len(text)
        assert text[m.start : m.stop].strip()
    assert list(tagged.mentions) == sorted(tagged.mentions, key=lambda m: (m.start, m.touchpoint))


@pytest.fixture(scope="module", params=["bar", "hotel"])
def tagger(request: pytest.FixtureRequest) -> TouchpointTagger:
    return TouchpointTagger(bar() if request.param == "bar" else "hotel")


@pytest.mark.parametrize("least", [None, 0.0])
@pytest.mark.parametrize("language", [None, "pl", "other"])
def test_no_text_is_too_strange(
    tagger: TouchpointTagger, least: float | None, language: str | None
) -> None:
    texts = [text for text in STRANGE if len(text) < 10_000 or (least, language) == (None, None)]
    told = tagger.tag(texts, min_confidence=least, languages=[language] * len(texts))
    for tagged, text in zip(told, texts, strict=True):
        assert_sound(tagged, text, tagger.touchpoints)
        if tagged.language == "other":
            assert (tagged.mentions, tagged.unsure, tagged.confidence) == ((), (), 0.0)


@given(st.text(max_size=60), st.sampled_from(LANGUAGES))
@settings(deadline=None, max_examples=40)
def test_any_string_has_sound_mentions(text: str, language: str) -> None:
    for taxonomy in ("hotel", load_taxonomy(bar())):
        tagger = TouchpointTagger(taxonomy)
        (tagged,) = tagger.tag([text], languages=[language], min_confidence=0.0)
        assert_sound(tagged, text, tagger.touchpoints)


def test_no_texts_have_no_tags(tagger: TouchpointTagger) -> None:
    assert tagger.tag([]) == []
    assert tagger.predict([]).shape == (0, len(tagger.touchpoints))
    assert tagger.predict_proba([]).shape == (0, len(tagger.touchpoints))


def test_a_phrase_late_in_a_long_text_is_found_where_it_stands() -> None:
    filler = "We ordered soup and bread and talked about the weather for a while. "
    text = filler * 40 + "Nowhere to park the car, the car park was full. " + filler * 40
    (mention,) = TouchpointTagger(bar()).tag([text])[0].mentions
    assert mention.touchpoint == "parking"
    assert text[mention.start : mention.stop].startswith("Nowhere to park the car")


# --- the same again ---------------------------------------------------------------------------


def test_the_same_texts_have_the_same_tags(tagger: TouchpointTagger, sample: pd.DataFrame) -> None:
    texts = sample["text"].tolist()[:60]
    again = TouchpointTagger(tagger.taxonomy)
    assert again.tag(texts) == tagger.tag(texts)
    assert again.digest == tagger.digest


def test_neither_order_nor_company_of_texts_matters(
    tagger: TouchpointTagger, sample: pd.DataFrame
) -> None:
    texts = (sample["text"].tolist() * 3)[: TEXTS_AT_ONCE + 20]
    probable = tagger.predict_proba(texts)
    assert len({len(t.mentions) for t in tagger.tag(texts)}) > 1
    order = np.random.default_rng(0).permutation(len(texts))
    shuffled = tagger.predict_proba([texts[i] for i in order])
    np.testing.assert_allclose(shuffled, probable[order], atol=1e-6)
    alone = np.vstack([tagger.predict_proba([text]) for text in texts[:10]])
    np.testing.assert_allclose(alone, probable[:10], atol=1e-6)


def test_threads_change_nothing_and_may_share_a_tagger(tagger: TouchpointTagger) -> None:
    texts = [saying for one in SAYINGS.values() for saying in one.values()]
    expected = tagger.predict_proba(texts)
    with ThreadPoolExecutor(4) as pool:
        several = list(pool.map(lambda _: tagger.predict_proba(texts), range(8)))
    single = TouchpointTagger(tagger.taxonomy, threads=1).predict_proba(texts)
    for one in (*several, single):
        np.testing.assert_allclose(one, expected, atol=1e-6)
