"""Measures whether `journey` names the root of planted cascades, on simulated feedback.

    python benchmarks/tracking_journey.py [--runs 200] [--processes 2] [--cells cascade own ...]

Six touchpoints. Ratings vary more where there are complaints, and are not rounded.

- cascade: 40 % of those let down by the delivery complain about the call centre too, and 25 % about
  the online support; neither costs anything by itself. Both must be told as symptoms.
- own: the same, but a complaint about either costs 1.2 by itself. Neither is a symptom.
- mood: no cascade, every touchpoint has its effect; moody customers complain about everything.
- harmless: the call centre costs nothing, and comes with nothing.

"false symptom": a run tells any symptom that was not planted. The Monte-Carlo interval is
Wilson's. Seeds are fixed: same numbers for any number of processes.
"""

from __future__ import annotations

import argparse
import warnings
from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd
from coverage import Row, share_of
from scipy.special import ndtri
from simulated_runs import spread
from tqdm import tqdm

from tpfeedback.errors import TpfeedbackWarning
from tpfeedback.tracking.journey import Journey, journey

Array = np.ndarray
Run = dict[str, list[float]]
Cell = tuple[str, int]

NAMES = ("call_center", "delivery", "online_support", "price", "product", "staff")
CALL, DELIVERY, SUPPORT, *_ = range(len(NAMES))
BAD = np.array([0.02, 0.15, 0.02, 0.1, 0.12, 0.08])
GOOD = np.array([0.02, 0.1, 0.02, 0.1, 0.25, 0.2])
PENALTY = np.array([0.0, -1.4, 0.0, -0.3, -0.9, -0.6])
REWARD = np.array([0.0, 0.1, 0.3, 0.3, 0.5, 0.8])
KNOCK_ON = {CALL: 0.4, SUPPORT: 0.25}
OWN = -1.2
MOOD = 0.5  # correlation of each complaint with the mood
KINDS = ("cascade", "own", "mood", "harmless")
FEW, NAMED, COVERED = (0.0, 0.05), (0.95, 1.0), (0.93, 1.0)


def simulate(
    kind: str, n: int, random: np.random.Generator
) -> tuple[pd.DataFrame, pd.DataFrame, Array]:
    """Return feedback, mentions and the penalties that were planted."""
    penalty = PENALTY.copy()
    mood = MOOD * random.normal(size=(n, 1)) if kind == "mood" else 0.0
    rest = np.sqrt(1 - MOOD**2) if kind == "mood" else 1.0
    bad = rest * random.normal(size=(n, len(NAMES))) + mood < ndtri(BAD)
    good = random.random((n, len(NAMES))) < GOOD
    if kind in ("cascade", "own"):
        for place, share in KNOCK_ON.items():
            bad[:, place] |= bad[:, DELIVERY] & (random.random(n) < share)
    if kind in ("own", "mood"):
        penalty[[CALL, SUPPORT]] = OWN
    noise = random.normal(size=n) * (0.6 + 0.5 * bad.any(axis=1))
    overall = 4.2 + bad @ penalty + good @ REWARD + noise
    feedback = pd.DataFrame({"feedback_id": np.arange(n), "overall": overall})
    row, column = np.nonzero(bad | good)
    words = np.array(["", "negative", "positive", "mixed"])[bad + 2 * good]
    late = np.isin(column, list(KNOCK_ON))  # knock-ons are mostly told after their cause
    start = random.integers(0, 100, len(row)) + 60 * late
    mentions = {"feedback_id": row, "touchpoint": np.array(NAMES)[column],
                "sentiment": words[row, column], "start": start}  # fmt: skip
    return feedback, pd.DataFrame(mentions), penalty


def run_once(job: tuple[Cell, int]) -> Run:
    """Simulate once, and say what was told."""
    (kind, n), run = job
    random = np.random.default_rng([KINDS.index(kind), n, run])
    feedback, mentions, penalty = simulate(kind, n, random)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", TpfeedbackWarning)
        found = journey((feedback, mentions))
    return judge(found, penalty, kind)


def judge(found: Journey, penalty: Array, kind: str) -> Run:
    """Return 1 where something is so and 0 where not, NaN where nothing was said."""
    order, roots = found.order, found.roots.set_index("touchpoint").reindex(NAMES)
    told = order[order["verdict"] == "symptom"]
    pairs = set(zip(told["first"], told["then"], strict=True))
    planted = {("delivery", NAMES[place]) for place in KNOCK_ON} if kind == "cascade" else set()
    hits: Run = {"false symptom": [float(bool(pairs - planted))]}
    if kind == "cascade":
        hits["root named: call_center"] = [float(("delivery", "call_center") in pairs)]
        hits["root named: online_support"] = [float(("delivery", "online_support") in pairs)]
        hits["largest root prize: delivery"] = [float(roots["root_prize"].idxmax() == "delivery")]
        symptoms = roots.loc[[NAMES[place] for place in KNOCK_ON]]
        for name in ("prize", "root_prize"):
            around = (symptoms[f"{name}_low"] <= 0) & (symptoms[f"{name}_high"] >= 0)
            hits[f"knock-ons: {name} contains 0"] = around.astype(float).tolist()
        truth = -PENALTY[DELIVERY] * BAD[DELIVERY]
        low, high = roots.loc["delivery", ["root_prize_low", "root_prize_high"]]
        hits["root prize covered"] = [float(low <= truth <= high)]
    then = order.drop_duplicates("then").set_index("then").reindex([NAMES[p] for p in KNOCK_ON])
    true = penalty[list(KNOCK_ON)]
    low, high = then["penalty_low"].to_numpy(float), then["penalty_high"].to_numpy(float)
    inside = np.where(np.isfinite(low), (low <= true) & (true <= high), np.nan)
    hits["own penalty of the second covered"] = inside.tolist()
    return hits


def rows_of(hits: dict[str, Array]) -> Iterator[Row]:
    """Yield one row per thing measured."""
    for name, values in hits.items():
        if not np.isfinite(values).any():
            continue
        asked = FEW if name == "false symptom" else NAMED if "named" in name else COVERED
        yield share_of(name, values, None if "largest" in name else asked)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the simulation and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--sizes", type=int, nargs="+", default=[1000, 3000])
    parser.add_argument("--cells", nargs="+", choices=KINDS, default=list(KINDS))
    options = parser.parse_args(arguments)
    cells = [(kind, n) for kind in options.cells for n in options.sizes]
    jobs = [(cell, run) for cell in cells for run in range(options.runs)]
    found = list(tqdm(spread(run_once, jobs, options.processes), total=len(jobs), unit=" runs"))
    print("| cell | what | measured | Monte-Carlo 95 % | asked | verdict |")
    print("|---|---|---|---|---|---|")
    for place, (kind, n) in enumerate(cells):
        runs = found[place * options.runs : (place + 1) * options.runs]
        hits = {name: np.array([run[name] for run in runs]) for name in runs[0]}
        for row in rows_of(hits):
            asked = "" if row.asked is None else f"{row.asked[0]:g} to {row.asked[1]:g}"
            print(f"| {kind}, n = {n:,} | {row.what} | {row.measured:.3f} | "
                  f"{row.low:.3f} to {row.high:.3f} | {asked} | {row.verdict} |")  # fmt: skip


if __name__ == "__main__":
    main()
