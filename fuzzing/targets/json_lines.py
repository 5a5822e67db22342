"""JSON Lines: one record a line, some of them broken."""

from __future__ import annotations

from fuzzing.exports import check_source
from fuzzing.json_mutation import change_json
from fuzzing.reading import file_of
from fuzzing.target import Target
from fuzzing.targets.json_documents import WORDS

SEEDS = (
    b'{"text": "late again", "stars": 2}\n{"text": "fine", "stars": "5/5", "city": "York"}\n',
    '{"отзыв": "Долго", "дата": "3 апр 2024"}\nне JSON\n{"отзыв": "Хорошо"}\n'.encode(),
    b'{"text": "line\\u2028break\\u0000", "a": {"b": {"c": [1, {"d": 2}]}}}\r\n[]\r\n{}\r\n',
)


def check(data: bytes) -> None:
    """Read the bytes as lines of JSON."""
    with file_of(data, "any.jsonl") as path:
        check_source(path)


TARGET = Target(check, SEEDS, (*WORDS, b"\n", b"\r\n"), change_json, quick=12)
