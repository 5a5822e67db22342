"""The shared look of all charts: colours, letters, and the few kinds of marks they are made of.

A chart is laid out in units of its own, `WIDTH` of them across: with letters of `FONT_SIZE` a
page that is 360 pixels wide shows them at 11 pixels or more. Every mark is given its place in
these units, so that no name and no number is ever cut off or covered by another.

The colours are Okabe and Ito's (2008, "Color Universal Design"), which stay apart for
readers who see red and green alike. What a colour says is also said by a shape, a line style
or a word, so that a black-and-white print loses nothing. Text and lines are `currentColor`:
inside a page they follow the page's own colours, dark and light.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tpfeedback.charts.lettering import FONT_SIZE, wrap
from tpfeedback.wording import Wording

BLUE = "#0072B2"
VERMILLION = "#D55E00"
GREEN = "#009E73"
INK = "currentColor"

FONT = (
    "system-ui, 'Segoe UI', Roboto, 'Noto Sans', 'PingFang SC', 'Microsoft YaHei', "
    "'Noto Sans CJK SC', 'Noto Sans SC', sans-serif"
)
LINE = 20  # from one line of text to the next
WIDTH = 424  # with the border below: 440 in all
_BORDER = 8
DASHES = [5, 4]

Place = Mapping[str, Any]


@dataclass(frozen=True)
class Mark:
    """Marks of one kind and style: each of the `rows` says where one stands."""

    kind: str
    rows: list[dict[str, Any]]
    style: dict[str, Any]


def text(rows: Iterable[Place], *, align: str = "left", bold: bool = False) -> Mark:
    """Return texts: each row's `text` stands at `x` and `y`, its middle line; `ink` colours it."""
    style = {"align": align, "fontWeight": 600 if bold else 400, "fontSize": FONT_SIZE}
    return _mark("text", rows, baseline="middle", limit=0, **style)


def lines(rows: Iterable[Place], *, width: float = 2, **style: Any) -> Mark:
    """Return straight lines from `x`, `y` to `x2`, `y2`, each in its `color`."""
    return _mark("rule", rows, strokeWidth=width, **style)


def boxes(rows: Iterable[Place], **style: Any) -> Mark:
    """Return boxes from `x`, `y` to `x2`, `y2`, each in its `color`."""
    return _mark("rect", rows, **style)


def points(rows: Iterable[Place], *, shape: str = "circle", size: float = 90, **style: Any) -> Mark:
    """Return points at `x` and `y`, each in its `color`."""
    return _mark(
        "point", rows, **{"shape": shape, "size": size, "filled": True, "opacity": 1, **style}
    )


def curve(rows: Iterable[Place], *, color: str = BLUE, width: float = 2.5, **style: Any) -> Mark:
    """Return a line through the points from left to right; it breaks where `y` is None."""
    return _mark("line", rows, color=color, strokeWidth=width, **style)


def band(rows: Iterable[Place]) -> Mark:
    """Return the area between `y` and `y2`; it breaks where one of them is None."""
    return _mark("area", rows, color=BLUE, opacity=0.22, orient="vertical")


def merged(pictures: Iterable[Sequence[Mark]]) -> list[Mark]:
    """Return the marks of pictures that are made alike, one mark of each kind for all."""
    break_between: list[dict[str, Any]] = [{"x": None}]
    alike = []
    for same in zip(*pictures, strict=True):
        gap = break_between if same[0].kind in ("line", "area") else []
        rows = [row for mark in same for row in (*mark.rows, *gap)]
        alike.append(Mark(same[0].kind, rows, same[0].style))
    return alike


def picture(marks: Iterable[Mark], *, height: float, caption: Iterable[str] = ()) -> Any:
    """Return the finished chart: the marks, and under them the caption's sentences."""
    import altair as alt

    below: list[dict[str, Any]] = []
    for sentence in caption:
        for line in wrap(sentence, WIDTH):
            below.append({"x": 0, "y": height + LINE * len(below) + 14, "text": line})
    total = height + (LINE * len(below) + 8 if below else 0)
    layers = [_layer(mark) for mark in (*marks, text(below)) if mark.rows]
    view = alt.ViewConfig(stroke=None, clip=False)
    return alt.LayerChart(  # at once: each later change would copy it whole
        layer=layers,
        width=WIDTH,
        height=round(total),
        padding=_BORDER,
        background="transparent",
        config=alt.Config(font=FONT, aria=False, autosize="none", view=view),
        resolve=alt.Resolve(scale=alt.ScaleResolveMap(color="independent")),
    )


def nothing(words: Wording) -> Any:
    """Return the chart of an empty table: a picture that says so."""
    row = {"x": 0, "y": LINE / 2, "text": words.say("charts", "empty")}
    return picture([text([row])], height=LINE)


def _mark(kind: str, rows: Iterable[Place], **style: Any) -> Mark:
    return Mark(kind, [dict(row) for row in rows], style)


def _layer(mark: Mark) -> Any:
    """Return a mark as altair has it: the fields are places already, no scale stands between."""
    import altair as alt

    rows = _unbroken(mark.rows) if mark.kind in ("line", "area") else mark.rows
    given = alt.InlineData(values=[_rounded(row) for row in rows])
    places: dict[str, Any] = {  # objects: what is told in short is looked up in altair's schema
        "x": alt.X(field="x", type="quantitative", scale=None, axis=None),
        "y": alt.Y(field="y", type="quantitative", scale=None, axis=None),
        "x2": alt.X2(field="x2"),
        "y2": alt.Y2(field="y2"),
    }
    channels = {name: places[name] for name in _CHANNELS[mark.kind]}
    if mark.kind == "text":
        named = alt.Text(field="text", type="nominal")
        channels |= {"text": named, "color": _colour(rows, "ink")}
    elif mark.kind in ("line", "area"):
        channels["detail"] = alt.Detail(field="part", type="nominal")
    else:
        channels["color"] = _colour(rows, "color")
    kind = alt.MarkDef(**{"type": mark.kind, **mark.style})
    return alt.Chart(given, mark=kind, encoding=alt.FacetedEncoding(**channels))


_CHANNELS = {
    "text": ("x", "y"),
    "rule": ("x", "y", "x2", "y2"),
    "rect": ("x", "y", "x2", "y2"),
    "point": ("x", "y"),
    "line": ("x", "y"),
    "area": ("x", "y", "y2"),
}


def _unbroken(rows: Iterable[Place]) -> list[dict[str, Any]]:
    """Return the rows without the gaps in them, each with the number of its unbroken `part`."""
    part, kept = 0, []
    for row in rows:
        if any(one is None for one in row.values()):
            part += 1
        else:
            kept.append({**row, "part": part})
    return kept


def _colour(rows: Iterable[Place], field: str) -> Any:
    import altair as alt

    if all(field in row for row in rows):
        return alt.Color(field=field, type="nominal", scale=None)
    return alt.ColorValue(value=INK)


def _rounded(row: Place) -> dict[str, Any]:
    return {key: round(one, 2) if isinstance(one, float) else one for key, one in row.items()}
