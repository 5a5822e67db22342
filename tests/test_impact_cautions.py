"""What measure_impact warns of in the data, and where it keeps quiet."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from tests.impact_cases import simulate, to_tables
from tpfeedback.errors import TpfeedbackWarning
from tpfeedback.impact import measure_impact


@pytest.fixture(scope="module")
def tables():
    return simulate(800, seed=5)


def test_clean_data_draw_no_warning(tables):
    measure_impact(*tables, method="shapley")


def test_terms_that_nearly_always_come_together_are_named_as_a_pair(tables):
    feedback, mentions = tables
    twin = mentions[mentions["touchpoint"] == "delivery"].assign(touchpoint="packaging")
    kept = np.random.default_rng(0).random(len(twin)) < 0.97
    expected = r"complaints about delivery with complaints about packaging \(variance inflation \d"
    with pytest.warns(TpfeedbackWarning, match=expected):
        measure_impact(feedback, pd.concat([mentions, twin[kept]]))


def test_the_inflation_of_variance_equals_statsmodels(tables):
    from statsmodels.stats.outliers_influence import variance_inflation_factor

    from tpfeedback.impact.measurement import Options, measure

    feedback, mentions = tables
    twin = mentions[mentions["touchpoint"] == "delivery"].assign(touchpoint="packaging")
    kept = np.random.default_rng(0).random(len(twin)) < 0.97
    measured = measure(feedback, pd.concat([mentions, twin[kept]]), Options())
    columns = measured.design.sources.texts.toarray()
    place = measured.design.names.index("complaints about delivery")
    inflation = variance_inflation_factor(columns, place)
    note = next(note for note in measured.notes if "hard to tell apart" in note)
    assert f"packaging (variance inflation {inflation:.0f}, " in note


@pytest.mark.parametrize(("end", "word"), [(5, "highest"), (1, "lowest")])
def test_an_outcome_piled_up_at_an_end_of_the_scale_is_told(tables, end, word):
    feedback, mentions = tables
    piled = feedback["overall"].round().clip(1, 5).where(np.arange(800) % 5 > 2, end)
    with pytest.warns(TpfeedbackWarning, match=rf"\d\d% of .* have the {word} .*, {end}\. .*logit"):
        measure_impact(feedback.assign(overall=piled), mentions)


def test_yes_or_no_is_not_piled_up(tables):
    feedback, mentions = tables
    again = (feedback["overall"] > 3).astype(float)
    assert again.mean() > 0.5
    measure_impact(feedback.assign(overall=again), mentions, method="shapley")


def test_a_touchpoint_that_restates_the_outcome_is_named():
    random = np.random.default_rng(0)
    late, spoken = random.random((2, 600)) < [[0.3], [0.5]]
    outcome = 4 - 1.0 * late + random.normal(0, 1, 600)
    bad, good = spoken & (outcome < 3.5), spoken & (outcome >= 3.5)
    praised = ~late & (random.random(600) < 0.3)
    tables = to_tables({"value": bad, "delivery": late}, {"value": good, "delivery": praised},
                       outcome)  # fmt: skip
    with pytest.warns(TpfeedbackWarning, match=r"about value nearly is .*\(correlation 0\.[78]"):
        measure_impact(*tables)


def test_an_outcome_collected_after_the_text_is_told(tables):
    feedback, mentions = tables
    written = pd.Timestamp("2024-03-01") + pd.to_timedelta(np.arange(800), unit="D")
    dated = feedback.assign(date=written, overall_date=written)
    measure_impact(dated, mentions, method="shapley")
    later = written + pd.to_timedelta(7 * (np.arange(800) < 50), unit="D")
    with pytest.warns(TpfeedbackWarning, match="outcome of 50 texts was collected after"):
        measure_impact(dated.assign(overall_date=later), mentions, method="shapley")


def test_dates_with_and_without_a_time_zone_are_compared(tables):
    feedback, mentions = tables
    written = pd.Series(pd.Timestamp("2024-03-01"), index=feedback.index)
    later = (written + pd.Timedelta(days=7)).dt.tz_localize("Europe/Warsaw")
    for dates in ({"date": written, "overall_date": later},
                  {"date": written.dt.tz_localize("UTC"), "overall_date": later}):  # fmt: skip
        with pytest.warns(TpfeedbackWarning, match="outcome of 800 texts was collected after"):
            measure_impact(feedback.assign(**dates), mentions, method="shapley")
