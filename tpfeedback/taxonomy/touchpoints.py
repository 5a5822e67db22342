"""What a taxonomy is: frozen touchpoints with words per language."""

from __future__ import annotations

import hashlib
import html
import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

from tpfeedback.errors import TaxonomyError, unknown_name
from tpfeedback.languages import available_languages
from tpfeedback.taxonomy.toml_text import write_toml

STAGES = ("before", "choosing", "buying", "after")
CHANNELS = ("digital", "physical", "person", "phone", "written", "media")

# Controls, halves of letters and what is no character: no file of text can keep them.
_UNFIT = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")

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
    customers use for it. `parent` is the wider touchpoint it narrows, if any; what is said of that
    one and fits none of its children goes to the child that is `catch_all`.
    """

    key: str
    names: PerLanguage[str]
    descriptions: PerLanguage[str]
    stage: str
    channel: str
    parent: str | None
    cues: PerLanguage[tuple[str, ...]]
    catch_all: bool = False

    def to_dict(self) -> dict[str, Any]:
        """Return plain values, as they would stand in a file; an absent parent is left out."""
        parent = {} if self.parent is None else {"parent": self.parent}
        catch_all = {"catch_all": True} if self.catch_all else {}
        return {
            "key": self.key,
            "stage": self.stage,
            "channel": self.channel,
            **parent,
            **catch_all,
            "names": dict(self.names),
            "descriptions": dict(self.descriptions),
            "cues": {language: list(phrases) for language, phrases in self.cues.items()},
        }


@dataclass(frozen=True)
class Taxonomy:
    """A checked list of touchpoints; made by `load_taxonomy`.

    A taxonomy that `extends` "general" holds the general touchpoints too, so that whatever does
    not fit its own list is found under the general key; `kept` names those. Their parent is
    their own key, and the phrases that the list claims for its own touchpoints are not theirs.

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
    extends: str | None = None
    kept: tuple[str, ...] = ()

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
        said = {**self.to_dict(), "touchpoints": [one.to_dict() for one in self.touchpoints]}
        content = json.dumps(said, sort_keys=True, ensure_ascii=False)
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
        extends = {} if self.extends is None else {"extends": self.extends}
        return {
            "key": self.key,
            "version": self.version,
            **extends,
            "names": dict(self.names),
            "descriptions": dict(self.descriptions),
            "touchpoints": [t.to_dict() for t in self.touchpoints if t.key not in self.kept],
        }

    def to_toml(self, path: str | Path | None = None) -> str:
        """Return the text of a TOML file that `load_taxonomy` reads back; write it to `path`.

        >>> import tomllib
        >>> from tpfeedback.taxonomy import load_taxonomy
        >>> general = load_taxonomy("general")
        >>> load_taxonomy(tomllib.loads(general.to_toml())) == general
        True
        """
        text = write_toml(self.to_dict())
        if path is not None:
            Path(path).write_text(text, encoding="utf-8", newline="\n")
        return text

    def to_excel(self, path: str | Path) -> None:
        """Write a workbook to edit, which `load_taxonomy` reads back to an equal taxonomy.

        Its sheets: a row for each touchpoint, what to write in the columns, and what belongs to
        the whole list. Raises `WriteError` for a name that does not end in .xlsx, an absent
        folder, and a text too long for a cell.
        """
        from tpfeedback.taxonomy.sheet_files import write_workbook

        write_workbook(self.to_dict(), path)

    def with_touchpoint(
        self, touchpoint: Touchpoint | Mapping[str, Any] | None = None, /, **fields: Any
    ) -> Taxonomy:
        """Return the taxonomy with one more touchpoint, its version one higher.

        The touchpoint has the fields of a file, given as one value or each by its name. What is
        left out: a name is taken from the key, and stands in for the languages without one;
        stage and channel are the parent's. Raises `TaxonomyError` as `load_taxonomy` does.

        >>> from tpfeedback.taxonomy import load_taxonomy
        >>> more = load_taxonomy("general").with_touchpoint(
        ...     key="charging_point", parent="premises", descriptions={"en": "Charging the car."})
        >>> more.version, more.keys[-1], more.name_of("charging_point", "pl")
        (2, 'charging_point', 'Charging point')
        """
        from tpfeedback.taxonomy.changes import with_touchpoint

        given = touchpoint.to_dict() if isinstance(touchpoint, Touchpoint) else touchpoint or {}
        return with_touchpoint(self, {**given, **fields})

    def without(self, keys: Iterable[str]) -> Taxonomy:
        """Return the taxonomy without these touchpoints, its version one higher.

        Their children go to their parents. Where a touchpoint goes that is kept from `general`,
        the rest becomes the taxonomy's own, and nothing is extended any more. Raises
        `TaxonomyError` for an unknown key, and where nothing would be left.

        >>> from tpfeedback.taxonomy import load_taxonomy
        >>> len(load_taxonomy("general").without(["delivery", "packaging"]))
        25
        """
        from tpfeedback.taxonomy.changes import without

        return without(self, keys)

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
    r"""Return `text` in composed Unicode form with single spaces and none around it.

    What no file of text can hold (control characters) is left out.

    >>> clean("  z\u0307le   zapakowane\x00 ")
    'żle zapakowane'
    """
    words = unicodedata.normalize("NFC", _UNFIT.sub("", " ".join(text.split()))).split()
    return " ".join(words)


def _cells(tag: str, values: tuple[str, ...]) -> str:
    return "".join(f"<{tag}>{html.escape(value)}</{tag}>" for value in values)


def _in_language(names: PerLanguage[str], language: str) -> str:
    return next(names[code] for code in (language, "en", *names) if code in names)
