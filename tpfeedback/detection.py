"""Which language a text is in: ru, zh, pl, en, or other.

Scripts decide first. Among languages of one script a naive Bayes classifier over letter groups
decides (Cavnar & Trenkle 1994, "N-gram-based text categorization"; Lui & Baldwin 2012,
"langid.py"), with a small table made by `tpfeedback.training.detection`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

MODEL = Path(__file__).parent / "models" / "detection.npz"
OTHER = "other"
# The start of a long text tells its language; the rest would only take time.
LETTERS_READ = 1000
WORDS_READ = 60
# Neighbouring groups overlap, so their joint evidence is less than its sum.
TEMPERATURE = 0.35
PRIOR = {"ru": 3.0, "pl": 3.0, "en": 3.0, "ru-Latn": 0.0}
TRANSLITERATED = "ru-Latn"
UNCERTAIN = 0.45

_NOISE = re.compile(r"https?:\S+|www\.\S+|\S+@\S+|[@#]\w+|&\w+;")
_SCRIPTS = re.compile(
    r"(?P<latin>[A-Za-zÀ-ɏḀ-ỿ]+)"
    r"|(?P<cyrillic>[Ѐ-ԯ]+)"
    r"|(?P<han>[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003134f]+)"
    r"|(?P<kana>[\u3041-\u3096\u30a1-\u30fa\uff66-\uff9d]+)"
    r"|(?P<strange>[\u0370-\u03ff\u0530-\u1cff\u1f00-\u1fff\u2d00-\u2d7f\ua640-\uabff"
    r"\uac00-\ud7af\ufb1d-\ufeff]+)"
)


@dataclass(frozen=True, slots=True)
class Detected:
    """A language and the probability that it is right, between 0 and 1.

    Under 0.5 the text should be treated as undecided; 0 means that it holds no letters at all.
    """

    language: str
    confidence: float


def detect_language(text: str) -> Detected:
    """Return the language of `text`: a code of tpfeedback, or "other".

    Russian in Latin letters is "ru" with a confidence under 0.5. A text with no letters is
    "other" with confidence 0: nothing speaks for any language.

    >>> detect_language("Быстрая доставка").language
    'ru'
    >>> detect_language("bardzo dobry sklep, polecam").language
    'pl'
    >>> detect_language("+++ 5/5 👍")
    Detected(language='other', confidence=0.0)
    """
    found = _words_by_script(text)
    letters = {script: sum(map(len, words)) for script, words in found.items()}
    # A character of Chinese says as much as about three letters of an alphabet.
    weight = {
        "latin": float(letters["latin"]),
        "cyrillic": 2.0 * letters["cyrillic"],
        "han": 3.0 * letters["han"],
        "kana": 3.0 * letters["kana"],
        "strange": 2.0 * letters["strange"],
    }
    total = sum(weight.values())
    if not total:
        return Detected(OTHER, 0.0)
    if letters["kana"] >= 2 and weight["kana"] * 5 >= weight["han"]:
        weight["strange"] += weight["kana"] + weight["han"]
        weight["han"] = 0.0
    weight["han"] += weight.pop("kana")
    script = max(weight, key=lambda name: weight[name])
    share = weight[script] / total
    if script == "han":
        return Detected("zh", share * (1 - 0.3 ** letters["han"]))
    if script == "strange":
        return Detected(OTHER, share)
    return _by_groups(script, found[script], share)


def _words_by_script(text: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {
        "latin": [], "cyrillic": [], "han": [], "kana": [], "strange": []
    }  # fmt: skip
    start = text[:LETTERS_READ]
    if "@" in start or "#" in start or "&" in start or "//" in start or "www" in start:
        start = _NOISE.sub(" ", start)
    for match in _SCRIPTS.finditer(start):
        found[str(match.lastgroup)].append(match.group())
    return found


def _by_groups(script: str, words: list[str], share: float) -> Detected:
    languages, _ = _table(script)
    scores = _prior(script).copy()
    for word in words[:WORDS_READ]:
        scores += _word_scores(script, word.lower())
    chances = np.exp(scores - scores.max())
    chances /= chances.sum()
    best = {OTHER: 0.0}
    for language, chance in zip(languages, chances.tolist(), strict=True):
        name = language if language in PRIOR else OTHER
        best[name] = best.get(name, 0.0) + chance
    language = max(sorted(best), key=lambda name: best[name])
    confidence = best[language] * share
    if language == TRANSLITERATED:
        return Detected("ru", min(confidence, UNCERTAIN))
    return Detected(language, confidence)


def words_of(text: str) -> list[str]:
    """Return the words of Latin and Cyrillic letters, in small letters.

    >>> words_of("Магазин super, 5+")
    ['магазин', 'super']
    """
    found = _SCRIPTS.finditer(_NOISE.sub(" ", text))
    return [match.group().lower() for match in found if match.lastgroup in {"latin", "cyrillic"}]


def letter_groups(word: str) -> Iterator[str]:
    """Yield the groups of three letters of a word, its borders written `_`.

    >>> list(letter_groups("sklep"))
    ['_sk', 'skl', 'kle', 'lep', 'ep_']
    """
    framed = f"_{word}_"
    return (framed[start : start + 3] for start in range(len(framed) - 2))


@cache
def _table(script: str) -> tuple[tuple[str, ...], dict[str, NDArray[np.float32]]]:
    """Return the languages of a script and the scores of each letter group, one a language."""
    with np.load(MODEL, allow_pickle=False) as file:
        languages = tuple(file[f"{script}_languages"].tolist())
        groups = file[f"{script}_groups"].tolist()
        scores = file[f"{script}_scores"].astype(np.float32) * file[f"{script}_step"]
    return languages, dict(zip(groups, scores * TEMPERATURE, strict=True))


@cache
def _prior(script: str) -> NDArray[np.float32]:
    languages, _ = _table(script)
    return np.array([PRIOR.get(language, 0.0) for language in languages], dtype=np.float32)


@lru_cache(maxsize=2**15)
def _word_scores(script: str, word: str) -> NDArray[np.float32]:
    languages, scores = _table(script)
    total = np.zeros(len(languages), dtype=np.float32)
    for group in {*letter_groups(word[:30]), f"_{word}_"}:
        if group in scores:
            total += scores[group]
    return total
