"""How each language compares with rivals: one file a language, found by its name.

A file holds the words of better and worse, what may be a rival, and the sentences that bring them
together; how they are read stands in `tpfeedback.comparatives`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module


@dataclass(frozen=True)
class ComparativeWords:
    """What tpfeedback knows of comparisons in one language.

    `hint` is found in every text that has a comparison and costs little. `forms` are (verdict,
    pattern) with the verdict from our side: "win", "loss", "equal" or "open"; where two overlap,
    the one that starts first holds, then the one named first. The group `rival` of a pattern is
    the rival, the group `name` its name, if told. `no_rival` is found at the start of what is no
    rival although it looks like one, and `past` where the comparison is with the past of the same
    supplier ("used to be better"); `names` are the forms of well-known names.
    """

    hint: re.Pattern[str]
    forms: tuple[tuple[str, re.Pattern[str]], ...]
    no_rival: re.Pattern[str]
    past: re.Pattern[str]
    names: Mapping[str, str]


@cache
def load_comparative_words(code: str) -> ComparativeWords:
    """Return the comparisons of language `code`, one of `available_languages()`."""
    words: ComparativeWords = import_module(f"{__name__}.{code}").COMPARATIVES
    return words


def name_forms(table: str) -> dict[str, str]:
    """Return form → name for a table of lines, a name first and then its other forms.

    >>> name_forms("ozon ozonie")
    {'ozon': 'ozon', 'ozonie': 'ozon'}
    """
    lines = [line.split() for line in table.splitlines() if line.strip()]
    return {form.replace("_", " "): line[0].replace("_", " ") for line in lines for form in line}


def any_of(names: Mapping[str, str]) -> str:
    """Return a pattern for any form of the names, whole words."""
    longest_first = sorted(names, key=lambda name: (-len(name), name))
    return rf"(?:{'|'.join(map(re.escape, longest_first))})(?!\w)"


def forms(
    table: tuple[tuple[str, str], ...], **parts: str
) -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Return the compiled forms; `<part>` in a pattern stands for the part of that name.

    >>> forms((("win", "<better> than"),), better="faster")[0][1].pattern
    '(?:faster) than'
    """
    result = []
    for verdict, form in table:
        pattern = form
        for name, part in parts.items():
            pattern = pattern.replace(f"<{name}>", f"(?:{part})")
        result.append((verdict, re.compile(pattern, re.IGNORECASE)))
    return tuple(result)
