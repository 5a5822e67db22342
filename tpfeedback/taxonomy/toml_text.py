"""Taxonomies as TOML: the text of a file in and out, and how broken syntax is mended."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from typing import Any

from tpfeedback.errors import TaxonomyError
from tpfeedback.taxonomy.toml_lines import TomlWriting

_LONGEST = 80
MOST_STEPS = 50  # of a.b.c; the parser takes the square of it in time
_STEP = re.compile(r"\.\s?\w")
_QUOTED = re.compile(r"""\"[^"]*"|'[^']*'""")
_LINE = re.compile(r"at line (\d+)")
_QUOTES = "[“”„«»‘’＂「」]"

# What the parser says, what the line looks like, and how to mend it; the first that fits is told.
MENDS = (
    (r"Illegal character '\\n'", "", 'Close the text with " on the same line.'),
    ("Illegal character", "", "The line holds a character that cannot be seen: write it anew."),
    ("Unescaped", "", "Write a backslash twice, or the text between single quotes: '...'."),
    ("Invalid value", _QUOTES, 'Write straight quotes around a text: "...".'),
    ("Invalid value", r"=\s*(#.*)?$", 'Write a value behind =, such as "...", or delete the line.'),
    ("Invalid value", "", 'Write quotes around a text: "...".'),
    ("Unclosed array", "[，、；]", 'Write a plain comma between two phrases: ["...", "..."].'),
    ("Unclosed array", r'"\s+"', 'Write a comma between two phrases: ["...", "..."].'),
    ("Unclosed array", r'"[^",\[]*"[^",\]\s]', r'Write quotes inside a text as \", or “ and ”.'),
    ("Unclosed array", "", "Close the list that begins here or above with ]."),
    (r"\('touchpoints',\)|overwrite", r"^\s*\[+touchpoints\]",
     "Write [[touchpoints]], two brackets on either side, above every touchpoint."),
    ("overwrite", "", "This field stands above already: delete one of the two."),
    ("Cannot (declare|mutate)", "", "This table stands above already: make them one."),
    (r"Expected '\]\]'", "", "Close it with as many brackets as open it: [[touchpoints]]."),
    (r"Expected '\]'", "", "Close it with a bracket, such as [touchpoints.names]."),
    ("Expected '='", r"^\s*[\w.]+\s*:", 'Write = in place of the colon, such as key = "...".'),
    ("Expected '='", r"^\s*\w+ +\w+\s*=", 'Write a dot before the language: names.en = "...".'),
    ("Expected '='", "", 'Write = and a value, such as key = "...", or delete the line.'),
    ("Invalid statement", r"^\s*//", "Begin a remark with #."),
    ("Invalid statement", r"^\s*[{<]", "This is another format. Taxonomy.to_toml writes a file "
     "to start from."),
    ("Invalid statement", r"[^\x00-\x7f]", "Write the field's English name, such as names.ru."),
    ("Expected newline", r"[\"\]}]\s*,?\s*\w+\s*=", "Write each field on a line of its own."),
    ("Expected newline", r"[;,]\s*$", "Delete what stands behind the value."),
    ("Expected newline", r'=\s*".*"\s*,.*\]', 'Open the list with a bracket: ["...", "..."].'),
    ("Expected newline", r"=\s*'", 'Write a text with an apostrophe between double quotes: "...".'),
    ("Expected newline", '"', r'Write quotes inside a text as \", or “ and ”.'),
    ("key part|inline table", "", "Keep { ... } on one line, without a comma before }: "
     'names = {en = "...", pl = "..."}.'),
)  # fmt: skip


def read_toml(text: str, *, source: str) -> tuple[dict[str, Any], TomlWriting]:
    """Return what the text holds, and on which lines.

    Raises `TaxonomyError` for a text that is no TOML, with its line and how to mend it.
    """
    if any(len(_STEP.findall(_QUOTED.sub("", line))) > MOST_STEPS for line in text.split("\n")):
        raise TaxonomyError(
            f"{source} has a field of more than {MOST_STEPS} names with dots between them. "
            "Allowed: such as names.en. Taxonomy.to_toml writes a file to start from."
        )
    try:
        return tomllib.loads(text), TomlWriting(text.replace("\r\n", "\n"))
    except tomllib.TOMLDecodeError as error:
        raise TaxonomyError(_broken(text, str(error), source)) from error
    except (RecursionError, ValueError) as error:  # ValueError: a number of thousands of digits
        raise TaxonomyError(
            f"{source} nests lists too deeply, or holds a number too long to be one. Allowed: "
            'texts, and lists of texts: ["...", "..."]. Taxonomy.to_toml writes a file to start '
            "from."
        ) from error


def write_toml(content: Mapping[str, Any]) -> str:
    """Return a sound taxonomy's plain values as the text of a TOML file.

    >>> print(write_toml({"key": "bar", "names": {"en": "Bar"}, "touchpoints": []}))
    key = "bar"
    <BLANKLINE>
    [names]
    en = "Bar"
    <BLANKLINE>
    """
    lines = [*_plain_lines(content), *_table_lines(content, "")]
    for touchpoint in content["touchpoints"]:
        lines += ["", "[[touchpoints]]", *_plain_lines(touchpoint)]
        lines += _table_lines(touchpoint, "touchpoints.")
    return "\n".join(lines) + "\n"


def _plain_lines(record: Mapping[str, Any]) -> Iterator[str]:
    for field, value in record.items():
        if isinstance(value, str | int):
            yield f"{field} = {_toml_value(value)}"


def _table_lines(record: Mapping[str, Any], above: str) -> Iterator[str]:
    for field, words in record.items():
        if isinstance(words, Mapping) and words:
            yield from ("", f"[{above}{field}]")
            yield from (f"{language} = {_toml_value(value)}" for language, value in words.items())


def _toml_value(value: str | int | list[str]) -> str:
    # JSON's texts, numbers and lists are TOML's too.
    return json.dumps(value, ensure_ascii=False)


def _broken(text: str, message: str, source: str) -> str:
    lines = text.replace("\r\n", "\n").split("\n")
    found = _LINE.search(message)
    last = max((n for n, line in enumerate(lines, 1) if line.strip()), default=1)
    number = int(found[1]) if found else last
    line = lines[number - 1].strip()
    said = message.partition(" (at ")[0]
    mending = next(
        (advice for mistake, sign, advice in MENDS
         if re.search(mistake, said) and re.search(sign, line)),
        "Compare the line with what Taxonomy.to_toml writes, and correct it.",
    )  # fmt: skip
    shown = line if len(line) <= _LONGEST else f"{line[:_LONGEST]}…"
    return f"{source} is not valid TOML: line {number}, {shown!r}: {said}. {mending}"
