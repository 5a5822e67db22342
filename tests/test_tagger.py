"""The shipped tagger reads four languages and survives any string."""

from __future__ import annotations

import os
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit

from tpfeedback.errors import TaggerError
from tpfeedback.network import check_files, encodable, load_network
from tpfeedback.reading import overall_of
from tpfeedback.rows import batches_by_length
from tpfeedback.tagger import (
    SENTIMENT_ORDER,
    Mention,
    NetworkTagger,
    Tagger,
    load_network_tagger,
    merge,
)
from tpfeedback.taxonomy import load_taxonomy
from tpfeedback.training.data import read_labelled
from tpfeedback.training.evaluate import judge
from tpfeedback.training.scoring import bootstrap_f1, counts

GOLD = Path(__file__).parents[2] / "shared" / "data" / "gold_dev.jsonl.gz"
SENTIMENTS = {"negative", "neutral", "positive", "mixed"}


@pytest.fixture(scope="module")
def tagger() -> Tagger:
    return load_network_tagger()


def found(tagger: Tagger, text: str) -> dict[str, str]:
    return {m.touchpoint: m.sentiment for m in tagger.tag([text])[0].mentions}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Доставка опоздала на три часа", {"delivery": "negative"}),
        ("Очень вежливые продавцы", {"staff": "positive"}),
        ("快递太慢了，等了一个星期", {"delivery": "negative"}),
        ("服务员态度很好", {"staff": "positive"}),
        ("Kurier spóźnił się dwa dni", {"delivery": "negative"}),
        ("Bardzo miła obsługa", {"staff": "positive"}),
        ("The delivery was three days late", {"delivery": "negative"}),
        ("Friendly and helpful staff", {"staff": "positive"}),
        ("The app keeps crashing", {"mobile_app": "negative"}),
        ("Приложение постоянно вылетает", {"mobile_app": "negative"}),
        ("Wszystko super, polecam!", {}),
        ("Всё отлично!", {}),
        ("好评", {}),
    ],
)
def test_plain_statements_are_read_as_they_stand(tagger, text, expected):
    assert found(tagger, text) == expected


def test_evidence_holds_the_clause_that_says_it(tagger):
    text = "Доставка опоздала на три часа, но курьер вежливый"
    by_key = {m.touchpoint: m for m in tagger.tag([text])[0].mentions}
    assert "Доставка опоздала" in text[by_key["delivery"].start : by_key["delivery"].stop]
    assert "курьер вежливый" in text[by_key["staff"].start : by_key["staff"].stop]


@pytest.mark.parametrize(
    ("text", "evidence"),
    [
        (
            "Продавцы хамят, зато цены низкие",
            {"staff": "Продавцы хамят,", "price": "зато цены низкие"},
        ),
        (
            "The staff were rude, but the room was very clean",
            {"staff": "The staff were rude,", "cleanliness": "but the room was very clean"},
        ),
        ("价格便宜，但是送货太慢", {"price": "价格便宜，", "delivery": "但是送货太慢"}),
        (
            "Obsługa była miła, ale ceny są za wysokie",
            {"staff": "Obsługa była miła,", "price": "ale ceny są za wysokie"},
        ),
    ],
)
def test_a_contrast_gives_each_touchpoint_its_own_clause_as_evidence(tagger, text, evidence):
    by_key = {m.touchpoint: m for m in tagger.tag([text])[0].mentions}
    assert {key: text[by_key[key].start : by_key[key].stop] for key in evidence} == evidence


@pytest.mark.parametrize(
    ("text", "touchpoint", "sentiment"),
    [
        ("Посылка долетела за два дня, однако чайник оказался с браком и не греет.",
         "product", "negative"),
        ("会员日的折扣力度真大，可我要的尺码永远没货。", "promotions", "positive"),
        ("Przesyłka dotarła już następnego dnia, ale buty rozkleiły się po tygodniu noszenia.",
         "delivery", "positive"),
    ],
)  # fmt: skip
def test_a_sentiment_in_doubt_is_read_again_from_its_own_words(
    tagger, monkeypatch, text, touchpoint, sentiment
):
    assert found(tagger, text)[touchpoint] == sentiment
    monkeypatch.setattr("tpfeedback.tagger.read_again", lambda *given: None)
    assert found(tagger, text)[touchpoint] != sentiment


