"""The real exports beside the repository: columns, scales, counts; skipped where absent."""

from __future__ import annotations

from pathlib import Path

import pytest

from tpfeedback.ingest import read_export
from tpfeedback.tables import check_table

EXPORTS = Path(__file__).parents[2] / "shared" / "exports"
pytestmark = pytest.mark.skipif(not EXPORTS.is_dir(), reason="../shared/exports is not there")


@pytest.mark.parametrize(
    ("name", "columns", "scale", "read", "rejected"),
    [
        ("banki_ru.json", {"text": "TEXT", "overall": "RATING", "date": "POST DATE"},
         "0-5", 321, 0),
        ("ceneo.xlsx", {"text": "text", "overall": "stars"}, "0.5-5", 838, 69),
        ("dianping_stars.csv", {"text": "评论", "overall": "评价"}, "1-5", 5980, 0),
        ("grocery_survey.csv", {"text": "text", "overall": "assessment"}, "0-6", 8764, 178),
        ("haidilao.csv", {"text": "comment", "overall": "totalScore", "date": "publishTime"},
         "1-5", 735, 0),
        ("mcdonalds_yelp.csv", {"text": "review", "feedback_id": "_unit_id"}, None, 1525, 0),
        ("ryanair_reviews.csv",
         {"text": "Comment", "overall": "OverallRating", "date": "DatePublished"}, "1-10", 2249, 0),
        ("sberbank_otzovik.jsonl", {"text": "text", "overall": "stars", "date": "date"},
         "1-5", 400, 0),
        ("shop_play.csv", {"text": "content"}, None, 10178, 6),
        ("skytrax_lounge.csv", {"text": "content", "overall": "overall_rating", "date": "date"},
         "1-10", 2015, 0),
        ("trustpilot_travel.csv", {"text": "text", "overall": "label"}, "0-4", 300, 0),
        ("waimai.csv", {"text": "review", "overall": "label"}, "0-1", 11987, 0),
    ],
)  # fmt: skip
def test_a_real_export_is_read_as_its_user_would(
    name: str, columns: dict[str, str], scale: str | None, read: int, rejected: int
) -> None:
    export = read_export(EXPORTS / name)
    assert export.columns == columns
    assert (export.read, len(export.rejected)) == (read, rejected)
    assert export.feedback["overall_scale"].dropna().unique().tolist() == ([scale] if scale else [])
    assert export.unreadable.empty
    check_table(export.feedback, "feedback")
