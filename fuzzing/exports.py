"""What holds for whatever `read_export` makes of a source."""

from __future__ import annotations

from zlib import crc32

from pandas.testing import assert_frame_equal

from fuzzing.contract import never_refused
from tpfeedback.ingest import Export, read_export
from tpfeedback.tables import check_table


def check_source(source: object) -> None:
    """Read a source: every record is in one of the two tables once.

    One reading in four, as its letters have it, is done twice: both are equal.
    """
    export = read_export(source)
    check_export(export)
    if crc32(repr(export).encode()) % 4:
        return
    with never_refused("what was read before"):
        again = read_export(source)
    for name in ("feedback", "rejected", "unreadable"):
        assert_frame_equal(getattr(export, name), getattr(again, name))
    assert export.notes == again.notes


def check_export(export: Export) -> None:
    """Assert that no record is lost or doubled, and that the table keeps its contract."""
    kept, aside = export.feedback["row"], export.rejected["row"]
    assert not set(kept) & set(aside), "a record is kept and rejected"
    assert {*kept, *aside} == set(range(1, export.read + 1)), "a record is lost"
    assert aside.is_unique, "a record is rejected twice"
    assert export.feedback["feedback_id"].is_unique
    if isinstance(export.columns["text"], str):
        assert kept.is_unique, "a record is kept twice"
    with never_refused("the feedback table"):
        check_table(export.feedback, "feedback")
    for text in export.feedback["text"]:
        assert text == text.encode("utf-8").decode("utf-8")  # whole characters
    for told in (repr(export), export._repr_html_(), *export.notes, *export.rejected["reason"]):
        assert told.strip()
