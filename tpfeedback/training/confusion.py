"""How often the tagger errs: rates for `tpfeedback.sensitivity_band`, from held-back texts."""

from __future__ import annotations

from collections.abc import Sequence

from tpfeedback.training.scoring import Judged

NEAR = 20.0  # mentions: how strongly a rare touchpoint is held near to all of them together
OPPOSITE = {("+", "-"), ("-", "+")}
Rates = dict[str, float]


def confusion_of(judged: Sequence[Judged], keys: Sequence[str]) -> dict[str, Rates]:
    """Return recall, precision and flip of each touchpoint, and of all ("overall").

    Recall is the share of true mentions that were found, precision the share of found ones that
    are true, flip the share of those with the opposite sentiment. A touchpoint's rates are pulled
    towards those of all, as if `NEAR` more mentions had been like the others.

    >>> text = Judged("en", {"staff": "-", "price": "-"}, {"staff": "+"}, "-", "-")
    >>> confusion_of([text], ["staff"])["overall"]
    {'recall': 0.5, 'precision': 1.0, 'flip': 1.0}
    """
    every = {key for text in judged for key in (*text.true, *text.said)}
    overall = _rates(judged, every, near=None)
    return {"overall": overall, **{key: _rates(judged, {key}, near=overall) for key in keys}}


def _rates(judged: Sequence[Judged], keys: set[str], *, near: Rates | None) -> Rates:
    pairs = [
        (text.true.get(key), text.said.get(key))
        for text in judged
        for key in keys & (text.true.keys() | text.said.keys())
    ]
    hits = [(true, said) for true, said in pairs if true is not None and said is not None]
    true, said = (sum(pair[i] is not None for pair in pairs) for i in (0, 1))
    flips = sum(pair in OPPOSITE for pair in hits)
    parts = {
        "recall": (len(hits), true),
        "precision": (len(hits), said),
        "flip": (flips, len(hits)),
    }
    weight = NEAR if near else 0.0
    return {
        name: round((part + weight * (near or {}).get(name, 0.0)) / max(whole + weight, 1.0), 4)
        for name, (part, whole) in parts.items()
    }
