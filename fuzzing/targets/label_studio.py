"""Exports of Label Studio."""

from __future__ import annotations

from fuzzing.json_mutation import change_json
from fuzzing.reading import file_of
from fuzzing.target import Target
from fuzzing.targets.json_documents import WORDS
from fuzzing.targets.labels_csv import check_labels

SEEDS = (
    b'[{"id": 1, "data": {"feedback_id": "a", "text": "late", "probability": 0.5}, "annotations":'
    b' [{"completed_by": {"email": "a@b"}, "result": [{"from_name": "touchpoints", "value":'
    b' {"taxonomy": [["delivery", "negative"], ["none"]]}}, {"from_name": "overall_sentiment",'
    b' "value": {"choices": ["negative"]}}]}, {"was_cancelled": true}]}]',
    b'[{"feedback_id": 7, "annotation_id": 3, "annotator": 1, "touchpoints": [["staff", "+"]],'
    b' "overall_sentiment": "mixed", "spans": [{"labels": ["price -"]}]}]',
    b'[{"data": {"feedback_id": "b"}, "completions": [{"result": [{"from_name": "touchpoints",'
    b' "value": {"taxonomy": [["none"]]}}]}]}, {"data": {"feedback_id": "c"}, "annotations": []}]',
)
NAMES = ("data", "annotations", "result", "value", "taxonomy", "choices", "labels", "from_name",
         "touchpoints", "feedback_id", "annotation_id",
         "was_cancelled", "completed_by")  # fmt: skip


def check(data: bytes) -> None:
    """Read the bytes as tasks of Label Studio."""
    with file_of(data, "any.json") as path:
        check_labels(path)


TARGET = Target(check, SEEDS, (*WORDS, *(f'"{name}":'.encode() for name in NAMES)), change_json,
                quick=100)  # fmt: skip
