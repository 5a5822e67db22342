"""The tagger around a network that makes its answers up: windows, evidence, merging."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np

from fuzzing.target import Target
from fuzzing.targets.tagging import SEEDS, WORDS, check_tagger
from tpfeedback.network import Network, Reading, load_network, softmax
from tpfeedback.tagger import NetworkTagger


class _Invented(Network):
    """Reads nothing, and answers by the numbers of the tokens alone."""

    def read(
        self, encodings: Sequence[Any], questions: Sequence[str] | None = None, *,
        hidden: bool = False,
    ) -> list[Reading]:  # fmt: skip
        asked = questions or [""] * len(encodings)
        return [_reading(one, len(q), len(self.settings["touchpoints"]),
                         self.settings["max_tokens"])
                for one, q in zip(encodings, asked, strict=True)]  # fmt: skip


def _reading(encoding: Any, seed: int, touchpoints: int, longest: int) -> Reading:
    ids = encoding.ids[: longest - 2]
    random = np.random.default_rng([seed, len(ids), *ids[:20]])
    attention = softmax(random.normal(0, 3, (touchpoints, len(ids) + 1)).astype(np.float32)).T
    return Reading(
        presence=random.normal(0, 4, touchpoints).astype(np.float32),
        polarity=softmax(random.normal(0, 2, (touchpoints, 4)).astype(np.float32)),
        overall=softmax(random.normal(0, 2, 4).astype(np.float32)),
        attention=attention[: len(ids)],
        logits=random.normal(0, 4, (len(ids), touchpoints)).astype(np.float32),
        encoding=encoding,
    )


@cache
def _tagger() -> NetworkTagger:
    real = load_network("general", threads=1)
    return NetworkTagger(_Invented(**{name: getattr(real, name) for name in vars(replace(real))}))


def check(data: bytes) -> None:
    """Tag a text with invented answers."""
    check_tagger(_tagger(), data)


TARGET = Target(check, SEEDS, WORDS, per_byte=1e-3, quick=50)
