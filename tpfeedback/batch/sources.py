"""A file of any size in pieces: CSV, TSV, JSON Lines or Parquet."""

from __future__ import annotations

import csv
import re
import tempfile
from collections.abc import Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from io import StringIO
from itertools import islice
from pathlib import Path
from typing import Any

import pandas as pd

from tpfeedback.batch.fingerprint import Fingerprint, notes_of_bytes, take_fingerprint
from tpfeedback.batch.json_lines import READABLE, read_lines, refuse_document
from tpfeedback.batch.lines import Lines, whole_records
from tpfeedback.errors import ReadError
from tpfeedback.ingest.delimited import SAMPLE_RECORDS, split_records
from tpfeedback.ingest.encodings import Decoded, decode, decode_line
from tpfeedback.ingest.files import (
    JSON_ENDINGS,
    PARQUET_START,
    WORKBOOK_STARTS,
    read_raw,
    refuse_columns,
    refuse_other_kinds,
)
from tpfeedback.ingest.parquet_files import (
    open_parquet,
    plain_numbers,
    plain_texts,
    readable_parquet,
    refuse_long_lists,
    without_notes,
)
from tpfeedback.ingest.records import straighten
from tpfeedback.opening import read_start, shown
from tpfeedback.opening.limits import refuse_more
from tpfeedback.wording import Note, known_note, write_note

LONGEST_START = 16  # bytes that tell what is no table at all
PARQUET, LINES, TABLE = "parquet", "json lines", "delimited text"
OF_ALL = ("lines_skipped", "no_header")  # what is noted of the head and holds of the whole file


@dataclass(frozen=True)
class Source:
    """A file, and what was found out about its form; `rows` is None where that is not told.

    Of text: `encoding`, and the `other` one of lines that are not in it.
    `notes` tell what was guessed of that form.
    Of delimited text: `header` are the names of the columns as written, `above` the lines that
    stand above the first record, `usual` the first records of the usual width, by which records
    of another one are mended.
    """

    path: Path
    fingerprint: Fingerprint
    kind: str
    rows: int | None = None
    encoding: str = ""
    other: str | None = None
    delimiter: str = ""
    header: tuple[str, ...] = ()
    above: int = 0
    usual: tuple[tuple[str, ...], ...] = ()
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True)
class Block:
    """Some records, not read yet: text, or a table of Arrow. `share` (0-1) of the file is done."""

    content: Any
    last: bool
    share: float


@dataclass(frozen=True)
class Piece:
    """Records as read: `frame` has one row each; `set_aside` (place from 1 -> reason, content)
    are those that could not be read, blank in the frame; `notes` tell which were mended."""

    frame: pd.DataFrame
    set_aside: dict[int, tuple[str, str]]
    notes: tuple[str, ...] = ()


def open_source(path: Path) -> Source:
    """Return the source, its form found out from its head.

    Raises `ReadError` for what does not exist, is no table, or cannot be read piece by piece.
    """
    magic = read_start(path, LONGEST_START)
    refuse_other_kinds(magic, shown(path.name))
    if not magic:
        read_raw(path)  # tells that it is empty
    fingerprint = take_fingerprint(path)
    if fingerprint.head.startswith(PARQUET_START):
        return _open_parquet(path, fingerprint)
    if fingerprint.head.startswith(WORKBOOK_STARTS):
        raise ReadError(
            f"{path.name} is a workbook, which cannot be read piece by piece. Allowed: {READABLE}. "
            "Call tpfeedback.analyze for it, or save it as .csv."
        )
    decoded = decode(fingerprint.head + fingerprint.letters, name=shown(path.name))
    notes = notes_of_bytes(decoded, fingerprint)
    start = decoded.text.lstrip()[:300]
    if path.suffix.lower() in JSON_ENDINGS or start.startswith(('{"', "[{", "[\n", "{\n")):
        with Lines(path, decoded.encoding, decoded.other) as lines:
            refuse_document(lines, name=shown(path.name))
        return Source(path, fingerprint, LINES, encoding=decoded.encoding, other=decoded.other,
                      notes=notes)  # fmt: skip
    _check_head(path, fingerprint.head)
    source = _open_delimited(path, fingerprint, decoded)
    return replace(source, notes=(*notes, *source.notes))


def _open_parquet(path: Path, fingerprint: Fingerprint) -> Source:
    name = shown(path.name)
    with readable_parquet(name), open_parquet(path, name=name) as (file, _):
        refuse_columns(file.metadata.num_columns, name)
        refuse_long_lists(file.metadata, name)
        return Source(path, fingerprint, PARQUET, rows=file.metadata.num_rows)


