"""The whole way in one call: from an export to ranked touchpoints and a report."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from tpfeedback import report
from tpfeedback.errors import ColumnError, TpfeedbackWarning, unknown_name
from tpfeedback.impact import measure_impact
from tpfeedback.ingest import Export, read_export
from tpfeedback.mentions import tag_feedback
from tpfeedback.priority import pick_quotes, rank_touchpoints
from tpfeedback.tables import SENTIMENTS
from tpfeedback.tagger import Tagger, load_tagger
from tpfeedback.taxonomy import Taxonomy, load_taxonomy

SENTIMENT_SCORES = {"negative": -1.0, "neutral": 0.0, "mixed": 0.0, "positive": 1.0}
SENTIMENT_COLUMN = "sentiment_score"


@dataclass(frozen=True)
class Outcome:
    """What the impact explains.

    `column` is the column of the feedback table, `name` what the source calls it, `scale` its
    range such as "1-5" (None where not recognised), `kind` "rating" or "sentiment".
    """

    column: str
    name: str
    scale: str | None
    kind: str


@dataclass(frozen=True, eq=False, repr=False)
class Analysis:
    """Everything that `analyze` found: the four tables and how they came about.

    `feedback`, `mentions`, `impact` and `priorities` follow `tpfeedback.tables`; `rejected`
    holds the rows set aside with their reason, `columns` which source column plays which role,
    `notes` what reading had to say, `warnings` the texts of all `TpfeedbackWarning`s, `outcome`
    what was explained, `settings` the options of the run.
    """

    feedback: pd.DataFrame
    mentions: pd.DataFrame
    impact: pd.DataFrame
    priorities: pd.DataFrame
    rejected: pd.DataFrame
    columns: Mapping[str, Any]
    notes: tuple[str, ...]
    warnings: tuple[str, ...]
    outcome: Outcome
    taxonomy: Taxonomy
    settings: Mapping[str, Any]

    def quotes(self, touchpoint: str, *, sentiment: str = "negative", n: int = 3) -> pd.DataFrame:
        """Return the `n` clearest mentions of a touchpoint, with `text`, `overall` and `date`.

        Raises `ColumnError` for a touchpoint or a sentiment that does not exist.
        """
        if touchpoint not in self.taxonomy.keys:
            raise ColumnError(unknown_name("touchpoint", touchpoint, self.taxonomy.keys))
        if sentiment not in SENTIMENTS:
            raise ColumnError(unknown_name("sentiment", sentiment, SENTIMENTS))
        chosen = pick_quotes(self.mentions, touchpoint=touchpoint, sentiment=sentiment, n=n)
        source = self.feedback[["feedback_id", "text", "overall", "date"]]
        return chosen.merge(source, on="feedback_id", how="left", validate="many_to_one")

    def to_html(self, path: str | Path | None = None) -> str:
        """Return the report as one HTML page of at most 2 MB, and write it to `path` if given."""
        page = report.render_html(report.report_facts(self))
        if path is not None:
            Path(path).write_text(page, encoding="utf-8", newline="\n")
        return page

    def to_markdown(self) -> str:
        """Return the report as Markdown."""
        return report.render_markdown(report.report_facts(self))

    def to_excel(self, path: str | Path) -> None:
        """Write a workbook: priorities, touchpoints, quotes, feedback, rejected rows, method."""
        report.write_workbook(self, path)

    def to_dict(self) -> dict[str, Any]:
        """Return all of it as plain values that JSON can hold; missing numbers are None."""
        facts = report.report_facts(self)
        tables = ("priorities", "impact", "mentions", "feedback", "rejected")
        parts = ("outcome", "names", "rewards", "taxonomy", "columns", "settings", "versions")
        return {
            "answer": report.answer(facts),
            **{part: facts[part] for part in parts},
            "warnings": list(self.warnings),
            "notes": list(self.notes),
            **{name: report.plain_records(getattr(self, name)) for name in tables},
        }

    def _repr_html_(self) -> str:
        return report.render_summary(report.report_facts(self))

    def __repr__(self) -> str:
        head = (
            f"Analysis of {len(self.feedback)} texts ({len(self.rejected)} rows set aside): "
            f"{len(self.mentions)} mentions, {len(self.priorities)} touchpoints ranked, "
            f"explaining {self.outcome.name} ({self.outcome.scale or 'scale not known'})"
        )
        ranked = self.priorities.sort_values(["rank", "touchpoint"]).head(3)
        lines = [
            f"  {row.rank}. {row.touchpoint}: prize {row.prize:.3f} "
            f"({row.prize_low:.3f} to {row.prize_high:.3f})"
            for row in ranked.itertuples()
        ]
        return "\n".join([head, *lines])


def analyze(
    source: Any,
    *,
    text: str | Sequence[str] | None = None,
    overall: str | None = None,
    date: str | None = None,
    channel: str | None = None,
    language: str | None = None,
    question: str | None = None,
    taxonomy: str | Taxonomy = "general",
    tagger: Tagger | None = None,
    min_confidence: float | None = None,
    controls: Sequence[str] = (),
    progress: bool | None = None,
    random_state: int = 0,
) -> Analysis:
    """Read `source`, find the touchpoints, measure their impact and rank them.

    `source` is a path, a DataFrame or an `Export`; `text`, `overall`, `date`, `channel`,
    `language` and `question` name its columns and are guessed where not given; `controls` are
    segment columns that the impact holds fixed; the other options are those of
    `extract_mentions`. Where no rating can be used, the sentiment of each text (-1, 0, 1) is
    explained in its place and a `TpfeedbackWarning` says so. Raises `ReadError`, `ColumnError`,
    `TaxonomyError`, `TaggerError` or `ImpactError`.

    >>> texts = ["The courier was late and rude", "Fast delivery, thank you", "Nice and cheap"]
    >>> table = pd.DataFrame({"comment": texts * 20, "stars": [1, 5, 4] * 20})
    >>> with warnings.catch_warnings():
    ...     warnings.simplefilter("ignore", TpfeedbackWarning)
    ...     analysis = analyze(table, text="comment", overall="stars")
    >>> analysis.outcome.name, analysis.outcome.scale, len(analysis.feedback)
    ('stars', '1-5', 60)
    """
    roles = {
        "text": text,
        "overall": overall,
        "date": date,
        "channel": channel,
        "language": language,
        "question": question,
    }
    given = {role: column for role, column in roles.items() if column is not None}
    told: list[str] = []
    with _kept(told):
        plan = load_taxonomy(taxonomy)
        export = _export(source, given)
        tagged = tag_feedback(
            export.feedback,
            taxonomy=plan,
            tagger=tagger,
            min_confidence=min_confidence,
            progress=progress,
        )
        feedback, outcome = _explained(tagged.feedback, export.columns)
        impact = measure_impact(
            feedback,
            tagged.mentions,
            outcome=outcome.column,
            taxonomy=plan,
            controls=controls,
            random_state=random_state,
        )
        priorities = rank_touchpoints(impact)
    for message in told:
        warnings.warn(message, TpfeedbackWarning, stacklevel=2)
    return Analysis(
        feedback=feedback,
        mentions=tagged.mentions,
        impact=impact,
        priorities=priorities,
        rejected=export.rejected,
        columns=export.columns,
        notes=tuple(export.notes),
        warnings=tuple(told),
        outcome=outcome,
        taxonomy=plan,
        settings={
            "source": _source_name(source),
            "taxonomy": plan.key,
            "tagger": _tagger_name(tagger),
            "outcome": outcome.column,
            "min_confidence": min_confidence,
            "controls": list(controls),
            "random_state": random_state,
        },
    )


@contextmanager
def _kept(told: list[str]) -> Iterator[None]:
    """Collect the texts of `TpfeedbackWarning`s in `told`; other warnings go on as they came."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", TpfeedbackWarning)
        yield
    for one in caught:
        if not issubclass(one.category, TpfeedbackWarning):
            warnings.warn_explicit(one.message, one.category, one.filename, one.lineno)
        elif str(one.message) not in told:
            told.append(str(one.message))


