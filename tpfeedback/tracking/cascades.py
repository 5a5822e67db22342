"""Where the chain breaks first: which complaint drags which other one along."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import ndtr, ndtri, stdtrit

from tpfeedback.impact.discoveries import q_values
from tpfeedback.impact.gram import Array, Flags, Places
from tpfeedback.impact.hc3 import Fit
from tpfeedback.impact.models.linear import fit_terms
from tpfeedback.impact.regression import MIN_TEXTS, NOTHING, Design
from tpfeedback.tracking.estimates import Estimate, join, spread

SURE = 0.05
MOSTLY = 0.5
AT_LEAST = 0.25
"""Part of the apparent cost of a symptom that its root explains: estimated, and surely."""
_ENDS = ("", "_low", "_high")
_Z = float(ndtri(0.975))


@dataclass(frozen=True, eq=False)
class Complaints:
    """What is known of complaints; `touchpoints` in the order of the columns.

    `negative` (respondents, touchpoints). `earlier` (touchpoints, touchpoints): among those who
    complain of both, how many have the row's complaint before the column's. `stages` are places
    of the stages in the journey (touchpoints,).
    """

    touchpoints: tuple[str, ...]
    negative: Flags
    earlier: Array
    stages: Places
    clusters: Places | None


@dataclass(frozen=True, eq=False)
class Bonds:
    """How complaints come together; all (touchpoints, touchpoints), cause in rows."""

    both: Array
    risk: Array
    risk_without: Array
    ratio: Array
    low: Array
    high: Array
    p_value: Array


def bind(complaints: Complaints) -> Bonds:
    """Return how much more often each complaint (column) comes with another one (row).

    Risk ratio with 95 % interval on the logarithm (Katz, Baptista, Azen & Pike 1978, Biometrics
    34:469-474), 0.5 added to each cell (Walter 1975, Biometrika 62:371-374). Where texts come in
    clusters the variance is that of sums over clusters.
    """
    flags = complaints.negative.astype(float)
    n, both = float(len(flags)), flags.T @ flags
    some = flags.sum(axis=0)
    with_a, without = some[:, None], n - some[:, None]
    c = some[None, :] - both
    risk, other = (both + 0.5) / (with_a + 1), (c + 0.5) / (without + 1)
    ratio = np.log(risk / other)
    variance = 1 / (both + 0.5) - 1 / (with_a + 1) + 1 / (c + 0.5) - 1 / (without + 1)
    if complaints.clusters is not None:
        variance = variance * _design_effects(flags, complaints.clusters)
    error = np.sqrt(np.maximum(variance, 1e-12))
    with np.errstate(divide="ignore", invalid="ignore"):
        return Bonds(
            both, both / with_a, c / without, np.exp(ratio), np.exp(ratio - _Z * error),
            np.exp(ratio + _Z * error), 2 * ndtr(-np.abs(ratio) / error),
        )  # fmt: skip


def _design_effects(flags: Array, clusters: Places) -> Array:
    """Return by how much clusters widen the variance of each log risk ratio, at least 1."""
    effects = np.ones((flags.shape[1],) * 2)
    for a in range(flags.shape[1]):
        there = flags[:, [a]]
        size, rest = max(there.sum(), 1.0), max((1 - there).sum(), 1.0)
        one, zero = (there * flags).sum(axis=0) / size, ((1 - there) * flags).sum(axis=0) / rest
        scores = there * (flags - one) / (size * np.maximum(one, 0.5 / size))
        scores -= (1 - there) * (flags - zero) / (rest * np.maximum(zero, 0.5 / rest))
        sums = np.zeros((int(clusters.max()) + 1, flags.shape[1]))
        np.add.at(sums, clusters, scores)
        alone = (scores**2).sum(axis=0)
        together = (sums**2).sum(axis=0)
        effects[a] = np.maximum(
            np.divide(together, alone, out=np.ones_like(alone), where=alone > 0), 1.0
        )
    return effects


@dataclass(frozen=True, eq=False)
class Costs:
    """Penalties of all touchpoints in the joint regression; missing (NaN) where not known.

    `places`: touchpoint -> place of its complaints among the terms. `values` are the columns of
    the design (rows, columns), `gram` their weighted products.
    """

    design: Design
    touchpoints: tuple[str, ...]
    places: dict[str, int]
    fit: Fit
    values: Array
    gram: Array
    penalty: Array
    low: Array
    high: Array

    def harms(self, touchpoint: str) -> bool:
        """Return whether its complaints surely cost something, all others held fixed."""
        return bool(self.high[self.touchpoints.index(touchpoint)] < 0)

    def seeming(self, then: str, first: str) -> tuple[float, ...]:
        """Return what the second complaint would seem to cost with the first one not told.

        Its own penalty and what it has of the first: the penalty of the first times how much more
        often the first comes with the second, all other terms held fixed. With interval; then the
        part (0-1) that is of the first, with interval, and the p-value of its being nothing.
        """
        place, cause = self.places[then], self.places[first]
        effect = Estimate(self.fit.coefficients, self.fit.scores)
        drop = effect.take([cause]) * self._comes_with(cause, place)
        alone = effect.take([place]) + drop
        told = join(alone, drop, drop / alone)
        found = spread(told, self.design)
        return (
            float(alone.value[0]), float(found.low[0]), float(found.high[0]), float(told.value[2]),
            float(found.low[2]), float(found.high[2]), float(found.p_value[1]),
        )  # fmt: skip

    def _comes_with(self, cause: int, place: int) -> Estimate:
        """Return the coefficient of complaint `place` in a regression of complaint `cause`.

        Held fixed are all other terms and controls, but not "texts that name nothing": those who
        complain about the cause alone belong to the comparison.
        """
        design, terms = self.design, self.design.sources.layout.terms
        own = {int(terms[i]) for i, term in enumerate(design.terms)
               if term.touchpoint == design.terms[cause].touchpoint}  # fmt: skip
        kept = [i for i, name in enumerate(design.names) if i not in own and name != NOTHING]
        columns, flag = self.values[:, kept], self.values[:, int(terms[cause])]
        inverse = np.linalg.pinv(self.gram[np.ix_(kept, kept)], hermitian=True)
        found = inverse @ self.gram[kept, int(terms[cause])]
        at = kept.index(int(terms[place]))
        residual = design.weight * (flag - columns @ found)
        scores = (columns @ inverse[:, at]) * residual
        return Estimate(found[[at]], scores[:, None])


def read_costs(design: Design, touchpoints: tuple[str, ...], known: Flags) -> Costs:
    """Return the penalties of a linear design under the policy "baseline"."""
    fit = fit_terms(design)
    half = stdtrit(fit.degrees, 0.975) * np.sqrt(np.maximum(np.diag(fit.covariance), 0.0))
    values = np.full((3, len(touchpoints)), np.nan)
    places = {}
    for i, term in enumerate(design.terms):
        if term.sentiment == "negative" and known[i]:
            places[term.touchpoint] = i
            value = fit.coefficients[i]
            values[:, touchpoints.index(term.touchpoint)] = value, value - half[i], value + half[i]
    columns = design.columns.toarray()
    gram = columns.T @ (design.mass[:, None] * columns)
    return Costs(design, touchpoints, places, fit, columns, gram, *values)


def table_of_order(complaints: Complaints, bonds: Bonds, costs: Costs) -> pd.DataFrame:
    """Return one row per pair of complaints that come together; columns see `journey.journey`."""
    rows = [
        (a, b)
        for a in range(len(complaints.touchpoints))
        for b in range(len(complaints.touchpoints))
        if a != b and bonds.both[a, b] >= MIN_TEXTS and _may_lead(complaints, a, b)
    ]
    first, then = np.array(rows, dtype=np.intp).reshape(-1, 2).T
    names = np.array(complaints.touchpoints, dtype=object)
    order = complaints.earlier
    told = order[first, then] + order[then, first]
    table = pd.DataFrame(
        {
            "first": pd.Series(names[first], dtype="str"),
            "then": pd.Series(names[then], dtype="str"),
            "both": bonds.both[first, then].astype("int64"),
            "earlier": np.divide(
                order[first, then], told, out=np.full(len(told), np.nan), where=told > 0
            ),
            "risk": bonds.risk[first, then],
            "risk_without": bonds.risk_without[first, then],
            "risk_ratio": bonds.ratio[first, then],
            "risk_ratio_low": bonds.low[first, then],
            "risk_ratio_high": bonds.high[first, then],
            "q_value": q_values(bonds.p_value[first, then]),
            "penalty": costs.penalty[then],
            "penalty_low": costs.low[then],
            "penalty_high": costs.high[then],
        }
    )
    return _judge(table, costs).sort_values(
        ["verdict", "q_value", "first", "then"],
        key=lambda column: column.map(_RANKS) if column.name == "verdict" else column,
        na_position="last", ignore_index=True,
    )  # fmt: skip


_RANKS = {"symptom": 0, "partly": 1, "own effect": 2, "open": 3, "apart": 4}


def _may_lead(complaints: Complaints, a: int, b: int) -> bool:
    """Return whether a can come first: an earlier stage, or the same one and not clearly later."""
    if complaints.stages[a] != complaints.stages[b]:
        return bool(complaints.stages[a] < complaints.stages[b])
    ahead, behind = complaints.earlier[a, b], complaints.earlier[b, a]
    total = ahead + behind
    return bool(total == 0 or (behind - ahead) / np.sqrt(total) < _Z)  # sign test


def _judge(table: pd.DataFrame, costs: Costs) -> pd.DataFrame:
    """Add what the second complaint costs if the first one is not held fixed, and the verdict."""
    bound = ((table["q_value"] < SURE) & (table["risk_ratio_low"] > 1)).to_numpy()
    known = table[["first", "then"]].isin(list(costs.places)).all(axis=1).to_numpy()
    found = np.full((len(table), 7), np.nan)
    pairs = list(zip(table["first"].tolist(), table["then"].tolist(), strict=True))
    for i in np.flatnonzero(bound & known).tolist():
        found[i] = costs.seeming(pairs[i][1], pairs[i][0])
    for place, end in enumerate(_ENDS):
        table[f"penalty_alone{end}"] = found[:, place]
    costly = found[:, 2] < 0  # of a complaint that does not even seem to cost there is no part
    for place, end in enumerate(_ENDS):
        table[f"explained{end}"] = np.where(costly, found[:, 3 + place], np.nan)
    part, least = (table[f"explained{end}"].to_numpy() for end in _ENDS[:2])
    sure = (q_values(found[:, 6]) < SURE) & (part > 0)
    led = sure & np.array([costs.harms(name) for name, _ in pairs], dtype=bool)
    mostly = led & (part >= MOSTLY) & (least >= AT_LEAST)
    both = {pair for pair, so in zip(pairs, mostly, strict=True) if so}
    mutual = np.array([(b, a) in both for a, b in pairs], dtype=bool)
    own = (table["penalty_high"] < 0).to_numpy()
    table["verdict"] = pd.Series(
        np.select(
            [~bound, ~known | (mostly & mutual), mostly, led, own],
            ["apart", "open", "symptom", "partly", "own effect"],
            "open",
        ),
        index=table.index, dtype="str",
    )  # fmt: skip
    return table
