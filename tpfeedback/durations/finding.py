"""Finds the lengths of time that a text tells, and leaves out those that are no waits."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from tpfeedback.durations.amounts import ABOUT, JOINTS, Amount, amount_at, kind
from tpfeedback.languages import available_languages
from tpfeedback.languages.durations import (
    HOUR,
    YEAR,
    DurationWords,
    Token,
    load_duration_words,
)

WINDOW = 48  # characters that are read on either side of a duration
CALENDAR = 1900  # so many years are a date
MILITARY = 1000 * HOUR  # 1045 hours are a time of the day


@dataclass(frozen=True, slots=True)
class Duration:
    """A length of time: `text[start:stop]` says `minutes`, between `minutes_low` and `_high`.

    Where only one end is told ("over two weeks", "less than an hour"), `minutes` is that end;
    the other is 0, or infinity.
    """

    start: int
    stop: int
    minutes: float
    minutes_low: float
    minutes_high: float


def find_durations(text: str, language: str) -> tuple[Duration, ...]:
    """Return the durations of `text` in order, none overlapping; () in an unknown language.

    A month has 30 days, a year 365, a day 24 hours, but half a day is 4 hours. "A few" (kilka,
    несколько, 几) is 4, between 2 and 9. The time is linear in the length of the text.

    >>> find_durations("Waited for an hour and a half, then 3-4 days more", "en")
    (Duration(start=11, stop=29, minutes=90.0, minutes_low=90.0, minutes_high=90.0),
     Duration(start=36, stop=44, minutes=5040.0, minutes_low=4320.0, minutes_high=5760.0))
    """
    if language not in available_languages():
        return ()
    words = load_duration_words(language)
    text = text.translate(words.plain)
    if words.hint.search(text) is None:
        return ()
    tokens = words.tokens(text)
    result: list[Duration] = []
    free = 0  # the first character that no amount has taken
    for found in _ranges(_amounts(text, tokens, words), tokens):
        told = _told(text, tokens, found, words, free)
        if told is not None:
            result.append(told)
        free = max(tokens[found.last].stop, told.stop if told is not None else 0)
    return tuple(result)


def _amounts(text: str, tokens: Sequence[Token], words: DurationWords) -> list[Amount]:
    """Return every amount of time, whatever stands around it."""
    result: list[Amount] = []
    free = 0  # the first token that no amount has taken
    for at, token in enumerate(tokens):
        if at >= free and kind(tokens, at) in ("unit", "whole"):
            before = max(0, token.start - WINDOW)
            alone = words.alone_after.search(text, before, token.start) is not None or (
                bool(result) and result[-1].last == at - 2 and kind(tokens, at - 1) == "to"
            )
            found = amount_at(tokens, at, free, alone=alone)
            if found is not None:
                result.append(found)
                free = found.last + 1
    return result


def _ranges(amounts: Sequence[Amount], tokens: Sequence[Token]) -> list[Amount]:
    """Join the two ends of a range that each have a unit: "30 minutes to an hour"."""
    result: list[Amount] = []
    for amount in amounts:
        lower = result[-1] if result else None
        if (
            lower is not None
            and amount.first == lower.last + 2
            and _parts_ends(tokens, lower)
            and lower.minutes[0] < amount.minutes[0]
        ):
            minutes = (lower.minutes[0] + amount.minutes[0]) / 2
            ends = (minutes, lower.minutes[1], amount.minutes[2])
            result[-1] = Amount(lower.first, amount.last, ends, amount.unit)
        else:
            result.append(amount)
    return result


def _parts_ends(tokens: Sequence[Token], lower: Amount) -> bool:
    """Whether the word after `lower` leads to the upper end of a range."""
    sign = kind(tokens, lower.last + 1)
    after_between = kind(tokens, lower.first - 1) == "between"
    return sign == "to" or (after_between and sign in ("and", *JOINTS))


def _told(
    text: str, tokens: Sequence[Token], amount: Amount, words: DurationWords, free: int
) -> Duration | None:
    """Return the duration with what stands around it, or None where it is no wait.

    It takes no character before `free`: in "20 min3 days" the word min is that of the minutes.
    """
    start, stop = tokens[amount.first].start, tokens[amount.last].stop
    before = _sentence_before(text, start, words, WINDOW)
    after = _sentence_after(text, stop, words)
    taken = max(0, free - (start - len(before)))
    bounded = _bounded(Duration(start, stop, *amount.minutes), before[taken:], after, words)
    if amount.minutes[2] < bounded.minutes_high == math.inf and _is_denied(text, bounded, words):
        bounded = replace(bounded, minutes_low=0.0, minutes_high=amount.minutes[2])
    before = before[: len(before) - (start - bounded.start)]
    after = after[bounded.stop - stop :]
    framed = f"{before}[{text[bounded.start : bounded.stop]}]{after}"
    if _is_no_length(amount, words, before, after):
        return None
    refused = any(why.search(before) for why in words.refused_before.values()) or any(
        why.match(after) for why in words.refused_after.values()
    )
    refused = refused or any(why.search(framed) for why in words.refused_framed.values())
    return None if refused else bounded


def _sentence_before(text: str, start: int, words: DurationWords, window: int) -> str:
    return words.sentence_end.split(text[max(0, start - window) : start])[-1]


def _sentence_after(text: str, stop: int, words: DurationWords) -> str:
    return words.sentence_end.split(text[stop : stop + WINDOW], maxsplit=1)[0]


def _is_denied(text: str, duration: Duration, words: DurationWords) -> bool:
    """Whether nobody waited so long: "never waited [more than 5 minutes]" is at most 5."""
    before = _sentence_before(text, duration.start, words, 2 * WINDOW)
    after = _sentence_after(text, duration.stop, words)
    return bool(words.denied_before.search(before) or words.denied_after.match(after))


def _is_no_length(amount: Amount, words: DurationWords, before: str, after: str) -> bool:
    """Whether it is nothing at all, a calendar year, or years that nobody waits."""
    years = amount.minutes[0] / YEAR
    waited = words.waiting.search(before) or words.waiting.search(after)
    clock = before[-1:] == ":" and before[-2:-1].isdecimal()  # 1:30 minutes, 10:30 h
    clock = clock or (amount.unit == HOUR and amount.minutes[0] >= MILITARY)
    return clock or not 0 < years < CALENDAR or (amount.unit == YEAR and waited is None)


def _bounded(duration: Duration, before: str, after: str, words: DurationWords) -> Duration:
    """Read the words right around: more than, at most, about; they become part of it."""
    start, stop = duration.start, duration.stop
    low, high = duration.minutes_low, duration.minutes_high
    word, taken = _bound(before, words, is_range=low < high)
    start -= taken
    over = words.over_after.match(after)
    about = words.about_after.match(after)
    if word == "over" or over:
        high = math.inf
    elif word == "under":
        low = 0.0
    if word == "about" or about:
        low, high = low * (1 - ABOUT), high * (1 + ABOUT)
    end = over or about
    stop += end.end() if end else 0
    return Duration(start, stop, duration.minutes, low, high)


def _bound(before: str, words: DurationWords, *, is_range: bool) -> tuple[str, int]:
    """Return what the words right before say, and how many characters they take.

    Where two patterns fit, the longer one is meant: "not more than" before "more than".
    """
    patterns = {
        "about": words.about_before,
        "over": words.over_before,
        "range": words.range_before,
        "under": words.under_before,
    }
    fits = {name: found for name, p in patterns.items() if (found := p.search(before))}
    if not is_range:
        fits.pop("range", None)
    if not fits:
        return "", 0
    word = min(fits, key=lambda name: (fits[name].start(), name != "range", name))
    return word, len(before) - fits[word].start()
