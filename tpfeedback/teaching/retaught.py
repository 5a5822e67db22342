"""General touchpoints taught anew with labels: only those where it can be shown to help.

The network learnt the general touchpoints from thousands of texts, and a few labels of the same
kind teach it nothing. Where a company's texts or its understanding of a touchpoint differ, they
do. So a head is learnt on top of what the network says, and kept only if it judges texts that it
was not taught with better than the network does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tpfeedback.network import Floats
from tpfeedback.reading import WindowReading, log_odds, logits_of
from tpfeedback.tagger import NetworkTagger, ReadText
from tpfeedback.teaching.heads import Head, fit_logistic, held_back
from tpfeedback.teaching.space import Space, tokens_of_reading
from tpfeedback.vectors import unit

FOLDS = 5
SURE = 2.0  # standard errors by which a head has to be better
MOST = 6.0  # log odds: more than this is no surer
STRENGTH = 0.5

Judged = tuple[Floats, Floats]  # vectors (k, d) where a text looks, and log odds (k,)


def judged_by(reader: NetworkTagger, space: Space, window: WindowReading) -> Judged:
    """Return what a head sees of each general touchpoint in a window."""
    entry = reader.network.settings["calibration"][window.language]
    odds = log_odds(window.reading.presence, entry)
    tokens = tokens_of_reading(reader.network, space, window.reading)
    return unit(window.reading.attention.T @ tokens), np.clip(odds, -MOST, MOST)


def learn_again(
    reader: NetworkTagger,
    space: Space,
    read: Sequence[ReadText],
    present: Mapping[str, Floats],
    *,
    least: int,
    strength: float,
) -> dict[str, Head]:
    """Return heads by general key, where labels show that they judge better than the network.

    `present` tells by general key which texts have it (1), have not (0), or are unknown (nan).
    Both kinds need `least` texts.
    """
    wanted = {
        key: known
        for key, known in present.items()
        if min((known == 1).sum(), (known == 0).sum()) >= max(least, FOLDS)
    }
    if not wanted:
        return {}
    seen = [_surest(reader, space, one) if one.windows else None for one in read]
    learnt = {}
    for key in sorted(wanted):
        k = reader.touchpoints.index(key)
        texts = [i for i, s in enumerate(seen) if s is not None and not np.isnan(wanted[key][i])]
        rows = np.array([np.append(*(part[k] for part in seen[i] or ())) for i in texts])
        has = wanted[key][texts] == 1
        if _better(rows, has, STRENGTH * strength):
            learnt[key] = fit_logistic(rows, has, STRENGTH * strength)
    return learnt


def corrected(
    reader: NetworkTagger, space: Space, read: ReadText, heads: Mapping[str, Head]
) -> ReadText:
    """Return what was read, with the presence of touchpoints that were taught anew."""
    return replace(
        read, windows=[_corrected(reader, space, window, heads) for window in read.windows]
    )


def _corrected(
    reader: NetworkTagger, space: Space, window: WindowReading, heads: Mapping[str, Head]
) -> WindowReading:
    vectors, odds = judged_by(reader, space, window)
    entry = reader.network.settings["calibration"][window.language]
    presence = window.reading.presence.copy()
    for key, head in heads.items():
        k = reader.touchpoints.index(key)
        found = head.log_odds(np.append(vectors[k], odds[k])[None])[0]
        presence[k] = logits_of(found, entry)
    return replace(window, reading=replace(window.reading, presence=presence))


def _surest(reader: NetworkTagger, space: Space, read: ReadText) -> Judged:
    """Return for each touchpoint what is seen in the window that is surest of it."""
    several = [judged_by(reader, space, window) for window in read.windows]
    odds = np.array([one[1] for one in several])
    best = odds.argmax(axis=0)
    vectors = np.array([several[window][0][k] for k, window in enumerate(best)])
    return vectors, odds.max(axis=0)


def _better(rows: Floats, has: NDArray[np.bool_], strength: float) -> bool:
    """Whether heads lose less on texts held back than the network's own log odds, surely."""
    gain = loss(rows[:, -1], has) - loss(held_back(rows, has, strength, FOLDS), has)
    error = gain.std(ddof=1) / len(gain) ** 0.5
    return bool(gain.mean() > SURE * error)


def loss(odds: Any, has: NDArray[np.bool_]) -> Floats:
    """Return the log loss of each text.

    >>> [round(float(one), 1) for one in loss(np.array([0.0, 9.0]), np.array([True, False]))]
    [0.7, 9.0]
    """
    return np.asarray(np.logaddexp(0, np.where(has, -odds, odds)), np.float32)
