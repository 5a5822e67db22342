"""What tells an amount, a date or the number of an article from the number of a person."""

from __future__ import annotations

from tpfeedback.masking.rule import STAYS, Rule

UNIT = (
    r"(?i:₽|руб|р\b|тыс|млн|миллион|млрд|шт\b|штук|балл|бонус|миль\b|zł|zl\b|pln|mln|szt|"
    r"€|eur\b|euro|\$|usd|£|gbp|pound|dollar|rub\b|rur\b|cny|rmb|元|块|圆|美元|万|亿|个|件|份|次|人|"
    r"%|points|miles|units|pcs|people|million|reviews|человек|отзыв|opini|osób)"
)
_THING = (
    r"(?i:артикул|арт\.|штрих-?код|модел\w{1,3}|товар\w{0,3}|sku|ean|isbn|asin|upc|barcode|"
    r"model|article|item(?: no\.?)?|kod kreskowy|nr kat\.|artykuł|货号|型号|条码|商品编号|款号)"
)
BEFORE = r"(?<!\d)(?<!\d[.,:/\-])(?<![$€£¥₽])(?<![$€£¥₽]\s)(?<![A-Za-z_/=?&])"
AFTER = rf"(?!\d)(?![.:/\-,]\d{{1,5}}(?!\d))(?![A-Za-z_])(?!\s?{UNIT})"
GAP = r"[ \u00a0\-‐‑–]?"

THINGS = (
    Rule(
        "number of an article",
        STAYS,
        rf"\b{_THING}[\s:：№#.]{{0,4}}\d[\d\-]{{5,20}}",
        digits=6,
    ),
)


def digits_of(text: str) -> str:
    """Return the digits of a text; those of other scripts count too.

    >>> digits_of("+7 (916) １２３")
    '7916123'
    """
    return "".join(str(int(letter)) for letter in text if letter.isdecimal())


def no_round_number(text: str) -> bool:
    """Tell a number from an amount, which ends in zeros, or from one digit held down for fun.

    >>> no_round_number("55120394"), no_round_number("120000"), no_round_number("66666666")
    (True, False, False)
    """
    digits = digits_of(text)
    return not digits.endswith("0000") and len(set(digits)) > 1
