"""What exactly goes wrong? The recurrent problems of the first touchpoints, as a section."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tpfeedback.report.certainty import remark_record
from tpfeedback.report.closer.customers import customer_words, phrases_line, phrases_of, quotes_of
from tpfeedback.report.closer.effects import EFFECTS, measures_effects
from tpfeedback.report.records import Facts, plain_records
from tpfeedback.report.speech import Speech
from tpfeedback.report.tracked.listing import Column, Listing
from tpfeedback.report.tracked.section import Card, Said, Section
from tpfeedback.report.tracked.writing import written_interval

TOLD = 4  # problems on the card of a touchpoint
LED = 3  # touchpoints in the first lines
QUOTED = 2
_SHARE = ("problem", "name", "texts", "share", "share_low", "share_high")


def facts_of(found: Mapping[str, Any], findings: Any, *, mask: bool) -> Facts:
    """Return what the `Problems` of each touchpoint say, in the order of the ranking."""
    told = [_touchpoint(key, one, findings, mask=mask) for key, one in found.items()]
    notes = dict.fromkeys(note for one in found.values() for note in one.notes)
    return {
        "touchpoints": told,
        "effects": measures_effects(findings),
        "notes": [remark_record(note, mask=mask) for note in notes],
    }


def _touchpoint(key: str, found: Any, findings: Any, *, mask: bool) -> Facts:
    quotes = quotes_of(found.quotes, found.members, findings.feedback, "problem", mask=mask)
    rows = [
        {
            **one,
            "key": f"{key}.{one['problem']}",
            "touchpoint": key,
            "name": customer_words(one["name"], language="other", mask=mask),
            "phrases": phrases_of(found.phrases, "problem", one["problem"], mask=mask),
            "quotes": quotes.get((one["problem"], "negative"), [])[:QUOTED],
        }
        for one in plain_records(found.table[[*_SHARE, *EFFECTS]])
    ]
    return {"key": key, "touchpoint": key, "complaints": found.complaints, "problems": rows}


def section_of(found: Facts, speech: Speech) -> Section:
    """Return the problems as a section: a card for each touchpoint, a table of them all."""
    say = speech.say
    told = [one for one in found["touchpoints"] if one["problems"]]
    rows = tuple(row for one in told for row in one["problems"])
    effects = (Column("prize", "gain_change", ends=True),) if found["effects"] else ()
    listing = Listing(
        "problems", say("closer", "problems_table"), (*_COLUMNS, *effects), rows,
        lambda one: _colon(one, one["name"], speech), "problem",
        drawn="bars", words="closer",
    )  # fmt: skip
    return Section(
        "problems",
        say("closer", "problems"),
        tuple(_lines(found, speech)),
        (say("closer", "problems_sure"), say("closer", "gathered")) if rows else (),
        listings=(listing,) if rows else (),
        cards=tuple(_card(one, speech) for one in told),
        notes=tuple(found["notes"]),
        shown=0,
        words="closer",
    )


_COLUMNS = (Column("texts", head="customers_column"), Column("share", "share", ends=True))


def _lines(found: Facts, speech: Speech) -> list[str]:
    told = [one for one in found["touchpoints"] if one["problems"]]
    lines = [_lead(one, speech) for one in told[:LED]]
    silent = [one for one in found["touchpoints"] if not one["problems"]]
    if silent:
        names = [speech.touchpoint(one["touchpoint"]) for one in silent]
        lines.append(speech.say("closer", "problems_none", names=names))
    return lines


def _lead(one: Facts, speech: Speech) -> str:
    first = one["problems"][0]
    return speech.say(
        "closer",
        "problems_lead",
        touchpoint=speech.touchpoint(one["touchpoint"]),
        name=first["name"],
        count=_customers(first, speech),
        share=speech.percent(f"problems.share.{first['key']}", first["share"]),
    )


def _customers(one: Facts, speech: Speech) -> str:
    count = speech.count(f"problems.texts.{one['key']}", one["texts"])
    return speech.say("closer", "customers", n=one["texts"], count=count)


def _card(one: Facts, speech: Speech) -> Card:
    count = speech.count(f"problems.complaints.{one['key']}", one["complaints"])
    complain = speech.say("closer", "complain", n=one["complaints"], count=count)
    said = tuple(_said(row, speech) for row in one["problems"][:TOLD])
    return Card(_colon(one, complain, speech), (), said)


def _colon(one: Facts, told: str, speech: Speech) -> str:
    return speech.say("closer", "colon", name=speech.touchpoint(one["touchpoint"]), told=told)


def _said(one: Facts, speech: Speech) -> Said:
    share = speech.percent(f"problems.share.{one['key']}", one["share"])
    interval = written_interval(speech, "share", "problems.share", one, "share", key=one["key"])
    told = {"count": _customers(one, speech), "share": share, "interval": interval}
    title = speech.say("closer", "problem_title", name=phrases_line(one, speech), **told)
    return Said(title, tuple(one["quotes"]))
