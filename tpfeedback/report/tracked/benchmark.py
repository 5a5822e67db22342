"""Are we better than they? The gap to a competitor, as facts and as a section."""

from __future__ import annotations

from typing import Any

import pandas as pd

from tpfeedback import charts
from tpfeedback.report.certainty import remark_record
from tpfeedback.report.quotations import quoter
from tpfeedback.report.records import Facts, plain_records
from tpfeedback.report.speech import Speech
from tpfeedback.report.tracked.listing import Column, Listing
from tpfeedback.report.tracked.section import Card, Picture, Said, Section
from tpfeedback.report.tracked.writing import SURE

SHOWN = 14
QUOTED = 2
_MEASURES = ("negative_share", "positive_share", "outcome", "penalty", "prize")
_PARTS = ("theirs", "ours", "gap", "gap_low", "gap_high", "q_value")
_COLUMNS = ("touchpoint", "mentions_ours", "mentions_theirs",
            *(f"{name}_{part}" for name in _MEASURES for part in _PARTS))  # fmt: skip


def facts_of(found: Any, findings: Any, *, mask: bool) -> Facts:
    """Return what a `Benchmark` says: the gaps, and what both customers say where it is sure."""
    rows = [_row(one) for one in plain_records(found.table[list(_COLUMNS)])]
    rows.sort(key=lambda one: not one["sure"])
    quoted = [one["touchpoint"] for one in rows if one["sure"]][:QUOTED]
    return {
        "touchpoints": rows[:SHOWN],
        "compared": len(rows),
        "worse": sum(one["verdict"] == "we_lose" for one in rows),
        "better": sum(one["verdict"] == "we_win" for one in rows),
        "texts": {name: len(getattr(found, name).feedback) for name in ("ours", "theirs")},
        "quotes": _quotes(found, quoted, mask=mask),
        "notes": [remark_record(note, mask=mask) for note in found.notes],
    }


def _row(one: Facts) -> Facts:
    chance = one["negative_share_q_value"]
    sure = chance is not None and chance <= SURE
    verdict = ("we_lose" if one["negative_share_gap"] > 0 else "we_win") if sure else "open"
    return {**one, "key": one["touchpoint"], "sure": sure, "verdict": verdict}


def _quotes(found: Any, touchpoints: list[str], *, mask: bool) -> list[Facts]:
    ours, theirs = (
        quoter(group.feedback, group.mentions, mask=mask) for group in (found.ours, found.theirs)
    )
    return [
        {
            "touchpoint": key,
            "ours": ours(key, "negative")[:2],
            "theirs": theirs(key, "negative")[:2],
        }
        for key in touchpoints
    ]


def section_of(found: Facts, speech: Speech) -> Section:
    """Return the benchmark as a section."""
    say = speech.say

    def name(one: Facts) -> str:
        return speech.touchpoint(one["touchpoint"])

    rows = tuple(found["touchpoints"])
    listings = (
        Listing("benchmark", say("tracking", "gaps_table"), _SHARES, rows, name, "touchpoint",
                say("tracking", "points_note"), drawn="bars"),
        Listing("benchmark", say("tracking", "gap_effects_table"), _EFFECTS, rows, name,
                "touchpoint"),
    )  # fmt: skip
    return Section(
        "benchmark",
        say("tracking", "benchmark"),
        tuple(_lines(found, speech)),
        (say("tracking", "benchmark_sure"),),
        tuple(_pictures(found, speech)),
        listings,
        tuple(_card(one, speech) for one in found["quotes"]),
        tuple(found["notes"]),
    )


_SHARES = (
    Column("verdict", "word"),
    Column("negative_share_gap", "points", ends=True, head="gap_points"),
    Column("negative_share_ours", "share", head="ours"),
    Column("negative_share_theirs", "share", head="theirs"),
    Column("mentions_ours"),
    Column("mentions_theirs"),
)
_EFFECTS = (
    Column("prize_gap", "gain_change", ends=True),
    Column("prize_ours", "gain"),
    Column("prize_theirs", "gain"),
    Column("outcome_gap", "change", ends=True),
)


def _lines(found: Facts, speech: Speech) -> list[str]:
    compared = speech.count("benchmark.compared", found["compared"])
    lines = []
    for key, verdict in (("worse", "we_lose"), ("better", "we_win")):
        names = [one for one in found["touchpoints"] if one["verdict"] == verdict]
        if names:
            told = ", ".join(speech.touchpoint(one["touchpoint"]) for one in names)
            lines.append(speech.say("tracking", f"benchmark_{key}", names=told))
    if not lines:
        number = found["compared"]
        lines.append(speech.say("tracking", "benchmark_none", n=number, compared=compared))
    texts = {
        name: speech.count(f"benchmark.texts_{name}", number)
        for name, number in found["texts"].items()
    }
    return [*lines, speech.say("tracking", "benchmark_groups", **texts)]


def _pictures(found: Facts, speech: Speech) -> list[Picture]:
    table = pd.DataFrame(found["touchpoints"])
    return [Picture(charts.gap_chart, table, speech.say("tracking", "gaps_label"))]


def _card(one: Facts, speech: Speech) -> Card:
    said = tuple(
        Said(speech.say("tracking", f"said_{who}"), tuple(one[who]))
        for who in ("ours", "theirs")
        if one[who]
    )
    return Card(speech.touchpoint(one["touchpoint"]), (), said)
