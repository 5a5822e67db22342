"""Runs of the command: analyze a file, track it, look closer, write; and again for `verify`."""

from __future__ import annotations

import json
import sys
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tpfeedback.errors import ReadError, TpfeedbackWarning
from tpfeedback.remarks import own_warnings
from tpfeedback.telling import tell, tell_of_reading

if TYPE_CHECKING:
    from tpfeedback.analysis import Analysis
    from tpfeedback.batch import BatchAnalysis

USUAL_FREQ = "W"
TABLES = ("feedback", "mentions", "impact", "priorities", "rejected")
ASKED_OF_BATCH = ("controls", "model", "weights", "cluster", "policy", "random_state")
REPORTS = ("report.html", "report.xlsx", "report.md", "analysis.json")


def run_all(
    file: Path,
    text: str | tuple[str, ...] | None,
    roles: Mapping[str, Any],
    options: Mapping[str, Any],
    wishes: Mapping[str, Any],
    *,
    track: bool,
    discover: bool,
    quiet: bool,
) -> Analysis:
    """Return the analysis of a file with all that was asked for beside it.

    `options` are those of `analyze`, `wishes` those of `track`, each of which implies `track`;
    among them `theirs` is a file. Labels, or `discover`, have it look closer.
    """
    analysis = run(file, text, roles, options, quiet=quiet)
    if track or any(wish is not None for wish in wishes.values()):
        theirs = wishes["theirs"]
        alone = {**options, "labels": None}
        other = None if theirs is None else run(theirs, text, roles, alone, quiet=quiet)
        analysis = run_tracking(analysis, {**wishes, "theirs": other}, quiet=quiet)
    if discover or options["labels"]:
        analysis = run_closer(analysis, discover=discover, quiet=quiet)
    return analysis


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

    with warnings_told(quiet):
        plan = load_taxonomy(options["taxonomy"])
        export = read_export(file, text=text, **roles)
        tell_of_reading(export, file, quiet)
        shown = False if quiet else None
        analysis = analyze(export, **{**options, "taxonomy": plan}, progress=shown)
        named = source_settings(file, {"text": text, **roles})
    if analysis.labels is not None:
        tell(quiet, f"Labels: {analysis.settings['labels']} texts, read by people")
    return replace(analysis, settings={**analysis.settings, **named})


def run_tracking(analysis: Analysis, wishes: Mapping[str, Any], *, quiet: bool) -> Analysis:
    """Return the analysis with what is tracked: week by week where there are dates."""
    dated = bool(analysis.feedback["date"].notna().any())
    freq = wishes["freq"] or (USUAL_FREQ if dated else None)
    with warnings_told(quiet):
        return analysis.track(**{**wishes, "freq": freq})


def run_closer(analysis: Analysis, *, discover: bool, quiet: bool) -> Analysis:
    """Return the analysis with a closer look: at what goes wrong if `discover`, at labels."""
    with warnings_told(quiet):
        if discover:
            return analysis.look_closer()
        return analysis.look_closer(discover=False, problems=0)


def run_again(
    data: Path,
    settings: Mapping[str, Any],
    *,
    taxonomy: str | None = None,
    theirs: Path | None = None,
    labels: Sequence[Path] | None = None,
    quiet: bool = False,
) -> Analysis | BatchAnalysis:
    """Return the analysis of `data` with the options that a page was made with.

    `data` is a file, or the folder of a batch for a page that was made from one. Raises
    `ReadError` where it is the other of the two, where the page compares with a competitor and
    `theirs`, their file, lacks, or where hand labels went in and `labels`, their sheets, lack.
    """
    if data.is_dir() or "batch" in settings:
        return _batch_again(data, settings, taxonomy)
    wishes, questions = settings.get("track"), settings.get("closer")
    again: dict[str, Any] = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", TpfeedbackWarning)  # the page tells them already
        if wishes is not None:
            from tpfeedback.follow_up import wishes_again

            compared = wishes.get("theirs") is not None and theirs is not None
            other = _again(theirs, wishes["theirs"], taxonomy, quiet) if compared else None
            again = wishes_again(wishes, other)
        closer = _closer_again(questions, labels)
        analysis = _again(data, settings, taxonomy, quiet, labels)
        analysis = analysis if wishes is None else analysis.track(**again)
        return analysis if questions is None else analysis.look_closer(**closer)


