"""Differences of shares between strata, with intervals."""

from __future__ import annotations

import warnings
from itertools import combinations

import numpy as np
import pandas as pd
from scipy.special import ndtr, ndtri

from tpfeedback.errors import ColumnError, TpfeedbackWarning, unknown_name
from tpfeedback.impact.discoveries import q_values
from tpfeedback.impact.gram import Array
from tpfeedback.shares.measuring import COUNTED
from tpfeedback.wording import write_note

Ends = tuple[Array, Array, Array]
"""Values, and the lower and upper ends of their intervals."""

_KEYS = ["touchpoint", "polarity"]
_SHARE = ["share", "share_low", "share_high"]
_Z = float(ndtri(0.975))


def share_differences(shares: pd.DataFrame, *, against: str | None = None) -> pd.DataFrame:
    """Return by how much the share of each touchpoint and polarity differs between strata.

    The 95 % interval joins those of the two shares by what each adds to the error (MOVER, Newcombe
    1998, Statistics in Medicine 17:873-890, method 10; Zou & Donner 2008, Statistics in Medicine
    27:1693-1702), so that it is as honest as they are, also for shares of 0. Taken is that the
    strata hold different respondents. The p-value is that at which the interval would end at 0.

    Args:
        shares: table of `measure_shares`, with two strata or more; not changed.
        against: the stratum that all others are compared with; None: every pair.

    Returns:
        One row per touchpoint, polarity and pair: `touchpoint, polarity, stratum, against,
        difference` (share in `stratum` less that in `against`, -1 to 1), `difference_low`,
        `difference_high`, `p_value`, `q_value` (Benjamini & Hochberg 1995, over all rows).
        Missing where a share is.

    Raises:
        ColumnError: the table is none of `measure_shares`, has one stratum, or not that named.

    Warns:
        TpfeedbackWarning: shares are the tagger's counts, so differences may be the tagger's.

    >>> shares = pd.DataFrame({"stratum": ["pl", "ru"], "touchpoint": "price", "polarity": "any",
    ...     "share": [0.3, 0.1], "share_low": [0.26, 0.07], "share_high": [0.35, 0.14],
    ...     "method": "prediction-powered"})
    >>> share_differences(shares).round(3).filter(like="difference").values.tolist()
    [[0.2, 0.143, 0.258]]
    """
    names = _strata(shares, against)
    if (shares["method"] == COUNTED).any():
        warnings.warn(write_note("shares_counted"), TpfeedbackWarning, stacklevel=2)
    if against is None:
        pairs = list(combinations(names, 2))
    else:
        pairs = [(name, against) for name in names if name != against]
    parts = {name: part.set_index(_KEYS)[_SHARE] for name, part in shares.groupby("stratum")}
    table = pd.concat([_compare(parts[one], parts[two], one, two) for one, two in pairs])
    table = table.sort_values(_KEYS, kind="stable", ignore_index=True)
    return table.assign(q_value=q_values(table["p_value"].to_numpy(dtype=float)))


def subtract(first: Ends, second: Ends) -> Ends:
    """Return the first share less the second, and the ends of its interval, from those of both.

    >>> a, b = ((np.array([x]) for x in ends) for ends in ((0.3, 0.26, 0.35), (0.1, 0.07, 0.14)))
    >>> [one.round(3).item() for one in subtract(tuple(a), tuple(b))]
    [0.2, 0.143, 0.258]
    """
    (share, low, high), (other, bottom, top) = first, second
    gap = share - other
    below, above = np.hypot(share - low, top - other), np.hypot(high - share, other - bottom)
    return gap, np.maximum(gap - below, -1.0), np.minimum(gap + above, 1.0)


def _compare(first: pd.DataFrame, second: pd.DataFrame, one: str, two: str) -> pd.DataFrame:
    first, second = first.align(second, join="outer")
    gap, low, high = subtract(_ends(first), _ends(second))
    keys = first.index.to_frame(index=False).astype("str")
    return keys.assign(
        stratum=pd.Series([one] * len(keys), dtype="str"),
        against=pd.Series([two] * len(keys), dtype="str"),
        difference=gap,
        difference_low=low,
        difference_high=high,
        p_value=_p_value(gap, np.where(gap > 0, gap - low, high - gap)),
    )


def _ends(table: pd.DataFrame) -> Ends:
    share, low, high = (table[name].to_numpy(dtype=float) for name in _SHARE)
    return share, low, high


def _p_value(gap: Array, room: Array) -> Array:
    """Return p-values, from the half of the interval that lies towards 0."""
    size = np.abs(gap)
    ratio = np.divide(size, room, out=np.where(size > 0, np.inf, 0.0), where=room > 0)
    return np.where(np.isfinite(gap), 2 * ndtr(-_Z * ratio), np.nan)


def _strata(shares: pd.DataFrame, against: str | None) -> list[str]:
    """Return the strata in the order of the table."""
    wanted = ["stratum", *_KEYS, *_SHARE, "method"]
    lacking = (
        [name for name in wanted if name not in shares.columns]
        if isinstance(shares, pd.DataFrame)
        else wanted
    )
    if lacking:
        raise ColumnError(
            f"The shares lack {', '.join(lacking)}. Allowed: the table of measure_shares. Call "
            "share_differences(measure_shares(feedback, mentions, ...))."
        )
    names = list(dict.fromkeys(shares["stratum"].astype(str)))
    if len(names) < 2:
        raise ColumnError(
            f"The shares are of one stratum, {names[0]!r}. Allowed: two or more. Measure them with "
            "by= and a column that has several values."
            if names
            else "The table of shares is empty. Allowed: two strata or more. Give more feedback."
        )
    if against is not None and against not in names:
        raise ColumnError(unknown_name("stratum", against, names, then="Name one with against=."))
    return names
