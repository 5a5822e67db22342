"""All that is tracked or looked at closer: from results to facts, from facts to sections."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

from tpfeedback.report.closer import evaluation, problems, shares, themes
from tpfeedback.report.masked import masked_groups
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

# In the order of the page: what goes wrong, what was tracked, how sure it is. Each module has
# `facts_of` and `section_of`.
_GOES_WRONG: dict[str, ModuleType] = {"problems": problems, "themes": themes}
_HOW_SURE: dict[str, ModuleType] = {"shares": shares, "evaluation": evaluation}
_TRACKED: dict[str, ModuleType] = {
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
    tracked. Personal data in quotes and in the names of groups are masked where `mask` says so.
    """
    if mask:
        tracking = {key: masked_groups(result) for key, result in tracking.items()}
    return _facts(_TRACKED, tracking, findings, mask=mask)


def closer_facts(closer: Mapping[str, Any], findings: Any, *, mask: bool) -> Facts:
    """Return the same of what `Analysis.look_closer` found."""
    return _facts(_GOES_WRONG | _HOW_SURE, closer, findings, mask=mask)


def _facts(
    parts: Mapping[str, ModuleType], results: Mapping[str, Any], findings: Any, *, mask: bool
) -> Facts:
    return {
        key: part.facts_of(results[key], findings, mask=mask)
        for key, part in parts.items()
        if results.get(key) is not None
    }


def tracked_sections(speech: Speech) -> list[Section]:
    """Return what was tracked and looked at closer as sections, in the words of the report."""
    tracked, closer = (speech.facts.get(name) or {} for name in ("tracking", "closer"))
    found = (
        (part, facts.get(key))
        for parts, facts in ((_GOES_WRONG, closer), (_TRACKED, tracked), (_HOW_SURE, closer))
        for key, part in parts.items()
    )
    return [part.section_of(facts, speech) for part, facts in found if facts is not None]


def tracked_figures(facts: Facts) -> dict[str, Any]:
    """Return name -> value of every figure that the sections show.

    The sections are told once to a listener: what they say and what is listed cannot differ.
    """
    if not facts.get("tracking") and not facts.get("closer"):
        return {}
    speech = _Listener(facts, load_wording())
    said = "".join(text for section in tracked_sections(speech) for text in _texts(section, speech))
    return {name: speech.values[name] for name in dict.fromkeys(_NAMED.findall(said))}


def _texts(section: Section, speech: Speech) -> Iterator[str]:
    yield from (*section.lines, *section.sure)
    for card in section.cards:
        yield from (card.title, *card.lines, *(said.title for said in card.said))
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
