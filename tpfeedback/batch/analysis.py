"""Impact and priorities of a tagged batch, from its patterns: never all rows in memory."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd

from tpfeedback.analysis import stated_quality
from tpfeedback.batch.account import count_parts
from tpfeedback.batch.counted import fit_patterns
from tpfeedback.batch.folder import read_finished
from tpfeedback.batch.patterns import read_patterns
from tpfeedback.batch.quotes import first_rejected, keep_clearest
from tpfeedback.batch.ratings import choose_counted_outcome
from tpfeedback.batch.tagging import Batch, read_batch
from tpfeedback.errors import ColumnError, ReadError, TpfeedbackWarning, unknown_name
from tpfeedback.forms import Forms, told_ranking
from tpfeedback.impact import ImpactFit
from tpfeedback.impact.measurement import Options, check_options
from tpfeedback.opening.files import path_of
from tpfeedback.outcome import Outcome
from tpfeedback.priority import rank_touchpoints
from tpfeedback.remarks import keep_warnings
from tpfeedback.report.band import error_band
from tpfeedback.report.counted import Counted
from tpfeedback.report.masked import masked_texts
from tpfeedback.settings import origin
from tpfeedback.tagger import Tagger
from tpfeedback.taxonomy import Taxonomy, load_taxonomy
from tpfeedback.teaching.ready import tagger_of
from tpfeedback.wording import write_note

SHOWN = 1000  # rows set aside


@dataclass(frozen=True, eq=False, repr=False)
class BatchAnalysis(Forms):
    """What the parts of a batch tell: impact and priorities, how they came, and the report.

    `impact`, `priorities`, `fit`, `outcome`, `warnings`, `taxonomy`, `settings` and the forms of
    the report are those of `tpfeedback.Analysis`, but that `fit` explains no single text.
    `counted` is what is counted over all texts; `patterns` is how many distinct respondents there
    are. `feedback` and `mentions` hold the clearest mentions alone, for quotes: nothing may be
    counted in them. `quality` is what the tagger states of its errors; empty where the one that
    read the texts is not at hand.

    `verify_report` takes it as it takes an `Analysis`.
    """

    impact: pd.DataFrame
    priorities: pd.DataFrame
    fit: ImpactFit
    outcome: Outcome
    batch: Batch
    taxonomy: Taxonomy
    settings: Mapping[str, Any]
    warnings: tuple[str, ...]
    counted: Counted
    patterns: int
    feedback: pd.DataFrame
    mentions: pd.DataFrame
    quality: Mapping[str, Any]

    @property
    def rated(self) -> int:
        """How many respondents have an outcome."""
        return self.counted.rated

    @property
    def columns(self) -> Mapping[str, str | tuple[str, ...]]:
        """Role -> column of the source, or columns for the texts of a survey."""
        return self.batch.columns

    @property
    def guessed(self) -> tuple[str, ...]:
        """The roles whose columns were guessed."""
        return self.batch.guessed

    @property
    def notes(self) -> tuple[str, ...]:
        """What reading had to say, in sentences."""
        lost = self.batch.unreadable
        counted = (write_note("taken_as_missing", n=lost),) if lost else ()
        return (*self.batch.notes, *counted)

    @property
    def rejected(self) -> pd.DataFrame:
        """The first `SHOWN` rows set aside; all of them are in the folder."""
        return first_rejected(self.batch.folder, SHOWN)

    @property
    def tracking(self) -> Mapping[str, Any]:
        """Empty: what `Analysis.track` tells needs every text."""
        return {}

    @property
    def closer(self) -> Mapping[str, Any]:
        """Empty: what `Analysis.look_closer` tells needs every text."""
        return {}

    def masked(self) -> BatchAnalysis:
        """Return the same with personal data masked in the texts and mentions that it holds."""
        feedback, mentions = masked_texts(self.feedback, self.mentions)
        return replace(self, feedback=feedback, mentions=mentions)

    def __repr__(self) -> str:
        return (
            f"BatchAnalysis of {self.batch.texts:,} texts in {self.patterns:,} patterns "
            f"({self.batch.rejected:,} rows set aside): {self.batch.mentions:,} mentions, "
            f"{told_ranking(self)}"
        )


def analyze_tagged(
    folder: str | Path,
    *,
    taxonomy: str | Taxonomy | None = None,
    tagger: Tagger | None = None,
    controls: Sequence[str] = (),
    model: str = "linear",
    weights: str | None = None,
    cluster: str | None = None,
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
        tagger: likewise, for what it states of its errors; the numbers do not need it.
        controls, model, weights, cluster, policy, random_state: see `measure_impact`. A column
            with many distinct values, such as a price or the customer, makes many patterns, and
            each respondent needs a cluster.

    Raises:
        ReadError: there is no finished batch, a part is damaged, taxonomy or tagger are others, or
            nothing can be explained.
        ColumnError: a control, the weights or the cluster is no column of the batch.
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
    place = path_of(folder, what="The tagged folder")
    manifest, batch = read_finished(place), read_batch(place)
    plan = _same_taxonomy(manifest, taxonomy or getattr(tagger, "taxonomy", None))
    quality = _quality(manifest, plan, tagger)
    held = _held(manifest, controls, weights=weights, cluster=cluster)
    told: list[str] = []
    with keep_warnings(told):
        outcome = choose_counted_outcome(place, batch.columns)
        options = Options(outcome=outcome.column, model=model, policy=policy, taxonomy=plan,
                          weights=weights, cluster=cluster, controls=tuple(controls),
                          random_state=random_state)  # fmt: skip
        check_options(options)
        patterns = read_patterns(place, plan.keys, outcome=outcome.column, controls=held)
        fit = fit_patterns(patterns, options)
        for note in fit.notes:
            warnings.warn(note, TpfeedbackWarning, stacklevel=2)
        priorities = rank_touchpoints(fit)
    settings = _settings(manifest, {"controls": list(controls), "model": model,
                                    "weights": weights, "cluster": cluster, "policy": policy,
                                    "random_state": random_state})  # fmt: skip
    band = error_band(
        fit.table, patterns.marks, quality=quality, settings=settings, count=patterns.count
    )
    counted = count_parts(place, outcome=outcome.column, model=model, weights=weights, band=band)
    feedback, mentions = keep_clearest(place)
    return BatchAnalysis(
        impact=fit.table,
        priorities=priorities,
        fit=fit,
        outcome=outcome,
        batch=batch,
        taxonomy=plan,
        settings=settings,
        warnings=tuple(told),
        counted=counted,
        patterns=len(patterns.count),
        feedback=feedback,
        mentions=mentions,
        quality=quality,
    )


def _settings(manifest: Mapping[str, Any], asked: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings as `Analysis` has them, and how the file was cut."""
    given = dict(manifest["options"])
    chunk = given.pop("chunk")
    options = {name: given.pop(name) for name in ("min_confidence", "precision")}
    return {
        "source": manifest["source"]["name"],
        "source_sha256": manifest["source"]["sha256"],
        "columns": given,
        **{name: manifest[name] for name in ("taxonomy", "tagger")},
        **options,
        **asked,
        "batch": {"chunk": chunk, "parts": len(manifest["parts"])},
    }


