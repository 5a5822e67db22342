"""The tagger of each taxonomy: the shipped one, taught what the taxonomy's touchpoints mean."""

from __future__ import annotations

from dataclasses import dataclass, field
from threading import Lock

from tpfeedback.tagger import NetworkTagger, Tagger
from tpfeedback.taxonomy import load_taxonomy
from tpfeedback.teaching.ready import ready_tagger


@dataclass(frozen=True, eq=False)
class Taggers:
    """Taggers by taxonomy, each made when it is asked for first, which takes seconds.

    A `general` tagger that is none of ours reads for every taxonomy as it is.
    """

    general: Tagger
    made: dict[str, Tagger] = field(default_factory=dict)
    lock: Lock = field(default_factory=Lock)

    def of(self, taxonomy: str) -> Tagger:
        """Return the tagger of a shipped taxonomy.

        >>> from tpfeedback.tagger import load_network_tagger
        >>> "atm" in Taggers(load_network_tagger()).of("retail_bank").touchpoints
        True
        """
        if taxonomy == "general" or not isinstance(self.general, NetworkTagger):
            return self.general
        with self.lock:
            if taxonomy not in self.made:
                self.made[taxonomy] = ready_tagger(load_taxonomy(taxonomy), self.general)
            return self.made[taxonomy]
