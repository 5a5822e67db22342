"""Intervals that hold what they promise, on simulated feedback with known truth."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from tests.impact_cases import NAMES, ask_three_questions, quiet, simulate, to_tables
from tpfeedback.impact import measure_impact
from tpfeedback.impact.methods import shapley

PENALTIES, REWARDS, SHARES = (-1.5, -0.6, 0.0, -0.3), (0.1, 0.0, 0.8, 0.3), (0.2, 0.1, 0.15, 0.05)
REPLICATIONS = 120
# Three Monte-Carlo errors, for one touchpoint and for the four together.
ONE = 3 * np.sqrt(0.95 * 0.05 / REPLICATIONS)
FOUR = ONE / 2


def effects_of(feedback, mentions, **options):
    return quiet(measure_impact, feedback, mentions, **options).set_index("touchpoint")


@pytest.fixture
def quick_importance(monkeypatch):
    monkeypatch.setattr(shapley, "REPLICATES", 50)
    monkeypatch.setattr(shapley, "BOOTSTRAP_ORDERS", 2)


@pytest.mark.parametrize("n", [120, 400])
@pytest.mark.usefixtures("quick_importance")
def test_intervals_of_penalty_reward_and_prize_cover_the_truth(n):
    prizes = -np.array(PENALTIES) * SHARES
    truth = {"penalty": np.array(PENALTIES), "reward": np.array(REWARDS), "prize": prizes}
    hits = {name: np.zeros(len(NAMES)) for name in truth}
    known = {name: np.zeros(len(NAMES)) for name in truth}
    for seed in range(REPLICATIONS):
        table = effects_of(*simulate(n, seed=seed)).reindex(NAMES)
        for name, value in truth.items():
            low, high = table[f"{name}_low"], table[f"{name}_high"]
            hits[name] += ((low <= value) & (value <= high)).to_numpy()
            known[name] += low.notna().to_numpy()
    for name in truth:
        # HC3 errs on the safe side in small samples, so coverage may be above 95 %.
        assert (hits[name] / known[name]).min() > 0.95 - ONE, name
        assert 0.95 - FOUR < hits[name].sum() / known[name].sum() < 0.985, name


@pytest.mark.usefixtures("quick_importance")
def test_intervals_of_the_prize_cover_the_truth_in_a_survey_with_unrated_records():
    prizes = -np.array(PENALTIES) * SHARES
    hits = np.zeros(len(NAMES))
    for seed in range(REPLICATIONS):
        feedback, mentions = simulate(400, seed=seed)
        unrated = np.arange(400) >= 280
        more = feedback[unrated & (np.arange(400) % 2 == 0)][["feedback_id"]]
        feedback["overall"] = feedback["overall"].mask(unrated)
        often = pd.concat([mentions, more.assign(touchpoint="delivery", sentiment="negative")])
        table = effects_of(*ask_three_questions(feedback, often, seed=seed)).reindex(NAMES)
        hits += ((table["prize_low"] <= prizes) & (prizes <= table["prize_high"])).to_numpy()
    assert hits.min() / REPLICATIONS > 0.95 - ONE
    assert 0.95 - FOUR < hits.mean() / REPLICATIONS < 0.985


def test_intervals_of_the_importance_cover_the_truth(monkeypatch):
    truth = effects_of(*simulate(100_000), method="shapley")["importance"][list(NAMES)]
    monkeypatch.setattr(shapley, "REPLICATES", 200)
    hits = np.zeros(len(NAMES))
    for seed in range(60):
        table = effects_of(*simulate(500, seed=seed), method="shapley").loc[list(NAMES)]
        hits += (table["importance_low"] <= truth) & (truth <= table["importance_high"])
    assert hits.sum() / 240 > 0.95 - 0.042
    assert (hits / 60).min() > 0.95 - 0.085


@pytest.mark.usefixtures("quick_importance")
def test_an_asymmetric_touchpoint_is_recovered_as_such():
    row = effects_of(*simulate(4000)).loc["delivery"]
    assert row["penalty"] == pytest.approx(-1.5, abs=0.12)
    assert row["reward"] == pytest.approx(0.1, abs=0.12)
    assert row["role"] == "basic"


def call_centre(seed):
    """People call because the delivery failed; the call itself does nothing to the rating."""
    random = np.random.default_rng(seed)
    late = random.random(800) < 0.25
    called = random.random(800) < np.where(late, 0.5, 0.02)
    staff = random.random(800) < 0.2
    outcome = 4.5 - 1.8 * late - 0.5 * staff + random.normal(0, 0.8, 800)
    return called, to_tables({"delivery": late, "call_center": called, "staff": staff}, {}, outcome)


@pytest.mark.usefixtures("quick_importance")
def test_the_call_centre_is_not_blamed_for_late_parcels():
    covered = 0
    for seed in range(100):
        called, (feedback, mentions) = call_centre(seed)
        row = effects_of(feedback, mentions).loc["call_center"]
        covered += row["penalty_low"] <= 0 <= row["penalty_high"]
        overall = feedback["overall"]
        assert overall[called].mean() - overall[~called].mean() < -1  # what the averages say
    assert covered >= 95 - 3 * 2.2


@pytest.mark.usefixtures("quick_importance")
def test_without_any_effect_few_touchpoints_are_found():
    found = 0
    for seed in range(100):
        tables = simulate(300, penalties=[0] * 4, rewards=[0] * 4, seed=seed)
        found += (effects_of(*tables)["q_value"] < 0.05).any()
    assert found <= 5 + 3 * 2.2
