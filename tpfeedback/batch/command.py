"""What the commands do with big files: tag one, and analyze what was tagged."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from tpfeedback.batch.analysis import BatchAnalysis, analyze_tagged
from tpfeedback.batch.tagging import do_job, plan_job
from tpfeedback.errors import ReadError, TpfeedbackWarning
from tpfeedback.ingest.export import columns_used
from tpfeedback.remarks import own_warnings

KNOWN = ("controls", "model", "weights", "cluster", "policy")


def run_batch(
    file: Path,
    out: Path,
    text: str | tuple[str, ...] | None,
    roles: Mapping[str, Any],
    *,
    progress: bool,
    say: Callable[[str], None],
    **options: Any,
) -> None:
    """Tag a file and `say` what was found, what was set aside and what to do next.

    Which columns are used, and what was noted of them, is said first, before hours are spent on
    the wrong ones. A bar is shown where `progress` is wanted and there is a terminal; `options`
    are those of `tag_file`.
    """
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", TpfeedbackWarning)
        job = plan_job(file, out, {"text": text, **roles}, **options)
        say(columns_used(job.columns, job.guessed))
        noted = job.work.plan.notes
        _say_notes(noted, say)
        batch = do_job(job, progress=None if progress else False)
    say(
        f"{file.name}: {batch.rows:,} rows read, {batch.texts:,} texts tagged, "
        f"{batch.mentions:,} mentions, {batch.rejected:,} rows set aside"
    )
    if batch.unreadable:
        say(f"{batch.unreadable:,} unreadable cells taken as missing, see {out / 'unreadable'}")
    for message in own_warnings(caught):
        if message not in noted:
            say(f"Warning: {message}")
    parts = "1 part" if batch.parts == 1 else f"{batch.parts:,} parts"
    say(f"Wrote {parts} to {out}. Next: tpfeedback analyze {out}")


def _say_notes(notes: Iterable[str], say: Callable[[str], None]) -> None:
    for note in notes:
        say(f"Note: {note}")


def _flag(name: str) -> str:
    return "--" + {"segments": "segment"}.get(name, name).replace("_", "-")


def analyze_batch(
    folder: Path,
    options: Mapping[str, Any],
    others: Mapping[str, Any],
    *,
    say: Callable[[str], None],
) -> BatchAnalysis:
    """Analyze a batch, and `say` what was noted and warned of.

    `options` and `others` are those of the command `analyze`. Raises `ReadError` where one was
    asked for that needs every text, or that was settled when the file was tagged.
    """
    known = {name: options[name] for name in KNOWN}
    plan = None if options["taxonomy"] == "general" else options["taxonomy"]
    unknown = {name: value for name, value in options.items() if name not in (*known, "taxonomy")}
    asked = [_flag(name) for name, value in (unknown | dict(others)).items() if value]
    if asked:
        raise ReadError(
            f"{', '.join(asked)} cannot be used for a tagged batch. Allowed: --control, --model, "
            "--weights, --cluster, --policy, --taxonomy, --out, --lang, --mask, --top, --quiet. "
            "Columns and precision are chosen when the file is tagged; for the others analyze the "
            "file itself, or a sample of it."
        )
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", TpfeedbackWarning)
        found = analyze_tagged(folder, taxonomy=plan, **known)
    say(
        f"{found.settings['source']}: {found.batch.texts:,} texts tagged, {found.rated:,} "
        f"rated, counted in {found.patterns:,} patterns"
    )
    _say_notes(found.notes, say)
    for message in own_warnings(caught):
        say(f"Warning: {message}")
    return found
