"""The role of a touchpoint: basic, performance, excitement or minor, with probabilities."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import numpy as np
from scipy.special import ndtri

from tpfeedback.impact.gram import Array
from tpfeedback.tables import ROLES

NEGLIGIBLE = 0.2  # standard deviations of the outcome: Cohen's (1988) "small" effect
DOMINANT = 2.0  # one side is this many times the other: clearly asymmetric
LIKELY = 0.5  # a role is named when it is more likely than all the others together


def role_probabilities(effects: Array, covariance: Array, *, spread: float) -> dict[str, float]:
    """Return how likely each role is, given (penalty, reward) and their 2 x 2 covariance.

    With loss = -penalty and gain = reward, both against `spread`, the standard deviation of the
    outcome, the plane is cut into four parts without gaps:

    - minor: loss and gain are both below 0.2 `spread`, a small effect in Cohen's sense;
    - basic: loss is more than twice the gain (failing hurts, succeeding is taken for granted);
    - excitement: gain is more than twice the loss (nobody misses it, everybody likes it);
    - performance: the rest, where both count about alike.

    The probability of a role is the mass of its part under the joint normal distribution of the
    two estimates, by 4,096 points of a Halton sequence (error about .001).

    Source: penalty-reward contrast of Brandt (1987, Add value to your service, AMA, 61-65) with
    the names of Kano et al. (1984); cutting by the ratio of the two effects as in Mikulic &
    Prebezac (2011, Managing Service Quality 21:46-66). Brandt uses significance as the cut; a
    probability does not turn a small sample into the role "minor".

    >>> role_probabilities(np.array([-1.5, 0.1]), np.eye(2) * 0.01, spread=1.0)["basic"] > 0.99
    True
    """
    values, vectors = np.linalg.eigh(covariance)
    points = effects + _normal_points() @ (vectors * np.sqrt(np.maximum(values, 0))).T
    loss, gain = -points[:, 0], points[:, 1]
    minor = np.maximum(loss, gain) < NEGLIGIBLE * spread
    basic = ~minor & (loss > DOMINANT * gain)
    excitement = ~minor & (gain > DOMINANT * loss)
    shares = {"minor": minor, "basic": basic, "excitement": excitement}
    shares["performance"] = ~(minor | basic | excitement)
    return {role: float(shares[role].mean()) for role in ROLES}


def likely_role(chances: Mapping[str, float]) -> str | None:
    """Return the role that is more likely than all others together, None where none is.

    >>> likely_role({"basic": 0.6, "performance": 0.4, "excitement": 0.0, "minor": 0.0})
    'basic'
    """
    best = max(ROLES, key=lambda role: chances[role])
    return best if chances[best] > LIKELY else None


@cache
def _normal_points() -> Array:
    from scipy.stats import qmc  # scipy.stats takes a second to load

    points: Array = ndtri(qmc.Halton(2, scramble=False).random(4097)[1:])
    return points
