"""From clauses in groups to tables: who speaks of each theme, in which words, with what feeling."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pandas as pd

from tpfeedback.discovery.clauses import tag_alone
from tpfeedback.discovery.effects import share_with_interval
from tpfeedback.tables import SENTIMENTS
from tpfeedback.tagger import Tagger
from tpfeedback.themes import Phrase, count_phrases, name_groups

NAME_PHRASES = 3  # phrases of a name
PHRASES = 5  # phrases of a theme in each language
MEMBERS = ("feedback_id", "respondent", "theme", "sentiment", "start", "stop", "evidence",
           "language", "closeness", "missed", "confidence")  # fmt: skip


def list_members(clauses: pd.DataFrame, tagger: Tagger) -> pd.DataFrame:
    """Return the clauses that have a `theme`, as the columns `MEMBERS`, with their sentiment.

    `missed`: no mention covers the clause; `confidence` (0-1) is that in its sentiment. Sorted by
    theme, feedback_id and start.
    """
    own = clauses[clauses["theme"] != ""].copy()
    unread = own["sentiment"].isna()
    tagged = tag_alone(tagger, own["text"][unread].tolist(), own["language"][unread].tolist())
    own.loc[unread, "sentiment"] = [one.sentiment for one in tagged]
    own.loc[unread, "confidence"] = [one.confidence for one in tagged]
    told = own.assign(
        evidence=own["text"],
        missed=own["touchpoint"].isna(),
    )
    told = told.sort_values(["theme", "feedback_id", "start"], ignore_index=True)
    return told[list(MEMBERS)]


def find_phrases(
    clauses: pd.DataFrame, themes: Sequence[str], *, without: Iterable[str] = ()
) -> dict[str, tuple[Phrase, ...]]:
    """Return the phrases of each theme, see `name_groups`.

    `clauses` has `text, language, theme`; those of no theme are what the others are set against.
    """
    numbers = {name: at for at, name in enumerate(themes)}
    groups = [numbers.get(name, -1) for name in clauses["theme"]]
    told = name_groups(
        clauses["text"].tolist(),
        clauses["language"].tolist(),
        groups,
        most=PHRASES,
        without=without,
    )
    return {name: tuple(p for p in told if p.group == at) for name, at in numbers.items()}


def count_held(members: pd.DataFrame, phrases: Mapping[str, tuple[Phrase, ...]]) -> pd.Series:
    """Return how many phrases of its theme each clause holds."""
    columns = (members[name] for name in ("evidence", "language", "theme"))
    counts = [
        count_phrases(text, language, phrases.get(theme, ()))
        for text, language, theme in zip(*columns, strict=True)
    ]
    return pd.Series(counts, index=members.index, dtype="int64")


def share_held(
    clauses: pd.DataFrame, phrases: Mapping[str, tuple[Phrase, ...]]
) -> dict[str, float]:
    """Return which share of the clauses of each theme holds one of its phrases, 0-1."""
    held = count_held(clauses.assign(evidence=clauses["text"]), phrases) > 0
    return {
        str(name): float(share) for name, share in held.groupby(clauses["theme"]).mean().items()
    }


def list_phrases(phrases: Mapping[str, tuple[Phrase, ...]]) -> pd.DataFrame:
    """Return the phrases as a table: `theme, language, phrase, clauses, z`."""
    rows = [
        (theme, p.language, p.text, p.clauses, p.z) for theme, own in phrases.items() for p in own
    ]
    table = pd.DataFrame.from_records(rows, columns=["theme", "language", "phrase", "clauses", "z"])
    return table.astype({"theme": "str", "language": "str", "phrase": "str"})


def name_theme(phrases: Sequence[Phrase], members: pd.DataFrame, theme: str) -> str:
    """Return the clearest phrases of a theme in its main language; its id where none is clear."""
    spoken = members.loc[members["theme"] == theme, "language"]
    counts = spoken[spoken.isin({phrase.language for phrase in phrases})].value_counts()
    if counts.empty:
        return theme
    main = min(counts.index, key=lambda code: (-counts[code], code))
    return ", ".join([p.text for p in phrases if p.language == main][:NAME_PHRASES])


def count_members(members: pd.DataFrame, themes: Sequence[str], total: int) -> pd.DataFrame:
    """Return who speaks of each theme, indexed by theme; a share is of `total` respondents."""
    rows = members.groupby("theme")
    counts = pd.DataFrame(index=pd.Index(themes, name="theme"))
    counts["texts"] = rows["respondent"].nunique()
    for name, chosen in (
        ("missed", members["missed"].astype(bool)),
        ("negative", members["sentiment"].isin(["negative", "mixed"])),
        ("positive", members["sentiment"].isin(["positive", "mixed"])),
    ):
        counts[name] = members[chosen].groupby("theme")["respondent"].nunique()
    counts = counts.reindex(columns=["texts", "missed", "negative", "positive"])
    counts = counts.astype(float).fillna(0).astype("int64")
    languages = rows["language"].agg(lambda told: ", ".join(sorted(set(told))))
    return counts.join(share_with_interval(counts["texts"], total)).assign(
        languages=pd.Series([languages.get(name, "") for name in counts.index], counts.index, "str")
    )


def marks_of(members: pd.DataFrame) -> pd.DataFrame:
    """Return one mark per text and theme, `feedback_id, touchpoint, sentiment`.

    A theme praised and blamed in one text is mixed; where nothing is felt it is neutral.
    """
    told = members.groupby(["feedback_id", "theme"], sort=True)["sentiment"].agg(joint_sentiment)
    table = told.reset_index().rename(columns={"theme": "touchpoint"})
    return table.reindex(columns=["feedback_id", "touchpoint", "sentiment"])


def joint_sentiment(told: Iterable[str]) -> str:
    """Return the sentiment of several clauses together.

    >>> joint_sentiment(["neutral", "negative"]), joint_sentiment(["positive", "negative"])
    ('negative', 'mixed')
    """
    felt = set(told)
    if "mixed" in felt or {"negative", "positive"} <= felt:
        return "mixed"
    return next((s for s in SENTIMENTS if s in felt and s != "neutral"), "neutral")


def in_order(values: Mapping[str, float]) -> list[str]:
    """Return the keys by value, the largest first, then by name.

    >>> in_order({"b": 1, "a": 1, "c": 2})
    ['c', 'a', 'b']
    """
    return sorted(values, key=lambda key: (-np.nan_to_num(values[key]), key))
