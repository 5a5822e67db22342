"""Measures the ledger: coverage of planted effects, false alarms over 52 looks, and delay.

    python benchmarks/tracking_ledger.py [--runs 200]

130 weeks of respondents, a change in week 78 and 52 weekly looks after it. Shares of complaints
follow a yearly season, a trend, and the mix of channels, which shifts over time (the channel that
grows complains twice as much); weeks have shocks of their own, which echo on from week to week.
The measure is a share of complaints; the effect is planted for everybody ("series") or for one
region of two ("difference", where the regions also have different levels).

- covered once: share of runs where the 95 % interval after 52 weeks holds the planted effect;
- covered always: share of runs where the confidence sequence holds it at all 52 looks;
- sure: share of runs where the sequence leaves out 0 at some look. Without an effect these are
  the false alarms, which should be 5 % at most;
- weeks: median number of weeks until it is sure.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass

import numpy as np

from tpfeedback.impact.gram import Array
from tpfeedback.tracking.period_means import Cells, count_cells
from tpfeedback.tracking.step_effects import Path, measure_step

WEEKS, START = 130, 78


@dataclass(frozen=True)
class World:
    """How the weeks are: respondents, the planted effect, and what else goes on."""

    texts: int = 150
    effect: float = -0.04
    region: bool = False
    season: float = 0.25
    shift: float = 0.4
    trend: float = 0.01
    shock: float = 0.015
    echo: float = 0.0
    weeks: int = WEEKS
    start: int = START


def simulate(world: World, random: np.random.Generator) -> Cells:
    """Return respondents counted by week (and region)."""
    week = np.repeat(np.arange(world.weeks), random.poisson(world.texts, world.weeks))
    grown = 0.3 + world.shift * week / world.weeks
    channel = random.random(len(week)) < grown
    treated = random.random(len(week)) < 0.4
    share = 0.12 * (1 + world.season * np.sin(2 * np.pi * (week - 9) / 52.18))
    share = share * (1 + channel) + world.trend * (week - world.start) / 52
    share = share + echoes(world, random)[week]
    if world.region:
        share = share + np.where(treated, 0.03 + echoes(world, random)[week], 0.0)
    hit = week >= world.start
    share = share + world.effect * (hit & treated if world.region else hit)
    values = (random.random(len(week)) < np.clip(share, 0.0, 1.0)).astype(float)
    group = treated if world.region else np.ones(len(week), dtype=bool)
    return count_cells(values, week, channel[:, None].astype(float), group)


def echoes(world: World, random: np.random.Generator) -> Array:
    """Return the shocks of the weeks, each a part of the one before."""
    fresh = random.normal(0, world.shock, world.weeks)
    shocks = fresh.copy()
    for i in range(1, world.weeks):
        shocks[i] = world.echo * shocks[i - 1] + np.sqrt(1 - world.echo**2) * fresh[i]
    return shocks


def path_of(world: World, random: np.random.Generator) -> Path:
    """Return the path that the ledger finds."""
    found = measure_step(
        simulate(world, random), freq="W", start=world.start, left_out=np.array([], dtype=np.intp),
        others=(), compared=world.region, covariate=None,
    )  # fmt: skip
    assert found is not None
    return found[0]


def measure(world: World, runs: int, *, seed: int = 0) -> tuple[float, float, float, float]:
    """Return shares covered once, covered always and sure, and the median weeks until sure."""
    random = np.random.default_rng(seed)
    once, always, sure = 0, 0, []
    for _ in range(runs):
        path = path_of(world, random)
        once += bool(path.low[-1] <= world.effect <= path.high[-1])
        inside = (path.always_low <= world.effect) & (world.effect <= path.always_high)
        always += bool(inside.all())
        since = path.sure_since
        sure.append(np.nan if since is None else since - world.start + 1)
    known = np.array(sure)[np.isfinite(sure)]
    weeks = float(np.median(known)) if len(known) else float("nan")
    return once / runs, always / runs, len(known) / runs, weeks


def main() -> None:
    """Print one row per world."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=200)
    runs = parser.parse_args().runs
    print(f"{'method':>10} {'texts':>6} {'effect':>7} {'shock':>6} {'echo':>5} "
          f"{'once':>6} {'always':>7} {'sure':>6} {'weeks':>6}")  # fmt: skip
    for region in (False, True):
        for texts, effect, shock, echo in (
            (150, 0.0, 0.015, 0.0), (150, -0.04, 0.015, 0.0), (150, -0.08, 0.015, 0.0),
            (30, -0.08, 0.0, 0.0), (1000, -0.04, 0.015, 0.0), (150, 0.0, 0.015, 0.5),
            (1000, 0.0, 0.015, 0.5),
        ):  # fmt: skip
            world = World(texts, effect, region, shock=shock, echo=echo)
            once, always, sure, weeks = measure(world, runs)
            print(f"{'difference' if region else 'series':>10} {texts:6} {effect:7.2f} "
                  f"{shock:6.3f} {echo:5.1f} {once:6.1%} {always:7.1%} {sure:6.1%} {weeks:6.0f}",
                  flush=True)  # fmt: skip


if __name__ == "__main__":
    main()
