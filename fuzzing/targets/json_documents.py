"""JSON: a list of records, records under a key, columns of values."""

from __future__ import annotations

from fuzzing.exports import check_source
from fuzzing.json_mutation import change_json
from fuzzing.reading import file_of
from fuzzing.target import Target

SEEDS = (
    b'[{"text": "late again", "stars": 2}, {"text": "fine", "stars": null, "tags": ["a", 1]}]',
    '{"answers": [{"отзыв": "Долго", "оценка": {"балл": 2}}], "page": 1}'.encode(),
    b'{"text": {"0": "Polecam", "1": "Drogo"}, "stars": {"0": 5, "1": 2}}',
    '{"评论": ["很好", "太慢"], "评分": [5, 1]}'.encode("utf-16"),
    b'[{"text": "half \\ud83d of a letter", "n": 1e400, "m": -0.0, "big": 123456789012345678901}]',
    b'{"data": {"items": [{"comment": "rude staff", "date": "2024-01-01T10:00:00Z"}]}}',
)
WORDS = (b"{", b"}", b"[", b"]", b'":', b'"a":', b"null", b"true", b"NaN", b"-Infinity", b"1e999",
         b'"\\ud800"', b'"text"', b'"stars"', b"[]", b"{}", b'""', b"0.1", b"9" * 5000)  # fmt: skip


def check(data: bytes) -> None:
    """Read the bytes as a document of JSON."""
    with file_of(data, "any.json") as path:
        check_source(path)


TARGET = Target(check, SEEDS, WORDS, change_json, quick=12)
