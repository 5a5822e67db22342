"""From filled sheets to the table of labels: `read_labels`."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from tpfeedback.errors import ColumnError, ReadError, TpfeedbackWarning
from tpfeedback.impact.marks import require_table
from tpfeedback.labelling.answers import Answer
from tpfeedback.labelling.bad_cells import BadCell, refuse
from tpfeedback.labelling.label_studio_answers import is_label_studio, read_label_studio
from tpfeedback.labelling.marks import Found, join_pieces, parse_sentiment, parse_touchpoints
from tpfeedback.labelling.names import Names, name_touchpoints
from tpfeedback.labelling.other_texts import refuse_other_texts
from tpfeedback.labelling.sheet_answers import read_sheet
from tpfeedback.tables import LABELS, column_types
from tpfeedback.taxonomy import Taxonomy, load_taxonomy
from tpfeedback.wording import write_note


@dataclass(frozen=True)
class Reading:
    """One text as one person read it: its touchpoints with sentiment, and that of the whole."""

    answer: Answer
    found: Found
    overall: str | None

    @property
    def says(self) -> tuple[str, str, tuple[tuple[str, str], ...], str | None]:
        """What can be compared with another reading."""
        text, who = self.answer.feedback_id, self.answer.annotator
        return (text, who, tuple(sorted(self.found.items())), self.overall)


def read_labels(
    source: object,
    *,
    taxonomy: str | Path | Taxonomy = "general",
    feedback: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Read filled labelling sheets, or Label Studio's export, as one table of labels.

    A sheet may have been sorted, saved under another name or as CSV (any separator, any
    encoding), and may have columns and rows added; only the columns of the id and of the
    touchpoints are needed, under any of the headers we write. In a cell, `delivery-, staff+` may
    be separated by any usual separator, marks may stand before or after the name, and a touchpoint
    may be told by its key, by its name in any language of the taxonomy, or by how either begins
    (four letters or more, if only one begins so). A row without touchpoints is not labelled, and
    is told; a text that names nothing needs the word `none` (нет, 无, brak).

    Args:
        source: a path (.xlsx, .csv, .json and whatever `read_feedback` reads), a DataFrame, or a
            list of these: one per annotator. With several files, or several filled sheets in a
            workbook, who labelled is the column `annotator`, or else the name of file or sheet.
        taxonomy: of the touchpoints; name, path or loaded taxonomy.
        feedback: the feedback table the texts are from. Ids are then checked, and texts too if
            the sheet shows them, for an id that is a row number may stand for another text by
            now; `text`, `language` and `question` are taken from it, not from the sheet, where
            texts are masked.

    Returns:
        The table of labels, see `tpfeedback.tables.LABELS`: one row per touchpoint found, or one
        with a missing touchpoint where a text was read and names nothing; in the order of the
        sheets. Columns beyond the first three are there if any sheet has them.

    Raises:
        LabelsError: cells cannot be read. The message names file, sheet, row and column of every
            one of them; its `cells` is the same as a table. Likewise where labelled rows show
            other texts than `feedback` has under their ids.
        ReadError: a file cannot be read, is no labelling sheet, or holds no filled row.
        ColumnError: the feedback table has no `feedback_id` or `text`.

    Warns:
        TpfeedbackWarning: rows that were left unfilled; they are not among the labels.

    >>> sheet = pd.DataFrame({"feedback_id": ["a", "b"],
    ...                       "touchpoints": ["Delivery-; price +", "none"]})
    >>> read_labels(sheet).to_dict("split")["data"]
    [['a', 'delivery', 'negative'], ['a', 'price', 'positive'], ['b', nan, nan]]
    """
    kind = load_taxonomy(taxonomy)
    names = name_touchpoints(kind)
    answers, bad = _gather(source)
    known = None if feedback is None else _texts_of(feedback)
    if known is not None:
        answers = _with_zeros(answers, known.index)
    readings, unfilled = [], 0
    for answer in answers:
        reading, wrong = _understand(answer, names, known)
        bad += wrong
        if reading is not None:
            readings.append(reading)
        elif not wrong:
            unfilled += 1
    if known is not None:
        refuse_other_texts([reading.answer for reading in readings], known["text"].to_dict())
    readings, twice = _without_repeats(readings)
    refuse([*bad, *twice], kind.keys)
    if not readings:
        raise ReadError(
            f"No row is filled: {unfilled} texts, none with touchpoints. Allowed: at least one. "
            "Type touchpoints with marks (delivery-, staff+), or none where a text names nothing."
        )
    if unfilled:
        note = write_note("labels_unfilled", n=unfilled, labelled=len(readings))
        warnings.warn(note, TpfeedbackWarning, stacklevel=2)
    return _table(readings, known)


def _gather(source: object) -> tuple[list[Answer], list[BadCell]]:
    """Return the answers of all sources; with several, each has an annotator."""
    several = isinstance(source, Sequence) and not isinstance(source, str)
    sources = list(source) if isinstance(source, Sequence) and several else [source]
    if not sources:
        raise ReadError("No file is given. Allowed: one path or a list of at least one.")
    answers: list[Answer] = []
    bad: list[BadCell] = []
    for place, one in enumerate(sources, start=1):
        found, wrong = _read_one(one)
        if len(sources) > 1:
            path = isinstance(one, (str, os.PathLike))
            stem = Path(str(one)).stem if path else f"table {place}"
            found = [replace(answer, annotator=answer.annotator or stem) for answer in found]
        answers += found
        bad += wrong
    return answers, bad


def _read_one(source: object) -> tuple[list[Answer], list[BadCell]]:
    if isinstance(source, (str, os.PathLike)) and is_label_studio(source):
        return read_label_studio(source), []
    return read_sheet(source)


