"""The numbers of measure_impact against independent ways to compute them."""

from __future__ import annotations

from itertools import combinations
from math import comb

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from statsmodels.stats.multitest import multipletests

from tests.impact_cases import simulate
from tpfeedback.impact import measure_impact
from tpfeedback.impact.controls import read_controls
from tpfeedback.impact.design import build_design
from tpfeedback.impact.hc3 import fit_hc3
from tpfeedback.impact.marks import mark_texts
from tpfeedback.impact.methods.shapley import decompose
from tpfeedback.impact.outcome import read_outcome
from tpfeedback.impact.roles import likely_role, role_probabilities
from tpfeedback.tables import ROLES


def dummies(feedback: pd.DataFrame, mentions: pd.DataFrame) -> pd.DataFrame:
    """Build the columns of the default regression with pandas alone."""
    columns = {}
    for touchpoint in sorted(mentions["touchpoint"].unique()):
        own = mentions[mentions["touchpoint"] == touchpoint]
        for sentiment in ("negative", "positive"):
            chosen = own[own["sentiment"].isin([sentiment, "mixed"])]["feedback_id"]
            columns[touchpoint, sentiment] = feedback["feedback_id"].isin(chosen).astype(float)
    table = pd.DataFrame(columns)
    table.columns = [f"{touchpoint} {sentiment}" for touchpoint, sentiment in columns]
    table["nothing"] = (~feedback["feedback_id"].isin(mentions["feedback_id"])).astype(float)
    return sm.add_constant(table)


def design_of(feedback, mentions, controls=()):
    marks = mark_texts(feedback, mentions)
    outcome, _ = read_outcome(feedback, "overall")
    return build_design(marks, outcome, read_controls(feedback, controls))


@pytest.fixture(scope="module")
def tables():
    feedback, mentions = simulate(500)
    return feedback.assign(overall=feedback["overall"].round().clip(1, 5)), mentions


@pytest.fixture(scope="module")
def oracle(tables):
    return sm.OLS(tables[0]["overall"], dummies(*tables)).fit(cov_type="HC3")


def test_coefficients_and_hc3_covariance_equal_statsmodels(tables, oracle):
    design = design_of(*tables)
    assert len(design.count) < design.rated  # equal texts were put together
    fit = fit_hc3(design)
    names = [f"{term.touchpoint} {term.sentiment}" for term in design.terms]
    first = len(design.held)
    np.testing.assert_allclose(fit.coefficients[first:], oracle.params[names], atol=1e-8)
    covariance = oracle.cov_params().loc[names, names]
    np.testing.assert_allclose(fit.covariance[first:, first:], covariance, atol=1e-8)


def test_controls_equal_the_dummies_of_statsmodels(tables):
    feedback, mentions = tables
    feedback = feedback.assign(city=np.array(["Łódź", "Gdańsk", "Kraków"])[np.arange(500) % 3])
    fit = fit_hc3(design := design_of(feedback, mentions, ["city"]))
    cities = pd.get_dummies(feedback["city"], dtype=float).iloc[:, 1:]
    columns = dummies(feedback, mentions).join(cities)
    expected = sm.OLS(feedback["overall"], columns).fit(cov_type="HC3")
    place = design.names.index("complaints about delivery")
    assert fit.coefficients[place] == pytest.approx(expected.params["delivery negative"], abs=1e-8)
    assert np.sqrt(fit.covariance[place, place]) == pytest.approx(
        expected.bse["delivery negative"], abs=1e-8
    )


def test_degrees_of_freedom_equal_those_of_the_full_matrix(tables):
    design = design_of(*tables)
    columns = np.repeat(design.columns.toarray(), design.count.astype(int), axis=0)
    inverse = np.linalg.inv(columns.T @ columns)
    maker = np.eye(len(columns)) - columns @ inverse @ columns.T
    degrees = []
    for load in (columns @ inverse).T:
        matrix = maker @ np.diag((load / np.diag(maker)) ** 2) @ maker
        degrees.append(np.trace(matrix) ** 2 / (matrix**2).sum())
    np.testing.assert_allclose(fit_hc3(design).degrees, degrees, rtol=1e-8)


def test_a_term_in_five_texts_has_about_four_degrees_of_freedom():
    feedback, mentions = simulate(400)
    few = pd.DataFrame({"feedback_id": feedback["feedback_id"][:5], "touchpoint": "security"})
    design = design_of(feedback, pd.concat([mentions, few.assign(sentiment="negative")]))
    place = design.names.index("complaints about security")
    assert 3 < fit_hc3(design).degrees[place] < 5


def test_q_values_equal_statsmodels(tables, oracle):
    from scipy.stats import f as f_distribution

    design = design_of(*tables)
    fit = fit_hc3(design)
    chances = []
    for touchpoint in design.touchpoints:
        pair = [f"{touchpoint} negative", f"{touchpoint} positive"]
        places = [design.names.index(f"{kind} {touchpoint}")
                  for kind in ("complaints about", "praise of")]  # fmt: skip
        selector = np.array([[name == wanted for name in oracle.params.index] for wanted in pair])
        statistic = oracle.wald_test(selector.astype(float), use_f=True, scalar=True).statistic
        chances.append(f_distribution.sf(statistic, 2, fit.degrees[places].min()))
    table = measure_impact(*tables).set_index("touchpoint")
    expected = multipletests(chances, method="fdr_bh")[1]
    np.testing.assert_allclose(table["q_value"][list(design.touchpoints)], expected, atol=1e-10)


