"""Chinese durations: 两个半小时, 三四天, 半天, 一个多小时."""

from __future__ import annotations

import re
import unicodedata

from tpfeedback.languages.durations import (
    DAY,
    FRACTIONS,
    HOUR,
    MINUTE,
    MONTH,
    SECOND,
    SOME,
    WEEK,
    YEAR,
    DurationWords,
    Meaning,
    Token,
    Triple,
    digits,
    fraction,
    meanings,
    sentence_end,
)
from tpfeedback.languages.rules.traditional import SIMPLIFIED

WORDS = {
    **meanings("half", {0.5: "半"}),
    **meanings("half", FRACTIONS, spelled=False),
    **meanings(
        "unit",
        {
            SECOND: "秒 秒钟 秒鐘", MINUTE: "分钟 分鐘 min mins",
            HOUR: "小时 小時 钟头 鐘頭 h 钟点", DAY: "天 工作日",
            WEEK: "周 星期 礼拜 禮拜 週", MONTH: "个月 個月 月", YEAR: "年", 15.0: "刻钟 刻鐘",
        },
    ),
    **meanings("part", {MINUTE: "分"}),  # only after hours; alone it is a mark out of ten
    **meanings("to", {0: "- – — ~ ～ 到 至 、"}),
    **meanings("link", {0: "零 又 加"}),
    **meanings("about", {0: "来 來"}),
    **meanings("more", {0: "多 余 +"}),
    **meanings("filler", {0: "个 個 整 整整"}),
}  # fmt: skip

_DIGITS = {c: v for v, c in enumerate("零一二三四五六七八九")} | {"两": 2, "兩": 2, "〇": 0}
_SOME = "几幾数"
_NUMBER = r"[一二两兩三四五六七八九十百几幾数][零〇一二两兩三四五六七八九十百几幾]*"
_WORDS = "|".join(map(re.escape, sorted(WORDS, key=lambda word: (-len(word), word))))
_TOKEN = re.compile(
    rf"(?P<part>{fraction('个?(?:小时|小時|钟头)')})|(?P<digits>\d{{1,4}}(?:[.．]\d{{1,2}})?(?!\d)|\d+)|(?P<number>{_NUMBER})"
    rf"|(?P<word>{_WORDS})|(?P<other>\S)",
    re.IGNORECASE,
)


def number(written: str) -> Triple | None:
    """Return the number that Chinese numerals write, up to 999; None where they write none.

    >>> number("二十五"), number("三四"), number("十几"), number("七八十")
    ((25.0, 25.0, 25.0), (3.5, 3.0, 4.0), (15.0, 11.0, 19.0), (75.0, 70.0, 80.0))
    """
    if written in _SOME:
        return SOME
    found = re.fullmatch(
        rf"([一二两兩三四五六七八九{_SOME}]{{0,2}})(百?)零?(?:([一二三四五六七八九{_SOME}]{{0,2}})"
        rf"(十))?"
        rf"([一二两兩三四五六七八九{_SOME}]{{0,2}})",
        written,
    )
    if found is None:
        return None
    hundreds, has_hundred, tens, has_ten, ones = found.groups()
    if not has_hundred and hundreds and (has_ten or ones):
        hundreds, tens, ones = "", hundreds if has_ten else tens, ones if has_ten else hundreds
    parts = [
        _digit(hundreds, 100 if has_hundred else 1, bool(has_hundred)),
        _digit(tens or "", 10, bool(has_ten)),
        _digit(ones, 1, False),
    ]
    value, low, high = (sum(part[i] for part in parts) for i in range(3))
    return value, low, high


def _digit(written: str, unit: int, stands: bool) -> Triple:
    """Return what one place of a number adds; two digits are a range, 几 is anything."""
    if not written:
        return (unit * 1.0,) * 3 if stands else (0.0, 0.0, 0.0)
    if any(c in _SOME for c in written):
        return (5.0, 1.0, 9.0) if unit == 1 else (SOME[0] * unit, SOME[1] * unit, 9.0 * unit)
    low, high = _DIGITS[written[0]] * unit, _DIGITS[written[-1]] * unit
    return (low + high) / 2, float(min(low, high)), float(max(low, high))


def tokens(text: str) -> list[Token]:
    """Return numbers, units and the characters between them."""
    return [
        Token(_meaning(found), found.group(), found.start(), found.end())
        for found in _TOKEN.finditer(text)
    ]


