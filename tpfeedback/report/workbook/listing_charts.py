"""Native charts of tracked tables: bars with intervals, or lines with their limits."""

from __future__ import annotations

from itertools import takewhile
from typing import Any

from tpfeedback.report.axis_ends import axis_ends
from tpfeedback.report.records import Facts
from tpfeedback.report.speech import Speech
from tpfeedback.report.tracked import Column, Listing
from tpfeedback.report.workbook.answer import INK, SURE, UNSURE, decimal_format

DRAWN = 12  # bars
_WIDTH, _ROW = 720, 20
_SHARES = ("share", "points", "times")
_GRID = {"visible": True, "line": {"color": "#D9D9D9"}}


def chart_height(listing: Listing) -> int | None:
    """Return how high the chart of a table is; None where it asks for none or has none."""
    if listing.drawn == "lines" and listing.rows:
        return 340
    rows = _measured(listing) if listing.drawn == "bars" else []
    return 110 + 28 * len(rows) if rows else None


def listing_chart(book: Any, sheet: str, listing: Listing, first: int, speech: Speech) -> Any:
    """Return the chart of a table whose rows begin in row `first` of a sheet."""
    draw = _bars if listing.drawn == "bars" else _lines
    chart, title = draw(book, [sheet, first], listing, speech)
    chart.set_title({"name": title, "name_font": {"size": 12}, "overlay": False})
    chart.set_legend({"none": True} if listing.drawn == "bars" else {"position": "bottom"})
    chart.set_size({"width": _WIDTH, "height": chart_height(listing)})
    return chart


def sheet_rows(height: int) -> int:
    """Return how many rows of a sheet a chart covers."""
    return height // _ROW + 1


def _interval_of(listing: Listing) -> Column:
    return next(one for one in listing.columns if one.ends)


def _measured(listing: Listing) -> list[Facts]:
    """Return the rows to draw: from the first one on, until one has no value."""
    name = _interval_of(listing).name
    return list(takewhile(lambda one: one[name] is not None, listing.rows[:DRAWN]))


def _bars(book: Any, start: list[Any], listing: Listing, speech: Speech) -> tuple[Any, str]:
    column, rows = _interval_of(listing), _measured(listing)
    chart, place = book.add_chart({"type": "bar"}), _place(listing, column)
    last = start[1] + len(rows) - 1
    chart.add_series(
        {
            "categories": [*start, 0, last, 0],
            "values": [*start, place, last, place],
            "categories_data": [listing.name(one) for one in rows],
            "values_data": [one[column.name] for one in rows],
            "gap": 60,
            "fill": {"color": SURE},
            "points": [{"fill": {"color": _colour(one, column)}} for one in rows],
            "y_error_bars": _whiskers(rows, column),
        }
    )
    # A value axis crosses at the far end, which is the bottom of what runs from top to bottom.
    names = {"reverse": True, "crossing": "max", "label_position": "low", "line": {"color": INK}}
    chart.set_y_axis(names)
    numbers = [one[f"{column.name}{end}"] for one in rows for end in ("", "_low", "_high")]
    ends = axis_ends(numbers, zero=True)
    limits = {} if ends is None else {"min": ends[0], "max": ends[1]}
    chart.set_x_axis({"num_format": _format(column, speech), "major_gridlines": _GRID, **limits})
    return chart, f"{listing.title}: {listing.frame(speech)[1][place][0]}"


def _colour(one: Facts, column: Column) -> str:
    """Return the colour of a bar: pale where its interval reaches zero."""
    low, high = one[f"{column.name}_low"], one[f"{column.name}_high"]
    sure = None not in (low, high) and (low > 0 or high < 0)
    return SURE if sure else UNSURE


def _whiskers(rows: list[Facts], column: Column) -> dict[str, Any]:
    reaches: dict[str, list[float]] = {"low": [], "high": []}
    for one in rows:
        for end, sign in (("low", -1), ("high", 1)):
            value, reach = one[column.name], one[f"{column.name}_{end}"]
            reaches[end].append(0.0 if reach is None else max(0.0, sign * (reach - value)))
    line = {"color": INK, "width": 1.5}
    return {"type": "custom", "plus_values": reaches["high"], "minus_values": reaches["low"],
            "line": line}  # fmt: skip


def _lines(book: Any, start: list[Any], listing: Listing, speech: Speech) -> tuple[Any, str]:
    """Draw every column of shares over the rows: the first as a line, the others as limits."""
    heads = listing.frame(speech)[1]
    chart, last = book.add_chart({"type": "line"}), start[1] + len(listing.rows) - 1
    limit = {"color": INK, "width": 1, "dash_type": "dash"}
    for number, column in enumerate(one for one in listing.columns if one.kind in _SHARES):
        place = _place(listing, column)
        chart.add_series(
            {
                "name": heads[place][0],
                "categories": [*start, 0, last, 0],
                "values": [*start, place, last, place],
                "categories_data": [listing.name(one) for one in listing.rows],
                "values_data": [one[column.name] for one in listing.rows],
                "line": limit if number else {"color": SURE, "width": 2},
            }
        )
    chart.set_y_axis({"num_format": "0%", "major_gridlines": _GRID})
    return chart, listing.title


def _place(listing: Listing, column: Column) -> int:
    """Return in which column of the sheet the values of a column stand."""
    before = listing.columns[: listing.columns.index(column)]
    return 1 + sum(2 * one.ends + (not one.bare) for one in before)


def _format(column: Column, speech: Speech) -> str:
    if column.kind in _SHARES:
        return "0%"
    gains = column.kind.startswith("gain")
    return decimal_format(speech.facts["outcome"]["gain_decimals" if gains else "decimals"])
