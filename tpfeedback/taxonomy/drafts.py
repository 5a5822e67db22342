"""A taxonomy as somebody wrote it, and the words that lead its writer to a place in it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from reprlib import repr as show
from typing import Any

Record = Mapping[str, Any]
Spot = tuple[int, str, str]
"""Number of the touchpoint (0: the head), field ("" for none), language ("" for none)."""

WORD_FIELDS = ("names", "descriptions", "cues")


@dataclass(frozen=True)
class Writing:
    """How a taxonomy was written down: here as a mapping of TOML's shape, without lines.

    Other writings derive from it: what is wrong is told in the words of the file it stands in.
    """

    yes = "true"

    def place(self, spot: Spot) -> str:
        """Return where the spot stands, such as "line 12"; nothing where there are no lines."""
        return ""

    def order(self, spot: Spot) -> int:
        """Return a number that grows from the top of the writing to its end."""
        return spot[0]

    def field(self, name: str, language: str = "") -> str:
        """Return what a field is called: `names.pl`."""
        return f"{name}.{language}" if language else name

    def fill(self, name: str, language: str = "") -> str:
        """Return how to write a field down, with an example: `names.pl = "..."`."""
        if name == "touchpoints":
            return "Write [[touchpoints]] above each"
        called = self.field(name, language)
        if name in WORD_FIELDS and not language:
            return f"Write {called} = {{en = {_example(name)}}}"
        return f"Write {called} = {_example(name)}"

    def drop(self, name: str, language: str) -> str:
        """Return how to take a field away."""
        return f"delete {self.field(name, language)}"


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong, and where."""

    spot: Spot
    text: str


@dataclass(frozen=True)
class Draft:
    """A taxonomy before anything about it is known to be sound.

    `touchpoints` are those that are tables, by number from 1; `general_keys` are the parents
    that stand outside the draft.
    """

    head: Record
    touchpoints: Mapping[int, Record]
    general_keys: Collection[str] = ()
    writing: Writing = field(default_factory=Writing)

    @property
    def records(self) -> dict[int, Record]:
        """The head, number 0, and the touchpoints."""
        return {0: self.head, **self.touchpoints}

    @property
    def parents(self) -> dict[str, str]:
        """Parent by key, where both are texts; `general`'s own touchpoint ends the line."""
        pairs = [(t.get("key"), t.get("parent")) for t in self.touchpoints.values()]
        return {
            key: parent
            for key, parent in pairs
            if isinstance(key, str)
            and isinstance(parent, str)
            and parent
            and not (key == parent and parent in self.general_keys)
        }

    def name(self, number: int) -> str:
        """Return what a touchpoint, or the head, is called in a sentence.

        >>> Draft({}, {2: {"key": "soup"}}).name(2)
        "touchpoint 2 'soup'"
        """
        if number == 0:
            return "the head of the taxonomy"
        key = self.touchpoints.get(number, {}).get("key")
        return (
            f"touchpoint {number} {show(key)}" if isinstance(key, str) else f"touchpoint {number}"
        )

    def name_with_place(self, number: int) -> str:
        """Return the same with its place behind it, to point from one touchpoint to another."""
        place = self.writing.place((number, "", ""))
        return f"{self.name(number)} ({place})" if place else self.name(number)

    def sentence(self, problem: Problem) -> str:
        """Return the problem as the writer reads it: place, touchpoint, what is wrong."""
        places = (self.writing.place(problem.spot), self.name(problem.spot[0]))
        return f"{', '.join(filter(None, places))}: {problem.text}"


def _example(name: str) -> str:
    examples = {
        "cues": '["...", "..."]',
        "version": "1",
        "catch_all": "true",
        "key": '"wifi_in_room"',
    }
    return examples.get(name, '"..."')
