"""What stands on each slide."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tpfeedback.report import sentences
from tpfeedback.report.assurance import quality_lines, sure_lines
from tpfeedback.report.records import Facts
from tpfeedback.report.scope import scope_line
from tpfeedback.report.slides.prize_chart import add_prize_chart
from tpfeedback.report.slides.shapes import (
    ACCENT,
    FAINT,
    Box,
    Paragraph,
    Piece,
    add_texts,
    fill_paragraph,
    told_short,
)
from tpfeedback.report.speech import Speech

DRAWN, FIRST, PRAISED, WARNED = 10, 3, 4, 4
LONGEST_QUOTE, LONGEST_LINE = 200, 360
_TITLE = Box(0.6, 0.35, 12.1, 0.9)
_BODY = Box(0.6, 1.35, 12.1, 5.4)
_FOOT = Box(0.6, 6.95, 12.1, 0.4)
_TITLE_ONLY = 5  # layout of python-pptx's own template


def write_pages(deck: Any, speech: Speech) -> None:
    """Write every slide, in the order in which they are told."""
    ranked = [one for one in speech.facts["ranking"] if one["prize"] is not None]
    _answer(deck, speech)
    if ranked:
        _ranking(deck, speech, ranked[:DRAWN])
    for one in ranked[:FIRST]:
        _touchpoint(deck, speech, one)
    _praise(deck, speech)
    _sure(deck, speech)


def _answer(deck: Any, speech: Speech) -> None:
    slide = _slide(deck, speech, speech.say("headings", "title"), size=40)
    told = [[Piece(text)] for text in sentences.answer(speech.facts, speech.words)]
    _write(slide, _BODY, told, speech, size=28)


def _ranking(deck: Any, speech: Speech, ranked: list[Facts]) -> None:
    slide = _slide(deck, speech, speech.say("headings", "ranking"))
    add_prize_chart(slide, Box(0.6, 1.3, 12.1, 4.75), ranked, speech)
    caption = speech.say("slides", "caption", outcome=speech.outcome())
    _write(slide, Box(0.6, 6.1, 12.1, 0.8), [[Piece(caption, colour=FAINT)]], speech, size=14)


def _touchpoint(deck: Any, speech: Speech, one: Facts) -> None:
    name = speech.touchpoint(one["touchpoint"])
    slide = _slide(deck, speech, f"{one['rank']}. {name}")
    facts, words = speech.facts, speech.words
    prize = speech.gain("", one["prize"])
    _write(slide, Box(0.6, 1.35, 3.9, 0.4),
           [[Piece(speech.say("ranking", "prize"), colour=FAINT)]], speech, size=16)  # fmt: skip
    _write(slide, Box(0.6, 1.65, 3.9, 1.1), [[Piece(prize, bold=True, colour=ACCENT)]], speech,
           size=54)  # fmt: skip
    small = [
        speech.say("slides", "interval", interval=sentences.interval(facts, one, "prize", words)),
        sentences.rank_range(facts, one, words),
        *sentences.ranked_details(facts, one, words),
    ]
    _write(slide, Box(0.6, 2.8, 3.9, 4.0), [[Piece(text)] for text in small], speech, size=16)
    reason = told_short(sentences.reasons(facts, words)[one["touchpoint"]], LONGEST_LINE)
    _write(slide, Box(4.9, 1.35, 7.8, 1.5), [[Piece(reason)]], speech, size=18)
    quotes = [line for quote in one["quotes"] for line in _quote(quote, speech)]
    if quotes:
        _write(slide, Box(4.9, 2.9, 7.8, 3.95), quotes, speech, size=16)


def _quote(quote: Facts, speech: Speech) -> list[Paragraph]:
    """Return a quote with its evidence in bold, and where it comes from."""
    room = LONGEST_QUOTE - min(len(quote["evidence"]), LONGEST_QUOTE)
    evidence = told_short(quote["evidence"], LONGEST_QUOTE)
    before = _tail(quote["before"], room // 2)
    after = told_short(quote["after"], max(1, room // 2)) if quote["after"] else ""
    source = sentences.quote_details(quote, speech.words)
    opened, closed = (speech.say("slides", key) for key in ("quote_open", "quote_close"))
    said = [Piece(opened + before), Piece(evidence, bold=True), Piece(after + closed)]
    return [said, [Piece(f"— {source}", colour=FAINT)]]


def _tail(text: str, longest: int) -> str:
    if len(text) <= longest:
        return text
    cut = text[len(text) - longest :] if longest else ""
    return "…" + cut.partition(" ")[2]


def _praise(deck: Any, speech: Speech) -> None:
    slide = _slide(deck, speech, speech.say("headings", "rewards"))
    if not speech.facts["rewards"]:
        _write(slide, _BODY, [[Piece(speech.say("rewards", "none"))]], speech, size=20)
        return
    told: list[Paragraph] = []
    for one in speech.facts["rewards"][:PRAISED]:
        name = speech.touchpoint(one["touchpoint"])
        line = sentences.reward_line(speech.facts, one, speech.words)
        told.append([Piece(f"{name}: ", bold=True, colour=ACCENT), Piece(line)])
        told += [_quote(quote, speech)[0] for quote in one["quotes"][:1]]
    _write(slide, _BODY, told, speech, size=18)


def _sure(deck: Any, speech: Speech) -> None:
    slide = _slide(deck, speech, speech.say("headings", "sure"))
    facts, words = speech.facts, speech.words
    lines = [*sure_lines(facts, words), *quality_lines(facts, words)]
    warned = [told_short(speech.remark(one), LONGEST_LINE) for one in facts["sure"]["warnings"]]
    told: list[Paragraph] = [[Piece(text)] for text in lines]
    told += [[Piece(f"{speech.say('slides', 'warning')} ", bold=True), Piece(text)]
             for text in warned[:WARNED]]  # fmt: skip
    told.append([Piece(sentences.method_paragraphs(facts, words)[-1], colour=FAINT)])
    add_texts(slide, _BODY, told, size=18, language=words.language, bullets=True)


def _slide(deck: Any, speech: Speech, title: str, *, size: int = 30) -> Any:
    from pptx.util import Inches

    slide = deck.slides.add_slide(deck.slide_layouts[_TITLE_ONLY])
    shape = slide.shapes.title
    for side in ("left", "top", "width", "height"):
        setattr(shape, side, Inches(getattr(_TITLE, side)))
    frame = shape.text_frame
    frame.word_wrap = True
    paragraph = frame.paragraphs[0]
    paragraph.alignment = _left()
    look = Piece(told_short(title, 80), bold=True)
    fill_paragraph(paragraph, [look], size=size, language=speech.words.language)
    _write(slide, _FOOT, [[Piece(scope_line(speech), colour=FAINT)]], speech, size=11)
    return slide


def _write(slide: Any, box: Box, told: Sequence[Paragraph], speech: Speech, *, size: int) -> None:
    add_texts(slide, box, told, size=size, language=speech.words.language)


def _left() -> Any:
    from pptx.enum.text import PP_ALIGN

    return PP_ALIGN.LEFT
