"""A piece of a big file as the feedback table, by the plan: nothing is guessed any more."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import Any

import pandas as pd

from tpfeedback.batch.plan import DATE, FLAG, NUMBER, Plan
from tpfeedback.batch.sources import Piece
from tpfeedback.ingest import read_export
from tpfeedback.ingest.dates import read_dates
from tpfeedback.ingest.files import read_raw
from tpfeedback.ingest.guesses import read_language
from tpfeedback.ingest.ratings import NO_RATING, Ratings, read_number, read_ratings
from tpfeedback.ingest.reshape import excerpts, shorten
from tpfeedback.ingest.scales import Scale, outside
from tpfeedback.ingest.texts import clean_text

_ID = "feedback_id of the batch"


@dataclass(frozen=True)
class Cells:
    """A column as read, and which filled cells could not be."""

    values: pd.Series
    unreadable: pd.Series


@dataclass(frozen=True)
class ReadPiece:
    """The feedback, rejected and unreadable rows of a piece, see `Export`; rows count from the
    start of the file. `left_out`: columns that the head of the file does not have."""

    feedback: pd.DataFrame
    rejected: pd.DataFrame
    unreadable: pd.DataFrame
    left_out: tuple[str, ...]


def read_by_plan(piece: Piece, plan: Plan, *, first: int) -> ReadPiece:
    """Return what a piece holds; its first record is number `first` of the file."""
    frame = piece.frame
    if not len(frame.columns):  # no line of the piece could be read
        frame = pd.DataFrame(None, index=frame.index, columns=list(plan.names), dtype=object)
    found = read_raw(frame).frame
    left_out = tuple(name for name in found.columns if name not in plan.names)
    raw = found.reindex(columns=list(plan.names))
    raw.index = pd.RangeIndex(first, first + len(raw))
    feedback, reasons = _texts(raw, plan)
    lost = []
    for role, cells in _columns(raw, plan).items():
        feedback[role] = cells.values.loc[feedback["row"]].array
        lost.append(_lost(raw, cells, plan.columns.get(role)))
    named = plan.columns.get("overall") and plan.scale
    feedback["overall_scale"] = pd.Series(
        plan.scale[2] if named and plan.scale else None, index=feedback.index, dtype="str"
    )
    for source, name, kind in plan.segments:
        cells = read_segment(raw[source], kind)
        feedback[name] = cells.values.loc[feedback["row"]].array
        lost.append(_lost(raw, cells, source))
    unreadable = pd.concat(lost, ignore_index=True).sort_values(["row", "column"], kind="stable")
    return ReadPiece(feedback, _rejected(raw, reasons, piece, first), unreadable, left_out)


def _texts(raw: pd.DataFrame, plan: Plan) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Have the texts read as any export's; return the feedback and the rejected rows."""
    roles: dict[str, Any] = {
        role: plan.columns.get(role, False) for role in ("channel", "question")
    }
    names = dict.fromkeys([*plan.text, *(name for name in roles.values() if name)])
    frame = raw[list(names)].assign(**{_ID: raw.index.astype(str)})
    export = read_export(
        frame, text=plan.text if len(plan.text) > 1 else plan.text[0], **roles,
        overall=False, date=False, language=False, feedback_id=_ID,
    )  # fmt: skip
    before = int(raw.index[0]) - 1
    feedback = export.feedback.assign(row=export.feedback["row"] + before)
    return feedback, export.rejected.assign(row=export.rejected["row"] + before)


def _columns(raw: pd.DataFrame, plan: Plan) -> dict[str, Cells]:
    readers = {"overall": fixed_ratings, "date": fixed_dates, "language": _languages}
    kinds = {"overall": "float64", "date": "datetime64[us]", "language": "str"}
    none = pd.Series(False, index=raw.index)
    return {
        role: reader(raw[plan.columns[role]], plan)
        if role in plan.columns
        else Cells(pd.Series(None, index=raw.index, dtype=kinds[role]), none)
        for role, reader in readers.items()
    }


def fixed_ratings(column: pd.Series, plan: Plan) -> Cells:
    """Read ratings as `read_ratings` does, with the words, commas and scale of the plan."""
    if pd.api.types.is_numeric_dtype(column) or pd.api.types.is_bool_dtype(column) or plan.tops:
        ratings = _with_tops(column, plan.tops)
        values, unreadable = ratings.values, ratings.unreadable
    else:
        steps = {word: float(k) for k, word in enumerate(plan.words, int(len(plan.words) > 2))}
        plain = {cell: _plain(cell) for cell in set(column.dropna().tolist())}
        comma = plan.decimal_comma
        read = {
            text: steps.get(text) if steps else read_number(text, decimal_comma=comma)[0]
            for text in set(plain.values())
        }
        texts = [plain.get(cell, "") for cell in column.tolist()]
        values = pd.Series([read.get(t) for t in texts], index=column.index, dtype="float64")
        missing = pd.Series([text in NO_RATING for text in texts], index=column.index, dtype=bool)
        unreadable = values.isna() & ~missing
    if plan.scale is not None:
        beyond = outside(Ratings(values, unreadable), Scale(plan.scale[0], plan.scale[1]))
        values, unreadable = values.mask(beyond), unreadable | beyond
    return Cells(values, unreadable)


