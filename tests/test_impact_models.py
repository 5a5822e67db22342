"""The models of the outcome against statsmodels, brute force and known truth."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
import statsmodels.api as sm
from scipy.special import expit, stdtrit
from statsmodels.miscmodels.ordinal_model import OrderedModel
from statsmodels.tools.numdiff import approx_fprime_cs, approx_hess_cs

from tests.impact_cases import NAMES, quiet, to_tables
from tests.test_impact_oracles import dummies
from tpfeedback.errors import ImpactError
from tpfeedback.impact import available_models, measure_impact
from tpfeedback.impact.controls import read_controls
from tpfeedback.impact.design import build_design
from tpfeedback.impact.discrete_change import average_changes, change, read_switches
from tpfeedback.impact.likelihood import fit_cumulative, read_sample
from tpfeedback.impact.marks import mark_texts
from tpfeedback.impact.models import load_model, prepare_outcome
from tpfeedback.impact.sandwich import build_sandwich


def design_of(feedback, mentions, **options):
    marks = mark_texts(feedback, mentions)
    outcome = feedback["overall"].to_numpy(dtype=float)
    return build_design(marks, outcome, read_controls(feedback, []), **options)


def names_of(design):
    named = {"texts that name nothing": "nothing"}
    terms = [f"{term.touchpoint} {term.sentiment}" for term in design.terms]
    return [named.get(name, name) for name in design.held[1:]] + terms


def plain_covariance(design, fit):
    sandwich = build_sandwich(fit, design.weight, jackknife=False)
    return design.covary(sandwich.influences(np.eye(len(fit.parameters))))


def logit(tables, names, **options):
    return sm.Logit(tables[0]["overall"], dummies(*tables)[["const", *names]]).fit(
        method="newton", tol=1e-14, disp=0, **options
    )


CLUSTERS, WEIGHTS = np.arange(500) // 3, np.random.default_rng(0).choice([0.5, 1.0, 3.0], 500)


@pytest.mark.parametrize("clusters", [None, CLUSTERS])
def test_binary_logit_equals_statsmodels(happy, clusters):
    design = design_of(*happy, clusters=clusters)
    assert len(design.count) < design.rated  # equal texts were put together
    fit, names = fit_cumulative(read_sample(design)), names_of(design)
    kind = {"cov_type": "cluster", "cov_kwds": {"groups": clusters}}
    oracle = logit(happy, names, **({"cov_type": "HC0"} if clusters is None else kind))
    np.testing.assert_allclose(fit.parameters[1:], oracle.params[names], atol=1e-8)
    assert fit.parameters[0] == pytest.approx(-oracle.params["const"], abs=1e-8)
    expected = oracle.cov_params().loc[names, names]
    np.testing.assert_allclose(plain_covariance(design, fit)[1:, 1:], expected, atol=1e-8)


def test_binary_logit_with_survey_weights_equals_statsmodels(happy):
    design = design_of(*happy, weights=WEIGHTS)
    fit, names = fit_cumulative(read_sample(design)), names_of(design)
    oracle = sm.GLM(
        happy[0]["overall"], dummies(*happy)[["const", *names]], family=sm.families.Binomial(),
        var_weights=WEIGHTS / WEIGHTS.mean(),
    ).fit(tol=1e-14, cov_type="HC0")  # fmt: skip
    np.testing.assert_allclose(fit.parameters[1:], oracle.params[names], atol=1e-8)
    expected = oracle.cov_params().loc[names, names]
    np.testing.assert_allclose(plain_covariance(design, fit)[1:, 1:], expected, atol=1e-8)


def test_effects_of_the_binary_logit_equal_the_average_marginal_effects_of_statsmodels(happy):
    design = design_of(*happy)
    terms = names_of(design)[-len(design.terms) :]
    margins = logit(happy, names_of(design), cov_type="HC0").get_margeff(dummy=True)
    expected = margins.summary_frame().loc[terms]
    np.testing.assert_allclose(average_changes(design).values, expected["dy/dx"], atol=1e-8)
    sample = read_sample(design)
    fit = fit_cumulative(sample)
    steps = [change(sample, fit, switch)[1][:, 0] for switch in read_switches(design)]
    errors = np.sqrt(np.diag(np.array(steps) @ plain_covariance(design, fit) @ np.array(steps).T))
    np.testing.assert_allclose(errors, expected["Std. Err."], atol=1e-8)


@pytest.fixture(scope="module")
def ordered(stars):
    """Return the columns and statsmodels' fit; from afar its numeric slopes take minutes."""
    design = design_of(*stars)
    near, columns = fit_cumulative(read_sample(design)).parameters + 0.02, dummies(*stars)
    columns, cuts = columns[names_of(design)], len(near) - len(names_of(design))
    model = OrderedModel(stars[0]["overall"], columns, distr="logit")
    start = np.concatenate([near[cuts:], near[:1], np.log(np.diff(near[:cuts]))])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that the last step, at the maximum, gains nothing
        return columns, model.fit(method="newton", start_params=start, disp=0, tol=1e-13, maxiter=8)


