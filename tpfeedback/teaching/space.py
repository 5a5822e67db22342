"""The space in which texts and touchpoints are compared: what a word means, alone and in context.

A token is its hidden state in the network, which knows what customers speak of, beside the
embedding of its piece, which still knows everything else. Both have their mean over feedback
taken out, so that the cosine of what has nothing in common is about 0.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from tpfeedback.network import Floats, Network, Reading, load_network, softmax
from tpfeedback.vectors import unit

CONTEXT = 0.65  # share of the context in a token; the rest is the word alone
SHARPNESS = 20.0  # how much more attention a token gets that is nearer to the touchpoint
NEAREST = 3  # so many tokens of a text decide how near it comes
TEXTS_AT_ONCE, TOKENS_AT_ONCE = 256, 8192  # compared with the prototypes


@dataclass(frozen=True, eq=False)
class Space:
    """What was measured on feedback, see `tpfeedback.training.space`.

    `hidden_mean` (h,), `word_mean` and `word_spread` (w,) of tokens; `background` (h + w,) is the
    mean of the general touchpoints; `polarity` (h + 1, 4) makes logits of a sentiment from a
    hidden state and 1; `presence` (3,): slope, worth of a phrase and intercept of the log odds
    that a text speaks of a touchpoint, from its nearness; `threshold`: the usual confidence.
    """

    hidden_mean: Floats
    word_mean: Floats
    word_spread: Floats
    background: Floats
    polarity: Floats
    presence: Floats
    threshold: float

    def place(self, hidden: Floats, words: Floats) -> Floats:
        """Return tokens in the space, (t, h + w), from hidden states and piece embeddings."""
        context = unit(hidden - self.hidden_mean) * CONTEXT**0.5
        alone = unit((words - self.word_mean) / self.word_spread) * (1 - CONTEXT) ** 0.5
        return np.concatenate([context, alone], axis=1)

    def sentiment(self, hidden: Floats, attention: Floats) -> Floats:
        """Return probabilities (k, 4) of the sentiments that (k, t) shares of attention meet."""
        seen = attention @ hidden
        return softmax(seen @ self.polarity[:-1] + self.polarity[-1])


@cache
def load_space(model: str) -> Space:
    """Return the space of a shipped model."""
    stored = load_network(model).space
    return Space(**{**stored, "threshold": float(stored["threshold"])})  # type: ignore[arg-type]


def tokens_of_reading(network: Network, space: Space, reading: Reading) -> Floats:
    """Return the tokens of a window that was read with its hidden states."""
    ids = reading.encoding.ids[: len(reading.hidden)]
    return space.place(reading.hidden, network.words(ids))


def tokens_of(network: Network, space: Space, texts: Sequence[str]) -> list[Floats]:
    """Return the tokens of short texts, each one window."""
    encodings = network.encode(texts)
    return [
        space.place(hidden, network.words(e.ids[: len(hidden)]))
        for e, hidden in zip(encodings, network.hidden(encodings), strict=True)
    ]


def mean_of(tokens: Floats) -> Floats:
    """Return the mean direction (d,) of tokens (t, d); zeros where there are none."""
    return unit(tokens.sum(axis=0))


def nearness(tokens: Floats, prototypes: Floats) -> tuple[Floats, Floats]:
    """Return how near a text comes to each prototype, (k,), and where it looks, (k, t).

    Near is the mean cosine of the nearest few tokens: a touchpoint is named by some words of a
    text, not by all of them.

    >>> near, attention = nearness(np.eye(4, dtype="f4"), np.eye(4, dtype="f4")[:1])
    >>> round(float(near[0]), 2), attention.round(2).tolist()
    (0.33, [[1.0, 0.0, 0.0, 0.0]])
    """
    return nearness_of(prototypes @ tokens.T)


def nearness_of(cosines: Floats) -> tuple[Floats, Floats]:
    """Return `nearness` from the cosines of prototypes and tokens, (k, t)."""
    count = cosines.shape[1]
    if not count:
        return np.full(len(cosines), -1, np.float32), cosines
    few = min(NEAREST, count)
    nearest = np.partition(cosines, count - few, axis=1)[:, count - few :].mean(axis=1)
    return nearest, softmax(SHARPNESS * cosines)


def cosines_of(texts: Sequence[Floats], prototypes: Floats) -> Iterator[Floats]:
    """Yield the cosines of prototypes and tokens, (k, t), for the tokens of each text.

    Many texts are multiplied at once: that is several times faster than one by one.
    """
    start = 0
    while start < len(texts):
        stops = np.cumsum([len(tokens) for tokens in texts[start : start + TEXTS_AT_ONCE]])
        stop = start + max(1, int(np.searchsorted(stops, TOKENS_AT_ONCE, side="right")))
        cosines = prototypes @ np.concatenate(texts[start:stop]).T
        yield from np.split(cosines, stops[: stop - start - 1], axis=1)
        start = stop


def in_16_bits(values: Any) -> Floats:
    """Return what is learnt as it is saved: with three digits, half the size.

    >>> in_16_bits([0.12345678]).tolist()
    [0.12347412109375]
    """
    return np.asarray(values, np.float16).astype(np.float32)
