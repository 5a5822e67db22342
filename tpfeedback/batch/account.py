"""What the report of a batch tells of all its texts, counted one part at a time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from tpfeedback.batch.folder import read_finished
from tpfeedback.batch.parts import part_name
from tpfeedback.batch.patterns import read_columns, read_tables
from tpfeedback.impact.marks import mark_texts
from tpfeedback.impact.models import prepare_outcome
from tpfeedback.impact.respondents import join_answers
from tpfeedback.report.certainty import count_languages, count_reasons
from tpfeedback.report.changes import Timeline
from tpfeedback.report.counted import Counted
from tpfeedback.report.records import Facts

CELL = ("date", "outcome", "weight")
PENDING = 100_000  # rows of the timeline that may wait to be summed up


def count_parts(
    folder: Path, *, outcome: str, model: str, weights: str | None, band: pd.DataFrame | None
) -> Counted:
    """Return what `count_rows` gives for the texts of all parts; `band` is added as it is.

    Memory grows with the number of days, distinct outcomes and weights. `outcome` and `weights`
    are columns of the feedback.
    """
    manifest = read_finished(folder)
    read, repeated = Counter[str](), "duplicates"
    if len(manifest["parts"]) > 1:
        repeated = "duplicates_within"
    days: list[pd.Timestamp] = []
    touchpoints: set[str] = set()
    cells, complaints = [pd.DataFrame(columns=[*CELL, "count"], dtype=float)], pd.DataFrame()
    needed = ["date", "duplicate_of", *([] if weights is None else [weights])]
    for feedback, mentions in read_tables(folder, outcome=outcome, controls=needed):
        known = feedback["date"].dropna()
        days += [known.min(), known.max()] if len(known) else []
        touchpoints |= set(mentions["touchpoint"])
        read[repeated] += int(feedback["duplicate_of"].notna().sum())
        read["texts_with_mentions"] += int(mentions["feedback_id"].nunique())
        found = _timeline(feedback, mentions, outcome, weights)
        complaints = complaints.add(found.complaints, fill_value=0)
        cells = _together([*cells, found.cells])
    return Counted(
        timeline=Timeline(_prepared(_sum(cells), model, outcome), complaints),
        reading={
            **_account(folder, manifest),
            **dict.fromkeys(("duplicates", "duplicates_within")),
            repeated: read[repeated],
            "texts_with_mentions": read["texts_with_mentions"],
            "touchpoints": len(touchpoints),
            "first_date": str(min(days).date()) if days else None,
            "last_date": str(max(days).date()) if days else None,
        },
        band=band,
        whole=False,
    )


def _timeline(
    feedback: pd.DataFrame, mentions: pd.DataFrame, outcome: str, weights: str | None
) -> Timeline:
    """Return the timeline of a part."""
    marks, numbers = mark_texts(feedback, mentions), feedback[outcome].to_numpy(dtype=float)
    weight = np.ones(len(feedback)) if weights is None else feedback[weights].to_numpy(dtype=float)
    weight = join_answers(feedback, marks, weight, feedback[[]])[1]
    marks, numbers, held = join_answers(feedback, marks, numbers, feedback[["date"]])
    day = pd.to_datetime(held["date"]).dt.normalize().to_numpy()
    counted = np.where(weight > 0, numbers, np.nan)
    cells = pd.DataFrame({"date": day, "outcome": counted, "weight": weight, "count": 1})
    told = np.flatnonzero(marks.negative[~np.isnat(day)].any(axis=0))
    names = [marks.touchpoints[place] for place in told]
    complaints = pd.DataFrame(marks.negative[:, told] * weight[:, None], columns=names)
    return Timeline(_sum([cells]), complaints.groupby(day).sum())


def _together(cells: list[pd.DataFrame]) -> list[pd.DataFrame]:
    """Return the cells of all parts, summed up now and then."""
    waiting = sum(map(len, cells[1:]))
    return [_sum(cells)] if waiting > max(PENDING, len(cells[0])) else cells


def _sum(cells: list[pd.DataFrame]) -> pd.DataFrame:
    filled = [one for one in cells if len(one)]
    if not filled:
        return cells[0]
    found: pd.DataFrame = (
        pd.concat(filled, ignore_index=True)
        .groupby(list(CELL), dropna=False, sort=True)["count"]
        .sum()
        .reset_index()
    )
    return found


def _prepared(cells: pd.DataFrame, model: str, outcome: str) -> pd.DataFrame:
    """Return the cells with the outcome as the model takes it."""
    numbers = prepare_outcome(model, cells["outcome"].to_numpy(dtype=float), name=outcome)
    return cells.assign(date=pd.to_datetime(cells["date"]), outcome=numbers)


def _account(folder: Path, manifest: Mapping[str, Any]) -> Facts:
    """Return what the manifest and the rejected rows tell of the reading."""
    reasons = Counter[str]()
    for part in manifest["parts"]:
        if part["rejected"]:
            path = folder / part_name("rejected", part["part"])
            reasons.update(read_columns(path, ["reason"])["reason"])
    return {
        **{name: manifest[name] for name in ("rows", "texts", "rejected", "mentions")},
        "reasons": count_reasons(reasons),
        "languages": count_languages(manifest["languages"], manifest["texts"]),
    }
