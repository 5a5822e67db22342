"""Cells that hold a rating: numbers in any spelling, stars, and words."""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from typing import TypeGuard

import pandas as pd

# Ladders of words from worst to best, one script per table. A column is read by the first ladder
# that holds all its words; the lowest step is 1, in a ladder of two steps it is 0.
LADDERS_ZH = (
    ("很差", "差", "一般", "好", "很好"),
    ("很差", "一般", "好", "很好", "非常好"),
    ("非常差", "差", "一般", "好", "非常好"),
    ("极差", "差", "一般", "好", "极好"),
    ("很差", "较差", "一般", "较好", "很好"),
    ("非常不满意", "不满意", "一般", "满意", "非常满意"),
    ("很不满意", "不满意", "一般", "满意", "很满意"),
    ("非常不同意", "不同意", "一般", "同意", "非常同意"),
    ("一星", "二星", "三星", "四星", "五星"),
    ("差评", "中评", "好评"),
    ("不推荐", "推荐"),
    ("否", "是"),
)
LADDERS_RU = (
    ("ужасно", "плохо", "нормально", "хорошо", "отлично"),
    ("очень плохо", "плохо", "удовлетворительно", "хорошо", "отлично"),
    ("очень плохо", "плохо", "средне", "хорошо", "очень хорошо"),
    ("совсем не доволен", "не доволен", "нейтрально", "доволен", "полностью доволен"),
    ("полностью не удовлетворен", "не удовлетворен", "нейтрально", "удовлетворен",
     "полностью удовлетворен"),
    ("полностью не согласен", "не согласен", "нейтрально", "согласен", "полностью согласен"),
    ("отрицательный", "нейтральный", "положительный"),
    ("негативный", "нейтральный", "позитивный"),
    ("не рекомендую", "рекомендую"),
    ("нет", "да"),
)  # fmt: skip
LADDERS_PL = (
    ("bardzo źle", "źle", "średnio", "dobrze", "bardzo dobrze"),
    ("bardzo zły", "zły", "przeciętny", "dobry", "bardzo dobry"),
    ("niedostateczny", "dopuszczający", "dostateczny", "dobry", "bardzo dobry", "celujący"),
    ("bardzo niezadowolony", "niezadowolony", "neutralny", "zadowolony", "bardzo zadowolony"),
    ("bardzo niezadowolona", "niezadowolona", "neutralna", "zadowolona", "bardzo zadowolona"),
    ("zdecydowanie nie", "raczej nie", "trudno powiedzieć", "raczej tak", "zdecydowanie tak"),
    ("negatywna", "neutralna", "pozytywna"),
    ("negatywny", "neutralny", "pozytywny"),
    ("nie polecam", "polecam"),
    ("nie", "tak"),
)
LADDERS_EN = (
    ("very dissatisfied", "dissatisfied", "neutral", "satisfied", "very satisfied"),
    ("very unsatisfied", "unsatisfied", "neutral", "satisfied", "very satisfied"),
    ("very dissatisfied", "somewhat dissatisfied", "neither satisfied nor dissatisfied",
     "somewhat satisfied", "very satisfied"),
    ("strongly disagree", "disagree", "neutral", "agree", "strongly agree"),
    ("strongly disagree", "disagree", "neither agree nor disagree", "agree", "strongly agree"),
    ("very poor", "poor", "average", "good", "very good"),
    ("very poor", "poor", "fair", "good", "excellent"),
    ("poor", "fair", "good", "very good", "excellent"),
    ("terrible", "poor", "average", "very good", "excellent"),
    ("very bad", "bad", "average", "good", "very good"),
    ("very bad", "bad", "ok", "good", "excellent"),
    ("very unlikely", "unlikely", "neutral", "likely", "very likely"),
    ("one", "two", "three", "four", "five"),
    ("detractor", "passive", "promoter"),
    ("negative", "neutral", "positive"),
    ("neg", "neu", "pos"),
    ("thumbs down", "thumbs up"),
    ("not recommended", "recommended"),
    ("false", "true"),
    ("no", "yes"),
)  # fmt: skip
LADDERS = (*LADDERS_ZH, *LADDERS_RU, *LADDERS_PL, *LADDERS_EN)

# A missing answer in words: not a rating, and not unreadable either.
NO_RATING = frozenset({"", "-", "--", "—", "–", "n/a", "na", "nan", "null", "none", "<na>", "nil",
                       "н/д", "нет оценки", "без оценки", "brak", "brak oceny", "n/d", "暂无评分",
                       "无", "未评分", "暂无", "#n/a", "not rated", "no rating"})  # fmt: skip

