"""The published schema of `Analysis.to_dict()` fits what is written, and nothing else."""

from __future__ import annotations

import copy
import json
from importlib.resources import files

import numpy as np
import pytest
from jsonschema import Draft202012Validator, ValidationError

from tests.nasty_texts import NASTY
from tests.small_findings import (
    KeywordTagger,
    findings,
    impact_table,
    priorities_table,
    reviews,
)
from tpfeedback import analyze
from tpfeedback.report.schema import NAME, analysis_schema, publish_schema
from tpfeedback.tables import TABLES

VALIDATOR = Draft202012Validator(analysis_schema())


def _written(analysis):
    """Return what a program on the other side reads."""
    return json.loads(json.dumps(analysis.to_dict(), allow_nan=False))


def test_the_schema_is_a_schema():
    Draft202012Validator.check_schema(analysis_schema())


def test_the_published_file_is_the_schema_of_the_tables(tmp_path):
    """If this fails, write it anew: `publish_schema("tpfeedback/schemas/analysis.schema.json")`."""
    publish_schema(tmp_path / NAME)
    published = (files("tpfeedback") / "schemas" / NAME).read_bytes()
    assert published == (tmp_path / NAME).read_bytes()


@pytest.mark.filterwarnings("ignore::tpfeedback.errors.TpfeedbackWarning")
def test_a_real_analysis_follows_the_schema():
    table = reviews().assign(shop=np.arange(400) % 3, when="2024-05-01")
    analysis = analyze(table, text="comment", overall="stars", date="when", tagger=KeywordTagger())
    VALIDATOR.validate(_written(analysis))


NONE_FOUND = {"mentions": findings().mentions.head(0), "impact": impact_table().head(0),
              "priorities": priorities_table().head(0)}  # fmt: skip
UNMEASURED = {
    "impact": impact_table().assign(
        role=None,
        **{
            name: np.nan for name in impact_table() if name.startswith(("penalty", "reward", "pri"))
        },
    )
}


@pytest.mark.parametrize(
    "changed", [{}, {"extra": NASTY}, NONE_FOUND, UNMEASURED],
    ids=["ordinary", "nasty", "without mentions", "unmeasured"],
)  # fmt: skip
def test_whatever_was_found_follows_the_schema(changed):
    VALIDATOR.validate(_written(findings(**changed)))


@pytest.fixture(scope="module")
def written():
    return _written(findings())


@pytest.mark.parametrize("key", sorted(analysis_schema()["required"]))
def test_no_promised_part_may_be_left_out(written, key):
    with pytest.raises(ValidationError, match=f"'{key}' is a required property"):
        VALIDATOR.validate({name: part for name, part in written.items() if name != key})


def test_a_part_that_is_not_promised_is_an_error(written):
    with pytest.raises(ValidationError, match="'prioritise' was unexpected"):
        VALIDATOR.validate({**written, "prioritise": []})


@pytest.mark.parametrize(
    ("table", "column", "value", "message"),
    [
        ("priorities", "priority", 39, "39 is greater than the maximum of 1"),
        ("priorities", "rank", 0, "0 is less than the minimum of 1"),
        ("priorities", "rank", "first", "'first' is not of type 'integer'"),
        ("priorities", "reason", None, "None is not of type 'string'"),
        ("impact", "role", "essential", "'essential' is not one of"),
        ("mentions", "sentiment", "bad", "'bad' is not one of"),
        ("feedback", "date", "May 2024", "'May 2024' does not match"),
        ("feedback", "language", "de", "'de' is not one of"),
        ("rewards", "prize", 1, "'prize' was unexpected"),
        ("rejected", "reason", None, "None is not of type 'string'"),
    ],
)
def test_a_value_outside_the_contract_is_an_error(written, table, column, value, message):
    changed = copy.deepcopy(written)
    changed[table][0][column] = value
    with pytest.raises(ValidationError, match=message):
        VALIDATOR.validate(changed)


def test_a_column_of_the_source_is_no_error(written):
    changed = copy.deepcopy(written)
    changed["feedback"][0]["shop"] = "Kraków"
    VALIDATOR.validate(changed)


@pytest.mark.parametrize("table", sorted(TABLES))
def test_every_column_of_the_tables_is_described(table):
    described = analysis_schema()["properties"][table]["items"]["properties"]
    assert {name: one["description"] for name, one in described.items()} == {
        column.name: column.meaning for column in TABLES[table]
    }
