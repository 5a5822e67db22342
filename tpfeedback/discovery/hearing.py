"""What is heard in the clauses: where each lies, and whether it names a touchpoint."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from tpfeedback.discovery.clauses import SEVERAL, Sample, place_texts, tag_alone
from tpfeedback.discovery.ranking import touchpoint_centres
from tpfeedback.impact.gram import Flags
from tpfeedback.network import Network
from tpfeedback.tagger import Tagger, load_network_tagger
from tpfeedback.themes import load_space
from tpfeedback.themes.space import Places

EMPTY = 0.72  # cosine to filler; what is nearer names nothing


@dataclass(frozen=True, eq=False)
class Heard:
    """The clauses and where they lie, and of each whether it is `loose` or `named`.

    `named`: a mention covers it, or read alone it names a touchpoint. `loose`: it names none, but
    carries sentiment; themes are looked for among these. `clauses` has also `sentiment` (missing
    where a mention covers it) and `said`: whether it is more than filler.
    """

    clauses: pd.DataFrame
    places: Places
    emptiness: Places
    loose: Flags
    named: Flags
    centres: dict[str, Places]


def hear(sample: Sample, keys: frozenset[str], tagger: Tagger, network: Network) -> Heard:
    """Return the clauses, those that no mention covers read alone, and where all of them lie."""
    clauses = sample.clauses
    free = clauses["touchpoint"].isna().to_numpy()
    alone = clauses[free]
    tagged = tag_alone(tagger, alone["text"].tolist(), alone["language"].tolist())
    clauses = clauses.assign(sentiment=None, confidence=np.nan)
    clauses.loc[free, "sentiment"] = [one.sentiment for one in tagged]
    clauses.loc[free, "confidence"] = [one.confidence for one in tagged]
    texts, languages = clauses["text"].tolist(), clauses["language"].tolist()
    places, emptiness = place_texts(load_space(network), network, texts, languages)
    said, named = emptiness <= EMPTY, ~free
    named[free] = [any(m.touchpoint in keys for m in one.mentions) for one in tagged]
    felt = clauses["sentiment"].notna() & (clauses["sentiment"] != "neutral")
    loose = said & ~named & felt.to_numpy()
    owned = clauses["touchpoint"].where(clauses["touchpoint"] != SEVERAL)
    clauses = clauses.assign(said=said, loose=loose)
    return Heard(clauses, places, emptiness, loose, named, touchpoint_centres(owned, places))


def network_of(tagger: Tagger) -> Network:
    """Return the network of a tagger, or the shipped one where it has none."""
    own = getattr(tagger, "network", None)
    return own if isinstance(own, Network) else load_network_tagger().network
