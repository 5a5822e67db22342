"""The axis of time: where a period stands, and the dates written along the bottom."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from itertools import pairwise
from typing import Any

from tpfeedback.charts.lettering import text_width
from tpfeedback.charts.look import WIDTH, Mark, text
from tpfeedback.charts.scales import Scale
from tpfeedback.errors import TableError
from tpfeedback.wording import Wording

_APART = 10.0  # between two dates along the bottom


def period_start(period: Any) -> date:
    """Return the first day of a period as ISO writes it.

    >>> period_start("2024-W05"), period_start("2024-Q2"), period_start("2024")
    (datetime.date(2024, 1, 29), datetime.date(2024, 4, 1), datetime.date(2024, 1, 1))
    """
    given = str(period)
    try:
        if quarter := re.fullmatch(r"(\d{4})-?Q([1-4])", given):
            return date(int(quarter[1]), 3 * int(quarter[2]) - 2, 1)
        if month := re.fullmatch(r"(\d{4})(?:-(\d\d))?", given):
            return date(int(month[1]), int(month[2] or 1), 1)
        return date.fromisoformat(given[:10])
    except ValueError as error:
        raise TableError(
            f"A chart cannot place the period {given!r} in time. Allowed: "
            "2024-03-05, 2024-W05, 2024-03, 2024-Q1, 2024. Write the periods so and call again."
        ) from error


def time_scale(rows: list[dict[str, Any]], start: float, stop: float) -> Scale:
    """Return the scale of the days of `rows`, each a `date` in `day`."""
    days = [row["day"].toordinal() for row in rows]
    first, last = min(days), max(days)
    if first == last:
        first, last = first - 1, last + 1
    return Scale(first, last, start, stop, 1)


def day_place(row: Mapping[str, Any], time: Scale) -> float:
    """Return where the day of a row stands."""
    return time.place(row["day"].toordinal())


def dates_below(rows: list[dict[str, Any]], time: Scale, words: Wording, y: float) -> Mark:
    """Return the periods along the bottom: as many as stand clear of each other."""
    days = {row["day"]: row for row in rows}
    said = [(day_place(row, time), words.date(str(row["period"]))) for row in days.values()]
    narrowest = min(text_width(shown) for _, shown in said) + _APART
    for steps in range(max(1, int(WIDTH // narrowest)), 0, -1):
        labels, spans = [], []
        for x, shown in _evenly(said, steps):
            half = text_width(shown) / 2
            middle = min(max(x, half), WIDTH - half)
            labels.append({"x": middle, "y": y, "text": shown})
            spans.append((middle - half, middle + half))
        if all(a[1] + _APART <= b[0] for a, b in pairwise(spans)):
            break
    return text(labels, align="center")


def _evenly(said: list[tuple[float, str]], steps: int) -> list[tuple[float, str]]:
    """Return the first, the last, and those nearest to even steps between them."""
    first, last = said[0][0], said[-1][0]
    wanted = [first + (last - first) * step / steps for step in range(steps + 1)]
    found = [min(said, key=lambda one: abs(one[0] - x)) for x in wanted]
    return list(dict.fromkeys(found))
