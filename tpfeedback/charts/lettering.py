"""How wide a text will be, and where it breaks into lines, with no font at hand.

The reader's fonts are not known when a chart is made, so widths are judged from above: by
the letters of DejaVu Sans Bold, the widest of the common screen fonts.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

FONT_SIZE = 15

# Widths in parts of the letter size.
_WIDTHS = {
    **dict.fromkeys("fijlIJrt .,:;'|!()[]-/\u00a0", 0.47),
    **dict.fromkeys("mwMWOQ%@&—…●ДМОФЦЫЪжмфшщюы", 1.1),
    **dict.fromkeys("ЖШЩЮ", 1.33),
}
_REGULAR = 0.9  # width of regular letters for bold ones of 1
_COMMON = 0.73
_CAPITAL = 0.88
_FULL = 1.05
_NO_LINE_STARTS_WITH = "，。、；：！？）》」』”’…·,.;:!?)]}»%"


def text_width(text: str, *, bold: bool = False) -> float:
    """Return the width of `text` in the units of a chart, judged from above.

    >>> text_width("配送", bold=True)
    31.5
    """
    return FONT_SIZE * sum(_width(letter, bold=bold) for letter in text)


def wrap(text: str, width: float, *, bold: bool = False) -> list[str]:
    """Break `text` into lines no wider than `width`; no letter is lost.

    A line breaks at a space, after a hyphen or a slash, and between Chinese letters; a word
    that is wider than the line breaks where it must.

    >>> wrap("Delivery and courier", 160)
    ['Delivery and', 'courier']
    """
    lines, line = [], ""
    for piece in _pieces(text, width, bold):
        if line and text_width((line + piece).rstrip(), bold=bold) > width:
            lines.append(line.rstrip())
            line = ""
        line += piece if line else piece.lstrip()
    return [*lines, line.rstrip()] if line.strip() or not lines else lines


def longest_word(text: str, *, bold: bool = False) -> float:
    """Return the width of the longest part of `text` that no line should break."""
    return max((text_width(word.rstrip(), bold=bold) for word in _words(text)), default=0.0)


def _pieces(text: str, width: float, bold: bool) -> Iterator[str]:
    """Yield the words of `text`, the ones wider than a line in parts."""
    for word in _words(text):
        part = ""
        for letter in word:
            if part and _width(letter) and text_width((part + letter).rstrip(), bold=bold) > width:
                yield part
                part = ""
            part += letter
        yield part


def _words(text: str) -> list[str]:
    """Return the parts between which a line may break, the spaces with what they follow."""
    clean = re.sub(
        r"[^\S\u00a0\u202f]+", " ", "".join(c if _can_be_drawn(c) else " " for c in text)
    ).strip()
    words: list[str] = []
    for word in re.findall(r"[^ \-/]*[ \-/]*", clean):
        start = len(words)
        for letter in word:
            joined = len(words) > start and not _breaks_between(words[-1][-1], letter)
            if joined:
                words[-1] += letter
            else:
                words.append(letter)
    return words


def _breaks_between(before: str, after: str) -> bool:
    """Tell whether a line may break between two letters that no space parts."""
    if after in _NO_LINE_STARTS_WITH or after in " -/" or not _width(after):
        return False
    return _is_full(before) or _is_full(after)


def _can_be_drawn(letter: str) -> bool:
    """Tell whether XML may hold the letter: no control character, no half of a pair."""
    return unicodedata.category(letter) not in ("Cc", "Cs", "Cn")


def _width(letter: str, *, bold: bool = True) -> float:
    if unicodedata.combining(letter) or unicodedata.category(letter) in ("Cf", "Me", "Mn"):
        return 0.0
    if _is_full(letter):
        return _FULL
    width = _WIDTHS.get(letter, _CAPITAL if letter.isupper() else _COMMON)
    return width if bold else _REGULAR * width


def _is_full(letter: str) -> bool:
    return unicodedata.east_asian_width(letter) in "WF"
