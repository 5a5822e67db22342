"""Measures `segments` on simulated feedback: false splits, power and coverage.

    python benchmarks/tracking_segments.py [--runs 200] [--processes 2] [--cells null planted ...]

Five touchpoints, four segments of 45, 30, 15 and 10 % of `size` texts, which differ in their mean
rating, in how often they complain, and in how much their ratings vary.

- null: complaint and praise do the same in all segments. At most 5 % of runs may split any.
- planted: in the second segment a complaint about the delivery costs 1.4 - `gap` instead of 1.4.
- many: nine segments, most of them tiny, whose penalties vary around their mean with a standard
  deviation of 0.3; coverage of own and of partially pooled intervals.
- scale: the second segment uses 0.6 of the scale: all its effects, and its noise, are 0.6 times as
  large, and segments are alike otherwise. "differs" counts effects that differ in points, "split"
  those that do so in standard deviations too.

The Monte-Carlo interval is Wilson's. Seeds are fixed: same numbers for any number of processes.
"""

from __future__ import annotations

import argparse
import warnings
from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd
from coverage import Row, share_of
from simulated_runs import spread
from tqdm import tqdm

from tpfeedback.errors import TpfeedbackWarning
from tpfeedback.tracking.segments import Segments, segments

Array = np.ndarray
Run = dict[str, list[float]]
Cell = tuple[str, int, float]

NAMES = ("delivery", "mobile_app", "product", "staff", "waiting")
PENALTY = np.array([-1.4, -0.6, -0.8, -0.6, -0.5])
REWARD = np.array([0.1, 0.2, 0.5, 0.7, 0.0])
BAD = np.array([0.18, 0.06, 0.12, 0.08, 0.15])
GOOD = np.array([0.08, 0.06, 0.2, 0.2, 0.04])
PARTS = np.array([0.45, 0.3, 0.15, 0.1])
MANY = np.array([0.4, 0.2, 0.12, 0.08, 0.06, 0.05, 0.04, 0.03, 0.02])
TAU = 0.3
CELLS: list[Cell] = [
    ("null", 400, 0.0), ("null", 1000, 0.0), ("null", 4000, 0.0),
    ("planted", 1000, 0.4), ("planted", 1000, 0.8), ("planted", 4000, 0.4), ("planted", 4000, 0.8),
    ("many", 2000, TAU), ("scale", 4000, 0.6),
]  # fmt: skip
FEW, COVERED = (0.0, 0.05), (0.93, 1.0)


