"""Zip archives, such as workbooks are: what they unpack to is counted, never believed."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from io import BytesIO

from tpfeedback.errors import ReadError
from tpfeedback.opening.limits import refuse_more

MOST_PARTS = 10_000  # a workbook has a part for each sheet and picture
BLOCK = 2**20
_ENTRY = b"PK\x01\x02"  # begins each entry of the directory
_SAVE_AS_CSV = "Save its table as .csv and read that."


def open_archive(content: bytes, name: str, *, limit: str = "bytes") -> zipfile.ZipFile:
    """Return an archive whose parts are few, and tell of no more bytes than are allowed.

    Raises `ReadError` for another one, and for what is no archive.
    """
    parts = content.count(_ENTRY)
    if parts > MOST_PARTS:
        raise ReadError(
            f"{name} is an archive of {parts:,} parts. Allowed in a workbook: {MOST_PARTS:,}. "
            f"{_SAVE_AS_CSV}"
        )
    try:
        archive = zipfile.ZipFile(BytesIO(content))
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as problem:
        raise ReadError(
            f"{name} is no readable workbook: {problem}. Allowed: .xlsx, .xls, .ods. If it is "
            "another archive, unpack it first."
        ) from None
    size = sum(one.file_size for one in archive.infolist())
    told = f"{name} has {len(content):,} bytes and unpacks to {size:,}"
    refuse_more(size, limit, told, then=_SAVE_AS_CSV)
    return archive


def unpack(content: bytes, part: zipfile.ZipInfo, name: str) -> Iterator[bytes]:
    """Yield a part of an archive, unpacked, in blocks.

    Raises `ReadError` as soon as it yields more than its entry tells, or cannot be unpacked.
    """
    length, extra = (
        int.from_bytes(content[at : at + 2], "little")
        for at in (part.header_offset + 26, part.header_offset + 28)
    )
    start = part.header_offset + 30 + length + extra
    packed = memoryview(content)[start : start + part.compress_size]
    size = 0
    for block in _blocks(packed, part, name):
        size += len(block)
        if size > part.file_size:
            raise ReadError(
                f"{name} is damaged, or made to do harm: its part {part.filename[:80]!r} unpacks "
                f"to more than the {part.file_size:,} bytes that it tells. Allowed: .xlsx, .xls, "
                f".ods. {_SAVE_AS_CSV}"
            )
        yield block


def _blocks(packed: memoryview, part: zipfile.ZipInfo, name: str) -> Iterator[bytes]:
    if part.compress_type == zipfile.ZIP_STORED:
        yield bytes(packed)
        return
    if part.compress_type != zipfile.ZIP_DEFLATED or part.flag_bits & 1:
        raise ReadError(
            f"{name} is packed or locked in a way that workbooks are not. Allowed: .xlsx, .xls, "
            f".ods without a password. {_SAVE_AS_CSV}"
        )
    unpacker = zlib.decompressobj(-15)
    rest: bytes | memoryview = packed
    try:
        while not unpacker.eof:
            block = unpacker.decompress(rest, BLOCK)
            rest = unpacker.unconsumed_tail
            if not block and not rest:
                break
            yield block
    except zlib.error as problem:
        raise ReadError(
            f"{name} is damaged: {problem}. Allowed: .xlsx, .xls, .ods. Export it again."
        ) from None
