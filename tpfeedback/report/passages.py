"""A quote with its evidence marked, cut to a readable length, harmless wherever it is shown."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

AROUND = 120
LONGEST_EVIDENCE = 300

# Marks that turn the direction of what follows: shown as given they would scramble the page.
_TURNING = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)])
# Code points that are no characters, which a page may not hold.
_NO_CHARACTERS = re.compile(
    f"[\ufdd0-\ufdef{''.join(chr(16**4 * p + n) for p in range(17) for n in (0xFFFE, 0xFFFF))}]"
)
_JOINERS = ("\u200d", "\ufe0f", "\ufe0e")


@dataclass(frozen=True)
class Passage:
    """`before + evidence + after` is a stretch of the text; an ellipsis shows where it was cut."""

    before: str
    evidence: str
    after: str

    def __str__(self) -> str:
        return f"{self.before}{self.evidence}{self.after}"


def passage(text: str, start: int, stop: int, *, around: int = AROUND) -> Passage:
    """Return the evidence `text[start:stop]` with up to `around` characters on each side.

    >>> passage("Good shop. The courier was late.", 11, 31)
    Passage(before='Good shop. ', evidence='The courier was late', after='.')
    """
    start, stop = max(0, min(start, len(text))), max(0, min(stop, len(text)))
    evidence = text[start:stop]
    # Only the neighbourhood is cleaned: a text may be a megabyte long.
    before = readable(text[max(0, start - 4 * around) : start])
    after = readable(text[stop : stop + 4 * around])
    return Passage(
        _head_cut(before, around, cut=start > 4 * around),
        shortened(readable(evidence), LONGEST_EVIDENCE),
        _tail_cut(after, around, cut=len(text) > stop + 4 * around),
    )


def readable(text: str) -> str:
    """Return `text` on one line, without control characters and marks that turn direction.

    What is left can stand in any page, and cannot pass for a mark of the report's own.

    >>> readable("late\\n\\tagain\\x1b[31m")
    'late again[31m'
    """
    kept = _NO_CHARACTERS.sub("", text.translate(_TURNING))
    shown = (c for c in kept if c.isspace() or unicodedata.category(c) not in ("Cc", "Cs"))
    return re.sub(r"\s+", " ", "".join(shown))


def shortened(text: str, longest: int) -> str:
    """Return `text` with at most `longest` characters and an ellipsis where it was cut.

    >>> shortened("delivery was late", 9)
    'delivery…'
    """
    return text if len(text) <= longest else _tail_cut(text, longest - 1, cut=True)


def _tail_cut(text: str, longest: int, *, cut: bool) -> str:
    if len(text) <= longest:
        return f"{text}…" if cut else text
    end = longest
    while end > 0 and _belongs_to_previous(text, end):
        end -= 1
    space = text.rfind(" ", max(0, end - 20), end + 1)
    return text[: space if space > 0 else end].rstrip() + "…"


def _head_cut(text: str, longest: int, *, cut: bool) -> str:
    if len(text) <= longest:
        return f"…{text}" if cut else text
    begin = len(text) - longest
    while begin < len(text) and _belongs_to_previous(text, begin):
        begin += 1
    space = text.find(" ", begin, begin + 20)
    return "…" + text[space + 1 if space >= 0 else begin :].lstrip()


def _belongs_to_previous(text: str, index: int) -> bool:
    """Tell whether a cut before `index` would part a letter from its accent or an emoji."""
    here = text[index]
    return bool(
        unicodedata.combining(here) or here in _JOINERS or text[index - 1 : index] == "\u200d"
    )
