"""Which texts are chosen, how likely each was, and what may be done with their labels."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.labelling_cases import (
    EXPECTED,
    fill_workbook,
    label,
    pairs_of,
    small_feedback,
    small_mentions,
    survey,
)
from tpfeedback.errors import ColumnError, ImpactError, TpfeedbackError, TpfeedbackWarning
from tpfeedback.impact import measure_impact
from tpfeedback.impact.labels import match_labels
from tpfeedback.labelling import read_labels, sample_for_labelling
from tpfeedback.labelling.drawing import draw, spread_chances
from tpfeedback.labelling.uncertain import pick_uncertain


def quietly(make, *given, **options):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", TpfeedbackWarning)
        return make(*given, **options)


# --- drawing

CHANCES = st.lists(st.floats(0, 1), min_size=1, max_size=40)


@given(chance=CHANCES, seed=st.integers(0, 1000))
def test_as_many_are_drawn_as_the_chances_add_up_to(chance, seed):
    chance = np.array(chance)
    taken = draw(chance, random=np.random.default_rng(seed))
    assert len(set(taken)) == len(taken)
    assert np.floor(chance.sum() - 1e-6) <= len(taken) <= np.ceil(chance.sum() + 1e-6)
    assert (chance[taken] > 0).all()


def test_each_is_drawn_with_its_chance():
    chance = np.array([0.1, 0.9, 0.5, 0.5, 1.0, 0.0])
    counts = np.zeros(6)
    random = np.random.default_rng(0)
    for _ in range(4000):
        counts[draw(chance, random=random)] += 1
    np.testing.assert_allclose(counts / 4000, chance, atol=0.03)


@given(
    wish=st.lists(st.floats(0.01, 100), min_size=3, max_size=30),
    n=st.integers(1, 30),
)
def test_chances_follow_the_wishes_and_add_up_to_the_number_asked_for(wish, n):
    wish = np.array(wish)
    nobody = np.zeros(len(wish), dtype=bool)
    now = spread_chances(wish, np.ones(len(wish)), n, drawn=nobody).now
    assert now.sum() == pytest.approx(min(n, len(wish)), rel=1e-6)
    below = now < 1
    np.testing.assert_allclose(np.ptp(now[below] / wish[below]) if below.any() else 0, 0, atol=1e-6)
    assert wish[below].max(initial=0) <= wish[~below].min(initial=np.inf) * (1 + 1e-6)


def test_a_second_random_draw_gives_all_labels_the_same_weight():
    drawn = np.arange(100) < 20
    chances = spread_chances(np.ones(100), np.ones(100), 30, drawn=drawn)
    np.testing.assert_allclose(chances.weight, 2.0)


def test_weights_of_two_rounds_estimate_a_total_without_bias():
    random = np.random.default_rng(0)
    value, wish = random.normal(5, 2, 200), random.uniform(0.2, 3, 200)
    found = []
    for _ in range(1000):
        first_chance = np.clip(0.1 * wish[::-1], 0, 1)
        drawn = random.random(200) < first_chance
        chances = spread_chances(wish, np.ones(200), 30, drawn=drawn, chance=first_chance)
        taken = draw(chances.now, random=random)
        used = drawn.copy()
        used[taken] = True
        found.append(np.average(value[used], weights=chances.weight[used]))
    error = np.std(found) / np.sqrt(len(found))
    assert abs(np.mean(found) - value.mean()) < 4 * error + 0.02


# --- strategies


def test_a_random_sample_has_the_number_asked_for_and_one_chance_for_all():
    feedback, seen, _ = survey(400)
    sample = sample_for_labelling(feedback, seen, n=50)
    assert len(sample.table) == 50
    assert sample.table["feedback_id"].is_unique
    assert (sample.table["probability"] == 0.125).all()
    assert "Drawn by chance: 50 of 400 texts" in sample.notes[0]


def test_the_seed_decides_and_nothing_else():
    feedback, seen, _ = survey(300)
    before = feedback.copy(), seen.copy()
    for strategy in ("random", "ranking", "uncertain"):
        tables = [
            sample_for_labelling(feedback, seen, n=40, strategy=strategy, random_state=k).table
            for k in (1, 1, 2)
        ]
        pd.testing.assert_frame_equal(tables[0], tables[1])
        assert (strategy == "uncertain") == tables[0].equals(tables[2])
    pd.testing.assert_frame_equal(feedback, before[0])
    pd.testing.assert_frame_equal(seen, before[1])


def test_the_answers_of_a_respondent_are_drawn_together_and_stand_together():
    feedback = pd.DataFrame({"question": ["Why?", "More?", "Else?"] * 40})
    feedback["feedback_id"] = [f"{k // 3}:{q}" for k, q in enumerate(feedback["question"])]
    feedback = feedback.assign(text="late", overall=1.0)
    mentions = small_mentions().iloc[:0]
    for strategy in ("random", "ranking"):
        table = sample_for_labelling(feedback, mentions, n=30, strategy=strategy).table
        people = table["feedback_id"].str.split(":").str[0]
        assert people.value_counts().eq(3).all()
        assert len(table) == 30
        assert (people != people.shift()).sum() == 10


def test_the_least_sure_texts_come_first_each_touchpoint_in_turn():
    mentions = pd.DataFrame({
        "feedback_id": list("abcdef"), "touchpoint": ["price"] * 4 + ["staff"] * 2,
        "sentiment": "negative", "confidence": [0.55, 0.6, 0.65, 0.7, 0.9, 0.95],
    })  # fmt: skip
    ids = list("abcdefg")
    assert pick_uncertain(ids, ids, mentions, 5) == ["g", "a", "e", "b", "f"]
    assert pick_uncertain(ids, ids, mentions, 99) == ["g", "a", "e", "b", "f", "c", "d"]


def test_equal_texts_are_read_once_where_the_tagger_is_unsure():
    mentions = pd.DataFrame({"feedback_id": ["a", "b"], "touchpoint": "price",
                             "sentiment": "negative", "confidence": [0.5, 0.6]})  # fmt: skip
    assert pick_uncertain(["a", "b"], ["dear", "dear"], mentions, 2) == ["a"]


def test_without_confidence_it_is_not_known_where_the_tagger_is_unsure():
    mentions = small_mentions().drop(columns="confidence")
    with pytest.raises(ColumnError, match="no column 'confidence'"):
        sample_for_labelling(small_feedback(), mentions, strategy="uncertain", n=2)


def test_a_ranking_sample_has_unequal_chances_and_tells_what_it_is_for():
    feedback, seen, _ = survey(1500)
    sample = sample_for_labelling(feedback, seen, n=150, strategy="ranking", top=3)
    assert len(sample.table) == 150
    chance = sample.table["probability"]
    assert chance.between(0.25 * 0.1 - 1e-9, 1).all()
    assert chance.max() > 3 * chance.min()
    assert "likelier where a label should tell more about the order of delivery" in sample.notes[0]
    errors = ["error", "error_expected", "error_random", "error_all"]
    assert list(sample.pairs.columns) == ["touchpoint", "next", "difference", *errors]
    assert len(sample.pairs) == 3
    assert (sample.pairs["error_all"] < sample.pairs["error_expected"]).all()
    assert (sample.pairs["error_expected"] < sample.pairs["error_random"]).all()


def test_without_two_prizes_there_is_no_order_and_chances_are_equal():
    feedback, seen, _ = survey(200)
    sample = sample_for_labelling(feedback, seen.iloc[:0], n=20, strategy="ranking")
    assert sample.table["probability"].nunique() == 1
    assert "there is no order to settle" in sample.notes[1]
    assert sample.pairs.empty


# --- earlier labels


@pytest.mark.parametrize("strategy", ["random", "ranking", "uncertain"])
def test_texts_labelled_before_are_not_chosen_again(strategy):
    feedback, seen, truth = survey(300)
    first = label(sample_for_labelling(feedback, seen, n=100), truth)
    sample = quietly(sample_for_labelling, feedback, seen, n=100, strategy=strategy, labels=first)
    assert not set(sample.table["feedback_id"]) & set(first["feedback_id"])
    assert len(sample.table) == 100


def test_two_random_rounds_are_one_random_sample():
    feedback, seen, truth = survey(300)
    first = label(sample_for_labelling(feedback, seen, n=60), truth)
    sample = sample_for_labelling(feedback, seen, n=90, labels=first)
    both = label(sample, truth)
    assert both["feedback_id"].nunique() == 150
    assert both["probability"].to_numpy() == pytest.approx(0.5)
    assert match_labels(feedback, both).chance is None


def test_earlier_labels_go_into_the_new_sheet_filled_in(tmp_path):
    feedback, mentions = small_feedback(), small_mentions()
    first = read_labels(pd.DataFrame({"feedback_id": ["t1", "t2"],
                                      "touchpoints": ["delivery-, staff+", "none"]}))  # fmt: skip
    sample = quietly(sample_for_labelling, feedback, mentions, n=2, labels=first)
    path = tmp_path / "second.xlsx"
    sample.to_excel(path, lang="en")
    fill_workbook(path, {"t3": "price-", "t4": "delivery-, support+"})
    labels = read_labels(path)
    assert pairs_of(labels) == EXPECTED
    assert labels["probability"].nunique() == 1


def test_the_later_chance_counts_where_both_sheets_are_read(tmp_path):
    old = pd.DataFrame({"feedback_id": ["a"], "touchpoints": ["price-"], "probability": [0.1],
                        "annotator": ["A"]})  # fmt: skip
    labels = read_labels([old, old.assign(probability=0.2)])
    assert labels["probability"].tolist() == [0.2]


def test_labels_picked_on_purpose_are_no_part_of_a_random_sample():
    feedback, seen, truth = survey(300)
    picked = label(sample_for_labelling(feedback, seen, n=50, strategy="uncertain"), truth)
    sample = sample_for_labelling(feedback, seen, n=30, labels=picked)
    assert sample.filled is None
    assert (sample.table["probability"] == 0.1).all()


def test_when_all_is_labelled_nothing_is_left():
    feedback, seen, truth = survey(100)
    first = label(sample_for_labelling(feedback, seen, n=100), truth)
    with pytest.raises(TpfeedbackError, match="No text is left to label: all 100 are labelled"):
        sample_for_labelling(feedback, seen, n=10, labels=first)


def test_fewer_texts_than_asked_for_are_told():
    feedback, seen, truth = survey(100)
    first = label(sample_for_labelling(feedback, seen, n=80), truth)
    with pytest.warns(TpfeedbackWarning, match="Asked for: 50 texts. .* no more than 20 left"):
        sample = sample_for_labelling(feedback, seen, n=50, labels=first)
    assert len(sample.table) == 20


# --- what cannot be


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        (
            {"strategy": "rank"},
            TpfeedbackError,
            "Unknown strategy 'rank'. .*Did you mean 'ranking'",
        ),
        ({"n": 0}, TpfeedbackError, "n=0 is given. Allowed: a whole number from 1 on"),
        ({"n": 2.5}, TpfeedbackError, "n=2.5 is given"),
        ({"top": True}, TpfeedbackError, "top=True is given"),
        ({"outcome": "stars", "strategy": "ranking"}, ImpactError, "Unknown outcome"),
    ],
)
def test_wrong_options_are_named(options, error, message):
    with pytest.raises(error, match=message):
        sample_for_labelling(small_feedback(), small_mentions(), **options)


def test_a_table_without_texts_is_refused():
    with pytest.raises(ColumnError, match="lacks the columns text"):
        sample_for_labelling(small_feedback().drop(columns="text"), small_mentions())


def test_feedback_without_ratings_can_be_drawn_from_at_random():
    feedback = small_feedback().drop(columns="overall")
    assert len(sample_for_labelling(feedback, small_mentions(), n=2).table) == 2


# --- what the labels may be used for


def test_measure_impact_takes_random_and_ranking_labels_and_refuses_picked_ones():
    feedback, seen, truth = survey(1200)
    for strategy in ("random", "ranking"):
        labels = label(sample_for_labelling(feedback, seen, n=300, strategy=strategy), truth)
        table = quietly(measure_impact, feedback, seen, labels=labels)
        assert table["prize"].notna().any()
    picked = label(sample_for_labelling(feedback, seen, n=300, strategy="uncertain"), truth)
    with pytest.raises(ImpactError, match="300 of 300 labelled texts were picked on purpose"):
        measure_impact(feedback, seen, labels=picked)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"feedback": "reviews.csv"}, "The feedback table must be a pandas DataFrame, given: str"),
        ({"labels": "labels.csv"}, "The labels table must be a pandas DataFrame, given: str"),
        ({"random_state": "a"}, "random_state is 'a'. Allowed: a whole number"),
    ],
)
def test_what_is_no_table_and_no_seed_is_refused(change, message):
    given = {"feedback": small_feedback(), "mentions": small_mentions()} | change
    with pytest.raises(TpfeedbackError, match=message):
        sample_for_labelling(**given)
