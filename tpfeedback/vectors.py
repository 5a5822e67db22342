"""What texts mean, as vectors: near each other where they mean the same, in any language."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tpfeedback.network import Floats, Network

TINY = 1e-9


@dataclass(frozen=True, eq=False)
class TokenVectors:
    """The tokens of one text, each as the network sees it among the others: (t, d)."""

    tokens: Floats

    @property
    def mean(self) -> Floats:
        """Return the mean direction of the tokens, (d,); zeros where there are none."""
        return unit(unit(self.tokens).sum(axis=0))


def token_vectors(network: Network, texts: Sequence[str]) -> list[TokenVectors]:
    """Return the tokens of each text, cut at the network's longest window."""
    return [TokenVectors(hidden) for hidden in network.hidden(network.encode(texts))]


def text_vectors(network: Network, texts: Sequence[str]) -> Floats:
    """Return one vector of length 1 for each text, (n, d).

    The cosine of two of them tells how much alike the texts are; it is meant for clauses and
    short texts. The mean of all texts' vectors is not taken out.
    """
    vectors = [text.mean for text in token_vectors(network, texts)]
    return np.array(vectors, np.float32).reshape(len(texts), -1)


def unit(vectors: Floats) -> Floats:
    """Return the vectors at length 1; what is zero stays zero.

    >>> unit(np.array([[3.0, 4.0], [0.0, 0.0]], np.float32)).round(1).tolist()
    [[0.6000000238418579, 0.800000011920929], [0.0, 0.0]]
    """
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, TINY), np.float32)
