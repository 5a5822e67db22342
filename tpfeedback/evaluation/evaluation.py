"""What was found out about a tagger: the tables, and how they are shown."""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from typing import Any

import pandas as pd

from tpfeedback.evaluation.page import show_evaluation
from tpfeedback.evaluation.scores import ALL
from tpfeedback.masking import mask_personal
from tpfeedback.wording import note_record


@dataclass(frozen=True, eq=False)
class Evaluation:
    """How good a tagger is on labelled texts. Shares are 0-1; `_low`, `_high`: 95 % interval.

    `languages`: one row for all texts ("all") and for each language: `texts`, mentions
    `labelled`, `said` and `right` (both), then `precision`, `recall` and `f1` over all mentions
    (micro), `sentiment_f1` (right only with the right sentiment), `sentiment_accuracy` (of the
    sentiment, where the touchpoint is right), `macro_f1` and `macro_sentiment_f1` (mean of the
    `macro_touchpoints` that 10 or more labelled texts name), `overall_accuracy` (sentiment of the
    whole text), `calibration_error`, `human_f1` (of annotators against each other: what a tagger
    can hardly exceed), each with its interval.
    `touchpoints`: the same for each touchpoint, less what is of the whole.
    `polarity`: `language`, `labelled` sentiment, `mentions` that both name, how many of them were
    said to be `negative`, `neutral`, `positive`, `mixed`, and `right`.
    `calibration`: `language`, `confidence_from`, `confidence_to`, `mentions`, mean `confidence`,
    and `right`, the share that was labelled too.
    `agreement`: of the annotators, see `measure_agreement`; empty where there is one.
    `errors`: the worst ones to be read: `kind` ("false mention", "missed", "wrong sentiment"),
    `feedback_id`, `language`, `touchpoint`, sentiments `said` and `labelled`, `confidence`,
    `surprise` (0-1, the worst of each kind first) and `excerpt`, see `mistakes.worst_errors`.
    `notes`: what was warned of.
    """

    languages: pd.DataFrame
    touchpoints: pd.DataFrame
    polarity: pd.DataFrame
    calibration: pd.DataFrame
    agreement: pd.DataFrame
    errors: pd.DataFrame
    notes: tuple[str, ...]

    def to_dict(self, *, mask: bool = True) -> dict[str, Any]:
        """Return all of it as plain values that JSON can hold; missing numbers are None.

        With `mask`, personal data in the excerpts is masked.
        """
        shown = self.masked() if mask else self
        tables = [field.name for field in fields(self) if field.name != "notes"]
        found: dict[str, Any] = {name: _records(getattr(shown, name)) for name in tables}
        return {**found, "notes": [note_record(note) for note in self.notes]}

    def masked(self) -> Evaluation:
        """Return the same with personal data masked in the excerpts."""
        rows = zip(self.errors["excerpt"], self.errors["language"], strict=True)
        told = [
            mask_personal(text, language=code if isinstance(code, str) else "en").text
            for text, code in rows
        ]
        tables = {field.name: getattr(self, field.name) for field in fields(self)}
        return Evaluation(**{**tables, "errors": self.errors.assign(excerpt=told)})

    def __repr__(self) -> str:
        lines = [
            f"  {row.language}: F1 {row.f1:.3f} ({row.f1_low:.3f} to {row.f1_high:.3f}), with "
            f"sentiment {row.sentiment_f1:.3f}, {row.texts} texts"
            for row in self.languages.itertuples()
            if row.language != ALL or len(self.languages) == 1
        ]
        whole = self.languages.iloc[0]
        head = (
            f"Evaluation on {whole['texts']} labelled texts: F1 {whole['f1']:.3f} "
            f"({whole['f1_low']:.3f} to {whole['f1_high']:.3f})"
        )
        return "\n".join([head, *lines])

    def _repr_html_(self) -> str:
        tables = {field.name: getattr(self.masked(), field.name) for field in fields(self)}
        return show_evaluation(tables)


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(table.to_json(orient="records", double_precision=15))
    return found
