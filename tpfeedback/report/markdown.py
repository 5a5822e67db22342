"""The report as Markdown: for a chat, an issue or a repository."""

from __future__ import annotations

import re

from tpfeedback.report import sentences
from tpfeedback.report.facts import Facts
from tpfeedback.report.wording import Wording, count, load_wording, number, percent


def render_markdown(facts: Facts, *, language: str = "en") -> str:
    """Return the facts as Markdown; marks inside names and quotes are escaped."""
    words = load_wording(language)
    parts = [
        f"# {words.say('headings', 'title')}",
        *(escaped(sentence) for sentence in sentences.answer(facts, words)),
        f"## {words.say('headings', 'ranking')}",
        _ranking_table(facts, words),
        *_ranked_quotes(facts, words),
        escaped(sentences.not_ranked(facts, words)),
        f"## {words.say('headings', 'rewards')}",
        *_rewards(facts, words),
        f"## {words.say('headings', 'sure')}",
        *_sure(facts, words),
        f"## {words.say('headings', 'method')}",
        *(escaped(text) for text in sentences.method_paragraphs(facts, words)),
        f"## {words.say('headings', 'appendix')}",
        *_appendix(facts, words),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def escaped(text: str) -> str:
    r"""Return `text` with everything that Markdown or HTML would read as a sign made plain.

    >>> escaped("<b>*late*</b>")
    '&lt;b&gt;\\*late\\*&lt;/b&gt;'
    """
    entities = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    signs = re.sub(r"([\\`*_\[\]{}|~$!])", r"\\\1", entities)
    return re.sub(r"^(\s*)([#+=-]|\d+[.)])", r"\1\\\2", signs)


def _ranking_table(facts: Facts, words: Wording) -> str:
    if not facts["ranking"]:
        return ""
    heads = ("rank", "touchpoint", "prize", "interval", "negative_share", "reason")
    rows = [
        [
            f"{one['rank']} ({one['rank_low']}–{one['rank_high']})",
            sentences.touchpoint_name(facts, one["touchpoint"], words),
            number(one["prize"], facts["outcome"]["decimals"]),
            sentences.interval(facts, one, "prize", words),
            percent(one.get("negative_share")),
            one["reason"],
        ]
        for one in facts["ranking"]
    ]
    return _table([words.say("table", head) for head in heads], rows)


def _table(heads: list[str], rows: list[list[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *([escaped(cell) for cell in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _ranked_quotes(facts: Facts, words: Wording) -> list[str]:
    parts = []
    for one in facts["ranking"]:
        if one["quotes"]:
            name = sentences.touchpoint_name(facts, one["touchpoint"], words)
            parts.append(f"### {one['rank']}. {escaped(name)}")
            parts += [_quote(quote, words) for quote in one["quotes"]]
    return parts


def _quote(quote: Facts, words: Wording) -> str:
    before, evidence, after = (escaped(quote[part]) for part in ("before", "evidence", "after"))
    marked = f"**{evidence.strip()}**" if evidence.strip() else ""
    return f"> {before}{marked}{after}\n>\n> — {escaped(sentences.quote_details(quote, words))}"


def _rewards(facts: Facts, words: Wording) -> list[str]:
    if not facts["rewards"]:
        return [words.say("rewards", "none")]
    parts = []
    for one in facts["rewards"]:
        name = escaped(sentences.touchpoint_name(facts, one["touchpoint"], words))
        parts.append(f"**{name}** – {escaped(sentences.reward_line(facts, one, words))}")
        parts += [_quote(quote, words) for quote in one["quotes"][:1]]
    return parts


def _sure(facts: Facts, words: Wording) -> list[str]:
    sure = facts["sure"]
    lines = [*sentences.sure_lines(facts, words)]
    lines += [
        f"{words.name('languages', one['language'])}: {count(one['count'])} "
        f"({percent(one['share'])})"
        for one in sure["languages"]
    ]
    lines += [f"{one['reason']}: {count(one['count'])}" for one in sure["reasons"]]
    parts = ["\n".join(f"- {escaped(line)}" for line in lines)]
    for heading in ("warnings", "notes"):
        if sure[heading]:
            parts.append(f"### {words.say('headings', heading)}")
            parts.append("\n".join(f"- {escaped(text)}" for text in sure[heading]))
    return parts


def _appendix(facts: Facts, words: Wording) -> list[str]:
    columns = [[one["role"], sentences.column_source(one, words)] for one in facts["columns"]]
    settings = [
        [key, sentences.setting_value(value)]
        for key, value in {**facts["settings"], **facts["versions"]}.items()
    ]
    heads = [words.say("table", "part"), words.say("table", "source")]
    return [
        _table(heads, columns) if columns else "",
        _table([words.say("table", "name"), words.say("table", "value")], settings),
    ]
