"""`evaluate`: a tagger against labels, on small taggers whose answers are known."""

from __future__ import annotations

import json
import warnings
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tpfeedback.errors import TableError, TaggerError, TpfeedbackWarning
from tpfeedback.evaluation import evaluate
from tpfeedback.mentions import extract_mentions
from tpfeedback.tables import FEEDBACK
from tpfeedback.tagger import Mention, TaggedText, load_network_tagger
from tpfeedback.taxonomy import load_taxonomy
from tpfeedback.training.data import read_labelled
from tpfeedback.training.evaluate import judge
from tpfeedback.training.scoring import bootstrap_f1, counts, macro_f1

GOLD = Path(__file__).parents[2] / "shared/data/gold_dev.jsonl.gz"
SENTIMENT_OF_MARK = {"-": "negative", "0": "neutral", "+": "positive", "*": "mixed"}
SCORES = {"negative": -0.9, "neutral": 0.0, "positive": 0.9, "mixed": 0.0}


@dataclass(frozen=True)
class ToldTagger:
    """Says what it was told to: by text, (touchpoint, sentiment, confidence)."""

    told: dict[str, list[tuple[str, str, float]]]
    touchpoints: tuple[str, ...] = load_taxonomy("general").keys
    digest: str = "told"

    def tag(self, texts, *, languages=None, questions=None, min_confidence=None, precision=None):
        least = 0.5 if min_confidence is None else min_confidence
        return [
            TaggedText(text, language or "en", "negative", 0.9,
                       tuple(Mention(key, sentiment, sure, 0, 4, SCORES[sentiment])
                             for key, sentiment, sure in self.told.get(text, [])
                             if sure >= least))
            for text, language in zip(texts, languages, strict=True)
        ]  # fmt: skip


TEXTS = {
    "a": "Rude staff here", "b": "Cheap and quick", "c": "Nothing to say", "d": "Late <b>again</b>",
}  # fmt: skip
TAGGER = ToldTagger(
    {
        TEXTS["a"]: [("staff", "negative", 0.9)],
        TEXTS["b"]: [("price", "negative", 0.8), ("waiting", "positive", 0.3)],
        TEXTS["c"]: [("staff", "positive", 0.7)],
    }
)
READ = [
    ("a", "staff", "negative"), ("b", "price", "positive"), ("b", "waiting", "positive"),
    ("c", None, None), ("d", "delivery", "negative"),
]  # fmt: skip


def labels_of(rows=READ, **columns):
    table = pd.DataFrame(rows, columns=["feedback_id", "touchpoint", "sentiment"])
    return table.assign(text=table["feedback_id"].map(TEXTS), **columns)


def quietly(*arguments, **options):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", TpfeedbackWarning)
        return evaluate(*arguments, **options)


@pytest.fixture(scope="module")
def found():
    language = labels_of()["feedback_id"].map({"a": "en", "b": "en", "c": "pl", "d": "pl"})
    overall = ["negative", "positive", "positive", None, "negative"]
    return quietly(TAGGER, labels_of(language=language, overall_sentiment=overall))


def feedback_of(ids):
    table = pd.DataFrame({"feedback_id": ids, "text": [TEXTS[one] for one in ids]})
    return table.reindex(columns=[column.name for column in FEEDBACK if column.required])


# --- scores


def test_scores_are_told_for_all_texts_and_for_each_language(found):
    shown = found.languages.set_index("language")
    assert shown.index.tolist() == ["all", "pl", "en"]
    assert shown[["texts", "labelled", "said", "right"]].values.tolist() == [
        [4, 4, 3, 2], [2, 1, 1, 0], [2, 3, 2, 2]
    ]  # fmt: skip
    whole = shown.loc["all"]
    assert whole[["precision", "recall", "f1"]].tolist() == pytest.approx([2 / 3, 1 / 2, 4 / 7])
    assert whole[["sentiment_f1", "sentiment_accuracy"]].tolist() == pytest.approx([2 / 7, 1 / 2])
    assert whole["overall_accuracy"] == pytest.approx(2 / 3)


def test_every_figure_stands_within_its_interval(found):
    for table in (found.languages, found.touchpoints, found.polarity, found.calibration):
        for name in [c.removesuffix("_low") for c in table.columns if c.endswith("_low")]:
            known = table[table[name].notna()]
            assert (known[f"{name}_low"] <= known[name]).all(), name
            assert (known[name] <= known[f"{name}_high"]).all(), name


