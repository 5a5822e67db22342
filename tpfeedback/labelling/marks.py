"""What a person typed about one text: touchpoints with marks, and the mark of the whole text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence

from tpfeedback.labelling.names import Names, plain
from tpfeedback.wording import available_wordings, load_wording

MARKS: Mapping[str, str] = {"+": "positive", "-": "negative", "0": "neutral", "*": "mixed"}
SIGNS: Mapping[str, str] = {sentiment: sign for sign, sentiment in MARKS.items()}

NONE_WORDS = ("none", "nothing", "нет", "ничего", "无", "没有", "brak", "nic")
"""What says that the text was read and names no touchpoint; the first is the one we teach."""

# Signs that keyboards and spreadsheets put for a minus or a star.
_SAME = {**dict.fromkeys("−‐‑‒–—―﹣", "-"), "×": "*", "✱": "*", "∗": "*", "﹢": "+"}
_TABLE = str.maketrans({ord(sign): plain_sign for sign, plain_sign in _SAME.items()})
_ENDS = re.compile(r"([,;、/|\n\r\t·•。]+)")
_MARK_INSIDE = re.compile(rf"[+\-*]\s*{_ENDS.pattern}|{_ENDS.pattern}\s*[+\-*]")
_AROUND = " \"'“”«»„()[]{}:=."
_AFTER_MARK = re.compile(r"(?<=[+\-0*])\s+(?=[^\s+\-0*:(=])")
_BEFORE_MARK = re.compile(r"\s+(?=[+\-*]\w)")

Found = dict[str, str]
"""Touchpoint -> sentiment."""


def parse_touchpoints(cell: str, names: Names) -> tuple[Found | None, str]:
    """Return the touchpoints of a cell with their sentiment, and what is wrong with the cell.

    Understood are `delivery-, staff+`, marks before the name (`+delivery`), names in any language
    of the taxonomy, any usual separator, and words for "names nothing", which give an empty
    result. Praise and complaint about one touchpoint make it mixed. The result is None where
    something is wrong, and for an empty cell.

    >>> from tpfeedback.labelling.names import name_touchpoints
    >>> from tpfeedback.taxonomy import load_taxonomy
    >>> names = name_touchpoints(load_taxonomy("general"))
    >>> parse_touchpoints("Delivery-，＋персонал； price 0", names)
    ({'delivery': 'negative', 'staff': 'positive', 'price': 'neutral'}, '')
    >>> parse_touchpoints("none", names), parse_touchpoints("delivery", names)[1]
    (({}, ''), "'delivery' has no mark (one of + - 0 *), as in delivery-")
    """
    pieces = [piece for piece in _pieces(_usual(cell), names) if piece.strip(_AROUND)]
    if not pieces:
        return None, "" if not cell.strip() else f"{cell.strip()!r} names no touchpoint"
    return join_pieces(pieces, names)


def join_pieces(pieces: Sequence[str], names: Names) -> tuple[Found | None, str]:
    """Return what pieces such as "delivery-" say together, and what is wrong with one of them.

    >>> from tpfeedback.labelling.names import Names
    >>> names = Names(("price",), {"price": frozenset({"price"})})
    >>> join_pieces(["price -", "Price +"], names)
    ({'price': 'mixed'}, '')
    """
    if len(pieces) == 1 and says_none(pieces[0]):
        return {}, ""
    found: Found = {}
    for piece in pieces:
        read, wrong = _piece(_usual(piece), names)
        if wrong:
            return None, wrong
        for key, sentiment in read:
            found[key] = join_sentiments((found.get(key, sentiment), sentiment))
    return found, ""


def parse_sentiment(cell: str) -> tuple[str | None, str]:
    """Return the sentiment that a mark or a word stands for, and what is wrong with the cell.

    >>> parse_sentiment("－"), parse_sentiment("0.0"), parse_sentiment("негатив")
    (('negative', ''), ('neutral', ''), (None, "'негатив' is none of + - 0 *"))
    """
    text = _usual(cell).strip(_AROUND)
    if not text:
        return None, ""
    if re.fullmatch(r"0+(\.0+)?", text):
        text = "0"
    known = {**MARKS, **sentiment_words()}
    if plain(text) in known or text in known:
        return known.get(text, known.get(plain(text))), ""
    return None, f"{cell.strip()!r} is none of + - 0 *"


def says_none(text: str) -> bool:
    """Tell whether a cell says that the text names nothing.

    >>> says_none("-none-"), says_none("Нет"), says_none("none-such")
    (True, True, False)
    """
    return plain(text.strip(_AROUND)) in NONE_WORDS


def join_sentiments(sentiments: Iterable[str]) -> str:
    """Return what several marks of one touchpoint say together; neutral yields to the others.

    >>> join_sentiments(["positive", "neutral"]), join_sentiments(["positive", "negative"])
    ('positive', 'mixed')
    """
    told = set(sentiments) - {"neutral"}
    if not told:
        return "neutral"
    return told.pop() if len(told) == 1 else "mixed"


def sentiment_words() -> dict[str, str]:
    """Return the words for the four sentiments in every language we write -> the sentiment."""
    words = {}
    for code in available_wordings():
        for sentiment in SIGNS:
            words[plain(load_wording(code).name("sentiments", sentiment))] = sentiment
    return words


def _pieces(text: str, names: Names) -> list[str]:
    """Return what stands between separators; one inside a touchpoint's name separates nothing."""
    parts = _ENDS.split(text)  # at odd places the separators
    most = max((len(_ENDS.findall(name)) for name in names.known), default=0)
    pieces, start = [], 0
    while start < len(parts):
        longer = range(min(start + 2 * most, len(parts) - 1), start, -2)
        stop = next((at for at in longer if _is_one_name(parts[start : at + 1], names)), start)
        pieces.append("".join(parts[start : stop + 1]))
        start = stop + 2
    return pieces


