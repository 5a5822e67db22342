"""Mentions of an industry roll up to the general ones they came from, exactly."""

from __future__ import annotations

import warnings
from collections import defaultdict
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.taxonomy_cases import bar, broth
from tpfeedback.errors import TableError, TaxonomyError, TpfeedbackWarning
from tpfeedback.mentions import roll_up
from tpfeedback.tables import MENTIONS, SENTIMENTS, check_table
from tpfeedback.tagger import load_network_tagger
from tpfeedback.taxonomy import available_taxonomies, fallbacks, general_parent, load_taxonomy
from tpfeedback.teaching.files import shipped_tagger

INDUSTRIES = [name for name in available_taxonomies() if name != "general"]


def mentions_of(*rows: tuple[str, str, str, float, float]) -> pd.DataFrame:
    """Return mentions: feedback_id, touchpoint, sentiment, score, confidence; evidence in order."""
    columns = ["feedback_id", "touchpoint", "sentiment", "score", "confidence"]
    table = pd.DataFrame(list(rows), columns=columns)
    spans = [(10 * number, 10 * number + 4) for number in range(len(rows))]
    return table.assign(
        start=[start for start, _ in spans],
        stop=[stop for _, stop in spans],
        evidence=[f"ev{number:02d}" for number in range(len(rows))],
        language="en",
    ).astype({"start": "int64", "stop": "int64", "score": float, "confidence": float})


@pytest.mark.parametrize(
    ("sentiments", "expected"),
    [
        (["negative", "positive"], "mixed"),
        (["positive", "mixed"], "mixed"),
        (["mixed", "neutral"], "mixed"),
        (["negative", "neutral"], "negative"),
        (["neutral", "positive", "neutral"], "positive"),
        (["neutral", "neutral"], "neutral"),
        (["negative", "negative"], "negative"),
        (["positive"], "positive"),
    ],
)
def test_feelings_of_several_children_join(sentiments: list[str], expected: str) -> None:
    children = ("breakfast", "bed", "restaurant_and_bar")
    rows = [("1", c, s, 0.0, 0.5) for c, s in zip(children, sentiments, strict=False)]
    rolled = roll_up(mentions_of(*rows), "hotel")
    assert rolled[["touchpoint", "sentiment"]].values.tolist() == [["product", expected]]


def test_the_surest_child_gives_evidence_and_confidence_all_give_the_score() -> None:
    found = mentions_of(
        ("1", "bed", "negative", -0.8, 0.6), ("1", "breakfast", "positive", 0.4, 0.9)
    )
    (row,) = roll_up(found, "hotel").to_dict("records")
    assert (row["evidence"], row["start"], row["stop"]) == ("ev01", 10, 14)
    assert (row["confidence"], row["language"]) == (0.9, "en")
    assert row["score"] == pytest.approx((-0.8 * 0.6 + 0.4 * 0.9) / 1.5)


@pytest.mark.parametrize("order", [[0, 1, 2], [2, 1, 0], [1, 2, 0]])
def test_of_equally_sure_children_the_earliest_gives_the_evidence(order: list[int]) -> None:
    found = mentions_of(("1", "bed", "negative", -0.8, 0.6),
                        ("1", "breakfast", "neutral", 0.1, 0.6),
                        ("1", "extra_services", "neutral", 0.1, 0.5))  # fmt: skip
    assert roll_up(found.iloc[order], "hotel")["evidence"].tolist() == ["ev00"]


def test_texts_and_touchpoints_stay_apart_in_their_order() -> None:
    found = mentions_of(("2", "bed", "negative", -0.8, 0.6), ("2", "wifi", "positive", 0.4, 0.9),
                        ("1", "delivery", "neutral", 0.0, 0.3), ("1", "bed", "positive", 0.7, 0.3),
                        ("2", "breakfast", "negative", -0.5, 0.4))  # fmt: skip
    rolled = roll_up(found, "hotel")
    assert rolled[["feedback_id", "touchpoint", "sentiment"]].values.tolist() == [
        ["2", "product", "negative"],
        ["2", "premises", "positive"],
        ["1", "delivery", "neutral"],
        ["1", "product", "positive"],
    ]


@pytest.mark.parametrize("name", available_taxonomies())
def test_mentions_of_general_touchpoints_stay_as_they_are(name: str) -> None:
    kept = [key for key in load_taxonomy(name).keys if key in load_taxonomy("general")]
    found = mentions_of(*(("1", key, "negative", -0.31, 0.77) for key in kept))
    pd.testing.assert_frame_equal(roll_up(found, name), found)


def test_rolled_up_mentions_are_a_mentions_table_with_all_their_columns() -> None:
    found = mentions_of(("1", "bed", "negative", -0.8, 0.6), ("1", "wifi", "positive", 0.4, 0.9))
    before = found.copy()
    rolled = roll_up(found.assign(city="Łódź").set_axis([7, 7]), "hotel")
    check_table(rolled, "mentions")
    assert rolled["city"].tolist() == ["Łódź", "Łódź"]
    assert rolled.dtypes.drop("city").to_dict() == found.dtypes.to_dict()
    pd.testing.assert_frame_equal(found, before)


