"""Amounts of time among the tokens of a text: "two and a half hours", "недели две", 一个多小时."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from tpfeedback.languages.durations import DAY, HALF_DAY, HOUR, Token, Triple

ABOUT = 0.2  # "about an hour" is an hour, give or take a fifth

BETWEEN = ("filler", "more", "about")  # kinds of words between a number and its unit
JOINTS = ("link", "also")  # kinds of words between hours and minutes


@dataclass(frozen=True, slots=True)
class Amount:
    """An amount of time from token `first` to token `last`; `minutes` and `unit` in minutes."""

    first: int
    last: int
    minutes: Triple
    unit: float


def amount_at(tokens: Sequence[Token], at: int, floor: int, *, alone: bool) -> Amount | None:
    """Return the amount of time whose (first) unit is the token `at`, or None.

    No token before `floor` is taken. With `alone`, the unit needs no number to mean one.
    """
    found = _at_unit(tokens, at, floor)
    if found is None and (alone or _one_or(tokens, at) or _goes_on(tokens, at)):
        found = _alone(tokens, at)
    return None if found is None else _with_rest(tokens, found)


def kind(tokens: Sequence[Token], at: int, floor: int = 0) -> str:
    """Return the kind of meaning of a token; "" where there is none."""
    if not floor <= at < len(tokens):
        return ""
    meaning = tokens[at].meaning
    return "" if meaning is None else meaning.kind


def _amount(tokens: Sequence[Token], at: int) -> Triple:
    meaning = tokens[at].meaning
    return meaning.amount if meaning else (0.0, 0.0, 0.0)


def _times(amount: Triple, factor: float) -> Triple:
    value, low, high = (part * factor for part in amount)
    return value, low, high


def _plus(one: Triple, other: Triple) -> Triple:
    return one[0] + other[0], one[1] + other[1], one[2] + other[2]


def _at_unit(tokens: Sequence[Token], at: int, floor: int) -> Amount | None:
    """Read the unit at `at` with the number before it, or after it where that is usual."""
    unit = _amount(tokens, at)[0]
    if kind(tokens, at) == "whole":
        return Amount(at, at, _amount(tokens, at), unit)
    before, between = at - 1, set()
    while (
        kind(tokens, before, floor) in BETWEEN
        or _is_hyphen(tokens, before, floor)
        or _is_ending(tokens, before, floor)
    ):
        between.add(kind(tokens, before))
        before -= 1
    number = _number(tokens, before, floor)
    if number is not None:
        amount, first = number
        value, low, high = HALF_DAY if (unit, amount[0]) == (DAY, 0.5) else _times(amount, unit)
        if "about" in between:
            low, high = low * (1 - ABOUT), high * (1 + ABOUT)
        return Amount(first, at, (value, low, math.inf if "more" in between else high), unit)
    return _inverted(tokens, at)


def _is_hyphen(tokens: Sequence[Token], at: int, floor: int) -> bool:
    """Whether a hyphen joins number and unit: "a 10-minute wait", "15-минутная"."""
    return (
        floor < at < len(tokens)
        and tokens[at].text == "-"
        and (tokens[at - 1].stop == tokens[at].start)
    )


def _is_ending(tokens: Sequence[Token], at: int, floor: int) -> bool:
    """Whether the word "и" ends a number in digits, no word of its own: "5-и", "5и"."""
    return (
        floor < at < len(tokens)
        and kind(tokens, at) == "also"
        and tokens[at - 1].stop == tokens[at].start
    )


def _number(tokens: Sequence[Token], at: int, floor: int) -> tuple[Triple, int] | None:
    """Return the number or range of numbers whose last token is `at`, and its first token."""
    single = _end(tokens, at, floor)
    if single is None:
        return None
    amount, first = single
    if kind(tokens, first - 1, floor) == "article" and amount[1] < amount[2]:
        return amount, first - 1  # "a few days", "a couple of hours"
    sign = kind(tokens, first - 1, floor)
    lower_at = first - 2 if sign in ("to", "and", *JOINTS) else first - 1
    lower = _end(tokens, lower_at, floor)
    if lower is None or not _is_range(tokens, lower[0], amount, first, lower_at):
        return single
    if sign != "to" and lower_at == first - 2 and kind(tokens, lower[1] - 1) != "between":
        return single  # "and" parts the ends of a range only after "between"
    return ((lower[0][0] + amount[0]) / 2, lower[0][1], amount[2]), lower[1]


def _end(tokens: Sequence[Token], at: int, floor: int) -> tuple[Triple, int] | None:
    """Return the number, with or without a fraction, whose last token is `at`."""
    if kind(tokens, at, floor) == "article":
        part = at - 1  # "half of an hour", "half-an-hour"
        while kind(tokens, part, floor) == "filler" or _is_hyphen(tokens, part, floor):
            part -= 1
        at = part if kind(tokens, part, floor) == "half" else at
    if kind(tokens, at, floor) == "half":
        return _half(tokens, at, floor)
    return _single(tokens, at, floor)


def _is_range(tokens: Sequence[Token], low: Triple, high: Triple, first: int, below: int) -> bool:
    """Whether two numbers are the ends of a range: they rise, and a sign or nothing parts them."""
    if not low[0] < high[0] or kind(tokens, below) == "article":
        return False
    if below == first - 2:
        return tokens[first - 1].text != "," or high[0] - low[0] == 1
    spelled = tokens[first].meaning, tokens[below].meaning
    return high[0] - low[0] <= 2 and all(m is not None and m.spelled for m in spelled)


def _single(tokens: Sequence[Token], at: int, floor: int) -> tuple[Triple, int] | None:
    """Return one number, "twenty-five" and "сто двадцать" put together, and its first token."""
    if kind(tokens, at, floor) not in ("number", "article"):
        return None
    amount, first = _amount(tokens, at), at
    while first > floor:
        before = first - 2 if tokens[first - 1].text == "-" else first - 1
        if kind(tokens, before, floor) != "number" or not _adds_up(tokens, before, first, amount):
            break
        amount, first = _plus(_amount(tokens, before), amount), before
    return amount, first


def _adds_up(tokens: Sequence[Token], before: int, at: int, amount: Triple) -> bool:
    tens, here = tokens[before].meaning, tokens[at].meaning
    if tens is None or here is None or not (tens.spelled and here.spelled):
        return False
    large = tens.amount[0]
    step = 100 if large >= 100 else 10
    return large >= 20 and large % 10 == 0 and amount[2] < step


def _half(tokens: Sequence[Token], at: int, floor: int) -> tuple[Triple, int]:
    """Return "half", "three quarters" or "two and a half", whose last token is `at`."""
    part, first = _counted(tokens, at, floor)
    before = first - 1
    while kind(tokens, before, floor) in ("link", "filler", "article") or _is_hyphen(
        tokens, before, floor
    ):
        before -= 1
    whole = _single(tokens, before, floor)
    parted = any(token.text != "-" for token in tokens[before + 1 : first])
    if whole is not None and whole[0][0] >= 1 and (parted or _in_signs(tokens, at)):
        return _plus(whole[0], part), whole[1]
    return part, first - 1 if kind(tokens, first - 1, floor) == "article" else first


def _counted(tokens: Sequence[Token], at: int, floor: int) -> tuple[Triple, int]:
    """Return "half" or "three quarters", whose last token is `at`, without a whole number."""
    part = _amount(tokens, at)
    before = at - 2 if _is_hyphen(tokens, at - 1, floor) else at - 1
    if kind(tokens, before, floor) == "number" and not _in_signs(tokens, at):
        count = _amount(tokens, before)[0]
        if count * part[0] < 1 and part[0] < 0.5:  # nobody counts halves
            return _times(part, count), before
    return part, at


def _in_signs(tokens: Sequence[Token], at: int) -> bool:
    """Whether a number is written in digits and signs, as ½, 3/4 and 12 are."""
    meaning = tokens[at].meaning
    return meaning is not None and not meaning.spelled


def _inverted(tokens: Sequence[Token], at: int) -> Amount | None:
    """Read "недели две", "минут через 15": the number after its unit means about so many."""
    meaning = tokens[at].meaning
    if meaning is None or not meaning.inverted:
        return None
    after = at + 1
    if kind(tokens, after) == "preposition":
        after += 1
    if kind(tokens, after) != "number" or _amount(tokens, after)[0] < 1.5:
        return None
    last = after
    for stop in (after + 2, after + 1):
        number = _number(tokens, stop, after)
        if number is not None and number[1] == after:
            last = stop
            break
    amount = (_number(tokens, last, after) or (_amount(tokens, last), last))[0]
    if kind(tokens, last + 1) == "unit":
        return None  # the number belongs to the next unit
    value, low, high = _times(amount, meaning.amount[0])
    if low == high:
        low, high = value * (1 - ABOUT), value * (1 + ABOUT)
    return Amount(at, last, (value, low, high), meaning.amount[0])


def _alone(tokens: Sequence[Token], at: int) -> Amount | None:
    meaning = tokens[at].meaning
    if meaning is None or not meaning.alone:
        return None
    return Amount(at, at, meaning.amount, meaning.amount[0])


def _one_or(tokens: Sequence[Token], at: int) -> bool:
    """Whether "or two" follows: a larger number with no unit of its own."""
    return (
        kind(tokens, at + 1) == "to"
        and kind(tokens, at + 2) == "number"
        and 1 < _amount(tokens, at + 2)[0] <= 5
        and kind(tokens, at + 3) not in ("unit", "number")
    )


def _goes_on(tokens: Sequence[Token], at: int) -> bool:
    """Whether more follows an hour, which then needs no number: "час и двадцать минут"."""
    if kind(tokens, at + 1) not in JOINTS or not math.isclose(_amount(tokens, at)[0], HOUR):
        return False
    alone = _alone(tokens, at)
    return alone is not None and _with_rest(tokens, alone) != alone


def _with_rest(tokens: Sequence[Token], found: Amount) -> Amount:
    """Add what goes on: "неделю | -две", "an hour | and a half", "1 ч | 20 мин"."""
    if math.isclose(found.minutes[0], found.unit) and _one_or(tokens, found.last):
        most = _amount(tokens, found.last + 2)[0] * found.unit
        middle = (found.unit + most) / 2
        return Amount(found.first, found.last + 2, (middle, found.unit, most), found.unit)
    return (
        _and_a_half(tokens, found)
        or _and_smaller(tokens, found)
        or _and_minutes(tokens, found)
        or found
    )


def _and_a_half(tokens: Sequence[Token], found: Amount) -> Amount | None:
    half = found.last + 1
    while kind(tokens, half) in ("link", "article") and tokens[half].text != ",":
        half += 1
    if kind(tokens, half) != "half" or kind(tokens, half + 1) in ("unit", "filler", "article"):
        return None
    if half == found.last + 1 and tokens[half].start > tokens[found.last].stop:
        return None  # 三天半 is written together
    more = _times(_amount(tokens, half), found.unit)
    return Amount(found.first, half, _plus(found.minutes, more), found.unit)


def _and_minutes(tokens: Sequence[Token], found: Amount) -> Amount | None:
    """Add minutes without a unit, where no other word can own them: "an hour twenty.", 1h30."""
    after = found.last + 1
    if not math.isclose(found.unit, HOUR) or kind(tokens, after) != "number":
        return None
    stop = after + 1 if after + 1 < len(tokens) and kind(tokens, after + 1) == "number" else after
    number = _number(tokens, stop, after)
    own = stop + 1 == len(tokens) or tokens[stop + 1].text in ".,!?;)…"
    own = own or tokens[found.last].text.lower() in ("h", "ч")
    if number is None or number[1] != after or not own or not 5 <= number[0][0] < 60:
        return None
    return Amount(found.first, stop, _plus(found.minutes, number[0]), found.unit)


def _and_smaller(tokens: Sequence[Token], found: Amount) -> Amount | None:
    after = found.last + 1
    while kind(tokens, after) in JOINTS or (after < len(tokens) and tokens[after].text == "."):
        after += 1
    for unit in range(after + 1, after + 4):
        if kind(tokens, unit) in ("unit", "part") and _amount(tokens, unit)[0] < found.unit:
            number = _number(tokens, unit - 1, after)
            if number is None or number[1] != after:
                return None
            more = _times(number[0], _amount(tokens, unit)[0])
            if more[0] >= found.unit:
                return None  # "1 hour and 90 minutes" are two lengths
            return Amount(found.first, unit, _plus(found.minutes, more), found.unit)
    return None
