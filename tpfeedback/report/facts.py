"""What the report says, as one plain dict: numbers, keys and quotes, in no language yet.

HTML, Markdown and Excel are all written from this dict. Its size does not grow with the
number of texts: long lists are cut and the rest is counted.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Protocol

import numpy as np
import pandas as pd

from tpfeedback.errors import TpfeedbackError
from tpfeedback.impact.respondents import respondents
from tpfeedback.ingest import Export
from tpfeedback.priority import pick_quotes
from tpfeedback.report.passages import passage, readable, shortened
from tpfeedback.tables import LANGUAGES, OTHER_LANGUAGE
from tpfeedback.taxonomy import Taxonomy

RANKED = 12
PRAISED = 5
QUOTES = 3
LISTED = 20
TABLED = 200
LONGEST_NOTE = 500

Facts = dict[str, Any]


class Findings(Protocol):
    """What a report is made from; `tpfeedback.Analysis` is one."""

    @property
    def feedback(self) -> pd.DataFrame:
        """The feedback table, `language` filled."""

    @property
    def export(self) -> Export:
        """What was read, and what was set aside."""

    @property
    def mentions(self) -> pd.DataFrame:
        """The mentions table."""

    @property
    def impact(self) -> pd.DataFrame:
        """The impact table."""

    @property
    def priorities(self) -> pd.DataFrame:
        """The priorities table."""

    @property
    def warnings(self) -> tuple[str, ...]:
        """What every stage had to warn of."""

    @property
    def taxonomy(self) -> Taxonomy:
        """The touchpoints and their names."""

    @property
    def settings(self) -> Mapping[str, Any]:
        """The options the analysis ran with."""

    @property
    def outcome(self) -> Any:
        """`kind`, `column`, `name` and `scale` of what was explained."""


def report_facts(findings: Findings, *, ranked: int = RANKED) -> Facts:
    """Return everything the report says: plain, JSON-able, missing numbers as None.

    `ranked` is how many touchpoints are told of in full. Shares are 0-1; penalty, reward and
    prize are in units of the outcome. Same findings, same facts: nothing depends on the clock,
    and ties are broken by the touchpoint's key.
    """
    quoted = _quoter(findings)
    return {
        "outcome": _outcome(findings),
        "names": _names(findings),
        "ranking": _ranking(findings, quoted, ranked),
        "ranking_more": max(0, len(findings.priorities) - ranked),
        "rewards": _rewards(findings, quoted),
        "sure": _sure(findings),
        "impact": plain_records(findings.impact.head(TABLED)),
        "taxonomy": findings.taxonomy.key,
        "columns": _columns(findings.export),
        "settings": {key: _plain(value) for key, value in findings.settings.items()},
        "versions": _versions(),
    }


def plain_records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Return one dict a row that JSON can hold: missing is None, dates are ISO texts.

    >>> plain_records(pd.DataFrame({"a": [1.0, float("nan")]}))
    [{'a': 1.0}, {'a': None}]
    """
    columns = {str(name): [_plain(v) for v in table[name].tolist()] for name in table.columns}
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def _plain(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    if value is None or pd.isna(value) or value in (math.inf, -math.inf):
        return None
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, np.generic):
        value = value.item()
    return value if isinstance(value, bool | str | int | float) else str(value)


def _outcome(findings: Findings) -> Facts:
    outcome = findings.outcome
    values = pd.to_numeric(findings.feedback[outcome.column], errors="coerce")
    if outcome.kind == "rating":  # the answers of one respondent share one rating
        values = values.groupby(respondents(findings.feedback)).mean()
    values = values.dropna()
    spread = float(values.std(ddof=0)) if len(values) else 0.0
    return {
        "kind": outcome.kind,
        "name": outcome.name,
        "scale": outcome.scale,
        "mean": float(values.mean()) if len(values) else None,
        "texts": len(values),
        "decimals": _decimals(spread),
    }


def _decimals(spread: float) -> int:
    """Return how many digits after the point matter for an outcome that scatters so much."""
    if spread <= 0:
        return 2
    return max(0, min(4, math.ceil(2 - math.log10(spread))))


def _names(findings: Findings) -> dict[str, dict[str, str]]:
    shown = set(findings.impact["touchpoint"]) | set(findings.priorities["touchpoint"])
    return {
        key: {language: _name(findings.taxonomy, key, language) for language in LANGUAGES}
        for key in sorted(shown)
    }


def _name(taxonomy: Taxonomy, key: str, language: str) -> str:
    try:
        return shortened(readable(taxonomy.name_of(key, language)), 80)
    except (TpfeedbackError, KeyError):
        return key


