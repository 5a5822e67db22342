"""The command `tpfeedback`: a file in, a ranked table out, files beside it.

The table goes to stdout, everything about how it came to be goes to stderr. A mistake that the
user can mend is one line on stderr and exit code 2.
"""

from __future__ import annotations

import json
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tpfeedback import __version__
from tpfeedback.errors import TpfeedbackError, TpfeedbackWarning

if TYPE_CHECKING:
    from tpfeedback.analysis import Analysis
    from tpfeedback.ingest import Export

QUOTED = 5
NOTES_SHOWN = 10
PIPED_WIDTH = 110
TABLES = ("feedback", "mentions", "impact", "priorities", "rejected")

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
    top: Annotated[int, typer.Option(min=1, help="Touchpoints to show.")] = 10,
    quiet: Annotated[bool, typer.Option("--quiet", help="Say nothing but the table.")] = False,
) -> None:
    """Rank the touchpoints in FILE by what fixing them would gain."""
    roles = {
        "overall": overall,
        "date": date,
        "channel": channel,
        "language": language,
        "question": question,
        "sheet": sheet,
    }
    with _errors_in_one_line():
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
        typer.echo(_readable_table(analysis, top), nl=False)
        if out is not None:
            _write_files(analysis, out)
            _tell(quiet, f"Wrote {out / 'report.html'} and {len(TABLES) + 2} more files beside it.")


@app.command("taxonomies")
def _taxonomies() -> None:
    """List the taxonomies that `--taxonomy` knows by name."""
    from tpfeedback.taxonomy import available_taxonomies, load_taxonomy

    with _errors_in_one_line():
        for key in available_taxonomies():
            plan = load_taxonomy(key)
            typer.echo(f"{key}\t{plan.name}\t{len(plan.touchpoints)} touchpoints")


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
    from tpfeedback.taxonomy import load_taxonomy

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", TpfeedbackWarning)
        try:
            plan = load_taxonomy(options["taxonomy"])
            export = read_export(file, text=text, **roles)
            _tell_of_reading(export, file, quiet)
            shown = False if quiet else None
            analysis = analyze(export, **{**options, "taxonomy": plan}, progress=shown)
        finally:  # a warning may explain the error
            for message in dict.fromkeys(str(one.message) for one in caught):
                _tell(quiet, f"Warning: {message}")
    return replace(analysis, settings={**analysis.settings, "source": file.name})


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


def _readable_table(analysis: Analysis, top: int) -> str:
    """Return the ranked table and the first five's quotes; wide letters count as two."""
    from io import StringIO

    from rich.console import Console

    from tpfeedback.report import report_facts

    facts = report_facts(analysis, ranked=top)
    width = None if sys.stdout.isatty() else PIPED_WIDTH
    console = Console(
        file=StringIO(), width=width, color_system=None, markup=False, emoji=False, highlight=False
    )
    with console.capture() as captured:
        _draw(console, facts)
    return "\n".join(line.rstrip() for line in captured.get().splitlines()) + "\n"


def _draw(console: Any, facts: dict[str, Any]) -> None:
    from rich.padding import Padding
    from rich.text import Text

    from tpfeedback.report import answer

    for sentence in answer(facts):
        console.print(Text(sentence))
    if not facts["ranking"]:
        return
    console.print()
    console.print(_ranked_table(facts))
    for one in facts["ranking"][:QUOTED]:
        name = facts["names"][one["touchpoint"]]["en"]
        if one["quotes"]:
            console.print(Text(f"{one['rank']}. {name}"))
        for quote in one["quotes"][:2]:
            said = f"“{quote['before']}*{quote['evidence']}*{quote['after']}”"
            where = (
                f"{quote['language']}, row {quote['row']}" if quote["row"] else quote["language"]
            )
            console.print(Padding(Text(f"{said} ({where})"), (0, 0, 0, 3)))


def _ranked_table(facts: dict[str, Any]) -> Any:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    from tpfeedback.report import interval, number, percent

    digits = facts["outcome"]["decimals"]
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("Rank", justify="right", no_wrap=True)
    table.add_column("Touchpoint", overflow="fold")
    for head in ("Bad in", "Penalty", "Prize", "95 % interval", "May rank"):
        table.add_column(head, justify="right", no_wrap=True)
    for one in facts["ranking"]:
        cells = (
            str(one["rank"]),
            facts["names"][one["touchpoint"]]["en"],
            percent(one.get("negative_share")),
            number(one.get("penalty"), digits, signed=True),
            number(one["prize"], digits),
            interval(facts, one, "prize"),
            f"{one['rank_low']}–{one['rank_high']}",
        )
        table.add_row(*(Text(cell) for cell in cells))
    return table


def _write_files(analysis: Analysis, folder: Path) -> None:
    from tpfeedback.report import write_csv

    analysis.to_html(folder / "report.html")
    analysis.to_excel(folder / "report.xlsx")
    content = json.dumps(analysis.to_dict(), ensure_ascii=False, allow_nan=False, indent=1)
    (folder / "analysis.json").write_text(content + "\n", encoding="utf-8", newline="\n")
    for name in TABLES:
        write_csv(getattr(analysis, name), folder / f"{name}.csv")
