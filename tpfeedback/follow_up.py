"""What `Analysis.track` asks of `tpfeedback.tracking`, and what it takes to ask it again."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import date
from typing import Any

import pandas as pd

from tpfeedback.errors import ColumnError, ImpactError, ReadError, TableError, TpfeedbackWarning
from tpfeedback.ingest.dates import Dates, read_dates
from tpfeedback.ingest.files import read_raw
from tpfeedback.masking import mask_personal
from tpfeedback.mentions import extract_comparisons, extract_waits, tag_feedback
from tpfeedback.report.masked import masked_groups, masked_texts
from tpfeedback.tracking import (
    WaitCurve,
    benchmark,
    compare,
    dose_response,
    journey,
    ledger,
    monitor,
    rivals,
    segments,
    tables_of,
)
from tpfeedback.tracking.pairs import Group
from tpfeedback.wording import write_note

CHANGE = ("date", "touchpoint", "where", "cost", "note")
MIX = ("channel", "language")
UNWEIGHTED = {"monitor", "ledger", "waits", "rivals"}
# What is noted of days that may be read in two ways: a guess would move a before and after.
UNCLEAR = {"dates_unclear", "dates_mixed_day", "dates_mixed_month", "dates_year_unclear"}


@dataclass(frozen=True)
class Wishes:
    """What is to be tracked, see `tpfeedback.Analysis.track`; `changes` is a table already."""

    at: str | None
    freq: str | None
    segments: tuple[str, ...]
    changes: pd.DataFrame | None
    theirs: Any
    exposure: Any
    journey: bool
    waits: bool
    rivals: bool
    value_of: float | None
    random_state: int


def read_wishes(
    *, at: Any, segments: str | Sequence[str] | None, changes: Any, **others: Any
) -> Wishes:
    """Return the options of `track` in their plain form.

    Raises:
        ColumnError: `at` is no date, or may be two.
        ReadError: the file of changes cannot be read.
        TableError: a date in it may be two.
    """
    named = (segments,) if isinstance(segments, str) else tuple(segments or ())
    return Wishes(at=_day(at), segments=named, changes=_change_list(changes), **others)


def follow_up(analysis: Any, wishes: Wishes) -> dict[str, Any]:
    """Return the results by their name, in the order in which a report tells them.

    Names: "compare", "monitor", "ledger", "segments", "journey", "waits", "rivals", "benchmark".
    """
    feedback, mentions, outcome = tables_of(analysis)
    fixed = fixed_options(analysis.settings)
    found: dict[str, Any] = {}
    if wishes.at is not None:
        found["compare"] = _compared(analysis, wishes, fixed)
    if wishes.freq is not None:
        found["monitor"] = monitor(feedback, mentions, freq=wishes.freq)
    if wishes.changes is not None:
        found["ledger"] = ledger(
            feedback, mentions, wishes.changes, outcome=outcome, freq=wishes.freq or "W",
            controls=_held(feedback, fixed), value_of=wishes.value_of,
        )  # fmt: skip
    if wishes.segments:
        found["segments"] = segments(
            analysis, by=list(wishes.segments), random_state=wishes.random_state, **fixed
        )
    if wishes.journey:
        found["journey"] = journey(
            analysis, exposure=wishes.exposure, random_state=wishes.random_state
        )
    if wishes.waits and (curve := _waited(analysis, fixed)) is not None:
        found["waits"] = curve
    if wishes.rivals:
        told = extract_comparisons(analysis.feedback, analysis.mentions)
        found["rivals"] = rivals(told, feedback=feedback, cluster=fixed["cluster"])
    if wishes.theirs is not None:
        mix = _common_languages(analysis, wishes.theirs)
        found["benchmark"] = benchmark(analysis, wishes.theirs, mix=mix, **fixed)
    if fixed["weights"] is not None and UNWEIGHTED & set(found):
        warnings.warn(write_note("track_unweighted"), TpfeedbackWarning, stacklevel=2)
    return found


def _held(feedback: pd.DataFrame, fixed: Mapping[str, Any]) -> list[str]:
    """Return what the ledger holds fixed: the mix that it always does, and our own controls."""
    mix = [name for name in MIX if name in feedback]
    return list(dict.fromkeys([*mix, *fixed["controls"]]))


def fixed_options(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return what was held fixed in the analysis, and is in everything tracked too."""
    return {
        "controls": list(settings.get("controls") or ()),
        "weights": settings.get("weights"),
        "cluster": settings.get("cluster"),
    }


def wished_settings(wishes: Wishes) -> dict[str, Any]:
    """Return the wishes as plain values, enough for `wishes_again`; those left out are missing.

    The list of changes is kept as it is; of the competitor's analysis its settings.
    """
    kept = {
        name: getattr(wishes, name)
        for name in ("at", "freq", "journey", "waits", "rivals", "value_of", "random_state")
    }
    kept |= {"segments": list(wishes.segments)} if wishes.segments else {}
    if wishes.changes is not None:
        kept["changes"] = [_plain_change(row) for row in wishes.changes.to_dict("records")]
    if wishes.theirs is not None:
        kept["theirs"] = dict(wishes.theirs.settings)
    if wishes.exposure is not None:
        kept["exposure"] = (
            dict(wishes.exposure) if isinstance(wishes.exposure, Mapping) else wishes.exposure
        )
    return {name: value for name, value in kept.items() if value is not None}


