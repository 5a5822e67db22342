"""Rules between touchpoints: keys that differ, parents that exist and lead somewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from tpfeedback.errors import unknown_name
from tpfeedback.taxonomy.drafts import Draft, Problem


def general_is_what_is_extended(draft: Draft) -> Iterator[Problem]:
    """A taxonomy extends `general` or nothing; general itself cannot."""
    base = draft.head.get("extends", "general")
    if base != "general" or ("extends" in draft.head and not draft.general_keys):
        yield Problem(
            (0, "extends", ""),
            f"extends is {base!r}. Allowed: general, in a taxonomy of another key; or nothing, "
            "where only the touchpoints of this list are to be found. Correct or delete it.",
        )


def general_keys_keep_their_meaning(draft: Draft) -> Iterator[Problem]:
    """What extends `general` uses its keys for its touchpoints, or results could not agree."""
    if "extends" not in draft.head:
        return
    for number, record in draft.touchpoints.items():
        key, parent = record.get("key"), record.get("parent") or None
        if isinstance(key, str) and key in draft.general_keys and parent not in (None, key):
            yield Problem(
                (number, "parent", ""),
                f"{key!r} is a touchpoint of the general taxonomy, and here it has the parent "
                f"{parent!r}. Allowed for a general key: parent {key!r} or none. "
                f"Rename the touchpoint, such as {f'{key}_{parent}'!r}, or delete its parent.",
            )


def one_child_catches_all(draft: Draft) -> Iterator[Problem]:
    """Of the children of a general touchpoint at most one takes what fits no other."""
    keyed = {t.get("key"): n for n, t in draft.touchpoints.items() if _is_key(t.get("key"))}
    first: dict[str, int] = {}
    for number, record in draft.touchpoints.items():
        asked, parent = record.get("catch_all", False), record.get("parent")
        spot, allowed = (number, "catch_all", ""), f"Allowed: {draft.writing.yes} or nothing"
        if not isinstance(asked, bool):
            yield Problem(spot, f"catch_all is {asked!r}. {allowed}. Write one of these.")
        elif not asked:
            continue
        elif not isinstance(parent, str) or parent not in draft.general_keys:
            text = (
                f"catch_all is set, and the parent is {parent!r}. Allowed: a general touchpoint, "
            )
            yield Problem(spot, f"{text}whose other mentions it takes. Write such a parent.")
        elif (taker := keyed.get(parent, first.setdefault(parent, number))) != number:
            text = f"catch_all is set, but what else is said of {parent!r} goes to "
            action = "Allowed: one touchpoint. Delete one of the two"
            yield Problem(spot, f"{text}{draft.name_with_place(taker)}. {action}.")


def keys_differ(draft: Draft) -> Iterator[Problem]:
    """No two touchpoints share a key."""
    first: dict[str, int] = {}
    for number, record in draft.touchpoints.items():
        key = record.get("key")
        if isinstance(key, str) and first.setdefault(key, number) != number:
            yield Problem(
                (number, "key", ""),
                f"key {key!r} is taken by {draft.name_with_place(first[key])}. "
                "Allowed: each key once. Rename one of the two or make them one touchpoint.",
            )


def parents_exist(draft: Draft) -> Iterator[Problem]:
    """A parent is a touchpoint of this taxonomy or of `general`."""
    own = [t["key"] for t in draft.touchpoints.values() if isinstance(t.get("key"), str)]
    known = sorted({*own, *draft.general_keys})
    for number, record in draft.touchpoints.items():
        parent = record.get("parent") or ""
        if not isinstance(parent, str) or (parent and parent not in known):
            message = unknown_name("parent", parent, known, then="Write one of these or none.")
            yield Problem((number, "parent", ""), message)


def parents_make_no_circle(draft: Draft) -> Iterator[Problem]:
    """Going from parent to parent comes to an end."""
    parents = draft.parents
    keyed = [(t.get("key"), number) for number, t in draft.touchpoints.items()]
    numbers = {key: number for key, number in reversed(keyed) if _is_key(key)}
    for key in sorted(parents):
        line = [key]
        while line[-1] in parents and parents[line[-1]] not in line:
            line.append(parents[line[-1]])
        if parents.get(line[-1]) == key == min(line):
            yield Problem(
                (numbers[key], "parent", ""),
                f"its parents go in a circle: {' -> '.join([*line, key])}. "
                "Allowed: a line that ends at a touchpoint without parent or at one of the general "
                "taxonomy. Delete or change one of these parents.",
            )


LINK_RULES: list[Callable[[Draft], Iterator[Problem]]] = [
    general_is_what_is_extended,
    general_keys_keep_their_meaning,
    one_child_catches_all,
    keys_differ,
    parents_exist,
    parents_make_no_circle,
]


def _is_key(value: object) -> bool:
    return isinstance(value, str)