def test_touchpoints_that_nobody_names_are_left_out(found):
    shown = found.touchpoints[found.touchpoints["language"] == "all"].set_index("touchpoint")
    assert shown.index.tolist() == ["delivery", "price", "staff", "waiting"]
    assert shown["f1"].tolist() == pytest.approx([0, 1, 2 / 3, 0])
    assert shown.loc["staff", ["f1_low", "f1_high"]].tolist() == pytest.approx(
        [0.173, 0.951], abs=1e-3
    )


def test_all_languages_can_be_told_together_only():
    shown = quietly(TAGGER, labels_of(), by_language=False)
    assert shown.languages["language"].tolist() == ["all"]
    assert repr(shown).startswith("Evaluation on 4 labelled texts: F1 0.571 (")


def test_the_macro_f1_is_of_touchpoints_that_ten_labelled_texts_name():
    names = [f"t{i:02d}" for i in range(12)]
    told = {name: [("staff", "negative", 0.9), ("price", "negative", 0.9)] for name in names}
    rows = [(name, "staff", "negative") for name in names[:10]]
    rows += [(name, "price", "negative") for name in names[:9]]
    rows += [(name, None, None) for name in names[10:]]
    labels = pd.DataFrame(rows, columns=["feedback_id", "touchpoint", "sentiment"])
    labels["text"] = labels["feedback_id"]
    whole = quietly(ToldTagger(told), labels, by_language=False).languages.iloc[0]
    assert whole["macro_touchpoints"] == 1
    assert whole["macro_f1"] == pytest.approx(2 * 10 / (10 + 12))


def test_what_is_labelled_neutral_beside_a_complaint_is_a_complaint():
    rows = [("a", "staff", "neutral"), ("a", "staff", "negative")]
    assert quietly(TAGGER, labels_of(rows)).languages.loc[0, "sentiment_f1"] == 1.0


def test_polarity_tells_which_sentiment_was_taken_for_which(found):
    shown = found.polarity.query("language == 'all' and mentions > 0").set_index("labelled")
    assert shown.loc["positive", ["mentions", "negative", "positive", "right"]].tolist() == [
        1,
        1,
        0,
        0,
    ]
    assert shown.loc["negative", ["mentions", "negative", "right"]].tolist() == [1, 1, 1]


def test_calibration_sees_what_the_tagger_did_not_say(found):
    shown = found.calibration[found.calibration["language"] == "all"]
    assert shown["confidence_from"].tolist() == pytest.approx([0.3, 0.7, 0.8, 0.9])
    assert shown["right"].tolist() == [1.0, 0.0, 1.0, 1.0]
    expected = (0.7 + 0.7 + 0.2 + 0.1) / 4
    assert found.languages.loc[0, "calibration_error"] == pytest.approx(expected)


def test_a_label_without_sentiment_counts_for_the_touchpoint_only():
    rows = [("a", "staff", None), ("b", "price", "positive")]
    whole = quietly(TAGGER, labels_of(rows), by_language=False).languages.iloc[0]
    assert (whole["recall"], whole["sentiment_accuracy"], whole["sentiment_f1"]) == (1, 0, 0)
    rows = [("a", "staff", None), ("b", "price", "negative")]
    whole = quietly(TAGGER, labels_of(rows), by_language=False).languages.iloc[0]
    assert (whole["sentiment_accuracy"], whole["sentiment_f1"]) == (1, 1)
    assert quietly(TAGGER, labels_of(rows)).errors.empty


# --- errors


def test_the_worst_errors_are_told_by_kind_the_most_surprising_first(found):
    told = found.errors[["kind", "feedback_id", "touchpoint", "said", "labelled"]]
    assert told.astype(object).where(told.notna(), None).values.tolist() == [
        ["false mention", "c", "staff", "positive", None],
        ["missed", "d", "delivery", None, "negative"],
        ["missed", "b", "waiting", None, "positive"],
        ["wrong sentiment", "b", "price", "negative", "positive"],
    ]  # fmt: skip
    assert found.errors["surprise"].tolist() == pytest.approx([0.7, 1.0, 0.7, 0.95])
    assert found.errors["confidence"].isna().tolist() == [False, True, False, False]


def test_no_more_errors_are_told_than_asked_for():
    assert quietly(TAGGER, labels_of(), worst=1).errors["kind"].is_unique


def test_a_customers_text_is_data_in_the_page(found):
    page = found._repr_html_()
    assert "Late &lt;b&gt;again&lt;/b&gt;" in page
    assert "<b>" not in page


