"""Measures what choosing the texts to label brings: "ranking" against "random", same number.

    python benchmarks/labelling.py [--runs 200] [--processes 2] [--texts 5000] [--labels 300]

The feedback and the tagger's errors are those of `planted.py`. The same texts are labelled without
error, chosen in one or the other way, and measured with `measure_impact(labels=)`. "two rounds"
draws half of the labels at random, and the other half for the ranking by what these told.

- covered: share of the 95 % intervals of all prizes that hold the truth; asked are 93 to 97 %.
- width: mean width of the intervals of the five largest true prizes, relative to random.
- error: root mean square error of these prizes, relative to random.
- gap: the same of the differences between neighbours among them.
- first: how often the touchpoint with the largest true prize comes first; loss: true prize of the
  best less that of the one that came first, in units of the outcome.
- kept: how many labels the strategy needs for the errors of as many random ones (error squared).

Seeds are fixed: same numbers, whatever the number of processes. With 100 runs of 5,000 texts and
300 labels:

    | way        | covered | width | error | gap   | first | loss  | kept  |
    |------------|---------|-------|-------|-------|-------|-------|-------|
    | random     | 0.975   | 1.000 | 1.000 | 1.000 | 0.970 | 0.003 | 1.000 |
    | ranking    | 0.979   | 0.801 | 0.787 | 0.782 | 1.000 | 0.000 | 0.611 |
    | two rounds | 0.974   | 0.913 | 0.945 | 0.929 | 0.990 | 0.001 | 0.863 |
"""

from __future__ import annotations

import argparse
import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import planted
from planted import NAMES, Array
from simulated_runs import spread
from tqdm import tqdm

from tpfeedback import measure_impact
from tpfeedback.errors import TpfeedbackWarning
from tpfeedback.labelling import sample_for_labelling

Job = tuple[int, int, int]
"""Number of the run, of texts and of labels."""


@dataclass(frozen=True, eq=False)
class World:
    """Feedback, what the tagger found in it, and what is truly there."""

    feedback: pd.DataFrame
    tagged: pd.DataFrame
    truth: pd.DataFrame


WAYS = ("random", "ranking", "two rounds")
TOP = 5


def main(arguments: Sequence[str] | None = None) -> None:
    """Print one table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--texts", type=int, default=5000)
    parser.add_argument("--labels", type=int, default=300)
    options = parser.parse_args(arguments)
    jobs = [(run, options.texts, options.labels) for run in range(options.runs)]
    found = list(tqdm(spread(run_once, jobs, options.processes), total=len(jobs), unit=" runs"))
    print("| way | covered | width | error | gap | first | loss | kept |")
    print("|---|---|---|---|---|---|---|---|")
    table = summarize(found)
    for way, row in table.iterrows():
        shown = " | ".join(f"{value:.3f}" for value in row)
        print(f"| {way} | {shown} |")


def run_once(job: Job) -> dict[str, Array]:
    """Simulate one sample, label it in each way, and return the prizes: value, low, high."""
    run, texts, labels = job
    random = np.random.default_rng([texts, labels, run])
    signs, outcome = planted.simulate(texts, random)
    feedback = pd.DataFrame({"feedback_id": np.arange(texts), "overall": outcome, "text": "-"})
    tagged = planted.mentions_of(planted.tag_with_errors(signs, random))
    world = World(feedback, tagged, planted.mentions_of(signs))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", TpfeedbackWarning)
        return {way: measure(world, way, labels, run) for way in WAYS}


def measure(world: World, way: str, n: int, run: int) -> Array:
    """Return value, low and high of the prize of every touchpoint (3, touchpoints)."""
    if way == "two rounds":
        first = draw(world, "random", n // 2, run)
        labels = draw(world, "ranking", n - n // 2, run, labels=first)
    else:
        labels = draw(world, way, n, run)
    table = measure_impact(world.feedback, world.tagged, labels=labels).set_index("touchpoint")
    return table[["prize", "prize_low", "prize_high"]].reindex(NAMES).to_numpy(dtype=float).T


def draw(
    world: World, strategy: str, n: int, run: int, *, labels: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Return labels of the texts that are drawn, after those of before."""
    sample = sample_for_labelling(
        world.feedback, world.tagged, n=n, strategy=strategy, labels=labels, random_state=run
    )
    parts = [sample.table] if sample.filled is None else [sample.table, sample.filled]
    read = pd.concat(parts)[["feedback_id", "probability"]]
    told = world.truth.assign(feedback_id=world.truth["feedback_id"].astype(str))
    return read.merge(told, on="feedback_id", how="left")


def summarize(found: list[dict[str, Array]]) -> pd.DataFrame:
    """Return one row per way."""
    truth = planted.true_effects()["prize"]
    best = np.argsort(-truth)[:TOP]
    rows = {}
    for way in WAYS:
        value, low, high = np.stack([one[way] for one in found], axis=1)
        known = np.isfinite(low)
        gaps = -np.diff(value[:, best], axis=1) + np.diff(truth[best])
        winner = np.nanargmax(np.nan_to_num(value, nan=-np.inf), axis=1)
        rows[way] = {
            "covered": ((low <= truth) & (truth <= high))[known].mean(),
            "width": np.nanmean((high - low)[:, best]),
            "error": np.sqrt(np.nanmean((value - truth)[:, best] ** 2)),
            "gap": np.sqrt(np.nanmean(gaps**2)),
            "first": (winner == best[0]).mean(),
            "loss": (truth[best[0]] - truth[winner]).mean(),
        }
    table = pd.DataFrame(rows).T
    for column in ("width", "error", "gap"):
        table[column] /= table.loc["random", column]
    return table.assign(kept=table["gap"] ** 2)


if __name__ == "__main__":
    main()
