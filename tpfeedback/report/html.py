"""The report as one HTML file: no script, no address outside the file, at most 2 MB."""

from __future__ import annotations

import json
import re
import unicodedata
from functools import cache
from typing import Any

from tpfeedback.report import assurance, lists, sentences
from tpfeedback.report.cells import appendix_tables, change_heads, change_rows, trend_rows
from tpfeedback.report.figures import Figure, figure_value, figures
from tpfeedback.report.illustrations import draw_charts, draw_tracked
from tpfeedback.report.records import Facts
from tpfeedback.report.sources import SOURCES, TRACKED_SOURCES
from tpfeedback.report.speech import Speech
from tpfeedback.report.tracked import tracked_sections
from tpfeedback.wording import Wording, load_wording

# Control characters around the name of a figure and the text that shows it. `readable` takes
# them out of every text that is not ours, so that no customer can write a figure.
_NAME, _SHOWN, _END = "\x02", "\x03", "\x04"
PARTS = ("ranking", "rewards", "effects", "changes", "sure", "method", "appendix")
RANKED_PARTS = ("ranking", "rewards", "effects")
_FIGURE = re.compile(f"{_NAME}([^{_SHOWN}]*){_SHOWN}([^{_END}]*){_END}")


def render_html(facts: Facts, *, language: str = "en") -> str:
    """Return the facts as a whole page; every text is escaped, a quote can never run.

    Every figure is `<data data-figure="NAME" value="VALUE">` with name and value as in
    `figures.figures`; the settings of the run stand in `<meta name="tpfeedback-settings">`.
    """
    words = load_wording(language)
    page = _template("report.html")
    known = figures(facts)
    drawn = {"charts": draw_charts(facts, words), "tracked": draw_tracked(facts, words)}
    return str(page.render(figures=known, **drawn, **_page(facts, words)))


def render_summary(facts: Facts, *, language: str = "en") -> str:
    """Return the answer and the ranking as a fragment of HTML, for a notebook's cell."""
    words = load_wording(language)
    return str(_template("summary.html").render(figures=figures(facts), **_page(facts, words)))


def _page(facts: Facts, words: Wording) -> dict[str, Any]:
    """Return what a template needs to speak: the words, and functions bound to the facts."""
    speech = Speech(facts, words, _marked)
    language_head, language_rows = lists.language_table(speech)
    return {
        "parts": [part for part in PARTS if facts["ranking"] or part not in RANKED_PARTS],
        "language_head": language_head,
        "language_rows": language_rows,
        "reason_rows": lists.reason_rows(speech),
        "quote_rows": lists.quote_rows(speech),
        "column_rows": lists.column_rows(speech),
        "setting_rows": lists.setting_rows(speech),
        "sections": tracked_sections(speech),
        "facts": facts,
        "words": words,
        "speech": speech,
        "say": words.say,
        "settings_json": json.dumps(facts["settings"], sort_keys=True),
        "answer": sentences.answer(facts, words, _marked),
        "reasons": sentences.reasons(facts, words),
        "sure_lines": assurance.sure_lines(facts, words, _marked),
        "quality_lines": assurance.quality_lines(facts, words, _marked),
        "change_lines": assurance.change_lines(facts, words, _marked),
        "change_heads": change_heads(speech),
        "change_rows": change_rows(speech),
        "trend_rows": trend_rows(speech),
        "method": sentences.method_paragraphs(facts, words),
        "sources": SOURCES,
        "tracked_sources": TRACKED_SOURCES,
        "not_ranked": sentences.not_ranked(facts, words, _marked),
        "tables": appendix_tables(speech),
        "name_of": speech.touchpoint,
        "prize_interval": lambda one: _prize_interval(facts, one, words),
        "rank_range": lambda one: sentences.rank_range(facts, one, words, _marked),
        "details": lambda one: sentences.ranked_details(facts, one, words, _marked),
        "reward_line": lambda one: sentences.reward_line(facts, one, words, _marked),
        "source_of": lambda quote: sentences.quote_details(quote, words),
        "setting": sentences.setting_value,
    }


def _prize_interval(facts: Facts, one: Facts, words: Wording) -> str:
    """Return the interval of a prize as it stands alone, without the words "95% interval"."""
    if one["prize_low"] is None or one["prize_high"] is None:
        return words.say("ranking", "interval_unknown")
    return sentences.interval(facts, one, "prize", words, _marked)


def _marked(name: str, shown: str) -> str:
    return f"{_NAME}{name}{_SHOWN}{shown}{_END}"


def _finished(context: Any, value: Any) -> Any:
    """Return what the page shows for `value`: text escaped, its figures set off as elements."""
    from markupsafe import Markup, escape

    if not isinstance(value, str) or isinstance(value, Markup):
        return value
    known: dict[str, Figure] = context["figures"]

    def element(found: re.Match[str]) -> str:
        name, shown = found.groups()
        return str(
            Markup('<data data-figure="{}" value="{}">{}</data>').format(
                name, figure_value(known[name]), shown
            )
        )

    pieces, end = [], 0
    for found in _FIGURE.finditer(value):
        pieces += [str(escape(_clean(value[end : found.start()]))), element(found)]
        end = found.end()
    return Markup("".join([*pieces, str(escape(_clean(value[end:])))]))


def _clean(text: str) -> str:
    """Return `text` without the characters that HTML forbids."""
    return "".join(c for c in text if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cs"))


@cache
def _template(name: str) -> Any:
    from jinja2 import Environment, PackageLoader, StrictUndefined, pass_context

    return Environment(
        loader=PackageLoader("tpfeedback", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=pass_context(_finished),
        trim_blocks=True,
        lstrip_blocks=True,
    ).get_template(name)
