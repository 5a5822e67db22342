"""Measures how often the intervals of shares hold the truth, on simulated texts with known shares.

    python benchmarks/shares.py [--runs 400] [--processes 2] [--kinds plain weights ...] [--cells]

Texts in four languages, 40, 30, 20 and 10 % of all; a touchpoint is as common in each, but the
tagger finds 85, 90, 50 and 95 % of it, and 90, 65, 85 and 95 % of what it finds is right. Shares
of .5 to 40 %, 1,000 to 50,000 texts, 100 to 800 of all texts labelled by hand. All of it takes
about ten minutes on two cores.

- plain: texts drawn at random are labelled.
- weights: the touchpoint is twice as common among 30 % of the texts, which count three times.
- clusters: five texts of each customer, who tend to name the same things.
- picked: 30 % of the texts are hard: they name the touchpoint twice as often, and it is missed
  there more often; they are labelled four times as often as the others.
- shunned: the same, but hard texts are labelled a quarter as often as the others.

`expected`: how many labelled texts of the language can be expected to name the touchpoint. With
few, no interval can cover 95 %: nearly all samples have none, and the true share is either in
what is then said or not.

Columns: `covered`, the share of 95 % intervals of `correct_shares` that hold the true share, and
`lowest`, that of the worst cell (language, share, texts and labels) in the row. Beside it the
coverage of other intervals: labels alone (Wilson), prediction-powered estimate plus or minus 1.96
errors (`shares_tuned`), the tagger's own count (Wilson). `width`: mean width against that of the
labels alone. `gap`: coverage of the difference of two languages (all pairs), corrected, and
`gap counted`: as the tagger counts. Seeds are fixed: same numbers for any number of processes.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, product

import numpy as np
import pandas as pd
from simulated_runs import spread
from tqdm import tqdm

from tpfeedback.impact.drawn import Sample, take_sample
from tpfeedback.impact.power_tuning import shares_tuned
from tpfeedback.shares.differences import Ends, subtract
from tpfeedback.shares.double_sampling import correct_shares
from tpfeedback.shares.intervals import share_interval

Array = np.ndarray

PARTS = {"ru": 0.4, "zh": 0.3, "pl": 0.2, "en": 0.1}
RECALL = {"ru": 0.85, "zh": 0.9, "pl": 0.5, "en": 0.95}
PRECISION = {"ru": 0.9, "zh": 0.65, "pl": 0.85, "en": 0.95}
SHARES, LABELS, TEXTS = (0.005, 0.02, 0.1, 0.4), (100, 200, 400, 800), (1000, 10_000, 50_000)
KINDS = ("plain", "weights", "clusters", "picked", "shunned")
HARD, OFTEN, WEIGHT, EACH = 0.3, 2.0, 3.0, 5
ALIKE = 4.0  # a customer's own share varies as a beta distribution with such a sum
COLUMNS = 50  # samples that share the labelled rows
EXPECTED = ("below 1", "1 to 5", "5 to 20", "20 or more")
HEAD = ("covered", "lowest", "labels alone", "tuned", "counted", "width", "gap", "gap counted")


@dataclass(frozen=True)
class Cell:
    """One setting of the simulation."""

    kind: str
    share: float
    labels: int
    texts: int


@dataclass(frozen=True)
class Texts:
    """Texts of one language: what is true, what the tagger marks (texts, samples), and of whom."""

    truth: Array
    marks: Array
    sample: Sample
    clusters: Array | None


def main(arguments: Sequence[str] | None = None) -> None:
    """Print one table: a row for each value of what was varied."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=400, help="simulated samples a cell")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--kinds", nargs="+", choices=KINDS, default=list(KINDS))
    parser.add_argument("--texts", type=int, nargs="+", default=list(TEXTS))
    parser.add_argument("--cells", action="store_true", help="a row for every cell besides")
    options = parser.parse_args(arguments)
    cells = [Cell(*one) for one in product(options.kinds, SHARES, LABELS, options.texts)]
    found = run_all(cells, max(options.runs // COLUMNS, 1), options.processes)
    print(f"| what | {' | '.join(HEAD)} |")
    print("|---" * (len(HEAD) + 1) + "|")
    for name, rows in families(found, every=options.cells):
        print(f"| {name} | {' | '.join(told(rows))} |")


def run_all(cells: list[Cell], runs: int, processes: int) -> pd.DataFrame:
    """Return one row per cell and language, with the means over all samples."""
    jobs = [(cell, run) for cell in cells for run in range(runs)]
    rows = []
    for part in tqdm(spread(run_once, jobs, processes), total=len(jobs), mininterval=1):
        rows += part
    keys = ["kind", "share", "labels", "texts", "language"]
    found = pd.DataFrame(rows).groupby(keys, as_index=False, sort=False).mean()
    expected = found["share"] * found["labels"] * found["language"].map(PARTS)
    classes = pd.cut(expected, [0, 1, 5, 20, np.inf], right=False, labels=EXPECTED)
    return found.assign(expected=classes.astype("str"))


def run_once(job: tuple[Cell, int]) -> list[dict[str, object]]:
    """Simulate samples of one cell, and say for each language which intervals hold the truth."""
    cell, run = job
    seed = [KINDS.index(cell.kind), int(1000 * cell.share), cell.labels, cell.texts, run]
    random = np.random.default_rng(seed)
    parts = {language: simulate(cell, language, random) for language in PARTS}
    ways = {language: intervals(texts) for language, texts in parts.items()}
    gaps: dict[str, list[float]] = {"corrected": [], "counted": []}
    for one, two in combinations(PARTS, 2):
        for way, hits in gaps.items():
            hits.append(holds(subtract(ways[one][way], ways[two][way]), 0.0))
    rows = []
    for language, found in ways.items():
        width, own = (np.mean(found[way][2] - found[way][1]) for way in ("corrected", "alone"))
        rows.append(
            vars(cell)
            | {"language": language, "width": width, "own": own}
            | {way: holds(ends, cell.share) for way, ends in found.items()}
            | {f"gap_{way}": float(np.mean(hits)) for way, hits in gaps.items()}
        )
    return rows


def simulate(cell: Cell, language: str, random: np.random.Generator) -> Texts:
    """Return the texts of one language, of which at least two are labelled."""
    n = EACH * int(PARTS[language] * cell.texts / EACH)
    hard = random.random(n) < HARD
    recall, precision = RECALL[language], PRECISION[language]
    found, often = np.full(n, recall), np.ones(n)
    weights = clusters = chance = None
    if cell.kind == "weights":
        weights = np.where(hard, WEIGHT, 1.0)
        often = np.where(hard, OFTEN, 1.0)
        often *= weights.sum() / (weights @ often)
    elif cell.kind in ("picked", "shunned"):
        often = np.where(hard, OFTEN, 1.0) / (1 + HARD * (OFTEN - 1))
        found = np.where(hard, 0.7, 1.1) * recall
        chance = np.where(hard, 4.0 if cell.kind == "picked" else 0.25, 1.0)
        chance *= random.lognormal(0, 0.3, n)
    own = cell.share * often[:, None]
    if cell.kind == "clusters":
        clusters = np.repeat(np.arange(n // EACH), EACH)
        shape = (n // EACH, COLUMNS)
        own = random.beta(cell.share * ALIKE, (1 - cell.share) * ALIKE, shape)[clusters]
    truth = random.random((n, COLUMNS)) < own
    invented = cell.share * recall * (1 - precision) / precision / (1 - cell.share)
    marks = random.random((n, COLUMNS)) < np.where(truth, np.minimum(found, 1)[:, None], invented)
    even = np.ones(n) if chance is None else chance
    chance_of = np.minimum(PARTS[language] * cell.labels * even / even.sum(), 1.0)
    labelled = random.random(n) < chance_of
    labelled[random.choice(n, 2, replace=False)] = True
    drawn = None if chance is None else chance_of
    sample = take_sample(labelled, weights=weights, cluster=clusters, chance=drawn)
    return Texts(truth, marks, sample, clusters)


def intervals(texts: Texts) -> dict[str, Ends]:
    """Return shares with their ends, by the way in which they are found."""
    sample, marks = texts.sample, texts.marks
    rows, clusters = sample.labelled, texts.clusters
    truth = texts.truth[rows]
    corrected = correct_shares(marks, truth, sample)
    some = None if clusters is None else np.unique(clusters[rows], return_inverse=True)[1]
    alone = share_interval(truth, weights=sample.label_weight, clusters=some)
    tuned = shares_tuned(marks.astype(float), truth.astype(float), sample)
    error = 1.96 * np.sqrt((tuned.errors**2).sum(axis=0))
    return {
        "corrected": (corrected.share, corrected.low, corrected.high),
        "alone": alone,
        "tuned": (tuned.values, tuned.values - error, tuned.values + error),
        "counted": share_interval(marks, weights=sample.weight, clusters=clusters),
    }


def holds(ends: Ends, truth: float) -> float:
    """Return the share of intervals that hold the truth."""
    return float(np.mean((ends[1] <= truth) & (truth <= ends[2])))


def families(found: pd.DataFrame, *, every: bool) -> Iterator[tuple[str, pd.DataFrame]]:
    """Yield the name and the cells of every row of the table."""
    for kind, cells in found.groupby("kind", sort=False):
        yield f"{kind}", cells
        for key in ("share", "labels", "texts", "language", "expected"):
            for value, rows in cells.groupby(key, sort=False):
                yield f"{kind}, {key} {value}", rows
        if every:
            keys = ["share", "labels", "texts"]
            for values, rows in cells.groupby(keys, sort=False):
                told_as = ", ".join(f"{k} {v:g}" for k, v in zip(keys, values, strict=True))
                yield f"{kind}, {told_as}", rows


def told(rows: pd.DataFrame) -> list[str]:
    """Return the cells of one line."""
    worst = rows["corrected"].min()
    means = rows[["corrected", "alone", "tuned", "counted"]].mean()
    width = (rows["width"] / rows["own"]).mean()
    gaps = rows[["gap_corrected", "gap_counted"]].mean()
    values = [means["corrected"], worst, *means[1:], width, *gaps]
    return [f"{value:.3f}" for value in values]


if __name__ == "__main__":
    main()
