"""From today's rows to counts: the state of a monitor that has seen only them."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np
import pandas as pd

from tpfeedback.errors import ColumnError, unknown_name
from tpfeedback.impact.gram import Flags, Places
from tpfeedback.impact.marks import Marks, mark_texts
from tpfeedback.impact.respondents import join_answers, respondents
from tpfeedback.shares.strata import told_values
from tpfeedback.tracking.state import COUNTED, KEYS, MonitorState, settle

FREQUENCIES = ("D", "W", "M")
MISSING = "(missing)"
MOST_SEGMENTS = 500
LENGTHS = ((0, "0-15"), (16, "16-63"), (64, "64-255"), (256, "256-"))
CONFIDENCES = ((0.0, "0.0-0.5"), (0.5, "0.5-0.7"), (0.7, "0.7-0.9"), (0.9, "0.9-1.0"))
_NUMBERS = {"texts", "mentions", "negative", "positive", "count", "print"}
_OTHERS = {"period": "datetime64[ns]", "confidence": "float64"}


def tally(
    feedback: pd.DataFrame, mentions: pd.DataFrame, *, freq: str, by: Sequence[str]
) -> MonitorState:
    """Return the state of these rows alone.

    Raises:
        ColumnError: a column is missing or of the wrong kind, or `freq` is unknown.
    """
    by = check_columns(feedback, freq, by)
    feedback = share_dates(feedback)
    marks = mark_texts(feedback, mentions)
    undated = int(feedback["date"].isna().sum())
    if len(feedback) == undated:
        return MonitorState(freq, by, undated, None, **_no_tables())
    segments = pd.DataFrame({name: _segment(feedback[name]) for name in by}, index=feedback.index)
    facts = segments.assign(**{"(date)": feedback["date"]}).reset_index(drop=True)
    marks, _, facts = join_answers(feedback, marks, np.zeros(len(feedback)), facts)
    dated = facts["(date)"].notna().to_numpy()
    marks = Marks(marks.touchpoints, marks.mentioned[dated], marks.negative[dated],
                  marks.positive[dated])  # fmt: skip
    facts = facts[dated]
    periods = first_days(facts["(date)"], freq)
    whole = [_count(periods, "", None, marks)]
    whole += [_count(periods, name, facts[name], marks) for name in by]
    tables = {
        "texts": pd.concat([texts for texts, _ in whole], ignore_index=True),
        "counts": pd.concat([counts for _, counts in whole], ignore_index=True),
        "drift": _drift(feedback, mentions, freq),
        "examples": _examples(feedback, mentions, segments, freq),
        "prints": _prints(feedback, freq),
    }
    tidy = {name: settle(name, typed(name, table), freq) for name, table in tables.items()}
    return MonitorState(freq, by, undated, facts["(date)"].max().normalize(), **tidy)


def first_days(dates: pd.Series, freq: str) -> pd.Series:
    """Return the first day of the period of each date: the day, its Monday, its first of month."""
    first: pd.Series = dates.dt.to_period(freq).dt.start_time.astype("datetime64[ns]")
    return first


def share_dates(feedback: pd.DataFrame) -> pd.DataFrame:
    """Return the table with the date of another answer where one of a respondent has none."""
    dates = feedback["date"]
    if "question" not in feedback or dates.notna().all():
        return feedback
    known = dates.groupby(respondents(feedback).to_numpy()).transform("min")
    return feedback.assign(date=dates.where(dates.notna(), known))


def check_columns(feedback: pd.DataFrame, freq: str, by: Sequence[str]) -> tuple[str, ...]:
    """Return the names of the segment columns, or raise `ColumnError`."""
    if freq not in FREQUENCIES:
        raise ColumnError(unknown_name("freq", freq, FREQUENCIES))
    if "date" not in feedback or not pd.api.types.is_datetime64_dtype(feedback["date"]):
        raise ColumnError(
            "The feedback table needs a column date with dates (datetime64, no time zone). Given: "
            f"{feedback['date'].dtype if 'date' in feedback else 'no such column'}. Read the "
            "export with tpfeedback.read_feedback(date=...)."
        )
    for name in by:
        if list(feedback.columns).count(name) != 1:
            raise ColumnError(unknown_name("segment column", name, feedback.columns))
        levels = feedback[name].nunique()
        if levels > MOST_SEGMENTS:
            raise ColumnError(
                f"Segment column {name!r} has {levels} values. Allowed: {MOST_SEGMENTS}. Group "
                "them, such as cities into regions."
            )
    return tuple(sorted(set(by)))


def _segment(values: pd.Series) -> pd.Series:
    return told_values(values).where(values.notna(), MISSING).astype(str).astype("str")


def _count(
    periods: pd.Series, by: str, segments: pd.Series | None, marks: Marks
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the rows of `texts` and of `counts` for one segment column."""
    values = pd.Series("", index=periods.index, dtype="str") if segments is None else segments
    cells = pd.DataFrame({"period": periods, "by": by, "segment": values})
    numbers = cells.groupby(["period", "segment"], sort=True).ngroup()
    codes = np.asarray(numbers, dtype=np.intp)
    first = np.unique(codes, return_index=True)[1]
    heads = cells.iloc[first].reset_index(drop=True)
    texts = heads.assign(texts=np.bincount(codes, minlength=len(first)))
    flags = (marks.mentioned, marks.negative, marks.positive)
    found = [_per_cell(codes, one, len(first)) for one in flags]
    cell, touchpoint = np.nonzero(found[0])
    counts = heads.iloc[cell].reset_index(drop=True)
    names = np.array(marks.touchpoints, dtype=object)
    counts["touchpoint"] = pd.Series(names[touchpoint], dtype="str")
    for name, table in zip(COUNTED["counts"], found, strict=True):
        counts[name] = table[cell, touchpoint]
    return texts, counts


