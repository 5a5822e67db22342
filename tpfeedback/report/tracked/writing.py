"""How each kind of value is written: shares, points, gains, money, times."""

from __future__ import annotations

from typing import Any

from tpfeedback.report.records import Facts
from tpfeedback.report.speech import Speech
from tpfeedback.wording import NOT_KNOWN

WORDS = ("word", "text", "date", "touchpoint", "stage", "language")
SURE = 0.05


def write(speech: Speech, kind: str, name: str, value: Any) -> str:
    """Return a value in the words of the report, marked as the figure `name`.

    Kinds: "number" and "change" (in units of the outcome, the latter with its sign), "gain" and
    "gain_change" (the same, with the digits of prizes), "share", "points" and "size" (a difference
    of shares, with or without its sign), "count", "decimal", "ratio", "money", "times" (a rate of
    return), "minutes", "date"; "word" is a key of our own, "touchpoint", "stage" and "language"
    are keys that have names, "text" is told as it is.
    """
    if value is None:
        return NOT_KNOWN
    if kind in _MEASURES:
        measure, signed = _MEASURES[kind]
        return str(getattr(speech, measure)(name, value, signed=signed))
    if kind in ("share", "times"):
        return speech.percent(name, value)
    if kind in ("count", "date", "minutes"):
        return str(getattr(speech, kind)(name, value))
    if kind in _DIGITS:
        return speech.written(name, value, decimals=_DIGITS[kind])
    return _worded(speech, kind, str(value))


_MEASURES = {
    "number": ("number", False), "change": ("number", True), "gain": ("gain", False),
    "gain_change": ("gain", True), "points": ("points", True), "size": ("points", False),
}  # fmt: skip
_DIGITS = {"money": 0, "decimal": 3, "ratio": 1}


def _worded(speech: Speech, kind: str, value: str) -> str:
    if kind == "word":
        return speech.words.name("tracking", value)
    if kind == "touchpoint":
        return speech.touchpoint(value)
    if kind in ("stage", "language"):
        return speech.words.name(f"{kind}s", value)
    return value


def written_interval(
    speech: Speech, kind: str, name: str, one: Facts, measure: str, *, key: str = ""
) -> str:
    """Return "0.12 to 0.30" for the interval of a measure, or that it is not known.

    The figures are `<name>_low` and `<name>_high`, with the `key` of a row behind them.
    """
    ends = (
        write(speech, kind, f"{name}_{end}{key and f'.{key}'}", one[f"{measure}_{end}"])
        for end in ("low", "high")
    )
    return speech.interval(*ends)


def is_sure(one: Facts, measure: str) -> bool:
    """Tell whether the 95 % interval of a measure leaves out zero."""
    low, high = one[f"{measure}_low"], one[f"{measure}_high"]
    return low is not None and high is not None and (low > 0 or high < 0)
