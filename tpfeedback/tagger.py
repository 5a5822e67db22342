"""Text → language, overall sentiment and mentions with evidence."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

import numpy as np

from tpfeedback.detection import detect_language
from tpfeedback.errors import TaggerError, unknown_name
from tpfeedback.languages import available_languages
from tpfeedback.network import Network, load_network
from tpfeedback.reading import WindowReading, read_texts

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

    A text in another language than the four has language "other", no mentions and confidence 0.
    """

    text: str
    language: str
    sentiment: str
    confidence: float
    mentions: tuple[Mention, ...]


@runtime_checkable
class Tagger(Protocol):
    """Whatever turns texts into tagged texts; `touchpoints` are the keys it can find."""

    @property
    def touchpoints(self) -> tuple[str, ...]:
        """Keys that the tagger can find."""
        ...

    @property
    def digest(self) -> str:
        """Short hash that changes with the weights."""
        ...

    def tag(
        self,
        texts: Sequence[str],
        *,
        languages: Sequence[str | None] | None = None,
        min_confidence: float | None = None,
    ) -> list[TaggedText]:
        """Tag each text; a known language saves its detection."""
        ...


@dataclass(frozen=True, eq=False)
class NetworkTagger:
    """The shipped tagger: one network for all four languages."""

    network: Network

    @property
    def touchpoints(self) -> tuple[str, ...]:
        """Keys that the tagger can find."""
        return tuple(self.network.settings["touchpoints"])

    @property
    def digest(self) -> str:
        """First twelve hex digits of the hash over all files of the model."""
        files = sorted(self.network.settings["files"].items())
        return hashlib.sha256(repr(files).encode()).hexdigest()[:12]

    def tag(
        self,
        texts: Sequence[str],
        *,
        languages: Sequence[str | None] | None = None,
        min_confidence: float | None = None,
    ) -> list[TaggedText]:
        """Return one `TaggedText` for each text, in order.

        `languages` may name the language of a text; None lets it be detected.
        `min_confidence` (0–1) replaces the thresholds that the model was shipped with.

        >>> tagged = load_tagger().tag(["Доставка опоздала на три часа, но курьер вежливый"])[0]
        >>> tagged.language, [(m.touchpoint, m.sentiment) for m in tagged.mentions]
        ('ru', [('delivery', 'negative'), ('staff', 'positive')])
        """
        checked = check_texts(texts, min_confidence)
        known = check_languages(languages, len(checked))
        codes = [
            code or detect_language(text).language
            for text, code in zip(checked, known, strict=True)
        ]
        readable = [None if code == OTHER else code for code in codes]
        return [
            _tagged(text, code, windows, self.network.settings, min_confidence)
            for text, code, windows in zip(
                checked, codes, read_texts(self.network, checked, readable), strict=True
            )
        ]


def load_tagger(model: str = "general", *, threads: int | None = None) -> Tagger:
    """Load a shipped tagger; `threads` limits the processor threads it may use.

    Raises `TaggerError` if the model is unknown or a file of it is damaged.

    >>> "delivery" in load_tagger().touchpoints
    True
    """
    return NetworkTagger(load_network(model, threads=threads))


def check_texts(texts: Sequence[str], min_confidence: float | None) -> list[str]:
    """Return the texts as a list, or raise `TaggerError` for what is no list of texts."""
    if isinstance(texts, str):
        raise TaggerError(
            f"tag() takes a list of texts, given one text. Call tag([{texts[:20]!r}])."
        )
    wrong = next(((i, t) for i, t in enumerate(texts) if not isinstance(t, str)), None)
    if wrong:
        raise TaggerError(
            f"Text {wrong[0]} is {type(wrong[1]).__name__} {wrong[1]!r}, not str. "
            "Drop missing texts or read them with tpfeedback.read_feedback."
        )
    if min_confidence is not None and not 0 <= min_confidence <= 1:
        raise TaggerError(f"min_confidence is {min_confidence}. Allowed: 0 to 1.")
    return list(texts)


def check_languages(languages: Sequence[str | None] | None, count: int) -> Sequence[str | None]:
    """Return one language or None for each of `count` texts, or raise `TaggerError`."""
    if languages is None:
        return [None] * count
    allowed = (*available_languages(), OTHER)
    wrong = [code for code in languages if code is not None and code not in allowed]
    if wrong:
        raise TaggerError(unknown_name("language", wrong[0], allowed, then="None detects it."))
    if len(languages) != count:
        raise TaggerError(f"{len(languages)} languages for {count} texts: give one for each.")
    return languages


def _tagged(
    text: str,
    language: str,
    windows: list[WindowReading],
    settings: dict[str, Any],
    min_confidence: float | None,
) -> TaggedText:
    if not windows:
        return TaggedText(text, language, "neutral", 0.0, ())
    overall = np.average(
        [window.overall for window in windows], axis=0, weights=[window.size for window in windows]
    )
    best = int(np.argmax(overall))
    found: dict[str, list[Mention]] = {}
    for window in windows:
        for mention in _mentions(
            window, settings["calibration"][language], settings["touchpoints"], min_confidence
        ):
            found.setdefault(mention.touchpoint, []).append(mention)
    merged = sorted(map(merge, found.values()), key=lambda m: (m.start, m.touchpoint))
    return TaggedText(text, language, SENTIMENT_ORDER[best], float(overall[best]), tuple(merged))


def _mentions(
    window: WindowReading,
    calibration: dict[str, float],
    touchpoints: Sequence[str],
    min_confidence: float | None,
) -> list[Mention]:
    logits = calibration["slope"] * window.presence + calibration["intercept"]
    confidence = 1 / (1 + np.exp(-logits))
    least = calibration["threshold"] if min_confidence is None else min_confidence
    return [
        Mention(
            touchpoint=touchpoints[k],
            sentiment=SENTIMENT_ORDER[int(np.argmax(window.polarity[k]))],
            confidence=float(confidence[k]),
            start=int(window.spans[k, 0]),
            stop=int(window.spans[k, 1]),
            score=float(window.polarity[k, 2] - window.polarity[k, 0]),
        )
        for k in np.flatnonzero(confidence >= least).tolist()
    ]


def merge(mentions: list[Mention]) -> Mention:
    """Join the mentions of one touchpoint in several windows of a text into one.

    The surest gives the evidence; praise in one window and complaint in another are mixed.
    """
    surest = max(mentions, key=lambda m: (m.confidence, -m.start))
    sentiments = {m.sentiment for m in mentions}
    if "mixed" in sentiments or {"negative", "positive"} <= sentiments:
        sentiment = "mixed"
    else:
        sentiment = next(iter(sentiments - {"neutral"}), "neutral")
    score = float(np.average([m.score for m in mentions], weights=[m.confidence for m in mentions]))
    return Mention(
        surest.touchpoint, sentiment, surest.confidence, surest.start, surest.stop, score
    )
