"""The facts behind the ranked table: what was explained, what to fix first, what praise is worth.

They are written from tables alone, so that a batch, whose texts are not in memory, has them too.
"""

from __future__ import annotations

import math

import pandas as pd

from tpfeedback.errors import TpfeedbackError
from tpfeedback.outcome import Outcome
from tpfeedback.report.certainty import shortened_note
from tpfeedback.report.passages import readable, shortened
from tpfeedback.report.quotations import Quoter
from tpfeedback.report.records import Facts, plain_records
from tpfeedback.tables import LANGUAGES
from tpfeedback.taxonomy import Taxonomy

PRAISED = 5
COMPARED = 5  # prizes that a reader compares
_EFFECTS = ("touchpoint", "mentions", "negative", "negative_share", "penalty", "role")
_WORTH = ("touchpoint", "stage", "positive", "positive_share", "gain")


def outcome_facts(
    outcome: Outcome,
    model: str,
    prizes: pd.Series,
    *,
    interval: tuple[float | None, float | None, float | None],
    spread: float,
    texts: int,
) -> Facts:
    """Return what was explained: its mean with 95 % `interval` (mean, low, high), of the rated
    `texts`, and how many digits matter where it scatters by `spread` (standard deviation)."""
    score = model == "nps"  # in points, not in units of the answers
    decimals = _decimals(spread)
    return {
        "kind": "nps" if score else outcome.kind,
        "name": shortened_note(outcome.name, 200),
        "scale": None if score else outcome.scale and readable(outcome.scale),
        **dict(zip(("mean", "low", "high"), interval, strict=True)),
        "texts": texts,
        "decimals": decimals,
        "gain_decimals": _gain_decimals(prizes, decimals),
    }


def _decimals(spread: float) -> int:
    """Return how many digits after the point matter for an outcome that scatters so much."""
    if spread <= 0:
        return 2
    return max(0, min(4, math.ceil(2 - math.log10(spread))))


def _gain_decimals(prizes: pd.Series, decimals: int) -> int:
    """Return the digits that prizes need: two that count in the fifth, at most one more."""
    largest = prizes.astype("float64").abs().nlargest(COMPARED)
    if largest.empty or not largest.iloc[-1] > 0:
        return decimals
    return max(decimals, min(decimals + 1, 1 - math.floor(math.log10(largest.iloc[-1]))))


def touchpoint_names(taxonomy: Taxonomy, *tables: pd.DataFrame) -> dict[str, dict[str, str]]:
    """Return the name, per language, of all touchpoints of the taxonomy and the tables."""
    shown = set(taxonomy.keys).union(*(table["touchpoint"] for table in tables))
    return {
        key: {language: _name(taxonomy, key, language) for language in LANGUAGES}
        for key in sorted(shown)
    }


def _name(taxonomy: Taxonomy, key: str, language: str) -> str:
    try:
        return shortened(readable(taxonomy.name_of(key, language)), 80)
    except (TpfeedbackError, KeyError):
        return key


def ranking_facts(
    impact: pd.DataFrame, priorities: pd.DataFrame, quoted: Quoter, ranked: int
) -> list[Facts]:
    """Return the first `ranked` touchpoints, each with its effects and quotes of complaints."""
    effects = {one["touchpoint"]: one for one in plain_records(impact[list(_EFFECTS)])}
    ordered = priorities.sort_values(["rank", "touchpoint"]).head(ranked)
    ranking = []
    for row in plain_records(ordered):
        row["reason"] = shortened_note(row["reason"])
        row.setdefault("tie_group", None)
        quotes = quoted(row["touchpoint"], "negative")
        ranking.append({**effects.get(row["touchpoint"], {}), **row, "quotes": quotes})
    return ranking


def reward_facts(impact: pd.DataFrame, quoted: Quoter) -> list[Facts]:
    """Return where praise is worth most, positive share times reward, if it surely is at all."""
    worth = impact.assign(gain=impact["positive_share"] * impact["reward"])
    worth = worth[worth["reward_low"] > 0].sort_values(
        ["gain", "touchpoint"], ascending=[False, True]
    )
    wanted = [*_WORTH, "reward", "reward_low", "reward_high"]
    return [
        {**row, "quotes": quoted(row["touchpoint"], "positive")[:2]}
        for row in plain_records(worth[wanted].head(PRAISED))
    ]