def test_mentions_kept_as_categories_roll_up_to_the_same() -> None:
    found = mentions_of(("1", "bed", "negative", -0.8, 0.6), ("1", "wifi", "positive", 0.4, 0.9),
                        ("2", "breakfast", "negative", -0.5, 0.4))  # fmt: skip
    kept = ["feedback_id", "touchpoint", "sentiment", "language"]
    rolled = roll_up(found.astype(dict.fromkeys(kept, "category")), "hotel")
    pd.testing.assert_frame_equal(rolled.astype(object), roll_up(found, "hotel").astype(object))


def test_no_mentions_roll_up_to_no_mentions() -> None:
    empty = mentions_of(("1", "bed", "negative", -0.8, 0.6)).iloc[:0]
    rolled = roll_up(empty, "hotel")
    assert rolled.empty
    assert [*rolled.columns] == [*empty.columns]
    assert set(rolled.columns) == {column.name for column in MENTIONS}


def test_a_mention_that_leads_nowhere_is_left_out_and_told() -> None:
    own = load_taxonomy(bar(touchpoints=[broth(parent=...), broth(key="rice", cues=...)]))
    found = mentions_of(("1", "broth", "negative", -0.8, 0.6), ("1", "rice", "neutral", 0.1, 0.6),
                        ("2", "broth", "positive", 0.8, 0.6))  # fmt: skip
    with pytest.warns(TpfeedbackWarning, match=r"^2 mentions have no general .*left out: broth\."):
        rolled = roll_up(found, own)
    assert rolled[["feedback_id", "touchpoint"]].values.tolist() == [["1", "product"]]


def test_a_touchpoint_of_another_taxonomy_is_refused() -> None:
    found = mentions_of(("1", "breakfest", "negative", -0.8, 0.6))
    with pytest.raises(TaxonomyError, match=r"touchpoint of 'hotel' 'breakfest'.*'breakfast'\?"):
        roll_up(found, "hotel")


def test_what_is_no_mentions_table_is_refused() -> None:
    with pytest.raises(TableError, match="feedback_id"):
        roll_up(pd.DataFrame({"touchpoint": ["bed"]}), "hotel")


# --- exactness: what was narrowed comes back --------------------------------------------------


@given(st.sampled_from(INDUSTRIES), st.integers(0, 10**6), st.integers(1, 60))
@settings(deadline=None, max_examples=60)
def test_however_general_mentions_are_narrowed_they_roll_up_to_themselves(
    name: str, seed: int, n: int
) -> None:
    rng = np.random.default_rng(seed)
    general = general_mentions(rng, n)
    narrowed = narrow(general, name, rng)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        rolled = roll_up(narrowed, name)
    same = ["feedback_id", "touchpoint", "sentiment", "confidence", "evidence"]
    by = ["feedback_id", "touchpoint"]
    pd.testing.assert_frame_equal(
        rolled[same].sort_values(by, ignore_index=True),
        general[same].sort_values(by, ignore_index=True),
    )


def general_mentions(rng: np.random.Generator, n: int) -> pd.DataFrame:
    """Return mentions of general touchpoints, each once in a text."""
    keys = load_taxonomy("general").keys
    pairs = {(str(rng.integers(5)), str(rng.choice(keys))) for _ in range(n)}
    return mentions_of(*(
        (text, key, str(rng.choice(SENTIMENTS)), float(rng.uniform(-1, 1)), float(rng.uniform()))
        for text, key in sorted(pairs)
    ))  # fmt: skip


def narrow(general: pd.DataFrame, name: str, rng: np.random.Generator) -> pd.DataFrame:
    """Give each mention to a child, to several, or to what is left of its touchpoint.

    The surest child has the parent's confidence and evidence; only a mixed mention is split.
    """
    children: dict[str, list[str]] = defaultdict(list)
    for key, parent in general_parent(name).items():
        children[str(parent)].append(key)
    rows: list[dict[str, Any]] = []
    for record in general.to_dict("records"):
        base, sentiment = str(record["touchpoint"]), record["sentiment"]
        chosen = sorted({*rng.choice(children[base], int(rng.integers(1, 4))).tolist()})
        if rng.uniform() < 0.3:
            chosen = [str(fallbacks(name)[base])]
        parted = ["negative", "positive"] + ["neutral"] * 2
        signs = parted if sentiment == "mixed" and len(chosen) > 1 else [sentiment] * 4
        for number, key in enumerate(chosen):
            weaker = {"confidence": record["confidence"] / 2, "evidence": "??"} if number else {}
            rows.append({**record, "touchpoint": key, "sentiment": signs[number], **weaker})
    order = rng.permutation(len(rows))
    return pd.DataFrame([rows[at] for at in order])


@pytest.mark.parametrize("name", INDUSTRIES)
def test_what_ships_of_an_industry_was_learnt_with_the_network_that_ships(name: str) -> None:
    assert shipped_tagger(load_network_tagger(), load_taxonomy(name)) is not None
