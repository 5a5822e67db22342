"""Precision, recall and F1 with intervals over texts; the calibration error."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import f1_score, precision_score
from statsmodels.stats.proportion import proportion_confint

from tpfeedback.evaluation.calibration import calibration_error, reliability
from tpfeedback.evaluation.ratios import f1, macro_f1, ratio
from tpfeedback.training.calibration import calibration_error as trained_error

SHARE_OF_TOUCHPOINTS = np.array([0.35, 0.2, 0.1, 0.06])


def drawn(random, texts):
    """Return true, said (texts, touchpoints); some texts are easier than others in all of them."""
    ease = random.beta(4, 1.5, size=(texts, 1))
    true = random.random((texts, 4)) < SHARE_OF_TOUCHPOINTS
    false = random.random((texts, 4)) < 0.4 * SHARE_OF_TOUCHPOINTS * (1.3 - ease)
    return true, np.where(true, random.random((texts, 4)) < ease, false)


def counted(true, said):
    """Return hits, said, true of all touchpoints together, one row a text."""
    return tuple(
        flags.sum(axis=1, keepdims=True).astype(float) for flags in (true & said, said, true)
    )


def ends(found):
    return [float(part[0]) for part in (found.value, found.low, found.high)]


@pytest.fixture
def marks():
    return drawn(np.random.default_rng(3), 200)


def test_f1_and_precision_are_those_of_scikit_learn(marks):
    true, said = marks
    hits, named, labelled = counted(true, said)
    assert ends(f1(hits, named, labelled))[0] == pytest.approx(
        f1_score(true, said, average="micro")
    )
    assert ends(ratio(hits, named))[0] == pytest.approx(
        precision_score(true, said, average="micro")
    )
    macro = macro_f1(*(flags.astype(float) for flags in (true & said, said, true)))
    assert ends(macro)[0] == pytest.approx(f1_score(true, said, average="macro"))


def test_of_one_touchpoint_the_interval_is_wilsons(marks):
    hits, said = ((marks[0] & marks[1])[:, :1], marks[1][:, :1])
    found = ends(ratio(hits.astype(float), said.astype(float)))
    assert found[1:] == pytest.approx(
        proportion_confint(int(hits.sum()), int(said.sum()), method="wilson")
    )


def test_what_comes_thrice_in_a_text_is_no_more_sure_than_what_comes_once():
    right = np.array([[1.0], [1.0], [0.0]] * 10)
    once, thrice = ratio(right, np.ones((30, 1))), ratio(3 * right, 3 * np.ones((30, 1)))
    assert ends(once) == pytest.approx(ends(thrice))
    perfect = np.ones((30, 1))
    assert ends(ratio(perfect, perfect)) == pytest.approx(ends(ratio(3 * perfect, 3 * perfect)))


def test_where_all_is_right_the_interval_still_has_a_width():
    assert ends(f1(*(np.ones((3, 1)) for _ in range(3)))) == pytest.approx(
        [1.0, 0.609, 1.0], abs=1e-3
    )


def test_nothing_said_and_nothing_true_is_not_known():
    assert all(np.isnan(ends(f1(*(np.zeros((3, 1)) for _ in range(3))))))
    assert all(np.isnan(ends(macro_f1(*(np.zeros((3, 0)) for _ in range(3))))))


def test_a_text_that_stands_for_three_counts_thrice_but_is_no_surer(marks):
    hits, said, true = counted(*marks)
    weights = np.where(np.arange(200) < 100, 3.0, 1.0)
    rows = np.repeat(np.arange(200), weights.astype(int))
    weighted, repeated = f1(hits, said, true, weights), f1(hits[rows], said[rows], true[rows])
    assert ends(weighted)[0] == pytest.approx(ends(repeated)[0])
    width, too_narrow = (end[2] - end[1] for end in (ends(weighted), ends(repeated)))
    assert width > 1.2 * too_narrow


def test_of_one_touchpoint_and_unequal_weights_the_size_is_kishs():
    right, weights = np.arange(40) % 4 > 0, np.where(np.arange(40) < 20, 3.0, 1.0)
    found = ends(ratio(right[:, None].astype(float), np.ones((40, 1)), weights))
    share, size = weights @ right / weights.sum(), weights.sum() ** 2 / (weights**2).sum()
    assert found == pytest.approx([share, *proportion_confint(share * size, size, method="wilson")])


def test_a_share_is_never_surer_than_if_nothing_hung_together():
    part = np.ones((30, 1))  # 1 of 2 is right in nearly every text: less than chance would vary
    part[0], part[2] = 2.0, 0.0
    whole, weights = np.full((30, 1), 2.0), np.where(np.arange(30) % 2 == 0, 3.0, 1.0)
    for weight in (np.ones(30), weights):
        size = (2 * weight.sum()) ** 2 / (2 * weight**2).sum()
        found = ends(ratio(part, whole, weight))
        assert found[1:] == pytest.approx(proportion_confint(size / 2, size, method="wilson"))


def test_macro_f1_of_one_touchpoint_is_its_f1_and_weights_count_texts():
    true, said = drawn(np.random.default_rng(4), 4000)
    weights = np.where(np.arange(4000) % 2 == 0, 3.0, 1.0)
    rows = np.repeat(np.arange(4000), weights.astype(int))
    parts = tuple(flags.astype(float) for flags in (true & said, said, true))
    one = tuple(part[:, :1] for part in parts)
    for weight in (None, weights):
        macro, plain = ends(macro_f1(*one, weight)), ends(f1(*one, weight))
        assert macro[0] == pytest.approx(plain[0])
        assert 0.99 < (macro[2] - macro[1]) / (plain[2] - plain[1]) < 1.2
    weighted = ends(macro_f1(*parts, weights))
    assert weighted[0] == pytest.approx(ends(macro_f1(*(part[rows] for part in parts)))[0])


def test_the_order_of_texts_does_not_matter(marks):
    parts = counted(*marks)
    assert ends(f1(*parts)) == pytest.approx(ends(f1(*(part[::-1] for part in parts))))


@pytest.mark.parametrize("texts", [30, 150])
def test_the_intervals_cover_the_truth_where_errors_hang_together(texts):
    random = np.random.default_rng(7)
    hits, said, true = counted(*drawn(random, 400_000))
    truths = {"f1": 2 * hits.sum() / (said.sum() + true.sum()), "recall": hits.sum() / true.sum()}
    inside = dict.fromkeys(truths, 0)
    for _ in range(400):
        hits, said, true = counted(*drawn(random, texts))
        found = {"f1": f1(hits, said, true), "recall": ratio(hits, true)}
        for name, truth in truths.items():
            _, low, high = ends(found[name])
            inside[name] += low <= truth <= high
    assert all(0.92 <= count / 400 <= 0.985 for count in inside.values()), inside


def test_the_interval_of_macro_f1_covers_the_truth():
    random = np.random.default_rng(11)
    true, said = drawn(random, 400_000)
    truth = f1_score(true, said, average="macro")
    inside = 0
    for _ in range(300):
        true, said = drawn(random, 250)
        _, low, high = ends(macro_f1(*(f.astype(float) for f in (true & said, said, true))))
        inside += low <= truth <= high
    assert 0.91 <= inside / 300 <= 0.985


# --- calibration


def sure_and_right(random, texts, *, too_sure):
    """Return confidences, NaN where there is none, and what is right; by a text's own luck too."""
    given = random.random((texts, 6)) < 0.35
    confidence = np.where(given, random.beta(0.8, 0.8, (texts, 6)).clip(0.05, 0.999), np.nan)
    luck = random.normal(0, 0.6, (texts, 1))
    odds = np.log(confidence / (1 - confidence)) * (1 - too_sure) + luck - too_sure
    return confidence, random.random((texts, 6)) < 1 / (1 + np.exp(-np.nan_to_num(odds, nan=-99)))


