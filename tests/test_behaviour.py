"""The behavioural cases keep to their format, and a case passes only when it should."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from tpfeedback.taxonomy import load_taxonomy
from tpfeedback.training.behaviour import CASES, Case, behaviour_table, passes, read_cases
from tpfeedback.training.data import MARKS

KEYS = set(load_taxonomy("general").keys)
EVERYWHERE = {"contrast", "negation", "wishes", "comparatives", "irony", "emoji", "typos",
              "implicit", "long", "plain", "bare", "question"}  # fmt: skip
OF_LANGUAGE = {"ru": {"latin"}, "zh": {"traditional"}, "pl": {"no_diacritics"}, "en": set()}


@pytest.mark.parametrize("language", sorted(OF_LANGUAGE))
def test_every_capability_has_at_least_25_cases_in_every_language(language):
    counts = Counter(c.capability for c in read_cases(CASES) if c.language == language)
    assert set(counts) == EVERYWHERE | OF_LANGUAGE[language]
    assert min(counts.values()) >= 25


def test_marks_and_keys_are_those_of_the_codebook():
    for case in read_cases(CASES):
        assert set(case.marks) <= KEYS
        assert set(case.marks.values()) <= set(MARKS)
        assert case.absent <= KEYS - set(case.marks)
        assert bool(case.question) == (case.capability == "question")


def test_no_case_is_learnt_from():
    written = (Path(CASES).parent / "written").glob("*.jsonl")
    learnt = {
        (record.get("question", ""), record["text"])
        for path in written
        for record in map(json.loads, path.read_text(encoding="utf-8").splitlines())
    }
    assert not learnt & {(case.question, case.text) for case in read_cases(CASES)}


@pytest.mark.parametrize(
    ("marks", "absent", "said", "passed"),
    [
        ({"price": "-"}, set(), {"price": "-"}, True),
        ({"price": "-"}, set(), {"price": "-", "staff": "+"}, True),
        ({"price": "-"}, {"staff"}, {"price": "-", "staff": "+"}, False),
        ({"price": "-"}, set(), {"price": "+"}, False),
        ({"price": "-", "staff": "+"}, set(), {"price": "-"}, False),
        ({}, set(), {}, True),
        ({}, set(), {"price": "0"}, False),
    ],
)
def test_a_case_passes_only_when_all_marks_are_given_and_nothing_forbidden(
    marks, absent, said, passed
):
    assert passes(Case("en", "plain", "x", "", marks, frozenset(absent)), said) == passed


def test_the_table_has_a_row_for_each_capability_and_one_for_all():
    cases = [Case("en", name, "x", "", {"price": "-"}, frozenset()) for name in ("irony", "plain")]
    table = behaviour_table(cases, [{"price": "-"}, {}])
    assert "| irony |  |  |  | 1.000 (0.207–1.000) of 1 |" in table
    assert "| all |  |  |  | 0.500 (0.095–0.905) of 2 |" in table
