"""Who wins where customers compare? As facts and as a section."""

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
from tpfeedback.report.tracked.writing import written_interval

SHOWN = 12
_LONGEST = 60


def facts_of(found: Any, findings: Any, *, mask: bool) -> Facts:
    """Return what a `Standing` says: all comparisons, then by touchpoint and by rival."""
    return {
        "overall": plain_records(found.overall)[0],
        "touchpoints": [_row(one, "touchpoint") for one in _records(found.table)],
        "rivals": [_row(one, "rival") for one in _records(found.named)],
        "notes": [remark_record(note, mask=mask) for note in found.notes],
    }


def _records(table: pd.DataFrame) -> list[Facts]:
    return plain_records(table.head(SHOWN))


def _row(one: Facts, by: str) -> Facts:
    name = one[by] and shortened(readable(str(one[by])), _LONGEST)
    return {**one, by: name, "key": name or "-"}


def section_of(found: Facts, speech: Speech) -> Section:
    """Return the comparisons as a section."""
    say = speech.say
    tables = [
        Listing("rivals", say("tracking", "wins_table"), _COLUMNS, tuple(found["touchpoints"]),
                lambda one: _touchpoint(one, speech), "touchpoint", drawn="bars"),
        Listing("rivals.named", say("tracking", "named_table"), _COLUMNS,
                tuple(found["rivals"]), lambda one: one["rival"], "rival"),
    ]  # fmt: skip
    picture = Picture(
        charts.rivals_chart, pd.DataFrame(found["touchpoints"]), say("tracking", "rivals_label")
    )
    return Section(
        "rivals",
        say("tracking", "rivals"),
        (_lead(found["overall"], speech),),
        (say("tracking", "rivals_sure"),),
        (picture,),
        tuple(one for one in tables if one.rows),
        notes=tuple(found["notes"]),
    )


_COLUMNS = (
    Column("wins"),
    Column("losses"),
    Column("equal"),
    Column("win_share", "share", ends=True),
    Column("q_value", "decimal"),
)


def _touchpoint(one: Facts, speech: Speech) -> str:
    if one["touchpoint"] is None:
        return speech.say("tracking", "not_told")
    return speech.touchpoint(one["touchpoint"])


def _lead(one: Facts, speech: Speech) -> str:
    if not one["comparisons"]:
        return speech.say("tracking", "rivals_none")
    low, high = one["win_share_low"], one["win_share_high"]
    if low is None or low <= 0.5 <= high:
        key = "rivals_open"
    else:
        key = "rivals_win" if low > 0.5 else "rivals_lose"
    counts = {name: speech.count(f"rivals.all_{name}", one[name]) for name in ("wins", "losses")}
    share = speech.percent("rivals.share", one["win_share"])
    interval = written_interval(speech, "share", "rivals.share", one, "win_share")
    return speech.say("tracking", key, share=share, interval=interval, **counts)
