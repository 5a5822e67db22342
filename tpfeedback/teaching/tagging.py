"""Tags texts with the touchpoints of any taxonomy."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import inf

import numpy as np

from tpfeedback.network import Floats, Network, softmax
from tpfeedback.reading import WindowReading, log_odds, logit
from tpfeedback.rereading import EVEN
from tpfeedback.tagged import SENTIMENT_ORDER, Mention, TaggedText, merge
from tpfeedback.tagger import NetworkTagger, ReadText
from tpfeedback.taxonomy import Taxonomy
from tpfeedback.teaching.choice import Choice, clauses_about
from tpfeedback.teaching.cues import Cues
from tpfeedback.teaching.heads import Head, Heads, confidence_of
from tpfeedback.teaching.retaught import corrected
from tpfeedback.teaching.space import Space, mean_of, tokens_of_reading
from tpfeedback.vectors import TINY

OPPOSED = {"negative", "positive"}
OUTWEIGHS = 3.0  # times that praise is likelier than complaint, or the other way round
TEXTS_AT_ONCE, WINDOWS_AT_ONCE = 128, 256  # judged together: several times faster


@dataclass(frozen=True, eq=False)
class Seen:
    """A window, its tokens in the space (t, d), and what the heads say of it.

    `odds` (k,) are log odds of the touchpoints outside the general ones, `attention` (k, t) tells
    where they were seen. `phrases` are numbers, starts and ends of those found in the whole text.
    """

    window: WindowReading
    tokens: Floats
    odds: Floats
    attention: Floats
    phrases: Sequence[tuple[int, int, int]]


@dataclass(frozen=True, eq=False)
class TaxonomyTagger:
    """A tagger for one taxonomy, made by `tpfeedback.teaching.learning`.

    General mentions are those of `reader`; `rest` and `choices` tell what becomes of them, by
    general key. `heads` and `cues` find what is not general. `retaught` judges general
    touchpoints in the place of the network.
    """

    reader: NetworkTagger
    space: Space
    taxonomy: Taxonomy
    rest: Mapping[str, str | None]
    choices: Mapping[str, Choice]
    heads: Heads
    cues: Cues
    retaught: Mapping[str, Head] = field(default_factory=dict)

    @property
    def touchpoints(self) -> tuple[str, ...]:
        """Keys that the tagger can find."""
        return self.taxonomy.keys

    @property
    def digest(self) -> str:
        """First twelve hex digits of the hash over the model, the taxonomy and what was learnt."""
        found = hashlib.sha256(f"{self.reader.digest} {self.taxonomy.digest}".encode())
        for array in self._learnt():
            found.update(np.ascontiguousarray(array, np.float32).tobytes())
        return found.hexdigest()[:12]

    def tag(
        self,
        texts: Sequence[str],
        *,
        languages: Sequence[str | None] | None = None,
        questions: Sequence[str | None] | None = None,
        min_confidence: float | None = None,
        precision: float | None = None,
    ) -> list[TaggedText]:
        """Return one `TaggedText` for each text; options as in `NetworkTagger.tag`.

        A mention outside the general touchpoints has no promised precision: its calibrated
        confidence has to reach `precision` instead.
        """
        least = self.reader.least_confidence(min_confidence=min_confidence, precision=precision)
        wanted = min_confidence if min_confidence is not None else precision
        usual = self.heads.usual(self.space)
        own_least = usual if wanted is None else [wanted] * len(usual)
        read = self.reader.read(texts, languages=languages, questions=questions, hidden=True)
        return [
            self._tag(one, seen, least, own_least)
            for several in batches(read)
            for one, seen in zip(several, self._seen(several), strict=True)
        ]

    @property
    def network(self) -> Network:
        """The network that reads the texts."""
        return self.reader.network

    @property
    def confusion(self) -> dict[str, dict[str, float]]:
        """Measured errors of the general touchpoints that are reported as they are."""
        plain = {key for key in self.touchpoints if self.rest.get(key) == key}
        return {k: v for k, v in self.reader.confusion.items() if k in plain - set(self.choices)}

    @property
    def taught(self) -> tuple[str, ...]:
        """Touchpoints that examples taught a head for; general ones by their general key."""
        return (*self.heads.taught, *self.retaught)

    def _seen(self, several: Sequence[ReadText]) -> Iterator[list[Seen]]:
        """Yield the windows of each text; all are judged together."""
        tokens = [
            tokens_of_reading(self.reader.network, self.space, window.reading)
            for one in several
            for window in one.windows
        ]
        phrases = [self.cues.find(r.text, r.language) if r.windows else [] for r in several]
        hits = np.array(
            [
                hit
                for one, said in zip(several, phrases, strict=True)
                for hit in self._hits(one, said)
            ],
            np.float32,
        )
        judged = self.heads.judge(
            self.space, tokens, hits.reshape(len(tokens), len(self.heads.keys))
        )
        both = zip(tokens, judged, strict=True)
        for one, said in zip(several, phrases, strict=True):
            yield [
                Seen(window, mine, odds, attention, said)
                for window, (mine, (odds, attention)) in zip(one.windows, both, strict=False)
            ]

    def _hits(self, read: ReadText, phrases: Sequence[tuple[int, int, int]]) -> Iterator[Floats]:
        """Yield for each window 1 where a phrase of an own touchpoint begins in it, (k,)."""
        own = len(self.heads.keys)
        for one in read.windows:
            hits = np.zeros(own, np.float32)
            stop = one.window.start + one.size
            hits[[k for k, at, _ in phrases if k < own and one.window.start <= at < stop]] = 1
            yield hits

    def _tag(
        self,
        read: ReadText,
        seen: Sequence[Seen],
        least: Mapping[str, float],
        own_least: Sequence[float],
    ) -> TaggedText:
        if self.retaught:
            read = corrected(self.reader, self.space, read, self.retaught)
        general = self.reader.judge(read, least)
        if not read.windows:
            return general
        mentions = [m for found in general.mentions for m in self._narrowed(found, seen)]
        unsure = [
            replace(m, touchpoint=rest)
            for m in general.unsure
            if (rest := self.rest.get(m.touchpoint)) is not None
        ]
        for mention, enough in self._own(seen, own_least):
            (mentions if enough else unsure).append(mention)
        return replace(general, mentions=_in_order(mentions), unsure=_in_order(unsure))

    def _narrowed(self, mention: Mention, seen: Sequence[Seen]) -> list[Mention]:
        """Return the touchpoints of the taxonomy that a general mention is about."""
        choice = self.choices.get(mention.touchpoint)
        rest = self.rest.get(mention.touchpoint)
        kept = [] if rest is None else [replace(mention, touchpoint=rest)]
        if choice is None:
            return kept
        number = self.reader.touchpoints.index(mention.touchpoint)
        found: dict[str, tuple[Mention, Floats]] = {}
        for one in seen:
            for (start, stop), at in (
                clauses_about(one.window, number)
                if _holds(one.window, mention) or self._speaks(one.window, number)
                else ()
            ):
                named = {self.cues.keys[k] for k, begin, _ in one.phrases if start <= begin < stop}
                key, sure = choice.choose(mean_of(one.tokens[at]), named)
                if key is None:
                    continue
                child = replace(mention, touchpoint=key, start=start, stop=stop)
                child = replace(child, confidence=mention.confidence * sure)
                if key not in found or found[key][0].confidence < child.confidence:
                    hidden = one.window.reading.hidden[at].sum(axis=0) / max(len(at), 1)
                    found[key] = (child, hidden)
        found.pop(rest or "", None)
        return self._felt(found) if found else kept

    def _speaks(self, window: WindowReading, number: int) -> bool:
        """Whether a window by itself would have a mention of a general touchpoint."""
        entry = self.reader.network.settings["calibration"][window.language]
        odds = log_odds(window.reading.presence[number], entry)
        return bool(odds >= logit(entry["threshold"]))

    def _felt(self, found: Mapping[str, tuple[Mention, Floats]]) -> list[Mention]:
        """Return the children; those of a mixed mention with the feeling of their own clause.

        Only where both praise and complaint remain: together they say what the mention said.
        """
        mentions = [mention for mention, _ in found.values()]
        if len(mentions) < 2 or mentions[0].sentiment != "mixed":
            return mentions
        hidden = np.array([hidden for _, hidden in found.values()])
        shares = unmixed(softmax(hidden @ self.space.polarity[:-1] + self.space.polarity[-1]))
        sentiments = [SENTIMENT_ORDER[i] for i in shares.argmax(axis=1)]
        if not set(sentiments) >= OPPOSED:
            return mentions
        return [
            replace(mention, sentiment=sentiment, score=float(share[2] - share[0]))
            for mention, sentiment, share in zip(mentions, sentiments, shares, strict=True)
        ]

    def _own(self, seen: Sequence[Seen], least: Sequence[float]) -> Iterator[tuple[Mention, bool]]:
        """Yield mentions of touchpoints outside the general ones, and whether each is sure."""
        needed, usual = np.minimum(least, EVEN), self.heads.usual(self.space)
        found: dict[int, list[Mention]] = {}
        for one in seen:
            confidence = confidence_of(one.odds)
            for k in np.flatnonzero(confidence >= needed).tolist():
                mention = self._mention(one.window, k, float(confidence[k]), one.attention[k])
                found.setdefault(k, []).append(mention)
        for k, mentions in found.items():
            merged = merge(mentions, least=usual[k])
            yield merged, merged.confidence >= least[k]

    def _mention(
        self, window: WindowReading, k: int, confidence: float, attention: Floats
    ) -> Mention:
        start, stop = window.evidence_of(attention, np.zeros_like(attention), 1.0, least=-inf)
        hidden = window.reading.hidden
        shares = self.space.sentiment(hidden, attention[None])[0].tolist()
        sentiment = SENTIMENT_ORDER[shares.index(max(shares))]
        return Mention(
            self.heads.keys[k], sentiment, confidence, start, stop, shares[2] - shares[0]
        )

    def _learnt(self) -> Iterator[Floats]:
        for key in sorted(self.choices):
            yield from (self.choices[key].weights, self.choices[key].intercepts)
        yield self.heads.prototypes
        for key in sorted(self.heads.taught):
            yield self.heads.taught[key].array
        for key in sorted(self.retaught):
            yield self.retaught[key].array


def unmixed(shares: Floats) -> Floats:
    """Return the sentiments (n, 4) of clauses in a mixed text, each for itself.

    A clause sees the others around it and takes something of their mixture on. It is mixed itself
    only if neither praise nor complaint in it outweighs the other.

    >>> unmixed(np.array([[0.01, 0.01, 0.18, 0.8], [0.1, 0.0, 0.15, 0.75]], "f4")).round(2).tolist()
    [[0.05..., 0.05..., 0.89..., 0.0], [0.10..., 0.0, 0.15..., 0.75]]
    """
    negative, positive = shares[:, 0], shares[:, 2]
    torn = np.minimum(negative, positive) * OUTWEIGHS > np.maximum(negative, positive)
    alone = shares * [1, 1, 1, 0]
    alone = alone / np.maximum(alone.sum(axis=1, keepdims=True), TINY)
    return np.where(torn[:, None], shares, alone).astype(np.float32)


def batches(read: Iterable[ReadText]) -> Iterator[list[ReadText]]:
    """Yield texts in groups of not too many windows.

    >>> [len(group) for group in batches(ReadText("", "other", ()) for _ in range(300))]
    [128, 128, 44]
    """
    group: list[ReadText] = []
    windows = 0
    for one in read:
        group.append(one)
        windows += len(one.windows)
        if len(group) >= TEXTS_AT_ONCE or windows >= WINDOWS_AT_ONCE:
            yield group
            group, windows = [], 0
    if group:
        yield group


def _holds(window: WindowReading, mention: Mention) -> bool:
    return window.window.start < mention.stop and mention.start < window.window.start + window.size


def _in_order(mentions: Sequence[Mention]) -> tuple[Mention, ...]:
    return tuple(sorted(mentions, key=lambda m: (m.start, m.touchpoint)))
