"""What was noted while a big file was looked at is told, kept in the folder, and reported."""

from __future__ import annotations

import json
import warnings

import pandas as pd
import pytest
from typer.testing import CliRunner

from tests.small_findings import KeywordTagger, reviews
from tests.test_batch import tag
from tests.test_batch_resume import Killed
from tpfeedback import cli
from tpfeedback.analysis import analyze
from tpfeedback.batch import analyze_tagged, read_batch, tag_file
from tpfeedback.batch import plan as planning
from tpfeedback.batch.command import analyze_batch
from tpfeedback.batch.sources import open_source
from tpfeedback.errors import TpfeedbackWarning
from tpfeedback.ingest import read_export
from tpfeedback.wording import write_note

MIXED = write_note("scale_mixed", above=3, ratings=60)
UNCLEAR = write_note("dates_unclear", example="1/1/2024")


@pytest.fixture
def export(tmp_path):
    path = tmp_path / "reviews.csv"
    table = reviews(6).assign(date=[f"{1 + row % 9}/{1 + row % 9}/2024" for row in range(60)])
    table["stars"] = [9 if row % 20 == 7 else 1 + row % 5 for row in range(60)]
    table.to_csv(path, index=False)
    return path


def analyzed(folder):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", TpfeedbackWarning)
        return analyze_tagged(folder, tagger=KeywordTagger())


def of_column(column, note):
    return write_note("column_note", column=column, note=note)


def test_a_batch_notes_of_its_columns_what_the_analysis_of_the_file_notes(tmp_path, export):
    batch = tag(export, tmp_path / "out", chunk=20)
    assert batch.notes == (of_column("stars", MIXED), of_column("date", UNCLEAR))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", TpfeedbackWarning)
        whole = analyze(export, tagger=KeywordTagger(), progress=False)
    assert set(batch.notes) <= set(whole.notes)
    told = {note.key for note in whole.notes} - {"duplicates"}
    assert {note.key for note in batch.notes} == told


@pytest.mark.parametrize(
    ("lang", "told"),
    [("en", "the column may mix two scales"), ("ru", "в столбце смешаны две шкалы")],
)
def test_the_analysis_of_a_batch_and_its_report_tell_the_notes(tmp_path, export, lang, told):
    tag(export, tmp_path / "out", chunk=20)
    found = analyzed(tmp_path / "out")
    assert found.notes == read_batch(tmp_path / "out").notes
    assert told in found.to_markdown(lang=lang)


def test_cells_that_cannot_be_read_are_counted_over_all_parts_and_not_in_the_head(
    tmp_path, export, monkeypatch
):
    monkeypatch.setattr(planning, "HEAD_ROWS", 20)
    table = pd.read_csv(export, dtype=object)
    table.loc[[3, 45], "stars"] = "many"
    table.to_csv(export, index=False)
    tag(export, tmp_path / "out", chunk=20)
    notes = analyzed(tmp_path / "out").notes
    assert notes[-1] == "2 unreadable cells taken as missing"
    assert not [note for note in notes if "'many'" in note]


def test_a_note_of_the_head_of_a_longer_file_says_so(tmp_path, export, monkeypatch):
    monkeypatch.setattr(planning, "HEAD_ROWS", 50)
    batch = tag(export, tmp_path / "out", chunk=20)
    assert batch.notes[1] == f"In the first 50 records: {of_column('date', UNCLEAR)}"
    assert "Only 3 of 50 ratings" in batch.notes[0]


HEADER, LINE = "comment,stars\n", "курьер был груб {n},3\n"
BODY = HEADER + "".join(LINE.format(n=n) for n in range(30))
FORMS = {
    "guessed bytes": BODY.encode("cp1251"),
    "a title": f"Отзывы за март\n\n{BODY}".encode(),
    "no header": BODY.removeprefix(HEADER).encode(),
    "a name twice": BODY.replace(HEADER, "comment,comment\n").encode(),
    "few fields": BODY.replace(LINE.format(n=7), "груб\n").encode(),
    "many fields": BODY.replace(LINE.format(n=7), "груб, очень,3\n").encode(),
    "an open quote": BODY.replace(LINE.format(n=7), '"груб,3\n').encode(),
    "two encodings": BODY.encode() + BODY.removeprefix(HEADER).encode("cp1251"),
}


@pytest.mark.parametrize("form", FORMS)
def test_a_batch_notes_of_the_form_of_a_file_what_reading_it_whole_notes(tmp_path, form):
    path = tmp_path / "reviews.csv"
    path.write_bytes(FORMS[form])
    wanted = [note for note in read_export(path).notes if note.key != "duplicates"]
    assert wanted
    assert tag(path, tmp_path / "out", chunk=20).notes == tuple(wanted)


