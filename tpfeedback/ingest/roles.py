"""Which column is what: guessed from names in four languages and from content."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from tpfeedback.errors import ColumnError, unknown_name
from tpfeedback.ingest.guesses import GUESSES, Guess, confirm_language
from tpfeedback.ingest.text_columns import guess_text
from tpfeedback.wording import write_note

# A guess looks at this many records, spread evenly over the source.
SAMPLE_ROWS = 2000

Given = str | int | Sequence[str] | None  # False keeps a role empty


@dataclass(frozen=True)
class Roles:
    """Source columns by role; `text` has several in a wide survey. `guessed` were not given."""

    text: tuple[str, ...]
    columns: Mapping[str, str]
    guessed: frozenset[str]
    notes: tuple[str, ...]


def assign_roles(frame: pd.DataFrame, given: Mapping[str, Given]) -> Roles:
    """Return the roles of the columns: as `given`, else guessed; False keeps a role empty.

    Raises `ColumnError` for a column that does not exist, and when no column looks like text.
    """
    given = {role: _by_name(wanted) for role, wanted in given.items()}
    for role, wanted in given.items():
        _check_given(frame, role, wanted)
    sample = frame.iloc[:: max(1, len(frame) // SAMPLE_ROWS)]
    taken = {str(v) for v in given.values() if isinstance(v, str)}
    text = given.get("text")
    if text is None:
        texts, others = guess_text(sample.drop(columns=list(taken)))
    else:
        texts, others = (text,) if isinstance(text, str) else tuple(dict.fromkeys(text)), []  # type: ignore[arg-type]
    taken.update(texts)
    columns: dict[str, str] = {}
    notes: list[str] = []
    guessed = {"text"} if text is None else set()
    for role in GUESSES:
        wanted = given.get(role)
        if isinstance(wanted, str):
            columns[role] = wanted
        elif wanted is None:
            found, remarks = _guess(role, sample, taken, texts)
            notes += remarks
            if found is not None:
                columns[role] = found
                guessed.add(role)
        taken.update(columns.values())
    if left := [name for name in others if name not in columns.values()]:
        notes.insert(0, write_note("also_text", columns=left))
    return Roles(texts, columns, frozenset(guessed), tuple(notes))


def _guess(role: str, sample: pd.DataFrame, taken: set[str], texts: Sequence[str]) -> Guess:
    found, remarks = GUESSES[role](sample.drop(columns=list(taken)))
    if role == "language" and found is not None:
        return confirm_language(sample, found, texts=texts)
    return found, remarks


def _by_name(wanted: Given) -> Given:
    """Return the name of a column that is named by its number, as without a header."""
    return str(wanted) if isinstance(wanted, int) and not isinstance(wanted, bool) else wanted


def _check_given(frame: pd.DataFrame, role: str, wanted: Given) -> None:
    if wanted is None or (wanted is False and role != "text"):
        return
    columns = [wanted] if isinstance(wanted, str) else wanted if role == "text" else None
    if not columns or not isinstance(columns, Sequence):
        raise ColumnError(
            f"{role}={wanted!r} names no column. Allowed: the name of a column"
            f"{', or several names for a survey' if role == 'text' else ', or False for none'}: "
            f"{', '.join(frame.columns)}."
        )
    for column in columns:
        if column not in frame.columns:
            raise ColumnError(
                unknown_name("column", column, frame.columns, then=f"Given as {role}.")
            )
