"""Fills the marked places of the pages from the repository, so that no figure is typed twice.

`<!-- fill: NAME -->` is replaced by one of `FILLINGS`; `<!-- fill: FILE -->` by a Markdown file
of the repository, `<!-- fill: FILE # Heading -->` by that section of it, and the name of a Python
file by its docstring. mkdocs calls `on_page_markdown` for every page.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
MARK = re.compile(r"<!-- fill: (?P<what>[^#>]+?)(?: # (?P<heading>[^>]+?))? -->")
TITLE = re.compile(r"^# .*\n", re.MULTILINE)
ROWS = {
    "feedback": "one text; further columns of the export stay beside these",
    "mentions": "one touchpoint in one text",
    "impact": "one touchpoint",
    "priorities": "one touchpoint, what to fix first on top",
}
PERSONAL = (  # language, an invented text
    ("en", "Mr Brown never called back, +44 20 7946 0958, brown@example.com"),
    ("en", "Charged 49.90 on 12 May for order no. 4417-0265"),
    ("en", "Paul Smith is always out of stock"),
    ("ru", "Менеджер Анна Петровна помогла, договор № 4417-0265"),
    ("pl", "Dziękuję, pani Kowalska! Konto 61 1090 1014 0000 0712 1981 2874"),
    ("zh", "客服王丽态度很好，电话13812345678"),
)


def on_page_markdown(markdown: str, **_: Any) -> str:
    """Return the page with its marks filled (an event of mkdocs)."""
    return filled(markdown)


def filled(markdown: str) -> str:
    """Return a page with every mark replaced; `KeyError` or `OSError` where one names nothing."""
    return MARK.sub(lambda mark: _filling(mark["what"], mark["heading"]), markdown)


def _filling(what: str, heading: str | None) -> str:
    if what in FILLINGS:
        return FILLINGS[what]()
    source = (ROOT / what).read_text(encoding="utf-8")
    if what.endswith(".py"):
        return (ast.get_docstring(ast.parse(source)) or "").strip()
    return section(source, heading) if heading else for_the_site(source)


def section(markdown: str, heading: str) -> str:
    """Return what stands below a heading, without it; `KeyError` where there is no such heading.

    >>> section("# A\\n\\n## One\\n\\ntext\\n\\n## Two\\n", "One")
    'text'
    """
    found = re.search(
        rf"^(#+) {re.escape(heading)}\n(.*?)(?=^#{{1,2}} |\Z)", markdown, re.MULTILINE | re.DOTALL
    )
    if found is None:
        raise KeyError(f"There is no heading {heading!r}.")
    return found[2].strip()


def for_the_site(markdown: str) -> str:
    """Return a page of the repository's root as a page of the site: its links lead on."""
    return re.sub(r"(?<=[(\"])docs/", "", markdown)


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Return a Markdown table.

    >>> print(table(["a", "b"], [["1", "x|y"]]))
    | a | b |
    |---|---|
    | 1 | x\\|y |
    """
    head = list(head)
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    lines += ["| " + " | ".join(one.replace("|", "\\|") for one in row) + " |" for row in rows]
    return "\n".join(lines)


def column_tables() -> str:
    """Return the columns of the four tables, as `tpfeedback.tables` defines them."""
    from tpfeedback.tables import TABLES

    parts = []
    for name, columns in TABLES.items():
        rows = [(f"`{one.name}`", one.meaning) for one in columns]
        parts.append(
            f"**{name}**: one row is {ROWS[name]}.\n\n{table(['column', 'meaning'], rows)}"
        )
    return "\n\n".join(parts)


def touchpoint_table() -> str:
    """Return the touchpoints of the general taxonomy in the four languages."""
    from tpfeedback import load_taxonomy

    plan = load_taxonomy("general")
    head = ["key", "stage", "English", "русский", "中文", "polski"]
    rows = (
        (f"`{one.key}`", one.stage, *(one.names[lang] for lang in ("en", "ru", "zh", "pl")))
        for one in plan.touchpoints
    )
    return table(head, rows)


def masking_table() -> str:
    """Return texts with personal data, and what becomes of them."""
    from tpfeedback import mask_personal

    rows = (
        (f"`{text}`", f"`{mask_personal(text, language=lang).text}`") for lang, text in PERSONAL
    )
    return table(["written", "shown"], rows)


def source_table() -> str:
    """Return the sources that the report itself names, with what they are for."""
    from tpfeedback.report.sources import SOURCES

    rows = ((", ".join(purposes), source) for purposes, source in SOURCES)
    return table(["for", "source"], rows)


def command_tables() -> str:
    """Return the commands of `tpfeedback` with their arguments and options."""
    from typer.main import get_command

    from tpfeedback.cli import app

    parts = []
    commands: dict[str, Any] = get_command(app).commands  # type: ignore[attr-defined]
    for name, command in commands.items():
        said = (command.help or "").split("\n\n")
        rows = [(_spelt(one), getattr(one, "help", None) or "") for one in command.params]
        parts.append(f"## `tpfeedback {name}`\n\n" + "\n\n".join(said))
        if rows:
            parts.append(table(["option", "meaning"], rows))
    return "\n\n".join(parts)


def _spelt(parameter: Any) -> str:
    if parameter.param_type_name == "argument":
        return f"`{parameter.name.upper()}`"
    return " / ".join(f"`{one}`" for one in (*parameter.opts, *parameter.secondary_opts))


FILLINGS: dict[str, Callable[[], str]] = {
    "tables": column_tables,
    "touchpoints": touchpoint_table,
    "masking": masking_table,
    "sources": source_table,
    "commands": command_tables,
}
