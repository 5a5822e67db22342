"""How each language speaks of lengths of time: one file a language, found by its name.

A file holds tables of words and patterns of what stands around a duration; how durations are
read with them stands in `tpfeedback.durations`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module

MINUTE, HOUR, DAY, WEEK, MONTH, YEAR = 1.0, 60.0, 1440.0, 10080.0, 43200.0, 525600.0
SECOND = 1 / 60

# "A few", "несколько", "kilka" and 几 mean the same in every language: that keeps them comparable.
SOME = (4.0, 2.0, 9.0)
PAIR = (2.0, 2.0, 3.0)
# Half a day of waiting is half a working day, and never longer than half of 24 hours.
HALF_DAY = (240.0, 120.0, 720.0)

Triple = tuple[float, float, float]  # most likely value, lowest, highest


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a word says of a length of time.

    `kind` is "number" (of units), "article" (the number one, "an hour"), "half" (any fraction),
    "unit" and "whole" (in minutes), "to" (between the ends of a range), "link" (between parts:
    "two hours and ten minutes", "two and a half"), "also" (between hours and minutes, never
    before a half: "и"), "between" (before a range whose ends "and" or a link parts), "filler"
    (between number and unit: "three whole days") or "more" (between them too, 两个多小时).
    """

    kind: str
    amount: Triple = (0.0, 0.0, 0.0)
    spelled: bool = True  # written in letters, not in digits
    alone: bool = False  # a unit that may stand without a number ("через час")
    inverted: bool = False  # a unit that may stand before its number ("часа два")


@dataclass(frozen=True, slots=True)
class Token:
    """A word, number or sign: `whole_text[start:stop]`, with a meaning where it tells time."""

    meaning: Meaning | None
    text: str
    start: int
    stop: int


@dataclass(frozen=True)
class DurationWords:
    """What tpfeedback knows of durations in one language.

    `hint` is found in every text that has a duration and costs little. The patterns named
    `…_before` are looked for right before a duration, `…_after` right after it. `denied_before`
    and `denied_after` say around "more than 5 minutes" that nobody waited so long; `alone_after`
    says where a unit without number means one; a duration is no wait, for the reason that is
    the name of the pattern, where one of `refused_before` or `refused_after` is found in its
    sentence, or one of `refused_framed` where the duration itself stands in [brackets]; a year is
    a wait only where `waiting` is found there. `plain` are characters that are read as others,
    one as one.
    """

    hint: re.Pattern[str]
    tokens: Callable[[str], list[Token]]
    sentence_end: re.Pattern[str]
    alone_after: re.Pattern[str]
    range_before: re.Pattern[str]
    over_before: re.Pattern[str]
    under_before: re.Pattern[str]
    about_before: re.Pattern[str]
    denied_before: re.Pattern[str]
    over_after: re.Pattern[str]
    denied_after: re.Pattern[str]
    about_after: re.Pattern[str]
    refused_before: Mapping[str, re.Pattern[str]]
    refused_after: Mapping[str, re.Pattern[str]]
    refused_framed: Mapping[str, re.Pattern[str]]
    waiting: re.Pattern[str]
    plain: Mapping[int, int] = field(default_factory=dict)


@cache
def load_duration_words(code: str) -> DurationWords:
    """Return the durations of language `code`, one of `available_languages()`."""
    words: DurationWords = import_module(f"{__name__}.{code}").DURATIONS
    return words


def meanings(kind: str, table: Mapping[float | Triple, str], **options: bool) -> dict[str, Meaning]:
    """Return the meaning of each word of a table: value (or value, low, high) → its forms.

    >>> meanings("unit", {60.0: "hour hours"})["hours"].amount
    (60.0, 60.0, 60.0)
    """
    return {
        word: Meaning(kind, value if isinstance(value, tuple) else (value,) * 3, **options)
        for value, forms in table.items()
        for word in forms.split()
    }


_SMALL = re.compile(r"\d{1,4}(?!\d)")
FRACTIONS: Mapping[float | Triple, str] = {
    0.5: "½ 1/2",
    0.25: "¼ 1/4",
    0.75: "¾ 3/4",
    1 / 3: "⅓ 1/3",
    2 / 3: "⅔ 2/3",
}
_SIGNS = "½¼¾⅓⅔"
_TOKEN = rf"[{_SIGNS}]|\d{{1,4}}(?:[.,]\d{{1,2}})?(?!\d)|\d+|(?:(?![{_SIGNS}])[^\W\d_])+|[^\w\s]|_"


def fraction(part_of: str) -> str:
    """Return the pattern of a fraction with a slash: 1/2 always is one, but 3/4 may be a range.

    It is none before `part_of` ("3/4 of an hour") or after a whole number ("2 3/4 hours").

    >>> [bool(re.search(fraction("час"), text)) for text in ("3/4 час", "2 3/4 дня", "3/4 дня")]
    [True, True, False]
    """
    thirds = "(?:[13]/4|[12]/3)"
    part = rf"1/2|(?<=\d\s){thirds}|{thirds}(?=\s*(?:{part_of}))"
    return rf"(?<![\d/.,])(?:{part})(?![\d/])"


def spaced_tokens(
    words: Mapping[str, Meaning], part_of: str, plain: Callable[[str], str] = str.lower
) -> Callable[[str], list[Token]]:
    """Return what cuts a text with spaces between its words into tokens, with their meaning.

    `part_of` stands after a fraction: "3/4 of an hour".
    """
    token = re.compile(rf"{fraction(part_of)}|{_TOKEN}", re.IGNORECASE)

    def tokens(text: str) -> list[Token]:
        return [
            Token(_meaning(plain(found.group()), words), found.group(), found.start(), found.end())
            for found in token.finditer(text)
        ]

    return tokens


def _meaning(word: str, words: Mapping[str, Meaning]) -> Meaning | None:
    return words.get(word) or digits(word)


def digits(word: str) -> Meaning | None:
    """Return the number that is written in digits, up to 9999, as a meaning."""
    if not word[0].isdecimal() or not _SMALL.match(word):
        return None
    value = float(word.replace(",", "."))
    return Meaning("number", (value, value, value), spelled=False)


def sentence_end(abbreviated: str = "") -> re.Pattern[str]:
    """Return the end of a sentence; `abbreviated`, lookbehinds, says after what "." is none."""
    return re.compile(rf"{abbreviated}[.!?](?=\s+[^\W\d_]|\s*\Z)|[…。！？\n;；]", re.IGNORECASE)


def near(pattern: str) -> re.Pattern[str]:
    """Return a pattern that must end where the duration starts."""
    return re.compile(rf"(?<!\w)(?:{pattern})[\s\u00a0]*\Z", re.IGNORECASE)


def then(pattern: str) -> re.Pattern[str]:
    """Return a pattern that must start where the duration stops."""
    return re.compile(rf"[\s\u00a0]*(?:{pattern})(?!\w)", re.IGNORECASE)


def somewhere(pattern: str) -> re.Pattern[str]:
    """Return a pattern that is looked for in the same sentence; a word may go on."""
    return re.compile(rf"(?<!\w)(?:{pattern})", re.IGNORECASE)
