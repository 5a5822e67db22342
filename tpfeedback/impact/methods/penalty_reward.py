"""The default method: joint regression with separate terms for complaints and praise."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.special import fdtrc, stdtrit

from tpfeedback.impact.design import Design
from tpfeedback.impact.gram import Array
from tpfeedback.impact.hc3 import Fit, fit_hc3
from tpfeedback.impact.methods import shapley
from tpfeedback.impact.roles import likely_role

_EFFECTS = ("penalty", "reward", "prize")
_COLUMNS = [f"{name}{end}" for name in _EFFECTS for end in ("", "_low", "_high")]
_UNKNOWN = [np.nan] * 3


def estimate(design: Design, *, random_state: int) -> pd.DataFrame:
    """Return penalty, reward, prize (95 % intervals), role and q_value, and the importance.

    The outcome is regressed on all terms at once, by least squares: one indicator of complaints
    and one of praise per touchpoint (Brandt 1987; Matzler & Sauerwein 2002, Int. J. Service
    Industry Management 13:314-332), next to what is held fixed. So a touchpoint that is only
    spoken of when another one fails is not blamed for it. Covariance HC3, t intervals: see
    `hc3.fit_hc3`.

    prize = -penalty x share, where share is that of complaints among the N rated texts, whose
    mean the prize is about. Both factors come from the same sample, and the interval takes both
    into account by the delta method (Goodman 1960, JASA 55:708-713):
    var = share^2 var(penalty) + penalty^2 share(1 - share)/N + 2 share penalty cov, where cov is
    added up text by text from what each adds to the error of the penalty and of the share.

    q_value: Benjamini & Hochberg (1995, JRSS B 57:289-300) over the touchpoints' joint Wald
    tests of penalty = reward = 0 (of the one term that can be estimated, where the other cannot).
    role: see `roles.role_probabilities`; importance: see `shapley.estimate`.
    """
    fit = fit_hc3(design)
    places, prizes, spread = _places(design, fit), _prizes(design, fit), design.spread
    effects, roles, chances = [], [], []
    for touchpoint in design.touchpoints:
        pair = [places.get((touchpoint, sentiment)) for sentiment in ("negative", "positive")]
        effects.append([*_terms(pair, fit), *prizes.get(pair[0], _UNKNOWN)])
        roles.append(_role(pair, fit, spread))
        chances.append(_wald([place for place in pair if place is not None], fit))
    table = pd.DataFrame(effects, index=list(design.touchpoints), columns=_COLUMNS, dtype=float)
    table["role"] = pd.Series(roles, index=table.index, dtype="str")
    table["q_value"] = _q_values(np.array(chances))
    return table.join(shapley.estimate(design, random_state=random_state))


def _places(design: Design, fit: Fit) -> dict[tuple[str, str], int]:
    """Return the columns of the terms whose effect can be told."""
    unknown = fit.lonely.copy()
    unknown[[column for group in design.inverse.entangled for column in group]] = True
    columns = enumerate(design.terms, start=len(design.held))
    return {(term.touchpoint, term.sentiment): i for i, term in columns if not unknown[i]}


def _terms(pair: list[int | None], fit: Fit) -> list[float]:
    values: list[float] = []
    for place in pair:
        if place is None:
            values += _UNKNOWN
        else:
            variance = float(fit.covariance[place, place])
            values += _interval(float(fit.coefficients[place]), variance, fit.degrees[place])
    return values


def _interval(value: float, variance: float, degrees: float) -> list[float]:
    half = float(stdtrit(degrees, 0.975)) * np.sqrt(max(variance, 0.0))
    return [value, value - half, value + half]


def _prizes(design: Design, fit: Fit) -> dict[int | None, list[float]]:
    """Return the prize of every term of complaints, by the column of the term."""
    together = np.asarray(design.columns.multiply(fit.scores).T @ design.count)
    alone = design.count @ fit.scores
    prizes: dict[int | None, list[float]] = {}
    for i, term in enumerate(design.terms, start=len(design.held)):
        if term.sentiment == "negative":
            share, penalty = term.share, float(fit.coefficients[i])
            covariance = (together[i] - share * alone[i]) / design.rated
            variance = share**2 * fit.covariance[i, i]
            variance += penalty**2 * share * (1 - share) / design.rated
            variance += 2 * share * penalty * covariance
            prizes[i] = _interval(-penalty * share, float(variance), fit.degrees[i])
    return prizes


def _role(pair: list[int | None], fit: Fit, spread: float) -> str | None:
    places = [place for place in pair if place is not None]
    if len(places) < len(pair):
        return None
    block = fit.covariance[np.ix_(places, places)]
    return likely_role(fit.coefficients[places], block, spread=spread)


def _wald(places: list[int], fit: Fit) -> float:
    """Return the p-value of all these effects being zero."""
    block = fit.covariance[np.ix_(places, places)]
    if not places or np.linalg.matrix_rank(block, hermitian=True) < len(places):
        return np.nan
    effects = fit.coefficients[places]
    statistic = effects @ np.linalg.solve(block, effects) / len(places)
    return float(fdtrc(len(places), fit.degrees[places].min(), statistic))


def _q_values(chances: Array) -> Array:
    from scipy.stats import false_discovery_control  # scipy.stats takes a second to load

    tested = np.isfinite(chances)
    values = np.full(len(chances), np.nan)
    if tested.any():
        values[tested] = false_discovery_control(chances[tested], method="bh")
    return values
