"""Effects corrected with hand labels: as honest as the labels, narrower by the tagger."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy.special import stdtrit

from tests.impact_cases import NAMES, simulate
from tpfeedback.impact.correction import corrected_effects, labels_table
from tpfeedback.impact.design import Term
from tpfeedback.impact.labels import Labels, match_labels
from tpfeedback.impact.marks import Marks, mark_texts
from tpfeedback.impact.power_tuning import fit_rows, fit_tuned, shares_tuned, take_sample

PENALTIES, SHARES = np.array([-1.5, -0.6, 0.0, -0.3]), np.array([0.2, 0.1, 0.15, 0.05])
RUNS = 120
TERMS = [Term(name, kind, 0.1) for name in NAMES for kind in ("negative", "positive")]


def tag(truth: Marks, random: np.random.Generator) -> Marks:
    """Make a tagger's mistakes: recall .75, precision .85, 8 % of the polarities flipped."""
    shape, share = truth.mentioned.shape, truth.mentioned.mean(axis=0)
    found = truth.mentioned & (random.random(shape) < 0.75)
    flipped = random.random(shape) < 0.08
    invented = share * 0.75 * 0.15 / 0.85 / (1 - share)
    wrong = ~truth.mentioned & (random.random(shape) < invented)
    bad = random.random(shape) < 0.5
    negative = found & np.where(flipped, truth.positive, truth.negative) | wrong & bad
    positive = found & np.where(flipped, truth.negative, truth.positive) | wrong & ~bad
    return Marks(truth.touchpoints, negative | positive, negative, positive)


def case(seed=0, *, n=2500, labelled=400):
    """Return what the tagger found, labels, outcome, no controls, and the truth."""
    feedback, mentions = simulate(n, seed=seed)
    random = np.random.default_rng(1000 + seed)
    truth = mark_texts(feedback, mentions)
    chosen = feedback["feedback_id"].to_numpy()[random.permutation(n)[:labelled]]
    named = mentions[mentions["feedback_id"].isin(chosen)]
    nothing = sorted({*chosen} - {*named["feedback_id"]})
    empty = pd.DataFrame({"feedback_id": nothing, "touchpoint": None, "sentiment": None})
    labels = match_labels(feedback, pd.concat([named, empty]))
    return tag(truth, random), labels, feedback["overall"].to_numpy(), feedback[[]], truth


def columns_of(marks: Marks) -> np.ndarray:
    pairs = np.stack([marks.negative, marks.positive], axis=2).reshape(len(marks.negative), -1)
    return np.column_stack([np.ones(len(pairs)), ~marks.mentioned.any(axis=1), pairs]).astype(float)


def take_rows(marks: Marks, rows) -> Marks:
    return Marks(
        marks.touchpoints, marks.mentioned[rows], marks.negative[rows], marks.positive[rows]
    )


def take_labels(labels: Labels, rows) -> Labels:
    return Labels(take_rows(labels.marks, rows), labels.labelled[rows])


def half_width(correction, variance):
    return stdtrit(correction.degrees, 0.975) * np.sqrt(variance)


@pytest.fixture(scope="module")
def runs():
    """Penalties and prizes with half widths: corrected, by labels alone, by the tagger alone."""
    found = {"corrected": [], "labels only": [], "tagger only": []}
    for seed in range(RUNS):
        tagged, labels, outcome, controls, _ = case(seed)
        everyone = Labels(tagged, np.ones(len(outcome), dtype=bool))
        for name, source, tuning in (
            ("corrected", labels, None),
            ("labels only", labels, 0.0),
            ("tagger only", everyone, 0.0),
        ):
            one = corrected_effects(TERMS, tagged, source, outcome, controls, tuning=tuning)
            effect, prize = half_width(one, np.diag(one.covariance)), one.prize_variance
            found[name].append([one.values, effect, one.prizes, half_width(one, prize)])
    return {name: np.array(values)[:, :, ::2] for name, values in found.items()}


def coverage(run, truth, place):
    return (np.abs(run[:, place] - truth) <= run[:, place + 1]).mean(axis=0)


@pytest.mark.parametrize(("place", "truth"), [(0, PENALTIES), (2, -PENALTIES * SHARES)])
def test_with_400_labels_the_intervals_cover_the_truth(runs, place, truth):
    found = coverage(runs["corrected"], truth, place)
    assert found.mean() >= 0.93
    assert found.min() >= 0.95 - 3 * np.sqrt(0.95 * 0.05 / RUNS)


