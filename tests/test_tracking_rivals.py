"""Where customers compare us with others: who counts, who wins, and how sure that is."""

from __future__ import annotations

from math import comb, sqrt

import numpy as np
import pandas as pd
import pytest

from tests.impact_cases import quiet
from tpfeedback.errors import ColumnError, ImpactError, TpfeedbackError, TpfeedbackWarning
from tpfeedback.tracking import rivals

COUNTS = ["comparisons", "wins", "losses", "equal"]


def comparisons(rows):
    """Return the table from (text, touchpoint, rival, verdict)."""
    return pd.DataFrame(rows, columns=["feedback_id", "touchpoint", "rival", "verdict"])


FEW = comparisons(
    [
        ("a", "delivery", "Ozon", "loss"),
        ("b", "delivery", "Ozon", "loss"),
        ("c", "delivery", None, "win"),
        ("c", "price", None, "equal"),
        ("d", "price", "Ozon", "win"),
        ("e", None, "Allegro", "win"),
        ("f", None, None, "loss"),
    ]
)


def test_touchpoints_rivals_and_pairs_are_counted():
    found = quiet(rivals, FEW)
    by_touchpoint = found.table[["touchpoint", *COUNTS]].astype(object)
    assert by_touchpoint.where(by_touchpoint.notna(), None).values.tolist() == [
        ["delivery", 3, 1, 2, 0], ["price", 2, 1, 0, 1], [None, 2, 1, 1, 0]]  # fmt: skip
    assert found.named[["rival", *COUNTS]].values.tolist() == [
        ["Ozon", 3, 1, 2, 0], ["Allegro", 1, 1, 0, 0]]  # fmt: skip
    pairs = found.pairs[["rival", "touchpoint", *COUNTS]].astype(object)
    assert pairs.where(pairs.notna(), None).values.tolist() == [
        ["Ozon", "delivery", 2, 0, 2, 0], ["Allegro", None, 1, 1, 0, 0],
        ["Ozon", "price", 1, 1, 0, 0]]  # fmt: skip
    assert found.overall[COUNTS].values.tolist() == [[6, 3, 3, 0]]


def test_who_says_better_and_worse_of_the_same_thing_counts_once_as_equal():
    rows = [("a", "price", None, verdict) for verdict in ("win", "loss", "loss", "equal")]
    rows += [("b", "price", None, verdict) for verdict in ("win", "win", "equal")]
    assert quiet(rivals, comparisons(rows)).table[COUNTS].values.tolist() == [[2, 1, 0, 1]]


def test_answers_of_one_respondent_count_once():
    questions = ["Why?", "What else?"]
    names = [f"7:{question}" for question in questions]
    feedback = pd.DataFrame({"feedback_id": names, "question": questions})
    rows = comparisons([(name, "price", "Ozon", "win") for name in names])
    assert quiet(rivals, rows).overall["wins"].tolist() == [2]
    found = quiet(rivals, rows, feedback=feedback)
    assert [table["wins"].tolist() for table in (found.table, found.named, found.overall)] == [
        [1]
    ] * 3


def test_texts_of_one_customer_count_once_when_clustered():
    feedback = pd.DataFrame({"feedback_id": [1, 2, 3, 4], "customer": ["x", "x", None, None]})
    rows = comparisons([(i, "price", None, "loss") for i in (1, 2, 3, 4)])
    found = quiet(rivals, rows, feedback=feedback, cluster="customer")
    assert found.table["losses"].tolist() == [3]


@pytest.mark.parametrize(("wins", "losses"), [(0, 7), (3, 9), (8, 8), (40, 12), (1, 0)])
def test_interval_and_test_are_those_of_wilson_and_the_binomial(wins, losses):
    n = wins + losses
    rows = [(i, "price", None, "win" if i < wins else "loss") for i in range(n)]
    row = quiet(rivals, comparisons([*rows, ("t", "price", None, "equal")])).table.iloc[0]
    z, share = 1.959963985, wins / n
    half = z * sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    assert row["win_share"] == share
    assert row[["win_share_low", "win_share_high"]].tolist() == pytest.approx(
        [middle - half, middle + half], abs=1e-8
    )
    likely = [comb(n, k) / 2**n for k in range(n + 1)]
    expected = sum(p for p in likely if p <= likely[wins] * (1 + 1e-9))
    assert row["p_value"] == pytest.approx(expected)
    assert row["q_value"] == pytest.approx(expected)


