"""Golden files and odd texts, for the tests of everything that is found in texts."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from hypothesis import strategies as st

from tpfeedback.languages import available_languages

GOLDEN = Path(__file__).parent / "golden"


def golden_lines(kind: str, code: str) -> list[str]:
    """Return the lines of one golden file: one text each, marked where something is in it."""
    return (GOLDEN / f"{kind}_{code}.txt").read_text(encoding="utf-8").splitlines()


def golden_cases(kind: str) -> list[tuple[str, str]]:
    """Return language and line of every line of every language."""
    return [(code, line) for code in available_languages() for line in golden_lines(kind, code)]


def texts_of(parts: Sequence[str]) -> st.SearchStrategy[str]:
    """Return texts of the parts and of anything else, so that hypothesis meets the rules often."""
    part = st.one_of(st.sampled_from(parts), st.text(max_size=5))
    return st.lists(part, max_size=20).map("".join)
