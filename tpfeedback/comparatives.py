"""Comparisons with rivals that a text makes: "у конкурентов быстрее", 比京东慢, "taniej niż w…".

A rival is another supplier, named or not ("competitors", "other hotels", 别家). A comparison with
the past ("used to be better"), with expectations, with a number, a place or nothing at all is none.
"""

from __future__ import annotations

from dataclasses import dataclass

from tpfeedback.languages import available_languages
from tpfeedback.languages.comparatives import ComparativeWords, load_comparative_words

BEFORE = 16  # characters before a comparison that may tell that it is with the past


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
        if start >= free and is_rival and past is None:
            named = match.groupdict().get("name")
            result.append(Comparison(start, match.end(), verdict, _normal(named, words)))
            free = match.end()
    return tuple(result)


def _normal(name: str | None, words: ComparativeWords) -> str | None:
    if name is None:
        return None
    small = " ".join(name.lower().split()).strip("«»\"'“”.,")
    return words.names.get(small, small) or None
