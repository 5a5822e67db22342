"""Rules for numbers that lead to a person: cards, accounts, documents, contracts."""

from __future__ import annotations

from tpfeedback.masking.amounts import (
    AFTER,
    BEFORE,
    GAP,
    UNIT,
    digits_of,
    no_round_number,
)
from tpfeedback.masking.check_digits import iban, identity_card, luhn, pesel, polish_account
from tpfeedback.masking.rule import Rule

# Documents and dealings whose number leads to one person in somebody's files.
_NAMED = (
    r"(?:\b(?i:паспорт|загранпаспорт|договор|заказ|заявк|обращени|полис|брон|билет|сч[её]т|чек|"
    r"накладн|отправлени|трек|логин|инн|снилс|карт|табельн|passport|contract|order|booking|"
    r"reservation|policy|ticket|claim|case|query|account|member|loyalty|tracking|ref|invoice|"
    r"customer|card|complaint|paszport|umow|zam[óo]wieni|rezerwacj|polis|bilet|kont|przesyłk|"
    r"paczk|посылк|parcel|reklamacj|zgłoszeni|faktur|paragon|dow[oó]d|klient|pesel|nip)\w{0,6}|"
    r"护照|身份证|合同|订单|运单|快递单?|单|会员|卡|账|保单|工|员工)"
)
_NAMED_CLUES = (
    "паспорт", "договор", "заказ", "заявк", "обращени", "полис", "брон", "билет", "счет", "счёт",
    "чек", "накладн", "отправлени", "трек", "логин", "инн", "снилс", "карт", "табельн", "passport",
    "contract", "order", "booking", "reservation", "policy", "ticket", "claim", "case", "query",
    "account", "member", "loyalty", "tracking", "ref", "invoice", "customer", "card", "complaint",
    "paszport", "umow", "zamówieni", "zamowieni", "rezerwacj", "polis", "bilet", "kont", "przesyłk",
    "reklamacj", "zgłoszeni", "faktur", "paragon", "dowod", "dowód", "klient", "karty", "pesel",
    "nip", "paczk", "посылк", "parcel", "护照", "身份证", "合同", "单", "会员", "卡", "账", "工",
)  # fmt: skip
_SIGN = (
    r"(?i:номер\w*|№|#|no\b\.?|nr\b\.?|number|num\b\.?|numer\w*|id\b|ref(?:erence)?\b\.?|code|"
    r"kod|код|号码?|编号|[:：])"
)
# Of these a number may follow at once: nobody writes a sum after them without its currency.
_CASE = (
    r"(?:\b(?i:договор|заказ|заявк|обращени|накладн|отправлени|посылк|трек|contract|order|booking|"
    r"reservation|claim|case|query|ref|tracking|account|customer|umow|zam[óo]wieni|rezerwacj|"
    r"przesyłk|paczk|reklamacj|zgłoszeni|klient)\w{0,6}|合同|订单|运单|单号)"
)
_NUMBER = r"(?:[A-ZА-ЯŁŚŻ]{1,4}[/\-]?)?\d+(?:[A-ZА-Я/\-]{1,3}\d+){0,6}"


def _card(text: str) -> bool:
    return luhn(digits_of(text)) and text[0] in "23456" and _four_groups(text)


def _four_groups(text: str) -> bool:
    years = all(len(one) == 4 and one[:2] in ("19", "20") for one in text.split())
    return not years and no_round_number(text)


def _passport(text: str) -> bool:
    return digits_of(text)[:2] not in ("19", "20") and no_round_number(text)


def _long_enough(text: str) -> bool:
    return len(text) > 4 and len(digits_of(text)) > 3


