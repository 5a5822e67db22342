"""The report of a batch: every number is that of the same rows in memory, or it is not there."""

from __future__ import annotations

import json
import warnings
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from jsonschema import Draft202012Validator
from pandas.testing import assert_frame_equal
from typer.testing import CliRunner

from tests.small_findings import KeywordTagger
from tests.test_batch_analysis import messy_reviews
from tpfeedback import cli
from tpfeedback.analysis import analyze
from tpfeedback.batch import analyze_tagged, tag_file
from tpfeedback.errors import ColumnError, ImpactError, ReadError, TpfeedbackWarning, WriteError
from tpfeedback.report import read_page, report_facts, verify_report
from tpfeedback.report.figures import figure_value, figures
from tpfeedback.report.schema import analysis_schema
from tpfeedback.wording import available_wordings, load_wording

ERRORS = {"overall": {"recall": 0.97, "precision": 0.96, "flip": 0.02}}
MANY_ERRORS = {"overall": {"recall": 0.8, "precision": 0.85, "flip": 0.05}}
OPTIONS = [
    {},
    {"model": "ordered_logit", "controls": ["city"]},
    {"policy": "observed", "weights": "counts_for", "cluster": "customer"},
]


class StatedTagger(KeywordTagger):
    """States how well it reads."""

    @property
    def confusion(self):
        """Return made-up rates."""
        return ERRORS

    @property
    def quality(self):
        """Return made-up agreement."""
        return {"languages": {"en": {"texts": 400, "f1": 0.8, "f1_low": 0.7, "f1_high": 0.9}}}


def dated_reviews(rows: int = 700) -> pd.DataFrame:
    """Return reviews over two years, some undated, some without a text; complaints grow."""
    chance = np.random.default_rng(5)
    table = messy_reviews(rows).sort_values("stars", ascending=False, ignore_index=True)
    days = pd.date_range("2023-01-01", periods=rows, freq="26h").to_series(index=table.index)
    table["date"] = days.where(chance.random(rows) > 0.05).dt.strftime("%Y-%m-%d")
    table["counts_for"] = chance.choice([0.0, 0.5, 1.0, 2.5], rows)
    table["customer"] = chance.integers(0, 150, rows)
    table.loc[[3, 90, 100], "comment"] = ["-", None, "n/a"]
    table.loc[[7, 8], "comment"] = "The staff could not have been any better to us, thank you!"
    return table.sample(frac=1, random_state=1, ignore_index=True)


def quietly(function, *given, **options):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", TpfeedbackWarning)
        return function(*given, **options)


def tag(path, out, **options):
    return quietly(tag_file, path, out, tagger=StatedTagger(), **options)


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    path = tmp_path_factory.mktemp("report") / "reviews.csv"
    dated_reviews().to_csv(path, index=False)
    return path


@pytest.fixture(scope="module")
def folder(source):
    tag(source, source.parent / "tagged", chunk=90)
    return source.parent / "tagged"


@pytest.fixture(scope="module")
def found(folder):
    return quietly(analyze_tagged, folder, tagger=StatedTagger())


@pytest.fixture(scope="module")
def whole(source):
    return quietly(analyze, source, tagger=StatedTagger(), progress=False)


def shown(findings) -> dict[str, str]:
    return {name: figure_value(one) for name, one in figures(report_facts(findings)).items()}


def assert_same_figures(found, whole):
    ours, theirs = shown(found), shown(whole)
    assert int(ours.pop("sure.duplicates_within")) <= int(theirs.pop("sure.duplicates"))
    assert ours == theirs
    assert len(ours) > 100


@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_every_figure_is_that_of_all_rows_in_memory(source, folder, options):
    batch = quietly(analyze_tagged, folder, tagger=StatedTagger(), **options)
    memory = quietly(analyze, source, tagger=StatedTagger(), progress=False, **options)
    assert_same_figures(batch, memory)
    np.testing.assert_allclose(batch.fit.replicates, memory.fit.replicates, rtol=0, atol=1e-9)
    assert batch.warnings == memory.warnings


