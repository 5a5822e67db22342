"""Every figure of the report by name, so that each can be traced and computed again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tpfeedback.report.records import Facts
from tpfeedback.report.tracked import tracked_figures

Figure = float | int | str

_RANKED = ("rank", "rank_low", "rank_high")
_REWARDED = ("positive_share", "gain", "reward")
_EFFECTS = tuple(
    f"{name}{end}"
    for name in ("prize", "penalty", "reward", "importance")
    for end in ("", "_low", "_high")
)
_COUNTS = (
    "mentions",
    "negative",
    "positive",
    "reach",
    "negative_share",
    "positive_share",
    "performance",
)
_READING = ("recall", "precision", "prize_expected", "prize_band_low", "prize_band_high")
_CHANGED = ("before", "after", "change", "change_low", "change_high")
_READ = (
    "rows", "texts", "rejected", "duplicates", "duplicates_within", "mentions", "touchpoints",
    "texts_with_mentions", "first_date", "last_date",
)  # fmt: skip
ENDS = ("value", "low", "high")


def figures(facts: Facts) -> dict[str, Figure]:
    """Return name -> value of every figure that the report shows; missing ones are left out.

    A figure of a touchpoint is named `<column>.<touchpoint>`, any other `<section>.<name>`.
    Shares are 0-1; effects are in units of the outcome.

    >>> figures({"outcome": {"mean": 3.6}})
    {'outcome.mean': 3.6}
    """
    parts = (_outcome, _ranking, _rewards, _impact, _changes, _tracking, _sure, _quality)
    found = (pair for part in parts for pair in part(facts))
    return {name: value for name, value in found if value is not None}


def figure_value(value: Figure) -> str:
    """Return a figure as the page holds it: the same on every machine.

    >>> figure_value(0.1 + 0.2), figure_value(7), figure_value("basic")
    ('0.3', '7', 'basic')
    """
    return format(value, ".9g") if isinstance(value, float) else str(value)


def leading(facts: Facts) -> list[Facts]:
    """Return the ranked touchpoints that the answer is about.

    Those whose prize is surely above zero, or, if there is none, those with a prize above zero.
    """
    certain = [one for one in facts["ranking"] if (one["prize_low"] or 0) > 0]
    return certain or [one for one in facts["ranking"] if (one["prize"] or 0) > 0]


def leading_share(facts: Facts) -> float | None:
    """Return the share (0-1) of all that can be gained that the first three hold, or two."""
    first = leading(facts)[:3]
    return sum(one["priority"] for one in first) if len(first) > 1 else None


def _outcome(facts: Facts) -> Iterator[tuple[str, Any]]:
    for name in ("mean", "low", "high", "texts"):
        yield f"outcome.{name}", facts.get("outcome", {}).get(name)


def _ranking(facts: Facts) -> Iterator[tuple[str, Any]]:
    if "ranking" not in facts:
        return
    yield "answer.share", leading_share(facts)
    yield "ranking.more", facts["ranking_more"] or None
    for one in facts["ranking"]:
        for name in _RANKED if one["rank_low"] != one["rank_high"] else _RANKED[:2]:
            yield f"{name}.{one['touchpoint']}", one[name]
        for name in ("prize", "prize_low", "prize_high", "mentions", "negative"):
            yield f"{name}.{one['touchpoint']}", one.get(name)
        if (one["prize"] or 0) > 0:
            yield f"priority.{one['touchpoint']}", one["priority"]


def _rewards(facts: Facts) -> Iterator[tuple[str, Any]]:
    for one in facts.get("rewards", ()):
        for name in _REWARDED:
            yield f"{name}.{one['touchpoint']}", one[name]


def _impact(facts: Facts) -> Iterator[tuple[str, Any]]:
    for one in facts.get("impact", ()):
        for name in (*_EFFECTS, *_COUNTS, *_READING, "role"):
            yield f"{name}.{one['touchpoint']}", one[name]
        for role, probability in one["roles"].items():
            yield f"role_{role}.{one['touchpoint']}", probability


def _changes(facts: Facts) -> Iterator[tuple[str, Any]]:
    changes = facts.get("changes")
    if changes is None:
        return
    for part in ("before", "after"):
        for name in ("first", "last", "texts", *ENDS):
            yield f"changes.{part}_{name}", changes[part][name]
    for name in ENDS:
        yield f"changes.difference_{name}", changes["difference"][name]
    for name in ("compared", "changed", "undated"):
        yield f"changes.{name}", changes[name] or None
    for one in changes["trend"]:
        for name in (*ENDS, "texts"):
            yield f"trend_{name}.{one['period']}", one[name]
    for one in changes["touchpoints"]:
        for name in _CHANGED:
            yield f"{name}.{one['touchpoint']}", one[name]


def _tracking(facts: Facts) -> Iterator[tuple[str, Any]]:
    yield from tracked_figures(facts).items()


def _sure(facts: Facts) -> Iterator[tuple[str, Any]]:
    sure = facts.get("sure", {})
    for name in _READ:
        yield f"sure.{name}", sure.get(name)
    for one in sure.get("languages", ()):
        yield f"language.{one['language']}", one["count"]
        yield f"language_share.{one['language']}", one["share"]
    for place, one in enumerate(sure.get("reasons", ())):
        yield f"set_aside.{place}", one["count"]
    for name in ("warnings_more", "notes_more"):
        yield f"sure.{name}", sure.get(name) or None


def _quality(facts: Facts) -> Iterator[tuple[str, Any]]:
    quality = facts.get("sure", {}).get("quality", {})
    for name, rate in (quality.get("overall") or {}).items():
        yield f"quality.{name}", rate
    for one in quality.get("languages", ()):
        for name in ("texts", "f1", "f1_low", "f1_high"):
            yield f"quality_{name}.{one['language']}", one[name]
