"""Measures the monitor: false alarms, what it finds and when, and the time of an update.

    python benchmarks/tracking_monitor.py [--runs 400] [--only false_alarms|power|speed]

Simulated weekly counts of 27 touchpoints (complaints and what those who mention it feel) and of
drift (languages, lengths, confidence): 8 weeks of past, then 52 looks. The counts are made as
they are, without a table of texts; the judging is that of `monitor`.

- False alarms: share of runs with one alarm or more though nothing changed, by the number of
  texts a week and by how much shares vary from week to week beyond chance (standard deviation
  of a share / share). It should be 5 % at most. In the last rows the shares have a season, or
  wander: changes that the monitor is there to see as long as they are new to it (8 weeks of
  past), and takes for usual variation when it has seen them for two years.
- Power: a change planted in one touchpoint in week 27 of the looks: share of runs that raise an
  alarm about that touchpoint from then on (8 weeks for spikes, 26 for shifts), and the median
  number of weeks until it, the first week counting as 1.
- Speed: 3 years x 27 touchpoints x 50 segments, one more day.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from tpfeedback.impact.gram import Array
from tpfeedback.tracking.alarms import PLANS, Alarm
from tpfeedback.tracking.monitor import watch
from tpfeedback.tracking.series import COMPLAINTS, FELT, Streams
from tpfeedback.tracking.state import MonitorState, merge_states
from tpfeedback.tracking.tallies import tally

TOUCHPOINTS = 27
SHARES = 0.25 * 0.8 ** np.arange(TOUCHPOINTS)  # mentions: a quarter of the texts to 0.08 %
NEGATIVE = 0.5  # of the mentions
CLASSES = {"language": (0.4, 0.3, 0.2, 0.1), "length": (0.2, 0.4, 0.3, 0.1),
           "confidence": (0.1, 0.2, 0.3, 0.4)}  # fmt: skip
LOOKS = 52


@dataclass(frozen=True)
class World:
    """How the weeks are: texts a week, and how the shares of complaints vary.

    `weekly` is the standard deviation of a week's share / share, `season` the amplitude of a
    yearly wave, `wander` the weekly step of a random walk of the logarithm.
    """

    texts: int = 300
    weekly: float = 0.0
    season: float = 0.0
    wander: float = 0.0
    past: int = PLANS["W"].fewest


@dataclass(frozen=True)
class Change:
    """A change in one touchpoint: its complaints are multiplied by `factor` for `weeks` weeks."""

    touchpoint: int
    factor: float
    weeks: int


def simulate(world: World, random: np.random.Generator, change: Change | None = None) -> Streams:
    """Return the streams of the past and of a year of looks."""
    weeks = world.past + LOOKS
    texts = random.poisson(world.texts, weeks)[:, None]
    level = np.exp(np.cumsum(random.normal(0, world.wander, (weeks, TOUCHPOINTS)), axis=0))
    level *= 1 + world.season * np.sin(2 * np.pi * np.arange(weeks) / 52)[:, None]
    if world.weekly:
        level *= random.gamma(1 / world.weekly**2, world.weekly**2, (weeks, TOUCHPOINTS))
    praised = random.binomial(texts, SHARES * (1 - NEGATIVE), (weeks, TOUCHPOINTS))
    share = SHARES * NEGATIVE * level
    if change is not None:
        start = world.past + LOOKS // 2
        share[start : start + change.weeks, change.touchpoint] *= change.factor
    negative = random.binomial(texts, np.minimum(share, 0.9))
    mentions = np.minimum(negative + praised, texts)
    parts = [(COMPLAINTS, negative, np.broadcast_to(texts, negative.shape)),
             (FELT, negative, mentions)]  # fmt: skip
    for measure, shares in CLASSES.items():
        drawn = np.array([random.multinomial(n, shares) for n in texts[:, 0]])
        parts.append((measure, drawn, np.broadcast_to(texts, drawn.shape)))
    names = pd.concat([_names(measure, count.shape[1]) for measure, count, _ in parts])
    count = np.concatenate([count for _, count, _ in parts], axis=1)
    total = np.concatenate([total for *_, total in parts], axis=1)
    periods = pd.date_range("2024-01-01", periods=weeks, freq="7D")
    return Streams(periods, names.reset_index(drop=True), count, total, count, count)


def _names(measure: str, width: int) -> pd.DataFrame:
    touchpoints = [f"{i:02}" for i in range(width)]
    return pd.DataFrame({"measure": measure, "by": "", "segment": "", "touchpoint": touchpoints})


def alarms_of(streams: Streams) -> list[Alarm]:
    """Return the alarms of the last 52 looks, as `monitor` raises them."""
    done = len(streams.periods)
    found = watch(streams, freq="W", done=done, false_alarm_rate=0.05)
    return [alarm for alarm in found if alarm.at >= done - LOOKS]


def false_alarms(world: World, runs: int, *, seed: int = 0) -> int:
    """Return in how many runs there is an alarm though nothing changed."""
    random = np.random.default_rng(seed)
    return sum(bool(alarms_of(simulate(world, random))) for _ in range(runs))


def delays(world: World, change: Change, runs: int, *, seed: int = 0) -> Array:
    """Return weeks until the first alarm about the changed touchpoint, NaN where there is none."""
    random = np.random.default_rng(seed)
    start, patience = world.past + LOOKS // 2, 26 if change.weeks > 1 else 8
    found = []
    for _ in range(runs):
        streams = simulate(world, random, change)
        about = streams.names["touchpoint"] == f"{change.touchpoint:02}"
        about &= streams.names["measure"].isin((COMPLAINTS, FELT))
        hits = [a.at - start + 1 for a in alarms_of(streams) if about[a.stream] and a.at >= start]
        found.append(min((hit for hit in hits if hit <= patience), default=np.nan))
    return np.array(found, dtype=float)


def long_state(segments: int = 50, weeks: int = 157, *, seed: int = 0) -> MonitorState:
    """Return a state of 3 years x 27 touchpoints x so many segments, every cell filled."""
    random = np.random.default_rng(seed)
    day = tally(*day_of_feedback(segments, 20_000, random, "2022-01-03"), freq="W", by=["region"])
    steps = [pd.Timedelta(days=7 * week) for week in range(weeks)]
    tables = {
        name: pd.concat(
            [table.assign(period=table["period"] + step) for step in steps], ignore_index=True
        )
        for name, table in day.tables.items()
    }
    assert day.last is not None
    return replace(day, last=day.last + steps[-1], **tables)


def day_of_feedback(
    segments: int, texts: int, random: np.random.Generator, day: str
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return feedback and mentions of one day."""
    feedback = pd.DataFrame(
        {
            "feedback_id": [f"{day}-{i}" for i in range(texts)],
            "text": "text",
            "date": pd.Timestamp(day),
            "language": random.choice(["ru", "zh", "pl", "en"], texts),
            "region": [f"region {i % segments:02}" for i in range(texts)],
        }
    )
    text, touchpoint = np.nonzero(random.random((texts, TOUCHPOINTS)) < 0.07)
    mentions = pd.DataFrame(
        {
            "feedback_id": feedback["feedback_id"].to_numpy()[text],
            "touchpoint": [f"{i:02}" for i in touchpoint],
            "sentiment": random.choice(["negative", "positive"], len(text)),
            "confidence": random.random(len(text)),
        }
    )
    return feedback, mentions


