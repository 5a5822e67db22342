"""Personal data in a text become readable marks: `mask_personal`."""

from __future__ import annotations

from tpfeedback.errors import TpfeedbackError
from tpfeedback.masking.amounts import THINGS
from tpfeedback.masking.chinese_names import CHINESE_NAMES
from tpfeedback.masking.contacts import CONTACTS
from tpfeedback.masking.latin_names import LATIN_NAMES
from tpfeedback.masking.numbers import LONG_NUMBERS, NUMBERS
from tpfeedback.masking.phones import PHONES
from tpfeedback.masking.replacing import Masked, mark_of, mask_by
from tpfeedback.masking.rule import Rule
from tpfeedback.masking.russian_names import RUSSIAN_NAMES

__all__ = ["RULES", "Masked", "Rule", "mark_of", "mask_personal"]

# The earlier rule names a hit that several rules find.
RULES: tuple[Rule, ...] = (
    *THINGS,
    *CONTACTS,
    *NUMBERS,
    *PHONES,
    *LONG_NUMBERS,
    *RUSSIAN_NAMES,
    *LATIN_NAMES,
    *CHINESE_NAMES,
)


def mask_personal(
    text: str, *, spans: tuple[tuple[int, int], ...] = (), language: str = "en"
) -> Masked:
    """Return `text` with personal data replaced by marks, and `spans` moved along.

    Masked are e-mail addresses, phone numbers (hotlines too), payment cards, numbers of
    passports and identity cards, accounts, contracts and orders named as such, any unbroken run
    of nine or more digits that is no round amount, and names: after a title, a role, thanks or an
    introduction, and in Russian, where few brands and places are called like people, first names
    and patronymics anywhere. Prices, dates, years, times and quantities stay. So does a name that
    nothing announces: no list of words tells Paul Smith the clerk from Paul Smith the brand.

    Args:
        text: one text in any of the four languages, or several.
        spans: (start, stop) in `text`. A span that touches a replaced part covers its whole mark;
            one that lies outside of the text is cut to it.
        language: of the marks: the text's own, since who reads the text reads that language.
            Another language than ru, zh, pl and en gets English marks.

    Returns:
        `Masked(text, spans)`, with one span for each given, in the same order.

    Masking what is masked changes nothing. The time grows with the length of the text alone.

    >>> mask_personal("Mr Brown, call me: +44 20 7946 0958", spans=((0, 8),))
    Masked(text='Mr [name], call me: [phone]', spans=((0, 9),))
    >>> mask_personal("Менеджер Анна, договор № 4417-0265", language="ru").text
    'Менеджер [имя], договор № [номер]'
    """
    if not isinstance(text, str):
        raise TpfeedbackError(
            f"The text to mask is {type(text).__name__} {text!r}. Allowed: one text. Call "
            "mask_personal for each text of a list; leave missing ones out."
        )
    return mask_by(RULES, text, spans=spans, language=language)
