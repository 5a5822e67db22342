"""Where does the path break? The customer's journey, as facts and as a section."""

from __future__ import annotations

from typing import Any

import pandas as pd

from tpfeedback import charts
from tpfeedback.report.certainty import remark_record
from tpfeedback.report.passages import readable, shortened
from tpfeedback.report.records import Facts, plain_records
from tpfeedback.report.speech import Speech
from tpfeedback.report.tracked.listing import Column, Listing
from tpfeedback.report.tracked.section import Picture, Section
from tpfeedback.report.tracked.writing import is_sure, written_interval

ROOTS = 8
SYMPTOMS = 8
MAPPED = 27
BLIND = 12
FEWEST = 5  # mentions of a channel from which on a share is shown
CHANNELS = 8
CROSSED = 8  # touchpoints of the matrix


def facts_of(found: Any, findings: Any, *, mask: bool) -> Facts:
    """Return what a `Journey` says: roots, symptoms, map, channels and blind spots."""
    whole = found.map[found.map["channel"] == ""]
    bound = found.order[found.order["verdict"].isin(["symptom", "partly"])]
    first = found.roots.sort_values(["first_failures", "touchpoint"], ascending=[False, True])
    return {
        "first": _keyed(plain_records(first.head(1))),
        "roots": _keyed([_root(one) for one in plain_records(found.roots.head(ROOTS))]),
        "symptoms": [
            {**one, "key": f"{one['first']}.{one['then']}"}
            for one in plain_records(bound.head(SYMPTOMS))
        ],
        "map": _keyed(plain_records(_with_first(whole.head(MAPPED), found.roots))),
        "channels": _channels(found.map),
        "blind": _keyed(plain_records(found.blind_spots.head(BLIND))),
        "blind_count": len(found.blind_spots),
        "notes": [remark_record(note, mask=mask) for note in found.notes],
    }


def _with_first(table: pd.DataFrame, roots: pd.DataFrame) -> pd.DataFrame:
    """Add how often each touchpoint is where the path breaks first."""
    return table.merge(roots[["touchpoint", "first_share"]], on="touchpoint", how="left")


def _keyed(rows: list[Facts]) -> list[Facts]:
    return [{**one, "key": one["touchpoint"]} for one in rows]


def _root(one: Facts) -> Facts:
    """Return a root with the touchpoints it drags along, or hangs on, as a list."""
    named = {name: [key.strip() for key in (one[name] or "").split(",") if key.strip()]
             for name in ("root_of", "symptom_of")}  # fmt: skip
    return {**one, **named}


def _channels(table: pd.DataFrame) -> list[Facts]:
    """Return the share of complaints by channel, of the touchpoints most spoken of."""
    whole, parts = table[table["channel"] == ""], table[table["channel"] != ""]
    sizes = whole.set_index("touchpoint")["mentions"].sort_index()
    largest = sizes.sort_values(ascending=False, kind="stable").index[:CROSSED]
    named = parts.groupby("channel")["respondents"].max().sort_index()
    wide = named.sort_values(ascending=False, kind="stable").index[:CHANNELS]
    rows = parts[parts["touchpoint"].isin(largest) & parts["channel"].isin(wide)]
    return [
        {
            "segment": shortened(readable(one["channel"]), 40),
            "touchpoint": one["touchpoint"],
            "value": one["negative_among_mentions"] if one["mentions"] >= FEWEST else None,
            "texts": one["mentions"],
        }
        for one in plain_records(rows)
    ]


def section_of(found: Facts, speech: Speech) -> Section:
    """Return the journey as a section."""
    say = speech.say
    return Section(
        "journey",
        say("tracking", "journey"),
        tuple(_lines(found, speech)),
        (say("tracking", "journey_caution"),),
        tuple(_pictures(found, speech)),
        tuple(_listings(found, speech)),
        notes=tuple(found["notes"]),
    )


def _lines(found: Facts, speech: Speech) -> list[str]:
    if not found["roots"]:
        return [speech.say("tracking", "journey_none")]
    lines = [_root_line(found["roots"][0], speech)]
    lines += [_first_line(one, speech) for one in found["first"]]
    symptoms = [one for one in found["symptoms"] if one["verdict"] == "symptom"]
    lines += [_symptom_line(one, speech) for one in symptoms]
    if not symptoms:
        lines.append(speech.say("tracking", "journey_no_symptom"))
    if found["blind"]:
        names = ", ".join(speech.touchpoint(one["touchpoint"]) for one in found["blind"])
        names += speech.and_more("journey.more", found["blind_count"] - len(found["blind"]))
        count = speech.count("journey.blind_spots", found["blind_count"])
        told = {"n": found["blind_count"], "count": count, "names": names}
        lines.append(speech.say("tracking", "journey_blind", **told))
    return lines


