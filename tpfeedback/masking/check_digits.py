"""Check digits that tell a card, an account or an identity number from any other digits."""

from __future__ import annotations

_PESEL = (1, 3, 7, 9, 1, 3, 7, 9, 1, 3)
_IDENTITY_CARD = (7, 3, 1, 0, 7, 3, 1, 7, 3)  # the fourth place is the check digit itself
_LONGEST_CARD = 19


def luhn(digits: str) -> bool:
    """Tell whether 13 to 19 digits end in the check digit of a payment card (ISO/IEC 7812-1).

    >>> luhn("4111111111111111"), luhn("4111111111111112")
    (True, False)
    """
    if not 13 <= len(digits) <= _LONGEST_CARD:
        return False
    doubled = [2 * int(one) for one in digits[-2::-2]]
    return (
        sum(int(one) for one in digits[-1::-2]) + sum(n - 9 * (n > 9) for n in doubled)
    ) % 10 == 0


def pesel(digits: str) -> bool:
    """Tell whether 11 digits are a Polish PESEL: a date of birth and a check digit.

    >>> pesel("44051401359"), pesel("44051401358")
    (True, False)
    """
    if len(digits) != 11 or not 1 <= int(digits[2:4]) % 20 <= 12 or not 1 <= int(digits[4:6]) <= 31:
        return False
    weighed = sum(weight * int(one) for weight, one in zip(_PESEL, digits[:10], strict=True))
    return (weighed + int(digits[10])) % 10 == 0


def identity_card(text: str) -> bool:
    """Tell whether three letters and six digits are the number of a Polish identity card.

    >>> identity_card("ABA 300000"), identity_card("ABC 123456")
    (True, False)
    """
    values = [int(letter, 36) for letter in text if letter != " "]
    weighed = sum(w * v for w, v in zip(_IDENTITY_CARD, values, strict=True))
    return weighed % 10 == values[3]


def iban(text: str) -> bool:
    """Tell whether a text is an IBAN: its digits leave 1 when divided by 97 (ISO 13616).

    >>> iban("GB82 WEST 1234 5698 7654 32"), iban("GB82 WEST 1234 5698 7654 33")
    (True, False)
    """
    signs = text.replace(" ", "")
    return int("".join(str(int(sign, 36)) for sign in signs[4:] + signs[:4])) % 97 == 1


def polish_account(digits: str) -> bool:
    """Tell whether 26 digits are a Polish account number, an IBAN without its letters.

    >>> polish_account("61109010140000071219812874")
    True
    """
    return iban(f"PL{digits}")
