"""A monitor's state adds up: to the byte, in any order, and never twice."""

from __future__ import annotations

from functools import reduce

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tpfeedback.errors import ColumnError, ReadError, TableError, WriteError
from tpfeedback.tracking.monitor import monitor
from tpfeedback.tracking.state import KEYS, merge_states
from tpfeedback.tracking.state_files import load_state, save_state
from tpfeedback.tracking.tallies import tally

ROWS = 150


def tables(rows: int = ROWS, *, seed: int = 0) -> tuple[pd.DataFrame, pd.DataFrame]:
    random = np.random.default_rng(seed)
    days = pd.Timestamp("2025-01-01") + pd.to_timedelta(random.integers(0, 90, rows), unit="D")
    feedback = pd.DataFrame(
        {
            "feedback_id": [f"{seed}-{i}" for i in range(rows)],
            "text": ["слово " * n for n in random.integers(1, 60, rows)],
            "date": days.where(random.random(rows) > 0.03),
            "language": random.choice(["ru", "zh"], rows),
            "city": random.choice(["Łódź", "成都", None], rows),
        }
    )
    text, touchpoint = np.nonzero(random.random((rows, 4)) < 0.3)
    mentions = pd.DataFrame(
        {
            "feedback_id": feedback["feedback_id"].to_numpy()[text],
            "touchpoint": np.array(["app", "delivery", "price", "staff"])[touchpoint],
            "sentiment": random.choice(["negative", "positive", "mixed", "neutral"], len(text)),
            "confidence": random.random(len(text)).round(3),
        }
    )
    return feedback, mentions


def rows_of(whole, chosen):
    feedback, mentions = whole
    part = feedback[chosen]
    return part, mentions[mentions["feedback_id"].isin(part["feedback_id"])]


def state_of(whole, **options):
    return tally(*whole, freq="W", by=["city"], **options)


def written(state, folder, suffix):
    save_state(state, folder / f"state{suffix}")
    return (folder / f"state{suffix}").read_bytes()


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("states")


@settings(max_examples=8, deadline=None)
@given(
    st.lists(st.integers(0, 3), min_size=ROWS, max_size=ROWS),
    st.permutations(range(4)),
    st.booleans(),
)
def test_parts_merge_to_the_bytes_of_one_pass_in_any_order_and_grouping(
    folder, parts, order, by_pairs
):
    whole = tables()
    states = [state_of(rows_of(whole, np.array(parts) == i)) for i in order]
    if by_pairs:
        states = [merge_states(*states[:2]), merge_states(*states[2:])]
    merged = reduce(merge_states, states)
    for suffix in (".json", ".parquet"):
        assert written(merged, folder, suffix) == written(state_of(whole), folder, suffix)


@pytest.mark.parametrize("suffix", [".json", ".parquet"])
def test_a_state_comes_back_from_its_file_as_it_was(folder, suffix):
    state = state_of(tables())
    before = written(state, folder, suffix)
    again = load_state(folder / f"state{suffix}")
    assert (again.freq, again.by, again.undated, again.last) == (
        *(state.freq, state.by, state.undated, state.last),
    )
    for name in KEYS:
        pd.testing.assert_frame_equal(again.tables[name], state.tables[name])
    assert written(again, folder, suffix) == before


@pytest.mark.filterwarnings("ignore::tpfeedback.errors.TpfeedbackWarning")
@pytest.mark.parametrize("suffix", [".json", ".parquet"])
def test_yesterdays_state_and_todays_rows_are_the_same_as_all_at_once(folder, suffix):
    whole = tables(1500)
    day = whole[0]["date"].fillna(whole[0]["date"].max())
    parts = [rows_of(whole, day < "2025-03-01"), rows_of(whole, day >= "2025-03-01")]
    options = {"freq": "W", "by": "city"}
    yesterday = monitor(*parts[0], **options).state
    save_state(yesterday, folder / f"y{suffix}")
    today = monitor(*parts[1], state=load_state(folder / f"y{suffix}"), **options)
    at_once = monitor(*whole, **options)
    pd.testing.assert_frame_equal(today.series, at_once.series)
    pd.testing.assert_frame_equal(today.alerts, at_once.alerts)
    assert today.notes == at_once.notes
    assert written(today.state, folder, suffix) == written(at_once.state, folder, suffix)


def test_counts_are_those_of_a_cross_table():
    feedback, mentions = tables()
    state = state_of((feedback, mentions))
    joined = mentions.merge(feedback[feedback["date"].notna()], on="feedback_id")
    joined["period"] = joined["date"].dt.to_period("W").dt.start_time.astype("datetime64[ns]")
    for by, keys in (("", ["period", "touchpoint"]), ("city", ["period", "city", "touchpoint"])):
        for name, chosen in (
            ("mentions", joined["sentiment"].notna()),
            ("negative", joined["sentiment"].isin(("negative", "mixed"))),
        ):
            expected = joined.fillna({"city": "(missing)"})[chosen].groupby(keys).size()
            found = state.counts[state.counts["by"] == by].rename(columns={"segment": "city"})
            found = found[found[name] > 0].set_index(keys)[name]
            assert found.to_dict() == expected.to_dict()
    assert state.undated == feedback["date"].isna().sum()
    assert state.texts.loc[state.texts["by"] == "", "texts"].sum() == ROWS - state.undated


def test_three_examples_are_kept_for_all_texts_and_one_for_each_segment():
    feedback, mentions = tables()
    kept = state_of((feedback, mentions)).examples
    joined = mentions.merge(feedback[feedback["date"].notna()], on="feedback_id")
    joined = joined[joined["sentiment"].isin(("negative", "mixed"))].fillna({"city": "(missing)"})
    joined["period"] = joined["date"].dt.to_period("W").dt.start_time.astype("datetime64[ns]")
    for by, keys, most in (("", ["period", "touchpoint"], 3),
                           ("city", ["period", "segment", "touchpoint"], 1)):  # fmt: skip
        there = joined.rename(columns={"city": "segment"}).groupby(keys).size().clip(upper=most)
        assert kept[kept["by"] == by].groupby(keys).size().to_dict() == there.to_dict()


