"""The report's words in one language, and how its numbers are written.

The words live in `phrases/<language>.toml`; a translation is one more file there.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from tpfeedback.errors import TpfeedbackError, unknown_name

NOT_KNOWN = "–"
_THIN = "\u00a0"  # a space that no line breaks at


@dataclass(frozen=True)
class Wording:
    """The phrases of one language; `phrases[section][key]` is a text with {holes}."""

    language: str
    phrases: Mapping[str, Mapping[str, Any]]

    def say(self, section: str, key: str, **filling: object) -> str:
        """Return one phrase with its holes filled.

        >>> load_wording("en").say("quotes", "row", row=7)
        'row 7'
        """
        return str(self.phrases[section][key]).format(**filling)

    def name(self, section: str, key: str) -> str:
        """Return the word for a key of a closed set; an unknown key stands for itself."""
        return str(self.phrases[section].get(key, key))


def available_wordings() -> tuple[str, ...]:
    """Return the codes of the languages that the report can be written in.

    >>> "en" in available_wordings()
    True
    """
    folder = files("tpfeedback.report") / "phrases"
    return tuple(
        sorted(f.name.removesuffix(".toml") for f in folder.iterdir() if f.name.endswith(".toml"))
    )


@cache
def load_wording(language: str = "en") -> Wording:
    """Return the words of `language`; raises `TpfeedbackError` where there are none."""
    known = available_wordings()
    if language not in known:
        raise TpfeedbackError(unknown_name("report language", language, known))
    source = files("tpfeedback.report") / "phrases" / f"{language}.toml"
    return Wording(language, tomllib.loads(source.read_text(encoding="utf-8")))


def number(value: float | None, decimals: int = 2, *, signed: bool = False) -> str:
    """Return a number with a true minus sign; a missing one is a dash.

    >>> number(-0.126), number(0.2, signed=True), number(None), number(-0.001)
    ('−0.13', '+0.20', '–', '0.00')
    """
    if value is None:
        return NOT_KNOWN
    shown = f"{abs(value):,.{decimals}f}".replace(",", _THIN)
    if not any(digit in shown for digit in "123456789"):
        return shown
    if value < 0:
        return f"−{shown}"
    return f"+{shown}" if signed else shown


def percent(share: float | None) -> str:
    r"""Return a share as a percentage; a small one keeps a digit more.

    >>> percent(0.123), percent(0.004), percent(0.0), percent(None)
    ('12\xa0%', '0.4\xa0%', '0\xa0%', '–')
    """
    if share is None:
        return NOT_KNOWN
    if 0 < share < 0.0005:
        return f"<0.1{_THIN}%"
    decimals = 1 if 0 < share < 0.0995 else 0
    return f"{100 * share:.{decimals}f}{_THIN}%"


def count(value: int) -> str:
    r"""Return a count with its thousands set apart.

    >>> count(12345)
    '12\xa0345'
    """
    return f"{value:,}".replace(",", _THIN)
