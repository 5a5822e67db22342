"""JSON Lines in pieces: one record a line, and no document that stands on a line."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

import pandas as pd

from tpfeedback.errors import ReadError
from tpfeedback.ingest.files import refuse_columns
from tpfeedback.ingest.json_looks import SAMPLE
from tpfeedback.ingest.json_nested import find_nested
from tpfeedback.ingest.json_records import json_records, line_records, parse_line
from tpfeedback.opening.limits import refuse_more

HEAD = 2**20  # characters of lines that are looked at, and two lines at least
READABLE = "CSV or TSV text, JSON Lines, Parquet"
PART = "a part of the file"


def refuse_document(lines: Iterator[str], *, name: str) -> None:
    """Raise `ReadError` unless the lines of a file are records, one a line.

    A line that is no JSON is not refused here: it is set aside when it is read.

    >>> refuse_document(iter(['{"text": "Slow", "tags": ["a", "b"]}']), name="a.jsonl")
    """
    head = _head(filter(str.strip, lines))
    if not head:
        return
    if head[0].lstrip().startswith("[") or head[0].strip() == "{":
        raise _document(name)
    if len(head) == 1:
        _refuse_several(head[0], name)
    parsed = [parse_line(line) for line in head]
    records = [record for record in parsed if record is not None]
    if parsed[0] is None and len(records) * 2 < len(parsed):
        raise _document(name)
    nested = find_nested(records, name=name)
    if nested is not None:
        raise ReadError(
            f"{name} has its records in lists, in the field {nested.field!r} of its lines, which "
            "cannot be read piece by piece. Allowed: one record a line. Write each object of "
            "these lists on a line of its own, or call tpfeedback.analyze for it."
        )


def read_lines(content: str) -> tuple[pd.DataFrame, dict[int, str]]:
    """Return a table of one JSON object a line, and the lines that are none by record number.

    Its cells are as written: numbers beside missing ones would be 12.0 in some pieces, and 12 in
    others. Raises `ReadError` for more columns or cells than may be.

    >>> read_lines('{"store": 12}\\n{"store": null}')[0]["store"].tolist()
    [12, None]
    """
    records, broken = line_records(content)
    names = list(dict.fromkeys(key for record in records for key in record))
    refuse_columns(len(names), PART)
    cells = len(records) * len(names)
    refuse_more(cells, "cells", f"{PART} has {len(records):,} rows of {len(names):,} columns")
    columns = {
        key: pd.Series([record.get(key) for record in records], dtype=object) for key in names
    }
    return pd.DataFrame(columns, index=range(len(records))), broken


def _head(lines: Iterator[str]) -> list[str]:
    head: list[str] = []
    left = HEAD
    for line in islice(lines, SAMPLE):
        if left <= 0 and len(head) > 1:
            break
        head.append(line)
        left -= len(line)
    return head


def _refuse_several(line: str, name: str) -> None:
    """Refuse the only line of a file where all of the file would be read as something else."""
    whole, _ = json_records(line, name=name)
    alone, _ = line_records(line)
    if whole != alone:
        raise _document(name)


def _document(name: str) -> ReadError:
    return ReadError(
        f"{name} is one JSON document, which cannot be read piece by piece. Allowed: {READABLE}. "
        "Write one record a line, or call tpfeedback.analyze for it."
    )
