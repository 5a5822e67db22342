"""Measures how often the intervals hold the truth, on simulated feedback whose truth is known.

    python benchmarks/coverage.py [--runs 500] [--processes 2] [--sizes 500 2000 10000]
                                  [--cells clean tagger none] [--steps]

The feedback is that of `planted.py`: twelve touchpoints, some of them rare. All of it takes about
twenty minutes on two cores.

- clean: mentions without errors; 95 % intervals of penalty, reward and prize, of the rank, and
  of the call centre, which is called because the delivery failed, beside the difference of means.
- tagger: a quarter of the mentions is missed, 15 % of those found are none, 8 % have the other
  sentiment; 400 texts drawn at random are labelled by hand. Naive: errors left as they are.
- none: no touchpoint has any effect; how many get q < .05 all the same.

--steps rounds the ratings to 1, 2, 3, 4, 5. No sum of effects is the truth then, so intervals
are held against the best linear approximation, computed from four million texts.

`measured` counts all runs and touchpoints whose interval is given (share `given`); `lowest` is
the worst touchpoint. The Monte-Carlo interval is Wilson's, with as many cases as would have the
variance seen between runs, for the touchpoints of one run are not independent. A verdict is
"undecided" where the measured value is outside of what is asked but the Monte-Carlo interval
reaches into it. Seeds are fixed: same numbers, whatever the number of processes.
"""

from __future__ import annotations

import argparse
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from math import sqrt

import numpy as np
import pandas as pd
import planted
from planted import CALL, NAMES, Array, Flags, Signs, complaints, mentions_of
from simulated_runs import spread
from tqdm import tqdm

from tpfeedback import ImpactFit, fit_impact, measure_impact, rank_touchpoints
from tpfeedback.errors import TpfeedbackWarning

Run = dict[str, Array]
"""What one run gives: a value for every touchpoint, in the order of NAMES."""
Asked = tuple[float, float] | None

EFFECTS = ("penalty", "reward", "prize")
ENDS = ("_low", "_high")
LABELS = 400
COVERED, AT_LEAST, FEW, SMALLER = (0.93, 0.97), (0.93, 1.0), (0.0, 0.05), (0.0, 1.0)


@dataclass(frozen=True)
class Cell:
    """One setting of the simulation; `kind` is "clean", "tagger" or "none"."""

    kind: str
    n: int
    steps: bool

    def __str__(self) -> str:
        return f"{self.kind}, n = {self.n:,}{', steps' if self.steps else ''}"


@dataclass(frozen=True)
class Row:
    """One line of the table: `low` and `high` are the Monte-Carlo interval of `measured`."""

    what: str
    measured: float
    low: float
    high: float
    asked: Asked = None
    given: float = 1.0
    lowest: str = ""

    @property
    def verdict(self) -> str:
        """What the measured value says about what is asked."""
        if self.asked is None:
            return ""
        least, most = self.asked
        if least <= self.measured <= most:
            return "holds"
        return "undecided" if self.low <= most and self.high >= least else "fails"


