"""Reads a filled sheet: a workbook, a CSV file or a table, whatever was done to it in between."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from tpfeedback.errors import ReadError
from tpfeedback.ingest.files import WORKBOOK_STARTS, RawTable, read_raw
from tpfeedback.ingest.workbooks import sheet_names
from tpfeedback.labelling.answers import Answer
from tpfeedback.labelling.bad_cells import BadCell
from tpfeedback.labelling.sheet_cells import bare
from tpfeedback.labelling.sheet_columns import NEEDED, find_columns
from tpfeedback.opening import read_file, read_start, shown
from tpfeedback.wording import Note

_ROWS_LOOKED = 20  # rows that are searched for the header, where notes stand above it
Sheet = tuple[list[Answer], list[BadCell]]

_FACTS = ("text", "language", "question", "probability")


def read_sheet(source: object) -> Sheet:
    """Return the answers of every row that holds something, and the rows that cannot be split.

    A workbook may have several filled sheets, one a person; empty copies are passed over.

    Raises:
        ReadError: there is no such file, it is no table, or no sheet has the needed columns.
    """
    name = Path(str(source)).name if isinstance(source, (str, os.PathLike)) else "table"
    heads: list[str] = []
    found: list[Sheet] = []
    for sheet in _sheets(source):
        try:
            raw = read_raw(source, sheet=sheet)
        except ReadError:
            if sheet is None:
                raise
            continue
        table, above = _with_header(raw)
        places = find_columns(table.columns)
        if all(column in places for column in NEEDED):
            answers = _answers(table, places, name, sheet or "", above)
            found.append((answers, _broken(raw, name, above)))
            continue
        heads.append(f"{sheet or name}: {', '.join(map(str, raw.frame.columns))}")
    if found:
        return _of_filled(found)
    raise ReadError(
        f"{name} is no labelling sheet: the columns {' and '.join(NEEDED)} are needed, found "
        f"{'; '.join(heads) or 'no readable sheet'}. Allowed: a sheet of sample_for_labelling, "
        "with further columns if you like, or a Label Studio export as JSON. Keep these headers."
    )


def _of_filled(found: list[Sheet]) -> Sheet:
    """Return the answers of all sheets that somebody filled; several are several annotators."""
    filled = [
        sheet for sheet in found if any(one.touchpoints or one.overall for one in sheet[0])
    ] or found[:1]
    if len(filled) == 1:
        return filled[0]
    answers = [
        replace(one, annotator=one.annotator or one.sheet) for sheet in filled for one in sheet[0]
    ]
    return answers, [cell for sheet in filled for cell in sheet[1]]


def _sheets(source: object) -> list[str | None]:
    """Return the names of the sheets of a workbook; one None for anything else."""
    if not isinstance(source, (str, os.PathLike)) or not Path(source).is_file():
        return [None]
    path = Path(source)
    if not read_start(path, 4).startswith(WORKBOOK_STARTS):
        return [None]
    return list(sheet_names(read_file(path), name=shown(path.name)))


def _with_header(raw: RawTable) -> tuple[pd.DataFrame, int]:
    """Return the table under its true header, and how many rows stand above the first record."""
    skipped = [n.values["n"] for n in raw.notes if isinstance(n, Note) and n.key == "rows_above"]
    above, frame = 1 + sum(skipped), raw.frame
    if all(column in find_columns(frame.columns) for column in NEEDED):
        return frame, above
    for place, cells in enumerate(frame.head(_ROWS_LOOKED).itertuples(index=False, name=None)):
        header = [_text(cell) for cell in cells]
        if all(column in find_columns(header) for column in NEEDED):
            below = frame.iloc[place + 1 :].copy()
            below.columns = pd.Index(header)
            return below, above
    return frame, above


def _answers(
    table: pd.DataFrame, places: dict[str, int], file: str, sheet: str, above: int
) -> list[Answer]:
    return [answer for answer in _rows(table, places, file, sheet, above) if not answer.blank]


def _rows(
    table: pd.DataFrame, places: dict[str, int], file: str, sheet: str, above: int
) -> Iterator[Answer]:
    headers = {column: str(table.columns[place]) for column, place in places.items()}
    for number, cells in zip(table.index, table.itertuples(index=False, name=None), strict=True):
        said = {column: _text(cells[place]) for column, place in places.items()}
        yield Answer(
            file=file,
            sheet=sheet,
            row=f"row {int(number) + above}",
            feedback_id=bare(said["feedback_id"]),
            touchpoints=said["touchpoints"],
            overall=said.get("overall_sentiment", ""),
            annotator=bare(said.get("annotator", "")),
            facts={name: bare(said[name]) for name in _FACTS if said.get(name)},
            headers=headers,
        )


def _broken(raw: RawTable, file: str, above: int) -> list[BadCell]:
    return [
        BadCell(file, "", f"row {number + above}", "(all)", held, f"{why}, so it cannot be read")
        for number, (why, held) in sorted(raw.set_aside.items())
    ]


def _text(cell: Any) -> str:
    """Return a cell as it was typed: no "nan", and 7 where a sheet made it 7.0.

    >>> _text(7.0), _text(None), _text(float("nan")), _text(" a ")
    ('7', '', '', 'a')
    """
    if cell is None or (pd.api.types.is_scalar(cell) and pd.isna(cell)):
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()
