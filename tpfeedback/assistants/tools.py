"""The tools: each reads, none writes; what they return holds plain values."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field

from tpfeedback.assistants.files import allowed_file, list_files, told_name
from tpfeedback.assistants.untrusted import noticed, quoted
from tpfeedback.errors import TpfeedbackWarning, unknown_name
from tpfeedback.masking import mask_personal
from tpfeedback.service.taggers import Taggers
from tpfeedback.tables import LANGUAGES
from tpfeedback.tagger import Tagger, load_network_tagger
from tpfeedback.taxonomy import Taxonomy, available_taxonomies, load_taxonomy

if TYPE_CHECKING:
    from tpfeedback.analysis import Analysis

DIGITS = 4
MOST_LISTED = 200  # files
QUOTES_OF = 5  # touchpoints on top of the ranking whose quotes are shown
Texts = Annotated[
    list[Annotated[str, Field(max_length=10_000)]],
    Field(min_length=1, max_length=100, description="texts of customers, up to 100"),
]
Plan = Annotated[str, Field(description="key of a taxonomy, see list_taxonomies")]
Column = Annotated[str | None, Field(description="name of its column; guessed if not given")]


@dataclass(frozen=True, eq=False)
class Tools:
    """The tools of one run; `folders` are checked ones, `load` gives the tagger when asked first.

    One tool works at a time: Python's warnings, which an analysis gathers, are shared by all.
    """

    folders: tuple[Path, ...] = ()
    load: Callable[[], Tagger] = load_network_tagger
    loaded: list[Taggers] = field(default_factory=list)
    lock: Lock = field(default_factory=Lock)

    def tagger(self, plan: Taxonomy) -> Tagger:
        """Return the tagger of a taxonomy; the model is loaded once."""
        if not self.loaded:
            self.loaded.append(Taggers(self.load()))
        return self.loaded[0].of(plan.key)

    def list_taxonomies(self) -> dict[str, Any]:
        """List the taxonomies: sets of touchpoints that feedback can be read against."""
        plans = map(load_taxonomy, available_taxonomies())
        return {
            "taxonomies": [
                {"key": one.key, "name": one.name, "touchpoints": len(one)} for one in plans
            ]
        }

    def describe_taxonomy(self, taxonomy: Plan = "general") -> dict[str, Any]:
        """Tell what every touchpoint of a taxonomy means."""
        plan = _plan(taxonomy)
        return {
            "key": plan.key,
            "touchpoints": [
                {
                    "key": one.key,
                    "name": plan.name_of(one.key),
                    "stage": one.stage,
                    "description": next(
                        (one.descriptions[code] for code in ("en", *one.descriptions)
                         if code in one.descriptions), ""
                    ),
                }
                for one in plan
            ],
        }  # fmt: skip

    def list_files(self) -> dict[str, Any]:
        """List the files that analyze_file may read; `not_listed` counts those past the first 200.

        Those can be read all the same, by their names.
        """
        found = list_files(self.folders)
        shown = [{"file": told_name(file), "bytes": size} for file, size in found[:MOST_LISTED]]
        return noticed({"files": shown, "not_listed": len(found) - len(shown)})

    def tag_texts(
        self,
        texts: Texts,
        taxonomy: Plan = "general",
        question: Annotated[str | None, Field(description="what all the texts answer")] = None,
    ) -> dict[str, Any]:
        """Find the touchpoints that each text speaks of, and with what sentiment.

        Evidence is shown with personal data masked.
        """
        plan = _plan(taxonomy)
        with self.lock:
            tagger = self.tagger(plan)
            tagged = tagger.tag(texts, questions=[question] * len(texts))
        lost = [key for key in plan.keys if key not in tagger.touchpoints]
        return noticed(
            {
                "not_findable": lost,
                "tagged": [
                    {
                        "language": one.language,
                        "sentiment": one.sentiment if one.language in LANGUAGES else None,
                        "mentions": [
                            {
                                "touchpoint": m.touchpoint,
                                "sentiment": m.sentiment,
                                "confidence": round(m.confidence, DIGITS),
                                "evidence": _masked(one.text[m.start : m.stop], one.language),
                            }
                            for m in one.mentions
                            if m.touchpoint in plan
                        ],
                    }
                    for one in tagged
                ],
            }
        )

    def analyze_file(
        self,
        *,
        file: Annotated[str, Field(description="one of list_files")],
        text: Column = None,
        overall: Column = None,
        date: Column = None,
        taxonomy: Plan = "general",
        model: Literal["linear", "ordered_logit", "binary_logit", "nps"] = "linear",
        quotes: Annotated[int, Field(ge=0, le=5, description="quotes of each")] = 2,
    ) -> dict[str, Any]:
        """Rank the touchpoints in a file of reviews by what fixing them would gain.

        `prize` is what the mean rating would gain if nobody had the bad experience, with its 95 %
        interval; `penalty` and `reward` are what one bad or good experience does. Shares are 0-1.
        """
        from tpfeedback.analysis import analyze

        place, plan = allowed_file(file, self.folders), _plan(taxonomy)
        with self.lock, warnings.catch_warnings():
            warnings.simplefilter("ignore", TpfeedbackWarning)  # the answer tells them
            analysis = analyze(
                place, text=text, overall=overall, date=date, taxonomy=plan, model=model,
                tagger=self.tagger(plan), progress=False,
            )  # fmt: skip
            return noticed(_found(analysis, quotes))


def _plan(name: str) -> Taxonomy:
    """Return a shipped taxonomy; a path is no name here, so no file is opened."""
    from tpfeedback.errors import TaxonomyError

    if name not in available_taxonomies():
        raise TaxonomyError(unknown_name("taxonomy", name[:50], available_taxonomies()))
    return load_taxonomy(name)


def _masked(text: str, language: str) -> dict[str, str]:
    return quoted(mask_personal(text, language=language).text)


def _found(analysis: Analysis, quotes: int) -> dict[str, Any]:
    """Return what an assistant needs of an analysis: figures, and a few words of customers."""
    content = analysis.to_dict()
    outcome = {**content["outcome"], "name": quoted(content["outcome"]["name"])}
    named = str(analysis.outcome.name)
    top = [row["touchpoint"] for row in content["priorities"][:QUOTES_OF]]
    return {
        "answer": [quoted(one, longest=2000) if named in one else one for one in content["answer"]],
        "outcome": outcome,
        "taxonomy": content["taxonomy"],
        "priorities": content["priorities"],
        "impact": content["impact"],
        "quotes": _quotes(analysis.masked(), top, quotes),
        "columns": [{**one, "source": quoted(one["source"])} for one in content["columns"]],
        "warnings": [quoted(one) for one in content["warnings"]],
        "notes": [quoted(one) for one in content["notes"]],
        "rejected": len(content["rejected"]),
    }


def _quotes(masked: Analysis, touchpoints: Sequence[str], n: int) -> list[dict[str, Any]]:
    if n == 0:
        return []
    return [
        {
            "touchpoint": touchpoint,
            "feedback_id": quoted(row.feedback_id),
            "evidence": quoted(row.evidence),
        }
        for touchpoint in touchpoints
        for row in masked.quotes(touchpoint, n=n).itertuples()
    ]
