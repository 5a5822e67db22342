"""What themes and problems do to the outcome, where that is in the units of the report."""

from __future__ import annotations

from typing import Any

EFFECTS = ("penalty", "penalty_low", "penalty_high", "prize", "prize_low", "prize_high")


def measures_effects(findings: Any) -> bool:
    """Tell whether effects of themes compare with those of the touchpoints.

    They are measured by the linear model; those of another model are in other units.
    """
    return str(findings.settings.get("model", "linear")) == "linear"