@pytest.mark.parametrize("place", [1, 3])
def test_the_intervals_are_narrower_than_those_of_the_labels_alone(runs, place):
    ratio = runs["corrected"][:, place].mean(axis=0) / runs["labels only"][:, place].mean(axis=0)
    assert (ratio < 0.92).all()


def test_no_effect_has_a_wider_interval_than_with_the_labels_alone(runs):
    assert (runs["corrected"][:, 1] <= runs["labels only"][:, 1] * (1 + 1e-12)).all()


def test_the_tagger_alone_hardly_ever_covers_a_large_effect(runs):
    found = coverage(runs["tagger only"], PENALTIES, 0)
    assert found[0] < 0.1
    assert found[:2].mean() < 0.4
    assert abs(runs["tagger only"][:, 0, 0].mean()) < 0.8 * 1.5


def test_the_correction_has_no_bias(runs):
    values = runs["corrected"][:, 0]
    error = values.std(axis=0) / np.sqrt(RUNS)
    assert (np.abs(values.mean(axis=0) - PENALTIES) < 4 * error).all()


def test_with_all_texts_labelled_it_is_plain_least_squares_with_hc3():
    tagged, labels, outcome, controls, truth = case(n=600, labelled=600)
    found = corrected_effects(TERMS, tagged, labels, outcome, controls)
    expected = sm.OLS(outcome, columns_of(truth)).fit(cov_type="HC3")
    np.testing.assert_allclose(found.values, expected.params[2:], atol=1e-8)
    np.testing.assert_allclose(found.covariance, expected.cov_params()[2:, 2:], atol=1e-8)
    np.testing.assert_allclose(found.shares[::2], truth.negative.mean(axis=0), atol=1e-12)
    assert found.labelled == 600


def test_without_the_tagger_it_is_least_squares_of_the_labelled_texts():
    tagged, labels, outcome, controls, truth = case()
    found = corrected_effects(TERMS, tagged, labels, outcome, controls, tuning=0.0)
    rows = labels.labelled
    expected = sm.OLS(outcome[rows], columns_of(truth)[rows]).fit(cov_type="HC3")
    np.testing.assert_allclose(found.values, expected.params[2:], atol=1e-8)
    np.testing.assert_allclose(found.covariance, expected.cov_params()[2:, 2:], atol=1e-8)


def test_a_perfect_tagger_gives_the_estimate_of_all_texts():
    _, labels, outcome, controls, truth = case(n=5000)
    found = corrected_effects(TERMS, truth, labels, outcome, controls)
    whole = sm.OLS(outcome, columns_of(truth)).fit(cov_type="HC3")
    assert (found.tuning > 0.97).all()
    np.testing.assert_allclose(found.values, whole.params[2:], atol=0.01)
    np.testing.assert_allclose(np.sqrt(np.diag(found.covariance)), whole.bse[2:], rtol=0.1)


def test_a_useless_tagger_does_no_harm():
    _, labels, outcome, controls, truth = case()
    noise = take_rows(truth, np.random.default_rng(5).permutation(len(outcome)))
    found = corrected_effects(TERMS, noise, labels, outcome, controls)
    alone = corrected_effects(TERMS, noise, labels, outcome, controls, tuning=0.0)
    assert found.tuning.mean() < 0.1
    assert (np.diag(found.covariance) <= np.diag(alone.covariance)).all()


def test_what_the_tagger_never_finds_is_measured_by_the_labels_alone():
    tagged, labels, outcome, controls, _ = case()
    blind = tagged.negative.copy()
    blind[:, 0] = False
    tagged = Marks(NAMES, tagged.mentioned, blind, tagged.positive)
    found = corrected_effects(TERMS, tagged, labels, outcome, controls)
    alone = corrected_effects(TERMS, tagged, labels, outcome, controls, tuning=0.0)
    assert found.tuning[0] == 0
    assert found.values[0] == alone.values[0]


def test_prizes_vary_together_as_the_bootstrap_says():
    tagged, labels, outcome, controls, _ = case(n=1200)
    found = corrected_effects(TERMS, tagged, labels, outcome, controls, tuning=0.5)
    random = np.random.default_rng(0)
    prizes = []
    for _ in range(300):
        rows = random.integers(0, 1200, 1200)
        again = take_rows(tagged, rows), take_labels(labels, rows), outcome[rows], controls
        prizes.append(corrected_effects(TERMS, *again, tuning=0.5).prizes)
    spread = np.cov(np.array(prizes).T)
    error = np.sqrt(np.diag(spread))
    np.testing.assert_allclose(np.sqrt(found.prize_variance), error, rtol=0.17)
    assert np.abs((found.prize_covariance - spread) / np.outer(error, error)).max() < 0.3