def _batch_again(data: Path, settings: Mapping[str, Any], taxonomy: str | None) -> BatchAnalysis:
    from tpfeedback.batch import analyze_tagged

    if not data.is_dir():
        raise ReadError(
            f"The page was made from the parts of a tagged batch, but {data.name} is a file. Give "
            "the folder: tpfeedback verify report.html --data FOLDER. Where it is gone, write it "
            "again from the file: tpfeedback tag FILE --out FOLDER."
        )
    if "batch" not in settings:
        raise ReadError(
            f"The page was made from the file {settings.get('source')!r}, but {data.name} is a "
            "folder. Give that file: tpfeedback verify report.html --data FILE."
        )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", TpfeedbackWarning)  # the page tells them already
        asked = {name: settings[name] for name in ASKED_OF_BATCH if name in settings}
        return analyze_tagged(data, taxonomy=taxonomy, **asked)


def _closer_again(
    questions: Mapping[str, Any] | None, labels: Sequence[Path] | None
) -> dict[str, Any]:
    if questions is None:
        return {}
    from tpfeedback.closer import questions_again

    return questions_again(questions, labels)


def _again(
    data: Path | None,
    settings: Mapping[str, Any],
    taxonomy: str | None,
    quiet: bool,
    labels: Sequence[Path] | None = None,
) -> Analysis:
    from tpfeedback.analysis import analyze
    from tpfeedback.settings import options_again

    options = options_again(settings, labels)
    if taxonomy is not None:
        options["taxonomy"] = taxonomy
    analysis = analyze(data, **options, progress=False if quiet else None)
    if analysis.settings["source_sha256"] == settings.get("source_sha256"):  # renamed, no more
        return replace(analysis, settings={**analysis.settings, "source": settings["source"]})
    return analysis


def ranked_table(analysis: Analysis | BatchAnalysis, top: int, lang: str, mask: bool) -> str:
    """Return the ranked table and the first quotes, as wide as the terminal."""
    from tpfeedback.report import render_table, report_facts
    from tpfeedback.report.terminal import PIPED_WIDTH

    facts = report_facts(analysis, ranked=top, mask=mask)
    width = None if sys.stdout.isatty() else PIPED_WIDTH
    return render_table(facts, language=lang, width=width)


def has_slides() -> bool:
    """Tell whether the extra that slides need is installed."""
    from importlib.util import find_spec

    return find_spec("pptx") is not None


def write_files(analysis: Analysis | BatchAnalysis, folder: Path, lang: str, mask: bool) -> int:
    """Write the report in every form and the tables; return how many files beside the page.

    Of a batch, the tables of single texts are in its folder and not written again.
    """
    from tpfeedback.report import write_csv

    analysis.to_html(folder / "report.html", lang=lang, mask=mask)
    analysis.to_excel(folder / "report.xlsx", lang=lang, mask=mask)
    shown = analysis.masked() if mask else analysis
    told = shown.to_dict(mask=mask)
    content = json.dumps(told, ensure_ascii=False, allow_nan=False, indent=1)
    (folder / "analysis.json").write_text(content + "\n", encoding="utf-8", newline="\n")
    (folder / "report.md").write_text(
        analysis.to_markdown(lang=lang, mask=mask), encoding="utf-8", newline="\n"
    )
    slides = has_slides()
    if slides:
        analysis.to_pptx(folder / "report.pptx", lang=lang, mask=mask)
    tables = [name for name in TABLES if name in told]
    for name in tables:
        write_csv(getattr(shown, name), folder / f"{name}.csv")
    return len(tables) + len(REPORTS) - 1 + slides


@contextmanager
def warnings_told(quiet: bool) -> Iterator[None]:
    """Tell what is warned of, each once; before an error too, which a warning may explain."""
    caught: list[warnings.WarningMessage] = []
    try:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always", TpfeedbackWarning)
            yield
    finally:
        for message in own_warnings(caught):
            tell(quiet, f"Warning: {message}")
