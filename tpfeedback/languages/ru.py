"""Russian: rules of sentences and clauses, normal forms by pymorphy3."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import Any

from tpfeedback.languages import Language, Span
from tpfeedback.languages.rules import (
    WORD,
    Mark,
    Rule,
    cut,
    cut_twice,
    find_words,
    phrases,
    starts_with,
    words_in,
)
from tpfeedback.languages.rules.clauses import (
    after_opener,
    clause_mark,
    contrast,
    dependent,
    nothing_before,
    semicolon,
    two_full_sides,
)
from tpfeedback.languages.rules.sentences import (
    SENTENCE_MARK,
    SENTENCE_RULES,
    abbreviation,
    inside_address,
    inside_number,
)

NEVER_LAST = words_in(
    """
    т ул пр просп пер пл бул наб д корп стр кв обл г-н г-жа гр им проф акад доц др-р см ср напр
    т.е т.к т.н т.о тел моб доб св англ рус нем тов п ст гл рис вкл искл
    """
)
MAYBE_LAST = words_in(
    """
    т.д т.п др г гг в вв руб р коп тыс млн млрд шт кг мл л м мм км ч час мин сек чел эт экз н.э
    р-н
    """
)

STOP_WORDS = words_in(
    """
    а без более больше бы был была были было быть в вам вас весь во вообще вот все всего всё
    всегда всем всех вы где да даже для до его ее её если есть еще ещё же за здесь и из или им их
    к как какая какие какой когда конечно который которая которые кто ли лишь либо меня мне много
    можно мой моя мы на над надо нам нас наш не него нее неё нет ни них но ну о об один она они
    оно он от очень по под потом потому почти при про просто раз с сам себе себя сейчас со совсем
    так также такая такие такой такое там те тем теперь то тоже той только том тот тут ты у уж уже
    хоть чего чем через что чтобы чуть эта эти это этого этой этом этот я весьма достаточно
    довольно слишком самый самая самое самые наверное спасибо
    """
)

OPENERS = phrases(
    """
    в целом, в общем, в общем-то, вообще, кстати, конечно, во-первых, во-вторых, в-третьих,
    к сожалению, к счастью, честно, честно говоря, если честно, по-моему, на мой взгляд, короче,
    итак, наконец, например, однако, правда, наверное, пожалуй, плюс, плюсы, минус, минусы, да,
    нет, спасибо, ну, увы, единственное, единственный минус, единственный плюс, причем, причём,
    кроме того, более того, здравствуйте, добрый день, привет, уважаемые, так, в принципе, видимо,
    может быть, возможно, но, а, зато
    """
)
CONTRAST = phrases(
    """
    но, зато, однако, хотя, только вот, вот только, правда, при этом, тем не менее,
    в то время как, единственное, единственный минус, из минусов, из плюсов, минус, кроме того,
    плюс
    """
)
DEPENDENT = phrases(
    """
    что, чтобы, чтоб, который, которая, которое, которые, которого, которой, которому, которым,
    которых, которую, которыми, в котором, в которой, в которых, на котором, на которой,
    с которым, с которой, где, куда, откуда, когда, если, как, чем, кто, кого, кому, чего, чей,
    какой, какая, какие, сколько, почему, зачем, потому, потому что, так как, поскольку, пока,
    словно, будто, ли, то, а то, а именно, то есть, т.е, особенно, включая, например, в том числе,
    не говоря
    """
)

_MORE = starts_with(["а"])
_IS = starts_with(["это", "вот", "то", "значит"])
_RUSSIAN = re.compile(r"[а-яё'’-]+")
_NOT = re.compile(r"(?<!\w)(?:не|ни)(?!\w)", re.IGNORECASE)
CLAUSE_MARK = clause_mark("но|зато|однако")


def town(mark: Mark) -> bool | None:
    """Where no number stands before "г." it is a town and its name follows."""
    if mark.sign != "." or mark.left_word != "г":
        return None
    return None if re.search(r"\d\s*г$", mark.left) else False


def correction(mark: Mark) -> bool | None:
    """In "не курьер, а хам" nothing is contrasted: a word is corrected."""
    if not _MORE.match(mark.right):
        return None
    return False if _NOT.search(mark.piece) and len(WORD.findall(mark.piece)) <= 4 else None


def opposition(mark: Mark) -> bool | None:
    """A comma with "а" cuts before a clause of two words or more."""
    found = _MORE.match(mark.right)
    if not found or "," not in mark.sign:
        return None
    return len(WORD.findall(mark.following[found.end() :])) >= 2 or None


def equation(mark: Mark) -> bool | None:
    """In "Лучший магазин в городе - это он" the dash stands for "is"."""
    is_dash = mark.sign.strip(" \t-–—") == ""
    return False if is_dash and _IS.match(mark.right) else None


SENTENCES: list[Rule] = [town, abbreviation(NEVER_LAST, MAYBE_LAST), *SENTENCE_RULES]
CLAUSES: list[Rule] = [
    nothing_before,
    inside_number,
    inside_address,
    semicolon,
    after_opener(OPENERS),
    correction,
    contrast(CONTRAST),
    dependent(DEPENDENT),
    opposition,
    equation,
    two_full_sides(STOP_WORDS),
]


def sentences(text: str) -> list[Span]:
    """Return the sentences of a Russian text."""
    return cut(text, SENTENCE_MARK, SENTENCES)


def clauses(text: str) -> list[Span]:
    """Return the clauses of a Russian text.

    >>> text = "Доставка опоздала на три часа, но курьер вежливый"
    >>> [text[c.start:c.stop] for c in clauses(text)]
    ['Доставка опоздала на три часа,', 'но курьер вежливый']
    """
    return cut_twice(text, sentences, CLAUSE_MARK, CLAUSES)


@cache
def _analyzer() -> Any:
    from pymorphy3 import MorphAnalyzer

    return MorphAnalyzer(lang="ru")


@lru_cache(maxsize=2**16)
def normal_form(word: str) -> str:
    """Return the dictionary form in small letters, ё written as е.

    >>> normal_form("Курьеров")
    'курьер'
    """
    small = word.lower()
    # pymorphy3 knows Russian only, and fails on characters that Unicode has no name for.
    if not _RUSSIAN.fullmatch(small):
        return small
    form: str = _analyzer().parse(small)[0].normal_form
    return form.replace("ё", "е")


LANGUAGE = Language("ru", "Русский", sentences, clauses, find_words, normal_form, STOP_WORDS)