def _quality(manifest: Mapping[str, Any], plan: Taxonomy, given: Tagger | None) -> dict[str, Any]:
    """Return what the tagger states of its errors, if it is the one that read the texts."""
    used = given or tagger_of(plan)
    name = origin(plan, used)["tagger"]
    if name == manifest["tagger"]:
        return stated_quality(used)
    if given is not None:
        raise ReadError(
            f"The batch was tagged by {manifest['tagger']!r}, given is {name!r}. Pass the same one "
            "with tagger=, leave it out, or tag the file again."
        )
    return {}


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


def _held(manifest: Mapping[str, Any], controls: Sequence[str], **roles: str | None) -> list[str]:
    """Return the columns that respondents have to agree in to be counted together."""
    if isinstance(controls, str):
        raise ColumnError(f"controls must be a list of columns. Write controls=[{controls!r}].")
    segments = {name: kind for _, name, kind in manifest["plan"]["segments"]}
    known = [*segments, "language", "channel", "question"]
    asked = [*(("control", name) for name in controls), *roles.items()]
    for role, name in asked:
        if name is not None and name not in known:
            raise ColumnError(unknown_name(f"{role} column", name, known))
        if name is not None and segments.get(name) == "date":
            raise ColumnError(
                f"{role.capitalize()} column {name!r} holds dates. Allowed: text, True and False, "
                f"numbers: {', '.join(known)}. Make months of them in the file and tag it again."
            )
    return list(dict.fromkeys(name for _, name in asked if name is not None))
