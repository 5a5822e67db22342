"""Terms whose effect a logit cannot tell: separation, and terms that always come together."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from tests.impact_cases import to_tables
from tests.test_impact_models import design_of
from tpfeedback.impact.discrete_change import average_changes


def separated(feedback, mentions, value):
    """Let all who complain about delivery give one and the same outcome."""
    late = mentions[mentions["touchpoint"].eq("delivery") & mentions["sentiment"].ne("positive")]
    bad = feedback["feedback_id"].isin(late["feedback_id"])
    return feedback.assign(overall=feedback["overall"].mask(bad, value)), mentions, bad


@pytest.mark.parametrize(("tables", "value"), [("happy", 0.0), ("stars", 1.0), ("stars", 5.0)])
def test_a_term_that_predicts_without_exception_is_named_and_missing(tables, value, request):
    feedback, mentions, bad = separated(*request.getfixturevalue(tables), value)
    design = design_of(feedback, mentions)
    effects = average_changes(design)
    lost = [str(term) for term, known in zip(design.terms, effects.known, strict=True) if not known]
    assert lost == ["complaints about delivery"]
    assert "without exception (separation): complaints about delivery. A" in effects.notes[0]
    assert np.isnan([effects.values[0], effects.prizes[0], effects.covariance[0, 1]]).all()
    # The rest is what the other texts say; where the outcome is certain nothing can change it.
    others = feedback[~bad], mentions[~mentions["feedback_id"].isin(feedback["feedback_id"][bad])]
    alone = average_changes(design_of(*others))
    np.testing.assert_allclose(effects.values[1:], alone.values * (~bad).mean(), atol=1e-7)
    assert np.isfinite(effects.covariance[1:, 1:]).all()


def test_terms_that_separate_only_together_are_all_missing(happy):
    feedback, mentions = happy
    bad = feedback["overall"].eq(0).to_numpy()
    first = bad & (np.arange(500) % 2 == 0)
    parts = [pd.DataFrame({"feedback_id": feedback["feedback_id"][flag], "touchpoint": name,
                           "sentiment": "negative"})
             for name, flag in {"app": first, "website": bad & ~first}.items()]  # fmt: skip
    effects = average_changes(design_of(feedback, pd.concat([mentions, *parts])))
    assert not effects.known.any()
    assert "complaints about app" in effects.notes[0]
    assert np.isnan(effects.values).all()


def test_terms_that_always_come_together_are_missing_and_the_others_stay(happy):
    feedback, mentions = happy
    twin = mentions[mentions["touchpoint"] == "delivery"].assign(touchpoint="packaging")
    design = design_of(feedback, pd.concat([mentions, twin]))
    effects, alone = average_changes(design), average_changes(design_of(feedback, mentions))
    assert effects.notes == ()
    touchpoints = np.array([term.touchpoint for term in design.terms])
    pair = np.isin(touchpoints, ["delivery", "packaging"])
    assert (effects.known == ~pair).all()
    np.testing.assert_allclose(effects.values[~pair], alone.values[2:], atol=1e-9)
    np.testing.assert_allclose(effects.prize_variance[~pair], alone.prize_variance[2:], atol=1e-9)


def test_a_text_that_weighs_next_to_nothing_does_not_hide_separation(happy):
    feedback, mentions, bad = separated(*happy, 0.0)
    odd = int(np.flatnonzero(bad)[0])
    feedback.loc[odd, "overall"] = 1.0
    weights = np.where(feedback.index == odd, 1e-12, 1.0)
    effects = average_changes(design_of(feedback, mentions, weights=weights))
    assert effects.known.tolist() == [False] + [True] * 7
    assert "complaints about delivery" in effects.notes[0]


@pytest.mark.parametrize("seed", [6, 23, 59, 158, 1383, 1677])
def test_nothing_is_wild_in_small_samples_on_the_edge_of_separation(seed):
    random = np.random.default_rng(seed)
    n, touchpoints = int(random.integers(25, 60)), ["app", "price", "staff"]
    bad, good = (random.random((n, 3)) < random.uniform(0.05, 0.5, 3) for _ in range(2))
    latent = (good * random.normal(1, 2, 3) - bad * random.normal(2, 2, 3)).sum(axis=1)
    latent += random.logistic(size=n) * random.choice([0.01, 0.3, 1])
    stars = np.digitize(latent, np.sort(random.normal(0, 2, 1 + 3 * (seed % 2))))
    flags = [dict(zip(touchpoints, side.T, strict=True)) for side in (bad, good)]
    policy = ("baseline", "observed", "imputed")[seed % 3]
    effects = average_changes(design_of(*to_tables(*flags, stars), policy=policy))
    told, widest = effects.known, np.ptp(stars)
    assert told.any()
    assert (np.abs([effects.values[told], effects.prizes[told]]) <= widest).all()
    assert (np.diag(effects.covariance)[told] <= (1.5 * widest) ** 2).all()
    assert (effects.prize_variance[told] <= (1.5 * widest) ** 2).all()
    assert np.isnan(effects.values[~told]).all()
