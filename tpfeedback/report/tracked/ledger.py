"""Did the fix work? The ledger of changes, each as a card with what it did."""

from __future__ import annotations

from typing import Any

import pandas as pd

from tpfeedback import charts
from tpfeedback.masking import mask_personal
from tpfeedback.report.certainty import remark_record
from tpfeedback.report.passages import readable, shortened
from tpfeedback.report.records import Facts, plain_records
from tpfeedback.report.speech import Speech
from tpfeedback.report.tracked.listing import Column, Listing
from tpfeedback.report.tracked.section import Card, Picture, Section
from tpfeedback.report.tracked.writing import written_interval

CARDS = 12
DRAWN = 4
_SHARES = ("complaints", "felt")
_LONGEST = 120


def facts_of(found: Any, findings: Any, *, mask: bool) -> Facts:
    """Return what a `Ledger` says: for each change its effects, and the path of the complaints."""
    rows = [_row(one, mask=mask) for one in plain_records(found.table)]
    paths = found.paths[found.paths["measure"] == "complaints"]
    changes: dict[int, Facts] = {}
    for one in rows:
        changes.setdefault(one["change"], {"change": one["change"]})[one["measure"]] = one
    shown = _shown(list(changes.values()))
    drawn = paths[paths["change"].isin([one["change"] for one in shown[:DRAWN]])]
    return {
        "changes": shown,
        "counted": len(changes),
        "more": len(changes) - len(shown),
        "sure": sum(_is_sure(one["complaints"]) for one in changes.values()),
        "paths": [_path(one) for one in plain_records(drawn)],
        "valued": any(one["outcome"]["value"] is not None for one in shown),
        "notes": [remark_record(note, mask=mask) for note in found.notes],
    }


def _shown(changes: list[Facts]) -> list[Facts]:
    """Return the changes that are told, in their order: the sure ones, then the newest."""
    newest = sorted(changes, key=lambda one: one["complaints"]["date"], reverse=True)
    chosen = sorted(newest, key=lambda one: not _is_sure(one["complaints"]))[:CARDS]
    return sorted(chosen, key=lambda one: one["change"])


def _row(one: Facts, *, mask: bool) -> Facts:
    """Return a row of the table; what is not a share is the outcome, whatever its name."""
    measure = one["measure"] if one["measure"] in _SHARES else "outcome"
    texts = {name: shortened(readable(one[name] or ""), _LONGEST) for name in ("where", "note")}
    if mask:
        texts["note"] = mask_personal(texts["note"]).text
    days = {name: one[name] and one[name][:10] for name in ("date", "sure_since")}
    after = None if one["estimate"] is None else one["before"] + one["estimate"]
    key = f"{one['change']}.{measure}"
    ends = {f"estimate_{end}": one[end] for end in ("low", "high")}
    found = {**one, **texts, **days, **ends, "measure": measure, "key": key}
    return {**found, "always": one["estimate"], "after": after}


def _path(one: Facts) -> Facts:
    return {**one, "period": one["period"][:10], "date": one["date"][:10]}


def _is_sure(one: Facts) -> bool:
    """Tell whether the always-valid interval leaves out zero."""
    low, high = one["always_low"], one["always_high"]
    return low is not None and high is not None and (low > 0 or high < 0)


def section_of(found: Facts, speech: Speech) -> Section:
    """Return the ledger as a section."""
    say = speech.say
    rows = found["changes"]
    outcomes = tuple(one["outcome"] for one in rows)
    complaints = tuple(one["complaints"] for one in rows)

    def name(one: Facts) -> str:
        return _name(one, speech)

    listings = [
        Listing("ledger", say("tracking", "ledger_table"), _EFFECTS, complaints, name, "changed",
                say("tracking", "ledger_note"), drawn="bars"),
        Listing("ledger", say("tracking", "gains_table"),
                (*_GAINS, *(_WORTH if found["valued"] else ())), outcomes, name, "changed"),
    ]  # fmt: skip
    table = pd.DataFrame(found["paths"])
    options = {"as_share": True, "top": DRAWN, "title": say("tracking", "ledger_axis")}
    picture = Picture(charts.ledger_chart, table, say("tracking", "ledger_label"), options)
    return Section(
        "ledger",
        say("tracking", "ledger"),
        tuple(_lines(found, speech)),
        (say("tracking", "ledger_always"), say("tracking", "ledger_caution")),
        (picture,),
        tuple(listings),
        tuple(_card(one, speech) for one in rows),
        tuple(found["notes"]),
    )


