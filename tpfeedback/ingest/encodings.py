"""From bytes to text: which encoding, and what could not be read."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from tpfeedback.errors import ReadError
from tpfeedback.wording import Note, write_note

LEGACY_ENCODINGS = ("cp1251", "gb18030", "cp1250", "iso8859_2", "koi8_r", "big5", "cp866", "cp1252")
SCRIPTS = {
    **dict.fromkeys(("cp1251", "koi8_r", "cp866"), "[А-Яа-яЁё]"),
    **dict.fromkeys(("gb18030", "big5"), "[\u4e00-\u9fff]"),
}
POLISH_PAGES = ("cp1250", "iso8859_2")
_LINE = re.compile(rb"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
_LETTERS = re.compile("[А-яЁё\u4e00-\u9fffąćęłńóśźżĄĆĘŁŃÓŚŹŻÀ-ÿ]")
_HIGH = bytes(range(128, 256))
POLISH_LETTERS = frozenset("ąćęłńóśźżĄĆĘŁŃÓŚŹŻ")
REPLACEMENT = "\ufffd"
SAMPLE_BYTES = 200_000
# With more broken than whole sequences in ten, the file was never UTF-8.
BROKEN_SHARE_OF_UTF8 = 0.1
# So many letters that no old encoding has by chance make a line UTF-8; of so many bytes in lines
# that are none, another encoding can be told.
LETTERS_OF_UTF8 = 4
LEAST_FOREIGN = 100
BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


@dataclass(frozen=True)
class Decoded:
    """The text of a file; bytes that fit no character are U+FFFD in it.

    `other` is the encoding of the lines that are not in the one of most, where two are mixed.
    """

    text: str
    encoding: str
    notes: tuple[Note, ...] = ()
    other: str | None = None


def decode(content: bytes, *, name: str = "the file") -> Decoded:
    """Return the text of `content`, in the encoding that its bytes speak for.

    Where two exports were put together, some lines may be UTF-8 and the others not: each line is
    read as what it is. NULs and a byte order mark are taken out. Raises `ReadError` when no
    encoding fits.

    >>> decode("Быстрая доставка, вежливый курьер".encode("cp1251")).text
    'Быстрая доставка, вежливый курьер'
    """
    encoding = _marked(content) or _unmarked_utf16(content)
    mixed = encoding in (None, "utf-8") and not is_utf8(content)
    lines = _LINE.findall(content) if mixed else []
    if any(map(_is_surely_utf8, lines)):
        return _decode_lines(lines)
    encoding = encoding or _utf8(content) or _legacy(content)
    if encoding is None:
        raise ReadError(
            f"No text encoding fits {name}: it looks like a binary file. Allowed: text in UTF-8, "
            f"UTF-16, {', '.join(LEGACY_ENCODINGS)}. Save the export as UTF-8 and read it again."
        )
    notes = []
    if encoding not in ("utf-8", "utf-16", "utf-16-le", "utf-16-be", "utf-32"):
        notes.append(write_note("encoding_guessed", encoding=encoding))
    return _cleaned(content.decode(encoding, "replace"), encoding, notes)


def decode_line(line: bytes, other: str | None) -> str:
    """Return a line of a file of two encodings: UTF-8 if it is, else the `other` one.

    A line that is mostly UTF-8 is a spoilt one of it; its broken bytes are U+FFFD.

    >>> [decode_line("żółw".encode(code), "cp1250") for code in ("utf-8", "cp1250")]
    ['żółw', 'żółw']
    """
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError:
        return line.decode(other if other and _is_foreign(line) else "utf-8", "replace")


def _decode_lines(lines: list[bytes]) -> Decoded:
    """Decode a file that is UTF-8 in some lines only."""
    foreign = [number for number, line in enumerate(lines, 1) if _is_foreign(line)]
    sample = b"".join(lines[number - 1] for number in foreign[:SAMPLE_BYTES])
    enough = len(sample) - len(sample.translate(None, _HIGH)) >= LEAST_FOREIGN
    other = _legacy(sample) if enough else None
    text = "".join([decode_line(line, other) for line in lines])
    notes = []
    if other:
        told = {"n": len(foreign), "first": foreign[0], "encoding": other}
        notes.append(write_note("encodings_mixed", **told))
    return _cleaned(text, "utf-8", notes, other)


def _cleaned(text: str, encoding: str, notes: list[Note], other: str | None = None) -> Decoded:
    text = text.removeprefix("\ufeff")
    if nuls := text.count("\0"):
        text = text.replace("\0", "")
        notes = [*notes, write_note("nuls_removed", n=nuls)]
    return Decoded(text, encoding, tuple(notes), other)


def whole_characters(text: str) -> str:
    r"""Return a text in which halves of characters, as JSON may have them, are U+FFFD.

    >>> whole_characters("nice \ud800 place") == "nice \ufffd place"
    True
    """
    if text.isascii():
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _marked(content: bytes) -> str | None:
    return next((name for mark, name in BYTE_ORDER_MARKS if content.startswith(mark)), None)


def _unmarked_utf16(content: bytes) -> str | None:
    """Latin text in UTF-16 has a NUL in every other byte; delimiters have one in any script."""
    sample = content[: SAMPLE_BYTES // 2 * 2]
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    if max(even, odd) < 0.05 * len(sample) / 2 or min(even, odd) > 0.2 * max(even, odd):
        return None
    encoding = "utf-16-le" if odd > even else "utf-16-be"
    broken = sample.decode(encoding, "replace").count(REPLACEMENT)
    return encoding if broken <= 0.01 * len(sample) else None


def is_utf8(content: bytes) -> bool:
    """Whether all of it is UTF-8."""
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _is_surely_utf8(line: bytes) -> bool:
    """Whether a line is UTF-8, and not by chance."""
    if line.isascii() or not is_utf8(line):
        return False
    text = line.decode("utf-8")
    letters, foreign = len(_LETTERS.findall(text)), sum(c > "\x7f" for c in text)
    return letters >= LETTERS_OF_UTF8 and 2 * letters > foreign


def _is_foreign(line: bytes) -> bool:
    """Whether a line is in another encoding: more of it is broken UTF-8 than whole."""
    broken, whole = _broken_and_whole(line)
    return broken > whole


def _broken_and_whole(content: bytes) -> tuple[int, int]:
    if content.isascii():
        return 0, 0
    text = content.decode("utf-8", "replace")
    broken = text.count(REPLACEMENT)
    return broken, sum(character > "\x7f" for character in text) - broken


def _utf8(content: bytes) -> str | None:
    broken, whole = _broken_and_whole(content)
    return "utf-8" if broken <= BROKEN_SHARE_OF_UTF8 * whole else None


def _legacy(content: bytes) -> str | None:
    from charset_normalizer import from_bytes

    sample = _sample(content)
    matches = from_bytes(sample, cp_isolation=list(LEGACY_ENCODINGS), threshold=0.5)
    for match in matches:
        if _plausible(sample.decode(match.encoding, "replace"), match.encoding):
            return str(match.encoding)
    return "cp1252" if len(matches) else None


def _sample(content: bytes) -> bytes:
    """Lines with bytes above ASCII, whole lines only: a cut character would count as an error."""
    lines = content.replace(b"\r", b"\n").split(b"\n")
    sample, size = [], 0
    for line in lines:
        if not line.isascii():
            sample.append(line)
            size += len(line)
            if size > SAMPLE_BYTES:
                break
    return b"\n".join(sample)


def _plausible(text: str, encoding: str) -> bool:
    """A page fits only if it shows letters of its own script, and in words of their own: French
    read as Cyrillic has "cafй", Spanish read as Chinese "Jalape帽o"."""
    if encoding in POLISH_PAGES:
        letters = [c for c in text if c > "\x7f" and c.isalpha()]
        return 2 * sum(c in POLISH_LETTERS for c in letters) >= len(letters) > 0
    script = SCRIPTS.get(encoding)
    if script is None:
        return False
    inside = len(re.findall(f"(?<=[A-Za-z]){script}|{script}(?=[A-Za-z])", text))
    found = len(re.findall(script, text))
    foreign = sum(character > "\x7f" for character in text)
    return 3 * inside < found and 2 * found > foreign