def test_ordered_logit_equals_statsmodels(stars, ordered):
    design = design_of(*stars)
    fit, names = fit_cumulative(read_sample(design)), names_of(design)
    columns, oracle = ordered
    cuts = oracle.model.transform_threshold_params(oracle.params.to_numpy())[1:-1]
    expected = np.append(cuts, oracle.params[names])
    np.testing.assert_allclose(fit.parameters, expected, atol=1e-8)
    place = stars[0]["overall"].to_numpy(dtype=int) - 1

    def likelihood(parameters):
        walls = np.concatenate([[-60.0], parameters[: len(cuts)], [60.0]])
        linear = columns[names].to_numpy() @ parameters[len(cuts) :]
        below, above = (1 / (1 + np.exp(linear - walls[place + i])) for i in (0, 1))
        return np.log(above - below)

    # statsmodels differentiates by finite differences; complex steps are exact to 1e-10.
    scores = approx_fprime_cs(expected, likelihood)
    inverse = np.linalg.inv(approx_hess_cs(expected, lambda p: likelihood(p).sum()))
    covariance = inverse @ scores.T @ scores @ inverse
    np.testing.assert_allclose(plain_covariance(design, fit), covariance, atol=1e-8)


def test_effects_and_prizes_of_the_ordered_logit_equal_brute_force(stars, ordered):
    columns, oracle = ordered
    design = design_of(*stars)
    effects = average_changes(design)

    def mean(**switched):
        return oracle.predict(columns.assign(**switched)).to_numpy() @ np.arange(1, 6)

    for i, name in enumerate(names_of(design)[-len(design.terms) :]):
        on, off = mean(**{name: 1.0}), mean(**{name: 0.0})
        assert effects.values[i] == pytest.approx((on - off).mean(), abs=1e-7)
        assert effects.prizes[i] == pytest.approx((off - mean()).mean(), abs=1e-7)


@pytest.mark.parametrize("policy", ["baseline", "observed", "imputed"])
def test_gradients_equal_numeric_differentiation(stars, policy):
    design = design_of(*stars, policy=policy, weights=WEIGHTS)
    sample = read_sample(design)
    fit = fit_cumulative(sample)

    def averages(parameters, switch):
        gains, _ = change(sample, type(fit)(**{**vars(fit), "parameters": parameters}), switch)
        return sample.mass @ gains / sample.mass.sum()

    moves = 1e-6 * np.eye(len(fit.parameters))
    for switch in read_switches(design)[:4]:
        numeric = [
            (averages(fit.parameters + m, switch) - averages(fit.parameters - m, switch)) / 2e-6
            for m in moves
        ]
        np.testing.assert_allclose(change(sample, fit, switch)[1], numeric, atol=1e-8)


@pytest.mark.parametrize("tables", ["happy", "stars"])
def test_the_influence_of_a_text_is_one_newton_step_without_it(tables, request):
    design = design_of(*request.getfixturevalue(tables), weights=WEIGHTS)
    fit = fit_cumulative(read_sample(design))
    influences = build_sandwich(fit, design.weight, jackknife=True).influences(
        np.eye(len(fit.parameters))
    )
    for row in range(0, len(design.count), 7):
        pair = np.vstack([fit.walls.upper[row].toarray(), fit.walls.lower[row].toarray()])
        s = fit.slopes
        bend = np.array(
            [[s.bend_upper[row], s.bend_both[row]], [s.bend_both[row], s.bend_lower[row]]]
        )
        score = pair.T @ [s.upper[row], s.lower[row]] * design.weight[row]
        rest = fit.information - design.weight[row] * pair.T @ bend @ pair
        np.testing.assert_allclose(influences[row], np.linalg.solve(rest, score), atol=1e-10)