def main(arguments: Sequence[str] | None = None) -> None:
    """Print one table, with a few rows for every cell."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=500, help="simulated samples a cell")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--sizes", type=int, nargs="+", default=[500, 2000, 10_000])
    parser.add_argument("--cells", nargs="+", choices=ROWS, default=list(ROWS))
    parser.add_argument("--steps", action="store_true", help="ratings in steps of 1 to 5")
    options = parser.parse_args(arguments)
    cells = [
        Cell(kind, n, options.steps)
        for kind in options.cells
        for n in options.sizes
        if kind != "tagger" or n > 2 * LABELS
    ]
    truth = {k: planted.true_effects(effects=k != "none", steps=options.steps) for k in ROWS}
    results = run_all(cells, options.runs, options.processes)
    print("| cell | what | given | measured | Monte-Carlo 95 % | lowest | asked | verdict |")
    print("|---|---|---|---|---|---|---|---|")
    for cell in cells:
        for row in ROWS[cell.kind](results[cell], truth[cell.kind]):
            print(f"| {cell} | {told(row)} |")


def run_all(cells: list[Cell], runs: int, processes: int) -> dict[Cell, Run]:
    """Return what the runs of every cell gave, each value as (runs, touchpoints)."""
    jobs = [(cell, run) for cell in cells for run in range(runs)]
    found: dict[Cell, list[Run]] = {cell: [] for cell in cells}
    with tqdm(total=len(jobs), unit=" runs", mininterval=1) as bar:
        for (cell, _), result in zip(jobs, spread(run_once, jobs, processes), strict=True):
            found[cell].append(result)
            bar.set_description(str(cell), refresh=False)
            bar.update()
    return {c: {key: np.array([r[key] for r in rs]) for key in rs[0]} for c, rs in found.items()}


def run_once(job: tuple[Cell, int]) -> Run:
    """Simulate one sample and measure it."""
    cell, run = job
    random = np.random.default_rng([list(ROWS).index(cell.kind), cell.n, run])
    signs, outcome = planted.simulate(cell.n, random, effects=cell.kind != "none", steps=cell.steps)
    feedback = pd.DataFrame({"feedback_id": np.arange(cell.n), "overall": outcome})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", TpfeedbackWarning)
        if cell.kind == "tagger":
            return with_labels(feedback, signs, random)
        if cell.kind == "none":
            return {"q_value": in_order(measure_impact(feedback, mentions_of(signs)), "q_value")}
        fit = fit_impact(feedback, mentions_of(signs))
        alone = interval(rank_touchpoints(fit.table), "rank", name="table rank")
        means = difference_of_means(complaints(signs)[:, CALL], outcome)
        return {**intervals(fit), **alone, **means}


def with_labels(feedback: pd.DataFrame, signs: Signs, random: np.random.Generator) -> Run:
    """Measure what the tagger says: as it is, corrected by labels, and the labels alone."""
    tagged, truth = mentions_of(planted.tag_with_errors(signs, random)), mentions_of(signs)
    labelled = feedback.iloc[np.sort(random.choice(len(feedback), LABELS, replace=False))]
    labels = labelled[["feedback_id"]].merge(truth, how="left")  # missing: names nothing
    ways = {
        "naive": fit_impact(feedback, tagged),
        "labels only": fit_impact(labelled, labels.dropna()),
        "corrected": fit_impact(feedback, tagged, labels=labels),
    }
    parts = {way: intervals(fit) for way, fit in ways.items()}
    return {f"{way} {key}": part[key] for way, part in parts.items() for key in part}


def intervals(fit: ImpactFit) -> Run:
    """Return both ends of the interval of every effect, and of the rank by joint replicates."""
    effects = [interval(fit.table, effect) for effect in EFFECTS]
    ranks = interval(rank_touchpoints(fit), "rank")
    return {key: part[key] for part in (*effects, ranks) for key in part}


def interval(table: pd.DataFrame, effect: str, *, name: str = "") -> Run:
    """Return both ends, NaN where they are not given; without a prize, any rank is possible."""
    known = table if effect != "rank" else table[table["prize"].notna()]
    return {f"{name or effect}{end}": in_order(known, f"{effect}{end}") for end in ENDS}


def in_order(table: pd.DataFrame, column: str) -> Array:
    """Return the numbers of a column in the order of NAMES."""
    return table.set_index("touchpoint")[column].reindex(NAMES).to_numpy(dtype=float)


def difference_of_means(has: Flags, outcome: Array) -> Run:
    """Return the interval of "average with minus average without" (Welch 1947)."""
    inside, outside = outcome[has], outcome[~has]
    half = 1.96 * sqrt(inside.var(ddof=1) / len(inside) + outside.var(ddof=1) / len(outside))
    gap = inside.mean() - outside.mean()
    return {"means_low": np.array([gap - half]), "means_high": np.array([gap + half])}


def clean_rows(run: Run, truth: Run) -> Iterator[Row]:
    """Coverage of effects and rank, and the knock-on touchpoint."""
    for effect in EFFECTS:
        yield coverage(effect, ends(run, effect), truth[effect], COVERED)
    yield rank_coverage("rank, joint replicates", ends(run, "rank"), truth, AT_LEAST)
    yield rank_coverage("rank, from the table alone", ends(run, "table rank"), truth, AT_LEAST)
    alone = run["penalty_low"][:, [CALL]], run["penalty_high"][:, [CALL]]
    yield coverage("knock-on: 0 in the penalty interval", alone, np.zeros(1), AT_LEAST)
    yield coverage("knock-on: 0 in the difference of means", ends(run, "means"), np.zeros(1), FEW)


def tagger_rows(run: Run, truth: Run) -> Iterator[Row]:
    """Coverage naive, from the labels only, and corrected; and how wide the last two are."""
    ways: dict[str, Asked] = {"naive": None, "labels only": None, "corrected": AT_LEAST}
    for way, asked in ways.items():
        for effect in EFFECTS:
            yield coverage(f"{effect}, {way}", ends(run, f"{way} {effect}"), truth[effect], asked)
        yield rank_coverage(f"rank, {way}", ends(run, f"{way} rank"), truth, asked)
    for effect in EFFECTS:
        yield compare_widths(effect, run)


def none_rows(run: Run, _: Run) -> Iterator[Row]:
    """How often something is found where there is nothing."""
    found = np.where(np.isfinite(run["q_value"]), run["q_value"] < 0.05, np.nan)
    yield share_of("touchpoints with q < .05", found, FEW)
    yield share_of("runs with any q < .05", np.nanmax(found, axis=1, keepdims=True), FEW)


ROWS = {"clean": clean_rows, "tagger": tagger_rows, "none": none_rows}


def ends(run: Run, name: str) -> tuple[Array, Array]:
    """Return both ends of the intervals, each as (runs, touchpoints)."""
    return run[f"{name}_low"], run[f"{name}_high"]


def coverage(what: str, both: tuple[Array, Array], truth: Array, asked: Asked) -> Row:
    """Return how many of the given intervals hold the truth."""
    low, high = both
    hits = np.where(np.isfinite(low), (low <= truth) & (truth <= high), np.nan)
    return replace(share_of(what, hits, asked), lowest=lowest_of(hits))


def rank_coverage(what: str, both: tuple[Array, Array], truth: Run, asked: Asked) -> Row:
    """Return how many intervals of the rank hold it: the one among those given in the run."""
    better = truth["prize"][:, None] < truth["prize"]
    rank = 1 + np.isfinite(both[0]).astype(float) @ better.T.astype(float)
    return coverage(what, both, rank, asked)


def share_of(what: str, hits: Array, asked: Asked) -> Row:
    """Return the share of hits (runs, touchpoints), NaN left out, with Wilson's interval.

    Wilson (1927), "Probable inference, the law of succession, and statistical inference", with
    the effective number of cases of Korn & Graubard (1998, Survey Methodology 24:193-201).
    """
    given = np.isfinite(hits)
    n, share = int(given.sum()), float(np.nanmean(hits))
    between = np.where(given, hits - share, 0.0).sum(axis=1)
    variance = float(between @ between) / n**2
    cases = min(n, share * (1 - share) / variance) if variance > 0 else n
    z = 1.96
    middle = (share + z * z / (2 * cases)) / (1 + z * z / cases)
    half = z * sqrt(share * (1 - share) / cases + z * z / (4 * cases**2)) / (1 + z * z / cases)
    low, high = max(middle - half, 0.0), min(middle + half, 1.0)
    return Row(what, share, low, high, asked, n / hits.size)


def lowest_of(hits: Array) -> str:
    """Return the touchpoint with the smallest share of hits, where there are several."""
    given = np.isfinite(hits).any(axis=0)
    if hits.shape[1] < len(NAMES) or not given.any():
        return ""
    shares = np.nanmean(np.where(given, hits, 1.0), axis=0)
    return f"{NAMES[int(shares.argmin())]} {shares.min():.3f}"


def compare_widths(effect: str, run: Run) -> Row:
    """Return the mean width of the corrected intervals against those of the labels only.

    A ratio of means over the touchpoints that both give, averaged over the runs.
    """
    low, high = (
        np.array([run[f"{way} {effect}{end}"] for way in ("corrected", "labels only")])
        for end in ENDS
    )
    both = np.isfinite(high - low).all(axis=0)
    corrected, alone = np.where(both, high - low, 0.0).sum(axis=2)
    ratios = corrected / alone
    half = 1.96 * float(ratios.std()) / sqrt(len(ratios))
    ratio, name = float(ratios.mean()), f"{effect}, mean width corrected / labels only"
    return Row(name, ratio, ratio - half, ratio + half, SMALLER, float(both.mean()))


def told(row: Row) -> str:
    """Return the row as cells of a Markdown table."""
    asked = "" if row.asked is None else f"{row.asked[0]:g} to {row.asked[1]:g}"
    between = f"{row.low:.3f} to {row.high:.3f}"
    cells = (row.what, f"{row.given:.2f}", f"{row.measured:.3f}", between, row.lowest, asked)
    return " | ".join((*cells, row.verdict))


if __name__ == "__main__":
    main()
