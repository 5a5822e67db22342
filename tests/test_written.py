"""The texts written for training keep to their format and stay apart from what is measured."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from tpfeedback.detection import detect_language
from tpfeedback.taxonomy import load_taxonomy
from tpfeedback.training.data import MARKS, LabelledText, read_written

DATA = Path(__file__).parents[1] / "data"
KEYS = load_taxonomy("general").keys


FILES = sorted((DATA / "written").rglob("*.jsonl"))


@pytest.fixture(scope="module", params=FILES, ids=[path.stem for path in FILES])
def texts(request) -> list[LabelledText]:
    return read_written(request.param, KEYS)


def test_marks_and_keys_are_those_of_the_codebook(texts):
    assert {mark for t in texts for mark in t.touchpoints.values()} <= set(MARKS)
    assert {key for t in texts for key in t.touchpoints} <= set(KEYS)
    assert {t.overall for t in texts} <= set(MARKS)
    assert all(t.covers == frozenset(KEYS) for t in texts)


def test_no_text_stands_twice_or_in_the_sample_data(texts):
    written = [(t.question, t.text) for t in texts]
    assert len(set(written)) == len(written) > 300
    assert not {t.text for t in texts if not t.question} & set(
        pd.read_csv(DATA / "samples" / "reviews.csv")["comment"]
    )


def test_nearly_every_text_is_in_the_language_it_claims(texts):
    told = [t for t in texts if not t.question]  # an answer may be one word
    right = [detect_language(t.text).language == t.language for t in told]
    assert not right or sum(right) / len(right) > 0.95
