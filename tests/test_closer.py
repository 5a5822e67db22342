"""`Analysis.look_closer` asks all in one call, changes nothing, and can be asked again."""

from __future__ import annotations

import json
from dataclasses import replace

import pandas as pd
import pytest
from typer.testing import CliRunner

from tests.closer_cases import PHONE, TwoLanguages, analysed, discovery, labels_of, looked, survey
from tests.impact_cases import quiet
from tpfeedback import cli
from tpfeedback.analysis import Analysis
from tpfeedback.closer import Questions, look, questions_again
from tpfeedback.discovery import discover, problems
from tpfeedback.errors import ColumnError, ImpactError, ReadError, TableError, TpfeedbackWarning
from tpfeedback.evaluation import evaluate
from tpfeedback.labelling import settle_labels
from tpfeedback.settings import labels_record
from tpfeedback.shares import measure_shares, share_differences


@pytest.fixture(scope="module")
def analysis() -> Analysis:
    return analysed(survey())


@pytest.fixture(scope="module")
def labels(analysis) -> pd.DataFrame:
    return labels_of(analysis)


@pytest.fixture(scope="module")
def closer(analysis, labels) -> Analysis:
    return quiet(analysis.look_closer, labels=labels, problems=2)


def test_all_that_is_asked_for_is_there_by_its_name(closer):
    assert list(closer.closer) == ["problems", "themes", "shares", "evaluation"]
    assert set(closer.closer["problems"]) == {"delivery", "staff"}


def test_the_analysis_itself_stays_as_it_was(analysis, labels, closer):
    assert analysis.closer == {}
    assert "closer" not in analysis.settings
    assert closer.priorities is analysis.priorities
    pd.testing.assert_frame_equal(labels, labels_of(analysis))


def test_each_result_is_that_of_its_function(analysis, labels, closer):
    both, found = (analysis.feedback, analysis.mentions), closer.closer
    tagger = analysis.tagger
    by_language = quiet(measure_shares, *both, labels=labels)
    expected = {
        "themes": (found["themes"].table, quiet(discover, *both, tagger=tagger).table),
        "problems": (
            found["problems"]["delivery"].table,
            quiet(problems, both[1], "delivery", feedback=both[0], tagger=tagger).table,
        ),
        "evaluation": (
            found["evaluation"].languages,
            quiet(evaluate, tagger, labels, feedback=both[0]).languages,
        ),
        "shares": (found["shares"].whole, quiet(measure_shares, *both, labels=labels, by=None)),
        "languages": (found["shares"].languages, by_language),
        "differences": (found["shares"].differences, share_differences(by_language)),
    }
    for one, wanted in expected.values():
        pd.testing.assert_frame_equal(one, wanted)


def test_effects_hold_fixed_what_the_ranking_does(monkeypatch):
    asked = []
    for name in ("discover", "problems"):
        monkeypatch.setattr(
            f"tpfeedback.closer.{name}", lambda *_, **options: asked.append(options)
        )
    table = survey().assign(plan="a", weight=2.0, customer=range(400))
    table.loc[::3, "plan"] = "b"
    fixed = {"controls": ["plan"], "weights": "weight", "cluster": "customer"}
    look(
        analysed(table, **fixed), Questions(discover=True, problems=1, labels=None, random_state=0)
    )
    assert [{name: one[name] for name in fixed} for one in asked] == [fixed, fixed]


def test_what_people_found_and_the_tagger_missed_is_in_the_corrected_share(analysis, closer):
    whole = closer.closer["shares"].whole.set_index(["touchpoint", "polarity"])
    price = whole.loc[("price", "negative")]
    assert price["raw_share"] == 0
    assert price["share_low"] < 0.15 < price["share_high"]
    assert closer.closer["evaluation"].languages.loc[0, "recall"] < 0.9


def test_the_difference_between_the_languages_is_found(closer):
    table = closer.closer["shares"].differences
    table = table[(table["polarity"] == "negative") & (table["touchpoint"] == "delivery")]
    assert table["q_value"].item() < 0.05


def test_without_labels_only_the_texts_are_looked_at(analysis):
    found = quiet(analysis.look_closer, problems=1)
    assert list(found.closer) == ["problems", "themes"]
    assert quiet(analysis.look_closer, discover=False, problems=0).closer == {}


def test_labels_of_the_analysis_are_taken_again(labels):
    corrected = analysed(survey(), labels=labels)
    found = quiet(corrected.look_closer, discover=False, problems=0)
    assert list(found.closer) == ["shares", "evaluation"]
    assert found.settings["closer"]["labels"] == labels_record(labels)
    assert corrected.settings["labels_digest"] == labels_record(labels)["digest"]


def test_a_filled_sheet_is_read(analysis, labels, tmp_path, closer):
    path = tmp_path / "sheet.csv"
    sheet_of(labels).to_csv(path, index=False)
    found = quiet(analysis.look_closer, labels=path, discover=False, problems=0)
    assert found.settings["closer"]["labels"] == labels_record(labels)
    pd.testing.assert_frame_equal(found.closer["shares"].whole, closer.closer["shares"].whole)


