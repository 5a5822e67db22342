"""Why a touchpoint stands where it stands, in plain words with numbers."""

from __future__ import annotations

from decimal import Decimal
from math import floor, log10
from typing import Any, cast

import numpy as np
import pandas as pd

from tpfeedback.impact.design import MIN_TEXTS
from tpfeedback.wording import Wording, load_wording

LOUD = 0.05  # share of texts that complain
HARMLESS = 0.25  # a complaint costs at most this part of the costliest touchpoint's penalty
SMALLEST = 0.001  # a smaller share is told as "under" this one
WHOLE = 0.0095  # from this share on, percentages are whole


def describe_touchpoints(impact: pd.DataFrame, *, words: Wording | None = None) -> list[str]:
    """Return one sentence for every row of an impact table: complaints, then praise.

    `words` are the language to write in, by default English.

    >>> row = {"negative": 34, "negative_share": 0.34, "penalty": -1.9, "penalty_low": -2.1,
    ...        "prize": 0.65, "prize_low": 0.52, "prize_high": 0.78, "positive_share": 0.1,
    ...        "reward": 0.8, "reward_low": 0.5}
    >>> describe_touchpoints(pd.DataFrame([row]))  # doctest: +NORMALIZE_WHITESPACE
    ['34% complain about it, each complaint goes with 1.9 points less; without them the
      mean would be 0.65 higher (0.52 to 0.78). Going well: praise (10%) goes with 0.80
      points more.']
    """
    words = words or load_wording()
    sure = impact["prize_low"] > 0
    worst = float((-impact["penalty"].where(sure)).max()) if sure.any() else np.nan
    rows = cast("list[dict[str, Any]]", impact.to_dict(orient="records"))
    return [_joined(words, _complaints(row, worst, words), _praise(row, words)) for row in rows]


def describe_choice(
    number: int, *, budget: float | None, goal: float | None, words: Wording | None = None
) -> str:
    """Return the sentence for each of the `number` touchpoints that were chosen to be fixed.

    >>> describe_choice(2, budget=100, goal=None)
    'Chosen: one of the 2 fixes that together gain most within the budget of 100.'
    """
    key = ("most" if goal is None else "reaches") + ("" if budget is None else "_within")
    told = {"n": number, "budget": budget, "goal": goal}
    return (words or load_wording()).say("reasons", key, **told)


def add_choice(reason: str, choice: str, *, words: Wording | None = None) -> str:
    """Return the reason with the sentence of `describe_choice` after it."""
    return _joined(words or load_wording(), reason, choice)


def _joined(words: Wording, first: str, second: str) -> str:
    return words.say("reasons", "sentences", first=first, second=second) if second else first


def _complaints(row: dict[str, Any], worst: float, words: Wording) -> str:
    share = _percent(row["negative_share"], words)
    if row["negative"] == 0:
        return words.say("reasons", "none")
    if np.isnan(row["prize"]):
        if row["negative"] < MIN_TEXTS:
            return words.say("reasons", "few", n=int(row["negative"]))
        return words.say("reasons", "unmeasured", share=share)
    ends = (row["prize_low"], row["prize"], row["prize_high"])
    low, gain, high = write_numbers(*ends, words=words)
    key = _kind(row, worst)
    return words.say(
        "reasons", key, share=share, gain=gain, low=low, high=high, **_points(row["penalty"], words)
    )


def _kind(row: dict[str, Any], worst: float) -> str:
    """Return which phrase of [reasons] fits a measured touchpoint."""
    if row["prize_low"] > 0:
        return "gain"
    if row["prize_high"] < 0:
        return "contrary"
    loud = row["negative_share"] >= LOUD and -row["penalty_low"] < HARMLESS * worst
    return "harmless" if loud else "open"


def _praise(row: dict[str, Any], words: Wording) -> str:
    if not row["reward_low"] > 0:
        return ""
    share = _percent(row["positive_share"], words)
    return words.say("reasons", "praise", share=share, **_points(row["reward"], words))


def _points(effect: float, words: Wording) -> dict[str, Any]:
    """Return the size of an effect in words, and as a number for the plural of "points"."""
    size = abs(effect)
    decimals = _decimals(size)
    shown = Decimal(f"{size:.{decimals}f}")
    return {"points": words.number(size, decimals), "n": shown}


def _percent(share: float, words: Wording) -> str:
    if 0 < share < SMALLEST:
        return words.say("reasons", "under", share=words.percent(SMALLEST, decimals=1))
    return words.percent(share, decimals=0 if share >= WHOLE else 1)


def write_numbers(*values: float, words: Wording | None = None) -> list[str]:
    """Return numbers that belong together as text, with the decimals that the largest needs.

    >>> write_numbers(0.0123, 0.5)
    ['0.01', '0.50']
    """
    decimals = _decimals(max(abs(value) for value in values))
    return [(words or load_wording()).number(value, decimals) for value in values]


def _decimals(largest: float) -> int:
    return min(max(1 - floor(log10(largest)), 0), 6) if largest > 0 else 1
