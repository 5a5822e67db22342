"""One call goes the whole way, says what it explained, and keeps what it warned of."""

from __future__ import annotations

import json
import math
import warnings

import pandas as pd
import pytest

from tests.small_findings import KeywordTagger, findings, reviews
from tpfeedback.analysis import Analysis, analyze
from tpfeedback.errors import (
    ColumnError,
    ImpactError,
    ReadError,
    TaxonomyError,
    TpfeedbackError,
    TpfeedbackWarning,
    WriteError,
)
from tpfeedback.ingest import read_export
from tpfeedback.report import report_facts
from tpfeedback.tables import check_table
from tpfeedback.tagger import TaggedText


def analysed(source=None, **options) -> Analysis:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", TpfeedbackWarning)
        return analyze(reviews() if source is None else source, tagger=KeywordTagger(), **options)


@pytest.fixture(scope="module")
def analysis() -> Analysis:
    return analysed(text="comment", overall="stars")


def test_every_table_follows_its_contract(analysis):
    for name in ("feedback", "mentions", "impact", "priorities"):
        check_table(getattr(analysis, name), name)


def test_the_planted_trouble_stands_first(analysis):
    assert analysis.priorities.iloc[0]["touchpoint"] == "delivery"
    penalties = analysis.impact.set_index("touchpoint")["penalty"]
    assert penalties["delivery"] < penalties["product"] < penalties["staff"]


def test_the_rating_is_explained_in_its_own_units(analysis):
    outcome = analysis.outcome
    assert (outcome.kind, outcome.name, outcome.scale) == ("rating", "stars", "1-5")


def test_a_path_a_table_and_an_export_give_the_same(tmp_path, analysis):
    path = tmp_path / "reviews.csv"
    reviews().to_csv(path, index=False)
    export = read_export(path, text="comment", overall="stars")
    for other in (analysed(path, text="comment", overall="stars"), analysed(export)):
        pd.testing.assert_frame_equal(other.priorities, analysis.priorities)


def test_only_the_name_of_the_file_is_kept(tmp_path):
    path = tmp_path / "reviews.csv"
    reviews().to_csv(path, index=False)
    page = analysed(path).to_html()
    assert "reviews.csv" in page
    assert str(tmp_path) not in page


def test_columns_named_beside_an_export_are_refused():
    export = read_export(reviews(), text="comment", overall="stars")
    with pytest.raises(ColumnError, match="The columns overall were named for an Export"):
        analysed(export, overall="stars")


@pytest.mark.parametrize(("stars", "why"), [(None, "There is no rating"), (4, "Every rating is 4")])
def test_without_a_usable_rating_the_sentiment_is_explained(stars, why):
    table = reviews().assign(stars=stars)
    with pytest.warns(TpfeedbackWarning) as raised:
        analysis = analyze(table, text="comment", tagger=KeywordTagger())
    assert any(f"{why}, so the sentiment of each text" in str(one.message) for one in raised)
    assert analysis.outcome.kind == "sentiment"
    assert set(analysis.feedback["sentiment_score"]) == {-1.0, 1.0}
    assert "mean sentiment of the texts (scale -1 to 1" in analysis.to_html()
    assert any(why in text for text in analysis.warnings)


def survey() -> pd.DataFrame:
    """Return 30 content respondents who answered two questions and 30 others who answered one."""
    content = {"Likes?": "kind staff today", "Improve?": "a fair price for this", "nps": 10}
    others = {"Likes?": None, "Improve?": "the courier was bad", "nps": 2}
    return pd.DataFrame([content, others] * 30)


def test_the_mean_rating_of_a_survey_counts_each_respondent_once():
    found = analysed(survey(), text=["Likes?", "Improve?"], overall="nps")
    assert len(found.feedback) == 90
    assert report_facts(found)["outcome"]["mean"] == pytest.approx(6.0)


def test_in_an_unrated_survey_praise_and_complaint_of_one_respondent_do_not_cancel():
    answers = survey().assign(**{"Likes?": "kind staff today"}).drop(columns="nps")
    impact = analysed(answers, text=["Likes?", "Improve?"]).impact.set_index("touchpoint")
    assert impact["negative_share"].max() == pytest.approx(0.25)


def test_a_rating_that_falls_as_texts_get_friendlier_is_warned_of():
    table = reviews().assign(stars=lambda t: 6 - t["stars"])
    told = analysed(table, text="comment", overall="stars").warnings
    assert any("small values are the good ones" in warning for warning in told)


def test_a_rating_that_agrees_with_the_texts_is_not_warned_of(analysis):
    assert not any("small values are the good ones" in warning for warning in analysis.warnings)


def test_warnings_are_kept_and_still_raised():
    table = reviews(2)
    with pytest.warns(TpfeedbackWarning) as raised:
        analysis = analyze(table, text="comment", overall="stars", tagger=KeywordTagger())
    assert analysis.warnings == tuple(str(one.message) for one in raised)


