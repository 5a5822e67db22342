"""What a sound taxonomy keeps to, as a visible list of rules.

A rule is a function from a draft to the sentences that say what is wrong with it; each
sentence names the place, what was given, what is allowed and what to do. All rules are asked,
so that a writer learns of every mistake at once.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from reprlib import repr as show
from typing import Any

from tpfeedback.errors import unknown_name
from tpfeedback.languages import available_languages
from tpfeedback.taxonomy.touchpoints import CHANNELS, STAGES, clean

HEADER_FIELDS = ("key", "version", "names", "descriptions", "touchpoints")
TOUCHPOINT_FIELDS = ("key", "stage", "channel", "parent", "names", "descriptions", "cues")
LANGUAGES = available_languages()

_HEAD = "the head of the taxonomy"
_KEY = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)*")

Record = Mapping[str, Any]


@dataclass(frozen=True)
class Draft:
    """A taxonomy as it was written, before anything about it is known to be sound.

    `touchpoints` pairs each one with the words that name its place; `general_keys` are the
    parents that stand outside the draft.
    """

    header: Record
    touchpoints: tuple[tuple[str, Record], ...]
    general_keys: Collection[str]

    @property
    def records(self) -> tuple[tuple[str, Record], ...]:
        """The header and the touchpoints, each with its place."""
        return ((_HEAD, self.header), *self.touchpoints)

    @property
    def parents(self) -> dict[str, str]:
        """Parent by key, where both are texts; `general`'s own touchpoint ends the line."""
        pairs = [(t.get("key"), t.get("parent")) for _, t in self.touchpoints]
        return {
            key: parent
            for key, parent in pairs
            if isinstance(key, str)
            and isinstance(parent, str)
            and parent
            and not (key == parent and parent in self.general_keys)
        }


Rule = Callable[[Draft], Iterator[str]]


def find_problems(content: Record, *, general_keys: Collection[str] = ()) -> list[str]:
    """Return one sentence for everything that is wrong with `content`; none if it is sound.

    >>> print(*find_problems({"key": "My List", "names": {"en": "My list"}}), sep="\\n")
    the head of the taxonomy: key is 'My List'. Allowed: small Latin letters, ...
    the head of the taxonomy: touchpoints is missing. Allowed: a list of at least one ...
    """
    listed = content.get("touchpoints")
    entries = listed if isinstance(listed, list | tuple) else ()
    touchpoints = tuple(
        (_place(number, entry), entry)
        for number, entry in enumerate(entries, 1)
        if isinstance(entry, Mapping)
    )
    draft = Draft(content, touchpoints, general_keys)
    return [problem for rule in RULES for problem in rule(draft)]


# --- rules for the form of the fields ---------------------------------------------------------


def keys_are_plain(draft: Draft) -> Iterator[str]:
    """Every record has a key in snake_case."""
    allowed = "small Latin letters, digits and single underscores, such as wifi_in_room"
    for place, record in draft.records:
        key = record.get("key")
        if not (isinstance(key, str) and _KEY.fullmatch(key)):
            yield _problem(place, record, "key", allowed, "Write such a key.")


def fields_are_known(draft: Draft) -> Iterator[str]:
    """A misspelt field would otherwise be lost without a word."""
    for number, (place, record) in enumerate(draft.records):
        known = TOUCHPOINT_FIELDS if number else HEADER_FIELDS
        for field in record:
            if field not in known:
                message = unknown_name("field", field, known, then="Correct or delete it.")
                yield f"{place}: {message}"


def version_counts(draft: Draft) -> Iterator[str]:
    """The version is a whole number from 1; it is 1 where nothing is said."""
    version = draft.header.get("version", 1)
    if isinstance(version, bool) or not isinstance(version, int) or version < 1:
        allowed = "a whole number from 1"
        yield _problem(_HEAD, draft.header, "version", allowed, "Write version = 1.")


def touchpoints_are_listed(draft: Draft) -> Iterator[str]:
    """There is a list of touchpoints, and each is a table."""
    listed = draft.header.get("touchpoints")
    if not (isinstance(listed, list | tuple) and listed):
        allowed = "a list of at least one touchpoint"
        yield _problem(_HEAD, draft.header, "touchpoints", allowed, "Write [[touchpoints]].")
        return
    for number, entry in enumerate(listed, 1):
        if not isinstance(entry, Mapping):
            allowed = f"a table with the fields {', '.join(TOUCHPOINT_FIELDS)}"
            yield f"touchpoint {number}: is {show(entry)}. Allowed: {allowed}. Write it as one."


def stages_and_channels_are_known(draft: Draft) -> Iterator[str]:
    """Every touchpoint stands in one stage of the journey and one channel."""
    for place, record in draft.touchpoints:
        for field, allowed in (("stage", STAGES), ("channel", CHANNELS)):
            if field not in record:
                yield _problem(place, record, field, ", ".join(allowed), f"Write {field} = ....")
            elif record[field] not in allowed:
                message = unknown_name(field, record[field], allowed, then="Write one of these.")
                yield f"{place}: {message}"


# --- rules for words --------------------------------------------------------------------------


def words_are_by_language(draft: Draft) -> Iterator[str]:
    """Names, descriptions and cues are tables from a known language to words."""
    for place, record in draft.records:
        for field in ("names", "descriptions", "cues"):
            if not isinstance(words := record.get(field, {}), Mapping):
                example = '["broth"]' if field == "cues" else '"Broth"'
                allowed = "a table from language to words"
                yield _problem(
                    place, record, field, allowed, f"Write {field} = {{en = {example}}}."
                )
                continue
            for language in words:
                if language not in LANGUAGES:
                    message = unknown_name("language", language, LANGUAGES)
                    yield f"{place}, {field}: {message} Write one of these codes."


