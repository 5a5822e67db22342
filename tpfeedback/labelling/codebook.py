"""The codebook beside a labelling sheet: what belongs to each touchpoint."""

from __future__ import annotations

from tpfeedback.taxonomy import Taxonomy
from tpfeedback.wording import Wording

RULES = 5
_CUES = 8


def codebook_head(words: Wording, languages: list[str]) -> list[str]:
    """Return the headers: the key, then name, description and phrases in each language."""
    head = [words.say("labelling", "column_key")]
    for code in languages:
        told = words.name("languages", code)
        head += [
            words.say("labelling", f"column_{part}", language=told)
            for part in ("name", "description", "cues")
        ]
    return head


def codebook_rows(taxonomy: Taxonomy, languages: list[str]) -> list[list[str]]:
    """Return a row for each touchpoint, in the order of the taxonomy.

    >>> from tpfeedback.taxonomy import load_taxonomy
    >>> codebook_rows(load_taxonomy("general"), ["en"])[0][:2]
    ['advertising', 'Advertising']
    """
    rows = []
    for touchpoint in taxonomy:
        row = [touchpoint.key]
        for code in languages:
            cues = touchpoint.cues.get(code, ())
            described = touchpoint.descriptions.get(code, "")
            row += [taxonomy.name_of(touchpoint.key, code), described, "; ".join(cues[:_CUES])]
        rows.append(row)
    return rows


def rules(words: Wording) -> list[str]:
    """Return the rules of reading, one sentence or two each."""
    none = words.say("labelling", "none")
    return [words.say("labelling", f"rule_{k}", none=none) for k in range(1, RULES + 1)]