def _with_tops(column: pd.Series, tops: tuple[float, ...]) -> Ratings:
    """Read ratings that name different ends of their scale: all are brought to the largest.

    The piece is shown each of the ends that the plan knows; one that it does not know may be in it.
    """
    if not tops:
        return read_ratings(column)
    shown = [*column.tolist(), *(f"{top:g}/{top:g}" for top in tops)]
    read = read_ratings(pd.Series(shown, dtype=object))
    values = read.values.iloc[: len(column)].set_axis(column.index)
    unreadable = read.unreadable.iloc[: len(column)].set_axis(column.index)
    return Ratings(values * (max(tops) / (read.top or max(tops))), unreadable)


def _plain(cell: object) -> str:
    return unicodedata.normalize("NFKC", str(cell)).strip().casefold()


def fixed_dates(column: pd.Series, plan: Plan) -> Cells:
    """Read dates with the order of year, day and month that the plan has.

    `read_dates` goes by the majority: the plan gets one vote more than there are cells.
    """
    if pd.api.types.is_datetime64_any_dtype(column):
        return Cells(read_dates(column).values.astype("datetime64[us]"), column.isna() & False)
    votes = [
        f"31{separator}12{separator}2000" if first else f"12{separator}31{separator}2000"
        for separator, first in plan.day_first.items()
    ]
    votes += [_vote_on_years(separator, plan) for separator in (*plan.day_first, ".")]
    votes *= len(column) + 1
    dates = read_dates(pd.Series([*column.tolist(), *votes], dtype=object))
    cells = slice(0, len(column))
    return Cells(
        dates.values.iloc[cells].set_axis(column.index).astype("datetime64[us]"),
        dates.unreadable.iloc[cells].set_axis(column.index),
    )


def _vote_on_years(separator: str, plan: Plan) -> str:
    """Return a date of three numbers of two digits that can be read in one way only."""
    if separator in plan.year_first:
        return f"00{separator}12{separator}31"
    first = plan.day_first.get(separator, True)
    return f"31{separator}12{separator}00" if first else f"12{separator}31{separator}00"


def _languages(column: pd.Series, _: Plan) -> Cells:
    known = {cell: read_language(cell) for cell in column.dropna().unique()}
    values = pd.Series([known.get(cell) for cell in column], index=column.index, dtype="str")
    filled = pd.Series([bool(clean_text(cell)) for cell in column], index=column.index, dtype=bool)
    return Cells(values, filled & values.isna())


def read_segment(column: pd.Series, kind: str) -> Cells:
    """Return a segment's cells, all of one kind: "number", "flag", "date" or "text"."""
    filled = pd.Series([bool(clean_text(cell)) for cell in column], index=column.index, dtype=bool)
    values: pd.Series
    if kind == NUMBER:
        numbers = pd.to_numeric(column.astype(object).where(filled), errors="coerce")
        values = numbers.astype("float64")
    elif kind == FLAG:
        values = column.where(column.isin([True, False])).astype("boolean").astype(object)
    elif kind == DATE:
        values = pd.to_datetime(column, errors="coerce").astype("datetime64[us]")
    else:
        texts = [
            None if missing else str(cell)
            for cell, missing in zip(column, column.isna(), strict=True)
        ]
        values = pd.Series(texts, index=column.index, dtype="str")
    return Cells(values, filled & values.isna())


def _lost(raw: pd.DataFrame, cells: Cells, name: str | None) -> pd.DataFrame:
    rows = raw.index[cells.unreadable.to_numpy()] if name is not None else raw.index[:0]
    values = [] if name is None else [str(cell) for cell in raw.loc[rows, name]]
    return pd.DataFrame({"row": rows, "column": name, "value": values}).astype(
        {"row": "int64", "column": "str", "value": "str"}
    )


def _rejected(raw: pd.DataFrame, reasons: pd.DataFrame, piece: Piece, first: int) -> pd.DataFrame:
    """Return why each rejected row is, and what it holds in all its cells."""
    told = dict(zip(reasons["row"].tolist(), reasons["reason"].tolist(), strict=True))
    contents = excerpts(raw.iloc[[row - first for row in told]])
    found = {
        row: (why, content) for (row, why), content in zip(told.items(), contents, strict=True)
    }
    for place, (why, content) in piece.set_aside.items():
        found[first + place - 1] = (why, shorten(content))
    rows = sorted(found)
    return pd.DataFrame(
        {
            "row": pd.Series(rows, dtype="int64"),
            "reason": pd.Series([str(found[row][0]) for row in rows], dtype="str"),
            "content": pd.Series([found[row][1] for row in rows], dtype="str"),
        }
    )
