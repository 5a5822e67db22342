"""Binary logit: for outcomes with two values, such as repurchase or churn."""

from __future__ import annotations

import numpy as np

from tpfeedback.errors import ImpactError
from tpfeedback.impact.discrete_change import average_changes
from tpfeedback.impact.gram import Array
from tpfeedback.impact.models import Effects
from tpfeedback.impact.regression import Design


def estimate_effects(design: Design) -> Effects:
    """Return average changes of the probability of the higher value, in units of the outcome.

    Logit regression by maximum likelihood (Cox 1958, JRSS B 20:215-242). Where the outcome is 0
    or 1, an effect of -0.1 says: with this mention, the event is 10 percentage points less
    likely, averaged over the rated texts. See `discrete_change.average_changes` for effects and
    intervals, `likelihood.fit_cumulative` for the fit and for separation.
    """
    return average_changes(design)


def prepare_outcome(outcome: Array, *, name: str) -> Array:
    """Return the outcome as it is, if it has no more than two values.

    Raises:
        ImpactError: it has more.

    >>> prepare_outcome(np.array([0.0, 1.0, np.nan]), name="churn").tolist()
    [0.0, 1.0, nan]
    """
    values = np.unique(outcome[np.isfinite(outcome)])
    if len(values) > 2:
        shown = ", ".join(f"{value:g}" for value in values[:5]) + (", …" if values[5:].size else "")
        raise ImpactError(
            f"Outcome {name!r} has {len(values)} values ({shown}). model='binary_logit' needs two, "
            "such as 0 and 1. Turn it into yes or no first (for example overall >= 4), or take "
            "model='ordered_logit' for ratings."
        )
    return outcome
