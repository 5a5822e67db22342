"""The command `tpfeedback`: a file in, a ranked table out, files beside it.

The table goes to stdout, everything about how it came to be goes to stderr. A mistake that the
user can mend is one line on stderr and exit code 2.
"""

from __future__ import annotations

import json
import sys
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tpfeedback import __version__
from tpfeedback.errors import TpfeedbackError, TpfeedbackWarning
from tpfeedback.wording import load_wording

if TYPE_CHECKING:
    from tpfeedback.analysis import Analysis
    from tpfeedback.ingest import Export

NOTES_SHOWN = 10
TABLES = ("feedback", "mentions", "impact", "priorities", "rejected")
REPORTS = ("report.html", "report.xlsx", "report.md", "analysis.json")
Language = Annotated[str, typer.Option(help="Language of the report: en, ru, zh or pl.")]

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
    file: Annotated[Path, typer.Argument(help="CSV, TSV, Excel, JSON, JSON Lines or Parquet.")],
    *,
    text: Annotated[
        list[str] | None, typer.Option(help="Column of the texts; repeat it for several.")
    ] = None,
    overall: Annotated[str | None, typer.Option(help="Column of the rating.")] = None,
    date: Annotated[str | None, typer.Option(help="Column of the date.")] = None,
    channel: Annotated[str | None, typer.Option(help="Column of the channel.")] = None,
    language: Annotated[str | None, typer.Option(help="Column of the language.")] = None,
    question: Annotated[str | None, typer.Option(help="Column of the question.")] = None,
    taxonomy: Annotated[str, typer.Option(help="Name or .toml file of a taxonomy.")] = "general",
    precision: Annotated[
        float | None, typer.Option(help="Share of right mentions to ask for, such as 0.9.")
    ] = None,
    control: Annotated[
        list[str] | None, typer.Option(help="Column to hold fixed; repeat it for several.")
    ] = None,
    model: Annotated[
        str, typer.Option(help="linear, ordered_logit, binary_logit or nps.")
    ] = "linear",
    weights: Annotated[str | None, typer.Option(help="Column of survey weights.")] = None,
    cluster: Annotated[str | None, typer.Option(help="Column that names the customer.")] = None,
    policy: Annotated[
        str, typer.Option(help="What silence means: baseline, observed or imputed.")
    ] = "baseline",
    sheet: Annotated[str | None, typer.Option(help="Sheet of an Excel file.")] = None,
    out: Annotated[Path | None, typer.Option(help="Folder for the report and tables.")] = None,
    lang: Language = "en",
    mask: Annotated[
        bool, typer.Option("--mask/--no-mask", help="Mask names, phones, e-mails and the like.")
    ] = True,
    top: Annotated[int, typer.Option(min=1, help="Touchpoints to show.")] = 10,
    quiet: Annotated[bool, typer.Option("--quiet", help="Say nothing but the table.")] = False,
) -> None:
    """Rank the touchpoints in FILE by what fixing them would gain."""
    roles = {"overall": overall, "date": date, "channel": channel, "language": language,
             "question": question, "sheet": sheet}  # fmt: skip
    with _errors_in_one_line():
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
        analysis = _run(file, _text_columns(text), roles, options, quiet)
        typer.echo(_ranked_table(analysis, top, lang, mask), nl=False)
        if out is not None:
            _write_files(analysis, out, lang, mask)
            others = len(TABLES) + len(REPORTS) - 1
            _tell(quiet, f"Wrote {out / 'report.html'} and {others} more files beside it.")


