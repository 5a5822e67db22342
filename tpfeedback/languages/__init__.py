"""Languages: one file each, found by itself, and what they all cut texts with.

Every other module in this folder is a language: a file `xx.py` with one value `LANGUAGE`.
A text is cut as in razdel: a pattern finds the marks where a cut is possible, a visible list
of named rules is asked in order, and the first rule that has an opinion decides.
"""

from __future__ import annotations

import pkgutil
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from importlib import import_module

from tpfeedback.errors import TpfeedbackError, unknown_name

# How far a rule may look to either side: enough for any clause opening, and it keeps
# the time linear in the length of the text.
WINDOW = 80

EMOJI = "\U0001f000-\U0001faff\u2600-\u27bf\u2b50\u2b55\ufe0f\u200d"
SENTENCE_MARK = re.compile(
    r"[\n\r\v\f\x85\u2028\u2029]\s*"  # a line ends
    r"|[.!?…。！？｡؟।]+[)\]\"'»”’」』）]*"  # a sentence ends
    r"|[:;=]-?[()]+|[()]{2,}|\)"  # a smile
    rf"|[{EMOJI}]+"
    r"|(?=[•●▪◦‣])"  # a bullet inside a line
)
WORD = re.compile(r"\d+(?:[.,:]\d+)+|[^\W_]+(?:['’‑-][^\W_]+)*")
_LETTER_OR_DIGIT = re.compile(r"[^\W_]")
_ADDRESS = re.compile(r"https?:|www\.|@\w", re.IGNORECASE)
_ENDINGS = (
    "app|biz|by|cn|com|cz|de|doc|docx|edu|eu|exe|fr|gov|htm|html|info|io|it|jpg|js|kz|ly|me|net"
    "|org|pdf|php|pl|png|pro|ru|shop|store|su|tv|ua|uk|us|xls|xlsx|zip|рф"
)
_ENDING_FOLLOWS = re.compile(rf"(?:{_ENDINGS})(?![^\W_])", re.IGNORECASE)
_LAST_WORD = re.compile(r"[^\W_]+(?:\.[^\W_]+)*$")
_BRANDS = {"яндекс", "yandex", "mail", "dr"}


@dataclass(frozen=True, slots=True)
class Span:
    """The part `text[start:stop]` of a text."""

    start: int
    stop: int


@dataclass(frozen=True, slots=True)
class Mark:
    """A place where a text may be cut: right after `sign`.

    `left` and `right` are the text around it, `piece` the text since the mark before,
    `following` the text up to the next mark; none is longer than `WINDOW`.
    """

    sign: str
    left: str
    right: str
    piece: str
    following: str

    @property
    def left_word(self) -> str:
        """The word that ends where the mark starts, in lower case; empty if there is none."""
        found = _LAST_WORD.search(self.left)
        return found.group().lower() if found else ""

    @property
    def next_character(self) -> str:
        """The first character after the mark that is no space; empty at the end."""
        return self.right.lstrip()[:1]


Rule = Callable[[Mark], bool | None]


@dataclass(frozen=True)
class Language:
    """What tpfeedback knows of one language.

    `sentences` and `clauses` give spans that cover every non-space character of the text
    exactly once and in order; `words` gives the words and numbers, without punctuation;
    `normal_form` makes the forms of one word equal; `stop_words` carry no subject.
    """

    code: str
    name: str
    sentences: Callable[[str], list[Span]]
    clauses: Callable[[str], list[Span]]
    words: Callable[[str], list[Span]]
    normal_form: Callable[[str], str]
    stop_words: frozenset[str]


def available_languages() -> tuple[str, ...]:
    """Return the codes of all languages in this folder, sorted.

    >>> available_languages()
    ('en', 'pl', 'ru', 'zh')
    """
    return tuple(sorted(module.name for module in pkgutil.iter_modules(__path__)))


@cache
def load_language(code: str) -> Language:
    """Return the language `code`; raise `TpfeedbackError` if there is no such file.

    >>> load_language("pl").normal_form("zamówienia")
    'zamowien'
    """
    if code not in available_languages():
        raise TpfeedbackError(
            unknown_name(
                "language",
                code,
                available_languages(),
                then=f"Take one of them or add tpfeedback/languages/{code}.py.",
            )
        )
    language: Language = import_module(f"{__name__}.{code}").LANGUAGE
    return language


def cut(text: str, marks: re.Pattern[str], rules: Iterable[Rule]) -> list[Span]:
    """Return the pieces of `text`, cut after each of the `marks` that the `rules` let stand.

    >>> [(s.start, s.stop) for s in cut("Good. Bad!", SENTENCE_MARK, [always])]
    [(0, 5), (6, 10)]
    """
    places = [(found.start(), found.end()) for found in marks.finditer(text)]
    ends = []
    before = 0
    for number, (start, stop) in enumerate(places, 1):
        after = places[number][0] if number < len(places) else len(text)
        mark = Mark(
            sign=text[start : min(stop, start + WINDOW)],
            left=text[max(0, start - WINDOW) : start],
            right=text[stop : stop + WINDOW],
            piece=text[max(before, start - WINDOW) : start],
            following=text[stop : min(after, stop + WINDOW)],
        )
        if next((said for rule in rules if (said := rule(mark)) is not None), False):
            ends.append(stop)
        before = stop
    return _pieces(text, ends)


