"""Whether the letters of a picture can be drawn with the fonts that are installed.

A letter that no font has is drawn as a box, and nobody is told. Lists of fonts differ from
system to system; the one who draws knows best. So each letter is drawn once, alone, and
compared with the box.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from tpfeedback.errors import WriteError

# The families to draw with, the first installed one is taken; simplified Chinese forms first.
CHINESE_FAMILIES = (
    "'Noto Sans CJK SC', 'Noto Sans SC', 'Source Han Sans SC', 'PingFang SC', 'Microsoft YaHei', "
    "'WenQuanYi Zen Hei', 'WenQuanYi Micro Hei', 'Droid Sans Fallback', 'Hiragino Sans GB', "
    "'SimHei', 'SimSun', sans-serif"
)
FAMILIES = "'Noto Sans', 'Segoe UI', 'Helvetica Neue', Roboto, 'DejaVu Sans', Arial, sans-serif"
# Chinese (and Japanese) letters, and the punctuation as wide as they are.
CHINESE_LETTERS = re.compile(r"[\u2e80-\ua4cf\uf900-\ufaff\ufe30-\uff60\U00020000-\U0003ffff]+")
_NO_LETTER = "\U0010fffd"  # set aside for private use: drawn as the box
_NAMED = 12


def check_letters(text: str) -> None:
    """Raise `WriteError` where no installed font has one of the letters of `text`.

    >>> check_letters("Delivery")
    """
    missing = missing_letters(text)
    if missing:
        raise WriteError(
            f"The picture holds letters that no installed font can draw: {missing[:_NAMED]}"
            f"{' …' if len(missing) > _NAMED else ''}. Install a font that has them, for Chinese "
            "Noto Sans CJK (Debian and Ubuntu: apt install fonts-noto-cjk; Fedora: dnf install "
            "google-noto-sans-cjk-fonts; macOS and Windows: fonts.google.com/noto), and start "
            "Python anew; or write the chart as SVG, which is drawn with the reader's fonts."
        )


def missing_letters(text: str) -> str:
    """Return the letters of `text` that no installed font has, each once, in order."""
    letters = (c for c in text if unicodedata.category(c).startswith("L"))
    return "".join(sorted(c for c in set(letters) if not can_draw(c)))


@cache
def can_draw(letter: str) -> bool:
    """Tell whether an installed font has `letter`.

    >>> can_draw("a")
    True
    """
    families = CHINESE_FAMILIES if CHINESE_LETTERS.match(letter) else FAMILIES
    return letter.isascii() or _drawn(letter, families) != _drawn(_NO_LETTER, families)


@cache
def _drawn(letter: str, families: str) -> bytes:
    import vl_convert

    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" width="32" height="32"><text x="4" y="24" '
        f'font-size="20" font-family="{families}">{letter}</text></svg>'
    )
    picture: bytes = vl_convert.svg_to_png(svg)
    return picture
