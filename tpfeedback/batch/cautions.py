"""What the reader has to know about the data behind an impact table, from patterns."""

from __future__ import annotations

import numpy as np

from tpfeedback.batch.patterns import Patterns
from tpfeedback.impact.cautions import ENOUGH, FAR_ABOVE, RESTATES, _collinear, _piled_up
from tpfeedback.impact.gram import Array
from tpfeedback.impact.outcome import BEYOND_CHANCE, DIFFERENT, SIZEABLE
from tpfeedback.impact.regression import Design
from tpfeedback.wording import write_note


def counted_cautions(patterns: Patterns, design: Design) -> tuple[str, ...]:
    """Return the notes of `compare_unrated` and `find_cautions`, each pattern counted."""
    return (
        *_unrated(patterns),
        *_collinear(design),
        *_piled_up(design),
        *_restating(patterns),
    )


def _unrated(patterns: Patterns) -> tuple[str, ...]:
    """Return a note where unrated texts complain more, or less, often than rated ones."""
    flags, count = patterns.marks.negative, patterns.count
    rated = np.isfinite(patterns.outcome)
    if rated.all():
        return ()
    inside, outside = (
        np.average(flags[rows], axis=0, weights=count[rows]) for rows in (rated, ~rated)
    )
    everywhere = np.average(flags, axis=0, weights=count)
    number = 1 / count[rated].sum() + 1 / count[~rated].sum()
    error = np.sqrt(everywhere * (1 - everywhere) * number)
    different = (
        (np.maximum(inside, everywhere) >= SIZEABLE)
        & (np.abs(inside - everywhere) > DIFFERENT * everywhere)
        & (np.abs(inside - outside) > BEYOND_CHANCE * error)
    )
    names = patterns.marks.touchpoints
    cases = [
        write_note("unrated_case", touchpoint=names[i], rated=inside[i], all=everywhere[i])
        for i in np.flatnonzero(different)
    ]
    return (write_note("unrated", cases=cases),) if cases else ()


def _restating(patterns: Patterns) -> tuple[str, ...]:
    """Return a note where one touchpoint's sentiment is nearly the outcome itself."""
    marks, rated = patterns.marks, np.isfinite(patterns.outcome)
    found: list[tuple[float, str]] = []
    for i, touchpoint in enumerate(marks.touchpoints):
        rows = rated & marks.mentioned[:, i]
        sentiment = marks.positive[rows, i].astype(float) - marks.negative[rows, i]
        known, count = patterns.outcome[rows], patterns.count[rows]
        if count.sum() >= ENOUGH and np.ptp(sentiment) > 0 and np.ptp(known) > 0:
            found.append((_correlation(sentiment, known, count), touchpoint))
    found.sort(reverse=True)
    if len(found) < 2 or found[0][0] < RESTATES or found[0][0] - found[1][0] < FAR_ABOVE:
        return ()
    (highest, touchpoint), (second, following) = found[:2]
    told = {"touchpoint": touchpoint, "touchpoint_next": following}
    return (write_note("restating", **told, highest=highest, second=second),)


def _correlation(first: Array, second: Array, count: Array) -> float:
    covariance = np.cov(np.vstack([first, second]), fweights=count.astype(np.int64))
    return float(covariance[0, 1] / np.sqrt(covariance[0, 0] * covariance[1, 1]))