def test_the_bands_for_the_errors_of_the_tagger_are_those_of_all_rows_in_memory(found, whole):
    assert found.counted.band["prize_band_high"].notna().sum() >= 3
    assert_frame_equal(found.counted.band, whole.counted.band, rtol=0, atol=1e-9)


class LooseTagger(StatedTagger):
    """States errors with which touchpoints here would have to come together nearly always."""

    @property
    def confusion(self):
        """Return made-up rates."""
        return MANY_ERRORS


def test_rates_that_do_not_fit_the_texts_give_no_bands(source):
    found = quietly(analyze, source, tagger=LooseTagger(), progress=False)
    assert report_facts(found)["sure"]["quality"]["overall"] == MANY_ERRORS["overall"]
    assert found.counted.band is None


def test_a_survey_of_several_questions_is_counted_in_respondents(tmp_path):
    table = dated_reviews(300).rename(columns={"comment": "What was bad?"})
    table["What else?"] = table["What was bad?"].sample(frac=1, random_state=1).to_numpy()
    table.to_csv(tmp_path / "survey.csv", index=False)
    named = {"text": ["What was bad?", "What else?"], "overall": "stars", "date": "date"}
    tag(tmp_path / "survey.csv", tmp_path / "out", chunk=70, **named)
    whole = quietly(
        analyze, tmp_path / "survey.csv", tagger=StatedTagger(), progress=False, **named
    )
    found = quietly(analyze_tagged, tmp_path / "out", tagger=StatedTagger())
    assert_same_figures(found, whole)
    assert found.rated < found.batch.texts / 1.5


@pytest.mark.parametrize("kind", ["sentiment", "nps"])
def test_other_outcomes_are_told_as_in_memory(tmp_path, kind):
    table = dated_reviews(400)
    table["stars"] = table["stars"] * 2
    table = table.drop(columns="stars") if kind == "sentiment" else table
    table.to_csv(tmp_path / "reviews.csv", index=False)
    options = {"model": "nps"} if kind == "nps" else {}
    tag(tmp_path / "reviews.csv", tmp_path / "out", chunk=90)
    found = quietly(analyze_tagged, tmp_path / "out", tagger=StatedTagger(), **options)
    whole = quietly(
        analyze, tmp_path / "reviews.csv", tagger=StatedTagger(), progress=False, **options
    )
    assert report_facts(found)["outcome"]["kind"] == kind
    assert_same_figures(found, whole)


def test_mean_spread_and_number_of_the_rated_are_those_of_all_rows(found, whole):
    stars = whole.feedback["overall"].dropna()
    for one in (found.counted, whole.counted):
        assert (one.rated, one.mean[0]) == (len(stars), pytest.approx(stars.mean(), abs=1e-12))
        assert one.spread == pytest.approx(stars.std(ddof=0), abs=1e-12)


def test_the_trend_and_what_changed_are_counted_over_all_parts(found, whole):
    facts, expected = (report_facts(one)["changes"] for one in (found, whole))
    assert len(facts["trend"]) > 12
    assert facts["changed"] >= 1
    assert facts["undated"] == expected["undated"] > 0


def test_rows_set_aside_are_counted_by_reason_over_all_parts(found, whole):
    facts, expected = (report_facts(one)["sure"] for one in (found, whole))
    assert facts["reasons"] == expected["reasons"]
    assert facts["rejected"] == 3
    assert found.rejected["row"].tolist() == whole.rejected["row"].tolist()


def test_the_names_of_columns_and_what_was_guessed_are_told(found, whole):
    assert report_facts(found)["columns"] == report_facts(whole)["columns"]
    assert found.guessed == whole.guessed == ("text", "overall", "date")


def test_the_settings_are_those_of_analyze_and_how_the_file_was_cut(found, whole):
    shared = set(whole.settings) - {"labels"}
    assert {name: found.settings[name] for name in shared} == {
        name: whole.settings[name] for name in shared
    }
    assert found.settings["batch"] == {"chunk": 90, "parts": 8}