def sheet_of(labels: pd.DataFrame) -> pd.DataFrame:
    """Return labels as a person types them."""
    marks = labels["touchpoint"].fillna("none") + labels["sentiment"].map(
        {"negative": "-", "positive": "+"}
    ).fillna("")
    told = marks.groupby(labels["feedback_id"], sort=False).agg(", ".join)
    return pd.DataFrame({"feedback_id": told.index, "touchpoints": told.to_numpy()})


def test_the_settings_are_enough_to_ask_again(analysis, labels, closer):
    settings = json.loads(json.dumps(closer.settings["closer"], allow_nan=False))
    again = quiet(analysis.look_closer, **questions_again(settings, labels))
    assert again.settings == closer.settings
    pd.testing.assert_frame_equal(
        again.closer["shares"].languages, closer.closer["shares"].languages
    )


def test_labels_are_asked_for_where_they_went_in(closer):
    with pytest.raises(ReadError, match=r"hand labels of 200 texts\. Give their sheet too:.*SHEET"):
        questions_again(closer.settings["closer"])


def test_the_hash_of_labels_tells_what_was_found_and_not_in_which_order(labels):
    turned = labels.iloc[::-1].assign(text="x")
    other = labels.assign(sentiment=labels["sentiment"].replace("negative", "mixed"))
    assert labels_record(turned) == labels_record(labels)
    assert labels_record(other)["digest"] != labels_record(labels)["digest"]
    assert labels_record(other)["texts"] == 200


def test_of_picked_texts_no_share_is_told_and_why(analysis, labels):
    picked = labels.assign(probability=0.0)
    with pytest.warns(TpfeedbackWarning) as raised:
        found = analysis.look_closer(labels=picked, discover=False, problems=0)
    assert {one.filename for one in raised} == {__file__}
    assert list(found.closer) == ["evaluation"]
    assert any("Corrected shares are left out: 200 of the 200" in one for one in found.warnings)


def test_the_ranking_refuses_picked_texts(labels):
    with pytest.raises(ImpactError, match="picked on purpose"):
        analysed(survey(), labels=labels.assign(probability=0.0))


def test_several_readings_are_settled_for_the_ranking_and_compared_in_the_evaluation(labels):
    second = labels.assign(annotator="Bo")
    second.loc[second["touchpoint"] == "price", ["touchpoint", "sentiment"]] = None
    both = pd.concat([labels.assign(annotator="Ann"), second], ignore_index=True)
    found = analysed(survey(), labels=both)
    alone = analysed(survey(), labels=quiet(settle_labels, both))
    pd.testing.assert_frame_equal(found.impact, alone.impact)
    assert any("labelled by several annotators: 200" in one for one in found.warnings)
    closer = quiet(found.look_closer, discover=False, problems=0)
    agreement = closer.closer["evaluation"].agreement
    assert agreement.loc[0, "annotators"] == "Ann, Bo"


def test_what_a_result_notes_itself_is_no_warning_of_the_analysis(analysis, closer):
    noted = set(closer.closer["evaluation"].notes)
    assert noted
    assert not noted & set(closer.warnings[len(analysis.warnings) :])


def test_masking_reaches_the_texts_that_are_held(labels):
    table = survey().assign(comment=lambda t: t["comment"] + f", call {PHONE}")
    found = looked(analysed(table), labels)
    members = replace(discovery(found)).members.assign(start=0, stop=200, evidence=PHONE)
    found = replace(found, closer={**found.closer, "themes": replace(discovery(found),
                    members=members)}, labels=labels.assign(text=PHONE))  # fmt: skip
    masked = found.masked()
    assert PHONE not in masked.closer["themes"].members["evidence"].str.cat()
    assert PHONE not in masked.closer["evaluation"].errors["excerpt"].str.cat()
    assert "text" not in masked.labels
    assert PHONE in found.closer["evaluation"].errors["excerpt"].str.cat()


@pytest.mark.parametrize(
    ("options", "error", "problem"),
    [
        ({"problems": -1}, ColumnError, "problems is -1. Allowed: of how many"),
        ({"problems": True}, ColumnError, "problems is True"),
        ({"labels": "missing.xlsx"}, ReadError, "missing.xlsx"),
        ({"labels": pd.DataFrame({"id": ["a"]})}, TableError, "feedback_id"),
    ],
)
def test_what_cannot_be_looked_at_is_told(analysis, options, error, problem):
    with pytest.raises(error, match=problem):
        quiet(analysis.look_closer, **{"discover": False, "problems": 0, **options})


