"""What the customer wrote: cleaned of what nobody can see, and judged usable or not."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import cache

import pandas as pd

from tpfeedback.wording import Note, write_note

# The most that an Excel cell holds, so that every report can show the text whole.
LONGEST_TEXT = 32_767
LONGEST_READ = 10 * LONGEST_TEXT  # of a cell that is cut anyway; what follows is not looked at
# Shorter texts ("ok", "Polecam", "很好") are equal by chance; a Chinese character counts as two.
SHORTEST_DUPLICATE = 20
ROWS_NAMED = 20

# NUL and other control characters (tab and line ends stay), soft hyphen, zero-width space,
# word joiner, byte order mark. A zero-width joiner stays inside an emoji and in Arabic and Indic
# words, where it is glue; marks of writing direction stay: right-to-left text needs them.
_INVISIBLE = re.compile(
    "[\0-\x08\x0b\x0c\x0e-\x1f\x7f\u00ad\u200b\u2060\ufeff]"
    "|(?<![\u0590-\u0dff\u2190-\u2bff\ufe0f\U0001f000-\U0001faff])[\u200c\u200d]"
)
_LETTER = re.compile(r"[^\W\d_]")
_WIDE = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff]")

# Answers that say "there is no answer". Words such as "нет", "brak", "nothing" are answers.
NO_ANSWER_EN = frozenset({"n/a", "n.a", "na", "nan", "null", "nil", "nat", "undefined", "#n/a",
                          "#null!", "#value!", "#ref!", "<na>", "(blank)", "no answer",
                          })  # fmt: skip
NO_ANSWER_RU = frozenset({"н/д", "н/п", "#н/д", "(пусто)"})
NO_ANSWER_PL = frozenset({"n/d", "nd.", "(puste)", "#n/d!"})
NO_ANSWER_ZH = frozenset({"此用户没有填写评价", "该用户没有填写评价", "此用户未填写评价内容",
                          "该用户未填写评价内容", "系统默认好评", "（空）"})  # fmt: skip
NO_ANSWER = NO_ANSWER_EN | NO_ANSWER_RU | NO_ANSWER_PL | NO_ANSWER_ZH


def clean_text(cell: object) -> str:
    r"""Return what the customer wrote, without invisible characters and outer white space.

    >>> clean_text("\ufeff Очень\u200b хорошо\0 ")
    'Очень хорошо'
    """
    if not isinstance(cell, str):
        return "" if pd.isna(cell) else str(cell).strip()  # type: ignore[call-overload]
    if len(cell) > LONGEST_READ:
        cell = cell[:LONGEST_READ]
    if not cell.isprintable():
        cell = _INVISIBLE.sub("", cell)
    return cell.strip()


def clean_header(name: str) -> str:
    """Return a column name on one line, without invisible characters."""
    return " ".join(clean_text(name).split())


def why_unusable(text: str) -> Note | None:
    """Return why a cleaned text is no feedback, or None if it is.

    Usable is a text with at least one letter of any script that is not a placeholder.

    >>> [why_unusable(t) for t in ("нет", "👍", "n/a", "")]
    [None, 'no letters in the text', 'a placeholder, no answer', 'no text']
    """
    if not text:
        return _reason("rejected_no_text")
    if not _LETTER.search(text):
        return _reason("rejected_no_letters")
    if len(text) < 20 and text.casefold().rstrip("!。. ") in NO_ANSWER:
        return _reason("rejected_placeholder")
    return None


@cache
def _reason(key: str) -> Note:
    """Return a note without values; a file of ratings without texts needs it a million times."""
    return write_note(key)


def visible_length(text: str) -> int:
    """Return the length of a text where a Chinese character counts as two letters."""
    return len(text) + len(_WIDE.findall(text))


def duplicate_key(text: str) -> str | None:
    """Return what equal texts share whatever their case, width and spacing; None if too short.

    >>> duplicate_key("Courier  was LATE again, twice!"), duplicate_key("Great!")
    ('courier was late again, twice!', None)
    """
    key = " ".join(unicodedata.normalize("NFKC", text).casefold().split())
    long = len(key) > SHORTEST_DUPLICATE or visible_length(key) > SHORTEST_DUPLICATE
    return key if long else None


def first_equal(
    keys: Sequence[tuple[object, str | None]], names: Sequence[str]
) -> list[str | None]:
    """Return for each key the name of the first one equal to it, None for the first itself."""
    first: dict[tuple[object, str], str] = {}
    found: list[str | None] = []
    for (group, key), name in zip(keys, names, strict=True):
        original = None if key is None else first.setdefault((group, key), name)
        found.append(original if original != name else None)
    return found


def name_rows(rows: Iterable[object], *, most: int = ROWS_NAMED) -> Note:
    """Return rows in words.

    >>> name_rows([3]), name_rows([3, 7]), name_rows([1, 2, 3], most=2)
    ('row 3', 'rows 3 and 7', 'rows 1, 2 and 1 more')
    """
    names = [str(row) for row in rows]
    if len(names) == 1:
        return write_note("row", row=names[0])
    if len(names) > most:
        return write_note("rows_cut", rows=names[:most], more=len(names) - most)
    return write_note("rows", rows=names[:-1], last=names[-1])
