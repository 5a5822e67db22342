"""Filled labelling sheets in CSV."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pandas as pd
from pandas.testing import assert_frame_equal

from fuzzing.contract import never_refused
from fuzzing.reading import bytes_of, file_of
from fuzzing.target import Target
from tpfeedback.labelling import read_labels
from tpfeedback.labelling.marks import SIGNS
from tpfeedback.labelling.sheet_cells import harmless
from tpfeedback.tables import check_table

SEEDS = (
    b'feedback_id,touchpoints,overall\na,"delivery-, staff+",-\nb,none,+\nc,,\n',
    "\ufefffeedback_id;Текст;Touchpoints;Overall;annotator\n007;долго;доставка- персонал+;*;Анна\n"
    "=1;x;price0;0;Анна\n".encode(),
    "id\tfeedback_id\ttouchpoints\tprobability\tlanguage\n1\tx\t配送物流-、服务人员+\t0,25\tzh\n".encode(),
)
WORDS = bytes_of("""
    feedback_id touchpoints overall_sentiment annotator probability delivery- staff+ price0 none
    нет 无 brak － × + - * , ; " '= 1e999 nan -0.1 #NAME? positive mixed
""")


def check(data: bytes) -> None:
    """Read the bytes as a sheet in CSV."""
    with file_of(data, "any.csv") as path:
        check_labels(path)


def check_labels(path: Path) -> None:
    """Read labels twice, write them into a sheet and read that: all are equal."""
    labels = read_labels(path)
    assert_frame_equal(read_labels(path), labels)
    with never_refused("the table of labels"):
        check_table(labels, "labels")
        again = read_labels(pd.DataFrame(_rows(labels)))
    assert_frame_equal(again, labels)


def _rows(labels: pd.DataFrame) -> Iterator[dict[str, object]]:
    """Yield a row for each text of each annotator, its touchpoints in one cell."""
    one_reading = [name for name in ("feedback_id", "annotator") if name in labels]
    for _, rows in labels.groupby(one_reading, sort=False, dropna=False):
        first = rows.iloc[0]
        found = zip(rows["touchpoint"], rows["sentiment"], strict=True)
        marks = [f"{key}{SIGNS[mark]}" for key, mark in found if isinstance(key, str)]
        kept = {name: first[name] for name in labels if name not in ("touchpoint", "sentiment")}
        yield {**{name: harmless(cell) if isinstance(cell, str) else cell
                  for name, cell in kept.items()},
               "touchpoints": ", ".join(marks) or "none"}  # fmt: skip


TARGET = Target(check, SEEDS, WORDS, quick=30)