@pytest.fixture
def run(monkeypatch, tmp_path, labels):
    monkeypatch.setattr("tpfeedback.teaching.ready.tagger_of", lambda plan: TwoLanguages())
    charts = dict.fromkeys(("prizes", "effects", "map", "journey", "trend"))  # drawn elsewhere
    monkeypatch.setattr("tpfeedback.report.html.draw_charts", lambda facts, words: charts)
    survey().to_csv(tmp_path / "reviews.csv", index=False)
    sheet = sheet_of(labels).assign(feedback_id=[f"r{row}" for row in numbers(labels)])
    sheet.to_csv(tmp_path / "sheet.csv", index=False)
    places = {name: tmp_path / name for name in ("reviews.csv", "sheet.csv", "out", "new.csv")}
    return lambda *words: CliRunner().invoke(cli.app, [str(places.get(w, w)) for w in words])


def numbers(labels: pd.DataFrame) -> range:
    return range(labels["feedback_id"].nunique())


@pytest.fixture
def asked(monkeypatch):
    """Keep what is asked of `look_closer` by the command, and look at nothing."""
    kept = []

    def note_down(self, **options):
        kept.append(options)
        return self

    monkeypatch.setattr(Analysis, "look_closer", note_down)
    return kept


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        (["--discover"], [{}]),
        (["--labels", "sheet.csv"], [{"discover": False, "problems": 0}]),
        (["--labels", "sheet.csv", "--discover"], [{}]),
        ([], []),
    ],
)
def test_the_options_of_the_command_ask_for_a_closer_look(run, asked, words, wanted):
    result = run("analyze", "reviews.csv", *words, "--quiet")
    assert result.exit_code == 0, result.stderr
    assert asked == wanted


def test_a_report_with_labels_holds_with_their_sheet_and_no_other(run, tmp_path):
    made = run("analyze", "reviews.csv", "--labels", "sheet.csv", "--out", "out", "--quiet")
    assert made.exit_code == 0, made.stderr
    page = tmp_path / "out" / "report.html"
    lacking = run("verify", page, "--data", "reviews.csv")
    assert lacking.exit_code == 2
    assert "--labels SHEET" in lacking.stderr
    given = ["verify", page, "--data", "reviews.csv", "--labels", "sheet.csv"]
    assert "every one holds" in run(*given).stdout
    sheet = pd.read_csv(tmp_path / "sheet.csv")
    sheet.loc[0, "touchpoints"] = "security-"
    sheet.to_csv(tmp_path / "sheet.csv", index=False)
    changed = run(*given)
    assert changed.exit_code == 1
    assert "Setting labels_digest: the page was made with" in changed.stdout


def test_a_sheet_is_written_filled_and_evaluated(run, tmp_path):
    made = run("label", "reviews.csv", "--out", "new.csv", "--n", "40", "--text", "comment")
    assert made.exit_code == 0, made.stderr
    assert "Wrote 40 texts to" in made.stderr
    sheet = pd.read_csv(tmp_path / "new.csv", dtype=str)
    column = next(name for name in sheet.columns if name.lower() == "touchpoints")
    sheet[column] = "delivery-"
    sheet.to_csv(tmp_path / "new.csv", index=False)
    told = run("evaluate", "reviews.csv", "--labels", "new.csv", "--text", "comment", "--out",
               "out")  # fmt: skip
    assert told.exit_code == 0, told.stderr
    assert "Compared with what people found in 40 texts: F1" in told.stdout
    assert (tmp_path / "out" / "errors.csv").is_file()
    assert len(pd.read_csv(tmp_path / "out" / "languages.csv")) >= 1


def test_a_sheet_that_is_there_is_written_over_only_with_its_labels(run, tmp_path):
    asked = ["label", "reviews.csv", "--out", "new.csv", "--n", "5", "--lang", "en"]
    assert run(*asked).exit_code == 0
    sheet = pd.read_csv(tmp_path / "new.csv", dtype=str)
    column = next(name for name in sheet.columns if name.lower() == "touchpoints")
    sheet[column] = "delivery-"
    sheet.to_csv(tmp_path / "new.csv", index=False)
    refused = run(*asked)
    assert refused.exit_code == 2
    assert "new.csv' already, and labels may stand in it" in refused.stderr
    assert (pd.read_csv(tmp_path / "new.csv", dtype=str)[column] == "delivery-").all()
    more = run(*asked, "--labels", "new.csv")
    assert more.exit_code == 0, more.stderr
    assert (pd.read_csv(tmp_path / "new.csv", dtype=str)[column] == "delivery-").sum() == 5


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (["label", "reviews.csv", "--out", "sheet.pdf"], "ends in .xlsx"),
        (["label", "reviews.csv", "--out", "new.csv", "--strategy", "rankin"], "Did you mean"),
        (["evaluate", "reviews.csv", "--labels", "no.xlsx"], "no.xlsx"),
        (["evaluate", "reviews.csv", "--labels", "reviews.csv"], "reviews.csv"),
        (["analyze", "reviews.csv", "--labels", "no.xlsx"], "no.xlsx"),
    ],
)
def test_a_mistake_with_labels_is_one_line_and_exit_code_2(run, words, problem):
    result = run(*words, "--quiet")
    assert result.exit_code == 2
    assert len(result.stderr.strip().splitlines()) == 1
    assert problem in result.stderr
