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
LETTERS_READ = 500
WORDS_READ = 30
# Neighbouring groups overlap, so their joint evidence is less than its sum.
TEMPERATURE = 0.35
# Unit of the stored scores, in natural logarithms: finer steps decide nothing.
STEP = 0.4
# Most texts that reach us are in our languages: before reading, each is so many times
# (as a logarithm) likelier than any other language of its script.
PRIOR = {"ru": 4.0, "pl": 3.5, "en": 3.5, "ru-Latn": 0.0}
# A capital inside the text is mostly a name or a brand, and those are at home anywhere.
NAME_WEIGHT = np.float32(0.5)
TRANSLITERATED = "ru-Latn"
UNCERTAIN = 0.45

# Addresses, user names, tags and entities are in no language. The look-behind keeps it linear.
_NOISE = re.compile(r"https?:\S+|www\.\S+|(?<![\w.+-])[\w.+-]*@[\w.-]+|#\w+|&\w+;", re.ASCII)
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
    weight = _weights(found)
    total = sum(weight.values())
    if not total:
        return Detected(OTHER, 0.0)
    script = max(weight, key=lambda name: weight[name])
    share = weight[script] / total
    if script == "han":
        return Detected("zh", share * (1 - 0.3 ** sum(map(len, found["han"]))))
    if script == "strange":
        return Detected(OTHER, share)
    return _by_groups(script, found[script], share)


def _weights(found: dict[str, list[str]]) -> dict[str, float]:
    """Return how much speaks for each script.

    A Chinese character weighs as much as four or five letters, and in a mixed text Latin letters
    are often only brands: "приложение iPhone лагает".
    """
    letters = {script: sum(map(len, words)) for script, words in found.items()}
    weight = {
        "latin": float(letters["latin"]),
        "cyrillic": 2.0 * letters["cyrillic"],
        "han": 4.5 * letters["han"],
        "strange": 2.0 * letters["strange"],
    }
    kana = 4.5 * letters["kana"]
    # A single の is fashionable in Chinese; more kana than that is Japanese.
    home = "strange" if letters["kana"] >= 2 and kana * 5 >= weight["han"] else "han"
    weight[home] += kana
    if home == "strange":
        weight["strange"] += weight["han"]
        weight["han"] = 0.0
    return weight


def _words_by_script(text: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {
        "latin": [], "cyrillic": [], "han": [], "kana": [], "strange": []
    }  # fmt: skip
    start = text.lstrip()[:LETTERS_READ]
    if "@" in start or "#" in start or "&" in start or "//" in start or "www" in start:
        start = _NOISE.sub(" ", start)
    for match in _SCRIPTS.finditer(start):
        found[str(match.lastgroup)].append(match.group())
    return found


def _by_groups(script: str, words: list[str], share: float) -> Detected:
    languages, _, _ = _table(script)
    scores = _prior(script).copy()
    is_name: dict[str, bool] = {}
    for position, word in enumerate(words[:WORDS_READ]):
        is_name[word.lower()] = position > 0 and word.istitle()
    for word, named in is_name.items():
        evidence = _word_scores(script, word)
        scores += evidence * NAME_WEIGHT if named else evidence
    chances = np.exp(scores - scores.max())
    chances /= chances.sum()
    best = {OTHER: 0.0}
    for language, chance in zip(languages, chances.tolist(), strict=True):
        name = language if language in PRIOR else OTHER
        best[name] = best.get(name, 0.0) + chance
    language = max(sorted(best), key=lambda name: best[name])
    # Two or three letters fit many languages, whatever the table says.
    confidence = best[language] * share * (1 - 0.5 ** (sum(map(len, is_name)) / 2))
    confidence = min(confidence, 1.0)  # chances are rounded, and may add up to a little more
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
    """Yield the groups of two and three letters of a word, its borders written `_`.

    >>> list(letter_groups("ok"))
    ['_o', 'ok', 'k_', '_ok', 'ok_']
    """
    framed = f"_{word}_"
    for size in (2, 3):
        for start in range(len(framed) - size + 1):
            yield framed[start : start + size]


@cache
def _table(script: str) -> tuple[tuple[str, ...], dict[str, int], NDArray[np.float32]]:
    """Return languages, the row of each letter group, and the scores (groups, languages)."""
    with np.load(MODEL, allow_pickle=False) as file:
        languages = tuple(file[f"{script}_languages"].tolist())
        groups = file[f"{script}_groups"].tolist()
        scores = file[f"{script}_scores"] * np.float32(-STEP * TEMPERATURE)
    rows = {group: row for row, group in enumerate(groups)}
    return languages, rows, scores


@cache
def _prior(script: str) -> NDArray[np.float32]:
    languages, _, _ = _table(script)
    return np.array([PRIOR.get(language, 0.0) for language in languages], dtype=np.float32)


@lru_cache(maxsize=2**15)
def _word_scores(script: str, word: str) -> NDArray[np.float32]:
    _, rows, scores = _table(script)
    # A set, for a word of one or two letters is a group itself.
    groups = {*letter_groups(word[:30]), f"_{word}_"}
    known = sorted(rows[group] for group in groups if group in rows)
    total: NDArray[np.float32] = scores[known].sum(axis=0)
    return total
