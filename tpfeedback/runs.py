"""Runs of the command: read a file, analyze and track it, and the same again for `verify`."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tpfeedback.errors import TpfeedbackWarning
from tpfeedback.telling import tell, tell_of_reading

if TYPE_CHECKING:
    from tpfeedback.analysis import Analysis

USUAL_FREQ = "W"


def run(
    file: Path,
    text: str | tuple[str, ...] | None,
    roles: Mapping[str, Any],
    options: Mapping[str, Any],
    *,
    quiet: bool,
) -> Analysis:
    """Return the analysis of a file, and tell how it was read and what it warned of."""
    from tpfeedback.analysis import analyze
    from tpfeedback.ingest import read_export
    from tpfeedback.settings import source_settings
    from tpfeedback.taxonomy import load_taxonomy

    with _warnings_told(quiet):
        plan = load_taxonomy(options["taxonomy"])
        export = read_export(file, text=text, **roles)
        tell_of_reading(export, file, quiet)
        shown = False if quiet else None
        analysis = analyze(export, **{**options, "taxonomy": plan}, progress=shown)
        named = source_settings(file, {"text": text, **roles})
    return replace(analysis, settings={**analysis.settings, **named})


def run_tracking(analysis: Analysis, wishes: Mapping[str, Any], *, quiet: bool) -> Analysis:
    """Return the analysis with what is tracked: week by week where there are dates."""
    dated = bool(analysis.feedback["date"].notna().any())
    freq = wishes["freq"] or (USUAL_FREQ if dated else None)
    with _warnings_told(quiet):
        return analysis.track(**{**wishes, "freq": freq})


def run_again(
    data: Path,
    settings: Mapping[str, Any],
    *,
    taxonomy: str | None = None,
    theirs: Path | None = None,
    quiet: bool = False,
) -> Analysis:
    """Return the analysis of `data` with the options that a page was made with.

    Raises `ReadError` where the page compares with a competitor and `theirs`, their file, lacks.
    """
    from tpfeedback.follow_up import wishes_again

    wishes = settings.get("track")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", TpfeedbackWarning)  # the page tells them already
        if wishes is None:
            return _again(data, settings, taxonomy, quiet)
        compared = wishes.get("theirs") is not None and theirs is not None
        other = _again(theirs, wishes["theirs"], taxonomy, quiet) if compared else None
        again = wishes_again(wishes, other)
        return _again(data, settings, taxonomy, quiet).track(**again)


def _again(
    data: Path | None, settings: Mapping[str, Any], taxonomy: str | None, quiet: bool
) -> Analysis:
    from tpfeedback.analysis import analyze
    from tpfeedback.settings import options_again

    options = options_again(settings)
    if taxonomy is not None:
        options["taxonomy"] = taxonomy
    analysis = analyze(data, **options, progress=False if quiet else None)
    if analysis.settings["source_sha256"] == settings.get("source_sha256"):  # renamed, no more
        return replace(analysis, settings={**analysis.settings, "source": settings["source"]})
    return analysis


@contextmanager
def _warnings_told(quiet: bool) -> Iterator[None]:
    """Tell what is warned of, each once; before an error too, which a warning may explain."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", TpfeedbackWarning)
        try:
            yield
        finally:
            for message in dict.fromkeys(str(one.message) for one in caught):
                tell(quiet, f"Warning: {message}")