def simulate(
    n: int, random: np.random.Generator, *, penalty: Array, parts: Array = PARTS, scale: float = 1.0
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return feedback and mentions of n texts; `penalty` (segments, touchpoints)."""
    who = random.choice(len(parts), n, p=parts)
    alike = scale != 1.0  # but for the scale
    often = 1 + 0.5 * np.sin(who * (not alike))[:, None]  # segments complain more and less often
    bad = random.random((n, len(NAMES))) < BAD * often
    good = random.random((n, len(NAMES))) < GOOD
    noise = random.normal(size=n) * (0.6 + 0.3 * (who % 3) * (not alike) + 0.4 * bad.any(axis=1))
    effects = (bad * penalty[who]).sum(axis=1) + good @ REWARD + noise
    outcome = 4 - 0.3 * (who % 2) + effects * np.where(who == 1, scale, 1.0)
    feedback = pd.DataFrame({"feedback_id": np.arange(n), "overall": outcome,
                             "segment": np.char.add("s", who.astype(str))})  # fmt: skip
    words = np.array(["", "negative", "positive", "mixed"])[bad + 2 * good]
    row, column = np.nonzero(bad | good)
    mentions = {"feedback_id": row, "touchpoint": np.array(NAMES)[column],
                "sentiment": words[row, column]}  # fmt: skip
    return feedback, pd.DataFrame(mentions)


def run_once(job: tuple[Cell, int]) -> Run:
    """Simulate once, and say what was split and which intervals hold the truth."""
    (kind, n, size), run = job
    random = np.random.default_rng([CELLS.index((kind, n, size)), run])
    parts = MANY if kind == "many" else PARTS
    penalty = np.tile(PENALTY, (len(parts), 1))
    if kind == "planted":
        penalty[1, 0] += size
    if kind == "many":
        penalty = penalty + random.normal(size=penalty.shape) * size
    tables = simulate(n, random, penalty=penalty, parts=parts, scale=size if kind == "scale" else 1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", TpfeedbackWarning)
        found = segments(tables, by="segment", scale_use=kind == "scale")
    truth = penalty.copy()
    if kind == "scale":
        truth[1] *= size
    return judge(found, truth, kind)


def judge(found: Segments, truth: Array, kind: str) -> Run:
    """Return 1 where something is so and 0 where not, NaN where nothing was said."""
    tests = found.tests.set_index("touchpoint").reindex(NAMES)
    split, known = tests["split"].fillna(False).to_numpy(bool), tests["p_value"].notna()
    planted = np.array([kind == "planted" and name == "delivery" for name in NAMES])
    table = found.table.assign(place=found.table["segment"].str[1:].astype(int))
    true = np.array([truth[row.place, NAMES.index(row.touchpoint)] for row in table.itertuples()])
    hits: Run = {
        "any false split": [float(split[~planted].any())],
        "p < .05": np.where(known, tests["p_value"] < 0.05, np.nan)[~planted].tolist(),
        "gain > 0": np.where(known, tests["gain"] > 0, np.nan)[~planted].tolist(),
        "differs (q < .05)": np.where(known, tests["q_value"] < 0.05, np.nan)[~planted].tolist(),
        "own interval": _inside(table, "penalty", true),
        "pooled interval": _inside(table, "penalty_pooled", true),
    }
    if kind == "planted":
        hits["planted split (power)"] = split[planted].astype(float).tolist()
        hits["planted q < .05"] = (tests["q_value"] < 0.05)[planted].astype(float).tolist()
    if kind == "many":
        widths = [table[f"{name}_high"] - table[f"{name}_low"]
                  for name in ("penalty", "penalty_pooled")]  # fmt: skip
        both = widths[0].notna() & widths[1].notna()
        hits["pooled narrower"] = np.where(both, widths[1] < widths[0], np.nan).tolist()
    return hits


def _inside(table: pd.DataFrame, name: str, true: Array) -> list[float]:
    low, high = (table[f"{name}_{end}"].to_numpy(float) for end in ("low", "high"))
    return np.where(np.isfinite(low), (low <= true) & (true <= high), np.nan).tolist()


def rows_of(kind: str, hits: dict[str, Array]) -> Iterator[Row]:
    """Yield one row per thing measured."""
    asked = {"own interval": COVERED, "pooled interval": COVERED, "any false split": FEW}
    if kind != "many":
        for name, values in hits.items():
            yield share_of(name, values, asked.get(name))
        return
    for name in ("own interval", "pooled interval", "pooled narrower"):
        yield share_of(name, hits[name], asked.get(name))


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the simulation and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--processes", type=int, default=2)
    kinds = list(dict.fromkeys(kind for kind, *_ in CELLS))
    parser.add_argument("--cells", nargs="+", choices=kinds, default=kinds)
    options = parser.parse_args(arguments)
    cells = [cell for cell in CELLS if cell[0] in options.cells]
    jobs = [(cell, run) for cell in cells for run in range(options.runs)]
    found = list(tqdm(spread(run_once, jobs, options.processes), total=len(jobs), unit=" runs"))
    print("| cell | what | measured | Monte-Carlo 95 % | asked | verdict |")
    print("|---|---|---|---|---|---|")
    for place, (kind, n, size) in enumerate(cells):
        runs = found[place * options.runs : (place + 1) * options.runs]
        hits = {name: np.array([run[name] for run in runs]) for name in runs[0]}
        for row in rows_of(kind, hits):
            named = f"{kind} {size:g}, n = {n:,}" if size else f"{kind}, n = {n:,}"
            print(f"| {named} | {told(row)} |")


def told(row: Row) -> str:
    """Return the row as cells of a Markdown table."""
    asked = "" if row.asked is None else f"{row.asked[0]:g} to {row.asked[1]:g}"
    between = f"{row.low:.3f} to {row.high:.3f}"
    return " | ".join((row.what, f"{row.measured:.3f}", between, asked, row.verdict))


if __name__ == "__main__":
    main()