def _per_cell(codes: Places, flags: Flags, cells: int) -> Places:
    row, column = np.nonzero(flags)
    width = flags.shape[1]
    counts = np.bincount(codes[row] * width + column, minlength=cells * width)
    return counts.reshape(cells, width).astype(np.int64)


def _drift(feedback: pd.DataFrame, mentions: pd.DataFrame, freq: str) -> pd.DataFrame:
    dated = feedback[feedback["date"].notna()]
    periods = first_days(dated["date"], freq)
    parts = [pd.DataFrame({"period": periods[:0], "measure": "", "value": ""})]
    if "language" in dated:
        values = dated["language"].fillna(MISSING)
        parts.append(pd.DataFrame({"period": periods, "measure": "language", "value": values}))
    if "text" in dated:
        values = _class(dated["text"].fillna("").astype(str).str.len(), LENGTHS)
        parts.append(pd.DataFrame({"period": periods, "measure": "length", "value": values}))
    if "confidence" in mentions:
        when = pd.Series(periods.to_numpy(), index=dated["feedback_id"].astype("str"))
        found = mentions["feedback_id"].astype("str").map(when)
        values = _class(mentions["confidence"].fillna(0.0), CONFIDENCES)
        table = pd.DataFrame({"period": found, "measure": "confidence", "value": values})
        parts.append(table[found.notna()])
    return pd.concat(parts, ignore_index=True).assign(count=1)


def _class(numbers: pd.Series, classes: Sequence[tuple[float, str]]) -> pd.Series:
    starts = [start for start, _ in classes]
    place = np.searchsorted(starts, numbers.to_numpy(dtype=float), side="right") - 1
    names = np.array([name for _, name in classes], dtype=object)
    return pd.Series(names[np.maximum(place, 0)], index=numbers.index, dtype="str")


def _examples(
    feedback: pd.DataFrame, mentions: pd.DataFrame, segments: pd.DataFrame, freq: str
) -> pd.DataFrame:
    complaints = mentions[mentions["sentiment"].isin(("negative", "mixed"))]
    known = segments.assign(**{"(date)": feedback["date"], "(id)": feedback["feedback_id"]})
    known = known.set_index(known["(id)"].astype("str"))
    source = known.loc[complaints["feedback_id"].astype("str").tolist()].reset_index(drop=True)
    sure = complaints.get("confidence", pd.Series(1.0, index=complaints.index)).fillna(0.0)
    table = pd.DataFrame(
        {
            "touchpoint": complaints["touchpoint"].to_numpy(),
            "confidence": sure.to_numpy(dtype=float),
            "feedback_id": complaints["feedback_id"].astype("str").to_numpy(),
            "period": first_days(source["(date)"], freq),
        }
    )
    parts = [table.assign(by="", segment="")]
    parts += [table.assign(by=str(name), segment=source[name]) for name in segments]
    whole = pd.concat(parts, ignore_index=True)
    return whole[whole["period"].notna()]


def _prints(feedback: pd.DataFrame, freq: str) -> pd.DataFrame:
    """Return a number per text, made of its id and its words."""
    dated = feedback[feedback["date"].notna()]
    texts = dated["text"].fillna("") if "text" in dated else [""] * len(dated)
    whole = (f"{name}\0{text}" for name, text in zip(dated["feedback_id"], texts, strict=True))
    prints = [
        int.from_bytes(hashlib.blake2b(one.encode(errors="replace"), digest_size=8).digest()) >> 1
        for one in whole
    ]
    return pd.DataFrame({"period": first_days(dated["date"], freq), "print": prints})


def typed(name: str, table: pd.DataFrame) -> pd.DataFrame:
    """Return the columns of the table `name`, in order, each with its one type."""
    kinds = dict.fromkeys((*KEYS[name], *COUNTED[name]), "str")
    kinds |= {column: "int64" for column in kinds if column in _NUMBERS}
    kinds |= {c: k for c, k in _OTHERS.items() if c in kinds}
    return table[list(kinds)].astype(kinds).reset_index(drop=True)


def _no_tables() -> dict[str, pd.DataFrame]:
    empty: dict[str, dict[str, list[object]]]
    empty = {name: {column: [] for column in (*KEYS[name], *COUNTED[name])} for name in KEYS}
    return {name: typed(name, pd.DataFrame(columns)) for name, columns in empty.items()}
