"""Shares known exactly for few texts and roughly for all: the tagger's errors taken out.

Numbers only; one call serves one stratum, with a column for every flag that is counted.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import betaincinv, stdtrit

from tpfeedback.impact.drawn import Sample
from tpfeedback.impact.gram import Array, Flags

_LOW, _HIGH = 0.025, 0.975


@dataclass(frozen=True, eq=False)
class Corrected:
    """True shares (0-1) with the ends of their 95 % intervals, each (columns,).

    `tagged`: False where the tagger's marks are of no use, and the labels stand alone.
    """

    share: Array
    low: Array
    high: Array
    tagged: Flags


@dataclass(frozen=True, eq=False)
class _Cells:
    """Shares of the marked rows (q), and of the true among marked (a) and unmarked (b) ones.

    `sizes`: how many rows of equal weight each of them rests on (Kish 1965, section 8.2).
    """

    shares: tuple[Array, Array, Array]
    sizes: tuple[Array, Array, Array]
    marked: Flags
    weights: tuple[Array, Array]


def correct_shares(marks: Flags, truth: Flags, sample: Sample) -> Corrected:
    """Return the shares of the true flags, from a few labelled rows and the marks of all rows.

    With q the share of marked rows, a that of the true among the marked and b that of the true
    among the unmarked labelled rows, the true share is

        q a + (1 - q) b,

    the maximum likelihood estimate of double sampling (Tenenbein 1970, JASA 65:1350-1361). For
    flags, it is what the power-tuned prediction-powered mean (PPI++, Angelopoulos, Duchi & Zrnic
    2023, arXiv:2311.01453) comes to in large samples; see `power_tuning.shares_tuned`. Marks may
    be wrong in any way. Where no labelled row is marked, or every one is, the labels stand alone.

    Interval: an interval of the estimate plus or minus its error fails where little was found,
    for 0 true of 60 labelled rows give an error of 0. So q, a and b, which err independently,
    get intervals of their own (Jeffreys, from 0 where nothing and to 1 where everything was
    found: Brown, Cai & DasGupta 2001, Statistical Science 16:101-133), and these are joined by
    what each adds to the error of the share (MOVER: Zou & Donner 2008, Statistics in Medicine
    27:1693-1702; Zou, Huang & Zhang 2009, Computational Statistics & Data Analysis 53:1080-1085,
    for sums of shares; the products are linearised at the estimate). Wilson's intervals in their
    place cover rare touchpoints less evenly, mid-P intervals are wider: `benchmarks/shares.py`.

    Rows of unequal weight, unequally likely to be labelled, or in clusters, count for as many as
    give the variance that is seen (Rao & Scott 1992, Biometrics 48:577-585), never for more. What
    is seen in few clusters, or in few rows that stand for many, is taken as larger, by the ratio of
    the squared quantiles of t (Korn & Graubard 1998, Survey Methodology 24:193-201). Where all
    labelled rows are in one cluster, nothing is seen, and they count for one row.

    Args:
        marks: (n, columns), what the tagger found.
        truth: (labelled rows, columns), in their order among the n; at least one row.
        sample: which rows are labelled, weights, clusters and chances to be labelled.

    >>> from tpfeedback.impact.drawn import take_sample
    >>> marks = np.arange(1000)[:, None] % 10 == 0  # 100 of 1,000 texts are marked
    >>> labelled = np.arange(1000) < 200
    >>> truth = marks[labelled] & (np.arange(200)[:, None] > 50)  # 14 of 20 marks are right
    >>> found = correct_shares(marks, truth, take_sample(labelled))
    >>> [one.round(3).item() for one in (found.share, found.low, found.high)]
    [0.07, 0.045, 0.095]
    """
    cells = _count(marks, truth, sample)
    q, a, b = cells.shares
    sizes = tuple(size / _design_effect(cells, truth, sample) for size in cells.sizes)
    value = q * a + (1 - q) * b
    below, above = np.zeros_like(value), np.zeros_like(value)
    for share, size, slope in zip(cells.shares, sizes, (a - b, q, 1 - q), strict=True):
        low, high = _jeffreys(share, size)
        down, up = slope * (share - low), slope * (high - share)
        # A part that pulls the share down (negative slope) adds its upper room below.
        below += np.where(slope > 0, down, up) ** 2
        above += np.where(slope > 0, up, down) ** 2
    return Corrected(
        value,
        np.maximum(value - np.sqrt(below), 0.0),
        np.minimum(value + np.sqrt(above), 1.0),
        np.asarray(cells.marked.any(axis=0)),
    )


def _count(marks: Flags, truth: Flags, sample: Sample) -> _Cells:
    """Return the shares; where the tagger is of no use nothing counts as marked, and a is b."""
    known, weight, stands = marks[sample.labelled], sample.weight, sample.label_weight
    usable = known.any(axis=0) & ~known.all(axis=0) & (not sample.labelled.all())
    marked = marks & usable
    inside = marked[sample.labelled]
    q = weight @ marked / weight.sum()
    mass, free_mass = stands @ inside, stands @ ~inside
    b = stands @ (truth & ~inside) / free_mass
    a = np.divide(stands @ (truth & inside), mass, out=b.copy(), where=usable)
    square = stands**2
    some = np.maximum(square @ inside, np.finfo(float).tiny)
    sizes = (
        np.full(len(q), weight.sum() ** 2 / (weight**2).sum()),
        np.where(usable, mass**2 / some, 1.0),
        free_mass**2 / (square @ ~inside),
    )
    return _Cells((q, a, b), sizes, marked, (np.where(usable, mass, 1.0), free_mass))


def _design_effect(cells: _Cells, truth: Flags, sample: Sample) -> Array:
    """Return variance / variance of as many independent rows of equal weight, at least 1.

    What a row adds to the error of the share: (a - b)(marked - q) by its part of all rows, and,
    if it is labelled, q (true - a) or (1 - q)(true - b) by its part of the labelled ones.
    """
    q, a, b = cells.shares
    if sample.units is None and sample.chance is None and np.ptp(sample.weight) == 0:
        return np.ones_like(q)
    if sample.units is not None and (sample.units @ sample.labelled > 0).sum() == 1:
        return np.asarray(np.max(cells.sizes, axis=0))
    part = (sample.weight / sample.weight.sum())[:, None]
    errors = part * (a - b) * (cells.marked - q)
    inside = cells.marked[sample.labelled]
    of_all = np.where(inside, q / cells.weights[0], (1 - q) / cells.weights[1])
    rest: Array = truth - np.where(inside, a, b)
    errors[sample.labelled] += sample.label_weight[:, None] * of_all * rest
    sums = sample.by_unit(errors)
    number = len(sums)
    factor = 1.0 if sample.units is None else number / max(number - 1, 1)
    variance = factor * (sums**2).sum(axis=0)
    slopes = (a - b, q, 1 - q)
    triples = zip(cells.shares, cells.sizes, slopes, strict=True)
    simple = sum((slope**2 * s * (1 - s) / size for s, size, slope in triples), np.zeros_like(q))
    effect = np.divide(variance, simple, out=np.ones_like(q), where=simple > 0)
    return np.asarray(np.maximum(effect * _inflation(sample), 1.0))


def _inflation(sample: Sample) -> float:
    """Return (t of the effective number of labelled rows or clusters / t of all of them) squared.

    1 where as many clusters as rows are labelled and all count alike.
    """
    size = sample.by_unit(sample.label_weight[:, None] ** 2)
    rows = int(sample.labelled.sum())
    degrees = np.array([size.sum() ** 2 / (size**2).sum(), rows]) - 1
    effective, all_rows = stdtrit(np.maximum(degrees, 1.0), _HIGH)
    return float((effective / all_rows) ** 2)


def _jeffreys(share: Array, size: Array) -> tuple[Array, Array]:
    """Return the ends of Jeffreys' interval, from 0 (to 1) where nothing (everything) was found."""
    found, lacking = share * size + 0.5, (1 - share) * size + 0.5
    low, high = (betaincinv(found, lacking, end) for end in (_LOW, _HIGH))
    return np.minimum(low, share), np.maximum(high, share)
