"""The command `tpfeedback`: a file in, a ranked table out, files beside it.

The table goes to stdout, everything about how it came to be goes to stderr. A mistake that the
user can mend is one line on stderr and exit code 2.
"""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer

from tpfeedback import __version__, arguments
from tpfeedback.runs import ranked_table, run_again, run_all, write_files
from tpfeedback.telling import errors_in_one_line, in_one_line, tell
from tpfeedback.wording import load_wording

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
    file: arguments.FileOrFolder,
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
    labels: arguments.Labels = None,
    discover: arguments.Discover = False,
    out: arguments.Out = None,
    lang: arguments.Language = "en",
    mask: arguments.Mask = True,
    top: arguments.Top = 10,
    quiet: arguments.Quiet = False,
) -> None:
    """Rank the touchpoints in FILE by what fixing them would gain.

    --at, --freq, --segment, --changes, --value-of and --theirs each imply --track. --labels
    correct the ranking; the report then tells the corrected shares, and how well it was read.
    """
    roles = {"overall": overall, "date": date, "channel": channel, "language": language,
             "question": question, "sheet": sheet}  # fmt: skip
    options = {"taxonomy": taxonomy, "precision": precision, "controls": control or (),
               "model": model, "weights": weights, "cluster": cluster, "policy": policy,
               "labels": labels}  # fmt: skip
    wishes = {"at": at, "freq": freq, "segments": segment, "changes": changes,
              "value_of": value_of, "theirs": theirs}  # fmt: skip
    more = {"track": track, "discover": discover}
    with errors_in_one_line():
        load_wording(lang)
        if out is not None:
            out.mkdir(parents=True, exist_ok=True)
        if file.is_dir():
            beside = {**roles, **wishes, **more, "text": text}
            _analyze_batch(file, options, beside, out, lang=lang, top=top, mask=mask, quiet=quiet)
            return
        analysis = run_all(file, _text_columns(text), roles, options, wishes, **more, quiet=quiet)
        typer.echo(ranked_table(analysis, top, lang, mask), nl=False)
        if out is not None:
            others = write_files(analysis, out, lang, mask)
            tell(quiet, f"Wrote {out / 'report.html'} and {others} more files beside it.")


@app.command("label")
def _label(
    file: arguments.File,
    *,
    out: arguments.SheetOut,
    n: arguments.Number = 200,
    strategy: arguments.Strategy = "random",
    text: arguments.Text = None,
    overall: arguments.Overall = None,
    language: arguments.TextLanguage = None,
    question: arguments.Question = None,
    sheet: arguments.Sheet = None,
    taxonomy: arguments.Taxonomy = "general",
    labels: arguments.Labels = None,
    annotator: arguments.Annotator = "",
    suggest: arguments.Suggest = False,
    lang: arguments.SheetLanguage = None,
    mask: arguments.Mask = True,
    random_state: arguments.Seed = 0,
    quiet: arguments.NoProgress = False,
) -> None:
    """Choose texts of FILE and write a sheet in which people label them, with the codebook.

    With --labels, those texts are not chosen again; they go to the end of the sheet, unless the
    strategy is uncertain. Then: analyze --labels, or evaluate.
    """
    from tpfeedback.by_hand import write_sheet

    roles = {"overall": overall, "language": language, "question": question, "sheet": sheet}
    drawing = {"n": n, "strategy": strategy, "random_state": random_state}
    form = {"lang": lang, "mask": mask, "suggest": suggest}
    with errors_in_one_line():
        write_sheet(file, out, _text_columns(text), roles, drawing=drawing, form=form,
                    taxonomy=taxonomy, labels=labels, annotator=annotator, quiet=quiet)  # fmt: skip


