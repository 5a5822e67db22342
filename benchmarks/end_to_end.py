"""Times the whole way from a CSV file to the report, and how it grows with the rows.

    python benchmarks/end_to_end.py [--rows 10000 100000 1000000] [--ways memory batch plain]
                                    [--fake | --replay] [--workers 2]

Three ways of the same file: `memory` (`analyze` and `to_html`), `batch` (`tag_file`,
`analyze_tagged` and its `to_html`), and as a named alternative `plain`: pandas `read_csv`,
scikit-learn's `HashingVectorizer`, and statsmodels' OLS of the stars on a few keywords. Told are,
for each stage, seconds and the peak memory of the process and its children together, and how many
times more both are for ten times the rows: 10 is linear. What `memory` and `batch` take is also
told as a multiple of what `plain` takes.

The rows are the texts of `data/samples/reviews.csv`, varied so that no two are equal. Each size
and way runs in a process of its own. `--fake` takes a tagger that knows a few words; `--replay`
one that says of every text what the shipped one says of the text it was varied from: with the
numbers of the real one, and none of its time. So both show what all the rest takes.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path
from typing import Any
from unittest import mock

import pandas as pd
import pyarrow.parquet as pq
from batch import BAD, LONGEST, ROOT, WORDS, FakeTagger, resident, write_rows
from pyarrow import csv

WAYS = ("memory", "batch", "plain")
STAGES = ("start", "read", "read and tag", "tag", "impact", "priorities", "report")
TOLD = {"seconds": "Seconds", "processor": "Processor seconds", "peak": "Peak memory, MiB"}
EVERY, REST = 0.1, 20  # seconds between two looks at the memory, and how many looks' time at least
BEGUN = "END_TO_END_BEGUN"  # when the process was started, for what comes before its first line


@dataclass(frozen=True)
class ReplayTagger:
    """Says of a varied text what the shipped tagger says of the text it was made from."""

    known: dict[str, Any] = field(default_factory=dict)
    digest: str = "replay"

    @property
    def touchpoints(self) -> tuple[str, ...]:
        """Keys of the general taxonomy."""
        return FakeTagger().touchpoints

    def tag(self, texts, *, languages=None, **options):
        """Look each text up."""
        codes = languages or ["en"] * len(texts)
        return [
            replace(self.known[text.rpartition(" ")[0].strip()], text=text, language=code)
            for text, code in zip(texts, codes, strict=True)
        ]


def replay_tagger() -> ReplayTagger:
    """Return a tagger that has read the texts of the samples."""
    from tpfeedback import load_tagger

    source = pd.read_csv(ROOT / "data/samples/reviews.csv")["comment"].dropna()
    texts = source.str[:LONGEST].str.strip().unique().tolist()
    return ReplayTagger(dict(zip(texts, load_tagger().tag(texts), strict=True)))


def main() -> None:
    """Measure what was asked for and print it as tables."""
    read = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    read.add_argument("--rows", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    read.add_argument("--ways", nargs="+", choices=WAYS, default=list(WAYS))
    read.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    read.add_argument("--folder", type=Path, default=None, help="kept where given")
    tagger = read.add_mutually_exclusive_group()
    tagger.add_argument("--fake", dest="tagger", action="store_const", const="fake")
    tagger.add_argument("--replay", dest="tagger", action="store_const", const="replay")
    read.add_argument("--one", choices=WAYS, help=argparse.SUPPRESS)
    asked = read.parse_args()
    if asked.one:
        warnings.simplefilter("ignore")
        {"memory": in_memory, "batch": as_batch, "plain": with_pandas}[asked.one](asked)
        return
    with tempfile.TemporaryDirectory() as kept:
        folder = asked.folder or Path(kept)
        print(tables(measure(folder, asked), asked.rows))


# --- measuring, from outside -------------------------------------------------------------------


def measure(folder: Path, asked: argparse.Namespace) -> pd.DataFrame:
    """Return seconds and peak memory (MiB) of every way, number of rows and stage."""
    found = []
    for rows in asked.rows:
        place = folder / str(rows)
        write_csv(place, rows)
        for way in asked.ways:
            for told in watched(way, place, asked):
                found.append({"way": way, "rows": rows, **told})
                print(json.dumps(found[-1]), file=sys.stderr, flush=True)
    return pd.DataFrame(found)


def write_csv(place: Path, rows: int) -> None:
    """Write the rows as CSV, in constant memory."""
    place.mkdir(parents=True, exist_ok=True)
    write_rows(place / "rows.parquet", rows, seed=0)
    with (
        pq.ParquetFile(place / "rows.parquet") as source,
        csv.CSVWriter(place / "rows.csv", source.schema_arrow) as target,
    ):
        for batch in source.iter_batches():
            target.write_batch(batch)


def watched(way: str, place: Path, asked: argparse.Namespace) -> list[dict[str, Any]]:
    """Run one way in a process of its own; return its stages."""
    words = [sys.executable, __file__, "--one", way, "--folder", place, "--workers", asked.workers,
             *([f"--{asked.tagger}"] if asked.tagger else [])]  # fmt: skip
    run = subprocess.Popen(
        list(map(str, words)), stdout=subprocess.PIPE, text=True,
        env={**os.environ, BEGUN: str(time.time())},
    )  # fmt: skip
    now, peaks, told = ["start"], dict[str, float](), list[dict[str, Any]]()

    def listen() -> None:
        for line in run.stdout or ():
            told.append(json.loads(line))
            now[0] = told[-1]["now"]

    thread = threading.Thread(target=listen)
    thread.start()
    while run.poll() is None:
        stage, begun = now[0], time.perf_counter()
        peaks[stage] = max(peaks.get(stage, 0.0), resident(run.pid))
        time.sleep(max(EVERY, REST * (time.perf_counter() - begun)))
    thread.join()
    if run.returncode:
        raise SystemExit(f"{way} ended with {run.returncode}")
    return [
        {"stage": stage, **took, "peak": peaks.get(stage, float("nan"))}
        for stage, took in told[-1]["took"].items()
    ]


# --- the three ways, each in a process of its own ----------------------------------------------


class Stages:
    """What each stage took, told line by line; a stage within another is none of its time."""

    def __init__(self) -> None:
        self.path, self.took = ["start"], dict[str, dict[str, float]]()
        self.last = {"seconds": float(os.environ[BEGUN]), "processor": 0.0}

    def _turn(self) -> None:
        """Count what has passed since the last turn as the stage that it was in."""
        spent = [
            resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
        ]
        now = {
            "seconds": time.time(),
            "processor": sum(one.ru_utime + one.ru_stime for one in spent),
        }
        before = self.took.get(self.path[-1], {})
        self.took[self.path[-1]] = {
            name: before.get(name, 0.0) + now[name] - self.last[name] for name in now
        }
        self.last = now

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Count what happens within as this stage."""
        self._turn()
        self.path.append(name)
        self._tell(name)
        yield
        self._turn()
        self.path.pop()
        self._tell(self.path[-1] if self.path[1:] else "end")

    def _tell(self, now: str) -> None:
        print(json.dumps({"now": now, "took": self.took}), flush=True)

    @contextmanager
    def within(self, module: Any, **names: str) -> Iterator[None]:
        """Count calls of functions that a module uses, by their names, as stages."""
        with mock.patch.multiple(
            module, **{name: self._counted(getattr(module, name), stage)
                       for name, stage in names.items()}
        ):  # fmt: skip
            yield

    def _counted(self, function: Any, name: str) -> Any:
        def counted(*given: Any, **options: Any) -> Any:
            with self.stage(name):
                return function(*given, **options)

        return counted


