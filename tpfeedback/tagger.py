"""Text → language, overall sentiment and mentions with evidence."""

from __future__ import annotations

import hashlib
import json
import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from math import inf, tanh
from typing import Any, Protocol, TypeVar, runtime_checkable

import numpy as np

from tpfeedback.detection import detect_language
from tpfeedback.languages import available_languages
from tpfeedback.network import Network, load_network
from tpfeedback.reading import (
    WindowReading,
    calibrated,
    log_odds,
    logit,
    overall_of,
    read_texts,
    usual_logit,
)
from tpfeedback.rereading import EVEN, read_again
from tpfeedback.tagged import OTHER, SENTIMENT_ORDER, Mention, TaggedText, merge
from tpfeedback.tagger_input import check_each, check_texts, least_confidence, precisions

LANGUAGES = available_languages()
CHUNK = 1024  # texts read at once: keeps memory flat however many there are
SHORT_ANSWER = 24  # characters; in a longer text the letters tell the language alone
# How sure the language of a shorter one must be, beside a question without these letters.
SURE_ALONE = {"ru": (0.5, "[Ѐ-ԯ]"), "zh": (0.5, "[\u3400-\u9fff]"), "pl": (0.9, r"(?!)")}
Given = TypeVar("Given")
Done = TypeVar("Done")


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
        questions: Sequence[str | None] | None = None,
        min_confidence: float | None = None,
        precision: float | None = None,
    ) -> list[TaggedText]:
        """Tag each text; a known language saves its detection."""
        ...


@dataclass(frozen=True, eq=False)
class ReadText:
    """A text as the network read it, window by window; none where the language is "other"."""

    text: str
    language: str
    windows: Sequence[WindowReading]


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
        """First twelve hex digits of the hash over all files of the model and its calibration."""
        settings = self.network.settings
        told = json.dumps([settings["files"], settings["calibration"]], sort_keys=True)
        return hashlib.sha256(told.encode()).hexdigest()[:12]

    def tag(
        self,
        texts: Sequence[str],
        *,
        languages: Sequence[str | None] | None = None,
        questions: Sequence[str | None] | None = None,
        min_confidence: float | None = None,
        precision: float | None = None,
    ) -> list[TaggedText]:
        """Return one `TaggedText` for each text, in order.

        `languages` may name the language of a text; None lets it be detected. `questions` are
        what the texts answer: "price" is a complaint after "What could we improve?" and praise
        after "What did you like?". A mention needs the confidence that served best on annotated
        texts; `min_confidence` (0–1) asks for another, `precision` (one of `precisions`) for the
        least one with which that share of mentions was right there. What has less than was
        asked for but more than even chances is left `unsure`.

        >>> texts = ["Доставка опоздала на три часа, но курьер вежливый"]
        >>> tagged = load_network_tagger().tag(texts)[0]
        >>> tagged.language, [(m.touchpoint, m.sentiment) for m in tagged.mentions]
        ('ru', [('delivery', 'negative'), ('staff', 'positive')])
        """
        least = self.least_confidence(min_confidence=min_confidence, precision=precision)
        read = self.read(texts, languages=languages, questions=questions)
        return [self.judge(one, least) for one in read]

    def read(
        self,
        texts: Sequence[str],
        *,
        languages: Sequence[str | None] | None = None,
        questions: Sequence[str | None] | None = None,
        hidden: bool = False,
    ) -> Iterator[ReadText]:
        """Yield what the network sees in each text, in order; options as in `tag`.

        With `hidden` the tokens in their context are kept, see `Reading`.
        """
        checked = check_texts(texts)
        known = check_each("language", languages, len(checked), allowed=(*LANGUAGES, OTHER))
        asked = check_each("question", questions, len(checked))
        chunks = (
            (chunk, _languages(checked[chunk], known[chunk], asked[chunk]))
            for chunk in (slice(at, at + CHUNK) for at in range(0, len(checked), CHUNK))
        )  # the languages of one are found while the network reads the one before

        def read_chunk(given: tuple[slice, list[str]]) -> Iterator[ReadText]:
            chunk, codes = given
            questions = [question or "" for question in asked[chunk]]
            windows = read_texts(
                self.network,
                checked[chunk],
                [None if code == OTHER else code for code in codes],
                questions,
                hidden=hidden,
            )
            read_again(self.network, windows, questions)
            return map(ReadText, checked[chunk], codes, windows)

        for several in one_ahead(read_chunk, chunks):
            yield from several

    def judge(self, read: ReadText, least: Mapping[str, float]) -> TaggedText:
        """Return the mentions of one text; `least` is the confidence that each language needs."""
        return _tagged(read, self.network.settings, least)

    def least_confidence(
        self, *, min_confidence: float | None = None, precision: float | None = None
    ) -> dict[str, float]:
        """Return the confidence that a mention needs in each language."""
        calibration = self.network.settings["calibration"]
        return least_confidence(calibration, min_confidence=min_confidence, precision=precision)

    @property
    def precisions(self) -> tuple[float, ...]:
        """Shares of right mentions that `tag` may be asked for."""
        return precisions(self.network.settings["calibration"])

    @property
    def confusion(self) -> dict[str, dict[str, float]]:
        """Recall, precision and flip of each touchpoint on texts held back from training.

        For `tpfeedback.sensitivity_band`: how far errors at these rates could move effects.
        """
        return {key: dict(rates) for key, rates in self.network.settings["confusion"].items()}

    @property
    def quality(self) -> dict[str, dict[str, Any]]:
        """How good it is in each language, on annotated texts never trained on.

        `languages`: code → number of `texts`, touchpoint `f1` and its 95 % interval.
        """
        return {"languages": dict(self.network.settings["quality"])}


