"""The mix of two groups, such as their languages: how it differs, and weights that even it out."""

from __future__ import annotations

import numpy as np
import pandas as pd

from tpfeedback.errors import ImpactError
from tpfeedback.impact.gram import Array, Flags
from tpfeedback.shares.strata import told_values

UNLIKE = 0.1
"""Part of the texts that would have to be of another level for the mixes to be the same."""
_MISSING = "(missing)"


def mix_distance(levels: pd.Series, second: Flags) -> float:
    """Return half the sum of the differences of all shares, between 0 and 1.

    The index of dissimilarity (Duncan & Duncan 1955, Am. Sociol. Rev. 20:210-217).

    >>> mix_distance(pd.Series(["ru", "ru", "zh", "ru"]), np.array([False, False, True, True]))
    0.5
    """
    values = _text(levels)
    shares = [values[rows].value_counts(normalize=True) for rows in (~second, second)]
    return float(shares[1].sub(shares[0], fill_value=0.0).abs().sum() / 2)


def even_mix(columns: pd.DataFrame, second: Flags, weights: Array | None) -> tuple[Array, float]:
    """Return weights that give the first group the mix of the second, and what cannot be compared.

    Direct standardisation (Fleiss, Levin & Paik 2003, Statistical Methods for Rates and
    Proportions, chapter 19): a cell is a combination of levels; respondents of the first group
    weigh as much more as their cell is larger in the second. A cell that one group lacks has
    weight 0 in both; the second value is the share of the second group in such cells (0-1).

    Raises:
        ImpactError: the groups have no cell in common.

    >>> table = pd.DataFrame({"language": ["ru", "zh", "ru", "ru", "zh", "pl"]})
    >>> weights, lost = even_mix(table, np.array([False] * 2 + [True] * 4), None)
    >>> weights.round(2).tolist(), lost
    ([1.33, 0.67, 1.0, 1.0, 1.0, 0.0], 0.25)
    """
    own = np.ones(len(columns)) if weights is None else weights
    text = columns.apply(_text)
    cells = pd.Series(pd.factorize(pd.MultiIndex.from_frame(text))[0], index=columns.index)
    mass = [pd.Series(own * rows).groupby(cells.to_numpy()).sum() for rows in (~second, second)]
    both = (mass[0] > 0) & (mass[1] > 0)
    if not both.any():
        raise ImpactError(
            f"The two groups have no combination of {', '.join(map(str, columns.columns))} in "
            "common, so their mix cannot be evened out. Allowed: columns whose levels come in "
            "both. Leave out mix=, or take coarser levels."
        )
    lost = float(mass[1][~both].sum() / mass[1].sum())
    shares = [one[both] / one[both].sum() for one in mass]
    ratio = (shares[1] / shares[0]).reindex(mass[0].index).fillna(0.0)
    factor = np.where(second, both.reindex(mass[0].index).astype(float).to_numpy()[cells],
                      ratio.to_numpy()[cells])  # fmt: skip
    return np.asarray(own * factor), lost


def _text(levels: pd.Series) -> pd.Series:
    return told_values(levels).where(levels.notna(), _MISSING).astype(str)
