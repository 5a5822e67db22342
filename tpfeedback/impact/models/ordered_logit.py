"""Ordered logit: ratings as ordered classes."""

from __future__ import annotations

import numpy as np

from tpfeedback.errors import ImpactError
from tpfeedback.impact.discrete_change import average_changes
from tpfeedback.impact.gram import Array
from tpfeedback.impact.models import Effects
from tpfeedback.impact.regression import Design

MAX_CLASSES = 30


def estimate_effects(design: Design) -> Effects:
    """Return average changes of the expected rating, in units of the rating.

    Proportional odds (McCullagh 1980, JRSS B 42:109-142): the rating is an ordered class, so that
    no effect leads beyond the ends of the scale, and from 4 to 5 may be another way than from 1
    to 2. Only the expected rating counts the classes by their numbers. See
    `discrete_change.average_changes` for effects and intervals, `likelihood.fit_cumulative` for
    the fit and for separation.
    """
    return average_changes(design)


def prepare_outcome(outcome: Array, *, name: str) -> Array:
    """Return the outcome as it is, if it has few enough values to be classes.

    Raises:
        ImpactError: it has more than `MAX_CLASSES`.

    >>> prepare_outcome(np.array([1.0, 5.0, np.nan]), name="stars").tolist()
    [1.0, 5.0, nan]
    """
    classes = len(np.unique(outcome[np.isfinite(outcome)]))
    if classes > MAX_CLASSES:
        raise ImpactError(
            f"Outcome {name!r} has {classes} different values. model='ordered_logit' takes at most "
            f"{MAX_CLASSES} classes. Round it to classes, or take model='linear'."
        )
    return outcome