def test_of_a_file_longer_than_the_head_its_form_is_noted_for_all_of_it(tmp_path, monkeypatch):
    monkeypatch.setattr(planning, "HEAD_ROWS", 20)
    path = tmp_path / "reviews.csv"
    path.write_bytes(BODY.replace(LINE.format(n=7), '"груб,3\n').encode("cp1251"))
    notes = tag(path, tmp_path / "out", chunk=20).notes
    mended = write_note("quotes_mended", rows=write_note("row", row="8"))
    assert notes[0] == "Read as cp1251, guessed from the bytes."
    assert notes[1] == f"In the first 20 records: {mended}"


def test_lines_in_another_encoding_far_below_the_head_are_noted_without_a_wrong_place(tmp_path):
    path = tmp_path / "reviews.csv"
    plain = "".join(LINE.format(n=n) for n in range(60_000))
    path.write_bytes((HEADER + plain).encode() + BODY.removeprefix(HEADER).encode("cp1251"))
    with pytest.warns(TpfeedbackWarning, match="at least 30 lines are not UTF-8") as warned:
        notes = open_source(path).notes
    assert [str(one.message) for one in warned] == list(notes)
    assert "from line" not in notes[0]


def without_notes(folder):
    """Make the folder one of an earlier version."""
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    del manifest["notes"]
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")


def test_a_finished_folder_without_notes_still_opens(tmp_path, export):
    tag(export, tmp_path / "out", chunk=20)
    without_notes(tmp_path / "out")
    assert read_batch(tmp_path / "out").notes == ()
    assert analyzed(tmp_path / "out").notes == ()
    assert tag(export, tmp_path / "out", chunk=20).notes == ()


def test_an_unfinished_folder_without_notes_goes_on_and_has_them_then(
    tmp_path, export, monkeypatch
):
    def stop(folder, part):
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr("tpfeedback.batch.tagging.note_part", stop)
        with pytest.raises(Killed):
            tag(export, tmp_path / "out", chunk=20)
    without_notes(tmp_path / "out")
    assert len(tag(export, tmp_path / "out", chunk=20).notes) == 2


def test_only_what_the_product_warns_of_itself_is_told_as_its_warning(
    tmp_path, export, monkeypatch
):
    tag(export, tmp_path / "out", chunk=20)

    def noisy(folder, **options):
        warnings.warn("divide by zero encountered", RuntimeWarning, stacklevel=1)
        warnings.warn("few texts", TpfeedbackWarning, stacklevel=1)
        return analyze_tagged(folder, tagger=KeywordTagger())

    monkeypatch.setattr("tpfeedback.batch.command.analyze_tagged", noisy)
    said: list[str] = []
    options = {"taxonomy": "general", "controls": [], "model": "linear", "weights": None,
               "cluster": None, "policy": "baseline"}  # fmt: skip
    with pytest.warns(RuntimeWarning, match="divide by zero encountered"):
        analyze_batch(tmp_path / "out", options, {}, say=said.append)
    assert "Warning: few texts" in said
    assert not [line for line in said if "divide by zero" in line]


@pytest.mark.filterwarnings("ignore::tpfeedback.errors.TpfeedbackWarning")
@pytest.mark.parametrize("rows", [1, 2, 3])
def test_a_file_of_hardly_any_row_is_analyzed_without_warnings_of_libraries(tmp_path, rows):
    class Stating(KeywordTagger):
        confusion = {"overall": {"recall": 0.8, "precision": 0.9, "flip": 0.05}}  # noqa: RUF012

    path = tmp_path / "few.csv"
    reviews(1).head(rows).to_csv(path, index=False)
    whole = analyze(path, tagger=Stating(), progress=False)
    tag_file(path, tmp_path / "out", tagger=Stating())
    found = analyze_tagged(tmp_path / "out", tagger=Stating())
    for one in (whole, found):
        assert f"{rows}" in one.to_markdown()


def test_the_commands_tell_the_notes_before_tagging_and_after_analyzing(
    tmp_path, export, monkeypatch
):
    for place in ("tagging", "workers", "analysis"):
        monkeypatch.setattr(f"tpfeedback.batch.{place}.tagger_of", lambda *_, **__: KeywordTagger())
    run, out = CliRunner().invoke, str(tmp_path / "out")
    tagged = run(cli.app, ["tag", str(export), "--out", out, "--workers", "1"])
    told = [f"Note: {of_column('stars', MIXED)}", f"Note: {of_column('date', UNCLEAR)}"]
    assert tagged.stderr.splitlines()[1:3] == told
    ranked = run(cli.app, ["analyze", out])
    assert [line for line in ranked.stderr.splitlines() if line.startswith("Note")] == told


def test_what_is_noted_is_not_told_again_as_a_warning(tmp_path, monkeypatch):
    for place in ("tagging", "workers"):
        monkeypatch.setattr(f"tpfeedback.batch.{place}.tagger_of", lambda *_, **__: KeywordTagger())
    path, out = tmp_path / "reviews.csv", str(tmp_path / "out")
    path.write_bytes(FORMS["two encodings"])
    told = CliRunner().invoke(cli.app, ["tag", str(path), "--out", out, "--workers", "1"]).stderr
    assert told.count("The file mixes encodings") == 1