def test_a_text_in_another_language_is_marked_other_and_not_tagged(tagger):
    answer = tagger.tag(["Die Lieferung kam leider drei Tage zu spät und war beschädigt"])[0]
    assert (answer.language, answer.mentions, answer.confidence) == ("other", (), 0.0)


def test_a_long_text_is_read_to_its_end(tagger):
    filler = "We walked around for a while and looked at this and that. " * 40
    text = filler + "The delivery was three days late and nobody apologised."
    late = {m.touchpoint: m for m in tagger.tag([text])[0].mentions}["delivery"]
    assert late.sentiment == "negative"
    assert late.start >= len(filler) - 1


def test_every_language_and_touchpoint_of_the_taxonomy_is_known_to_the_tagger(tagger):
    assert tagger.touchpoints == load_taxonomy("general").keys
    assert isinstance(tagger, Tagger)


def test_the_digest_changes_with_every_file_of_the_model_and_with_its_calibration(tagger):
    network = load_network("general")
    files = network.settings["files"]
    assert {f"{name}.onnx" for name in ("pieces", "network")} < files.keys()
    changed = [{"files": {**files, name: "0" * 64}} for name in files] + [{"calibration": {}}]
    others = [replace(network, settings={**network.settings, **one}) for one in changed]
    digests = {NetworkTagger(other).digest for other in others}
    assert len(digests | {tagger.digest}) == len(files) + 2


def test_a_model_is_loaded_once_however_its_threads_are_named():
    assert load_network("general") is load_network("general", threads=None)
    assert load_network("general") is load_network("general", threads=os.cpu_count())


def test_the_order_of_texts_does_not_change_the_answers(tagger):
    texts = ["Rude staff", "Ładny sklep", "价格太贵了", "Долго ждали на кассе", "ok"] * 3
    there = tagger.tag(texts)
    back = tagger.tag(texts[::-1])[::-1]
    for a, b in zip(there, back, strict=True):
        assert [m.touchpoint for m in a.mentions] == [m.touchpoint for m in b.mentions]
        assert [m.confidence for m in a.mentions] == pytest.approx(
            [m.confidence for m in b.mentions], abs=1e-4
        )


def test_a_lower_min_confidence_only_adds_mentions(tagger):
    texts = ["The shop is fine and so are the people", "Drogo, ale ładnie"]
    few, many = tagger.tag(texts, min_confidence=0.8), tagger.tag(texts, min_confidence=0.05)
    for a, b in zip(few, many, strict=True):
        assert {m.touchpoint for m in a.mentions} <= {m.touchpoint for m in b.mentions}


@pytest.mark.parametrize(
    ("improve", "like", "answer", "touchpoint"),
    [
        ("Что нам улучшить?", "Что вам понравилось?", "цена", "price"),
        ("What could we improve?", "What did you like?", "the staff", "staff"),
        ("我们哪里需要改进？", "您最喜欢什么？", "价格", "price"),
        ("Co powinniśmy poprawić?", "Co się Państwu podobało?", "dostawa", "delivery"),
    ],
)
def test_the_question_turns_the_sentiment(tagger, improve, like, answer, touchpoint):
    tagged = tagger.tag([answer, answer], questions=[improve, like])
    sentiments = [{m.touchpoint: m.sentiment for m in one.mentions} for one in tagged]
    assert sentiments == [{touchpoint: "negative"}, {touchpoint: "positive"}]