def test_personal_data_is_masked_in_what_is_shown():
    told = "Anna Nowak, call me at +48 601 234 567, rude staff"
    labels = labels_of([("a", "price", "negative")]).assign(text=told)
    shown = quietly(ToldTagger({}), labels)
    assert "601" not in shown._repr_html_() + json.dumps(shown.to_dict())
    assert "601" in shown.errors["excerpt"][0]
    assert "601" in json.dumps(shown.to_dict(mask=False))


def test_an_excerpt_of_a_long_text_shows_the_words_in_question():
    text = "We walked around the town. " * 30 + "Rude staff!" + " And so on." * 30
    start = text.index("Rude")
    mention = Mention("staff", "negative", 0.9, start, start + 11, -0.9)

    class OneMention(ToldTagger):
        def tag(self, texts, **options):
            return [TaggedText(texts[0], "en", "negative", 0.9, (mention,))]

    labels = labels_of([("a", None, None)]).assign(text=text)
    shown = quietly(OneMention({}), labels).errors["excerpt"][0]
    assert "Rude staff!" in shown
    assert len(shown) <= 162


# --- what is given


def test_a_mentions_table_stands_for_its_tagger():
    feedback = feedback_of(list(TEXTS)).assign(language="en")
    mentions = extract_mentions(feedback, tagger=TAGGER, taxonomy="general", progress=False)
    told = quietly(TAGGER, labels_of(), feedback=feedback)
    with pytest.warns(TpfeedbackWarning, match="holds only what the tagger was sure enough of"):
        shown = quietly_but_kept(mentions, labels_of(), feedback=feedback)
    columns = ["language", "precision", "f1", "sentiment_f1", "f1_low"]
    pd.testing.assert_frame_equal(shown.languages[columns], told.languages[columns])


def quietly_but_kept(*arguments, **options):
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Few labelled|Named in fewer", TpfeedbackWarning)
        return evaluate(*arguments, **options)


def test_the_texts_may_come_from_the_feedback_table():
    labels = labels_of().drop(columns="text")
    shown = quietly(TAGGER, labels, feedback=feedback_of(list("dcba")).assign(language="en"))
    assert shown.languages.loc[0, "f1"] == pytest.approx(4 / 7)


def test_the_order_of_labels_and_their_index_do_not_matter(found):
    given = labels_of(language="en", annotator="Ann")
    first = quietly(TAGGER, given)
    again = quietly(TAGGER, given.iloc[::-1].set_axis([0] * len(given)))
    assert first.to_dict() == again.to_dict()


def test_categories_serve_as_well_as_texts():
    mentions = extract_mentions(feedback_of(list(TEXTS)), tagger=TAGGER, progress=False)
    plain = quietly(mentions, labels_of())
    categories = [
        table.astype(dict.fromkeys(("feedback_id", "touchpoint", "sentiment"), "category"))
        for table in (mentions, labels_of())
    ]
    pd.testing.assert_frame_equal(quietly(*categories).touchpoints, plain.touchpoints)


def test_two_marks_of_one_touchpoint_are_mixed_whoever_gave_them():
    rows = [("a", "staff", "negative"), ("a", "staff", "positive")]
    for columns in ({}, {"annotator": "Ann"}):
        for given in (rows, rows[::-1]):
            told = quietly(TAGGER, labels_of(given, **columns)).polarity
            assert told.loc[told["mentions"] > 0, "labelled"].unique().tolist() == ["mixed"]


def test_the_labels_are_left_as_they_were():
    given = labels_of()
    before = given.copy()
    quietly(TAGGER, given)
    pd.testing.assert_frame_equal(given, before)


def test_min_confidence_is_the_taggers():
    assert quietly(TAGGER, labels_of(), min_confidence=0.2).languages.loc[0, "right"] == 3


def test_the_precision_asked_for_is_the_taggers():
    class Careful(ToldTagger):
        def tag(self, texts, *, precision=None, **options):
            return super().tag(texts, **{**options, "min_confidence": precision})

    shown = quietly(Careful(TAGGER.told), labels_of(), precision=0.85, by_language=False)
    assert shown.languages.loc[0, ["said", "right"]].tolist() == [1, 1]


@pytest.mark.parametrize(
    ("given", "options", "error", "message"),
    [
        (labels_of([("a", "stuff", "negative")]), {}, TableError,
         r"taxonomy 'general' does not have\. Unknown touchpoint 'stuff'.*Did you mean 'staff'"),
        (labels_of([]), {}, TableError, "labels table has no rows"),
        (labels_of([("a", "staff", "bad")]), {}, TableError, "'sentiment' of the labels table"),
        (labels_of().drop(columns="touchpoint"), {}, TableError, "lacks the columns touchpoint"),
        (labels_of().drop(columns="text"), {}, TableError, "text of 4 labelled texts is not known"),
        (labels_of(), {"feedback": feedback_of(["a", "b"])}, TableError,
         "2 labelled texts are not in the feedback table, for example 'c'"),
    ],
)  # fmt: skip
def test_labels_that_cannot_be_used_are_refused(given, options, error, message):
    with pytest.raises(error, match=message):
        evaluate(TAGGER, given, **options)


