"""Kills big batches and measures them: nothing lost, nothing doubled, memory flat, how fast.

    python benchmarks/batch.py kill --rows 200000 --times 20 [--fake]
    python benchmarks/batch.py memory --rows 1000000 [--fake]
    python benchmarks/batch.py workers --rows 20000
    python benchmarks/batch.py analyze --rows 2000000

kill: runs a batch undisturbed, then `--times` batches, each killed (-9) at random moments and
started again until it ends; each must end with the same bytes. memory: the peak memory of all
processes together while each tenth of the rows is tagged, and the rate. workers: rows a second
with one process of all cores' threads, and with one process a core. analyze: seconds and peak
memory of the analysis of a batch, and of the same in memory where it fits.

The rows are the texts of `data/samples/reviews.csv`, varied so that no two are equal. `--fake`
takes a tagger that knows a few words, for the mechanics alone.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import random
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from tpfeedback.batch import analyze_tagged, tag_file
from tpfeedback.tagger import Mention, TaggedText
from tpfeedback.taxonomy import load_taxonomy

ROOT = Path(__file__).parents[1]
BLOCK = 50_000
LONGEST = 160  # characters: short reviews
WORDS = {"delivery": "deliver|достав|dostaw|送|快递", "price": "price|цен|cen|价格|便宜|贵"}
BAD = re.compile("late|rude|bad|долго|опозд|хам|źle|późn|chams|慢|差|坏", re.IGNORECASE)


@dataclass(frozen=True)
class FakeTagger:
    """Finds two touchpoints by a few words, at thousands of texts a second."""

    digest: str = "fake"

    @property
    def touchpoints(self) -> tuple[str, ...]:
        """Keys of the general taxonomy."""
        return load_taxonomy("general").keys

    def tag(self, texts, *, languages=None, **options):
        """Tag each text by its words."""
        codes = languages or ["en"] * len(texts)
        return [_tagged(text, code) for text, code in zip(texts, codes, strict=True)]


def _tagged(text: str, language: str) -> TaggedText:
    mood = "negative" if BAD.search(text) else "positive"
    score = -0.9 if mood == "negative" else 0.9
    hits = ((key, re.search(words, text, re.IGNORECASE)) for key, words in WORDS.items())
    mentions = tuple(Mention(k, mood, 0.9, hit.start(), hit.end(), score) for k, hit in hits if hit)
    return TaggedText(text, language, mood, 0.9, mentions)


def main() -> None:
    """Run what was asked for."""
    read = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    read.add_argument("what", choices=["kill", "memory", "workers", "analyze", "one"])
    read.add_argument("--rows", type=int, default=20_000)
    read.add_argument("--times", type=int, default=20)
    read.add_argument("--chunk", type=int, default=None)
    read.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    read.add_argument("--fake", action="store_true")
    read.add_argument("--folder", type=Path, default=None, help="kept where given")
    read.add_argument("--seed", type=int, default=0)
    asked = read.parse_args()
    chunk = asked.chunk or max(200, min(10_000, asked.rows // 40))
    if asked.what == "one":
        tag(asked.folder / "rows.parquet", asked.folder / "out", asked, chunk)
        return
    with tempfile.TemporaryDirectory() as kept:
        folder = asked.folder or Path(kept)
        folder.mkdir(parents=True, exist_ok=True)
        write_rows(folder / "rows.parquet", asked.rows, asked.seed)
        todo = {"kill": kill, "memory": memory, "workers": workers, "analyze": analyze}
        todo[asked.what](folder, asked, chunk)


def write_rows(path: Path, rows: int, seed: int) -> None:
    """Write so many different short reviews, in constant memory."""
    source = pd.read_csv(ROOT / "data/samples/reviews.csv").dropna(subset=["comment"])
    chance, written = random.Random(seed), 0
    schema = pa.schema([("comment", pa.string()), ("stars", pa.int64()), ("day", pa.string()),
                        ("channel", pa.string())])  # fmt: skip
    texts = source["comment"].str[:LONGEST].tolist()
    stars, channels = source["stars"].tolist(), source["channel"].tolist()
    with pq.ParquetWriter(path, schema) as file:
        while written < rows:
            picks = [chance.randrange(len(texts)) for _ in range(min(BLOCK, rows - written))]
            said = [f"{texts[k]} {written + n}" for n, k in enumerate(picks)]
            said = ["-" if n % 997 == 996 else text for n, text in enumerate(said)]
            days = [f"2025-{1 + k % 12:02}-{1 + k % 28:02}" for k in picks]
            columns = [said, [int(stars[k]) for k in picks], days, [channels[k] for k in picks]]
            file.write_table(pa.Table.from_arrays(list(map(pa.array, columns)), schema=schema))
            written += len(picks)


def tag(path: Path, out: Path, asked: argparse.Namespace, chunk: int) -> None:
    """Tag the rows in this process and its workers."""
    tagger = FakeTagger() if asked.fake else None
    tag_file(path, out, chunk=chunk, workers=asked.workers, tagger=tagger, progress=False)


def started(folder: Path, asked: argparse.Namespace, chunk: int) -> subprocess.Popen[bytes]:
    """Start a batch in a process of its own."""
    words = [sys.executable, __file__, "one", "--folder", folder, "--chunk", chunk,
             "--workers", asked.workers, *(["--fake"] if asked.fake else [])]  # fmt: skip
    return subprocess.Popen(list(map(str, words)))


def kill(folder: Path, asked: argparse.Namespace, chunk: int) -> None:
    """Compare batches that were killed with one that was not."""
    begun = time.perf_counter()
    assert started(folder, asked, chunk).wait() == 0
    took = time.perf_counter() - begun
    whole = digests(folder / "out")
    shutil.rmtree(folder / "out")
    print(f"undisturbed: {took:.0f} s, {len(whole)} files", flush=True)
    chance, same = random.Random(asked.seed), 0
    for time_ in range(asked.times):
        kills = killed_until_done(folder, asked, chunk, chance, took)
        found = digests(folder / "out")
        same += found == whole
        rows = pq.read_table(folder / "out/feedback", columns=["row"])["row"].to_pandas()
        aside = pq.read_table(folder / "out/rejected", columns=["row"])["row"].to_pandas()
        every = sorted([*rows, *aside]) == list(range(1, asked.rows + 1))
        print(f"run {time_ + 1}: killed {kills} times, same bytes: {found == whole}, "
              f"each row once: {every}", flush=True)  # fmt: skip
        shutil.rmtree(folder / "out")
    print(f"{same} of {asked.times} runs ended equal to the undisturbed one")
    sys.exit(same != asked.times)


def killed_until_done(
    folder: Path, asked: argparse.Namespace, chunk: int, chance: random.Random, took: float
) -> int:
    """Kill a batch once at a random moment of its time, perhaps again, and let it end."""
    kills = 0
    while not kills:  # one that ended before its moment does not count
        shutil.rmtree(folder / "out", ignore_errors=True)
        second = [chance.uniform(0, took / 2)] * chance.randrange(2)
        for moment in (chance.uniform(0, took), *second):
            run = started(folder, asked, chunk)
            try:
                run.wait(moment)
                break
            except subprocess.TimeoutExpired:
                run.send_signal(signal.SIGKILL)
                run.wait()
                kills += 1
    assert started(folder, asked, chunk).wait() == 0
    return kills


def digests(folder: Path) -> dict[str, str]:
    """Return the hash of every file by its name."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def memory(folder: Path, asked: argparse.Namespace, chunk: int) -> None:
    """Print the peak memory of all processes in each tenth of the rows."""
    begun, run = time.perf_counter(), started(folder, asked, chunk)
    parts = -(-asked.rows // chunk)
    peaks = [0.0] * 10
    while run.poll() is None:
        done = len(list((folder / "out/progress").glob("part-*.json")))
        tenth = min(9, 10 * done // parts)
        peaks[tenth] = max(peaks[tenth], resident(run.pid))
        time.sleep(0.2)
    took = time.perf_counter() - begun
    assert run.returncode == 0
    print(f"{asked.rows:,} rows in {took:.0f} s: {asked.rows / took:.0f} a second, "
          f"{asked.workers} workers, parts of {chunk}")  # fmt: skip
    print("peak memory by tenth, MiB:", *(f"{peak:.0f}" for peak in peaks))
    print(
        f"last tenth / first tenth: {peaks[9] / peaks[0]:.3f}; / second: {peaks[9] / peaks[1]:.3f}"
    )


def resident(pid: int) -> float:
    """Return the memory that a process and its children hold, MiB; shared pages count once."""
    total = 0.0
    for one in [pid, *children(pid)]:
        try:
            told = Path(f"/proc/{one}/smaps_rollup").read_text(encoding="ascii")
        except OSError:
            continue
        found = re.search(r"^Pss:\s+(\d+)", told, re.MULTILINE)
        total += int(found[1]) / 1024 if found else 0.0
    return total


def children(pid: int) -> list[int]:
    """Return the processes that a process started, and those they did."""
    found: list[int] = []
    for path in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            for child in map(int, path.read_text(encoding="ascii").split()):
                found += [child, *children(child)]
        except OSError:
            continue
    return found


def workers(folder: Path, asked: argparse.Namespace, chunk: int) -> None:
    """Compare threads of one process with processes of one thread."""
    for number in (1, asked.workers, 1, asked.workers):
        asked.workers, begun = number, time.perf_counter()
        assert started(folder, asked, chunk).wait() == 0
        rate = asked.rows / (time.perf_counter() - begun)
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        print(f"{number} processes: {rate:.0f} rows a second, "
              f"{used.ru_utime + used.ru_stime:.0f} s of processor so far", flush=True)  # fmt: skip
        shutil.rmtree(folder / "out")


def analyze(folder: Path, asked: argparse.Namespace, chunk: int) -> None:
    """Time the analysis of a batch, tagged by the fake tagger."""
    asked.fake = True
    tag(folder / "rows.parquet", folder / "out", asked, chunk)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    begun = time.perf_counter()
    found = analyze_tagged(folder / "out")
    took = time.perf_counter() - begun
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(found)
    print(f"{took:.1f} s; peak memory {peak:.0f} MiB, {before:.0f} before")


if __name__ == "__main__":
    main()