def print_false_alarms(runs: int) -> None:
    """Print the share of runs with a false alarm."""
    names = ("past", "texts", "weekly", "season", "wander", "false alarms")
    print(*(f"{name:>7}" for name in names))
    worlds = [World(n, weekly) for n in (30, 300, 3000) for weekly in (0.0, 0.2, 0.4)]
    worlds += [World(season=0.1), World(season=0.2), World(wander=0.02)]
    worlds += [World(season=0.2, past=104), World(wander=0.02, past=104)]
    for world in worlds:
        found = false_alarms(world, runs)
        print(f"{world.past:7} {world.texts:7} {world.weekly:7.2f} {world.season:7.2f} "
              f"{world.wander:7.2f} {found / runs:12.1%}", flush=True)  # fmt: skip


def print_power(runs: int) -> None:
    """Print how often, and how soon, planted changes are found."""
    names = ("texts", "weekly", "share", "times", "weeks", "found", "delay")
    print(*(f"{name:>6}" for name in names))
    for world in (World(300), World(300, 0.2), World(3000, 0.2)):
        for touchpoint, factor, weeks in (
            (4, 3.0, 1), (8, 3.0, 1), (8, 6.0, 1), (4, 1.5, 26), (4, 2.0, 26), (8, 2.0, 26),
            (8, 3.0, 26), (2, 0.5, 26), (20, 10.0, 26),
        ):  # fmt: skip
            found = delays(world, Change(touchpoint, factor, weeks), runs)
            share = float(np.isfinite(found).mean())
            delay = float(np.nanmedian(found)) if share else np.nan
            print(f"{world.texts:6} {world.weekly:6.2f} {SHARES[touchpoint] * NEGATIVE:6.3f} "
                  f"{factor:6.1f} {weeks:6} {share:6.0%} {delay:6.0f}", flush=True)  # fmt: skip


def print_speed() -> None:
    """Print the time to add a day to three years, and of counting all days again."""
    state = long_state()
    today = day_of_feedback(50, 200, np.random.default_rng(1), "2025-01-06")
    start = time.perf_counter()
    merge_states(state, tally(*today, freq="W", by=["region"]))
    update = time.perf_counter() - start
    start = time.perf_counter()
    from tpfeedback.tracking.monitor import monitor

    monitor(*today, by="region", state=state)
    whole = time.perf_counter() - start
    start = time.perf_counter()
    week = day_of_feedback(50, 20_000, np.random.default_rng(1), "2025-01-06")
    tally(*week, freq="W", by=["region"])
    again = (time.perf_counter() - start) * 157
    print(f"rows of the state: {len(state.counts)}")
    print(f"update of the state by a day of 200 texts: {update:.2f} s")
    print(f"series and alerts with it: {whole:.2f} s")
    print(
        f"counting three years again (20,000 texts a week): {again:.0f} s, {again / update:.0f} x"
    )


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=400)
    parser.add_argument("--only", choices=("false_alarms", "power", "speed"))
    options = parser.parse_args()
    if options.only in (None, "false_alarms"):
        print_false_alarms(options.runs)
    if options.only in (None, "power"):
        print_power(max(options.runs // 4, 10))
    if options.only in (None, "speed"):
        print_speed()


if __name__ == "__main__":
    main()
