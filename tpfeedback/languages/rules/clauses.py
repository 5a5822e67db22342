"""Rules of clauses that languages share."""

from __future__ import annotations

import re
from collections.abc import Iterable

from tpfeedback.languages.rules import WORD, Mark, Rule, starts_with

_LETTER_OR_DIGIT = re.compile(r"[^\W_]")


def clause_mark(words: str, *, also: str = "") -> re.Pattern[str]:
    """Return the pattern of marks between clauses: commas, dashes between spaces, pauses, the space
    before any of `words` (alternatives of a pattern), and any of the characters `also`.

    >>> [found.start() for found in clause_mark("but").finditer("Nice, I say... But dear")]
    [4, 11, 14]
    """
    either = f"|[{also}]" if also else ""
    return re.compile(
        rf"(?=[,;\s.…{also}])(?:"  # what a mark begins with: a search for that alone is faster
        rf"[,;]+|\s(?:[-–—]+\s|(?=(?i:{words})\s))|\.{{2,}}|…+{either})"
    )


def nothing_before(mark: Mark) -> bool | None:
    """A mark right after another mark cuts nothing."""
    return None if _LETTER_OR_DIGIT.search(mark.piece) else False


def semicolon(mark: Mark) -> bool | None:
    """A semicolon cuts, unless it closes an entity such as &amp;"""
    if mark.sign[:1] not in {";", "；"}:
        return None
    return re.search(r"&#?\w+$", mark.left) is None


def after_opener(openers: Iterable[str]) -> Rule:
    """An opening word ("Honestly, …") stays with what it opens."""
    words = frozenset(openers)

    def after_opener(mark: Mark) -> bool | None:
        return False if mark.piece.strip(" \t-–—\"'«„").lower() in words else None

    return after_opener


def contrast(phrases: Iterable[str]) -> Rule:
    """A contrast cuts when there is a word on either side of it."""
    pattern = starts_with(phrases)

    def contrast(mark: Mark) -> bool | None:
        found = pattern.match(mark.right)
        if not found:
            return None
        return True if WORD.search(mark.right, found.end()) else None

    return contrast


def dependent(phrases: Iterable[str]) -> Rule:
    """A clause that hangs on the one before ("…, which …") stays with it."""
    pattern = starts_with(phrases)

    def dependent(mark: Mark) -> bool | None:
        return False if pattern.match(mark.right) else None

    return dependent


def two_full_sides(stop_words: frozenset[str]) -> Rule:
    """A comma or dash cuts between two sides that could each stand alone."""

    def is_full(piece: str) -> bool:
        words = [found.group().lower() for found in WORD.finditer(piece)]
        content = [word for word in words if word not in stop_words and not word.isdecimal()]
        return len(content) >= 2 or (len(words) >= 4 and len(content) >= 1)

    def two_full_sides(mark: Mark) -> bool | None:
        return is_full(mark.piece) and is_full(mark.following)

    return two_full_sides
