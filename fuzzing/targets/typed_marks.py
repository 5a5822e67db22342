"""What people type into a cell of a labelling sheet."""

from __future__ import annotations

from functools import cache

from fuzzing.reading import text_of
from fuzzing.target import Target
from fuzzing.targets.labels_csv import WORDS
from tpfeedback.labelling.marks import SIGNS, parse_sentiment, parse_touchpoints
from tpfeedback.labelling.names import Names, name_touchpoints
from tpfeedback.labelling.sheet_cells import bare, fit, harmless
from tpfeedback.taxonomy import load_taxonomy

SEEDS = (
    b"delivery-, staff+; price 0 | +support",
    "доставка–、персонал＋ 价格× (none) колл-центр:-".encode(),
    b"-none-", b"after_sales -- mobile app++", b"'+delivery", b"0", "негатив".encode(),
)  # fmt: skip


@cache
def _names() -> Names:
    return name_touchpoints(load_taxonomy("general"))


def check(data: bytes) -> None:
    """Read a cell: what was understood, typed anew, is understood as the same."""
    cell = text_of(data)
    found, wrong = parse_touchpoints(cell, _names())
    assert (found, wrong) == parse_touchpoints(cell, _names())
    assert found is None or not wrong
    assert set(found or ()) <= set(_names().keys)
    if found is not None:
        typed = ", ".join(f"{key}{SIGNS[mark]}" for key, mark in found.items()) or "none"
        assert parse_touchpoints(typed, _names()) == (found, "")
    mark, wrong = parse_sentiment(cell)
    assert mark is None or not wrong
    assert mark is None or parse_sentiment(SIGNS[mark]) == (mark, "")
    shown = fit(cell)
    assert fit(shown) == shown
    assert bare(harmless(shown)) == bare(shown)


TARGET = Target(check, SEEDS, WORDS, quick=150)
