"""`Discovery`: the themes that were found, and what can be done with them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from tpfeedback.discovery.memory import Memory
from tpfeedback.discovery.saving import save_memory
from tpfeedback.errors import TaxonomyError, unknown_name
from tpfeedback.taxonomy import Taxonomy


@dataclass(frozen=True, eq=False)
class Discovery:
    """Themes that the taxonomy does not name.

    table: one row per theme, known ones first, then the new ones, best first. `theme` (its id),
        `name` (its phrases, in its main language), `texts` (respondents who speak of it), `share`
        of all respondents read, with 95 % interval; `missed`: those of them whom no mention
        covers there; `negative`, `positive`: respondents who complain, who praise; `languages`;
        `nearest` touchpoint and `likeness` to it (cosine, 0-1); then penalty, reward and prize
        with 95 % intervals, measured beside all touchpoints and the other themes, see
        `measure_impact`.
    phrases: `theme, language, phrase, clauses, z`, the clearest first, see `themes.name_groups`.
    quotes: `theme, language, sentiment, feedback_id, quote`, personal data masked.
    members: the clauses of each theme: `feedback_id, theme, sentiment, start, stop, evidence,
        language, closeness` (cosine to the theme, 0-1) and `missed`.
    notes: what was warned of. taxonomy: what counted as named. memory: for the next wave.
    """

    table: pd.DataFrame
    phrases: pd.DataFrame
    quotes: pd.DataFrame
    members: pd.DataFrame
    texts: int
    notes: tuple[str, ...]
    taxonomy: Taxonomy
    memory: Memory

    def accept(
        self,
        theme: str,
        *,
        key: str,
        names: str | Mapping[str, str] | None = None,
        descriptions: Mapping[str, str] | None = None,
        stage: str = "after",
        channel: str = "physical",
        parent: str | None = None,
    ) -> Taxonomy:
        """Return the next version of the taxonomy, with this theme as a touchpoint.

        The theme's phrases become its cues in each language that has some; give `descriptions`
        for the others. `names`: one for all languages or one for each; those left out are made
        from the key. Raises `TaxonomyError` for an unknown theme and as `load_taxonomy` does.
        """
        if theme not in set(self.table["theme"]):
            raise TaxonomyError(unknown_name("theme", theme, self.table["theme"]))
        own = self.phrases[self.phrases["theme"] == theme]
        taken = {
            (code, phrase.casefold())
            for touchpoint in self.taxonomy
            for code, phrases in touchpoint.cues.items()
            for phrase in phrases
        }
        cues: dict[str, list[str]] = {}
        for code, phrase in zip(own["language"], own["phrase"], strict=True):
            if (code, phrase.casefold()) not in taken:
                cues.setdefault(code, []).append(phrase)
        fields: dict[str, Any] = {"key": key, "cues": cues, "stage": stage, "channel": channel}
        if isinstance(names, str):
            names = dict.fromkeys(self.taxonomy.languages, names)
        fields |= {"names": dict(names)} if names else {}
        fields |= {"descriptions": dict(descriptions)} if descriptions else {}
        fields |= {"parent": parent} if parent else {}
        return self.taxonomy.with_touchpoint(fields)

    def save(self, path: str | Path) -> None:
        """Write what the next wave needs for `known=`, as JSON; no text of a customer is in it."""
        save_memory(self.memory, path)

    def __repr__(self) -> str:
        """Say how much there is, not all of it."""
        return f"Discovery({len(self.table)} themes)"

    def _repr_html_(self) -> str:
        from tpfeedback.discovery.page import discovery_page

        return discovery_page(self)