@pytest.mark.parametrize("classes", [2, 4])
def test_intervals_of_effects_and_prizes_cover_the_truth(classes):
    slopes = {"negative": (-1.5, -0.6, 0.0, -0.3), "positive": (0.1, 0.0, 0.8, 0.3)}
    cuts = np.array([0.0, -1.5, 1.5][: classes - 1])

    def draw(n, seed):
        random = np.random.default_rng(seed)
        flags = {k: random.random((n, 4)) < (0.2, 0.1, 0.15, 0.05) for k in slopes}
        linear = sum(flags[k] @ slopes[k] for k in slopes)
        return flags, linear, linear + random.logistic(size=n)

    flags, linear, _ = draw(200_000, 999)
    truth = {}
    for kind, values in slopes.items():
        for i, name in enumerate(NAMES):
            off = linear - flags[kind][:, i] * values[i]
            gain = (expit(off[:, None] + values[i] - cuts) - expit(off[:, None] - cuts)).sum(axis=1)
            truth[name, kind] = gain.mean(), -(gain * flags[kind][:, i]).mean()
    hits = []
    for seed in range(60):
        flags, _, latent = draw(300, seed)
        named = ({n: f[:, i] for i, n in enumerate(NAMES)} for f in flags.values())
        design = design_of(*to_tables(*named, (latent[:, None] > cuts).sum(axis=1)))
        effects = average_changes(design)
        goal = np.array([truth[term.touchpoint, term.sentiment] for term in design.terms]).T
        error = np.abs(np.array([effects.values, effects.prizes]) - goal)
        variance = np.array([np.diag(effects.covariance), effects.prize_variance])
        hits.append(error < stdtrit(effects.degrees, 0.975) * np.sqrt(variance))
    # Three Monte-Carlo errors of 60 x 8 intervals, of which those of one run hang together.
    assert 0.95 - 0.030 < np.mean(hits, axis=(0, 2))[0] < 0.985
    assert 0.95 - 0.030 < np.mean(hits, axis=(0, 2))[1] < 0.995


def test_an_ordered_logit_of_two_classes_is_the_binary_logit_in_units_of_the_outcome(happy):
    feedback, mentions = happy
    far = feedback.assign(overall=1 + 4 * feedback["overall"])
    one, two = (
        load_model(model)(design_of(table, mentions))
        for model, table in (("binary_logit", feedback), ("ordered_logit", far))
    )
    np.testing.assert_allclose(two.values, 4 * one.values, atol=1e-9)
    np.testing.assert_allclose(two.prize_variance, 16 * one.prize_variance, atol=1e-9)


def test_nps_equals_least_squares_on_promoters_and_detractors(stars):
    feedback, mentions = stars
    answers = feedback["overall"].to_numpy() * 2
    points = np.select([answers >= 9, answers <= 6], [100.0, -100.0], 0.0)
    assert (prepare_outcome("nps", answers, name="recommend") == points).all()
    table = measure_impact(feedback.assign(overall=answers), mentions, model="nps")
    oracle = sm.OLS(points, dummies(*stars)).fit(cov_type="HC3")
    expected = oracle.params[[f"{name} negative" for name in table["touchpoint"]]]
    np.testing.assert_allclose(table["penalty"], expected, atol=1e-8)


@pytest.mark.parametrize(
    ("model", "values", "advice"),
    [
        ("binary_logit", [1, 2, 3], r"has 3 values \(1, 2, 3\).*needs two.*overall >= 4"),
        ("ordered_logit", np.arange(31), "31 different values.*at most 30.*Round it"),
        ("nps", [0, 11], "holds 11.*answers from 0 to 10.*Name the column"),
        ("nps", [-1, 9], "holds -1.*answers from 0 to 10"),
        ("nps", [7.5, 9], "holds 7.5.*whole numbers"),
        ("nps", [1, 5, 3], "highest answer.*is 5.*all are detractors.*shorter one"),
        ("logit", [0, 1], "Unknown model 'logit'.*binary_logit"),
    ],
)
def test_an_outcome_that_does_not_fit_the_model_is_refused_with_advice(model, values, advice):
    outcome = np.array([*values, np.nan], dtype=float)
    with pytest.raises(ImpactError, match=advice):
        prepare_outcome(model, outcome, name="overall")


@pytest.mark.parametrize("model", available_models())
def test_every_model_cites_its_source_and_fills_the_impact_table(model, happy):
    assert any(c.isdigit() for c in load_model(model).__doc__ or "")
    feedback = happy[0].assign(overall=happy[0]["overall"] * 10)
    table = quiet(measure_impact, feedback, happy[1], model=model).set_index("touchpoint")
    assert table.loc["delivery", "penalty_high"] < 0 < table.loc["delivery", "prize_low"]
