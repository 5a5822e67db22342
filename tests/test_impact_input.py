"""What measure_impact takes as input, and what it refuses with which words."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from tests.impact_cases import quiet, simulate
from tpfeedback.errors import ColumnError, ImpactError
from tpfeedback.impact import measure_impact


@pytest.mark.parametrize("dtype", ["int64", "Int64", "object", "str"])
@pytest.mark.parametrize("other", ["int64", "object", "str"])
def test_ids_are_compared_as_text(dtype, other):
    feedback, mentions = simulate(300)
    numbered, own = (
        table.assign(feedback_id=table["feedback_id"].str[1:].astype(int).astype(kind))
        for table, kind in ((feedback, dtype), (mentions, other))
    )
    pd.testing.assert_frame_equal(
        quiet(measure_impact, numbered, own), quiet(measure_impact, feedback, mentions)
    )


def broken(change):
    feedback, mentions = simulate(100)
    return change(feedback, mentions)


@pytest.mark.parametrize(
    ("change", "options", "error", "match"),
    [
        (lambda f, m: (f.assign(overall=np.nan), m), {}, ImpactError, "missing in all 100 texts"),
        (lambda f, m: (f.assign(overall=None), m), {}, ImpactError, "missing in all 100 texts"),
        (lambda f, m: (f.assign(overall=np.inf), m), {}, ImpactError, "missing in all 100 texts"),
        (lambda f, m: (f.iloc[:0], m.iloc[:0]), {}, ImpactError, "missing in all 0 texts"),
        (lambda f, m: (f.assign(overall="good"), m), {}, ImpactError, "holds str values"),
        (lambda f, m: (f, m), {"outcome": "stars"}, ImpactError, "Unknown outcome column 'stars'"),
        (lambda f, m: (pd.concat([f, f[["overall"]]], axis=1), m), {}, ImpactError, "2 columns"),
        (lambda f, m: (pd.concat([f, f]), m), {}, ImpactError, "repeated .* 100 rows.*'f00000'"),
        (lambda f, m: (f.assign(feedback_id=[1, "1", *range(2, 100)]), m[:0]), {}, ImpactError,
         "repeated .* 1 rows.*'1'"),
        (lambda f, m: (f, m.assign(feedback_id=None)), {}, ImpactError, "not know, for example"),
        (lambda f, m: (f.iloc[1:], m.assign(feedback_id="f00000")), {}, ImpactError, "not know"),
        (lambda f, m: (f.assign(feedback_id=None), m), {}, ImpactError, "100 rows .* no feedback_"),
        (lambda f, m: (f, m.drop(columns="sentiment")), {}, ColumnError, "exactly once.*sentiment"),
        (lambda f, m: (f, m.assign(sentiment="bad")), {}, ColumnError, "Unknown sentiment 'bad'"),
        (lambda f, m: (f, m.assign(touchpoint=None)), {}, ColumnError, "have no touchpoint"),
        (lambda f, m: ({"a": 1}, m), {}, ColumnError, "must be a pandas DataFrame, given: dict"),
        (lambda f, m: (f, m), {"method": "magic"}, ImpactError, "Unknown method 'magic'"),
        (lambda f, m: (f, m), {"controls": ["city"]}, ColumnError, "Unknown control column 'city'"),
        (lambda f, m: (f, m), {"controls": "city"}, ColumnError, r"controls=\['city'\]"),
        (lambda f, m: (f.assign(d=pd.Timestamp("2024-01-01")), m), {"controls": ["d"]},
         ColumnError, "holds dates"),
        (lambda f, m: (f, m), {"controls": ["overall"]}, ColumnError, "'overall' is the outcome"),
        (lambda f, m: (f, m), {"controls": None}, ColumnError, "a list of columns, given: None"),
        (lambda f, m: (f, m), {"random_state": "a"}, ImpactError, "random_state is 'a'"),
        (lambda f, m: (f, m), {"random_state": -1}, ImpactError, "random_state is -1"),
    ],
)  # fmt: skip
def test_bad_input_is_refused_with_what_is_wrong(change, options, error, match):
    with pytest.raises(error, match=match):
        measure_impact(*broken(change), **options)


def test_a_control_with_too_many_levels_is_refused():
    feedback, mentions = simulate(1000)
    feedback["shop"] = [f"shop {i % 150}" for i in range(1000)]
    with pytest.raises(ImpactError, match=r"150 levels\. Allowed: 100"):
        measure_impact(feedback, mentions, controls=["shop"])


@pytest.mark.parametrize("kind", [bool, int])
def test_numbers_with_none_among_them_are_an_outcome_whatever_holds_them(kind):
    feedback, mentions = simulate(300)
    known = feedback["overall"].gt(4).astype(kind).astype(object)
    mixed = feedback.assign(overall=known.where(feedback.index >= 40, None))
    assert mixed["overall"].dtype == object
    numbers = mixed.assign(overall=mixed["overall"].astype(float))
    pd.testing.assert_frame_equal(
        quiet(measure_impact, mixed, mentions), quiet(measure_impact, numbers, mentions)
    )
