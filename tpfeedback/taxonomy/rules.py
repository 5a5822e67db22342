"""What a sound taxonomy keeps to, as a visible list of rules.

A rule is a function from a draft to its problems; each says what was given, what is allowed and
what to write instead. All rules are asked, so that a writer learns of every mistake at once.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from reprlib import repr as show

from tpfeedback.errors import unknown_name
from tpfeedback.taxonomy.drafts import Draft, Problem, Record, Writing
from tpfeedback.taxonomy.link_rules import LINK_RULES
from tpfeedback.taxonomy.touchpoints import CHANNELS, STAGES
from tpfeedback.taxonomy.word_rules import WORD_RULES

HEAD_FIELDS = ("key", "version", "extends", "names", "descriptions", "touchpoints")
TOUCHPOINT_FIELDS = (
    "key",
    "stage",
    "channel",
    "parent",
    "catch_all",
    "names",
    "descriptions",
    "cues",
)

_KEY = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)*")
_NOT_IN_KEY = re.compile(r"[^a-z0-9]+")

Rule = Callable[[Draft], Iterator[Problem]]


def find_problems(
    content: Record,
    *,
    general_keys: Collection[str] = (),
    writing: Writing | None = None,
    found: Iterable[Problem] = (),
) -> list[str]:
    """Return one sentence for everything that is wrong with `content`, from top to bottom.

    `writing` names the places in the words of the file; `found` is what reading already found.

    >>> print(*find_problems({"key": "My List", "names": {"en": "My list"}}), sep="\\n")
    the head of the taxonomy: key is 'My List'. Allowed: small Latin letters, ...
    the head of the taxonomy: touchpoints is missing. Allowed: a list of at least one ...
    """
    draft = Draft(content, _numbered(content), general_keys, writing or Writing())
    problems = [*found, *(problem for rule in RULES for problem in rule(draft))]
    problems.sort(key=lambda problem: draft.writing.order(problem.spot))
    return [draft.sentence(problem) for problem in problems]


def plain_key(text: str) -> str:
    """Return the nearest key that `text` allows; nothing where it holds no Latin letter.

    >>> plain_key("Noodle Bar"), plain_key("2nd floor"), plain_key("Бар")
    ('noodle_bar', 'nd_floor', '')
    """
    key = _NOT_IN_KEY.sub("_", text.lower()).strip("_")
    return key.lstrip("0123456789_")


def keys_are_plain(draft: Draft) -> Iterator[Problem]:
    """Every record has a key in snake_case."""
    for number, record in draft.records.items():
        key = record.get("key")
        if isinstance(key, str) and _KEY.fullmatch(key):
            continue
        nearest = plain_key(key) if isinstance(key, str) else ""
        allowed = "small Latin letters, digits and single underscores, such as wifi_in_room"
        action = f"Write {nearest}." if nearest else f"{draft.writing.fill('key')}."
        yield Problem(
            (number, "key", ""), f"key {_given(record, 'key')}. Allowed: {allowed}. {action}"
        )


def fields_are_known(draft: Draft) -> Iterator[Problem]:
    """A misspelt field would otherwise be lost without a word."""
    for number, record in draft.records.items():
        known = TOUCHPOINT_FIELDS if number else HEAD_FIELDS
        for field in record:
            if field not in known:
                message = unknown_name("field", field, known, then="Correct or delete it.")
                yield Problem((number, str(field), ""), message)


def version_counts(draft: Draft) -> Iterator[Problem]:
    """The version is a whole number from 1; it is 1 where nothing is said."""
    version = draft.head.get("version", 1)
    if isinstance(version, bool) or not isinstance(version, int) or version < 1:
        yield Problem(
            (0, "version", ""),
            f"version {_given(draft.head, 'version')}. Allowed: a whole number from 1. "
            f"{draft.writing.fill('version')}.",
        )


def touchpoints_are_listed(draft: Draft) -> Iterator[Problem]:
    """There is a list of touchpoints, and each is a table."""
    listed = draft.head.get("touchpoints")
    if not (isinstance(listed, list | tuple) and listed):
        yield Problem(
            (0, "touchpoints", ""),
            f"touchpoints {_given(draft.head, 'touchpoints')}. Allowed: a list of at least one "
            f"touchpoint. {draft.writing.fill('touchpoints')}.",
        )
        return
    fields = f"a table with the fields {', '.join(TOUCHPOINT_FIELDS)}"
    for number, entry in enumerate(listed, 1):
        if number not in draft.touchpoints:
            text = f"it is {show(entry)}. Allowed: {fields}. Write it as one."
            yield Problem((number, "", ""), text)


def stages_and_channels_are_known(draft: Draft) -> Iterator[Problem]:
    """Every touchpoint stands in one stage of the journey and one channel."""
    for number, record in draft.touchpoints.items():
        for field, allowed in (("stage", STAGES), ("channel", CHANNELS)):
            if field not in record:
                text = f"{field} is missing. Allowed: {', '.join(allowed)}. "
                yield Problem((number, field, ""), text + f"{draft.writing.fill(field)}.")
            elif record[field] not in allowed:
                message = unknown_name(field, record[field], allowed, then="Write one of these.")
                yield Problem((number, field, ""), message)


RULES: list[Rule] = [
    keys_are_plain,
    fields_are_known,
    version_counts,
    touchpoints_are_listed,
    stages_and_channels_are_known,
    *WORD_RULES,
    *LINK_RULES,
]


def _numbered(content: Record) -> dict[int, Record]:
    listed = content.get("touchpoints")
    entries = listed if isinstance(listed, list | tuple) else ()
    return {n: entry for n, entry in enumerate(entries, 1) if isinstance(entry, Mapping)}


def _given(record: Record, field: str) -> str:
    return f"is {show(record[field])}" if field in record else "is missing"
