"""Parquet files as bytes, damaged anywhere."""

from __future__ import annotations

from io import BytesIO

from fuzzing.exports import check_source
from fuzzing.reading import file_of
from fuzzing.target import Target


def _table(compression: str) -> bytes:
    import pandas as pd

    content = BytesIO()
    table = pd.DataFrame({"text": ["late again", "все хорошо", None], "stars": [1, 5, 3]})
    table.to_parquet(content, compression=compression)
    return content.getvalue()


def check(data: bytes) -> None:
    """Read the bytes as a Parquet file."""
    with file_of(data, "any.parquet") as path:
        check_source(path)


TARGET = Target(check, (_table("none"), _table("snappy"), b"PAR1" + bytes(20) + b"PAR1"),
                (b"PAR1", b"\xff\xff\xff\x7f", b"\0\0\0\0"), quick=200)  # fmt: skip
