"""From one record with one or several answers to one row a text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from tpfeedback.ingest.texts import LONGEST_TEXT, clean_text, name_rows, why_unusable
from tpfeedback.wording import Note, write_note

EXCERPT = 120


@dataclass(frozen=True)
class Texts:
    """Usable texts in record order (columns row, question, text) and why other records have none.

    `question` is the column's header where a survey has several, else missing.
    """

    table: pd.DataFrame
    rejected: dict[int, Note]
    notes: tuple[str, ...]


def collect_texts(frame: pd.DataFrame, columns: Sequence[str]) -> Texts:
    """Return every usable text of `columns`, one row each; `frame` is indexed by record number.

    A record is rejected only if none of its answers is usable. Longer texts than
    `LONGEST_TEXT` characters are cut there, with a note.

    >>> survey = pd.DataFrame({"Likes?": ["speed", "-"], "Dislikes?": ["price", ""]}, index=[1, 2])
    >>> collect_texts(survey, ["Likes?", "Dislikes?"]).table.values.tolist()
    [[1, 'Likes?', 'speed'], [1, 'Dislikes?', 'price']]
    """
    several = len(columns) > 1
    answers = [[clean_text(cell) for cell in frame[column].tolist()] for column in columns]
    kept: list[tuple[int, str | None, str]] = []
    rejected: dict[int, Note] = {}
    cut: list[int] = []
    for row, texts in zip(frame.index, zip(*answers, strict=True), strict=True):
        reasons = [why_unusable(text) for text in texts]
        for column, text, reason in zip(columns, texts, reasons, strict=True):
            if reason is None:
                kept.append((int(row), column if several else None, text[:LONGEST_TEXT].rstrip()))
                if len(text) > LONGEST_TEXT:
                    cut.append(int(row))
        if all(reasons):
            rejected[int(row)] = _reason([reason for reason in reasons if reason])
    table = pd.DataFrame(
        {
            "row": pd.Series([row for row, _, _ in kept], dtype="int64"),
            "question": pd.Series([question for _, question, _ in kept], dtype="str"),
            "text": pd.Series([text for _, _, text in kept], dtype="str"),
        }
    )
    notes = [write_note("texts_cut", longest=LONGEST_TEXT, rows=name_rows(cut))] if cut else []
    if several:
        notes.append(
            write_note(
                "survey",
                questions=len(columns),
                answers=len(kept),
                records=len(frame) - len(rejected),
            )
        )
    return Texts(table, rejected, tuple(notes))


def excerpts(records: pd.DataFrame) -> list[str]:
    """Return the filled cells of each record on one line, shortened to `EXCERPT` characters.

    >>> excerpts(pd.DataFrame({"stars": [5, 4], "text": ["-", None], "city": ["Łódź", "Cardiff"]}))
    ['5 | - | Łódź', '4 | Cardiff']
    """
    # Column by column: a Series for each of a million ratings without a text takes minutes.
    columns = [[" ".join(clean_text(cell).split()) for cell in records[name].tolist()]
               for name in records.columns]  # fmt: skip
    return [shorten(" | ".join(filter(None, cells))) for cells in zip(*columns, strict=True)]


def shorten(line: str) -> str:
    """Return a line of at most `EXCERPT` characters."""
    line = " ".join(line.split())
    return line if len(line) <= EXCERPT else line[: EXCERPT - 1] + "…"


def _reason(reasons: Sequence[Note]) -> Note:
    """All answers of a record say the same, or the one that says most."""
    if len(set(reasons)) == 1:
        return reasons[0]
    return next(reason for reason in reasons if reason.key != "rejected_no_text")
