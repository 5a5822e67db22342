"""Relative weights and the naive baseline: published numbers, definitions, and who is blamed."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from tests.impact_cases import simulate, to_tables
from tests.test_impact_oracles import dummies, explained
from tpfeedback.errors import ImpactError
from tpfeedback.impact import measure_impact
from tpfeedback.impact.controls import read_controls
from tpfeedback.impact.design import build_design
from tpfeedback.impact.explained import unit
from tpfeedback.impact.marks import Marks, mark_texts
from tpfeedback.impact.methods import correlation, shapley
from tpfeedback.impact.methods import relative_weights as johnsons
from tpfeedback.impact.methods.relative_weights import relative_weights
from tpfeedback.impact.methods.shapley import decompose

# R's `mtcars`: mpg, the outcome, then cyl, disp, hp, gear.
MTCARS = """
21.0 6 160.0 110 4; 21.0 6 160.0 110 4; 22.8 4 108.0 93 4; 21.4 6 258.0 110 3;
18.7 8 360.0 175 3; 18.1 6 225.0 105 3; 14.3 8 360.0 245 3; 24.4 4 146.7 62 4;
22.8 4 140.8 95 4; 19.2 6 167.6 123 4; 17.8 6 167.6 123 4; 16.4 8 275.8 180 3;
17.3 8 275.8 180 3; 15.2 8 275.8 180 3; 10.4 8 472.0 205 3; 10.4 8 460.0 215 3;
14.7 8 440.0 230 3; 32.4 4 78.7 66 4; 30.4 4 75.7 52 4; 33.9 4 71.1 65 4;
21.5 4 120.1 97 3; 15.5 8 318.0 150 3; 15.2 8 304.0 150 3; 13.3 8 350.0 245 3;
19.2 8 400.0 175 3; 27.3 4 79.0 66 4; 26.0 4 120.3 91 5; 30.4 4 95.1 113 5;
15.8 8 351.0 264 5; 19.7 6 145.0 175 5; 15.0 8 301.0 335 5; 21.4 4 121.0 109 4
"""


@pytest.fixture(scope="module")
def tables():
    feedback, mentions = simulate(500)
    return feedback.assign(overall=feedback["overall"].round().clip(1, 5)), mentions


def test_relative_weights_of_mtcars_equal_those_published_with_the_r_package_rwa():
    # README and introduction of rwa (Martin Chan, CRAN): mpg explained by cyl, disp, hp, gear.
    cars = np.array([row.split() for row in MTCARS.split(";")], dtype=float)
    correlations = np.corrcoef(cars[:, [1, 2, 3, 4, 0]], rowvar=False)
    weights = relative_weights(correlations[None], ((0,), (1,), (2,), (3,)))[0]
    expected = [0.2284797, 0.2221469, 0.2321744, 0.0963886]
    np.testing.assert_allclose(weights, expected, atol=5e-8)
    assert weights.sum() == pytest.approx(0.7791896, abs=5e-8)  # R squared, by the same source


def johnson(columns: np.ndarray, outcome: np.ndarray) -> np.ndarray:
    """Relative weights in Johnson's own words: singular values of the data, two regressions."""
    scores, outcome = columns - columns.mean(axis=0), outcome - outcome.mean()
    scores, outcome = (x / np.linalg.norm(x, axis=0) for x in (scores, outcome))
    left, _, right = np.linalg.svd(scores, full_matrices=False)
    closest = left @ right  # the uncorrelated variables closest to the scores
    coefficients = np.linalg.lstsq(closest, outcome, rcond=None)[0]
    loadings = np.linalg.lstsq(closest, scores, rcond=None)[0]
    return (loadings.T**2) @ coefficients**2


@pytest.mark.parametrize("seed", range(3))
def test_relative_weights_equal_their_definition_and_sum_to_r_squared(seed):
    random = np.random.default_rng(seed)
    data = random.normal(size=(60, 6)) @ random.normal(size=(6, 6))
    correlations = np.corrcoef(data, rowvar=False)
    weights = relative_weights(correlations[None], ((3, 0), (1,), (4, 2)))[0]
    single = johnson(data[:, :-1], data[:, -1])
    np.testing.assert_allclose(weights, [single[3] + single[0], single[1], single[4] + single[2]])
    fit = sm.OLS(data[:, -1], sm.add_constant(data[:, :-1])).fit()
    assert weights.sum() == pytest.approx(fit.rsquared, abs=1e-12)


