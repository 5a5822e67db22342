"""Longer texts put together of short ones, with the labels of all.

Only texts whose every touchpoint was judged may be joined.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from functools import partial, reduce

import numpy as np

from tpfeedback.training.data import LabelledText

FEWEST, MOST = 3, 6  # short texts that are strung together
TRIED = 3  # times as many are looked at, for some do not fit
LONGEST_HALF = {"en": 160, "pl": 160, "ru": 160, "zh": 60}  # characters of a text to be joined
CONTRASTED = 0.7  # share of joined texts of opposite tone that are joined by a word of contrast
CONTRASTS = {
    "en": (", but ", ", though ", ", yet ", ". However, ", " but "),
    "pl": (", ale ", ", lecz ", ", za to ", ". Natomiast ", " ale "),
    "ru": (", но ", ", зато ", ", а вот ", ". Однако ", ", хотя "),
    "zh": ("，但是", "，不过", "，但", "，可是", "，就是"),
}


def short_ones(texts: list[LabelledText]) -> list[LabelledText]:
    """Return those that may be part of a longer text: no answers, each has its own question."""
    return [t for t in texts if not t.question and len(t.text) <= LONGEST_HALF[t.language]]


def joined(texts: list[LabelledText], number: int, *, random_state: int) -> list[LabelledText]:
    """Return `number` texts made of two short ones of a language, with the labels of both.

    They teach that a text may praise one thing and complain of another.
    """
    random = np.random.default_rng(random_state)
    short = short_ones(texts)
    by_language = {code: [t for t in short if t.language == code] for code in LONGEST_HALF}
    chosen = [short[i] for i in random.integers(len(short), size=number)]
    return [
        _join(first, others[random.integers(len(others))], random)
        for first in chosen
        for others in (by_language[first.language],)
    ]


def strung(texts: list[LabelledText], number: int, *, random_state: int) -> list[LabelledText]:
    """Return `number` texts made of three to six short ones of a trade, with the labels of all.

    What is said of one touchpoint shall not colour the next: so none is both praised and complained
    of, and what comes out as the mark of the whole is left open where its parts are not of a mind.
    """
    random = np.random.default_rng(random_state)
    short = short_ones(texts)
    of_trade: dict[tuple[str, str], list[LabelledText]] = defaultdict(list)
    for text in short:
        of_trade[_trade(text)].append(text)
    chosen = [short[i] for i in random.integers(len(short), size=number)]
    return [_string(first, of_trade[_trade(first)], random) for first in chosen]


def _trade(text: LabelledText) -> tuple[str, str]:
    return text.language, text.id.split("-")[0]


def _string(
    first: LabelledText, others: list[LabelledText], random: np.random.Generator
) -> LabelledText:
    parts, marks = [first], dict(first.touchpoints)
    length = random.integers(FEWEST, MOST + 1)
    for i in random.integers(len(others), size=TRIED * length):
        said = others[i].touchpoints
        if len(parts) < length and all(marks.get(key, mark) == mark for key, mark in said.items()):
            parts.append(others[i])
            marks.update(said)
    whole = reduce(partial(_join, random=random), parts)
    sides = {part.overall for part in parts} - {"0"}
    return replace(whole, overall=whole.overall if len(sides) < 2 and "*" not in sides else None)


def _join(first: LabelledText, second: LabelledText, random: np.random.Generator) -> LabelledText:
    keys = first.touchpoints.keys() | second.touchpoints.keys()
    link, continued = " ", second.text
    if first.language == "zh":
        link = "，"
    if {first.overall, second.overall} == {"+", "-"} and random.random() < CONTRASTED:
        links = CONTRASTS[first.language]
        link = links[random.integers(len(links))]
        continued = second.text[:1].lower() + second.text[1:]
    return replace(
        first,
        id=f"{first.id}+{second.id}",
        text=f"{first.text.rstrip('.!。！ ') if link[0] in ',，' else first.text}{link}{continued}",
        overall=joint_mark(first.overall, second.overall),
        touchpoints={
            key: str(joint_mark(first.touchpoints.get(key), second.touchpoints.get(key)))
            for key in sorted(keys)
        },
    )


def joint_mark(first: str | None, second: str | None) -> str | None:
    """Return the mark of two statements together: a judgement outweighs a bare mention.

    >>> joint_mark("+", "-"), joint_mark("0", "-"), joint_mark(None, "+")
    ('*', '-', '+')
    """
    judged = {mark for mark in (first, second) if mark not in (None, "0")}
    if len(judged) > 1:
        return "*"
    return judged.pop() if judged else first or second
