"""Net promoter score: answers 0-10 become promoters, passives and detractors."""

from __future__ import annotations

import numpy as np

from tpfeedback.errors import ImpactError
from tpfeedback.impact.gram import Array
from tpfeedback.impact.models.linear import estimate_effects

__all__ = ["estimate_effects", "prepare_outcome"]

PROMOTER, PASSIVE = 9, 7  # lowest answers (Reichheld 2003, Harvard Business Review 81(12):46-54)


def prepare_outcome(outcome: Array, *, name: str) -> Array:
    """Return +100 for promoters (9-10), -100 for detractors (0-6), 0 for passives (7-8).

    The mean is the net promoter score of Reichheld (2003, Harvard Business Review 81(12):46-54),
    so the effects of a linear model of it are NPS points.

    Raises:
        ImpactError: an answer is no whole number from 0 to 10, or none is above 6.

    >>> prepare_outcome(np.array([0.0, 6.0, 7.0, 8.0, 9.0, np.nan]), name="recommend").tolist()
    [-100.0, -100.0, 0.0, 0.0, 100.0, nan]
    """
    known = np.isfinite(outcome)
    answers = outcome[known]
    odd = answers[(answers < 0) | (answers > 10) | (answers % 1 != 0)]
    if odd.size:
        raise ImpactError(
            f"Outcome {name!r} holds {odd[0]:g}. model='nps' needs answers from 0 to 10 in whole "
            "numbers. Name the column of the question 'How likely are you to recommend us?', or "
            "take model='linear' or 'ordered_logit'."
        )
    if answers.size and answers.max() < PASSIVE:
        raise ImpactError(
            f"The highest answer in outcome {name!r} is {answers.max():g}, so that all are "
            "detractors. model='nps' needs a scale from 0 to 10. Take model='linear' or "
            "'ordered_logit' for a shorter one."
        )
    points = 100.0 * (outcome >= PROMOTER) - 100.0 * (outcome < PASSIVE)
    return np.where(known, points, np.nan)
