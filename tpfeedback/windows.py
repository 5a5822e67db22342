"""Long texts → windows that the network can read, cut between sentences."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tpfeedback.languages import load_language

SHORT = 120  # characters: a text up to this length is one window, whatever its language
WINDOW_TOKENS = 120


@dataclass(frozen=True)
class Window:
    """A stretch of a text: `whole[start : start + len(text)] == text`."""

    text: str
    start: int


def windows_of(
    text: str, language: str, count_tokens: Callable[[Sequence[str]], list[int]]
) -> tuple[Window, ...]:
    """Return the windows of one text; together they hold every sentence once.

    >>> windows_of("Dobry sklep.", "pl", lambda texts: [len(t) for t in texts])
    (Window(text='Dobry sklep.', start=0),)
    """
    if not text.strip():
        return ()
    if len(text) <= SHORT or count_tokens([text])[0] <= WINDOW_TOKENS:
        return (Window(text, 0),)
    sentences = load_language(language).sentences(text)
    sizes = count_tokens([text[span.start : span.stop] for span in sentences])
    spans = [
        piece
        for span, size in zip(sentences, sizes, strict=True)
        for piece in (
            cut(text, span.start, span.stop) if size > WINDOW_TOKENS else [(span.start, span.stop)]
        )
    ]
    sizes = count_tokens([text[a:b] for a, b in spans])
    return tuple(Window(text[a:b], a) for a, b in packed(spans, sizes))


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
