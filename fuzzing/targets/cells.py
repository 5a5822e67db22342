"""Cells that hold ratings, dates, languages."""

from __future__ import annotations

import pandas as pd

from fuzzing.reading import text_of
from fuzzing.target import Target
from tpfeedback.ingest.dates import read_dates
from tpfeedback.ingest.guesses import read_language
from tpfeedback.ingest.ratings import read_ratings
from tpfeedback.ingest.texts import clean_text, duplicate_key, why_unusable

SEEDS = (
    "4,5\n4/5\n★★★☆☆\n1 234,5\n80 %\nvery satisfied\nн/д\n１０".encode(),
    "2024-03-01\n28 апр 2022\n2024年3月1日 10:00\n3/4/24\n45000\n20240301\n1711929600".encode(),
    "очень плохо\nплохо\nотлично\n很好\nraczej tak".encode(),
    "en\nRussian\nрусский\nzh-CN\npl_PL\n中文".encode(),
)
WORDS = (b"\n", b"/5", b",", b".", b"e+", b"e-400", b"%", b" of ", b" out of ", b"31.02.2024",
         b"T25:61:61", b"+99:99", b"9" * 30, b"0000-00-00", b"Feb 30, 2024",
         b"am", b"Z")  # fmt: skip


def check(data: bytes) -> None:
    """Read each line as a cell of a column of ratings, dates or languages."""
    cells = text_of(data).split("\n")
    column = pd.Series(cells, dtype=object)
    for found in (read_ratings(column), read_dates(column)):
        assert not (found.values.notna() & found.unreadable).any()
        assert found.values.index.equals(column.index)
    assert not (read_ratings(column).values.abs() == float("inf")).any()
    for cell in cells:
        assert read_language(cell) in {None, "ru", "zh", "pl", "en", "other"}
        once = clean_text(cell)
        assert clean_text(once) == once
        assert why_unusable(once) is None or not duplicate_key(once) or once


TARGET = Target(check, SEEDS, WORDS, quick=100)
