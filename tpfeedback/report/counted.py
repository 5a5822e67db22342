"""What a report needs to know of every text, counted: from rows, or part by part of a batch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from tpfeedback.impact.observations import Observations, read_observations
from tpfeedback.report.band import error_band
from tpfeedback.report.certainty import count_reading
from tpfeedback.report.changes import Estimate, Timeline, mean_of, rated_cells, timeline
from tpfeedback.report.records import Facts

if TYPE_CHECKING:
    from tpfeedback.report.facts import Findings


@dataclass(frozen=True, eq=False)
class Counted:
    """What all texts say together.

    `timeline` of the respondents; `reading`, see `certainty.count_reading`; `band` by the tagger's
    errors, None where it is not known; `whole`, whether the tables of feedback and mentions hold
    all texts, or only those worth quoting.
    """

    timeline: Timeline
    reading: Facts
    band: pd.DataFrame | None
    whole: bool

    @property
    def mean(self) -> Estimate:
        """Mean of the outcome over the rated respondents, with its 95 % interval."""
        return mean_of(self.timeline.cells)

    @property
    def spread(self) -> float:
        """Standard deviation of the outcome among the rated respondents."""
        values, _, count = rated_cells(self.timeline.cells)
        if not len(values):
            return 0.0
        centre = np.average(values, weights=count)
        return float(np.sqrt(np.average((values - centre) ** 2, weights=count)))

    @property
    def rated(self) -> int:
        """How many respondents have an outcome."""
        return int(rated_cells(self.timeline.cells)[2].sum())


def count_rows(findings: Findings, rejected: pd.DataFrame, rows: int) -> Counted:
    """Return the counts of findings whose tables hold all texts; `rows` were read."""
    feedback, mentions = findings.feedback, findings.mentions
    observed = _observe(findings)
    return Counted(
        timeline=timeline(observed, _dates(feedback, observed)),
        reading=count_reading(feedback, mentions, rejected["reason"], rows),
        band=error_band(
            findings.impact,
            observed.marks,
            quality=findings.quality,
            settings=findings.settings,
        ),
        whole=True,
    )


def _observe(findings: Findings) -> Observations:
    """Return what was observed of each respondent, as the impact counts them."""
    return read_observations(
        _source(findings),
        findings.mentions,
        outcome=findings.outcome.column,
        model=findings.settings.get("model", "linear"),
        controls=(),
        weights=findings.settings.get("weights"),
        cluster=None,
    )


def _source(findings: Findings) -> pd.DataFrame:
    """Return the feedback as the impact read it: a sentiment belongs to its text alone."""
    by_answer = findings.outcome.kind == "rating"
    return findings.feedback if by_answer else findings.feedback.drop(columns="question")


def _dates(feedback: pd.DataFrame, observed: Observations) -> pd.Series:
    """Return the first date of each respondent."""
    dates = pd.to_datetime(feedback["date"], errors="coerce")
    first = dates.dt.tz_localize(None).groupby(observed.rows).min()
    return first.reindex(range(len(observed.outcome)))