def test_the_error_of_a_prize_is_that_of_effect_and_share_text_by_text():
    tagged, labels, outcome, controls, truth = case(n=300, labelled=300)
    found = corrected_effects(TERMS, tagged, labels, outcome, controls, tuning=0.0)
    columns = columns_of(truth)
    fit = sm.OLS(outcome, columns).fit()
    loads = columns @ fit.normalized_cov_params
    leverage = (loads * columns).sum(axis=1)
    of_effect = (loads * (fit.resid / (1 - leverage))[:, None])[:, 2:]
    of_share = (columns - columns.mean(axis=0))[:, 2:] / 299
    prize = -(of_effect * columns.mean(axis=0)[2:] + fit.params[2:] * of_share)
    np.testing.assert_allclose(found.prize_covariance, prize.T @ prize, rtol=1e-6, atol=1e-12)
    np.testing.assert_allclose(found.prize_variance, (prize**2).sum(axis=0))
    np.testing.assert_allclose(found.share_variance, (of_share**2).sum(axis=0))


def test_what_the_labels_and_the_other_texts_add_to_the_error_of_a_share():
    random = np.random.default_rng(0)
    truth = (random.random((200, 1)) < 0.3).astype(float)
    seen, rows = np.where(random.random((200, 1)) < 0.8, truth, 0.0), np.arange(200) < 50
    found = shares_tuned(seen, truth[rows], take_sample(rows), tuning=0.6)
    own, few = np.zeros((2, 200, 1))
    own[rows] = (truth[rows] - truth[rows].mean()) / 49
    few[rows] = (seen[rows] - seen[rows].mean()) / 49
    many = (seen - seen.mean()) / 199
    assert found.values[0] == pytest.approx(
        truth[rows].mean() + 0.6 * (seen.mean() - seen[rows].mean())
    )
    np.testing.assert_allclose(found.errors, own + 0.6 * (many - few), atol=1e-15)
    np.testing.assert_allclose(found.label_errors, own - 0.6 * few, atol=1e-15)


def test_without_the_tagger_four_times_as_many_labels_halve_both_intervals():
    found = corrected_effects(TERMS, *case(n=2500, labelled=400)[:4], tuning=0.0)
    np.testing.assert_allclose(found.labels_to_halve, 1600, atol=1)
    np.testing.assert_allclose(found.prize_labels_to_halve, 1600, atol=1)


def test_terms_that_always_come_together_among_the_labels_are_missing():
    tagged, labels, outcome, controls, truth = case()
    negative = truth.negative.copy()
    negative[:, 1] = negative[:, 0]
    mentioned = negative | truth.positive
    hand = Marks(NAMES, mentioned, negative, truth.positive)
    found = corrected_effects(TERMS, tagged, Labels(hand, labels.labelled), outcome, controls)
    assert found.known.tolist() == [False, True, False, True, True, True, True, True]
    assert np.isnan(found.values[[0, 2]]).all()


def test_few_unlikely_texts_among_the_labels_leave_few_degrees_of_freedom():
    random, rows = np.random.default_rng(0), np.arange(400) < 100
    chance = np.where(np.arange(400) % 20 == 0, 0.01, 0.9)
    columns = np.column_stack([np.ones(400), random.normal(size=400)])
    sample = take_sample(rows, chance=chance)
    size = (1 / chance[rows] ** 2).sum() ** 2 / (1 / chance[rows] ** 4).sum()
    shares = shares_tuned(columns, columns[rows], sample)
    np.testing.assert_allclose(shares.degrees, size - 1)
    fit = fit_tuned(columns, columns[rows], random.normal(size=400), sample)
    drawn = fit_rows(columns[rows], np.zeros(100), 1 / chance[rows])
    part = (drawn.loads / chance[rows, None]) ** 2
    most = np.maximum(part.sum(axis=0) ** 2 / (part**2).sum(axis=0) - 1, 1.0)
    assert (fit.degrees <= most + 1e-9).all()
    plain = fit_tuned(columns, columns[rows], random.normal(size=400), take_sample(rows))
    assert (plain.degrees > 3 * fit.degrees).all()


