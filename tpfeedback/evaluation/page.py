"""An evaluation as a piece of HTML, for a notebook's cell. Texts are escaped."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape
from typing import Any

import pandas as pd

from tpfeedback.evaluation.scores import ALL
from tpfeedback.tables import SENTIMENTS

_CELL = "vertical-align:top;padding:.15em .6em;text-align:"
_LEFT, _RIGHT = f"{_CELL}left", f"{_CELL}right;white-space:nowrap"
_WIDE = f"{_LEFT};min-width:22em;max-width:40em;white-space:normal"
_MEASURES = {
    "precision": "Precision",
    "recall": "Recall",
    "f1": "F1",
    "human_f1": "F1 between people",
    "sentiment_f1": "F1 with sentiment",
    "sentiment_accuracy": "Sentiment right",
}
_OF_ALL = {
    "macro_f1": "Macro F1",
    "overall_accuracy": "Overall sentiment right",
    "calibration_error": "Calibration error",
}


def show_evaluation(tables: Mapping[str, Any]) -> str:
    """Return the parts of an `Evaluation`, by name, as a fragment of HTML."""
    several = len(tables["languages"]) > 1
    parts = [
        _notes(tables["notes"]),
        _languages(tables["languages"]),
        *_touchpoints(tables["touchpoints"], several=several),
        _polarity(_of_all(tables["polarity"])),
        _calibration(_of_all(tables["calibration"])),
        _agreement(tables["agreement"]),
        _errors(tables["errors"]),
    ]
    return f'<div style="overflow-x:auto">{"".join(parts)}</div>'


def _languages(table: pd.DataFrame) -> str:
    measures = _known(table, {**_MEASURES, **_OF_ALL})
    head = ["Language", "Texts", "Labelled", "Said", *measures.values()]
    rows = (
        [row["language"], *_counts(row, "texts", "labelled", "said"), *_figures(row, measures)]
        for row in table.to_dict("records")
    )
    return _table("How good it is, with 95% intervals", head, rows)


def _touchpoints(table: pd.DataFrame, *, several: bool) -> Iterable[str]:
    """Yield the touchpoints of all texts, and of each language folded away."""
    for language in dict.fromkeys(table["language"]):
        own = table[(table["language"] == language) & (table["labelled"] + table["said"] > 0)]
        measures = _known(own, _MEASURES)
        rows = (
            [row["touchpoint"], *_counts(row, "labelled", "said"), *_figures(row, measures)]
            for row in own.sort_values(["labelled", "touchpoint"], ascending=[False, True]).to_dict(
                "records"
            )
        )
        head = ["Touchpoint", "Labelled", "Said", *measures.values()]
        if language == ALL:
            yield _table("Touchpoints", head, rows)
        elif several:
            yield _folded(f"Touchpoints: {language}", head, rows)


def _polarity(table: pd.DataFrame) -> str:
    head = ["Labelled", *(f"said {name}" for name in SENTIMENTS), "Right"]
    rows = (
        [row["labelled"], *_counts(row, *SENTIMENTS), _figure(row, "right")]
        for row in table.to_dict("records")
    )
    return _table("Sentiment, where the touchpoint is right", head, rows)


def _calibration(table: pd.DataFrame) -> str:
    head = ["Confidence", "Mentions", "Mean", "Right"]
    rows = (
        [f"{row['confidence_from']:.2g}–{row['confidence_to']:.1f}", *_counts(row, "mentions"),
         f"{row['confidence']:.2f}", _figure(row, "right")]
        for row in table.to_dict("records")
    )  # fmt: skip
    return _table("What a confidence is worth", head, rows)


def _agreement(table: pd.DataFrame) -> str:
    """Return how far people agree: on all touchpoints, and folded away on each, by alpha."""
    if table.empty:
        return ""
    head = ["About", "Measure", "Annotators", "Texts", "Agreement"]
    rows = (
        [row["about"], row["measure"], row["annotators"], *_counts(row, "texts"), _coefficient(row)]
        for row in table[table["touchpoint"] == ALL].to_dict("records")
    )
    whole = _table("How far people agree (1: always, 0: as by chance)", head, rows, left=3)
    alphas = table[(table["touchpoint"] != ALL) & (table["measure"] == "alpha")]
    of_each = (
        [row["touchpoint"], row["about"], *_counts(row, "texts", "named"), _coefficient(row)]
        for row in alphas.to_dict("records")
    )
    head = ["Touchpoint", "About", "Texts", "Named", "Alpha"]
    return whole + _folded("Agreement on each touchpoint", head, of_each, left=2)


def _errors(table: pd.DataFrame) -> str:
    if table.empty:
        return ""
    rows = (
        [row["kind"], row["touchpoint"], _word(row["said"]), _word(row["labelled"]),
         _number(row["confidence"]), row["excerpt"], row["feedback_id"]]
        for row in table.to_dict("records")
    )  # fmt: skip
    head = ["Error", "Touchpoint", "Said", "Labelled", "Confidence", "Text", "Id"]
    return _table("The worst errors", head, rows, left=len(head), wide=5)


def _notes(notes: Iterable[str]) -> str:
    items = "".join(f"<li>{escape(note)}</li>" for note in notes)
    return f"<ul>{items}</ul>" if items else ""


def _table(
    caption: str, head: Iterable[str], rows: Iterable[list[Any]], *, left: int = 1, wide: int = -1
) -> str:
    """Return a table; the first `left` columns are texts, the others numbers."""

    def cells(tag: str, row: Iterable[Any]) -> str:
        return "".join(
            f'<{tag} style="{_style(place, left, wide)}">{escape(str(value))}</{tag}>'
            for place, value in enumerate(row)
        )

    body = "".join(f"<tr>{cells('td', row)}</tr>" for row in rows)
    title = f'<caption style="{_LEFT};font-weight:bold">{escape(caption)}</caption>'
    look = "border-collapse:collapse;margin-bottom:1em"
    top = f"<thead><tr>{cells('th', head)}</tr></thead>"
    return f'<table style="{look}">{title}{top}<tbody>{body}</tbody></table>'


def _folded(caption: str, head: Iterable[str], rows: Iterable[list[Any]], *, left: int = 1) -> str:
    inside = _table(caption, head, rows, left=left)
    told = f"<summary>{escape(caption)}</summary>"
    return f'<details style="margin-bottom:1em">{told}{inside}</details>'


def _style(place: int, left: int, wide: int) -> str:
    if place == wide:
        return _WIDE
    return _LEFT if place < left else _RIGHT


def _known(table: pd.DataFrame, measures: Mapping[str, str]) -> dict[str, str]:
    """Return the measures that are known for any row."""
    return {name: told for name, told in measures.items() if table[name].notna().any()}


def _counts(row: Mapping[Any, Any], *names: str) -> list[str]:
    return [f"{int(row[name]):,}" for name in names]


def _figures(row: Mapping[Any, Any], measures: Iterable[str]) -> list[str]:
    return [_figure(row, name) for name in measures]


def _figure(row: Mapping[Any, Any], name: str) -> str:
    if pd.isna(row[name]):
        return "–"
    return f"{row[name]:.2f} ({row[f'{name}_low']:.2f}–{row[f'{name}_high']:.2f})"


def _coefficient(row: Mapping[Any, Any]) -> str:
    names = ("agreement", "agreement_low", "agreement_high")
    if pd.isna(row["agreement"]):
        return "–"
    value, low, high = (f"{row[name]:.2f}".replace("-", "−") for name in names)
    return f"{value} ({low} to {high})"


def _number(value: float) -> str:
    if pd.isna(value):
        return "–"
    return f"{value:.2f}" if value >= 0.01 else "<0.01"


def _word(value: Any) -> str:
    return value if isinstance(value, str) else "not named"


def _of_all(table: pd.DataFrame) -> pd.DataFrame:
    return table[table["language"] == ALL]
