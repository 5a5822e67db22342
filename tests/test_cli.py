"""The command: a table on stdout, the story on stderr, files in a folder, mistakes in one line."""

from __future__ import annotations

import json
import subprocess
import sys

import pandas as pd
import pytest
from typer.testing import CliRunner

from tests.small_findings import KeywordTagger, findings, reviews
from tpfeedback import __version__, cli
from tpfeedback.errors import ImpactError

FILES = {
    "report.html", "report.xlsx", "analysis.json", "feedback.csv", "mentions.csv", "impact.csv",
    "priorities.csv", "rejected.csv",
}  # fmt: skip


@pytest.fixture
def run(monkeypatch):
    monkeypatch.setattr("tpfeedback.analysis.load_tagger", KeywordTagger)
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


def test_the_files_are_written_beside_each_other(run, export, tmp_path):
    result = run("analyze", export, "--out", tmp_path / "new" / "folder")
    folder = tmp_path / "new" / "folder"
    assert result.exit_code == 0
    assert {path.name for path in folder.iterdir()} == FILES
    assert (folder / "feedback.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    content = json.loads((folder / "analysis.json").read_text(encoding="utf-8"))
    assert content["settings"]["source"] == "reviews.csv"


def test_running_twice_writes_the_same_bytes(run, export, tmp_path):
    for name in ("a", "b"):
        run("analyze", export, "--out", tmp_path / name)
    for name in FILES:
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes(), name


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
    ],
    ids=["missing file", "missing column", "unknown taxonomy", "unwritable folder", "a folder"],
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
    lines = cli._readable_table(analysis, 10).splitlines()
    quoted = next(line for line in lines if "售货员态度很差" in line)
    assert cell_len(quoted) <= cli.PIPED_WIDTH
    start = next(i for i, line in enumerate(lines) if line.startswith(" Rank"))
    widths = {cell_len(line) for line in lines[start : start + 5] if "──" not in line}
    assert len(widths) == 1


def test_a_quote_cannot_move_the_cursor_or_speak_markup():
    table = cli._readable_table(
        findings(extra=["\x1b[2J[red]late once more, and nobody called[/red] :smile:"]), 10
    )
    assert "\x1b" not in table
    assert "[red]late once more, and nobody" in table
