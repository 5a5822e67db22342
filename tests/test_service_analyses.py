"""Whatever a table holds, it is analyzed or refused in our words."""

from __future__ import annotations

import json
import warnings
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.nasty_texts import NASTY
from tests.service_client import MISSING
from tests.small_findings import KeywordTagger
from tpfeedback.errors import TpfeedbackError

pytest.importorskip("pydantic", reason=MISSING)
from tpfeedback.service.analyses import analysis_json
from tpfeedback.service.bodies import LARGEST, analyze_request
from tpfeedback.service.limits import Limits
from tpfeedback.service.taggers import Taggers

TEXTS = ["the courier was bad", "kind staff", "a fair price", "bad shoes", "", "-"]
CELLS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-LARGEST, LARGEST),
    st.floats(-1e15, 1e15),
    st.integers(1, 5),
    st.sampled_from(["1", "5/5", "4,5", "2024-05-01", "31.12.2023", "NaN", "=1+1", "а", "好"]),
    st.dates(date(1, 1, 1), date(9999, 12, 31)).map(str),
    st.text(max_size=20),
)
COLUMNS = ("stars", "date", "shop", "rating", "language", "question", "channel", "row", "text")
ROWS = st.lists(
    st.fixed_dictionaries(
        {"comment": st.sampled_from(TEXTS) | st.sampled_from(NASTY)},
        optional=dict.fromkeys(COLUMNS, CELLS),
    ),
    min_size=1,
    max_size=40,
)
NAMES = st.none() | st.sampled_from(COLUMNS)
OPTIONS = st.fixed_dictionaries(
    {},
    optional={
        "text": st.sampled_from(["comment", ["comment", "text"]]),
        **dict.fromkeys(("overall", "date", "language", "weights", "cluster"), NAMES),
        "controls": st.lists(st.sampled_from(COLUMNS), max_size=2),
        "model": st.sampled_from(["linear", "ordered_logit", "binary_logit", "nps"]),
        "policy": st.sampled_from(["baseline", "observed", "imputed"]),
    },
)
MODEL = analyze_request(Limits())


@settings(
    max_examples=15, derandomize=True, database=None, deadline=None,
    suppress_health_check=list(HealthCheck),
)  # fmt: skip
@given(rows=ROWS, options=OPTIONS)
def test_any_table_is_analyzed_or_refused(rows, options):
    body = json.dumps({"rows": rows, **options}).encode()
    try:
        request = MODEL.model_validate_json(body)
    except ValueError:  # a lone surrogate is no Unicode text
        assert b"\\ud" in body
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            content = json.loads(analysis_json(request, Taggers(KeywordTagger())))
        except TpfeedbackError:
            return
        assert content["answer"]
