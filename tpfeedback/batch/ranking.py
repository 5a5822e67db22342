"""The facts behind the ranked table of a batch, as `report_facts` has them of an analysis."""

from __future__ import annotations

from typing import Any

from scipy.special import stdtrit

from tpfeedback.batch.analysis import BatchAnalysis
from tpfeedback.report.certainty import shortened_note
from tpfeedback.report.facts import _decimals, _gain_decimals, _names, _ranking, _rewards
from tpfeedback.report.passages import readable
from tpfeedback.report.quotations import quoter
from tpfeedback.report.records import Facts


def table_facts(found: BatchAnalysis, *, ranked: int, mask: bool) -> Facts:
    """Return what `render_table` and `answer` need: outcome, names, ranking with quotes, praise.

    Numbers are of all texts, quotes of the clearest mentions. Personal data in quotes are masked
    unless `mask` is False.
    """
    quoted = quoter(found.feedback, found.mentions, mask=mask)
    same: Any = found  # has all that these functions read of `Findings`
    return {
        "outcome": _outcome(found),
        "names": _names(same),
        "ranking": _ranking(same, quoted, ranked),
        "ranking_more": max(0, len(found.priorities) - ranked),
        "rewards": _rewards(found.impact, quoted),
    }


def _outcome(found: BatchAnalysis) -> Facts:
    decimals = _decimals(found.spread)
    score = found.settings["model"] == "nps"
    number, mean = found.rated, found.fit.outcome_mean
    reach = None
    if number > 1 and found.spread > 0:
        reach = float(stdtrit(number - 1, 0.975)) * found.spread / (number - 1) ** 0.5
    return {
        "kind": "nps" if score else found.outcome.kind,
        "name": shortened_note(found.outcome.name, 200),
        "scale": None if score else found.outcome.scale and readable(found.outcome.scale),
        "mean": mean,
        "low": None if reach is None else mean - reach,
        "high": None if reach is None else mean + reach,
        "texts": number,
        "decimals": decimals,
        "gain_decimals": _gain_decimals(found.priorities["prize"], decimals),
    }