def _export(source: Any, given: Mapping[str, Any]) -> Export:
    if not isinstance(source, Export):
        return read_export(source, **given)
    if given:
        raise ColumnError(
            f"The columns {', '.join(given)} were named for an Export, whose columns are chosen "
            "already. Name them in read_export, or pass the file itself to analyze."
        )
    return source


def _explained(feedback: pd.DataFrame, columns: Mapping[str, Any]) -> tuple[pd.DataFrame, Outcome]:
    """Return the feedback and what to explain in it: its rating, else the texts' sentiment."""
    rated = feedback["overall"].dropna()
    if rated.nunique() > 1:
        scales = feedback["overall_scale"].dropna() if "overall_scale" in feedback else []
        scale = str(scales.iloc[0]) if len(scales) else None
        return feedback, Outcome("overall", _shown(columns.get("overall")), scale, "rating")
    why = "There is no rating" if rated.empty else f"Every rating is {rated.iloc[0]:g}"
    warnings.warn(
        f"{why}, so the sentiment of each text (-1 negative, 0 neutral or mixed, 1 positive) is "
        "explained in its place. It was read from the same words as the mentions: take the "
        "ranking as a first look, and name a rating column with overall=... if there is one.",
        TpfeedbackWarning,
        stacklevel=2,
    )
    scores = feedback["sentiment"].map(SENTIMENT_SCORES).astype("float64")
    explained = feedback.assign(**{SENTIMENT_COLUMN: scores})
    return explained, Outcome(SENTIMENT_COLUMN, "sentiment", "-1 to 1", "sentiment")


def _shown(source: Any) -> str:
    if source is None:
        return "overall"
    return source if isinstance(source, str) else ", ".join(map(str, source))


def _source_name(source: Any) -> str:
    """Return the file's name without its folders, or the kind of object given."""
    return Path(source).name if isinstance(source, str | Path) else type(source).__name__


def _tagger_name(tagger: Tagger | None) -> str:
    used = tagger or load_tagger()
    return f"{type(used).__name__} {used.digest}"
