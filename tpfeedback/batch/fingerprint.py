"""What tells a file from any other, and the bytes that tell its encoding, in one reading."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

BLOCK = 2**20
HEAD_BYTES = BLOCK
LATER_BYTES = 2 * BLOCK  # of what follows the head, blocks with other letters than English


@dataclass(frozen=True)
class Fingerprint:
    """SHA-256 and size of a file; `head` are its first whole lines, `letters` later ones."""

    sha256: str
    size: int
    head: bytes
    letters: bytes


def take_fingerprint(path: Path) -> Fingerprint:
    """Read the whole file once, in constant memory.

    A head in plain English says nothing about the encoding, so the first later lines with bytes
    above ASCII are kept too.
    """
    digest, size = hashlib.sha256(), 0
    head, letters = bytearray(), bytearray()
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            digest.update(block)
            size += len(block)
            if len(head) < HEAD_BYTES:
                head += block
            elif len(letters) < LATER_BYTES and not block.isascii():
                letters += block[block.find(b"\n") + 1 : block.rfind(b"\n") + 1]
    first = bytes(head) if size <= len(head) else bytes(head[: head.rfind(b"\n") + 1] or head)
    return Fingerprint(digest.hexdigest(), size, first, bytes(letters))
