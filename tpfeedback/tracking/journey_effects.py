"""The effects behind the journey: those of the analysis, else measured."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from tpfeedback.errors import ImpactError
from tpfeedback.impact.design import build_design
from tpfeedback.impact.fit import ImpactFit, complete
from tpfeedback.impact.measurement import Options, measure
from tpfeedback.impact.models import Effects
from tpfeedback.impact.models.linear import estimate_effects
from tpfeedback.impact.observations import Observations, read_observations
from tpfeedback.impact.regression import Design


@dataclass(frozen=True, eq=False)
class JourneyEffects:
    """What was observed, the joint linear regression, and the fit whose prizes are shown."""

    seen: Observations
    design: Design
    effects: Effects
    fit: ImpactFit
    notes: tuple[str, ...]


def read_effects(
    feedback: pd.DataFrame, mentions: pd.DataFrame, options: Options, known: ImpactFit | None
) -> JourneyEffects:
    """Return the effects; what is `known` from the analysis is not measured, or told, again.

    Raises:
        ImpactError: there are none.
    """
    if known is not None:
        seen = read_observations(feedback, mentions, outcome=options.outcome, model="linear",
                                 controls=options.controls, weights=options.weights,
                                 cluster=options.cluster)  # fmt: skip
        if seen.marks.touchpoints and np.ptp(seen.outcome[np.isfinite(seen.outcome)]) > 0:
            design = build_design(seen.marks, seen.outcome, seen.controls,
                                  weights=seen.weights, clusters=seen.clusters)  # fmt: skip
            if design.rated > design.columns.shape[1]:
                return JourneyEffects(seen, design, estimate_effects(design), known, ())
    measured = measure(feedback, mentions, options)
    if measured.design is None or measured.effects is None:
        raise ImpactError(
            "The journey needs the effects of complaints, and there are none: "
            f"{' '.join(measured.notes)} Allowed: mentions, and more rated respondents than terms. "
            "Collect more feedback, or check the taxonomy and the outcome."
        )
    fit = complete(measured, options)
    return JourneyEffects(
        measured.observations, measured.design, measured.effects, fit, tuple(measured.notes)
    )
