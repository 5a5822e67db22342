"""What the report says, as one plain dict: numbers, keys and quotes, in no language yet.

HTML, Markdown and Excel are all written from this dict. Its size does not grow with the
number of texts: long lists are cut and the rest is counted.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Protocol

import numpy as np
import pandas as pd

from tpfeedback.errors import TpfeedbackError
from tpfeedback.impact import ImpactFit
from tpfeedback.impact.observations import Observations, read_observations
from tpfeedback.ingest import Export
from tpfeedback.priority import map_performance
from tpfeedback.report.band import error_band
from tpfeedback.report.certainty import LISTED, reading_account, shortened_note, stated_quality
from tpfeedback.report.changes import estimate_mean, measure_changes
from tpfeedback.report.passages import readable, shortened
from tpfeedback.report.quotations import Quoter, quoter
from tpfeedback.report.records import Facts, plain_records, plain_value
from tpfeedback.report.tracked import closer_facts, tracking_facts
from tpfeedback.tables import LANGUAGES
from tpfeedback.taxonomy import Taxonomy

RANKED = 12
PRAISED = 5
COMPARED = 5  # prizes that a reader compares
TABLED = 200
_EFFECTS = ("touchpoint", "mentions", "negative", "negative_share", "penalty", "role")
_WORTH = ("touchpoint", "stage", "positive", "positive_share", "gain")
_BAND = ("prize_expected", "prize_band_low", "prize_band_high")


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

    @property
    def quality(self) -> Mapping[str, Any]:
        """What the tagger states of its errors, see `certainty.stated_quality`."""

    @property
    def fit(self) -> ImpactFit | None:
        """Everything that was estimated, where it was kept."""

    @property
    def tracking(self) -> Mapping[str, Any]:
        """Results of `tpfeedback.tracking` by name, as `Analysis.track` keeps them."""

    @property
    def closer(self) -> Mapping[str, Any]:
        """What `Analysis.look_closer` found, by name."""


def report_facts(findings: Findings, *, ranked: int = RANKED, mask: bool = True) -> Facts:
    """Return everything the report says: plain, JSON-able, missing numbers as None.

    `ranked` is how many touchpoints are told of in full. Personal data in quotes and notes are
    masked unless `mask` is False. Shares are 0-1; penalty, reward and
    prize are in units of the outcome. Same findings, same facts: nothing depends on the clock,
    and ties are broken by the touchpoint's key.
    """
    observed = _observe(findings)
    quoted = quoter(findings.feedback, findings.mentions, mask=mask)
    quality = stated_quality(findings.quality)
    return {
        "outcome": _outcome(findings, observed),
        "names": _names(findings),
        "ranking": _ranking(findings, quoted, ranked),
        "ranking_more": max(0, len(findings.priorities) - ranked),
        "rewards": _rewards(findings.impact, quoted),
        "changes": measure_changes(observed, _dates(findings.feedback, observed)),
        "tracking": tracking_facts(findings.tracking, findings, mask=mask),
        "closer": closer_facts(findings.closer, findings, mask=mask),
        "sure": {
            **reading_account(
                findings.feedback, findings.mentions, findings.export, findings.warnings, mask=mask
            ),
            "quality": quality,
        },
        "impact": _impact(findings, quality, _band(findings, quality)),
        "performance": plain_records(map_performance(findings.impact).head(TABLED)),
        "taxonomy": findings.taxonomy.key,
        "columns": _columns(findings.export),
        "settings": {key: plain_value(value) for key, value in findings.settings.items()},
        "versions": _versions(),
    }


def _observe(findings: Findings) -> Observations:
    """Return what was observed of each respondent, as the impact counts them."""
    return read_observations(
        _source(findings),
        findings.mentions,
        outcome=findings.outcome.column,
        model=findings.settings.get("model", "linear"),
        controls=(),
        weights=findings.settings.get("weights"),
        cluster=None,
    )


def _source(findings: Findings) -> pd.DataFrame:
    """Return the feedback as the impact read it: a sentiment belongs to its text alone."""
    by_answer = findings.outcome.kind == "rating"
    return findings.feedback if by_answer else findings.feedback.drop(columns="question")


def _dates(feedback: pd.DataFrame, observed: Observations) -> pd.Series:
    """Return the first date of each respondent."""
    dates = pd.to_datetime(feedback["date"], errors="coerce")
    first = dates.dt.tz_localize(None).groupby(observed.rows).min()
    return first.reindex(range(len(observed.outcome)))


def _outcome(findings: Findings, observed: Observations) -> Facts:
    rated = np.isfinite(observed.outcome)
    values = observed.outcome[rated]
    weight = np.ones(len(rated)) if observed.weights is None else observed.weights
    mean, low, high = estimate_mean(values, weight[rated])
    decimals = _decimals(float(values.std()) if len(values) else 0.0)
    score = findings.settings.get("model") == "nps"  # in points, not in units of the answers
    return {
        "kind": "nps" if score else findings.outcome.kind,
        "name": shortened_note(findings.outcome.name, 200),
        "scale": None if score else findings.outcome.scale and readable(findings.outcome.scale),
        "mean": mean,
        "low": low,
        "high": high,
        "texts": len(values),
        "decimals": decimals,
        "gain_decimals": _gain_decimals(findings.priorities["prize"], decimals),
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


def _names(findings: Findings) -> dict[str, dict[str, str]]:
    shown = set(findings.impact["touchpoint"]) | set(findings.priorities["touchpoint"])
    shown |= set(findings.mentions["touchpoint"]) | set(findings.taxonomy.keys)
    return {
        key: {language: _name(findings.taxonomy, key, language) for language in LANGUAGES}
        for key in sorted(shown)
    }


def _name(taxonomy: Taxonomy, key: str, language: str) -> str:
    try:
        return shortened(readable(taxonomy.name_of(key, language)), 80)
    except (TpfeedbackError, KeyError):
        return key


def _ranking(findings: Findings, quoted: Quoter, ranked: int) -> list[Facts]:
    effects = {one["touchpoint"]: one for one in plain_records(findings.impact[list(_EFFECTS)])}
    ordered = findings.priorities.sort_values(["rank", "touchpoint"]).head(ranked)
    ranking = []
    for row in plain_records(ordered):
        row["reason"] = shortened_note(row["reason"])
        row.setdefault("tie_group", None)
        quotes = quoted(row["touchpoint"], "negative")
        ranking.append({**effects.get(row["touchpoint"], {}), **row, "quotes": quotes})
    return ranking


def _rewards(impact: pd.DataFrame, quoted: Quoter) -> list[Facts]:
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


def _band(findings: Findings, quality: Facts) -> pd.DataFrame | None:
    return error_band(
        findings.impact,
        _source(findings),
        findings.mentions,
        quality=quality,
        settings=findings.settings,
    )


def _impact(findings: Findings, quality: Facts, band: pd.DataFrame | None) -> list[Facts]:
    """Return every touchpoint with what is known of it beside the impact table."""
    roles = _by_touchpoint(None if findings.fit is None else findings.fit.roles)
    bands = _by_touchpoint(band)
    placed = _by_touchpoint(map_performance(findings.impact))
    rows = plain_records(findings.impact.head(TABLED))
    for row in rows:
        key = row["touchpoint"]
        row["roles"] = {name: p for name, p in roles.get(key, {}).items() if name != "touchpoint"}
        row["performance"] = placed[key]["performance"]
        row.update({name: bands.get(key, {}).get(name) for name in _BAND})
        rates = quality["touchpoints"].get(key, {})
        row.update({name: rates.get(name) for name in ("recall", "precision")})
    return rows


def _by_touchpoint(table: pd.DataFrame | None) -> dict[str, Facts]:
    return {} if table is None else {row["touchpoint"]: row for row in plain_records(table)}


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