def test_what_is_no_tagger_is_refused():
    with pytest.raises(TaggerError, match=r"tagger is str\. Allowed: a tagger"):
        evaluate("general", labels_of())
    feedback = feedback_of(list(TEXTS)).assign(language="en")
    mentions = extract_mentions(feedback, tagger=TAGGER, progress=False)
    with pytest.raises(TaggerError, match="Leave them out, or give the tagger"):
        evaluate(mentions, labels_of(), precision=0.9)
    with pytest.raises(TableError, match="None of the labelled texts is in the mentions table"):
        evaluate(mentions, labels_of().replace({"feedback_id": {k: f"{k}1" for k in TEXTS}}))


# --- notes and weights


def test_few_texts_and_rare_touchpoints_are_warned_of():
    with pytest.warns(TpfeedbackWarning) as caught:
        shown = evaluate(TAGGER, labels_of(language="en"))
    said = [str(one.message) for one in caught if one.category is TpfeedbackWarning]
    assert tuple(said) == shown.notes
    assert "Few labelled texts: en (4). With fewer than 100" in " ".join(said)
    assert "fewer than 10 labelled texts: staff, price, waiting, delivery" in " ".join(said)
    assert {one.filename for one in caught} == {__file__}


def test_picked_labels_are_said_to_be_no_random_sample():
    picked = labels_of(probability=[0.0, 0.5, 0.5, 0.5, 0.5])
    shown, plain = quietly(TAGGER, picked), quietly(TAGGER, labels_of())
    assert any("1 of the 4 labelled texts were picked" in note for note in shown.notes)
    unknown = quietly(TAGGER, picked.assign(probability=[np.nan, 0.5, 0.5, 0.5, 0.5]))
    assert any("1 of the 4 labelled texts were picked" in note for note in unknown.notes)
    pd.testing.assert_frame_equal(shown.languages, plain.languages)


def test_labels_drawn_with_different_chances_are_weighted():
    chances = labels_of()["feedback_id"].map({"a": 0.25, "b": 1.0, "c": 0.5, "d": 1.0})
    shown = quietly(TAGGER, labels_of(probability=chances))
    assert shown.languages.loc[0, "precision"] == pytest.approx((4 + 1) / (4 + 1 + 2))
    assert shown.languages.loc[0, "right"] == 2
    assert any("drawn with different chances" in note for note in shown.notes)


def test_weights_are_one_over_the_chance_wherever_texts_are_counted():
    chance = {"a": 0.1, "b": 0.5, "c": 1.0, "d": 0.25}
    overall = {"a": "negative", "b": "positive", "c": "positive", "d": "negative"}
    rows = [*READ, ("b", "staff", "positive")]
    names = pd.Series([row[0] for row in rows])
    given = labels_of(rows, probability=names.map(chance), overall_sentiment=names.map(overall))
    found = quietly(TAGGER, given.assign(language="en"), by_language=False)
    whole = found.languages.iloc[0]  # a: 10 texts, b: 2, c: 1, d: 4
    assert whole["precision"] == pytest.approx((10 + 2) / (10 + 2 + 1))
    assert whole["recall"] == pytest.approx((10 + 2) / (10 + 3 * 2 + 4))
    assert whole["overall_accuracy"] == pytest.approx((10 + 4) / (10 + 2 + 1 + 4))
    assert whole["sentiment_accuracy"] == pytest.approx(10 / (10 + 2))
    gaps = 10 * 0.1 + 2 * (0.2 + 0.7) + 1 * 0.7
    assert whole["calibration_error"] == pytest.approx(gaps / (10 + 2 * 2 + 1))
    of_price = found.polarity.query("labelled == 'positive'")
    assert of_price["right"].tolist() == [0.0]


