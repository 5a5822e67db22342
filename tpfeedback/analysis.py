"""The whole way in one call: from an export to ranked touchpoints and a report."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from tpfeedback.errors import ColumnError, ReadError
from tpfeedback.findings import Analysis
from tpfeedback.impact import ImpactFit, fit_impact
from tpfeedback.impact.measurement import Options, check_request
from tpfeedback.ingest import Export, read_export
from tpfeedback.mentions import tag_feedback
from tpfeedback.notebook import shows_progress
from tpfeedback.outcome import Outcome, choose_outcome
from tpfeedback.priority import rank_touchpoints
from tpfeedback.remarks import keep_warnings
from tpfeedback.settings import labels_record, origin, source_settings, take_labels
from tpfeedback.tagger import Tagger
from tpfeedback.teaching.ready import TaxonomySource, both

__all__ = ["Analysis", "analyze", "stated_quality"]

Named = str | int | Sequence[str] | bool | None  # False leaves the role empty, None has it guessed
ADDED = ("language", "language_confidence", "sentiment")  # columns that reading the texts adds


def analyze(
    source: Any,
    *,
    text: Named = None,
    overall: Named = None,
    date: Named = None,
    channel: Named = None,
    language: Named = None,
    question: Named = None,
    sheet: str | int | None = None,
    query: str | None = None,
    taxonomy: TaxonomySource | None = None,
    tagger: Tagger | None = None,
    min_confidence: float | None = None,
    precision: float | None = None,
    controls: Sequence[str] = (),
    model: str = "linear",
    weights: str | None = None,
    cluster: str | None = None,
    policy: str = "baseline",
    labels: Any = None,
    progress: bool | None = None,
    random_state: int = 0,
) -> Analysis:
    """Read `source`, find the touchpoints, measure their impact and rank them.

    `source` is what `read_export` reads (a path, a DataFrame, a connection with `query`) or an
    `Export`; `text`, `overall`, `date`, `channel`, `language` and `question` name its columns,
    are guessed where not given and stay empty where False; `sheet` is that of an Excel file. A
    folder that `tag_file` wrote is for `analyze_tagged`. `controls`, `model`, `weights`, `cluster`,
    `policy` and `random_state` are those of `measure_impact`; `labels` too, or the filled sheets
    that `read_labels` takes: several readings of a text are settled. The other options are those
    of `extract_mentions`. Where `progress` is None, a bar is shown in a terminal, and in a notebook
    for thousands of texts. Without a usable rating the sentiment of each text (-1, 0, 1) is
    explained, and a `TpfeedbackWarning` says so. Raises `ReadError`, `ColumnError`,
    `TaxonomyError`, `TaggerError`, `LabelsError` or `ImpactError`.

    >>> texts = ["The courier was late and rude", "Fast delivery, thank you", "Nice and cheap"]
    >>> table = pd.DataFrame({"comment": texts * 20, "stars": [1, 5, 4] * 20})
    >>> import warnings
    >>> with warnings.catch_warnings(action="ignore"):
    ...     analysis = analyze(table, text="comment", overall="stars")
    >>> analysis.outcome.name, analysis.outcome.scale, len(analysis.feedback)
    ('stars', '1-5', 60)
    """
    named = {"text": text, "overall": overall, "date": date, "channel": channel,
             "language": language, "question": question, "sheet": sheet,
             "query": query}  # fmt: skip
    options: dict[str, Any] = {"min_confidence": min_confidence, "precision": precision}
    held = controls if isinstance(controls, str) else list(controls)  # text is refused, not split
    asked: dict[str, Any] = {"controls": held, "model": model, "weights": weights,
             "cluster": cluster, "policy": policy, "random_state": random_state}  # fmt: skip
    told: list[str] = []
    with keep_warnings(told):
        plan, used = both(taxonomy, tagger)
        export = _export(source, named)
        known = None if labels is None else take_labels(labels, plan, export.feedback)
        asked = _checked(export.feedback, {**asked, "labels": _settled(known)})
        shown = shows_progress(len(export.feedback)) if progress is None else progress
        tagged = tag_feedback(
            export.feedback, taxonomy=plan, tagger=used, progress=shown, **options
        )
        feedback, outcome = choose_outcome(tagged.feedback, export.columns)
        fit = _fit(feedback, tagged.mentions, outcome, taxonomy=plan, **asked)
        priorities = rank_touchpoints(fit)
    return Analysis(
        feedback=feedback,
        mentions=tagged.mentions,
        impact=fit.table,
        priorities=priorities,
        export=export,
        warnings=tuple(told),
        outcome=outcome,
        taxonomy=plan,
        settings={**source_settings(source, named), **origin(plan, used), **options, **asked,
                  **_labels_settings(known)},
        fit=fit,
        quality=stated_quality(used),
        tagger=used,
        labels=known,
    )  # fmt: skip


def stated_quality(tagger: Tagger) -> dict[str, Any]:
    """Return what a tagger states of its errors; a tagger of one's own need not state any."""
    stated = getattr(tagger, "quality", None) or {}
    rates = getattr(tagger, "confusion", None)
    return {**({"touchpoints": rates} if rates else {}), **stated}


def _settled(labels: pd.DataFrame | None) -> pd.DataFrame | None:
    """Return one reading of every labelled text."""
    if labels is None or "annotator" not in labels:
        return labels
    from tpfeedback.labelling import settle_labels

    return settle_labels(labels)


def _labels_settings(labels: pd.DataFrame | None) -> dict[str, Any]:
    if labels is None:
        return {"labels": 0}
    record = labels_record(labels)
    return {"labels": record["texts"], "labels_digest": record["digest"]}


def _checked(feedback: pd.DataFrame, asked: dict[str, Any]) -> dict[str, Any]:
    """Return the options; wrong ones are refused before texts are read, which may take minutes."""
    later = dict.fromkeys(set(ADDED) - set(feedback), "")
    check_request(feedback.assign(**later), Options(**asked))
    return asked


def _fit(
    feedback: pd.DataFrame, mentions: pd.DataFrame, outcome: Outcome, **options: Any
) -> ImpactFit:
    # A sentiment belongs to its text, a rating to the respondent of all the answers.
    source = feedback if outcome.kind == "rating" else feedback.drop(columns="question")
    return fit_impact(source, mentions, outcome=outcome.column, **options)


def _export(source: Any, named: Mapping[str, Named]) -> Export:
    given: dict[str, Any] = {role: name for role, name in named.items() if name is not None}
    if isinstance(source, Export) and given:
        raise ColumnError(
            f"The columns {', '.join(given)} were named for an Export, whose columns are chosen "
            "already. Name them in read_export, or pass the file itself to analyze."
        )
    if isinstance(source, str | os.PathLike) and os.path.isdir(source):  # noqa: PTH112
        raise ReadError(
            f"{Path(source).name!r} is a folder. Allowed: a file, a DataFrame, an Export or a "
            "connection. For a folder that tpfeedback tag wrote call "
            f"tpfeedback.analyze_tagged({str(source)!r}): from all of its parts it gives the same "
            "numbers and the same report, and needs no tagging."
        )
    export = source if isinstance(source, Export) else read_export(source, **given)
    if export.feedback.empty:
        raise ReadError(
            f"There is no text to analyze: {export.summary} Columns used: {export.columns}. "
            "Name the column of the texts with text=..."
        )
    return export
