"""The clauses that complain about one touchpoint, gathered by what they say of it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import numpy as np
import pandas as pd

from tpfeedback.discovery.clauses import place_texts, tag_alone
from tpfeedback.discovery.hearing import EMPTY, network_of
from tpfeedback.impact.gram import Flags
from tpfeedback.impact.respondents import respondents
from tpfeedback.segmentation import segment
from tpfeedback.tagger import Tagger
from tpfeedback.themes import group, load_space
from tpfeedback.themes.space import Places, unit

MOST_TEXTS = 10_000
FEWEST = 3  # respondents of a problem, and at least `SHARE` of those who complain
SHARE = 0.005
PER_KERNEL = 15
JOINED = 0.5  # as in `themes.grouping`, closer: problems of one touchpoint are alike
RADIUS = 0.55


def respondents_by_id(feedback: pd.DataFrame) -> pd.Series:
    """Return the respondent of each feedback_id."""
    return pd.Series(respondents(feedback).to_numpy(), index=feedback["feedback_id"].astype("str"))


def respondents_of(ids: pd.Series, who: pd.Series | None) -> pd.Series:
    """Return the respondent of each text; the text itself where that is not known."""
    names = ids.astype("str")
    if who is None:
        return names
    known = who.to_dict()
    return pd.Series([known.get(name, name) for name in names], names.index, "str")


def sample_complaints(chosen: pd.DataFrame) -> pd.DataFrame:
    """Return the mentions of at most `MOST_TEXTS` texts, chosen by a hash of their names."""
    names = sorted(
        set(chosen["feedback_id"].astype("str")),
        key=lambda name: (hashlib.blake2b(name.encode(), digest_size=8).digest(), name),
    )
    return chosen[chosen["feedback_id"].astype("str").isin(names[:MOST_TEXTS])]


def read_complaints(
    read: pd.DataFrame, touchpoint: str, tagger: Tagger, who: pd.Series | None
) -> pd.DataFrame:
    """Return the clauses of the evidence that complain about the touchpoint, sorted."""
    rows = list(_clauses_of(read))
    names = ["feedback_id", "language", "start", "stop", "text"]
    clauses = pd.DataFrame.from_records(rows, columns=names)
    clauses = clauses.drop_duplicates().sort_values(
        ["language", "text", "feedback_id", "start"], ignore_index=True
    )
    tagged = tag_alone(tagger, clauses["text"].tolist(), clauses["language"].tolist())
    clauses["sentiment"] = [one.sentiment for one in tagged]
    clauses["confidence"] = [one.confidence for one in tagged]
    keys = [{m.touchpoint for m in one.mentions} for one in tagged]
    told = touchpoint in tagger.touchpoints  # else nothing tells its clauses from others
    own = [not told or touchpoint in found or not found for found in keys]
    clauses["respondent"] = respondents_of(clauses["feedback_id"], who)
    clauses["touchpoint"] = touchpoint
    return clauses[np.array(own, dtype=bool) & (clauses["sentiment"] != "positive")].reset_index(
        drop=True
    )


def _clauses_of(read: pd.DataFrame) -> Iterator[tuple[object, ...]]:
    columns = ("feedback_id", "language", "start", "evidence")
    for name, language, start, evidence in zip(*(read[c] for c in columns), strict=True):
        for clause in segment(str(evidence), language):
            at = int(start) + clause.start
            yield str(name), language, at, int(start) + clause.stop, clause.text.strip()


def gather_complaints(
    clauses: pd.DataFrame, tagger: Tagger, total: int, random_state: int
) -> pd.DataFrame:
    """Return the clauses with the problem that each tells of, "" for none, and its closeness."""
    network = network_of(tagger)
    texts, languages = clauses["text"].tolist(), clauses["language"].tolist()
    places, emptiness = place_texts(load_space(network), network, texts, languages)
    told = emptiness <= EMPTY
    places = _apart(places, told)
    first = np.flatnonzero(told & ~clauses[["language", "text"]].duplicated().to_numpy())
    groups = group(places[first], joined=JOINED, per_kernel=PER_KERNEL, random_state=random_state)
    numbers, closeness = groups.assign(places, radius=RADIUS)
    numbers = np.where(told, numbers, -1)
    people = clauses["respondent"].groupby(numbers).nunique().drop(-1, errors="ignore")
    enough = people[people >= max(FEWEST, SHARE * total)]
    kept = sorted(enough.index, key=lambda n: (-enough[n], n))
    ids = {number: f"problem_{at}" for at, number in enumerate(kept, 1)}
    return clauses.assign(
        theme=[ids.get(number, "") for number in numbers.tolist()], closeness=closeness
    )


def _apart(places: Places, told: Flags) -> Places:
    """Return the places with what all complaints share taken out."""
    if not told.any():
        return places
    return unit(places - places[told].mean(axis=0))