def test_evidence_lies_in_the_answer_not_in_its_question(tagger):
    text = "it was slow, two weeks in all"
    [one] = tagger.tag([text], questions=["How was the delivery?"])
    assert all(0 <= m.start < m.stop <= len(text) for m in one.mentions)
    assert "delivery" in {m.touchpoint for m in one.mentions}


def test_no_question_and_an_empty_one_are_the_same(tagger):
    texts = ["Rude staff", "Drogo"]
    assert tagger.tag(texts) == tagger.tag(texts, questions=["", None])


def test_more_precision_leaves_fewer_mentions_and_the_rest_unsure(tagger):
    texts = ["The shop is fine and so are the people", "Drogo, ale ładnie", "Долго, но вкусно"]
    usual, strict = tagger.tag(texts), tagger.tag(texts, precision=0.9)
    for few, many in zip(strict, usual, strict=True):
        sure = {m.touchpoint for m in few.mentions}
        assert sure <= {m.touchpoint for m in many.mentions}
        assert not sure & {m.touchpoint for m in few.unsure}
        assert all(m.confidence >= 0.5 for m in few.unsure)


@pytest.mark.parametrize(
    "text",
    ["", " \n\t", "\x00\x01", "😀" * 10_000, "a" * 100_000, "。" * 5000, "\ud800 bad \udfff",
     "\u202eoguh", "ы" * 30_000],
)  # fmt: skip
def test_odd_strings_give_a_defined_result(tagger, text):
    answer = tagger.tag([text])[0]
    assert answer.text == text
    assert answer.sentiment in SENTIMENTS


@given(st.lists(st.text(max_size=400), max_size=4))
@settings(max_examples=40, deadline=None)
def test_any_text_gets_mentions_whose_evidence_lies_in_it(texts):
    for text, answer in zip(texts, load_network_tagger().tag(texts), strict=True):
        assert answer.text == text
        for m in answer.mentions:
            assert 0 <= m.start <= m.stop <= len(text)
            assert m.sentiment in SENTIMENTS
            assert 0 <= m.confidence <= 1
            assert -1 <= m.score <= 1


@pytest.mark.parametrize(
    ("texts", "options", "message"),
    [
        ("one text", {}, "takes a list of texts, given one text"),
        (["a", None], {}, "Text 1 is NoneType None, not str"),
        (["a"], {"min_confidence": 70}, "min_confidence is 70. Allowed: 0 to 1"),
        (["a"], {"languages": ["de"]}, "Unknown language 'de'. Known: en, other, pl, ru, zh"),
        (["a"], {"languages": ["pl", "en"]}, "languages: 2 values for 1 texts"),
        (["a"], {"languages": "pl"}, "languages: one text for 1 texts. Give a list"),
        (["a"], {"questions": ["Why?", "How?"]}, "questions: 2 values for 1 texts"),
        (["a"], {"precision": "0.9"}, r"precision is '0\.9'\. Allowed: 0\.8"),
        (["a"], {"questions": [5]}, r"questions hold 5 \(int\). Allowed: text or None"),
        (["a"], {"precision": 0.7}, "precision is 0.7. Allowed: 0.8, 0.85"),
        (["a"], {"precision": 0.9, "min_confidence": 0.5}, "Give one of them"),
    ],
)
def test_what_is_no_list_of_texts_is_refused(tagger, texts, options, message):
    with pytest.raises(TaggerError, match=message):
        tagger.tag(texts, **options)


def test_an_unknown_model_is_answered_with_the_known_ones():
    with pytest.raises(TaggerError, match=r"Unknown model 'generl'. Known: general"):
        load_network_tagger("generl")


def test_a_damaged_model_file_is_found(tmp_path):
    (tmp_path / "network.onnx").write_bytes(b"broken")
    with pytest.raises(TaggerError, match=r"network.onnx is damaged: sha256 \w+, expected abc"):
        check_files(tmp_path, {"network.onnx": "abc"})


def test_a_missing_model_file_is_found(tmp_path):
    with pytest.raises(TaggerError, match="missing"):
        check_files(tmp_path, {"tokenizer.json": "abc"})


