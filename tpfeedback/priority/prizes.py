"""What can be gained and how sure that is: the prizes, with what their errors have in common."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import ndtri

from tpfeedback.errors import ColumnError, ImpactError, unknown_name
from tpfeedback.tables import IMPACT

if TYPE_CHECKING:
    from tpfeedback.impact.fit import ImpactFit

    Impact: TypeAlias = pd.DataFrame | ImpactFit

Array = NDArray[np.float64]
Z = float(ndtri(0.975))


@dataclass(frozen=True, eq=False)
class Prizes:
    """The prizes that are known, in the order of `touchpoints`, in units of the outcome.

    `covariance` is that of the errors of `values`; `noise` holds joint draws of these errors,
    (draws, touchpoints), or is None where only the table was given; `mean` is the mean of the
    rated respondents, NaN where it was not given.
    """

    table: pd.DataFrame
    touchpoints: tuple[str, ...]
    values: Array
    covariance: Array
    noise: Array | None
    mean: float

    def select(self, touchpoints: Iterable[str]) -> Prizes:
        """Return the prizes of these touchpoints, in their order."""
        names = tuple(touchpoints)
        places = [self.touchpoints.index(name) for name in names]
        block = self.covariance[np.ix_(places, places)]
        noise = None if self.noise is None else self.noise[:, places]
        return Prizes(self.table, names, self.values[places], block, noise, self.mean)

    def gain(self, parts: Array) -> tuple[float, float]:
        """Return what the mean gains when these parts (0-1) of the complaints go, and its error.

        The gain is the sum of the parts of the prizes. That is exact for a linear model; where
        the outcome was modelled as a probability, it holds for small changes.
        """
        error = np.sqrt(max(float(parts @ self.covariance @ parts), 0.0))
        return float(parts @ self.values), float(error)


def impact_table(impact: Impact) -> pd.DataFrame:
    """Return the impact table of what was given: the table itself, or a fit that holds one.

    Raises:
        ColumnError: it is neither, or a column is missing.
        ImpactError: a touchpoint is there twice.
    """
    table = impact if isinstance(impact, pd.DataFrame) else getattr(impact, "table", None)
    if not isinstance(table, pd.DataFrame):
        raise ColumnError(
            f"The impact must be the table of measure_impact or the result of fit_impact, given: "
            f"{type(impact).__name__}. Measure the impact first."
        )
    lacking = [column.name for column in IMPACT if column.name not in table.columns]
    if lacking:
        raise ColumnError(
            f"The impact table lacks the columns {', '.join(lacking)}. Given: "
            f"{', '.join(map(str, table.columns))}. Pass the table of measure_impact."
        )
    for column in ("prize", "prize_low", "prize_high", "negative_share"):
        if not pd.api.types.is_numeric_dtype(table[column]) and table[column].notna().any():
            raise ColumnError(
                f"Column {column!r} of the impact table holds {table[column].dtype} values. "
                "Allowed: numbers. Turn them into numbers (pandas.to_numeric) and call again."
            )
    names = table["touchpoint"]
    if names.duplicated().any():
        raise ImpactError(
            f"Touchpoints are repeated in the impact table: "
            f"{', '.join(sorted(set(names[names.duplicated()])))}. Allowed: one row each. "
            "Pass the table of one measurement at a time."
        )
    return table


def read_prizes(impact: Impact) -> Prizes:
    """Return the prizes of an impact table, or of a fit with its joint replicates.

    From a table alone, errors are taken as independent and normal, with the width of the given
    intervals. From a fit, the replicates tell how the errors hang together, and the intervals of
    the table how wide each is: every column of replicates is centred and stretched to the
    interval, which knows about small samples (t quantiles, HC3) what a bootstrap does not. So a
    gain from one touchpoint alone has the interval that the table gives. In a replicate without
    any complaint about a touchpoint (NaN) there is nothing to gain: its prize is 0 there.

    >>> table = pd.DataFrame({"touchpoint": ["price"], "prize": [0.1], "prize_low": [0.0],
    ...                       "prize_high": [0.2]})
    >>> prizes = read_prizes(table.reindex(columns=[column.name for column in IMPACT]))
    >>> prizes.touchpoints, prizes.values.tolist(), prizes.covariance.round(5).tolist()
    (('price',), [0.1], [[0.0026]])
    """
    table = impact_table(impact)
    known = table[table["prize"].notna()].sort_values("touchpoint")
    names = tuple(known["touchpoint"])
    values = known["prize"].to_numpy(dtype=float)
    width = (known["prize_high"] - known["prize_low"]).to_numpy(dtype=float)
    error = np.nan_to_num(width) / (2 * Z)
    if isinstance(impact, pd.DataFrame):
        return Prizes(table, names, values, np.diag(error**2), None, np.nan)
    noise = _joint_errors(impact, names, error)
    covariance = np.atleast_2d(np.cov(noise, rowvar=False)) if names else np.zeros((0, 0))
    np.fill_diagonal(covariance, error**2)
    return Prizes(table, names, values, covariance, noise, float(impact.outcome_mean))


def _joint_errors(fit: ImpactFit, names: tuple[str, ...], error: Array) -> Array:
    """Return the centred replicates, each with the standard deviation `error`."""
    lacking = sorted(set(names) - set(fit.touchpoints))
    if lacking:
        raise ImpactError(
            f"The fit has prizes but no replicates for {', '.join(lacking)}. Pass the result of "
            "fit_impact as it was returned."
        )
    places = [fit.touchpoints.index(name) for name in names]
    replicates = np.nan_to_num(np.asarray(fit.replicates, dtype=float)[:, places], nan=0.0)
    centred = replicates - replicates.mean(axis=0)
    spread = centred.std(axis=0, ddof=1)
    return np.asarray(centred * np.divide(error, spread, out=np.zeros_like(error),
                                          where=spread > 0))  # fmt: skip


def place_of(prizes: Prizes, touchpoint: str) -> int:
    """Return the place of a touchpoint among the known prizes.

    Raises:
        ImpactError: the impact table does not know the touchpoint, or not its prize.
    """
    if touchpoint in prizes.touchpoints:
        return prizes.touchpoints.index(touchpoint)
    if touchpoint not in set(prizes.table["touchpoint"]):
        raise ImpactError(unknown_name("touchpoint", touchpoint, prizes.table["touchpoint"]))
    raise ImpactError(
        f"What complaints about {touchpoint!r} cost is not known (its prize is missing in the "
        f"impact table). Known: {', '.join(prizes.touchpoints) or '(none)'}. Leave it out, or "
        "collect more feedback about it."
    )
