"""What each touchpoint does to the overall rating: `measure_impact` and `fit_impact`."""

from __future__ import annotations

from tpfeedback.impact.fit import ImpactFit, explain, fit_impact, measure_impact
from tpfeedback.impact.methods import available_methods
from tpfeedback.impact.models import available_models
from tpfeedback.impact.policies import available_policies
from tpfeedback.impact.sensitivity import sensitivity_band
from tpfeedback.impact.stress import stress_test

__all__ = [
    "ImpactFit",
    "available_methods",
    "available_models",
    "available_policies",
    "explain",
    "fit_impact",
    "measure_impact",
    "sensitivity_band",
    "stress_test",
]
