"""What a discovery remembers, so that its themes keep their names in the next wave."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tpfeedback.themes.grouping import NONE, Groups, Indices
from tpfeedback.themes.space import Places


@dataclass(frozen=True, eq=False)
class Memory:
    """Groups of each wave in turn, and the theme that each group is.

    `themes` holds an id for every group of all waves, "" where a group is none; `names` the name
    of each id. `model` is the digest of the tagger whose vectors the groups lie among.
    """

    waves: tuple[Groups, ...]
    themes: tuple[str, ...]
    names: tuple[tuple[str, str], ...]
    model: str

    def assign(self, places: Places) -> tuple[list[str], Places]:
        """Return the theme of each place, "" for none, and its cosine to the theme's kernel.

        A place that a theme of an earlier wave took stays there, whatever came later; one that
        only lay in a group that was no theme is still free.
        """
        told = np.array([*map(bool, self.themes), False])  # the last one is that of NONE
        found: Indices = np.full(len(places), NONE)
        closeness = np.zeros(len(places))
        first = 0
        for groups in self.waves:
            free = np.flatnonzero(found == NONE)
            own, near = groups.assign(places[free])
            own = np.where(own == NONE, NONE, own + first)
            found[free] = np.where(told[own], own, NONE)
            closeness[free] = near
            first += groups.number
        return [self.themes[at] if at >= 0 else "" for at in found.tolist()], closeness

    def and_then(self, groups: Groups, themes: list[str], names: dict[str, str]) -> Memory:
        """Return this memory with one more wave; names known before stay."""
        told = {**names, **dict(self.names)}
        return Memory(
            (*self.waves, groups), (*self.themes, *themes), tuple(told.items()), self.model
        )

    def renamed(self, names: dict[str, str]) -> Memory:
        """Return this memory with these names of themes."""
        told = tuple({**dict(self.names), **names}.items())
        return Memory(self.waves, self.themes, told, self.model)


def next_theme(known: tuple[str, ...]) -> int:
    """Return the number of the next new theme.

    >>> next_theme(("theme_2", "", "theme_10"))
    11
    """
    return 1 + max((int(name.rpartition("_")[2]) for name in known if name), default=0)
