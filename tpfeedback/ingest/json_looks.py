"""What JSON records look like: whether customers' texts and ratings are in them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from tpfeedback.ingest import names
from tpfeedback.ingest.json_flat import JsonRecord
from tpfeedback.ingest.names import Names, is_name, matches
from tpfeedback.ingest.texts import visible_length, why_unusable

SAMPLE = 1000  # records that are looked at
DEEPEST = 4  # objects in objects that are looked into
SHORTEST_SENTENCE = 20  # letters; a Chinese character counts as two
FEWEST_WORDS = 4
LETTERS_LOOKED_AT = 500

COLUMNS = (names.TEXT, names.TITLE, names.PROS_AND_CONS, names.RATING, names.DATE, names.CHANNEL,
           names.LANGUAGE, names.QUESTION, names.IDENTIFIER, names.NOT_TEXT)  # fmt: skip
# Lists that belong to a record which has a text itself.
ASIDE: Names = {
    "en": ("reply", "replies", "response from*", "owner*", "photo*", "image*", "attachment*",
           "history"),
    "ru": ("ответ компании", "ответы компании", "официальный ответ", "фото*", "вложени*",
           "истори*"),
    "pl": ("odpowiedź sklepu", "odpowiedzi sklepu", "odpowiedź firmy", "odpowiedzi firmy",
           "zdjęci*", "załącznik*", "histori*"),
    "zh": ("回复", "图片", "附件", "历史"),
}  # fmt: skip


def holds_texts(records: Iterable[JsonRecord]) -> bool:
    """Whether a field of the records, or of objects in them, holds what customers wrote.

    That is a field with the name of a text, or one of sentences; lists are not looked into.

    >>> holds_texts([{"review": "Slow"}]), holds_texts([{"x": "It came two days late"}])
    (True, True)
    >>> holds_texts([{"city": "Omsk", "stars": 5}])
    False
    """
    return any(_is_text(path, cells) for path, cells in _columns(records).items())


def holds_ratings(records: Iterable[JsonRecord]) -> bool:
    """Whether a field of the records, or of objects in them, has the name of a rating.

    >>> holds_ratings([{"text": "Slow", "stars": 1}]), holds_ratings([{"text": "Slow"}])
    (True, False)
    """
    return any(
        is_name(path[-1], names.RATING)
        or (matches(path[-1], names.RATING) and not matches(path[-1], names.NOT_RATING))
        for path in _columns(records)
    )


def objects_of(value: object) -> list[JsonRecord]:
    """Return the objects of a list of objects, of anything else none; gaps are left out.

    >>> objects_of([{"stars": 5}, None]), objects_of([{"stars": 5}, 5]), objects_of(5)
    ([{'stars': 5}], [], [])
    """
    if not isinstance(value, list):
        return []
    objects = [one for one in value if isinstance(one, dict)]
    return objects if len(objects) + value.count(None) == len(value) else []


def is_column(name: str) -> bool:
    """Whether people name a column so.

    >>> is_column("stars"), is_column("-Mx1")
    (True, False)
    """
    return any(is_name(name, table) for table in COLUMNS)


def is_sentence(cell: object) -> bool:
    """Whether a cell holds words in a row, and no name, code or address.

    >>> is_sentence("It came two days late"), is_sentence("Blue kettle"), is_sentence(5)
    (True, False, False)
    """
    if not isinstance(cell, str):
        return False
    start = cell[:LETTERS_LOOKED_AT]
    wide = visible_length(start) - len(start)
    long = visible_length(start) >= SHORTEST_SENTENCE
    return long and (wide * 2 >= SHORTEST_SENTENCE or len(start.split()) >= FEWEST_WORDS)


def _is_text(path: tuple[str, ...], cells: Sequence[str]) -> bool:
    if not cells or is_name(path[-1], names.TITLE) or is_name(path[-1], names.QUESTION):
        return False
    if matches(".".join(path), names.NOT_TEXT):
        return False
    if is_name(path[-1], names.TEXT):
        return any(why_unusable(cell[:LETTERS_LOOKED_AT].strip()) is None for cell in cells)
    return sum(map(is_sentence, cells)) * 2 > len(cells)


def _columns(records: Iterable[JsonRecord]) -> dict[tuple[str, ...], list[str]]:
    """Return the texts of each field by the keys that lead to it, none where it has no text."""
    columns: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for record in islice(records, SAMPLE):
        for path, cell in _fields(record, ()):
            columns[path] += [cell] if isinstance(cell, str) else []
    return columns


def _fields(record: JsonRecord, above: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], object]]:
    for key, value in record.items():
        if not isinstance(value, dict):
            yield (*above, key), value
        elif len(above) < DEEPEST:
            yield from _fields(value, (*above, key))
