"""What must open no socket, step by step: `python tests/offline_steps.py FOLDER` tells each."""

from __future__ import annotations

import asyncio
import csv
import json
import pkgutil
import subprocess
import sys
from importlib import import_module
from itertools import islice
from pathlib import Path

SAMPLES = Path(__file__).parents[1] / "data" / "samples"
EXTRAS = ("training", "spark")
REVIEWS = "reviews.csv"  # the first of the sample, in the folder
ROLES = {"text": "comment", "overall": "stars"}


def main(folder: Path) -> None:
    """Do every step in order; the name of each is printed once it is done."""
    with (
        (SAMPLES / REVIEWS).open(encoding="utf-8", newline="") as sample,
        (folder / REVIEWS).open("w", encoding="utf-8", newline="") as some,
    ):
        csv.writer(some).writerows(islice(csv.reader(sample), 201))
    for step in STEPS:
        step(folder)
        print(step.__name__, flush=True)  # noqa: T201


def every_module_is_imported(_: Path) -> None:
    """Training needs torch, Spark talks to its Java by a socket: both are extras of their own."""
    import tpfeedback

    for found in pkgutil.walk_packages(tpfeedback.__path__, "tpfeedback."):
        if found.name.split(".")[1] not in (*EXTRAS, "__main__"):
            try:
                import_module(found.name)
            except ModuleNotFoundError as missing:
                if (missing.name or "tpfeedback").startswith("tpfeedback"):
                    raise


def texts_are_tagged(_: Path) -> None:
    import tpfeedback as tp

    tp.load_tagger().tag(["Rude staff", "Грубый персонал", "服务态度很差", "Niemiła obsługa"])


def reviews_are_analyzed_and_reported(folder: Path) -> None:
    import tpfeedback as tp

    analysis = tp.analyze(folder / REVIEWS, **ROLES, progress=False)
    for lang in ("ru", "zh", "pl", "en"):
        analysis.to_html(folder / f"{lang}.html", lang=lang)
    analysis.to_excel(folder / "report.xlsx")
    analysis.to_markdown()
    (folder / "report.json").write_text(json.dumps(analysis.to_dict()), encoding="utf-8")


def a_file_is_tagged_by_two_workers(folder: Path) -> None:
    import tpfeedback as tp

    tp.tag_file(folder / REVIEWS, folder / "tagged", **ROLES, workers=2, chunk=100, progress=False)
    tp.analyze_tagged(folder / "tagged")


def own_touchpoints_are_taught_and_new_ones_found(folder: Path) -> None:
    import tpfeedback as tp

    feedback = tp.read_feedback(folder / REVIEWS, **ROLES)
    plan = tp.load_taxonomy(SAMPLES / "my_touchpoints.toml")
    tagger = tp.TouchpointTagger(plan)
    tagger.fit(["No shoes in my size", "The shop was clean"], [["out_of_stock"], []])
    mentions = tp.extract_mentions(feedback, taxonomy=plan)
    tp.discover(feedback, mentions, taxonomy=plan)


def the_command_runs(folder: Path) -> None:
    command = [sys.executable, "-m", "tpfeedback"]
    for words in (["taxonomies"], ["analyze", folder / REVIEWS, "--out", folder / "out"]):
        subprocess.run([*command, *map(str, words)], check=True, capture_output=True)


def a_job_of_the_service_is_done(_: Path) -> None:
    """Only the service listens; the process that it starts for a large table has no need to."""
    try:
        from tpfeedback.service.apart import analyze_apart
    except ModuleNotFoundError:  # the extra is not installed
        return
    rows = [{"comment": "Rude staff", "stars": 1}, {"comment": "Great price", "stars": 5}] * 10
    body = {"rows": rows, "text": "comment", "overall": "stars"}
    asyncio.run(analyze_apart(json.dumps(body).encode(), seconds=300))


STEPS = (
    every_module_is_imported,
    texts_are_tagged,
    reviews_are_analyzed_and_reported,
    a_file_is_tagged_by_two_workers,
    own_touchpoints_are_taught_and_new_ones_found,
    the_command_runs,
    a_job_of_the_service_is_done,
)

if __name__ == "__main__":
    main(Path(sys.argv[1]))