def chosen_tagger(asked: argparse.Namespace) -> Any:
    """Return the tagger that was asked for."""
    from tpfeedback import load_tagger

    return {"fake": FakeTagger, "replay": replay_tagger, None: load_tagger}[asked.tagger]()


def in_memory(asked: argparse.Namespace) -> None:
    """Analyze the file in memory and write the report."""
    stages = Stages()
    from tpfeedback import analysis

    tagger = chosen_tagger(asked)
    parts = {"read_export": "read", "tag_feedback": "tag", "rank_touchpoints": "priorities"}
    with stages.stage("impact"), stages.within(analysis, **parts):
        found = analysis.analyze(asked.folder / "rows.csv", tagger=tagger, progress=False)
    with stages.stage("report"):
        found.to_html(asked.folder / "memory.html")


def as_batch(asked: argparse.Namespace) -> None:
    """Tag the file piece by piece, analyze the parts and write the report."""
    stages = Stages()
    from tpfeedback import batch
    from tpfeedback.batch import analysis

    tagger = chosen_tagger(asked) if asked.tagger else None
    shutil.rmtree(asked.folder / "tagged", ignore_errors=True)
    with stages.stage("read and tag"):
        batch.tag_file(asked.folder / "rows.csv", asked.folder / "tagged", tagger=tagger,
                       workers=asked.workers, progress=False)  # fmt: skip
    parts = {
        "rank_touchpoints": "priorities",
        "count_parts": "report",
        "keep_clearest": "report",
    }
    with stages.stage("impact"), stages.within(analysis, **parts):
        found = batch.analyze_tagged(asked.folder / "tagged", tagger=tagger)
    with stages.stage("report"):
        found.to_html(asked.folder / "batch.html")


