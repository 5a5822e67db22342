"""Records in lists of other records, as the reviews of each product: one record each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from tpfeedback.errors import ReadError
from tpfeedback.ingest.json_flat import AGAIN, JsonRecord, flat, with_name
from tpfeedback.ingest.json_looks import (
    ASIDE,
    DEEPEST,
    SAMPLE,
    holds_ratings,
    holds_texts,
    objects_of,
)
from tpfeedback.ingest.names import TEXT, is_name, matches
from tpfeedback.opening.limits import refuse_more

Path = tuple[str, ...]


@dataclass(frozen=True)
class Nested:
    """Where records hold the real ones: the keys that lead to the list, names that both have,
    and what the real ones hold in turn."""

    path: Path
    shared: frozenset[str]
    deeper: Nested | None = None

    @property
    def field(self) -> str:
        """The list as errors name it."""
        return ".".join(self.path)

    def unfold(self, record: JsonRecord) -> list[JsonRecord]:
        """Return the records in the list, each with the other fields of the one around them.

        A name that both have is that of the inner one. A record without a list stays as it is.
        """
        found = self._items(record)
        if self.deeper is None:
            return found
        return [item for outer in found for item in self.deeper.unfold(outer)]

    def _items(self, record: JsonRecord) -> list[JsonRecord]:
        value, outer = _taken(record, self.path)
        items = objects_of([value] if isinstance(value, dict) else value)
        if not items:
            kept = record if value else outer
            return [{self._name(key): cell for key, cell in kept.items()}]
        plain = flat(outer)  # once, and not again for each item
        cells = len(items) * len(plain)
        refuse_more(cells, "cells", f"The lists in {self.field!r} have {cells:,} cells")
        return [self._joined(item, plain) for item in items]

    def _joined(self, item: JsonRecord, outer: JsonRecord) -> JsonRecord:
        joined = dict(item)
        for key, cell in outer.items():
            with_name(joined, self._name(key), cell)
        return joined

    def _name(self, key: str) -> str:
        return key + AGAIN if key in self.shared else key


def find_nested(records: Iterable[JsonRecord], *, name: str, depth: int = DEEPEST) -> Nested | None:
    """Return which lists in the records hold the real ones, None where they are real themselves.

    Lists without texts belong to their record, and so do replies to a text. Raises `ReadError`
    where both may be the records, or several lists.

    >>> find_nested([{"product": "p0", "reviews": [{"text": "Slow"}]}], name="a.json").field
    'reviews'
    >>> find_nested([{"text": "Slow", "photos": [{"url": "a.png"}]}], name="a.json")
    """
    sample = list(islice(records, SAMPLE))
    lists = {path: items for path, items in _lists(sample).items() if holds_texts_below(items)}
    if lists and holds_texts(sample):
        lists = {path: items for path, items in lists.items() if _is_real(path, items, name)}
    if not lists or not depth:
        return None
    if len(lists) > 1:
        told = " and ".join(repr(".".join(path)) for path in lists)
        raise ReadError(
            f"{name} has texts in the lists in {told} of its records. Allowed: one list of records "
            "in each. Keep one and delete the others."
        )
    [(path, items)] = lists.items()
    inner = {key for item in items for key in item}
    outer = {key for record in sample for key in _taken(record, path)[1]}
    found = Nested(path, frozenset(inner & outer))
    unfolded = (one for record in sample for one in found.unfold(record))
    return Nested(path, found.shared, find_nested(unfolded, name=name, depth=depth - 1))


def holds_texts_below(records: Sequence[JsonRecord], *, depth: int = DEEPEST) -> bool:
    """Whether records, or lists of records in them, hold what customers wrote.

    >>> holds_texts_below([{"product": "p0", "reviews": [{"text": "Slow"}]}])
    True
    """
    if holds_texts(records):
        return True
    lists = _lists(records) if depth else {}
    return any(holds_texts_below(items, depth=depth - 1) for items in lists.values())


def _is_real(path: Path, items: Sequence[JsonRecord], name: str) -> bool:
    """Whether a list with texts, in records with a text, holds the real records."""
    if matches(path[-1], ASIDE):
        return False
    if not holds_ratings(items) and is_name(path[-1], TEXT):
        raise ReadError(
            f"{name} has texts both in its records and in the lists in their field "
            f"{'.'.join(path)!r}. Allowed: records with one text, or lists of rated records. Keep "
            "one of the two and delete the other, or write the objects of the lists as a list "
            "of records."
        )
    return holds_ratings(items)


def _lists(records: Iterable[JsonRecord]) -> dict[Path, list[JsonRecord]]:
    """Return some objects of each list of objects in the records, by the keys that lead there."""
    found: dict[Path, list[JsonRecord]] = defaultdict(list)
    for record in islice(records, SAMPLE):
        for path, items in _lists_in(record, ()):
            found[path] += items[: max(SAMPLE - len(found[path]), 0)]
    return found


def _lists_in(record: JsonRecord, above: Path) -> Iterator[tuple[Path, list[JsonRecord]]]:
    for key, value in record.items():
        if isinstance(value, dict) and len(above) < DEEPEST:
            yield from _lists_in(value, (*above, key))
        elif items := objects_of(value):
            yield (*above, key), items


def _taken(record: JsonRecord, path: Path) -> tuple[Any, JsonRecord]:
    """Return what stands at a path, and the record without it; objects left empty go too."""
    key, *rest = path
    value = record.get(key)
    left = {name: cell for name, cell in record.items() if name != key}
    if not rest:
        return value, left
    if not isinstance(value, dict):
        return None, record
    found, inner = _taken(value, tuple(rest))
    return found, {**left, key: inner} if inner else left
