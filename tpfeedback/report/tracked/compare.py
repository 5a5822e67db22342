"""Did it get better? The comparison of before and after, as facts and as a section."""

from __future__ import annotations

from typing import Any

import pandas as pd

from tpfeedback import charts
from tpfeedback.report.certainty import remark_record
from tpfeedback.report.passages import readable
from tpfeedback.report.quotations import quoter
from tpfeedback.report.records import Facts, plain_records
from tpfeedback.report.speech import Speech
from tpfeedback.report.tracked.listing import Column, Listing
from tpfeedback.report.tracked.section import Card, Picture, Said, Section
from tpfeedback.report.tracked.writing import SURE, is_sure, write, written_interval

SHOWN = 12
QUOTED = 3
DETAILED = 8
_ENDS = ("", "_low", "_high")
_MEASURES = ("negative_share", "penalty", "prize")
_COLUMNS = (
    "touchpoint", "mentions_before", "mentions_after", "q_value",
    *(f"{name}_{time}" for name in _MEASURES for time in ("before", "after")),
    *(f"{name}_change{end}" for name in ("reach", *_MEASURES) for end in _ENDS),
    *(f"{name}_smallest_change" for name in ("negative_share", "prize")),
)  # fmt: skip
_DETAILS = ("touchpoint", "mix", "rest")


def facts_of(comparison: Any, findings: Any, *, mask: bool) -> Facts:
    """Return what a `Comparison` says: the change of the mean, its parts, touchpoints, quotes."""
    table = comparison.table.assign(sure=comparison.table["q_value"] <= SURE)
    table = table.sort_values("sure", ascending=False, kind="stable")
    rows = [_touchpoint(one) for one in plain_records(table[[*_COLUMNS, "sure"]].head(SHOWN))]
    change = plain_records(comparison.change)
    parts = plain_records(comparison.parts)
    sums = [{**one, "key": one["part"]} for one in parts if one["kind"] == "sum"]
    mixed = any(one["part"] == "mix" and one["contribution"] for one in sums)
    return {
        "before": _group(comparison.before),
        "after": _group(comparison.after),
        "mean": change[0],
        "same_mix": change[1] if mixed else None,
        "parts": [one for one in sums if mixed or one["part"] != "mix"],
        "details": _details(parts),
        "touchpoints": rows,
        "compared": len(table),
        "changed": int(table["sure"].sum()),
        "quotes": _quotes(comparison, [one["touchpoint"] for one in rows[:QUOTED]], mask=mask),
        "notes": [remark_record(note, mask=mask) for note in comparison.notes],
    }


def _group(group: Any) -> Facts:
    days = group.feedback["date"].dropna() if "date" in group.feedback else pd.Series(dtype=object)
    ends = (str(days.min())[:10], str(days.max())[:10]) if len(days) else (None, None)
    return {"name": group.name, "texts": len(group.feedback), "first": ends[0], "last": ends[1]}


def _touchpoint(one: Facts) -> Facts:
    return {**one, "key": one["touchpoint"], "verdict": _verdict(one)}


def _verdict(one: Facts) -> str:
    """Return what surely changed, complaints first."""
    if one["sure"]:
        for name, words in _VERDICTS.items():
            if is_sure(one, f"{name}_change"):
                return words[int(one[f"{name}_change"] > 0)]
    return "otherwise" if one["sure"] else "open"


_VERDICTS = {
    "negative_share": ("fewer_complaints", "more_complaints"),
    "penalty": ("weighs_more", "weighs_less"),
    "reach": ("told_less", "told_more"),
}


def _details(parts: list[Facts]) -> list[Facts]:
    """Return what the sums consist of, the largest first."""
    inner = [one for one in parts if one["kind"] in _DETAILS and one["contribution"]]
    inner.sort(key=lambda one: (-abs(round(one["contribution"], 12)), one["part"]))
    return [{**one, "key": f"{one['kind']}.{one['part']}"} for one in inner[:DETAILED]]


