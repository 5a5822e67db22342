"""A batch that is stopped at any moment and called again ends as if nothing had happened."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest

from tests.small_findings import KeywordTagger, reviews
from tests.test_batch import tag
from tpfeedback.batch import folder as folders
from tpfeedback.batch import read_batch, tag_file
from tpfeedback.errors import ReadError, WriteError

KILLS = 4
ROOT = Path(__file__).parents[1]
RUN = """
import sys, time
from tests import small_findings
from tpfeedback.batch import tag_file

class KeywordTagger(small_findings.KeywordTagger):
    def tag(self, texts, **options):
        time.sleep(0.05)
        return super().tag(texts, **options)

if __name__ == "__main__":
    print("ready", flush=True)
    tag_file(sys.argv[1], sys.argv[2], tagger=KeywordTagger(), chunk=20, language=False)
"""


class Killed(BaseException):
    """Stands for the end of the process: nothing catches it."""


class OtherTagger(KeywordTagger):
    """The same, with other weights."""

    digest = "another"


@pytest.fixture
def export(tmp_path):
    path = tmp_path / "reviews.csv"
    table = reviews(6)
    table.loc[5, "comment"] = "-"
    table.to_csv(path, index=False)
    return path


def files_of(folder: Path) -> dict[str, bytes]:
    paths = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def test_the_same_call_gives_the_same_bytes(tmp_path, export):
    for name in ("one", "two"):
        tag(export, tmp_path / name, chunk=20)
    assert files_of(tmp_path / "one") == files_of(tmp_path / "two")


def test_two_worker_processes_write_what_one_process_writes(tmp_path, export):
    tag(export, tmp_path / "one", chunk=20)
    tag(export, tmp_path / "two", chunk=20, workers=2)
    assert files_of(tmp_path / "one") == files_of(tmp_path / "two")


def steps_to_disk(monkeypatch, stop_at: int | None) -> list[str]:
    """Count every step that changes the disk, and end before step `stop_at`."""
    seen: list[str] = []

    def watched(owner, name):
        real = getattr(owner, name)

        def step(*given, **options):
            if len(seen) == stop_at:
                raise Killed
            seen.append(name)
            return real(*given, **options)

        monkeypatch.setattr(owner, name, step)

    for owner, name in (
        (Path, "replace"), (Path, "mkdir"), (Path, "write_text"), (Path, "unlink"),
        (pq, "write_table"), (folders.shutil, "rmtree"),
    ):  # fmt: skip
        watched(owner, name)
    return seen


def test_stopped_before_any_step_to_the_disk_it_ends_the_same(tmp_path, export, monkeypatch):
    with monkeypatch.context() as patch:
        seen = steps_to_disk(patch, None)
        tag(export, tmp_path / "whole", chunk=40)
    assert len(seen) > 20
    whole = files_of(tmp_path / "whole")
    for stop_at in range(len(seen)):
        out = tmp_path / f"stopped {stop_at}"
        with monkeypatch.context() as patch:
            steps_to_disk(patch, stop_at)
            with pytest.raises(Killed):
                tag(export, out, chunk=40)
        tag(export, out, chunk=40)
        assert files_of(out) == whole, seen[:stop_at]


def test_a_file_half_written_is_never_taken_for_a_whole_one(tmp_path, export, monkeypatch):
    tag(export, tmp_path / "whole", chunk=20)

    def torn(table, place, **options):
        Path(place).write_bytes(b"PAR1 half")
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(pq, "write_table", torn)
        with pytest.raises(Killed):
            tag(export, tmp_path / "out", chunk=20)
    tag(export, tmp_path / "out", chunk=20)
    assert files_of(tmp_path / "out") == files_of(tmp_path / "whole")


def stopped_after(parts: int, tmp_path, export, monkeypatch) -> Path:
    """Return the folder of a batch that was stopped when so many parts were there."""
    out, made = tmp_path / "out", []

    def note(folder, part):
        folders.note_part(folder, part)
        made.append(part)
        if len(made) == parts:
            raise Killed

    with monkeypatch.context() as patch:
        patch.setattr("tpfeedback.batch.tagging.note_part", note)
        with pytest.raises(Killed):
            tag(export, out, chunk=20)
    return out


def test_what_is_done_is_not_done_again(tmp_path, export, monkeypatch):
    out = stopped_after(2, tmp_path, export, monkeypatch)
    kept = {path: path.stat().st_mtime_ns for path in (out / "feedback").iterdir()}
    assert len(kept) == 2
    tag(export, out, chunk=20)
    assert {path: path.stat().st_mtime_ns for path in kept} == kept
    assert read_batch(out).rows == 60


def test_a_damaged_or_lost_part_is_made_again(tmp_path, export, monkeypatch):
    out = stopped_after(2, tmp_path, export, monkeypatch)
    (out / "feedback/part-000000.parquet").write_bytes(b"damaged")
    (out / "mentions/part-000001.parquet").unlink()
    tag(export, out, chunk=20)
    tag(export, tmp_path / "whole", chunk=20)
    assert files_of(out) == files_of(tmp_path / "whole")


def test_an_unfinished_batch_is_not_taken_for_a_finished_one(tmp_path, export, monkeypatch):
    out = stopped_after(1, tmp_path, export, monkeypatch)
    with pytest.raises(ReadError, match="is not finished"):
        read_batch(out)


@pytest.mark.parametrize(
    ("options", "difference"),
    [
        ({"chunk": 10}, "options chunk was 20 and is now 10"),
        ({"overall": False}, r"options overall was null and is now false"),
        ({"taxonomy": "hotel"}, 'taxonomy was "general'),
        ({"min_confidence": 0.5}, r"options min_confidence was null and is now 0\.5"),
    ],
)
def test_other_options_are_refused(tmp_path, export, monkeypatch, options, difference):
    out = stopped_after(1, tmp_path, export, monkeypatch)
    before = files_of(out)
    with pytest.raises(WriteError, match=f"cannot go on: .*{difference}"):
        tag(export, out, **{"chunk": 20, **options})
    assert files_of(out) == before


@pytest.mark.parametrize("finished", [False, True])
def test_another_tagger_is_refused(tmp_path, export, monkeypatch, finished):
    out = stopped_after(1, tmp_path, export, monkeypatch)
    if finished:
        tag(export, out, chunk=20)
    with pytest.raises(WriteError, match='tagger was "KeywordTagger keyword" and is now "Other'):
        tag_file(export, out, tagger=OtherTagger(), chunk=20)


def test_a_source_that_has_changed_is_refused(tmp_path, export, monkeypatch):
    out = stopped_after(1, tmp_path, export, monkeypatch)
    export.write_text(export.read_text().replace("kind staff", "rude staff"))
    with pytest.raises(WriteError, match="source sha256 was"):
        tag(export, out, chunk=20)


def test_a_folder_with_something_else_is_left_alone(tmp_path, export):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "thesis.txt").write_text("mine")
    with pytest.raises(WriteError, match="is not empty and holds no batch"):
        tag(export, tmp_path / "out")
    assert files_of(tmp_path / "out") == {"thesis.txt": b"mine"}


def test_a_second_run_in_the_same_folder_is_refused(tmp_path, export):
    (tmp_path / "out").mkdir()
    with folders.only_one(tmp_path / "out"), pytest.raises(WriteError, match="Another run"):
        tag(export, tmp_path / "out")


class EndingTagger(KeywordTagger):
    """Ends its process, as one that runs out of memory does."""

    def tag(self, texts, **options):
        """End at once."""
        os._exit(1)


def test_of_many_differences_another_file_is_told_first(tmp_path, export):
    tag(export, tmp_path / "out", chunk=20)
    other = tmp_path / "other.csv"
    table = pd.read_csv(export).rename(columns={"stars": "Grade"}).assign(city="Gdynia", age=3)
    table.to_csv(other, index=False)
    with pytest.raises(WriteError, match=r'cannot go on: source name was "reviews\.csv" and is'):
        tag(other, tmp_path / "out", chunk=9)


def test_a_worker_that_ends_too_early_is_told_of_and_the_batch_can_go_on(tmp_path, export):
    with pytest.raises(WriteError, match="worker process ended before its part was made"):
        tag_file(export, tmp_path / "out", tagger=EndingTagger(), workers=2, chunk=20)
    assert not list((tmp_path / "out/feedback").iterdir())


def test_a_file_that_grows_meanwhile_is_told_of(tmp_path, export, monkeypatch):
    def note(folder, part):
        folders.note_part(folder, part)
        with export.open("a") as file:
            file.write("bad staff,1\n")

    monkeypatch.setattr("tpfeedback.batch.tagging.note_part", note)
    with pytest.raises(ReadError, match=r"reviews\.csv has changed while it was read"):
        tag(export, tmp_path / "out", chunk=20)


def test_killed_at_random_moments_it_loses_and_doubles_no_row(tmp_path, export):
    tag(export, tmp_path / "whole", chunk=20, language=False)
    script, chance, kills = tmp_path / "run.py", random.Random(0), 0
    script.write_text(RUN)
    command = [sys.executable, str(script), str(export), str(tmp_path / "out")]
    for _ in range(30):
        run = subprocess.Popen(command, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)},
                               stdout=subprocess.PIPE, text=True)  # fmt: skip
        with run:
            assert run.stdout is not None
            run.stdout.readline()
            time.sleep(chance.uniform(0.0, 0.6) if kills < KILLS else 0.0)
            if kills < KILLS and run.poll() is None:
                run.send_signal(signal.SIGKILL)
                kills += 1
            else:
                assert run.wait() == 0
                break
    assert kills > 0
    assert files_of(tmp_path / "out") == files_of(tmp_path / "whole")
    ids = pd.concat([pq.read_table(p).to_pandas() for p in (tmp_path / "out/feedback").iterdir()])
    assert sorted(ids["row"]) == [n for n in range(1, 61) if n != 6]
