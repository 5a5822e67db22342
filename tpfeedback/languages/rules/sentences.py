"""Rules of sentences that all languages share."""

from __future__ import annotations

import re

from tpfeedback.languages.rules import WORD, Mark, Rule

EMOJI = "\U0001f000-\U0001faff\u2600-\u27bf\u2b50\u2b55\ufe0f\u200d"
LINE_ENDS = r"\n\r\v\f\x85\u2028\u2029"
BULLETS = "•●▪◦‣"
SENTENCE_MARK = re.compile(
    rf"(?=[{LINE_ENDS}.!?…。！？｡؟।:;=(){EMOJI}{BULLETS}])(?:"  # what a mark begins with: faster
    rf"[{LINE_ENDS}]\s*"  # a line ends
    r"|[.!?…。！？｡؟।]+[)\]\"'»”’」』）]*"  # a sentence ends
    r"|[:;=]-?[()]+|[()]{2,}|\)"  # a smile
    rf"|[{EMOJI}]+"
    rf"|(?=[{BULLETS}]))"  # a bullet inside a line
)
_ADDRESS = re.compile(r"https?:|www\.|@\w", re.IGNORECASE)
_ITEM_NUMBER = re.compile(r"(?:^|[\n\r]|[.:;!?]\s)\s*\d{1,2}$")
_ENDINGS = (
    "app|biz|by|cn|com|cz|de|doc|docx|edu|eu|exe|fr|gov|htm|html|info|io|it|jpg|js|kz|ly|me|net"
    "|org|pdf|php|pl|png|pro|ru|shop|store|su|tv|ua|uk|us|xls|xlsx|zip|рф"
)
_ENDING_FOLLOWS = re.compile(rf"(?:{_ENDINGS})(?![^\W_])", re.IGNORECASE)
_BRANDS = {"яндекс", "yandex", "mail", "dr"}


def line_break(mark: Mark) -> bool | None:
    """A line break cuts, except where a long line was wrapped inside a sentence."""
    if not mark.sign[:1].isspace():
        return None
    line = re.split(r"[\n\r]", mark.left)[-1]
    return "\n" in mark.sign.strip(" \t\r")[1:] or len(line) < 60 or not mark.right[:1].islower()


def bullet(mark: Mark) -> bool | None:
    """A bullet inside a line starts a new piece."""
    return True if not mark.sign else None


def inside_number(mark: Mark) -> bool | None:
    """4.5, 1,000 and (carelessly) "1. 5" stay whole."""
    between = mark.next_character.isdecimal() and mark.left[-1:].isdecimal()
    return False if between and mark.sign in {".", ",", ":"} else None


def inside_address(mark: Mark) -> bool | None:
    """www.sklep.pl/?a=1, a@b.ru and Booking.com stay whole."""
    if (
        mark.sign[:1] not in set(".?!,;:=")
        or not mark.right[:1].strip()
        or not mark.left[-1:].strip()
    ):
        return None
    token = mark.left.split()[-1]
    if _ADDRESS.search(token + mark.sign) and mark.right[:1].isascii():
        return False
    if mark.sign != "." or not _ENDING_FOLLOWS.match(mark.right):
        return None
    return False if token[-1].isalnum() else None


def goes_on(mark: Mark) -> bool | None:
    """A comma or a closing bracket after the mark, or a small letter after a quotation."""
    if mark.next_character in tuple(",;:)"):
        return False
    quoted = len(mark.sign) > 1 and mark.sign[-1] in "\"'»”’"
    spoken = re.match(r"\s*[-–—]+\s*[a-zа-яё]", mark.right) is not None
    if (quoted and mark.next_character.islower()) or (mark.sign[0] in "!?" and spoken):
        return False
    return None


def initial(mark: Mark) -> bool | None:
    """A. Nowak stays whole."""
    if mark.sign != "." or len(mark.left_word) != 1 or not mark.left[-1:].isupper():
        return None
    return False


def abbreviation(inside: frozenset[str], last: frozenset[str]) -> Rule:
    """Words with a full stop: those `inside` a sentence never end it, the `last` ones may."""

    def abbreviation(mark: Mark) -> bool | None:
        if not mark.sign.startswith(".") or mark.sign.startswith(".."):
            return None
        for word in (mark.left_word, mark.left_word.rsplit(".", 1)[-1]):
            if word in inside:
                return False
            if word in last:
                return mark.next_character.isupper()
        return None

    return abbreviation


def enumerator(mark: Mark) -> bool | None:
    """The 1. and 2) that open the items of a list stay with their item."""
    if mark.sign not in {".", ")"} or not mark.left[-1:].isdecimal():
        return None
    return False if _ITEM_NUMBER.search(mark.left) else None


def smile(mark: Mark) -> bool | None:
    """A smile or an emoji cuts before a capital; a bracket that closes another one does not."""
    if mark.sign[0] in ".!?…。！？｡؟।":
        return None
    if mark.sign == ")" and ("(" in mark.left or not mark.right[:1].isspace()):
        return False
    return mark.next_character.isupper() or mark.next_character > "\u2e80"


def ellipsis(mark: Mark) -> bool | None:
    """Dots before a small letter are a pause."""
    paused = mark.sign.startswith(("..", "…")) and mark.next_character.islower()
    return False if paused else None


def missing_space(mark: Mark) -> bool | None:
    """ "Good.Will buy" and "good.will buy" are two sentences, "т.е" and "Яндекс.Маркет" are not."""
    if mark.sign != "." or not mark.right[:1].isalnum():
        return None
    word = mark.left_word.rsplit(".", 1)[-1]
    follower = WORD.match(mark.right)
    short = follower is not None and len(follower.group()) < 2 and mark.right[:1].islower()
    return len(word) > 1 and word not in _BRANDS and not short


def always(mark: Mark) -> bool | None:
    """Cut at whatever mark no other rule spoke about."""
    return True


SENTENCE_RULES: list[Rule] = [
    line_break,
    bullet,
    inside_number,
    inside_address,
    goes_on,
    initial,
    enumerator,
    smile,
    ellipsis,
    missing_space,
    always,
]
