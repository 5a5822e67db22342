"""What to fix first, with intervals of the rank."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import ndtri

from tpfeedback.errors import ColumnError
from tpfeedback.priority.reasons import describe_touchpoints
from tpfeedback.tables import IMPACT, PRIORITIES

Array = NDArray[np.float64]
Counts = NDArray[np.int64]
DRAWS = 4_000


def rank_touchpoints(impact: pd.DataFrame, *, random_state: int = 0) -> pd.DataFrame:
    """Rank touchpoints by what the mean outcome would gain if nobody complained about them.

    Equal prizes are ranked by name; a touchpoint whose prize is unknown comes last, in the order
    of its share of complaints.

    `rank_low` and `rank_high` bound the rank: with 95 % confidence the true one lies between
    (Mogstad, Romano, Shaikh & Wilhelm 2024, Rev. Econ. Stud. 91:476-518). A touchpoint can be
    overtaken only by those that are not clearly worse, where "clearly" uses the largest of all
    differences to it, from 4,000 draws, so that ties and many touchpoints do not make it too
    sure of itself; plainly counting ranks in draws (Goldstein & Spiegelhalter 1996, JRSS A
    159:385-443) does. The impact table holds no covariances: prizes are taken as independent
    and normal with the given intervals. What they share, such as the baseline, is neglected,
    which as a rule makes rank intervals too wide, not too narrow.
    A touchpoint that has complaints but no prize could be anywhere; the others are ranked as if
    it were not there.

    Args:
        impact: the table of `measure_impact`; not changed.
        random_state: seed of the draws.

    Returns:
        The priorities table (see `tpfeedback.tables.PRIORITIES`), best first. `priority` is the
        share (0-1) of all positive prizes, which is 0 everywhere when there are none.

    Raises:
        ColumnError: `impact` lacks a column.

    >>> impact = pd.DataFrame({"touchpoint": ["price", "delivery"], "prize": [0.1, 0.6],
    ...                        "prize_low": [0.0, 0.5], "prize_high": [0.2, 0.7]})
    >>> impact = impact.reindex(columns=[column.name for column in IMPACT])
    >>> rank_touchpoints(impact)[["rank", "touchpoint", "rank_high", "priority"]].round(2).values
    array([[1, 'delivery', 1, 0.86],
           [2, 'price', 2, 0.14]], dtype=object)
    """
    lacking = [column.name for column in IMPACT if column.name not in impact.columns]
    if lacking:
        raise ColumnError(
            f"The impact table lacks the columns {', '.join(lacking)}. Given: "
            f"{', '.join(map(str, impact.columns))}. Pass the table of measure_impact."
        )
    table = _in_order(impact)
    table["rank"] = np.arange(1, len(table) + 1)
    table["rank_low"], table["rank_high"] = _rank_bounds(table, random_state)
    gain = table["prize"].clip(lower=0).fillna(0.0)
    table["priority"] = gain / gain.sum() if gain.sum() > 0 else 0.0
    table["reason"] = pd.Series(describe_touchpoints(table), dtype="str")
    return table[[column.name for column in PRIORITIES]]


def _in_order(impact: pd.DataFrame) -> pd.DataFrame:
    unknown = impact["negative_share"].where(impact["prize"].isna(), 0.0)
    return (
        impact.assign(_unknown=unknown)
        .sort_values(
            ["prize", "_unknown", "touchpoint"],
            ascending=[False, False, True],
            na_position="last",
            ignore_index=True,
        )
        .drop(columns="_unknown")
    )


def _rank_bounds(table: pd.DataFrame, random_state: int) -> tuple[Counts, Counts]:
    """Return the lowest and highest rank of every row; the rows without a prize come last."""
    known = int(table["prize"].notna().sum())
    low = np.where(table["negative"].fillna(0) > 0, 1, known + 1)
    high = np.full(len(table), len(table))
    prize = table["prize"].to_numpy(dtype=float)[:known]
    width = (table["prize_high"] - table["prize_low"]).to_numpy(dtype=float)[:known]
    error = np.nan_to_num(width) / (2 * ndtri(0.975))
    better, worse = _clearly_apart(prize, error, random_state)
    low[:known] = 1 + better
    high[:known] = known - worse
    return low, high


def _clearly_apart(value: Array, error: Array, random_state: int) -> tuple[Counts, Counts]:
    """Return how many values are clearly above, and how many clearly below, each value.

    The comparisons of one value with all others hold together with 95 % confidence.
    """
    noise = np.random.default_rng(random_state).standard_normal((DRAWS, len(value))) * error
    better, worse = np.zeros((2, len(value)), dtype=np.int64)
    for i in range(len(value)):
        spread = np.maximum(np.hypot(error, error[i]), np.finfo(float).tiny)
        largest = np.max(np.abs(noise - noise[:, [i]]) / spread, axis=1)
        margin = np.quantile(largest, 0.95) * spread
        better[i] = (value - value[i] > margin).sum()
        worse[i] = (value[i] - value > margin).sum()
    return better, worse
