"""Cells that hold a rating: numbers in any spelling, stars, and words."""

from __future__ import annotations

import math
import re
import unicodedata
from dataclasses import dataclass

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

_STARS_FULL, _STARS_EMPTY = "★⭐🌟✮", "☆✩"
_WITH_TOP = re.compile(
    r"([+-]?\d+(?:[.,]\d+)?)\s*(?:/|из|z|na|out of|of)\s*(\d+)(?:\s*[^\W\d_].*|)", re.I
)
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(?:[ ,'’]\d{3})+(?:\.\d+)?|[+-]?\d{1,3}(?:[ .]\d{3})+,\d+")
_NUMBER = re.compile(r"[+-]?(?:\d+(?:[.,]\d*)?|[.,]\d+)(?:e[+-]?\d+)?", re.I)
_WITH_WORDS = re.compile(
    r"([+-]?\d+(?:[.,]\d+)?)\s*(?:%|(?:[-–—=:.)(]\s*)?[^\W\d_][^\d]*|[★⭐*]️?|[)(].*)", re.S
)


@dataclass(frozen=True)
class Ratings:
    """A column as numbers.

    `unreadable` marks cells that hold something else; `top` is the scale's end where cells
    name it ("4/5", "★★★★☆"); `words` is the ladder where cells are words.
    """

    values: pd.Series
    unreadable: pd.Series
    top: float | None = None
    words: tuple[str, ...] = ()


def read_ratings(column: pd.Series) -> Ratings:
    """Return a column's cells as numbers: 4, "4,5", "4/5", "80 %", "★★★★☆", "very satisfied".

    >>> read_ratings(pd.Series(["4,5", "5/5", "★★★", "no idea"])).values.tolist()
    [4.5, 5.0, 3.0, nan]
    """
    if pd.api.types.is_numeric_dtype(column) or pd.api.types.is_bool_dtype(column):
        values = pd.to_numeric(column).astype("float64")
        infinite = values.abs() == math.inf
        return Ratings(values.mask(infinite), infinite)
    unique = column.dropna().unique().tolist()
    plain = {cell: unicodedata.normalize("NFKC", str(cell)).strip().casefold() for cell in unique}
    words = _ladder({text for text in plain.values() if text not in NO_RATING})
    if words:
        first = 0 if len(words) == 2 else 1
        steps = {word: float(step) for step, word in enumerate(words, start=first)}
        numbers = {cell: (steps.get(text), None) for cell, text in plain.items()}
    else:
        numbers = {cell: read_number(text) for cell, text in plain.items()}
    values = column.map({cell: value for cell, (value, _) in numbers.items()}).astype("float64")
    tops = {top for _, top in numbers.values() if top is not None}
    missing = column.isna() | column.map(lambda c: plain.get(c, "") in NO_RATING).astype(bool)
    return Ratings(values, values.isna() & ~missing, tops.pop() if len(tops) == 1 else None, words)


def read_number(text: str) -> tuple[float | None, float | None]:
    """Return the number in a text, and the end of its scale if the text names it.

    >>> read_number("4,5/5"), read_number("1 234,5"), read_number("8 - good"), read_number("inf")
    ((4.5, 5.0), (1234.5, None), (8.0, None), (None, None))
    """
    if not text or text in NO_RATING:
        return None, None
    if set(text) <= set(_STARS_FULL + _STARS_EMPTY + "\ufe0f "):
        full = sum(text.count(star) for star in _STARS_FULL)
        empty = sum(text.count(star) for star in _STARS_EMPTY)
        return float(full), float(full + empty) if empty else None
    if found := _WITH_TOP.fullmatch(text):
        return _decimal(found[1]), float(found[2])
    spaced = text.replace("\u00a0", " ").replace("\u202f", " ")
    if _THOUSANDS.fullmatch(spaced):
        return _thousands(spaced), None
    if _NUMBER.fullmatch(text):
        return _decimal(text), None
    if found := _WITH_WORDS.fullmatch(text):
        return _decimal(found[1]), 100.0 if "%" in text else None
    return None, None


def _decimal(text: str) -> float | None:
    number = float(text.replace(",", "."))
    return number if math.isfinite(number) else None


def _thousands(text: str) -> float:
    mark = max(text.rfind(","), text.rfind("."))
    decimals = text[mark + 1 :] if mark >= 0 and len(text) - mark - 1 != 3 else ""
    whole = text[:mark] if decimals else text
    return float(re.sub(r"[^\d+-]", "", whole) + ("." + decimals if decimals else ""))


def _ladder(words: set[str]) -> tuple[str, ...]:
    """The ladder that holds every word; of several, the one with most of its steps in use."""
    fitting = [ladder for ladder in LADDERS if words and words <= set(ladder)]
    return min(fitting, key=len, default=())
