"""Files made to break a reader: small on disk, huge or endless inside, or torn in the middle."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from struct import pack

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

MIB = 2**20
SHEET = "xl/worksheets/sheet1.xml"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_DOC = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
HEAD = f'<?xml version="1.0"?><worksheet xmlns="{_MAIN}"><sheetData>'
TAIL = "</sheetData></worksheet>"
FEW = "".join(
    f'<row r="{n}">'
    f'<c r="A{n}" t="inlineStr"><is><t>{text}</t></is></c>'
    f'<c r="B{n}" t="inlineStr"><is><t>{stars}</t></is></c></row>'
    for n, (text, stars) in enumerate(
        [("comment", "stars"), ("Slow delivery again", 1), ("Kind staff here", 5)], 1
    )
)


@dataclass(frozen=True)
class Bomb:
    """A part of an archive: `block` repeated `times`, packed to nearly nothing.

    `declared` is the size that the archive tells, the true one where it is None.
    """

    head: str
    block: str
    times: int
    tail: str
    declared: int | None = None


def archive(path: Path, parts: Mapping[str, str | bytes | Bomb]) -> Path:
    """Write a zip archive; bombs are packed once and their bytes repeated."""
    body, directory = bytearray(), bytearray()
    for name, part in parts.items():
        packed, size, check = _packed(part)
        fields = pack("<HHHHHIIIHH", 20, 0, 8, 0, 33, check, len(packed), size, len(name), 0)
        start = len(body)
        body += b"PK\3\4" + fields + name.encode() + packed
        directory += b"PK\1\2" + pack("<H", 20) + fields + pack("<HHHII", 0, 0, 0, 0, start)
        directory += name.encode()
    end = pack("<HHHHIIH", 0, 0, len(parts), len(parts), len(directory), len(body), 0)
    path.write_bytes(bytes(body) + bytes(directory) + b"PK\5\6" + end)
    return path


def _packed(part: str | bytes | Bomb) -> tuple[bytes, int, int]:
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    if not isinstance(part, Bomb):
        content = part.encode() if isinstance(part, str) else part
        return packer.compress(content) + packer.flush(), len(content), zlib.crc32(content)
    head, block, tail = (text.encode() for text in (part.head, part.block, part.tail))
    # After a full flush nothing refers back: the packed block may stand there many times.
    start = packer.compress(head) + packer.flush(zlib.Z_FULL_FLUSH)
    middle = packer.compress(block) + packer.flush(zlib.Z_FULL_FLUSH)
    end = packer.compress(tail) + packer.flush()
    size = len(head) + part.times * len(block) + len(tail)
    return start + middle * part.times + end, size if part.declared is None else part.declared, 0


def workbook(path: Path, sheet: str | Bomb | None = None, **more: str | bytes | Bomb) -> Path:
    """Write a workbook of one sheet; `more` parts are named with "__" for "/"."""
    types = f"{_PACKAGE}/content-types"
    parts: dict[str, str | bytes | Bomb] = {
        "[Content_Types].xml": f'<Types xmlns="{types}"/>',
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="r1" '
        f'Type="{_DOC}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_DOC}"><sheets>'
        '<sheet name="Reviews" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="r1" Type="{_DOC}/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="r2" Type="{_DOC}/sharedStrings" Target="sharedStrings.xml"/>'
        "</Relationships>",
        SHEET: HEAD + FEW + TAIL if sheet is None else sheet,
    }
    return archive(path, parts | {name.replace("__", "/"): one for name, one in more.items()})


def rows_bomb(gibibytes: int, *, declared: int | None = None) -> Bomb:
    """Return a sheet of so many GiB of empty rows."""
    return Bomb(HEAD + FEW, "<row></row>" * (MIB // 11), gibibytes * 1024, TAIL, declared)


def far_cell(reference: str) -> str:
    """Return a sheet with a small table and one cell far away from it."""
    digits = reference.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    far = f'<row r="{digits}"><c r="{reference}"><v>1</v></c></row>'
    return f"{HEAD}{FEW}{far}{TAIL}"


def document(path: Path, table: str) -> Path:
    """Write an OpenDocument workbook whose one table holds these rows."""
    office = "urn:oasis:names:tc:opendocument:xmlns"
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    content = (
        f'<office:document-content xmlns:office="{office}:office:1.0" '
        f'xmlns:table="{office}:table:1.0" xmlns:text="{office}:text:1.0"><office:body>'
        f'<office:spreadsheet><table:table table:name="Reviews">{table}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    manifest = f'<manifest:manifest xmlns:manifest="{office}:manifest:1.0"/>'
    parts = {"mimetype": kind, "content.xml": content, "META-INF/manifest.xml": manifest}
    return archive(path, parts)


def ods_row(*cells: str, rows: int = 1, columns: int = 1) -> str:
    """Return a row of an OpenDocument table; each cell and the row are repeated."""
    told = "".join(
        f'<table:table-cell office:value-type="string" table:number-columns-repeated="{columns}">'
        f"<text:p>{cell}</text:p></table:table-cell>"
        for cell in cells
    )
    return f'<table:table-row table:number-rows-repeated="{rows}">{told}</table:table-row>'


def parquet_of_equal_rows(path: Path, rows: int) -> Path:
    """Write so many equal rows: run lengths make next to no bytes of them."""
    column = pa.DictionaryArray.from_arrays(
        pa.array(np.zeros(rows, dtype=np.int8)), pa.array(["Slow delivery again"])
    )
    pq.write_table(pa.table({"comment": column}), path, row_group_size=rows)
    return path


def parquet_of_long_text(path: Path, *, size: int, rows: int) -> Path:
    """Write one text of so many characters that so many rows refer to."""
    column = pa.DictionaryArray.from_arrays(
        pa.array(np.zeros(rows, dtype=np.int32)), pa.array(["slow " * (size // 5)])
    )
    table = pa.table({"comment": column, "stars": pa.array([1, 5] * (rows // 2))})
    pq.write_table(table, path, compression="zstd", dictionary_pagesize_limit=2**30)
    return path


def parquet_with_declared_rows(path: Path, rows: int) -> Path:
    """Write three rows, and metadata that speak of so many."""
    pq.write_table(pa.table({"comment": ["Slow delivery again", "Kind staff here", "Dear"]}), path)
    content = bytearray(path.read_bytes())
    length = int.from_bytes(content[-8:-4], "little")
    footer = bytes(content[-8 - length : -8])
    # Thrift's compact form: field 3 of the metadata (num_rows), a zigzag number, stands once as
    # 16 06 in front of the list of row groups (19).
    at = footer.index(b"\x16\x06\x19")
    footer = footer[: at + 1] + _varint(2 * rows) + footer[at + 2 :]
    start = bytes(content[: -8 - length])
    path.write_bytes(start + footer + len(footer).to_bytes(4, "little") + b"PAR1")
    return path


def _varint(number: int) -> bytes:
    told = bytearray()
    while number > 127:
        told.append(number & 127 | 128)
        number >>= 7
    return bytes([*told, number])


def sparse(path: Path, size: int, start: bytes = b"comment,stars\nSlow delivery again,1\n") -> Path:
    """Write a file that is nearly all hole: huge, and no block of the disk behind it."""
    with path.open("wb") as file:
        file.write(start)
        file.truncate(size)
    return path


def zipped_array(path: Path, shape: tuple[int, ...], *, mebibytes: int = 0) -> Path:
    """Write an .npz whose array declares a shape and holds so many MiB of zeros."""
    told = f"{{'descr': '<f2', 'fortran_order': False, 'shape': {shape!r}, }}".ljust(117) + "\n"
    head = b"\x93NUMPY\x01\x00" + pack("<H", len(told)) + told.encode()
    bomb = Bomb(head.decode("latin-1"), "\0" * MIB, mebibytes, "")
    return archive(path, {"prototypes.npy": head if not mebibytes else bomb})


def nested_zip(path: Path) -> Path:
    """Write an archive of an archive."""
    inner = archive(path.with_suffix(".inner"), {"reviews.csv": "comment,stars\nSlow,1\n"})
    with zipfile.ZipFile(path, "w") as outer:
        outer.write(inner, "inner.zip")
    return path