_EFFECTS = (
    Column("before", "share"),
    Column("estimate", "points", ends=True, head="change_points"),
    Column("always", "points", ends=True, bare=True),
    Column("sure_since", "date"),
    Column("detectable", "size", head="smallest_change"),
    Column("texts_before", head="texts_before"),
    Column("texts_after", head="texts_after"),
)
_GAINS = (Column("gain", "gain_change", ends=True, head="gain_all"),)
_WORTH = (
    Column("value", "money", ends=True),
    Column("cost", "money"),
    Column("roi", "times", ends=True),
)


def _name(one: Facts, speech: Speech) -> str:
    where = f", {one['where']}" if one["where"] else ""
    return f"{speech.words.date(one['date'])} · {speech.touchpoint(one['touchpoint'])}{where}"


def _lines(found: Facts, speech: Speech) -> list[str]:
    told = {
        "n": found["counted"],
        "count": speech.count("ledger.changes", found["counted"]),
        "sure": speech.count("ledger.sure", found["sure"]),
    }
    key = "ledger_some" if found["sure"] else "ledger_none"
    lines = [speech.say("tracking", key, **told)]
    if more := found["more"]:
        count = speech.count("ledger.more", more)
        lines.append(speech.say("tracking", "ledger_left", n=more, count=count))
    return lines


def _card(one: Facts, speech: Speech) -> Card:
    complaints, outcome = one["complaints"], one["outcome"]
    title = _name(complaints, speech)
    lines = [complaints["note"]] if complaints["note"] else []
    if complaints["estimate"] is None:
        return Card(title, (*lines, speech.say("tracking", "ledger_unmeasured")))
    lines.append(_effect(complaints, speech))
    if outcome["gain"] is not None:
        name = f"ledger.gain.{outcome['key']}"
        name_low = "ledger.gain"
        gain = speech.gain(name, outcome["gain"], signed=True)
        interval = _interval(speech, "gain_change", name_low, outcome, "gain")
        lines.append(speech.say("tracking", "ledger_gain", gain=gain, interval=interval))
    if outcome["value"] is not None:
        lines.append(_worth(outcome, speech))
    return Card(title, tuple(lines))


def _effect(one: Facts, speech: Speech) -> str:
    key = one["key"]
    if not _is_sure(one):
        how = "ledger_open"
    else:
        how = "ledger_fewer" if one["estimate"] < 0 else "ledger_more"
    return speech.say(
        "tracking",
        how,
        before=speech.percent(f"ledger.before.{key}", one["before"]),
        after=speech.percent(f"ledger.after.{key}", one["after"]),
        change=speech.points(f"ledger.estimate.{key}", one["estimate"]),
        interval=_interval(speech, "points", "ledger.always", one, "always"),
        since=speech.date(f"ledger.sure_since.{key}", one["sure_since"]),
        method=speech.say("tracking", f"method_{one['method']}"),
    )


def _interval(speech: Speech, kind: str, name: str, one: Facts, measure: str) -> str:
    return written_interval(speech, kind, name, one, measure, key=one["key"])


def _worth(one: Facts, speech: Speech) -> str:
    key = one["key"]
    told = {
        "value": speech.written(f"ledger.value.{key}", one["value"], decimals=0),
        "interval": _interval(speech, "money", "ledger.value", one, "value"),
    }
    if one["roi"] is None:
        return speech.say("tracking", "ledger_value", **told)
    told["cost"] = speech.written(f"ledger.cost.{key}", one["cost"], decimals=0)
    told["roi"] = speech.percent(f"ledger.roi.{key}", one["roi"])
    told["roi_interval"] = _interval(speech, "times", "ledger.roi", one, "roi")
    return speech.say("tracking", "ledger_roi", **told)
