"""The space that themes lie in: what is meant, whatever the language and the mood."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from tpfeedback.network import Network
from tpfeedback.taxonomy import load_taxonomy
from tpfeedback.vectors import text_vectors

Places = NDArray[np.float64]

TINY = 1e-9
MOODS = ("praise", "blame", "other")


@dataclass(frozen=True, eq=False)
class Space:
    """Where texts lie; the same for all feedback, so that themes do not move between waves.

    `means` (d,) by language: what a vector is before anything is said in it. `mood` (d,): the
    direction from blame to praise. `filler` (n, d): places of what names no theme.
    """

    means: Mapping[str, Places]
    mood: Places
    filler: Places

    def place(self, vectors: NDArray[np.float32], languages: Sequence[str]) -> Places:
        """Return the place of each vector, (n, d), of length 1: language and mood taken out."""
        centred = self._centred(vectors, languages)
        return unit(centred - np.outer(centred @ self.mood, self.mood))

    def emptiness(self, vectors: NDArray[np.float32], languages: Sequence[str]) -> Places:
        """Return how near each vector is to the nearest filler, (n,), 1 for filler itself."""
        if not len(vectors):
            return np.zeros(0)
        return np.asarray((unit(self._centred(vectors, languages)) @ self.filler.T).max(axis=1))

    def _centred(self, vectors: NDArray[np.float32], languages: Sequence[str]) -> Places:
        usual = np.mean([self.means[code] for code in sorted(self.means)], axis=0)
        taken = [self.means.get(code, usual) for code in languages]
        return np.asarray(vectors, np.float64) - np.array(taken).reshape(np.shape(vectors))


@lru_cache(maxsize=4)
def load_space(network: Network) -> Space:
    """Return the space of a network, made from texts that say the same in each language.

    They are the phrases of the general taxonomy and filler: with the mean over what is level
    between languages, only the language is taken out, never what this feedback speaks of most.
    """
    filler = load_filler()
    phrases = _general_phrases(tuple(filler))
    means, moods, centred = {}, [], []
    for language, lists in filler.items():
        own = {mood: np.float64(text_vectors(network, lists[mood])) for mood in MOODS}
        known = np.float64(text_vectors(network, phrases[language]))
        means[language] = np.vstack([known, *own.values()]).mean(axis=0)
        moods.append(own["praise"].mean(axis=0) - own["blame"].mean(axis=0))
        centred.append(np.vstack([own[mood] for mood in MOODS]) - means[language])
    return Space(means, unit(np.mean(moods, axis=0)), unit(np.vstack(centred)))


@cache
def load_filler() -> dict[str, dict[str, tuple[str, ...]]]:
    """Return what names no theme, by language and mood.

    >>> load_filler()["pl"]["other"][0]
    'polecam'
    """
    source = (files("tpfeedback") / "themes" / "filler.toml").read_text(encoding="utf-8")
    told = tomllib.loads(source)
    return {code: {m: tuple(told[code][m]) for m in MOODS} for code in sorted(told)}


def unit(vectors: Places) -> Places:
    """Return the vectors at length 1; what is zero stays zero.

    >>> unit(np.array([3.0, 4.0])).tolist()
    [0.6, 0.8]
    """
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, TINY))


def _general_phrases(languages: Sequence[str]) -> dict[str, list[str]]:
    general = load_taxonomy("general")
    return {
        code: [phrase for touchpoint in general for phrase in touchpoint.cues.get(code, ())]
        for code in languages
    }
