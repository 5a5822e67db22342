"""The ranking, or an evaluation, as plain text: for a terminal or a log."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tpfeedback.report import sentences
from tpfeedback.report.closer import evaluation
from tpfeedback.report.passages import readable
from tpfeedback.report.records import Facts
from tpfeedback.report.speech import Speech
from tpfeedback.report.tracked import Section
from tpfeedback.taxonomy import Taxonomy
from tpfeedback.wording import Wording, load_wording

PIPED_WIDTH = 110
QUOTED = 5


def render_table(facts: Facts, *, language: str = "en", width: int | None = PIPED_WIDTH) -> str:
    """Return the answer, the ranked table and the first quotes; wide letters count as two.

    `width` is that of the lines in columns; None takes the terminal's.
    """
    return _told(lambda console: _draw(console, facts, load_wording(language)), width)


def render_evaluation(
    found: Any, plan: Taxonomy, *, language: str = "en", width: int | None = PIPED_WIDTH
) -> str:
    """Return an `Evaluation` as lines and tables; `plan` names its touchpoints."""
    words = load_wording(language)
    names = {key: {language: readable(plan.name_of(key, language))} for key in plan.keys}
    speech = Speech({"names": names}, words)
    section = evaluation.section_of(evaluation.facts_of(found, None, mask=False), speech)
    return _told(lambda console: _draw_section(console, section, speech), width)


def _told(draw: Callable[[Any], None], width: int | None) -> str:
    from io import StringIO

    from rich.console import Console

    console = Console(
        file=StringIO(), width=width, color_system=None, markup=False, emoji=False, highlight=False
    )
    with console.capture() as captured:
        draw(console)
    return "\n".join(line.rstrip() for line in captured.get().splitlines()) + "\n"


def _draw_section(console: Any, section: Section, speech: Speech) -> None:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    for line in section.lines:
        console.print(Text(line))
    for listing in section.listings:
        one = listing.table(speech)
        console.print()
        console.print(Text(one.title))
        table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
        for head, numeric in zip(one.head, (False, *one.numeric), strict=True):
            table.add_column(Text(head), justify="right" if numeric else "left", overflow="fold")
        for row in one.rows:
            table.add_row(*map(Text, row))
        console.print(table)
        if one.note:
            console.print(Text(one.note))


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
