"""Measures how often the intervals of `compare` hold the truth, on simulated feedback.

    python benchmarks/tracking_compare.py [--runs 500] [--processes 2] [--sizes 500 2000]
                                          [--cells fix null]

Two years of feedback on five touchpoints, `size` texts each. The season (winter months) and the
channel (app or shop) move both what comes up and how it is rated; after the cut, a larger part of
the texts is from winter and from the app. Months and channel are the `controls`. Ratings vary
more where there are complaints.

- fix: after the cut 40 % instead of 70 % of the mentions of the delivery are complaints, the
  waiting comes up less often, a complaint about the product costs more, and everybody is a
  little more satisfied. Coverage of what `compare` says about the fix and everything else.
- null: nothing but the mix has changed. How often something is found all the same.

"naive" takes the difference of the two means for the effect of the fix, as is usual. `measured`
counts all runs and touchpoints whose interval is given (share `given`), the Monte-Carlo interval
is Wilson's. A verdict is "undecided" where the measured value is outside of what is asked but the
Monte-Carlo interval reaches into it. Seeds are fixed: same numbers for any number of processes.
"""

from __future__ import annotations

import argparse
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from coverage import Row, share_of
from simulated_runs import spread
from tqdm import tqdm

from tpfeedback.errors import TpfeedbackWarning
from tpfeedback.tracking.compare import Comparison, compare

Array = np.ndarray
Run = dict[str, list[float]]

NAMES = ("delivery", "mobile_app", "product", "staff", "waiting")
DELIVERY, APP, PRODUCT, STAFF, WAITING = range(5)
COVERED, AT_LEAST, FEW = (0.93, 0.97), (0.93, 1.0), (0.0, 0.05)
PARTS = ("reach", "sentiment", "effect")


@dataclass(frozen=True, eq=False)
class World:
    """One period. Shares add up: reach + winter x `season` + app x `channel`, all (touchpoints,).

    `complaints`: share of the mentions that complain, of the rest three quarters praise.
    """

    winter: float
    app: float
    reach: Array
    season: Array
    channel: Array
    complaints: Array
    penalty: Array
    reward: Array
    baseline: float = 4.0
    cold: float = -0.3
    mobile: float = 0.2

    def reach_at(self, winter: float | Array, app: float | Array) -> Array:
        """Return the reach of every touchpoint in this mix."""
        return (
            self.reach
            + np.multiply.outer(winter, self.season)
            + np.multiply.outer(app, self.channel)
        )


BEFORE = World(
    winter=0.3,
    app=0.3,
    reach=np.array([0.25, 0.05, 0.3, 0.25, 0.2]),
    season=np.array([0.15, 0.0, -0.05, 0.0, 0.05]),
    channel=np.array([0.0, 0.2, 0.0, -0.1, -0.05]),
    complaints=np.array([0.7, 0.5, 0.4, 0.3, 0.8]),
    penalty=np.array([-1.4, -0.6, -0.8, -0.6, -0.5]),
    reward=np.array([0.1, 0.2, 0.5, 0.7, 0.0]),
)
SHIFTED = replace(BEFORE, winter=0.45, app=0.55)
FIXED = replace(
    SHIFTED,
    reach=BEFORE.reach - np.array([0, 0, 0, 0, 0.08]),
    complaints=np.array([0.4, 0.5, 0.4, 0.3, 0.8]),
    penalty=BEFORE.penalty - np.array([0, 0, 0.4, 0, 0]),
    baseline=4.1,
)
AFTER = {"fix": FIXED, "null": SHIFTED}