def test_quotes_come_from_the_texts_of_their_touchpoint(found):
    for one in report_facts(found)["ranking"]:
        if one["negative"]:
            assert one["quotes"]
        assert all("bad" in quote["evidence"] + quote["before"] + quote["after"]
                   for quote in one["quotes"])  # fmt: skip


@pytest.mark.parametrize("lang", available_wordings())
def test_one_line_tells_in_each_language_what_is_counted_and_what_is_left_out(found, whole, lang):
    line = load_wording(lang).say("sure", "counted")
    assert found.to_markdown(lang=lang).count(line) == 1
    assert line not in whole.to_markdown(lang=lang)


def test_equal_texts_were_looked_for_within_parts_and_the_report_says_so(
    found, whole, source, tmp_path
):
    assert "in the same part of the file" in found.to_markdown()
    tag(source, tmp_path / "one")
    only = quietly(analyze_tagged, tmp_path / "one")
    assert "in the same part of the file" not in only.to_markdown()
    assert shown(only)["sure.duplicates"] == shown(whole)["sure.duplicates"]


def test_the_same_batch_gives_the_same_report(found, folder):
    again = quietly(analyze_tagged, folder, tagger=StatedTagger())
    assert again.to_markdown() == found.to_markdown()


def test_the_page_is_verified_against_the_batch_and_a_changed_figure_is_named(found):
    page = found.to_html(lang="pl")
    assert verify_report(page, found) == ()
    name, value, said = next(one for one in read_page(page).figures if one[0] == "outcome.mean")
    other = page.replace(f'"{name}" value="{value}">{said}<', f'"{name}" value="9">9,00<')
    assert [(one.kind, one.name) for one in verify_report(other, found)] == [
        ("value", "outcome.mean")
    ]


def test_another_batch_is_not_taken_for_the_one_of_the_page(found, tmp_path):
    dated_reviews(300).to_csv(tmp_path / "reviews.csv", index=False)
    tag(tmp_path / "reviews.csv", tmp_path / "out", chunk=90)
    other = quietly(analyze_tagged, tmp_path / "out")
    kinds = {one.kind for one in verify_report(found.to_html(), other)}
    assert {"data", "value"} <= kinds


def test_the_workbook_leaves_out_the_lists_of_single_texts(found, whole, tmp_path):
    names = {}
    for key, one in (("batch", found), ("memory", whole)):
        one.to_excel(tmp_path / f"{key}.xlsx")
        names[key] = pd.read_excel(
            tmp_path / f"{key}.xlsx", sheet_name=None, skiprows=[1], engine="calamine"
        )
    gone = ["Mentions", "Feedback", "Rows set aside"]
    assert [name for name in names["memory"] if name not in gone] == list(names["batch"])
    touchpoints = list(names["batch"])[1]
    numbers = names["batch"][touchpoints].select_dtypes("number")
    expected = names["memory"][touchpoints][numbers.columns]
    pd.testing.assert_frame_equal(numbers, expected, rtol=0, atol=1e-9)


def test_as_plain_values_it_follows_the_schema_without_the_tables_of_texts(found):
    told = json.loads(json.dumps(found.to_dict(), allow_nan=False))
    Draft202012Validator(analysis_schema()).validate(told)
    assert not {"mentions", "feedback", "rejected"} & set(told)


def test_personal_data_in_quotes_is_masked(found):
    texts = found.feedback.assign(text=found.feedback["text"] + " anna.nowak@example.com")
    spoken = found.mentions.assign(stop=found.mentions["stop"] + 23)
    named = replace(found, feedback=texts, mentions=spoken)
    assert "anna.nowak@example.com" not in named.to_markdown()
    assert "anna.nowak@example.com" in named.to_markdown(mask=False)
    assert not named.masked().feedback["text"].str.contains("anna").any()