def _is_one_name(parts: Sequence[str], names: Names) -> bool:
    """Tell whether parts with separators between them are one touchpoint with its mark."""
    whole = "".join(parts)
    return _MARK_INSIDE.search(whole) is None and _one(whole, names)[0] is not None


def _piece(piece: str, names: Names) -> tuple[list[tuple[str, str]], str]:
    """Return what one piece between separators names; it may hold several, apart by spaces."""
    read, wrong = _one(piece, names)
    if read is not None:
        return [read], ""
    for cut in (_AFTER_MARK, _BEFORE_MARK):
        parts = [_one(part, names)[0] for part in cut.split(piece)]
        if len(parts) > 1 and all(parts):
            return [part for part in parts if part is not None], ""
    return [], wrong


def _one(piece: str, names: Names) -> tuple[tuple[str, str] | None, str]:
    text = piece.strip(_AROUND)
    if says_none(text):
        return None, f"{piece!r} says that nothing is named, but stands beside touchpoints"
    head, tail = _marks_around(text)
    name = text[len(head) : len(text) - len(tail)].strip(_AROUND)
    keys = names.find(name)
    if len(keys) != 1:
        return None, _unknown(name, keys, names)
    signs = set(head + tail)
    if not signs:
        return None, f"{piece!r} has no mark (one of + - 0 *), as in {keys[0]}-"
    if len(signs) > 1:
        return None, f"{piece!r} has several marks: write one of + - 0 *, and * for both"
    return (keys[0], MARKS[signs.pop()]), ""


def _marks_around(text: str) -> tuple[str, str]:
    """Return the marks before a name and after it; digits inside a name are none."""
    head = re.match(r"[+\-*]*(0(?=\s))?", text)
    name = text.rstrip("+-*")
    if name.endswith("0") and not name[-2:-1].isdecimal():
        name = name[:-1].rstrip("+-*")
    return head[0] if head else "", text[len(name) :] if name else ""


def _unknown(name: str, keys: tuple[str, ...], names: Names) -> str:
    if keys:
        return f"{name!r} may be {' or '.join(keys)}: write which"
    if not name:
        return "a mark stands without a touchpoint: write delivery-, or none if nothing is named"
    close = names.closest(name)
    hint = f"; did you mean {close!r}?" if close else ""
    return f"{name!r} is no touchpoint of the codebook{hint}"


def _usual(cell: str) -> str:
    """Return what was typed in usual width and signs; a stray apostrophe of a sheet is dropped."""
    text = unicodedata.normalize("NFKC", cell).translate(_TABLE).casefold()
    return text.strip().removeprefix("'")
