"""How far the tagger's stated errors could move the prizes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from tpfeedback.impact.gram import Array
from tpfeedback.impact.marks import Marks
from tpfeedback.impact.sensitivity import band_of_marks
from tpfeedback.report.certainty import quality_facts

_LINEAR = ("linear", "nps")


def error_band(
    impact: pd.DataFrame,
    marks: Marks,
    *,
    quality: Mapping[str, Any],
    settings: Mapping[str, Any],
    count: Array | None = None,
) -> pd.DataFrame | None:
    """Return the table of `sensitivity_band`, or None where it would not hold.

    `marks` are those of all respondents; `count` says how many each row stands for, None: one.
    It needs a tagger that states its errors in `quality`, and an impact by a linear model in which
    touchpoints that are not mentioned have no effect, not corrected by hand labels, unweighted;
    and rates that can be those of these texts: else each touchpoint would be solved by itself, and
    get the blame for others.
    """
    stated = quality_facts(quality)
    overall = stated["overall"]
    if overall is None or None in overall.values() or impact.empty:
        return None
    plain = settings.get("policy", "baseline") == "baseline" and not settings.get("labels")
    if settings.get("model", "linear") not in _LINEAR or settings.get("weights") or not plain:
        return None
    confusion = {"overall": overall}
    for key, rates in stated["touchpoints"].items():
        confusion[key] = {name: rate for name, rate in rates.items() if rate is not None}
    band, notes = band_of_marks(impact, confusion, marks, count=count)
    # What cannot be told of one touchpoint is missing in the table, and shown as such.
    return None if any(note.key == "errors_do_not_fit" for note in notes) else band
