"""The JSON schema of `Analysis.to_dict()`, made from the contracts of the tables.

It is published as `schemas/analysis.schema.json`; `publish_schema` writes that file anew.
"""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path
from typing import Any

from tpfeedback.tables import LANGUAGES, TABLES, Column

Schema = dict[str, Any]

NAME = "analysis.schema.json"
OF_TEXTS = ("mentions", "feedback", "rejected")  # not there for a batch
_DATE = r"^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}:\d{2}(\.\d+)?([+-]\d{2}:\d{2})?)?$"
_TYPES = {"text": "string", "date": "string", "number": "number", "count": "integer"}
_TEXT: Schema = {"type": "string"}
_TEXTS: Schema = {"type": "array", "items": _TEXT}
_COUNT: Schema = {"type": "integer", "minimum": 0}
_SHARE: Schema = {"type": "number", "minimum": 0, "maximum": 1}
_NUMBER: Schema = {"type": ["number", "null"]}
_PLAIN: Schema = {"$ref": "#/$defs/plain"}


def analysis_schema() -> Schema:
    """Return the schema (draft 2020-12) of `Analysis.to_dict()`.

    The top level and the objects we write ourselves are closed: a misspelt or forgotten key is
    an error. Rows of the tables are open, because a source's own columns are kept in them, and
    so are settings, whose keys are the options of a run. The tables of single texts are left out
    of what was made from the parts of a batch.

    >>> analysis_schema()["properties"]["priorities"]["items"]["properties"]["rank"]["minimum"]
    1
    """
    properties = {
        "answer": {**_TEXTS, "description": "the answer in up to three sentences", "minItems": 1},
        **_told(),
        "warnings": {**_TEXTS, "description": "what every stage had to warn of"},
        "notes": {**_TEXTS, "description": "what reading had to say"},
        **{name: _table(name) for name in ("priorities", "impact", "mentions", "feedback")},
        "rejected": _rejected(),
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "urn:tpfeedback:analysis",
        "title": "An analysis of customer feedback, as tpfeedback writes it",
        "description": "Shares are 0-1, never percent. penalty, reward, prize and gain are in "
        "units of the outcome. A missing value is null. The tables mentions, feedback and rejected "
        "are left out for a batch, whose folder holds them.",
        **_closed(properties, optional=OF_TEXTS),
        "$defs": {"plain": _plain()},
    }


def published_schema() -> Schema:
    """Return the schema that came with the package.

    >>> published_schema() == analysis_schema()
    True
    """
    source = files("tpfeedback") / "schemas" / NAME
    schema: Schema = json.loads(source.read_text(encoding="utf-8"))
    return schema


def publish_schema(path: str | Path) -> None:
    """Write the schema to `path`, the same bytes each time."""
    text = json.dumps(analysis_schema(), indent=2, ensure_ascii=False)
    Path(path).write_text(text + "\n", encoding="utf-8", newline="\n")


def _closed(properties: Schema, *, optional: tuple[str, ...] = ()) -> Schema:
    required = [name for name in properties if name not in optional]
    return {
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": False,
    }


def _table(name: str) -> Schema:
    columns = TABLES[name]
    return {
        "type": "array",
        "description": f"the {name} table, one object a row",
        "items": {
            "type": "object",
            "properties": {column.name: _column(column) for column in columns},
            "required": [column.name for column in columns if column.required],
            "additionalProperties": _PLAIN,
        },
    }


def _column(column: Column) -> Schema:
    kind = _TYPES[column.kind]
    schema: Schema = {
        "description": column.meaning,
        "type": [kind, "null"] if column.nullable else kind,
    }
    if column.kind == "date":
        schema["pattern"] = _DATE
    if column.allowed:
        schema["enum"] = [*column.allowed, *([None] if column.nullable else [])]
    if column.low is not None:
        schema["minimum"] = column.low
    if column.high is not None:
        schema["maximum"] = column.high
    return schema


def _rejected() -> Schema:
    row = {
        "row": {**_COUNT, "description": "record number in the source, from 1"},
        "reason": {**_TEXT, "description": "why it was set aside"},
        "content": {**_TEXT, "description": "an excerpt of what stood there"},
    }
    closed = _closed(row, optional=("content",))
    return {"type": "array", "description": "rows that were set aside", "items": closed}


def _told() -> Schema:
    """Return what the report tells beside the tables."""
    names = _closed(dict.fromkeys(LANGUAGES, _TEXT))
    column = {"role": _TEXT, "source": _TEXT, "guessed": {"type": "boolean"}}
    return {
        "outcome": {"description": "what was explained", **_closed(_outcome())},
        "names": {
            "description": "the touchpoints' names by key and language",
            "type": "object",
            "additionalProperties": names,
        },
        "rewards": {
            "description": "where praise is worth most",
            "type": "array",
            "items": _closed(_reward()),
        },
        "taxonomy": {**_TEXT, "description": "key of the taxonomy"},
        "columns": {
            "description": "which column of the source plays which role",
            "type": "array",
            "items": _closed(column),
        },
        "settings": {
            "description": "options of the run, and hashes of taxonomy and tagger",
            "type": "object",
            "additionalProperties": _PLAIN,
        },
        "tracking": {
            "description": "what `Analysis.track` found, by capability; empty without it",
            "type": "object",
            "additionalProperties": {"type": "object"},
        },
        "closer": {
            "description": "what `Analysis.look_closer` found: problems, themes, shares, "
            "evaluation; empty without it",
            "type": "object",
            "additionalProperties": {"type": "object"},
        },
        "versions": {
            "description": "versions of this package and of those that compute",
            "type": "object",
            "additionalProperties": _TEXT,
        },
    }


def _outcome() -> Schema:
    return {
        "kind": {**_TEXT, "enum": ["rating", "sentiment", "metric", "nps"]},
        "name": _TEXT,
        "scale": {"type": ["string", "null"]},
        "mean": _NUMBER,
        "low": {**_NUMBER, "description": "lower end of the 95 % interval of the mean"},
        "high": {**_NUMBER, "description": "upper end of the 95 % interval of the mean"},
        "texts": _COUNT,
        "decimals": {**_COUNT, "description": "digits that matter in the outcome"},
        "gain_decimals": {**_COUNT, "description": "digits that matter in a prize"},
    }


def _reward() -> Schema:
    quote = {
        "feedback_id": _TEXT,
        "row": {"type": ["integer", "null"], "minimum": 0},
        "language": _TEXT,
        "before": _TEXT,
        "evidence": _TEXT,
        "after": _TEXT,
        "overall": _NUMBER,
    }
    return {
        "touchpoint": _TEXT,
        "stage": {"type": ["string", "null"]},
        "positive": _COUNT,
        "positive_share": _SHARE,
        "gain": {"type": "number", "description": "positive_share x reward"},
        "reward": {"type": "number"},
        "reward_low": {"type": "number"},
        "reward_high": {"type": "number"},
        "quotes": {"type": "array", "items": _closed(quote)},
    }


def _plain() -> Schema:
    """Return what a value may be that we do not know beforehand: anything but NaN and the like."""
    values = {"type": "array", "items": _PLAIN}
    inner = {"type": "object", "additionalProperties": _PLAIN}
    return {"anyOf": [{"type": ["string", "number", "boolean", "null"]}, values, inner]}
