"""Rules for the words of a taxonomy: names, descriptions, and the phrases customers use."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from reprlib import repr as show

from tpfeedback.errors import unknown_name
from tpfeedback.languages import available_languages
from tpfeedback.taxonomy.drafts import WORD_FIELDS, Draft, Problem, Record
from tpfeedback.taxonomy.touchpoints import clean

LANGUAGES = available_languages()


def words_are_by_language(draft: Draft) -> Iterator[Problem]:
    """Names, descriptions and cues are tables from a known language to words."""
    for number, record in draft.records.items():
        for field in _fields(number):
            if not isinstance(words := record.get(field, {}), Mapping):
                text = f"{field} is {show(words)}. Allowed: a table from language to words. "
                yield Problem((number, field, ""), text + f"{draft.writing.fill(field)}.")
                continue
            for language in words:
                if language not in LANGUAGES:
                    message = unknown_name("language", language, LANGUAGES)
                    text = f"{field}: {message} Write one of these codes."
                    yield Problem((number, field, str(language)), text)


def languages_have_words(draft: Draft) -> Iterator[Problem]:
    """A language that is written down has words."""
    for number, record in draft.records.items():
        for field in _fields(number):
            phrases = field == "cues"
            allowed = "a list of texts that are not empty" if phrases else "a text, not empty"
            for language, words in _table(record, field).items():
                if not (_are_phrases(words) if phrases else _is_text(words)):
                    called = draft.writing.field(field, language)
                    yield Problem(
                        (number, field, language),
                        f"{called} is {show(words)}. Allowed: {allowed}. "
                        f"{draft.writing.fill(field, language)}, "
                        f"or {draft.writing.drop(field, language)}.",
                    )


def names_are_complete(draft: Draft) -> Iterator[Problem]:
    """The taxonomy has a name, and its touchpoints have one in each language it is named in."""
    languages = tuple(_table(draft.head, "names"))
    writing = draft.writing
    if not languages:
        given = f"is {show(draft.head['names'])}" if "names" in draft.head else "is missing"
        text = f"names {given}. Allowed: a name in one of {', '.join(LANGUAGES)}. "
        yield Problem((0, "names", ""), text + f"{writing.fill('names', 'en')}.")
    for number, record in draft.touchpoints.items():
        for language in languages:
            if language not in _table(record, "names"):
                other = f", or {writing.drop('names', language)} in the head"
                yield Problem(
                    (number, "names", language),
                    f"{writing.field('names', language)} is missing. Allowed: a name in every "
                    f"language that the taxonomy is named in ({', '.join(languages)}). "
                    f"{writing.fill('names', language)}{other if len(languages) > 1 else ''}.",
                )


def touchpoints_can_be_found(draft: Draft) -> Iterator[Problem]:
    """A touchpoint has a description or cues in some language, or no text would ever match."""
    for number, record in draft.touchpoints.items():
        if not (_table(record, "descriptions") or _table(record, "cues")):
            yield Problem(
                (number, "", ""),
                "descriptions and cues are both missing. Allowed: a description or a few phrases "
                f"in at least one of {', '.join(LANGUAGES)}. "
                f"{draft.writing.fill('descriptions', 'en')}, or "
                f"{draft.writing.fill('cues', 'en').lower()}.",
            )


def phrases_differ(draft: Draft) -> Iterator[Problem]:
    """A phrase speaks for one touchpoint only; capitals and spaces make no difference."""
    first: dict[tuple[str, str], int] = {}
    for number, language, phrase in _phrases(draft):
        words = (language, clean(phrase).casefold())
        if words in first:
            yield Problem(
                (number, "cues", language),
                f"the phrase {phrase!r} in {draft.writing.field('cues', language)} is claimed "
                f"twice, first by {draft.name_with_place(first[words])}. Allowed: each phrase "
                "once per language. Keep it where it fits best and delete the other.",
            )
        first.setdefault(words, number)


WORD_RULES: list[Callable[[Draft], Iterator[Problem]]] = [
    words_are_by_language,
    languages_have_words,
    names_are_complete,
    touchpoints_can_be_found,
    phrases_differ,
]


def _fields(number: int) -> tuple[str, ...]:
    return WORD_FIELDS if number else WORD_FIELDS[:2]


def _table(record: Record, field: str) -> Record:
    """Words by known language; whatever has another shape is left to `words_are_by_language`."""
    words = record.get(field, {})
    if not isinstance(words, Mapping):
        return {}
    return {code: words[code] for code in words if code in LANGUAGES}


def _phrases(draft: Draft) -> Iterator[tuple[int, str, str]]:
    """Every sound cue with its touchpoint and language."""
    for number, record in draft.touchpoints.items():
        for language, phrases in _table(record, "cues").items():
            if _are_phrases(phrases):
                yield from ((number, language, phrase) for phrase in phrases)


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(clean(value))


def _are_phrases(value: object) -> bool:
    return isinstance(value, list | tuple) and bool(value) and all(map(_is_text, value))
