"""Feedback becomes mentions without a row lost, doubled or changed."""

from __future__ import annotations

import warnings
from dataclasses import dataclass, field, replace

import pandas as pd
import pytest

from tpfeedback.errors import TableError, TpfeedbackWarning
from tpfeedback.mentions import extract_mentions, tag_feedback
from tpfeedback.mentions.spoken import read_languages
from tpfeedback.tables import check_table
from tpfeedback.tagger import Mention, TaggedText, load_network_tagger
from tpfeedback.taxonomy import load_taxonomy


@dataclass(frozen=True)
class WordTagger:
    """Finds the touchpoint whose key stands in the text; counts what it is asked."""

    asked: list[str]
    touchpoints: tuple[str, ...] = load_taxonomy("general").keys
    digest: str = "word"
    questions: list[str | None] = field(default_factory=list)

    def tag(self, texts, *, languages, questions, **options):
        self.asked.extend(texts)
        self.questions.extend(questions)
        return [
            TaggedText(
                text, code, "negative", 0.9,
                tuple(Mention(k, "negative", 0.9, text.index(k), text.index(k) + len(k), -0.9)
                      for k in self.touchpoints if k in text),
            )
            for text, code in zip(texts, languages, strict=True)
        ]  # fmt: skip


def feedback_of(*texts: str) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "feedback_id": [f"f{i}" for i in range(len(texts))],
            "text": list(texts),
            "overall": 3.0,
            "language": None,
            "date": pd.NaT,
            "channel": None,
            "question": None,
        }
    )


def test_each_mention_quotes_the_text_between_start_and_stop():
    feedback = feedback_of("good delivery, bad price", "nothing")
    mentions = extract_mentions(feedback, tagger=WordTagger([]))
    check_table(mentions, "mentions")
    texts = feedback.set_index("feedback_id")["text"]
    assert list(mentions["touchpoint"]) == ["price", "delivery"]
    for row in mentions.itertuples():
        assert texts[row.feedback_id][row.start : row.stop] == row.evidence


def test_equal_texts_are_tagged_once_and_counted_each():
    tagger = WordTagger([])
    mentions = extract_mentions(feedback_of("price", "price", "price"), tagger=tagger)
    assert tagger.asked == ["price"]
    assert list(mentions["feedback_id"]) == ["f0", "f1", "f2"]


def test_the_same_answer_to_another_question_is_tagged_on_its_own():
    tagger = WordTagger([], questions=[])
    feedback = feedback_of("price", "price", "price", "price")
    feedback["question"] = ["What was good?", "What was bad?", "What was bad?", None]
    assert len(extract_mentions(feedback, tagger=tagger)) == 4
    assert tagger.questions == ["What was good?", "What was bad?", None]


def test_a_short_answer_is_read_in_the_language_of_its_question():
    feedback = feedback_of("newsletter", "hygiena")
    feedback["question"] = ["Co powinniśmy poprawić w naszym sklepie?"] * 2
    tagged = tag_feedback(feedback, tagger=WordTagger([])).feedback
    assert list(tagged["language"]) == ["pl", "pl"]


@pytest.mark.parametrize(
    ("answer", "question", "code"),
    [
        ("Очереди", "What could we improve?", "ru"),
        ("Дорого", "我们可以改进什么地方？", "ru"),
        ("价格太高", "What could we improve about our service?", "zh"),
        ("送货慢，等了三天", "Что нам улучшить?", "zh"),
        ("cena i dostawa", "What could we improve?", "pl"),
        ("Дорого", "Що нам покращити у нашому магазині?", "other"),
        ("fast food", "Что нам улучшить в нашей работе?", "ru"),
    ],
)
def test_a_short_answer_surely_in_another_language_than_its_question_is_read_in_it(
    answer, question, code
):
    feedback = feedback_of(answer)
    feedback["question"] = question
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", TpfeedbackWarning)  # one is in none of the four
        tagged = tag_feedback(feedback, tagger=WordTagger([])).feedback
    assert list(tagged["language"]) == [code]


def test_the_callers_feedback_is_not_changed():
    feedback = feedback_of("price")
    before = feedback.copy(deep=True)
    tagged = tag_feedback(feedback, tagger=WordTagger([])).feedback
    pd.testing.assert_frame_equal(feedback, before)
    assert list(tagged["language"]) == ["en"]
    assert list(tagged["sentiment"]) == ["negative"]


def test_texts_in_other_languages_are_counted_in_a_warning():
    with pytest.warns(TpfeedbackWarning, match="1 of 2 texts is in none of the four languages"):
        tagged = tag_feedback(
            feedback_of("Die Lieferung war leider viel zu spät", "the price"), tagger=WordTagger([])
        )
    assert list(tagged.feedback["language"]) == ["other", "en"]
    assert tagged.feedback["sentiment"].isna().tolist() == [True, False]


