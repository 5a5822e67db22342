"""The command `tpfeedback`: a file in, a ranked table out, files beside it.

The table goes to stdout, everything about how it came to be goes to stderr. A mistake that the
user can mend is one line on stderr and exit code 2.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tpfeedback import __version__, arguments
from tpfeedback.runs import run, run_again, run_tracking
from tpfeedback.telling import errors_in_one_line, in_one_line, tell
from tpfeedback.wording import load_wording

if TYPE_CHECKING:
    from tpfeedback.analysis import Analysis

TABLES = ("feedback", "mentions", "impact", "priorities", "rejected")
REPORTS = ("report.html", "report.xlsx", "report.md", "analysis.json")

app = typer.Typer(
    name="tpfeedback",
    help="Which touchpoint costs satisfaction, and what fixing it would gain.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def main() -> None:
    """Run the command; what the terminal cannot show is replaced, not a reason to stop."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    app()


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"tpfeedback {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version."),
    ] = False,
) -> None:
    pass


@app.command("analyze")
def _analyze(
    file: arguments.File,
    *,
    text: arguments.Text = None,
    overall: arguments.Overall = None,
    date: arguments.Date = None,
    channel: arguments.Channel = None,
    language: arguments.TextLanguage = None,
    question: arguments.Question = None,
    taxonomy: arguments.Taxonomy = "general",
    precision: arguments.Precision = None,
    control: arguments.Control = None,
    model: arguments.Model = "linear",
    weights: arguments.Weights = None,
    cluster: arguments.Cluster = None,
    policy: arguments.Policy = "baseline",
    sheet: arguments.Sheet = None,
    track: arguments.Track = False,
    at: arguments.At = None,
    freq: arguments.Freq = None,
    segment: arguments.Segment = None,
    changes: arguments.Changes = None,
    value_of: arguments.ValueOf = None,
    theirs: arguments.Theirs = None,
    out: arguments.Out = None,
    lang: arguments.Language = "en",
    mask: arguments.Mask = True,
    top: arguments.Top = 10,
    quiet: arguments.Quiet = False,
) -> None:
    """Rank the touchpoints in FILE by what fixing them would gain.

    --at, --freq, --segment, --changes, --value-of and --theirs each imply --track.
    """
    roles = {"overall": overall, "date": date, "channel": channel, "language": language,
             "question": question, "sheet": sheet}  # fmt: skip
    with errors_in_one_line():
        load_wording(lang)
        if out is not None:
            out.mkdir(parents=True, exist_ok=True)
        options = {
            "taxonomy": taxonomy,
            "precision": precision,
            "controls": control or (),
            "model": model,
            "weights": weights,
            "cluster": cluster,
            "policy": policy,
        }
        columns = _text_columns(text)
        analysis = run(file, columns, roles, options, quiet=quiet)
        wishes = {"at": at, "freq": freq, "segments": segment, "changes": changes,
                  "value_of": value_of}  # fmt: skip
        if track or theirs or any(wish is not None for wish in wishes.values()):
            other = None if theirs is None else run(theirs, columns, roles, options, quiet=quiet)
            analysis = run_tracking(analysis, {**wishes, "theirs": other}, quiet=quiet)
        typer.echo(_ranked_table(analysis, top, lang, mask), nl=False)
        if out is not None:
            _write_files(analysis, out, lang, mask)
            others = len(TABLES) + len(REPORTS) - 1 + _has_slides()
            tell(quiet, f"Wrote {out / 'report.html'} and {others} more files beside it.")


@app.command("verify")
def _verify(
    page: arguments.Page,
    *,
    data: arguments.Data,
    taxonomy: arguments.OwnTaxonomy = None,
    theirs: arguments.TheirData = None,
    quiet: arguments.NoProgress = False,
) -> None:
    """Compute every figure of the report PAGE again, and name each that no longer holds.

    The exit code is 0 if all hold, 1 if not, 2 if the check could not be made.
    """
    from tpfeedback.report import read_page, verify_report

    with errors_in_one_line():
        written = page.read_text(encoding="utf-8", errors="replace")
        given = read_page(written)
        analysis = run_again(data, given.settings, taxonomy=taxonomy, theirs=theirs, quiet=quiet)
        found = verify_report(written, analysis)
        for one in found:
            typer.echo(in_one_line(str(one)))
        told = {"page": page.name, "data": data.name}
        count = len(found) or len(dict.fromkeys(name for name, *_ in given.figures))
        key = "broken" if found else "holds"
        typer.echo(load_wording().say("verify", key, n=count, count=count, **told))
    raise typer.Exit(1 if found else 0)


@app.command("taxonomies")
def _taxonomies() -> None:
    """List the taxonomies that `--taxonomy` knows by name."""
    from tpfeedback.taxonomy import available_taxonomies, load_taxonomy

    with errors_in_one_line():
        for key in available_taxonomies():
            plan = load_taxonomy(key)
            typer.echo(f"{key}\t{plan.name}\t{len(plan.touchpoints)} touchpoints")


def _text_columns(text: list[str] | None) -> str | tuple[str, ...] | None:
    if not text:
        return None
    return text[0] if len(text) == 1 else tuple(text)


def _ranked_table(analysis: Analysis, top: int, lang: str, mask: bool) -> str:
    """Return the ranked table and the first quotes, as wide as the terminal."""
    from tpfeedback.report import render_table, report_facts
    from tpfeedback.report.terminal import PIPED_WIDTH

    facts = report_facts(analysis, ranked=top, mask=mask)
    width = None if sys.stdout.isatty() else PIPED_WIDTH
    return render_table(facts, language=lang, width=width)


def _has_slides() -> bool:
    """Tell whether the extra that slides need is installed."""
    from importlib.util import find_spec

    return find_spec("pptx") is not None


def _write_files(analysis: Analysis, folder: Path, lang: str, mask: bool) -> None:
    from tpfeedback.report import write_csv

    analysis.to_html(folder / "report.html", lang=lang, mask=mask)
    analysis.to_excel(folder / "report.xlsx", lang=lang, mask=mask)
    shown = analysis.masked() if mask else analysis
    content = json.dumps(shown.to_dict(mask=mask), ensure_ascii=False, allow_nan=False, indent=1)
    (folder / "analysis.json").write_text(content + "\n", encoding="utf-8", newline="\n")
    (folder / "report.md").write_text(
        analysis.to_markdown(lang=lang, mask=mask), encoding="utf-8", newline="\n"
    )
    if _has_slides():
        analysis.to_pptx(folder / "report.pptx", lang=lang, mask=mask)
    for name in TABLES:
        write_csv(getattr(shown, name), folder / f"{name}.csv")
