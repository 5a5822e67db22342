"""The ranking as plain text: a table and the first quotes, for a terminal or a log."""

from __future__ import annotations

from typing import Any

from tpfeedback.report import sentences
from tpfeedback.report.records import Facts
from tpfeedback.wording import Wording, load_wording

PIPED_WIDTH = 110
QUOTED = 5


def render_table(facts: Facts, *, language: str = "en", width: int | None = PIPED_WIDTH) -> str:
    """Return the answer, the ranked table and the first quotes; wide letters count as two.

    `width` is that of the lines in columns; None takes the terminal's.
    """
    from io import StringIO

    from rich.console import Console

    console = Console(
        file=StringIO(), width=width, color_system=None, markup=False, emoji=False, highlight=False
    )
    with console.capture() as captured:
        _draw(console, facts, load_wording(language))
    return "\n".join(line.rstrip() for line in captured.get().splitlines()) + "\n"


def _draw(console: Any, facts: Facts, words: Wording) -> None:
    from rich.padding import Padding
    from rich.text import Text

    for sentence in sentences.answer(facts, words):
        console.print(Text(sentence))
    if not facts["ranking"]:
        return
    console.print()
    console.print(_ranked_table(facts, words))
    for one in facts["ranking"][:QUOTED]:
        if one["quotes"]:
            name = sentences.touchpoint_name(facts, one["touchpoint"], words)
            console.print(Text(f"{one['rank']}. {name}"))
        for quote in one["quotes"][:2]:
            said = f"“{quote['before']}*{quote['evidence']}*{quote['after']}”"
            row = quote["row"]
            where = [quote["language"], *([words.say("quotes", "row", row=row)] if row else [])]
            console.print(Padding(Text(f"{said} ({', '.join(where)})"), (0, 0, 0, 3)))


def _ranked_table(facts: Facts, words: Wording) -> Any:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    digits, finer = facts["outcome"]["decimals"], facts["outcome"]["gain_decimals"]
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column(words.say("table", "rank"), justify="right", no_wrap=True)
    table.add_column(words.say("table", "touchpoint"), overflow="fold")
    for head in ("negative_share", "penalty", "prize", "interval", "ranks"):
        table.add_column(words.say("table", head), justify="right", no_wrap=True)
    for one in facts["ranking"]:
        cells = (
            str(one["rank"]),
            sentences.touchpoint_name(facts, one["touchpoint"], words),
            words.percent(one.get("negative_share")),
            words.number(one.get("penalty"), digits, signed=True),
            words.number(one["prize"], finer),
            sentences.interval(facts, one, "prize", words),
            f"{one['rank_low']}–{one['rank_high']}",
        )
        table.add_row(*(Text(cell) for cell in cells))
    return table
