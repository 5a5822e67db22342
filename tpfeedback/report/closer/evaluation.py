"""How well were these texts read? The tagger against people, as facts and as a section."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd

from tpfeedback.report.certainty import remark_record
from tpfeedback.report.passages import readable
from tpfeedback.report.records import Facts, plain_records
from tpfeedback.report.speech import Speech
from tpfeedback.report.tracked.listing import Column, Listing
from tpfeedback.report.tracked.section import Section
from tpfeedback.report.tracked.writing import write, written_interval

SHOWN = 30  # touchpoints
WORST = 5  # errors of each kind
ALL = "all"
SENTIMENTS = ("negative", "neutral", "positive", "mixed")
_ENDS = ("", "_low", "_high")
_SCORES = tuple(
    f"{name}{end}" for name in ("precision", "recall", "f1", "sentiment_accuracy", "human_f1")
    for end in _ENDS
)  # fmt: skip
_COUNTS = ("labelled", "said", "right")
_RIGHT = ("labelled", "mentions", *SENTIMENTS, "right", "right_low", "right_high")
_AGREED = ("about", "measure", "annotators", "texts", "agreement", "agreement_low",
           "agreement_high")  # fmt: skip
_ERRORS = ("kind", "language", "touchpoint", "said", "labelled", "confidence", "excerpt")


def facts_of(found: Any, findings: Any, *, mask: bool) -> Facts:
    """Return what an `Evaluation` says: scores by language and touchpoint, and the errors."""
    shown = found.masked() if mask else found
    languages = plain_records(found.languages[["language", "texts", *_COUNTS, *_SCORES]])
    own = found.touchpoints[found.touchpoints["language"] == ALL]
    own = own[own["labelled"] + own["said"] > 0]
    own = own.sort_values(["labelled", "touchpoint"], ascending=[False, True], kind="stable")
    touchpoints = plain_records(own[["touchpoint", *_COUNTS, *_SCORES]].head(SHOWN))
    felt = found.polarity
    polarity = felt[(felt["language"] == ALL) & (felt["mentions"] > 0)]
    errors = plain_records(shown.errors.groupby("kind", sort=False).head(WORST)[list(_ERRORS)])
    return {
        "languages": [{**one, "key": one["language"]} for one in languages],
        "touchpoints": [{**one, "key": one["touchpoint"]} for one in touchpoints],
        "polarity": [{**one, "key": one["labelled"]} for one in plain_records(polarity[[*_RIGHT]])],
        "agreement": _agreement(found.agreement),
        "errors": [
            {**one, "key": str(place), "excerpt": readable(one["excerpt"] or "")}
            for place, one in enumerate(errors)
        ],
        "notes": [remark_record(note, mask=mask) for note in found.notes],
    }


def _agreement(table: pd.DataFrame) -> list[Facts]:
    own = table[table["touchpoint"] == ALL] if len(table) else table
    rows = plain_records(own[list(_AGREED)]) if len(own) else []
    return [
        {**one, "key": str(place), "annotators": readable(one["annotators"])}
        for place, one in enumerate(rows)
    ]


def section_of(found: Facts, speech: Speech) -> Section:
    """Return the evaluation as a section: languages, then folded touchpoints and errors."""
    say = speech.say
    return Section(
        "evaluation",
        say("closer", "evaluation"),
        tuple(_lines(found, speech)),
        (say("closer", "evaluation_sure"), say("closer", "evaluation_taught")),
        listings=tuple(one for one in _listings(found, speech) if one.rows),
        notes=tuple(found["notes"]),
        words="closer",
    )


_F1 = (
    Column("f1", "share", ends=True),
    Column("precision", "share"),
    Column("recall", "share"),
    Column("sentiment_accuracy", "share"),
)
_HUMAN = (Column("human_f1", "share", ends=True),)
_CONFUSED = (
    Column("right", "share", ends=True, head="right_share"),
    Column("mentions"),
    *(Column(name, head=f"said_as_{name}") for name in SENTIMENTS),
)
_PEOPLE = (
    Column("agreement", "decimal", ends=True),
    Column("measure", "text"),
    Column("annotators", "text"),
    Column("texts", head="texts"),
)
_WRONG = (
    Column("kind", "text", head="error"),
    Column("touchpoint", "touchpoint"),
    Column("said", "text", head="said"),
    Column("labelled", "text", head="people"),
    Column("excerpt", "text"),
)


def _listings(found: Facts, speech: Speech) -> list[Listing]:
    words, note = speech.words, speech.say("closer", "scores_note")
    people = any(one["human_f1"] is not None for one in found["languages"])
    scores = (*_F1, *(_HUMAN if people else ()))
    errors = [_worded(one, speech) for one in found["errors"]]
    agreed = [
        {**one, "about": speech.say("closer", f"about_{one['about']}")}
        for one in found["agreement"]
    ]
    parts: list[tuple[str, tuple[Column, ...], list[Facts], Callable[[Facts], str], str, str]] = [
        ("evaluation", (*scores, Column("texts")), found["languages"],
         lambda one: _language(one, speech), "language", note),
        ("evaluation.errors", _WRONG, errors,
         lambda one: words.name("languages", one["language"]), "language", ""),
        ("evaluation.touchpoints", (*scores, Column("labelled"), Column("said")),
         found["touchpoints"], lambda one: speech.touchpoint(one["touchpoint"]), "touchpoint",
         note),
        ("evaluation.polarity", _CONFUSED, found["polarity"],
         lambda one: words.name("sentiments", one["labelled"]), "people", ""),
        ("evaluation.agreement", _PEOPLE, agreed, lambda one: str(one["about"]), "about",
         speech.say("closer", "agreement_note")),
    ]  # fmt: skip
    titles = [speech.say("closer", f"{key.rpartition('.')[2]}_table") for key, *_ in parts]
    return [
        Listing(key, title, columns, tuple(rows), name, head, told, words="closer")
        for title, (key, columns, rows, name, head, told) in zip(titles, parts, strict=True)
    ]


def _language(one: Facts, speech: Speech) -> str:
    if one["language"] == ALL:
        return speech.say("closer", "all_languages")
    return speech.words.name("languages", one["language"])


def _worded(one: Facts, speech: Speech) -> Facts:
    """Return an error with its kind and sentiments in words."""
    felt = {
        name: one[name] and speech.words.name("sentiments", one[name])
        for name in ("said", "labelled")
    }
    kind = speech.say("closer", f"error_{one['kind'].replace(' ', '_')}")
    return {**one, **felt, "kind": kind, "language": one["language"] or "other"}


def _lines(found: Facts, speech: Speech) -> list[str]:
    whole = found["languages"][0]
    key = whole["key"]
    texts = speech.count(f"evaluation.texts.{key}", whole["texts"])
    told = {
        name: write(speech, "share", f"evaluation.{name}.{key}", whole[name])
        for name in ("f1", "precision", "recall", "sentiment_accuracy")
    }
    interval = written_interval(speech, "share", "evaluation.f1", whole, "f1", key=key)
    lines = [speech.say("closer", "evaluation_lead", n=whole["texts"], count=texts,
                        interval=interval, **told)]  # fmt: skip
    if whole["human_f1"] is not None:
        name = f"evaluation.human_f1.{key}"
        human = write(speech, "share", name, whole["human_f1"])
        ends = written_interval(speech, "share", "evaluation.human_f1", whole, "human_f1", key=key)
        lines.append(speech.say("closer", "evaluation_human", human=human, interval=ends))
    worst = [one for one in found["languages"][1:] if one["f1"] is not None]
    if len(worst) > 1:
        low = min(worst, key=lambda one: (one["f1"], one["key"]))
        f1 = write(speech, "share", f"evaluation.f1.{low['key']}", low["f1"])
        lines.append(speech.say("closer", "evaluation_worst", language=_language(low, speech),
                                f1=f1))  # fmt: skip
    return lines
