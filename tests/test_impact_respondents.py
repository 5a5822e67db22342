"""Whom measure_impact counts: respondents with several answers, and texts without rating."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from tests.impact_cases import ask_three_questions, quiet, simulate, to_tables
from tpfeedback.errors import TpfeedbackWarning
from tpfeedback.impact import measure_impact
from tpfeedback.ingest import read_export
from tpfeedback.tables import IMPACT

COLUMNS = [column.name for column in IMPACT]
EFFECTS = COLUMNS[COLUMNS.index("penalty") :]


def test_unrated_texts_count_in_the_shares_and_not_in_the_effects():
    feedback, mentions = simulate(600)
    unrated = feedback["feedback_id"].iloc[400:]
    missing = feedback.assign(overall=feedback["overall"].where(feedback.index < 400))
    table = quiet(measure_impact, missing, mentions).set_index("touchpoint")
    own = mentions[~mentions["feedback_id"].isin(unrated)]
    rated = quiet(measure_impact, feedback.iloc[:400], own).set_index("touchpoint")
    full = quiet(measure_impact, feedback, mentions).set_index("touchpoint").loc[table.index]
    np.testing.assert_allclose(table["penalty"], rated["penalty"].loc[table.index])
    np.testing.assert_allclose(table["negative_share"], full["negative_share"])


def half_rated(complaints_unrated):
    """Half of 2,000 texts are rated; 10 % of these complain, which costs 1, and so many others."""
    rated = np.arange(2000) < 1000
    rest = np.arange(1000) % 100 < complaints_unrated
    bad = np.concatenate([np.arange(1000) % 10 == 0, rest])
    good, outcome = np.arange(2000) % 3 == 0, 4.0 - bad + 0.1 * (np.arange(2000) % 7)
    feedback, mentions = to_tables({"delivery": bad}, {"staff": good}, outcome)
    return feedback.assign(overall=feedback["overall"].where(rated)), mentions


def test_the_prize_speaks_of_rated_texts_and_warns_where_the_others_complain_more():
    with pytest.warns(TpfeedbackWarning, match=r"delivery \(10% of the rated, 40% of all\)"):
        row = measure_impact(*half_rated(70)).set_index("touchpoint").loc["delivery"]
    assert row["prize"] == pytest.approx(0.10, abs=0.005)
    assert row["prize_low"] < 0.10 < row["prize_high"]
    assert row["negative_share"] == pytest.approx(0.40)


@pytest.mark.parametrize(
    ("complaints", "options"), [(10, {}), (12, {}), (70, {"method": "shapley"})]
)
def test_there_is_no_warning_where_unrated_texts_complain_alike_or_no_prize_is_told(
    complaints, options
):
    measure_impact(*half_rated(complaints), **options)


def test_unrated_texts_leave_the_whole_row_of_effects_as_it_is():
    feedback, mentions = half_rated(70)
    known = feedback["overall"].notna()
    own = mentions["feedback_id"].isin(feedback["feedback_id"][known])
    pd.testing.assert_frame_equal(
        quiet(measure_impact, feedback, mentions)[EFFECTS],
        quiet(measure_impact, feedback[known], mentions[own])[EFFECTS],
    )


def test_the_answers_of_one_respondent_are_one_observation():
    feedback, mentions = simulate(300)
    answers = ask_three_questions(feedback, mentions)
    pd.testing.assert_frame_equal(
        quiet(measure_impact, *answers), quiet(measure_impact, feedback, mentions)
    )


def test_a_respondent_has_the_controls_of_the_first_answer_in_any_order_of_rows():
    feedback, mentions = simulate(300)
    feedback["city"] = np.where(np.arange(300) % 2, "Kraków", "Gdańsk")
    answers, spread = ask_three_questions(feedback, mentions)
    expected = quiet(measure_impact, feedback, mentions, controls=["city"])
    shuffled = answers.sample(frac=1, random_state=1)
    pd.testing.assert_frame_equal(
        quiet(measure_impact, shuffled, spread, controls=["city"]), expected
    )


def test_outcomes_that_differ_between_the_answers_of_a_respondent_are_averaged():
    feedback, mentions = simulate(300)
    answers, spread = ask_three_questions(feedback, mentions)
    answers["overall"] += np.tile([-1.0, 0.0, 1.0], 300)
    answers.loc[answers.index[:3], "overall"] = [np.nan, 3.0, 2.0]
    feedback.loc[0, "overall"] = 2.5
    columns = ["penalty", "prize_low", "negative_share"]
    np.testing.assert_allclose(
        quiet(measure_impact, answers, spread)[columns],
        quiet(measure_impact, feedback, mentions)[columns],
    )


def test_answers_whose_names_do_not_end_in_their_question_stay_apart():
    feedback, mentions = simulate(300)
    feedback["question"] = np.where(np.arange(300) % 2, "Why?", None)
    asked = quiet(measure_impact, feedback.assign(feedback_id="x:" + feedback["feedback_id"]),
                  mentions.assign(feedback_id="x:" + mentions["feedback_id"]))  # fmt: skip
    pd.testing.assert_frame_equal(
        asked, quiet(measure_impact, feedback.drop(columns="question"), mentions)
    )


def test_a_wide_survey_as_read_from_an_export_is_measured_by_respondent():
    late = np.arange(40) % 4 == 0
    bad = np.where(late, "The parcel came a week late", "Nothing really, it was all fine")
    source = pd.DataFrame({
        "What did you like?": [f"The bread number {i} was lovely" for i in range(40)],
        "What could be better?": [f"{text}, order {i}" for i, text in enumerate(bad)],
        "Rating": np.where(late, 2, 5) - np.arange(40) % 2,
    })  # fmt: skip
    feedback = read_export(source).feedback
    assert len(feedback) == 80
    mentions = feedback[feedback["text"].str.contains("late")][["feedback_id"]]
    late = mentions.assign(touchpoint="delivery", sentiment="negative")
    row = quiet(measure_impact, feedback, late).iloc[0]
    assert (row["negative"], row["negative_share"]) == (10, 0.25)
