"""Where in a JSON document its records stand: a list, a table, or the document itself."""

from __future__ import annotations

from dataclasses import dataclass, replace

from tpfeedback.errors import ReadError
from tpfeedback.ingest.json_flat import JsonRecord
from tpfeedback.ingest.json_looks import (
    ASIDE,
    DEEPEST,
    holds_ratings,
    holds_texts,
    is_column,
    is_sentence,
    objects_of,
)
from tpfeedback.ingest.json_nested import holds_texts_below
from tpfeedback.ingest.json_tables import (
    Way,
    find_way,
    is_plain,
    read_keyed,
    read_lists,
    read_table,
)
from tpfeedback.ingest.names import matches

FEW_KEYS = 3  # that an error names


@dataclass(frozen=True)
class _Place:
    """Records found under some keys, None where nobody can tell what they are."""

    path: tuple[str, ...]
    records: list[JsonRecord] | None
    listed: bool
    texts: bool


def find_records(document: object, *, name: str) -> list[JsonRecord] | None:
    """Return the records of a parsed document, None where it has none.

    Of several lists, the one with texts holds them. Raises `ReadError` where several have texts,
    or where nobody can tell records from columns.

    >>> find_records({"tags": [{"id": 1}, {"id": 2}], "reviews": [{"text": "Slow"}]}, name="a.json")
    [{'text': 'Slow'}]
    """
    if isinstance(document, list):
        return objects_of(document) or None
    if not isinstance(document, dict):
        return None
    if document and all(value == [] for value in document.values()):
        return []
    inside = _unwrapped(document)
    chosen = _choose(inside, _places(inside, (), DEEPEST), name)
    if chosen is None:
        return [document if is_column(next(iter(document), "")) else inside]
    if chosen.records is None:
        raise _unclear(inside, chosen, name)
    return chosen.records


def _unwrapped(document: JsonRecord) -> JsonRecord:
    """Return the object inside objects that hold nothing else and are no column."""
    for _ in range(DEEPEST):
        inner = next(iter(document.values())) if len(document) == 1 else None
        if not isinstance(inner, dict) or not inner or _is_column(document, inner):
            break
        document = inner
    return document


def _is_column(document: JsonRecord, inner: JsonRecord) -> bool:
    """Whether the only object in another is a column; in doubt, where it holds texts."""
    way = find_way(document)
    return way is Way.COLUMNS or (way is Way.UNCLEAR and sum(map(is_sentence, inner.values())) > 1)


def _places(node: object, path: tuple[str, ...], depth: int) -> list[_Place]:
    """Return the places at and below a node, a list or an object."""
    if records := objects_of(node):
        return [_listed(path, records)]
    if not isinstance(node, dict) or not node or depth == 0:
        return []
    table = _table(node, path)
    if table is not None and (table.listed or table.texts):
        return [table]
    below = [one for key, value in node.items() for one in _places(value, (*path, key), depth - 1)]
    if table is None or sum(one.texts for one in below) == 1:
        return below
    if table.records is not None and holds_texts_below(table.records):
        return [replace(table, texts=True)]
    # Below the top, a table without texts is rather a part of a record.
    return [table] if not path or table.records is None else below


def _listed(path: tuple[str, ...], records: list[JsonRecord]) -> _Place:
    return _Place(path, records, listed=True, texts=holds_texts_below(records))


def _table(node: JsonRecord, path: tuple[str, ...]) -> _Place | None:
    """Return what an object as a whole holds; its `texts` are those outside of lists."""
    records = read_table(node)
    if records is not None:
        return _listed(path, records)
    records = read_lists(node)
    if records is not None:
        plain = {key: column for key, column in node.items() if is_plain(column)}
        return _Place(path, records, listed=False, texts=holds_texts(read_lists(plain) or []))
    way = find_way(node) if all(isinstance(value, dict) for value in node.values()) else None
    if way is None:
        return None
    if way is Way.UNCLEAR:
        return _Place(path, None, listed=False, texts=False)
    records = read_keyed(node, way)
    return _Place(path, records, listed=False, texts=holds_texts(records))


def _choose(document: JsonRecord, places: list[_Place], name: str) -> _Place | None:
    """Return the place of the records, None where the document itself is one."""
    if places and not places[0].path:
        return places[0]
    around = {place.path[0] for place in places}
    own = {key: value for key, value in document.items() if key not in around}
    told = holds_texts([own])
    rated = holds_ratings([own])
    texts = [
        place for place in places if place.texts and not (told and _belongs(place, rated=rated))
    ]
    if told and not texts:
        return None
    found = texts or [place for place in places if place.listed] or places
    if len(found) > 1 and any(place.records for place in found):
        raise _several(found, name)
    return found[0] if found else None


def _belongs(place: _Place, *, rated: bool) -> bool:
    """Whether records are a part of a document with a text: replies, or unrated as it is not."""
    if not place.listed or matches(place.path[-1], ASIDE):
        return True
    return rated and not holds_ratings(place.records or [])


def _several(found: list[_Place], name: str) -> ReadError:
    told = " and ".join(f"{'.'.join(one.path)!r} ({len(one.records or [])})" for one in found)
    return ReadError(
        f"{name} has {len(found)} lists of objects that may be the records: {told}. Allowed: one "
        "that holds texts. Save one of them as a file of its own, or join them into one list."
    )


def _unclear(document: JsonRecord, place: _Place, name: str) -> ReadError:
    node = document
    for key in place.path:
        node = node[key]
    outer = ", ".join(map(repr, list(node)[:FEW_KEYS]))
    inner = ", ".join(map(repr, list(next(iter(node.values())))[:FEW_KEYS]))
    return ReadError(
        f"{name} holds objects by key that may be records or columns: {outer} … with {inner} … in "
        "each. Allowed: a list of objects such as [{'text': …, 'stars': …}], one object a line, or "
        "columns with rows 0, 1, 2, …. Convert it to one of these."
    )
