"""JSON in its usual shapes: lines, a list of records, records under a key, columns of values."""

from __future__ import annotations

import json
import re
from math import isfinite
from typing import Any

from tpfeedback.errors import ReadError
from tpfeedback.ingest.encodings import whole_characters

DEEPEST = 4  # how far down a list of records is looked for
DEEPEST_COLUMN = 20  # objects in objects of a record; what lies deeper stays JSON text
LONGEST_WHOLE = 18  # digits that a whole number of a computer holds; a longer one stays text
AGAIN = " (again)"  # behind a name that an object has twice

JsonRecord = dict[str, Any]


def json_records(text: str, *, name: str = "the file") -> tuple[list[JsonRecord], dict[int, str]]:
    """Return the records of a JSON text, and the lines that are no JSON by record number.

    Understood: a list of objects; an object that holds such a list under a key (the longest
    list wins); an object of equally long columns; one object a line. Objects inside a record
    become `outer.inner` columns, lists are joined with "; ". A key that an object has twice is
    kept as "key (again)"; numbers that no column of numbers can hold are kept as text.
    Raises `ReadError` when nothing of the kind is found.

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
    records = _longest_list(document, DEEPEST) or _from_columns(document)
    if records is None and isinstance(document, dict):
        records = [document]
    if records is None:
        raise ReadError(
            f"{name} holds JSON but no records: {type(document).__name__} at its top. Allowed: "
            "a list of objects such as [{'text': …, 'stars': …}], also under a key, or one object "
            "a line. Convert it to one of these."
        )
    try:
        return [_flat(record) for record in records], {}
    except RecursionError:
        raise _too_deep(name) from None


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
        while key in found:
            key += AGAIN  # noqa: PLW2901 - until it is a name of its own
        found[key] = value
    return found


def _too_deep(name: str) -> ReadError:
    return ReadError(
        f"{name} nests JSON too deeply to be read. Allowed: a list of records, with lists and "
        f"objects in them nested less than {DEEPEST_COLUMN} times. Export it flat, or as CSV."
    )


def _from_lines(
    text: str, problem: json.JSONDecodeError, name: str
) -> tuple[list[JsonRecord], dict[int, str]]:
    records: list[JsonRecord] = []
    broken: dict[int, str] = {}
    # Not splitlines(): it also cuts at U+2028 and others, which may stand inside a JSON string.
    for number, line in enumerate(filter(str.strip, re.split(r"[\r\n]", text)), start=1):
        try:
            record = _parsed(line)
            flat = _flat(record) if isinstance(record, dict) else None
        except (json.JSONDecodeError, RecursionError):
            flat = None
        if flat is None:
            broken[number] = line
        records.append(flat or {})
    if len(broken) == len(records):
        raise ReadError(
            f"{name} is no valid JSON: {problem.msg} in line {problem.lineno}, column "
            f"{problem.colno}. Allowed: a list of objects, or one object a line. Export it again."
        )
    return records, broken


def _longest_list(document: object, depth: int) -> list[JsonRecord] | None:
    if isinstance(document, list):
        records = [item for item in document if isinstance(item, dict)]
        return records if len(records) == len(document) else None
    if not isinstance(document, dict) or depth == 0:
        return None
    lists = [_longest_list(value, depth - 1) for value in document.values()]
    return max((found for found in lists if found), key=len, default=None)


def _from_columns(document: object) -> list[JsonRecord] | None:
    """pandas writes {"text": {"0": …, "1": …}}, others {"text": […, …]}."""
    if not isinstance(document, dict) or not document:
        return None
    columns = list(document.values())
    if all(isinstance(column, dict) for column in columns):
        keys = dict.fromkeys(key for column in columns for key in column)
        if not any(all(key in column for column in columns) for key in keys):
            return None
        return [{name: column.get(key) for name, column in document.items()} for key in keys]
    if not all(isinstance(column, list) for column in columns):
        return None
    if len({len(column) for column in columns}) != 1:
        return None
    return [dict(zip(document, values, strict=True)) for values in zip(*columns, strict=True)]


def _flat(record: JsonRecord, prefix: str = "", depth: int = 1) -> JsonRecord:
    flat: JsonRecord = {}
    for key, value in record.items():
        name = f"{prefix}{whole_characters(key)}"
        if isinstance(value, dict):
            below = depth < DEEPEST_COLUMN
            flat |= _flat(value, f"{name}.", depth + 1) if below else {name: _plain(value)}
        elif isinstance(value, list):
            flat[name] = "; ".join(map(_plain, value))
        else:
            text = isinstance(value, str)
            flat[name] = whole_characters(value) if text else value
    return flat


def _plain(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return whole_characters(text)
