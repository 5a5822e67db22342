"""The axes: fine lines at round numbers, the numbers in the reader's language, a title."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tpfeedback.charts.lettering import text_width, wrap
from tpfeedback.charts.look import INK, LINE, WIDTH, Mark, lines, text
from tpfeedback.charts.scales import Scale

_GRID = 0.15
_ZERO = 0.6


def value_axis(
    scale: Scale, write: Callable[[float], str], *, top: float, bottom: float, title: str = ""
) -> tuple[list[Mark], float]:
    """Return the layers of an axis along the bottom, and how far down they reach."""
    ticks = _spaced(scale, write)
    grid = [_upright(scale.place(tick), top, bottom) for tick in ticks if abs(tick) > 1e-12]
    zero = [_upright(scale.place(tick), top, bottom) for tick in ticks if abs(tick) <= 1e-12]
    y = bottom + LINE / 2 + 2
    labels = [{"x": scale.place(tick), "y": y, "text": write(tick)} for tick in ticks]
    said = [
        {"x": WIDTH / 2, "y": y + LINE * (number + 1), "text": line}
        for number, line in enumerate(wrap(title, WIDTH) if title else [])
    ]
    layers = [
        lines(grid, width=1, opacity=_GRID),
        lines(zero, width=1, opacity=_ZERO),
        text(labels, align="center"),
        text(said, align="center"),
    ]
    return layers, y + LINE * len(said) + LINE / 2


def side_axis(
    scale: Scale, write: Callable[[float], str], *, left: float, right: float
) -> list[Mark]:
    """Return the layers of an axis along the left side, its numbers left of `left`."""
    level = [(scale.place(tick), write(tick)) for tick in scale.ticks]
    return [
        lines(
            [{"x": left, "y": y, "x2": right, "y2": y, "color": INK} for y, _ in level],
            width=1,
            opacity=_GRID,
        ),
        text([{"x": left - 6, "y": y, "text": shown} for y, shown in level], align="right"),
    ]


def side_width(scale: Scale, write: Callable[[float], str]) -> float:
    """Return the room that the numbers of a `side_axis` need."""
    return max(text_width(write(tick)) for tick in scale.ticks) + 8


def _spaced(scale: Scale, write: Callable[[float], str]) -> list[float]:
    """Return the ticks whose numbers stand clear of each other, 0 among them if it is one."""
    ticks = scale.ticks
    widest = max(text_width(write(tick)) for tick in ticks) + 8
    apart = abs(scale.place(scale.step) - scale.place(0.0))
    every = max(1, -int(-widest // apart))
    zero = next((n for n, tick in enumerate(ticks) if abs(tick) < 1e-12), 0)
    kept = [tick for n, tick in enumerate(ticks) if (n - zero) % every == 0]
    return [tick for tick in kept if _stays_inside(scale.place(tick), write(tick))]


def _stays_inside(x: float, shown: str) -> bool:
    half = text_width(shown) / 2
    return x - half >= -8 and x + half <= WIDTH + 8


def _upright(x: float, top: float, bottom: float) -> dict[str, Any]:
    return {"x": x, "y": top, "x2": x, "y2": bottom, "color": INK}
