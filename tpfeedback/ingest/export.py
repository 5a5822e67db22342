"""`read_export`: from any export to the feedback table, with an account of what was done."""

from __future__ import annotations

import os
import warnings
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from html import escape

import pandas as pd

from tpfeedback.errors import ColumnError, TpfeedbackWarning
from tpfeedback.ingest.columns import feedback_columns, segment_columns
from tpfeedback.ingest.files import RawTable, read_raw
from tpfeedback.ingest.reshape import Texts, collect_texts, excerpts, shorten
from tpfeedback.ingest.roles import Given, Roles, assign_roles
from tpfeedback.ingest.texts import duplicate_key, first_equal
from tpfeedback.wording import Note, known_note, write_note

Source = str | os.PathLike[str] | object


@dataclass(frozen=True, repr=False, eq=False)
class Export:
    """What `read_export` made of a source. Every record is in `feedback` or in `rejected`.

    - `feedback`: the feedback table (see `tpfeedback.tables.FEEDBACK`), one row a text
    - `rejected`: records without usable text: `row` (from 1), `reason`, `content` (an excerpt)
    - `columns`: role -> the source's column, or columns for the text of a survey
    - `notes`: what the reader should know, in sentences
    - `unreadable`: cells taken as missing since they hold no number, date or language:
      `row`, `column`, `value`
    - `guessed`: the roles whose columns were guessed
    - `read`: how many records the source holds
    """

    feedback: pd.DataFrame
    rejected: pd.DataFrame
    columns: dict[str, str | tuple[str, ...]]
    notes: tuple[str, ...]
    unreadable: pd.DataFrame
    guessed: tuple[str, ...]
    read: int

    @property
    def summary(self) -> Note:
        """The counts in a sentence."""
        counts = [
            write_note("read_records", n=self.read),
            write_note("kept_texts", n=len(self.feedback)),
            write_note("set_aside", n=len(self.rejected)),
        ]
        if len(self.unreadable):
            counts.append(write_note("taken_as_missing", n=len(self.unreadable)))
        common = Counter(self.rejected["reason"]).most_common(3)
        if not common:
            return write_note("summary", counts=counts)
        told = [write_note("reason_count", count=n, reason=known_note(r)) for r, n in common]
        return write_note("summary_reasons", counts=counts, reasons=told)

    def __repr__(self) -> str:
        lines = [f"Export: {self.summary}", "columns:"]
        told = told_columns(self.columns, self.guessed)
        lines += [f"  {role}: {source}" for role, source in told.items()]
        if self.notes:
            lines += ["notes:", *(f"  - {note}" for note in self.notes)]
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><th>{escape(role)}</th><td>{escape(source)}</td></tr>"
            for role, source in told_columns(self.columns, self.guessed).items()
        )
        notes = "".join(f"<li>{escape(note)}</li>" for note in self.notes)
        return (
            f"<div><p><strong>Export</strong>: {escape(self.summary)}</p>"
            f"<table>{rows}</table><ul>{notes}</ul></div>"
        )


def told_columns(
    columns: Mapping[str, str | tuple[str, ...]], guessed: Collection[str]
) -> dict[str, str]:
    """Return each role's column as it is told, with whether it was guessed.

    >>> told_columns({"text": ("liked", "disliked"), "date": "day"}, ["text"])
    {'text': 'liked + disliked (guessed)', 'date': 'day'}
    """
    named = {
        role: one if isinstance(one, str) else " + ".join(one) for role, one in columns.items()
    }
    return {role: one + " (guessed)" * (role in guessed) for role, one in named.items()}


def columns_used(columns: Mapping[str, str | tuple[str, ...]], guessed: Collection[str]) -> str:
    """Return in a sentence which columns are used, and which of them were guessed.

    >>> columns_used({"text": "comment", "overall": "stars"}, ["text"])
    'Columns used: text = comment (guessed); overall = stars'
    """
    told = told_columns(columns, guessed)
    return "Columns used: " + "; ".join(f"{role} = {source}" for role, source in told.items())


def read_export(
    source: Source,
    *,
    text: Given = None,
    overall: Given = None,
    date: Given = None,
    channel: Given = None,
    language: Given = None,
    question: Given = None,
    feedback_id: Given = None,
    sheet: str | int | None = None,
    query: str | None = None,
) -> Export:
    """Read an export of reviews or survey answers into the feedback table.

    `source` is the path of a CSV, TSV, Excel, JSON, JSON Lines or Parquet file, or any DataFrame
    that narwhals knows; it is not changed. It may also be a connection to a database (DB-API 2,
    DuckDB) with the `query` whose rows are read, or "duckdb:///file.db?query=SELECT ...", which
    opens the file only for reading. Encoding, delimiter and the columns are found out;
    name a column to override the guess, or pass False to leave a role empty. Several columns as
    `text` make one row for each answer, with the column's header as its `question`.

    `overall` keeps the units of the source, and `overall_scale` tells the scale ("1-5"). A text
    is usable if it has a letter and is no placeholder such as "n/a"; it is kept as written but
    for invisible characters and outer white space, and cut after 32,767 characters with a note.
    `duplicate_of` names the first text that is equal but for case, width and spacing, if it is
    longer than 20 letters (10 Chinese characters). Other columns follow under their own names.

    Raises `ReadError` if the source cannot be read or holds no record, and `ColumnError` if a
    column does not exist, holds the wrong kind of values, or no column looks like text.

    >>> table = pd.DataFrame({"Отзыв": ["Долго везли", "-"], "Оценка": ["2/5", "5/5"]})
    >>> read_export(table)
    Export: 2 records read, 1 text kept, 1 record set aside (1 no letters in the text).
    columns:
      text: Отзыв (guessed)
      overall: Оценка (guessed)
    """
    raw = read_raw(source, sheet=sheet, query=query)
    given = {"text": text, "overall": overall, "date": date, "channel": channel,
             "language": language, "question": question, "feedback_id": feedback_id}  # fmt: skip
    roles = _roles(raw, given)
    texts = collect_texts(raw.frame, roles.text)
    found = feedback_columns(raw.frame, roles, explicit=frozenset(given) - roles.guessed)
    segments, renamed = segment_columns(raw.frame, roles)
    feedback = _assemble(texts, found.table, segments)
    notes = (*raw.notes, *roles.notes, *found.notes, *renamed, *texts.notes, *_closing(feedback))
    columns: dict[str, str | tuple[str, ...]] = {
        "text": roles.text[0] if len(roles.text) == 1 else roles.text,
        **roles.columns,
    }
    guessed = tuple(role for role in columns if role in roles.guessed)
    rejected = _rejected(raw, texts)
    return Export(feedback, rejected, columns, notes, found.unreadable, guessed, raw.read)


