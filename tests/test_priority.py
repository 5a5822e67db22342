"""The ranking, its reasons, and the quotes."""

from __future__ import annotations

import unicodedata

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.impact_cases import simulate
from tests.priority_cases import impact_of
from tpfeedback.errors import ColumnError, ImpactError
from tpfeedback.impact import measure_impact
from tpfeedback.priority import pick_quotes, rank_touchpoints
from tpfeedback.priority.quotes import _plain, _readable
from tpfeedback.tables import PRIORITIES, check_table


def test_the_priorities_table_follows_its_contract():
    impact = measure_impact(*simulate(600))
    table = rank_touchpoints(impact)
    names = [*(column.name for column in PRIORITIES), "tie_group"]
    assert list(check_table(table, "priorities").columns) == names
    assert table["priority"].sum() == pytest.approx(1)


def test_the_greatest_prize_comes_first_ties_by_name_and_unknown_last():
    rows = [("d", np.nan, 1), ("b", 0.1, 0.01), ("c", 0.5, 0.01), ("a", 0.1, 0.01)]
    impact = impact_of(rows)
    impact.loc[1, "negative_share"] = 0.3  # of equal prizes the share does not matter
    table = rank_touchpoints(impact)
    assert table["touchpoint"].tolist() == ["c", "a", "b", "d"]
    assert table["rank"].tolist() == [1, 2, 3, 4]


def test_unknown_prizes_come_in_the_order_of_their_complaints():
    impact = impact_of([(name, np.nan, 0) for name in "abc"])
    impact["negative_share"] = [0.1, 0.3, 0.2]
    assert rank_touchpoints(impact)["touchpoint"].tolist() == ["b", "c", "a"]


def test_priority_is_the_share_of_all_that_can_be_gained():
    rows = [("a", 0.6, 0.1), ("b", 0.2, 0.1), ("c", -0.4, 0.1), ("d", np.nan, 0.1)]
    assert rank_touchpoints(impact_of(rows))["priority"].round(6).tolist() == [0.75, 0.25, 0, 0]


def test_priority_is_zero_when_nothing_can_be_gained():
    assert rank_touchpoints(impact_of([("a", -0.1, 1), ("b", 0.0, 1)]))["priority"].sum() == 0


def test_clear_prizes_have_clear_ranks_and_unclear_ones_share_a_range():
    rows = [("a", 0.9, 0.01), ("b", 0.3, 0.2), ("c", 0.28, 0.2), ("d", -0.5, 0.01)]
    table = rank_touchpoints(impact_of(rows))
    assert table[["rank_low", "rank_high"]].values.tolist() == [[1, 1], [2, 3], [2, 3], [4, 4]]


def test_a_touchpoint_without_prize_could_be_anywhere_unless_nobody_complains():
    impact = impact_of([("a", 0.9, 0.01), ("b", 0.3, 0.2), ("c", np.nan, 0), ("d", np.nan, 0)])
    impact.loc[3, ["negative", "negative_share"]] = 0
    table = rank_touchpoints(impact).set_index("touchpoint")
    assert table.loc["c", ["rank", "rank_low", "rank_high"]].tolist() == [3, 1, 4]
    assert table.loc["d", ["rank", "rank_low", "rank_high"]].tolist() == [4, 3, 4]
    assert table["rank_high"].tolist() == [1, 2, 4, 4]


@settings(deadline=None, max_examples=30)
@given(
    st.lists(
        st.tuples(st.sampled_from([-0.2, 0.0, 0.1, 0.7, np.nan]), st.sampled_from([0.0, 0.1, 0.5])),
        max_size=7,
    )
)
def test_ranks_lie_in_their_intervals_whatever_the_table(pairs):
    impact = impact_of([(f"t{i}", prize, half) for i, (prize, half) in enumerate(pairs)])
    table = check_table(rank_touchpoints(impact), "priorities")
    assert (table["rank_low"] <= table["rank"]).all()
    assert (table["rank"] <= table["rank_high"]).all()
    assert table["rank_high"].max() <= len(pairs) or not pairs
    shuffled = rank_touchpoints(impact.iloc[::-1])
    pd.testing.assert_frame_equal(table, shuffled)


def test_rank_intervals_hold_the_true_rank():
    truth = np.array([0.5, 0.45, 0.3, 0.1, 0.02, 0.0])
    error = np.array([0.05, 0.08, 0.05, 0.04, 0.01, 0.03])
    hits = 0
    for seed in range(100):
        seen = truth + np.random.default_rng(seed).normal(size=6) * error
        rows = zip("abcdef", seen, 1.96 * error, strict=True)
        table = rank_touchpoints(impact_of(list(rows))).sort_values("touchpoint")
        inside = (table["rank_low"] <= np.arange(1, 7)) & (np.arange(1, 7) <= table["rank_high"])
        hits += inside.sum()
    assert hits / 600 >= 0.95 - 0.027