def test_the_answers_of_one_respondent_count_once():
    feedback = pd.DataFrame(
        {
            "feedback_id": ["7:Why?", "7:What else?"],
            "question": ["Why?", "What else?"],
            "date": pd.to_datetime(["2025-01-01"] * 2),
        }
    )
    mentions = pd.DataFrame(
        {"feedback_id": ["7:Why?", "7:What else?"], "touchpoint": "price", "sentiment": "negative"}
    )
    state = tally(feedback, mentions, freq="W", by=[])
    assert state.texts["texts"].tolist() == [1]
    assert state.counts[["mentions", "negative"]].to_numpy().tolist() == [[1, 1]]


@pytest.mark.parametrize("lacking", ["Why?", "What else?"])
def test_an_answer_without_a_date_is_of_the_day_of_the_other_answers(lacking):
    feedback = pd.DataFrame(
        {
            "feedback_id": ["7:Why?", "7:What else?", "8"],
            "question": ["Why?", "What else?", None],
            "date": pd.to_datetime(["2025-01-07", "2025-01-07", None]),
        }
    )
    mentions = pd.DataFrame(
        {"feedback_id": ["7:Why?", "7:What else?"], "touchpoint": "price", "sentiment": "negative"}
    )
    gap = feedback.assign(date=feedback["date"].mask(feedback["question"] == lacking))
    whole, state = (tally(one, mentions, freq="W", by=[]) for one in (feedback, gap))
    assert state.undated == whole.undated == 1
    for name, table in whole.tables.items():
        pd.testing.assert_frame_equal(state.tables[name], table)


def test_a_day_is_not_counted_twice():
    state, day = state_of(tables()), rows_of(tables(), np.arange(ROWS) >= ROWS - 80)
    with pytest.raises(TableError, match="counted twice"):
        monitor(*day, by="city", state=state)


@pytest.mark.parametrize("freq", ["D", "W", "M"])
@pytest.mark.parametrize("day", range(1, 31))
def test_any_one_day_of_a_period_that_comes_again_is_noticed(freq, day):
    days = pd.date_range("2025-06-01", periods=30).repeat(40)
    names = [f"t{i}" for i in range(len(days))]
    feedback = pd.DataFrame({"feedback_id": names, "date": days})
    mentions = pd.DataFrame({"feedback_id": names, "touchpoint": "price", "sentiment": "negative"})
    whole = tally(feedback, mentions, freq=freq, by=[])
    again = rows_of((feedback, mentions), (days.day == day))
    with pytest.raises(TableError, match="counted twice"):
        merge_states(whole, tally(*again, freq=freq, by=[]))


def test_row_numbers_that_begin_anew_every_day_are_no_second_count():
    first, second = (tables(60, seed=seed) for seed in (1, 2))
    for feedback, mentions in (first, second):
        for table in (feedback, mentions):
            table["feedback_id"] = table["feedback_id"].str.split("-").str[1]
    second[0]["text"] += "ещё"
    merged = merge_states(state_of(first), state_of(second))
    assert merged.texts.loc[merged.texts["by"] == "", "texts"].sum() == 120 - merged.undated


@pytest.mark.parametrize(("option", "value"), [("freq", "M"), ("by", ["language"])])
def test_states_of_different_monitors_do_not_mix(option, value):
    options = {"freq": "W", "by": ["city"]} | {option: value}
    with pytest.raises(TableError, match=f"different monitors: {option}"):
        merge_states(state_of(tables()), tally(*tables(seed=1), **options))


def test_a_day_without_feedback_changes_nothing(folder):
    state = state_of(tables())
    nothing = state_of(rows_of(tables(), np.zeros(ROWS, dtype=bool)))
    for merged in (merge_states(state, nothing), merge_states(nothing, state)):
        assert written(merged, folder, ".json") == written(state, folder, ".json")


def test_the_callers_tables_stay_as_they_are():
    whole = tables()
    copies = [table.copy() for table in whole]
    state_of(whole)
    for table, copy in zip(whole, copies, strict=True):
        pd.testing.assert_frame_equal(table, copy)


@pytest.mark.parametrize("content", ["{}", "not JSON", '{"version": 99, "tables": {}}'])
def test_a_file_that_is_no_state_is_told(tmp_path, content):
    (tmp_path / "state.json").write_text(content)
    with pytest.raises(ReadError, match="cannot be read as the state of a monitor"):
        load_state(tmp_path / "state.json")


@pytest.mark.parametrize("name", ["state.pkl", "no/such/folder/state.json"])
def test_a_state_is_written_as_json_or_parquet_only(tmp_path, name):
    with pytest.raises(WriteError, match="cannot be written"):
        save_state(state_of(tables()), tmp_path / name)


@pytest.mark.parametrize(
    ("change", "options", "message"),
    [
        ({}, {"freq": "Q"}, "Unknown freq 'Q'"),
        ({}, {"by": ["town"]}, "Unknown segment column 'town'"),
        ({"date": "yesterday"}, {}, "needs a column date"),
        ({"city": [f"c{i}" for i in range(600)]}, {"by": ["city"]}, "600 values"),
    ],
)
def test_columns_that_cannot_be_used_are_told(change, options, message):
    feedback, mentions = tables(600)
    with pytest.raises(ColumnError, match=message):
        tally(feedback.assign(**change), mentions, **({"freq": "W", "by": []} | options))
