"""How each language compares with rivals: one file a language, found by its name.

A file holds the words of better and worse, what may be a rival, and the sentences that bring them
together; how they are read stands in `tpfeedback.comparatives`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
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
    supplier ("used to be better"); `names` are the forms of well-known names, and `endings` what
    may follow the other names. `plain` are characters that are read as others, one as one.

    `denied` is found in what stands before a comparison that its clause takes back ("I never had
    better elsewhere"), and `denied_after` behind such a one; both are asked about the words before
    the group `said` too, where the rival is told before better or worse. A form with the group
    `apart` tells its negation itself or is an advice, and nothing around it takes it back.
    """

    hint: re.Pattern[str]
    forms: tuple[tuple[str, re.Pattern[str]], ...]
    no_rival: re.Pattern[str]
    past: re.Pattern[str]
    names: Mapping[str, str]
    denied: re.Pattern[str]
    denied_after: re.Pattern[str]
    endings: tuple[str, ...] = ()
    plain: Mapping[int, int] = field(default_factory=dict)


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


def denials(no: str, said: str, pause: str) -> re.Pattern[str]:
    """Return the pattern of a text that ends inside what a negation denies.

    That is `no` or `said`, a denial with its "that", and then no `pause`, where a clause ends.

    >>> pattern = denials("not", "not sure that", "that|but")
    >>> [bool(pattern.search(text)) for text in ("not ", "not so but ", "not sure that it is ")]
    [True, False, True]
    """
    # A clause is short, and the bound keeps the time linear in the length of the text.
    return re.compile(rf"(?:{said}|{no})(?:(?!{pause}).){{0,80}}\Z", re.IGNORECASE)


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
