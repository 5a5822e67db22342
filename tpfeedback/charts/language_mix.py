"""The language chart: in which languages the texts are written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from tpfeedback.charts.contents import read_rows, spoken
from tpfeedback.charts.look import BLUE, WIDTH, boxes, nothing, picture
from tpfeedback.charts.rows import laid_out
from tpfeedback.wording import Wording


def language_chart(
    table: pd.DataFrame,
    names: Mapping[str, str] | None = None,
    *,
    words: Wording | None = None,
    decimals: int = 2,
) -> Any:
    """Draw how many texts each language has, the largest number on top, as an altair chart.

    Args:
        table: columns `language` (a code of `tpfeedback.tables.LANGUAGES`, or other) and
            `count` (texts).
        names: the name to show for a language's code, where the standard one does not fit.
        words: the language of the labels; English where none is given.
        decimals: not used: counts are whole; every chart takes it.

    Raises:
        TableError: a column lacks.

    >>> from tpfeedback.charts import to_svg
    >>> "Polish" in to_svg(language_chart(pd.DataFrame({"language": ["pl"], "count": [3]})))
    True
    """
    told = spoken(words)
    rows = read_rows(table, "language chart", ("language", "count"))
    rows.sort(key=lambda row: (-(row["count"] or 0), str(row["language"])))
    if not rows:
        return nothing(told)
    total = sum(row["count"] or 0 for row in rows)
    known = names or {}
    layout = laid_out(
        [
            (
                str(known.get(row["language"], told.name("languages", str(row["language"])))),
                "",
                _amount(row["count"] or 0, total, told),
            )
            for row in rows
        ]
    )
    bars = [
        {"x": 0, "y": y - 6, "x2": WIDTH * (row["count"] or 0) / max(total, 1), "y2": y + 6}
        for row, y in zip(rows, layout.middles, strict=True)
    ]
    return picture(
        [boxes([{**bar, "color": BLUE} for bar in bars]), *layout.layers],
        height=layout.height,
        caption=[told.say("charts", "language_bars")],
    )


def _amount(count: float, total: float, words: Wording) -> str:
    share = count / total if total else None
    return f"{words.count(int(count))} ({words.percent(share)})"
