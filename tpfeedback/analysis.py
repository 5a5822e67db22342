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
from tpfeedback.errors import ColumnError, ReadError, TpfeedbackWarning, WriteError, unknown_name
from tpfeedback.impact import ImpactFit, fit_impact
from tpfeedback.ingest import Export, read_export
from tpfeedback.mentions import tag_feedback
from tpfeedback.outcome import Outcome, choose_outcome
from tpfeedback.priority import pick_quotes, rank_touchpoints
from tpfeedback.tables import SENTIMENTS
from tpfeedback.tagger import Tagger, load_tagger
from tpfeedback.taxonomy import Taxonomy, load_taxonomy

Named = str | Sequence[str] | bool | None  # False leaves the role empty, None has it guessed


@dataclass(frozen=True, eq=False, repr=False)
class Analysis:
    """Everything that `analyze` found: the four tables and how they came about.

    `feedback`, `mentions`, `impact` and `priorities` follow `tpfeedback.tables`; `export` is what
    was read, `warnings` are the texts of all `TpfeedbackWarning`s, `outcome` is what was
    explained, `taxonomy` names the touchpoints, `settings` are the options of the run. `fit` is
    for `what_if`, `choose_fixes` and `explain`.
    """

    feedback: pd.DataFrame
    mentions: pd.DataFrame
    impact: pd.DataFrame
    priorities: pd.DataFrame
    export: Export
    warnings: tuple[str, ...]
    outcome: Outcome
    taxonomy: Taxonomy
    settings: Mapping[str, Any]
    fit: ImpactFit | None = None

    @property
    def rejected(self) -> pd.DataFrame:
        """The rows set aside: `row`, `reason` and an excerpt of the `content`."""
        return self.export.rejected

    @property
    def columns(self) -> Mapping[str, str | tuple[str, ...]]:
        """Role -> column of the source, or columns for the texts of a survey."""
        return self.export.columns

    @property
    def notes(self) -> tuple[str, ...]:
        """What reading had to say, in sentences."""
        return self.export.notes

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
            _writable(path).write_text(page, encoding="utf-8", newline="\n")
        return page

    def to_markdown(self) -> str:
        """Return the report as Markdown."""
        return report.render_markdown(report.report_facts(self))

    def to_excel(self, path: str | Path) -> None:
        """Write a workbook: priorities, touchpoints, quotes, feedback, rejected rows, method."""
        report.write_workbook(self, _writable(path))

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
    text: Named = None,
    overall: Named = None,
    date: Named = None,
    channel: Named = None,
    language: Named = None,
    question: Named = None,
    taxonomy: str | Taxonomy = "general",
    tagger: Tagger | None = None,
    min_confidence: float | None = None,
    precision: float | None = None,
    controls: Sequence[str] = (),
    model: str = "linear",
    weights: str | None = None,
    cluster: str | None = None,
    policy: str = "baseline",
    labels: pd.DataFrame | None = None,
    progress: bool | None = None,
    random_state: int = 0,
) -> Analysis:
    """Read `source`, find the touchpoints, measure their impact and rank them.

    `source` is a path, a DataFrame or an `Export`; `text`, `overall`, `date`, `channel`,
    `language` and `question` name its columns, are guessed where not given and stay empty
    where False; `controls`, `model`, `weights`, `cluster`, `policy`, `labels` and `random_state`
    are those of `measure_impact`; the other options are those of `extract_mentions`. Where no
    rating can be used, the sentiment of each text (-1, 0, 1) is explained in its place and a
    `TpfeedbackWarning` says so. Raises `ReadError`, `ColumnError`, `TaxonomyError`, `TaggerError`
    or `ImpactError`.

    >>> texts = ["The courier was late and rude", "Fast delivery, thank you", "Nice and cheap"]
    >>> table = pd.DataFrame({"comment": texts * 20, "stars": [1, 5, 4] * 20})
    >>> with warnings.catch_warnings():
    ...     warnings.simplefilter("ignore", TpfeedbackWarning)
    ...     analysis = analyze(table, text="comment", overall="stars")
    >>> analysis.outcome.name, analysis.outcome.scale, len(analysis.feedback)
    ('stars', '1-5', 60)
    """
    named = {"text": text, "overall": overall, "date": date, "channel": channel,
             "language": language, "question": question}  # fmt: skip
    options = {"min_confidence": min_confidence, "precision": precision}
    asked = {"controls": list(controls), "model": model, "weights": weights, "cluster": cluster,
             "policy": policy, "random_state": random_state}  # fmt: skip
    told: list[str] = []
    with _kept(told):
        plan = load_taxonomy(taxonomy)
        used = tagger or load_tagger()
        export = _export(source, named)
        tagged = tag_feedback(
            export.feedback, taxonomy=plan, tagger=used, progress=progress, **options
        )
        feedback, outcome = choose_outcome(tagged.feedback, export.columns)
        fit = _fit(feedback, tagged.mentions, outcome, taxonomy=plan, labels=labels, **asked)
        priorities = rank_touchpoints(fit)
    return Analysis(
        feedback=feedback,
        mentions=tagged.mentions,
        impact=fit.table,
        priorities=priorities,
        export=export,
        warnings=tuple(told),
        outcome=outcome,
        taxonomy=plan,
        settings={
            "source": _source_name(source),
            **_origin(plan, used),
            **options,
            **asked,
            "labels": 0 if labels is None else labels["feedback_id"].nunique(),
        },
        fit=fit,
    )


