"""Without labels: the band of what a perfect reader could have found."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from tests.impact_cases import NAMES, quiet, simulate, to_tables
from tpfeedback.errors import ColumnError, ImpactError, TpfeedbackWarning
from tpfeedback.impact import fit_impact, measure_impact
from tpfeedback.impact.confusion import Scenario
from tpfeedback.impact.sensitivity import QUANTITIES, misclassify, sensitivity_band

RATES = {"recall": 0.75, "precision": 0.85, "flip": 0.08}
EXACT = {"recall": 1.0, "precision": 1.0, "flip": 0.0}
PENALTIES, REWARDS = np.array([-1.5, -0.6, 0.0, -0.3]), np.array([0.1, 0.0, 0.8, 0.3])
TEXTS = 60_000  # so many that chance plays no part


def spoken(seed, *, knock_on):
    """Return what texts truly say: complaints and praise of four touchpoints, and the outcome."""
    random = np.random.default_rng(seed)
    negative = random.random((TEXTS, 4)) < [0.2, 0.1, 0.15, 0.05]
    positive = random.random((TEXTS, 4)) < 0.15
    if knock_on:  # who complains about the delivery complains about the product, too
        negative[:, 2] = random.random(TEXTS) < np.where(negative[:, 0], 0.5, 0.03)
    positive &= ~negative
    outcome = 4 + negative @ PENALTIES + positive @ REWARDS + random.normal(size=TEXTS)
    return negative, positive, outcome, random


def tag(negative, positive, random, *, even):
    """Make mistakes at the stated rates; invented mentions half complaints, or split as others."""
    mentioned = negative | positive
    found, flipped = (random.random(mentioned.shape) < rate for rate in (0.75, 0.08))
    share = mentioned.mean(axis=0)
    wrong = ~mentioned & (random.random(found.shape) < share * 0.75 * 0.15 / 0.85 / (1 - share))
    part = 0.5 if even else negative.sum(axis=0) / mentioned.sum(axis=0)
    bad = random.random(found.shape) < part
    seen = mentioned & found
    return (
        seen & np.where(flipped, positive, negative) | wrong & bad,
        seen & np.where(flipped, negative, positive) | wrong & ~bad,
    )


def measure(negative, positive, outcome):
    """Return the impact table's columns by statsmodels, and the tables they are from."""
    pairs = np.stack([negative, positive], axis=2).reshape(TEXTS, -1)
    nothing = ~pairs.any(axis=1)
    columns = np.column_stack([np.ones(TEXTS), nothing, pairs]).astype(float)
    effects = sm.OLS(outcome, columns).fit().params[2:].reshape(-1, 2)
    shares = np.column_stack([negative.mean(axis=0), positive.mean(axis=0)])
    table = pd.DataFrame({"touchpoint": list(NAMES)})
    table[["negative_share", "positive_share"]] = shares
    table[["penalty", "reward"]] = effects
    table["prize"] = -effects[:, 0] * shares[:, 0]
    return table, *to_tables(
        dict(zip(NAMES, negative.T, strict=True)),
        dict(zip(NAMES, positive.T, strict=True)),
        outcome,
    )


def holds(band, name, truth):
    inside = (band[f"{name}_band_low"] <= truth) & (truth <= band[f"{name}_band_high"])
    return inside.to_numpy()


@pytest.mark.parametrize("knock_on", [False, True])
@pytest.mark.parametrize("even", [False, True])
def test_the_band_holds_the_truth(knock_on, even):
    negative, positive, outcome, random = spoken(4, knock_on=knock_on)
    table, feedback, mentions = measure(*tag(negative, positive, random, even=even), outcome)
    band = sensitivity_band(table, RATES, feedback=feedback, mentions=mentions)
    share = negative.mean(axis=0)
    truth = {"penalty": PENALTIES, "reward": REWARDS, "prize": -PENALTIES * share}
    truth |= {"negative_share": share, "positive_share": positive.mean(axis=0)}
    for name, value in truth.items():
        assert holds(band, name, value).all(), name
    assert not holds(band, "penalty", table["penalty"])[0]  # as measured: far too small


def test_each_touchpoint_by_itself_the_one_named_when_another_fails_is_blamed():
    negative, positive, outcome, random = spoken(3, knock_on=True)
    table, feedback, mentions = measure(*tag(negative, positive, random, even=False), outcome)
    alone, together = (
        sensitivity_band(table, RATES, **more).set_index("touchpoint").loc["product"]
        for more in ({}, {"feedback": feedback, "mentions": mentions})
    )
    assert alone["penalty_band_high"] < -0.3  # the truth is 0
    assert abs(together["penalty_expected"]) < 0.25 < abs(table["penalty"][2])


@pytest.fixture(scope="module")
def measured():
    negative, positive, outcome, random = spoken(1, knock_on=False)
    return measure(*tag(negative, positive, random, even=False), outcome)