def test_praise_and_complaint_in_two_windows_are_mixed():
    first = Mention("price", "negative", 0.9, 0, 5, -0.9)
    second = Mention("price", "positive", 0.6, 50, 60, 0.8)
    merged = merge([first, second], least=0.5)
    assert (merged.sentiment, merged.start, merged.confidence) == ("mixed", 0, 0.9)
    assert merged.score == pytest.approx((0.9 * -0.9 + 0.6 * 0.8) / 1.5)


def test_a_window_that_hardly_says_it_has_no_say_beside_a_surer_one():
    first = Mention("price", "negative", 0.98, 0, 5, -0.9)
    second = Mention("price", "positive", 0.001, 50, 60, 0.8)
    assert merge([first, second], least=0.5) == first
    assert merge([second], least=0.5) == second


def test_sure_mentions_stay_as_they_are_when_unsure_ones_are_asked_for(tagger):
    filler = "We walked around for a while and looked at this and that. " * 20
    texts = ["Долго везли, но вкусно", f"Lovely food. {filler} The waiter was rude."]
    for usual, all_of_them in zip(
        tagger.tag(texts), tagger.tag(texts, min_confidence=0.0), strict=True
    ):
        assert set(usual.mentions) <= set(all_of_them.mentions)


@dataclass(frozen=True)
class Part:
    """A window with its sentiment, as `overall_of` needs it."""

    overall: tuple[float, float, float, float]
    size: int

    @property
    def reading(self) -> Part:
        return self


@pytest.mark.parametrize(
    ("parts", "best"),
    [
        ([Part((0.9, 0.05, 0.05, 0), 100), Part((0.05, 0.05, 0.9, 0), 100)], "mixed"),
        ([Part((0.9, 0.05, 0.05, 0), 400), Part((0.05, 0.05, 0.9, 0), 50)], "negative"),
        ([Part((0.0, 0.1, 0.9, 0), 100), Part((0.0, 0.9, 0.1, 0), 90)], "positive"),
        ([Part((0.4, 0.1, 0.45, 0.05), 100)], "positive"),
    ],
)
def test_praise_in_one_part_and_complaint_in_another_make_a_mixed_text(parts, best):
    overall = np.array(overall_of(parts))
    assert SENTIMENT_ORDER[int(overall.argmax())] == best
    assert overall.sum() == pytest.approx(1)


def test_a_generator_of_texts_is_read_like_a_list(tagger):
    assert tagger.tag(t for t in ["Rude staff"]) == tagger.tag(["Rude staff"])


def test_batches_hold_every_text_once():
    lengths = [5, 4000, 1, 90, 90]
    assert sorted(i for batch in batches_by_length(lengths) for i in batch) == [0, 1, 2, 3, 4]


@given(st.text(st.characters(), max_size=50))
@settings(deadline=None)
def test_every_character_keeps_its_place_when_surrogates_are_replaced(text):
    safe = encodable(text)
    assert len(safe) == len(text)
    safe.encode("utf-8")


@pytest.mark.skipif(not GOLD.exists(), reason="the annotated texts in ../shared are not here")
@pytest.mark.parametrize("language", ["ru", "zh", "pl", "en"])
def test_the_gold_texts_are_read_above_the_floor(language):
    texts = [text for text in read_labelled(GOLD) if text.language == language]
    judged = judge(texts, load_network_tagger())
    score = bootstrap_f1(counts(judged, polarity=False), random_state=0)
    assert score.value >= 0.70