def _ranking(
    findings: Findings, quoted: Callable[[str, str], list[Facts]], ranked: int
) -> list[Facts]:
    wanted = ["touchpoint", "mentions", "negative", "negative_share", "penalty", "role"]
    effects = {one["touchpoint"]: one for one in plain_records(findings.impact[wanted])}
    ordered = findings.priorities.sort_values(["rank", "touchpoint"]).head(ranked)
    ranking = []
    for row in plain_records(ordered):
        row["reason"] = shortened(readable(row["reason"]), LONGEST_NOTE)
        quotes = quoted(row["touchpoint"], "negative")
        ranking.append({**effects.get(row["touchpoint"], {}), **row, "quotes": quotes})
    return ranking


def _rewards(findings: Findings, quoted: Callable[[str, str], list[Facts]]) -> list[Facts]:
    """Return where praise is worth most, positive share times reward, if it surely is at all."""
    table = findings.impact
    worth = table.assign(gain=table["positive_share"] * table["reward"])
    worth = worth[worth["reward_low"] > 0].sort_values(
        ["gain", "touchpoint"], ascending=[False, True]
    )
    wanted = [
        "touchpoint",
        "stage",
        "positive",
        "positive_share",
        "gain",
        "reward",
        "reward_low",
        "reward_high",
    ]
    return [
        {**row, "quotes": quoted(row["touchpoint"], "positive")[:2]}
        for row in plain_records(worth[wanted].head(PRAISED))
    ]


def _quoter(findings: Findings) -> Callable[[str, str], list[Facts]]:
    # The same words twice show nothing new, whoever wrote them.
    texts = findings.feedback.drop_duplicates("text").set_index("feedback_id")
    mentions = findings.mentions[findings.mentions["feedback_id"].isin(texts.index)]

    def quoted(touchpoint: str, sentiment: str) -> list[Facts]:
        chosen = pick_quotes(mentions, touchpoint=touchpoint, sentiment=sentiment, n=QUOTES)
        return [_quote(one, texts.loc[one["feedback_id"]]) for one in plain_records(chosen)]

    return quoted


def _quote(mention: Facts, source: pd.Series) -> Facts:
    cut = passage(source["text"], mention["start"], mention["stop"])
    return {
        "feedback_id": mention["feedback_id"],
        "row": _plain(source.get("row")),
        "language": mention["language"],
        "before": cut.before,
        "evidence": cut.evidence,
        "after": cut.after,
        "overall": _plain(source.get("overall")),
    }


def _sure(findings: Findings) -> Facts:
    feedback, mentions, export = findings.feedback, findings.mentions, findings.export
    duplicates = int(feedback["duplicate_of"].notna().sum()) if "duplicate_of" in feedback else 0
    reasons = Counter(export.rejected["reason"]).items()
    notes = [shortened(readable(note), LONGEST_NOTE) for note in export.notes]
    warned = [shortened(readable(text), LONGEST_NOTE) for text in findings.warnings]
    return {
        "rows": export.read,
        "texts": len(feedback),
        "rejected": len(export.rejected),
        "reasons": [
            {"reason": shortened(readable(str(reason)), 200), "count": n}
            for reason, n in sorted(reasons, key=lambda pair: (-pair[1], str(pair[0])))
        ][:LISTED],
        "duplicates": duplicates,
        "languages": _languages(feedback),
        "mentions": len(mentions),
        "touchpoints": int(mentions["touchpoint"].nunique()),
        "texts_with_mentions": int(mentions["feedback_id"].nunique()),
        "warnings": warned[:LISTED],
        "warnings_more": max(0, len(warned) - LISTED),
        "notes": notes[:LISTED],
        "notes_more": max(0, len(notes) - LISTED),
    }


def _languages(feedback: pd.DataFrame) -> list[Facts]:
    counts = feedback["language"].value_counts()
    known = [*LANGUAGES, OTHER_LANGUAGE]
    found = sorted((key for key in known if key in counts), key=lambda key: -counts[key])
    return [
        {"language": key, "count": int(counts[key]), "share": float(counts[key] / len(feedback))}
        for key in found
    ]


def _columns(export: Export) -> list[Facts]:
    listed = []
    for role, source in list(export.columns.items())[:LISTED]:
        sources = [source] if isinstance(source, str) else [str(one) for one in source]
        shown = ", ".join(shortened(readable(str(one)), 80) for one in sources[:LISTED])
        more = len(sources) - LISTED
        shown += f" (+{more})" if more > 0 else ""
        guessed = role in export.guessed
        listed.append({"role": role, "source": shown, "guessed": guessed})
    return listed


def _versions() -> dict[str, str]:
    from importlib.metadata import version

    from tpfeedback import __version__

    others = ("pandas", "numpy", "statsmodels", "scikit-learn", "onnxruntime")
    return {"tpfeedback": __version__, **{name: version(name) for name in others}}
