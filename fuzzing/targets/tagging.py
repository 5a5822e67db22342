"""The tagger with its real network: any text, any question."""

from __future__ import annotations

from math import isfinite

from fuzzing.reading import parts_of
from fuzzing.target import Target
from fuzzing.targets import segmentation
from tpfeedback.tagged import SENTIMENT_ORDER
from tpfeedback.tagger import Tagger, load_network_tagger

SEEDS = (
    *(seed + "\0Что понравилось?".encode() for seed in segmentation.SEEDS),
    "newsletter\0Co poprawić?\0pl".encode(),
    b"word " * 400 + b"\0\0en",
)
WORDS = (*segmentation.WORDS, b"\0ru", b"\0zh", b"\0other", b"\0")
CODES = ("ru", "zh", "pl", "en", "other")


def check(data: bytes) -> None:
    """Tag a text with the shipped network."""
    check_tagger(load_network_tagger(threads=1), data)


def check_tagger(tagger: Tagger, data: bytes) -> None:
    """Tag a text, its question and language after NULs: evidence lies in it, twice is the same."""
    text, question, code = parts_of(data, 3)
    language = code if code in CODES else None
    options = {"languages": [language, None], "questions": [question or None, None]}
    (tagged, other) = tagger.tag([text, text[::2]], **options, min_confidence=0.3)
    assert tagger.tag([text, text[::2]], **options, min_confidence=0.3) == [tagged, other]
    alone = tagger.tag([text], languages=[language], questions=[question or None],
                       min_confidence=0.3)  # fmt: skip
    assert alone == [tagged], "the text beside it changes what is read"
    assert tagged.text == text
    for one in (tagged, other):
        assert one.language in CODES
        assert one.sentiment in SENTIMENT_ORDER
        assert 0 <= one.confidence <= 1
        assert len({m.touchpoint for m in one.mentions}) == len(one.mentions)
        for mention in (*one.mentions, *one.unsure):
            assert 0 <= mention.start < mention.stop <= len(one.text)
            assert one.text[mention.start : mention.stop].strip(), "the evidence is blank"
            assert mention.touchpoint in tagger.touchpoints
            assert mention.sentiment in SENTIMENT_ORDER
            assert 0 <= mention.confidence <= 1
            assert -1 <= mention.score <= 1
            assert isfinite(mention.score)


TARGET = Target(check, SEEDS, WORDS, seconds=5.0, per_byte=5e-3, stretched=6000, quick=10)