def test_the_calibration_error_is_the_one_that_training_reports():
    confidence, right = sure_and_right(np.random.default_rng(0), 300, too_sure=0.3)
    known = np.nan_to_num(confidence)
    assert calibration_error(confidence, right)[0] == pytest.approx(
        trained_error(known, right.astype(float))
    )


@pytest.mark.parametrize("too_sure", [0.0, 0.5])
def test_the_interval_of_the_calibration_error_covers_the_truth(too_sure):
    random = np.random.default_rng(1)
    confidence, right = sure_and_right(random, 300_000, too_sure=too_sure)
    truth = trained_error(np.nan_to_num(confidence), right.astype(float))
    inside = 0
    for _ in range(60):
        _, low, high = calibration_error(*sure_and_right(random, 120, too_sure=too_sure))
        inside += low <= truth <= high
    assert inside >= 53


def test_the_same_seed_gives_the_same_interval():
    case = sure_and_right(np.random.default_rng(0), 50, too_sure=0.3)
    assert calibration_error(*case, random_state=4) == calibration_error(*case, random_state=4)
    assert calibration_error(*case, random_state=4) != calibration_error(*case, random_state=5)


def test_without_confidences_there_is_no_calibration_error():
    assert np.isnan(calibration_error(np.full((3, 2), np.nan), np.zeros((3, 2), bool))).all()


def test_reliability_sorts_confidences_into_tenths():
    confidence = np.array([[0.04, 0.55], [0.52, 1.0], [np.nan, 0.58]])
    right = np.array([[False, True], [False, True], [True, True]])
    table = reliability(confidence, right, {"all": np.ones(3, bool)}, None)
    assert table[["confidence_from", "mentions", "confidence"]].round(3).values.tolist() == [
        [0.5, 3, 0.55], [0.9, 1, 1.0]
    ]  # fmt: skip
    assert table["right"].round(3).tolist() == [0.667, 1.0]
    assert (table["right_low"] < table["right"]).all()
