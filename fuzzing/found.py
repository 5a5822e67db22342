"""Inputs that broke a contract once. Each stays a seed, and a test holds that it is mended."""

from __future__ import annotations

FOUND: tuple[tuple[str, bytes, str], ...] = (
    ("json_documents", b"9" * 5000, "a number of too many digits was no error of ours"),
    ("json_lines", b'{"text": "late"}\n' + b"9" * 5000, "the same in one line"),
    ("label_studio", b"[" + b"9" * 5000 + b"]", "the same among tasks"),
    ("pieces", b'"Reviews\n\na,b\nfine,5\n', "a record of a file with one column was lost"),
    ("detection", b"Die Lieferung war zu " + b"s" * 400, "a probability above 1"),
    ("label_studio", b'[{"feedback_id": 1, "annotation_id": 1, "touchpoints": [[]]}]', "no choice"),
    ("label_studio", b'[{"feedback_id": 1, "annotation_id": 1, "spans": ["\\ud800"]}]', "a half"),
    ("pieces", b'size 5",text\na,fine\nb,"open\n', "a quote in the header took the records"),
    ("pieces", b'a,n\n5" x,1\nb,2\n"c\nd",3\ne,4\n', "an inch sign tore a later record"),
    ("typed_marks", b"p" + b"+" * 1000 + b"x", "time grew with the cube of the length"),
    ("frames", b"\xed\xa0\x80:object text\na", "half of a letter in the name of a column"),
    ("frames", b"text:category n:object\na\xed\xa0\x80", "half of a letter in a category"),
    ("frames", b"text:string text:string\na", "two columns of one name in a table of Arrow"),
    ("saved_states", b'{"version": 1, "freq": "W", "by": [], "undated": 1e999}', "too large"),
    (
        "saved_states",
        b'{"version": 1, "freq": "W", "by": [], "undated": 0, "last": null, "tables": {"texts": '
        b'{"period": [1e308], "by": [""], "segment": [""], "texts": [3]}}}',
        "a period that no date holds",
    ),
    ("saved_states", b"[" * 100_000, "JSON that nests too deeply"),
    ("durations", b"20 min3-4 days", "two durations shared the word min"),
)
"""Target, input, and what was wrong."""


def seeds_found(name: str) -> tuple[bytes, ...]:
    """Return what was found in a target.

    >>> seeds_found("no such target")
    ()
    """
    return tuple(data for target, data, _ in FOUND if target == name)
