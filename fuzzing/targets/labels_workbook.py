"""Filled labelling sheets in workbooks."""

from __future__ import annotations

from fuzzing.reading import file_of, parts_of
from fuzzing.target import Target
from fuzzing.targets.labels_csv import WORDS, check_labels
from fuzzing.targets.workbook_cells import book_of

SEEDS = (
    b"Type touchpoints with marks\nfeedback_id\ttext\toverall_sentiment\ttouchpoints\n"
    b"7\tlate\t-\tdelivery-, staff+\n2024-01-02\trude\t\tnone\nTRUE\t\t0\tprice0\n\0codebook\n",
    b"text\tstars\nlate\t2\n\0feedback_id\ttouchpoints\tprobability\tannotator\nx\tstaff+\t0.5\tA\n",
)


def check(data: bytes) -> None:
    """Read a workbook with up to three sheets of these rows."""
    with file_of(book_of(parts_of(data, 3)), "any.xlsx") as path:
        check_labels(path)


TARGET = Target(check, SEEDS, (*WORDS, b"\0", b"TRUE", b"2024-01-01"), quick=15)
