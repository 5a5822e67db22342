"""What the report says, as one plain dict: numbers, keys and quotes, in no language yet.

HTML, Markdown and Excel are all written from this dict. Its size does not grow with the
number of texts: long lists are cut and the rest is counted.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

import pandas as pd

from tpfeedback.impact import ImpactFit
from tpfeedback.priority import map_performance
from tpfeedback.report.certainty import LISTED, quality_facts, tell_remarks
from tpfeedback.report.changes import measure_changes
from tpfeedback.report.counted import Counted
from tpfeedback.report.passages import readable, shortened
from tpfeedback.report.quotations import quoter
from tpfeedback.report.ranked import (
    outcome_facts,
    ranking_facts,
    reward_facts,
    touchpoint_names,
)
from tpfeedback.report.records import Facts, plain_records, plain_value
from tpfeedback.report.tracked import closer_facts, tracking_facts
from tpfeedback.taxonomy import Taxonomy

RANKED = 12
TABLED = 200
_BAND = ("prize_expected", "prize_band_low", "prize_band_high")


class Findings(Protocol):
    """What a report is made from; `tpfeedback.Analysis` is one."""

    @property
    def feedback(self) -> pd.DataFrame:
        """The feedback table, `language` filled: of all texts, or of those worth quoting."""

    @property
    def mentions(self) -> pd.DataFrame:
        """The mentions table of that feedback."""

    @property
    def counted(self) -> Counted:
        """What is counted over all texts."""

    @property
    def rejected(self) -> pd.DataFrame:
        """The rows set aside, or the first of them."""

    @property
    def columns(self) -> Mapping[str, str | tuple[str, ...]]:
        """Role -> column of the source, or columns for the texts of a survey."""

    @property
    def guessed(self) -> tuple[str, ...]:
        """The roles whose columns were guessed."""

    @property
    def notes(self) -> tuple[str, ...]:
        """What reading had to say, in sentences."""

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
        """What the tagger states of its errors, see `certainty.quality_facts`."""

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
    counted = findings.counted
    quoted = quoter(findings.feedback, findings.mentions, mask=mask)
    quality = quality_facts(findings.quality)
    return {
        "whole": counted.whole,
        "outcome": _outcome(findings, counted),
        "names": touchpoint_names(
            findings.taxonomy, findings.impact, findings.priorities, findings.mentions
        ),
        "ranking": ranking_facts(findings.impact, findings.priorities, quoted, ranked),
        "ranking_more": max(0, len(findings.priorities) - ranked),
        "rewards": reward_facts(findings.impact, quoted),
        "changes": measure_changes(counted.timeline),
        "tracking": tracking_facts(findings.tracking, findings, mask=mask),
        "closer": closer_facts(findings.closer, findings, mask=mask),
        "sure": {
            **counted.reading,
            **tell_remarks(findings.warnings, findings.notes, mask=mask),
            "quality": quality,
        },
        "impact": _impact(findings, quality, counted.band),
        "performance": plain_records(map_performance(findings.impact).head(TABLED)),
        "taxonomy": findings.taxonomy.key,
        "columns": _columns(findings),
        "settings": {key: plain_value(value) for key, value in findings.settings.items()},
        "versions": _versions(),
    }


def _outcome(findings: Findings, counted: Counted) -> Facts:
    return outcome_facts(
        findings.outcome,
        findings.settings.get("model", "linear"),
        findings.priorities["prize"],
        interval=counted.mean,
        spread=counted.spread,
        texts=counted.rated,
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


def _columns(findings: Findings) -> list[Facts]:
    listed = []
    for role, source in list(findings.columns.items())[:LISTED]:
        sources = [source] if isinstance(source, str) else [str(one) for one in source]
        shown = ", ".join(shortened(readable(str(one)), 80) for one in sources[:LISTED])
        more = len(sources) - LISTED
        shown += f" (+{more})" if more > 0 else ""
        guessed = role in findings.guessed
        listed.append({"role": role, "source": shown, "guessed": guessed})
    return listed


def _versions() -> dict[str, str]:
    from importlib.metadata import version

    from tpfeedback import __version__

    others = ("pandas", "numpy", "statsmodels", "scikit-learn", "onnxruntime")
    return {"tpfeedback": __version__, **{name: version(name) for name in others}}
