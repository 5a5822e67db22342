"""Touchpoints → vectors, from the words that describe them."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from tpfeedback.network import Floats, Network
from tpfeedback.taxonomy import Touchpoint
from tpfeedback.teaching.space import Space, in_16_bits, mean_of, tokens_of
from tpfeedback.vectors import unit

_SENTENCE_END = re.compile(r"(?<=[.!?])\s+|(?<=[。！？])")


def prototypes_of(network: Network, space: Space, touchpoints: Sequence[Touchpoint]) -> Floats:
    """Return one vector of length 1 for each touchpoint, (k, d), less what all have in common."""
    return in_16_bits(unit(raw_prototypes(network, space, touchpoints) - space.background))


def raw_prototypes(network: Network, space: Space, touchpoints: Sequence[Touchpoint]) -> Floats:
    """Return the mean direction of each touchpoint's words, (k, d)."""
    words = [words_of(touchpoint) for touchpoint in touchpoints]
    tokens = iter(tokens_of(network, space, [text for texts in words for text in texts]))
    means = [unit(np.sum([mean_of(next(tokens)) for _ in texts], axis=0)) for texts in words]
    return np.array(means, np.float32).reshape(len(touchpoints), len(space.background))


def words_of(touchpoint: Touchpoint) -> list[str]:
    """Return what stands for the touchpoint: phrases, and the first sentence of descriptions.

    What follows the first sentence often tells what does not belong to the touchpoint, which
    for a vector is the same as that it does.
    """
    described = [first_sentence(text) for text in touchpoint.descriptions.values()]
    return [*described, *(phrase for phrases in touchpoint.cues.values() for phrase in phrases)]


def first_sentence(text: str) -> str:
    """Return the first sentence of a description.

    >>> first_sentence("Ads of any kind. Discounts do not belong here.")
    'Ads of any kind.'
    >>> first_sentence("各种广告。优惠不算在内。")
    '各种广告。'
    """
    return _SENTENCE_END.split(text.strip(), maxsplit=1)[0]
