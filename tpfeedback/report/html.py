"""The report as one HTML file: no script, no address outside the file, at most 2 MB."""

from __future__ import annotations

from functools import cache
from typing import Any

import pandas as pd

from tpfeedback.charts import penalty_reward_chart, priority_chart, to_svg
from tpfeedback.report import sentences
from tpfeedback.report.facts import Facts
from tpfeedback.report.wording import Wording, count, load_wording, number, percent
from tpfeedback.tables import IMPACT, PRIORITIES, Column


def render_html(facts: Facts, *, language: str = "en") -> str:
    """Return the facts as a whole page; every text is escaped, a quote can never run."""
    words = load_wording(language)
    page = _template("report.html")
    return str(page.render(facts=facts, charts=_charts(facts, words), **_speech(facts, words)))


def render_summary(facts: Facts, *, language: str = "en") -> str:
    """Return the answer and the ranking as a fragment of HTML, for a notebook's cell."""
    words = load_wording(language)
    return str(_template("summary.html").render(facts=facts, **_speech(facts, words)))


def _speech(facts: Facts, words: Wording) -> dict[str, Any]:
    """Return what a template needs to speak: the words, and functions bound to the facts."""
    return {
        "words": words,
        "say": words.say,
        "answer": sentences.answer(facts, words),
        "sure_lines": sentences.sure_lines(facts, words),
        "method": sentences.method_paragraphs(facts, words),
        "not_ranked": sentences.not_ranked(facts, words),
        "impact_rows": [sentences.impact_cells(facts, one, words) for one in facts["impact"]],
        "name_of": lambda key: sentences.touchpoint_name(facts, key, words),
        "interval": lambda one, measure: sentences.interval(facts, one, measure, words),
        "rank_range": lambda one: sentences.rank_range(one, words),
        "details": lambda one: sentences.ranked_details(facts, one, words),
        "reward_line": lambda one: sentences.reward_line(facts, one, words),
        "source_of": lambda quote: sentences.quote_details(quote, words),
        "column_source": lambda one: sentences.column_source(one, words),
        "setting": sentences.setting_value,
        "number": lambda value: number(value, facts["outcome"]["decimals"]),
        "percent": percent,
        "count": count,
    }


def _charts(facts: Facts, words: Wording) -> dict[str, Any]:
    """Return the two charts, each None where nothing could be measured."""
    outcome = words.say("outcome", facts["outcome"]["kind"], name=facts["outcome"]["name"])
    names = {key: sentences.touchpoint_name(facts, key, words) for key in facts["names"]}
    decimals = facts["outcome"]["decimals"]
    prizes = _measured(facts["ranking"], PRIORITIES)
    effects = _measured(facts["impact"], IMPACT)
    gain = words.say("ranking", "chart_axis", outcome=outcome)
    change = words.say("rewards", "chart_axis", outcome=outcome)
    return {
        "prizes": None
        if prizes.empty
        else _svg(priority_chart(prizes, names, title=gain, decimals=decimals), "prizes"),
        "effects": None
        if effects.empty
        else _svg(penalty_reward_chart(effects, names, title=change, decimals=decimals), "effects"),
    }


def _svg(chart: Any, prefix: str) -> Any:
    """Return a chart that the template may write as it is: the SVG's writer escaped the names."""
    from markupsafe import Markup

    return Markup(to_svg(chart, prefix=prefix))


def _measured(records: list[Facts], columns: tuple[Column, ...]) -> pd.DataFrame:
    """Return facts as the table they came from, without the rows that have no prize."""
    table = pd.DataFrame(records, columns=[column.name for column in columns])
    numbers = [column.name for column in columns if column.kind == "number"]
    return table.astype(dict.fromkeys(numbers, "float64")).dropna(subset="prize")


@cache
def _template(name: str) -> Any:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    return Environment(
        loader=PackageLoader("tpfeedback", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    ).get_template(name)
