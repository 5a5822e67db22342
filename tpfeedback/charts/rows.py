"""Charts of rows: a name and a number in words, and below them a line for the marks.

A name stands above its marks, not beside them, and takes as many lines as it needs: so it is
whole on a phone too, whatever its length and script.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from tpfeedback.charts.lettering import text_width, wrap
from tpfeedback.charts.look import LINE, WIDTH, Mark, text

_MARKS = 18  # height of the line for the marks
_GAP = 12  # between two rows
_BETWEEN = 12  # between a name and what stands right of it


@dataclass(frozen=True)
class Rows:
    """Rows laid out: the `layers` of their texts, each row's `tops` and `middles` of marks."""

    layers: list[Mark]
    tops: list[float]
    middles: list[float]
    height: float


def laid_out(rows: Iterable[tuple[str, str, str]], *, left: float = 0) -> Rows:
    """Lay out rows of (name, detail, value): the detail follows the name, the value ends right.

    Name and value share a line where both fit; else the value stands on the next line, right
    of the detail.
    """
    names: list[dict[str, Any]] = []
    details: list[dict[str, Any]] = []
    values: list[dict[str, Any]] = []
    tops, middles, y = [], [], 0.0
    for name, detail, value in rows:
        tops.append(y)
        y += _GAP / 2 + LINE / 2
        shown = wrap(name, WIDTH - left, bold=True)
        names += [{"x": left, "y": y + LINE * n, "text": line} for n, line in enumerate(shown)]
        y += LINE * (len(shown) - 1)
        if detail or len(shown) > 1 or not _share_a_line(shown[0], value, left, bold=True):
            below = wrap(detail, WIDTH - left) if detail else []
            details += [
                {"x": left, "y": y + LINE * (n + 1), "text": line} for n, line in enumerate(below)
            ]
            y += LINE * max(1, len(below))
            if below and not _share_a_line(below[-1], value, left):
                y += LINE
        values.append({"x": WIDTH, "y": y, "text": value})
        middles.append(y + LINE / 2 + _MARKS / 2)
        y += LINE / 2 + _MARKS + _GAP / 2
    layers = [text(names, bold=True), text(details), text(values, align="right")]
    return Rows(layers, tops, middles, y)


def _share_a_line(start: str, end: str, left: float, *, bold: bool = False) -> bool:
    needed = text_width(start, bold=bold) + _BETWEEN + text_width(end)
    return needed <= WIDTH - left