def _fit(
    feedback: pd.DataFrame, mentions: pd.DataFrame, outcome: Outcome, **options: Any
) -> ImpactFit:
    # A sentiment belongs to its text, a rating to the respondent of all the answers.
    source = feedback if outcome.kind == "rating" else feedback.drop(columns="question")
    return fit_impact(source, mentions, outcome=outcome.column, **options)


def _writable(path: str | Path) -> Path:
    """Return the path, or raise `WriteError` where its folder does not exist."""
    if not Path(path).parent.is_dir():
        raise WriteError(
            f"Cannot write {Path(path).name!r}: there is no folder {str(Path(path).parent)!r}. "
            "Create the folder or name another one."
        )
    return Path(path)


@contextmanager
def _kept(told: list[str]) -> Iterator[None]:
    """Collect the texts of `TpfeedbackWarning`s in `told`; give each once, at the caller's line.

    Other warnings go on as they came. An error holds none back: a warning may explain it.
    """
    caught: list[warnings.WarningMessage] = []
    try:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always", TpfeedbackWarning)
            yield
    finally:
        for one in caught:
            if not issubclass(one.category, TpfeedbackWarning):
                warnings.warn_explicit(one.message, one.category, one.filename, one.lineno)
            elif str(one.message) not in told:
                told.append(str(one.message))
        for message in told:  # past this function, contextlib and analyze
            warnings.warn(message, TpfeedbackWarning, stacklevel=4)


def _export(source: Any, named: Mapping[str, Named]) -> Export:
    given: dict[str, Any] = {role: name for role, name in named.items() if name is not None}
    if isinstance(source, Export) and given:
        raise ColumnError(
            f"The columns {', '.join(given)} were named for an Export, whose columns are chosen "
            "already. Name them in read_export, or pass the file itself to analyze."
        )
    export = source if isinstance(source, Export) else read_export(source, **given)
    if export.feedback.empty:
        raise ReadError(
            f"There is no text to analyze: {export.summary} Columns used: {export.columns}. "
            "Name the column of the texts with text=..."
        )
    return export


def _source_name(source: Any) -> str:
    """Return the file's name without its folders, or the kind of object given."""
    return Path(source).name if isinstance(source, str | Path) else type(source).__name__


def _origin(plan: Taxonomy, tagger: Tagger) -> dict[str, str]:
    """Return what has to be the same for the same result: taxonomy and tagger, by their hash."""
    return {
        "taxonomy": f"{plan.key} {plan.digest}",
        "tagger": f"{type(tagger).__name__} {tagger.digest}",
    }
