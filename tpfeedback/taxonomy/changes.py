"""New versions of a taxonomy: one touchpoint more, or some fewer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from typing import Any

from tpfeedback.errors import TaxonomyError, unknown_name
from tpfeedback.taxonomy.files import GENERAL, load_taxonomy
from tpfeedback.taxonomy.touchpoints import Taxonomy, clean


def with_touchpoint(taxonomy: Taxonomy, fields: Mapping[str, Any]) -> Taxonomy:
    """Return the taxonomy with one more touchpoint; see `Taxonomy.with_touchpoint`."""
    content = taxonomy.to_dict()
    record = {**_from_parent(taxonomy, fields.get("parent")), **fields}
    record["names"] = _names(taxonomy, fields)
    content["version"] += 1
    claimed = _phrases(record.get("cues"))
    content["touchpoints"] = [_less(one, claimed) for one in content["touchpoints"]] + [record]
    return load_taxonomy(content)


def without(taxonomy: Taxonomy, keys: Iterable[str]) -> Taxonomy:
    """Return the taxonomy without these touchpoints; see `Taxonomy.without`."""
    gone = {keys} if isinstance(keys, str) else set(keys)
    for key in sorted(gone - set(taxonomy.keys)):
        raise TaxonomyError(unknown_name(f"touchpoint of {taxonomy.key!r}", key, taxonomy.keys))
    content = taxonomy.to_dict()
    if gone & set(taxonomy.kept):
        del content["extends"]
        content["touchpoints"] = [one.to_dict() for one in taxonomy]
    content["version"] += 1
    content["touchpoints"] = [
        _under_parent_left(record, taxonomy, gone)
        for record in content["touchpoints"]
        if record["key"] not in gone
    ]
    return load_taxonomy(content)


def _phrases(cues: object) -> set[tuple[str, str]]:
    """Return language and phrase of cues, as phrases are compared; unsound ones are left out."""
    languages = cues.items() if isinstance(cues, Mapping) else ()
    return {
        (language, clean(phrase).casefold())
        for language, phrases in languages
        if isinstance(phrases, list | tuple)
        for phrase in phrases
        if isinstance(phrase, str)
    }


def _less(record: dict[str, Any], claimed: Set[tuple[str, str]]) -> dict[str, Any]:
    """Return a record without claimed phrases that it has from `general`.

    As in a list that extends `general`: there nobody can delete them. Phrases that somebody wrote
    into this list stay, and are told as claimed twice.
    """
    general = load_taxonomy(GENERAL)
    if record["key"] not in general:
        return record
    shipped = _phrases(general.touchpoint(record["key"]).cues)
    left = {
        code: [one for one in phrases if not _phrases({code: [one]}) <= shipped & claimed]
        for code, phrases in record["cues"].items()
    }
    return {**record, "cues": {code: phrases for code, phrases in left.items() if phrases}}


def _under_parent_left(
    record: dict[str, Any], taxonomy: Taxonomy, gone: set[str]
) -> dict[str, Any]:
    """Return the record under the nearest parent that still is there."""
    outside = () if taxonomy.key == GENERAL else load_taxonomy(GENERAL).keys
    parent = record.get("parent")
    while parent in gone and parent not in outside:
        parent = taxonomy.touchpoint(parent).parent
    left = {field: value for field, value in record.items() if field != "parent"}
    return left if parent is None else {**left, "parent": parent}


def _from_parent(taxonomy: Taxonomy, parent: object) -> dict[str, str]:
    """Return stage and channel as the parent has them."""
    for known in (taxonomy, load_taxonomy(GENERAL)):
        if isinstance(parent, str) and parent in known.keys:
            found = known.touchpoint(parent)
            return {"stage": found.stage, "channel": found.channel}
    return {}


def _names(taxonomy: Taxonomy, fields: Mapping[str, Any]) -> Any:
    names = fields.get("names") or {}
    if not isinstance(names, Mapping):
        return names
    # A name in one language stands in for the others, as `name_of` does.
    spoken = str(fields.get("key", "")).replace("_", " ").capitalize()
    first = names.get("en") or next(iter(names.values()), spoken)
    return {**dict.fromkeys(taxonomy.languages, first), **names}
