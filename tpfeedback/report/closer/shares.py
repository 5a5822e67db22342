"""How many really speak of it? Shares with the tagger's errors taken out, as a section."""

from __future__ import annotations

from typing import Any

import pandas as pd

from tpfeedback.report.certainty import remark_record
from tpfeedback.report.records import Facts, plain_records
from tpfeedback.report.speech import Speech
from tpfeedback.report.tracked.listing import Column, Listing
from tpfeedback.report.tracked.section import Section
from tpfeedback.report.tracked.writing import SURE, write, written_interval

SHOWN = 15  # touchpoints of a table
NAMED = 4  # touchpoints named in a sentence
_FELT = ("negative", "positive")
_COLUMNS = ("touchpoint", "share", "share_low", "share_high", "raw_share", "found")


def facts_of(found: Any, findings: Any, *, mask: bool) -> Facts:
    """Return what `CorrectedShares` say: complaints and praise, in all and by language."""
    one = found.whole.iloc[0] if len(found.whole) else {"texts": 0, "labelled": 0}
    parts = [] if found.languages is None else _languages(found.languages)
    return {
        "texts": int(one["texts"]),
        "labelled": int(one["labelled"]),
        **{mood: _rows(found.whole, mood, mood) for mood in _FELT},
        "languages": parts,
        "differences": _differing(found.differences),
        "compared": found.differences is not None,
        "notes": [remark_record(note, mask=mask) for note in found.notes],
    }


def _languages(table: pd.DataFrame) -> list[Facts]:
    return [
        {
            "language": str(code),
            "labelled": int(part["labelled"].iloc[0]),
            "negative": _rows(part, "negative", f"{code}.negative"),
        }
        for code, part in table.groupby("stratum", sort=False)
    ]


def _rows(table: pd.DataFrame, mood: str, prefix: str) -> list[Facts]:
    """Return the touchpoints with most complaints, or praise, first."""
    own = table[table["polarity"] == mood]
    own = own.sort_values(["share", "touchpoint"], ascending=[False, True], kind="stable")
    rows = plain_records(own[list(_COLUMNS)].head(SHOWN))
    return [{**one, "key": f"{prefix}.{one['touchpoint']}"} for one in rows]


def _differing(table: pd.DataFrame | None) -> list[Facts]:
    """Return in which complaints languages surely differ, the largest difference first."""
    if table is None:
        return []
    sure = table[(table["polarity"] == "negative") & (table["q_value"] <= SURE)]
    size = sure["difference"].abs().sort_values(ascending=False, kind="stable").index
    names = ["touchpoint", "stratum", "against", "difference", "difference_low", "difference_high",
             "q_value"]  # fmt: skip
    rows = plain_records(sure.loc[size, names].head(SHOWN))
    return [
        {**one, "key": f"{one['touchpoint']}.{one['stratum']}.{one['against']}"} for one in rows
    ]


def section_of(found: Facts, speech: Speech) -> Section:
    """Return the shares as a section: complaints in all, folded praise and each language."""
    say = speech.say
    count = speech.count("shares.labelled", found["labelled"])
    texts = speech.count("shares.texts", found["texts"])
    return Section(
        "shares",
        say("closer", "shares"),
        tuple(_lines(found, speech)),
        (say("closer", "shares_sure", n=found["labelled"], count=count, texts=texts),),
        listings=tuple(one for one in _listings(found, speech) if one.rows),
        notes=tuple(found["notes"]),
        words="closer",
    )


_SHARES = (
    Column("share", "share", ends=True, head="corrected_share"),
    Column("raw_share", "share"),
    Column("found"),
)
_GAPS = (
    Column("difference", "points", ends=True, head="difference_column"),
    Column("stratum", "text", head="language"),
    Column("against", "text"),
)


def _listings(found: Facts, speech: Speech) -> list[Listing]:
    say = speech.say
    tables = [(say("closer", f"shares_{mood}"), found[mood]) for mood in _FELT]
    for part in found["languages"]:
        told = {"language": _language(part["language"], speech)}
        tables.append((say("closer", "shares_language", **told), part["negative"]))
    note = say("closer", "shares_note")
    listings = [
        Listing("shares", title, _SHARES, tuple(rows), lambda one: _name(one, speech),
                "touchpoint", note, drawn="bars", words="closer")
        for title, rows in tables
    ]  # fmt: skip
    gaps = tuple(
        {**one, **{side: _language(one[side], speech) for side in ("stratum", "against")}}
        for one in found["differences"]
    )
    title = say("closer", "differences_table")
    return [*listings, Listing("shares", title, _GAPS, gaps, lambda one: _name(one, speech),
                               "touchpoint", words="closer")]  # fmt: skip


def _name(one: Facts, speech: Speech) -> str:
    return speech.touchpoint(one["touchpoint"])


def _language(code: str, speech: Speech) -> str:
    return speech.words.name("languages", code)


def _lines(found: Facts, speech: Speech) -> list[str]:
    known = [one for one in found["negative"] if one["share"] is not None]
    if not known:
        return [speech.say("closer", "shares_nobody")]
    lines = [_lead(known[0], speech)]
    off = [one for one in known if not _within(one)]
    if off:
        names = [_off(one, speech) for one in off[:NAMED]]
        lines.append(speech.say("closer", "shares_off", names=names))
    else:
        lines.append(speech.say("closer", "shares_agree"))
    if found["compared"]:
        lines.append(_differences_line(found, speech))
    return lines


def _lead(one: Facts, speech: Speech) -> str:
    key = one["key"]
    return speech.say(
        "closer",
        "shares_lead",
        name=_name(one, speech),
        share=write(speech, "share", f"shares.share.{key}", one["share"]),
        interval=written_interval(speech, "share", "shares.share", one, "share", key=key),
        raw=write(speech, "share", f"shares.raw_share.{key}", one["raw_share"]),
    )


def _within(one: Facts) -> bool:
    """Tell whether what the tagger counted lies in the interval of the true share."""
    return bool(one["share_low"] <= one["raw_share"] <= one["share_high"])


def _off(one: Facts, speech: Speech) -> str:
    share, raw = (
        write(speech, "share", f"shares.{name}.{one['key']}", one[name])
        for name in ("share", "raw_share")
    )
    return speech.say("closer", "share_off", name=_name(one, speech), share=share, raw=raw)


def _differences_line(found: Facts, speech: Speech) -> str:
    if not found["differences"]:
        return speech.say("closer", "differences_none")
    names = []
    for one in found["differences"][:NAMED]:
        first, second = one["stratum"], one["against"]
        if one["difference"] < 0:
            first, second = second, first
        told = {"more": _language(first, speech), "less": _language(second, speech)}
        names.append(speech.say("closer", "difference", name=_name(one, speech), **told))
    return speech.say("closer", "differences_some", names=names)
