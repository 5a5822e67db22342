"""Comparisons with rivals that a text makes: "у конкурентов быстрее", 比京东慢, "taniej niż w…".

A rival is another supplier, named or not ("competitors", "other hotels", 别家). A comparison with
the past ("used to be better"), with expectations, with a number, a place or nothing at all is none,
nor is one that its clause takes back ("no other bank has better rates").
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from tpfeedback.languages import available_languages
from tpfeedback.languages.comparatives import ComparativeWords, load_comparative_words

BEFORE = 16  # characters before a comparison that may tell that it is with the past
CLAUSE = 120  # characters before a comparison that may deny it
STEM = 4  # letters of a name that stay when its ending goes


@dataclass(frozen=True, slots=True)
class Comparison:
    """A comparison in `text[start:stop]`.

    `verdict` is from the side of the one whom the text is about: "win" (we are better), "loss",
    "equal", or "open" where the words do not tell it ("unlike other hotels"). `rival` is the name
    of the rival: well-known names in their first form, others as they are written, in small
    letters; None where no name is told.
    """

    start: int
    stop: int
    verdict: str
    rival: str | None


def find_comparisons(text: str, language: str) -> tuple[Comparison, ...]:
    """Return the comparisons of `text` in order, none overlapping; () in an unknown language.

    The time is linear in the length of the text.

    >>> find_comparisons("Cheaper than Tesco, but other shops are faster.", "en")
    (Comparison(start=0, stop=18, verdict='win', rival='tesco'),
     Comparison(start=24, stop=46, verdict='loss', rival=None))
    """
    if language not in available_languages():
        return ()
    words = load_comparative_words(language)
    written, text = text, text.translate(words.plain)
    if words.hint.search(text) is None:
        return ()
    found = [
        (match.start(), order, verdict, match)
        for order, (verdict, pattern) in enumerate(words.forms)
        for match in pattern.finditer(text)
    ]
    result: list[Comparison] = []
    free = 0
    for start, _, verdict, match in sorted(found, key=lambda one: one[:2]):
        is_rival = words.no_rival.match(text, match.start("rival")) is None
        past = words.past.search(text, max(0, start - BEFORE), match.end())
        if start >= free and is_rival and past is None and not _denied(text, verdict, match, words):
            rival = _normal(_named(match, written), words)
            result.append(Comparison(start, match.end(), verdict, rival))
            free = match.end()
    return tuple(result)


def every_name(names: Iterable[str]) -> frozenset[str]:
    """Return `names` as rivals are written, each with its first forms in all languages.

    >>> sorted(every_name(["Booking.com"]))
    ['booking', 'booking.com']
    """
    tables = [load_comparative_words(code) for code in available_languages()]
    found = {_normal(name, words) for name in names for words in tables}
    plain = {_plain(name) for name in names}
    return frozenset(name for name in found | plain if name)


def is_one_of(rival: str, names: frozenset[str], language: str) -> bool:
    """Whether `rival`, told in `language`, is one of `names`, which `every_name` gave.

    >>> is_one_of("hilton's", every_name(["Hilton"]), "en")
    True
    """
    if every_name([rival]) & names:
        return True
    endings = load_comparative_words(language).endings
    return any(_same_but_for_endings(rival, name, endings) for name in names)


def _same_but_for_endings(first: str, second: str, endings: tuple[str, ...]) -> bool:
    pairs = list(zip(first.split(), second.split(), strict=False))
    return len(first.split()) == len(second.split()) and all(
        _stems(one, endings) & _stems(other, endings) for one, other in pairs
    )


def _stems(word: str, endings: tuple[str, ...]) -> set[str]:
    stems = (word.removesuffix(ending) for ending in endings)
    return {word, *(stem for stem in stems if len(stem) >= STEM)}


def _denied(text: str, verdict: str, match: re.Match[str], words: ComparativeWords) -> bool:
    """Whether a negation of the same clause takes the comparison back; "unlike" it cannot."""
    groups, start = match.groupdict(), match.start()
    if verdict == "open" or groups.get("apart") is not None:
        return False
    said = match.start("said") if groups.get("said") is not None else start
    return (
        words.denied.search(text, max(0, start - CLAUSE), start) is not None
        or words.denied.search(text, start, said) is not None
        or words.denied_after.match(text, match.end()) is not None
    )


def _named(match: re.Match[str], written: str) -> str | None:
    """Return the rival's name as it is written, None where none is told."""
    if match.groupdict().get("name") is None:
        return None
    return written[match.start("name") : match.end("name")]


def _normal(name: str | None, words: ComparativeWords) -> str | None:
    if name is None:
        return None
    small = _plain(name)
    return words.names.get(small.translate(words.plain), small) or None


def _plain(name: str) -> str:
    return " ".join(name.lower().split()).strip("«»\"'“”.,")
