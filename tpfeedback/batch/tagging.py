"""`tag_file`: a file of any size in, a folder of tagged parts out."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from numbers import Integral
from pathlib import Path
from typing import Any

from tpfeedback import __version__
from tpfeedback.batch.folder import (
    NOTES,
    begin,
    complete,
    done_parts,
    note_part,
    only_one,
    read_finished,
    tidy,
)
from tpfeedback.batch.plan import make_plan
from tpfeedback.batch.sources import (
    Source,
    open_source,
    read_blocks,
    read_piece,
    refuse_changed,
)
from tpfeedback.batch.workers import Task, Work, cores, make_parts
from tpfeedback.errors import TpfeedbackWarning, WriteError
from tpfeedback.notebook import shows_progress
from tpfeedback.opening.files import path_of
from tpfeedback.settings import origin
from tpfeedback.tagger import Tagger
from tpfeedback.teaching.ready import TaxonomySource, plan_of, tagger_of
from tpfeedback.wording import Note, write_note

CHUNK = 10_000
Columns = Mapping[str, str | tuple[str, ...]]
Named = str | Sequence[str] | bool | None  # False leaves the role empty, None has it guessed


@dataclass(frozen=True)
class Batch:
    """A finished batch: its folder and what is in it.

    `columns`: role -> column of the source; `guessed`: the roles whose columns were not given.
    `rows` were read: each is in `texts` (once, or once for each answer of a survey) or `rejected`.
    `unreadable` counts cells taken as missing. `languages`: code -> texts. `notes`: what was noted
    of how the file is read, in sentences; empty for a batch of an earlier version.
    """

    folder: Path
    columns: Columns
    guessed: tuple[str, ...]
    rows: int
    texts: int
    mentions: int
    rejected: int
    unreadable: int
    languages: Mapping[str, int]
    parts: int
    notes: tuple[Note, ...] = ()


def tag_file(
    path: str | Path,
    out: str | Path,
    *,
    text: Named = None,
    overall: Named = None,
    date: Named = None,
    channel: Named = None,
    language: Named = None,
    question: Named = None,
    taxonomy: TaxonomySource | None = None,
    tagger: Tagger | None = None,
    min_confidence: float | None = None,
    precision: float | None = None,
    chunk: int = CHUNK,
    workers: int | None = None,
    progress: bool | None = None,
) -> Batch:
    """Tag a file of any size piece by piece, and write the tables as Parquet parts.

    CSV, TSV, JSON Lines or Parquet. Memory does not grow with the file. Whoever calls it again
    after it was interrupted, even killed, goes on where it stopped, and ends with the same bytes
    as without the interruption. `out` then holds `feedback/`, `mentions/`, `rejected/` (rows
    without usable text, and why) and `unreadable/` (cells taken as missing), each with parts of
    `chunk` records, and `manifest.json`, which tells what all was made from.

    What is guessed (columns, scale of the rating, order of day and month, types of the other
    columns, the usual language, in which short texts are read that do not tell theirs) is guessed
    from the first 20,000 records and then fixed; the encoding from all of the file. It differs
    from `analyze` in this: `feedback_id` is the number of the record, since whether names of
    one's own are unique cannot be known in constant memory; `duplicate_of` names the first equal
    text of the same part; where quotes are broken, a record at the edge of a part may be mended
    in another way; and columns that the first 20,000 JSON records lack are left out, with a
    warning.

    Args:
        path: the file.
        out: folder for the parts, new or of the same batch.
        text, overall, date, channel, language, question: columns, see `analyze`.
        taxonomy, tagger, min_confidence, precision: see `extract_mentions`.
        chunk: records of one part; so much is done again after an interruption.
        workers: processes, each with the tagger loaded once: all cores, or 1 with a `tagger` of
            one's own. With more than one, a script needs `if __name__ == "__main__":`.
        progress: whether to show a bar with rate and time left (None: in a terminal).

    Raises:
        ReadError: the file cannot be read, or not piece by piece.
        ColumnError: a column does not exist, or holds the wrong kind of values.
        WriteError: `out` holds something else, or a batch of another source, options, taxonomy,
            tagger or version.

    Warns:
        TpfeedbackWarning: texts in other languages, columns left out.

    >>> import tempfile
    >>> import pandas as pd
    >>> folder = Path(tempfile.mkdtemp())
    >>> big = pd.DataFrame({"comment": ["Rude staff", "-", "Cheap"], "stars": [1, 3, 5]})
    >>> big.to_csv(folder / "big.csv", index=False)
    >>> batch = tag_file(folder / "big.csv", folder / "tagged", workers=1)
    >>> batch.rows, batch.texts, batch.rejected
    (3, 2, 1)
    """
    named = {"text": text, "overall": overall, "date": date, "channel": channel,
             "language": language, "question": question}  # fmt: skip
    job = plan_job(
        path_of(path, what="The file to tag"), path_of(out, what="out"), named,
        taxonomy=taxonomy, tagger=tagger, chunk=chunk, workers=workers,
        min_confidence=min_confidence, precision=precision,
    )  # fmt: skip
    return do_job(job, progress=progress)


@dataclass(frozen=True)
class Job:
    """A file that is to be tagged, and how: all is settled, and nothing written yet."""

    source: Source
    work: Work
    head: Mapping[str, Any]
    chunk: int
    workers: int

    @property
    def columns(self) -> Columns:
        """Role -> column of the source."""
        return _columns(self.work.plan.record)

    @property
    def guessed(self) -> tuple[str, ...]:
        """The roles whose columns were not given."""
        return _guessed(self.columns, self.head)


def plan_job(
    path: Path,
    out: Path,
    named: Mapping[str, Named],
    *,
    taxonomy: TaxonomySource | None = None,
    tagger: Tagger | None = None,
    chunk: int = CHUNK,
    workers: int | None = None,
    min_confidence: float | None = None,
    precision: float | None = None,
) -> Job:
    """Look at the head of a file and settle how it is tagged; options as in `tag_file`."""
    numbers = [chunk] if workers is None else [chunk, workers]
    if any(not isinstance(number, Integral) or number < 1 for number in numbers):
        raise WriteError(
            f"chunk={chunk!r} and workers={workers!r} cannot be. Allowed: 1 or more of each."
        )
    given = {role: name for role, name in named.items() if name is not None}
    options = {"min_confidence": min_confidence, "precision": precision}
    source = open_source(path)
    work = Work(out, make_plan(source, given), plan_of(taxonomy, tagger), tagger, options)
    head = _head(source, work, {**_plain(given), **options, "chunk": chunk})
    return Job(source, work, head, chunk, workers or (1 if tagger is not None else cores()))


def do_job(job: Job, *, progress: bool | None = None) -> Batch:
    """Tag what is not tagged yet and return the finished batch."""
    folder = job.work.folder
    folder.mkdir(parents=True, exist_ok=True)
    with only_one(folder):
        manifest = begin(folder, job.head)
        if manifest["complete"]:
            tidy(folder)
        else:
            parts = _make_all(job, progress=progress)
            refuse_changed(job.source)
            manifest = complete(folder, job.head, parts)
    _warn(manifest)
    return read_batch(folder)


def read_batch(folder: str | Path) -> Batch:
    """Return what a folder that `tag_file` wrote holds.

    Raises `ReadError` where it holds no batch, or one that is not finished.
    """
    manifest = read_finished(path_of(folder, what="The tagged folder"))
    counts = ("rows", "texts", "mentions", "rejected", "unreadable", "languages")
    columns = _columns(manifest["plan"])
    return Batch(
        folder=Path(folder),
        columns=columns,
        guessed=_guessed(columns, manifest),
        parts=len(manifest["parts"]),
        notes=tuple(Note(**record) for record in manifest.get(NOTES, ())),
        **{name: manifest[name] for name in counts},
    )


def _columns(plan: Mapping[str, Any]) -> Columns:
    text = plan["text"]
    return {"text": text[0] if len(text) == 1 else tuple(text), **plan["columns"]}


def _guessed(columns: Columns, head: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(role for role in columns if head["options"].get(role) is None)


def _head(source: Source, work: Work, options: Mapping[str, Any]) -> dict[str, Any]:
    """Return all that has to be the same for a run to go on, and the notes, which need not."""
    return {
        "tpfeedback": __version__,
        "source": {
            "name": source.path.name,
            "bytes": source.fingerprint.size,
            "sha256": source.fingerprint.sha256,
        },
        "options": dict(options),
        **origin(work.taxonomy, work.tagger or tagger_of(work.taxonomy)),
        "plan": work.plan.record,
        NOTES: [note.record for note in work.plan.notes],
    }


def _plain(given: Mapping[str, Any]) -> dict[str, Any]:
    return {k: list(v) if isinstance(v, list | tuple) else v for k, v in given.items()}


def _make_all(job: Job, *, progress: bool | None) -> list[dict[str, Any]]:
    """Make the parts that are not there yet; return all of them, in the order of the file."""
    from tqdm import tqdm

    source, folder = job.source, job.work.folder
    parts = done_parts(folder)
    shown = shows_progress(source.rows or 0) if progress is None else progress
    before = sum(map(_rows, parts.values()))
    with tqdm(
        initial=before, total=source.rows, unit=" rows", desc=source.path.name, disable=not shown
    ) as bar:
        tasks = _tasks(source, parts, job.chunk, bar)
        for part in make_parts(job.work, tasks, workers=job.workers):
            note_part(folder, part)
            parts[part["part"]] = part
            bar.update(_rows(part))
    return [parts[number] for number in sorted(parts)]


def _rows(part: Mapping[str, Any]) -> int:
    return int(part["rows"][1]) - int(part["rows"][0]) + 1


def _tasks(
    source: Source, done: Mapping[int, Mapping[str, Any]], chunk: int, bar: Any
) -> Iterator[Task]:
    """Yield what is left to do; where the number of rows is not told, estimate it for the bar."""
    first = 1
    with closing(read_blocks(source, chunk)) as blocks:
        for number, block in enumerate(blocks):
            if number in done:
                first = int(done[number]["rows"][1]) + 1
                continue
            piece = read_piece(source, block)
            if len(piece.frame):
                yield Task(number, first, piece)
                first += len(piece.frame)
            if source.rows is None:
                bar.total = round((first - 1) / block.share)


def _warn(manifest: Mapping[str, Any]) -> None:
    other = manifest["languages"].get("other", 0)
    if other:
        note = write_note("other_languages", found=other, texts=manifest["texts"])
        warnings.warn(note, TpfeedbackWarning, stacklevel=4)
    if manifest["left_out"]:
        note = write_note("columns_left_out", columns=manifest["left_out"])
        warnings.warn(note, TpfeedbackWarning, stacklevel=4)
