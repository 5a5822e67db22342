"""How often the intervals of the cost of waiting hold the planted truth.

    python benchmarks/tracking_waits.py [runs]

Simulated respondents wait 5 minutes to 8 hours, told in steps of five minutes; ratings vary more
after long waits. One row per case: how often a breakpoint is found, how often each 95 % interval
holds the truth, and the mean width of the slope's interval. Where no breakpoint is planted, each
one found is false.
"""

from __future__ import annotations

import sys
import warnings

import numpy as np
import pandas as pd

from tpfeedback.tracking.waits import WaitCurve, dose_response

CASES = {  # respondents, kink in hours, slope before, slope after
    "bends down": (600, 2.0, -0.1, -0.9),
    "bends down, more texts": (2000, 2.0, -0.1, -0.9),
    "levels off": (1000, 1.5, -1.0, -0.1),
    "straight": (600, 2.0, -0.3, -0.3),
}


def simulate(case: str, random: np.random.Generator) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return feedback and waits of one case."""
    n, kink, before, after = CASES[case]
    hours = np.minimum(np.exp(random.normal(0.3, 0.8, n)), 8.0)
    hours = np.maximum(np.round(hours * 12) / 12, 1 / 12)
    line = 5 + before * hours + (after - before) * np.maximum(hours - kink, 0.0)
    overall = line + random.normal(size=n) * (0.8 + 0.05 * hours)
    feedback = pd.DataFrame({"feedback_id": np.arange(n).astype(str), "overall": overall})
    waits = pd.DataFrame(
        {"feedback_id": feedback["feedback_id"], "touchpoint": "waiting", "minutes": hours * 60}
    )
    return feedback, waits


def covered(case: str, curve: WaitCurve) -> dict[str, float]:
    """Return what one run shows; missing where it shows nothing."""
    _, kink, before, after = CASES[case]
    found = not np.isnan(curve.breakpoint)
    row = {"found": float(found), "slope": np.nan, "slope_after": np.nan, "breakpoint": np.nan}
    if found == (before != after):
        row["slope"] = float(curve.slope_low <= before <= curve.slope_high)
        row["width"] = curve.slope_high - curve.slope_low
    if found and before != after:
        row["slope_after"] = float(curve.slope_after_low <= after <= curve.slope_after_high)
        row["breakpoint"] = float(
            not curve.breakpoint_low > kink * 60 and not curve.breakpoint_high < kink * 60
        )
    return row


def main(runs: int) -> None:
    """Print the table."""
    warnings.simplefilter("ignore")
    rows = []
    for case in CASES:
        random = np.random.default_rng(0)
        shown = [
            covered(case, dose_response(*simulate(case, random), scale="linear"))
            for _ in range(runs)
        ]
        rows.append({"case": case, **pd.DataFrame(shown).mean().round(3).to_dict()})
    print(pd.DataFrame(rows).to_string(index=False))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 400)