def _meaning(found: re.Match[str]) -> Meaning | None:
    if found["digits"]:
        return digits(unicodedata.normalize("NFKC", found.group()))
    if found["number"]:
        amount = number(found.group())
        return None if amount is None else Meaning("number", amount)
    return WORDS.get(found.group().lower())


def _before(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?:{pattern})\s*\Z")


def _after(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"\s*(?:{pattern})")


DURATIONS = DurationWords(
    hint=re.compile(
        r"[秒时時天日周週年月]|分钟|分鐘|min|\dh|钟头|鐘頭|刻|星期|[礼禮]拜", re.IGNORECASE
    ),
    tokens=tokens,
    sentence_end=sentence_end(),
    alone_after=re.compile(r"(?!)"),
    range_before=_before("从"),
    over_before=_before(r"超过|超過|不止|不下|至少|起码|最少|大于|足足|多达|>"),
    under_before=_before(r"不到|不足|不超过|少于|最多|最长|低于|内|<|不用|未到"),
    about_before=_before(r"大约|大概|大約|约|約|差不多|将近|接近|(?<!最)近|快|可能|大致"),
    denied_before=_before(
        r"(?:没有?|沒有?|未|不)(?:曾|需要?|用|必|会|能|让[我们]+)?"
        r"(?:等待?|排队?|花|用|耗时)?[过過了]?"
    ),
    over_after=_after(r"多|以上|有余|开外|\+|不止|起步"),
    denied_after=re.compile(r"(?!)"),
    about_after=_after(r"左右|上下|的样子"),
    refused_before={
        "how often": _before(r"每个?|一天到晚|(?:[次回元块塊]|[块塊][钱錢])\s*/?|每隔"
                             r"|人均\d*|比|连[着续]?|这"),
        "a date": _before(r"第|\d年|\d月|[这那下本头前去今明每]一?个?|[这那]几|年|月|周|星期|礼拜"
                          r"|20"),
        "a stretch of the calendar": _before(r"最近|近|过去的?|未来|前|头|(?<![晚早])上|这|那|同"),
        "use": _before(r"(?:午休|吃饭|休息).{0,6}|使用了?|开了|保质期.{0,3}|保修|质保|有效期.{0,2}"
                       r"|入住了?|住了?|待了?|玩了?|呆了?"
                       r"|旅游|开业|营业|生日|满|岁|办了|会员|吃了|减肥|走路?|充电|通话|待机|续航"
                       r"|剩了?|提前了?|早了?|留好?|步行|车程|开车"
                       r"|打车|骑车|散步"),
        "promised": _before(r"(?:承诺|说好|写[着的是]|显示|规定|说是|预计|保证|宣称|号称|原定"
                            r"|答应)[^，,。\d]{0,4}"),
        "idiom": _before(r"某|改"),
    },
    refused_after={
        "how often": _after(r"[一每]?[次回顿个](?![小钟月星])|.{0,4}[一两二三几\d][次趟回顿]|比"
                            r"|营业|服务|客服|不打烊|开门|无休|供应|热水|自助|吃"),
        "a point in time": _after(r"前|以前|之前|[0-9]+[日号点]|开始|的时候|晚上|早上|中午|下午"
            r"|上午|[春夏秋冬底初末号月]"
                                  r"|天[气然津堂]|来的|初|代"),
        "term": _after(r"保修|质保|有效|保质|包换|包退|无理由|免费|会员|内有效|的?保"),
        "use": _after(r"[游行](?!李)|之[行旅]|[假宴节]|老店|的?(?:老|历史|路程|车程)|步行|路程"
                      r"|车程|就坏|没用"),
    },
    refused_framed={
        "price": re.compile(
            r"(?:\A|[，,])[^，,等排拖送]*\[[^\]]*\]\s*(?:只?要|只?收费?|才)?\s*\d+\s*(?:块|塊|元|欧|刀)"
        ),
        "a month of the year": re.compile(r"\[[^\]个個半]*[^\]个個半]月"),
        "once": re.compile(r"有\[一[天年]"),
        "use": re.compile(r"用了?\[[^\]]*[月年周期]"),
    },
    waiting=re.compile(r"等|排队|排|才|还没|没到|没回|退款|拖|延误|晚"),
    plain=SIMPLIFIED,
)  # fmt: skip
