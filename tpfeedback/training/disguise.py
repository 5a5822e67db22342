"""The same text as other people would type it: misspelt, without diacritics, in Latin letters."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from tpfeedback.training.data import LabelledText

PLAIN_POLISH = str.maketrans("ąćęłńóśźżĄĆĘŁŃÓŚŹŻ", "acelnoszzACELNOSZZ")
LATIN = {
    "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ё": "e", "ж": "zh", "з": "z",
    "и": "i", "й": "y", "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r",
    "с": "s", "т": "t", "у": "u", "ф": "f", "х": "h", "ц": "c", "ч": "ch", "ш": "sh", "щ": "sch",
    "ъ": "", "ы": "y", "ь": "", "э": "e", "ю": "yu", "я": "ya",
}  # fmt: skip
LATIN_RUSSIAN = str.maketrans(LATIN | {k.upper(): v.capitalize() for k, v in LATIN.items()})
MISSPELT = 0.06  # share of letters that go wrong


def disguised(
    texts: Sequence[LabelledText], share: float, *, random_state: int
) -> list[LabelledText]:
    """Return copies of a `share` (0–1) of the texts, each disguised as its language may be."""
    random = np.random.default_rng(random_state)
    chosen = np.flatnonzero(random.random(len(texts)) < share).tolist()
    return [_disguise(texts[i], random) for i in chosen]


def _disguise(text: LabelledText, random: np.random.Generator) -> LabelledText:
    ways: list[Callable[[str], str]] = [lambda told: misspelt(told, random)]
    if text.language == "pl":
        ways += [plain_polish] * 2
    if text.language == "ru":
        ways += [latin_russian]
    way = ways[random.integers(len(ways))]
    return replace(text, id=f"{text.id}~", text=way(text.text))


def plain_polish(text: str) -> str:
    """Drop the diacritics.

    >>> plain_polish("Żółta łódź")
    'Zolta lodz'
    """
    return text.translate(PLAIN_POLISH)


def latin_russian(text: str) -> str:
    """Write Russian in Latin letters.

    >>> latin_russian("Хорошая еда")
    'Horoshaya eda'
    """
    return text.translate(LATIN_RUSSIAN)


def misspelt(text: str, random: np.random.Generator) -> str:
    """Swap, double or leave out some letters; what is not a letter stays.

    A letter that is a word of its own, as in Chinese, is never left out: without 不 a text says
    the opposite.
    """
    letters = list(text)
    for i in np.flatnonzero(random.random(len(letters)) < MISSPELT):
        if letters[i].isalpha():
            kind = random.integers(3)
            if kind == 2 and i + 1 < len(letters) and letters[i + 1].isalpha():
                letters[i], letters[i + 1] = letters[i + 1], letters[i]
            elif kind == 1 or "\u4e00" <= letters[i] <= "\u9fff":
                letters[i] *= 2
            else:
                letters[i] = ""
    return "".join(letters)
