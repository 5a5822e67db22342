"""What can be tracked: an analysis, or the two tables behind it."""

from __future__ import annotations

from typing import Any, Protocol, TypeAlias

import pandas as pd

from tpfeedback.errors import ColumnError
from tpfeedback.impact.models import prepare_outcome
from tpfeedback.impact.outcome import read_outcome

DEFAULT_OUTCOME = "overall"
NPS_POINTS = "nps_points"
"""Column of what an analysis with model="nps" explains: -100, 0 or 100, whose mean is the score."""


class Explained(Protocol):
    """What an analysis explains; `tpfeedback.outcome.Outcome` is one."""

    @property
    def column(self) -> str:
        """Numeric column of the feedback table."""

    @property
    def kind(self) -> str:
        """Where it comes from: "rating", or "sentiment" of the texts."""


class Tracked(Protocol):
    """Anything that holds the tables of an analysis; `tpfeedback.Analysis` does."""

    @property
    def feedback(self) -> pd.DataFrame:
        """One row per text."""

    @property
    def mentions(self) -> pd.DataFrame:
        """One row per touchpoint in a text."""

    @property
    def outcome(self) -> Explained:
        """What is explained."""


Source: TypeAlias = Tracked | tuple[pd.DataFrame, pd.DataFrame]


def tables_of(source: Source) -> tuple[pd.DataFrame, pd.DataFrame, str]:
    """Return feedback, mentions and the name of the outcome column of what is tracked.

    `source` is an analysis, or the tuple (feedback, mentions), whose outcome is "overall". Where
    the sentiment of the texts is explained, the column `question` is left out: a sentiment
    belongs to its text, a rating to the respondent of all the answers. Where the net promoter
    score is explained, its points are added as the column `nps_points`, and that is the outcome.

    Raises:
        ColumnError: it is neither.

    >>> feedback = pd.DataFrame({"feedback_id": ["a"], "overall": [5.0]})
    >>> mentions = pd.DataFrame(columns=["feedback_id", "touchpoint", "sentiment"])
    >>> tables_of((feedback, mentions))[2]
    'overall'
    """
    if isinstance(source, tuple):
        given: tuple[Any, ...] = source
        if len(given) == 2 and all(isinstance(table, pd.DataFrame) for table in given):
            return given[0], given[1], DEFAULT_OUTCOME
    elif all(hasattr(source, name) for name in ("feedback", "mentions", "outcome")):
        apart = source.outcome.kind == "sentiment" and "question" in source.feedback
        feedback = source.feedback.drop(columns="question") if apart else source.feedback
        explained = source.outcome.column
        if dict(getattr(source, "settings", {})).get("model") == "nps":
            answers, _ = read_outcome(feedback, explained)
            points = prepare_outcome("nps", answers, name=explained)
            feedback, explained = feedback.assign(**{NPS_POINTS: points}), NPS_POINTS
        return feedback, source.mentions, explained
    kinds = (
        f"a tuple of {', '.join(type(one).__name__ for one in source) or 'nothing'}"
        if isinstance(source, tuple)
        else type(source).__name__
    )
    raise ColumnError(
        f"This cannot be tracked: {kinds}. Allowed: an Analysis, or the tuple (feedback, "
        "mentions) of two pandas DataFrames. Pass what tpfeedback.analyze returned."
    )
