"""The default method: joint regression with separate terms for complaints and praise."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.special import chdtrc, fdtrc, stdtrit

from tpfeedback.impact.discoveries import q_values
from tpfeedback.impact.methods import shapley
from tpfeedback.impact.models import Effects, load_model
from tpfeedback.impact.regression import Design
from tpfeedback.impact.roles import likely_role, role_probabilities
from tpfeedback.tables import ROLES

_EFFECTS = ("penalty", "reward", "prize")
_COLUMNS = [f"{name}{end}" for name in _EFFECTS for end in ("", "_low", "_high")]
_UNKNOWN = [np.nan] * 3


def estimate(design: Design, *, random_state: int, effects: Effects | None = None) -> pd.DataFrame:
    """Return penalty, reward, prize (95 % intervals), role and q_value, and the importance.

    Penalty and reward are the effects that the model of the outcome (`design.model`) gives to
    complaints about and praise of a touchpoint, the prize is what the mean would gain without the
    complaints: see `estimate_effects` of the model's file in `tpfeedback.impact.models`. `effects`
    that were estimated already, or corrected with labels, are taken in their place.

    q_value: Benjamini & Hochberg (1995, JRSS B 57:289-300) over the touchpoints' joint Wald
    tests of penalty = reward = 0 (of the one term that can be estimated, where the other cannot).
    role: see `roles.role_probabilities`; importance: see `shapley.estimate`.
    """
    table = tabulate_effects(design, effects or load_model(design.model)(design))
    return table.join(shapley.estimate(design, random_state=random_state))


def tabulate_effects(design: Design, effects: Effects) -> pd.DataFrame:
    """Return the effects as columns of the impact table, one row per touchpoint."""
    rows, chances = [], []
    for pair in _pairs(design, effects):
        rows.append([*_terms(pair, effects), *_prize(pair[0], effects)])
        chances.append(_wald([place for place in pair if place is not None], effects))
    table = pd.DataFrame(rows, index=list(design.touchpoints), columns=_COLUMNS, dtype=float)
    roles = [
        likely_role(dict(zip(ROLES, row, strict=True)))
        for row in tabulate_roles(design, effects).to_numpy().tolist()
    ]
    table["role"] = pd.Series(roles, index=table.index, dtype="str")
    table["q_value"] = q_values(np.array(chances))
    return table


def tabulate_roles(design: Design, effects: Effects) -> pd.DataFrame:
    """Return how likely each role is (0-1, sums to 1), one row per touchpoint.

    Missing where penalty or reward is not known; see `roles.role_probabilities`.
    """
    rows = []
    for pair in _pairs(design, effects):
        places = [place for place in pair if place is not None]
        block = effects.covariance[np.ix_(places, places)]
        known = len(places) == len(pair) and np.isfinite(block).all()
        chances = (
            role_probabilities(effects.values[places], block, spread=design.spread) if known else {}
        )
        rows.append([chances.get(role, np.nan) for role in ROLES])
    return pd.DataFrame(rows, index=list(design.touchpoints), columns=list(ROLES), dtype=float)


def _pairs(design: Design, effects: Effects) -> list[list[int | None]]:
    """Return the places of the terms of each touchpoint, None where the effect is not known."""
    terms = enumerate(design.terms)
    places = {(term.touchpoint, term.sentiment): i for i, term in terms if effects.known[i]}
    return [
        [places.get((touchpoint, sentiment)) for sentiment in ("negative", "positive")]
        for touchpoint in design.touchpoints
    ]


def _terms(pair: list[int | None], effects: Effects) -> list[float]:
    values: list[float] = []
    for place in pair:
        if place is None:
            values += _UNKNOWN
        else:
            variance = float(effects.covariance[place, place])
            values += _interval(effects.values[place], variance, effects.degrees[place])
    return values


def _prize(place: int | None, effects: Effects) -> list[float]:
    if place is None:
        return _UNKNOWN
    variance = float(effects.prize_variance[place])
    return _interval(effects.prizes[place], variance, effects.degrees[place])


def _interval(value: float, variance: float, degrees: float) -> list[float]:
    half = float(stdtrit(degrees, 0.975)) * np.sqrt(max(variance, 0.0))
    return [float(value), value - half, value + half]


def _wald(places: list[int], effects: Effects) -> float:
    """Return the p-value of all these effects being zero.

    Where one is the other reversed (policy "observed" without neutral mentions), one is tested.
    """
    block = effects.covariance[np.ix_(places, places)]
    rank = np.linalg.matrix_rank(block, hermitian=True) if places else 0
    if rank == 1 and (np.diag(block) > 0).all():
        places, block = places[:1], block[:1, :1]
    elif rank < len(places) or not places:
        return np.nan
    values = effects.values[places]
    statistic = values @ np.linalg.solve(block, values)
    degrees = effects.degrees[places].min()
    if np.isinf(degrees):
        return float(chdtrc(len(places), statistic))
    return float(fdtrc(len(places), degrees, statistic / len(places)))
