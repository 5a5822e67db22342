"""The rows of a labelling sheet, the same in a workbook and in a CSV file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from tpfeedback.labelling.sample import main_languages, masked
from tpfeedback.labelling.sheet_columns import COLUMNS
from tpfeedback.wording import Wording, available_wordings, load_wording

if TYPE_CHECKING:
    from tpfeedback.labelling.sample import LabellingSample

SUGGESTED = "suggested"


def sheet_rows(
    sample: LabellingSample, *, mask: bool, suggest: bool, annotator: str
) -> pd.DataFrame:
    """Return the rows to write, by machine names, empty cells as "".

    Texts labelled before stand at the end, filled in.
    """
    table = sample.table
    if sample.filled is not None:
        table = pd.concat([table, sample.filled], ignore_index=True)
    if mask:
        table = masked(table)
    shown = [name for name in COLUMNS if name in table.columns or name in _TYPED]
    if suggest:
        shown.insert(shown.index("touchpoints") + 1, SUGGESTED)
    if not annotator:
        shown.remove("annotator")
    rows = table.reindex(columns=shown).astype(object)
    if annotator:
        rows["annotator"] = annotator
    return rows.where(rows.notna(), "")


_TYPED = ("overall_sentiment", "touchpoints", "comment", "annotator")


def sheet_words(sample: LabellingSample, lang: str | None) -> tuple[Wording, list[str]]:
    """Return the words of the sheet, and the languages of its codebook.

    Raises `TpfeedbackError` where there are no words for `lang`.
    """
    if lang is not None:
        return load_wording(lang), [lang]
    languages = main_languages(sample.table, available_wordings())
    return load_wording(languages[0]), languages