def languages_have_words(draft: Draft) -> Iterator[str]:
    """A language that is written down has words."""
    for place, record in draft.records:
        for field in ("names", "descriptions", "cues"):
            phrases = field == "cues"
            allowed = "a list of texts that are not empty" if phrases else "a text, not empty"
            for language, words in _table(record, field).items():
                if not (_are_phrases(words) if phrases else _is_text(words)):
                    yield (
                        f"{place}: {field}.{language} is {show(words)}. Allowed: {allowed}. "
                        f"Write the words of this language or delete {field}.{language}."
                    )


def names_are_complete(draft: Draft) -> Iterator[str]:
    """The taxonomy has a name, and its touchpoints have one in each language it is named in."""
    languages = tuple(_table(draft.header, "names"))
    if not languages:
        allowed = f"a name in one of {', '.join(LANGUAGES)}"
        yield _problem(_HEAD, draft.header, "names", allowed, 'Write names.en = "...".')
    for place, record in draft.touchpoints:
        for language in languages:
            if language not in _table(record, "names"):
                yield (
                    f"{place}: names.{language} is missing. Allowed: a name in every language that "
                    f"the taxonomy is named in ({', '.join(languages)}). Write names.{language} = "
                    f'"...", or delete names.{language} from the head.'
                )


def touchpoints_can_be_found(draft: Draft) -> Iterator[str]:
    """A touchpoint has a description or cues in some language, or no text would ever match."""
    for place, record in draft.touchpoints:
        if not (_table(record, "descriptions") or _table(record, "cues")):
            yield (
                f"{place}: descriptions and cues are both missing. Allowed: a description or a few "
                f"phrases in at least one of {', '.join(LANGUAGES)}. "
                'Write descriptions.en = "..." or cues.en = ["...", "..."].'
            )


# --- rules between touchpoints ----------------------------------------------------------------


def keys_differ(draft: Draft) -> Iterator[str]:
    """No two touchpoints share a key."""
    first: dict[str, str] = {}
    for place, record in draft.touchpoints:
        key = record.get("key")
        if isinstance(key, str) and first.setdefault(key, place) != place:
            yield (
                f"{place}: key {key!r} is taken by {first[key]}. Allowed: each key once. "
                "Rename one of the two or make them one touchpoint."
            )


def phrases_differ(draft: Draft) -> Iterator[str]:
    """A phrase speaks for one touchpoint only; capitals and spaces make no difference."""
    first: dict[tuple[str, str], str] = {}
    for place, language, phrase in _phrases(draft):
        words = (language, clean(phrase).casefold())
        if words in first:
            yield (
                f"{place}: the phrase {phrase!r} in cues.{language} is claimed twice, first by "
                f"{first[words]}. Allowed: each phrase once per language. "
                "Keep it where it fits best and delete the other."
            )
        first.setdefault(words, place)


def parents_exist(draft: Draft) -> Iterator[str]:
    """A parent is a touchpoint of this taxonomy or of `general`."""
    own = [t["key"] for _, t in draft.touchpoints if isinstance(t.get("key"), str)]
    known = sorted({*own, *draft.general_keys})
    for place, record in draft.touchpoints:
        parent = record.get("parent") or ""
        if not isinstance(parent, str) or (parent and parent not in known):
            message = unknown_name("parent", parent, known, then="Write one of these or none.")
            yield f"{place}: {message}"


def parents_make_no_circle(draft: Draft) -> Iterator[str]:
    """Going from parent to parent comes to an end."""
    parents = draft.parents
    for key in sorted(parents):
        line = [key]
        while line[-1] in parents and parents[line[-1]] not in line:
            line.append(parents[line[-1]])
        if parents.get(line[-1]) == key == min(line):
            yield (
                f"touchpoint {key!r}: its parents go in a circle: {' -> '.join([*line, key])}. "
                "Allowed: a line that ends at a touchpoint without parent or at one of the general "
                "taxonomy. Delete or change one of these parents."
            )


RULES: list[Rule] = [
    keys_are_plain,
    fields_are_known,
    version_counts,
    touchpoints_are_listed,
    stages_and_channels_are_known,
    words_are_by_language,
    languages_have_words,
    names_are_complete,
    touchpoints_can_be_found,
    keys_differ,
    phrases_differ,
    parents_exist,
    parents_make_no_circle,
]


def _place(number: int, entry: object) -> str:
    key = entry.get("key") if isinstance(entry, Mapping) else None
    return f"touchpoint {number} {show(key)}" if isinstance(key, str) else f"touchpoint {number}"


def _problem(place: str, record: Record, field: str, allowed: str, action: str) -> str:
    given = f"is {show(record[field])}" if field in record else "is missing"
    return f"{place}: {field} {given}. Allowed: {allowed}. {action}"


def _table(record: Record, field: str) -> Record:
    """Words by known language; whatever has another shape is left to `words_are_by_language`."""
    words = record.get(field, {})
    if not isinstance(words, Mapping):
        return {}
    return {code: words[code] for code in words if code in LANGUAGES}


def _phrases(draft: Draft) -> Iterator[tuple[str, str, str]]:
    """Every sound cue with its place and language."""
    for place, record in draft.touchpoints:
        for language, phrases in _table(record, "cues").items():
            if _are_phrases(phrases):
                yield from ((place, language, phrase) for phrase in phrases)


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _are_phrases(value: object) -> bool:
    return isinstance(value, list | tuple) and bool(value) and all(map(_is_text, value))
