"""Hand labels: who counts as labelled, and what is said when labels cannot be used."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from tests.impact_cases import NAMES, simulate
from tpfeedback.errors import ColumnError, ImpactError, TpfeedbackWarning
from tpfeedback.impact import measure_impact
from tpfeedback.impact.correction import corrected_effects
from tpfeedback.impact.design import Term
from tpfeedback.impact.labels import Labels, compare_labelled, match_labels
from tpfeedback.impact.marks import Marks, mark_texts

TERMS = [Term(name, kind, 0.1) for name in NAMES for kind in ("negative", "positive")]


def label(feedback, mentions, rows) -> pd.DataFrame:
    """Label the texts of these rows; those that name nothing have a row of their own."""
    chosen = feedback["feedback_id"].iloc[rows]
    named = mentions[mentions["feedback_id"].isin(chosen)]
    nothing = chosen[~chosen.isin(named["feedback_id"])]
    empty = pd.DataFrame({"feedback_id": nothing, "touchpoint": None, "sentiment": None})
    return pd.concat([named, empty])


def test_texts_that_name_nothing_are_labelled_too():
    feedback, mentions = simulate(300)
    found = match_labels(feedback, label(feedback, mentions, range(100)))
    assert found.labelled.tolist() == [True] * 100 + [False] * 200
    np.testing.assert_array_equal(
        found.marks.negative[:100], mark_texts(feedback, mentions).negative[:100]
    )
    assert not found.marks.mentioned[100:].any()


def test_a_respondent_is_labelled_when_all_the_answers_are():
    feedback = pd.DataFrame({"feedback_id": ["1:Why?", "1:More?", "2:Why?", "2:More?"],
                             "question": ["Why?", "More?"] * 2})  # fmt: skip
    labels = pd.DataFrame({"feedback_id": ["1:Why?", "1:More?", "2:Why?"],
                           "touchpoint": ["price", None, "price"],
                           "sentiment": ["negative", None, "negative"]})  # fmt: skip
    found = match_labels(feedback, labels)
    assert found.labelled.tolist() == [True, False]
    assert found.marks.negative[0].tolist() == [True]


def test_the_callers_tables_stay_as_they_are():
    feedback, mentions = simulate(200)
    labels = label(feedback, mentions, range(50))
    before = feedback.copy(), labels.copy()
    match_labels(feedback, labels)
    pd.testing.assert_frame_equal(feedback, before[0])
    pd.testing.assert_frame_equal(labels, before[1])


def test_labels_that_are_no_random_sample_are_noted():
    feedback, mentions = simulate(2000)
    marks, outcome = mark_texts(feedback, mentions), feedback["overall"].to_numpy()
    by_chance = np.random.default_rng(0).random(2000) < 0.2
    assert compare_labelled(marks, outcome, by_chance) == ()
    worst = outcome <= np.sort(outcome)[400]
    assert "no random sample" in compare_labelled(marks, outcome, worst)[0]
    talkative = marks.mentioned.sum(axis=1) > 1
    assert "number of touchpoints is" in compare_labelled(marks, outcome, talkative)[0]


@pytest.mark.parametrize(
    ("labels", "error", "message"),
    [
        ([1], ColumnError, "labels must be a pandas DataFrame, given: list"),
        ({"feedback_id": ["a"]}, ColumnError, "not so for touchpoint, sentiment"),
        ({"feedback_id": [], "touchpoint": [], "sentiment": []}, ImpactError, "have 0 rows"),
        (
            {"feedback_id": ["z"], "touchpoint": [None], "sentiment": [None]},
            ImpactError,
            "does not know, for example 'z'",
        ),
        (
            {"feedback_id": ["a"], "touchpoint": ["price"], "sentiment": ["bad"]},
            ColumnError,
            "Unknown sentiment 'bad'",
        ),
    ],
)
def test_wrong_labels_are_named(labels, error, message):
    table = pd.DataFrame(labels) if isinstance(labels, dict) else labels
    with pytest.raises(error, match=message):
        match_labels(pd.DataFrame({"feedback_id": ["a", "b"]}), table)


@pytest.mark.parametrize(
    ("number", "message"),
    [
        (0, "0 rated texts are labelled"),
        (4, "None of the touchpoints has 5 complaints"),
        (10, "10 rated texts are labelled, for 11 columns"),
    ],
)
def test_too_few_labels_are_named(number, message):
    feedback, mentions = simulate(200)
    marks, outcome = mark_texts(feedback, mentions), feedback["overall"].to_numpy()
    rows = np.arange(200)[:, None]
    shift = 2 * np.arange(4)
    negative, positive = (rows + shift) % 10 < 5, (rows + shift + 3) % 10 < 5
    hand = Marks(NAMES, negative | positive, negative, positive)
    labels = Labels(hand, np.arange(200) < number)
    with pytest.raises(ImpactError, match=message):
        corrected_effects(TERMS, marks, labels, outcome, feedback[[]])


def test_measure_impact_takes_labels_and_finds_what_the_tagger_gets_wrong():
    feedback, mentions = simulate(3000)
    random = np.random.default_rng(0)
    seen = mentions[random.random(len(mentions)) < 0.6]  # the tagger misses 40 %
    labels = label(feedback, mentions, random.permutation(3000)[:500])
    plain = measure_impact(feedback, seen).set_index("touchpoint")
    table = measure_impact(feedback, seen, labels=labels).set_index("touchpoint")
    for name, prize in (("delivery", 0.3), ("price", 0.06)):
        assert table.loc[name, "prize_low"] < prize < table.loc[name, "prize_high"]
    assert plain.loc["delivery", "prize_high"] < 0.25
    wide = (table["penalty_high"] - table["penalty_low"]) / (
        plain["penalty_high"] - plain["penalty_low"]
    )
    assert (wide > 1).all()


def test_measure_impact_warns_of_labels_that_are_no_random_sample():
    feedback, mentions = simulate(1500)
    worst = feedback["overall"].to_numpy().argsort()[:400]
    with pytest.warns(TpfeedbackWarning, match="no random sample"):
        measure_impact(feedback, mentions, labels=label(feedback, mentions, worst))


# --- texts that were drawn with unequal chances


def unequal(n, *, seed):
    """Label the unhappy texts five times as often as the others, with their chances."""
    feedback, mentions = simulate(n, seed=seed)
    random = np.random.default_rng(seed)
    chance = np.where(feedback["overall"] < 3, 0.5, 0.1)
    rows = np.flatnonzero(random.random(n) < chance)
    labels = label(feedback, mentions, rows)
    told = pd.Series(chance, index=feedback["feedback_id"])
    return feedback, mentions, labels.assign(probability=labels["feedback_id"].map(told))


def test_labels_are_weighted_by_the_inverse_of_their_chance():
    feedback, mentions, labels = unequal(3000, seed=0)
    random = np.random.default_rng(1)
    seen = mentions[random.random(len(mentions)) < 0.6]
    table = measure_impact(feedback, seen, labels=labels).set_index("touchpoint")
    with pytest.warns(TpfeedbackWarning, match="no random sample"):
        plain = measure_impact(feedback, seen, labels=labels.drop(columns="probability"))
    assert table.loc["delivery", "prize_low"] < 0.3 < table.loc["delivery", "prize_high"]
    assert plain.set_index("touchpoint").loc["delivery", "prize_low"] > 0.3


def test_chances_tell_apart_a_fair_drawing_from_one_that_is_not():
    feedback, mentions, labels = unequal(3000, seed=0)
    found = match_labels(feedback, labels)
    marks, outcome = mark_texts(feedback, mentions), feedback["overall"].to_numpy()
    chance = found.chance[found.labelled]
    assert compare_labelled(marks, outcome, found.labelled, chance) == ()
    swapped = 0.05 / chance  # what was 0.5 is 0.1, and the other way round
    assert compare_labelled(marks, outcome, found.labelled, swapped) != ()


def test_equal_chances_are_a_random_sample():
    feedback, mentions = simulate(300)
    labels = label(feedback, mentions, range(100)).assign(probability=1 / 3)
    assert match_labels(feedback, labels).chance is None
    assert match_labels(feedback, labels.assign(probability=np.nan)).chance is None


def test_the_answers_of_a_respondent_have_one_chance():
    feedback = pd.DataFrame({"feedback_id": ["1:Why?", "1:More?", "2:Why?", "2:More?"],
                             "question": ["Why?", "More?"] * 2})  # fmt: skip
    labels = feedback[["feedback_id"]].assign(touchpoint=None, sentiment=None,
                                              probability=[0.2, 0.2, 0.8, 0.8])  # fmt: skip
    assert match_labels(feedback, labels).chance.tolist() == [0.2, 0.8]


@pytest.mark.parametrize(
    ("probability", "message"),
    [
        ([0.5, 1.5], "'probability' of the labels holds 1.5"),
        ([0.5, np.nan], "'probability' of the labels holds 1 missing values"),
        ([0.5, 0.0], "1 of 2 labelled texts were picked on purpose"),
    ],
)
def test_chances_that_cannot_be_are_named(probability, message):
    feedback = pd.DataFrame({"feedback_id": ["a", "b"]})
    labels = feedback.assign(touchpoint=None, sentiment=None, probability=probability)
    with pytest.raises(ImpactError, match=message):
        match_labels(feedback, labels)


def test_readings_of_several_annotators_have_to_be_settled_first():
    feedback = pd.DataFrame({"feedback_id": ["a", "b"]})
    labels = pd.DataFrame({"feedback_id": ["a", "a"], "touchpoint": ["price", None],
                           "sentiment": ["negative", None], "annotator": ["A", "B"]})  # fmt: skip
    with pytest.raises(ImpactError, match=r"Settle the labels first: tpfeedback\.settle_labels"):
        match_labels(feedback, labels)
    assert match_labels(feedback, labels.iloc[:1]).labelled.tolist() == [True, False]