def reason(**values):
    impact = impact_of([("delivery", 0.65, 0.13), ("worst", 0.8, 0.1)])
    for name, value in values.items():
        impact.loc[0, name] = value
    return rank_touchpoints(impact).set_index("touchpoint").loc["delivery", "reason"]


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"negative_share": 0.34, "penalty": -1.91},
         "34% complain about it, each complaint goes with 1.9 points less; without them "
         "the mean would be 0.65 higher (0.52 to 0.78)."),
        ({"prize": 0.0123, "prize_low": 0.0051, "prize_high": 0.0199, "negative_share": 0.004},
         "0.4% complain about it, each complaint goes with 6.5 points less; without them "
         "the mean would be 0.012 higher (0.005 to 0.020)."),
        ({"prize": 0.03, "prize_low": -0.05, "prize_high": 0.11, "penalty_low": -6},
         "10% complain about it, but the interval of what could be gained includes zero "
         "(−0.05 to 0.11): more feedback is needed to say."),
        ({"prize": 0.01, "prize_low": -0.05, "prize_high": 0.07, "penalty_low": -0.3,
          "negative_share": 0.18},
         "Often complained about (18%), yet complaints hardly move the rating "
         "(gain −0.050 to 0.070)."),
        ({"prize": -0.3, "prize_low": -0.4, "prize_high": -0.2, "penalty": 0.52},
         "10% complain about it, yet a complaint goes with 0.52 points more, so nothing "
         "is to be gained here; read why."),
        ({"prize": 0.01, "prize_low": -0.05, "prize_high": 0.07, "penalty_low": -1.9,
          "negative_share": 0.06},
         "Often complained about (6%), yet complaints hardly move the rating "
         "(gain −0.050 to 0.070)."),
        ({"prize": 0.01, "prize_low": -0.05, "prize_high": 0.07, "penalty_low": -1.9,
          "negative_share": 0.04},
         "4% complain about it, but the interval of what could be gained includes zero "
         "(−0.050 to 0.070): more feedback is needed to say."),
        ({"prize": 0.01, "prize_low": -0.05, "prize_high": 0.07, "penalty_low": -2.1,
          "negative_share": 0.18},
         "18% complain about it, but the interval of what could be gained includes zero "
         "(−0.050 to 0.070): more feedback is needed to say."),
        ({"prize": -0.01, "prize_low": -0.05, "prize_high": 0.03, "penalty_low": -6},
         "10% complain about it, but the interval of what could be gained includes zero "
         "(−0.050 to 0.030): more feedback is needed to say."),
        ({"prize": np.nan, "negative": 5}, "10% complain about it, but what it costs could not be "
         "measured."),
        ({"prize": np.nan, "negative": 0, "reward": 0.8, "reward_low": -0.1},
         "No text complains about it."),
        ({"prize": np.nan, "negative": 3}, "Only 3 texts complain about it: too few to say what it "
         "costs."),
        ({"prize": np.nan, "negative": 1}, "Only 1 text complains about it: too few to say what it "
         "costs."),
        ({"prize": np.nan}, "10% complain about it, but what it costs could not be "
         "measured."),
        ({"prize": np.nan, "negative": 0}, "No text complains about it."),
        ({"prize": np.nan, "negative": 0, "reward": 0.8, "reward_low": 0.4},
         "No text complains about it. Going well: praise (4%) goes with 0.80 points "
         "more."),
    ],
)  # fmt: skip
def test_a_reason_says_in_words_and_numbers_why(values, words):
    assert reason(**values) == words


def test_what_hardly_costs_is_judged_by_the_worst_that_surely_costs():
    impact = impact_of([("delivery", 0.01, 0.06), ("staff", 0.8, 0.1), ("price", 4.0, 9.0)])
    impact.loc[0, "penalty_low"] = -3.0  # 0.25 x 8 points of staff, 0.25 x 40 of price
    table = rank_touchpoints(impact).set_index("touchpoint")
    assert "more feedback is needed" in table.loc["delivery", "reason"]


def test_ranking_keeps_the_callers_table_and_gives_the_same_bytes():
    impact = impact_of([("b", 0.1, 0.2), ("a", 0.2, 0.3)])
    before = impact.copy(deep=True)
    first, second = rank_touchpoints(impact), rank_touchpoints(impact)
    pd.testing.assert_frame_equal(first, second, check_exact=True)
    pd.testing.assert_frame_equal(before, impact)


def test_a_table_that_is_no_impact_table_is_refused():
    with pytest.raises(ColumnError, match="lacks the columns stage, mentions"):
        rank_touchpoints(impact_of([("a", 0.1, 0.1)])[["touchpoint", "prize"]])


def mentions_of(rows):
    names = ["feedback_id", "evidence", "score", "confidence", "language", "sentiment"]
    return pd.DataFrame(rows, columns=names).assign(touchpoint="delivery")


