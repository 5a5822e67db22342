"""English: rules of sentences and clauses, stems by Snowball.

The stemmer is snowballstemmer, not nltk's copy of the same algorithm: importing it takes
0.03 s, importing nltk.stem.snowball nearly 3 s.
"""

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
    mr mrs ms dr prof st vs e.g i.e eg ie cf approx dept est fig nos vol rev gen hon sgt jan feb
    aug sept oct nov dec
    """
)
MAYBE_LAST = words_in(
    """
    etc inc ltd co corp a.m p.m am pm no min hrs hr lbs lb oz ft u.s u.k
    """
)

STOP_WORDS = words_in(
    """
    a about after again all also am an and any are as at be because been before being both but by
    can could did do does doing don't even ever every few for from get got had has have he her
    here hers him his how i i'd i'll i'm i've if in into is it it's its just lot made make many me
    more most much my no nor not now of off on once one only or other our out over own quite
    rather really same she should so some still such than that that's the their them then there
    these they this those though through to too under until up us very was wasn't we were what
    when where which while who why will with would you your extremely pretty absolutely
    """
)

OPENERS = phrases(
    """
    overall, honestly, unfortunately, however, also, well, anyway, besides, finally, first,
    firstly, second, secondly, third, thirdly, in general, generally, to be honest, in my opinion,
    in short, sadly, luckily, fortunately, personally, frankly, basically, actually, plus, pros,
    cons, yes, no, ok, okay, so, thanks, hi, hello, dear all, all in all, on the other hand,
    on the plus side, on the downside, for example, for instance, in addition, moreover,
    furthermore, again, of course, then, but, and, yet, still, for the price, in the end, at first
    """
)
CONTRAST = phrases(
    """
    but, however, although, though, even though, whereas, while, yet, except that,
    on the other hand, unfortunately, sadly, despite, nevertheless, the only downside,
    the only problem, only downside
    """
)
DEPENDENT = phrases(
    """
    which, who, whom, whose, that, where, when, because, if, unless, until, as, since, so that,
    in order, especially, including, such as, like, for example, e.g, i.e, especially when,
    particularly, thanks to, due to, or, to, than, of, with
    """
)

_PREDICATE = re.compile(
    r"\s*and\s+(?:(?:i|we|they|he|she|it|you|there|this|that|nobody|everyone|everything|nothing)\b"
    r"|(?:the|my|our|their|his|her|its|your)\s+(?:\S+\s+){1,3}?(?:is|are|was|were|has|have|had|"
    r"does|did|do|will|would|can|could|isn't|aren't|wasn't|weren't|doesn't|didn't|don't|won't|"
    r"can't|couldn't|keeps?|kept|came|took|went|arrived|looks?|feels?|works?|needs?|never|always"
    r"|[a-z]{3,}ed)\b)",
    re.IGNORECASE,
)
CLAUSE_MARK = clause_mark(r"but|however|although|though|even\s+though|whereas|while|and", also="—")
_FIXED = re.compile(
    r"(?:\bnothing|\banything|\bnone|\blast|\ball|\bnobody|\bno\s+choice"  # … but
    r"|\ba|\blittle|\blong|\bshort|\bgood|\bthe|\bworth|\bfor\s+quite\s+a"  # … while
    r"|\beven)$",
    re.IGNORECASE,
)


_COMPANION = re.compile(
    r"\b(?:wife|husband|partner|friends?|family|mother|mum|mom|father|dad|son|daughter|sister|"
    r"brother|boyfriend|girlfriend|kids|children|colleagues?|he|she|you|they)\s*,?$",
    re.IGNORECASE,
)


def companion(mark: Mark) -> bool | None:
    """ "My wife and I" is one subject."""
    with_me = re.match(r"\s*and\s+i\b", mark.right, re.IGNORECASE)
    return False if with_me and _COMPANION.search(mark.left) else None


def fixed_phrase(mark: Mark) -> bool | None:
    """In "nothing but", "a while" and "even though" the second word opens no clause."""
    return False if mark.sign.isspace() and _FIXED.search(mark.left) else None


def ongoing(mark: Mark) -> bool | None:
    """In "while waiting" the word tells when, not but."""
    return False if re.match(r"\s*while\s+\w+ing\b", mark.right, re.IGNORECASE) else None


def new_subject(mark: Mark) -> bool | None:
    """ "And" cuts before a subject with its verb, when the clause before is a clause."""
    if not re.match(r"\s*and\b", mark.right, re.IGNORECASE):
        return None
    words = len(WORD.findall(mark.piece))
    if _PREDICATE.match(mark.right):
        return words >= 3 and len(WORD.findall(mark.following)) >= 4
    return None if "," in mark.sign else False


SENTENCES: list[Rule] = [abbreviation(NEVER_LAST, MAYBE_LAST), *SENTENCE_RULES]
CLAUSES: list[Rule] = [
    nothing_before,
    inside_number,
    inside_address,
    semicolon,
    after_opener(OPENERS),
    fixed_phrase,
    companion,
    ongoing,
    contrast(CONTRAST),
    new_subject,
    dependent(DEPENDENT),
    two_full_sides(STOP_WORDS),
]


def sentences(text: str) -> list[Span]:
    """Return the sentences of an English text."""
    return cut(text, SENTENCE_MARK, SENTENCES)


def clauses(text: str) -> list[Span]:
    """Return the clauses of an English text.

    >>> text = "The delivery was three hours late but the courier was polite"
    >>> [text[c.start:c.stop] for c in clauses(text)]
    ['The delivery was three hours late', 'but the courier was polite']
    """
    return cut_twice(text, sentences, CLAUSE_MARK, CLAUSES)


@cache
def _stemmer() -> Any:
    import snowballstemmer

    return snowballstemmer.stemmer("english")


@lru_cache(maxsize=2**16)
def normal_form(word: str) -> str:
    """Return the Snowball stem in small letters.

    >>> normal_form("Deliveries"), normal_form("delivered")
    ('deliveri', 'deliv')
    """
    return str(_stemmer().stemWord(word.lower().replace("’", "'")))


LANGUAGE = Language("en", "English", sentences, clauses, find_words, normal_form, STOP_WORDS)
