"""Puts marks in the place of what the rules find, and moves spans along."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from tpfeedback.masking.rule import STAYS, Clues, Rule

Span = tuple[int, int]

# No mark holds a digit, an @ or a name, so that no rule finds anything in one.
_MARKS = {
    "e-mail": {"en": "e-mail", "ru": "почта", "zh": "邮箱", "pl": "e-mail"},
    "contact": {"en": "contact", "ru": "контакт", "zh": "账号", "pl": "kontakt"},
    "phone": {"en": "phone", "ru": "телефон", "zh": "电话", "pl": "telefon"},
    "card": {"en": "card", "ru": "карта", "zh": "卡号", "pl": "karta"},
    "document": {"en": "document", "ru": "документ", "zh": "证件", "pl": "dokument"},
    "account": {"en": "account", "ru": "счёт", "zh": "账户", "pl": "konto"},
    "number": {"en": "number", "ru": "номер", "zh": "号码", "pl": "numer"},
    "name": {"en": "name", "ru": "имя", "zh": "姓名", "pl": "imię"},
}


@dataclass(frozen=True)
class Masked:
    """A text with marks in the place of personal data, and where the spans went."""

    text: str
    spans: tuple[Span, ...]


def mark_of(kind: str, language: str = "en") -> str:
    """Return what stands for a kind of personal data.

    >>> mark_of("phone"), mark_of("phone", "zh"), mark_of("phone", "other")
    ('[phone]', '[电话]', '[phone]')
    """
    return f"[{_MARKS[kind].get(language, _MARKS[kind]['en'])}]"


def mask_by(
    rules: Sequence[Rule], text: str, *, spans: Sequence[Span], language: str = "en"
) -> Masked:
    """Return `text` with marks for all that `rules` find, until they find nothing more.

    A mark may lay open what stood beside it; each round leaves fewer letters and digits, so the
    rounds come to an end.
    """
    kept = tuple((_within(start, text), max(_within(start, text), _within(stop, text)))
                 for start, stop in spans)  # fmt: skip
    while hits := _hits(rules, text):
        marks = [mark_of(kind, language) for _, _, kind in hits]
        kept = _moved(kept, [(start, stop) for start, stop, _ in hits], marks)
        text = _replaced(text, hits, marks)
    return Masked(text, kept)


def _within(place: int, text: str) -> int:
    return max(0, min(place, len(text)))


def _hits(rules: Sequence[Rule], text: str) -> list[tuple[int, int, str]]:
    """Return what to replace, in order and apart: of two that overlap, the earlier, longer one."""
    clues = Clues.of(text)
    found = [
        (start, -stop, place)
        for place, rule in enumerate(rules)
        if rule.may_find(clues)
        for start, stop in rule.find(text)
    ]
    apart: list[tuple[int, int, str]] = []
    end = 0
    for start, stop, place in sorted(found):
        if start >= end:
            apart.append((start, -stop, rules[place].kind))
            end = -stop
    return [hit for hit in apart if hit[2] != STAYS]


def _replaced(text: str, hits: list[tuple[int, int, str]], marks: list[str]) -> str:
    pieces, end = [], 0
    for (start, stop, _), mark in zip(hits, marks, strict=True):
        pieces += [text[end:start], mark]
        end = stop
    return "".join([*pieces, text[end:]])


def _moved(spans: tuple[Span, ...], hits: list[Span], marks: list[str]) -> tuple[Span, ...]:
    """Return the spans in the text with marks; one that touches a hit covers its mark."""
    if not spans:
        return ()
    starts, stops = [start for start, _ in hits], [stop for _, stop in hits]
    shifts = [0]  # by how much the text before each hit, and after the last, has grown
    for (start, stop), mark in zip(hits, marks, strict=True):
        shifts.append(shifts[-1] + len(mark) - (stop - start))

    def first(place: int) -> int:
        before = bisect_right(stops, place)  # hits that end at or before the place
        inside = before < len(hits) and starts[before] < place
        return (starts[before] if inside else place) + shifts[before]

    def last(place: int) -> int:
        before = bisect_left(starts, place)  # hits that begin before the place
        inside = before > 0 and place < stops[before - 1]
        return (stops[before - 1] if inside else place) + shifts[before]

    return tuple((first(a), first(a) if a == b else last(b)) for a, b in spans)
