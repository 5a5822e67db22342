"""On which line of a TOML text each part of a taxonomy stands.

`tomllib` reads the values and forgets the lines; this reads the lines and forgets the values.
It is asked only about texts that `tomllib` has read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from tpfeedback.taxonomy.drafts import Spot, Writing

_TOKEN = re.compile(
    r'''
      (?P<comment>\#[^\n]*)
    | (?P<text>"""(?:\\.|[^\\])*?"""(?:"{0,2}) | \'\'\'.*?\'\'\'(?:'{0,2})
        | "(?:\\.|[^"\\\n])*" | '[^'\n]*')
    | (?P<open>[\[{]) | (?P<close>[\]}]) | (?P<line>\n) | (?P<other>[^\s\[\]{}"'\#]+ | .)
    ''',
    re.VERBOSE | re.DOTALL,
)
_PART = r"""(?:"(?:\\.|[^"\\])*"|'[^']*'|[A-Za-z0-9_-]+)"""
_KEY = re.compile(rf"\s*({_PART}(?:\s*\.\s*{_PART})*)")


@dataclass
class _Statement:
    """A stretch of lines that says one thing, and where the tables inside it open."""

    line: int
    text: str = ""
    openings: list[int] = field(default_factory=list)


@dataclass(frozen=True)
class TomlWriting(Writing):
    """A taxonomy in the text of a TOML file, whose lines are counted where one is asked for."""

    text: str = ""

    @cached_property
    def lines(self) -> dict[Spot, int]:
        """The line, from 1, of every spot."""
        return spot_lines(self.text)

    def place(self, spot: Spot) -> str:
        """Return `line 12`; a field that is absent stands where its touchpoint begins."""
        line = self._line(spot)
        return f"line {line}" if line else ""

    def order(self, spot: Spot) -> int:
        """Return the line."""
        return self._line(spot)

    def _line(self, spot: Spot) -> int:
        number, name, _ = spot
        around = (spot, (number, name, ""), (number, "", ""), (0, "touchpoints", ""))
        return next((self.lines[one] for one in around if one in self.lines), 0)


def spot_lines(text: str) -> dict[Spot, int]:
    """Return the first line, from 1, of everything that is written down.

    >>> spot_lines('key = "bar"\\n[[touchpoints]]\\nkey = "broth"\\nnames.en = "Broth"\\n')
    {(0, 'key', ''): 1, (1, '', ''): 2, (1, 'key', ''): 3, (1, 'names', 'en'): 4}
    """
    lines: dict[Spot, int] = {}
    number, table = 0, list[str]()
    for statement in _statements(text):
        head = statement.text.lstrip("[")
        depth = len(statement.text) - len(head)
        found = _KEY.match(head)
        path = [part.strip("\"'") for part in re.findall(_PART, found[1])] if found else []
        if depth:
            number += depth == 2 and path == ["touchpoints"]
            table = path
            at, path = (number, path[1:]) if path[:1] == ["touchpoints"] else (0, path)
        else:
            inside = table[:1] == ["touchpoints"]
            at, path = (number, table[1:] + path) if inside else (0, table + path)
        name, language = (*path, "", "")[:2]
        lines.setdefault((at, name, language), statement.line)
        if (at, name, depth) == (0, "touchpoints", 0):
            lines |= {(n, "", ""): line for n, line in enumerate(statement.openings, 1)}
    return lines


def _statements(text: str) -> Iterator[_Statement]:
    line, depth, statement = 1, 0, None
    for token in _TOKEN.finditer(text):
        kind, words = token.lastgroup, token[0]
        if kind == "line" and depth == 0 and statement:
            yield statement
            statement = None
        elif kind not in ("line", "comment") and (statement or words.strip()):
            statement = statement or _Statement(line)
            if words == "{" and depth == 1:
                statement.openings.append(line)
            statement.text += words
        depth += (kind == "open") - (kind == "close")
        line += words.count("\n")
    if statement:
        yield statement
