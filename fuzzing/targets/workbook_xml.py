"""Workbooks as whole archives whose pages are written by a stranger."""

from __future__ import annotations

import zipfile
from io import BytesIO

from fuzzing.exports import check_source
from fuzzing.reading import file_of
from fuzzing.target import Target

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PARTS = "http://schemas.openxmlformats.org/package/2006"
PAGE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
AROUND = {
    "[Content_Types].xml": f'<Types xmlns="{PARTS}/content-types"><Default Extension="rels" '
    'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{PAGE}.sheet.main+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{PARTS}/relationships"><Relationship Id="r1" '
    f'Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>'
    '<sheet name="Reviews" sheetId="1" r:id="r1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PARTS}/relationships">'
    f'<Relationship Id="r1" Type="{OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="r2" Type="{OFFICE}/sharedStrings" Target="sharedStrings.xml"/>'
    f'<Relationship Id="r3" Type="{OFFICE}/styles" Target="styles.xml"/></Relationships>',
}
FUZZED = ("xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/styles.xml")
SHEET = (
    f'<worksheet xmlns="{MAIN}"><dimension ref="A1:B3"/><sheetData>'
    '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c></row>'
    '<row r="2"><c r="A2" t="inlineStr"><is><t>late</t></is></c><c r="B2"><v>2</v></c></row>'
    '<row r="3"><c r="A3" t="str"><f>A2&amp;"!"</f><v>rude</v></c>'
    '<c r="B3" s="1"><v>45000.5</v></c></row></sheetData></worksheet>'
)
STRINGS = f'<sst xmlns="{MAIN}" count="2"><si><t>text</t></si><si><r><t>stars</t></r></si></sst>'
STYLES = (
    f'<styleSheet xmlns="{MAIN}"><numFmts count="1"><numFmt numFmtId="164" '
    'formatCode="[h]:mm"/></numFmts><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="14"/>'
    "</cellXfs></styleSheet>"
)
WORDS = (b"<row>", b'<c r="A2">', b'<c r="XFD1048576"><v>1</v></c>', b't="s"', b't="b"', b't="e"',
         b't="d"', b't="n"', b"<v>", b"</v>", b"<v>99999999999</v>", b"<v>-1</v>", b"1E400",
         b"<is>", b"<t>", b"<f>", b'ref="A1:XFD9"', b"<mergeCell ref=\"A1:B2\"/>", b"&#0;",
         b"&amp;", b"&x;", b"_x0000_", b's="9"', b"2958466", b"-1", b"1e300")  # fmt: skip


def check(data: bytes) -> None:
    """Read a workbook whose cells, texts and formats are the parts of `data`."""
    parts = [*data.split(b"\0\0", 2), STRINGS.encode(), STYLES.encode()]
    content = BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, written in AROUND.items():
            archive.writestr(name, written)
        given = parts[:3] if len(parts) == 5 else [parts[0], *parts[-2:]]
        for name, part in zip(FUZZED, given, strict=True):
            archive.writestr(name, part)
    with file_of(content.getvalue(), "any.xlsx") as path:
        check_source(path)


TARGET = Target(check, ("\0\0".join((SHEET, STRINGS, STYLES)).encode(), SHEET.encode()), WORDS,
                quick=100)  # fmt: skip
