"""Cuts a text into segments: clauses, the pieces that speak of one thing at a time."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tpfeedback.languages import Span, available_languages, load_language
from tpfeedback.languages.rules import Rule, cut, cut_twice
from tpfeedback.languages.rules.clauses import nothing_before, semicolon, two_full_sides
from tpfeedback.languages.rules.sentences import (
    SENTENCE_MARK,
    SENTENCE_RULES,
    inside_address,
    inside_number,
)

# Text in another language is cut at what all scripts share: stops, semicolons, commas.
OTHER_CLAUSE_MARK = re.compile(r"[,;，；،؛]+|\s[-–—]+\s")
OTHER_CLAUSES: list[Rule] = [
    nothing_before,
    inside_number,
    inside_address,
    semicolon,
    two_full_sides(frozenset()),
]


@dataclass(frozen=True, slots=True)
class Segment:
    """One clause of a text: `whole_text[start:stop] == text`."""

    text: str
    start: int
    stop: int


def segment(text: str, language: str) -> list[Segment]:
    """Return the clauses of `text` in order; together they cover every non-space character.

    `language` is a code of `available_languages()`, or anything else ("other") for a rule
    that every script can bear. Empty text has no segments.

    >>> [s.text for s in segment("Great app, but support never answers.", "en")]
    ['Great app,', 'but support never answers.']
    """
    spans = load_language(language).clauses if language in available_languages() else _other
    return [Segment(text[span.start : span.stop], span.start, span.stop) for span in spans(text)]


def _other(text: str) -> list[Span]:
    return cut_twice(text, _other_sentences, OTHER_CLAUSE_MARK, OTHER_CLAUSES)


def _other_sentences(text: str) -> list[Span]:
    return cut(text, SENTENCE_MARK, SENTENCE_RULES)
