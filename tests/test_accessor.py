"""`df.feedback` reads and analyzes a frame, once it was asked for and not before."""

from __future__ import annotations

import subprocess
import sys
import warnings

import pandas as pd

import tpfeedback.accessor  # noqa: F401
from tests.small_findings import KeywordTagger, reviews
from tpfeedback.analysis import analyze
from tpfeedback.errors import TpfeedbackWarning


def test_a_frame_is_analyzed_as_analyze_does_it():
    frame = reviews()
    before = frame.copy(deep=True)
    options = {"text": "comment", "overall": "stars", "tagger": KeywordTagger()}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", TpfeedbackWarning)
        found = frame.feedback.analyze(**options)
        expected = analyze(frame, **options)
    pd.testing.assert_frame_equal(found.priorities, expected.priorities)
    pd.testing.assert_frame_equal(frame, before)


def test_a_frame_is_read_as_read_export_does_it():
    export = reviews().feedback.read(text="comment", overall="stars")
    assert len(export.feedback) == 400


def test_a_column_of_that_name_stays_within_reach():
    frame = pd.DataFrame({"feedback": ["late again"]})
    assert frame["feedback"].tolist() == ["late again"]


def python(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_tpfeedback_alone_loads_no_pandas_and_changes_none():
    assert python("import sys, tpfeedback; print('pandas' in sys.modules)") == "False"
    code = "import pandas, tpfeedback; print(hasattr(pandas.DataFrame, 'feedback'))"
    assert python(code) == "False"
