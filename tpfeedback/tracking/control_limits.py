"""Control limits of series of shares."""

from __future__ import annotations

import numpy as np

from tpfeedback.impact.gram import Array

_MOVING_RANGE = 1.128  # expected range of two standard normal values


def control_limits(
    count: Array, total: Array, *, size: Array | None = None
) -> tuple[Array, Array, Array]:
    """Return centre, lower and upper control limit of every period; a series is a column.

    The p-chart: centre +- 3 standard errors of a share of this many texts. Where shares vary more
    than that from period to period, the limits are those of the p'-chart (Laney 2002, Quality
    Engineering 14:531-537): 3 standard errors times the mean moving range of the z-scores / 1.128.
    Limits stay within 0 and 1; they are missing where a period has no text. `size` (number of
    texts, `total` if not given) may have texts in periods whose counts are not to be used.

    >>> centre, low, high = control_limits(np.array([[4.0], [6], [5], [5]]), np.full((4, 1), 100.0))
    >>> float(centre[0, 0]), low.round(4).tolist()[0], high.round(4).tolist()[0]
    (0.05, [0.0], [0.1154])
    """
    size = total if size is None else size
    texts = total.sum(axis=0)
    whole = np.divide(count.sum(axis=0), texts, out=np.full(len(texts), np.nan), where=texts > 0)
    unit = np.sqrt(whole * (1 - whole))
    with np.errstate(invalid="ignore", divide="ignore"):
        width = np.where(size > 0, 3 * unit * spread(count, total) / np.sqrt(size), np.nan)
    low, high = np.maximum(whole - width, 0.0), np.minimum(whole + width, 1.0)
    return np.broadcast_to(whole, count.shape), low, high


def spread(count: Array, total: Array) -> Array:
    """Return Laney's sigma of the z-scores of each column, at least 1: times wider than a p-chart.

    Moving ranges are those of periods with texts; the ones without are stepped over.
    """
    texts = total.sum(axis=0)
    whole = np.divide(count.sum(axis=0), texts, out=np.zeros(len(texts)), where=texts > 0)
    unit = np.sqrt(whole * (1 - whole))
    with np.errstate(invalid="ignore", divide="ignore"):
        scores = (count / total - whole) / unit * np.sqrt(total)
    scores = np.where(np.isfinite(scores), scores, np.nan)
    ranges = np.abs(scores - _last_known(scores))
    steps = np.isfinite(ranges).sum(axis=0)
    mean = np.nansum(ranges, axis=0) / np.maximum(steps, 1)
    return np.asarray(np.maximum(mean / _MOVING_RANGE, 1.0))


def _last_known(values: Array) -> Array:
    """Return the value before each one, the last that is known; missing at the start."""
    rows = np.arange(len(values))[:, None]
    place = np.maximum.accumulate(np.where(np.isfinite(values), rows, -1), axis=0)
    place = np.vstack([np.full((1, values.shape[1]), -1), place[:-1]])
    found = np.take_along_axis(values, np.maximum(place, 0), axis=0)
    return np.where(place >= 0, found, np.nan)
