"""Long texts → windows that the network can read, cut between sentences."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from tpfeedback.languages import load_language

SHORT = 120  # characters: a text up to this length is one window, whatever its language
WINDOW_TOKENS = 120


@dataclass(frozen=True)
class Window:
    """A stretch of a text: `whole[start : start + len(text)] == text`."""

    text: str
    start: int


def windows_of(text: str, language: str, tokens: Sequence[int]) -> tuple[Window, ...]:
    """Return the windows of one text; together they hold every sentence once.

    `tokens` are the places where the text's tokens end, in order.

    >>> windows_of("Dobry sklep.", "pl", [5, 11, 12])
    (Window(text='Dobry sklep.', start=0),)
    """
    if not text.strip():
        return ()
    if len(text) <= SHORT or len(tokens) <= WINDOW_TOKENS:
        return (Window(text, 0),)

    def size(start: int, stop: int) -> int:
        return bisect_right(tokens, stop) - bisect_right(tokens, start)

    spans = [
        piece
        for span in load_language(language).sentences(text)
        for piece in (
            cut(text, span.start, span.stop)
            if size(span.start, span.stop) > WINDOW_TOKENS
            else [(span.start, span.stop)]
        )
    ]
    return tuple(Window(text[a:b], a) for a, b in packed(spans, [size(a, b) for a, b in spans]))


def cut(text: str, start: int, stop: int) -> list[tuple[int, int]]:
    """Cut a sentence that is longer than any window at every `SHORT` characters or at the last
    space before.

    >>> cut("x" * 100 + " " + "y" * 30, 0, 131)
    [(0, 101), (101, 131)]
    """
    pieces = []
    while stop - start > SHORT:
        space = text.rfind(" ", start + 1, start + SHORT) + 1
        end = space or start + SHORT
        pieces.append((start, end))
        start = end
    return [*pieces, (start, stop)]


def packed(spans: list[tuple[int, int]], sizes: list[int]) -> list[tuple[int, int]]:
    """Join neighbours while they fit into one window.

    >>> packed([(0, 5), (6, 9), (10, 20)], [60, 50, 70])
    [(0, 9), (10, 20)]
    """
    result: list[tuple[int, int]] = []
    room = 0
    for (start, stop), size in zip(spans, sizes, strict=True):
        if result and size <= room:
            result[-1] = (result[-1][0], stop)
            room -= size
        else:
            result.append((start, stop))
            room = WINDOW_TOKENS - size
    return result
