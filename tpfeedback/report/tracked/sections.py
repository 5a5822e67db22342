"""All that is tracked: from results to facts, from facts to sections and their figures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

from tpfeedback.report.records import Facts
from tpfeedback.report.speech import Speech
from tpfeedback.report.tracked import compare
from tpfeedback.report.tracked.section import Section
from tpfeedback.wording import load_wording

# In the order of the page. Each module has `facts_of` and `section_of`.
_PARTS: dict[str, ModuleType] = {
    "compare": compare,
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
    """Return name -> value of every figure in the sections: they are told once and listened to."""
    if not facts.get("tracking"):
        return {}
    speech = _Listener(facts, load_wording())
    for section in tracked_sections(speech):
        for listing in section.listings:
            listing.table(speech)
    return speech.heard


@dataclass(frozen=True)
class _Listener(Speech):
    """Notes down each figure that is told."""

    heard: dict[str, Any] = field(default_factory=dict)

    def _marked(self, name: str, value: object, shown: str) -> str:
        if value is not None:
            self.heard[name] = value
        return shown
