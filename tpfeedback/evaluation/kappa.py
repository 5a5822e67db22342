"""Cohen's kappa: the agreement of two annotators beyond chance."""

from __future__ import annotations

import numpy as np
import pandas as pd

from tpfeedback.errors import TableError
from tpfeedback.evaluation.coefficient import Coefficient, Each, coefficient


def cohen_kappa(first: Each, second: Each, *, clusters: Each | None = None) -> Coefficient:
    """Return kappa = (po - pe) / (1 - pe) of two annotators who judged the same units.

    `po` is the share of units on which they agree, `pe` that which chance alone would give, each
    annotator keeping the categories as often as he uses them (Cohen 1960, Educ. Psychol. Meas.
    20:37-46). The variance is that of Fleiss, Cohen & Everitt (1969, Psychol. Bull. 72:323-327,
    formula 13), for the interval see `coefficient`.

    Args:
        first: a category for each unit, a text or a number; None or NaN where it was not judged.
        second: the same, of the other annotator.
        clusters: what units hang together, such as touchpoints of one text: the text of each unit.

    Raises:
        TableError: they are of different lengths.

    >>> print(cohen_kappa(["+", "+", "-", "-"] * 10, ["+", "+", "-", "+"] * 10))
    0.500 (0.196 to 0.716)
    """
    for given in (first, second):
        if isinstance(given, str) or not hasattr(given, "__len__"):
            raise TableError(
                f"The judgements of an annotator are {given!r}. Allowed: a list or column with a "
                "category for each unit. Give one for each annotator."
            )
    lengths = {len(first), len(second), len(first if clusters is None else clusters)}
    if len(lengths) > 1:
        raise TableError(
            f"The annotators' judgements, and their clusters, have different lengths: "
            f"{', '.join(map(str, sorted(lengths)))}. Give one category for each unit, None where "
            "it was not judged."
        )
    one, other = pd.Series(first, dtype="object"), pd.Series(second, dtype="object")
    both = (one.notna() & other.notna()).to_numpy()
    codes, names = pd.factorize(pd.concat([one[both], other[both]]))
    units, k = int(both.sum()), len(names)
    if not units:
        return coefficient(0, 0, 0, units=0, clusters=0)
    a, b = codes[:units], codes[units:]
    share_a, share_b = (np.bincount(c, minlength=k) / units for c in (a, b))
    agreed, chance = float((a == b).mean()), float(share_a @ share_b)
    if chance >= 1:
        return coefficient(0, 0, 0, units=units, clusters=units)
    # What each unit adds to kappa; the sum of their squares is the formula cited.
    added = ((a == b) - agreed) * (1 - chance)
    added = added - (1 - agreed) * (share_b[a] + share_a[b] - 2 * chance)
    added = added / (1 - chance) ** 2 / units
    place = np.arange(units) if clusters is None else pd.factorize(np.asarray(clusters)[both])[0]
    sums = np.bincount(place, weights=added)
    variance = float((sums**2).sum())
    return coefficient(1 - agreed, 1 - chance, variance, units=units, clusters=len(sums))
