"""The sample data is what its README says."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from tpfeedback.impact import measure_impact
from tpfeedback.ingest import read_feedback
from tpfeedback.labelling import read_labels
from tpfeedback.taxonomy import load_taxonomy

SAMPLES = Path(__file__).parents[1] / "data" / "samples"


@pytest.fixture(scope="module")
def reviews() -> pd.DataFrame:
    return pd.read_csv(SAMPLES / "reviews.csv", keep_default_na=False)


@pytest.fixture(scope="module")
def truth() -> pd.DataFrame:
    return pd.read_csv(SAMPLES / "reviews_truth.csv")


def test_there_are_825_reviews_over_the_twelve_months_of_2025(reviews):
    assert len(reviews) == 825
    assert reviews["review_id"].is_unique
    assert sorted({date[:7] for date in reviews["date"]}) == [f"2025-{m:02d}" for m in range(1, 13)]


def test_no_comment_stands_twice(reviews):
    written = reviews.loc[reviews["comment"].str.len() > 3, "comment"]
    assert len(written) == 820
    assert written.str.lower().is_unique


def test_truth_names_known_touchpoints_of_known_reviews(reviews, truth):
    assert set(truth["review_id"]) <= set(reviews["review_id"])
    assert set(truth["touchpoint"]) <= set(load_taxonomy("general").keys)


def test_delivery_complaints_go_with_low_stars_and_assortment_complaints_do_not(reviews, truth):
    stars = truth.merge(reviews, on="review_id").query("sentiment == 'negative'")
    means = stars.groupby("touchpoint")["stars"].mean()
    assert means["delivery"] < 3
    assert means["assortment"] > 3.4


@pytest.mark.filterwarnings("ignore::tpfeedback.errors.TpfeedbackWarning")
def test_with_the_writers_own_labels_the_ranking_is_the_planted_one(truth):
    feedback = read_feedback(
        SAMPLES / "reviews.csv", text="comment", overall="stars", feedback_id="review_id"
    )
    mentions = truth.rename(columns={"review_id": "feedback_id"})
    mentions = mentions[mentions["feedback_id"].isin(feedback["feedback_id"])]
    impact = measure_impact(feedback, mentions).set_index("touchpoint")
    assert impact.index[0] == "delivery"
    assert impact.loc["delivery", "prize"] == pytest.approx(0.33, abs=0.005)
    for harmless in ("call_center", "assortment"):
        assert impact.loc[harmless, "prize_low"] < 0.01
        assert impact.loc[harmless, "prize"] < 0.03


def test_the_app_is_scolded_until_july_and_praised_from_august(reviews, truth):
    app = truth.query("touchpoint == 'mobile_app'").merge(reviews, on="review_id")
    praised = app["sentiment"].eq("positive").groupby(app["date"] >= "2025-08").mean()
    assert praised[False] < 0.4
    assert praised[True] > 0.6


def test_the_example_taxonomy_is_the_same_as_toml_and_as_a_workbook():
    taxonomy = load_taxonomy(SAMPLES / "my_touchpoints.toml")
    assert load_taxonomy(SAMPLES / "my_touchpoints.xlsx") == taxonomy


def test_the_filled_sheet_labels_820_texts_79_of_them_out_of_stock():
    taxonomy = load_taxonomy(SAMPLES / "my_touchpoints.toml")
    labels = read_labels(SAMPLES / "my_labels.csv", taxonomy=taxonomy)
    assert labels["feedback_id"].nunique() == 820
    assert (labels["touchpoint"] == "out_of_stock").sum() == 79