NUMBERS = (
    Rule(
        "account (IBAN)",
        "account",
        r"(?<![A-Za-z\d])[A-Z]{2}\d{2}(?: ?[A-Z\d]{4}){2,7}(?: ?[A-Z\d]{1,3})?(?![A-Za-z\d])",
        digits=6,
        holds=iban,
    ),
    Rule(
        "account (Polish NRB)",
        "account",
        rf"{BEFORE}\d{{2}}(?:[ \-]?\d{{4}}){{6}}(?!\d)",
        digits=26,
        holds=lambda text: polish_account(digits_of(text)),
    ),
    Rule(
        "card",
        "card",
        rf"{BEFORE}(?:\d{{4}}{GAP}\d{{4}}{GAP}\d{{4}}{GAP}\d{{1,7}}"
        rf"|3[47]\d{{2}}{GAP}\d{{6}}{GAP}\d{{5}})(?!\d)",
        digits=13,
        holds=_card,
    ),
    Rule(
        "four groups of four",
        "number",
        rf"{BEFORE}\d{{4}}(?:[ \u00a0\-]\d{{4}}){{3,5}}{AFTER}",
        digits=16,
        holds=_four_groups,
    ),
    Rule(
        "Chinese identity card",
        "document",
        r"(?<!\d)[1-8]\d{5}(?:18|19|20)\d{2}[01]\d[0-3]\d{4}[\dXx](?![\dA-Za-z])",
        digits=17,
    ),
    Rule(
        "PESEL",
        "document",
        rf"{BEFORE}\d{{11}}(?!\d)",
        digits=11,
        holds=lambda text: pesel(digits_of(text)),
    ),
    Rule(
        "Polish identity card",
        "document",
        r"(?<![A-Za-z\d])[A-Z]{3} ?\d{6}(?!\d)",
        digits=6,
        holds=identity_card,
    ),
    Rule("SNILS", "document", r"(?<!\d)\d{3}-\d{3}-\d{3}[ -]\d{2}(?!\d)", digits=11),
    Rule("social security", "document", rf"{BEFORE}\d{{3}}-\d{{2}}-\d{{4}}{AFTER}", digits=9),
    Rule(
        "British insurance",
        "document",
        r"(?<![A-Za-z\d])[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?(?:\d{2} ?){3}[A-D](?![A-Za-z\d])",
        digits=6,
    ),
    Rule(
        "Russian passport",
        "document",
        rf"{BEFORE}\d{{2}} ?\d{{2}} ?(?:[№N#] ?| )\d{{6}}{AFTER}",
        digits=10,
        holds=_passport,
    ),
    Rule(
        "passport by its word",
        "document",
        r"(?i:паспорт\w*|passport\w*|paszport\w*|护照|身份证|dow[oó]d\w*)[^\d\n]{0,24}?"
        r"(?P<hit>(?:(?<![A-Za-z])[A-Za-z]{1,3} ?)?\d{2} ?\d{2}(?:[ ,№N#]|номер){0,9}\d{2,6}[Xx]?)"
        rf"(?!\d)(?!\s?{UNIT})",
        ("паспорт", "passport", "paszport", "护照", "身份证", "dowod", "dowód"),
        digits=6,
    ),
    Rule(
        "number by its word",
        "number",
        rf"{_NAMED}\s?(?:{_SIGN}[\s:：.\-=(]{{0,3}}){{1,3}}(?:is |was |to |это |是|为)?"
        rf"(?P<hit>{_NUMBER})(?!\d)(?!\s?{UNIT})",
        _NAMED_CLUES,
        digits=4,
        holds=_long_enough,
    ),
    Rule(
        "number of what its word names",
        "number",
        r"(?:\b(?i:номер\w*|nr|numer\w*|no|number)\b\.?|№)\s?(?:of (?:the |my )?)?"
        rf"{_NAMED}[\s:：\-–—]{{1,3}}(?:is |was |to )?(?P<hit>{_NUMBER})(?!\d)(?!\s?{UNIT})",
        _NAMED_CLUES,
        digits=4,
        holds=_long_enough,
    ),
    Rule(
        "number right after its word",
        "number",
        rf"{_CASE}\s?(?P<hit>\d{{6,15}}){AFTER}",
        _NAMED_CLUES,
        digits=6,
        holds=no_round_number,
    ),
    Rule(
        "number of a parcel",  # of the Universal Postal Union, standard S10
        "number",
        r"(?<![A-Za-z\d])[A-Z]{2}\d{9}[A-Z]{2}(?![A-Za-z\d])",
        digits=9,
    ),
)

# What no other rule knows: nobody writes an amount of nine digits in one piece.
LONG_NUMBERS = (
    Rule(
        "long number",
        "number",
        rf"{BEFORE}(?<!\w[.\-])\d{{9,15}}{AFTER}",
        digits=9,
        holds=no_round_number,
    ),
    Rule(
        "longer number",
        "number",
        r"(?<!\d)(?<![/=])\d{16,}",
        digits=16,
        holds=no_round_number,
    ),
)
