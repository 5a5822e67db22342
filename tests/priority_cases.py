"""Impact tables and fits with known truth, for the tests of priority."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from tpfeedback.tables import IMPACT

Z = 1.959963984540054


@dataclass(frozen=True, eq=False)
class Fitted:
    """What priority reads of the result of fit_impact."""

    table: pd.DataFrame
    touchpoints: tuple[str, ...]
    replicates: np.ndarray
    outcome_mean: float = 3.9


def impact_of(rows: Sequence[tuple[str, float, float]]) -> pd.DataFrame:
    """Build an impact table from (touchpoint, prize, half width of its interval)."""
    table = pd.DataFrame(rows, columns=["touchpoint", "prize", "half"])
    table = table.astype({"prize": float, "half": float})
    counts = {"mentions": 100, "negative": 50, "positive": 20, "reach": 0.2}
    shares = {"negative_share": 0.1, "positive_share": 0.04}
    table = table.assign(**counts, **shares)
    for end, sign in (("", 0), ("_low", -1), ("_high", 1)):
        table[f"prize{end}"] = table["prize"] + sign * table["half"]
        table[f"reward{end}"] = 0.0
    for end, prize in (("", "prize"), ("_low", "prize_high"), ("_high", "prize_low")):
        table[f"penalty{end}"] = -table[prize] / 0.1
    return table.reindex(columns=[column.name for column in IMPACT])


def fit_of(values: Sequence[float], covariance: np.ndarray, *, seed: int = 0) -> Fitted:
    """Build a fit with touchpoints a, b, ... and normal replicates with this covariance."""
    names = "abcdefghijklmnopqrstuvwxyz"[: len(values)]
    half = Z * np.sqrt(np.diag(covariance))
    random = np.random.default_rng(seed)
    replicates = random.multivariate_normal(values, covariance, size=1000)
    table = impact_of(list(zip(names, values, half, strict=True)))
    return Fitted(table.iloc[::-1], tuple(names), replicates)
