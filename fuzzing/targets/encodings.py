"""From bytes to letters."""

from __future__ import annotations

from fuzzing.reading import text_of
from fuzzing.target import Target
from tpfeedback.ingest.encodings import decode, whole_characters

SAMPLE = "Быстрая доставка; zażółć gęślą jaźń; 物流很慢; crème brûlée\n"
SEEDS = tuple(
    SAMPLE.encode(name, "ignore") * 3
    for name in ("utf-8", "utf-8-sig", "utf-16", "utf-16-be", "utf-32", "cp1251", "koi8_r",
                 "cp866", "cp1250", "iso8859_2", "gb18030", "big5", "cp1252", "ascii")
)  # fmt: skip
WORDS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\xff\xfe\0\0", b"\0", b"\xed\xa0\x80")


def check(data: bytes) -> None:
    """Decode the bytes: whole characters come out, the same ones each time."""
    decoded = decode(data)
    assert "\0" not in decoded.text
    assert whole_characters(decoded.text) == decoded.text
    assert decode(data) == decoded
    whole = whole_characters(text_of(data))
    assert len(whole) <= len(text_of(data))
    assert whole_characters(whole) == whole
    if decoded.encoding == "utf-8" and not decoded.other and "\ufffd" not in decoded.text:
        assert data.removeprefix(b"\xef\xbb\xbf").replace(b"\0", b"").decode() == decoded.text


TARGET = Target(check, SEEDS, WORDS)