def test_a_text_too_short_to_tell_is_read_in_the_language_of_the_others():
    texts = ["Bardzo szybka dostawa i miła obsługa", "Polecam wszystkim ten sklep", "ok", "12"]
    tagged = tag_feedback(feedback_of(*texts), tagger=load_network_tagger()).feedback
    assert list(tagged["language"]) == ["pl"] * 4
    assert (tagged["language_confidence"] >= 0.5).tolist() == [True, True, False, False]


def test_languages_read_piece_by_piece_are_those_of_all_texts_at_once():
    texts = ["Bardzo szybka dostawa i miła obsługa", "ok", "super", "не", "12", "Late again, and "
             "nobody told me", "Polecam wszystkim ten sklep"]  # fmt: skip
    whole = feedback_of(*texts)
    expected = read_languages(whole)
    pieces = [read_languages(whole.loc[k:k], usual="pl") for k in range(len(texts))]
    pd.testing.assert_frame_equal(pd.concat(pieces), expected)
    assert list(expected["language"][[0, 1, 4, 5]]) == ["pl", "pl", "pl", "en"]


SENTENCES = {
    "en": "The shop was clean and the cashier helped me with order",
    "pl": "Bardzo szybka dostawa i miła obsługa, zamówienie",
    "ru": "Заказ привезли вовремя, курьер был вежливый, номер",
}


def languages_among(usual, *texts):
    """Return the languages of `texts` in a file of forty sentences in the usual one."""
    sentences = [f"{SENTENCES[usual]} {n}" for n in range(40)]
    return read_languages(feedback_of(*sentences, *texts))["language"].tolist()[40:]


@pytest.mark.parametrize(
    ("usual", "words"),
    [
        ("en", ["Queue", "Value", "Website!", "queues", "Seating..."]),
        ("pl", ["Personel", "Kultura", "rasista", "debil"]),
        ("ru", ["Кошмар", "Долгооооо", "Цена", "балдеж"]),
    ],
)
def test_a_single_word_that_seems_foreign_is_read_in_the_language_of_the_others(usual, words):
    assert languages_among(usual, *words) == [usual] * len(words)


@pytest.mark.parametrize(
    ("usual", "texts"),
    [
        ("en", ["Die Ware war schlecht", "Sehr gut", "Warteschlange", "Дякую", "좋아요 ok"]),
        ("pl", ["Sehr gut", "Très bien", "Дякую", "Die Lieferung war leider viel zu spät"]),
        ("ru", ["Якість", "Не сподобалось обслуговування", "Дуже добре", "Personal", "좋아요"]),
    ],
)
def test_a_foreign_text_in_a_file_of_one_language_is_not_read_in_it(usual, texts):
    assert usual not in languages_among(usual, *texts)


def test_a_short_text_in_another_script_keeps_its_language():
    texts = [f"Bardzo szybka dostawa i miła obsługa, zamówienie {n}" for n in range(5)]
    tagged = tag_feedback(feedback_of(*texts, "не"), tagger=load_network_tagger()).feedback
    assert tagged["language"].iloc[-1] != "pl"


def test_a_longer_text_in_latin_letters_stays_russian_and_uncertain():
    english = [f"The delivery was late again, order {n}" for n in range(8)]
    texts = [*english, "dostavka opozdala na tri chasa, kurier grubil, bolshe ne zakazhu"]
    last = tag_feedback(feedback_of(*texts), tagger=load_network_tagger()).feedback.iloc[-1]
    assert last["language"] == "ru"
    assert last["language_confidence"] < 0.5


def test_a_language_that_the_export_names_is_kept():
    feedback = feedback_of("dostawa")
    feedback["language"] = "ru"
    tagged = tag_feedback(feedback, tagger=load_network_tagger()).feedback
    assert list(tagged["language"]) == ["ru"]
    assert list(tagged["language_confidence"]) == [1.0]


def test_no_mention_gives_an_empty_table_with_every_column():
    mentions = extract_mentions(feedback_of("nothing"), tagger=WordTagger([]))
    assert len(mentions) == 0
    check_table(mentions, "mentions")


def test_touchpoints_outside_the_taxonomy_are_left_out():
    small = load_taxonomy("general")
    only_price = replace(small, touchpoints=(small.touchpoint("price"),))
    mentions = extract_mentions(
        feedback_of("price and delivery"), taxonomy=only_price, tagger=WordTagger([])
    )
    assert list(mentions["touchpoint"]) == ["price"]


def test_a_table_that_is_no_feedback_is_refused():
    with pytest.raises(TableError, match="The feedback table lacks the columns feedback_id"):
        extract_mentions(pd.DataFrame({"comment": ["a"]}))


def test_progress_is_shown_on_stderr_when_asked(capsys):
    extract_mentions(feedback_of("price"), tagger=WordTagger([]), progress=True)
    captured = capsys.readouterr()
    assert "tagging" in captured.err
    assert captured.out == ""
