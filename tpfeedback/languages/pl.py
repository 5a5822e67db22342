"""Polish: rules of sentences and clauses, stems by snowballstemmer, with or without diacritics."""

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

WITHOUT_DIACRITICS = str.maketrans("ąćęłńóśźż", "acelnoszz")

NEVER_LAST = words_in(
    """
    np m.in mn min.in tzn tzw tj dr mgr prof inż lek ul al os pl ks św pt tel wg zob por jw br
    nr p ds dot woj godz art ust par
    """
)
MAYBE_LAST = words_in(
    """
    ok itd itp zł gr tys mln mld szt r w kg g ml l m cm mm km min sek st pkt wiecz
    """
)

STOP_WORDS = words_in(
    """
    a aby albo ale ani aż bardzo bez bo był była było były być by byc byl byla bylo byly ci co coś
    czy dla do dość dosc dzięki gdy gdzie go i ich im inne ja jak jaki jako jednak jej jest jestem
    jeszcze jeśli jesli już juz każdy ktoś która które który ktora ktore ktory którzy lub ma mam
    mi mnie moje może moze można mozna my na nad nam nas nasz nawet nic nich nie nią niego niej
    nim o od ona one oni ono on oraz pan pani po pod podczas ponieważ przed przez przy raz również
    rowniez się sie są sa tak taki takie tam te tego tej ten też tez to toteż trochę troche tu
    tutaj ty tych tylko tym u w wam was wcale we więc wiec wszystko wszyscy z za zawsze ze że zbyt
    zupełnie
    """
)

OPENERS = phrases(
    """
    ogólnie, ogolnie, generalnie, niestety, szczerze, szczerze mówiąc, moim zdaniem, po pierwsze,
    po drugie, po trzecie, na szczęście, krótko mówiąc, podsumowując, poza tym, ponadto,
    oczywiście, zdecydowanie, naprawdę, jednak, jednakże, owszem, tak, nie, no cóż, cóż, plus,
    plusy, minus, minusy, dzień dobry, witam, dziękuję, dzięki, reasumując, jedyny minus,
    jedyny plus, ale, a, może, swoją drogą, na plus, na minus, w sumie, w skrócie
    """
)
CONTRAST = phrases(
    """
    ale, lecz, jednak, jednakże, natomiast, zaś, za to, chociaż, choć, mimo to, tylko że,
    aczkolwiek, z drugiej strony, jedyny minus, jedynie, niestety, poza tym, ponadto
    """
)
DEPENDENT = phrases(
    """
    że, ze, żeby, aby, by, który, która, które, którzy, którego, której, któremu, którym, którą,
    których, którymi, ktory, ktora, ktore, w którym, w której, na którym, z którym, z którego,
    z której, gdzie, kiedy, gdy, gdyż, jeśli, jesli, jeżeli, jak, jaki, jaka, jakie, co, czy, bo,
    ponieważ, dlaczego, ile, kto, kogo, niż, czyli, tj, tzn, m.in, np, zwłaszcza, szczególnie,
    w tym, dzięki czemu, przez co, tak jak
    """
)

_AND = starts_with(["a"])
_NOT = re.compile(r"(?<!\w)nie(?!\w)", re.IGNORECASE)
CLAUSE_MARK = clause_mark("ale|lecz|natomiast|chociaż|aczkolwiek")

# Endings that the stemmer knows only with their diacritics.
_ENDINGS = re.compile(r"(?<=\w{4})(?:alism|ilism|ow|al|ac|il|ic|yl|yc)$")
# Last consonants that change inside one word: obsłudze-obsługa, przesyłce-przesyłka, kurierzy.
_CHANGES = (("dz", "g"), ("rz", "r"), ("ek", "k"), ("c", "k"))


def correction(mark: Mark) -> bool | None:
    """In "nie sklep, a bazar" nothing is contrasted: a word is corrected."""
    if not starts_with(["a", "lecz", "ale"]).match(mark.right):
        return None
    return False if _NOT.match(mark.piece.strip()) and len(WORD.findall(mark.piece)) <= 2 else None


def opposition(mark: Mark) -> bool | None:
    """A comma with "a" cuts before a clause of two words or more."""
    found = _AND.match(mark.right)
    if not found or "," not in mark.sign:
        return None
    return len(WORD.findall(mark.following[found.end() :])) >= 2 or None


SENTENCES: list[Rule] = [abbreviation(NEVER_LAST, MAYBE_LAST), *SENTENCE_RULES]
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
    two_full_sides(STOP_WORDS),
]


def sentences(text: str) -> list[Span]:
    """Return the sentences of a Polish text."""
    return cut(text, SENTENCE_MARK, SENTENCES)


def clauses(text: str) -> list[Span]:
    """Return the clauses of a Polish text.

    >>> text = "Paczka przyszła szybko, ale pudełko było zgniecione"
    >>> [text[c.start:c.stop] for c in clauses(text)]
    ['Paczka przyszła szybko,', 'ale pudełko było zgniecione']
    """
    return cut_twice(text, sentences, CLAUSE_MARK, CLAUSES)


@cache
def _stemmer() -> Any:
    import snowballstemmer

    return snowballstemmer.stemmer("polish")


@lru_cache(maxsize=2**16)
def normal_form(word: str) -> str:
    """Return the stem without diacritics, so that careless spelling meets careful spelling.

    >>> normal_form("zamówienie"), normal_form("zamowieniami")
    ('zamowien', 'zamowien')
    """
    plain = word.lower().translate(WITHOUT_DIACRITICS)
    stem = _ENDINGS.sub("", _stemmer().stemWord(plain))
    for ending, instead in _CHANGES:
        if stem.endswith(ending) and len(stem) >= len(ending) + 3:
            return stem[: -len(ending)] + instead
    return str(stem)


LANGUAGE = Language("pl", "Polski", sentences, clauses, find_words, normal_form, STOP_WORDS)