def _check_head(path: Path, head: bytes) -> None:
    """Have the head read as any export is: what is no table is refused with its reason."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / path.name
        copy.write_bytes(head)
        read_raw(copy)


def _open_delimited(path: Path, fingerprint: Fingerprint, decoded: Decoded) -> Source:
    encoding, other = decoded.encoding, decoded.other
    cut = fingerprint.head.splitlines(keepends=True) if other else []
    head = "".join([decode_line(line, other) for line in cut])
    text = (head or fingerprint.head.decode(encoding, "replace")).removeprefix("\ufeff")
    text = text.replace("\0", "")
    found = split_records(text)
    straight = straighten(found)
    header = len(found.records) - len(straight.body)
    hint = int(text.startswith("sep=") and text[5:6] in ("\r", "\n"))
    with Lines(path, encoding, other) as lines:
        above = sum(1 for _ in islice(lines, hint + found.skipped))
    above += sum(map(_lines_of, found.records[:header]))
    names = tuple(straight.header)
    refuse_columns(len(names), shown(path.name))
    fit = (tuple(record) for record in found.records[header:] if len(record) == len(names))
    # Blank ones where none is usual; so many that those of a block have no say.
    usual = tuple(islice(fit, SAMPLE_RECORDS)) or ((),)
    usual *= -(-SAMPLE_RECORDS // len(usual))
    known = tuple(known_note(note) for note in straight.notes)
    return Source(path, fingerprint, TABLE, encoding=encoding, other=other,
                  delimiter=found.delimiter, header=names, above=above, usual=usual,
                  notes=tuple(note for note in known if note.key in OF_ALL))  # fmt: skip


def _lines_of(record: Sequence[str]) -> int:
    """Return how many lines a record takes: one, and one more for each break in its cells."""
    return 1 + sum(len(re.findall("\r\n?|\n", cell)) for cell in record)


def refuse_changed(source: Source) -> None:
    """Raise `ReadError` where the file is no longer what its fingerprint was taken of."""
    size = source.path.stat().st_size if source.path.is_file() else None
    if size != source.fingerprint.size:
        raise ReadError(
            f"{source.path.name} has changed while it was read: {source.fingerprint.size} bytes at "
            f"first, now {'none' if size is None else size}. Delete the folder of its parts and "
            "tag the file when it is complete."
        )


def read_blocks(source: Source, size: int) -> Generator[Block, None, None]:
    """Yield blocks of `size` records each; where they are cut depends on the file alone."""
    if source.kind == PARQUET:
        yield from _parquet_blocks(source, size)
        return
    with Lines(source.path, source.encoding, source.other) as lines:
        yield from _text_blocks(source, lines, size)


def _text_blocks(source: Source, lines: Lines, size: int) -> Iterator[Block]:
    if source.kind == TABLE:
        records = whole_records(lines, source.delimiter)
        for _ in islice(lines, source.above):
            pass
    else:
        records = filter(str.strip, lines)
    taken = _take(records, size, source)
    while taken:
        following = _take(records, size, source)
        share = lines.position / source.fingerprint.size if following else 1.0
        yield Block("".join(taken), not following, share)
        taken = following


def _take(records: Iterator[str], size: int, source: Source) -> list[str]:
    """Return so many records, unless they are too long to be held at once."""
    taken, length = [], 0
    for record in islice(records, size):
        taken.append(record)
        length += len(record)
        told = f"{shown(source.path.name)} has {len(taken):,} records of {length:,} characters"
        refuse_more(length, "bytes", told, then="Pass a smaller chunk=.")
    return taken


def _parquet_blocks(source: Source, size: int) -> Iterator[Block]:
    import pyarrow as pa

    name = shown(source.path.name)
    with readable_parquet(name), open_parquet(source.path, name=name) as (file, schema):
        done, kept = 0, []
        for batch in file.iter_batches(batch_size=size):
            part = plain_texts(pa.Table.from_batches([batch]), schema, name=name)
            kept += part.to_batches()
            table = pa.Table.from_batches(kept)
            while len(table) >= size:
                done += size
                yield Block(table.slice(0, size), done == source.rows, done / (source.rows or 1))
                table = table.slice(size)
            kept = table.to_batches()
        if kept and sum(map(len, kept)):
            yield Block(pa.Table.from_batches(kept), True, 1.0)


def read_piece(source: Source, block: Block) -> Piece:
    """Return the records of a block."""
    if source.kind == PARQUET:
        return Piece(_read_arrow(block.content), {})
    if source.kind == LINES:
        return _read_lines(block.content)
    return _read_delimited(source, block)


def _read_arrow(table: Any) -> pd.DataFrame:
    """Read a table of Arrow; what pandas noted about its index fits the whole file alone.

    Whole numbers stay whole beside missing ones, or 7 would be 7.0 in some pieces.
    """
    frame: pd.DataFrame = without_notes(table).to_pandas(integer_object_nulls=True)
    return plain_numbers(frame)


def _read_lines(content: str) -> Piece:
    frame, broken = read_lines(content)
    why = write_note("rejected_json")
    return Piece(frame, {number: (why, line) for number, line in broken.items()})


def _read_delimited(source: Source, block: Block) -> Piece:
    """Read the text between records that are known to be whole.

    In front a header that cannot be taken for anything else, and the usual records; behind it
    one that keeps blank records from being taken for the end.
    """
    width, above = len(source.header), len(source.usual)
    top = _as_text([[f"c{k}" for k in range(width)], *source.usual], source.delimiter)
    text = block.content if block.content.endswith(("\n", "\r")) else block.content + "\n"
    end = "" if block.last else _as_text([["0"] * width], source.delimiter)
    records = split_records(f"sep={source.delimiter}\n{top}{text}{end}")
    straight = straighten(records, above=above)
    body = straight.body[above : None if block.last else -1]
    aside = dict(straight.set_aside)
    for number, record in enumerate(body, start=1):
        if any(record[width:]):
            found = len(record)
            aside[number] = (write_note("rejected_fields", found=found, wanted=width),
                             source.delimiter.join(record))  # fmt: skip
            body[number - 1] = [""] * width
    cells = [pd.Series([record[k] or None for record in body], dtype="str") for k in range(width)]
    frame = pd.DataFrame(dict(enumerate(cells)))
    frame.columns = pd.Index(source.header)
    return Piece(frame, aside, straight.notes)


def _as_text(records: Iterable[Sequence[str]], delimiter: str) -> str:
    text = StringIO(newline="")
    csv.writer(text, delimiter=delimiter).writerows(records)  # quotes what holds \r or \n
    return text.getvalue()
