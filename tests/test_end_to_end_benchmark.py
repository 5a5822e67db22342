"""The end-to-end benchmark counts each stage once, and tells growth and ratios as they are."""

from __future__ import annotations

import time

import pandas as pd
import pytest

from tpfeedback.tagged import Mention, TaggedText


@pytest.fixture(scope="module")
def benchmark(load_benchmark):
    return load_benchmark("end_to_end")


@pytest.fixture
def stages(benchmark, monkeypatch):
    monkeypatch.setenv(benchmark.BEGUN, str(time.time()))
    return benchmark.Stages()


def test_a_stage_within_another_is_none_of_its_time(stages):
    with stages.stage("impact"):
        with stages.stage("read"):
            time.sleep(0.2)
        time.sleep(0.01)
    assert list(stages.took) == ["start", "impact", "read"]
    assert stages.took["read"]["seconds"] >= 0.2
    assert 0.01 <= stages.took["impact"]["seconds"] < stages.took["read"]["seconds"]


def test_a_function_of_a_module_is_counted_as_its_stage_and_then_left_as_it_was(
    benchmark, stages, capsys
):
    before = benchmark.write_csv
    with stages.stage("impact"), stages.within(benchmark, tables="report"):
        assert benchmark.tables(figures(), [10, 100]).startswith("Seconds")
    assert benchmark.write_csv is before
    assert set(stages.took) == {"start", "impact", "report"}
    assert [line for line in capsys.readouterr().out.splitlines() if '"now": "report"' in line]


def figures() -> pd.DataFrame:
    """Return what two ways took for 10 and for 100 rows."""
    rows = [("memory", 10, "read", 1.0, 1.0, 100.0), ("memory", 10, "tag", 3.0, 3.0, 200.0),
            ("memory", 100, "read", 10.0, 8.0, 150.0), ("memory", 100, "tag", 45.0, 44.0, 700.0),
            ("plain", 10, "read", 2.0, 2.0, 100.0),
            ("plain", 100, "read", 5.0, 5.0, 140.0)]  # fmt: skip
    return pd.DataFrame(rows, columns=["way", "rows", "stage", "seconds", "processor", "peak"])


def test_growth_is_told_for_each_stage_and_for_all_of_a_way(benchmark):
    told = benchmark.tables(figures(), [10, 100])
    seconds, _, memory, ratios = told.split("\n\n")[1::2]
    assert "| memory | read | 1 | 10 | ×10 |" in seconds
    assert "| memory | all | 4 | 55 | ×14 |" in seconds
    assert "| memory | all | 200 | 700 | ×3.5 |" in memory  # the highest peak, not a sum
    assert "| memory | seconds | 2.0 | 11.0 |" in ratios
    assert "| memory | processor seconds | 2.0 | 10.4 |" in ratios
    assert "| memory | peak memory | 2.0 | 5.0 |" in ratios


def test_a_stage_too_short_to_be_looked_at_has_a_dash_for_its_memory(benchmark):
    short = figures()
    short.loc[(short["stage"] == "read") & (short["rows"] == 10), "peak"] = float("nan")
    memory = benchmark.tables(short, [10, 100]).split("\n\n")[5]
    assert "| memory | read | – | 150 | ×– |" in memory


def test_a_replayed_text_has_the_mentions_of_the_one_it_was_varied_from(benchmark):
    mention = Mention("staff", "negative", 0.9, 0, 10, -0.9)
    known = TaggedText("Rude staff", "en", "negative", 0.9, (mention,))
    tagger = benchmark.ReplayTagger({"Rude staff": known})
    found = tagger.tag(["Rude staff 7", "Rude staff  12"], languages=["en", "en"])
    assert [one.text for one in found] == ["Rude staff 7", "Rude staff  12"]
    assert [one.mentions for one in found] == [(mention,), (mention,)]


def test_the_rows_are_written_as_csv_with_no_two_texts_equal(benchmark, tmp_path):
    benchmark.write_csv(tmp_path, 300)
    table = pd.read_csv(tmp_path / "rows.csv")
    assert len(table) == 300
    assert table["comment"].is_unique
    assert {"comment", "stars", "day", "channel"} == set(table.columns)
