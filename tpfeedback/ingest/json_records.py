"""JSON text to flat records: one document in any usual shape, or one object a line."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import islice
from math import isfinite
from typing import Any

from tpfeedback.errors import ReadError
from tpfeedback.ingest.json_documents import find_records
from tpfeedback.ingest.json_flat import AGAIN, DEEPEST_COLUMN, JsonRecord, flat, with_name
from tpfeedback.ingest.json_looks import SAMPLE
from tpfeedback.ingest.json_nested import Nested, find_nested
from tpfeedback.opening.limits import refuse_more

__all__ = ["AGAIN", "JsonRecord", "json_records", "line_records", "parse_line"]

LONGEST_WHOLE = 18  # digits that a whole number of a computer holds; a longer one stays text


def json_records(text: str, *, name: str = "the file") -> tuple[list[JsonRecord], dict[int, str]]:
    """Return the records of a JSON text, and the lines that are no JSON by record number.

    Understood: a list of objects; an object that holds such a list under a key (the one with
    texts, where there are several); objects by key, which are records or columns; an object of
    equally long columns; tables of pandas; one object a line. Lists in the records that hold the
    real ones, as the reviews of a product, become one record each. Objects inside a record become
    `outer.inner` columns, other lists are joined with "; ". A key that an object has twice, or an
    inner and an outer record, is kept as "key (again)"; numbers that no column of numbers can hold
    are kept as text.
    Raises `ReadError` when nothing of the kind is found, or when it may be read in several ways.

    >>> json_records('{"answers": [{"text": "Polecam", "stars": 5}]}')
    ([{'text': 'Polecam', 'stars': 5}], {})
    """
    if not text.strip():
        return [], {}
    try:
        document = _parsed(text)
    except json.JSONDecodeError as problem:
        return _from_lines(text, problem, name)
    except RecursionError:
        raise _too_deep(name) from None
    try:
        return _from_document(document, name), {}
    except RecursionError:
        raise _too_deep(name) from None


def _from_document(document: object, name: str) -> list[JsonRecord]:
    records = find_records(document, name=name)
    if records is None:
        raise ReadError(
            f"{name} holds JSON but no records: {type(document).__name__} at its top. Allowed: "
            "a list of objects such as [{'text': …, 'stars': …}], also under a key, or one object "
            "a line. Convert it to one of these."
        )
    nested = find_nested(records, name=name)
    if nested is None:
        return [flat(record) for record in records]
    unfolded: list[JsonRecord] = []
    cells = 0
    for record in records:
        found = [flat(one) for one in nested.unfold(record)]
        cells += sum(map(len, found))
        refuse_more(cells, "cells", f"{name} has {cells:,} cells or more")
        unfolded += found
    return unfolded


def _parsed(text: str) -> Any:
    return json.loads(
        text,
        parse_int=_whole,
        parse_float=_number,
        parse_constant=lambda sign: None if sign == "NaN" else sign,
        object_pairs_hook=_object,
    )


def _whole(digits: str) -> int | str:
    return int(digits) if len(digits) <= LONGEST_WHOLE else digits


def _number(digits: str) -> float | str:
    number = float(digits)
    return number if isfinite(number) else digits


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) == len(pairs):
        return found
    found = {}
    for key, value in pairs:
        with_name(found, key, value)
    return found


def _too_deep(name: str) -> ReadError:
    return ReadError(
        f"{name} nests JSON too deeply to be read. Allowed: a list of records, with lists and "
        f"objects in them nested less than {DEEPEST_COLUMN} times. Export it flat, or as CSV."
    )


def line_records(
    text: str, *, nested: Nested | None = None
) -> tuple[list[JsonRecord], dict[int, str]]:
    """Return the records of JSON Lines, an empty one for each line that is no JSON object, and
    these lines by record number; of `nested` ones, those in the list that it names.

    >>> line_records('{"text": "Polecam"}\\n{oops')
    ([{'text': 'Polecam'}, {}], {2: '{oops'})
    """
    records: list[JsonRecord] = []
    broken: dict[int, str] = {}
    for line in _lines(text):
        record = parse_line(line)
        try:
            unfolded = [record or {}] if nested is None else nested.unfold(record or {})
            found = [flat(one) for one in unfolded]
        except RecursionError:
            record, found = None, [{}]
        records += found
        if record is None:
            broken[len(records)] = line
    return records, broken


def parse_line(line: str) -> JsonRecord | None:
    """Return the object on a line, None where it is no JSON object.

    >>> parse_line('{"stars": 5}'), parse_line("5")
    ({'stars': 5}, None)
    """
    try:
        record = _parsed(line)
    except (json.JSONDecodeError, RecursionError):
        return None
    return record if isinstance(record, dict) else None


def _lines(text: str) -> Iterator[str]:
    # Not splitlines(): it also cuts at U+2028 and others, which may stand inside a JSON string.
    return (line for line in re.split(r"[\r\n]", text) if line.strip())


def _from_lines(
    text: str, problem: json.JSONDecodeError, name: str
) -> tuple[list[JsonRecord], dict[int, str]]:
    found = (parse_line(line) for line in islice(_lines(text), SAMPLE))
    nested = find_nested((record for record in found if record), name=name)
    records, broken = line_records(text, nested=nested)
    if len(broken) == len(records):
        raise ReadError(
            f"{name} is no valid JSON: {problem.msg} in line {problem.lineno}, column "
            f"{problem.colno}. Allowed: a list of objects, or one object a line. Export it again."
        )
    return records, broken