@pytest.mark.parametrize("question", ["", "Why?", "What could we do better?", "why " * 60])
def test_every_token_of_a_text_has_its_attention_logit_and_context(tagger, question):
    network = tagger.network
    texts = [" ".join(["slow", "delivery", "rude", "courier"] * 99)[:size] for size in range(4, 60)]
    texts.append("slow delivery " * 200)  # more than a window holds
    encodings = network.encode(texts)
    readings = network.read(encodings, [question] * len(texts), hidden=True)
    for reading, encoding in zip(readings, encodings, strict=True):
        count = len(reading.attention)
        assert count == len(encoding.ids) or count >= 100
        assert len(reading.logits) == len(reading.hidden) == len(reading.ends) == count
        assert (reading.attention > 0).all()
        assert (reading.attention.sum(axis=0) < 1 + 1e-5).all()
    if not question:
        for reading, alone in zip(readings, network.hidden(encodings), strict=True):
            assert alone == pytest.approx(reading.hidden, abs=1e-5)


def test_texts_keep_their_languages_where_they_are_read_in_several_chunks(tagger, monkeypatch):
    monkeypatch.setattr("tpfeedback.tagger.CHUNK", 2)
    texts = ["Dostawa szybka", "x y z", "Hızlı teslimat, teşekkürler", "Доставка", "快递很慢"]
    options = {
        "languages": ["pl", "en", None, None, "other"],
        "questions": [None, "What was bad?", None, "Что плохо?", None],
    }
    one_by_one = [
        tagger.tag([text], **{name: [told[i]] for name, told in options.items()})[0]
        for i, text in enumerate(texts)
    ]
    together = tagger.tag(texts, **options)
    assert together == one_by_one
    assert [text.language for text in together] == ["pl", "en", "other", "ru", "other"]
    assert tagger.tag([]) == []


@dataclass
class EvenSession:
    """Stands for the network: every token has the same share of attention."""

    given: dict[str, np.ndarray] = field(default_factory=dict)

    def run(self, wanted: list[str], given: dict[str, np.ndarray]) -> list[np.ndarray]:
        self.given = given
        mask = np.sign(given["steps"][given["ids"]])
        shares = np.repeat(mask / mask.sum(axis=1, keepdims=True).clip(1), 27, axis=2)
        rows = len(mask)
        return [np.zeros((rows, 27)), np.zeros((rows, 27, 4)), np.zeros((rows, 4)), shares, shares]


def test_what_the_mark_in_a_pair_had_goes_to_the_token_beside_it(tagger):
    network = replace(tagger.network, session=EvenSession(), threads=1)
    for text in ("slow", "slow delivery", "slow delivery again", "very slow delivery again"):
        [encoding] = network.encode([text])
        count = len(encoding.ids)
        [reading] = network.read([encoding])
        expected = np.ones(count)
        expected[0] += 1
        expected[-1] += count % 2 == 0  # else the mark behind it begins a pair of its own
        assert reading.attention[:, 0] * (count + 2) == pytest.approx(expected)


def test_padding_is_given_to_the_network_as_nothing(tagger):
    session = EvenSession()
    network = replace(tagger.network, session=session, threads=1)
    network.read(network.encode(["slow"]))
    filler = network.tokenizer.get_vocab_size()
    assert (session.given["ids"][0] == filler).tolist() == [False] * 3 + [True]
    assert (session.given["ids"][1] == filler).all()
    assert np.flatnonzero(session.given["steps"] == 0).tolist() == [filler]
    assert not session.given["table"][filler].any()


def test_a_confidence_is_the_calibrated_curve_of_what_the_network_says(tagger):
    [read] = tagger.read(["Delivery was late"])
    [window] = read.windows
    k = tagger.touchpoints.index("delivery")
    entry = tagger.network.settings["calibration"]["en"]
    for logit in (-40.0, 0.5, 2.0, 7.0, 40.0):
        said = np.where(np.arange(len(window.reading.presence)) == k, logit, -50.0)
        told = replace(window, reading=replace(window.reading, presence=said))
        judged = tagger.judge(replace(read, windows=[told]), {"en": 0.0})
        found = next(m.confidence for m in judged.mentions if m.touchpoint == "delivery")
        bent = entry["bend"] * np.sinh(logit / entry["bend"])
        assert found == pytest.approx(expit(entry["slope"] * bent + entry["intercept"]))