def load_network_tagger(model: str = "general", *, threads: int | None = None) -> NetworkTagger:
    """Load a shipped tagger; `threads` limits the processor threads it may use.

    Raises `TaggerError` if the model is unknown or a file of it is damaged.

    >>> "delivery" in load_network_tagger().touchpoints
    True
    """
    return NetworkTagger(load_network(model, threads=threads))


def one_ahead(work: Callable[[Given], Done], items: Iterable[Given]) -> Iterator[Done]:
    """Yield what `work` makes of each item, in order; the next is worked on meanwhile.

    >>> list(one_ahead(str.upper, ["a", "b"]))
    ['A', 'B']
    """
    with ThreadPoolExecutor(1) as thread:
        under_way: deque[Future[Done]] = deque()
        for item in items:
            under_way.append(thread.submit(work, item))
            if len(under_way) > 1:
                yield under_way.popleft().result()
        while under_way:
            yield under_way.popleft().result()


def _languages(
    texts: Sequence[str], known: Sequence[str | None], questions: Sequence[str | None]
) -> list[str]:
    """Return the language of each text: the known one, or the one that its letters tell."""
    return [
        code or detect_language(with_question(text, question)).language
        for text, code, question in zip(texts, known, questions, strict=True)
    ]


def with_question(text: str, question: str | None) -> str:
    """Return what tells the language: a short answer together with its question.

    An answer that is surely in Russian, Chinese or Polish tells it alone, unless the question has
    the same letters. English words are at home in any language: the question tells theirs.

    >>> with_question("newsletter", "Co poprawić?"), with_question("x" * 40, "Why?")[:3]
    ('Co poprawić? newsletter', 'xxx')
    >>> with_question("Очереди", "What could we improve?")
    'Очереди'
    """
    if not question or len(text) > SHORT_ANSWER:
        return text
    alone = detect_language(text)
    sure, shared = SURE_ALONE.get(alone.language, (inf, ""))
    tells = alone.confidence >= sure and not re.search(shared, question)
    return text if tells else f"{question} {text}"


def _tagged(read: ReadText, settings: dict[str, Any], least: Mapping[str, float]) -> TaggedText:
    text, language, windows = read.text, read.language, read.windows
    if not windows:
        return TaggedText(text, language, "neutral", 0.0, ())
    overall = calibrated(overall_of(windows), settings["calibration"][language]["overall"])
    best = int(np.argmax(overall))
    found: dict[str, list[Mention]] = {}
    needed = min(least[language], EVEN)
    for window in windows:
        for mention in _mentions(window, settings, needed):
            found.setdefault(mention.touchpoint, []).append(mention)
    usual = settings["calibration"][language]["threshold"]
    merged = [merge(mentions, least=usual) for mentions in found.values()]
    merged.sort(key=lambda m: (m.start, m.touchpoint))
    return TaggedText(
        text,
        language,
        SENTIMENT_ORDER[best],
        float(overall[best]),
        tuple(m for m in merged if m.confidence >= least[language]),
        tuple(m for m in merged if m.confidence < least[language]),
    )


def _mentions(window: WindowReading, settings: dict[str, Any], least: float) -> list[Mention]:
    calibration, touchpoints = settings["calibration"][window.language], settings["touchpoints"]
    usual = usual_logit(calibration)
    presence = window.reading.presence
    odds = log_odds(presence, calibration)
    mentions = []
    for k in np.flatnonzero(odds >= logit(least)).tolist():
        start, stop = window.evidence(k, least=min(usual, float(presence[k])))
        polarity = window.reading.polarity[k].tolist()
        mentions.append(
            Mention(
                touchpoint=touchpoints[k],
                sentiment=SENTIMENT_ORDER[polarity.index(max(polarity))],
                confidence=(1 + tanh(float(odds[k]) / 2)) / 2,
                start=start,
                stop=stop,
                score=polarity[2] - polarity[0],
            )
        )
    return mentions
