"""Changes a JSON text so that it stays one: a value of another kind, one from elsewhere, none."""

from __future__ import annotations

import json
from collections.abc import Iterator
from copy import deepcopy
from random import Random
from typing import Any

ODD = (None, True, 0, -1, 7, 0.5, 1e308, float("nan"), 10**30, "", " ", "x", "-", "\ud800", "=1+1",
       [], {}, [[]], [None], [{}], {"": None}, {"a": {"b": []}}, "2024-01-01", "none")  # fmt: skip


def change_json(data: bytes, random: Random) -> bytes:
    """Return a JSON text, or one line of such texts, with one value changed; others as they are."""
    lines = data.split(b"\n")
    at = random.randrange(len(lines)) if _parsed(data) is None else None
    document = _parsed(data if at is None else lines[at])
    slots = list(_slots(document))
    if not slots:
        return data
    holder, key = random.choice(slots)
    other_holder, other_key = random.choice(slots)
    if random.random() < 0.15:
        del holder[key]
    else:
        holder[key] = random.choice((*ODD, *[deepcopy(other_holder[other_key])] * len(ODD)))
    written = json.dumps(document, ensure_ascii=random.random() < 0.5)
    changed = written.encode("utf-8", "surrogatepass")
    return changed if at is None else b"\n".join([*lines[:at], changed, *lines[at + 1 :]])


def _parsed(data: bytes) -> Any:
    try:
        found = json.loads(data)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict | list) else None


def _slots(value: Any) -> Iterator[tuple[Any, Any]]:
    """Yield where a value stands: the list or object, and its place in it."""
    keys = list(value) if isinstance(value, dict) else range(len(value or ()))
    for key in keys:
        yield value, key
        if isinstance(value[key], dict | list):
            yield from _slots(value[key])
