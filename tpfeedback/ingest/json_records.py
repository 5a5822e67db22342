"""JSON in its usual shapes: lines, a list of records, records under a key, columns of values."""

from __future__ import annotations

import json
import re
from typing import Any

from tpfeedback.errors import ReadError
from tpfeedback.ingest.encodings import whole_characters

DEEPEST = 4

JsonRecord = dict[str, Any]


def json_records(text: str, *, name: str = "the file") -> tuple[list[JsonRecord], dict[int, str]]:
    """Return the records of a JSON text, and the lines that are no JSON by record number.

    Understood: a list of objects; an object that holds such a list under a key (the longest
    list wins); an object of equally long columns; one object a line. Objects inside a record
    become `outer.inner` columns, lists are joined with "; ".
    Raises `ReadError` when nothing of the kind is found.

    >>> json_records('{"answers": [{"text": "Polecam", "stars": 5}]}')
    ([{'text': 'Polecam', 'stars': 5}], {})
    """
    if not text.strip():
        return [], {}
    try:
        document = json.loads(text)
    except json.JSONDecodeError as problem:
        return _from_lines(text, problem, name)
    except RecursionError:
        raise ReadError(f"{name} nests JSON too deeply. Allowed: a list of records.") from None
    records = _longest_list(document, DEEPEST) or _from_columns(document)
    if records is None and isinstance(document, dict):
        records = [document]
    if records is None:
        raise ReadError(
            f"{name} holds JSON but no records: {type(document).__name__} at its top. Allowed: "
            "a list of objects such as [{'text': …, 'stars': …}], also under a key, or one object "
            "a line. Convert it to one of these."
        )
    return [_flat(record) for record in records], {}


def _from_lines(
    text: str, problem: json.JSONDecodeError, name: str
) -> tuple[list[JsonRecord], dict[int, str]]:
    records: list[JsonRecord] = []
    broken: dict[int, str] = {}
    # Not splitlines(): it also cuts at U+2028 and others, which may stand inside a JSON string.
    for number, line in enumerate(filter(str.strip, re.split(r"[\r\n]", text)), start=1):
        try:
            record = json.loads(line)
        except (json.JSONDecodeError, RecursionError):
            record = None
        if not isinstance(record, dict):
            broken[number] = line
        records.append(_flat(record) if isinstance(record, dict) else {})
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


def _flat(record: JsonRecord, prefix: str = "") -> JsonRecord:
    flat: JsonRecord = {}
    for key, value in record.items():
        name = f"{prefix}{whole_characters(key)}"
        if isinstance(value, dict):
            flat |= _flat(value, f"{name}.")
        elif isinstance(value, list):
            flat[name] = "; ".join(map(_plain, value))
        else:
            text = isinstance(value, str)
            flat[name] = whole_characters(value) if text else value
    return flat


def _plain(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return whole_characters(text)
