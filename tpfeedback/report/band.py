"""How far the tagger's stated errors could move the prizes."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import Any

import pandas as pd

from tpfeedback.errors import TpfeedbackWarning
from tpfeedback.impact import sensitivity_band
from tpfeedback.report.records import Facts

_LINEAR = ("linear", "nps")


def error_band(
    impact: pd.DataFrame,
    feedback: pd.DataFrame,
    mentions: pd.DataFrame,
    *,
    quality: Facts,
    settings: Mapping[str, Any],
) -> pd.DataFrame | None:
    """Return the table of `sensitivity_band`, or None where it would not hold.

    It needs a tagger that states its errors, and an impact by a linear model in which touchpoints
    that are not mentioned have no effect, not corrected by hand labels, unweighted.
    """
    overall = quality["overall"]
    if overall is None or None in overall.values() or impact.empty:
        return None
    plain = settings.get("policy", "baseline") == "baseline" and not settings.get("labels")
    if settings.get("model", "linear") not in _LINEAR or settings.get("weights") or not plain:
        return None
    confusion = {"overall": overall}
    for key, rates in quality["touchpoints"].items():
        confusion[key] = {name: rate for name, rate in rates.items() if rate is not None}
    with warnings.catch_warnings():
        # What cannot be told is missing in the table, and shown as such.
        warnings.simplefilter("ignore", TpfeedbackWarning)
        return sensitivity_band(impact, confusion, feedback=feedback, mentions=mentions)