def _quotes(comparison: Any, touchpoints: list[str], *, mask: bool) -> list[Facts]:
    then, now = (
        quoter(group.feedback, group.mentions, mask=mask)
        for group in (comparison.before, comparison.after)
    )
    return [
        {
            "touchpoint": key,
            "before": then(key, _usual(comparison.before, key))[:2],
            "after": now(key, _usual(comparison.after, key))[:2],
        }
        for key in touchpoints
    ]


def _usual(group: Any, touchpoint: str) -> str:
    """Return the sentiment that is told more often of a touchpoint: complaint or praise."""
    own = group.mentions.loc[group.mentions["touchpoint"] == touchpoint, "sentiment"]
    return "positive" if (own == "positive").sum() > (own == "negative").sum() else "negative"


def section_of(found: Facts, speech: Speech) -> Section:
    """Return the comparison as a section."""
    return Section(
        "compare",
        speech.say("tracking", "compare"),
        tuple(_lines(found, speech)),
        tuple(_sure(found, speech)),
        tuple(_pictures(found, speech)),
        tuple(_listings(found, speech)),
        tuple(_cards(found, speech)),
        tuple(found["notes"]),
    )


def _lines(found: Facts, speech: Speech) -> list[str]:
    mean = found["mean"]
    if not is_sure(mean, "change"):
        key = "compare_open"
    else:
        key = "compare_better" if mean["change"] > 0 else "compare_worse"
    told = {
        name: write(speech, "change" if name == "change" else "number", f"compare.{name}",
                    mean[name])
        for name in ("before", "after", "change")
    }  # fmt: skip
    interval = written_interval(speech, "change", "compare.change", mean, "change")
    lines = [speech.say("tracking", key, interval=interval, outcome=speech.explained(), **told)]
    lines.append(_touchpoints_line(found, speech))
    largest = max(found["parts"], key=lambda one: abs(one["contribution"] or 0), default=None)
    if largest is not None and is_sure(largest, "contribution"):
        name = f"compare.contribution.{largest['key']}"
        amount = write(speech, "change", name, largest["contribution"])
        told = {"part": speech.say("tracking", f"part_{largest['key']}"), "amount": amount}
        lines.append(speech.say("tracking", "compare_part", **told))
    return [*lines, _groups_line(found, speech)]


def _touchpoints_line(found: Facts, speech: Speech) -> str:
    compared = speech.count("compare.compared", found["compared"])
    sure = [one for one in found["touchpoints"] if one["sure"]]
    if not sure:
        return speech.say("tracking", "compare_none", n=found["compared"], compared=compared)
    names = ", ".join(
        f"{speech.touchpoint(one['touchpoint'])} ({speech.say('tracking', one['verdict'])})"
        for one in sure
    )
    names += speech.and_more("compare.more", found["changed"] - len(sure))
    count = speech.count("compare.changed", found["changed"])
    filling = {"n": found["changed"], "count": count, "compared": compared, "names": names}
    return speech.say("tracking", "compare_some", **filling)


def _groups_line(found: Facts, speech: Speech) -> str:
    told = {}
    for time in ("before", "after"):
        group = found[time]
        ends = [speech.date(f"compare.{time}_{end}", group[end]) for end in ("first", "last")]
        told[time] = " – ".join(dict.fromkeys(ends)) if group["first"] else group["name"]
        told[f"{time}_texts"] = speech.count(f"compare.{time}_texts", group["texts"])
    return speech.say("tracking", "compare_groups", **told)


def _sure(found: Facts, speech: Speech) -> list[str]:
    smallest = found["mean"]["smallest_change"]
    told = write(speech, "number", "compare.smallest_change", smallest)
    lines = [speech.say("tracking", "compare_smallest", smallest=told)]
    if found["same_mix"]:
        one = found["same_mix"]
        change = write(speech, "change", "compare.same_mix", one["change"])
        interval = written_interval(speech, "change", "compare.same_mix", one, "change")
        lines.append(speech.say("tracking", "compare_mix", change=change, interval=interval))
    return [*lines, speech.say("tracking", "compare_caution")]


