"""All that is tracked: from results to facts, from facts to sections and their figures."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

from tpfeedback.report.records import Facts
from tpfeedback.report.speech import Speech
from tpfeedback.report.tracked import (
    benchmark,
    compare,
    journey,
    ledger,
    monitor,
    rivals,
    segments,
    waits,
)
from tpfeedback.report.tracked.section import Section
from tpfeedback.wording import load_wording

# In the order of the page. Each module has `facts_of` and `section_of`.
_PARTS: dict[str, ModuleType] = {
    "compare": compare,
    "monitor": monitor,
    "ledger": ledger,
    "journey": journey,
    "segments": segments,
    "waits": waits,
    "rivals": rivals,
    "benchmark": benchmark,
}


def tracking_facts(tracking: Mapping[str, Any], findings: Any, *, mask: bool) -> Facts:
    """Return capability -> what its result says, plain and JSON-able, in the order of the page.

    `tracking` holds the results of `tpfeedback.tracking` by name; `findings` are those that were
    tracked. Personal data in quotes are masked where `mask` says so.
    """
    return {
        key: part.facts_of(tracking[key], findings, mask=mask)
        for key, part in _PARTS.items()
        if tracking.get(key) is not None
    }


def tracked_sections(speech: Speech) -> list[Section]:
    """Return what was tracked as sections, in the words of the report."""
    found = speech.facts.get("tracking") or {}
    return [part.section_of(found[key], speech) for key, part in _PARTS.items() if key in found]


def tracked_figures(facts: Facts) -> dict[str, Any]:
    """Return name -> value of every figure that the sections show.

    The sections are told once to a listener: what they say and what is listed cannot differ.
    """
    if not facts.get("tracking"):
        return {}
    speech = _Listener(facts, load_wording())
    said = "".join(text for section in tracked_sections(speech) for text in _texts(section, speech))
    return {name: speech.values[name] for name in dict.fromkeys(_NAMED.findall(said))}


def _texts(section: Section, speech: Speech) -> Iterator[str]:
    yield from (*section.lines, *section.sure)
    for card in section.cards:
        yield from (card.title, *card.lines)
    for listing in section.listings:
        for row in listing.table(speech).rows:
            yield from row


_BEFORE, _BEHIND = "\x02", "\x03"
_NAMED = re.compile(f"{_BEFORE}([^{_BEHIND}]*){_BEHIND}")


@dataclass(frozen=True)
class _Listener(Speech):
    """Says the name of each figure in its place, and keeps its value."""

    values: dict[str, Any] = field(default_factory=dict)

    def _marked(self, name: str, value: object, shown: str) -> str:
        if value is None:
            return shown
        self.values[name] = value
        return f"{_BEFORE}{name}{_BEHIND}"