def wishes_again(settings: Mapping[str, Any], theirs: Any = None) -> dict[str, Any]:
    """Return the keyword arguments of `track` that `wished_settings` came from.

    Raises `ReadError` where a competitor was compared with and `theirs`, their analysis, lacks.

    >>> wishes_again({"at": "2025-08-01", "changes": [{"date": "2025-08-01"}]})["changes"].shape
    (1, 1)
    """
    given = dict(settings)
    source = (given.pop("theirs", None) or {}).get("source")
    if source is not None and theirs is None:
        raise ReadError(
            f"The report compares with a competitor, whose texts were in {source!r}. Give that "
            "file too: tpfeedback verify report.html --data FILE --theirs FILE."
        )
    if "changes" in given:
        given["changes"] = pd.DataFrame(given["changes"])
    return {**given, **({} if theirs is None else {"theirs": theirs})}


def masked_results(results: Mapping[str, Any]) -> dict[str, Any]:
    """Return the results with personal data masked in texts held for quotes and names of groups."""
    return {name: _masked(result) for name, result in results.items()}


def _compared(analysis: Any, wishes: Wishes, fixed: Mapping[str, Any]) -> Any:
    """Compare before and after with the mix of who writes held fixed, where that can be told."""
    varying = [
        name
        for name in (*MIX, *wishes.segments)
        if name in analysis.feedback and analysis.feedback[name].nunique() > 1
    ]
    mix = list(dict.fromkeys([*fixed["controls"], *varying]))
    try:
        return compare(analysis, at=wishes.at, **{**fixed, "controls": mix})
    except ImpactError:
        if mix == fixed["controls"]:
            raise
        found = compare(analysis, at=wishes.at, **fixed)
    note = write_note("mix_left_out", columns=varying)
    warnings.warn(note, TpfeedbackWarning, stacklevel=2)
    return replace(found, notes=(*found.notes, note))


def _common_languages(ours: Any, theirs: Any) -> list[str]:
    """Return the mix that theirs can be given: that of our languages, where we share one."""
    spoken = [set(one.feedback["language"].dropna()) for one in (ours, theirs)]
    return ["language"] if spoken[0] & spoken[1] and len(spoken[0] | spoken[1]) > 1 else []


def waits(
    feedback: pd.DataFrame, mentions: pd.DataFrame | None = None, **options: Any
) -> WaitCurve:
    """Read how long customers waited, and what that does to the outcome, in one call.

    `feedback` is tagged first where no `mentions` are given. `options` are those of
    `tpfeedback.tracking.dose_response`, which says what the curve holds and what is raised;
    `extract_waits` gives the single waits.
    """
    if mentions is None:
        tagged = tag_feedback(feedback)
        feedback, mentions = tagged.feedback, tagged.mentions
    return dose_response(feedback, extract_waits(feedback, mentions), **options)


def _waited(analysis: Any, fixed: Mapping[str, Any]) -> Any:
    """Return what waiting costs, or None where too few tell how long they waited."""
    waits = extract_waits(analysis.feedback, analysis.mentions)
    feedback, _, outcome = tables_of(analysis)
    try:
        return dose_response(
            feedback, waits, outcome=outcome, controls=fixed["controls"], cluster=fixed["cluster"]
        )
    except ImpactError:
        note = write_note("waits_left_out", n=int(waits["feedback_id"].nunique()))
        warnings.warn(note, TpfeedbackWarning, stacklevel=2)
        return None


def _day(given: Any) -> str | None:
    """Return a day as ISO writes it; it is read as the dates of the texts are."""
    if given is None:
        return None
    told = given if isinstance(given, str | date) else ""
    read = read_dates(pd.Series([told], dtype="object"))
    day = read.values.iloc[0]
    if pd.isna(day):  # such as a month without a day
        day = pd.to_datetime(told, errors="coerce")
    if pd.isna(day) or _unclear(read):
        why = "That may be two days. " if _unclear(read) else ""
        raise ColumnError(
            f"at is {given!r}. {why}Allowed: the first day that counts as after, such as "
            "'2025-08-01'."
        )
    return str(day.date())


def _unclear(read: Dates) -> bool:
    return any(getattr(note, "key", "") in UNCLEAR for note in read.notes)


def _change_list(given: Any) -> pd.DataFrame | None:
    """Return the list of changes as a table, its notes without personal data.

    An empty cell of a file is a missing value.
    """
    if given is None:
        return None
    if isinstance(given, pd.DataFrame):
        table = given.copy()
    else:
        frame = read_raw(given).frame
        table = frame.mask(frame.map(lambda cell: isinstance(cell, str) and not cell.strip()))
    if "note" in table:
        table["note"] = [
            mask_personal(note).text if isinstance(note, str) else note for note in table["note"]
        ]
    return _with_days(table)


def _with_days(table: pd.DataFrame) -> pd.DataFrame:
    """Return the changes with their dates read as those of the texts are.

    They stay as given where one cannot be read, which `ledger` tells.
    """
    if list(table.columns).count("date") != 1:
        return table
    read = read_dates(table["date"])
    if _unclear(read):
        raise TableError(
            f"The dates of the changes may be read in two ways, for example "
            f"{table['date'].dropna().iloc[0]!r}. Allowed: days such as 2025-08-01. Write them so."
        )
    return table if read.values.isna().any() else table.assign(date=read.values)


def _plain_change(row: Mapping[Any, Any]) -> dict[str, Any]:
    """Return one change without what is missing, its date as ISO writes it."""
    known = {name: row[name] for name in CHANGE if name in row and not pd.isna(row[name])}
    return {"date": _day(known.pop("date", None)), **known}


def _masked(result: Any) -> Any:
    if not is_dataclass(result) or isinstance(result, type):
        return result
    changed: dict[str, Any] = {}
    for field in fields(result):
        value = getattr(result, field.name)
        if isinstance(value, Group):
            feedback, mentions = masked_texts(value.feedback, value.mentions)
            changed[field.name] = replace(value, feedback=feedback, mentions=mentions)
    return masked_groups(replace(result, **changed) if changed else result)
