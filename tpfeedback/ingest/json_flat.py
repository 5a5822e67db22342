"""A JSON object as one flat record: objects in it become columns, lists become text."""

from __future__ import annotations

import json
from typing import Any

from tpfeedback.ingest.encodings import whole_characters

DEEPEST_COLUMN = 20  # objects in objects of a record; what lies deeper stays JSON text
AGAIN = " (again)"  # behind a name that stands twice

JsonRecord = dict[str, Any]


def flat(record: JsonRecord, *, prefix: str = "", depth: int = 1) -> JsonRecord:
    """Return a record without objects and lists; `depth` counts the objects around it.

    Objects become `outer.inner` columns, lists are joined with "; ".

    >>> flat({"text": "Slow", "who": {"age": 30}, "tags": ["late", "rude"]})
    {'text': 'Slow', 'who.age': 30, 'tags': 'late; rude'}
    """
    found: JsonRecord = {}
    for key, value in record.items():
        name = f"{prefix}{whole_characters(key)}"
        if isinstance(value, dict):
            below = depth < DEEPEST_COLUMN
            inner = flat(value, prefix=f"{name}.", depth=depth + 1) if below else None
            found |= {name: _plain(value)} if inner is None else inner
        elif isinstance(value, list):
            found[name] = "; ".join(map(_plain, value))
        else:
            found[name] = whole_characters(value) if isinstance(value, str) else value
    return found


def with_name(record: JsonRecord, name: str, value: object) -> None:
    """Put a value into `record`, under another name where it has this one.

    >>> record = {"text": "Slow"}
    >>> with_name(record, "text", "Kind")
    >>> record
    {'text': 'Slow', 'text (again)': 'Kind'}
    """
    while name in record:
        name += AGAIN
    record[name] = value


def _plain(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return whole_characters(text)
