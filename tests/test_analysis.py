"""One call goes the whole way, says what it explained, and keeps what it warned of."""

from __future__ import annotations

import hashlib
import json
import math
import warnings

import pandas as pd
import pytest

from tests.small_findings import KeywordTagger, findings, reviews
from tpfeedback.analysis import Analysis, analyze, stated_quality
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
from tpfeedback.remarks import keep_warnings
from tpfeedback.report import report_facts
from tpfeedback.settings import options_again
from tpfeedback.tables import check_table
from tpfeedback.tagger import TaggedText, load_network_tagger
from tpfeedback.wording import write_note


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


def test_controls_named_as_one_text_are_refused_as_such():
    table = reviews().assign(c=1, i=2, t=3, y=4, city="a")  # its letters are columns, too
    with pytest.raises(ColumnError, match=r"must be a list of columns. Write controls=\['city'\]"):
        analysed(table, text="comment", overall="stars", controls="city")


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


def sheets_of(path) -> dict[str, pd.DataFrame]:
    return pd.read_excel(path, sheet_name=None, header=None, engine="calamine")


@pytest.fixture(scope="module")
def personal() -> Analysis:
    table = reviews().assign(comment=lambda t: t["comment"] + ", ask Mr Brown: +44 20 7946 0958")
    return analysed(table, text="comment", overall="stars")


def test_personal_data_are_masked_in_whatever_leaves_for_a_reader(personal, tmp_path, capsys):
    personal.show()
    personal.to_excel(tmp_path / "report.xlsx")
    sheets = sheets_of(tmp_path / "report.xlsx")
    shown = {
        "page": personal.to_html(),
        "markdown": personal.to_markdown(),
        "dict": json.dumps(personal.to_dict()),
        "notebook": personal._repr_html_(),
        "terminal": capsys.readouterr().out,
        "workbook": " ".join(str(sheet.to_dict()) for sheet in sheets.values()),
    }
    for name, text in shown.items():
        assert "7946" not in text, name
        assert "Brown" not in text, name


def test_they_are_shown_where_that_is_asked_for(personal, tmp_path):
    personal.to_excel(tmp_path / "report.xlsx", mask=False)
    sheets = sheets_of(tmp_path / "report.xlsx")
    for text in (
        personal.to_html(mask=False),
        personal.to_markdown(mask=False),
        json.dumps(personal.to_dict(mask=False)),
        " ".join(str(sheet.to_dict()) for sheet in sheets.values()),
    ):
        assert "Mr Brown" in text
        assert "7946" in text


def test_masking_leaves_the_analysis_as_it_is(personal):
    before = personal.feedback.copy(deep=True)
    masked = personal.masked()
    pd.testing.assert_frame_equal(personal.feedback, before)
    assert masked.feedback["text"].str.contains("[phone]", regex=False).all()
    texts = masked.mentions.merge(masked.feedback[["feedback_id", "text"]], on="feedback_id")
    for one in texts.itertuples():
        assert one.text[one.start : one.stop] == one.evidence


@pytest.mark.parametrize(("lang", "word"), [("ru", "Доставка"), ("zh", "配送"), ("pl", "Dostawa")])
def test_every_form_of_the_report_speaks_the_language_asked_for(analysis, lang, word, capsys):
    analysis.show(lang=lang)
    assert word in capsys.readouterr().out
    assert word in analysis.to_markdown(lang=lang)
    page = analysis.to_html(lang=lang)
    assert f'<html lang="{lang}">' in page
    assert word in page


def test_an_unknown_language_is_answered_with_the_known_ones(analysis):
    with pytest.raises(TpfeedbackError, match="Known: en, pl, ru, zh"):
        analysis.to_html(lang="de")


def test_the_settings_are_enough_to_run_it_again(tmp_path):
    path = tmp_path / "reviews.csv"
    reviews().assign(city=["a", "b"] * 200).to_csv(path, index=False)
    options = {"text": "comment", "overall": "stars", "date": False, "controls": ["city"]}
    first = analysed(path, **options, precision=0.9, random_state=7)
    settings = json.loads(json.dumps(first.to_dict()["settings"]))
    again = analysed(path, **options_again(settings))
    assert again.to_dict() == first.to_dict()


def test_the_settings_name_the_file_by_its_bytes(tmp_path, analysis):
    path = tmp_path / "reviews.csv"
    path.write_text("comment,stars\n" + "the courier was bad,1\nfine staff,4\n" * 50)
    settings = analysed(path).settings
    assert settings["source_sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
    assert settings["columns"] == {}
    assert analysis.settings["source_sha256"] is None
    assert analysis.settings["columns"] == {"text": "comment", "overall": "stars"}


def test_what_hand_labels_corrected_cannot_be_run_again_from_the_settings_alone():
    with pytest.raises(ReadError, match="corrected by hand labels of 400 texts"):
        options_again({"labels": 400})


def test_a_warning_stays_the_note_that_it_is():
    note = write_note("rejected_no_text")
    told: list[str] = []
    kept = warnings.catch_warnings(record=True, action="always")
    with kept as raised, keep_warnings(told, depth=0):
        warnings.warn(note, TpfeedbackWarning, stacklevel=1)
        warnings.warn(note, TpfeedbackWarning, stacklevel=1)
    assert [one is note for one in told] == [True]
    assert [one.message.args[0] is note for one in raised] == [True]


def test_the_quality_is_what_the_tagger_states_of_itself(analysis):
    rates = {"overall": {"recall": 0.8, "precision": 0.9, "flip": 0.05}}

    class Stating(KeywordTagger):
        confusion = rates

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", TpfeedbackWarning)
        stated = analyze(reviews(), text="comment", overall="stars", tagger=Stating())
    assert stated.quality == {"touchpoints": rates}
    assert report_facts(stated)["sure"]["quality"]["overall"] == rates["overall"]
    assert analysis.quality == {}


def test_the_shipped_tagger_states_its_quality():
    quality = stated_quality(load_network_tagger())
    assert set(quality["touchpoints"]) == {"overall", *load_network_tagger().touchpoints}
    assert all(0 <= rate <= 1 for one in quality["touchpoints"].values() for rate in one.values())


@pytest.mark.parametrize("wanted", [True, False, None])
def test_a_bar_shows_progress_where_it_is_asked_for_or_in_a_terminal(wanted, capsys):
    """The test's stderr is no terminal."""
    analysed(text="comment", overall="stars", progress=wanted)
    assert ("tagging" in capsys.readouterr().err) is (wanted is True)


def test_an_impact_shows_itself_as_a_table_in_a_notebook(analysis):
    shown = analysis.fit._repr_html_()
    assert shown.count("<tr") == len(analysis.impact) + 1
    assert "delivery" in shown


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"weights": "wieght"}, ColumnError),
        ({"cluster": "customer"}, ColumnError),
        ({"controls": ["city"]}, ColumnError),
        ({"model": "logit"}, ImpactError),
        ({"policy": "imputed", "model": "ordered_logit"}, ImpactError),
        ({"labels": "no such sheet.xlsx"}, ReadError),
    ],
)
def test_a_wrong_option_is_refused_before_the_texts_are_read(monkeypatch, wrong, error):
    def read(*_, **__):
        raise AssertionError("the texts were read")

    monkeypatch.setattr("tpfeedback.analysis.tag_feedback", read)
    table = pd.DataFrame({"comment": ["Late again", "Cheap"] * 20, "stars": [1, 5] * 20})
    with pytest.raises(error, match=r"Allowed|Unknown|no such"):
        analyze(table, text="comment", overall="stars", **wrong)
