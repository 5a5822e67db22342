"""Runs of the command with labels by hand: write a sheet to fill, evaluate one that is filled."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tpfeedback.errors import TpfeedbackError, WriteError, unknown_name
from tpfeedback.runs import warnings_told
from tpfeedback.telling import tell, tell_of_reading

if TYPE_CHECKING:
    from tpfeedback.ingest import Export
    from tpfeedback.labelling import LabellingSample
    from tpfeedback.mentions.tagging import Tagged
    from tpfeedback.tagger import Tagger
    from tpfeedback.taxonomy import Taxonomy

TABLES = ("languages", "touchpoints", "polarity", "calibration", "agreement", "errors")


@dataclass(frozen=True, eq=False)
class _Read:
    """A file that was read and tagged, and by whom."""

    export: Export
    tagged: Tagged
    plan: Taxonomy
    tagger: Tagger


def write_sheet(
    file: Path,
    out: Path,
    text: str | tuple[str, ...] | None,
    roles: Mapping[str, Any],
    *,
    drawing: Mapping[str, Any],
    form: Mapping[str, Any],
    taxonomy: str,
    labels: Sequence[Path] | None,
    annotator: str,
    quiet: bool,
) -> None:
    """Choose texts of a file and write them as a sheet; the ending of `out` tells its kind.

    `drawing` are options of `sample_for_labelling`, `form` those of the writing.
    """
    from tpfeedback.labelling import sample_for_labelling
    from tpfeedback.outcome import choose_outcome
    from tpfeedback.settings import take_labels

    _check(out, drawing["strategy"])
    _keep_labelled(out, labels or ())
    with warnings_told(quiet):
        read = _read(file, text, roles, taxonomy, quiet)
        feedback, outcome = read.tagged.feedback, "overall"
        if drawing["strategy"] == "ranking":
            feedback, chosen = choose_outcome(feedback, read.export.columns)
            outcome = chosen.column
        known = None if labels is None else take_labels(labels, read.plan, feedback)
        sample = sample_for_labelling(
            feedback, read.tagged.mentions, **drawing, taxonomy=read.plan, outcome=outcome,
            labels=known,
        )  # fmt: skip
    out.parent.mkdir(parents=True, exist_ok=True)
    _write(sample, out, form, annotator)
    for note in sample.notes:
        tell(quiet, f"Note: {note}")
    tell(quiet, f"Wrote {len(sample.table)} texts to {out}")


def evaluate_sheet(
    file: Path,
    labels: Sequence[Path],
    text: str | tuple[str, ...] | None,
    roles: Mapping[str, Any],
    *,
    taxonomy: str,
    precision: float | None,
    out: Path | None,
    lang: str,
    mask: bool,
    quiet: bool,
) -> str:
    """Return how well the tagger reads the labelled texts of a file, as lines and tables.

    The tables go to the folder `out` too, as CSV, where one is named.
    """
    from tpfeedback.evaluation import evaluate
    from tpfeedback.report import render_evaluation, write_csv
    from tpfeedback.report.terminal import PIPED_WIDTH
    from tpfeedback.settings import take_labels

    with warnings_told(quiet):
        read = _read(file, text, roles, taxonomy, quiet)
        feedback = read.tagged.feedback
        known = take_labels(labels, read.plan, feedback)
        found = evaluate(
            read.tagger, known, feedback=feedback, taxonomy=read.plan, precision=precision
        )
    shown = found.masked() if mask else found
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
        for name in TABLES:
            write_csv(getattr(shown, name), out / f"{name}.csv")
        tell(quiet, f"Wrote {out / TABLES[0]}.csv and {len(TABLES) - 1} more tables beside it.")
    width = None if sys.stdout.isatty() else PIPED_WIDTH
    return render_evaluation(shown, read.plan, language=lang, width=width)


def _read(
    file: Path,
    text: str | tuple[str, ...] | None,
    roles: Mapping[str, Any],
    taxonomy: str,
    quiet: bool,
) -> _Read:
    from tpfeedback.ingest import read_export
    from tpfeedback.mentions import tag_feedback
    from tpfeedback.teaching.ready import both

    plan, tagger = both(taxonomy, None)
    export = read_export(file, text=text, **roles)
    tell_of_reading(export, file, quiet)
    tagged = tag_feedback(
        export.feedback, taxonomy=plan, tagger=tagger, progress=False if quiet else None
    )
    return _Read(export, tagged, plan, tagger)


def _check(out: Path, strategy: str) -> None:
    """Tell a mistake before the texts are read, which may take a while."""
    from tpfeedback.labelling.sampling import STRATEGIES

    if strategy not in STRATEGIES:
        raise TpfeedbackError(unknown_name("strategy", strategy, STRATEGIES))
    if out.suffix.lower() not in (".xlsx", ".csv", ".json"):
        raise WriteError(
            f"{str(out)!r} is given. Allowed: a path that ends in .xlsx (with the codebook), .csv "
            "or .json (tasks for Label Studio). Change the ending."
        )


def _keep_labelled(out: Path, labels: Sequence[Path]) -> None:
    """Refuse to write over a sheet: hours of somebody's reading may stand in it."""
    if out.is_file() and not any(one.is_file() and out.samefile(one) for one in labels):
        raise WriteError(
            f"There is a file {str(out)!r} already, and labels may stand in it. Name another file "
            "as --out, remove this one, or give it as --labels too: what is labelled is kept."
        )


def _write(sample: LabellingSample, out: Path, form: Mapping[str, Any], annotator: str) -> None:
    if out.suffix.lower() == ".json":
        sample.to_label_studio(out, **form)
    else:
        written = sample.to_excel if out.suffix.lower() == ".xlsx" else sample.to_csv
        written(out, **form, annotator=annotator)
