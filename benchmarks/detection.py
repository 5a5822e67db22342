"""Measures the language detector on texts it was not made from, beside py3langid.

    python benchmarks/detection.py [--shared ../shared] [--sample 4000] [--catalogues FOLDER]

Texts: the development parts of the corpora and the development gold set, per language and
length; the cases of `tests/golden/detection.txt`; and, for other languages by the thousand, the
messages of 12 to 60 letters in the message catalogues below FOLDER. For the published numbers
that is django-allauth (`pip install --no-deps django-allauth`, MIT), 41 languages in the user
interface of a web site; the detector was trained on the catalogues of two other packages. Words
are counted between spaces, for Chinese three characters make a word. Accuracy comes with
Wilson's 95 % interval. py3langid joins when it is installed (`pip install py3langid`): free to
choose among its 97 languages, and with one hand tied (`four`), choosing among ours only.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import time
from collections import defaultdict
from collections.abc import Callable
from math import sqrt
from pathlib import Path

from tpfeedback.detection import detect_language
from tpfeedback.languages import available_languages
from tpfeedback.training.detection import messages

ROOT = Path(__file__).parents[1]
LENGTHS = ((1, 3), (4, 8), (9, 20), (21, 10**9))
Guess = Callable[[str], tuple[str, float]]


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, default=ROOT.parent / "shared")
    parser.add_argument("--sample", type=int, default=4000, help="texts a language at most")
    parser.add_argument("--catalogues", type=Path, help="folder with locale/*/LC_MESSAGES/*.mo")
    options = parser.parse_args()
    detectors = {"tpfeedback": ours, **py3langid()}
    sets = {
        "corpora, development part": corpus_texts(options.shared, options.sample),
        "tests/golden/detection.txt": case_texts(),
    }
    if options.catalogues:
        sets["message catalogues"] = catalogue_texts(options.catalogues)
    for title, texts in sets.items():
        print(f"\n{title}: {len(texts)} texts")
        for name, guess in detectors.items():
            report(name, guess, texts)


def ours(text: str) -> tuple[str, float]:
    """Ask the detector under test."""
    detected = detect_language(text)
    return detected.language, detected.confidence


def py3langid() -> dict[str, Guess]:
    """Return py3langid, free and tied to the four languages, if it is installed."""
    try:
        from py3langid.langid import MODEL_FILE, LanguageIdentifier
    except ModuleNotFoundError:
        print("py3langid is not installed: measured alone.")
        return {}
    guesses: dict[str, Guess] = {}
    for name, languages in (("py3langid", None), ("py3langid four", available_languages())):
        identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
        if languages:
            identifier.set_languages(list(languages))

        def guess(text: str, identifier: LanguageIdentifier = identifier) -> tuple[str, float]:
            language, confidence = identifier.classify(text)
            known = language in available_languages()
            return (language if known else "other"), float(confidence)

        guesses[name] = guess
    return guesses


def corpus_texts(shared: Path, sample: int) -> list[tuple[str, str]]:
    """Return (language, text) pairs, at most `sample` a language, with their own letters."""
    by_language = defaultdict(list)
    paths = [*sorted((shared / "data/corpora").glob("*.gz")), shared / "data/gold_dev.jsonl.gz"]
    for path in paths:
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            records = [json.loads(line) for line in lines]
        for record in records:
            if record.get("split") == "dev" or "gold" in path.name:
                by_language[record["lang"]].append(record["text"])
    chance = random.Random(0)
    return [
        (language, text)
        for language, texts in sorted(by_language.items())
        for text in chance.sample(texts, min(sample, len(texts)))
    ]


def case_texts() -> list[tuple[str, str]]:
    """Return the cases written for the tests; Russian in Latin letters is listed apart."""
    lines = (ROOT / "tests/golden/detection.txt").read_text(encoding="utf-8").splitlines()
    pairs = [line.split("\t") for line in lines if not line.startswith("#")]
    known = (*available_languages(), "ru-Latn")
    return [(code if code in known else "other", text) for code, text in pairs]


def catalogue_texts(folder: Path) -> list[tuple[str, str]]:
    """Return the short messages of each catalogue, English left out: it is the key there."""
    pairs = []
    for path in sorted(folder.rglob("locale/*/LC_MESSAGES/*.mo")):
        code = path.parts[-3].split("_")[0]
        known = code if code in available_languages() else "other"
        pairs += [(known, text) for text in messages(path) if 12 <= len(text) <= 60]
    return [pair for pair in pairs if pair[0] != "en"]


def report(name: str, guess: Guess, texts: list[tuple[str, str]]) -> None:
    """Print accuracy per language and length, calibration and speed of one detector."""
    guess(texts[0][1])
    started = time.perf_counter()
    guesses = [guess(text) for _, text in texts]
    seconds = time.perf_counter() - started
    print(f"\n{name}: {len(texts) / seconds:,.0f} texts a second")
    cells: dict[tuple[str, int], list[bool]] = defaultdict(list)
    bins: dict[int, list[bool]] = defaultdict(list)
    for (language, text), (said, confidence) in zip(texts, guesses, strict=True):
        right = said == language
        if language == "ru-Latn":  # right when it is not taken for sure
            right = said == "other" or (said == "ru" and confidence < 0.5)
        cells[language, length_class(text, language)].append(right)
        if language != "ru-Latn":
            bins[min(int(confidence * 10), 9)].append(right)
    for language in sorted({language for language, _ in cells}):
        row = [cells.get((language, index), []) for index in range(len(LENGTHS))]
        print(f"  {language:8}", "  ".join(map(accuracy, [*row, [r for c in row for r in c]])))
    print("  confidence → accuracy:", end=" ")
    print(", ".join(f".{b}–: {sum(r) / len(r):.2f} ({len(r)})" for b, r in sorted(bins.items())))


def length_class(text: str, language: str) -> int:
    """Return the index into LENGTHS; three Chinese characters count as a word."""
    words = len(text) // 3 if language == "zh" else len(text.split())
    return next(index for index, (_, high) in enumerate(LENGTHS) if words <= high)


def accuracy(right: list[bool]) -> str:
    """Return the share of right answers with Wilson's interval and the number of texts.

    Wilson (1927), "Probable inference, the law of succession, and statistical inference".
    """
    n = len(right)
    if not n:
        return f"{'-':>26}"
    z, share = 1.96, sum(right) / n
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z * sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return f"{share:.4f} [{max(0.0, middle - half):.3f}, {middle + half:.3f}] n={n:<4}"


if __name__ == "__main__":
    main()
