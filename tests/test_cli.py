"""The command: a table on stdout, the story on stderr, files in a folder, mistakes in one line."""

from __future__ import annotations

import json
import re
import subprocess
import sys

import pandas as pd
import pytest
from typer.testing import CliRunner

from tests.small_findings import KeywordTagger, findings, reviews
from tpfeedback import __version__, cli
from tpfeedback.errors import ImpactError
from tpfeedback.report import render_table, report_facts
from tpfeedback.report.terminal import PIPED_WIDTH

FILES = {
    "report.html", "report.xlsx", "report.md", "analysis.json", "feedback.csv", "mentions.csv",
    "impact.csv", "priorities.csv", "rejected.csv",
}  # fmt: skip


@pytest.fixture
def run(monkeypatch):
    monkeypatch.setattr("tpfeedback.teaching.ready.tagger_of", lambda plan: KeywordTagger())
    charts = dict.fromkeys(("prizes", "effects", "map", "journey", "trend"))  # drawn elsewhere
    monkeypatch.setattr("tpfeedback.report.html.draw_charts", lambda facts, words: charts)
    return lambda *words: CliRunner().invoke(cli.app, [str(word) for word in words])


@pytest.fixture
def export(tmp_path):
    path = tmp_path / "reviews.csv"
    table = pd.concat([reviews(), pd.DataFrame({"comment": ["", None], "stars": [1, 2]})])
    table.to_csv(path, index=False)
    return path


def test_the_ranked_table_goes_to_stdout(run, export):
    result = run("analyze", export)
    assert result.exit_code == 0
    assert "Delivery" in result.stdout
    assert "the *courier* was bad" in result.stdout
    assert "Columns used" not in result.stdout


def test_the_story_goes_to_stderr(run, export):
    result = run("analyze", export)
    assert "reviews.csv: 402 records read, 400 texts kept, 2 records set aside" in result.stderr
    assert "text = comment" in result.stderr
    assert "overall = stars" in result.stderr
    assert "(row 401, 402)" in result.stderr


def test_quiet_leaves_stderr_empty(run, export):
    assert run("analyze", export, "--quiet").stderr == ""


