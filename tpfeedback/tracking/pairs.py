"""Two groups of feedback to hold against each other, from two sources or one that is cut."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from tpfeedback.errors import ColumnError, ImpactError, TableError, unknown_name
from tpfeedback.impact.gram import Flags
from tpfeedback.impact.marks import mark_texts
from tpfeedback.impact.observations import Observations, read_observations
from tpfeedback.shares.strata import told_values
from tpfeedback.tracking.days import read_days
from tpfeedback.tracking.tracked import DEFAULT_OUTCOME, Source, tables_of
from tpfeedback.wording import Note, write_note

_SECOND = "(second group)"
_KEYS = ("feedback_id", "question")
_KNOWN_ORDER = ("before", "after")


@dataclass(frozen=True, eq=False)
class Group:
    """One of two groups: its `name`, and its part of the tables as they were given.

    A name that is not a value of the data is a `Note`, which can be told in another language.
    """

    name: str
    feedback: pd.DataFrame
    mentions: pd.DataFrame


@dataclass(frozen=True, eq=False)
class Pair:
    """The two groups, and what is observed of the respondents of both.

    `second` (respondents,) says who is of the second group. `seen.controls` are the controls.
    """

    groups: tuple[Group, Group]
    seen: Observations
    controls: pd.DataFrame
    second: Flags
    outcome: str
    notes: tuple[str, ...]


def pair_sources(
    sources: tuple[Source, Source], names: tuple[str, str], *, outcome: str | None
) -> tuple[tuple[Group, Group], str, tuple[Note, ...]]:
    """Return two sources as groups, the name of their outcome, and notes.

    Raises:
        ColumnError: the sources explain different columns, and none is named.
        ImpactError: the sources were read with different taxonomies.
    """
    notes = _require_same_reading(sources, names)
    tables = [_matching_tables(source) for source in sources]
    first, second = (
        Group(name, feedback, mentions)
        for name, (feedback, mentions, _) in zip(names, tables, strict=True)
    )
    found = sorted({column for *_, column in tables})
    if outcome is None and len(found) > 1:
        raise ColumnError(
            f"The two sources explain different columns: {' and '.join(map(repr, found))}. "
            "Allowed: one outcome for both. Analyse both with the same model, or name a numeric "
            "column that both have with outcome=."
        )
    return (first, second), outcome or found[0], notes


def cut_source(
    source: Source, *, by: str | None, at: Any, first: Any, outcome: str | None
) -> tuple[tuple[Group, Group], str, tuple[Note, ...]]:
    """Return one source cut in two groups, the name of its outcome, and notes.

    Raises:
        ColumnError: the column to cut by is not there, or is no date although `at` is given.
        ImpactError: it is not said where to cut, or there are not two groups.
    """
    feedback, mentions, explained = _matching_tables(source)
    column = "date" if by is None and at is not None else by
    if column is None:
        raise ImpactError(
            "One source was given, and nothing that cuts it in two. Allowed: by= with a column of "
            "two values, such as by='period'; at= with a date, such as at='2025-08-01'; or a "
            "second source. Give one of them."
        )
    if list(feedback.columns).count(column) != 1:
        raise ColumnError(
            unknown_name("column to cut by", column, feedback.columns, then="Name it with by=.")
        )
    values = feedback[column]
    dated = pd.api.types.is_datetime64_any_dtype(values)
    if at is None and dated:
        raise ImpactError(
            f"{column!r} holds dates, {values.nunique()} of them, and it is not said where to cut. "
            "Give at= with the first day that counts as after, such as at='2025-08-01'."
        )
    second, names = _cut_at(values, at) if at is not None else _cut_by(feedback, column, first)
    known = values.notna().to_numpy()
    counts = {"count": int((~known).sum()), "whole": len(known)}
    note = write_note("compare_no_group", **counts, column=column)
    groups = tuple(
        _part(feedback, mentions, known & (second if late else ~second), name)
        for late, name in enumerate(names)
    )
    for group in groups:
        _require_texts(group, values, column)
    return (groups[0], groups[1]), outcome or explained, () if known.all() else (note,)


def _matching_tables(source: Source) -> tuple[pd.DataFrame, pd.DataFrame, str]:
    """Return the tables and the outcome; refuses mentions of other texts, which would be lost."""
    feedback, mentions, explained = tables_of(source)
    mark_texts(feedback, mentions)
    return feedback, mentions, explained


def different_scales(groups: tuple[Group, Group], outcome: str) -> Note | None:
    """Return a note on how the scales of the rating differ; None where they do not.

    Only the column "overall" has a scale that is known; another outcome is taken as it is.
    """
    if outcome != DEFAULT_OUTCOME:
        return None
    known = [
        sorted(group.feedback["overall_scale"].dropna().astype(str).unique())
        if "overall_scale" in group.feedback
        else []
        for group in groups
    ]
    if not all(known) or known[0] == known[1]:
        return None
    pairs = zip(groups, known, strict=True)
    cases = [write_note("compare_scale", group=one.name, scales=scales) for one, scales in pairs]
    return write_note("compare_scales", cases=cases)


def _require_same_reading(
    sources: tuple[Source, Source], names: tuple[str, str]
) -> tuple[Note, ...]:
    """Refuse two taxonomies, and return a note on two taggers, as far as they are known."""
    plans = [getattr(source, "taxonomy", None) for source in sources]
    marks = [getattr(plan, "digest", None) for plan in plans]
    if None not in marks and marks[0] != marks[1]:
        keys = [getattr(plan, "key", "?") for plan in plans]
        raise ImpactError(
            f"{names[0]!r} was read with the taxonomy {keys[0]!r} and {names[1]!r} with "
            f"{keys[1]!r}{' of another content' if keys[0] == keys[1] else ''}. Allowed: the same "
            "taxonomy for both. Analyse one of them again with taxonomy= as for the other."
        )
    taggers = [dict(getattr(source, "settings", {})).get("tagger") for source in sources]
    if None in taggers or taggers[0] == taggers[1]:
        return ()
    told = {"first_tagger": taggers[0], "second_tagger": taggers[1]}
    return (write_note("compare_taggers", first=names[0], second=names[1], **told),)


def read_pair(
    groups: tuple[Group, Group],
    outcome: str,
    *,
    controls: Sequence[str],
    weights: str | None,
    cluster: str | None,
    notes: tuple[Note, ...] = (),
) -> Pair:
    """Read both groups as one set of respondents.

    Names of texts may come in both groups. A cluster, such as a customer, may too.
    """
    if isinstance(controls, str):
        raise ColumnError(f"controls must be a list of columns. Write controls=[{controls!r}].")
    asked = [outcome, *controls, *(name for name in (weights, cluster) if name)]
    parts, said = [], []
    for late, group in enumerate(groups):
        for name in asked:
            if list(group.feedback.columns).count(name) != 1:
                raise ColumnError(
                    unknown_name(f"column of {group.name!r}", name, group.feedback.columns)
                )
        keys = [name for name in _KEYS if name in group.feedback.columns]
        part = group.feedback[list(dict.fromkeys([*keys, *asked]))]
        ids = f"{late}:" + part["feedback_id"].astype("str").where(part["feedback_id"].notna())
        part = part.assign(feedback_id=ids)
        part[_SECOND] = bool(late)
        parts.append(part)
        named = f"{late}:" + group.mentions["feedback_id"].astype("str")
        wanted = group.mentions[["touchpoint", "sentiment"]]
        said.append(wanted.assign(feedback_id=named))
    seen = read_observations(
        pd.concat(parts, ignore_index=True),
        pd.concat([one for one in said if len(one)] or said, ignore_index=True),
        outcome=outcome,
        model="linear",
        controls=[*controls, _SECOND],
        weights=weights,
        cluster=cluster,
    )
    second = seen.controls[_SECOND].to_numpy(dtype=bool)
    held = seen.controls.drop(columns=_SECOND)
    return Pair(groups, seen, held, second, outcome, (*notes, *seen.notes))


def _cut_at(values: pd.Series, at: Any) -> tuple[Any, tuple[str, str]]:
    if not pd.api.types.is_datetime64_any_dtype(values):
        raise ColumnError(
            f"at= needs a column of dates, but {values.name!r} holds {values.dtype} values. Turn "
            "it into dates with pandas.to_datetime, or name another column with by=."
        )
    day = _first_day(at)
    zone = values.dt.tz
    if zone is None or day.tzinfo is None:
        day = day.tz_localize(None).tz_localize(zone)
    shown = f"{day:%Y-%m-%d}" if day == day.normalize() else str(day)
    names = write_note("group_before_day", day=shown), write_note("group_from_day", day=shown)
    return (values >= day).to_numpy(), names


def _first_day(at: Any) -> pd.Timestamp:
    try:
        return pd.Timestamp(read_days(pd.Series([at]), name="at")[0])
    except (TableError, TypeError) as error:
        why = " That may be two days." if "two days" in str(error) else ""
        raise ColumnError(
            f"at={at!r} is no date.{why} Allowed: a date such as '2025-08-01'. Write the first day "
            "that counts as after."
        ) from error


def _cut_by(feedback: pd.DataFrame, column: str, first: Any) -> tuple[Any, tuple[str, str]]:
    values = feedback[column]
    found = list(pd.unique(values.dropna()))
    if len(found) != 2:
        raise ImpactError(
            f"{column!r} has {len(found)} values: {', '.join(map(str, found[:5]))}"
            f"{', ...' if len(found) > 5 else ''}. Allowed: two, one for each group. Keep the rows "
            "of two of them, or name another column with by=."
        )
    early, late = _in_order(feedback, column, found, first)
    names = told_values(pd.Series([early, late], dtype="object"))
    second = values.notna() & (values == late).fillna(False)
    return second.to_numpy(dtype=bool), (names[0], names[1])


def _in_order(feedback: pd.DataFrame, column: str, found: list[Any], first: Any) -> list[Any]:
    """Return the two values, the earlier one first; never by the alphabet."""
    values = feedback[column]
    if first is not None:
        if first not in found:
            raise ImpactError(unknown_name(f"first value of {column!r}", first, found))
        return sorted(found, key=lambda value: value != first)
    if isinstance(values.dtype, pd.CategoricalDtype) and values.dtype.ordered:
        return sorted(found, key=list(values.cat.categories).index)
    if pd.api.types.is_numeric_dtype(values):
        return sorted(found)
    if {str(value).casefold() for value in found} == set(_KNOWN_ORDER):
        return sorted(found, key=lambda value: _KNOWN_ORDER.index(str(value).casefold()))
    middle = _middle_dates(feedback, column, found)
    if middle is not None and middle[0] != middle[1]:
        return found if middle[0] < middle[1] else found[::-1]
    raise ImpactError(
        f"It is not known which of {found[0]!r} and {found[1]!r} in {column!r} comes first. Name "
        f"it with first=, such as first={found[0]!r}."
    )


def _middle_dates(feedback: pd.DataFrame, column: str, found: list[Any]) -> list[Any] | None:
    dates = feedback.get("date")
    if dates is None or not pd.api.types.is_datetime64_any_dtype(dates):
        return None
    middle = [dates[feedback[column] == value].median() for value in found]
    return None if any(pd.isna(day) for day in middle) else middle


def _part(feedback: pd.DataFrame, mentions: pd.DataFrame, rows: Any, name: str) -> Group:
    part = feedback[rows]
    inside = mentions["feedback_id"].astype("str").isin(part["feedback_id"].astype("str"))
    return Group(name, part.reset_index(drop=True), mentions[inside].reset_index(drop=True))


def _require_texts(group: Group, values: pd.Series, column: str) -> None:
    if len(group.feedback):
        return
    span = f"{values.min()} to {values.max()}" if values.notna().any() else "missing everywhere"
    raise ImpactError(
        f"No text is {group.name}: {column!r} goes from {span}. Allowed: a cut with texts on both "
        "sides. Take another date."
    )