@pytest.mark.parametrize("with_tables", [False, True])
def test_a_tagger_without_errors_leaves_all_as_measured(measured, with_tables):
    table, feedback, mentions = measured
    more = {"feedback": feedback, "mentions": mentions} if with_tables else {}
    band = sensitivity_band(table, EXACT, **more)
    for name in QUANTITIES:
        for end in ("_expected", "_band_low", "_band_high"):
            np.testing.assert_allclose(band[f"{name}{end}"], table[name], atol=1e-12)


def test_one_touchpoint_without_flips_follows_the_published_formulas():
    table = pd.DataFrame({"touchpoint": ["delivery"], "negative_share": [0.2], "positive_share": 0,
                          "penalty": [-1.0], "reward": [np.nan], "prize": [0.2]})  # fmt: skip
    band = sensitivity_band(table, {"recall": 0.7, "precision": 0.8, "flip": 0}, stretch=(1, 1))
    share = 0.2 * 0.8 / 0.7
    specificity = 1 - 0.2 * 0.2 / (1 - share)
    assert (0.2 + specificity - 1) / (0.7 + specificity - 1) == pytest.approx(share)  # R. & Gladen
    assert band["negative_share_expected"][0] == pytest.approx(share)
    aigner = 0.8 - share * 0.3 / 0.8  # P(true | marked) - P(true | not marked)
    ends = band[["penalty_band_low", "penalty_band_high"]].to_numpy()[0]
    np.testing.assert_allclose(ends, [-1 / aigner, -1 / 0.8])
    assert band["prize_band_high"][0] == pytest.approx(share / aigner)
    assert band["reward_band_low"].isna().all()


def test_more_errors_make_a_wider_band(measured):
    narrow, wide = (
        sensitivity_band(measured[0], RATES, stretch=(1 - by, 1 + by)) for by in (0.1, 0.6)
    )
    for name in QUANTITIES:
        assert (wide[f"{name}_band_low"] <= narrow[f"{name}_band_low"]).all()
        assert (wide[f"{name}_band_high"] >= narrow[f"{name}_band_high"]).all()
        assert (narrow[f"{name}_band_low"] <= narrow[f"{name}_expected"]).all()


def test_rates_can_be_given_by_touchpoint_and_as_ranges(measured):
    rates = {"overall": EXACT, "delivery": {"recall": (0.7, 0.8), "precision": 0.85, "flip": 0.08}}
    band = sensitivity_band(measured[0], rates).set_index("touchpoint")
    assert band.loc["delivery", "penalty_expected"] < band.loc["delivery", "penalty"] - 0.2
    assert band.loc["staff", "penalty_expected"] == pytest.approx(band.loc["staff", "penalty"])


def test_the_callers_tables_stay_as_they_are(measured):
    before = [table.copy() for table in measured]
    sensitivity_band(measured[0], RATES, feedback=measured[1], mentions=measured[2])
    for table, kept in zip(measured, before, strict=True):
        pd.testing.assert_frame_equal(table, kept)


def test_where_marks_tell_nothing_the_band_is_missing_and_that_is_said(measured):
    rates = {"overall": RATES, "staff": {"recall": 0.3, "precision": 0.3, "flip": 0.3}}
    with pytest.warns(TpfeedbackWarning, match="next to nothing about staff"):
        band = sensitivity_band(measured[0], rates).set_index("touchpoint")
    assert band.loc["staff"].filter(like="band").isna().all()
    assert band.drop("staff").filter(like="band").notna().all().all()


MARKED = [
    ("one respondent", 1, [("0", "delivery", "negative"), ("0", "price", "negative")], []),
    ("a mark on all", 2, [("0", "delivery", "negative"), ("1", "delivery", "negative"),
                          ("1", "price", "negative")], ["price"]),
    ("marks that differ", 60, [("0", "delivery", "negative"), ("1", "price", "negative"),
                              ("2", "delivery", "positive")], ["delivery", "price"]),
]  # fmt: skip


@pytest.mark.parametrize(("texts", "rows", "told"), [case[1:] for case in MARKED],
                         ids=[case[0] for case in MARKED])  # fmt: skip
def test_where_no_mark_differs_the_band_is_missing_and_nothing_is_divided_by_zero(
    texts, rows, told
):
    impact = pd.DataFrame({"touchpoint": ["delivery", "price"], "negative_share": [0.2, 0.3],
                           "positive_share": [0.1, 0.1], "penalty": [-1.0, -0.5],
                           "reward": [np.nan] * 2, "prize": [0.2, 0.15]})  # fmt: skip
    feedback = pd.DataFrame({"feedback_id": [str(row) for row in range(texts)]})
    mentions = pd.DataFrame(rows, columns=["feedback_id", "touchpoint", "sentiment"])
    band = sensitivity_band(impact, RATES, feedback=feedback, mentions=mentions)
    known = band.set_index("touchpoint")["penalty_band_low"].dropna()
    assert known.index.tolist() == told