def _pictures(found: Facts, speech: Speech) -> list[Picture]:
    title = speech.say("tracking", "slope_axis")
    options = {"as_share": True, "top": 8, "title": title}
    slopes = pd.DataFrame([_slope(one) for one in found["touchpoints"]])
    label = speech.say("tracking", "parts_label")
    way = {"before": found["mean"]["before"], "decimals": speech.facts["outcome"]["decimals"]}
    return [
        Picture(charts.slope_chart, slopes, speech.say("tracking", "slope_label"), options),
        Picture(charts.parts_chart, pd.DataFrame(found["parts"]), label, way),
    ]


def _slope(one: Facts) -> Facts:
    """Return the ends of a slope; that it is clear is told by the interval of the change alone."""
    before, sure = one["negative_share_before"], one["sure"]
    ends = {
        f"after_{end}": before + one[f"negative_share_change_{end}"] if sure else None
        for end in ("low", "high")
    }
    known = {f"before_{end}": before for end in ("low", "high")}
    return {"touchpoint": one["touchpoint"], "before": before,
            "after": one["negative_share_after"], **known, **ends}  # fmt: skip


def _listings(found: Facts, speech: Speech) -> list[Listing]:
    say = speech.say

    def name(one: Facts) -> str:
        return speech.touchpoint(one["touchpoint"])

    rows = tuple({**one, "verdict": one["verdict"]} for one in found["touchpoints"])
    head = "touchpoint"
    return [
        Listing("compare", say("tracking", "complaints_table"), _COMPLAINTS, rows, name, head,
                say("tracking", "points_note"), drawn="bars"),
        Listing("compare", say("tracking", "parts_table"), _PARTS, tuple(found["parts"]),
                lambda one: say("tracking", f"part_{one['key']}"), "part",
                say("tracking", "parts_note"), drawn="bars"),
        Listing("compare", say("tracking", "effects_table"), _EFFECTS, rows, name, head,
                say("tracking", "smallest_note")),
        Listing("compare.detail", say("tracking", "details_table"), _PARTS,
                tuple(found["details"]), lambda one: _detail(speech, one), "part"),
    ]  # fmt: skip


_COMPLAINTS = (
    Column("verdict", "word"),
    Column("negative_share_change", "points", ends=True, head="change_points"),
    Column("negative_share_before", "share", head="before"),
    Column("negative_share_after", "share", head="after"),
    Column("mentions_before", head="mentions_before"),
    Column("mentions_after", head="mentions_after"),
)
_EFFECTS = (
    Column("prize_change", "gain_change", ends=True),
    Column("prize_before", "gain"),
    Column("prize_after", "gain"),
    Column("prize_smallest_change", "gain", head="smallest_change"),
    Column("penalty_before", "change"),
    Column("penalty_after", "change"),
)
_PARTS = (Column("contribution", "change", ends=True),)


def _detail(speech: Speech, one: Facts) -> str:
    """Return what a part of a sum is: a touchpoint, a control, or one of our own names."""
    if one["kind"] == "touchpoint":
        return speech.touchpoint(one["part"])
    if one["kind"] == "mix":
        return speech.say("tracking", "mix_of", column=readable(one["part"]))
    if one["part"] in _REST:
        return speech.say("notes", _REST[one["part"]])
    return speech.words.name("tracking", f"part_{one['part']}")


_REST = {
    "texts that name nothing": "nothing_named",
    "rare negative mentions": "rare_complaints",
    "rare positive mentions": "rare_praise",
}


def _cards(found: Facts, speech: Speech) -> list[Card]:
    cards = []
    for one in found["quotes"]:
        said = tuple(
            Said(speech.say("tracking", f"said_{time}"), tuple(one[time]))
            for time in ("before", "after")
            if one[time]
        )
        if said:
            cards.append(Card(speech.touchpoint(one["touchpoint"]), (), said))
    return cards
