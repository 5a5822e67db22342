"""The words of one language, how it writes numbers, and notes that can be told in any of them.

The words live in `phrases/<language>.toml`; a translation is one more file there. What the
program has to remark (a note of reading, a warning) is a `Note`: an English sentence that
knows which phrase it was made from, so that a report can tell it in its own language.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from math import isinf, isnan
from string import Formatter
from typing import Any

from tpfeedback.errors import TpfeedbackError, unknown_name

NOT_KNOWN = "–"
_MINUS = "−"
# Values of a note with such a name are touchpoints' keys: told by the names the reader knows.
_TOUCHPOINT = "touchpoint"
# Notes that a table keeps as plain text (why a row was rejected) are known again by their words.
_REJECTED = "rejected_"


class Note(str):
    """An English sentence that knows the `key` of its phrase in [notes] and its `values`.

    It is a plain `str` to everyone who only reads it. `values` are plain: JSON can hold them.
    """

    key: str
    values: Mapping[str, Any]

    def __new__(  # noqa: D102
        cls, text: str, key: str = "", values: Mapping[str, Any] | None = None
    ) -> Note:
        note = super().__new__(cls, text)
        note.key = key
        note.values = dict(values or {})
        return note

    @property
    def record(self) -> dict[str, Any]:
        """The note as plain values: `{"text", "key", "values"}`."""
        return {"text": str(self), "key": self.key, "values": dict(self.values)}


@dataclass(frozen=True)
class Wording:
    """The phrases of one language; `phrases[section][key]` is a text with {holes}.

    A phrase may be a table of plural forms instead (one, few, many, other, as CLDR names them);
    the filling `n` chooses among them, or without one the first count. A hole may say how its
    number is written: `{x:.2f}` (number), `{x:+.2f}` (with its sign), `{x:g}` (as many digits as
    it has), `{x:n}` (count), `{x:%}` (share); a list is joined by what its hole says: `{x:; }`.
    """

    language: str
    phrases: Mapping[str, Mapping[str, Any]]

    def say(self, section: str, key: str, **filling: object) -> str:
        """Return one phrase with its holes filled.

        >>> load_wording("en").say("quotes", "row", row=7)
        'row 7'
        """
        phrase = self.phrases[section][key]
        if isinstance(phrase, Mapping):
            number = filling["n"] if "n" in filling else filling[_first_count(phrase["other"])]
            form = str(_locale(self.language).plural_form(number))
            phrase = phrase.get(form, phrase["other"])
        return _Filler(self).vformat(phrase, (), filling)

    def name(self, section: str, key: str) -> str:
        """Return the word for a key of a closed set; an unknown key stands for itself."""
        return str(self.phrases[section].get(key, key))

    def number(self, value: float | None, decimals: int = 2, *, signed: bool = False) -> str:
        r"""Return a number with a true minus sign; a missing one is a dash.

        >>> english, polish = load_wording("en"), load_wording("pl")
        >>> english.number(-1234.5, 1), english.number(0.2, signed=True), english.number(None)
        ('−1,234.5', '+0.20', '–')
        >>> polish.number(-12345.6, 1)
        '−12\xa0345,6'
        """
        if value is None or isnan(value):
            return NOT_KNOWN
        if isinf(value):
            return f"{_MINUS}∞" if value < 0 else "∞"
        shown = self._decimal(abs(float(value)), decimals)
        if not any(digit in shown for digit in "123456789"):
            return shown
        if value < 0:
            return f"{_MINUS}{shown}"
        return f"+{shown}" if signed else shown

    def shortest(self, value: float, spec: str = "g") -> str:
        """Return a number with as many digits as it has, as the format "g" or ".4g" counts them.

        >>> load_wording("ru").shortest(-0.5)
        '−0,5'
        """
        return format(value, spec).replace("-", _MINUS).replace(".", self.number(0, 1)[1])

    def percent(self, share: float | None, *, decimals: int | None = None) -> str:
        r"""Return a share as a percentage; by default a small one keeps a digit more.

        >>> english = load_wording("en")
        >>> english.percent(0.123), english.percent(0.004), english.percent(None)
        ('12%', '0.4%', '–')
        >>> load_wording("ru").percent(0.004)
        '0,4\xa0%'
        """
        if share is None or isnan(share):
            return NOT_KNOWN
        if 0 < share < 0.0005:
            return f"<{self._percentage(0.001, 1)}"
        if decimals is None:
            decimals = 1 if 0 < abs(share) < 0.0995 else 0
        shown = self._percentage(abs(float(share)), decimals)
        return f"{_MINUS}{shown}" if share < 0 else shown

    def count(self, value: int) -> str:
        """Return a count with its thousands set apart.

        >>> load_wording("en").count(12345)
        '12,345'
        """
        return self._decimal(int(value), 0)

    def date(self, iso: str) -> str:
        r"""Return a day, a month or a year, given as ISO writes it; other text as it is.

        >>> english = load_wording("en")
        >>> english.date("2024-03-05"), english.date("2024-03"), english.date("2024")
        ('Mar 5, 2024', 'Mar 2024', '2024')
        """
        from datetime import date

        from babel.dates import format_date, format_skeleton

        if re.fullmatch(r"\d{4}-\d\d", iso):
            return format_skeleton("yMMM", date.fromisoformat(f"{iso}-01"), locale=self.language)
        try:
            day = date.fromisoformat(iso[:10])
        except ValueError:
            return iso
        return format_date(day, "medium", locale=self.language)

    def note(self, note: str | Mapping[str, Any], names: Mapping[str, str] | None = None) -> str:
        """Return a `Note`, or the record of one, in this language; any other text as it is.

        `names` gives the name to show for a touchpoint's key.
        """
        record = note if isinstance(note, Mapping) else note_record(note)
        if record["key"] not in self.phrases["notes"]:
            return str(record["text"])
        known = names or {}
        values = {k: self._told(k, v, known) for k, v in record["values"].items()}
        return self.say("notes", record["key"], **values)

    def _told(self, name: str, value: Any, names: Mapping[str, str]) -> Any:
        """Return a value of a note as it is filled in: touchpoints by name, notes in words."""
        if isinstance(value, Mapping):
            return self.note(value, names)
        if isinstance(value, list | tuple):
            return [self._told(name, one, names) for one in value]
        return names.get(value, value) if name.startswith(_TOUCHPOINT) else value

    def _decimal(self, value: float, decimals: int) -> str:
        pattern = _locale(self.language).decimal_formats[None].pattern
        return _written(value, pattern.replace("0.###", "0"), decimals, self.language)

    def _percentage(self, share: float, decimals: int) -> str:
        pattern = _locale(self.language).percent_formats[None].pattern
        return _written(share, pattern, decimals, self.language)


class _Filler(Formatter):
    """Fills holes; a number is written as the language does."""

    def __init__(self, words: Wording) -> None:
        self._words = words

    def format_field(self, value: Any, format_spec: str) -> str:
        words = self._words
        if isinstance(value, list | tuple):
            return format_spec.join(map(str, value))
        if not format_spec or isinstance(value, str):
            return str(value)
        if format_spec == "n":
            return words.count(value)
        if format_spec == "%":
            return words.percent(value)
        if format_spec.endswith("g"):
            return words.shortest(value, format_spec)
        decimals = int(format_spec.strip("+.f"))
        return words.number(value, decimals, signed=format_spec.startswith("+"))


def write_note(key: str, **values: Any) -> Note:
    """Return the note `key` of section [notes] in English, with its holes filled by `values`.

    A value is a text, a number, a list of texts or another note.
    """
    plain = {name: _plain(value) for name, value in values.items()}
    record = {"text": "", "key": key, "values": plain}
    if key not in load_wording().phrases["notes"]:
        raise KeyError(key)
    return Note(load_wording().note(record), key, plain)


def note_record(note: str) -> dict[str, Any]:
    """Return a note or any other text as `{"text", "key", "values"}`; other text has no key.

    >>> note_record("no text")["key"], note_record("hello")["key"]
    ('rejected_no_text', '')
    """
    if isinstance(note, Note):
        return note.record
    for key, pattern in _rejections().items():
        if found := pattern.fullmatch(str(note)):
            return {"text": str(note), "key": key, "values": found.groupdict()}
    return {"text": str(note), "key": "", "values": {}}


def known_note(text: str) -> Note:
    """Return the note that a plain text is (see `note_record`); other text is one without a key."""
    record = note_record(text)
    return Note(record["text"], record["key"], record["values"])


def available_wordings() -> tuple[str, ...]:
    """Return the codes of the languages that there are words for.

    >>> "en" in available_wordings()
    True
    """
    folder = files("tpfeedback") / "phrases"
    return tuple(
        sorted(f.name.removesuffix(".toml") for f in folder.iterdir() if f.name.endswith(".toml"))
    )


@cache
def load_wording(language: str = "en") -> Wording:
    """Return the words of `language`; raises `TpfeedbackError` where there are none."""
    known = available_wordings()
    if language not in known:
        raise TpfeedbackError(unknown_name("report language", language, known))
    source = files("tpfeedback") / "phrases" / f"{language}.toml"
    return Wording(language, tomllib.loads(source.read_text(encoding="utf-8")))


def _written(value: float, pattern: str, decimals: int, language: str) -> str:
    """Return `value` by a locale's `pattern` for whole numbers, with `decimals` after the point."""
    from babel.numbers import format_decimal

    digits = f"0.{'0' * decimals}" if decimals else "0"
    return str(format_decimal(value, format=pattern.replace("0", digits), locale=language))


@cache
def _rejections() -> dict[str, re.Pattern[str]]:
    """Return the English reasons of rejected rows as patterns, by their keys."""
    phrases = load_wording().phrases["notes"]
    chosen = {key: text for key, text in phrases.items() if key.startswith(_REJECTED)}
    hole = re.compile(r"\\\{(\w+)\\\}")
    return {k: re.compile(hole.sub(r"(?P<\1>\\d+)", re.escape(v))) for k, v in chosen.items()}


@cache
def _locale(language: str) -> Any:
    from babel import Locale

    return Locale.parse(language)


def _first_count(phrase: str) -> str:
    return next(str(name) for _, name, spec, _ in Formatter().parse(phrase) if spec == "n")


def _plain(value: Any) -> Any:
    """Return `value` as JSON can hold it."""
    if isinstance(value, Note):
        return value.record
    if isinstance(value, str):
        return str(value)
    if isinstance(value, Mapping):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(one) for one in value]
    return value.item() if hasattr(value, "item") else value