def simulate(
    world: World, n: int, random: np.random.Generator
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return feedback and mentions of n texts."""
    winter, app = random.random(n) < world.winter, random.random(n) < world.app
    month = np.where(winter, random.integers(0, 3, n), random.integers(3, 12, n))
    mentioned = random.random((n, len(NAMES))) < world.reach_at(winter, app)
    mood = random.random((n, len(NAMES)))
    negative = mentioned & (mood < world.complaints)
    positive = mentioned & (mood >= world.complaints + (1 - world.complaints) / 4)
    noise = random.normal(size=n) * np.where(negative.any(axis=1), 1.2, 0.6)
    overall = (
        world.baseline + world.cold * winter + world.mobile * app
        + negative @ world.penalty + positive @ world.reward + noise
    )  # fmt: skip
    texts = {"feedback_id": np.arange(n), "overall": overall, "month": month.astype(str),
             "channel": np.where(app, "app", "shop")}  # fmt: skip
    row, column = np.nonzero(mentioned)
    words = np.where(negative, "negative", np.where(positive, "positive", "neutral"))
    mentions = {"feedback_id": row, "touchpoint": np.array(NAMES)[column],
                "sentiment": words[row, column]}  # fmt: skip
    return pd.DataFrame(texts), pd.DataFrame(mentions)


def truth_of(before: World, after: World) -> dict[str, Array]:
    """Return what `compare` should say of endless samples, by the same exact sums."""
    worlds, winter, app = (
        (before, after),
        *np.mean([(w.winter, w.app) for w in (before, after)], axis=0),
    )
    reach = [w.reach_at(winter, app) for w in worlds]
    kinds = {"penalty": lambda w: w.complaints, "reward": lambda w: 0.75 * (1 - w.complaints)}
    truth = {kind: np.zeros(len(NAMES)) for kind in PARTS}
    for name, share in kinds.items():
        felt, weights = [share(w) for w in worlds], [getattr(w, name) for w in worlds]
        weight, found = sum(weights) / 2, [r * f for r, f in zip(reach, felt, strict=True)]
        truth["sentiment"] += sum(reach) / 2 * (felt[1] - felt[0]) * weight
        truth["reach"] += (reach[1] - reach[0]) * sum(felt) / 2 * weight
        truth["effect"] += sum(found) / 2 * (weights[1] - weights[0])
    totals = [w.complaints * w.penalty + 0.75 * (1 - w.complaints) * w.reward for w in worlds]
    total = sum(totals) / 2
    truth["touchpoint"] = sum(truth[kind] for kind in PARTS)
    more_app, more_winter = after.app - before.app, after.winter - before.winter
    truth["mix"] = np.array([more_app * (before.mobile + before.channel @ total),
                             more_winter * (before.cold + before.season @ total)])  # fmt: skip
    own = [w.reach_at(w.winter, w.app) for w in worlds]
    means = [w.baseline + w.cold * w.winter + w.mobile * w.app + r @ t
             for w, r, t in zip(worlds, own, totals, strict=True)]  # fmt: skip
    truth["mean"] = np.array([means[1] - means[0]])
    truth["mean at the same mix"] = truth["mean"] - truth["mix"].sum()
    shares = [r * w.complaints for r, w in zip(own, worlds, strict=True)]
    costs = [-s * w.penalty for s, w in zip(shares, worlds, strict=True)]
    level = [r * w.complaints for r, w in zip(reach, worlds, strict=True)]
    for name, pair in (("reach_change", own), ("negative_share_change", shares),
                       ("penalty_change", [w.penalty for w in worlds]), ("prize_change", costs),
                       ("negative_share_same_mix", level)):  # fmt: skip
        truth[name] = pair[1] - pair[0]
    return truth


def run_once(job: tuple[str, int, int]) -> Run:
    """Simulate both periods, compare, and say which intervals hold the truth."""
    cell, n, run = job
    random = np.random.default_rng([list(AFTER).index(cell), n, run])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", TpfeedbackWarning)
        found = compare(simulate(BEFORE, n, random), simulate(AFTER[cell], n, random),
                        controls=["channel", "month"])  # fmt: skip
    return judge(found, truth_of(BEFORE, AFTER[cell]))


def judge(found: Comparison, truth: dict[str, Array]) -> Run:
    """Return 1 where an interval holds the truth, 0 where not, NaN where there is none."""
    parts, table = found.parts, found.table.set_index("touchpoint").reindex(NAMES)
    hits: Run = {}
    for kind in (*PARTS, "touchpoint", "mix"):
        rows = parts[parts["kind"] == kind].set_index("part")
        rows = rows.reindex(NAMES if kind != "mix" else ["channel", "month"])
        hits[kind] = _inside(rows["contribution_low"], rows["contribution_high"], truth[kind])
    for name in [name for name in truth if name.endswith(("_change", "_same_mix"))]:
        hits[name] = _inside(table[f"{name}_low"], table[f"{name}_high"], truth[name])
    change = found.change.set_index("what")
    for name in change.index:
        row = change.loc[[name]]
        hits[name] = _inside(row["change_low"], row["change_high"], truth[name])
    fix = truth["touchpoint"][[DELIVERY]]
    hits["naive"] = _inside(
        *(change.loc[["mean"], f"change_{end}"] for end in ("low", "high")), fix
    )
    hits["the fix"] = hits["touchpoint"][DELIVERY : DELIVERY + 1]
    hits["q < .05"] = np.where(table["q_value"].notna(), table["q_value"] < 0.05, np.nan).tolist()
    hits["same mix"] = [float(change["p_value"].iloc[1] < 0.05)]
    return hits


def _inside(low: pd.Series, high: pd.Series, truth: Array) -> list[float]:
    a, b = low.to_numpy(dtype=float), high.to_numpy(dtype=float)
    return np.where(np.isfinite(a), (a <= truth) & (truth <= b), np.nan).tolist()


def rows_of(cell: str, hits: dict[str, Array]) -> Iterator[Row]:
    """Return the lines of a cell."""
    if cell == "null":
        found = hits["q < .05"]
        yield share_of("touchpoints with q < .05", found, FEW)
        yield share_of("runs with any q < .05", np.nanmax(found, axis=1, keepdims=True), FEW)
        for kind in PARTS:
            yield share_of(f"part: {kind} found", 1 - hits[kind], FEW)
        yield share_of("share at the same mix found", 1 - hits["negative_share_same_mix"], FEW)
        yield share_of("penalty found", 1 - hits["penalty_change"], FEW)
        yield share_of("mean at the same mix found", hits["same mix"], FEW)
        return
    yield share_of("the fix: delivery in all", hits["the fix"], COVERED)
    yield share_of("the fix by the difference of means (naive)", hits["naive"], None)
    yield share_of("part: touchpoint", hits["touchpoint"], COVERED)
    for kind in PARTS:  # a product of two numbers near 0 is closer to 0 than its interval thinks
        yield share_of(f"part: {kind}", hits[kind], AT_LEAST)
    yield share_of("part: mix of a control", hits["mix"], COVERED)
    for name in ("mean", "mean at the same mix", "reach_change", "negative_share_change",
                 "negative_share_same_mix", "penalty_change", "prize_change"):  # fmt: skip
        yield share_of(name, hits[name], COVERED)


def main(arguments: Sequence[str] | None = None) -> None:
    """Print one table, with a few rows for every cell."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=500, help="simulated samples a cell")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--sizes", type=int, nargs="+", default=[500, 2000])
    parser.add_argument("--cells", nargs="+", choices=list(AFTER), default=list(AFTER))
    options = parser.parse_args(arguments)
    cells = [(kind, n) for kind in options.cells for n in options.sizes]
    jobs = [(*cell, run) for cell in cells for run in range(options.runs)]
    found = list(tqdm(spread(run_once, jobs, options.processes), total=len(jobs), unit=" runs"))
    print("| cell | what | given | measured | Monte-Carlo 95 % | asked | verdict |")
    print("|---|---|---|---|---|---|---|")
    for place, (kind, n) in enumerate(cells):
        runs = found[place * options.runs : (place + 1) * options.runs]
        hits = {name: np.array([run[name] for run in runs]) for name in runs[0]}
        for row in rows_of(kind, hits):
            print(f"| {kind}, n = {n:,} a period | {told(row)} |")


def told(row: Row) -> str:
    """Return the row as cells of a Markdown table."""
    asked = "" if row.asked is None else f"{row.asked[0]:g} to {row.asked[1]:g}"
    between = f"{row.low:.3f} to {row.high:.3f}"
    return " | ".join((row.what, f"{row.given:.2f}", f"{row.measured:.3f}", between, asked,
                       row.verdict))  # fmt: skip


if __name__ == "__main__":
    main()