def cut_twice(
    text: str, sentences: Callable[[str], list[Span]], marks: re.Pattern[str], rules: list[Rule]
) -> list[Span]:
    """Return the clauses of `text`: each of its `sentences` cut at the `marks`."""
    return [
        Span(sentence.start + clause.start, sentence.start + clause.stop)
        for sentence in sentences(text)
        for clause in cut(text[sentence.start : sentence.stop], marks, rules)
    ]


def find_words(text: str) -> list[Span]:
    """Return the words and numbers of a text that puts spaces between words.

    >>> text = "Don't pay 4.5 zł-ish, ok?"
    >>> [text[w.start:w.stop] for w in find_words(text)]
    ["Don't", 'pay', '4.5', 'zł-ish', 'ok']
    """
    return [Span(found.start(), found.end()) for found in WORD.finditer(text)]


def _pieces(text: str, ends: list[int]) -> list[Span]:
    """Return the parts between `ends`; a part without letter or digit joins the one before."""
    spans: list[Span] = []
    wordless = False
    start = 0
    for stop in [*ends, len(text)]:
        part = text[start:stop]
        span = Span(start + len(part) - len(part.lstrip()), start + len(part.rstrip()))
        start = stop
        if span.start >= span.stop:
            continue
        no_word = _LETTER_OR_DIGIT.search(part) is None
        if spans and (no_word or wordless):
            spans[-1] = Span(spans[-1].start, span.stop)
            wordless = wordless and no_word
        else:
            spans.append(span)
            wordless = no_word
    return spans


def always(mark: Mark) -> bool | None:
    """Cut at whatever mark no other rule spoke about."""
    return True


def starts_with(phrases: Iterable[str]) -> re.Pattern[str]:
    """Return a pattern that finds any of the `phrases` at the start, as whole words."""
    longest_first = sorted(phrases, key=lambda phrase: (-len(phrase), phrase))
    return re.compile(rf"\W*(?:{'|'.join(map(re.escape, longest_first))})(?!\w)", re.IGNORECASE)


# --- rules for sentences ---------------------------------------------------------------------


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
    """4.5 and 1,000 stay whole."""
    between = mark.right[:1].isdecimal() and (not mark.left.strip() or mark.left[-1:].isdecimal())
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
    if _ADDRESS.search(token) and mark.right[:1].isascii():
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
        word = mark.left_word
        if word in inside or word.rsplit(".", 1)[-1] in inside:
            return False
        if word in last or word.rsplit(".", 1)[-1] in last:
            return mark.next_character.isupper()
        return None

    return abbreviation


def enumerator(mark: Mark) -> bool | None:
    """The 1. and 2) that open the items of a list stay with their item."""
    number = re.search(r"(?:^|[\n\r.;!?])\s*\d{1,2}$", mark.left)
    return False if number and mark.sign in {".", ")"} else None


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


# --- rules for clauses -----------------------------------------------------------------------


def nothing_before(mark: Mark) -> bool | None:
    """A mark right after another mark cuts nothing."""
    return None if _LETTER_OR_DIGIT.search(mark.piece) else False


def semicolon(mark: Mark) -> bool | None:
    """A semicolon always cuts."""
    return True if mark.sign[:1] in {";", "；"} else None


def after_opener(openers: Iterable[str]) -> Rule:
    """An opening word ("Honestly, …") stays with what it opens."""
    words = frozenset(openers)

    def after_opener(mark: Mark) -> bool | None:
        return False if mark.piece.strip(" \t-–—\"'«„").lower() in words else None

    return after_opener


def contrast(phrases: Iterable[str]) -> Rule:
    """A contrast cuts when there is a word on either side of it."""
    pattern = starts_with(phrases)

    def contrast(mark: Mark) -> bool | None:
        found = pattern.match(mark.right)
        if not found:
            return None
        return True if WORD.search(mark.right, found.end()) else None

    return contrast


def dependent(phrases: Iterable[str]) -> Rule:
    """A clause that hangs on the one before ("…, which …") stays with it."""
    pattern = starts_with(phrases)

    def dependent(mark: Mark) -> bool | None:
        return False if pattern.match(mark.right) else None

    return dependent


def two_full_sides(stop_words: frozenset[str]) -> Rule:
    """A comma or dash cuts between two sides that could each stand alone."""

    def is_full(piece: str) -> bool:
        words = [found.group().lower() for found in WORD.finditer(piece)]
        content = [word for word in words if word not in stop_words and not word.isdecimal()]
        return len(content) >= 2 or (len(words) >= 4 and len(content) >= 1)

    def two_full_sides(mark: Mark) -> bool | None:
        return is_full(mark.piece) and is_full(mark.following)

    return two_full_sides
