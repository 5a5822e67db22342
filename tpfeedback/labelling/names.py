"""Which touchpoint a person means: its key, its name in any language, or how either begins."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from tpfeedback.taxonomy import Taxonomy

SHORTEST_BEGINNING = 4
"""Letters that a touchpoint must at least be told by, if not by all of its name."""

_JOINTS = re.compile(r"[\s_\-\u2010-\u2015'’\"“”«»„.]+")


@dataclass(frozen=True)
class Names:
    """What each written name stands for: name as `plain` writes it -> keys of touchpoints."""

    keys: tuple[str, ...]
    known: Mapping[str, frozenset[str]]

    def find(self, written: str) -> tuple[str, ...]:
        """Return the keys that `written` may stand for: one if it is clear, none if unknown.

        >>> from tpfeedback.taxonomy import load_taxonomy
        >>> names = name_touchpoints(load_taxonomy("general"))
        >>> names.find("Delivery"), names.find("доставка"), names.find("deliv"), names.find("zzz")
        (('delivery',), ('delivery',), ('delivery',), ())
        """
        name = plain(written)
        if name in self.known:
            return tuple(sorted(self.known[name]))
        if len(name) < SHORTEST_BEGINNING:
            return ()
        found = {
            key for known, keys in self.known.items() if known.startswith(name) for key in keys
        }
        return tuple(sorted(found))

    def closest(self, written: str) -> str | None:
        """Return the key that is written most alike, if any is."""
        close = get_close_matches(plain(written), sorted(self.known), n=1, cutoff=0.7)
        return min(self.known[close[0]]) if close else None


def name_touchpoints(taxonomy: Taxonomy) -> Names:
    """Return the names of all touchpoints, in every language that they have one in."""
    known: dict[str, set[str]] = {}
    for touchpoint in taxonomy:
        for name in touchpoint.names.values():
            known.setdefault(plain(name), set()).add(touchpoint.key)
    for key in taxonomy.keys:  # a key is nobody else's name
        known[plain(key)] = {key}
    return Names(taxonomy.keys, {name: frozenset(keys) for name, keys in known.items()})


def plain(written: str) -> str:
    """Return a name without case, spaces and hyphens, in the usual width.

    >>> plain(" After-Sales "), plain("after_sales"), plain("ｐｒｉｃｅ")
    ('aftersales', 'aftersales', 'price')
    """
    return _JOINTS.sub("", unicodedata.normalize("NFKC", written).casefold())
