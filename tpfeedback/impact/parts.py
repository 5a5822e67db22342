"""The mean outcome, and the expected outcome of one text, as exact sums of parts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.special import stdtrit

from tpfeedback.errors import ImpactError
from tpfeedback.impact.gram import Array
from tpfeedback.impact.models.linear import fit_columns
from tpfeedback.impact.regression import NOTHING, Design

COLUMNS = ("part", "kind", "contribution", "contribution_low", "contribution_high")
WITHIN = ("negative", "positive", "mention")
"""Kinds of parts that are within a touchpoint, and counted in its row."""


@dataclass(frozen=True, eq=False)
class Breakdown:
    """What tells the expected outcome of every text as a sum.

    `columns` (respondents, columns), also of the unrated; `parts` and `kinds` name the columns.
    `coefficients` (columns,), of the constant with the mean of the outcome added, `covariance`
    and `degrees` are those of the coefficients, infinite variance where they cannot be told.
    """

    columns: sparse.csr_matrix
    parts: tuple[str, ...]
    kinds: tuple[str, ...]
    coefficients: Array
    variance: Array
    degrees: Array


def no_parts() -> pd.DataFrame:
    """Return an empty table of parts.

    >>> no_parts().columns.tolist()
    ['part', 'kind', 'contribution', 'contribution_low', 'contribution_high']
    """
    kinds = {name: "str" if name in ("part", "kind") else float for name in COLUMNS}
    return pd.DataFrame(columns=list(COLUMNS)).astype(kinds)


def split_mean(design: Design) -> tuple[pd.DataFrame, Breakdown]:
    """Return the parts of the mean outcome, and what splits the outcome of one text.

    Least squares with a constant reproduces the (weighted) mean exactly: it is the sum of
    coefficient x mean of the column. Kinds of parts: "baseline" (a text with nothing of the
    below), "touchpoint", "nothing" (texts that name nothing), "rare" (mentions too rare for an
    effect of their own), "control"; these sum to the mean. The rows "negative", "positive" and,
    under the policy "observed", "mention" after a touchpoint are what it consists of. Intervals
    (95 %) by the delta method, as those of the prize; missing where only a sum of several parts
    can be told. Under the baseline policy the row "negative" is the prize, reversed.
    """
    fit = fit_columns(design)
    means = np.asarray(design.columns.T @ design.mass) / design.mass.sum()
    errors = (design.columns.toarray() - means) * (design.weight / design.mass.sum())[:, None]
    scores = fit.scores * means + errors * fit.coefficients
    parts, kinds = _describe(design)
    groups = _groups(parts, kinds)
    members = np.array([[i in group for i in range(len(parts))] for _, _, group in groups], float)
    coefficients = fit.coefficients + design.outcome_mean * (np.arange(len(parts)) == 0)
    told = design.inverse.can_tell(members * means) & ~(members @ fit.lonely > 0)
    variance = np.where(told, np.diag(design.covary(scores @ members.T)), np.inf)
    degrees = np.array([fit.degrees[list(group)].min() for _, _, group in groups])
    names = [(part, kind) for part, kind, _ in groups]
    own = np.where(design.inverse.can_tell(np.eye(len(parts))) & ~fit.lonely,
                   np.diag(fit.covariance), np.inf)  # fmt: skip
    texts = design.sources.texts
    columns = texts if design.mix is None else sparse.csr_matrix(texts @ design.mix)
    return (
        _table(names, members @ (coefficients * means), variance, degrees),
        Breakdown(columns, parts, kinds, coefficients, own, fit.degrees),
    )


def read_breakdown(fit: Any) -> Breakdown:
    """Return the breakdown of a fit; raises `ImpactError` where it has none, or is no fit."""
    if not hasattr(fit, "breakdown"):
        raise ImpactError(
            f"explain needs the result of fit_impact, given: {type(fit).__name__}. Measure with "
            "fit_impact instead of measure_impact, or take `analysis.fit`."
        )
    if fit.breakdown is None:
        raise ImpactError(
            f"This fit (method {fit.method!r}, model {fit.model!r}"
            f"{', with labels' if fit.labels is not None else ''}) holds no sum of parts. Allowed: "
            "method='penalty_reward' with model 'linear' or 'nps', without labels, on rated texts "
            "with mentions, all in memory (no batch). Fit once more with these options."
        )
    held: Breakdown = fit.breakdown
    return held


def split_text(breakdown: Breakdown, row: int) -> pd.DataFrame:
    """Return the parts of the expected outcome of the respondent in this row."""
    values = breakdown.columns[row].toarray()[0]
    there = np.flatnonzero(values)
    names = [(breakdown.parts[i], breakdown.kinds[i]) for i in there]
    return _table(
        names,
        (breakdown.coefficients * values)[there],
        breakdown.variance[there] * values[there] ** 2,
        breakdown.degrees[there],
    )


def _describe(design: Design) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return part and kind of every column."""
    asked = {f"mentions of {t}": t for t in design.touchpoints} if design.policy.mentions else {}
    named = {"constant": ("baseline", "baseline"), NOTHING: (NOTHING, "nothing")}
    named |= {f"rare {s} mentions": (f"rare {s} mentions", "rare") for s in WITHIN[:2]}
    named |= {column: (touchpoint, "mention") for column, touchpoint in asked.items()}
    pairs = [named.get(name, (name, "control")) for name in design.held]
    pairs += [(term.touchpoint, term.sentiment) for term in design.terms]
    return tuple(part for part, _ in pairs), tuple(kind for _, kind in pairs)


def _groups(
    parts: tuple[str, ...], kinds: tuple[str, ...]
) -> list[tuple[str, str, tuple[int, ...]]]:
    """Return part, kind and columns of every row: a touchpoint's own row first, then its parts."""
    first: list[tuple[str, str, tuple[int, ...]]]
    first = [(p, k, (i,)) for i, (p, k) in enumerate(zip(parts, kinds, strict=True))]
    rows = [row for row in first if row[1] not in WITHIN]
    within = [row for row in first if row[1] in WITHIN]
    for touchpoint in dict.fromkeys(sorted(part for part, _, _ in within)):
        own = sorted((row for row in within if row[0] == touchpoint), key=lambda row: row[1])
        rows.append((touchpoint, "touchpoint", tuple(places[0] for *_, places in own)))
        rows += own
    return rows


def _table(
    names: list[tuple[str, str]], values: Array, variance: Array, degrees: Array
) -> pd.DataFrame:
    half = stdtrit(degrees, 0.975) * np.sqrt(np.maximum(variance, 0.0))
    half = np.where(np.isfinite(half), half, np.nan)
    table = {
        "part": pd.Series([part for part, _ in names], dtype="str"),
        "kind": pd.Series([kind for _, kind in names], dtype="str"),
        "contribution": values,
        "contribution_low": values - half,
        "contribution_high": values + half,
    }
    return pd.DataFrame(table)[list(COLUMNS)]
