"""What the command tells beside its table: how the file was read, warnings, errors in one line."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from tpfeedback.errors import TpfeedbackError

if TYPE_CHECKING:
    from tpfeedback.ingest import Export

NOTES_SHOWN = 10


@contextmanager
def errors_in_one_line() -> Iterator[None]:
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


def tell(quiet: bool, message: str) -> None:
    """Write a line to stderr, unless nothing is to be told."""
    if not quiet:
        from tpfeedback.report import readable

        typer.echo(readable(message), err=True)


def tell_of_reading(export: Export, file: Path, quiet: bool) -> None:
    """Tell how the file was read: what was kept, which columns, what was set aside."""
    from tpfeedback.ingest.export import columns_used

    rejected = export.rejected
    tell(quiet, f"{file.name}: {export.summary}")
    tell(quiet, columns_used(export.columns, export.guessed))
    for reason, rows in rejected.groupby("reason", sort=True)["row"]:
        first = ", ".join(str(row) for row in rows.head(5))
        tell(
            quiet, f"Set aside {len(rows)}: {reason} (row {first}{', …' if len(rows) > 5 else ''})"
        )
    for note in export.notes[:NOTES_SHOWN]:
        tell(quiet, f"Note: {note}")
    if len(export.notes) > NOTES_SHOWN:
        tell(quiet, f"Note: … and {len(export.notes) - NOTES_SHOWN} more, see the report.")


def in_one_line(message: str) -> str:
    """Return a message without line breaks and without what moves the cursor."""
    from tpfeedback.report import readable

    return " ".join(readable(message).split())
