"""How a text is cut: marks where a cut is possible, and a visible list of rules that decide.

As in razdel, a pattern finds the marks, the rules are asked in order, and the first one that has
an opinion decides. A rule is a named function of a mark; the program is the list of rules.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from tpfeedback.languages import Span

# How far a rule may look to either side: enough for any clause opening, and it keeps
# the time linear in the length of the text.
WINDOW = 80

WORD = re.compile(r"\d+(?:[.,:]\d+)+|[^\W_]+(?:['’‑-][^\W_]+)*")
_LETTER_OR_DIGIT = re.compile(r"[^\W_]")
_LAST_WORD = re.compile(r"[^\W_]+(?:\.[^\W_]+)*$")


@dataclass(frozen=True, slots=True)
class Mark:
    """A place where a text may be cut: right after `sign`.

    `left` and `right` are the text around it, `piece` the text since the mark before,
    `following` the text up to the next mark; none is longer than `WINDOW`.
    """

    sign: str
    left: str
    right: str
    piece: str
    following: str

    @property
    def left_word(self) -> str:
        """The word that ends where the mark starts, in lower case; empty if there is none."""
        found = _LAST_WORD.search(self.left, self.left.rfind(" ") + 1)
        return found.group().lower() if found else ""

    @property
    def next_character(self) -> str:
        """The first character after the mark that is no space; empty at the end."""
        return self.right.lstrip()[:1]


Rule = Callable[[Mark], bool | None]


def cut(text: str, marks: re.Pattern[str], rules: Iterable[Rule]) -> list[Span]:
    """Return the pieces of `text`, cut after each of the `marks` that the `rules` let stand.

    >>> [(s.start, s.stop) for s in cut("Good; bad", re.compile(";"), [lambda mark: True])]
    [(0, 5), (6, 9)]
    """
    places = [(found.start(), found.end()) for found in marks.finditer(text)]
    last = len(text.rstrip())
    ends = []
    before = 0
    for number, (start, stop) in enumerate(places, 1):
        if stop >= last:
            break  # with nothing behind it, a mark cuts nothing
        after = places[number][0] if number < len(places) else len(text)
        mark = Mark(
            sign=text[start : min(stop, start + WINDOW)],
            left=text[max(0, start - WINDOW) : start],
            right=text[stop : stop + WINDOW],
            piece=text[max(before, start - WINDOW) : start],
            following=text[stop : min(after, stop + WINDOW)],
        )
        if next((said for rule in rules if (said := rule(mark)) is not None), False):
            ends.append(stop)
        before = stop
    return _pieces(text, ends)


def cut_twice(
    text: str, sentences: Callable[[str], list[Span]], marks: re.Pattern[str], rules: list[Rule]
) -> list[Span]:
    """Return the clauses of `text`: each of its `sentences` cut at the `marks`."""
    return [
        Span(sentence.start + clause.start, sentence.start + clause.stop)
        for sentence in sentences(text)
        for clause in cut(text[sentence.start : sentence.stop], marks, rules)
    ]


def find_words(text: str) -> list[Span]:
    """Return the words and numbers of a text that puts spaces between words.

    >>> text = "Don't pay 4.5 zł-ish, ok?"
    >>> [text[w.start:w.stop] for w in find_words(text)]
    ["Don't", 'pay', '4.5', 'zł-ish', 'ok']
    """
    return [Span(found.start(), found.end()) for found in WORD.finditer(text)]


def _pieces(text: str, ends: list[int]) -> list[Span]:
    """Return the parts between `ends`; a part without letter or digit joins the one before."""
    spans: list[Span] = []
    wordless = False
    start = 0
    for stop in [*ends, len(text)]:
        part = text[start:stop]
        span = Span(start + len(part) - len(part.lstrip()), start + len(part.rstrip()))
        start = stop
        if span.start >= span.stop:
            continue
        no_word = _LETTER_OR_DIGIT.search(part) is None
        if spans and (no_word or wordless):
            spans[-1] = Span(spans[-1].start, span.stop)
            wordless = wordless and no_word
        else:
            spans.append(span)
            wordless = no_word
    return spans


def starts_with(phrases: Iterable[str]) -> re.Pattern[str]:
    """Return a pattern that finds any of the `phrases` at the start, as whole words."""
    longest_first = sorted(phrases, key=lambda phrase: (-len(phrase), phrase))
    return re.compile(rf"\W*(?:{'|'.join(map(re.escape, longest_first))})(?!\w)", re.IGNORECASE)


def words_in(table: str) -> frozenset[str]:
    """Return the words of a table that is written as running text."""
    return frozenset(table.split())


def phrases(table: str) -> tuple[str, ...]:
    """Return the phrases of a table that is written with commas.

    >>> phrases("at first, of course")
    ('at first', 'of course')
    """
    return tuple(" ".join(phrase.split()) for phrase in table.split(","))