@app.command("evaluate")
def _evaluate(
    file: arguments.File,
    *,
    labels: arguments.HandLabels,
    text: arguments.Text = None,
    overall: arguments.Overall = None,
    language: arguments.TextLanguage = None,
    question: arguments.Question = None,
    sheet: arguments.Sheet = None,
    taxonomy: arguments.Taxonomy = "general",
    precision: arguments.Precision = None,
    out: arguments.TablesOut = None,
    lang: arguments.Language = "en",
    mask: arguments.Mask = True,
    quiet: arguments.NoProgress = False,
) -> None:
    """Compare what the tagger finds in FILE with what people found in some of its texts."""
    from tpfeedback.by_hand import evaluate_sheet

    roles = {"overall": overall, "language": language, "question": question, "sheet": sheet}
    with errors_in_one_line():
        load_wording(lang)
        told = evaluate_sheet(
            file, labels, _text_columns(text), roles, taxonomy=taxonomy, precision=precision,
            out=out, lang=lang, mask=mask, quiet=quiet,
        )  # fmt: skip
        typer.echo(told, nl=False)


@app.command("tag")
def _tag(
    file: arguments.BigFile,
    *,
    out: arguments.Parts,
    text: arguments.Text = None,
    overall: arguments.Overall = None,
    date: arguments.Date = None,
    channel: arguments.Channel = None,
    language: arguments.TextLanguage = None,
    question: arguments.Question = None,
    taxonomy: arguments.Taxonomy = "general",
    precision: arguments.Precision = None,
    chunk: arguments.Chunk = 10_000,
    workers: arguments.Workers = None,
    quiet: arguments.NoProgress = False,
) -> None:
    """Tag a FILE of any size into a folder of Parquet parts, in constant memory.

    Interrupted, even killed, and called again, it goes on where it stopped.
    """
    roles = {"overall": overall, "date": date, "channel": channel, "language": language,
             "question": question}  # fmt: skip
    from tpfeedback.batch.command import run_batch

    with errors_in_one_line():
        run_batch(file, out, _text_columns(text), roles, taxonomy=taxonomy, precision=precision,
                  chunk=chunk, workers=workers, progress=not quiet,
                  say=partial(tell, quiet))  # fmt: skip


@app.command("verify")
def _verify(
    page: arguments.Page,
    *,
    data: arguments.Data,
    taxonomy: arguments.OwnTaxonomy = None,
    theirs: arguments.TheirData = None,
    labels: arguments.Labels = None,
    quiet: arguments.NoProgress = False,
) -> None:
    """Compute every figure of the report PAGE again, and name each that no longer holds.

    The exit code is 0 if all hold, 1 if not, 2 if the check could not be made.
    """
    from tpfeedback.report import read_page, verify_report

    with errors_in_one_line():
        written = page.read_text(encoding="utf-8", errors="replace")
        given = read_page(written)
        analysis = run_again(data, given.settings, taxonomy=taxonomy, theirs=theirs,
                             labels=labels, quiet=quiet)  # fmt: skip
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


@app.command("serve")
def _serve(
    *,
    host: arguments.Host = "127.0.0.1",
    port: arguments.Port = 8000,
    api_key_file: arguments.ApiKeyFile = None,
    limit: arguments.Limit = None,
    threads: arguments.Threads = None,
) -> None:
    """Answer requests for tags and analyses over HTTP, until asked to stop."""
    from tpfeedback.service.running import serve

    with errors_in_one_line():
        serve(host=host, port=port, key_file=api_key_file, limits=limit or (), threads=threads)


@app.command("mcp")
def _mcp(*, folder: arguments.Folders = None) -> None:
    """Give an assistant read-only tools over stdin and stdout (Model Context Protocol)."""
    from tpfeedback.assistants.running import run_tools

    with errors_in_one_line():
        run_tools(folder or ())


def _text_columns(text: list[str] | None) -> str | tuple[str, ...] | None:
    if not text:
        return None
    return text[0] if len(text) == 1 else tuple(text)


def _analyze_batch(
    folder: Path, options: dict[str, Any], others: dict[str, Any], out: Path | None,
    *, lang: str, top: int, mask: bool, quiet: bool,
) -> None:  # fmt: skip
    """Show and write what the tagged parts in a folder tell."""
    from tpfeedback.batch.command import analyze_batch

    found = analyze_batch(folder, options, others, say=partial(tell, quiet))
    typer.echo(ranked_table(found, top, lang, mask), nl=False)
    if out is not None:
        others_written = write_files(found, out, lang, mask)
        tell(quiet, f"Wrote {out / 'report.html'} and {others_written} more files beside it.")
