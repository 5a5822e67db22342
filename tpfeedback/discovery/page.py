"""Discoveries and problems as a page in a notebook."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import TYPE_CHECKING, Any

import pandas as pd

from tpfeedback.wording import load_wording

if TYPE_CHECKING:
    from tpfeedback.discovery.complaints import Problems
    from tpfeedback.discovery.result import Discovery

_STYLE = """
.tpf-themes{font:14px/1.45 system-ui,"Noto Sans","Noto Sans CJK SC",sans-serif;max-width:64rem}
.tpf-themes table{border-collapse:collapse;width:100%}
.tpf-themes caption,.tpf-themes .tpf-note{text-align:left;margin:.4rem 0}
.tpf-themes caption{font-weight:600}
.tpf-themes th,.tpf-themes td{text-align:left;vertical-align:top;padding:.45rem .6rem;
border-bottom:1px solid #8884;white-space:normal}
.tpf-themes th:first-child{min-width:20rem;width:50%}
.tpf-themes td.tpf-number{white-space:nowrap}
.tpf-themes .tpf-number{text-align:right;font-variant-numeric:tabular-nums}
.tpf-themes .tpf-number small{display:block}
.tpf-themes small,.tpf-themes .tpf-note{color:#667}
.tpf-themes q{display:block;margin:.15rem 0 0 .6rem;quotes:none;border-left:3px solid #8885;
padding-left:.5rem}
.tpf-themes q.tpf-negative{border-color:#c0562d}.tpf-themes q.tpf-positive{border-color:#2a6f97}
"""


def discovery_page(found: Any) -> str:
    """Return the themes with their phrases, numbers and quotes, as HTML; all text is escaped."""
    discovery: Discovery = found
    words = load_wording()
    head = words.say("discovery", "themes", n=len(discovery.table), texts=discovery.texts)
    columns = ("theme", "texts", "complaints", "praise", "penalty", "prize", "nearest")
    rows = [
        [
            _named(row["theme"], row["name"], discovery.phrases, discovery.quotes, "theme"),
            _share(row),
            _number(words.count(row["negative"])),
            _number(words.count(row["positive"])),
            _estimate(row, "penalty"),
            _estimate(row, "prize"),
            f"<td>{escape(_touchpoint(discovery, row['nearest']))}</td>",
        ]
        for row in _rows(discovery.table)
    ]
    empty = words.say("discovery", "nothing") if discovery.table.empty else ""
    return _page(head, columns, rows, (empty, *discovery.notes))


def problems_page(found: Any) -> str:
    """Return the problems with their phrases, numbers and quotes, as HTML; all text is escaped."""
    problems: Problems = found
    words = load_wording()
    told = {"touchpoint": problems.touchpoint, "n": problems.complaints}
    head = words.say("discovery", "problems", **told)
    columns = ("problem", "texts", "penalty", "prize")
    rows = [
        [
            _named(row["problem"], row["name"], problems.phrases, problems.quotes, "problem"),
            _share(row),
            _estimate(row, "penalty"),
            _estimate(row, "prize"),
        ]
        for row in _rows(problems.table)
    ]
    empty = words.say("discovery", "nothing_recurs") if problems.table.empty else ""
    return _page(head, columns, rows, (empty, *problems.notes))


def _page(head: str, columns: Iterable[str], rows: list[list[str]], notes: Iterable[str]) -> str:
    words = load_wording()
    titles = "".join(
        f"<th{_is_number(name)} scope='col'>{escape(words.say('discovery', name))}</th>"
        for name in columns
    )
    lines = "".join(f"<tr>{''.join(cells)}</tr>" for cells in rows)
    told = "".join(f"<p class='tpf-note'>{escape(note)}</p>" for note in notes if note)
    table = (
        f"<table><caption>{escape(head)}</caption><thead><tr>{titles}</tr></thead>"
        f"<tbody>{lines}</tbody></table>"
        if rows
        else f"<p><b>{escape(head)}</b></p>"
    )
    return f"<div class='tpf-themes'><style>{_STYLE}</style>{table}{told}</div>"


def _is_number(column: str) -> str:
    return "" if column in ("theme", "problem", "nearest") else " class='tpf-number'"


def _named(key: str, name: str, phrases: pd.DataFrame, quotes: pd.DataFrame, column: str) -> str:
    """Return the cell with name, phrases in each language, and quotes."""
    own, said = phrases[phrases[column] == key], quotes[quotes[column] == key]
    lists = [
        f"<span lang='{escape(str(code))}'>{escape(', '.join(part['phrase']))}</span>"
        for code, part in own.groupby("language")
    ]
    told = "".join(
        f"<q class='tpf-{escape(one['sentiment'])}' lang='{escape(one['language'])}'>"
        f"{escape(one['quote'])}</q>"
        for one in _rows(said)
    )
    return (
        f"<td><b>{escape(name)}</b> <small>{escape(key)}</small>"
        f"<div><small>{' · '.join(lists)}</small></div>{told}</td>"
    )


def _rows(table: pd.DataFrame) -> list[dict[str, Any]]:
    return [dict(zip(table.columns, row, strict=True)) for row in table.itertuples(index=False)]


def _share(row: dict[str, Any]) -> str:
    words = load_wording()
    ends = f"{words.percent(row['share_low'])}–{words.percent(row['share_high'])}"
    return _number(words.count(row["texts"]), f"{words.percent(row['share'])} ({ends})")


def _estimate(row: dict[str, Any], name: str) -> str:
    words = load_wording()
    value, low, high = (row[f"{name}{end}"] for end in ("", "_low", "_high"))
    if pd.isna(value):
        return _number(words.number(None))
    ends = f"{words.number(low, signed=True)} … {words.number(high, signed=True)}"
    return _number(words.number(value, signed=True), ends)


def _number(shown: str, below: str = "") -> str:
    small = f"<small>{escape(below)}</small>" if below else ""
    return f"<td class='tpf-number'>{escape(shown)}{small}</td>"


def _touchpoint(discovery: Discovery, key: str) -> str:
    return discovery.taxonomy.name_of(key) if key in discovery.taxonomy else key