@pytest.mark.parametrize("seed", range(3))
def test_relative_weights_of_two_terms_equal_lmg(seed):
    random = np.random.default_rng(seed)
    data = random.normal(size=(40, 3)) @ random.normal(size=(3, 3))
    gram, players = data.T @ data, ((0,), (1,))
    weights = relative_weights(unit(gram)[None], players)[0]
    np.testing.assert_allclose(weights, decompose(gram, players, random=random), atol=1e-12)


def test_relative_weights_share_alike_between_touchpoints_that_always_come_together():
    random = np.random.default_rng(0)
    data = (random.normal(size=(50, 3)) @ random.normal(size=(3, 3)))[:, [0, 1, 1, 2]]
    gram = unit(data.T @ data)
    weights = relative_weights(gram[None], ((0,), (1,), (2,)))[0]
    assert weights[1] == pytest.approx(weights[2], abs=1e-9)
    assert weights.sum() == pytest.approx(explained(gram, [0, 1]), abs=1e-9)


def test_a_term_that_is_gone_has_no_weight():
    gram = np.array([[1.0, 0.0, 0.6], [0.0, 0.0, 0.0], [0.6, 0.0, 1.0]])
    np.testing.assert_allclose(relative_weights(gram[None], ((0,), (1,))), [[0.36, 0.0]])


def residuals(values: np.ndarray, held: np.ndarray) -> np.ndarray:
    return values - held @ np.linalg.lstsq(held, values, rcond=None)[0]


def test_the_relative_weights_of_touchpoints_are_those_of_what_is_left_of_their_terms(tables):
    columns, outcome = dummies(*tables), tables[0]["overall"].to_numpy()
    held = columns[["const", "nothing"]].to_numpy()
    terms = columns.drop(columns=["const", "nothing"])
    single = johnson(residuals(terms.to_numpy(), held), residuals(outcome, held))
    expected = pd.Series(single, [name.split()[0] for name in terms]).groupby(level=0).sum()
    table = measure_impact(*tables, method="relative_weights").set_index("touchpoint")
    found = table["importance"][expected.index]
    np.testing.assert_allclose(found, expected / expected.sum(), atol=1e-10)


@pytest.mark.parametrize("controls", [[], ["city"]], ids=["alone", "with a control"])
def test_the_naive_importance_is_r_squared_of_each_touchpoint_alone(tables, controls):
    feedback, mentions = tables
    cities = np.array(["Łódź", "Gdańsk", "Kraków"])[np.arange(500) % 3]
    feedback = feedback.assign(city=cities, overall=feedback["overall"] + (cities == "Łódź"))
    columns, outcome = dummies(feedback, mentions), feedback["overall"].to_numpy()
    cities = pd.get_dummies(feedback["city"], dtype=float)[["Kraków", "Łódź"]]
    held = columns[["const"]].join(cities if controls else [])
    left = residuals(outcome, held.to_numpy())
    expected = {}
    for touchpoint in sorted(mentions["touchpoint"].unique()):
        pair = columns[[f"{touchpoint} negative", f"{touchpoint} positive"]].to_numpy()
        expected[touchpoint] = sm.OLS(left, residuals(pair, held.to_numpy())).fit().rsquared
    table = measure_impact(feedback, mentions, method="correlation", controls=controls)
    found = table.set_index("touchpoint")["importance"][list(expected)]
    shares = np.array(list(expected.values())) / sum(expected.values())
    np.testing.assert_allclose(found, shares, atol=1e-10)


def late_parcels(n: int = 4000) -> tuple[pd.DataFrame, pd.DataFrame]:
    """People call because the parcel is late; the call itself costs nothing."""
    random = np.random.default_rng(3)
    late, pricey = random.random(n) < 0.2, random.random(n) < 0.2
    called = np.where(late, random.random(n) < 0.6, random.random(n) < 0.02)
    outcome = 4 - 1.5 * late - 0.5 * pricey + random.normal(size=n) * 0.7
    return to_tables({"delivery": late, "call_centre": called, "price": pricey}, {}, outcome)


def test_the_naive_baseline_blames_the_call_centre_for_late_parcels_and_the_penalty_does_not():
    tables = late_parcels()
    naive = measure_impact(*tables, method="correlation").set_index("touchpoint")
    joint = measure_impact(*tables).set_index("touchpoint")
    call = joint.loc["call_centre"]
    assert call["penalty_low"] < 0 < call["penalty_high"]
    assert naive["importance"]["call_centre"] > 2 * naive["importance"]["price"]
    assert naive["importance_low"]["call_centre"] > call["importance_high"]


