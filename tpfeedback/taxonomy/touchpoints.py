"""What a taxonomy is: frozen touchpoints with words per language."""

from __future__ import annotations

import hashlib
import html
import json
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar

from tpfeedback.errors import TaxonomyError, unknown_name
from tpfeedback.languages import available_languages

STAGES = ("before", "choosing", "buying", "after")
CHANNELS = ("digital", "physical", "person", "phone", "written", "media")

Words_co = TypeVar("Words_co", covariant=True)


@dataclass(frozen=True, eq=False)
class PerLanguage(Mapping[str, Words_co]):
    """Words by language code: a mapping that cannot change, and can be hashed and pickled.

    >>> PerLanguage((("en", "Price"), ("pl", "Cena")))["pl"]
    'Cena'
    """

    pairs: tuple[tuple[str, Words_co], ...] = ()

    def __getitem__(self, language: str) -> Words_co:
        """Return the words of `language`; raise `KeyError` where there are none."""
        return dict(self.pairs)[language]

    def __iter__(self) -> Iterator[str]:
        """Go through the language codes in the order they were given."""
        return (language for language, _ in self.pairs)

    def __len__(self) -> int:
        """Count the languages."""
        return len(self.pairs)

    def __hash__(self) -> int:
        """Hash without regard to order, as equality of mappings has none."""
        return hash(frozenset(self.pairs))


@dataclass(frozen=True)
class Touchpoint:
    """One thing that a customer can be satisfied with or not.

    `names`, `descriptions` and `cues` hold words by language code; cues are short phrases that
    customers use for it. `parent` is the wider touchpoint it narrows, if any.
    """

    key: str
    names: PerLanguage[str]
    descriptions: PerLanguage[str]
    stage: str
    channel: str
    parent: str | None
    cues: PerLanguage[tuple[str, ...]]

    def to_dict(self) -> dict[str, Any]:
        """Return plain values, as they would stand in a file; an absent parent is left out."""
        parent = {} if self.parent is None else {"parent": self.parent}
        return {
            "key": self.key,
            "stage": self.stage,
            "channel": self.channel,
            **parent,
            "names": dict(self.names),
            "descriptions": dict(self.descriptions),
            "cues": {language: list(phrases) for language, phrases in self.cues.items()},
        }


@dataclass(frozen=True)
class Taxonomy:
    """A checked list of touchpoints; made by `load_taxonomy`.

    >>> from tpfeedback.taxonomy import load_taxonomy
    >>> general = load_taxonomy("general")
    >>> len(general), "delivery" in general, general.name_of("delivery", "pl")
    (27, True, 'Dostawa')
    """

    key: str
    version: int
    names: PerLanguage[str]
    descriptions: PerLanguage[str]
    touchpoints: tuple[Touchpoint, ...]

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """Keys of the touchpoints in the taxonomy's order."""
        return tuple(touchpoint.key for touchpoint in self.touchpoints)

    @property
    def languages(self) -> tuple[str, ...]:
        """Languages in which every touchpoint has a name."""
        return tuple(self.names)

    @property
    def name(self) -> str:
        """Name of the taxonomy in English, or in its first language."""
        return _in_language(self.names, "en")

    @cached_property
    def digest(self) -> str:
        """First 12 hexadecimal digits of the SHA-256 of everything the taxonomy says."""
        content = json.dumps(self.to_dict(), sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(content.encode()).hexdigest()[:12]

    @cached_property
    def _by_key(self) -> dict[str, Touchpoint]:
        return dict(zip(self.keys, self.touchpoints, strict=True))

    def touchpoint(self, key: str) -> Touchpoint:
        """Return the touchpoint `key`; raise `TaxonomyError` if there is none."""
        if key not in self._by_key:
            raise TaxonomyError(unknown_name(f"touchpoint of {self.key!r}", key, self.keys))
        return self._by_key[key]

    def name_of(self, key: str, language: str = "en") -> str:
        """Return the name of a touchpoint for readers of `language`.

        Where the taxonomy has no name in that language, the English one is given, else the
        one of the taxonomy's first language. Raises `TaxonomyError` for an unknown key or code.
        """
        names = self.touchpoint(key).names
        if language not in names and language not in available_languages():
            raise TaxonomyError(unknown_name("language", language, available_languages()))
        return _in_language(names, language)

    def stage(self, key: str) -> str:
        """Return the stage of the customer's journey: one of `STAGES`."""
        return self.touchpoint(key).stage

    def to_dict(self) -> dict[str, Any]:
        """Return plain values that `load_taxonomy` reads back to an equal taxonomy."""
        return {
            "key": self.key,
            "version": self.version,
            "names": dict(self.names),
            "descriptions": dict(self.descriptions),
            "touchpoints": [touchpoint.to_dict() for touchpoint in self.touchpoints],
        }

    def __len__(self) -> int:
        """Count the touchpoints."""
        return len(self.touchpoints)

    def __iter__(self) -> Iterator[Touchpoint]:
        """Go through the touchpoints in the taxonomy's order."""
        return iter(self.touchpoints)

    def __contains__(self, key: object) -> bool:
        """Tell whether there is a touchpoint with this key; a touchpoint itself may be asked."""
        return key in self._by_key or key in self.touchpoints

    def __repr__(self) -> str:
        """Say which taxonomy it is, not all that it holds."""
        return f"Taxonomy({self.key!r}, {len(self)} touchpoints, digest {self.digest!r})"

    def _repr_html_(self) -> str:
        head = ("touchpoint", "stage", "channel", "parent", *self.languages)
        rows = [
            (t.key, t.stage, t.channel, t.parent or "", *(t.names[c] for c in self.languages))
            for t in self.touchpoints
        ]
        lines = [f"<tr>{_cells('td', row)}</tr>" for row in rows]
        caption = f"{html.escape(self.name)}: {len(self)} touchpoints, version {self.version}"
        return (
            f"<table><caption>{caption}</caption><thead><tr>{_cells('th', head)}</tr></thead>"
            f"<tbody>{''.join(lines)}</tbody></table>"
        )


def clean(text: str) -> str:
    """Return `text` in composed Unicode form with single spaces and none around it.

    >>> clean("  z\u0307le   zapakowane ")
    'żle zapakowane'
    """
    return " ".join(unicodedata.normalize("NFC", text).split())


def _cells(tag: str, values: tuple[str, ...]) -> str:
    return "".join(f"<{tag}>{html.escape(value)}</{tag}>" for value in values)


def _in_language(names: PerLanguage[str], language: str) -> str:
    return next(names[code] for code in (language, "en", *names) if code in names)
