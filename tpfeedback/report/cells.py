"""The rows of the page's tables: text, each figure in it known by its name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tpfeedback.report.records import Facts
from tpfeedback.report.speech import Speech
from tpfeedback.tables import ROLES
from tpfeedback.wording import NOT_KNOWN

TEXTUAL = ("role", "stage", "verdict", "period")
Cell = Callable[[Speech, Facts, str], str]


@dataclass(frozen=True)
class Table:
    """A table to be shown: `head` names the columns, the first cell of a row is its header.

    `numeric` tells of each column but the first whether it holds numbers.
    """

    title: str
    note: str
    head: tuple[str, ...]
    numeric: tuple[bool, ...]
    rows: tuple[tuple[str, ...], ...]


def appendix_tables(speech: Speech) -> list[Table]:
    """Return the tables of all touchpoints: effects, counts, roles, quality of reading."""
    if not speech.facts["impact"]:
        return []
    reading = _reading_columns(speech)
    return [
        _table(speech, "effects_table", "", EFFECTS),
        _table(speech, "counts_table", speech.say("table", "count_note"), COUNTS),
        _table(speech, "roles_table", speech.say("table", "role_note"), _role_columns(speech)),
        *([_table(speech, "reading_table", speech.say("table", "reading_note"), reading)]
          if reading else []),
    ]  # fmt: skip


def change_rows(speech: Speech) -> list[tuple[str, ...]]:
    """Return the largest changes of complaints: name, verdict, change, interval, earlier, later."""
    changes = speech.facts["changes"]
    return [_change(speech, one) for one in (changes or {}).get("touchpoints", ())]


def change_heads(speech: Speech) -> tuple[str, ...]:
    """Return the heads of `change_rows`."""
    keys = ("verdict", "change", "interval", "before", "after")
    return speech.say("table", "touchpoint"), *(speech.say("changes", key) for key in keys)


def trend_rows(speech: Speech) -> list[tuple[str, ...]]:
    """Return the trend in numbers: period, mean, interval, customers."""
    changes = speech.facts["changes"]
    return [_period(speech, one) for one in (changes or {}).get("trend", ())]


def _table(speech: Speech, title: str, note: str, columns: dict[str, Cell]) -> Table:
    rows = [
        (
            speech.touchpoint(one["touchpoint"]),
            *(cell(speech, one, name) for name, cell in columns.items()),
        )
        for one in speech.facts["impact"]
    ]
    heads = [speech.say("table", name.partition(" ")[0]) for name in columns]
    return Table(
        speech.say("headings", title),
        note,
        (speech.say("table", "touchpoint"), *heads),
        tuple(name not in TEXTUAL for name in columns),
        tuple(rows),
    )


def _number(speech: Speech, one: Facts, name: str) -> str:
    signed = name in ("penalty", "reward")
    write = speech.gain if name.startswith("prize") else speech.number
    return write(f"{name}.{one['touchpoint']}", one[name], signed=signed)


def _share(speech: Speech, one: Facts, name: str) -> str:
    return speech.percent(f"{name}.{one['touchpoint']}", one[name])


def _count(speech: Speech, one: Facts, name: str) -> str:
    return speech.count(f"{name}.{one['touchpoint']}", one[name])


def _interval(speech: Speech, one: Facts, name: str) -> str:
    measure = name.partition(" ")[2]
    low, high = (f"{measure}_low", f"{measure}_high")
    if one[measure.replace("_band", "_expected")] is None:
        return NOT_KNOWN
    cell = _share if measure == "importance" else _number
    return speech.interval(cell(speech, one, low), cell(speech, one, high))


def _stage(speech: Speech, one: Facts, name: str) -> str:
    return speech.words.name("stages", one["stage"]) if one["stage"] else NOT_KNOWN


def _role(speech: Speech, one: Facts, name: str) -> str:
    if not one["role"]:
        return NOT_KNOWN
    shown = speech.words.name("roles", one["role"]).partition(":")[0].partition("：")[0]
    return speech.mark(f"role.{one['touchpoint']}", shown)


def _role_share(speech: Speech, one: Facts, name: str) -> str:
    return speech.percent(f"{name}.{one['touchpoint']}", one["roles"].get(name.partition("_")[2]))


EFFECTS: dict[str, Cell] = {
    "prize": _number,
    "interval prize": _interval,
    "penalty": _number,
    "interval penalty": _interval,
    "reward": _number,
    "interval reward": _interval,
}
COUNTS: dict[str, Cell] = {
    "mentions": _count,
    "reach": _share,
    "negative": _count,
    "negative_share": _share,
    "positive": _count,
    "positive_share": _share,
    "performance": _share,
}


def _role_columns(speech: Speech) -> dict[str, Cell]:
    columns: dict[str, Cell] = {"stage": _stage, "role": _role}
    if any(one["roles"] for one in speech.facts["impact"]):
        columns.update({f"role_{role}": _role_share for role in ROLES})
    return {**columns, "importance": _share, "interval importance": _interval}


def _reading_columns(speech: Speech) -> dict[str, Cell]:
    """Return the columns that hold something: a tagger need not state how well it reads."""
    rows, columns = speech.facts["impact"], dict[str, Cell]()
    if any(one["recall"] is not None for one in rows):
        columns.update({"recall": _share, "precision": _share})
    if any(one["prize_expected"] is not None for one in rows):
        columns.update({"prize_expected": _number, "band prize_band": _interval})
    return columns


def _change(speech: Speech, one: Facts) -> tuple[str, ...]:
    key = one["touchpoint"]
    low, high = (speech.points(f"change_{end}.{key}", one[f"change_{end}"]) for end in _ENDS)
    if not one["sure"]:
        verdict = "open"
    else:
        verdict = "more_complaints" if one["change"] > 0 else "fewer_complaints"
    return (
        speech.touchpoint(key),
        speech.say("changes", verdict),
        speech.points(f"change.{key}", one["change"]),
        speech.interval(low, high),
        speech.percent(f"before.{key}", one["before"]),
        speech.percent(f"after.{key}", one["after"]),
    )


def _period(speech: Speech, one: Facts) -> tuple[str, ...]:
    period = one["period"]
    ends = [speech.number(f"trend_{end}.{period}", one[end]) for end in _ENDS]
    return (
        speech.words.date(period),
        speech.number(f"trend_value.{period}", one["value"]),
        speech.interval(*ends),
        speech.count(f"trend_texts.{period}", one["texts"]),
    )


_ENDS = ("low", "high")
