"""Several people label the same texts: one reading is made of theirs."""

from __future__ import annotations

import warnings

import pandas as pd
import pytest

from tests.labelling_cases import pairs_of
from tpfeedback.errors import TableError, TpfeedbackWarning
from tpfeedback.labelling import settle_labels


def table(readings) -> pd.DataFrame:
    rows = [
        ("a", key, mark, who)
        for who, marks in readings.items()
        for key, mark in (marks or {None: None}).items()
    ]
    return pd.DataFrame(rows, columns=["feedback_id", "touchpoint", "sentiment", "annotator"])


N, P, O = "negative", "positive", "neutral"  # noqa: E741

CASES = [
    ("the majority", {"A": {"price": N}, "B": {}, "C": {"price": N}}, {"price": N}),
    ("not found by most", {"A": {"price": N}, "B": {}, "C": {}}, {}),
    ("even, earlier found it", {"A": {"price": N}, "B": {}}, {"price": N}),
    ("even, earlier did not", {"A": {}, "B": {"price": N}}, {}),
    ("earlier by name, not by row", {"B": {"price": N}, "A": {}}, {}),
    ("sentiment by majority", {"A": {"price": P}, "B": {"price": N}, "C": {"price": N}},
     {"price": N}),
    ("sentiment of the earliest finder", {"A": {}, "B": {"price": O}, "C": {"price": N}},
     {"price": O}),
    ("each touchpoint by itself", {"A": {"price": N, "staff": P}, "B": {"price": N}},
     {"price": N, "staff": P}),
]  # fmt: skip


@pytest.mark.parametrize(("name", "readings", "settled"), CASES, ids=[case[0] for case in CASES])
def test_readings_are_settled_by_majority_and_then_by_name(name, readings, settled):
    with pytest.warns(TpfeedbackWarning, match="labelled by several annotators: 1"):
        labels = settle_labels(table(readings))
    expected = {("a", key, mark) for key, mark in settled.items()} or {("a", None, None)}
    assert pairs_of(labels) == expected
    assert "annotator" not in labels


def test_what_was_settled_is_told():
    readings = pd.concat([
        table({"A": {"price": N}, "B": {}}),
        table({"A": {"price": N}, "B": {"price": N}}).assign(feedback_id="b"),
        table({"A": {"staff": N}}).assign(feedback_id="c"),
    ])  # fmt: skip
    with pytest.warns(TpfeedbackWarning) as caught:
        labels = settle_labels(readings)
    assert caught[0].message.args[0].values == {"shared": 2, "differing": 1, "tied": 1}
    assert pairs_of(labels) == {("a", "price", N), ("b", "price", N), ("c", "staff", N)}


def test_the_mark_of_the_whole_text_is_settled_too_and_other_columns_stay():
    readings = table({"A": {"price": N}, "B": {"price": N}, "C": {"price": N}})
    readings = readings.assign(overall_sentiment=[P, N, N], text="dear", probability=0.5)
    with pytest.warns(TpfeedbackWarning, match="not in the same way: 1"):
        labels = settle_labels(readings)
    assert labels.to_dict("records") == [
        {"feedback_id": "a", "touchpoint": "price", "sentiment": N, "overall_sentiment": N,
         "text": "dear", "probability": 0.5}
    ]  # fmt: skip


def test_labels_of_one_annotator_stay_as_they_are():
    readings = table({"A": {"price": N}})
    labels = settle_labels(readings)
    assert pairs_of(labels) == {("a", "price", N)}
    plain = readings.drop(columns="annotator")
    pd.testing.assert_frame_equal(settle_labels(plain), plain)


def test_a_table_that_holds_no_labels_is_refused():
    with pytest.raises(TableError, match="labels table lacks the columns touchpoint"):
        settle_labels(pd.DataFrame({"feedback_id": ["a"], "annotator": ["A"]}))


@pytest.mark.parametrize("order", [(N, P), (P, N)])
@pytest.mark.parametrize("people", [["A"], ["A", "B"]])
def test_praise_and_complaint_of_one_person_in_two_rows_are_settled_as_mixed(order, people):
    rows = [("a", "price", mark, who) for who in people for mark in order]
    readings = pd.DataFrame(rows, columns=["feedback_id", "touchpoint", "sentiment", "annotator"])
    with warnings.catch_warnings(action="ignore"):
        labels = settle_labels(readings)
    assert pairs_of(labels) == {("a", "price", "mixed")}


def test_a_person_who_tells_no_sentiment_does_not_outvote_one_who_does():
    with pytest.warns(TpfeedbackWarning):
        labels = settle_labels(table({"A": {"price": None}, "B": {"price": N}}))
    assert pairs_of(labels) == {("a", "price", N)}
    with pytest.warns(TpfeedbackWarning):
        untold = settle_labels(table({"A": {"price": None}, "B": {"price": None}}))
    assert pairs_of(untold) == {("a", "price", None)}


def test_a_settled_text_has_the_chance_that_knows_of_the_later_drawing():
    # The second sheet holds the texts of the first, filled in, with their chance over both.
    first = table({"round 1": {"price": N}}).assign(probability=0.2)
    second = table({"round 2": {"price": N}}).assign(probability=0.5)
    with pytest.warns(TpfeedbackWarning):
        labels = settle_labels(pd.concat([first, second]))
    assert labels["probability"].tolist() == [0.5]


def test_what_one_sheet_does_not_tell_of_a_text_is_taken_from_another():
    readings = table({"A": {"price": N}, "B": {"price": N}})
    readings = readings.assign(text=[None, "dear"], language=[None, "en"])
    with pytest.warns(TpfeedbackWarning):
        labels = settle_labels(readings)
    assert labels[["text", "language"]].to_numpy().tolist() == [["dear", "en"]]


def test_categories_are_settled_too():
    rows = [("a", "price", N, "A"), ("a", "price", P, "A"), ("b", "staff", P, None)]
    readings = pd.DataFrame(rows, columns=["feedback_id", "touchpoint", "sentiment", "annotator"])
    labels = settle_labels(readings.astype("category"))
    assert pairs_of(labels) == {("a", "price", "mixed"), ("b", "staff", P)}
