"""A chart as SVG text and as a PNG, made with no browser and no network."""

from __future__ import annotations

import html
import os
import re
from pathlib import Path
from typing import Any

from tpfeedback.charts.fonts import CHINESE_FAMILIES, CHINESE_LETTERS, FAMILIES, check_letters
from tpfeedback.charts.look import FONT
from tpfeedback.errors import WriteError

_PNG_INK = "#1B1F24"
_PNG_PAPER = "#FFFFFF"


def to_svg(chart: Any, *, prefix: str = "chart") -> str:
    """Return `chart` as SVG text: same chart, same text; no script, no foreign address.

    Text and lines are drawn in the colour and the fonts of the page that the SVG stands in. The
    ids inside begin with `prefix`, so that two charts can stand in one page.
    """
    import vl_convert

    svg: str = vl_convert.vegalite_to_svg(chart.to_dict(validate=False))
    return _tidied(svg, prefix)


def to_png(chart: Any, path: str | os.PathLike[str] | None = None, *, scale: float = 2) -> bytes:
    """Return `chart` as a PNG, dark on white, and write it to `path` where one is given.

    `scale` is the number of pixels for each unit: with 2, a chart is 880 pixels wide.

    Raises:
        WriteError: no installed font has the letters of the chart (the message says what to
            install), or the file cannot be written.

    >>> import pandas as pd
    >>> from tpfeedback.charts import language_chart
    >>> chart = language_chart(pd.DataFrame({"language": ["pl"], "count": [3]}))
    >>> to_png(chart).startswith(b"\\x89PNG")
    True
    """
    import vl_convert

    svg = on_paper(to_svg(chart))
    picture: bytes = vl_convert.svg_to_png(svg, scale=scale)
    if path is not None:
        try:
            Path(path).write_bytes(picture)
        except OSError as error:
            raise WriteError(
                f"The chart cannot be written to {os.fspath(path)!r}: {error.strerror}. "
                "Name a file in a folder that exists and that you may write to."
            ) from error
    return picture


def on_paper(svg: str) -> str:
    """Return `svg` as it is printed: dark ink, white ground, fonts that are installed."""
    check_letters(svg_text(svg))

    def inked(tag: re.Match[str]) -> str:
        shown = tag[0].replace('"currentColor"', f'"{_PNG_INK}"')
        return re.sub(r'font-family="[^"]*"', f'font-family="{FAMILIES}"', shown)

    ground = f'<rect width="100%" height="100%" fill="{_PNG_PAPER}"/>'
    head, end, rest = re.sub(r"<[^>]*>", inked, svg).partition(">")
    return f"{head}{end}{ground}{re.sub(r'(?<=>)[^<]+', _in_its_font, rest)}"


def _in_its_font(said: re.Match[str]) -> str:
    """Draw a text that has Chinese letters in a Chinese font, but not its Polish ones.

    A Chinese font has poor letters of other scripts, but good figures and ASCII.
    """
    shown = said[0]
    others = CHINESE_LETTERS.sub("", html.unescape(shown))
    runs = CHINESE_LETTERS if any(c.isalpha() and not c.isascii() for c in others) else _ALL
    if not CHINESE_LETTERS.search(shown):
        return shown
    return runs.sub(lambda run: f'<tspan font-family="{CHINESE_FAMILIES}">{run[0]}</tspan>', shown)


_ALL = re.compile(r"^.+$", re.DOTALL)


def svg_text(svg: str) -> str:
    """Return all that `svg` says in letters."""
    return html.unescape(" ".join(re.findall(r">([^<]+)<", svg)))


def _tidied(svg: str, prefix: str) -> str:
    """Return `svg` with ids of our own and without what every mark repeats.

    The converter counts ids on from call to call, tells a screen reader "rule mark container" in
    English, and names the fonts with each word. Only tags are changed, never what they hold.
    """
    numbers: dict[str, int] = {}

    def own_id(found: re.Match[str]) -> str:
        number = numbers.setdefault(found[2], len(numbers))
        return f"{found[1]}{prefix}-{number}{found[3]}"

    def tidy(tag: re.Match[str]) -> str:
        shown = re.sub(r' (?:role|aria-[a-z]+)="[^"]*"', "", tag[0])
        shown = shown.replace(f' font-family="{FONT}"', "")
        return re.sub(r'(\bid="|url\(#|href="#)([^")]+)(["\)])', own_id, shown)

    tidied = re.sub(r"<[^>]*>", tidy, svg)
    return tidied.replace("<svg ", f'<svg font-family="{FONT}" ', 1)
