"""What `analyze` found: the tables and how they came about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pandas as pd

from tpfeedback.forms import Forms, told_ranking
from tpfeedback.impact import ImpactFit
from tpfeedback.ingest import Export
from tpfeedback.outcome import Outcome
from tpfeedback.remarks import keep_warnings
from tpfeedback.report.counted import Counted, count_rows
from tpfeedback.report.masked import (
    masked_columns,
    masked_notes,
    masked_rejected,
    masked_texts,
)
from tpfeedback.tagger import Tagger
from tpfeedback.taxonomy import Taxonomy


@dataclass(frozen=True, eq=False, repr=False)
class Analysis(Forms):
    """Everything that `analyze` found: the four tables and how they came about.

    `feedback`, `mentions`, `impact` and `priorities` follow `tpfeedback.tables`; `export` is what
    was read, `warnings` are the texts of all `TpfeedbackWarning`s, `outcome` is what was
    explained, `taxonomy` names the touchpoints, `settings` are the options of the run, enough to
    run it again on the same file. `fit` is for `what_if`, `choose_fixes` and `explain`.
    `quality` is what the tagger states of itself on annotated texts (all shares, 0-1):
    `touchpoints`, touchpoint or "overall" -> `recall`, `precision`, `flip`; `languages`, code ->
    `texts`, `f1`, `f1_low`, `f1_high`; a part that it does not state is not there. `tracking` is
    what `track` found, by name, and `closer` what `look_closer` found; empty before. `tagger` is
    the one that read the texts, `labels` are those that `analyze` was given.

    What leaves for a reader has personal data masked (see `tpfeedback.masking`) and is written
    in English, unless `mask=False` or another `lang` (ru, zh, pl) is asked for. The tables
    themselves are never masked.
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
    quality: Mapping[str, Any] = field(default_factory=dict)
    tracking: Mapping[str, Any] = field(default_factory=dict)
    closer: Mapping[str, Any] = field(default_factory=dict)
    tagger: Tagger | None = None
    labels: pd.DataFrame | None = None

    @property
    def rejected(self) -> pd.DataFrame:
        """The rows set aside: `row`, `reason` and an excerpt of the `content`."""
        return self.export.rejected

    @property
    def columns(self) -> Mapping[str, str | tuple[str, ...]]:
        """Role -> column of the source, or columns for the texts of a survey."""
        return self.export.columns

    @property
    def guessed(self) -> tuple[str, ...]:
        """The roles whose columns were guessed."""
        return self.export.guessed

    @property
    def notes(self) -> tuple[str, ...]:
        """What reading had to say, in sentences."""
        return self.export.notes

    @property
    def counted(self) -> Counted:
        """What is counted over all texts, for the report."""
        return count_rows(self, self.rejected, self.export.read)

    def masked(self) -> Analysis:
        """Return the analysis with personal data masked in every column of texts it holds.

        For tables that are handed on; `start` and `stop` point into the masked texts.
        """
        feedback, mentions = masked_texts(self.feedback, self.mentions)
        export = replace(
            self.export,
            feedback=feedback,
            rejected=masked_rejected(self.rejected),
            notes=masked_notes(self.notes),
            unreadable=masked_columns(self.export.unreadable),
        )
        tracking = self.tracking
        if tracking:
            from tpfeedback.follow_up import masked_results  # takes a second to load

            tracking = masked_results(tracking)
        closer, labels = self.closer, self.labels
        if closer:
            from tpfeedback.closer import masked_closer  # likewise

            closer = masked_closer(closer, self.feedback)
        if labels is not None:
            labels = labels.drop(columns="text", errors="ignore")  # they stand in the feedback
        return replace(self, feedback=feedback, mentions=mentions, export=export, labels=labels,
                       warnings=masked_notes(self.warnings), tracking=tracking,
                       closer=closer)  # fmt: skip

    def track(
        self,
        *,
        at: Any = None,
        freq: str | None = None,
        segments: str | Sequence[str] | None = None,
        changes: str | Path | pd.DataFrame | None = None,
        theirs: Analysis | None = None,
        exposure: Any = None,
        journey: bool = True,
        waits: bool = True,
        rivals: bool = True,
        value_of: float | None = None,
        random_state: int = 0,
    ) -> Analysis:
        """Return the same analysis whose `tracking`, and so its report, also tells the following.

        See the functions of `tpfeedback.tracking` for each; controls, weights and clusters are
        those of the analysis. Alarms, the list of changes, waits and rivals count every respondent
        once, and the first two take every respondent as independent.

        Args:
            at: first day of "after", for `compare`; the mix of channels, languages and `segments`
                is held fixed where it can be.
            freq: "D", "W" or "M", for `monitor`, and for `ledger` ("W" if not given).
            segments: column or columns of `feedback`: which touchpoints matter for whom.
            changes: what was changed and when, for `ledger`: a table, or a file, with the columns
                `date` and `touchpoint`, and perhaps `where` (column=value), `cost` and `note`,
                in which personal data is masked.
            theirs: the analysis of a competitor's reviews, for `benchmark`.
            exposure: numbers of contacts, see `journey`.
            journey: along the journey, where does it break first?
            waits: what does waiting cost? Left out with a warning where too few tell.
            rivals: who wins where customers compare?
            value_of: what one unit of the outcome is worth in money, see `ledger`.
            random_state: for `segments`.

        Raises `ColumnError`, `ImpactError`, `TableError` or `ReadError`.
        """
        from tpfeedback.follow_up import follow_up, read_wishes, wished_settings

        wishes = read_wishes(
            at=at, freq=freq, segments=segments, changes=changes, theirs=theirs,
            exposure=exposure, journey=journey, waits=waits, rivals=rivals, value_of=value_of,
            random_state=random_state,
        )  # fmt: skip
        told: list[str] = []
        with keep_warnings(told):
            found = follow_up(self, wishes)
        noted = {note for result in found.values() for note in result.notes}
        added = (one for one in told if one not in noted and one not in self.warnings)
        return replace(
            self,
            tracking=found,
            warnings=(*self.warnings, *added),
            settings={**self.settings, "track": wished_settings(wishes)},
        )

    def look_closer(
        self,
        *,
        labels: Any = None,
        discover: bool = True,
        problems: int = 5,
        random_state: int = 0,
    ) -> Analysis:
        """Return the same analysis whose `closer`, and so its report, also tells the following.

        - "problems": what exactly goes wrong, again and again, in the first touchpoints of the
          ranking, see `tpfeedback.problems`;
        - "themes": what customers speak of that the taxonomy misses, see `tpfeedback.discover`;
        - with labels, "shares": how many speak of each touchpoint with the tagger's errors taken
          out, in all and by language, see `tpfeedback.measure_shares`. Left out with a warning
          where the labelled texts were not drawn by chance;
        - with labels, "evaluation": how well these texts were read, see `tpfeedback.evaluate`.

        Args:
            labels: what people found in some of the texts: a table of labels, or a filled sheet or
                several as `tpfeedback.read_labels` takes them. None takes those that `analyze` was
                given. The ranking stays as it is: labels given to `analyze` correct it.
            discover: whether themes are looked for.
            problems: of how many touchpoints the problems are told; 0 tells none.
            random_state: for the themes and problems, and for intervals of the evaluation.

        Raises `ColumnError`, `TableError`, `ReadError`, `LabelsError` or `ImpactError`.
        """
        from tpfeedback.closer import look, notes_of, question_settings, read_questions

        told: list[str] = []
        with keep_warnings(told):
            asked = read_questions(
                self, labels=labels, discover=discover, problems=problems,
                random_state=random_state,
            )  # fmt: skip
            found = look(self, asked)
        noted = set(notes_of(found))
        added = (one for one in told if one not in noted and one not in self.warnings)
        return replace(
            self,
            closer=found,
            warnings=(*self.warnings, *added),
            settings={**self.settings, "closer": question_settings(asked)},
        )

    def __repr__(self) -> str:
        return (
            f"Analysis of {len(self.feedback)} texts ({len(self.rejected)} rows set aside): "
            f"{len(self.mentions)} mentions, {told_ranking(self)}"
        )