def with_pandas(asked: argparse.Namespace) -> None:
    """Do the like with what is at hand: words, and a regression on a few of them."""
    stages = Stages()
    with stages.stage("read"):
        table = pd.read_csv(asked.folder / "rows.csv")
    with stages.stage("tag"):
        from sklearn.feature_extraction.text import HashingVectorizer

        HashingVectorizer().transform(table["comment"])
        said = {name: table["comment"].str.contains(words, flags=re.IGNORECASE)
                for name, words in {**WORDS, "bad": BAD.pattern}.items()}  # fmt: skip
    with stages.stage("impact"):
        import statsmodels.api as sm

        flags = sm.add_constant(pd.DataFrame(said).astype(float))
        fit = sm.OLS(table["stars"], flags).fit(cov_type="HC3")
    with stages.stage("priorities"):
        ranked = fit.params.drop("const").sort_values()
    with stages.stage("report"):
        (asked.folder / "plain.html").write_text(ranked.to_frame().to_html(), encoding="utf-8")


# --- what is printed ---------------------------------------------------------------------------


def tables(found: pd.DataFrame, sizes: list[int]) -> str:
    """Return Markdown: seconds and memory of each stage, and what each way takes beside `plain`."""
    totals = found.groupby(["way", "rows"], sort=False).agg(
        seconds=("seconds", "sum"), processor=("processor", "sum"), peak=("peak", "max")
    )
    totals = totals.reset_index().assign(stage="all")
    whole = pd.concat([found, totals])
    parts = []
    for value, title in TOLD.items():
        wide = whole.pivot_table(index=["way", "stage"], columns="rows", values=value, sort=False)
        parts.append(f"{title}\n\n{_growth(wide, sizes)}")
    if "plain" in set(found["way"]):
        parts.append(f"Times what `plain` takes\n\n{_ratios(totals, sizes)}")
    return "\n\n".join(parts)


def _growth(wide: pd.DataFrame, sizes: list[int]) -> str:
    steps = list(pairwise(sizes))
    lines = [_line("way", "stage", *(f"{size:,}" for size in sizes), *(["grows"] * len(steps)))]
    lines.append("|---|---" + "|---:" * (len(sizes) + len(steps)) + "|")
    for way in WAYS:
        for stage in (*STAGES, "all"):
            if (way, stage) in wide.index:
                row = wide.loc[(way, stage)]
                told = [_number(row[size]) for size in sizes]
                grown = [f"×{_number(row[more] / row[fewer])}" for fewer, more in steps]
                lines.append(_line(way, stage, *told, *grown))
    return "\n".join(lines)


def _ratios(totals: pd.DataFrame, sizes: list[int]) -> str:
    lines = [
        _line("way", "", *(f"{size:,}" for size in sizes)),
        "|---|---" + "|---:" * len(sizes) + "|",
    ]
    for value, title in TOLD.items():
        name = title.partition(",")[0].lower()
        wide = totals.pivot_table(index="way", columns="rows", values=value, sort=False)
        for way in wide.index.drop("plain"):
            ratio = wide.loc[way] / wide.loc["plain"]
            lines.append(_line(way, name, *(f"{ratio[size]:.1f}" for size in sizes)))
    return "\n".join(lines)


def _line(*cells: str) -> str:
    return "| " + " | ".join(cells) + " |"


def _number(value: float) -> str:
    """Return a number with the digits that matter; a stage too short to be looked at has none."""
    if pd.isna(value):
        return "–"
    return f"{value:,.0f}" if value >= 100 else f"{value:.2g}"


if __name__ == "__main__":
    main()