def test_a_warning_points_at_the_callers_line():
    with pytest.warns(TpfeedbackWarning) as raised:
        analyze(reviews(2), text="comment", overall="stars", tagger=KeywordTagger())
    assert {one.filename for one in raised} == {__file__}


def test_warnings_are_still_raised_when_a_later_stage_fails(monkeypatch):
    def fail(*_, **__):
        warnings.warn("not ours", UserWarning, stacklevel=1)
        raise ImpactError("too few texts")

    monkeypatch.setattr("tpfeedback.analysis.fit_impact", fail)
    with (
        pytest.warns((UserWarning, TpfeedbackWarning)) as raised,
        pytest.raises(ImpactError, match="too few texts"),
    ):
        analyze(reviews().assign(stars=4), text="comment", tagger=KeywordTagger())
    assert "not ours" in [str(one.message) for one in raised]
    ours = [one for one in raised if one.category is TpfeedbackWarning]
    assert any("Every rating is 4" in str(one.message) for one in ours)
    assert {one.filename for one in ours} == {__file__}


def test_the_callers_table_stays_as_it_was():
    table = reviews()
    before = table.copy(deep=True)
    analysed(table)
    pd.testing.assert_frame_equal(table, before)


def test_the_same_input_gives_the_same_page_and_dict(analysis):
    again = analysed(text="comment", overall="stars")
    assert again.to_html() == analysis.to_html()
    assert again.to_dict() == analysis.to_dict()


def test_the_dict_is_plain_json(analysis):
    content = analysis.to_dict()
    assert json.loads(json.dumps(content, allow_nan=False)) == content
    assert len(content["feedback"]) == len(analysis.feedback)
    assert content["priorities"][0]["touchpoint"] == "delivery"


def test_a_missing_number_is_none_in_the_dict():
    impact = findings().impact.assign(reward=math.nan)
    assert findings(impact=impact).to_dict()["impact"][0]["reward"] is None


def test_quotes_come_with_their_text(analysis):
    quotes = analysis.quotes("delivery", n=2)
    assert len(quotes) > 0
    for quote in quotes.itertuples():
        assert quote.text[quote.start : quote.stop] == quote.evidence
        assert quote.sentiment in ("negative", "mixed")


@pytest.mark.parametrize(
    ("touchpoint", "sentiment", "problem"),
    [("deliver", "negative", "Did you mean 'delivery'"), ("delivery", "bad", "Unknown sentiment")],
)
def test_a_quote_of_what_does_not_exist_is_refused(analysis, touchpoint, sentiment, problem):
    with pytest.raises(TpfeedbackError, match=problem):
        analysis.quotes(touchpoint, sentiment=sentiment)


def test_the_repr_names_the_first_touchpoints(analysis):
    assert repr(analysis).startswith("Analysis of 400 texts (0 rows set aside)")
    assert "1. delivery: prize" in repr(analysis)


def test_a_notebook_shows_the_answer(analysis):
    assert "Delivery costs most" in analysis._repr_html_()


def test_the_page_is_written_to_a_path(tmp_path, analysis):
    page = analysis.to_html(tmp_path / "report.html")
    assert (tmp_path / "report.html").read_bytes() == page.encode()


def test_a_folder_that_does_not_exist_is_told(tmp_path, analysis):
    for write in (analysis.to_html, analysis.to_excel):
        with pytest.raises(WriteError, match=r"there is no folder .*nowhere.* Create the folder"):
            write(tmp_path / "nowhere" / "report")


def test_an_unknown_taxonomy_is_answered_with_the_known_ones():
    with pytest.raises(TaxonomyError, match="general"):
        analysed(taxonomy="banc")


def test_without_rating_and_readable_language_there_is_nothing_to_analyze():
    table = pd.DataFrame({"comment": ["Livraison en retard"] * 5})

    class Foreign(KeywordTagger):
        def tag(self, texts, *, languages=None, min_confidence=None, **options):
            return [TaggedText(text, "other", "neutral", 0.0, ()) for text in texts]

    with (
        pytest.warns(TpfeedbackWarning, match="5 of 5 texts are in none of the four languages"),
        pytest.raises(ReadError, match="Nothing can be read in these 5 texts"),
    ):
        analyze(table, text="comment", tagger=Foreign())


def test_texts_that_name_nothing_give_an_empty_ranking():
    table = pd.DataFrame({"comment": ["we will see", "nothing to say"] * 30, "stars": [3, 4] * 30})
    analysis = analysed(table, text="comment", overall="stars")
    assert len(analysis.priorities) == 0
    assert "No touchpoint was recognised" in analysis.to_html()
    assert "0 touchpoints ranked" in repr(analysis)
