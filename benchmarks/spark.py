"""Tags many reviews on a local Spark and on one machine, and compares every number.

    python benchmarks/spark.py [--rows 500000] [--workers 2] [--kill]

The rows are the texts of `data/samples/reviews.csv`, varied so that no two are equal. Told are
seconds of both ways, how many mentions differ in more than 1e-9, and how much the impact table
differs. `--kill` kills a Python worker (-9) halfway through the cluster's time; the result must be
the same.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import tempfile
import threading
import time
import warnings
from contextlib import suppress
from pathlib import Path

import pandas as pd

from tpfeedback.batch import read_batch, tag_file
from tpfeedback.impact import measure_impact
from tpfeedback.spark import extract_mentions
from tpfeedback.spark import measure_impact as measure_in_cluster

ROOT = Path(__file__).parents[1]
NEAR = 1e-9
LONG = 300  # ticks of processor time, a hundred a second: it has begun to tag
NUMBERS = ["score", "confidence"]


def make_rows(number: int) -> pd.DataFrame:
    """Return `number` reviews, no two of them equal."""
    table = pd.read_csv(ROOT / "data/samples/reviews.csv")[["comment", "stars", "channel"]]
    whole = table.iloc[[k % len(table) for k in range(number)]].reset_index(drop=True)
    told = [f"{text} {k}" for k, text in enumerate(whole["comment"].astype(str))]
    return whole.assign(comment=told, id=[str(k + 1) for k in range(number)])


def open_spark(workers: int):
    """Return a session of local workers that may fail and be started again."""
    from pyspark.sql import SparkSession

    os.environ["PYSPARK_PYTHON"] = sys.executable
    return (
        SparkSession.builder.master(f"local[{workers},4]")
        .config("spark.ui.enabled", "false")
        .config("spark.driver.memory", "2g")
        .config("spark.sql.shuffle.partitions", str(workers * 4))
        .config("spark.sql.execution.arrow.maxRecordsPerBatch", "2048")
        .config("spark.log.level", "OFF")
        .getOrCreate()
    )


def in_cluster(path: Path, out: Path, *, workers: int, kill_after: float | None):
    """Tag a Parquet file and measure the impact; return mentions, impact and seconds of each."""
    session = open_spark(workers)
    rows = session.read.parquet(str(path)).repartition(workers * 4)
    begun = time.monotonic()
    if kill_after is not None:
        java = session.sparkContext._gateway.proc.pid
        timer = threading.Timer(kill_after, kill_busiest, [java])
        timer.daemon = True
        timer.start()
    found = extract_mentions(rows, text="comment", feedback_id="id")
    found.write.parquet(str(out))
    tagged = time.monotonic()
    mentions = session.read.parquet(str(out))
    impact = measure_in_cluster(
        rows, mentions, outcome="stars", controls=["channel"], feedback_id="id", text="comment"
    )
    measured = time.monotonic()
    result = mentions.toPandas(), impact, tagged - begun, measured - tagged
    session.stop()
    return result


def kill_busiest(java: int) -> None:
    """Kill the first worker of this Spark that has worked for `LONG` ticks."""
    while True:
        stats = {}
        for place in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):  # it has ended
                told = (place / "stat").read_text().rpartition(")")[2].split()
                stats[int(place.name)] = (int(told[1]), int(told[11]))
        for worker, (above, ticks) in stats.items():
            if ticks > LONG and stats.get(above, (0, 0))[0] == java:
                os.kill(worker, signal.SIGKILL)
                print(f"killed worker {worker}", flush=True)
                return
        time.sleep(0.1)


def on_one_machine(path: Path, out: Path, *, workers: int):
    """Tag the same file with `tag_file`; return mentions, impact and the seconds of tagging."""
    begun = time.monotonic()
    tag_file(path, out, text="comment", overall="stars", channel="channel", date=False,
             language=False, question=False, chunk=2048, workers=workers)  # fmt: skip
    seconds = time.monotonic() - begun
    feedback, mentions = (
        pd.concat(map(pd.read_parquet, sorted((out / kind).glob("*.parquet"))), ignore_index=True)
        for kind in ("feedback", "mentions")
    )
    assert read_batch(out).texts == len(feedback)
    return mentions, measure_impact(feedback, mentions, controls=["channel"]), seconds


def compare(found: pd.DataFrame, expected: pd.DataFrame) -> str:
    """Return in words how two mentions tables differ."""
    keys = ["feedback_id", "touchpoint"]
    doubled = int(found.duplicated(keys).sum())
    both = found.merge(expected, on=keys, how="outer", suffixes=("", "_here"), indicator=True)
    alone = int((both["_merge"] != "both").sum())
    off = [(both[name] - both[f"{name}_here"]).abs() for name in NUMBERS]
    words = ["sentiment", "start", "stop", "evidence", "language"]
    other = sum(int((both[name] != both[f"{name}_here"]).sum()) for name in words)
    beyond = int(pd.concat(off, axis=1).gt(NEAR).any(axis=1).sum())
    return (
        f"{len(found):,} mentions: {alone} found on one side alone, {doubled} doubled, {other} "
        f"words differ, {beyond} numbers differ by more than {NEAR:g} (most: "
        f"{max(one.max() for one in off):.1e})"
    )


def main() -> None:
    """Run what was asked for and print it."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--rows", type=int, default=500_000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--kill", action="store_true")
    asked = parser.parse_args()
    warnings.simplefilter("ignore")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make_rows(asked.rows).to_parquet(folder / "rows.parquet", index=False)
        here = on_one_machine(folder / "rows.parquet", folder / "here", workers=asked.workers)
        print(f"one machine: {here[2]:.0f} s, {asked.rows / here[2]:.0f} rows a second")
        there = in_cluster(
            folder / "rows.parquet", folder / "there", workers=asked.workers,
            kill_after=here[2] / 2 if asked.kill else None,
        )  # fmt: skip
        print(f"Spark: {there[2]:.0f} s, {asked.rows / there[2]:.0f} rows a second; impact "
              f"{there[3]:.0f} s")  # fmt: skip
        print(compare(there[0], here[0]))
        numbers = here[1].select_dtypes("number").columns
        order = "touchpoint"
        left, right = (one.sort_values(order, ignore_index=True) for one in (there[1], here[1]))
        print(f"impact differs by at most {(left[numbers] - right[numbers]).abs().max().max():.1e}")


if __name__ == "__main__":
    main()
