"""Why a touchpoint stands where it stands, in plain words with numbers."""

from __future__ import annotations

from math import floor, log10
from typing import Any, cast

import numpy as np
import pandas as pd

from tpfeedback.impact.design import MIN_TEXTS

LOUD = 0.05  # share of texts that complain
HARMLESS = 0.25  # a complaint costs at most this part of the costliest touchpoint's penalty


def describe_touchpoints(impact: pd.DataFrame) -> list[str]:
    """Return one sentence for every row of an impact table: complaints, then praise.

    >>> row = {"negative": 34, "negative_share": 0.34, "penalty": -1.9, "penalty_low": -2.1,
    ...        "prize": 0.65, "prize_low": 0.52, "prize_high": 0.78, "positive_share": 0.1,
    ...        "reward": 0.8, "reward_low": 0.5}
    >>> describe_touchpoints(pd.DataFrame([row]))  # doctest: +NORMALIZE_WHITESPACE
    ['34 % complain about it, each complaint goes with 1.9 points less; without them the
      mean would be 0.65 higher (0.52 to 0.78). Going well: praise (10 %) goes with 0.80
      points more.']
    """
    sure = impact["prize_low"] > 0
    worst = float((-impact["penalty"].where(sure)).max()) if sure.any() else np.nan
    rows = cast("list[dict[str, Any]]", impact.to_dict(orient="records"))
    return [f"{_complaints(row, worst)}.{_praise(row)}" for row in rows]


def describe_choice(number: int, *, budget: float | None, goal: float | None) -> str:
    """Return the sentence for each of the `number` touchpoints that were chosen to be fixed.

    >>> describe_choice(2, budget=100, goal=None)
    ' Chosen: one of the 2 fixes that together gain most within the budget of 100.'
    """
    fixes = (
        " Chosen: the one fix that" if number == 1 else f" Chosen: one of the {number} fixes that"
    )
    ending = "" if number == 1 else " together"
    within = "" if budget is None else f" within the budget of {budget:g}"
    if goal is None:
        return f"{fixes}{ending} {'gains' if number == 1 else 'gain'} most{within}."
    return f"{fixes}{ending} {'reaches' if number == 1 else 'reach'} the goal of {goal:g}{within}."


def _complaints(row: dict[str, Any], worst: float) -> str:
    share = f"{_percent(row['negative_share'])} complain about it"
    if row["negative"] == 0:
        return "No text complains about it"
    if np.isnan(row["prize"]):
        return _unmeasured(row, share)
    per_text = _number(abs(row["penalty"]))
    low, gain, high = write_numbers(row["prize_low"], row["prize"], row["prize_high"])
    if row["prize_low"] > 0:
        return (
            f"{share}, each complaint goes with {per_text} points less; without them the mean "
            f"would be {gain} higher ({low} to {high})"
        )
    if row["prize_high"] < 0:
        return (
            f"{share}, yet a complaint goes with {per_text} points more, so nothing is to be "
            "gained here; read why"
        )
    if row["negative_share"] >= LOUD and -row["penalty_low"] < HARMLESS * worst:
        return (
            f"Often complained about ({_percent(row['negative_share'])}), yet complaints "
            f"hardly move the rating (gain {low} to {high})"
        )
    return (
        f"{share}, but the interval of what could be gained includes zero ({low} to {high}): "
        "more feedback is needed to say"
    )


def _unmeasured(row: dict[str, Any], share: str) -> str:
    number = int(row["negative"])
    if number < MIN_TEXTS:
        texts = "1 text complains" if number == 1 else f"{number} texts complain"
        return f"Only {texts} about it: too few to say what it costs"
    return f"{share}, but what it costs could not be measured"


def _praise(row: dict[str, Any]) -> str:
    if not row["reward_low"] > 0:
        return ""
    return (
        f" Going well: praise ({_percent(row['positive_share'])}) goes with "
        f"{_number(row['reward'])} points more."
    )


def _percent(share: float) -> str:
    percent = 100 * share
    if 0 < percent < 0.1:
        return "under 0.1 %"
    return f"{percent:.0f} %" if percent >= 0.95 else f"{percent:.1f} %"


def _number(value: float) -> str:
    return write_numbers(value)[0]


def write_numbers(*values: float) -> list[str]:
    """Return numbers that belong together as text, with the decimals that the largest needs.

    >>> write_numbers(0.0123, 0.5)
    ['0.01', '0.50']
    """
    largest = max(abs(value) for value in values)
    decimals = min(max(1 - floor(log10(largest)), 0), 6) if largest > 0 else 1
    return [f"{round(value, decimals) + 0.0:.{decimals}f}" for value in values]
