"""Counts the letter groups by which `tpfeedback.detection` tells languages apart.

    python -m tpfeedback.training.detection --corpora ../shared/data/corpora \\
        --catalogues SITE_PACKAGES/django SITE_PACKAGES/wagtail

Russian, Polish and English are counted in the training part of the corpora, transliterated
Russian in the same texts spelt with Latin letters in five ways, the other languages in the
message catalogues of Django and Wagtail (BSD-3-Clause) and in `detection_words.toml`. What is
shipped are scores of letter groups, no running text.
"""

from __future__ import annotations

import argparse
import gettext
import gzip
import json
import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tpfeedback.detection import MODEL, STEP, letter_groups, words_of

HERE = Path(__file__).parent
LATIN, CYRILLIC = (
    languages.split()
    for languages in (
        "pl en ru-Latn de fr es it pt nl cs sk sl hr sv da nb fi et lv lt ro hu tr az uz ca id vi",
        "ru uk be bg sr mk kk ky mn",
    )
)
SAME_LANGUAGE = {"sr_Latn": "hr", "bs": "hr", "nn": "nb"}
GROUPS_KEPT = {"latin": 9000, "cyrillic": 4500}
WORDS_KEPT = 150
OWN_WORDS_COUNT = 15
CORPUS_LETTERS = 400_000
SMOOTHING = 0.3
WORST = 8.0

_SPELLINGS = (
    "a b v g d e yo zh z i y k l m n o p r s t u f kh ts ch sh shch _ y _ e yu ya",
    "a b v g d e e zh z i j k l m n o p r s t u f h c ch sh sch _ y _ e yu ya",
    "a b v g d e yo j z i i k l m n o p r s t u f h ts ch sh sh _ i _ e u ya",
    "a b v g d e jo zh z i j k l m n o p r s t u f h ts ch sh shh ' y ' e ju ja",
    "a b w g d e e zh z i y k l m n o p r s t u f h c 4 6 sch _ y _ e u ia",
)
_TRANSLITERATIONS = [
    str.maketrans(
        dict(zip("абвгдеёжзийклмнопрстуфхцчшщъыьэюя", row.replace("_", "\0").split(), strict=True))
    )
    for row in _SPELLINGS
]
WITHOUT_DIACRITICS = str.maketrans("ąćęłńóśźżĄĆĘŁŃÓŚŹŻ", "acelnoszzACELNOSZZ")


def main(arguments: list[str] | None = None) -> None:
    """Count, choose the groups that tell most, write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpora", type=Path, required=True)
    parser.add_argument("--catalogues", type=Path, nargs="+", required=True)
    parser.add_argument("--out", type=Path, default=MODEL)
    options = parser.parse_args(arguments)
    corpora = {code: list(corpus_texts(options.corpora, code)) for code in ("ru", "pl", "en")}
    counted = {code: count(texts) for code, texts in training_texts(corpora).items()}
    own_words = tomllib.loads((HERE / "detection_words.toml").read_text(encoding="utf-8"))
    for code in (*LATIN, *CYRILLIC):
        counter = counted.setdefault(code, Counter())
        counter.update(count(catalogue_texts(options.catalogues, code)))
        for group, number in count([own_words.get(code, "")]).items():
            counter[group] += OWN_WORDS_COUNT * number
    always_kept = {f"_{word}_" for words in own_words.values() for word in words.split()}
    tables: dict[str, NDArray[Any]] = {}
    for script, codes in (("latin", LATIN), ("cyrillic", CYRILLIC)):
        groups, scores = choose(
            [counted[code] for code in codes], always_kept, kept=GROUPS_KEPT[script]
        )
        tables[f"{script}_languages"] = np.array(codes)
        tables[f"{script}_groups"] = np.array(groups)
        tables[f"{script}_scores"] = np.round(-scores / STEP).astype(np.uint8)
    np.savez_compressed(options.out, allow_pickle=False, **tables)


def training_texts(corpora: dict[str, list[str]]) -> dict[str, list[str]]:
    """Add the careless spellings: Polish without diacritics, Russian in Latin letters."""
    russian = corpora["ru"]
    spelt = [
        text.lower().translate(_TRANSLITERATIONS[number % len(_TRANSLITERATIONS)]).replace("\0", "")
        for number, text in enumerate(russian)
    ]
    plain = [text.translate(WITHOUT_DIACRITICS) for text in corpora["pl"]]
    return {**corpora, "pl": corpora["pl"] + plain, "ru-Latn": spelt}


def corpus_texts(folder: Path, code: str) -> Iterator[str]:
    """Yield training texts of one language, evenly from its sources, up to a number of letters."""
    sources = [_texts(path, code) for path in sorted(folder.glob("*.jsonl.gz"))]
    sources = [texts for texts in sources if texts]
    for texts in sources:
        letters = 0
        for text in texts:
            if (letters := letters + len(text)) > CORPUS_LETTERS / len(sources):
                break
            yield text


def _texts(path: Path, code: str) -> list[str]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        records = [json.loads(line) for line in lines]
    return [
        record["text"]
        for record in records
        if record["lang"] == code and record["split"] == "train"
    ]


def catalogue_texts(folders: list[Path], code: str) -> Iterator[str]:
    """Yield the messages of one language, without place holders and mark-up."""
    for folder in folders:
        for path in sorted(folder.rglob("locale/*/LC_MESSAGES/*.mo")):
            name = path.parts[-3]
            if SAME_LANGUAGE.get(name, name.split("_")[0]) == code:
                yield from messages(path)


def messages(path: Path) -> Iterator[str]:
    """Yield the translations of one catalogue."""
    with path.open("rb") as file:
        catalogue = gettext.GNUTranslations(file)._catalog  # type: ignore[attr-defined]
    for key, message in sorted(catalogue.items(), key=lambda pair: str(pair[0])):
        if key:
            yield re.sub(r"%\(\w+\)\w|%\w|\{.*?\}|<.*?>", " ", message)


def count(texts: Iterable[str]) -> Counter[str]:
    """Count the letter groups and the whole words of texts."""
    words = Counter(word for text in texts for word in words_of(text))
    groups: Counter[str] = Counter()
    for word, number in words.items():
        for group in letter_groups(word):
            groups[group] += number
    frequent = [word for word, _ in words.most_common(WORDS_KEPT)]
    for word in frequent:
        if len(word) > 1:  # a word of one letter is a group of three already
            groups[f"_{word}_"] += words[word]
    return groups


def choose(
    counters: list[Counter[str]], always_kept: set[str], *, kept: int
) -> tuple[list[str], NDArray[np.float64]]:
    """Return the groups whose scores differ most, weighted by frequency, and their scores.

    A score is the logarithm of the group's share in a language less the best language's, so 0
    is the best and `-WORST` the worst; shape (groups, languages).
    """
    groups = sorted({group for counter in counters for group, n in counter.items() if n >= 3})
    counts = np.array([[counter[group] for counter in counters] for group in groups], dtype=float)
    shares = (counts + SMOOTHING) / (counts.sum(0) + SMOOTHING * len(groups))
    scores = np.log(shares)
    telling = (shares * np.abs(scores - scores.mean(1, keepdims=True))).max(1)
    telling[[group in always_kept for group in groups]] = np.inf
    best = np.sort(np.argsort(-telling, kind="stable")[:kept])
    chosen = scores[best] - scores[best].max(1, keepdims=True)
    return [groups[index] for index in best], np.maximum(chosen, -WORST)


if __name__ == "__main__":
    main()
