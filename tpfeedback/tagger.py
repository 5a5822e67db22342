"""Text → language, overall sentiment and mentions with evidence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from tpfeedback.detection import detect_language
from tpfeedback.errors import TaggerError
from tpfeedback.network import Network, Reading, load_network
from tpfeedback.segmentation import segment
from tpfeedback.windows import Window, windows_of

SENTIMENT_ORDER = ("negative", "neutral", "positive", "mixed")
OTHER = "other"
Floats = NDArray[np.float32]


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
        """First twelve hex digits of the weights' hash."""
        return str(self.network.settings["files"]["network.onnx"])[:12]

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
        known = languages or [None] * len(checked)
        codes = [code or detect_language(text).language
                 for text, code in zip(checked, known, strict=True)]
        groups = [windows_of(text, code, self.network.count_tokens) if code != OTHER else ()
                  for text, code in zip(checked, codes, strict=True)]
        flat = [window.text for group in groups for window in group]
        readings = iter(self.network.read(flat))
        return [
            _tagged(text, code, [(w, next(readings)) for w in group],
                    self.network.settings, min_confidence)
            for text, code, group in zip(checked, codes, groups, strict=True)
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
        raise TaggerError(f"tag() takes a list of texts, given one text. Call tag([{texts[:20]!r}]).")
    wrong = next(((i, t) for i, t in enumerate(texts) if not isinstance(t, str)), None)
    if wrong:
        raise TaggerError(
            f"Text {wrong[0]} is {type(wrong[1]).__name__} {wrong[1]!r}, not str. "
            "Drop missing texts or read them with tpfeedback.read_feedback."
        )
    if min_confidence is not None and not 0 <= min_confidence <= 1:
        raise TaggerError(f"min_confidence is {min_confidence}. Allowed: 0 to 1.")
    return list(texts)


def _tagged(
    text: str,
    language: str,
    read: list[tuple[Window, Reading]],
    settings: dict[str, Any],
    min_confidence: float | None,
) -> TaggedText:
    if not read:
        return TaggedText(text, language, "neutral", 0.0, ())
    shares = np.array([len(window.text) for window, _ in read], np.float32)
    overall = np.average([softmax(r.overall) for _, r in read], axis=0, weights=shares)
    best = int(np.argmax(overall))
    found: dict[str, list[Mention]] = {}
    for window, reading in read:
        for mention in _mentions(window, reading, language, settings, min_confidence):
            found.setdefault(mention.touchpoint, []).append(mention)
    merged = sorted(map(merge, found.values()), key=lambda m: (m.start, m.touchpoint))
    return TaggedText(text, language, SENTIMENT_ORDER[best], float(overall[best]), tuple(merged))


def _mentions(
    window: Window,
    reading: Reading,
    language: str,
    settings: dict[str, Any],
    min_confidence: float | None,
) -> list[Mention]:
    calibration = settings["calibration"][language]
    logits = calibration["slope"] * reading.presence + calibration["intercept"]
    confidence = 1 / (1 + np.exp(-logits))
    least = calibration["threshold"] if min_confidence is None else min_confidence
    result = []
    spans = [(s.start, s.stop) for s in segment(window.text, language)] if (confidence >= least).any() else []
    for k in np.flatnonzero(confidence >= least):
        polarity = softmax(reading.polarity[k])
        start, stop = evidence_span(reading.evidence[:, k], reading.offsets, spans)
        result.append(
            Mention(
                touchpoint=settings["touchpoints"][k],
                sentiment=SENTIMENT_ORDER[int(np.argmax(polarity))],
                confidence=float(confidence[k]),
                start=window.start + start,
                stop=window.start + stop,
                score=float(polarity[2] - polarity[0]),
            )
        )
    return result


def evidence_span(
    parts: Floats, offsets: NDArray[np.int64], spans: list[tuple[int, int]]
) -> tuple[int, int]:
    """Return the clause that speaks most for the touchpoint.

    `parts` (t,) is each token's part of the logit, `offsets` (t, 2) where the token stands.
    """
    if not spans:
        return (int(offsets[0, 0]), int(offsets[-1, 1])) if len(offsets) else (0, 0)
    middles = offsets.mean(axis=1) if len(offsets) else np.zeros(0)
    weights = [float(parts[(middles >= a) & (middles <= b)].sum()) for a, b in spans]
    return spans[int(np.argmax(weights))]


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
    return Mention(surest.touchpoint, sentiment, surest.confidence, surest.start, surest.stop, score)


def softmax(logits: Floats) -> Floats:
    """Return probabilities of logits (c,)."""
    powers = np.exp(logits - logits.max())
    return np.asarray(powers / powers.sum(), np.float32)
