"""Cells of a sheet that cannot be read, all of them told at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import pandas as pd

from tpfeedback.errors import ReadError

MOST_SHOWN = 40


@dataclass(frozen=True)
class BadCell:
    """One cell that cannot be read: where it stands, what was given and what is wrong with it."""

    file: str
    sheet: str
    row: str
    column: str
    given: str
    wrong: str

    def __str__(self) -> str:
        """Say it in one line."""
        sheet = f", sheet {self.sheet!r}" if self.sheet else ""
        return f"{self.file}{sheet}, {self.row}, column {self.column!r}: {self.wrong}"


class LabelsError(ReadError):
    """Labels could not be read; `cells` is a table of every bad cell, one row each."""

    def __init__(self, message: str, cells: Sequence[BadCell] = ()) -> None:
        super().__init__(message)
        self.cells = pd.DataFrame(
            [asdict(cell) for cell in cells], columns=list(BadCell.__annotations__)
        )


def refuse(cells: Sequence[BadCell], keys: Sequence[str]) -> None:
    """Raise `LabelsError` if there are bad cells, naming each.

    >>> cell = BadCell("a.csv", "", "row 3", "touchpoints", "zzz-", "'zzz' is unknown")
    >>> refuse([cell], ["price"])
    Traceback (most recent call last):
    ...
    tpfeedback.labelling.bad_cells.LabelsError: 1 cell cannot be read, so no labels were taken...
    """
    if not cells:
        return
    count = "1 cell cannot be read" if len(cells) == 1 else f"{len(cells)} cells cannot be read"
    lines = [f"- {cell}" for cell in cells[:MOST_SHOWN]]
    if len(cells) > MOST_SHOWN:
        lines.append(
            f"- ... and {len(cells) - MOST_SHOWN} more, see the table `cells` of this error"
        )
    raise LabelsError(
        f"{count}, so no labels were taken from the file:\n"
        + "\n".join(lines)
        + f"\nAllowed: touchpoints with a mark (+ - 0 *), such as 'delivery-, staff+', or 'none' "
        f"if the text names nothing; a row left empty is not labelled. Touchpoints: "
        f"{', '.join(keys)} (or their names). Correct the cells and read again.",
        cells,
    )
