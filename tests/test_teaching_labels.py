"""Labels in every form teach a tagger; what does not fit is refused with a clear word."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.teaching_cases import LABELS, TEXTS, bar
from tpfeedback.errors import TaggerError
from tpfeedback.teaching.estimator import TouchpointTagger
from tpfeedback.teaching.targets import micro_f1, present_of

KEYS = ("music", "parking", "hygiene")
PRESENT = np.array([[float(key in label) for key in KEYS] for label in LABELS], np.float32)
HELD = {
    "The violinist was superb": "music",
    "Awful karaoke singer": "music",
    "Nice rock concert on Friday": "music",
    "No room left in the car park": "parking",
    "Someone blocked my car in the lot": "parking",
    "We left the van in the garage": "parking",
    "The salad was fresh": None,
    "Friendly barman": None,
}


@pytest.fixture(scope="module")
def taught() -> TouchpointTagger:
    return TouchpointTagger(bar()).fit(TEXTS, LABELS)


# --- what labels do ---------------------------------------------------------------------------


def test_a_dozen_labels_improve_what_words_alone_find(taught: TouchpointTagger) -> None:
    said = [[key] if key else [] for key in HELD.values()]
    untaught = TouchpointTagger(bar()).score([*HELD], said)
    assert taught.score([*HELD], said) > untaught + 0.25


def test_what_was_taught_in_one_language_is_found_in_the_others(taught: TouchpointTagger) -> None:
    texts = ["Парковка была забита машинами", "停车场没有车位", "Parking był pełny"]
    assert taught.predict(texts)[:, 1].tolist() == [1, 1, 1]


def test_only_touchpoints_with_enough_labels_are_taught(taught: TouchpointTagger) -> None:
    assert taught.taught_ == ("music", "parking")
    assert taught.classes_.tolist() == list(KEYS)
    patient = TouchpointTagger(bar(), least_examples=13).fit(TEXTS, LABELS)
    assert patient.taught_ == ()
    np.testing.assert_array_equal(
        patient.predict_proba(TEXTS), TouchpointTagger(bar()).predict_proba(TEXTS)
    )


def test_a_touchpoint_that_every_text_has_cannot_be_told_from_others() -> None:
    assert TouchpointTagger(bar()).fit(TEXTS, [["music"]] * len(TEXTS)).taught_ == ()


def test_a_second_fit_forgets_the_first(taught: TouchpointTagger) -> None:
    twice = TouchpointTagger(bar()).fit(TEXTS, [["hygiene"]] * 20 + [[]] * 16)
    assert twice.fit(TEXTS, LABELS).digest == taught.digest


def test_the_order_of_the_labelled_texts_does_not_matter(taught: TouchpointTagger) -> None:
    for seed in range(3):
        order = np.random.default_rng(seed).permutation(len(TEXTS))
        texts, labels = [TEXTS[i] for i in order], [LABELS[i] for i in order]
        assert TouchpointTagger(bar()).fit(texts, labels).digest == taught.digest


def test_without_labels_nothing_is_learnt() -> None:
    tagger = TouchpointTagger(bar())
    assert tagger.fit(TEXTS).taught_ == ()
    assert tagger.predict(TEXTS).tolist() == TouchpointTagger(bar()).predict(TEXTS).tolist()


def test_given_languages_save_their_detection(taught: TouchpointTagger) -> None:
    told = TouchpointTagger(bar()).fit(TEXTS, LABELS, languages=["en"] * len(TEXTS))
    assert told.taught_ == taught.taught_
    with pytest.raises(TaggerError, match="languages: 1 values for 36 texts"):
        TouchpointTagger(bar()).fit(TEXTS, LABELS, languages=["en"])


@pytest.mark.parametrize("strength", [1e-3, 1e4])
def test_confidence_stays_a_probability_however_strong_the_labels(strength: float) -> None:
    probable = TouchpointTagger(bar(), strength=strength).fit(TEXTS, LABELS).predict_proba(TEXTS)
    assert probable.min() >= 0
    assert probable.max() <= 1


def test_labels_of_a_strange_text_do_no_harm() -> None:
    strange = ["", "\ud800", "😀", "x" * 3000, "\u200b", "Das Essen war gut und der Wein auch"]
    tagger = TouchpointTagger(bar()).fit([*TEXTS, *strange], [*LABELS, *[["music"]] * 6])
    assert tagger.taught_ == ("music", "parking")
    assert np.isfinite(tagger.predict_proba([*TEXTS, *strange])).all()


def test_labels_are_not_changed() -> None:
    labels = [dict.fromkeys(label, "negative") for label in LABELS]
    table = pd.DataFrame(PRESENT.astype(int), columns=KEYS)
    before = [dict(label) for label in labels], table.copy()
    for given_labels in (labels, table):
        TouchpointTagger(bar()).fit(TEXTS, given_labels)
    assert labels == before[0]
    pd.testing.assert_frame_equal(table, before[1])


# --- every form -------------------------------------------------------------------------------

TABLE = pd.DataFrame(PRESENT.astype(int), columns=KEYS)
MARKED = TABLE.replace({1: "negative", 0: None}).astype(object)
FORMS: dict[str, Any] = {
    "lists": LABELS,
    "tuples": tuple(map(tuple, LABELS)),
    "sets": [set(label) for label in LABELS],
    "mappings": [dict.fromkeys(label, "mixed") for label in LABELS],
    "mappings with nothing said": [dict.fromkeys(KEYS, "") | dict.fromkeys(x, 1) for x in LABELS],
    "a column of lists": pd.Series(LABELS),
    "a column of mappings": pd.Series([dict.fromkeys(label, "positive") for label in LABELS]),
    "objects": np.array([*map(tuple, LABELS), None], object)[:-1],
    "an array": PRESENT,
    "an array of truths": PRESENT.astype(bool),
    "a table": TABLE,
    "a table in another order": TABLE[["hygiene", "parking", "music"]],
    "a table with other rows": TABLE.set_axis(range(100, 136)),
    "a table of truths": TABLE.astype(bool),
    "a table of numbers": TABLE.astype(float),
    "a polars table": pl.DataFrame({key: TABLE[key].tolist() for key in KEYS}),
}


@pytest.mark.parametrize("form", FORMS)
def test_labels_may_come_in_any_form(form: str) -> None:
    known = PRESENT.copy()
    known[:, 2] = np.nan  # nobody looked for it
    np.testing.assert_array_equal(present_of(FORMS[form], KEYS, len(TEXTS)), known)


@pytest.mark.parametrize("form", ["mappings", "a table", "an array"])
def test_all_forms_teach_the_same(form: str, taught: TouchpointTagger) -> None:
    assert TouchpointTagger(bar()).fit(TEXTS, FORMS[form]).digest == taught.digest


@pytest.mark.parametrize("missing", [float("nan"), np.nan, pd.NA])
def test_a_missing_label_is_unknown_and_none_is_absence(missing: Any) -> None:
    for rows in ([{"music": 1}, {"music": missing}, {"music": None}, {}],
                 pd.DataFrame({"music": [1, missing, None, 0]}, dtype=object)):  # fmt: skip
        present = present_of(rows, ["music"], 4)[:, 0]
        np.testing.assert_array_equal(present, [1, np.nan, 0, 0])


def test_a_column_of_a_nullable_type_may_have_gaps() -> None:
    table = pd.DataFrame({"music": pd.array([1, None, 0], "Int64")})
    np.testing.assert_array_equal(present_of(table, ["music"], 3)[:, 0], [1, np.nan, 0])


@given(st.lists(st.sets(st.sampled_from(KEYS)), max_size=8))
def test_lists_and_tables_say_the_same(labels: list[set[str]]) -> None:
    table = np.array([[key in label for key in KEYS] for label in labels]).reshape(-1, len(KEYS))
    from_lists = present_of([sorted(label) for label in labels], KEYS, len(labels))
    np.testing.assert_array_equal(from_lists, present_of(table, KEYS, len(labels)))
    said = set().union(*labels)
    assert np.isnan(from_lists).all(axis=0).tolist() == [
        not labels or key not in said for key in KEYS
    ]


# --- what does not fit ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        (LABELS[:5], r"36 texts and 5 labels.*same order"),
        ([["muzic"]] * 36, r"touchpoint 'muzic'. Known: hygiene.*Did you mean 'music'"),
        ([["music"], "music", *LABELS[2:]], r"Label 2 is 'music'.*\{'price': 'negative'\}"),
        ([["music"], None, *LABELS[2:]], r"Label 2 is None"),
        ([["music"], 5, *LABELS[2:]], r"Label 2 is 5"),
        ([{"music": "bad"}, *LABELS[1:]], r"Label 1 has 'bad'. Allowed: negative, neutral"),
        ([[], {"music": 2}, *LABELS[2:]], r"Label 2 has 2.*Write one of these"),
        ([{"music": ["negative"]}, *LABELS[1:]], r"Label 1 has \['negative'\]"),
        ([{3: 1}, *LABELS[1:]], r"Unknown touchpoint 3"),
        ([[["music"]], *LABELS[1:]], r"Unknown touchpoint \['music'\]"),
        (np.zeros((36, 2)), r"shape \(36, 2\).*each of the 3 touchpoints"),
        (np.zeros((36, 3, 1)), r"shape \(36, 3, 1\)"),
        (np.zeros(36), r"Label 1 is np.float64\(0.0\)"),
        (TABLE.rename(columns={"music": "musik"}), r"'musik'.*Did you mean 'music'"),
        (TABLE.replace(1, 7), r"Label 1 has 7"),
        (TABLE.replace(1, pd.Timestamp("2024-01-01")), r"Label 1 has Timestamp"),
        ("music", r"The labels are a str.*a list with a mapping"),
        (5, r"The labels are a int"),
        (iter(LABELS), r"The labels are a list_iterator.*Give one of these"),
        ({"music": LABELS}, r"The labels are a dict"),
    ],
)
def test_labels_that_do_not_fit_are_refused(labels: Any, message: str) -> None:
    with pytest.raises(TaggerError, match=message):
        TouchpointTagger(bar()).fit(TEXTS, labels)


@pytest.mark.parametrize(
    ("texts", "message"),
    [
        ("one text", r"takes a list of texts, given one text"),
        ([*TEXTS[:-1], None], r"Text 35 is NoneType"),
        ([*TEXTS[:-1], 5], r"Text 35 is int"),
        (None, r"The texts are a NoneType"),
        (pd.DataFrame({"text": TEXTS}), r"The texts are a DataFrame.*table\['text'\]"),
        (np.array(TEXTS)[:, None], r"The texts are a ndarray.*one column"),
        (pd.Series([*TEXTS[:-1], None]), r"Text 35 is"),
    ],
)
def test_what_is_no_list_of_texts_is_refused(texts: Any, message: str) -> None:
    tagger = TouchpointTagger(bar())
    for call in (lambda: tagger.fit(texts, LABELS), lambda: tagger.predict(texts)):
        with pytest.raises(TaggerError, match=message):
            call()


@pytest.mark.parametrize(
    "options",
    [
        {"strength": 0},
        {"strength": -1.0},
        {"strength": float("nan")},
        {"strength": "much"},
        {"strength": None},
        {"least_examples": 0},
        {"least_examples": None},
    ],
)
def test_options_outside_their_range_are_refused(options: dict[str, Any]) -> None:
    with pytest.raises(TaggerError, match=r"strength above 0, least_examples from 1"):
        TouchpointTagger(bar(), **options).fit(TEXTS, LABELS)


# --- how it is judged -------------------------------------------------------------------------


def test_micro_f1_is_that_of_scikit_learn_where_all_is_known() -> None:
    from sklearn.metrics import f1_score

    chance = np.random.default_rng(0)
    said, present = chance.integers(0, 2, (2, 40, 3))
    expected = f1_score(present, said, average="micro")
    assert micro_f1(said, present.astype(np.float32)) == pytest.approx(expected)


def test_pairs_that_nobody_looked_at_do_not_count() -> None:
    said = np.array([[1, 1], [0, 1]])
    assert micro_f1(said, np.array([[1, np.nan], [0, np.nan]], np.float32)) == 1.0
    assert micro_f1(np.zeros((2, 2), int), np.full((2, 2), np.nan, np.float32)) == 0.0
