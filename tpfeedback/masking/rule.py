"""What a rule of masking is: a name, a kind of mark, clues and a pattern."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache


def _always(_: str) -> bool:
    return True


STAYS = ""  # the kind of what looks like personal data and is none


@dataclass(frozen=True)
class Clues:
    """What can be told of a text at little cost, to search it for what it may hold only."""

    lowered: str
    scripts: frozenset[str]
    digits: int  # in the longest chain of digits that little parts

    @classmethod
    def of(cls, text: str) -> Clues:
        """Look at a text.

        >>> Clues.of("Anna, 12-34").digits
        4
        """
        scripts = (name for name, letters in _SCRIPTS.items() if compiled(letters).search(text))
        chains = compiled(_CHAIN).findall(text)
        longest = max((len(compiled(r"\D").sub("", chain)) for chain in chains), default=0)
        return cls(text.lower(), frozenset(scripts), longest)


_SCRIPTS = {"latin": "[A-Za-z]", "cyrillic": "[А-яЁё]", "han": "[\u4e00-\u9fff]"}
_CHAIN = r"\d(?:[^\d\n]{0,3}\d)*"


@dataclass(frozen=True)
class Rule:
    """One way to find personal data.

    `kind` names the mark; what a rule of the kind `STAYS` finds is passed over, by later rules
    too. `pattern` is a regular expression, and its group `hit`, if it has one, is what gets
    replaced; where that is a list, `each` is what one of it looks like, and each is replaced for
    itself. `holds` looks at that once more. Only a text with letters of the `script`, one of
    the `pieces` (in small letters) and a chain of so many `digits` is searched: most texts hold
    none, and a look for a piece is many times cheaper than a search.
    """

    name: str
    kind: str
    pattern: str
    pieces: tuple[str, ...] = ()
    digits: int = 0
    script: str = ""
    each: str = ""
    holds: Callable[[str], bool] = _always

    def may_find(self, clues: Clues) -> bool:
        """Tell whether a text is worth searching."""
        return (
            clues.digits >= self.digits
            and (not self.script or self.script in clues.scripts)
            and (not self.pieces or any(piece in clues.lowered for piece in self.pieces))
        )

    def find(self, text: str) -> list[tuple[int, int]]:
        """Return (start, stop) of every hit in `text`, from left to right."""
        search = compiled(self.pattern)
        group: int | str = "hit" if "hit" in search.groupindex else 0
        hits = (one.span(group) for one in search.finditer(text))
        ones = (one for hit in hits for one in self._ones(text, *hit))
        return [(start, stop) for start, stop in ones if self.holds(text[start:stop])]

    def _ones(self, text: str, start: int, stop: int) -> list[tuple[int, int]]:
        if not self.each:
            return [(start, stop)]
        return [one.span() for one in compiled(self.each).finditer(text, start, stop)]


def stems(words: str) -> str:
    """Return a pattern for words that begin with one of the stems, large or small.

    Two sets of letters are searched faster than with the flag for either case.

    >>> stems("courier driver")
    '(?:[Cc]ourier|[Dd]river)'
    """
    return f"(?:{'|'.join(f'[{one[0].upper()}{one[0]}]{one[1:]}' for one in words.split())})"


def listed(one: str, last: str, end: str = "") -> str:
    """Return a pattern for up to six of a kind in a row: "Ahmed, Tom and Priya".

    `last` stands before the last one. After a comma a new sentence may begin: what follows it
    belongs to the list only before another comma, `last`, `end` or the end of the sentence.

    >>> search = re.compile(listed("[A-Z][a-z]+", " and "))
    >>> [search.match(text)[0] for text in ("Ahmed, Tom and Priya", "Ahmed, Sydney was sunny")]
    ['Ahmed, Tom and Priya', 'Ahmed']
    """
    ends = rf"(?=,|{last}|{end or last}|\s{{0,3}}(?:[.!;:)\n]|\Z))"
    return rf"{one}(?:(?:,?{last}){one}|, {one}{ends}){{0,5}}"


@cache
def compiled(pattern: str) -> re.Pattern[str]:
    """Return the compiled pattern; compiling waits until a text is searched."""
    return re.compile(pattern)
