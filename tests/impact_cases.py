"""Simulated feedback with known truth, for the tests of impact and priority."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping, Sequence
from typing import ParamSpec, TypeVar

import numpy as np
import pandas as pd

from tpfeedback.errors import TpfeedbackWarning

Given, Found = ParamSpec("Given"), TypeVar("Found")
NAMES = ("delivery", "price", "product", "staff")


def quiet(call: Callable[Given, Found], *args: Given.args, **options: Given.kwargs) -> Found:
    """Call with the package's own warnings ignored."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", TpfeedbackWarning)
        return call(*args, **options)


def to_tables(
    negative: Mapping[str, np.ndarray], positive: Mapping[str, np.ndarray], outcome: Sequence[float]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Turn flags per touchpoint into the tables feedback and mentions."""
    names = [f"f{i:05d}" for i in range(len(outcome))]
    feedback = pd.DataFrame({"feedback_id": names, "overall": np.asarray(outcome, dtype=float)})
    parts = []
    for touchpoint in sorted({*negative, *positive}):
        none = np.zeros(len(names), dtype=bool)
        bad, good = negative.get(touchpoint, none), positive.get(touchpoint, none)
        sentiment = np.where(bad & good, "mixed", np.where(bad, "negative", "positive"))
        part = feedback[["feedback_id"]].assign(touchpoint=touchpoint, sentiment=sentiment)
        parts.append(part[bad | good])
    return feedback, pd.concat(parts, ignore_index=True)


def simulate(
    n: int,
    *,
    penalties: Sequence[float] = (-1.5, -0.6, 0.0, -0.3),
    rewards: Sequence[float] = (0.1, 0.0, 0.8, 0.3),
    shares: Sequence[float] = (0.2, 0.1, 0.15, 0.05),
    seed: int = 0,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return feedback and mentions whose outcome follows the penalties and rewards."""
    random = np.random.default_rng(seed)
    p = len(penalties)
    negative, positive = random.random((n, p)) < shares, random.random((n, p)) < 0.2
    spread = np.where(negative.any(axis=1), 1.2, 0.6)  # unequal variances, as in real ratings
    outcome = 4 + negative @ penalties + positive @ rewards + random.normal(size=n) * spread
    names = (*NAMES, *(f"t{i:02d}" for i in range(p)))[:p]
    return to_tables(
        dict(zip(names, negative.T, strict=True)),
        dict(zip(names, positive.T, strict=True)),
        outcome,
    )


def ask_three_questions(
    feedback: pd.DataFrame, mentions: pd.DataFrame, *, seed: int = 0
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Spread every text over the answers to three questions, as `read_export` names them.

    Each mention is made in one answer, a mixed one as a complaint in one and praise in another.
    """
    questions = np.array(["What was good?", "What was bad?", "Anything else?"])
    answers = feedback.loc[feedback.index.repeat(3)].reset_index(drop=True)
    answers["question"] = np.tile(questions, len(feedback))
    answers["feedback_id"] = answers["feedback_id"] + ":" + answers["question"]
    mixed = mentions["sentiment"] == "mixed"
    apart = pd.concat([mentions.assign(sentiment=mentions["sentiment"].where(~mixed, "negative")),
                       mentions[mixed].assign(sentiment="positive")])  # fmt: skip
    chosen = questions[np.random.default_rng(seed).integers(0, 3, len(apart))]
    return answers, apart.assign(feedback_id=apart["feedback_id"] + ":" + chosen)


def weigh_and_repeat(
    feedback: pd.DataFrame, mentions: pd.DataFrame, *, seed: int = 0
) -> tuple[tuple[pd.DataFrame, pd.DataFrame], tuple[pd.DataFrame, pd.DataFrame]]:
    """Return the tables with weights of 1 or 5, and with the texts of weight 5 there five times.

    The column `text` tells which texts are copies of each other.
    """
    times = np.random.default_rng(seed).choice([1, 5], len(feedback))
    weighted = feedback.assign(weight=times.astype(float), text=feedback["feedback_id"])
    again = weighted.iloc[np.repeat(np.arange(len(feedback)), times)]
    again = again.assign(feedback_id=[f"n{i:05d}" for i in range(len(again))])
    said = again[["feedback_id", "text"]].merge(
        mentions.rename(columns={"feedback_id": "text"}), on="text"
    )
    return (weighted, mentions), (again, said.drop(columns="text"))
