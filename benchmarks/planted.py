"""Simulated feedback on twelve touchpoints with planted effects, for `coverage.py`.

Complaints come in 14 % to 1.5 % of the texts; moody texts complain more and praise less,
talkative ones do more of both; ratings with complaints vary more. The call centre is a knock-on:
people call because the delivery failed, and the call itself costs nothing.
"""

from __future__ import annotations

from functools import cache
from math import sqrt

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import ndtri

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]
Signs = NDArray[np.int64]
"""Sentiment of every text (rows) on every touchpoint (columns), a place in SENTIMENTS."""

SENTIMENTS = np.array(["", "negative", "positive", "mixed", "neutral"])
TOUCHPOINTS = {  # share of complaints, share of praise, penalty, reward
    "after_sales": (0.04, 0.02, -1.1, 0.4),
    "call_center": (0.02, 0.015, 0.0, 0.0),  # more where the delivery failed: KNOCK_ON
    "delivery": (0.14, 0.10, -1.4, 0.1),
    "mobile_app": (0.06, 0.04, -0.6, 0.2),
    "online_support": (0.02, 0.015, -0.6, 0.5),
    "packaging": (0.03, 0.04, -0.25, 0.1),
    "payment": (0.03, 0.02, -0.7, 0.0),
    "price": (0.10, 0.12, -0.3, 0.3),
    "product": (0.12, 0.30, -0.9, 0.5),
    "security": (0.015, 0.015, -1.0, 0.0),
    "staff": (0.08, 0.22, -0.6, 0.8),
    "waiting": (0.07, 0.02, -0.8, 0.0),
}
NAMES = list(TOUCHPOINTS)
COMPLAINTS, PRAISE, PENALTY, REWARD = np.array(list(TOUCHPOINTS.values())).T
CALL, DELIVERY = NAMES.index("call_center"), NAMES.index("delivery")
KNOCK_ON = 0.5  # share of those let down by the delivery who complain about the call centre
NEUTRAL = 0.02
MOOD, TALK = 0.4, 0.3  # correlation of a mark with the mood and the talkativeness of its text
RECALL, PRECISION, FLIPS = 0.75, 0.85, 0.08
LARGE = 4_000_000


def simulate(
    n: int, random: np.random.Generator, *, effects: bool = True, steps: bool = False
) -> tuple[Signs, Array]:
    """Return the sentiments and the outcome of n texts, in steps of 1 to 5 if asked.

    Complaints and praise are normal variables beyond a threshold. Mood and talkativeness move
    them, but not the outcome, so that the planted effects are what a regression should find.
    """
    p = len(NAMES)
    mood, talk = random.normal(size=(2, n, 1))
    own = random.normal(size=(2, n, p)) * sqrt(1 - MOOD**2 - TALK**2)
    bad = MOOD * mood + TALK * talk + own[0] < ndtri(COMPLAINTS)
    good = -MOOD * mood + TALK * talk + own[1] < ndtri(PRAISE)
    called = np.where(bad[:, DELIVERY], KNOCK_ON, COMPLAINTS[CALL])
    bad[:, CALL] = random.random(n) < called
    signs: Signs = bad + 2 * good
    signs[(signs == 0) & (random.random((n, p)) < NEUTRAL)] = 4
    silent, complains = ~signs.any(axis=1), bad.any(axis=1)
    noise = random.normal(size=n) * (0.5 + 0.6 * complains + 0.4 * silent)
    outcome = 4.2 - 0.3 * silent + noise
    if effects:
        outcome = outcome + bad @ PENALTY + good @ REWARD
    return signs, np.clip(np.rint(outcome), 1, 5) if steps else outcome


def tag_with_errors(signs: Signs, random: np.random.Generator) -> Signs:
    """Return the sentiments as a tagger finds them that misses, invents and confuses some.

    Invented mentions fall on texts that do not speak of the touchpoint, with the sentiments
    usual for it, so often that of all finds for a touchpoint the share PRECISION is right.
    """
    found = np.where(random.random(signs.shape) < RECALL, signs, 0)
    right, free = (found > 0).sum(axis=0), np.maximum((signs == 0).sum(axis=0), 1)
    one_sided = (found == 1) | (found == 2)
    flipped = one_sided & (random.random(signs.shape) < FLIPS)
    found = np.where(flipped, 3 - found, found)
    invented = random.random(signs.shape) < right * (1 / PRECISION - 1) / free
    for i in range(signs.shape[1]):
        rows, usual = np.flatnonzero(invented[:, i] & (signs[:, i] == 0)), signs[:, i]
        found[rows, i] = random.choice(usual[usual > 0], len(rows)) if len(rows) else 0
    return found


def mentions_of(signs: Signs) -> pd.DataFrame:
    """Return the mentions table; the name of a text is the number of its row."""
    text, touchpoint = np.nonzero(signs)
    columns = {
        "feedback_id": text,
        "touchpoint": np.array(NAMES)[touchpoint],
        "sentiment": SENTIMENTS[signs[text, touchpoint]],
    }
    return pd.DataFrame(columns)


def complaints(signs: Signs) -> Flags:
    """Return where there is a complaint; a mixed mention holds one."""
    return np.isin(signs, (1, 3))


def true_effects(*, effects: bool = True, steps: bool = False) -> dict[str, Array]:
    """Return penalty, reward and prize as planted, or of the best linear approximation."""
    if not effects:
        return dict.fromkeys(("penalty", "reward", "prize"), np.zeros(len(NAMES)))
    penalty, reward = approximate_effects() if steps else (PENALTY, REWARD)
    share = COMPLAINTS.copy()
    share[CALL] += COMPLAINTS[DELIVERY] * (KNOCK_ON - COMPLAINTS[CALL])
    return {"penalty": penalty, "reward": reward, "prize": -penalty * share}


@cache
def approximate_effects(*, texts: int = LARGE, chunk: int = 100_000) -> tuple[Array, Array]:
    """Return the coefficients of complaints and of praise in a very large sample, in steps.

    Ratings that stop at 1 and 5 are no sum of effects, so a linear model has no other truth than
    the line closest to them in the population (White 1980, Econometrica 48:817-838).
    """
    random, sums = np.random.default_rng(0), np.zeros((2 * len(NAMES) + 3,) * 2)
    for _ in range(texts // chunk):
        signs, outcome = simulate(chunk, random, steps=True)
        held = [np.ones(chunk), ~signs.any(axis=1)]
        marks = (complaints(signs), np.isin(signs, (2, 3)), outcome)
        table = np.column_stack([*held, *marks]).astype(float)
        sums += table.T @ table
    penalty, reward = np.split(np.linalg.solve(sums[:-1, :-1], sums[:-1, -1])[len(held) :], 2)
    return penalty, reward
