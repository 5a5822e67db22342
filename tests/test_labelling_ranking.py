"""Labels chosen for the ranking: what each is worth, and what that brings, simulated."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest
from scipy.integrate import quad
from scipy.stats import norm

from tests.labelling_cases import label, survey
from tpfeedback.errors import TpfeedbackWarning
from tpfeedback.impact import measure_impact
from tpfeedback.labelling import sample_for_labelling
from tpfeedback.labelling.advice import tell_sample
from tpfeedback.labelling.influence import Fitted, loss_weights, weigh_labels
from tpfeedback.labelling.mark_errors import Checked, wrong_marks
from tpfeedback.labelling.ranking import Wish

# --- what a label is worth


def fit_of(marks, outcome) -> Fitted:
    nothing = ~marks.any(axis=1)
    columns = np.column_stack([np.ones(len(marks)), nothing, marks]).astype(float)
    inverse = np.linalg.inv(columns.T @ columns)
    coefficients = inverse @ columns.T @ outcome
    return Fitted(
        columns=columns,
        inverse=inverse,
        residual=outcome - columns @ coefficients,
        coefficients=coefficients,
        shares=marks.mean(axis=0),
        nothing=1,
        named=marks.sum(axis=1).astype(float),
    )


def prizes_of(marks, outcome, weight):
    """Prizes by weighted least squares."""
    nothing = ~marks.any(axis=1)
    columns = np.column_stack([np.ones(len(marks)), nothing, marks]).astype(float)
    gram = (columns * weight[:, None]).T @ columns
    effects = np.linalg.solve(gram, columns.T @ (weight * outcome))[2:]
    return -effects * (weight @ marks / weight.sum())


@pytest.fixture(scope="module")
def world():
    random = np.random.default_rng(0)
    marks = random.random((400, 3)) < [0.2, 0.15, 0.3]
    outcome = 4 + marks @ [-1.2, -1.0, -0.4] + random.normal(size=400)
    return marks, outcome


def test_what_a_text_adds_is_the_change_of_the_prizes_by_its_weight(world):
    marks, outcome = world
    fitted, even, step = fit_of(marks, outcome), np.ones(400), 1e-5
    for row in (0, 7, 123):
        weight = even + step * (np.arange(400) == row)
        moved = (prizes_of(marks, outcome, weight) - prizes_of(marks, outcome, even)) / step
        np.testing.assert_allclose(influence(fitted, row), moved[:2] - moved[1:], rtol=1e-3)


def test_without_errors_of_the_tagger_a_label_tells_nothing_new(world):
    fitted = fit_of(*world)
    worth = weigh_labels(fitted, np.full((400, 3), 1e-12), [(0, 1), (1, 2)])
    assert worth.label == pytest.approx(0, abs=1e-9)
    whole = sum(influence(fitted, row) ** 2 for row in range(400))
    np.testing.assert_allclose(worth.all, whole)


def influence(fitted, row):
    """What one text adds to the error of the differences, written out."""
    x, residual = fitted.columns[row], fitted.residual[row]
    effects, marks = fitted.coefficients[2:], x[2:]
    own = -(fitted.shares * (fitted.inverse @ x)[2:] * residual
            + effects * (marks - fitted.shares) / len(fitted.columns))  # fmt: skip
    return own[:2] - own[1:]


def test_the_expectation_is_that_over_the_marks_a_text_may_truly_have(world):
    marks, outcome = world
    fitted = fit_of(marks, outcome)
    wrong = np.zeros((400, 3)) + 1e-12
    wrong[:, 0] = 0.25
    worth = weigh_labels(fitted, wrong, [(0, 1)])

    def turned(row):
        x = fitted.columns[row].copy()
        x[2] = 1 - x[2]
        x[1] = float(not x[2:].any())
        residual = outcome[row] - x @ fitted.coefficients
        effects = fitted.coefficients[2:]
        own = -(fitted.shares * (fitted.inverse @ x)[2:] * residual
                + effects * (x[2:] - fitted.shares) / 400)  # fmt: skip
        return own[0] - own[1]

    base = np.array([influence(fitted, row)[0] for row in range(400)])
    other = np.array([turned(row) for row in range(400)])
    mean, square = 0.75 * base + 0.25 * other, 0.75 * base**2 + 0.25 * other**2
    tuning = np.clip((mean * base).sum() / (base**2).sum(), 0, 1)
    expected = square - 2 * tuning * mean * base + tuning**2 * base**2
    np.testing.assert_allclose(worth.label[:, 0], expected, rtol=1e-6, atol=1e-12)
    assert worth.all[0] == pytest.approx(square.sum())


@pytest.mark.parametrize(("gap", "error"), [(0.0, 0.3), (0.2, 0.3), (0.5, 0.1)])
def test_pairs_weigh_by_what_less_variance_takes_off_the_expected_loss(gap, error):
    def loss(variance):
        spread = np.sqrt(variance)
        return quad(lambda x: max(-x, 0) * norm.pdf(x, gap, spread), gap - 12 * spread, 0)[0]

    step = 1e-4 * error**2
    slope = (loss(error**2 + step) - loss(error**2 - step)) / (2 * step)
    found = loss_weights(np.array([gap]), np.array([error**2]))[0]
    assert found == pytest.approx(slope, rel=0.02, abs=1e-5)


def test_a_badly_rated_text_without_complaint_has_probably_one_more():
    silent = np.zeros((3, 1), dtype=bool)
    silent = np.vstack([silent, np.ones((1, 1), dtype=bool)])
    wrong = wrong_marks(silent, np.full((4, 1), 0.9), np.array([-1.0]), np.array([-2, 0, 2, 0.0]))
    assert wrong[0, 0] > wrong[1, 0] > wrong[2, 0]
    unrated = wrong_marks(silent, np.full((4, 1), 0.9), np.array([-1.0]), np.full(4, np.nan))
    assert len(np.unique(unrated[:3])) == 1


def test_labels_correct_what_is_assumed_of_the_tagger():
    random = np.random.default_rng(0)
    predicted = random.random((4000, 1)) < 0.2
    none = np.zeros(1), np.zeros(4000)
    sure = np.full((4000, 1), 0.9)
    right = Checked(np.arange(4000) < 2000, predicted[:2000], np.ones(2000))
    poor = Checked(right.rows, predicted[:2000] | (random.random((2000, 1)) < 0.4), right.weight)
    plain, good, bad = (
        wrong_marks(predicted, sure, *none, checked=one) for one in (None, right, poor)
    )
    silent = ~predicted[:, 0]
    assert good[silent].mean() < 0.3 * plain[silent].mean()
    assert bad[silent].mean() == pytest.approx(0.4, abs=0.03)
    assert good[~silent].mean() < plain[~silent].mean()


# --- when more labels change nothing


def pairs(**columns) -> Wish:
    table = pd.DataFrame({"touchpoint": ["delivery", "price"], "next": ["price", "staff"],
                          "error_expected": 0.1, "error_random": 0.2, **columns})  # fmt: skip
    return Wish(np.ones(3), table)


def told(wish):
    return [note.key for note in tell_sample("ranking", wish, texts=10, whole=99)[1:]]


def test_it_is_told_when_the_labels_have_settled_the_order():
    wish = pairs(difference=[0.5, 0.3], error=[0.1, 0.1], error_all=[0.05, 0.05])
    assert told(wish) == ["ranking_settled"]
    assert "delivery, price, staff" in tell_sample("ranking", wish, texts=10, whole=99)[1]


def test_it_is_told_which_pairs_labels_alone_can_never_settle():
    wish = pairs(difference=[0.5, 0.03], error=[0.3, 0.3], error_all=[0.05, 0.05])
    assert told(wish) == ["ranking_open", "ranking_never"]
    assert "price and staff" in tell_sample("ranking", wish, texts=10, whole=99)[2]


def test_without_labels_nothing_is_settled_and_nothing_given_up():
    wish = pairs(difference=[9.0, 0.01], error=np.nan, error_all=[0.05, 0.05])
    assert told(wish) == ["ranking_open"]


def test_the_order_of_a_clear_case_is_settled_by_enough_labels():
    feedback, seen, truth = survey(3000)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", TpfeedbackWarning)
        first = label(sample_for_labelling(feedback, seen, n=2800), truth)
        sample = sample_for_labelling(
            feedback, seen, n=100, strategy="ranking", labels=first, top=1
        )
    assert sample.pairs["error"].notna().all()
    assert "More labels would not change it" in sample.notes[1] or "ranking_open" in [
        note.key for note in sample.notes
    ]


# --- what it brings (see benchmarks/labelling.py for more)

TRUTH = {"delivery": 0.24, "price": 0.18, "product": 0.12}


def prizes(strategy, run, n=200):
    """Return prize, low and high of the first three touchpoints."""
    feedback, seen, truth = survey(1500, seed=run)
    if strategy == "two":
        first = label(sample_for_labelling(feedback, seen, n=n // 2, random_state=run), truth)
        sample = sample_for_labelling(
            feedback, seen, n=n // 2, strategy="ranking", labels=first, random_state=run
        )
    else:
        sample = sample_for_labelling(feedback, seen, n=n, strategy=strategy, random_state=run)
    table = measure_impact(feedback, seen, labels=label(sample, truth)).set_index("touchpoint")
    return table.loc[list(TRUTH), ["prize", "prize_low", "prize_high"]].to_numpy(dtype=float)


@pytest.fixture(scope="module")
def simulated():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", TpfeedbackWarning)
        return {way: np.stack([prizes(way, run) for run in range(20)])
                for way in ("random", "ranking", "two")}  # fmt: skip


@pytest.mark.parametrize("way", ["random", "ranking", "two"])
def test_intervals_hold_the_truth_however_the_texts_were_drawn(simulated, way):
    value, low, high = np.moveaxis(simulated[way], 2, 0)
    truth = np.array(list(TRUTH.values()))
    inside = (low <= truth) & (truth <= high)
    assert inside.mean() > 0.9
    error = value.std(axis=0) / np.sqrt(len(value))
    assert (np.abs(value.mean(axis=0) - truth) < 4 * error).all()


def test_labels_for_the_ranking_make_the_top_surer_than_as_many_random_ones(simulated):
    widths = {way: np.mean(found[:, :, 2] - found[:, :, 1]) for way, found in simulated.items()}
    assert widths["ranking"] < widths["two"] < widths["random"]
    assert widths["ranking"] < 0.92 * widths["random"]


def test_the_benchmark_measures_every_way(load_benchmark):
    benchmark = load_benchmark("labelling")
    table = benchmark.summarize([benchmark.run_once((run, 800, 200)) for run in range(2)])
    assert list(table.index) == ["random", "ranking", "two rounds"]
    assert table["covered"].between(0.7, 1).all()
    assert (table.loc["random", ["width", "error", "gap", "kept"]] == 1).all()
