"""What does waiting cost? Satisfaction by time waited, as facts and as a section."""

from __future__ import annotations

from typing import Any

import pandas as pd

from tpfeedback import charts
from tpfeedback.report.certainty import remark_record
from tpfeedback.report.records import Facts, plain_records, plain_value
from tpfeedback.report.speech import Speech
from tpfeedback.report.tracked.listing import Column, Listing
from tpfeedback.report.tracked.section import Picture, Section
from tpfeedback.report.tracked.writing import is_sure, write, written_interval
from tpfeedback.wording import NOT_KNOWN

ROWS = 7  # of the curve in the table
_DAY = 1440.0
_HOURS = {"hour": 1.0, "day": 24.0}
_NUMBERS = (
    "breakpoint", "breakpoint_low", "breakpoint_high", "p_value", "reference", "respondents"
)  # fmt: skip


def facts_of(found: Any, findings: Any, *, mask: bool) -> Facts:
    """Return what a `WaitCurve` says; each slope by hour, or by day where it holds for days."""
    curve = plain_records(found.curve)
    longest = curve[-1]["minutes"] if curve else 0.0
    turn = plain_value(found.breakpoint)
    units = _unit(longest if turn is None else turn), _unit(longest)
    before = [found.slope_per_hour, found.slope_low, found.slope_high]
    after = [found.slope_after, found.slope_after_low, found.slope_after_high]
    return {
        **{name: plain_value(getattr(found, name)) for name in _NUMBERS},
        **_slope("slope", before, _HOURS[units[0]]),
        **_slope("after", after, _HOURS[units[1]]),
        "scale": found.scale,
        "unit": units[0],
        "after_unit": units[1],
        "longest": longest,
        "curve": curve,
        "notes": [remark_record(note, mask=mask) for note in found.notes],
    }


def _unit(minutes: float) -> str:
    """Return the unit by which a slope is told that holds up to so many minutes."""
    return "day" if minutes > 2 * _DAY else "hour"


def _slope(name: str, values: list[float], hours: float) -> Facts:
    told = [plain_value(value * hours) for value in values]
    return dict(zip((name, f"{name}_low", f"{name}_high"), told, strict=True))


def section_of(found: Facts, speech: Speech) -> Section:
    """Return the cost of waiting as a section."""
    say = speech.say
    step = max(1, (len(found["curve"]) - 1) // (ROWS - 1))
    rows = tuple({**one, "key": str(place)} for place, one in enumerate(found["curve"][::step]))
    listing = Listing("waits.curve", say("tracking", "waits_table"), _COLUMNS, rows,
                      lambda one: speech.minutes("", one["minutes"]), "waited",
                      say("tracking", "waits_note"), drawn="bars")  # fmt: skip
    ends = ("breakpoint", "breakpoint_low", "breakpoint_high")
    options = {name: found[name] for name in ends}
    options["title"] = say("tracking", "waits_title")
    picture = Picture(
        charts.waits_chart, pd.DataFrame(found["curve"]), say("tracking", "waits_label"), options
    )
    count = speech.count("waits.respondents", found["respondents"])
    return Section(
        "waits",
        say("tracking", "waits"),
        tuple(_lines(found, speech)),
        (say("tracking", "waits_sure", n=found["respondents"], count=count),),
        (picture,),
        (listing,) if rows else (),
        notes=tuple(found["notes"]),
    )


_COLUMNS = (Column("effect", "change", ends=True, head="effect"), Column("respondents"))


def _lines(found: Facts, speech: Speech) -> list[str]:
    told = {
        "slope": write(speech, "change", "waits.slope", found["slope"]),
        "interval": written_interval(speech, "change", "waits.slope", found, "slope"),
        "unit": speech.say("tracking", f"per_{found['unit']}"),
        "outcome": speech.explained(),
    }
    bent = found["breakpoint"] is not None
    if not is_sure(found, "slope"):
        key = "waits_open"
    else:
        key = "waits_cost" if (found["slope"] or 0) < 0 else "waits_gain"
    lines = [speech.say("tracking", key, **told)]
    if bent:
        return [*lines, _bend(found, speech)]
    straight = "waits_straight_log" if found["scale"] == "log" else "waits_straight"
    return [*lines, speech.say("tracking", straight)]


def _bend(found: Facts, speech: Speech) -> str:
    low, high = (
        speech.minutes(f"waits.breakpoint_{end}", found[f"breakpoint_{end}"])
        for end in ("low", "high")
    )
    return speech.say(
        "tracking",
        "waits_bend",
        at=speech.minutes("waits.breakpoint", found["breakpoint"]),
        range=_range(speech, low, high),
        after=write(speech, "change", "waits.after", found["after"]),
        interval=written_interval(speech, "change", "waits.after", found, "after"),
        unit=speech.say("tracking", f"per_{found['after_unit']}"),
    )


def _range(speech: Speech, low: str, high: str) -> str:
    """Return "7 days to 12 days"; after a word for "from" a unit would need another case."""
    if NOT_KNOWN in (low, high):
        return speech.interval(low, high)
    return speech.say("tracking", "time_range", low=low, high=high)
