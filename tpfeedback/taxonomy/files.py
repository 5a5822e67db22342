"""Taxonomies in and out: shipped names, TOML files, mappings."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from tpfeedback.errors import TaxonomyError, unknown_name
from tpfeedback.taxonomy.rules import find_problems
from tpfeedback.taxonomy.touchpoints import PerLanguage, Taxonomy, Touchpoint, clean

GENERAL = "general"
_SHIPPED = files("tpfeedback") / "taxonomies"


@cache
def available_taxonomies() -> tuple[str, ...]:
    """Return the names of the shipped taxonomies, sorted.

    >>> "general" in available_taxonomies()
    True
    """
    names = (file.name for file in _SHIPPED.iterdir())
    return tuple(sorted(name.removesuffix(".toml") for name in names if name.endswith(".toml")))


def load_taxonomy(source: str | Path | Mapping[str, Any] | Taxonomy = GENERAL) -> Taxonomy:
    """Return the taxonomy that `source` names, holds or is.

    `source` is the name of a shipped taxonomy, a path to a `.toml` file, a mapping of the same
    shape, or a `Taxonomy`, which is returned as it is. Raises `TaxonomyError` for an unknown
    name or an unreadable file, and for a broken taxonomy with a list of all its problems.

    >>> load_taxonomy("general").keys[:3]
    ('advertising', 'social_media', 'reputation')
    >>> load_taxonomy({"key": "bar", "names": {"en": "Bar"}, "touchpoints": [
    ...     {"key": "broth", "stage": "after", "channel": "physical", "parent": "product",
    ...      "names": {"en": "Broth"}, "cues": {"en": ["broth", "soup base"]}}]})
    Taxonomy('bar', 1 touchpoints, digest '...')
    """
    if isinstance(source, Taxonomy):
        return source
    if isinstance(source, Mapping):
        return _checked(source, "the mapping")
    if isinstance(source, Path) or (isinstance(source, str) and _looks_like_path(source)):
        return _checked(_read_file(Path(source)), str(source))
    if isinstance(source, str):
        return _load_shipped(source)
    raise TaxonomyError(
        f"A taxonomy cannot be read from {type(source).__name__}. Allowed: the name of a shipped "
        f"taxonomy ({', '.join(available_taxonomies())}), the path of a .toml file, a mapping. "
        "Pass one of these."
    )


def to_toml(taxonomy: Taxonomy) -> str:
    """Return the taxonomy as the text of a TOML file that `load_taxonomy` reads back.

    >>> import tomllib
    >>> general = load_taxonomy("general")
    >>> load_taxonomy(tomllib.loads(to_toml(general))) == general
    True
    """
    content = taxonomy.to_dict()
    lines = [*_plain_lines(content), *_table_lines(content, "")]
    for touchpoint in content["touchpoints"]:
        lines += ["", "[[touchpoints]]", *_plain_lines(touchpoint)]
        lines += _table_lines(touchpoint, "touchpoints.")
    return "\n".join(lines) + "\n"


def _plain_lines(record: Mapping[str, Any]) -> Iterator[str]:
    for field, value in record.items():
        if isinstance(value, str | int):
            yield f"{field} = {_toml_value(value)}"


def _table_lines(record: Mapping[str, Any], above: str) -> Iterator[str]:
    for field, words in record.items():
        if isinstance(words, Mapping) and words:
            yield from ("", f"[{above}{field}]")
            yield from (f"{language} = {_toml_value(value)}" for language, value in words.items())


def _toml_value(value: str | int | list[str]) -> str:
    # JSON's texts, numbers and lists are TOML's too, but for the one character it leaves bare.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _looks_like_path(source: str) -> bool:
    return source.lower().endswith(".toml") or "/" in source or "\\" in source


@cache
def _load_shipped(name: str) -> Taxonomy:
    if name not in available_taxonomies():
        then = "For a file of your own pass its path, ending in .toml."
        raise TaxonomyError(unknown_name("taxonomy", name, available_taxonomies(), then=then))
    text = (_SHIPPED / f"{name}.toml").read_text(encoding="utf-8")
    return _checked(tomllib.loads(text), f"the shipped {name}.toml")


def _read_file(path: Path) -> dict[str, Any]:
    if path.suffix.lower() != ".toml" or not path.is_file():
        wrong = "There is no file" if not path.is_file() else "A taxonomy cannot be read from"
        raise TaxonomyError(
            f"{wrong} {str(path)!r}. Allowed: the path of a .toml file, or one of the names "
            f"{', '.join(available_taxonomies())}. Check the path, or write a file to start from "
            "with tpfeedback.taxonomy.to_toml."
        )
    try:
        # Notepad puts a byte order mark before the text, which TOML knows nothing of.
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except UnicodeDecodeError as error:
        raise TaxonomyError(
            f"{str(path)!r} is not UTF-8 text (byte {error.start}). Allowed: TOML in UTF-8. "
            "Save it again with the encoding UTF-8."
        ) from error
    except tomllib.TOMLDecodeError as error:
        raise TaxonomyError(
            f"{str(path)!r} is not valid TOML: {error}. Allowed: the form that "
            "tpfeedback.taxonomy.to_toml writes. Correct that line."
        ) from error
    except OSError as error:
        raise TaxonomyError(
            f"{str(path)!r} cannot be read: {error.strerror}. Allowed: a file that you may read. "
            "Change its permissions or copy it."
        ) from error


def _checked(content: Mapping[str, Any], source: str) -> Taxonomy:
    general_keys = () if content.get("key") == GENERAL else _load_shipped(GENERAL).keys
    problems = find_problems(content, general_keys=general_keys)
    if problems:
        count = f"{len(problems)} problem{'s' if len(problems) > 1 else ''}"
        listed = "\n".join(f"{number:>3}. {text}" for number, text in enumerate(problems, 1))
        raise TaxonomyError(f"The taxonomy in {source} has {count}:\n{listed}")
    return Taxonomy(
        key=content["key"],
        version=content.get("version", 1),
        names=_texts(content, "names"),
        descriptions=_texts(content, "descriptions"),
        touchpoints=tuple(map(_touchpoint, content["touchpoints"])),
    )


def _touchpoint(record: Mapping[str, Any]) -> Touchpoint:
    cues = record.get("cues", {}).items()
    return Touchpoint(
        key=record["key"],
        names=_texts(record, "names"),
        descriptions=_texts(record, "descriptions"),
        stage=record["stage"],
        channel=record["channel"],
        parent=record.get("parent") or None,
        cues=PerLanguage(tuple((code, tuple(map(clean, phrases))) for code, phrases in cues)),
    )


def _texts(record: Mapping[str, Any], field: str) -> PerLanguage[str]:
    return PerLanguage(tuple((code, clean(text)) for code, text in record.get(field, {}).items()))
