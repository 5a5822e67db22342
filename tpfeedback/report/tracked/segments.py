"""Who feels it? Which touchpoints matter for whom, as facts and as a section."""

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

TESTED = 12
LISTED = 24  # segments
DRAWN = 8  # touchpoints of the matrix
FEWEST = 5  # mentions from which on a prize is shown
_LONGEST = 40


def facts_of(found: Any, findings: Any, *, mask: bool) -> Facts:
    """Return what `Segments` say: tests, first priorities, and prizes of each segment."""
    tests = [_test(one) for one in plain_records(found.tests.head(TESTED))]
    sizes = plain_records(
        found.table.drop_duplicates(["by", "segment"])[["by", "segment", "respondents", "rated"]]
    )
    shown = [_segment(one, found.priorities) for one in sizes[:LISTED]]
    first = [one for one in found.by if any(row["by"] == one for row in sizes)][:1]
    return {
        "by": [_named(one) for one in found.by],
        "segments": shown,
        "more": max(0, len(sizes) - LISTED),
        "tests": tests,
        "tested": int(found.tests["p_value"].notna().sum()),
        "split": int(found.tests["split"].sum()),
        "matrix": _matrix(found, first[0]) if first else [],
        "notes": [remark_record(note, mask=mask) for note in found.notes],
    }


def _named(value: Any) -> str:
    return shortened(readable(str(value)), _LONGEST)


def _test(one: Facts) -> Facts:
    if one["split"]:
        verdict = "splits"
    elif one["scale_may_explain"]:
        verdict = "scale_may_explain"
    else:
        verdict = "tagger_may_explain" if one["tagger_may_explain"] else "open"
    by = _named(one["by"])
    return {**one, "by": by, "verdict": verdict, "key": f"{by}.{one['touchpoint']}"}


def _segment(one: Facts, priorities: pd.DataFrame) -> Facts:
    """Return a segment with what stands first and second there, of what would gain anything."""
    own = priorities[(priorities["by"] == one["by"]) & (priorities["segment"] == one["segment"])]
    ranked = plain_records(own[own["prize"] > 0].sort_values("rank").head(2))
    first = ranked[0] if ranked else dict.fromkeys(_FIRST)
    by, segment = _named(one["by"]), _named(one["segment"])
    return {
        **one,
        "by": by,
        "segment": segment,
        "key": f"{by}.{segment}",
        "first": first["touchpoint"],
        "second": ranked[1]["touchpoint"] if len(ranked) > 1 else None,
        "effect": first["effect"] and f"effect_{first['effect']}",
        **{name: first[name] for name in _FIRST[2:]},
    }


_FIRST = ("touchpoint", "effect", "prize", "prize_low", "prize_high")


def _matrix(found: Any, by: str) -> list[Facts]:
    """Return the prizes of the first column's segments, of the touchpoints that cost most."""
    own = found.priorities[found.priorities["by"] == by]
    means = own.groupby("touchpoint")["prize"].mean().sort_index()
    chosen = means.sort_values(ascending=False, kind="stable").index[:DRAWN]
    counts = found.table.set_index(["by", "segment", "touchpoint"])["mentions"]
    rows = own[own["touchpoint"].isin(chosen)].assign(
        place=own["touchpoint"].map({key: place for place, key in enumerate(chosen)})
    )
    rows = rows.sort_values(["place", "segment"], kind="stable")
    drawn = []
    for one in plain_records(rows):
        texts = int(counts.get((by, one["segment"], one["touchpoint"]), 0))
        value = one["prize"] if texts >= FEWEST else None
        named = {name: _named(one[name]) for name in ("by", "segment")}
        drawn.append({**named, "touchpoint": one["touchpoint"], "value": value, "texts": texts})
    return drawn


def section_of(found: Facts, speech: Speech) -> Section:
    """Return the segments as a section."""
    say = speech.say
    options = {
        "title": say("tracking", "segments_title"),
        "decimals": speech.facts["outcome"]["gain_decimals"],
    }
    table = pd.DataFrame(
        [{**one, "segment": _segment_name(one, speech)} for one in found["matrix"]]
    )
    label = say("tracking", "segments_label")
    return Section(
        "segments",
        say("tracking", "segments"),
        tuple(_lines(found, speech)),
        (say("tracking", "segments_sure"), say("tracking", "segments_pooled")),
        (Picture(charts.segment_chart, table, label, options),),
        tuple(_listings(found, speech)),
        notes=tuple(found["notes"]),
    )


def _segment_name(one: Facts, speech: Speech) -> str:
    """Return a segment's name: that of a language in the report's words."""
    if one["by"] == "language":
        return speech.words.name("languages", one["segment"])
    return str(one["segment"])


def _lines(found: Facts, speech: Speech) -> list[str]:
    by = ", ".join(found["by"])
    tested = speech.count("segments.tested", found["tested"])
    split = [one for one in found["tests"] if one["verdict"] == "splits"]
    if split:
        names = ", ".join(
            f"{speech.touchpoint(one['touchpoint'])} ({one['by']})" for one in split
        )  # fmt: skip
        count = speech.count("segments.split", found["split"])
        names += speech.and_more("segments.more", found["split"] - len(split))
        told = {"n": found["split"], "count": count, "tested": tested, "names": names}
        return [speech.say("tracking", "segments_split", **told)]
    if not found["tested"]:
        return [speech.say("tracking", "segments_untested", by=by)]
    return [speech.say("tracking", "segments_none", n=found["tested"], tested=tested, by=by)]


def _listings(found: Facts, speech: Speech) -> list[Listing]:
    say = speech.say
    listings = [
        Listing("segments", say("tracking", "segments_table"), _SEGMENTS,
                tuple(found["segments"]), lambda one: f"{one['by']}: {_segment_name(one, speech)}",
                "segment", say("tracking", "segments_note"), drawn="bars"),
        Listing("segments.test", say("tracking", "tests_table"), _TESTS, tuple(found["tests"]),
                lambda one: f"{speech.touchpoint(one['touchpoint'])} ({one['by']})",
                "touchpoint", say("tracking", "tests_note")),
    ]  # fmt: skip
    return [one for one in listings if one.rows]


_SEGMENTS = (
    Column("first", "touchpoint", head="first_to_fix"),
    Column("prize", "gain", ends=True, head="own_prize"),
    Column("second", "touchpoint", head="second_to_fix"),
    Column("effect", "word"),
    Column("respondents"),
    Column("rated"),
)
_TESTS = (
    Column("verdict", "word"),
    Column("q_value", "decimal", head="q_value"),
    Column("penalty_tau", "number"),
    Column("segments", head="compared_segments"),
)
