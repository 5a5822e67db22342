"""Finds the phrases of touchpoints in texts, whatever the forms of their words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tpfeedback.languages import load_language
from tpfeedback.taxonomy import Touchpoint

Phrase = tuple[tuple[str, ...], int]  # normal forms of its words, number of the touchpoint


@dataclass(frozen=True)
class Cues:
    """The phrases of touchpoints `keys`: by language, by the first word's normal form."""

    keys: tuple[str, ...]
    by_language: dict[str, dict[str, list[Phrase]]]

    def find(self, text: str, language: str) -> list[tuple[int, int, int]]:
        """Return the phrases in `text`: number of the touchpoint, start and stop; in order."""
        known = self.by_language.get(language)
        if not known:
            return []
        reader = load_language(language)
        spans = reader.words(text)
        forms = [reader.normal_form(text[span.start : span.stop]) for span in spans]
        return [
            (touchpoint, spans[at].start, spans[at + len(phrase) - 1].stop)
            for at, form in enumerate(forms)
            for phrase, touchpoint in known.get(form, ())
            if tuple(forms[at : at + len(phrase)]) == phrase
        ]


def cues_of(touchpoints: Sequence[Touchpoint]) -> Cues:
    """Return the phrases of these touchpoints; their numbers are places in the sequence.

    >>> from tpfeedback.taxonomy import load_taxonomy
    >>> delivery = load_taxonomy("general").touchpoint("delivery")
    >>> cues_of([delivery]).find("Okropny kurier, opóźniona dostawa", "pl")
    [(0, 8, 14), (0, 26, 33)]
    """
    found: dict[str, dict[str, list[Phrase]]] = {}
    for number, touchpoint in enumerate(touchpoints):
        for language, phrases in touchpoint.cues.items():
            reader = load_language(language)
            firsts = found.setdefault(language, {})
            for phrase in phrases:
                spans = reader.words(phrase)
                forms = tuple(reader.normal_form(phrase[s.start : s.stop]) for s in spans)
                if forms and (forms, number) not in firsts.setdefault(forms[0], []):
                    firsts[forms[0]].append((forms, number))
    return Cues(tuple(touchpoint.key for touchpoint in touchpoints), found)