def _texts_of(feedback: pd.DataFrame) -> pd.DataFrame:
    require_table(feedback, "feedback")
    lacking = [name for name in ("feedback_id", "text") if name not in feedback]
    if lacking:
        raise ColumnError(
            f"The feedback table lacks the columns {', '.join(lacking)}. Given: "
            f"{', '.join(map(str, feedback.columns))}. Pass the table as read_feedback returned it."
        )
    ids = feedback["feedback_id"].astype("str")
    return feedback.set_axis(pd.Index(ids), axis=0).loc[~ids.duplicated().to_numpy()]


def _with_zeros(answers: list[Answer], known: pd.Index) -> list[Answer]:
    """Give ids back the zeros that a spreadsheet took off them: 7 is 007 if nothing else is."""
    short: dict[str, list[str]] = {}
    for name in known:
        if str(name).isdecimal():
            short.setdefault(str(name).lstrip("0"), []).append(str(name))
    given = set(known)
    mended = []
    for answer in answers:
        one = answer.feedback_id
        meant = short.get(one.lstrip("0"), []) if one.isdecimal() else []
        lost = one not in given and len(meant) == 1
        mended.append(replace(answer, feedback_id=meant[0]) if lost else answer)
    return mended


def _understand(
    answer: Answer, names: Names, known: pd.DataFrame | None
) -> tuple[Reading | None, list[BadCell]]:
    """Return what was found in a text, None if nobody filled the row, and its bad cells."""
    if answer.pieces is None:
        found, wrong = parse_touchpoints(answer.touchpoints, names)
    else:
        found, wrong = join_pieces(answer.pieces, names)
    overall, odd = parse_sentiment(answer.overall)
    if answer.touchpoints.startswith("#"):
        wrong = "a formula was made of it: type the mark after the name, as in delivery-"
    filled = found is not None or bool(wrong)
    if overall is not None and not filled:
        wrong = "the text has a mark of its own, but no touchpoints: write none if it names nothing"
    problems = [
        ("touchpoints", answer.touchpoints, wrong),
        ("overall_sentiment", answer.overall, odd),
    ]
    if filled or overall is not None:
        problems += [("feedback_id", answer.feedback_id, _wrong_id(answer, known)),
                     ("probability", *_wrong_chance(answer))]  # fmt: skip
    bad = [_bad_cell(answer, column, given, why) for column, given, why in problems if why]
    return (None if bad or found is None else Reading(answer, found, overall)), bad


def _bad_cell(answer: Answer, column: str, given: str, wrong: str) -> BadCell:
    header = answer.headers.get(column, column)
    return BadCell(answer.file, answer.sheet, answer.row, header, given, wrong)


def _wrong_id(answer: Answer, known: pd.DataFrame | None) -> str:
    if not answer.feedback_id:
        return "the row is filled but has no id, so it is not known which text it is"
    if known is not None and answer.feedback_id not in known.index:
        return f"{answer.feedback_id!r} is no text of the feedback table: was the cell changed?"
    return ""


def _wrong_chance(answer: Answer) -> tuple[str, str]:
    given = answer.facts.get("probability", "")
    try:
        right = not given or 0 <= float(given.replace(",", ".")) <= 1
    except ValueError:
        right = False
    return (
        given,
        "" if right else f"{given!r} is no number from 0 to 1: leave this column as it was",
    )


def _without_repeats(readings: Iterable[Reading]) -> tuple[list[Reading], list[BadCell]]:
    """Return each text once per annotator; a text filled twice in different ways is a bad cell.

    Of two equal readings that with the higher chance stays: it knows of the later drawing too.
    """
    kept: dict[tuple[str, str], Reading] = {}
    bad = []
    for reading in readings:
        one = reading.answer
        key = (one.feedback_id, one.annotator)
        first = kept.get(key)
        if first is not None and first.says != reading.says:
            sheet = f", sheet {first.answer.sheet!r}" if first.answer.sheet else ""
            same = f"{first.answer.file}{sheet}, {first.answer.row}"
            wrong = f"the text {one.feedback_id!r} is filled otherwise in {same}: keep one of both"
            bad.append(_bad_cell(one, "touchpoints", one.touchpoints, wrong))
        elif first is None or _chance(reading) > _chance(first):
            kept[key] = reading
    return list(kept.values()), bad


def _chance(reading: Reading) -> float:
    return float(reading.answer.facts.get("probability", "nan").replace(",", "."))


def _table(readings: Sequence[Reading], known: pd.DataFrame | None) -> pd.DataFrame:
    """Return one row per touchpoint of every reading."""
    rows = []
    for reading in readings:
        one = reading.answer
        facts = dict(one.facts) if known is None else _facts_of(known, one.feedback_id)
        told = {
            "feedback_id": one.feedback_id,
            "overall_sentiment": reading.overall,
            "annotator": one.annotator or None,
            **{name: facts.get(name) for name in ("text", "language", "question")},
            "probability": _chance(reading),
        }
        named = reading.found.items() or [(None, None)]
        rows += [{**told, "touchpoint": key, "sentiment": mark} for key, mark in named]
    table = pd.DataFrame(rows, columns=[column.name for column in LABELS])
    table = table.astype(column_types(LABELS))
    empty = [c.name for c in LABELS if not c.required and table[c.name].isna().all()]
    return table.drop(columns=empty)


def _facts_of(known: pd.DataFrame, text: str) -> dict[str, str]:
    names = [name for name in ("text", "language", "question") if name in known.columns]
    cells = {name: known.at[text, name] for name in names}
    return {name: str(cell) for name, cell in cells.items() if isinstance(cell, str)}