@pytest.mark.parametrize("method", ["relative_weights", "correlation"])
def test_a_method_fills_the_importance_alone_and_the_same_way_every_time(tables, method):
    before = [table.copy() for table in tables]
    table = measure_impact(*tables, method=method, random_state=3)
    assert table["importance"].sum() == pytest.approx(1)
    assert (table["importance_low"] <= table["importance"]).all()
    assert (table["importance"] < table["importance_high"]).all()
    assert table[["penalty", "reward", "prize", "role", "q_value"]].isna().all(axis=None)
    assert table["importance"].idxmax() == table["touchpoint"].eq("delivery").idxmax()
    for given, copy in zip(tables, before, strict=True):
        pd.testing.assert_frame_equal(given, copy)
    shuffled = [given.sample(frac=1, random_state=1) for given in tables]
    again = measure_impact(*shuffled, method=method, random_state=3)
    pd.testing.assert_frame_equal(table, again)


@pytest.mark.parametrize("method", ["relative_weights", "correlation"])
def test_a_touchpoint_without_a_term_that_can_be_told_has_no_importance(tables, method):
    feedback, mentions = tables
    rare = pd.DataFrame({"feedback_id": feedback["feedback_id"][:3], "touchpoint": "security"})
    mentions = pd.concat([mentions, rare.assign(sentiment="negative")])
    table = measure_impact(feedback, mentions, method=method).set_index("touchpoint")
    assert np.isnan(table["importance"]["security"])
    assert table["importance"].sum() == pytest.approx(1)


@pytest.mark.parametrize("method", [shapley, johnsons, correlation])
def test_a_weight_of_two_is_the_same_text_twice(tables, method):
    feedback, mentions = tables
    marks, outcome = mark_texts(feedback, mentions), feedback["overall"].to_numpy()
    times = np.random.default_rng(2).integers(0, 4, len(outcome))
    flags = (marks.mentioned, marks.negative, marks.positive)
    repeated = Marks(marks.touchpoints, *(np.repeat(flag, times, axis=0) for flag in flags))
    none = read_controls(feedback, [])
    weighted = build_design(marks, outcome, none, weights=times.astype(float))
    written_out = build_design(
        repeated, np.repeat(outcome, times), none.loc[np.repeat(none.index, times)]
    )
    found, expected = (
        method.estimate(design, random_state=0)["importance"] for design in (weighted, written_out)
    )
    np.testing.assert_allclose(found, expected, atol=1e-10)


def test_the_bootstrap_interval_is_as_wide_as_one_of_the_texts_themselves(tables):
    columns, outcome = dummies(*tables), tables[0]["overall"].to_numpy()
    held = columns[["const", "nothing"]].to_numpy()
    terms = columns.drop(columns=["const", "nothing"]).to_numpy()
    random, shares = np.random.default_rng(0), []
    for _ in range(400):
        rows = random.integers(0, len(outcome), len(outcome))
        left = [residuals(values[rows], held[rows]) for values in (terms, outcome)]
        weights = johnson(*left)
        shares.append(weights[:2].sum() / weights.sum())
    table = measure_impact(*tables, method="relative_weights").set_index("touchpoint")
    width = (table["importance_high"] - table["importance_low"])["delivery"]
    assert width == pytest.approx(2 * 1.96 * np.std(shares), rel=0.2)


def test_shapley_is_exact_for_twenty_touchpoints_and_sampled_orders_know_their_error():
    random = np.random.default_rng(5)
    data = random.normal(size=(300, 41)) @ (np.eye(41) + 0.3 * random.normal(size=(41, 41)))
    gram, players = data.T @ data, tuple((2 * i, 2 * i + 1) for i in range(20))
    exact, again = (decompose(gram, players, random=np.random.default_rng(i)) for i in range(2))
    assert np.array_equal(exact, again)  # no chance in it
    gains, error = shapley._decompose(unit(gram), players, random=random, exact=19)
    assert 0 < error.max() < 0.005
    assert np.abs((gains - exact) / error).max() < 4
    assert np.sqrt(np.mean(((gains - exact) / error) ** 2)) == pytest.approx(1, abs=0.4)


def test_an_unknown_method_is_answered_with_the_known_ones(tables):
    with pytest.raises(ImpactError, match="Did you mean 'relative_weights'"):
        measure_impact(*tables, method="relative_weight")
