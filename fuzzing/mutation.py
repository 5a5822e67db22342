"""Changes an input at random: bytes and letters, long runs, pieces of others."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random

LETTERS = (
    "\0", "\x1f", "\x85", "\u2028", "\u200b", "\u202e", "\ufeff", "\ufffe", "\ufffd", "\u0301",
    "\ud800", "\udfff", "\U0001f600", "\U0001f469\u200d\U0001f4bb", "İ", "ß", "ﬃ", "ǆ", "٣", "½",
    "²", "①", "𝟗", "Ⅷ", "年", "，", "。", "й", "ё", "ż", "ą", "の", "ع", "\t", "\r", "\n", "\r\n",
    '"', "'", "=", "-", "+", "@", "#", "%", "{", "}", "[", "]", "<", ">", "&", "\\", "/", "|", ";",
    ",", ".", ":", "!", "?", "…", "(", ")", "0", "9", "1e999", "-0", "nan", "inf", "NULL", "True",
    "9" * 400, "1_000", "0x10", "2024-02-30", "31.12.9999",
)  # fmt: skip
MOST_REPEATS = 400


def mutated(
    data: bytes, random: Random, *, others: Sequence[bytes], words: Sequence[bytes], longest: int,
    change: Callable[[bytes, Random], bytes] | None = None,
) -> bytes:  # fmt: skip
    """Return `data` after one to five changes, at most `longest` bytes.

    With `change` it makes half of the inputs, of any length.
    """
    if change is not None and random.random() < 0.5:
        return change(data, random)
    for _ in range(random.choice((1, 1, 2, 3, 5))):
        data = random.choice(_CHANGES)(data, random, others, words)[:longest]
    return data


def _put_letter(data: bytes, random: Random, *_: object) -> bytes:
    return _put(data, random.choice(LETTERS).encode("utf-8", "surrogatepass"), random)


def _put_word(data: bytes, random: Random, _: object, words: Sequence[bytes]) -> bytes:
    return _put(data, random.choice(words), random) if words else _change_byte(data, random)


def _change_byte(data: bytes, random: Random, *_: object) -> bytes:
    if not data:
        return random.randbytes(3)
    at = random.randrange(len(data))
    byte = random.choice((data[at] ^ 1 << random.randrange(8), random.randrange(256)))
    return data[:at] + bytes([byte]) + data[at + 1 :]


def _drop(data: bytes, random: Random, *_: object) -> bytes:
    start, stop = _stretch(data, random)
    return data[:start] + data[stop:]


def _repeat(data: bytes, random: Random, *_: object) -> bytes:
    start, stop = _stretch(data, random)
    times = random.choice((2, 2, 3, 10, MOST_REPEATS))
    return data[:start] + data[start:stop] * times + data[stop:]


def _move(data: bytes, random: Random, *_: object) -> bytes:
    start, stop = _stretch(data, random)
    return _put(data[:start] + data[stop:], data[start:stop], random)


def _cross(data: bytes, random: Random, others: Sequence[bytes], _: object) -> bytes:
    other = random.choice(others)
    start, stop = _stretch(other, random)
    return _put(data, other[start:stop], random)


def _put(data: bytes, piece: bytes, random: Random) -> bytes:
    at = random.randint(0, len(data))
    return data[:at] + piece + data[at:]


def _stretch(data: bytes, random: Random) -> tuple[int, int]:
    """Return a stretch of `data`, mostly a short one."""
    start = random.randint(0, len(data))
    length = random.choice((1, 2, 5, 20, max(1, len(data) // 2)))
    return start, min(len(data), start + length)


_CHANGES = (_put_letter, _put_letter, _put_word, _change_byte, _drop, _repeat, _move, _cross)
