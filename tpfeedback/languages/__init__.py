"""Languages: one file each, found by itself.

Every other module in this folder is a language: a file `xx.py` with one value `LANGUAGE`. What
the languages cut texts with stands in the folder `rules`.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import import_module

from tpfeedback.errors import TpfeedbackError, unknown_name


@dataclass(frozen=True, slots=True)
class Span:
    """The part `text[start:stop]` of a text."""

    start: int
    stop: int


@dataclass(frozen=True)
class Language:
    """What tpfeedback knows of one language.

    `sentences` and `clauses` give spans that cover every non-space character of the text
    exactly once and in order; `words` gives the words and numbers, without punctuation;
    `normal_form` makes the forms of one word equal; `stop_words` carry no subject.
    """

    code: str
    name: str
    sentences: Callable[[str], list[Span]]
    clauses: Callable[[str], list[Span]]
    words: Callable[[str], list[Span]]
    normal_form: Callable[[str], str]
    stop_words: frozenset[str]


@cache
def available_languages() -> tuple[str, ...]:
    """Return the codes of all languages in this folder, sorted.

    >>> available_languages()
    ('en', 'pl', 'ru', 'zh')
    """
    return tuple(sorted(m.name for m in pkgutil.iter_modules(__path__) if not m.ispkg))


@cache
def load_language(code: str) -> Language:
    """Return the language `code`; raise `TpfeedbackError` if there is no such file.

    >>> load_language("pl").normal_form("zamówienia")
    'zamowien'
    """
    if code not in available_languages():
        raise TpfeedbackError(
            unknown_name(
                "language",
                code,
                available_languages(),
                then=f"Take one of them or add tpfeedback/languages/{code}.py.",
            )
        )
    language: Language = import_module(f"{__name__}.{code}").LANGUAGE
    return language