@pytest.mark.parametrize("slides", [False, True])
def test_the_files_are_written_beside_each_other(run, export, tmp_path, monkeypatch, slides):
    if slides:
        pytest.importorskip("pptx")
    monkeypatch.setattr("tpfeedback.runs.has_slides", lambda: slides)  # they need an extra
    result = run("analyze", export, "--out", tmp_path / "new" / "folder")
    folder = tmp_path / "new" / "folder"
    assert result.exit_code == 0
    assert {path.name for path in folder.iterdir()} == FILES | (
        {"report.pptx"} if slides else set()
    )
    assert (folder / "feedback.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    content = json.loads((folder / "analysis.json").read_text(encoding="utf-8"))
    assert content["settings"]["source"] == "reviews.csv"


def test_running_twice_writes_the_same_bytes(run, export, tmp_path):
    for name in ("a", "b"):
        run("analyze", export, "--out", tmp_path / name)
    for name in FILES:
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes(), name


@pytest.fixture
def personal(tmp_path):
    path = tmp_path / "personal.csv"
    table = reviews().assign(comment=lambda t: t["comment"] + ", call me: +44 20 7946 0958")
    table.to_csv(path, index=False)
    return path


def texts_of(folder):
    names = sorted(FILES - {"report.xlsx"})
    return {name: (folder / name).read_text(encoding="utf-8") for name in names}


def test_nothing_that_is_written_or_shown_holds_a_phone_number(run, personal, tmp_path):
    result = run("analyze", personal, "--out", tmp_path / "out")
    assert "7946" not in result.stdout + result.stderr
    assert "[phone]" in result.stdout
    for name, text in texts_of(tmp_path / "out").items():
        assert "7946" not in text, name


def test_it_does_with_no_mask(run, personal, tmp_path):
    result = run("analyze", personal, "--out", tmp_path / "out", "--no-mask")
    assert "+44 20 7946 0958" in result.stdout
    texts = texts_of(tmp_path / "out")
    assert "+44 20 7946 0958" in texts["report.html"]
    assert "+44 20 7946 0958" in texts["feedback.csv"]


def test_the_report_is_written_in_the_language_asked_for(run, export, tmp_path):
    result = run("analyze", export, "--out", tmp_path / "out", "--lang", "ru")
    assert "Доставка" in result.stdout
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert '<html lang="ru">' in page


@pytest.fixture
def report(run, export, tmp_path):
    run("analyze", export, "--out", tmp_path / "out", "--quiet")
    return tmp_path / "out" / "report.html"


def test_a_report_holds_for_the_file_it_was_made_from(run, export, report):
    result = run("verify", report, "--data", export)
    assert result.stdout.startswith("report.html: all ")
    assert "computed again from reviews.csv, every one holds." in result.stdout
    assert result.exit_code == 0


@pytest.mark.parametrize("options", [["--lang", "pl"], ["--no-mask"], ["--text", "comment"]])
def test_a_report_holds_whatever_it_was_made_with(run, personal, tmp_path, options):
    run("analyze", personal, "--out", tmp_path / "out", "--quiet", *options)
    result = run("verify", tmp_path / "out" / "report.html", "--data", personal)
    assert "every one holds" in result.stdout, result.stdout
    assert result.exit_code == 0


def test_a_changed_figure_is_named_in_one_line(run, export, report):
    page = report.read_text(encoding="utf-8")
    found = re.search(r'data-figure="prize.delivery" value="([^"]+)"', page)
    report.write_text(page.replace(found[0], found[0].replace(found[1], "9.75")), encoding="utf-8")
    result = run("verify", report, "--data", export)
    assert result.exit_code == 1
    assert result.stdout.splitlines() == [
        f"prize.delivery: the page says 9.75, the data give {found[1]}.",
        "report.html: 1 thing no longer holds.",
    ]


def test_changed_data_are_told_and_what_they_change(run, export, report):
    table = pd.read_csv(export)
    table.loc[0, "stars"] = 5
    table.to_csv(export, index=False)
    result = run("verify", report, "--data", export)
    assert result.exit_code == 1
    assert "The data file is another one: SHA-256" in result.stdout
    assert "penalty.delivery: the page says" in result.stdout


def test_another_model_is_told(run, export, report, monkeypatch):
    monkeypatch.setattr(
        "tpfeedback.teaching.ready.tagger_of", lambda plan: KeywordTagger("another")
    )
    result = run("verify", report, "--data", export)
    assert result.exit_code == 1
    assert "Setting tagger: the page was made with" in result.stdout


@pytest.mark.parametrize(
    ("page", "problem"),
    [("<p>nothing</p>", "This is no report of tpfeedback"), (None, "No such file")],
)
def test_what_cannot_be_verified_is_one_line_and_exit_code_2(run, export, tmp_path, page, problem):
    path = tmp_path / "other.html"
    if page is not None:
        path.write_text(page, encoding="utf-8")
    result = run("verify", path, "--data", export)
    assert result.exit_code == 2
    assert problem in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1


def test_top_limits_the_table(run, export):
    assert "Staff" not in run("analyze", export, "--top", "1", "--quiet").stdout.split("Rank")[1]


def test_columns_can_be_named(run, tmp_path):
    path = tmp_path / "odd.csv"
    reviews().rename(columns={"comment": "q17", "stars": "z"}).to_csv(path, index=False)
    result = run("analyze", path, "--text", "q17", "--overall", "z")
    assert "text = q17" in result.stderr
    assert "overall = z" in result.stderr


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (["{folder}/missing.csv"], "missing.csv"),
        (["{file}", "--text", "commment"], "comment"),
        (["{file}", "--taxonomy", "banc"], "general"),
        (["{file}", "--out", "{file}/below"], "reviews.csv"),
        (["{folder}"], "{folder_name}"),
        (["{file}", "--lang", "fr"], "Known: en, pl, ru, zh"),
    ],
    ids=[
        "missing file",
        "missing column",
        "unknown taxonomy",
        "unwritable folder",
        "a folder",
        "unknown language",
    ],
)
def test_a_mistake_is_one_line_and_exit_code_2(run, export, words, problem):
    holes = {"file": export, "folder": export.parent, "folder_name": export.parent.name}
    result = run("analyze", *(word.format(**holes) for word in words), "--quiet")
    assert result.exit_code == 2
    assert result.stdout == ""
    assert len(result.stderr.strip().splitlines()) == 1
    assert problem.format(**holes) in result.stderr
    assert "Traceback" not in result.stderr


def test_warnings_are_told_before_the_error_they_explain(run, tmp_path, monkeypatch):
    def fail(*_, **__):
        raise ImpactError("too few texts")

    monkeypatch.setattr("tpfeedback.analysis.fit_impact", fail)
    path = tmp_path / "constant.csv"
    reviews().assign(stars=4).to_csv(path, index=False)
    result = run("analyze", path, "--text", "comment", "--overall", "stars")
    assert result.exit_code == 2
    *before, last = result.stderr.strip().splitlines()
    assert any(line.startswith("Warning: Every rating is 4") for line in before)
    assert last == "tpfeedback: too few texts"


def test_the_version_is_shown(run):
    assert run("--version").stdout.strip() == f"tpfeedback {__version__}"


def test_the_taxonomies_are_listed(run):
    assert "general\tGeneral\t27 touchpoints" in run("taxonomies").stdout


def test_python_m_is_the_same_command():
    run = subprocess.run(
        [sys.executable, "-m", "tpfeedback", "--version"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stdout.strip() == f"tpfeedback {__version__}"


def test_columns_of_the_table_stand_under_each_other_with_wide_letters():
    from rich.cells import cell_len

    analysis = findings()
    lines = render_table(report_facts(analysis)).splitlines()
    quoted = next(line for line in lines if "售货员态度很差" in line)
    assert cell_len(quoted) <= PIPED_WIDTH
    start = next(i for i, line in enumerate(lines) if line.startswith(" Rank"))
    widths = {cell_len(line) for line in lines[start : start + 5] if "──" not in line}
    assert len(widths) == 1


def test_a_quote_cannot_move_the_cursor_or_speak_markup():
    analysis = findings(extra=["\x1b[2J[red]late once more, and nobody called[/red] :smile:"])
    table = render_table(report_facts(analysis))
    assert "\x1b" not in table
    assert "[red]late once more, and nobody" in table
