"""A small analysis made by hand, and a tagger that knows a few words: fast, and known in full."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from tpfeedback.analysis import Analysis
from tpfeedback.ingest import Export
from tpfeedback.outcome import Outcome
from tpfeedback.tagger import Mention, TaggedText
from tpfeedback.taxonomy import load_taxonomy

LATE = "Заказ привезли на три дня позже, курьер не позвонил."
RUDE = "售货员态度很差，问什么都不理。"
SPLENDID = "Świetny wybór butów, znalazłam to, czego szukałam."
SLOW = "The courier was late again, and nobody told me."

# touchpoint, penalty, reward, negative and positive share
EFFECTS = (
    ("delivery", -1.2, 0.3, 0.30, 0.10),
    ("staff", -0.8, 0.5, 0.10, 0.20),
    ("assortment", -0.1, 0.4, 0.05, 0.30),
)


def findings(
    *, extra: Sequence[str] = (), export: Mapping[str, Any] | None = None, **changed: Any
) -> Analysis:
    """Return a hand-made analysis; `extra` texts complain about the delivery.

    `export` replaces parts of what was read, the other names parts of the analysis.
    """
    texts = [
        (LATE, "delivery", "negative", "ru", 0, 31),
        (RUDE, "staff", "negative", "zh", 0, 7),
        (SPLENDID, "assortment", "positive", "pl", 0, 19),
        (SLOW, "delivery", "negative", "en", 0, 26),
        *((text, "delivery", "negative", "en", 0, min(40, len(text))) for text in extra),
    ]
    parts = {
        "feedback": _feedback(texts),
        "mentions": _mentions(texts),
        "impact": impact_table(),
        "priorities": priorities_table(),
        "export": _export(_feedback(texts), export or {}),
        "warnings": ("Only four texts were rated.",),
        "outcome": Outcome("overall", "stars", "1-5", "rating"),
        "taxonomy": load_taxonomy("general"),
        "settings": {"source": "reviews.csv", "random_state": 0, "min_confidence": None},
    }
    return Analysis(**{**parts, **changed})


def _export(feedback: pd.DataFrame, changed: Mapping[str, Any]) -> Export:
    rejected = {"row": [7, 9], "reason": ["no text", "no text"], "content": ["", "stars: 4"]}
    parts = {
        "feedback": feedback,
        "rejected": pd.DataFrame(rejected),
        "columns": {"text": "comment", "overall": "stars"},
        "notes": ("Row 3: the date 'soon' is no date and is missing.",),
        "unreadable": pd.DataFrame({"row": [3], "column": ["date"], "value": ["soon"]}),
        "guessed": ("text",),
        "read": len(feedback) + 2,
    }
    return Export(**{**parts, **changed})


def _feedback(texts: list[tuple[Any, ...]]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "feedback_id": [f"f{i}" for i in range(len(texts))],
            "text": [text for text, *_ in texts],
            "overall": [5.0 if kind == "positive" else 2.0 for _, _, kind, *_ in texts],
            "language": [language for *_, language, _, _ in texts],
            "date": pd.Timestamp("2024-05-01"),
            "channel": None,
            "question": None,
            "overall_scale": "1-5",
            "row": range(1, len(texts) + 1),
            "duplicate_of": None,
        }
    )


def _mentions(texts: list[tuple[Any, ...]]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "feedback_id": [f"f{i}" for i in range(len(texts))],
            "touchpoint": [touchpoint for _, touchpoint, *_ in texts],
            "sentiment": [kind for _, _, kind, *_ in texts],
            "score": [0.9 if kind == "positive" else -0.9 for _, _, kind, *_ in texts],
            "confidence": [0.9 if i < 4 else 0.95 for i in range(len(texts))],
            "start": [start for *_, start, _ in texts],
            "stop": [stop for *_, stop in texts],
            "evidence": [text[start:stop] for text, _, _, _, start, stop in texts],
            "language": [language for *_, language, _, _ in texts],
        }
    )


def impact_table() -> pd.DataFrame:
    """Return the impact of three touchpoints, the prize exact: -penalty x negative share."""
    rows = []
    for touchpoint, penalty, reward, bad, good in EFFECTS:
        effects = {"penalty": penalty, "reward": reward, "prize": -penalty * bad}
        rows.append(
            {
                "touchpoint": touchpoint,
                "stage": load_taxonomy("general").stage(touchpoint),
                "mentions": 40,
                "negative": int(100 * bad),
                "positive": int(100 * good),
                "reach": bad + good,
                "negative_share": bad,
                "positive_share": good,
                **effects,
                **{f"{name}_low": value - 0.05 for name, value in effects.items()},
                **{f"{name}_high": value + 0.05 for name, value in effects.items()},
                "importance": 0.3,
                "importance_low": 0.2,
                "importance_high": 0.4,
                "role": "basic",
                "q_value": 0.01,
            }
        )
    return pd.DataFrame(rows)


def priorities_table() -> pd.DataFrame:
    """Return the ranking of the same three touchpoints."""
    impact = impact_table()
    table = impact[["touchpoint", "stage", "prize", "prize_low", "prize_high"]].copy()
    table.insert(0, "rank", [1, 2, 3])
    table.insert(1, "rank_low", [1, 2, 2])
    table.insert(2, "rank_high", [1, 3, 3])
    table["priority"] = table["prize"] / table["prize"].sum()
    table["reason"] = "many bad experiences"
    return table


@dataclass(frozen=True)
class KeywordTagger:
    """Knows a few words of four touchpoints; a text with "bad" is negative, else positive."""

    digest: str = "keyword"

    @property
    def touchpoints(self) -> tuple[str, ...]:
        """Return the keys of the general taxonomy."""
        return load_taxonomy("general").keys

    def tag(self, texts, *, languages=None, min_confidence=None, **options):
        """Tag each text by its words."""
        return [_tagged(text) for text in texts]


WORDS = {"delivery": "courier", "staff": "staff", "price": "price", "product": "shoes"}


def _tagged(text: str) -> TaggedText:
    sentiment = "negative" if "bad" in text else "positive"
    score = -0.9 if sentiment == "negative" else 0.9
    found = [(key, re.search(word, text)) for key, word in WORDS.items()]
    mentions = [
        Mention(key, sentiment, 0.9, hit.start(), hit.end(), score) for key, hit in found if hit
    ]
    return TaggedText(text, "en", sentiment, 0.9, tuple(mentions))


def reviews(times: int = 40) -> pd.DataFrame:
    """Return reviews in which the courier costs most; `stars` is their rating."""
    rows = [
        ("the courier was bad", 1),
        ("the courier was quick", 4),
        ("bad staff today", 3),
        ("kind staff today", 5),
        ("a bad price for this", 3),
        ("a fair price for this", 4),
        ("lovely shoes", 5),
        ("bad shoes they fell apart", 2),
        ("nothing to say about it", 4),
        ("we will see how it goes", 3),
    ]
    return pd.DataFrame(rows * times, columns=["comment", "stars"])
