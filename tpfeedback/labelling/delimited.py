"""Writes a labelling sheet as CSV, with no text taken for a formula."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import TYPE_CHECKING

from tpfeedback.labelling.sheet_cells import fit, harmless
from tpfeedback.labelling.sheet_columns import header_of
from tpfeedback.labelling.sheet_rows import sheet_rows, sheet_words

if TYPE_CHECKING:
    from tpfeedback.labelling.sample import LabellingSample


def write_sheet(
    sample: LabellingSample,
    path: Path,
    *,
    lang: str | None,
    mask: bool,
    suggest: bool,
    annotator: str,
) -> None:
    """Write the sheet as UTF-8 with a byte order mark, so that Excel reads every script."""
    words, _ = sheet_words(sample, lang)
    rows = sheet_rows(sample, mask=mask, suggest=suggest, annotator=annotator)
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, lineterminator="\r\n", quoting=csv.QUOTE_NONNUMERIC)
        writer.writerow([header_of(name, words) for name in rows.columns])
        for cells in rows.itertuples(index=False, name=None):
            writer.writerow([harmless(fit(c)) if isinstance(c, str) else c for c in cells])