def _root_line(one: Facts, speech: Speech) -> str:
    key = one["key"]
    return speech.say(
        "tracking",
        "journey_root" if is_sure(one, "root_prize") else "journey_open",
        name=speech.touchpoint(key),
        prize=speech.gain(f"journey.root_prize.{key}", one["root_prize"]),
        interval=written_interval(
            speech, "gain", "journey.root_prize", one, "root_prize", key=key
        ),
    )  # fmt: skip


def _first_line(one: Facts, speech: Speech) -> str:
    key = one["key"]
    share = speech.percent(f"journey.first_share.{key}", one["first_share"])
    interval = written_interval(
        speech, "share", "journey.first_share", one, "first_share", key=key
    )  # fmt: skip
    told = {"name": speech.touchpoint(key), "share": share, "interval": interval}
    return speech.say("tracking", "journey_first", **told)


def _symptom_line(one: Facts, speech: Speech) -> str:
    key = one["key"]
    return speech.say(
        "tracking",
        "journey_symptom",
        first=speech.touchpoint(one["first"]),
        then=speech.touchpoint(one["then"]),
        risk=speech.percent(f"journey.risk.{key}", one["risk"]),
        without=speech.percent(f"journey.risk_without.{key}", one["risk_without"]),
        alone=speech.number(f"journey.penalty_alone.{key}", one["penalty_alone"], signed=True),
        explained=speech.percent(f"journey.explained.{key}", one["explained"]),
        interval=written_interval(speech, "share", "journey.explained", one, "explained", key=key),
    )


def _pictures(found: Facts, speech: Speech) -> list[Picture]:
    title = speech.say("tracking", "channels_title")
    label = speech.say("tracking", "channels_label")
    channels = pd.DataFrame(found["channels"])
    return [
        Picture(
            charts.journey_chart, _drawn(found["map"]), speech.say("tracking", "map_table"), {}
        ),
        Picture(charts.segment_chart, channels, label, {"as_share": True, "title": title}),
    ]


def _drawn(rows: list[Facts]) -> pd.DataFrame:
    """Return the map as its chart wants it: the share among the mentions, where it can be told."""
    columns = ("stage", "touchpoint", "mentions", "first_share")
    shares = [one["negative_among_mentions"] if one["mentions"] >= FEWEST else None for one in rows]
    table = {name: [one[name] for one in rows] for name in columns}
    return pd.DataFrame({**table, "negative_share": shares})


def _listings(found: Facts, speech: Speech) -> list[Listing]:
    say = speech.say

    def name(one: Facts) -> str:
        return speech.touchpoint(one["touchpoint"])

    counted = any(one["contacts"] is not None for one in found["map"])
    rates = (Column("contacts"), Column("per_1000", "ratio", ends=True)) if counted else ()
    listings = [
        Listing("journey", say("tracking", "roots_table"), _ROOTS, tuple(found["roots"]), name,
                "touchpoint", say("tracking", "roots_note"), drawn="bars"),
        Listing("journey", say("tracking", "symptoms_table"), _SYMPTOMS,
                tuple(found["symptoms"]), lambda one: _pair(one, speech), "pair",
                say("tracking", "symptoms_note")),
        Listing("journey.map", say("tracking", "map_table"), (*_MAP, *rates),
                tuple(found["map"]), name, "touchpoint"),
        Listing("journey.blind", say("tracking", "blind_table"), _BLIND, tuple(found["blind"]),
                name, "touchpoint", say("tracking", "blind_note")),
    ]  # fmt: skip
    return [one for one in listings if one.rows]


def _pair(one: Facts, speech: Speech) -> str:
    return f"{speech.touchpoint(one['first'])} → {speech.touchpoint(one['then'])}"


_ROOTS = (
    Column("root_prize", "gain", ends=True),
    Column("prize", "gain", head="own_prize"),
    Column("knock_on", "gain_change"),
    Column("complaints", head="complaints"),
    Column("first_failures"),
    Column("first_share", "share", ends=True),
)
_SYMPTOMS = (
    Column("verdict", "word"),
    Column("both"),
    Column("risk_ratio", "ratio", ends=True),
    Column("risk", "share"),
    Column("risk_without", "share"),
    Column("earlier", "share"),
    Column("penalty_alone", "change"),
    Column("explained", "share", ends=True),
    Column("penalty", "change", ends=True, head="penalty_then"),
)
_MAP = (
    Column("stage", "stage"),
    Column("mentions", head="mentions"),
    Column("negative_among_mentions", "share", ends=True),
    Column("positive_among_mentions", "share", head="positive_among_mentions"),
    Column("prize", "gain", ends=True, head="own_prize"),
)
_BLIND = (
    Column("stage", "stage"),
    Column("mentions", head="mentions"),
    Column("reach", "share", head="reach"),
    Column("reach_high", "share", head="reach_high"),
)