# "10 - extremely likely to recommend" is a rating, a longer cell is a sentence with a number.
LONGEST_RATING = 60
_STARS_FULL, _STARS_EMPTY = "★⭐🌟✮", "☆✩"
_STARS = frozenset(_STARS_FULL + _STARS_EMPTY + "\ufe0f ")
_WITH_TOP = re.compile(
    r"([+-]?\d+(?:[.,]\d+)?)\s*(?:/|из|z|na|out of|of)\s*(\d+)(?:\s*[^\W\d_].*|)", re.I
)
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(?:[ ,'’]\d{3})+(?:\.\d+)?|[+-]?\d{1,3}(?:[ .]\d{3})+,\d+")
_ONLY_THOUSANDS = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+(?:,\d{3}|\.\d+)")
_ONLY_DECIMAL = re.compile(
    r"[+-]?(?:(?:0|\d{4,}),\d+|\d+,(?:\d\d?|\d{4,})|\d{1,3}(?:[ .]\d{3})+,\d+)"
)
_NUMBER = re.compile(r"[+-]?(?:\d+(?:[.,]\d*)?|[.,]\d+)(?:e[+-]?\d+)?", re.I)
_HEAD = re.compile(r"[+-]?\d+(?:[ .,'’]\d+)*")
_WITH_WORDS = re.compile(
    r"([+-]?\d+(?:[.,]\d+)?)\s*(?:%|(?:[-–—=:.)(]\s*)?[^\W\d_][^\d]*|[★⭐*]️?|[)(].*)", re.S
)


# "3/2024" beside "4/5" is a month.
LARGEST_TOP = 100

# A number, and the end of its scale where the cell names it.
Number = tuple[float | None, float | None]
NO_NUMBER: Number = (None, None)


@dataclass(frozen=True)
class Ratings:
    """A column as numbers.

    `unreadable` marks cells that hold something else; `top` is the scale's end where cells
    name it ("4/5", "★★★★☆"); `words` is the ladder where cells are words. `tops` are all the ends
    that cells name where they differ; the values were brought to the largest, which is `top`.
    """

    values: pd.Series
    unreadable: pd.Series
    top: float | None = None
    words: tuple[str, ...] = ()
    tops: tuple[float, ...] = ()


def read_ratings(column: pd.Series) -> Ratings:
    """Return a column's cells as numbers: 4, "4,5", "4/5", "80 %", "★★★★☆", "very satisfied".

    Where cells name different ends of the scale, all are brought to the largest one, and a number
    that names none is unreadable.

    >>> read_ratings(pd.Series(["4,5", "5/5", "★★★", "no idea"])).values.tolist()
    [4.5, 5.0, 3.0, nan]
    >>> read_ratings(pd.Series(["4/5", "8/10", "4"])).values.tolist()
    [8.0, 8.0, nan]
    """
    if pd.api.types.is_numeric_dtype(column) or pd.api.types.is_bool_dtype(column):
        values = pd.to_numeric(column).astype("float64")
        infinite = values.abs() == math.inf
        return Ratings(values.mask(infinite), infinite)
    cells = column.tolist()
    plain = {cell: _plain(cell) for cell in set(column.dropna().tolist())}
    filled = Counter(plain[cell] for cell in cells if cell in plain)
    words = _ladder({text: n for text, n in filled.items() if text not in NO_RATING})
    steps = {word: (float(k), None) for k, word in enumerate(words, start=int(len(words) > 2))}
    numbers: dict[str, Number] = {t: steps.get(t, NO_NUMBER) for t in filled} if words else {}
    decimal = _has_decimal_commas(list(filled))
    numbers = numbers or {text: read_number(text, decimal_comma=decimal) for text in filled}
    numbers, tops = _with_one_top(numbers)
    read = [numbers.get(plain.get(cell, ""), NO_NUMBER)[0] for cell in cells]
    values = pd.Series(read, index=column.index, dtype="float64")
    missing = [plain.get(cell, "") in NO_RATING for cell in cells]
    unreadable = values.isna() & ~pd.Series(missing, index=column.index)
    several = tops if len(tops) > 1 else ()
    return Ratings(values, unreadable, max(tops, default=None), words, several)


def _with_one_top(numbers: dict[str, Number]) -> tuple[dict[str, Number], tuple[float, ...]]:
    """Bring numbers to the largest top that they name; return them, and all the tops.

    Only a number between 0 and its top shows a scale: "24/7" does not.
    """
    tops = {top for number, top in numbers.values() if number is not None and _ends(top, number)}
    if len(tops) > 1:
        tops = {top for top in tops if top <= LARGEST_TOP} or tops
    if not tops:
        return numbers, ()
    allowed: set[float | None] = {*tops, None}
    if len(tops) > 1:
        numbers, allowed = _with_full_stars(numbers), {*tops}
    kept = {text: one if one[1] in allowed else NO_NUMBER for text, one in numbers.items()}
    largest = max(tops)
    brought: dict[str, Number] = {t: (bring_to_top(one, largest), None) for t, one in kept.items()}
    return brought, tuple(sorted(tops))


def _ends(top: float | None, number: float) -> TypeGuard[float]:
    return top is not None and 0 <= number <= top and 0 < top < math.inf


def _with_full_stars(numbers: dict[str, Number]) -> dict[str, Number]:
    """Five full stars name no top: it is where the other stars end."""
    stars = {text: one for text, one in numbers.items() if text and set(text) <= _STARS}
    top = max((top for _, top in stars.values() if top is not None), default=None)
    return {**numbers, **{text: (number, top) for text, (number, _) in stars.items()}}


def bring_to_top(number: Number, top: float) -> float | None:
    """Return a number on the scale that ends at `top`; one that names no end of its own stays.

    >>> bring_to_top((4.0, 5.0), 10.0), bring_to_top((4.0, None), 10.0)
    (8.0, 4.0)
    """
    value, own = number
    return value if value is None or not own or own == top else value * top / own


def _has_decimal_commas(texts: list[str]) -> bool:
    """Whether "4,333" is 4.333 in this column: another cell shows it, or the scale."""
    texts = [found[0] for text in texts if (found := _HEAD.match(text))]
    if any(map(_ONLY_THOUSANDS.fullmatch, texts)):
        return False
    if any(map(_ONLY_DECIMAL.fullmatch, texts)):
        return True
    numbers = [read_number(text, decimal_comma=True)[0] for text in texts]
    highest = max((abs(number) for number in numbers if number is not None), default=0)
    return highest <= 10 or highest == 100  # somebody gave full marks


def read_number(text: str, *, decimal_comma: bool = False) -> Number:
    """Return the number in a text, and the end of its scale if the text names it.

    "1,234" is 1234, with `decimal_comma` 1.234.

    >>> read_number("4,5/5"), read_number("1 234,5"), read_number("8 - good"), read_number("inf")
    ((4.5, 5.0), (1234.5, None), (8.0, None), (None, None))
    """
    if set(text) <= _STARS and text:
        full = sum(text.count(star) for star in _STARS_FULL)
        empty = sum(text.count(star) for star in _STARS_EMPTY)
        return float(full), float(full + empty) if empty else None
    if found := _WITH_TOP.fullmatch(text):
        return _part(found[1], decimal_comma), float(found[2])
    if _THOUSANDS.fullmatch(text) and not (decimal_comma and _NUMBER.fullmatch(text)):
        return _thousands(text), None
    if _NUMBER.fullmatch(text):
        return _decimal(text), None
    if len(text) <= LONGEST_RATING and (found := _WITH_WORDS.fullmatch(text)):
        return _part(found[1], decimal_comma), 100.0 if "%" in text else None
    return NO_NUMBER


def _part(text: str, decimal_comma: bool) -> float | None:
    """Return the number in front of a unit or a top: "1,250 PLN" is read like "1,250"."""
    if not decimal_comma and _THOUSANDS.fullmatch(text):
        return _thousands(text)
    return _decimal(text)


def _plain(cell: object) -> str:
    """Full-width digits and no-break spaces become plain ones."""
    return unicodedata.normalize("NFKC", str(cell)).strip().casefold()


def _decimal(text: str) -> float | None:
    number = float(text.replace(",", "."))
    return number if math.isfinite(number) else None


def _thousands(text: str) -> float:
    mark = max(text.rfind(","), text.rfind("."))
    decimals = text[mark + 1 :] if mark >= 0 and len(text) - mark - 1 != 3 else ""
    whole = text[:mark] if decimals else text
    return float(re.sub(r"[^\d+-]", "", whole) + ("." + decimals if decimals else ""))


def _ladder(words: dict[str, int]) -> tuple[str, ...]:
    """The ladder that reads most cells, and nine in ten at least; the shortest of several."""
    read = [sum(count for word, count in words.items() if word in ladder) for ladder in LADDERS]
    most = max(read)
    if most == 0 or most < 0.9 * sum(words.values()):
        return ()
    return min((ladder for ladder, n in zip(LADDERS, read, strict=True) if n == most), key=len)
