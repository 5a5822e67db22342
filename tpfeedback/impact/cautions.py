"""What the reader of an impact table has to know about the data behind it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from tpfeedback.impact.gram import Array, Flags
from tpfeedback.impact.observations import Observations
from tpfeedback.impact.regression import Design
from tpfeedback.wording import Note, write_note

INFLATED = 10.0
"""Variance inflation worth a word (Marquardt 1970, Technometrics 12:591-612)."""
PILED_UP = 0.5  # share of the rated at one end of the scale
RESTATES = 0.7  # correlation of a touchpoint's sentiment with the outcome, and ...
FAR_ABOVE = 0.2  # ... how much higher than that of any other touchpoint
ENOUGH = 30  # mentions from which on a correlation is worth a word
_LONGEST = 5  # cases named in one note


def find_cautions(design: Design, observations: Observations) -> tuple[str, ...]:
    """Return notes, each with advice; none where there is nothing to say."""
    return *_collinear(design), *_piled_up(design), *_restating(observations)


def _collinear(design: Design) -> tuple[str, ...]:
    """Return a note on terms that are almost sums of others.

    Variance inflation = variance of the coefficient / what it would be if the term were not
    correlated with the others. Terms that cannot be told at all have a note of their own.
    """
    if design.contrast is not None:
        return ()  # a term and the mentions of its touchpoint come together by construction
    gram = design.gram(design.mass[:, None])[0, :-1, :-1]
    centred = gram - np.outer(gram[0], gram[0]) / gram[0, 0]
    size = np.sqrt(np.maximum(np.diag(centred), 0.0))
    scale = np.divide(1.0, size, out=np.zeros_like(size), where=size > 0)
    correlation = centred * np.outer(scale, scale)
    np.fill_diagonal(correlation, 0.0)
    inflation = np.diag(design.inverse.matrix) * size**2
    inflation[[i for group in design.inverse.entangled for i in group]] = 0.0
    first = len(design.held)
    pairs: dict[frozenset[int], Note] = {}
    for i in sorted(range(first, len(inflation)), key=lambda i: -inflation[i]):
        partner = int(np.argmax(np.abs(correlation[i])))
        if inflation[i] > INFLATED and len(pairs) < _LONGEST:
            case = write_note(
                "collinear_pair",
                first=design.names[i],
                second=design.names[partner],
                inflation=inflation[i],
                correlation=correlation[i, partner],
            )
            pairs.setdefault(frozenset((i, partner)), case)
    return (write_note("collinear", pairs=list(pairs.values())),) if pairs else ()


def _piled_up(design: Design) -> tuple[str, ...]:
    values = design.outcome + design.outcome_mean
    if design.model != "linear" or len(np.unique(values)) < 3:
        return ()
    for end, key in ((values.max(), "piled_up_high"), (values.min(), "piled_up_low")):
        share = float(design.mass[values == end].sum() / design.mass.sum())
        if share > PILED_UP:
            return (write_note(key, share=share, end=end),)
    return ()


def _restating(seen: Observations) -> tuple[str, ...]:
    """Return a note where one touchpoint's sentiment is nearly the outcome itself."""
    marks, rated = seen.marks, np.isfinite(seen.outcome)
    found: list[tuple[float, str]] = []
    for i, touchpoint in enumerate(marks.touchpoints):
        rows: Flags = rated & marks.mentioned[:, i]
        sentiment = marks.positive[rows, i].astype(float) - marks.negative[rows, i]
        known = seen.outcome[rows]
        count = None if seen.count is None else seen.count[rows]
        if seen.number(rows) >= ENOUGH and np.ptp(sentiment) > 0 and np.ptp(known) > 0:
            found.append((_correlation(sentiment, known, count), touchpoint))
    found.sort(reverse=True)
    if len(found) < 2 or found[0][0] < RESTATES or found[0][0] - found[1][0] < FAR_ABOVE:
        return ()
    (highest, touchpoint), (second, following) = found[:2]
    told = {"touchpoint": touchpoint, "touchpoint_next": following}
    return (write_note("restating", **told, highest=highest, second=second),)


def _correlation(first: Array, second: Array, count: Array | None) -> float:
    times = None if count is None else count.astype(np.int64)
    covariance = np.cov(first, second, fweights=times)
    spread = np.sqrt(np.diag(covariance))
    return float(np.clip(covariance[0, 1] / spread[0] / spread[1], -1.0, 1.0))


def find_later(feedback: pd.DataFrame, outcome: str) -> tuple[str, ...]:
    """Return a note where the outcome has a date of its own, after that of the text."""
    columns = ("date", f"{outcome}_date")
    if not all(list(feedback.columns).count(name) == 1 for name in columns):
        return ()
    written, collected = (feedback[name] for name in columns)
    if not all(pd.api.types.is_datetime64_any_dtype(dates) for dates in (written, collected)):
        return ()
    later = int((_moments(collected) > _moments(written)).sum())
    if later == 0:
        return ()
    return (write_note("outcome_later", n=later, column=columns[1]),)


def _moments(dates: pd.Series) -> pd.Series:
    """Return dates that can be compared: those with a time zone in UTC, without it."""
    return dates if dates.dt.tz is None else dates.dt.tz_convert(None)