SURE = [
    ("f1", "the parcel came two weeks late", -0.9, 0.9, "en", "negative"),
    ("f2", "the courier threw my parcel over the fence", -0.9, 0.95, "en", "negative"),
    ("f3", "late", -0.9, 0.95, "en", "negative"),
    ("f4", "I waited for it at home the whole day", -0.3, 0.9, "en", "negative"),
    ("f5", "The parcel came two weeks late!", -0.9, 0.9, "en", "negative"),
    ("f6", "it came on the very same evening, great", 0.9, 0.9, "en", "positive"),
]


def test_quotes_are_the_clearest_first_and_say_nothing_twice():
    quotes = pick_quotes(mentions_of(SURE), touchpoint="delivery", n=3)
    assert quotes["feedback_id"].tolist() == ["f2", "f1", "f4"]
    assert list(quotes.columns) == list(mentions_of(SURE).columns)


def test_praise_is_quoted_for_praise_and_a_stranger_gives_no_quotes():
    table = mentions_of(SURE)
    good = pick_quotes(table, touchpoint="delivery", sentiment="positive")
    assert good["feedback_id"].tolist() == ["f6"]
    assert len(pick_quotes(table, touchpoint="price")) == 0
    assert len(pick_quotes(table, touchpoint="delivery", n=0)) == 0
    assert len(pick_quotes(table.iloc[:0], touchpoint="delivery")) == 0


def test_what_is_mixed_shows_complaint_and_praise_and_the_less_one_sided_shows_itself_best():
    rows = [("f1", "quick but the box was torn open", -0.6, 0.9, "en", "mixed"),
            ("f2", "a friendly courier came too late", -0.1, 0.9, "en", "mixed")]  # fmt: skip
    for sentiment, order in (("negative", ["f1", "f2"]), ("positive", ["f1", "f2"]),
                             ("mixed", ["f2", "f1"]), ("neutral", [])):  # fmt: skip
        found = pick_quotes(mentions_of(rows), touchpoint="delivery", sentiment=sentiment)
        assert found["feedback_id"].tolist() == order


def test_a_very_long_quote_gives_way_to_a_readable_one():
    rows = [("f1", "late " * 200, -0.9, 0.9, "en", "negative"), SURE[3]]
    assert pick_quotes(mentions_of(rows), touchpoint="delivery", n=1)["feedback_id"][0] == "f4"


def test_languages_are_mixed_in_when_present():
    rows = [*SURE, ("g1", "посылку везли целый месяц", -0.4, 0.5, "ru", "negative"),
            ("h1", "快递太慢了等了整整两个星期", -0.4, 0.6, "zh", "negative")]  # fmt: skip
    quotes = pick_quotes(mentions_of(rows), touchpoint="delivery", n=3)
    assert quotes["feedback_id"].tolist() == ["f2", "h1", "g1"]


def test_a_single_text_in_another_language_takes_no_place():
    many = [(f"f{i:02d}", f"the parcel came {i:02d} weeks late", -0.9, 0.9, "en", "negative")
            for i in range(20)]  # fmt: skip
    rows = [*many, ("g1", "посылку везли целый месяц", -0.4, 0.5, "ru", "negative")]
    quotes = pick_quotes(mentions_of(rows), touchpoint="delivery", n=3)
    assert quotes["feedback_id"].tolist() == ["f00", "f01", "f02"]


def test_quotes_of_tables_put_together_and_of_categories_are_the_same():
    mentions = mentions_of(
        [*SURE, ("g1", "посылку везли целый месяц", -0.4, 0.5, "ru", "negative")]
    )
    expected = pick_quotes(mentions, touchpoint="delivery", n=3)
    halves = mentions.set_axis([*range(4), *range(3)])  # as pandas.concat leaves the index
    pd.testing.assert_frame_equal(pick_quotes(halves, touchpoint="delivery", n=3), expected)
    kinds = mentions.astype(dict.fromkeys(("language", "touchpoint", "sentiment"), "category"))
    found = pick_quotes(kinds, touchpoint="delivery", n=3)
    assert found["feedback_id"].tolist() == expected["feedback_id"].tolist()


def test_an_unknown_sentiment_is_refused():
    with pytest.raises(ImpactError, match="Unknown sentiment 'angry'"):
        pick_quotes(mentions_of(SURE), touchpoint="delivery", sentiment="angry")


@given(st.text(max_size=80))
def test_the_words_of_a_quote_are_its_letters_and_digits_and_its_width_that_on_a_screen(evidence):
    folded = unicodedata.normalize("NFKC", evidence).casefold()
    assert _plain(evidence) == "".join(one for one in folded if one.isalnum())
    width = sum(2 if unicodedata.east_asian_width(one) in ("W", "F") else 1 for one in evidence)
    assert _readable(evidence) == min(1.0, width / 24, 160 / max(width, 1))


def test_an_impact_table_of_texts_is_refused():
    with pytest.raises(ColumnError, match=r"'prize' of the impact table holds .*Allowed: numbers"):
        rank_touchpoints(impact_of([("a", 0.1, 0.1)]).astype({"prize": "str"}))
