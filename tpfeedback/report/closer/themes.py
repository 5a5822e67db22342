"""What does our list miss? The themes that no touchpoint names, as facts and as a section."""

from __future__ import annotations

from typing import Any

from tpfeedback.report.certainty import remark_record
from tpfeedback.report.closer.customers import customer_words, phrases_line, phrases_of, quotes_of
from tpfeedback.report.closer.effects import EFFECTS, measures_effects
from tpfeedback.report.records import Facts, plain_records
from tpfeedback.report.speech import Speech
from tpfeedback.report.tracked.listing import Column, Listing
from tpfeedback.report.tracked.section import Card, Said, Section
from tpfeedback.report.tracked.writing import is_sure, write, written_interval

TOLD = 6  # themes with their quotes
LED = 3  # themes in the first line
QUOTED = 2
_COLUMNS = ("theme", "name", "texts", "share", "share_low", "share_high", "missed", "negative",
            "positive", "nearest", "likeness", *EFFECTS)  # fmt: skip


def facts_of(found: Any, findings: Any, *, mask: bool) -> Facts:
    """Return what a `Discovery` says: its themes with size, feeling, effect, words and quotes."""
    quotes = quotes_of(found.quotes, found.members, findings.feedback, "theme", mask=mask)
    rows = [
        {
            **one,
            "key": one["theme"],
            "name": customer_words(one["name"], language="other", mask=mask),
            "phrases": phrases_of(found.phrases, "theme", one["theme"], mask=mask),
            "quotes": {
                mood: quotes.get((one["theme"], mood), [])[:QUOTED]
                for mood in ("negative", "positive")
            },
        }
        for one in plain_records(found.table[list(_COLUMNS)])
    ]
    return {
        "themes": rows,
        "texts": found.texts,
        "effects": measures_effects(findings),
        "notes": [remark_record(note, mask=mask) for note in found.notes],
    }


def section_of(found: Facts, speech: Speech) -> Section:
    """Return the themes as a section: a table, then a card for each of the first."""
    say = speech.say
    rows = tuple(found["themes"])
    effects = (Column("prize", "gain_change", ends=True),) if found["effects"] else ()
    listing = Listing(
        "themes", say("closer", "themes_table"), (*_SIZES, *effects, *_NEAREST), rows,
        lambda one: one["name"], "theme", say("closer", "themes_note"), drawn="bars",
        words="closer",
    )  # fmt: skip
    return Section(
        "themes",
        say("closer", "themes"),
        tuple(_lines(found, speech)),
        (say("closer", "themes_sure"), say("closer", "gathered")) if rows else (),
        listings=(listing,) if rows else (),
        cards=tuple(_card(one, found, speech) for one in rows[:TOLD]),
        notes=tuple(found["notes"]),
        words="closer",
    )


_SIZES = (
    Column("texts", head="customers_column"),
    Column("share", "share", ends=True, head="share_all"),
    Column("negative", head="complain_column"),
    Column("positive", head="praise_column"),
)
_NEAREST = (Column("nearest", "touchpoint"),)


def _lines(found: Facts, speech: Speech) -> list[str]:
    texts = speech.count("themes.all", found["texts"])
    rows = found["themes"]
    if not rows:
        return [speech.say("closer", "themes_none", count=texts)]
    number = speech.count("themes.number", len(rows))
    names = [f"{one['name']} ({_customers(one, speech)})" for one in rows[:LED]]
    told = {"n": len(rows), "count": number, "names": names}
    lines = [speech.say("closer", "themes_some", **told)]
    sure = [one for one in rows if found["effects"] and is_sure(one, "prize") and one["prize"] > 0]
    if sure:
        worst = max(sure, key=lambda one: (one["prize"], one["key"]))
        lines.append(
            speech.say("closer", "themes_cost", name=worst["name"], **_gain(worst, speech))
        )
    return lines


def _gain(one: Facts, speech: Speech, kind: str = "gain") -> dict[str, str]:
    gain = write(speech, kind, f"themes.prize.{one['key']}", one["prize"])
    interval = written_interval(speech, kind, "themes.prize", one, "prize", key=one["key"])
    return {"gain": gain, "interval": interval}


def _customers(one: Facts, speech: Speech) -> str:
    count = speech.count(f"themes.texts.{one['key']}", one["texts"])
    return speech.say("closer", "customers", n=one["texts"], count=count)


def _card(one: Facts, found: Facts, speech: Speech) -> Card:
    counts = {
        name: speech.count(f"themes.{name}.{one['key']}", one[name])
        for name in ("negative", "positive", "missed")
    }
    lines = [speech.say("closer", "theme_counts", **counts)]
    if len(one["phrases"]) > 1:
        lines.insert(0, phrases_line(one, speech))
    if found["effects"] and one["prize"] is not None:
        lines.append(speech.say("closer", "theme_gain", **_gain(one, speech, "gain_change")))
    said = tuple(
        Said(speech.say("closer", f"said_{mood}"), tuple(one["quotes"][mood]))
        for mood in ("negative", "positive")
        if one["quotes"][mood]
    )
    title = speech.say("closer", "colon", name=one["name"], told=_customers(one, speech))
    return Card(title, tuple(lines), said)
