"""What the impact explains: the customer's rating, or the sentiment of the text in its place."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from tpfeedback.errors import ReadError, TpfeedbackWarning
from tpfeedback.wording import write_note

SENTIMENT_SCORES = {"negative": -1.0, "neutral": 0.0, "mixed": 0.0, "positive": 1.0}
SENTIMENT_COLUMN = "sentiment_score"
LEAST_PAIRS = 30  # rated texts needed to judge which end of the scale is the good one
UPSIDE_DOWN = -0.2  # rank correlation of rating and sentiment


@dataclass(frozen=True)
class Outcome:
    """What the impact explains.

    `column` is the column of the feedback table, `name` what the source calls it, `scale` its
    range such as "1-5" (None where not recognised), `kind` "rating" or "sentiment".
    """

    column: str
    name: str
    scale: str | None
    kind: str


def choose_outcome(
    feedback: pd.DataFrame, columns: Mapping[str, Any]
) -> tuple[pd.DataFrame, Outcome]:
    """Return the feedback and what to explain in it: its rating, else the texts' sentiment.

    `feedback` is tagged (has a `sentiment`); `columns` tells what the source calls its rating.
    Where the sentiment serves, it is added as the column `sentiment_score`, and a
    `TpfeedbackWarning` says so. Raises `ReadError` where there is neither.
    """
    rated = feedback["overall"].dropna()
    if rated.nunique() > 1:
        _warn_if_upside_down(feedback, _shown(columns))
        return feedback, Outcome("overall", _shown(columns), _scale(feedback), "rating")
    scores = feedback["sentiment"].map(SENTIMENT_SCORES).astype("float64")
    if scores.isna().all():
        raise ReadError(
            f"Nothing can be read in these {len(feedback)} texts: there is no usable rating, and "
            "no text is in Russian, Chinese, Polish or English. If they are, name the column of "
            "their language (values ru, zh, pl, en) with language=..."
        )
    why = (
        write_note("sentiment_for_none")
        if rated.empty
        else write_note("sentiment_for_constant", rating=rated.iloc[0])
    )
    warnings.warn(why, TpfeedbackWarning, stacklevel=2)
    explained = feedback.assign(**{SENTIMENT_COLUMN: scores})
    return explained, Outcome(SENTIMENT_COLUMN, "sentiment", "-1 to 1", "sentiment")


def _warn_if_upside_down(feedback: pd.DataFrame, name: str) -> None:
    """Warn where the rating falls as the texts get friendlier: 1 may be the best mark."""
    scores = feedback["sentiment"].map(SENTIMENT_SCORES).astype("float64")
    pairs = pd.DataFrame({"rating": feedback["overall"], "sentiment": scores}).dropna().rank()
    if len(pairs) >= LEAST_PAIRS and pairs["rating"].corr(pairs["sentiment"]) < UPSIDE_DOWN:
        warnings.warn(write_note("upside_down", rating=name), TpfeedbackWarning, stacklevel=2)


def _shown(columns: Mapping[str, Any]) -> str:
    """Return what the source calls its rating."""
    source = columns.get("overall", "overall")
    return source if isinstance(source, str) else ", ".join(map(str, source))


def _scale(feedback: pd.DataFrame) -> str | None:
    if "overall_scale" not in feedback:
        return None
    scales = feedback["overall_scale"].dropna()
    return str(scales.iloc[0]) if len(scales) else None