def test_a_coefficient_that_one_row_alone_determines_is_not_known():
    random = np.random.default_rng(0)
    columns = np.column_stack([np.ones(20), random.normal(size=20), np.arange(20) == 3])
    fit = fit_rows(columns, random.normal(size=20), np.ones(20))
    assert fit.known.tolist() == [True, True, False]


def test_so_many_labels_as_it_says_do_halve_the_interval():
    wanted, ratios = [], []
    for seed in range(10):
        first = corrected_effects(TERMS, *case(seed, n=6000, labelled=300)[:4])
        number = int(np.nanmedian(first.labels_to_halve))
        second = corrected_effects(TERMS, *case(seed, n=6000, labelled=number)[:4])
        ratios.append(np.sqrt(np.diag(second.covariance) / np.diag(first.covariance)))
        wanted.append(number)
    assert 1200 < np.median(wanted) < 2500
    assert np.mean(ratios) == pytest.approx(0.5, abs=0.04)
    most = corrected_effects(TERMS, *case(n=600, labelled=500)[:4])
    assert np.isnan(most.labels_to_halve).all()  # even all 600 would not do


def test_weights_count_like_repeated_texts():
    tagged, labels, outcome, controls, _ = case(n=1500)
    twice = np.random.default_rng(0).random(1500) < 0.4
    rows = np.concatenate([np.arange(1500), np.flatnonzero(twice)])
    repeated = take_rows(tagged, rows), take_labels(labels, rows), outcome[rows]
    more = pd.DataFrame(index=range(len(rows)))
    one = corrected_effects(
        TERMS, tagged, labels, outcome, controls, weights=1.0 + twice, tuning=0.6
    )
    other = corrected_effects(TERMS, *repeated, more, cluster=rows, tuning=0.6)
    np.testing.assert_allclose(one.values, other.values, atol=1e-8)
    np.testing.assert_allclose(one.shares, other.shares, atol=1e-12)
    # The leverage of one row with weight 2 is that of both its copies, hence not quite equal.
    np.testing.assert_allclose(one.prize_variance, other.prize_variance, rtol=0.2)


def test_answers_of_one_customer_are_not_taken_for_those_of_many():
    tagged, labels, outcome, controls, _ = case(n=1200)
    rows = np.repeat(np.arange(1200), 3)
    three = take_rows(tagged, rows), take_labels(labels, rows), outcome[rows]
    once = corrected_effects(TERMS, tagged, labels, outcome, controls)
    more = pd.DataFrame(index=range(3600))
    alike = corrected_effects(TERMS, *three, more, cluster=rows)
    naive = corrected_effects(TERMS, *three, more)
    np.testing.assert_allclose(alike.prize_variance, once.prize_variance, rtol=0.2)
    assert (naive.prize_variance < 0.5 * once.prize_variance).all()
    assert (alike.degrees < 0.6 * naive.degrees).all()


def test_unrated_texts_and_the_order_of_the_texts_change_nothing():
    tagged, labels, outcome, controls, _ = case(n=1500)
    rated = np.arange(1500) < 1200
    outcome = np.where(rated, outcome, np.nan)
    whole = corrected_effects(TERMS, tagged, labels, outcome, controls)
    for rows in (np.random.default_rng(0).permutation(1500), np.flatnonzero(rated)):
        part = take_rows(tagged, rows), take_labels(labels, rows), outcome[rows]
        other = corrected_effects(TERMS, *part, controls.iloc[: len(rows)])
        np.testing.assert_allclose(whole.values, other.values, atol=1e-9)
        np.testing.assert_allclose(whole.prize_variance, other.prize_variance, atol=1e-9)


def test_a_term_too_rare_among_the_labels_is_missing_and_that_is_said():
    tagged, labels, outcome, controls, truth = case()
    few = truth.negative.copy()
    few[np.flatnonzero(few[:, 3] & labels.labelled)[4:], 3] = False
    hand = Marks(NAMES, few | truth.positive, few, truth.positive)
    found = corrected_effects(TERMS, tagged, Labels(hand, labels.labelled), outcome, controls)
    assert found.known.tolist() == [True] * 6 + [False, True]
    assert np.isnan(found.values[6])
    assert np.isnan(found.prize_covariance[6]).all()
    assert np.isfinite(found.values[found.known]).all()
    assert "complaints about staff (4)" in found.notes[0]
    table = labels_table(found, TERMS)
    assert table.loc[6, ["touchpoint", "sentiment", "labelled"]].tolist() == [
        "staff",
        "negative",
        4,
    ]
