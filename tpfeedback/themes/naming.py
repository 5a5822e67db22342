"""Names groups of clauses by the phrases that set them apart, in the customers' own words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from math import log, sqrt

from tpfeedback.languages import Language, available_languages, load_language

LONGEST = 3  # words of a phrase
PRIOR = (0.1, 500.0)  # what the prior is worth: this share of all clauses, and at most so many
TOGETHER = 10.83  # likelihood ratio (chi-squared, p = 0.001) of words that belong together
FEWEST = 3  # clauses that a phrase must stand in
TINY = 1e-9
CLEAR = 1.96  # z of a phrase that sets its group apart
HELD = 0.3  # share of a phrase's clauses; a longer phrase with so many of them replaces it
_MARK = re.compile(r"\[[^\]\s]{1,12}\]")  # stands for what was taken out, such as [NUM]

Key = tuple[str, ...]


@dataclass(frozen=True)
class Phrase:
    """A phrase of one group in one language.

    `key`: its normal forms; `text`: its most frequent form; `clauses`: those of the group that
    hold it; `z`: how clearly it is said more often here than elsewhere.
    """

    group: int
    language: str
    key: Key
    text: str
    clauses: int
    z: float


@dataclass(frozen=True, eq=False)
class _Said:
    """The phrases of one clause, key → form, and which group the clause is in."""

    group: int
    forms: dict[Key, str]


def name_groups(
    texts: Sequence[str],
    languages: Sequence[str],
    groups: Sequence[int],
    *,
    most: int = 5,
    without: Iterable[str] = (),
) -> tuple[Phrase, ...]:
    """Return up to `most` phrases of each group and language, the clearest first.

    Clauses of group -1 are what the others are set against. A phrase is up to three words, each
    pair of neighbours a collocation by Dunning's likelihood ratio (1993, Computational
    Linguistics 19:61-74). It is ranked by the log-odds ratio with an informative Dirichlet prior
    (Monroe, Colaresi & Quinn 2008, Political Analysis 16:372-403, section 3.5.1), of the clauses
    that hold it. Normal forms are counted, the customers' most frequent form is shown. A word of
    `without` is no phrase alone.

    >>> late, rude = ["the courier was late again"] * 9, ["the waiter was rude"] * 9
    >>> found = name_groups(late + rude, ["en"] * 18, [0] * 9 + [1] * 9, most=1)
    >>> [(phrase.group, phrase.text) for phrase in found]
    [(0, 'courier was late'), (1, 'waiter was rude')]
    """
    found: list[Phrase] = []
    for code in sorted(set(languages) & set(available_languages())):
        language = load_language(code)
        chosen = [i for i, told in enumerate(languages) if told == code]
        said = list(_read(language, [(texts[i], groups[i]) for i in chosen]))
        alone = frozenset((language.normal_form(word),) for word in without)
        found += _named(said, code, most, alone)
    return tuple(sorted(found, key=lambda p: (p.group, p.language, -p.z, p.text)))


def _read(language: Language, clauses: Sequence[tuple[str, int]]) -> Iterator[_Said]:
    """Yield the phrases of each clause: runs of words that neither begin nor end in a stop word."""
    read = [(_words(language.code, text), number) for text, number in clauses]
    together = _collocations(words for words, _ in read)
    for words, number in read:
        forms: dict[Key, str] = {}
        for start in range(len(words)):
            for stop in range(start + 1, min(start + LONGEST, len(words)) + 1):
                run = words[start:stop]
                if stop - start > 1 and (run[-2][0], run[-1][0]) not in together:
                    break
                if run[0][2] and run[-1][2]:
                    forms.setdefault(tuple(form for form, _, _ in run), _joined(language, run))
        yield _Said(number, forms)


@lru_cache(maxsize=2**15)
def _words(code: str, text: str) -> tuple[tuple[str, str, bool], ...]:
    """Return the words of a clause as (normal form, word, whether a phrase may end in it)."""
    language, marks = load_language(code), [m.span() for m in _MARK.finditer(text)]
    found = []
    for span in language.words(text):
        word = text[span.start : span.stop].lower()
        masked = any(start <= span.start < stop for start, stop in marks)
        shown = f"[{text[span.start : span.stop]}]" if masked else word
        form = shown if masked else language.normal_form(word)
        bare = word in language.stop_words or form in language.stop_words
        ends = not (bare or masked or not any(c.isalpha() for c in word))
        found.append((form, shown, ends and (len(word) > 1 or code == "zh")))
    return tuple(found)


def _joined(language: Language, run: Sequence[tuple[str, str, bool]]) -> str:
    between = "" if language.code == "zh" else " "
    return between.join(word for _, word, _ in run)


def _collocations(clauses: Iterable[Sequence[tuple[str, str, bool]]]) -> set[tuple[str, str]]:
    """Return the neighbours that come together more often than chance has it."""
    from nltk.metrics.association import BigramAssocMeasures

    pairs: Counter[tuple[str, str]] = Counter()
    left: Counter[str] = Counter()
    right: Counter[str] = Counter()
    for words in clauses:
        for (first, _, _), (second, _, _) in pairwise(words):
            pairs[first, second] += 1
            left[first] += 1
            right[second] += 1
    total = sum(pairs.values())
    return {
        (first, second)
        for (first, second), both in pairs.items()
        if both >= FEWEST
        and both * total > left[first] * right[second]
        and BigramAssocMeasures.likelihood_ratio(both, (left[first], right[second]), total)
        >= TOGETHER
    }


def _named(said: list[_Said], code: str, most: int, alone: frozenset[Key]) -> Iterator[Phrase]:
    everywhere = Counter(key for one in said for key in one.forms)
    inside: dict[int, list[_Said]] = {}
    for one in said:
        if one.group >= 0:
            inside.setdefault(one.group, []).append(one)
    for number, own in sorted(inside.items()):
        counts = Counter(key for one in own for key in one.forms)
        scores = {
            key: log_odds(counts[key], len(own), everywhere[key], len(said))
            for key in counts
            if counts[key] >= FEWEST and key not in alone
        }
        for key in _apart(scores, counts, most):
            forms = Counter(one.forms[key] for one in own if key in one.forms)
            text = min(forms, key=lambda form: (-forms[form], form))
            yield Phrase(number, code, key, text, counts[key], round(scores[key], 6))


def count_phrases(text: str, language: str, phrases: Iterable[Phrase]) -> int:
    """Return how many of the phrases a clause holds, in whatever form.

    >>> late = Phrase(0, "en", ("late", "courier"), "late couriers", 9, 3.0)
    >>> count_phrases("Another late courier!", "en", [late])
    1
    """
    forms = tuple(form for form, _, _ in _words(language, text))
    return sum(phrase.language == language and _holds(forms, phrase.key) for phrase in phrases)


def log_odds(inside: int, own: int, everywhere: int, total: int) -> float:
    """Return the z-score of the log-odds ratio of a phrase, inside against the rest.

    `inside` of `own` clauses hold it, `everywhere` of `total`. The prior is the phrase's share
    of all clauses (Monroe et al. 2008, equations 16 and 22).

    >>> log_odds(50, 100, 60, 1000) > log_odds(5, 100, 6, 1000) > 1.96
    True
    """
    worth = min(PRIOR[0] * total, PRIOR[1])
    prior = worth * everywhere / total
    here, there = inside + prior, everywhere - inside + prior
    apart = log(here / (own + worth - here + TINY)) - log(
        there / (total - own + worth - there + TINY)
    )
    return apart / sqrt(1 / here + 1 / there)


def _apart(scores: dict[Key, float], counts: Counter[Key], most: int) -> list[Key]:
    """Return the clearest phrases that share no word; of nested ones the longer, if frequent."""
    order = sorted(scores, key=lambda key: (-scores[key], key))
    chosen: list[Key] = []
    taken: set[str] = set()
    for short in order:
        if len(chosen) == most or scores[short] < CLEAR:
            break
        if taken & set(short):
            continue
        longer = [
            other
            for other in order
            if scores[other] >= CLEAR
            and len(other) > len(short)
            and _holds(other, short)
            and not taken & set(other)
        ]
        best = max(longer, key=lambda other: (counts[other], len(other), other), default=short)
        key = best if counts[best] >= HELD * counts[short] else short
        chosen.append(key)
        taken |= set(key)
    return chosen


def _holds(longer: Key, key: Key) -> bool:
    return any(longer[at : at + len(key)] == key for at in range(len(longer) - len(key) + 1))
