"""Where a table begins: lines such as "Period: | March" may stand above its header."""

from __future__ import annotations

from collections.abc import Sequence

from tpfeedback.ingest.names import RATING, TEXT, is_name, matches

MOST_LINES = 20  # looked at above a header
LINES_BELOW = 50  # that tell how wide the table is
COLONS = (":", "：")

Cells = Sequence[str]


def labels_above(rows: Sequence[Sequence[object]]) -> int:
    """Return how many rows stand above the header where some of them are labels with their values.

    A title alone is no label, and names of a text or a rating are a header: for them it is 0.

    >>> labels_above([["Period:", "March"], [], ["Review", "Stars"], ["Late again", "1"]])
    2
    >>> labels_above([["Review:", "Stars:"], ["Late again", "1"]])
    0
    """
    filled = [_filled(row) for row in rows[: MOST_LINES + LINES_BELOW]]
    tops = (k for k, row in enumerate(filled[:MOST_LINES]) if len(row) > 1 and not _is_label(row))
    top = next(tops, 0)
    labels = [row for row in filled[:top] if len(row) > 1]
    below = [row for row in filled[top + 1 :] if row]
    if not labels or not below or not all(map(_is_word, filled[top])):
        return 0
    colons = all(row[0].endswith(COLONS) for row in labels)
    return top if _begins(filled[top], below, colons=colons, apart=not filled[top - 1]) else 0


def _begins(header: Cells, below: Sequence[Cells], *, colons: bool, apart: bool) -> bool:
    """Whether a row below labels is the header: it is wider, or has names that are known."""
    known = any(map(_is_known, header))
    if len(header) > 2:
        wide = sum(len(row) > 2 for row in below[:LINES_BELOW]) * 3 > len(below[:LINES_BELOW])
        return wide and (colons or apart or known)
    named = known or (apart and any(matches(cell, TEXT) for cell in header))
    return named if colons else known and apart


def _is_label(row: Cells) -> bool:
    first, second = row[:2]
    if any("\n" in cell or "\r" in cell for cell in row):
        return False
    if first.endswith(COLONS):
        return not second.endswith(COLONS) and not _is_known(second)
    return len(row) == 2 and (not _is_word(second) or not any(map(_is_known, row)))


def _is_known(cell: str) -> bool:
    return is_name(cell, TEXT) or is_name(cell, RATING)


def _is_word(cell: str) -> bool:
    return any(map(str.isalpha, cell))


def _filled(row: Sequence[object]) -> list[str]:
    return [str(cell).strip() for cell in row if cell is not None and str(cell).strip()]