def read_feedback(
    source: Source,
    *,
    text: Given = None,
    overall: Given = None,
    date: Given = None,
    channel: Given = None,
    language: Given = None,
    question: Given = None,
    feedback_id: Given = None,
    sheet: str | int | None = None,
    query: str | None = None,
) -> pd.DataFrame:
    """Return the feedback table of an export; options and errors as in `read_export`.

    Warns with counts (`TpfeedbackWarning`) when a record was set aside, a cell was unreadable, or
    the text or the overall rating was guessed.

    >>> table = pd.DataFrame({"comment": ["Great staff"], "stars": [5]})
    >>> read_feedback(table, text="comment", overall="stars")[["text", "overall"]]
              text  overall
    0  Great staff      5.0
    """
    export = read_export(
        source, text=text, overall=overall, date=date, channel=channel, language=language,
        question=question, feedback_id=feedback_id, sheet=sheet, query=query,
    )  # fmt: skip
    message = _warning(export)
    if message:
        warnings.warn(message, TpfeedbackWarning, stacklevel=2)
    return export.feedback


def _warning(export: Export) -> Note | None:
    parts = []
    if {"text", "overall"} & set(export.guessed):
        told = [f"{role}={export.columns[role]!r}" for role in export.guessed]
        parts.append(write_note("columns_guessed", columns=told))
    if parts or len(export.rejected) or len(export.unreadable):
        parts.append(export.summary)
        parts.append(write_note("see_export"))
    return write_note("together", parts=parts) if parts else None


def _roles(raw: RawTable, given: Mapping[str, Given]) -> Roles:
    """Assign the roles; an error tells of the other sheets, where what is missed may be."""
    try:
        return assign_roles(raw.frame, given)
    except ColumnError as problem:
        sheets = [note for note in raw.notes if known_note(note).key == "sheet_chosen"]
        if not sheets:
            raise
        raise ColumnError(f"{problem} {sheets[0]} Name one with sheet=.") from None


def _assemble(texts: Texts, values: pd.DataFrame, segments: pd.DataFrame) -> pd.DataFrame:
    table = texts.table
    rows = table["row"]
    values = values.loc[rows].reset_index(drop=True)
    feedback = pd.DataFrame({"feedback_id": values["feedback_id"], "text": table["text"]})
    asked = table["question"].notna()
    feedback["feedback_id"] = values["feedback_id"].where(
        ~asked, values["feedback_id"] + ":" + table["question"].fillna("")
    )
    for column in ("overall", "language", "date", "channel", "question", "overall_scale"):
        feedback[column] = values[column]
    feedback["question"] = table["question"].where(asked, values["question"])
    feedback["row"] = rows
    questions = feedback["question"].where(feedback["question"].notna(), None)
    texts_and_questions = zip(questions.tolist(), feedback["text"].tolist(), strict=True)
    keys = [(question, duplicate_key(text)) for question, text in texts_and_questions]
    doubles = first_equal(keys, feedback["feedback_id"].tolist())
    feedback["duplicate_of"] = pd.Series(doubles, index=feedback.index, dtype="str")
    return pd.concat([feedback, segments.loc[rows].reset_index(drop=True)], axis=1)


def _rejected(raw: RawTable, texts: Texts) -> pd.DataFrame:
    found = {row: (reason, shorten(content)) for row, (reason, content) in raw.set_aside.items()}
    frame = raw.frame.loc[list(texts.rejected)]
    for (row, reason), content in zip(texts.rejected.items(), excerpts(frame), strict=True):
        found[row] = (reason, content)
    rows = sorted(found)
    return pd.DataFrame(
        {
            "row": pd.Series(rows, dtype="int64"),
            "reason": pd.Series([found[row][0] for row in rows], dtype="str"),
            "content": pd.Series([found[row][1] for row in rows], dtype="str"),
        }
    )


def _closing(feedback: pd.DataFrame) -> list[str]:
    if feedback.empty:
        return [write_note("nothing_usable")]
    notes: list[str] = []
    doubles = int(feedback["duplicate_of"].notna().sum())
    if doubles:
        notes.append(write_note("duplicates", n=doubles))
    ratings = feedback["overall"].dropna()
    if len(ratings) > 1 and ratings.nunique() == 1:
        notes.append(write_note("rating_constant", rating=ratings.iloc[0]))
    return notes
