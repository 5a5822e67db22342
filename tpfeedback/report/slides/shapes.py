"""Texts on a slide: each in its box, in a size at which it fits."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tpfeedback.report.passages import readable, shortened

INK, FAINT, ACCENT = "1F2933", "5F6B76", "0072B2"
SMALLEST = 10
_LANGUAGES = {"en": "en-US", "ru": "ru-RU", "zh": "zh-CN", "pl": "pl-PL"}


@dataclass(frozen=True)
class Box:
    """A place on a slide, in inches."""

    left: float
    top: float
    width: float
    height: float


@dataclass(frozen=True)
class Piece:
    """A stretch of text in one look."""

    text: str
    bold: bool = False
    colour: str = INK


Paragraph = Sequence[Piece]


def add_texts(
    slide: Any,
    box: Box,
    paragraphs: Sequence[Paragraph],
    *,
    size: int,
    language: str,
    bullets: bool = False,
) -> None:
    """Write paragraphs into a text box, smaller than `size` points where they would not fit."""
    frame = _frame(slide, box)
    marked = [[Piece("•  ", colour=ACCENT), *one] if bullets else one for one in paragraphs]
    fitting = fitting_size([_plain(one) for one in marked], box, size)
    for number, pieces in enumerate(marked):
        paragraph = frame.paragraphs[0] if number == 0 else frame.add_paragraph()
        fill_paragraph(paragraph, pieces, size=fitting, language=language)
        paragraph.space_after = _points(fitting * 0.5)


def fill_paragraph(paragraph: Any, pieces: Paragraph, *, size: int, language: str) -> None:
    """Write pieces as runs: plain text, whatever signs it holds."""
    from pptx.dml.color import RGBColor

    for piece in pieces:
        if not piece.text:
            continue
        run = paragraph.add_run()
        run.text = readable(piece.text)
        run.font.size = _points(size)
        run.font.bold = piece.bold
        run.font.color.rgb = RGBColor.from_string(piece.colour)
        run._r.get_or_add_rPr().set("lang", _LANGUAGES.get(language, language))


def fitting_size(texts: Sequence[str], box: Box, size: int) -> int:
    """Return the largest size up to `size` at which the texts fit, at least `SMALLEST`.

    >>> box = Box(0, 0, width=5, height=1)
    >>> fitting_size(["short"], box, 18), fitting_size(["long " * 90], box, 18)
    (18, 10)
    """
    for one in range(size, SMALLEST, -1):
        if _height(texts, box.width, one) <= box.height:
            return one
    return SMALLEST


def told_short(text: str, longest: int) -> str:
    """Return `text` in at most `longest` narrow characters; a Chinese one counts twice."""
    wide = sum(unicodedata.east_asian_width(letter) in "WF" for letter in text)
    return shortened(text, longest - wide // 2 if wide < longest else longest // 2)


def _height(texts: Sequence[str], width: float, size: int) -> float:
    """Return the inches that texts take, judged from above: a letter is 0.62 of its height wide."""
    room = max(1, int((width - 0.2) * 72 / (0.62 * size)))
    lines = sum(-(-max(1, _cells(text)) // room) for text in texts)
    return (lines * 1.2 + len(texts) * 0.5) * size / 72 + 0.1


def _cells(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def _plain(pieces: Paragraph) -> str:
    return "".join(piece.text for piece in pieces)


def _frame(slide: Any, box: Box) -> Any:
    from pptx.util import Inches

    places = [Inches(side) for side in (box.left, box.top, box.width, box.height)]
    frame = slide.shapes.add_textbox(*places).text_frame
    frame.word_wrap = True
    return frame


def _points(size: float) -> Any:
    from pptx.util import Pt

    return Pt(size)
