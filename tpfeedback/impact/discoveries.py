"""Many tests at once: which of the findings are likely to be real."""

from __future__ import annotations

import numpy as np

from tpfeedback.impact.gram import Array


def q_values(chances: Array) -> Array:
    """Return the q-values of p-values: the least false discovery rate at which each is found.

    Benjamini & Hochberg (1995, JRSS B 57:289-300). Missing (NaN) p-values stay missing, and are
    not counted as tests.

    >>> q_values(np.array([0.01, np.nan, 0.04])).tolist()
    [0.02, nan, 0.04]
    """
    from scipy.stats import false_discovery_control  # scipy.stats takes a second to load

    tested = np.isfinite(chances)
    values = np.full(len(chances), np.nan)
    if tested.any():
        values[tested] = false_discovery_control(chances[tested], method="bh")
    return values