def test_the_shares_of_polarity_and_of_tenths_are_weighted_and_the_counts_are_not():
    rows = [("a", "staff", "negative"), ("b", "price", "negative"), ("c", "staff", "negative")]
    chances = pd.Series([0.1, 0.5, 1.0])  # said: negative 0.9, negative 0.8, positive 0.7
    found = quietly(TAGGER, labels_of(rows, probability=chances), by_language=False)
    row = found.polarity.query("labelled == 'negative'").iloc[0]
    assert row[["mentions", "negative", "positive"]].tolist() == [3, 2, 1]
    assert row["right"] == pytest.approx((10 + 2) / (10 + 2 + 1))
    same = ToldTagger({text: [(key, mood, 0.9) for key, mood, _ in told]
                       for text, told in TAGGER.told.items()})  # fmt: skip
    tenth = quietly(same, labels_of(rows, probability=chances), by_language=False).calibration
    assert tenth["mentions"].tolist() == [4]
    assert tenth["right"].tolist() == pytest.approx([13 / (10 + 2 * 2 + 1)])


def test_people_are_compared_on_what_both_read_and_weighted_as_the_tagger_is():
    first = labels_of(annotator="Ann")
    other = labels_of([("a", "price", "negative"), ("b", "price", "positive")], annotator="Bo")
    both = pd.concat([first, other], ignore_index=True)
    # Both read a (nothing in common) and b (one of two).
    plain = quietly(TAGGER, both, by_language=False)
    assert plain.languages.loc[0, "human_f1"] == pytest.approx(2 * 1 / (3 + 2))
    chances = both["feedback_id"].map({"a": 0.1, "b": 0.5, "c": 1.0, "d": 1.0})
    shown = quietly(TAGGER, both.assign(probability=chances), by_language=False)
    assert shown.languages.loc[0, "human_f1"] == pytest.approx(2 * 2 / (10 + 4 + 10 + 2))
    price = shown.touchpoints.set_index("touchpoint").loc["price", "human_f1"]
    assert price == pytest.approx(2 * 2 / (2 + 10 + 2))


def test_equal_chances_need_no_weights():
    shown, plain = quietly(TAGGER, labels_of(probability=0.1)), quietly(TAGGER, labels_of())
    assert shown.to_dict() == plain.to_dict()


# --- several annotators


def test_of_several_annotators_the_majority_is_the_truth_and_their_agreement_stands_beside():
    rows = [("c", "staff", "positive") if row[0] == "c" else row for row in READ]
    three = pd.concat([
        labels_of(annotator="Ann"), labels_of(rows, annotator="Bo"), labels_of(annotator="Cy")
    ], ignore_index=True)  # fmt: skip
    shown, single = quietly(TAGGER, three), quietly(TAGGER, labels_of())
    columns = ["f1", "precision", "recall"]
    pd.testing.assert_frame_equal(shown.languages[columns], single.languages[columns])
    # Of the three pairs, one agrees on 4 mentions, two on 4 of 4 and 5.
    assert shown.languages.loc[0, "human_f1"] == pytest.approx(2 * 12 / (8 + 9 + 9))
    alpha = shown.agreement.query("touchpoint == 'all' and measure == 'alpha'")
    assert alpha["texts"].tolist() == [4, 4]
    assert any("Texts labelled by several annotators: 4" in note for note in shown.notes)
    assert "F1 between people" in shown._repr_html_()


def test_with_one_annotator_there_is_no_agreement(found):
    assert found.agreement.empty
    assert found.languages["human_f1"].isna().all()
    assert "F1 between people" not in found._repr_html_()


# --- real texts


@pytest.mark.skipif(not GOLD.exists(), reason="the annotated texts are not in the repository")
def test_scores_of_the_shipped_tagger_are_those_that_training_reports():
    texts = read_labelled(GOLD)
    rows = [
        {"feedback_id": one.id, "text": one.text, "language": one.language, "touchpoint": key,
         "overall_sentiment": SENTIMENT_OF_MARK.get(one.overall),
         "sentiment": SENTIMENT_OF_MARK.get(mark)}
        for one in texts
        for key, mark in (one.touchpoints or {None: None}).items()
    ]  # fmt: skip
    tagger = load_network_tagger()
    shown = quietly(tagger, pd.DataFrame(rows)).languages.set_index("language")
    judged = judge(texts, tagger)
    for language in shown.index:
        mine = [one for one in judged if language in ("all", one.language)]
        known = bootstrap_f1(counts(mine, polarity=False), random_state=0)
        felt = bootstrap_f1(counts(mine, polarity=True), random_state=0)
        row = shown.loc[language]
        assert row["f1"] == pytest.approx(known.value)
        assert row["sentiment_f1"] == pytest.approx(felt.value)
        assert row["macro_f1"] == pytest.approx(macro_f1(mine))
        assert [row["f1_low"], row["f1_high"]] == pytest.approx([known.low, known.high], abs=0.01)
        right = [one.said_overall == one.true_overall for one in mine if one.true_overall]
        assert row["overall_accuracy"] == pytest.approx(np.mean(right))