def test_what_the_tagger_states_is_told_only_of_the_same_tagger(folder, found):
    assert report_facts(found)["sure"]["quality"]["overall"] == ERRORS["overall"]
    unknown = quietly(analyze_tagged, folder)  # the shipped one did not tag this
    assert unknown.quality == {}
    assert unknown.counted.band is None
    with pytest.raises(ReadError, match="tagged by 'StatedTagger keyword'"):
        analyze_tagged(folder, tagger=StatedTagger(digest="another"))


def test_a_summary_is_shown_in_a_notebook_and_a_table_elsewhere(found, capsys):
    assert "Delivery costs most" in found._repr_html_()
    found.show()
    assert "Delivery" in capsys.readouterr().out
    assert repr(found).startswith("BatchAnalysis of 697 texts in ")


def test_nothing_measured_makes_a_report_too(tmp_path):
    table = pd.DataFrame({"comment": ["it is what it is", "we will see"] * 20})
    table.to_csv(tmp_path / "reviews.csv", index=False)
    tag(tmp_path / "reviews.csv", tmp_path / "out", chunk=7)
    found = quietly(analyze_tagged, tmp_path / "out")
    assert verify_report(found.to_html(), found) == ()


def test_a_report_is_not_written_into_a_folder_that_is_not_there(found, tmp_path):
    with pytest.raises(WriteError, match="there is no folder"):
        found.to_html(tmp_path / "gone" / "report.html")


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"weights": "weight"}, ColumnError, "Unknown weights column 'weight'"),
        ({"weights": "city"}, ColumnError, "The weights in 'city' are .* values"),
        ({"cluster": "patient"}, ColumnError, "Unknown cluster column 'patient'"),
        ({"cluster": "city"}, ImpactError, r"\d+ respondents have no value in 'city'"),
    ],
)
def test_weights_and_clusters_that_cannot_be_used_are_refused(folder, options, error, message):
    with pytest.raises(error, match=message):
        analyze_tagged(folder, **options)


# --- from `analyze` and the commands


def test_analyze_names_what_takes_a_tagged_folder(folder):
    with pytest.raises(ReadError, match=r"call tpfeedback\.analyze_tagged\('.*tagged'\)"):
        analyze(folder)
    with pytest.raises(ReadError, match="'tagged' is a folder"):
        analyze(str(folder))


def command(*words):
    return CliRunner().invoke(cli.app, [str(word) for word in words])


def test_the_command_writes_the_report_and_verifies_it(folder, tmp_path, found, source):
    made = command("analyze", folder, "--out", tmp_path, "--lang", "zh", "--control", "city")
    assert made.exit_code == 0, made.stderr
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert 'lang="zh"' in page
    checked = command("verify", tmp_path / "report.html", "--data", folder)
    assert checked.exit_code == 0, checked.stdout + checked.stderr
    wrong = command("verify", tmp_path / "report.html", "--data", source)
    assert wrong.exit_code == 2
    assert "made from the parts of a tagged batch" in wrong.stderr


def test_a_page_made_from_a_file_is_not_verified_against_a_folder(whole, folder, tmp_path):
    whole.to_html(tmp_path / "report.html")
    checked = command("verify", tmp_path / "report.html", "--data", folder)
    assert checked.exit_code == 2
    assert "made from the file 'reviews.csv', but tagged is a folder" in checked.stderr


def test_rows_of_a_query_are_analyzed(tmp_path):
    duckdb = pytest.importorskip("duckdb")
    with duckdb.connect(str(tmp_path / "reviews.db")) as base:
        table = dated_reviews(200)
        base.register("given", table)
        base.execute("CREATE TABLE reviews AS SELECT * FROM given")
        found = quietly(
            analyze, base, query="SELECT comment, stars FROM reviews WHERE age < 25",
            tagger=StatedTagger(), progress=False,
        )  # fmt: skip
    assert len(found.feedback) + len(found.rejected) == (table["age"] < 25).sum()
    assert found.settings["columns"] == {
        "query": "SELECT comment, stars FROM reviews WHERE age < 25"
    }
