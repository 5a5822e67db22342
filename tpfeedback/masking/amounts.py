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
# A single letter is a unit only where no name of a street, a flat or a station goes on after it;
# "см." before a small letter sends to a page, and "dm" asks for a message.
MEASURE = (
    r"(?!(?i:см)\.\s?[а-яё])"
    r"(?:(?i:[смдк]?м[²³23]|кв\.? ?м|куб\.? ?м|[смдк]м|м[гл]|кг|литр\w*|грамм\w*|килограмм\w*|кило|"
    r"(?:санти|милли|деци|кило)?метр(?!о)\w*|тонн\w*|дюйм\w*|[cmk]?m[²³23]|[cmk]m|m[gl]|cl|kg|"
    r"kilo(?:s|gram\w*)?|grams?|(?:centi|mili|milli|deci|kilo)?met(?:er|re)s?|"
    r"(?:centy|mili|decy|kilo)?metr(?!o)\w*|lit(?:er|re)s?|litr\w*|inch(?:es)?|feet|ft|lbs?|oz|cal[ie])"
    r"(?!\w)|[мmлlL](?![\w\-]|\.?\s?[A-ZА-ЯЁŁŚŻ\d]|\.\w)|"
    r"厘米|毫米|分米|公分|公尺|公斤|千克|毫升|[米克斤升](?=[^\u4e00-\u9fff]|\Z|[高宽长深的]))"
)
_MEASURED = (
    r"(?:(?<!\w)(?i:размер\w*|габарит\w*|ширин\w+|высот\w+|длин[аыеу]|глубин\w+|об[ъь][её]м\w*|"
    r"вес(?:а|ом|у|ит|ят)?|цен(?:[аыеу]|ой|ам|ами|ах)?|стоимост\w+|сто(?:ит|ят|ил\w?)|"
    r"sizes?|dimensions?|measur(?:es?|ing|ements?)|width|height|length|depth|weigh(?:t|s)|volume|"
    r"prices?|priced|costs?|rozmiar\w*|wymiar\w*|szerokoś\w+|wysokoś\w+|długoś\w+|głębokoś\w+|"
    r"pojemnoś\w+|wag[aięą]|waży|cen(?:[ayęąo]|ie|om|ami|ach)?|koszt(?:y|uje|ował\w?|ują)?)(?!\w)|"
    r"尺寸|大小|规格|长宽高|[宽高长]度|重量|体积|容量|价格|价钱|[售单原现标]价)"
)
_ABOUT = (
    r"(?i:от |до |около |примерно |is |was |are |of |from |about |around |od |do |około |是|为|约)"
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

# Three figures have the form of some phones: only the word right before them tells them apart.
# A fourth figure, or the groups of a Chinese mobile, leave no doubt that it is a phone.
MEASURES = (
    Rule(
        "size or price in three figures",
        STAYS,
        rf"{_MEASURED}\s?[:：=(\-–—]?\s?{_ABOUT}?"
        r"(?P<hit>(?!1\d{2}.\d{4}.\d{4})[1-9]\d{1,3}(?P<part>[ \u00a0\-‐‑–])\d{2,4}"
        r"(?P=part)\d{2,4}(?!(?P=part)?\d))",
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
