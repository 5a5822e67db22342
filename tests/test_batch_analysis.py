"""The analysis of a batch from patterns is the analysis of all its rows."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal
from typer.testing import CliRunner

from tests.small_findings import KeywordTagger
from tests.test_batch import table_of, tag
from tpfeedback import cli
from tpfeedback.analysis import analyze
from tpfeedback.batch import analyze_tagged, is_batch
from tpfeedback.errors import ColumnError, ImpactError, ReadError, TpfeedbackWarning
from tpfeedback.impact import explain, fit_impact
from tpfeedback.priority import rank_touchpoints

OPTIONS = [
    {},
    {"controls": ["city"]},
    {"controls": ["city", "age", "member"]},
    {"controls": ["spent"]},
    {"policy": "observed"},
    {"policy": "imputed"},
    {"model": "ordered_logit"},
    {"random_state": 7},
]


def messy_reviews(rows: int = 700, seed: int = 0) -> pd.DataFrame:
    """Return reviews of several touchpoints each, some unrated, with segments that matter."""
    chance = np.random.default_rng(seed)
    pool = ["the courier was bad", "the courier was quick", "bad staff", "kind staff",
            "a bad price", "a fair price", "bad shoes", "lovely shoes",
            "it is what it is"]  # fmt: skip
    worth = np.array([-1.6, 0.2, -0.7, 0.9, -0.4, 0.3, -0.9, 0.5, 0.0])
    said = [sorted(chance.choice(9, chance.integers(1, 3), replace=False)) for _ in range(rows)]
    city = chance.choice(["Rome", "Oslo", "Bath", None], rows, p=[0.5, 0.3, 0.1, 0.1])
    base = 3.6 + 0.4 * (city == "Oslo") + chance.normal(0, 0.7, rows)
    stars = np.clip(np.round(base + [worth[k].sum() for k in said]), 1, 5)
    stars[chance.random(rows) < 0.1] = np.nan
    ends = chance.choice(["", " again", " today", " once more"], rows)
    return pd.DataFrame(
        {
            "comment": [
                f"{pool[k[0]]}{end}" if len(k) == 1 else f"{pool[k[0]]} and {pool[k[1]]}{end}"
                for k, end in zip(said, ends, strict=True)
            ],
            "stars": stars,
            "city": city,
            "age": chance.integers(20, 30, rows),
            "member": chance.random(rows) < 0.5,
            "spent": chance.gamma(2.0, 20.0, rows).round(2),
        }
    )


@pytest.fixture(scope="module")
def tagged(tmp_path_factory):
    folder = tmp_path_factory.mktemp("batch")
    messy_reviews().to_csv(folder / "reviews.csv", index=False)
    tag(folder / "reviews.csv", folder / "tagged", chunk=90)
    return folder / "tagged"


def assert_same_fit(found, expected):
    assert_frame_equal(found.table, expected.table, rtol=0, atol=1e-9)
    assert_frame_equal(found.roles, expected.roles, rtol=0, atol=1e-9)
    assert_frame_equal(found.parts, expected.parts, rtol=0, atol=1e-9)
    np.testing.assert_allclose(found.replicates, expected.replicates, rtol=0, atol=1e-9)
    assert found.outcome_mean == pytest.approx(expected.outcome_mean, abs=1e-12)
    assert found.notes == expected.notes


def both(folder, **options):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", TpfeedbackWarning)
        found = analyze_tagged(folder, **options)
        feedback, mentions = table_of(folder, "feedback"), table_of(folder, "mentions")
        return found, fit_impact(feedback, mentions, **options)


@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_impact_and_priorities_equal_those_of_all_rows(tagged, options):
    found, expected = both(tagged, **options)
    assert_same_fit(found.fit, expected)
    assert_frame_equal(found.priorities, rank_touchpoints(expected), rtol=0, atol=1e-9)
    assert found.patterns < 700


def test_the_numbers_are_those_of_analyze_for_the_same_file(tmp_path, tagged):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", TpfeedbackWarning)
        whole = analyze(tagged.parent / "reviews.csv", tagger=KeywordTagger(), progress=False)
        found = analyze_tagged(tagged)
    assert_frame_equal(found.impact, whole.impact, rtol=0, atol=1e-9)
    assert_frame_equal(found.priorities, whole.priorities, rtol=0, atol=1e-9)
    assert found.outcome == whole.outcome
    assert found.rated == whole.feedback["overall"].notna().sum()


def test_how_the_file_was_cut_into_parts_changes_nothing(tmp_path, tagged):
    tag(tagged.parent / "reviews.csv", tmp_path / "other", chunk=333)
    found, other = both(tagged)[0], both(tmp_path / "other")[0]
    assert_frame_equal(found.impact, other.impact, check_exact=True)
    assert (found.fit.replicates == other.fit.replicates).all()


def test_the_answers_of_one_respondent_are_one(tmp_path):
    table = messy_reviews(300)
    table = table.rename(columns={"comment": "What was bad?"})
    table["What else?"] = table["What was bad?"].sample(frac=1, random_state=1).to_numpy()
    path = tmp_path / "survey.csv"
    table.to_csv(path, index=False)
    tag(path, tmp_path / "out", chunk=70, text=["What was bad?", "What else?"], overall="stars")
    found, expected = both(tmp_path / "out", controls=["city"])
    assert_same_fit(found.fit, expected)
    assert found.rated == table["stars"].notna().sum()
    assert found.batch.texts == 600


@pytest.mark.parametrize("model", ["nps", "binary_logit"])
def test_models_that_recode_the_outcome_agree_too(tmp_path, model):
    table = messy_reviews(500)
    table["stars"] = table["stars"] * 2 if model == "nps" else (table["stars"] > 3).astype(float)
    table.to_csv(tmp_path / "reviews.csv", index=False)
    tag(tmp_path / "reviews.csv", tmp_path / "out", chunk=90, overall="stars")
    found, expected = both(tmp_path / "out", model=model)
    assert_same_fit(found.fit, expected)


def test_unrated_texts_that_complain_more_are_told_of_as_from_rows(tmp_path):
    table = messy_reviews(900)
    silent = table["comment"].str.contains("bad staff") & (table["age"] > 22)
    table.loc[silent, "stars"] = np.nan
    table.to_csv(tmp_path / "reviews.csv", index=False)
    tag(tmp_path / "reviews.csv", tmp_path / "out", chunk=100)
    found, expected = both(tmp_path / "out")
    assert any("staff" in note and getattr(note, "key", "") == "unrated" for note in expected.notes)
    assert found.fit.notes == expected.notes


def test_a_touchpoint_that_restates_the_rating_is_told_of_as_from_rows(tmp_path):
    table = messy_reviews(600)
    table["stars"] = np.random.default_rng(1).integers(1, 6, 600)
    told = table["comment"].str.contains("staff")
    table.loc[told, "stars"] = np.where(table["comment"][told].str.contains("bad staff"), 1, 5)
    table.to_csv(tmp_path / "reviews.csv", index=False)
    tag(tmp_path / "reviews.csv", tmp_path / "out", chunk=100)
    found, expected = both(tmp_path / "out")
    assert "restating" in [getattr(note, "key", "") for note in expected.notes]
    assert found.fit.notes == expected.notes


def test_without_ratings_the_sentiment_is_explained_with_a_warning(tmp_path):
    messy_reviews(300)[["comment"]].to_csv(tmp_path / "reviews.csv", index=False)
    tag(tmp_path / "reviews.csv", tmp_path / "out", chunk=100)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", TpfeedbackWarning)
        found = analyze_tagged(tmp_path / "out")
        whole = analyze(tmp_path / "reviews.csv", tagger=KeywordTagger(), progress=False)
    assert found.outcome == whole.outcome
    assert next(note for note in found.warnings if "sentiment" in note) in whole.warnings
    assert_frame_equal(found.impact, whole.impact, rtol=0, atol=1e-9)


def test_a_rating_that_falls_as_texts_get_friendlier_is_told_of(tmp_path):
    table = messy_reviews(300)
    table.assign(stars=6 - table["stars"]).to_csv(tmp_path / "reviews.csv", index=False)
    tag(tmp_path / "reviews.csv", tmp_path / "out", chunk=100)
    with pytest.warns(TpfeedbackWarning, match="stars") as caught:
        analyze_tagged(tmp_path / "out")
    assert "upside_down" in [getattr(one.message.args[0], "key", "") for one in caught]


def test_nothing_ranks_where_nothing_is_mentioned(tmp_path):
    path = tmp_path / "reviews.csv"
    pd.DataFrame(
        {"comment": ["it is what it is", "we will see"] * 20, "stars": [3, 4] * 20}
    ).to_csv(path, index=False)
    tag(path, tmp_path / "out", chunk=7)
    with pytest.warns(TpfeedbackWarning, match="mention"):
        found = analyze_tagged(tmp_path / "out")
    assert found.impact.empty
    assert found.priorities.empty


def test_a_single_text_of_a_batch_cannot_be_explained(tagged):
    with pytest.raises(ImpactError, match=r"holds no sum of parts.*\(no batch\)"):
        explain(both(tagged)[0].fit, "1")


def test_quotes_come_from_all_parts_with_their_texts(tagged):
    quotes = both(tagged)[0].quotes("delivery")
    assert set(quotes["touchpoint"]) == {"delivery"}
    assert all(e in t for e, t in zip(quotes["evidence"], quotes["text"], strict=True))


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"controls": ["town"]}, ColumnError, "Unknown control column 'town'"),
        ({"controls": "city"}, ColumnError, r"Write controls=\['city'\]"),
        ({"model": "quadratic"}, ImpactError, "Unknown model 'quadratic'"),
        ({"policy": "silent"}, ImpactError, "Unknown policy 'silent'"),
        ({"taxonomy": "hotel"}, ReadError, "tagged with the taxonomy 'general'"),
        (
            {"model": "ordered_logit", "policy": "observed"},
            ImpactError,
            "Policy 'observed' cannot be taken with model='ordered_logit'",
        ),
    ],
)
def test_what_a_batch_cannot_tell_is_refused(tagged, options, error, message):
    with pytest.raises(error, match=message):
        analyze_tagged(tagged, **options)


def test_a_folder_without_a_batch_is_refused(tmp_path):
    assert not is_batch(tmp_path)
    with pytest.raises(ReadError, match=r"holds no batch.*has no manifest\.json"):
        analyze_tagged(tmp_path)


def test_a_lost_part_is_named(tmp_path, tagged):
    tag(tagged.parent / "reviews.csv", tmp_path / "out", chunk=300)
    (tmp_path / "out/mentions/part-000001.parquet").unlink()
    with pytest.raises(ReadError, match=r"mentions/part-000001\.parquet cannot be read"):
        analyze_tagged(tmp_path / "out")


# --- the commands


def command(*words):
    return CliRunner().invoke(cli.app, [str(word) for word in words])


def test_the_command_tags_and_then_ranks(tmp_path, tagged, monkeypatch):
    for place in ("tagging", "workers"):
        monkeypatch.setattr(f"tpfeedback.batch.{place}.tagger_of", lambda *_, **__: KeywordTagger())
    out = tmp_path / "out"
    source, named = tagged.parent / "reviews.csv", ("--overall", "stars")
    first = command("tag", source, "--out", out, "--workers", 1, *named)
    assert first.exit_code == 0, first.stderr
    told = first.stderr.splitlines()
    assert told[0] == "Columns used: text = comment (guessed); overall = stars"
    assert "700 rows read, 700 texts tagged" in told[1]
    assert "Wrote 1 part to " in first.stderr
    second = command("analyze", out, "--out", tmp_path / "tables", "--control", "city")
    assert second.exit_code == 0, second.stderr
    assert "Delivery" in second.stdout
    written = {path.name for path in (tmp_path / "tables").iterdir()} - {"report.pptx"}
    assert written == {
        "impact.csv", "priorities.csv", "report.html", "report.xlsx", "report.md", "analysis.json",
    }  # fmt: skip


def test_the_command_says_which_option_needs_every_text(tagged):
    result = command("analyze", tagged, "--precision", "0.9", "--track")
    assert result.exit_code == 2
    assert "--precision, --track cannot be used for a tagged batch" in result.stderr
