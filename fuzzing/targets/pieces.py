"""Files that are read piece by piece, as big ones are."""

from __future__ import annotations

from collections import Counter

import pandas as pd

from fuzzing.contract import never_refused
from fuzzing.reading import file_of
from fuzzing.target import Target
from fuzzing.targets import delimited, json_lines
from tpfeedback.batch.sources import open_source, read_blocks, read_piece
from tpfeedback.ingest.files import read_raw
from tpfeedback.wording import Note

SIZES = (1, 3)
MENDED = {"quotes_mended", "fields_few", "fields_many"}  # what a piece may mend in another way


def check(data: bytes) -> None:
    """Read a file in pieces of one record and of three: each record is there once, as it was."""
    ending = "jsonl" if data.lstrip().startswith(b"{") else "csv"
    with file_of(data, f"any.{ending}") as path:
        source = open_source(path)
        whole = read_raw(path)
        mended = MENDED & {note.key for note in whole.notes if isinstance(note, Note)}
        for size in SIZES:
            with never_refused("a piece"):
                pieces = [read_piece(source, block) for block in read_blocks(source, size)]
            for piece in pieces:
                assert set(piece.set_aside) <= set(range(1, len(piece.frame) + 1))
            found = [row for piece in pieces for row in _cells(piece.frame)]
            aside = [line for piece in pieces for _, line in piece.set_aside.values()]
            if not mended and not whole.set_aside and ending == "csv":
                assert found[: whole.read] == _cells(whole.frame), "other records"
                assert not any(found[whole.read :])  # blank lines at the end
            kept = [line for _, line in whole.set_aside.values()]
            assert _letters([*found, aside]) == _letters([*_cells(whole.frame), kept]), "lost"


def _letters(rows: list[list[str]]) -> Counter[str]:
    return Counter(letter for row in rows for cell in row for letter in cell if letter.isalnum())


def _cells(frame: pd.DataFrame) -> list[list[str]]:
    return [[cell for cell in row if isinstance(cell, str)] for row in frame.to_numpy().tolist()]


TARGET = Target(
    check, (*delimited.SEEDS, *json_lines.SEEDS), delimited.WORDS, stretched=2000, quick=15
)
