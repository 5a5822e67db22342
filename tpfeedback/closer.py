"""What `Analysis.look_closer` asks, of the texts and of the labels, and how to ask it again."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from tpfeedback.discovery import Discovery, Problems, discover, problems
from tpfeedback.errors import ColumnError, ReadError, TpfeedbackWarning
from tpfeedback.evaluation import Evaluation, evaluate
from tpfeedback.follow_up import fixed_options
from tpfeedback.labelling import settle_labels
from tpfeedback.report.masked import masked_texts
from tpfeedback.settings import labels_record, take_labels
from tpfeedback.shares import fit_shares, share_differences
from tpfeedback.tables import check_table
from tpfeedback.tracking import tables_of
from tpfeedback.wording import write_note


@dataclass(frozen=True, eq=False)
class CorrectedShares:
    """How many speak of each touchpoint, the tagger's errors taken out by labels.

    `whole` is the table of `tpfeedback.measure_shares` for all texts together, `languages` the
    same by language, `differences` that of `share_differences` between the languages; the last
    two are None where there is one language.
    """

    whole: pd.DataFrame
    languages: pd.DataFrame | None
    differences: pd.DataFrame | None
    notes: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Questions:
    """What is to be looked at, see `tpfeedback.Analysis.look_closer`."""

    discover: bool
    problems: int
    labels: pd.DataFrame | None
    random_state: int


def read_questions(
    analysis: Any, *, labels: Any, discover: bool, problems: int, random_state: int
) -> Questions:
    """Return the options of `look_closer` in their plain form; labels as a table.

    Raises:
        ColumnError: `problems` is no number.
        ReadError, LabelsError, TableError: labels cannot be read or are none.
    """
    if isinstance(problems, bool) or not isinstance(problems, int) or problems < 0:
        raise ColumnError(
            f"problems is {problems!r}. Allowed: of how many touchpoints the recurrent problems "
            "are told, the first ones of the ranking, such as 5; 0 tells none."
        )
    given = analysis.labels if labels is None else labels
    table = None
    if given is not None:
        table = check_table(take_labels(given, analysis.taxonomy, analysis.feedback), "labels")
    return Questions(bool(discover), problems, table, random_state)


def look(analysis: Any, asked: Questions) -> dict[str, Any]:
    """Return the results by their name, in the order in which a report tells them.

    Names: "problems" (touchpoint -> `Problems`), "themes" (`Discovery`), "shares"
    (`CorrectedShares`), "evaluation" (`Evaluation`).
    """
    found: dict[str, Any] = {}
    if asked.problems:
        found["problems"] = _problems(analysis, asked)
    if asked.discover:
        feedback, mentions, options = _measured(analysis, asked)
        found["themes"] = discover(feedback, mentions, **options)
    if asked.labels is not None:
        if (shares := _shares(analysis, asked.labels)) is not None:
            found["shares"] = shares
        found["evaluation"] = _evaluation(analysis, asked.labels, asked.random_state)
    return found


def notes_of(found: Mapping[str, Any]) -> Iterator[str]:
    """Yield what the results themselves note."""
    for result in found.values():
        parts = result.values() if isinstance(result, Mapping) else (result,)
        for one in parts:
            yield from one.notes


def question_settings(asked: Questions) -> dict[str, Any]:
    """Return the questions as plain values; of the labels how many, and their hash."""
    kept = {"discover": asked.discover, "problems": asked.problems,
            "random_state": asked.random_state}  # fmt: skip
    return kept if asked.labels is None else {**kept, "labels": labels_record(asked.labels)}


def questions_again(settings: Mapping[str, Any], labels: Any = None) -> dict[str, Any]:
    """Return the keyword arguments of `look_closer` that `question_settings` came from.

    Raises `ReadError` where labels were given and lack now.

    >>> questions_again({"discover": True, "problems": 5})
    {'discover': True, 'problems': 5, 'labels': None}
    """
    given = dict(settings)
    kept = given.pop("labels", None)
    if kept is not None and labels is None:
        raise ReadError(
            f"The report was made with hand labels of {kept['texts']} texts. Give their sheet "
            "too: tpfeedback verify report.html --data FILE --labels SHEET."
        )
    return {**given, "labels": labels if kept is not None else None}


def masked_closer(found: Mapping[str, Any], feedback: pd.DataFrame) -> dict[str, Any]:
    """Return the results with personal data masked in the texts that they hold."""
    return {name: _masked(result, feedback) for name, result in found.items()}


def _masked(result: Any, feedback: pd.DataFrame) -> Any:
    if isinstance(result, Mapping):
        return {key: _masked(one, feedback) for key, one in result.items()}
    if isinstance(result, Discovery | Problems):
        return replace(result, members=masked_texts(feedback, result.members)[1])
    return result.masked() if isinstance(result, Evaluation) else result


def _measured(analysis: Any, asked: Questions) -> tuple[pd.DataFrame, pd.DataFrame, dict[str, Any]]:
    """Return feedback, mentions and options, so that effects compare with those of the ranking."""
    feedback, mentions, outcome = tables_of(analysis)
    options = {"taxonomy": analysis.taxonomy, "tagger": analysis.tagger, "outcome": outcome,
               "random_state": asked.random_state,
               **fixed_options(analysis.settings)}  # fmt: skip
    return feedback, mentions, options


def _problems(analysis: Any, asked: Questions) -> dict[str, Problems]:
    """Return what recurs in the first touchpoints of the ranking that anybody complains about."""
    feedback, mentions, options = _measured(analysis, asked)
    ranked = analysis.priorities.sort_values(["rank", "touchpoint"])["touchpoint"]
    bad = mentions.loc[mentions["sentiment"].isin(["negative", "mixed"]), "touchpoint"]
    return {
        str(key): problems(mentions, str(key), feedback=feedback, **options)
        for key in ranked[ranked.isin(bad)].head(asked.problems)
    }


def _evaluation(analysis: Any, labels: pd.DataFrame, random_state: int) -> Evaluation:
    """Evaluate the tagger itself, which knows its doubts too; else what it found."""
    options = {"feedback": analysis.feedback, "taxonomy": analysis.taxonomy,
               "random_state": random_state}  # fmt: skip
    if analysis.tagger is None:
        return evaluate(analysis.mentions, labels, **options)
    chosen = {name: analysis.settings.get(name) for name in ("min_confidence", "precision")}
    return evaluate(analysis.tagger, labels, **chosen, **options)


def _shares(analysis: Any, labels: pd.DataFrame) -> CorrectedShares | None:
    """Return the shares, or None where the labelled texts were not drawn by chance."""
    chance = labels.get("probability", pd.Series(1.0, labels.index))
    if picked := labels["feedback_id"][chance == 0].nunique():
        note = write_note("shares_picked", picked=picked, texts=labels["feedback_id"].nunique())
        warnings.warn(note, TpfeedbackWarning, stacklevel=2)
        return None
    feedback, mentions, _ = tables_of(analysis)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", TpfeedbackWarning)  # the evaluation tells it
        settled = settle_labels(labels)
    options = {name: analysis.settings.get(name) for name in ("weights", "cluster")}
    whole = fit_shares(feedback, mentions, labels=settled, by=None, **options)
    if feedback["language"].nunique() < 2:
        return CorrectedShares(whole.table, None, None, whole.notes)
    parts = fit_shares(feedback, mentions, labels=settled, by="language", **options)
    notes = tuple(dict.fromkeys((*whole.notes, *parts.notes)))
    return CorrectedShares(whole.table, parts.table, _differences(parts.table), notes)


def _differences(table: pd.DataFrame) -> pd.DataFrame | None:
    return share_differences(table) if table["stratum"].nunique() > 1 else None
