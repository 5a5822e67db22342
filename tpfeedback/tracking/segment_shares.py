"""How often each segment complains, and what of a difference the tagger alone could explain."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from scipy.special import chdtrc

from tpfeedback.errors import ColumnError, unknown_name
from tpfeedback.impact.confusion import Rates, Scenario, misclassify, read_confusion, scenarios
from tpfeedback.impact.gram import Array
from tpfeedback.impact.observations import Observations
from tpfeedback.shares.intervals import effective_sizes, parts_of, share_among
from tpfeedback.shares.strata import Grouping

Errors = Mapping[str, Rates | Mapping[str, Rates]]
"""Segment -> touchpoint (or "overall") -> `recall`, `precision`, `flip`."""
STRETCH = (0.5, 1.5)


def shares_equal(shares: Array, sizes: Array) -> Array:
    """Return p-values of "all segments complain as often", from (segments, touchpoints).

    Pearson's chi-square test, with the number of independent respondents that a share is worth
    (Rao & Scott 1981, JASA 76:221-230); missing where nobody complains.

    >>> p = shares_equal(np.array([[0.1], [0.2]]), np.array([[100.0], [100.0]]))
    >>> p.round(4).tolist()
    [0.0477]
    """
    known = np.isfinite(shares) & (sizes > 0)
    size, share = np.where(known, sizes, 0.0), np.where(known, shares, 0.0)
    whole = np.maximum(size.sum(axis=0), 1.0)
    mean = (size * share).sum(axis=0) / whole
    varies = (mean > 0) & (mean < 1) & (known.sum(axis=0) > 1)
    spread = np.where(varies, mean * (1 - mean), 1.0)
    statistic = (size * (share - mean) ** 2).sum(axis=0) / spread
    degrees = np.maximum(known.sum(axis=0) - 1, 1)
    return np.where(varies, chdtrc(degrees, statistic), np.nan)


def segment_shares(seen: Observations, grouping: Grouping) -> tuple[Array, Array, Array, Array]:
    """Return negative shares of all respondents, the ends of their intervals, and p-values.

    The first three are (segments, touchpoints), the p-values (touchpoints,).
    """
    found, sizes, flags = [], [], seen.marks.negative
    for place in range(len(grouping.names)):
        rows = grouping.rows(place)
        weights, clusters = parts_of(seen, rows)
        found.append(share_among(seen, rows, flags))
        sizes.append(effective_sizes(flags[rows], weights=weights, clusters=clusters)[1])
    share, low, high = (np.array(one) for one in zip(*found, strict=True))
    return share, low, high, shares_equal(share, np.array(sizes))


def corrected_shares(
    seen: Observations, grouping: Grouping, errors: Errors
) -> tuple[Array, Array, Array]:
    """Return negative shares without the errors of the tagger, and their bands.

    Rogan & Gladen (1978, Am. J. Epidemiol. 107:71-76), with the precision in place of the
    specificity and with flips, see `confusion.misclassify`. The band is the widest of what the
    rates (as a pair, or stretched by half) and the sampling error of the marked shares allow.
    (segments, touchpoints), missing for a segment without rates.

    Raises:
        ColumnError: no segment has the name of one that rates are given for.
        ImpactError: a rate is missing or out of range.
    """
    for name in errors:
        if name not in grouping.names:
            raise ColumnError(
                unknown_name("segment in errors=", name, grouping.names,
                             then="Give the rates of segments that are shown.")
            )  # fmt: skip
    touchpoints = seen.marks.touchpoints
    shape = (len(grouping.names), len(touchpoints))
    value, low, high = (np.full(shape, np.nan) for _ in range(3))
    for place, name in enumerate(grouping.names):
        if name not in errors:
            continue
        rows = grouping.rows(place)
        bad = share_among(seen, rows, seen.marks.negative)
        good = share_among(seen, rows, seen.marks.positive)
        rates = read_confusion(errors[name], touchpoints, STRETCH)
        ways = list(scenarios(rates))
        value[place] = _true_share(bad[0], good[0], ways[:1])[0]
        low[place] = _true_share(bad[1], good[0], ways).min(axis=0)
        high[place] = _true_share(bad[2], good[0], ways).max(axis=0)
    return value, low, high


def tagger_may_explain(low: Array, high: Array) -> Array:
    """Return which touchpoints have a true share that fits the bands of all segments.

    >>> tagger_may_explain(np.array([[0.1, 0.1]] * 2), np.array([[0.2, 0.2], [0.3, 0.4]])).tolist()
    [True, True]
    >>> tagger_may_explain(np.array([[0.1], [0.3]]), np.array([[0.2], [0.4]])).tolist()
    [False]
    """
    known = np.isfinite(low)
    highest = np.where(known, low, -np.inf).max(axis=0)
    lowest = np.where(known, high, np.inf).min(axis=0)
    return np.asarray(highest <= lowest)


def _true_share(bad: Array, good: Array, ways: list[Scenario]) -> Array:
    marked = np.column_stack([bad, good])
    return np.clip([misclassify(marked, way)[1][:, 0] for way in ways], 0.0, 1.0)