def test_q_values_are_over_the_rows_of_a_table():
    rows = [(f"{name}{i}", name, None, "win") for name, n in (("price", 10), ("staff", 6))
            for i in range(n)]  # fmt: skip
    rows += [(f"x{i}", "product", None, verdict) for i, verdict in enumerate(["win", "loss"] * 4)]
    table = quiet(rivals, comparisons(rows)).table.set_index("touchpoint")
    assert table["q_value"].to_dict() == pytest.approx(
        {"price": 3 * 2 / 2**10, "staff": 3 / 2 * 2 / 2**6, "product": 1.0}
    )


def test_ties_alone_give_no_share():
    row = quiet(rivals, comparisons([(i, "price", None, "equal") for i in range(9)])).table.iloc[0]
    assert row[COUNTS].tolist() == [9, 0, 0, 9]
    assert row[["win_share", "win_share_low", "win_share_high", "p_value", "q_value"]].isna().all()


def test_evenly_matched_touchpoints_are_seldom_called_won_or_lost():
    random, found = np.random.default_rng(0), []
    for _ in range(40):
        verdicts = random.choice(["win", "loss", "equal"], 120)
        touchpoints = random.choice(["price", "staff", "product"], 120)
        rows = list(zip(range(120), touchpoints, [None] * 120, verdicts, strict=True))
        found.append((quiet(rivals, comparisons(rows)).table["q_value"] < 0.05).any())
    assert np.mean(found) <= 0.05 + 2.5 * (0.05 * 0.95 / 40) ** 0.5


def test_the_order_of_the_rows_does_not_matter():
    one, other = quiet(rivals, FEW), quiet(rivals, FEW.sample(frac=1, random_state=3))
    for name in ("table", "named", "pairs", "overall"):
        pd.testing.assert_frame_equal(getattr(one, name), getattr(other, name))


def test_no_comparisons_give_empty_tables_and_say_so():
    with pytest.warns(TpfeedbackWarning, match="No comparisons with others were given"):
        found = rivals(comparisons([]))
    assert [len(table) for table in (found.table, found.named, found.pairs)] == [0, 0, 0]
    assert found.overall[COUNTS].values.tolist() == [[0, 0, 0, 0]]
    assert list(found.table.columns) == ["touchpoint", *list(quiet(rivals, FEW).overall.columns)]


def test_too_few_wins_and_losses_are_said_to_tell_nothing():
    with pytest.warns(TpfeedbackWarning, match="There are 2 wins and losses in all"):
        rivals(FEW.head(2))


def test_six_wins_and_losses_are_enough_for_a_clean_sweep():
    found = rivals(comparisons([(i, "price", None, "win") for i in range(6)]))
    assert found.notes == ()
    assert found.overall["p_value"].iat[0] < 0.05


def test_the_table_given_is_left_as_it_was():
    table = FEW.copy()
    quiet(rivals, table)
    pd.testing.assert_frame_equal(table, FEW)


@pytest.mark.parametrize(
    ("table", "options", "message"),
    [
        (FEW.drop(columns="verdict"), {}, "lacks the columns verdict"),
        (FEW.assign(verdict="won"), {}, "Unknown verdict 'won'"),
        (FEW, {"cluster": "customer"}, "Pass it with feedback="),
        (FEW, {"feedback": pd.DataFrame({"feedback_id": ["a"]})}, "does not know, for example 'b'"),
        (FEW, {"feedback": pd.DataFrame({"feedback_id": list("abcdef")}), "cluster": "city"},
         "Unknown cluster column 'city'"),
    ],
)  # fmt: skip
def test_what_cannot_be_counted_is_refused_with_advice(table, options, message):
    with pytest.raises(ColumnError, match=message) as caught:
        rivals(table, **options)
    assert isinstance(caught.value, TpfeedbackError)
    assert not isinstance(caught.value, ImpactError)
