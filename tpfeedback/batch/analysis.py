"""Impact and priorities of a tagged batch, from its patterns: never all rows in memory."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from tpfeedback.batch.counted import fit_patterns
from tpfeedback.batch.folder import read_finished
from tpfeedback.batch.patterns import Patterns, read_patterns
from tpfeedback.batch.quotes import keep_clearest
from tpfeedback.batch.ratings import choose_counted_outcome
from tpfeedback.batch.tagging import Batch, read_batch
from tpfeedback.errors import ColumnError, ReadError, TpfeedbackWarning, unknown_name
from tpfeedback.impact import ImpactFit
from tpfeedback.impact.measurement import Options, check_options
from tpfeedback.outcome import Outcome
from tpfeedback.priority import quotes_with_texts, rank_touchpoints
from tpfeedback.remarks import keep_warnings
from tpfeedback.taxonomy import Taxonomy, load_taxonomy


@dataclass(frozen=True, eq=False, repr=False)
class BatchAnalysis:
    """What the parts of a batch tell: the impact table and the priorities, and how they came.

    `impact`, `priorities`, `fit`, `outcome`, `warnings`, `taxonomy` and `settings` are those of
    `tpfeedback.Analysis`, but that `fit` explains no single text. `rated` counts respondents with
    an outcome, `patterns` how many distinct ones there are. `feedback` and `mentions` hold the
    clearest mentions alone, for quotes: nothing may be counted in them.
    """

    impact: pd.DataFrame
    priorities: pd.DataFrame
    fit: ImpactFit
    outcome: Outcome
    batch: Batch
    taxonomy: Taxonomy
    settings: Mapping[str, Any]
    warnings: tuple[str, ...]
    rated: int
    patterns: int
    spread: float
    feedback: pd.DataFrame
    mentions: pd.DataFrame

    def quotes(self, touchpoint: str, *, sentiment: str = "negative", n: int = 3) -> pd.DataFrame:
        """Return the `n` clearest mentions of a touchpoint, with `text`, `overall` and `date`.

        Raises `ColumnError` for a touchpoint or a sentiment that does not exist.
        """
        return quotes_with_texts(
            self.feedback, self.mentions, self.taxonomy, touchpoint, sentiment=sentiment, n=n
        )

    def __repr__(self) -> str:
        head = (
            f"BatchAnalysis of {self.batch.texts:,} texts in {self.patterns:,} patterns "
            f"({self.batch.rejected:,} rows set aside): {self.batch.mentions:,} mentions, "
            f"{len(self.priorities)} touchpoints ranked, explaining {self.outcome.name} "
            f"({self.outcome.scale or 'scale not known'})"
        )
        ranked = self.priorities.sort_values(["rank", "touchpoint"]).head(3)
        lines = [
            f"  {row.rank}. {row.touchpoint}: prize {row.prize:.3f} "
            f"({row.prize_low:.3f} to {row.prize_high:.3f})"
            for row in ranked.itertuples()
        ]
        return "\n".join([head, *lines])


def analyze_tagged(
    folder: str | Path,
    *,
    taxonomy: str | Taxonomy | None = None,
    controls: Sequence[str] = (),
    model: str = "linear",
    policy: str = "baseline",
    random_state: int = 0,
) -> BatchAnalysis:
    """Measure the impact of the touchpoints in a batch that `tag_file` wrote, and rank them.

    Only the columns it needs are read, one part at a time, and equal respondents are counted:
    memory grows with the number of distinct patterns, not of texts. The numbers are those that
    `fit_impact` and `rank_touchpoints` give for all rows at once. Where no rating can be used,
    the sentiment of each text is explained in its place and a `TpfeedbackWarning` says so.

    Args:
        folder: what `tag_file` wrote, finished.
        taxonomy: the one it was tagged with, if it is one of your own; else it is known.
        controls, model, policy, random_state: see `measure_impact`. A control with many distinct
            values, such as a price, makes many patterns.

    Raises:
        ReadError: there is no finished batch, a part is damaged, the taxonomy is another one, or
            nothing can be explained.
        ColumnError: a control is no column of the batch.
        ImpactError: as in `measure_impact`.

    >>> import tempfile, warnings
    >>> from tpfeedback.batch import tag_file
    >>> folder = Path(tempfile.mkdtemp())
    >>> texts = ["The courier was late and rude", "Fast delivery, thank you", "Nice and cheap"]
    >>> table = pd.DataFrame({"comment": texts * 20, "stars": [1, 5, 4] * 20})
    >>> table.to_csv(folder / "big.csv", index=False)
    >>> _ = tag_file(folder / "big.csv", folder / "tagged", workers=1, chunk=25)
    >>> with warnings.catch_warnings(action="ignore"):
    ...     found = analyze_tagged(folder / "tagged")
    >>> found.outcome.name, found.rated, found.patterns
    ('stars', 60, 3)
    """
    place = Path(folder)
    manifest, batch = read_finished(place), read_batch(place)
    plan = _same_taxonomy(manifest, taxonomy)
    _check_controls(controls, manifest)
    told: list[str] = []
    with keep_warnings(told):
        outcome = choose_counted_outcome(place, batch.columns)
        options = Options(outcome=outcome.column, model=model, policy=policy, taxonomy=plan,
                          controls=tuple(controls), random_state=random_state)  # fmt: skip
        check_options(options)
        patterns = read_patterns(place, plan.keys, outcome=outcome.column, controls=controls)
        fit = fit_patterns(patterns, options)
        for note in fit.notes:
            warnings.warn(note, TpfeedbackWarning, stacklevel=2)
        priorities = rank_touchpoints(fit)
    feedback, mentions = keep_clearest(place)
    return BatchAnalysis(
        impact=fit.table,
        priorities=priorities,
        fit=fit,
        outcome=outcome,
        batch=batch,
        taxonomy=plan,
        settings={
            "source": manifest["source"]["name"],
            "source_sha256": manifest["source"]["sha256"],
            **{name: manifest[name] for name in ("options", "taxonomy", "tagger")},
            "controls": list(controls),
            "model": model,
            "policy": policy,
            "random_state": random_state,
        },
        warnings=tuple(told),
        **_spread(patterns),
        feedback=feedback,
        mentions=mentions,
    )


def _spread(patterns: Patterns) -> dict[str, Any]:
    """Return how many respondents are rated, in how many patterns, and how much they differ."""
    rated = np.isfinite(patterns.outcome)
    values, count = patterns.outcome[rated], patterns.count[rated]
    mean = np.average(values, weights=count)
    spread = float(np.sqrt(np.average((values - mean) ** 2, weights=count)))
    return {"rated": int(count.sum()), "patterns": len(patterns.count), "spread": spread}


def _same_taxonomy(manifest: Mapping[str, Any], given: str | Taxonomy | None) -> Taxonomy:
    key, _, digest = str(manifest["taxonomy"]).partition(" ")
    plan = load_taxonomy(given if given is not None else key)
    if plan.digest != digest:
        raise ReadError(
            f"The batch was tagged with the taxonomy {key!r} (digest {digest}), given is "
            f"{plan.key!r} (digest {plan.digest}). Pass the same one with taxonomy=, or tag the "
            "file again."
        )
    return plan


def _check_controls(controls: Sequence[str], manifest: Mapping[str, Any]) -> None:
    if isinstance(controls, str):
        raise ColumnError(f"controls must be a list of columns. Write controls=[{controls!r}].")
    segments = {name: kind for _, name, kind in manifest["plan"]["segments"]}
    known = [*segments, "language", "channel", "question"]
    for name in controls:
        if name not in known:
            raise ColumnError(unknown_name("control column", name, known))
        if segments.get(name) == "date":
            raise ColumnError(
                f"Control column {name!r} holds dates. Allowed: text, True and False, numbers: "
                f"{', '.join(known)}. Make months of them in the file and tag it again."
            )
