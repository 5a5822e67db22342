"""Facts told in the words of one language, each figure known by its name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from tpfeedback.report.passages import shortened
from tpfeedback.report.records import Facts
from tpfeedback.wording import NOT_KNOWN, Wording

Mark = Callable[[str, str], str]
"""From the name of a figure and the text that shows it to what stands in the sentence."""

LONGEST_REMARK = 700
# Units of time: minutes in one, and the minutes up to which it is used.
_TIMES = (("minutes", 1.0, 90.0), ("hours", 60.0, 2880.0), ("days", 1440.0, float("inf")))


def plainly(name: str, shown: str) -> str:
    """Return the text alone: the mark of whoever has no use for names."""
    return shown


@dataclass(frozen=True)
class Speech:
    """Writes numbers and names; a number that has a name in `figures` goes through `mark`."""

    facts: Facts
    words: Wording
    mark: Mark = plainly

    def say(self, section: str, key: str, **filling: object) -> str:
        """Return a phrase with its holes filled."""
        return self.words.say(section, key, **filling)

    def number(self, name: str, value: float | None, *, signed: bool = False) -> str:
        """Return a number in units of the outcome, with as many digits as matter there."""
        digits = self.facts["outcome"]["decimals"]
        return self._marked(name, value, self.words.number(value, digits, signed=signed))

    def gain(self, name: str, value: float | None, *, signed: bool = False) -> str:
        """Return a prize or what belongs to it: small beside the outcome, so with more digits."""
        digits = self.facts["outcome"]["gain_decimals"]
        return self._marked(name, value, self.words.number(value, digits, signed=signed))

    def percent(self, name: str, share: float | None) -> str:
        """Return a share (0-1) as a percentage."""
        return self._marked(name, share, self.words.percent(share))

    def points(self, name: str, change: float | None, *, signed: bool = True) -> str:
        """Return the difference of two shares in percentage points, with its sign."""
        shown = NOT_KNOWN if change is None else self.words.number(100 * change, 1, signed=signed)
        return self._marked(name, change, shown)

    def count(self, name: str, value: int | None) -> str:
        """Return a count."""
        shown = NOT_KNOWN if value is None else self.words.count(value)
        return self._marked(name, value, shown)

    def and_more(self, name: str, more: int) -> str:
        """Return what stands behind a list of names that leaves out so many; "" for none."""
        if more <= 0:
            return ""
        return self.say("tracking", "and_more", count=self.count(name, more))

    def written(self, name: str, value: float | None, *, decimals: int) -> str:
        """Return a number with so many digits after the point."""
        return self._marked(name, value, self.words.number(value, decimals))

    def minutes(self, name: str, value: float | None) -> str:
        """Return a length of time, given in minutes: in minutes, hours or days."""
        if value is None:
            return NOT_KNOWN
        unit, size = next((unit, size) for unit, size, most in _TIMES if abs(value) < most)
        amount = round(value / size, 1)
        whole = amount.is_integer()
        shown = self.words.number(amount, 0 if whole else 1)
        n = int(abs(amount)) if whole else abs(amount)
        return self._marked(name, value, self.say("tracking", unit, n=n, count=shown))

    def date(self, name: str, value: str | None) -> str:
        """Return a day, a month or a year."""
        shown = NOT_KNOWN if value is None else self.words.date(value)
        return self._marked(name, value, shown)

    def interval(self, low: str, high: str) -> str:
        """Return "0.12 to 0.30" of two texts, or "not known": it stands behind "95% interval"."""
        if NOT_KNOWN in (low, high):
            return self.say("ranking", "ends_unknown")
        return self.say("ranking", "interval", low=low, high=high)

    @cached_property
    def names(self) -> dict[str, str]:
        """Name of every touchpoint in this language."""
        language = self.words.language
        return {key: names.get(language, key) for key, names in self.facts["names"].items()}

    def touchpoint(self, key: str) -> str:
        """Return the touchpoint's name."""
        return self.names.get(key, key)

    def remark(self, record: Facts) -> str:
        """Return a note, a warning or a reason in this language, as far as it can be told."""
        return shortened(self.words.note(record, self.names), LONGEST_REMARK)

    def explained(self) -> str:
        """Return what was explained alone, such as "mean rating"."""
        outcome = self.facts["outcome"]
        return self.say("outcome", outcome["kind"], name=outcome["name"])

    def outcome(self) -> str:
        """Return what was explained, such as "mean rating (scale 1-5, now 3.61)"."""
        outcome, what = self.facts["outcome"], self.explained()
        mean = self.number("outcome.mean", outcome["mean"])
        key = "scale" if outcome["scale"] else "without_scale"
        return self.say("outcome", key, what=what, scale=outcome["scale"], mean=mean)

    def _marked(self, name: str, value: object, shown: str) -> str:
        return shown if value is None else self.mark(name, shown)
