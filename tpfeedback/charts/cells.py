"""Coloured cells with their number in them, as heat maps and matrices have them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from tpfeedback.charts.look import BLUE, DASHES, INK, VERMILLION, Mark, boxes, lines, text
from tpfeedback.charts.scales import known_number

_LIGHT = "#F7F3EE"
_BLACK, _WHITE = "#000000", "#FFFFFF"
_HATCH = 9  # between the strokes of an empty cell


@dataclass(frozen=True)
class Cell:
    """One cell: where it stands, and its number; None stands for too few texts."""

    x: float
    y: float
    x2: float
    y2: float
    value: float | None


def cell_layers(cells: Iterable[Cell], write: Callable[[float], str], too_few: str) -> list[Mark]:
    """Return the layers of the cells: colour by size, the number in black or white on it.

    The colour goes from light to vermillion for numbers above 0, to blue below, in equal steps
    up to the largest number on either side. A cell without a number is hatched and says
    `too_few`.
    """
    given = list(cells)
    known = [cell for cell in given if cell.value is not None]
    largest = max((abs(cell.value or 0.0) for cell in known), default=0.0)
    filled, numbers = [], []
    for cell in known:
        colour = cell_colour(cell.value or 0.0, largest)
        filled.append({**_corners(cell), "color": colour})
        numbers.append({**_middle(cell), "text": write(cell.value or 0.0), "ink": ink_on(colour)})
    empty = [cell for cell in given if cell.value is None]
    strokes = [stroke for cell in empty for stroke in _hatch(cell)]
    return [
        boxes(filled, stroke=INK, strokeOpacity=0.35, strokeWidth=1),
        lines(strokes, width=1, opacity=0.3),
        boxes(
            [{**_corners(cell), "color": INK} for cell in empty],
            fillOpacity=0,
            stroke=INK,
            strokeDash=DASHES,
            strokeOpacity=0.6,
        ),
        text(numbers, align="center"),
        text([{**_middle(cell), "text": too_few} for cell in empty], align="center"),
    ]


def cell_colour(value: float, largest: float) -> str:
    """Return the colour of a cell as "#RRGGBB".

    >>> cell_colour(0, 1), cell_colour(1, 1), cell_colour(-1, 1)
    ('#F7F3EE', '#D55E00', '#0072B2')
    """
    share = min(abs(value) / largest, 1.0) if largest > 0 and known_number(value) else 0.0
    full = VERMILLION if value > 0 else BLUE
    mixed = [
        round(light + share * (dark - light))
        for light, dark in zip(_channels(_LIGHT), _channels(full), strict=True)
    ]
    return "#" + "".join(f"{channel:02X}" for channel in mixed)


def ink_on(colour: str) -> str:
    """Return black or white, whichever is the easier to read on `colour`.

    The contrast is 4.58 or more on every colour, which is more than WCAG 2.2 asks for (AA, 4.5).

    >>> ink_on("#0072B2"), ink_on("#F7F3EE")
    ('#FFFFFF', '#000000')
    """
    return max((_BLACK, _WHITE), key=lambda ink: contrast(ink, colour))


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours, 1 to 21 (WCAG 2.2, relative luminance).

    >>> contrast("#000000", "#FFFFFF")
    21.0
    """
    dark, light = sorted(map(_luminance, (one, other)))
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    linear = [
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4
        for c in (channel / 255 for channel in _channels(colour))
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _channels(colour: str) -> list[int]:
    return [int(colour[start : start + 2], 16) for start in (1, 3, 5)]


def _corners(cell: Cell) -> dict[str, float]:
    return {"x": cell.x, "y": cell.y, "x2": cell.x2, "y2": cell.y2}


def _middle(cell: Cell) -> dict[str, float]:
    return {"x": (cell.x + cell.x2) / 2, "y": (cell.y + cell.y2) / 2}


def _hatch(cell: Cell) -> list[dict[str, Any]]:
    """Return slanting strokes along the cell's upper and lower edge, clear of its word."""
    height = 5.0
    strokes = []
    x = cell.x
    while x + height <= cell.x2:
        strokes += [
            {"x": x, "y": y + height, "x2": x + height, "y2": y, "color": INK}
            for y in (cell.y, cell.y2 - height)
        ]
        x += _HATCH
    return strokes
