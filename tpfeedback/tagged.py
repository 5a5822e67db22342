"""What a tagger says of a text: frozen values, and how those of its windows are joined."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

SENTIMENT_ORDER = ("negative", "neutral", "positive", "mixed")
OTHER = "other"


@dataclass(frozen=True)
class Mention:
    """One touchpoint in one text: `text[start:stop]` is the evidence.

    `score` runs from -1 (worst) to 1 (best); `confidence` is the calibrated probability, 0–1,
    that the text speaks of the touchpoint.
    """

    touchpoint: str
    sentiment: str
    confidence: float
    start: int
    stop: int
    score: float


@dataclass(frozen=True)
class TaggedText:
    """What was read in one text; `sentiment` is that of the whole text, `confidence` its sureness.

    `unsure` are touchpoints left out because their confidence was below what was asked for.
    A text in another language than the four has language "other", no mentions and confidence 0.
    """

    text: str
    language: str
    sentiment: str
    confidence: float
    mentions: tuple[Mention, ...]
    unsure: tuple[Mention, ...] = ()


def merge(mentions: list[Mention], *, least: float) -> Mention:
    """Join the mentions of one touchpoint in several windows of a text into one.

    The surest gives the evidence; praise in one window and complaint in another are mixed. A
    window that is less sure than `least` has no say beside a surer one.
    """
    surest = max(mentions, key=lambda m: (m.confidence, -m.start))
    heard = [m for m in mentions if m.confidence >= least]
    if len(heard) < 2:
        return surest
    sentiments = {m.sentiment for m in heard}
    if "mixed" in sentiments or {"negative", "positive"} <= sentiments:
        sentiment = "mixed"
    else:
        sentiment = next(iter(sentiments - {"neutral"}), "neutral")
    score = float(np.average([m.score for m in heard], weights=[m.confidence for m in heard]))
    return Mention(
        surest.touchpoint, sentiment, surest.confidence, surest.start, surest.stop, score
    )