def test_the_interval_of_the_prize_equals_a_bootstrap_of_texts(tables):
    feedback, _ = tables
    columns, outcome = dummies(*tables), feedback["overall"].to_numpy()
    place = list(columns).index("delivery negative")
    values, random = columns.to_numpy(), np.random.default_rng(0)
    prizes = []
    for _ in range(600):
        rows = random.integers(0, len(outcome), len(outcome))
        beta = np.linalg.lstsq(values[rows], outcome[rows], rcond=None)[0]
        prizes.append(-beta[place] * values[rows, place].mean())
    table = measure_impact(*tables).set_index("touchpoint").loc["delivery"]
    half = (table["prize_high"] - table["prize_low"]) / 2
    assert half == pytest.approx(1.96 * np.std(prizes), rel=0.1)


def test_lmg_of_the_swiss_data_equals_the_published_values_of_relaimpo():
    # Correlations of R's `swiss`: Agriculture, Examination, Education, Catholic,
    # Infant.Mortality and, last, Fertility, the outcome; values from relaimpo's calc.relimp.
    upper = [
        -0.68654221, -0.63952252, 0.40109505, -0.06085861, 0.35307918,
        0.6984153, -0.57274181, -0.1140216, -0.64588271,
        -0.15385892, -0.09932185, -0.66378886,
        0.17549591, 0.4636847,
        0.41655603,
    ]  # fmt: skip
    gram = np.eye(6)
    gram[np.triu_indices(6, 1)] = upper
    gram = np.maximum(gram, gram.T) + np.minimum(gram, gram.T) - np.eye(6)
    players = tuple((i,) for i in range(5))
    gains = decompose(gram, players, random=np.random.default_rng(0))
    np.testing.assert_allclose(gains, [0.0571, 0.1712, 0.2601, 0.1056, 0.1128], atol=5e-5)


def explained(gram: np.ndarray, columns: list[int]) -> float:
    if not columns:
        return 0.0
    block, with_outcome = gram[np.ix_(columns, columns)], gram[columns, -1]
    return float(with_outcome @ np.linalg.pinv(block, hermitian=True) @ with_outcome / gram[-1, -1])


def brute_force(gram: np.ndarray, players: tuple[tuple[int, ...], ...]) -> np.ndarray:
    """Shapley's value from its definition, over all subsets."""
    gains = np.zeros(len(players))
    for i, own in enumerate(players):
        others = [player for player in players if player != own]
        for size in range(len(others) + 1):
            for chosen in combinations(others, size):
                columns = [column for player in chosen for column in player]
                gain = explained(gram, [*columns, *own]) - explained(gram, columns)
                gains[i] += gain / comb(len(others), size) / len(players)
    return gains


@pytest.mark.parametrize(
    "players",
    [((0,), (1,)), ((0, 1), (2,), (3, 4)), ((4, 0), (1,), (2, 5), (3,)), ((0, 1, 2),)],
    ids=str,
)
@pytest.mark.parametrize("seed", [0, 1])
def test_shapley_equals_brute_force_over_all_subsets(players, seed):
    random = np.random.default_rng(seed)
    width = 1 + sum(map(len, players))
    data = random.normal(size=(40, width)) @ random.normal(size=(width, width))
    gram = data.T @ data
    expected = brute_force(gram, players)
    np.testing.assert_allclose(decompose(gram, players, random=random), expected, atol=1e-10)
    sampled = decompose(gram, players, random=random, exact=0)
    np.testing.assert_allclose(sampled, expected, atol=0.02)
    assert sampled.sum() == pytest.approx(expected.sum(), abs=1e-8)


def test_shapley_splits_a_repeated_touchpoint_in_half():
    random = np.random.default_rng(0)
    data = random.normal(size=(50, 3)) @ random.normal(size=(3, 3))
    data = data[:, [0, 1, 1, 2]]
    players = ((0,), (1,), (2,))
    for exact in (0, 16):
        gains = decompose(data.T @ data, players, random=random, exact=exact)
        assert gains[1] == pytest.approx(gains[2], abs=0.005)
        assert gains.sum() == pytest.approx(explained(data.T @ data, [0, 1]), abs=1e-6)


@pytest.mark.parametrize(
    ("effects", "role"),
    [
        ((-1.5, 0.1), "basic"),
        ((-1.0, 0.9), "performance"),
        ((0.05, 1.2), "excitement"),
        ((-0.05, 0.05), "minor"),
        ((0.8, -0.3), "minor"),
    ],
)
def test_the_role_follows_the_asymmetry_of_penalty_and_reward(effects, role):
    covariance = np.eye(2) * 0.05**2
    assert likely_role(role_probabilities(np.array(effects), covariance, spread=1.0)) == role


def test_the_probabilities_of_roles_equal_a_simulation():
    effects, covariance = np.array([-0.5, 0.2]), np.array([[0.09, -0.03], [-0.03, 0.04]])
    points = np.random.default_rng(0).multivariate_normal(effects, covariance, 200_000)
    loss, gain = -points[:, 0], points[:, 1]
    minor = (loss < 0.2) & (gain < 0.2)
    chances = role_probabilities(effects, covariance, spread=1.0)
    assert sum(chances.values()) == pytest.approx(1)
    assert chances["minor"] == pytest.approx(minor.mean(), abs=0.005)
    assert chances["basic"] == pytest.approx((~minor & (loss > 2 * gain)).mean(), abs=0.005)
    assert chances["excitement"] == pytest.approx((~minor & (gain > 2 * loss)).mean(), abs=0.005)


def test_no_role_is_named_where_nothing_can_be_said():
    wide = np.eye(2) * 4.0
    assert likely_role(role_probabilities(np.array([-0.3, 0.3]), wide, spread=1.0)) is None
    assert likely_role(dict.fromkeys(ROLES, np.nan)) is None
