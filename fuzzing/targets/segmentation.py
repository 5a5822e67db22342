"""Sentences, clauses and words of a text in each language."""

from __future__ import annotations

from collections.abc import Callable

from fuzzing.reading import bytes_of, text_of
from fuzzing.target import Target
from tpfeedback.languages import Span, available_languages, load_language
from tpfeedback.segmentation import segment

SEEDS = (
    b"Great app, but support never answers. 4.5 stars; www.shop.com/?a=1! Mr. Smith & co.",
    "Доставка опоздала на три часа, но курьер вежливый:) Т.е. ООО «Ромашка» — г. Москва…".encode(),
    "味道不错但是有点贵，服务很热情。客服不回复！！！iPhone 15不错".encode(),
    "Zamówienie przyszło po 3 dniach, a paczka była zniszczona… ul. Długa 5, np. tak.".encode(),
    "1) raz\n2) dwa\n\n• три • four 👩‍👩‍👧 é̂ التوصيل متأخر".encode(),
)
WORDS = bytes_of("""
    . ... … ?! 。 ， ； ; :) (( - — • e.g. т.е. np. www. @a http:// 1.5 &amp; but но ale 但是 « » “
""")


def check(data: bytes) -> None:
    """Cut a text in each language and in none: nothing is lost, and each piece stands in place."""
    text = text_of(data)
    for code in (*available_languages(), "other"):
        pieces = segment(text, code)
        assert pieces == segment(text, code)
        covers(text, [Span(piece.start, piece.stop) for piece in pieces])
        assert all(text[piece.start : piece.stop] == piece.text for piece in pieces)
        if code != "other":
            _check_language(text, code)


def _check_language(text: str, code: str) -> None:
    language = load_language(code)
    covers(text, language.sentences(text))
    words = language.words(text)
    _in_order(text, words)
    for word in words[:50]:
        form = language.normal_form(text[word.start : word.stop])
        assert isinstance(form, str)


def covers(text: str, spans: list[Span]) -> None:
    """Assert that spans are in order and leave out nothing but blanks."""
    _in_order(text, spans)
    ends = [0, *(span.stop for span in spans)]
    starts = [*(span.start for span in spans), len(text)]
    left = [text[a:b] for a, b in zip(ends, starts, strict=True)]
    assert not "".join(left).strip(), f"left out: {''.join(left).strip()!r}"


def _in_order(text: str, spans: list[Span]) -> None:
    places = [0, *(place for span in spans for place in (span.start, span.stop)), len(text)]
    assert places == sorted(places)
    assert all(span.start < span.stop for span in spans)


Check = Callable[[str], None]
TARGET = Target(check, SEEDS, WORDS, per_byte=1e-3, quick=70)
