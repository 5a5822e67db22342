"""A row that counts several texts says what these texts say one by one."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from tests.impact_cases import quiet, simulate
from tpfeedback.impact.fit import complete
from tpfeedback.impact.marks import Marks
from tpfeedback.impact.measurement import Options, measure_observations
from tpfeedback.impact.observations import Observations, read_observations

N = 500
OPTIONS = [
    {},
    {"controls": ["city", "age"]},
    {"cluster": "customer", "controls": ["city"]},
    {"policy": "observed"},
    {"policy": "imputed", "cluster": "customer"},
    {"method": "shapley"},
    {"method": "relative_weights", "controls": ["age"]},
    {"outcome": "stars", "model": "ordered_logit"},
]


@pytest.fixture(scope="module")
def tables():
    random = np.random.default_rng(1)
    feedback, mentions = simulate(N, seed=8)
    facts = {
        "overall": feedback["overall"].where(random.random(N) < 0.9),
        "stars": feedback["overall"].round().clip(1, 5),
        "weight": random.integers(0, 5, N) / 4,
        "customer": random.integers(0, 60, N),
        "city": random.choice(["Rome", "Oslo", "Bath", None], N, p=[0.6, 0.3, 0.004, 0.096]),
        "age": np.where(random.random(N) < 0.1, np.nan, random.integers(20, 70, N)),
    }
    return feedback.assign(**facts), mentions


def observed(tables, *, weights=None, **options) -> tuple[Observations, Options]:
    given = Options(**options)
    seen = quiet(
        read_observations, *tables, outcome=given.outcome, model=given.model,
        controls=given.controls, weights=weights, cluster=given.cluster,
    )  # fmt: skip
    return seen, given


def written_out(seen: Observations, count) -> Observations:
    """Return the observations with every row as often as it counts."""
    rows = np.repeat(np.arange(len(count)), count)
    marks = seen.marks
    flags = (marks.mentioned[rows], marks.negative[rows], marks.positive[rows])
    return replace(
        seen,
        marks=Marks(marks.touchpoints, *flags),
        outcome=seen.outcome[rows],
        controls=seen.controls.iloc[rows].reset_index(drop=True),
        weights=None if seen.weights is None else seen.weights[rows],
        clusters=None if seen.clusters is None else seen.clusters[rows],
        texts=pd.Index(rows.astype(str)),
        rows=np.arange(len(rows)),
    )


def both(seen: Observations, options: Options):
    count = np.random.default_rng(3).integers(1, 6, N)
    counted = replace(seen, count=count.astype(float))
    return [
        complete(measure_observations(one, options), options)
        for one in (counted, written_out(seen, count))
    ]


@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_a_counted_row_is_that_many_rows(tables, options):
    found, expected = both(*observed(tables, **options))
    for name in ("table", "roles", "parts"):
        assert_frame_equal(getattr(found, name), getattr(expected, name), rtol=0, atol=1e-9)
    np.testing.assert_allclose(found.replicates, expected.replicates, rtol=0, atol=1e-9)
    assert found.outcome_mean == pytest.approx(expected.outcome_mean, abs=1e-12)
    assert found.notes == expected.notes


def test_counts_and_survey_weights_go_together(tables):
    found, expected = both(*observed(tables, weights="weight", controls=["city"]))
    assert_frame_equal(found.table, expected.table, rtol=0, atol=1e-9)
    assert_frame_equal(found.parts, expected.parts, rtol=0, atol=1e-9)
    assert found.outcome_mean == pytest.approx(expected.outcome_mean, abs=1e-12)
    assert found.notes == expected.notes


def test_a_constant_outcome_is_told_of_with_the_number_of_texts(tables):
    seen, options = observed(tables)
    same = replace(seen, outcome=np.full(N, 3.0), count=np.full(N, 2.0))
    assert "1,000" in measure_observations(same, options).notes[0]
