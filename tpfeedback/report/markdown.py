"""The report as Markdown: for a chat, an issue or a repository."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence

from tpfeedback.report import assurance, lists, sentences
from tpfeedback.report.cells import appendix_tables, change_heads, change_rows, trend_rows
from tpfeedback.report.passages import readable
from tpfeedback.report.records import Facts
from tpfeedback.report.scope import scope_line
from tpfeedback.report.sources import SOURCES, TRACKED_SOURCES
from tpfeedback.report.speech import Speech
from tpfeedback.report.tracked import Section, tracked_sections
from tpfeedback.wording import load_wording

_SIGNS = re.compile(r"([\\`*_\[\]{}|~$])")
_AT_THE_START = re.compile(r"^(\s*)([#+=-]|\d+[.)](?=\s|$))")
# GitHub makes links of bare addresses; a backslash in them keeps them text.
_ADDRESS = re.compile(r":(?=//)|(?<=\bwww)\.|(?<=\bmailto):|(?<=\bxmpp):", re.IGNORECASE)


def render_markdown(facts: Facts, *, language: str = "en") -> str:
    """Return the facts as Markdown (CommonMark with GitHub's tables): all that the page says.

    Whatever a text, a name or a setting holds stays text: no sign, tag or address in it is read
    as Markdown or HTML.
    """
    speech = Speech(facts, load_wording(language))
    parts = [
        f"# {escaped(speech.say('headings', 'title'))}",
        escaped(scope_line(speech)),
        *map(escaped, sentences.answer(facts, speech.words)),
        *(_ranking(speech) if facts["ranking"] else ()),
        *(_rewards(speech) if facts["ranking"] else ()),
        *_changes(speech),
        *(part for section in tracked_sections(speech) for part in _tracked(section, speech)),
        *_sure(speech),
        *_method(speech),
        *_appendix(speech),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def escaped(text: str) -> str:
    r"""Return `text` on one line with all that Markdown or HTML would read as a sign made plain.

    >>> print(escaped("<b>*late*</b> https://a.example"))
    &lt;b&gt;\*late\*&lt;/b&gt; https\://a.example
    """
    plain = readable(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    signs = _ADDRESS.sub(r"\\\g<0>", _SIGNS.sub(r"\\\1", plain))
    return _AT_THE_START.sub(_start_escaped, signs)


def _start_escaped(found: re.Match[str]) -> str:
    """Return the start of a line with its list or heading mark made plain: "1." as "1\\."."""
    return f"{found[1]}{found[2][:-1]}\\{found[2][-1]}"


def _heading(speech: Speech, key: str, level: int = 2) -> str:
    return f"{'#' * level} {escaped(speech.say('headings', key))}"


def _table(heads: Iterable[str], rows: Iterable[Sequence[str]], numeric: Iterable[bool]) -> str:
    """Return a table; the first column is of text, `numeric` tells of the others."""
    rules = ["---", *("---:" if one else "---" for one in numeric)]
    lines = [[escaped(cell) for cell in heads], rules, *([*map(escaped, row)] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _list(lines: Iterable[str]) -> str:
    return "\n".join(f"- {escaped(line)}" for line in lines)


def _ranking(speech: Speech) -> list[str]:
    facts, words = speech.facts, speech.words
    heads = ("touchpoint", "rank", "prize", "interval", "negative_share")
    rows = [
        (
            speech.touchpoint(one["touchpoint"]),
            f"{one['rank']} ({one['rank_low']}–{one['rank_high']})",
            speech.gain("", one["prize"]),
            sentences.interval(facts, one, "prize", words),
            speech.percent("", one.get("negative_share")),
        )
        for one in facts["ranking"]
    ]
    return [
        _heading(speech, "ranking"),
        _table([speech.say("table", head) for head in heads], rows, [True] * 4),
        escaped(speech.say("ranking", "caption")),
        *_ranked(speech),
        escaped(sentences.not_ranked(facts, words)),
    ]


def _ranked(speech: Speech) -> list[str]:
    """Return each ranked touchpoint with its reason, small print and quotes."""
    facts, words, parts = speech.facts, speech.words, []
    reasons = sentences.reasons(facts, words)
    for one in facts["ranking"]:
        key = one["touchpoint"]
        parts += [
            f"### {one['rank']}. {escaped(speech.touchpoint(key))}",
            escaped(reasons[key]),
            escaped(" · ".join(sentences.ranked_details(facts, one, words))),
            *(_quote(quote, speech) for quote in one["quotes"]),
        ]
    return parts


def _quote(quote: Facts, speech: Speech) -> str:
    said = f"{escaped(quote['before'])}{bold(quote['evidence'])}{escaped(quote['after'])}"
    return f"> {said}\n>\n> — {escaped(sentences.quote_details(quote, speech.words))}"


def bold(text: str) -> str:
    """Return `text` escaped, in bold from its first letter to its last.

    Stars beside a full stop or a quotation mark would not be read as bold where the next letter
    follows without a space, as in Chinese (CommonMark 0.31, section 6.2).

    >>> print(bold("“质量不行。”"))
    “**质量不行**。”
    """
    letters = [i for i, one in enumerate(text) if unicodedata.category(one)[0] in "LN"]
    if not letters:
        return escaped(text)
    first, last = letters[0], letters[-1] + 1
    while last < len(text) and unicodedata.category(text[last])[0] == "M":
        last += 1
    # Escaped apart, a number in the middle would be taken for the start of a line.
    inner = escaped(f"x{text[first:last]}")[1:]
    return f"{escaped(text[:first])}**{inner}**{escaped(f'x{text[last:]}')[1:]}"


def _rewards(speech: Speech) -> list[str]:
    parts = [_heading(speech, "rewards")]
    for one in speech.facts["rewards"]:
        line = sentences.reward_line(speech.facts, one, speech.words)
        parts += [
            f"### {escaped(speech.touchpoint(one['touchpoint']))}",
            escaped(line),
            *(_quote(quote, speech) for quote in one["quotes"]),
        ]
    return parts if len(parts) > 1 else [*parts, escaped(speech.say("rewards", "none"))]


def _changes(speech: Speech) -> list[str]:
    say, facts = speech.say, speech.facts
    parts = [_heading(speech, "changes"),
             *map(escaped, assurance.change_lines(facts, speech.words))]  # fmt: skip
    if facts["changes"] is None:
        return parts
    if rows := change_rows(speech):
        parts += [
            _table(change_heads(speech), rows, [False] + [True] * 4),
            escaped(say("changes", "simultaneous")),
        ]
    ends = [say("changes", "mean"), say("table", "interval"), say("changes", "texts")]
    trend = _table([say("changes", "period"), *ends], trend_rows(speech), [True] * 3)
    return [*parts, escaped(say("changes", "caution")), trend]


def _tracked(section: Section, speech: Speech) -> list[str]:
    """Return what was tracked: the answer, the tables, what customers said, how sure it is."""
    parts = [f"## {escaped(section.title)}", *map(escaped, section.lines)]
    for listing in section.listings:
        one = listing.table(speech)
        parts += [f"### {escaped(one.title)}", _table(one.head, one.rows, one.numeric),
                  escaped(one.note)]  # fmt: skip
    for card in section.cards:
        parts += [f"### {escaped(card.title)}", *map(escaped, card.lines)]
        for said in card.said:
            parts += [escaped(said.title), *(_quote(quote, speech) for quote in said.quotes)]
    told = [*section.sure, *(speech.remark(note) for note in section.notes)]
    source = f"{speech.say('headings', 'sources')}: {TRACKED_SOURCES[section.key]}"
    return [*parts, _heading(speech, "sure", 3), _list([*told, source])]


def _sure(speech: Speech) -> list[str]:
    facts, words, say = speech.facts, speech.words, speech.say
    sure = facts["sure"]
    heads, rows = lists.language_table(speech)
    parts = [
        _heading(speech, "sure"),
        _list(assurance.sure_lines(facts, words)),
        _heading(speech, "warnings", 3),
        _remarks(speech, "warnings") if sure["warnings"] else escaped(say("sure", "no_warnings")),
        _heading(speech, "quality", 3),
        *map(escaped, assurance.quality_lines(facts, words)),
        _table(heads, rows, [True] * (len(heads) - 1)) if rows else "",
    ]
    if sure["reasons"]:
        heads = (say("sure", "reason"), say("sure", "count"))
        parts += [_heading(speech, "set_aside", 3),
                  _table(heads, lists.reason_rows(speech), [True])]  # fmt: skip
    if sure["notes"]:
        parts += [_heading(speech, "notes", 3), _remarks(speech, "notes")]
    return parts


def _remarks(speech: Speech, part: str) -> str:
    sure = speech.facts["sure"]
    told = [speech.remark(one) for one in sure[part]]
    if more := sure[f"{part}_more"]:
        told.append(speech.say("sure", "more", count=speech.words.count(more)))
    return _list(told)


def _method(speech: Speech) -> list[str]:
    told = sentences.method_paragraphs(speech.facts, speech.words)
    return [_heading(speech, "method"), *map(escaped, told),
            _heading(speech, "sources", 3), _list(_sources(speech))]  # fmt: skip


def _sources(speech: Speech) -> list[str]:
    """Return each source behind the names of what it is for."""
    sections = {"changes": "headings"}
    return [
        ", ".join(speech.words.name(sections.get(one, "table"), one) for one in topics)
        + f": {source}"
        for topics, source in SOURCES
    ]


def _appendix(speech: Speech) -> list[str]:
    say, parts = speech.say, [_heading(speech, "appendix")]
    for table in appendix_tables(speech):
        parts += [f"### {escaped(table.title)}",
                  _table(table.head, table.rows, table.numeric), escaped(table.note)]  # fmt: skip
    parts += [
        _heading(speech, "columns", 3),
        _table([say("table", "part"), say("table", "source")], lists.column_rows(speech), [False]),
        _heading(speech, "settings", 3),
        _table([say("table", "setting"), say("table", "value")],
               lists.setting_rows(speech), [False]),
    ]  # fmt: skip
    return [*parts, escaped(say("footer", "made", version=speech.facts["versions"]["tpfeedback"]))]
