"""Which language a text is in."""

from __future__ import annotations

from fuzzing.reading import text_of
from fuzzing.target import Target
from fuzzing.targets.segmentation import SEEDS
from tpfeedback.detection import detect_language, letter_groups, words_of

MORE = ("ok", "Die Lieferung war zu spät", "dostavka opozdala", "とても良い", "Доставка super ok",
        "a@b.pl #tag http://x.y &amp; www.z", "Дякую, все добре", "5/5 👍")  # fmt: skip
WORDS = (b"@", b"#", b"&amp;", b"http://", b"www.", "の".encode(), "ё".encode(), "ł".encode())


def check(data: bytes) -> None:
    """Detect the language of a text: a known code, a probability, the same each time."""
    text = text_of(data)
    found = detect_language(text)
    assert found == detect_language(text)
    assert found.language in {"ru", "zh", "pl", "en", "other"}
    assert 0 <= found.confidence <= 1 + 1e-9
    assert all(words_of(text))
    assert list(letter_groups(text[:50])) == list(letter_groups(text[:50]))


TARGET = Target(check, (*SEEDS, *(text.encode() for text in MORE)), WORDS, quick=500)