@app.command("verify")
def _verify(
    page: Annotated[Path, typer.Argument(help="The report.html to check.")],
    *,
    data: Annotated[Path, typer.Option(help="The file that the report was made from.")],
    taxonomy: Annotated[
        str | None, typer.Option(help="The .toml file of the taxonomy, if one of your own.")
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", help="Show no progress.")] = False,
) -> None:
    """Compute every figure of the report PAGE again, and name each that no longer holds.

    The exit code is 0 if all hold, 1 if not, 2 if the check could not be made.
    """
    from tpfeedback.report import read_page, verify_report

    with _errors_in_one_line():
        written = page.read_text(encoding="utf-8", errors="replace")
        given = read_page(written)
        analysis = _run_again(data, given.settings, taxonomy, quiet)
        found = verify_report(written, analysis)
        for one in found:
            typer.echo(_in_one_line(str(one)))
        told = {"page": page.name, "data": data.name}
        count = len(found) or len(dict.fromkeys(name for name, *_ in given.figures))
        key = "broken" if found else "holds"
        typer.echo(load_wording().say("verify", key, n=count, count=count, **told))
    raise typer.Exit(1 if found else 0)


@app.command("taxonomies")
def _taxonomies() -> None:
    """List the taxonomies that `--taxonomy` knows by name."""
    from tpfeedback.taxonomy import available_taxonomies, load_taxonomy

    with _errors_in_one_line():
        for key in available_taxonomies():
            plan = load_taxonomy(key)
            typer.echo(f"{key}\t{plan.name}\t{len(plan.touchpoints)} touchpoints")


def _run_again(
    data: Path, settings: Mapping[str, Any], taxonomy: str | None, quiet: bool
) -> Analysis:
    """Return the analysis of `data` with the options that a page was made with."""
    from tpfeedback.analysis import analyze
    from tpfeedback.settings import options_again

    options = options_again(settings)
    if taxonomy is not None:
        options["taxonomy"] = taxonomy
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", TpfeedbackWarning)  # the page tells them already
        return analyze(data, **options, progress=False if quiet else None)


def _in_one_line(message: str) -> str:
    from tpfeedback.report import readable

    return " ".join(readable(message).split())


def _text_columns(text: list[str] | None) -> str | tuple[str, ...] | None:
    if not text:
        return None
    return text[0] if len(text) == 1 else tuple(text)


def _run(
    file: Path,
    text: str | tuple[str, ...] | None,
    roles: dict[str, Any],
    options: dict[str, Any],
    quiet: bool,
) -> Analysis:
    from tpfeedback.analysis import analyze
    from tpfeedback.ingest import read_export
    from tpfeedback.settings import source_settings
    from tpfeedback.taxonomy import load_taxonomy

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", TpfeedbackWarning)
        try:
            plan = load_taxonomy(options["taxonomy"])
            export = read_export(file, text=text, **roles)
            _tell_of_reading(export, file, quiet)
            shown = False if quiet else None
            analysis = analyze(export, **{**options, "taxonomy": plan}, progress=shown)
            named = source_settings(file, {"text": text, **roles})
        finally:  # a warning may explain the error
            for message in dict.fromkeys(str(one.message) for one in caught):
                _tell(quiet, f"Warning: {message}")
    return replace(analysis, settings={**analysis.settings, **named})


def _ranked_table(analysis: Analysis, top: int, lang: str, mask: bool) -> str:
    """Return the ranked table and the first quotes, as wide as the terminal."""
    from tpfeedback.report import render_table, report_facts
    from tpfeedback.report.terminal import PIPED_WIDTH

    facts = report_facts(analysis, ranked=top, mask=mask)
    width = None if sys.stdout.isatty() else PIPED_WIDTH
    return render_table(facts, language=lang, width=width)


@contextmanager
def _errors_in_one_line() -> Iterator[None]:
    """Turn what the user can mend into one line on stderr and exit code 2."""
    try:
        yield
    except TpfeedbackError as error:
        message = str(error)
    except OSError as error:
        message = f"{error.strerror or error}: {error.filename or ''}".rstrip(": ")
    else:
        return
    typer.echo(f"tpfeedback: {' '.join(message.split())}", err=True)
    raise typer.Exit(2)


def _tell(quiet: bool, message: str) -> None:
    if not quiet:
        from tpfeedback.report import readable

        typer.echo(readable(message), err=True)


def _tell_of_reading(export: Export, file: Path, quiet: bool) -> None:
    rejected = export.rejected
    _tell(quiet, f"{file.name}: {export.summary}")
    used = "; ".join(
        f"{role} = {source if isinstance(source, str) else ' + '.join(source)}"
        f"{' (guessed)' if role in export.guessed else ''}"
        for role, source in export.columns.items()
    )
    _tell(quiet, f"Columns used: {used}")
    for reason, rows in rejected.groupby("reason", sort=True)["row"]:
        first = ", ".join(str(row) for row in rows.head(5))
        _tell(
            quiet, f"Set aside {len(rows)}: {reason} (row {first}{', …' if len(rows) > 5 else ''})"
        )
    for note in export.notes[:NOTES_SHOWN]:
        _tell(quiet, f"Note: {note}")
    if len(export.notes) > NOTES_SHOWN:
        _tell(quiet, f"Note: … and {len(export.notes) - NOTES_SHOWN} more, see the report.")


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
    for name in TABLES:
        write_csv(getattr(shown, name), folder / f"{name}.csv")
