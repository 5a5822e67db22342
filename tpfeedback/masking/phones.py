"""Rules for phone numbers: Russian, Chinese, Polish, British, American, and any with a plus."""

from __future__ import annotations

from tpfeedback.masking.amounts import AFTER, BEFORE, GAP, MEASURE, MEASURES, digits_of
from tpfeedback.masking.rule import Rule

_S = r"[ \u00a0\-.()]{0,2}"  # what may stand between two digits
_AFTER = rf"{AFTER}(?!\s?\(?{MEASURE})"
_WORD = (
    r"(?i:тел(?:ефон\w*)?|моб(?:ильн\w+)?|сот(?:ов\w+)?|whats?app|в[ао]тсап|номер\w*|"
    r"phone|mobile|tel|cell|hotline|number|infolini\w*|telefon\w*|kom(?:órk\w+)?|numer\w*|"
    r"联系方式|电话|手机号?码?|热线)"
)
_WORD_CLUES = (
    "тел", "моб", "сот", "whatsapp", "whatsap", "ватсап", "вотсап", "номер", "phone", "mobile",
    "tel", "cell", "hotline", "number", "infolini", "kom", "numer", "联系方式", "电话", "手机",
    "热线",
)  # fmt: skip


def _no_amount(text: str) -> bool:
    digits = digits_of(text)
    return not digits.endswith("00000") and len(set(digits[1:])) > 1


def _phone(name: str, *patterns: str) -> Rule:
    whole = f"{BEFORE}(?:{'|'.join(patterns)}){_AFTER}"
    return Rule(name, "phone", whole, digits=7, holds=_no_amount)


PHONES = (
    *MEASURES,
    _phone(
        "phone with a plus",
        rf"\+\s?7{_S}\d{{3}}(?:{_S}\d){{7}}",
        rf"\+\s?48{_S}\d{{2}}(?:{_S}\d){{7}}",
        rf"(?:\+|00)\s?86(?:{_S}\d){{10,11}}",
        rf"(?:\+|00)\s?(?:1|44)(?:{_S}\d){{10}}",
        rf"\+\s?[2-9]\d{{0,2}}(?:{_S}\d){{7,11}}",
    ),
    _phone(
        "Russian phone",
        rf"[78][ \u00a0\-]?\(?\d{{3}}\)?{GAP}\d{{3}}{GAP}\d{{2}}{GAP}\d{{2}}",
        rf"[78][ \u00a0\-]?\(\d{{4,5}}\){GAP}\d{{1,3}}{GAP}\d{{2}}{GAP}\d{{2}}",
        r"8[ \-]\d{3}[ \-]\d{2}[ \-]\d{2}[ \-]\d{3}",
        r"8[ \-]\d{3}[ \-]\d{4}[ \-]\d{3}",
        rf"9\d{{2}}{GAP}\d{{3}}{GAP}\d{{2}}{GAP}\d{{2}}",
        rf"\([3489]\d{{2}}\) ?\d{{3}}{GAP}\d{{2}}{GAP}\d{{2}}",
        r"(?:[3489]\d{2} )?\d{3}-\d{2}-\d{2}",
    ),
    _phone(
        "Chinese phone",
        rf"(?:86[ \-]?)?1[3-9]\d{GAP}\d{{4}}{GAP}\d{{4}}",
        r"1[3-9]\d[ \-]\d{3}[ \-]\d{5}",
        r"(?:[(（]0\d{2,3}[)）]|0\d{2,3}[ \-])(?:\d{7,8}|\d{4}[ \-]\d{4})",
        r"[48]00[ \-]?\d{3}[ \-]?\d{4}",
        r"[48]00[ \-]\d{4}[ \-]\d{3}",
    ),
    _phone(
        "Polish phone",
        r"(?:45|5[0137]|6[069]|7[2389]|88)\d(?P<gap>[ \u00a0\-]?)\d{3}(?P=gap)\d{3}",
        r"(?:\([1-9]\d\) ?|[1-9]\d[ \-])\d{3}[ \-]\d{2}[ \-]\d{2}",
    ),
    _phone(
        "British phone",
        r"0\d{4}[ \-]?\d{3}[ \-]?\d{3}",
        r"0\d{4}[ \-]\d{5,6}",
        r"\(0\d{2,4}\) ?\d{3,4}[ \-]?\d{3,4}",
        r"02\d[ \-]?\d{4}[ \-]?\d{4}",
        r"0[138]\d{2}[ \-]?\d{3}[ \-]?\d{4}",
        r"07\d{3}(?:[ \-]?\d{2}){3}",
    ),
    _phone(
        "American phone",
        r"(?:1[ .\-])?(?:\([2-9]\d{2}\) ?|[2-9]\d{2}[ .\-])\d{3}[.\-]\d{4}",
        r"(?:1 )?[2-9]\d{2} [2-9]\d{2} \d{4}",
    ),
    Rule(
        "phone by its word",
        "phone",
        rf"{_WORD}[\s.:：№#=(\-]{{0,4}}(?:is |это |是|to )?"
        rf"(?P<hit>\+?\(?\d(?:{_S}\d){{6,14}}){_AFTER}",
        _WORD_CLUES,
        digits=7,
        holds=_no_amount,
    ),
)
