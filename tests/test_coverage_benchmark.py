"""The coverage benchmark plants what it says, counts as it says, and lets nothing pass."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from statsmodels.api import OLS
from statsmodels.stats.proportion import proportion_confint

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"
HEADER = "| cell | what | given | measured | Monte-Carlo 95 % | lowest | asked | verdict |"
EFFECTS = ["penalty", "reward", "prize"]
MANY = 100_000


@pytest.fixture(scope="module")
def benchmark(load_benchmark):
    return load_benchmark("coverage")


@pytest.fixture(scope="module")
def planted(benchmark):
    return sys.modules["planted"]


@pytest.fixture
def table_of(benchmark, capsys):
    def table(*arguments):
        benchmark.main(["--processes", "1", *arguments])
        head, line, *rows = capsys.readouterr().out.splitlines()
        assert (head, set(line)) == (HEADER, {"|", "-"})
        cells = [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]
        return pd.DataFrame(cells, columns=[name.strip() for name in head.strip("|").split("|")])

    return table


def test_the_table_shows_everything_that_is_asked(table_of):
    table = table_of("--runs", "2", "--sizes", "500", "900")
    shown = table.groupby("cell")["what"].agg(set)
    assert [*shown.index] == [
        *("clean, n = 500", "clean, n = 900", "none, n = 500", "none, n = 900", "tagger, n = 900")
    ]
    both = {"knock-on: 0 in the penalty interval", "knock-on: 0 in the difference of means"}
    ranks = {"rank, joint replicates", "rank, from the table alone"}
    assert shown["clean, n = 500"] == {*EFFECTS, *ranks, *both}
    assert shown["none, n = 500"] == {"touchpoints with q < .05", "runs with any q < .05"}
    ways = ("naive", "labels only", "corrected")
    assert shown["tagger, n = 900"] == {
        *(f"{value}, {way}" for value in (*EFFECTS, "rank") for way in ways),
        *(f"{effect}, mean width corrected / labels only" for effect in EFFECTS),
    }
    assert set(table["verdict"]) <= {"holds", "undecided", "fails", ""}
    assert (table["verdict"] == "").eq(table["asked"] == "").all()
    ends = table["Monte-Carlo 95 %"].str.split(" to ", expand=True).astype(float)
    measured = table["measured"].astype(float)
    assert measured.between(ends[0], ends[1]).all()


def test_an_interval_a_third_as_wide_as_it_should_be_fails(benchmark, table_of, monkeypatch):
    arguments = ("--runs", "6", "--sizes", "900", "--cells", "clean")
    honest = table_of(*arguments).set_index("what")["verdict"]
    assert "fails" not in set(honest[EFFECTS])
    fit_impact = benchmark.fit_impact

    def too_sure(*tables, **options):
        fit = fit_impact(*tables, **options)
        table = fit.table.copy()
        for effect in EFFECTS:
            for end in (f"{effect}_low", f"{effect}_high"):
                table[end] = table[effect] + (table[end] - table[effect]) / 3
        return replace(fit, table=table)

    monkeypatch.setattr(benchmark, "fit_impact", too_sure)
    verdict = table_of(*arguments).set_index("what")["verdict"]
    assert set(verdict[EFFECTS]) == {"fails"}


def test_the_numbers_are_the_same_whatever_the_number_of_processes(table_of):
    arguments = ["--runs", "2", "--sizes", "500", "--cells", "none"]
    command = [sys.executable, BENCHMARKS / "coverage.py", *arguments, "--processes", "2"]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    table = table_of(*arguments)
    assert done.stdout.splitlines()[2:] == [f"| {' | '.join(row)} |" for row in table.to_numpy()]
    assert done.stdout.startswith(HEADER)
    assert "runs/s" in done.stderr  # the progress bar stays out of the table


def test_the_planted_effects_are_those_that_a_regression_finds(planted):
    signs, outcome = planted.simulate(MANY, np.random.default_rng(1))
    bad, good = planted.complaints(signs), np.isin(signs, (2, 3))
    design = np.column_stack([np.ones(MANY), ~signs.any(axis=1), bad, good]).astype(float)
    fit = OLS(outcome, design).fit(cov_type="HC0")
    truth = planted.true_effects()
    gap = fit.params[2:] - np.concatenate([truth["penalty"], truth["reward"]])
    assert np.abs(gap / fit.bse[2:]).max() < 4
    assert truth["prize"] == pytest.approx(-truth["penalty"] * bad.mean(axis=0), abs=0.005)
    assert np.corrcoef(bad[:, planted.CALL], bad[:, planted.DELIVERY])[0, 1] > 0.3


def test_ratings_in_steps_are_held_against_the_line_closest_to_them(planted):
    signs, rating = planted.simulate(MANY, np.random.default_rng(2), steps=True)
    assert set(rating) == {1.0, 2.0, 3.0, 4.0, 5.0}
    bad, good = planted.complaints(signs), np.isin(signs, (2, 3))
    design = np.column_stack([np.ones(MANY), ~signs.any(axis=1), bad, good]).astype(float)
    fit = OLS(rating, design).fit(cov_type="HC0")
    penalty, reward = planted.approximate_effects(texts=500_000)
    gap = fit.params[2:] - np.concatenate([penalty, reward])
    assert np.abs(gap / fit.bse[2:]).max() < 5
    assert np.abs(reward - planted.REWARD).max() > 0.05  # five stars are the most there is


def test_without_effects_the_touchpoints_do_not_move_the_outcome(planted):
    signs, outcome = planted.simulate(MANY, np.random.default_rng(3), effects=False)
    named, bad = signs.any(axis=1), planted.complaints(signs)
    for i in range(len(planted.NAMES)):
        inside, outside = outcome[bad[:, i]], outcome[named & ~bad[:, i]]
        error = np.hypot(inside.std() / len(inside) ** 0.5, outside.std() / len(outside) ** 0.5)
        assert abs(inside.mean() - outside.mean()) < 4 * error
    assert not any(truth.any() for truth in planted.true_effects(effects=False).values())


def test_the_tagger_errs_as_often_as_stated(planted):
    signs, _ = planted.simulate(MANY, np.random.default_rng(4))
    found = planted.tag_with_errors(signs, np.random.default_rng(5))
    right = (signs > 0) & (found > 0)
    sided = right & np.isin(signs, (1, 2))
    assert right.sum() / (signs > 0).sum() == pytest.approx(0.75, abs=0.005)
    assert right.sum(axis=0) / (found > 0).sum(axis=0) == pytest.approx(0.85, abs=0.02)
    assert (found[sided] == 3 - signs[sided]).mean() == pytest.approx(0.08, abs=0.003)
    assert (found[sided] != signs[sided]).mean() == pytest.approx(0.08, abs=0.003)


def test_wilsons_interval_equals_statsmodels_and_counts_runs_that_agree_once(benchmark):
    hits = (np.random.default_rng(6).random((300, 1)) < 0.9).astype(float)
    row = benchmark.share_of("", hits, None)
    expected = proportion_confint(hits.sum(), 300, method="wilson")
    assert (row.low, row.high) == pytest.approx(expected, abs=1e-4)
    repeated = benchmark.share_of("", np.repeat(hits, 12, axis=1), None)
    assert (repeated.low, repeated.high) == pytest.approx(expected, abs=1e-4)
    some = np.where(np.arange(300)[:, None] % 2, hits, np.nan)
    assert benchmark.share_of("", some, None).given == 0.5


def test_the_true_rank_is_among_the_touchpoints_of_the_run(benchmark, planted):
    random, truth = np.random.default_rng(7), planted.true_effects()
    given = random.random((30, 12)) < 0.8
    prizes = pd.DataFrame(np.where(given, truth["prize"], np.nan))
    rank = prizes.rank(axis=1, ascending=False).to_numpy()
    for off, expected in ((0, 1.0), (1, 0.0)):
        row = benchmark.rank_coverage("", (rank + off, rank + off), truth, None)
        assert row.measured == expected
        assert row.given == pytest.approx(given.mean())


@pytest.mark.parametrize(
    ("measured", "low", "high", "verdict"),
    [(0.95, 0.9, 0.99, "holds"), (0.92, 0.9, 0.94, "undecided"), (0.9, 0.88, 0.92, "fails"),
     (0.98, 0.965, 0.99, "undecided"), (0.99, 0.98, 1.0, "fails")],
)  # fmt: skip
def test_a_verdict_is_open_only_where_chance_may_explain_it(
    benchmark, measured, low, high, verdict
):
    assert benchmark.Row("", measured, low, high, (0.93, 0.97)).verdict == verdict
    assert benchmark.Row("", measured, low, high).verdict == ""


def test_corrected_and_label_only_widths_are_compared_where_both_are_given(benchmark):
    nothing = np.array([[0.0, 0.0, np.nan]])
    run = {
        "corrected prize_low": nothing,
        "corrected prize_high": np.array([[1.0, 2.0, np.nan]]),
        "labels only prize_low": np.array([[0.0, np.nan, 0.0]]),
        "labels only prize_high": np.array([[2.0, np.nan, 9.0]]),
    }
    row = benchmark.compare_widths("prize", run)
    assert (row.measured, row.given) == (0.5, pytest.approx(1 / 3))
