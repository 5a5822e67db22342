"""What tells a file from any other, and the bytes that tell its encoding, in one reading."""

from __future__ import annotations

import hashlib
import warnings
from dataclasses import dataclass
from pathlib import Path

from tpfeedback.errors import ReadError, TpfeedbackWarning
from tpfeedback.ingest.encodings import REPLACEMENT, Decoded, is_utf8
from tpfeedback.opening import open_file, shown
from tpfeedback.wording import Note, write_note

BLOCK = 2**20
HEAD_BYTES = BLOCK
OF_ENCODING = ("encoding_guessed", "encodings_mixed")
LATER_BYTES = BLOCK  # of lines behind the head that are UTF-8, and of lines that are not


@dataclass(frozen=True)
class Fingerprint:
    """SHA-256 and size of a file; `head` are its first whole lines, `letters` later ones.

    Of those, `broken` are no UTF-8; no more are counted than are kept.
    """

    sha256: str
    size: int
    head: bytes
    letters: bytes
    broken: int = 0


def take_fingerprint(path: Path) -> Fingerprint:
    """Read the whole file once, in constant memory.

    A head in plain English says nothing about the encoding, and behind one in UTF-8 may follow
    lines in another, so the first later lines of either kind with bytes above ASCII are kept too.
    Raises `ReadError` for what is no regular file, and one that begins with nothing but NULs.
    """
    digest, size = hashlib.sha256(), 0
    head, whole, broken = bytearray(), bytearray(), list[bytes]()
    with open_file(path) as file:
        while block := file.read(BLOCK):
            digest.update(block)
            size += len(block)
            if len(head) < HEAD_BYTES:
                head += block
                _refuse_nothing(block, path)
            elif not block.isascii():
                _keep_letters(block, whole, broken)
    first = bytes(head) if size <= len(head) else _whole_lines(bytes(head), after=0)
    later = bytes(whole) + b"".join(broken)
    return Fingerprint(digest.hexdigest(), size, first, later, len(broken))


def notes_of_bytes(decoded: Decoded, fingerprint: Fingerprint) -> tuple[Note, ...]:
    """Return what the bytes tell of the encoding, for the whole file.

    Of lines in another encoding than most, and of those that are in none, it is warned too.
    """
    notes = [_of_file(one, fingerprint) for one in decoded.notes if one.key in OF_ENCODING]
    if not notes and decoded.encoding == "utf-8":
        head = () if is_utf8(fingerprint.head) else fingerprint.head.splitlines()
        broken = fingerprint.broken + sum(not is_utf8(line) for line in head)
        notes = [write_note("lines_unreadable", n=broken, sign=REPLACEMENT)] if broken else []
    for note in notes:
        if note.key != "encoding_guessed":
            warnings.warn(note, TpfeedbackWarning, stacklevel=5)  # where `tag_file` was called
    return tuple(notes)


def _of_file(note: Note, fingerprint: Fingerprint) -> Note:
    """Return a note on the head and some later lines without what these cannot tell."""
    if note.key != "encodings_mixed" or fingerprint.size == len(fingerprint.head):
        return note
    told = {name: note.values[name] for name in ("n", "encoding")}
    return write_note("encodings_mixed_part", **told)


def _keep_letters(block: bytes, whole: bytearray, broken: list[bytes]) -> None:
    """Keep the whole lines of a block that have other letters than English, as long as needed."""
    enough = len(broken) and sum(map(len, broken)) >= LATER_BYTES
    if len(whole) >= LATER_BYTES and enough:
        return
    lines = _whole_lines(block, after=block.find(_line_end(block)) + 1)
    if is_utf8(lines):
        whole += lines if len(whole) < LATER_BYTES else b""
        return
    for line in filter(lambda one: not one.isascii(), lines.splitlines(keepends=True)):
        if is_utf8(line):
            whole += line if len(whole) < LATER_BYTES else b""
        elif not enough:
            broken.append(line)


def _whole_lines(block: bytes, *, after: int) -> bytes:
    return block[after : block.rfind(_line_end(block)) + 1] or block


def _line_end(block: bytes) -> bytes:
    return b"\n" if b"\n" in block else b"\r"


def _refuse_nothing(block: bytes, path: Path) -> None:
    if not block.strip(b"\0 \t\r\n"):
        raise ReadError(
            f"{shown(path.name)} is empty: it begins with {len(block):,} bytes of nothing. "
            "Allowed: a table with a header and records. Export or copy it again."
        )