def test_rates_at_which_touchpoints_would_have_to_coincide_are_told():
    negative, positive, outcome, _ = spoken(1, knock_on=True)
    negative[:, 2] = negative[:, 0] ^ (np.arange(TEXTS) % 20 == 0)
    table, feedback, mentions = measure(negative, positive, outcome)
    with pytest.warns(TpfeedbackWarning, match="the rates do not fit these texts"):
        sensitivity_band(table, RATES, feedback=feedback, mentions=mentions)


@pytest.mark.parametrize(
    ("rates", "message"),
    [
        ({"recall": 0.75, "precision": 0.85}, "rates of 'delivery' must be recall, precision"),
        ({"price": RATES}, "rates of 'delivery' must be"),
        ({**RATES, "recall": 75}, "recall of 'delivery' is 75. Allowed: a share from 0.05 to 1"),
        ({**RATES, "flip": 0.5}, "flip of 'delivery' is 0.5"),
        ({**RATES, "precision": (0.9, 0.8)}, "the lower one first"),
        ({**RATES, "precision": np.nan}, "precision of 'delivery' is nan"),
    ],
)
def test_a_wrong_rate_is_named(measured, rates, message):
    with pytest.raises(ImpactError, match=message):
        sensitivity_band(measured[0], rates)


def test_wrong_tables_and_options_are_named(measured):
    table, feedback, _ = measured
    with pytest.raises(ColumnError, match="lacks the columns prize"):
        sensitivity_band(table.drop(columns="prize"), RATES)
    with pytest.raises(ImpactError, match="Only one of feedback and mentions"):
        sensitivity_band(table, RATES, feedback=feedback)
    with pytest.raises(ImpactError, match=r"stretch is \(2, 1\)"):
        sensitivity_band(table, RATES, stretch=(2, 1))
    none = pd.DataFrame({"feedback_id": [], "touchpoint": [], "sentiment": []})
    with pytest.raises(ImpactError, match="do not name delivery, price"):
        sensitivity_band(table, RATES, feedback=feedback, mentions=none)


def test_a_weighted_impact_has_the_band_of_as_many_texts_and_asks_for_its_weights():
    feedback, mentions = simulate(400, seed=2)
    late = feedback["feedback_id"].isin(mentions.loc[mentions["touchpoint"] == "delivery",
                                                     "feedback_id"])  # fmt: skip
    weighted = feedback.assign(weight=np.where(late, 9, 1))
    repeated = weighted.loc[weighted.index.repeat(weighted["weight"])]
    repeated = repeated.rename(columns={"feedback_id": "text"})
    repeated["feedback_id"] = [f"n{i}" for i in range(len(repeated))]
    again = repeated[["feedback_id", "text"]].merge(
        mentions.rename(columns={"feedback_id": "text"}), on="text"
    )
    impact = quiet(measure_impact, weighted, mentions, weights="weight")
    given = {"feedback": weighted, "mentions": mentions}
    band = quiet(sensitivity_band, impact, RATES, **given, weights="weight")
    copies = quiet(measure_impact, repeated, again)
    expected = quiet(sensitivity_band, copies, RATES, feedback=repeated, mentions=again)
    both = (table.set_index("touchpoint").sort_index() for table in (band, expected))
    pd.testing.assert_frame_equal(*both, rtol=1e-3)
    with pytest.raises(ImpactError, match=r"so survey weights differ\. Name their column"):
        sensitivity_band(impact, RATES, **given)


@pytest.mark.parametrize("option", [{"model": "ordered_logit"}, {"labels": 200}])
def test_a_fit_whose_effects_the_band_does_not_hold_for_is_refused(option):
    feedback, mentions = simulate(400, seed=2)
    feedback["overall"] = feedback["overall"].round().clip(1, 5)
    if "labels" in option:
        names = feedback[["feedback_id"]].sample(option["labels"], random_state=0)
        option = {"labels": names.merge(mentions, how="left")}
    fit = quiet(fit_impact, feedback, mentions, **option)
    with pytest.raises(ImpactError, match="Allowed: model='linear' or 'nps', without labels="):
        sensitivity_band(fit, RATES)


def test_misclassified_marks_are_as_simulated():
    negative, positive, _, random = spoken(2, knock_on=False)
    seen = np.stack(tag(negative, positive, random, even=False), axis=2)
    way = Scenario(np.full(4, 0.75), np.full(4, 0.85), np.full(4, 0.08), missed=1.0, even=False)
    told, _ = misclassify(seen.mean(axis=0), way)
    truth = np.stack([negative, positive], axis=2)
    for j in range(4):
        silent = truth[~seen[:, j].any(axis=1), j].mean(axis=0)
        simulated = [truth[seen[:, j, k], j].mean(axis=0) - silent for k in (0, 1)]
        np.testing.assert_allclose(told[j], simulated, atol=0.03)


@pytest.mark.parametrize("rates", [None, 0.8, "good", {"delivery": 0.5}])
def test_what_names_no_rates_is_refused(measured, rates):
    with pytest.raises(ImpactError, match=r"Allowed: recall, precision, flip, each with its"):
        sensitivity_band(measured[0], rates, feedback=measured[1], mentions=measured[2])
