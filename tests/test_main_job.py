"""The main job on the sample data finds what was planted in it."""

from __future__ import annotations

import warnings
from pathlib import Path

import pytest

from tpfeedback.analysis import Analysis, analyze
from tpfeedback.errors import TpfeedbackWarning
from tpfeedback.tables import LANGUAGES, check_table

REVIEWS = Path(__file__).parents[1] / "data" / "samples" / "reviews.csv"


@pytest.fixture(scope="module")
def analysis() -> Analysis:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", TpfeedbackWarning)
        return analyze(REVIEWS)


def test_every_table_follows_its_contract(analysis):
    for name in ("feedback", "mentions", "impact", "priorities"):
        check_table(getattr(analysis, name), name)


def test_the_columns_are_guessed_and_the_five_empty_rows_set_aside(analysis):
    assert analysis.columns["text"] == "comment"
    assert analysis.columns["overall"] == "stars"
    assert analysis.columns["date"] == "date"
    assert len(analysis.rejected) == 5
    assert len(analysis.feedback) == 820


def test_all_four_languages_are_recognised(analysis):
    assert analysis.feedback["language"].value_counts().to_dict() == dict.fromkeys(LANGUAGES, 205)


def test_delivery_leads_with_a_gain_that_is_certain(analysis):
    first = analysis.priorities.iloc[0]
    assert first["touchpoint"] == "delivery"
    assert first["prize_low"] > 0


def test_assortment_is_loud_and_harmless(analysis):
    impact = analysis.impact.set_index("touchpoint")
    assert impact.loc["assortment", "negative_share"] > 0.08
    assert impact.loc["assortment", "prize"] < impact.loc["delivery", "prize"] / 4


def test_the_call_centre_gains_less_than_delivery_although_its_texts_are_rated_worse(analysis):
    texts = analysis.feedback.set_index("feedback_id")["overall"]
    complaints = analysis.mentions.query("sentiment == 'negative'")
    means = complaints["feedback_id"].map(texts).groupby(complaints["touchpoint"]).mean()
    assert means["call_center"] < means["delivery"] + 0.2
    prize = analysis.impact.set_index("touchpoint")["prize"]
    assert prize["call_center"] < prize["delivery"] / 4


def test_the_app_is_complained_about_less_after_its_release_in_august(analysis):
    app = analysis.mentions.query("touchpoint == 'mobile_app'").merge(
        analysis.feedback[["feedback_id", "date"]], on="feedback_id"
    )
    negative = app["sentiment"].eq("negative").groupby(app["date"] >= "2025-08-01").mean()
    assert negative[False] > negative[True] + 0.2


def test_every_mention_quotes_its_text(analysis):
    texts = analysis.feedback.set_index("feedback_id")["text"]
    for row in analysis.mentions.itertuples():
        assert texts[row.feedback_id][row.start : row.stop] == row.evidence


def test_the_same_file_gives_the_same_answer_twice(analysis):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", TpfeedbackWarning)
        again = analyze(REVIEWS)
    assert again.to_html() == analysis.to_html()
    assert again.to_dict() == analysis.to_dict()
